"""Sharpness and light, on pictures whose truth is drawn."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.camera.sight import sight


def picture(level: float = 128.0, contrast: float = 70.0) -> np.ndarray:
    """Draw edges of all directions on a wall, with the noise of a camera."""
    rng = np.random.default_rng(5)
    image = np.full((540, 540), level, np.float32)
    for _ in range(40):
        x, y, radius = rng.integers(40, 500), rng.integers(40, 500), int(rng.integers(12, 60))
        cv2.circle(image, (int(x), int(y)), radius, float(level + rng.uniform(-contrast, contrast)), -1)
    return image


def as_camera(image: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(6).normal(0, 2, (*image.shape, 3))
    return np.clip(image[..., None] + noise, 0, 255).astype(np.uint8)


def test_a_lens_out_of_focus_is_told_from_a_sharp_one():
    sharp = picture()
    figures = [
        sight(as_camera(cv2.GaussianBlur(sharp, (0, 0), s) if s else sharp)).sharpness for s in (0, 1.5, 3)
    ]
    assert figures == sorted(figures, reverse=True)
    assert sight(as_camera(sharp)).is_sharp
    assert not sight(as_camera(cv2.GaussianBlur(sharp, (0, 0), 3.5))).is_sharp


@pytest.mark.parametrize(("level", "said"), [(20, "dark"), (128, "good"), (225, "bright")])
def test_light_is_judged(level, said):
    assert sight(as_camera(picture(level, 15))).light == said


def test_burnt_walls_are_told():
    image = picture(170, 40)
    image[:, :150] = 255
    assert sight(as_camera(image + 0)).burnt < 0.3
    blown = as_camera(image)
    blown[:, :150] = 255
    assert sight(blown).light == "burnt"


def test_a_bare_wall_is_no_fault_and_no_frame_is_too_small():
    flat = sight(np.full((64, 64, 3), 120, np.uint8))
    assert 0 <= flat.sharpness <= 1
    with pytest.raises(ValueError, match="uint8"):
        sight(np.zeros((64, 64), np.uint8))
