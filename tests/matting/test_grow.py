"""The growth of the background against the same thing done plainly, picture by picture."""

import cv2
import numpy as np
import pytest

from booth.matting.grow import LIKELY, ROUNDS, STEADY, STEP, grown
from booth.matting.shading import Fit

HIGH, WIDE = 120, 150


def scene(seed: int) -> tuple[np.ndarray, Fit, np.ndarray]:
    """A shaded wall with a grey ellipse before it, seeds along the left edge, some of it claimed."""
    rng = np.random.default_rng(seed)
    plate = rng.uniform(80, 200, (HIGH, WIDE, 3)).astype(np.float32)
    shade = cv2.GaussianBlur(rng.uniform(0.5, 1.2, (HIGH, WIDE)).astype(np.float32), (0, 0), 15)
    frame = plate * shade[..., None] + rng.normal(0, 1.5, plate.shape).astype(np.float32)
    body = np.zeros((HIGH, WIDE), np.uint8)
    cv2.ellipse(body, (90, 60), (30, 45), 0, 0, 360, 1, -1)
    frame[body > 0] = 120
    seeds = np.zeros((HIGH, WIDE), bool)
    seeds[:, :12] = True
    claimed = body > 0
    claimed[10:14, 100:] = True
    return seeds, Fit.of(frame, plate, np.full_like(plate, 4)), claimed


def plainly(seeds: np.ndarray, fit: Fit, claimed: np.ndarray) -> np.ndarray:
    """Ring by ring over the whole picture."""
    shown = seeds.astype(np.float32)

    def around(values: np.ndarray, side: int) -> np.ndarray:
        return cv2.boxFilter(
            values * shown, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT
        )

    for _ in range(ROUNDS):
        beside = around(np.ones_like(shown), 3) > 2.5
        shading = around(fit.cross, 5) / np.maximum(around(fit.plate, 5), np.float32(1e-3))
        new = beside & (shown == 0) & ~claimed & (fit.deviation(shading, STEP) < LIKELY)
        if new.sum() < STEADY:
            break
        shown[new] = 1
    return shown > 0


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_plain_growth(seed: int) -> None:
    seeds, fit, claimed = scene(seed)
    expected = plainly(seeds, fit, claimed)
    assert expected.sum() > 2 * seeds.sum()
    assert (grown(seeds, fit, claimed) != expected).mean() < 0.002


def test_nothing_claimed_is_grown_into_and_the_body_stays() -> None:
    seeds, fit, claimed = scene(0)
    shown = grown(seeds, fit, claimed)
    assert not (shown & claimed).any()
    assert shown[seeds].all()
    assert not grown(np.zeros_like(seeds), fit, claimed).any()
