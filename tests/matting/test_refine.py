"""The matting stage on drawn truth: ellipses, combs of hairs one pixel wide, translucent veils."""

import cv2
import numpy as np
import pytest

from booth.matting.refine import Matte, refine, refine_within
from booth.shot import Plate

SIDE = 960


def drawn_body() -> np.ndarray:
    """Head and shoulders, soft by one pixel."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(mask, (480, 360), (120, 150), 0, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(mask, (480, 900), (300, 400), 0, 0, 360, 255, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(mask, (0, 0), 1).astype(np.float32) / 255


def with_hair(alpha: np.ndarray) -> np.ndarray:
    """A comb of hairs, one pixel wide and three apart, standing off the head."""
    hairs = np.zeros((SIDE, SIDE), np.uint8)
    for angle in np.radians(np.arange(200, 340, 1.5)):
        ends = [(int(480 + r * 1.0 * np.cos(angle)), int(360 + r * 1.2 * np.sin(angle))) for r in (118, 150)]
        cv2.line(hairs, ends[0], ends[1], 255, 1, cv2.LINE_AA)
    return np.maximum(alpha, hairs.astype(np.float32) / 255)


def with_veil(alpha: np.ndarray, thickness: float) -> np.ndarray:
    """A translucent veil at each side of the head."""
    veil = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(veil, (480, 420), (175, 190), 0, 0, 360, int(255 * thickness), -1, cv2.LINE_AA)
    return np.maximum(alpha, cv2.GaussianBlur(veil, (0, 0), 2).astype(np.float32) / 255)


def wall(seed: int = 1) -> np.ndarray:
    """A patterned wall, mid-grey to light, with soft blotches and fine grain."""
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.uniform(120, 220, (30, 30, 3)).astype(np.float32), (SIDE, SIDE))
    fine = cv2.GaussianBlur(rng.normal(0, 30, (SIDE, SIDE, 3)).astype(np.float32), (0, 0), 2)
    return np.clip(coarse + fine, 0, 255).astype(np.uint8)


def colours(hair: tuple[int, int, int] = (45, 32, 28)) -> np.ndarray:
    """Dark hair above, a red garment below."""
    person = np.full((SIDE, SIDE, 3), hair, np.uint8)
    person[540:] = (150, 30, 45)
    return person


def photographed(alpha: np.ndarray, plate: np.ndarray, noise: float = 1.5, shadow: float = 0.0) -> np.ndarray:
    cast = cv2.GaussianBlur(np.roll(alpha, (20, 40), (0, 1)), (0, 0), 15)
    light = (1 - shadow * cast)[..., None]
    share = alpha[..., None]
    seen = share * colours() + (1 - share) * plate * light
    grain = np.random.default_rng(5).normal(0, noise, seen.shape)
    return np.clip(seen + grain + 0.5, 0, 255).astype(np.uint8)


def coarse(alpha: np.ndarray) -> np.ndarray:
    """The mask as a 28x28 grid over its box would give it."""
    ys, xs = np.nonzero(alpha > 0.5)
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    grid = cv2.resize(alpha[top:bottom, left:right], (28, 28), interpolation=cv2.INTER_AREA)
    mask = np.zeros_like(alpha)
    size = (int(right - left), int(bottom - top))
    mask[top:bottom, left:right] = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)
    return mask


def clean(plate: np.ndarray) -> Plate:
    return Plate(plate, 0.0, (1.5, 1.5, 1.5), float(plate.mean()))


def sad(matte: Matte | np.ndarray, truth: np.ndarray) -> float:
    alpha = matte.alpha if isinstance(matte, Matte) else matte
    return float(np.abs(alpha - truth).sum()) / 1e3


def test_a_body_before_a_known_wall_is_cut_to_the_pixel() -> None:
    truth = drawn_body()
    matte = refine(photographed(truth, wall()), coarse(truth), clean(wall()))
    assert matte.used_plate
    assert sad(matte, truth) < 0.08 * sad(coarse(truth), truth)


def test_single_hairs_stay_and_the_wall_between_them_goes() -> None:
    truth = with_hair(drawn_body())
    matte = refine(photographed(truth, wall()), coarse(drawn_body()), clean(wall()))
    fringe = (truth != drawn_body()) | ((cv2.dilate(truth, np.ones((9, 9))) > 0.5) & (truth < 0.05))
    fringe[400:] = False
    assert np.abs(matte.alpha - truth)[fringe].mean() < 0.1
    assert matte.alpha[(truth > 0.8) & fringe].mean() > 0.75


@pytest.mark.parametrize("thickness", [0.5, 0.7])
def test_a_wide_veil_lets_as_much_through_as_it_did(thickness: float) -> None:
    truth = with_veil(drawn_body(), thickness)
    matte = refine(photographed(truth, wall()), coarse(drawn_body()), clean(wall()))
    veil = np.abs(truth - thickness) < 0.03
    assert veil.sum() > 20000
    assert np.abs(matte.alpha - truth)[veil].mean() < 0.04
    assert np.abs(matte.foreground.astype(int) - colours())[veil].mean() < 8


def test_the_walls_colour_is_gone_from_the_edge() -> None:
    truth = with_hair(drawn_body())
    image = photographed(truth, wall())
    matte = refine(image, coarse(drawn_body()), clean(wall()))
    edge = (truth > 0.25) & (truth < 0.75)
    spill = np.abs(matte.foreground[edge].astype(int) - colours()[edge]).mean()
    assert spill < 0.3 * np.abs(image[edge].astype(int) - colours()[edge]).mean()


@pytest.mark.parametrize("shadow", [0.18, 0.38])
def test_a_cast_shadow_stays_on_the_wall(shadow: float) -> None:
    truth = drawn_body()
    matte = refine(photographed(truth, wall(), shadow=shadow), coarse(truth), clean(wall()))
    assert matte.used_plate
    assert sad(matte, truth) < 0.12 * sad(coarse(truth), truth)


def test_a_bumped_camera_is_followed() -> None:
    truth = drawn_body()
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), 0.3, 1.0)
    turn[:, 2] += (3.4, -2.2)
    plate = cv2.warpAffine(wall(), turn, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    matte = refine(photographed(truth, wall()), coarse(truth), clean(plate))
    assert matte.used_plate
    assert sad(matte, truth) < 0.15 * sad(coarse(truth), truth)


def test_other_light_is_followed() -> None:
    truth = drawn_body()
    plate = np.clip(wall() * np.array([1.12, 1.05, 0.97]), 0, 255).astype(np.uint8)
    matte = refine(photographed(truth, wall()), coarse(truth), clean(plate))
    assert matte.used_plate
    assert sad(matte, truth) < 0.12 * sad(coarse(truth), truth)


def test_a_gap_between_arm_and_body_is_open() -> None:
    truth = drawn_body()
    cv2.ellipse(truth, (330, 800), (18, 90), 0, 0, 360, 0.0, -1)
    matte = refine(photographed(truth, wall()), coarse(truth), clean(wall()))
    assert matte.alpha[740:860, 325:335].max() < 0.1


def plain(colour: tuple[int, int, int] = (214, 216, 208)) -> np.ndarray:
    """A wall of one colour."""
    return np.full((SIDE, SIDE, 3), colour, np.uint8)


def dotted(truth: np.ndarray, radius: int) -> tuple[np.ndarray, np.ndarray]:
    """The body before a plain wall, and where its dots are of the wall's own colour."""
    dots = np.zeros((SIDE, SIDE), np.uint8)
    for centre in ((x, y) for x in range(250, 720, 60) for y in range(600, 950, 60)):
        cv2.circle(dots, centre, radius, 255, -1, cv2.LINE_AA)
    dots[truth < 0.99] = 0
    image = photographed(truth, plain())
    grain = np.random.default_rng(6).normal(0, 1.5, image.shape)
    image[dots > 200] = np.clip(plain() + grain + 0.5, 0, 255).astype(np.uint8)[dots > 200]
    return image, dots > 200


