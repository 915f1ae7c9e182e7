from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from booth.config.settings import LayoutSettings, SceneSettings
from booth.scene.belonging import ALONE
from booth.scene.composite import Stage, Stages, compose, over, set_stage
from booth.scene.layout import Overlay, lay_out
from booth.scene.placement import default_placement
from booth.shot import Backdrop, Cutout, Placement, nobody

Draw = Callable[..., Cutout]


def plain(size: int) -> Overlay:
    return lay_out(LayoutSettings(), size)


def noise(size: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8)


def exact(foreground: np.ndarray, alpha: np.ndarray, behind: np.ndarray) -> np.ndarray:
    share = alpha.astype(np.float64)[..., None]
    return foreground * share + behind * (1 - share)


def test_over_is_exact_to_the_rounding() -> None:
    front, behind = noise(200, 1), noise(200, 2)
    alpha = np.random.default_rng(3).random((200, 200), np.float32)
    alpha[:60], alpha[60:120] = 0, 1
    got = over(front, alpha, behind)
    assert np.abs(got - exact(front, alpha, behind)).max() <= 0.51
    assert np.array_equal(got[:60], behind[:60])
    assert np.array_equal(got[60:120], front[60:120])


def test_every_pair_of_values_survives_at_alpha_one_and_zero() -> None:
    values = np.arange(256, dtype=np.uint8)
    front = np.repeat(np.tile(values, (256, 1))[..., None], 3, axis=2)
    behind = np.ascontiguousarray(front.transpose(1, 0, 2))
    assert np.array_equal(over(front, np.ones((256, 256), np.float32), behind), front)
    assert np.array_equal(over(front, np.zeros((256, 256), np.float32), behind), behind)


def test_over_leaves_its_arguments_alone() -> None:
    front, behind = noise(40, 1), noise(40, 2)
    for array in (front, behind):
        array.flags.writeable = False
    alpha = np.full((40, 40), 0.5, np.float32)
    assert not np.shares_memory(over(front, alpha, behind), behind)


