from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.scene.grain import MOST_GRAIN, SHARPER, SOFTER, Match, Texture, add_grain, detailed, match, texture


def stripes(size: int, blur: float, grain: float = 0.0) -> np.ndarray:
    """Broad stripes with edges of a known width."""
    image = np.where(np.arange(8 * size) // 160 % 2, 190.0, 60.0)
    fine = cv2.GaussianBlur(np.repeat(image[None], 3, axis=0), (0, 0), 8 * max(blur, 0.05))[1]
    row = fine.reshape(size, 8).mean(axis=1) if blur else image[4::8]
    whole = np.tile(row[None, :, None], (size, 1, 3))
    noise = np.random.default_rng(2).normal(0, grain, whole.shape) if grain else 0
    return np.clip(np.rint(whole + noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [1.5, 3.0, 6.0])
def test_grain_is_measured(sigma: float) -> None:
    flat = 128 + np.random.default_rng(1).normal(0, sigma, (600, 600, 3))
    found = texture(np.rint(flat).astype(np.uint8))
    assert found.grain == pytest.approx(sigma, rel=0.15)
    assert found.edge is None or sigma > 4


def test_what_is_drawn_in_a_picture_is_no_grain() -> None:
    found = texture(np.tile(np.linspace(0, 255, 600).astype(np.uint8)[None, :, None], (600, 1, 3)))
    assert found.grain is not None
    assert found.grain < 0.6  # the steps of its ramp


@pytest.mark.parametrize("blur", [0.8, 1.2, 1.8])
def test_the_width_of_edges_is_measured(blur: float) -> None:
    assert texture(stripes(600, blur)).edge == pytest.approx(blur, rel=0.25)


def test_only_what_counts_is_looked_at() -> None:
    image = np.full((480, 480, 3), 128, np.uint8)
    image[:, 240:] = np.clip(128 + np.random.default_rng(3).normal(0, 9, (480, 240, 3)), 0, 255)
    where = np.zeros((60, 60), bool)
    where[:, :30] = True
    assert texture(image, where) == Texture(0.0, None)
    assert texture(image, np.zeros((60, 60), bool)) == Texture(None, None)


def test_guests_get_little() -> None:
    assert match(Texture(1.0, 0.6), Texture(1.0, 0.6)) == Match()
    assert match(Texture(0.0, 3.0), Texture(40.0, 0.4)) == Match(MOST_GRAIN, SHARPER)
    assert match(Texture(5.0, 0.4), Texture(0.2, 3.0)) == Match(0.0, -SOFTER)
    assert match(Texture(None, None), Texture(3.0, 1.0)) == Match()


def test_added_grain_is_as_strong_as_asked_and_always_the_same() -> None:
    flat = np.full((700, 700, 3), 128, np.uint8)
    grained = add_grain(flat, 2.0)
    assert grained.astype(float).std() == pytest.approx(2.0, abs=0.1)
    assert grained.mean() == pytest.approx(128, abs=0.1)
    assert np.array_equal(grained, add_grain(flat, 2.0))
    assert add_grain(flat, 0.0) is flat


def test_detail_changes_edges_inside_of_alpha_alone() -> None:
    image = stripes(240, 1.2)
    alpha = np.zeros((240, 240), np.float32)
    alpha[:, :120] = 1
    for detail in (0.3, -0.3):
        changed = detailed(image, alpha, detail)
        assert np.array_equal(changed[:, 119:], image[:, 119:])
        steps = [np.abs(np.diff(one[:, :118, 1].astype(int), axis=1)).max() for one in (changed, image)]
        assert np.sign(steps[0] - steps[1]) == np.sign(detail)
    assert detailed(image, alpha, 0.0) is image