@pytest.mark.parametrize("radius", [5, 9, 14])
def test_dots_of_the_colour_of_the_wall_are_no_holes(radius: int) -> None:
    truth = drawn_body()
    image, dots = dotted(truth, radius)
    matte = refine(image, coarse(truth), clean(plain()))
    assert matte.used_plate
    assert (matte.alpha[dots] < 0.5).mean() < 0.05


@pytest.mark.parametrize("radius", [26, 36])
def test_a_large_disc_of_the_colour_of_the_wall_is_no_hole(radius: int) -> None:
    truth = drawn_body()
    image, dots = photographed(truth, plain()), np.zeros((SIDE, SIDE), np.uint8)
    for centre in ((250, 800), (480, 300), (480, 700), (710, 800)):
        cv2.circle(dots, centre, radius, 255, -1, cv2.LINE_AA)
    through = photographed(np.where(dots > 0, np.float32(0), truth), plain())
    image[dots > 0] = through[dots > 0]
    matte = refine(image, coarse(truth), clean(plain()))
    assert (matte.alpha[dots > 200] < 0.5).mean() < 0.05


def test_a_triangle_that_shows_a_plain_wall_is_open() -> None:
    truth = drawn_body()
    cv2.fillPoly(truth, [np.array([(250, 760), (250, 860), (320, 810)])], 0.0, cv2.LINE_AA)
    matte = refine(photographed(truth, plain()), coarse(drawn_body()), clean(plain()))
    assert matte.alpha[795:825, 258:280].max() < 0.1


