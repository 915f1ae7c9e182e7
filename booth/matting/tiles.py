"""Work on a large picture in tiles: what is settled is skipped, the rest is shared by a few threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask

Part = TypeVar("Part")
Answer = TypeVar("Answer")
Floats = NDArray[np.float32]

SIDE = 160
"""Height of a tile in pixels, and the step in which it is wide."""
LONGEST = 6
"""Steps that a tile is wide at most: of small tiles two threads wait for the interpreter, not for memory."""
HALO = 4
"""Neighbours that a tile's filters may look at, in pixels."""
WORKERS = 2
CELL = 4
"""Pixels along a side of one cell of the grid on which colours are gathered."""


@dataclass(frozen=True, slots=True)
class Tile:
    """`inner` is the tile's own box of the crop, `outer` the same with a halo, `own` its place in there."""

    inner: tuple[slice, slice]
    outer: tuple[slice, slice]
    own: tuple[slice, slice]

    @property
    def cells(self) -> tuple[slice, slice]:
        """The tile's box on the grid of cells."""
        rows, columns = self.inner
        return (
            slice(rows.start // CELL, -(-rows.stop // CELL)),
            slice(columns.start // CELL, -(-columns.stop // CELL)),
        )


def tiles_of(height: int, width: int, wanted: Mask) -> list[Tile]:
    """Cut a crop into tiles over all that touches `wanted`, a bool mask of any size over the crop."""
    found = []
    for top in range(0, height, SIDE):
        bottom, start = min(height, top + SIDE), 0
        for left in range(0, width, SIDE):
            right = min(width, left + SIDE)
            is_wanted = _part(wanted, (slice(top, bottom), slice(left, right)), height, width).any()
            if start < left and (not is_wanted or left - start >= LONGEST * SIDE):
                found.append(_tile(top, bottom, start, left, height, width))
                start = left
            if not is_wanted:
                start = right
        if start < width:
            found.append(_tile(top, bottom, start, width, height, width))
    return found


def _tile(top: int, bottom: int, left: int, right: int, height: int, width: int) -> Tile:
    above, before = max(0, top - HALO), max(0, left - HALO)
    outer = slice(above, min(height, bottom + HALO)), slice(before, min(width, right + HALO))
    own = slice(top - above, bottom - above), slice(left - before, right - before)
    return Tile((slice(top, bottom), slice(left, right)), outer, own)


def _part(mask: Mask, box: tuple[slice, slice], height: int, width: int) -> Mask:
    rows, columns = box
    down, across = mask.shape[0] / height, mask.shape[1] / width
    return mask[
        int(rows.start * down) : int(np.ceil(rows.stop * down)),
        int(columns.start * across) : int(np.ceil(columns.stop * across)),
    ]


def each(work: Callable[[Part], Answer], parts: Iterable[Part]) -> list[Answer]:
    """Run `work` on every part of a picture, on a few threads; the first error is raised."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="matting-tile") as pool:
        return list(pool.map(work, parts))


def enlarged(values: NDArray[Any], box: tuple[slice, slice], full: tuple[int, int]) -> NDArray[Any]:
    """Give a box of `values` as it looks enlarged to `full` (height, width), without enlarging the rest."""
    down, across = values.shape[0] / full[0], values.shape[1] / full[1]
    rows, columns = box
    matrix = np.array(
        [
            [across, 0, (columns.start + 0.5) * across - 0.5],
            [0, down, (rows.start + 0.5) * down - 0.5],
        ]
    )
    size = (columns.stop - columns.start, rows.stop - rows.start)
    return cv2.warpAffine(
        values, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
