from __future__ import annotations

import numpy as np

from booth.scene.wrap import STRENGTH, evenly, glow

SIZE = 120


def body() -> np.ndarray:
    alpha = np.zeros((SIZE, SIZE), np.float32)
    alpha[30:, 40:80] = 1
    return alpha


def flat(value: int) -> np.ndarray:
    return np.full((SIZE, SIZE, 3), value, np.uint8)


def test_a_bright_backdrop_shines_over_edges_and_not_deep_inside() -> None:
    shine = glow(flat(20), body(), flat(240))
    assert 0.4 * STRENGTH / 2 * 220 < shine[80, 40].max() <= STRENGTH / 2 * 220 + 1
    assert shine[80, 60].max() == 0
    row = shine[80, 40:60, 0].astype(int)
    assert (np.diff(row) <= 0).all()


def test_it_never_adds_more_than_it_says() -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        guests = rng.integers(0, 256, (SIZE, SIZE, 3), np.uint8)
        behind = rng.integers(0, 256, (SIZE, SIZE, 3), np.uint8)
        alpha = np.where(rng.random((SIZE, SIZE)) > 0.3, 1, 0).astype(np.float32)
        assert glow(guests, alpha, behind).max() <= STRENGTH / 2 * 255 + 1


def test_a_darker_backdrop_adds_nothing() -> None:
    assert glow(flat(120), body(), flat(110)).max() == 0


def test_no_light_comes_from_beyond_the_picture() -> None:
    assert glow(flat(20), body(), flat(240))[-1, 55:65].max() == 0


def test_what_a_foreground_holds_outside_of_alpha_does_not_count() -> None:
    alpha, behind = body(), flat(240)
    other = flat(20)
    other[alpha == 0] = (0, 255, 0)
    assert np.array_equal(glow(flat(20), alpha, behind), glow(other, alpha, behind))


def test_strands_thinner_than_a_cell_keep_their_colour() -> None:
    alpha = np.zeros((SIZE, SIZE), np.float32)
    alpha[:, ::12] = 0.4
    assert glow(flat(20), alpha, flat(240)).max() == 0


def test_an_even_backdrop_has_the_same_light() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (SIZE, SIZE, 3), np.uint8)
    even = evenly(noise)
    assert abs(even.mean() - noise.mean()) < 2
    assert even.std() < noise.std() / 3
