from __future__ import annotations

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.scene.harmony import COOLER, DARKER, LIGHTER, TINTED, WARMER, curves, harmony

LUMA = np.array([0.2126, 0.7152, 0.0722])
SKINS = [(255, 219, 190), (224, 172, 138), (176, 117, 84), (110, 70, 50), (66, 42, 32)]


def linear(colour: np.ndarray) -> np.ndarray:
    value = np.asarray(colour, np.float64) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def flat(*colour: int) -> Rgb8:
    return np.full((60, 60, 3), colour, np.uint8)


def middle() -> np.ndarray:
    alpha = np.zeros((60, 60), np.float32)
    alpha[15:, 20:40] = 1
    return alpha


def after(change: np.ndarray, colour: tuple[int, ...]) -> np.ndarray:
    return change[np.array(colour), 0, np.arange(3)]


@pytest.mark.parametrize(
    "behind", [(255, 255, 255), (0, 0, 0), (0, 0, 255), (255, 0, 0), (0, 255, 0), (255, 120, 0)]
)
@pytest.mark.parametrize("skin", SKINS)
def test_skin_stays_within_the_limits_before_any_backdrop(
    behind: tuple[int, ...], skin: tuple[int, ...]
) -> None:
    before = linear(np.array(skin))
    got = linear(after(harmony(flat(*skin), middle(), flat(*behind)), skin))
    rounding = 0.03  # half a step of 255 is so much of dark skin
    assert DARKER * (1 - rounding) <= (got @ LUMA) / (before @ LUMA) <= LIGHTER * (1 + rounding)
    warmth = np.log(got[0] / got[2]) - np.log(before[0] / before[2])
    assert -COOLER - 2 * rounding <= warmth <= WARMER + 2 * rounding
    green = np.log(got[1] ** 2 / (got[0] * got[2])) / 2 - np.log(before[1] ** 2 / (before[0] * before[2])) / 2
    # white that keeps its drawing is given up last by the brightest channel
    assert abs(green) <= TINTED + 2 * rounding


def test_night_darkens_and_noon_brightens() -> None:
    grey = (118, 118, 118)
    night = after(harmony(flat(*grey), middle(), flat(12, 12, 14)), grey)
    noon = after(harmony(flat(*grey), middle(), flat(250, 250, 250)), grey)
    assert night.max() < 118 < noon.min()


def test_colour_follows_the_backdrop_and_never_what_guests_wear() -> None:
    grey = (118, 118, 118)
    warm = after(harmony(flat(*grey), middle(), flat(230, 160, 90)), grey).astype(int)
    assert warm[0] > warm[2]
    red_dress = after(harmony(flat(200, 30, 40), middle(), flat(118, 118, 118)), grey).astype(int)
    assert np.ptp(red_dress) <= 1


def test_curves_rise_and_keep_black_and_white() -> None:
    for brightness, warmth, green in ((9, 9, 9), (-9, -9, -9), (9, -9, 0), (0, 0, 0), (-9, 9, -9)):
        change = curves(brightness, warmth, green)[:, 0].astype(int)
        assert (np.diff(change, axis=0) >= 0).all()
        assert (change[0] == 0).all()
        assert change[255].min() >= 255 * (DARKER / 1.1) ** (1 / 2.2)
    assert np.array_equal(curves(0, 0, 0)[:, 0, 0], np.arange(256))


def test_what_a_foreground_holds_outside_of_alpha_does_not_count() -> None:
    alpha, behind = middle(), flat(40, 60, 90)
    guests, other = flat(150, 120, 100), flat(150, 120, 100)
    other[alpha == 0] = (0, 255, 0)
    assert np.array_equal(harmony(guests, alpha, behind), harmony(other, alpha, behind))


def test_nobody_changes_nothing() -> None:
    empty = np.zeros((60, 60), np.float32)
    assert np.array_equal(harmony(flat(9, 9, 9), empty, flat(250, 250, 250))[:, 0, 1], np.arange(256))
