"""Flicker and ghosts are measured as they look: none of a perfect matte, much of a noisy or a slow one."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from booth.arrays import Alpha, Rgb8
from booth.bench.live import Matte, Sitting, drawn_sitting, flicker, ghost, mattes, overlap, walking


@pytest.fixture(scope="module")
def sitting() -> Sitting:
    """A red square before a grey wall."""
    alpha = np.zeros((240, 240), np.float32)
    alpha[80:, 90:150] = 1
    alpha[80:, 88:90] = alpha[80:, 150:152] = 0.5
    foreground = np.full((240, 240, 3), (200, 40, 40), np.uint8)
    return Sitting(foreground, alpha, np.full((240, 240, 3), 128, np.uint8))


def red(image: Rgb8) -> Alpha:
    share = (image[..., 0].astype(np.float32) - image[..., 1]) / 160
    return np.where(share > 0.75, 1, np.where(share > 0.25, 0.5, 0)).astype(np.float32)


def slow() -> Matte:
    before: deque[Alpha] = deque(maxlen=3)

    def matte(image: Rgb8) -> Alpha:
        before.append(red(image))
        return np.asarray(np.maximum.reduce(list(before)), np.float32)

    return matte


def test_a_perfect_matte_neither_flickers_nor_leaves_ghosts(sitting: Sitting) -> None:
    assert max(flicker(red, sitting)) == 0
    assert max(ghost(lambda: red, sitting)) == 0
    assert max(walking(red, sitting)) < 0.1
    assert overlap(red, sitting) > 0.99


def test_a_matte_that_remembers_too_much_leaves_ghosts(sitting: Sitting) -> None:
    assert min(ghost(slow, sitting)[2:]) > 0.3
    assert min(walking(slow(), sitting)) > 1
    assert max(flicker(slow(), sitting)) == 0


def test_a_noisy_matte_flickers(sitting: Sitting) -> None:
    random = np.random.default_rng(0)
    noisy: Matte = lambda image: red(image) + random.normal(0, 0.05, image.shape[:2]).astype(np.float32)  # noqa: E731
    assert min(flicker(noisy, sitting)) > 0.04


def test_the_mirrors_own_matte_is_calm_on_the_drawn_studio() -> None:
    sitting = drawn_sitting(360)
    ways = dict(mattes(None, sitting))
    assert max(flicker(ways["plate"](), sitting, 12)) < 0.01
    assert overlap(ways["plate"](), sitting) > 0.95
