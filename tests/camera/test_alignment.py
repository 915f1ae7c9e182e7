"""A plate taken from a little elsewhere is laid onto the photograph."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.camera.alignment import aligned
from booth.camera.plate import plate_from_picture

SIZE = 420


@pytest.fixture
def wall() -> Rgb8:
    """A wall with enough to hold on to: soft blots and posters."""
    rng = np.random.default_rng(6)
    blots = cv2.GaussianBlur(rng.uniform(40, 215, (SIZE, SIZE, 3)).astype(np.float32), (0, 0), 3)
    blots = 128 + 6 * (blots - blots.mean())
    for _ in range(60):
        x, y, side = [*rng.integers(0, SIZE - 30, 2).tolist(), int(rng.integers(8, 30))]
        blots[y : y + side, x : x + side] = rng.uniform(20, 235, 3)
    return np.clip(blots, 0, 255).astype(np.uint8)


def moved(image: Rgb8, matrix: np.ndarray) -> Rgb8:
    return cv2.warpPerspective(
        image, matrix, (SIZE, SIZE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


MOVEMENT = np.array([[1.004, 0.012, -7.3], [-0.011, 0.998, 9.6], [4e-6, -6e-6, 1.0]])


def test_a_hand_held_plate_comes_to_lie_on_its_photo(wall: Rgb8) -> None:
    photo = moved(wall, MOVEMENT)
    photo[150:, 140:260] = (60, 30, 120)
    plate = aligned(plate_from_picture(wall), photo)
    inside = np.zeros((SIZE, SIZE), bool)
    inside[30:140, 30:-30] = True
    before = np.abs(wall.astype(int) - photo)[inside].mean()
    after = np.abs(plate.image.astype(int) - photo)[inside].mean()
    assert before > 20
    assert after < 4


def test_a_plate_that_lies_right_is_left_alone(wall: Rgb8) -> None:
    photo = wall.copy()
    photo[150:, 140:260] = (60, 30, 120)
    plate = plate_from_picture(wall)
    assert aligned(plate, photo) is plate


@pytest.mark.parametrize("other", ["another place", "nothing to hold on to"])
def test_what_cannot_be_aligned_is_left_alone(wall: Rgb8, other: str) -> None:
    rng = np.random.default_rng(8)
    photo = (
        cv2.resize(rng.integers(0, 255, (60, 60, 3), np.uint8), (SIZE, SIZE))
        if other == "another place"
        else np.full((SIZE, SIZE, 3), 128, np.uint8)
    )
    plate = plate_from_picture(wall)
    assert aligned(plate, np.asarray(photo, np.uint8)) is plate


def test_another_size_is_refused(wall: Rgb8) -> None:
    with pytest.raises(ValueError, match="expected the same size"):
        aligned(plate_from_picture(wall), np.ascontiguousarray(wall[:, :300]))
