from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.scene.contact import DARKEST, contact_shadow, darken

SIZE = 240
NOT_CUT = np.zeros(SIZE, bool)


def person(at: float, bottom: float, alpha: np.ndarray | None = None) -> np.ndarray:
    """A body on two legs, whose soles end at `bottom`."""
    alpha = np.zeros((SIZE, SIZE), np.float32) if alpha is None else alpha.copy()
    foot, middle = round(bottom * SIZE), round(at * SIZE)
    alpha[foot - 150 : foot - 60, middle - 18 : middle + 18] = 1
    alpha[foot - 60 : foot, middle - 15 : middle - 5] = 1
    alpha[foot - 60 : foot, middle + 5 : middle + 15] = 1
    return alpha


def seen(alpha: np.ndarray, light: float = 0.0, floor: float = 0.93) -> np.ndarray:
    shadow = contact_shadow(alpha, NOT_CUT, floor, light)
    assert shadow is not None
    return shadow


def darkest_row(shadow: np.ndarray, at: float) -> float:
    columns = slice(round(at * SIZE) - 15, round(at * SIZE) + 15)
    return (float(np.argmax(shadow[:, columns].sum(axis=1))) + 0.5) / SIZE


def test_the_shadow_lies_at_the_feet_of_each() -> None:
    places = ((0.2, 0.93), (0.5, 0.90), (0.8, 0.95))
    alpha = np.zeros((SIZE, SIZE), np.float32)
    for at, bottom in places:
        alpha = person(at, bottom, alpha)
    shadow = seen(alpha)
    for at, bottom in places:
        assert darkest_row(shadow, at) == pytest.approx(bottom, abs=0.006)
        beside = shadow[round(bottom * SIZE), round(at * SIZE) - 14]
        assert beside > 0.3


def test_the_shadow_is_flat_and_only_below() -> None:
    shadow = seen(person(0.5, 0.93))
    assert shadow[: round(0.85 * SIZE)].max() < 0.01
    assert shadow[:, : round(0.25 * SIZE)].max() < 0.01
    rows, columns = np.nonzero(shadow > 0.05)
    assert np.ptp(columns) > 2 * np.ptp(rows)


def test_no_shadow_is_darker_than_it_says() -> None:
    alpha = np.zeros((SIZE, SIZE), np.float32)
    for at in np.linspace(0.1, 0.9, 9):
        alpha = person(float(at), 0.93, alpha)
    shadow = seen(alpha, 90)
    assert 0.3 < shadow.max() <= DARKEST
    assert shadow.min() >= 0


@pytest.mark.parametrize(("light", "side"), [(60, -1), (300, 1), (0, 0)])
def test_the_shadow_falls_away_from_the_light(light: float, side: int) -> None:
    shadow = seen(person(0.5, 0.93), light)
    centre = float((shadow.sum(axis=0) @ np.arange(SIZE)) / shadow.sum()) - (SIZE - 1) / 2
    assert np.sign(round(centre)) == side


def test_guests_cut_off_below_throw_none() -> None:
    assert contact_shadow(person(0.5, 1.0), NOT_CUT, 0.93, 0) is None
    cut = NOT_CUT.copy()
    cut[100:140] = True
    # glued higher up, the end of the cutout is no foot either
    assert contact_shadow(person(0.5, 0.95), cut, 0.93, 0) is None


def test_one_who_is_cut_off_leaves_the_other_their_shadow() -> None:
    shadow = seen(person(0.2, 1.0, person(0.75, 0.93)))
    assert shadow[:, : round(0.4 * SIZE)].max() < 0.02
    assert darkest_row(shadow, 0.75) == pytest.approx(0.93, abs=0.006)


def test_hands_and_hems_are_no_feet() -> None:
    alpha = person(0.5, 0.93)
    alpha[120:135, 190:200] = 1  # a hand, far from the floor
    shadow = seen(alpha)
    assert shadow[:, 185:205].max() < 0.02
    assert contact_shadow(person(0.5, 0.75), NOT_CUT, 0.93, 0) is None


def test_nobody_throws_none() -> None:
    assert contact_shadow(np.zeros((SIZE, SIZE), np.float32), NOT_CUT, 0.93, 0) is None


def test_noise_hardly_moves_the_shadow() -> None:
    alpha = person(0.5, 0.93)
    calm = seen(alpha)
    edge = np.abs(np.gradient(alpha)[0]) + np.abs(np.gradient(alpha)[1]) > 0
    rng = np.random.default_rng(5)
    for _ in range(5):
        shaken = np.where(edge, alpha + rng.normal(0, 0.03, alpha.shape), alpha)
        assert np.abs(seen(np.clip(shaken, 0, 1).astype(np.float32)) - calm).max() < 0.05


@pytest.mark.parametrize("size", [331, 333, 720, 1920])
def test_darken_takes_the_same_share_at_every_size(size: int) -> None:
    shadow = seen(person(0.5, 0.93))
    canvas = np.full((size, size, 3), 200, np.uint8)
    darken(canvas, shadow)
    expected = 200 * (1 - cv2.resize(shadow, (size, size)))
    assert np.abs(canvas - expected[..., None]).max() <= 1.5
    assert (canvas[: size // 2] == 200).all()