def test_a_gap_that_shows_a_plain_wall_is_open() -> None:
    truth = drawn_body()
    cv2.ellipse(truth, (400, 800), (16, 90), 0, 0, 360, 0.0, -1)
    matte = refine(photographed(truth, plain()), coarse(drawn_body()), clean(plain()))
    assert matte.alpha[740:860, 395:405].max() < 0.1


def test_a_prop_that_the_mask_missed_stays() -> None:
    body = drawn_body()
    truth = body.copy()
    cv2.line(truth, (700, 700), (820, 420), 1.0, 14)
    matte = refine(photographed(truth, wall()), coarse(body), clean(wall()))
    assert matte.alpha[(truth > 0.9) & (body < 0.1)].mean() > 0.9


def test_another_rooms_plate_is_noticed_and_left_out() -> None:
    truth = drawn_body()
    image = photographed(truth, wall())
    wrong = refine(image, coarse(truth), clean(np.ascontiguousarray(wall(9)[::-1])))
    without = refine(image, coarse(truth), None)
    assert not wrong.used_plate
    assert np.array_equal(wrong.alpha, without.alpha)


def test_a_wall_that_changed_beside_the_guest_is_not_the_guest() -> None:
    truth = drawn_body()
    image = photographed(truth, wall())
    image[120:][truth[120:] < 0.01] = (20, 120, 40)
    matte = refine(image, coarse(truth), clean(wall()))
    assert sad(matte, truth) < 0.6 * sad(coarse(truth), truth)


def test_without_a_plate_the_mask_is_drawn_to_the_edges() -> None:
    truth = drawn_body()
    matte = refine(photographed(truth, wall()), coarse(truth), None)
    assert not matte.used_plate
    assert sad(matte, truth) < 0.6 * sad(coarse(truth), truth)


def test_nobody_is_an_answer() -> None:
    matte = refine(wall(), np.zeros((SIDE, SIDE), np.float32), clean(wall()))
    assert not matte.alpha.any()


@pytest.mark.parametrize("size", [(64, 64), (97, 130), (540, 300)])
def test_any_size_is_taken(size: tuple[int, int]) -> None:
    shape = (size[1], size[0])
    alpha = np.clip(cv2.resize(drawn_body(), shape, interpolation=cv2.INTER_AREA), 0, 1)
    image = cv2.resize(photographed(drawn_body(), wall()), shape, interpolation=cv2.INTER_AREA)
    plate = cv2.resize(wall(), shape, interpolation=cv2.INTER_AREA)
    for known in (clean(plate), None):
        matte = refine(image, alpha, known)
        assert matte.alpha.shape == size
        assert matte.foreground.shape == (*size, 3)
        assert matte.alpha.dtype == np.float32
        assert matte.foreground.dtype == np.uint8
        assert set(np.unique(matte.trimap)) <= {0, 128, 255}


