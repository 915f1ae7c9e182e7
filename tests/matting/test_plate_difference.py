"""The clean-plate method on drawn scenes, whose truth is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.arrays import Alpha, Rgb8
from booth.errors import MattingError
from booth.matting.people import union
from booth.matting.plate_difference import PlateDifference
from booth.shot import Plate

SIZE = 960


def textured(kind: str) -> Rgb8:
    """A wall: plain, or patterned with sharp edges."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE
    wall = np.stack([170 - 30 * y, 165 - 25 * y + 10 * x, 150 - 20 * y], -1)
    if kind == "patterned":
        wall[((x * 12).astype(int) + (y * 12).astype(int)) % 2 == 0] *= 0.55
    return np.asarray(wall, np.uint8)


def figure() -> Alpha:
    """A head over shoulders, to the bottom edge."""
    alpha = np.zeros((SIZE, SIZE), np.float32)
    cv2.ellipse(alpha, (480, 400), (95, 120), 0, 0, 360, 1.0, -1)
    cv2.ellipse(alpha, (480, 860), (230, 360), 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.2), np.float32)


def dressed() -> Rgb8:
    """What the figure is made of: skin above, a striped blue shirt below."""
    image = np.empty((SIZE, SIZE, 3), np.float32)
    image[:] = (205, 150, 125)
    rows = np.arange(SIZE)
    image[rows > 540] = (40, 60, 130)
    image[(rows > 540) & (rows % 40 < 12)] = (70, 95, 170)
    return np.asarray(image, np.uint8)


def seen(
    plate: Rgb8,
    alpha: Alpha | None = None,
    gain: float = 1.0,
    shift: int = 0,
    shadow: float = 0.0,
    noise: float = 1.5,
) -> Rgb8:
    """The scene with everything that a camera and a lamp do to it."""
    scene = np.roll(plate, (shift, shift), (0, 1)).astype(np.float32)
    scene[:shift], scene[:, :shift] = scene[shift : shift + 1], scene[:, shift : shift + 1]
    if shadow:
        cast = np.roll(figure(), (30, 70), (0, 1))
        scene *= 1 - shadow * cv2.GaussianBlur(cast, (0, 0), 18)[..., None]
    if alpha is not None:
        scene = dressed() * alpha[..., None] + scene * (1 - alpha[..., None])
    grain = np.random.default_rng(9).normal(0, noise, scene.shape)
    return np.clip(scene * gain + grain, 0, 255).astype(np.uint8)


def plate_of(image: Rgb8) -> Plate:
    return Plate(image, 0.0, (1.5, 1.5, 1.5), float(image.mean()))


CONDITIONS = {
    "ideal": {},
    "brighter": {"gain": 1.07},
    "darker": {"gain": 0.93},
    "shifted": {"shift": 2},
    "noisy": {"noise": 4.0},
    "shadow": {"shadow": 0.18},
    "all": {"gain": 1.05, "shift": 2, "noise": 4.0, "shadow": 0.3},
}


@pytest.mark.parametrize("kind", ["plain", "patterned"])
@pytest.mark.parametrize("condition", list(CONDITIONS))
def test_finds_the_guest(kind: str, condition: str) -> None:
    wall, alpha = textured(kind), figure()
    people = PlateDifference().people(seen(wall, alpha, **CONDITIONS[condition]), plate_of(wall))
    found, truth = union(people, SIZE, SIZE) > 0.5, alpha > 0.5
    assert len(people) == 1
    assert (found & truth).sum() / (found | truth).sum() > 0.94


@pytest.mark.parametrize("kind", ["plain", "patterned"])
@pytest.mark.parametrize("condition", list(CONDITIONS))
def test_an_empty_scene_holds_nobody(kind: str, condition: str) -> None:
    wall = textured(kind)
    assert len(PlateDifference().people(seen(wall, **CONDITIONS[condition]), plate_of(wall))) == 0


def test_two_guests_are_two_instances() -> None:
    wall = textured("plain")
    alpha = np.maximum(np.roll(figure(), -250, 1), np.roll(figure(), 250, 1))
    alpha[:, :10] = alpha[:, 460:500] = alpha[:, -10:] = 0
    people = PlateDifference().people(seen(wall, alpha), plate_of(wall))
    assert len(people) == 2
    assert people.labels == ("person", "person")
    assert people.boxes[:, 2].max() <= SIZE


def test_a_dark_contact_shadow_is_no_guest() -> None:
    wall = textured("plain")
    light = np.ones((SIZE, SIZE), np.float32)
    cv2.ellipse(light, (480, 700), (160, 30), 0, 0, 360, 0.35, -1)
    shaded = wall * cv2.GaussianBlur(light, (0, 0), 6)[..., None]
    assert len(PlateDifference().people(seen(shaded.astype(np.uint8)), plate_of(wall))) == 0


def test_crumbs_are_no_guests() -> None:
    wall = textured("plain")
    image = seen(wall)
    image[100:130, 100:130] = (255, 0, 0)
    assert len(PlateDifference().people(image, plate_of(wall))) == 0


def test_a_plate_of_another_size_serves() -> None:
    wall, alpha = textured("patterned"), figure()
    small = cv2.resize(wall, (540, 540), interpolation=cv2.INTER_AREA)
    people = PlateDifference().people(seen(wall, alpha), plate_of(np.asarray(small, np.uint8)))
    found = union(people, SIZE, SIZE) > 0.5
    assert (found & (alpha > 0.5)).sum() / (found | (alpha > 0.5)).sum() > 0.9


def test_a_plate_of_other_proportions_is_refused() -> None:
    wall = textured("plain")
    with pytest.raises(MattingError, match="other proportions"):
        PlateDifference().people(wall, plate_of(wall[:600]))


def test_no_plate_is_refused_with_the_remedy() -> None:
    with pytest.raises(MattingError, match="take one"):
        PlateDifference().people(textured("plain"), None)


def test_a_plate_of_another_place_is_scored_low() -> None:
    other = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3), np.uint8)
    people = PlateDifference().people(other, plate_of(textured("plain")))
    assert len(people) == 1
    assert people.scores[0] < 0.2


def test_a_new_plate_replaces_the_one_remembered() -> None:
    segmenter, alpha = PlateDifference(), figure()
    for kind in ("plain", "patterned"):
        wall = textured(kind)
        assert len(segmenter.people(seen(wall, alpha), plate_of(wall))) == 1
