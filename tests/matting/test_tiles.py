"""Tiles cover what is wanted, once, and are large enough to be worth a thread's while."""

from __future__ import annotations

import numpy as np
import pytest

from booth.matting.tiles import HALO, LONGEST, SIDE, tiles_of


@pytest.mark.parametrize("size", [(1, 1), (SIDE, SIDE), (500, 1901), (1000, 333)])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.02, 1.0])
def test_tiles_cover_what_is_wanted_and_do_not_overlap(size: tuple[int, int], share: float) -> None:
    small = np.random.default_rng(3).random((max(1, size[0] // 8), max(1, size[1] // 8))) < share
    tiles = tiles_of(*size, small)
    covered = np.zeros(size, np.uint8)
    for tile in tiles:
        covered[tile.inner] += 1
        rows, columns = tile.inner
        assert rows.stop - rows.start <= SIDE
        assert 0 < columns.stop - columns.start <= LONGEST * SIDE
        picture = np.arange(covered.size).reshape(size)
        np.testing.assert_array_equal(picture[tile.outer][tile.own], picture[tile.inner])
        assert tile.outer[0].start == max(0, rows.start - HALO)
    assert covered.max(initial=0) <= 1
    for row, column in zip(*np.nonzero(small), strict=True):
        at = row * size[0] // small.shape[0], column * size[1] // small.shape[1]
        assert covered[at] == 1
    if not small.any():
        assert not tiles


def test_neighbours_are_one_tile_and_gaps_part_them() -> None:
    wanted = np.zeros((1, 10), np.bool_)
    wanted[0, [0, 1, 2, 3, 4, 5, 6, 8]] = True
    widths = [tile.inner[1] for tile in tiles_of(SIDE, 10 * SIDE, wanted)]
    assert widths == [slice(0, 6 * SIDE), slice(6 * SIDE, 7 * SIDE), slice(8 * SIDE, 9 * SIDE)]