def test_a_person_who_fills_the_picture_is_solved() -> None:
    image = photographed(drawn_body(), wall())
    matte = refine(image, np.ones((SIDE, SIDE), np.float32), clean(wall()))
    assert np.isfinite(matte.alpha).all()


def test_wrong_types_and_sizes_are_refused() -> None:
    image = wall()
    with pytest.raises(ValueError, match="probability is"):
        refine(image, np.zeros((SIDE, SIDE), np.uint8), None)
    with pytest.raises(ValueError, match="sizes differ"):
        refine(image, np.zeros((10, 10), np.float32), None)
    with pytest.raises(ValueError, match="sizes differ"):
        refine(image, np.zeros((SIDE, SIDE), np.float32), clean(np.ascontiguousarray(image[::2, ::2])))


def test_inputs_stay_untouched_and_answers_are_closed_for_writing() -> None:
    truth = drawn_body()
    image, mask = photographed(truth, wall()), coarse(truth)
    before = image.copy(), mask.copy()
    matte = refine(image, mask, clean(wall()))
    assert np.array_equal(image, before[0])
    assert np.array_equal(mask, before[1])
    assert not matte.alpha.flags.writeable
    assert not matte.foreground.flags.writeable


def trimap_about(alpha: np.ndarray, width: int = 41) -> np.ndarray:
    soft = cv2.dilate(((alpha > 0.01) & (alpha < 0.99)).astype(np.uint8), np.ones((width, width), np.uint8))
    return np.where(soft > 0, np.uint8(128), np.where(alpha > 0.5, np.uint8(255), np.uint8(0)))


def test_a_given_trimap_is_kept_and_solved_within() -> None:
    truth = with_hair(drawn_body())
    trimap = trimap_about(truth)
    matte = refine_within(photographed(truth, wall(), shadow=0.2), trimap, clean(wall()))
    assert matte.used_plate
    assert matte.alpha[trimap == 0].max() == 0
    assert matte.alpha[trimap == 255].min() == 1
    assert np.abs(matte.alpha - truth)[trimap == 128].mean() < 0.02
    assert set(np.unique(matte.trimap[trimap != 128])) == {0, 255}


def test_a_wrong_trimap_is_kept_all_the_same() -> None:
    truth = drawn_body()
    trimap = trimap_about(truth)
    trimap[850:, 400:560] = 0  # a hole in the chest
    trimap[60:90, 100:130] = 255  # a piece of bare wall
    matte = refine_within(photographed(truth, wall()), trimap, clean(wall()))
    assert matte.alpha[trimap == 0].max() == 0
    assert matte.alpha[trimap == 255].min() == 1


def test_a_given_trimap_is_kept_without_a_plate() -> None:
    truth = drawn_body()
    trimap = trimap_about(truth)
    matte = refine_within(photographed(truth, wall()), trimap, None)
    assert not matte.used_plate
    assert matte.alpha[trimap == 0].max() == 0
    assert matte.alpha[trimap == 255].min() == 1
    assert np.abs(matte.alpha - truth).sum() < 0.5 * np.abs(trimap / 255 - truth).sum()


def test_an_odd_trimap_is_refused() -> None:
    image = photographed(drawn_body(), wall())
    with pytest.raises(ValueError, match="77"):
        refine_within(image, np.full((SIDE, SIDE), 77, np.uint8), None)
    with pytest.raises(ValueError, match="float32"):
        refine_within(image, np.zeros((SIDE, SIDE), np.float32), None)
    with pytest.raises(ValueError, match="trimap"):
        refine_within(image, np.zeros((SIDE, SIDE - 1), np.uint8), None)
    assert refine_within(image, np.zeros((SIDE, SIDE), np.uint8), None).alpha.max() == 0


def test_a_trimap_that_is_sure_of_no_one_is_solved_by_the_plate() -> None:
    truth = drawn_body()
    trimap = np.where(cv2.dilate(truth, np.ones((61, 61), np.uint8)) > 0, np.uint8(128), np.uint8(0))
    matte = refine_within(photographed(truth, wall()), trimap, clean(wall()))
    assert matte.used_plate
    assert matte.alpha[trimap == 0].max() == 0
    assert np.abs(matte.alpha - truth).sum() < 0.05 * truth.sum()