@pytest.mark.parametrize(
    ("front", "alpha", "said"),
    [
        (np.zeros((9, 9, 3), np.uint8), np.zeros((8, 8), np.float32), "sizes differ"),
        (np.zeros((8, 8, 3), np.float32), np.zeros((8, 8), np.float32), "foreground is float32"),
        (np.zeros((8, 8, 3), np.uint8), np.full((8, 8), 1.5, np.float32), "alpha ranges over"),
        (np.zeros((8, 8, 3), np.uint8), np.full((8, 8), np.nan, np.float32), "alpha ranges over"),
    ],
)
def test_over_refuses_what_does_not_fit(front: np.ndarray, alpha: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        over(front, alpha, np.zeros((8, 8, 3), np.uint8))


def test_a_shift_moves_pixels_and_resamples_none(draw_cutout: Draw, backdrop: Backdrop) -> None:
    cutout = draw_cutout(480, bottom=0.8)
    stage = set_stage(backdrop, plain(480), ALONE)
    got = stage.compose(cutout, Placement(1.0, 24 / 480, -48 / 480)).image
    truth = stage.image.astype(np.float64).copy()
    moved = exact(cutout.foreground[48:, :-24], cutout.alpha[48:, :-24], stage.image[:-48, 24:])
    truth[:-48, 24:] = moved
    assert np.abs(got - truth).max() <= 0.51


@pytest.mark.parametrize(
    ("scale", "x", "y"), [(0.5, 0.25, 0.5), (0.77, 0.1, 0.23), (1.6, -0.3, -0.6), (2.0, 0.4, 0.5)]
)
def test_scaled_guests_stand_where_the_placement_says(
    draw_cutout: Draw, backdrop: Backdrop, scale: float, x: float, y: float
) -> None:
    size = 480
    cutout = draw_cutout(size, bottom=0.8)
    got = compose(cutout, backdrop, plain(size), Placement(scale, x, y), size, belong=ALONE).image
    matrix = np.array([[scale, 0, x * size + (scale - 1) / 2], [0, scale, y * size + (scale - 1) / 2]])
    weighted = cutout.foreground * cutout.alpha[..., None]
    behind = set_stage(backdrop, plain(size)).image
    alpha = cv2.warpAffine(cutout.alpha, matrix, (size, size))
    truth = cv2.warpAffine(weighted, matrix, (size, size)) + behind * (1 - alpha[..., None])
    assert np.abs(got - truth).mean() < 1.0


def test_colours_beyond_the_cutout_do_not_bleed_in(backdrop: Backdrop) -> None:
    alpha = np.zeros((300, 300), np.float32)
    alpha[100:200, 100:200] = 1
    foreground = np.zeros((300, 300, 3), np.uint8)
    foreground[:] = (0, 255, 0)
    foreground[100:200, 100:200] = (200, 0, 200)
    black = Backdrop("black", {"en": "Black"}, np.zeros((300, 300, 3), np.uint8), 0.9, (0, 0, 1, 1), 0)
    for scale in (0.61, 1.37):
        got = compose(
            Cutout(foreground, alpha, nobody(), "drawn", 1), black, plain(300), Placement(scale), 300
        )
        assert got.image[..., 1].max() <= 1


def test_guests_may_stand_wholly_outside(draw_cutout: Draw, backdrop: Backdrop) -> None:
    stage = set_stage(backdrop, plain(120))
    for placement in (
        Placement(1, 2, 0),
        Placement(1, 0, -3),
        Placement(0.5, -0.5, 0),
        Placement(0.001, 0.5, 0.5),
    ):
        got = stage.compose(draw_cutout(120), placement).image
        assert np.abs(got.astype(int) - stage.image).mean() < 0.1


@pytest.mark.parametrize(("scale", "mirrored"), [(1.0, True), (0.8, False), (1.2, False)])
def test_mirror_and_print_agree(draw_cutout: Draw, backdrop: Backdrop, scale: float, mirrored: bool) -> None:
    layout = LayoutSettings(frame="line", caption="Emma & Noël, 14. Juni")
    large = draw_cutout(1920, bottom=0.85)
    placement = default_placement(large, backdrop, scale)
    printed = compose(large, backdrop, lay_out(layout, 1920), placement, 1920, mirrored).image
    mirror_cutout = draw_cutout(720, bottom=0.85)
    mirror = compose(mirror_cutout, backdrop, lay_out(layout, 720), placement, 720, mirrored).image
    reduced = cv2.resize(printed, (720, 720), interpolation=cv2.INTER_AREA)
    assert np.abs(reduced.astype(float) - mirror).mean() < 2.0
    from_large = compose(large, backdrop, lay_out(layout, 720), placement, 720, mirrored).image
    assert np.abs(reduced.astype(float) - from_large).mean() < 1.0


def test_a_mirror_flips_the_scene_but_not_the_layout(draw_cutout: Draw, backdrop: Backdrop) -> None:
    overlay = lay_out(LayoutSettings(frame="polaroid", caption="Left to right"), 480)
    cutout = draw_cutout(480, middle=0.3)
    straight = compose(cutout, backdrop, plain(480), Placement(), 480).image
    mirrored = compose(cutout, backdrop, overlay, Placement(), 480, mirrored=True).image
    truth = straight[:, ::-1].copy()
    overlay.lay_over(truth)
    assert np.array_equal(mirrored, truth)
    assert not np.array_equal(mirrored, compose(cutout, backdrop, overlay, Placement(), 480).image)


def test_a_composite_is_read_only_and_timed(draw_cutout: Draw, backdrop: Backdrop) -> None:
    composite = compose(draw_cutout(120), backdrop, plain(120), Placement(), 120)
    assert not composite.image.flags.writeable
    assert composite.backdrop_id == "hills"
    assert set(composite.timings) == {"belong", "over", "layout"}


def test_a_stage_can_be_used_again(draw_cutout: Draw, backdrop: Backdrop) -> None:
    stage = set_stage(backdrop, lay_out(LayoutSettings(caption="Hello"), 240))
    first = stage.compose(draw_cutout(240), Placement()).image
    stage.compose(draw_cutout(240, middle=0.2), Placement(), mirrored=True)
    assert np.array_equal(stage.compose(draw_cutout(240), Placement()).image, first)


def test_stages_are_set_in_moments_of_rest_and_none_makes_room_for_them(backdrop: Backdrop) -> None:
    stages = Stages(plain(60), SceneSettings().belong, 3)
    row = [replace(backdrop, id=name) for name in "abcd"]
    last = stages.of(row[3])
    for _ in range(5):
        stages.set_one(row)
    assert stages.of(row[3]) is last
    set_before = [each.id for each in row if is_set(stages, each)]
    assert set_before == ["a", "b", "d"]


def is_set(stages: Stages, backdrop: Backdrop) -> bool:
    """Whether a stage is there already: the backdrop is then not looked at."""
    unseen = replace(backdrop, image=np.zeros(0, np.uint8))
    try:
        stages.of(unseen)
    except ValueError:
        return False
    return True


def test_a_stage_at_the_backdrops_size_copies_nothing(backdrop: Backdrop) -> None:
    assert np.shares_memory(set_stage(backdrop, plain(1920)).image, backdrop.image)


def test_misfits_are_refused(draw_cutout: Draw, backdrop: Backdrop) -> None:
    with pytest.raises(ValueError, match="laid out for 240 pixels, expected 480"):
        compose(draw_cutout(480), backdrop, plain(240), Placement(), 480)
    oblong = Cutout(np.zeros((60, 80, 3), np.uint8), np.zeros((60, 80), np.float32), nobody(), "drawn", 1)
    stage: Stage = set_stage(backdrop, plain(60))
    with pytest.raises(ValueError, match="80 x 60, expected a square"):
        stage.compose(oblong, Placement())
    with pytest.raises(ValueError, match=r"placement\.scale is 0"):
        stage.compose(draw_cutout(60), Placement(0.0))
