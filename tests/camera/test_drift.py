"""Drift: a bump and a change of light are seen, guests walking about are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.camera.drift import drift
from booth.shot import Frame, Plate

SIDE = 720


@pytest.fixture(scope="module")
def plate(scene):
    return Plate(scene.plate(SIDE), 0.0, (1.6, 1.6, 1.6), float(scene.plate(SIDE).mean()))


def seen(image, plate, alpha=None):
    return drift(Frame(np.clip(image, 0, 255).astype(np.uint8), 0.0, 1), plate, alpha)


def shifted(picture, x, y):
    moved = cv2.warpAffine(
        picture, np.array([[1.0, 0, x], [0, 1, y]]), picture.shape[1::-1], borderMode=cv2.BORDER_REFLECT
    )
    return np.clip(moved, 0, 1) if picture.ndim == 2 else moved


@pytest.mark.parametrize("t", [1.0, 3.4, 3.9, 4.4, 5.0, 6.0, 7.7, 9.1, 12.3])
@pytest.mark.parametrize("known", [True, False], ids=["alpha", "no alpha"])
def test_guests_who_walk_about_are_no_drift(scene, plate, t, known):
    drawn = scene.draw(t, SIDE)
    found = seen(drawn.image, plate, drawn.alpha if known else None)
    assert found.message is None
    assert found.shift_pixels < 0.6
    assert found.brightness_ratio == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("x", "y"), [(3, 0), (0, -3), (2.2, 2.2), (9, -5)])
@pytest.mark.parametrize("t", [1.0, 8.0])
@pytest.mark.parametrize("known", [True, False], ids=["alpha", "no alpha"])
def test_a_bumped_camera_is_seen(scene, plate, x, y, t, known):
    drawn = scene.draw(t, SIDE)
    found = seen(shifted(drawn.image, x, y), plate, shifted(drawn.alpha, x, y) if known else None)
    assert found.shift_pixels == pytest.approx(np.hypot(x, y), rel=0.2)
    assert "camera was moved" in found.message


@pytest.mark.parametrize("gain", [0.5, 0.9, 1.1])
@pytest.mark.parametrize("known", [True, False], ids=["alpha", "no alpha"])
def test_changed_light_is_seen(scene, plate, gain, known):
    drawn = scene.draw(8.0, SIDE)
    found = seen(drawn.image * gain, plate, drawn.alpha if known else None)
    assert found.brightness_ratio == pytest.approx(gain, abs=0.02)
    assert "light has changed" in found.message
    assert found.shift_pixels < 0.6


def test_a_little_less_light_is_no_reason_to_call_the_operator(scene, plate):
    assert seen(scene.image(8.0, SIDE) * 0.96, plate).message is None


def test_another_white_balance_is_seen(scene, plate):
    drawn = scene.draw(8.0, SIDE)
    found = seen(drawn.image * np.array([1.1, 1.0, 0.9]), plate, drawn.alpha)
    assert found.colour_shift == pytest.approx(0.1, abs=0.02)
    assert "white balance" in found.message


def test_a_picture_full_of_people_is_not_judged(scene, plate):
    found = seen(scene.image(8.0, SIDE) * 0.2, plate, np.ones((SIDE, SIDE), np.float32))
    assert found.message is None


def test_a_plate_of_another_size_no_longer_fits(scene, plate):
    assert "another size" in seen(scene.image(1.0, 240), plate).message


def test_a_wall_without_any_edge_gives_no_shift():
    wall = np.full((300, 300, 3), 140, np.uint8)
    random = np.random.default_rng(2)
    found = seen(wall + random.normal(0, 2, wall.shape), Plate(wall, 0.0, (2.0, 2.0, 2.0), 140.0))
    assert found.message is None
    assert found.shift_pixels < 0.3


def test_alpha_of_another_size_is_refused(scene, plate):
    with pytest.raises(ValueError, match="sizes differ"):
        seen(scene.image(1.0, SIDE), plate, np.zeros((10, 10), np.float32))
