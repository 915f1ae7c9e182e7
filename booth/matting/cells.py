"""What is known of the foreground's colours, gathered on a grid of cells of CELL pixels and spread from there.

Coarse to fine, as in Germer, T. et al.: Fast Multi-Level Foreground Estimation. ICPR 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8
from booth.matting.channels import dot, scale, summed
from booth.matting.pushpull import filled, filled_sums
from booth.matting.tiles import CELL, each

Floats = NDArray[np.float32]

LEAST_VARIANCE = 4.0
STRIP = 16
"""Rows of cells that are gathered at once: they stay in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What is known of the foreground on the grid of cells: `weight`, and weighted `sums` of R, G, B and of
    the mean square."""

    weight: Floats
    sums: Floats

    @classmethod
    def whole(cls, solid: NDArray[np.uint8], colours: Floats) -> Gathered:
        """Gather the cells that are wholly solid: uint8 (H, W), 255 where it is."""
        weight = (celled(solid) > 254.5).astype(np.float32)
        sums = colours.copy()
        scale(sums, weight)
        return cls(weight, sums)

    def exact(self, solid: NDArray[np.uint8], frame: Rgb8) -> Gathered:
        """Add the solid pixels of all other cells, one by one."""
        rest = (self.weight == 0).astype(np.uint8)
        size = (rest.shape[1] * CELL, rest.shape[0] * CELL)
        height, width = solid.shape
        partly = np.asarray(cv2.resize(rest, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        place = np.flatnonzero(cv2.bitwise_and(partly[:height, :width], solid))
        colours = frame.reshape(-1, 3).take(place, axis=0).astype(np.float32)
        return self.more(place, width, np.ones(place.size, np.float32), colours)

    def more(self, place: NDArray[np.intp], width: int, weight: Floats, colours: Floats) -> Gathered:
        """Add single pixels, by their place in the flattened picture of that width."""
        row, column = np.divmod(place, width)
        cell, count = (row // CELL) * self.weight.shape[1] + column // CELL, self.weight.size
        share, sums = weight / np.float32(CELL * CELL), self.sums.copy()
        for channel, value in enumerate([*colours.T, dot(colours, colours) / 3]):
            sums.reshape(-1, 4)[:, channel] += np.bincount(cell, share * value, count)
        added = np.bincount(cell, share, count).astype(np.float32)
        return Gathered(self.weight + added.reshape(self.weight.shape), sums)

    def joined(self, other: Gathered) -> Gathered:
        return Gathered(self.weight + other.weight, self.sums + other.sums)

    def kept(self, where: NDArray[np.bool_]) -> Gathered:
        sums = self.sums.copy()
        scale(sums, where)
        return Gathered(self.weight * where, sums)


def grid_of(picture: NDArray[Any]) -> tuple[int, int]:
    """Give the grid's height and width."""
    return -(-picture.shape[0] // CELL), -(-picture.shape[1] // CELL)


def celled(picture: NDArray[Any]) -> Floats:
    """Average a picture over the cells of the grid."""
    return np.asarray(cv2.resize(picture, grid_of(picture)[::-1], interpolation=cv2.INTER_AREA), np.float32)


def cell_colours(frame: Rgb8) -> Floats:
    """Give R, G, B and the mean square of each cell, float32 (h, w, 4)."""
    colours = np.empty((*grid_of(frame), 4), np.float32)

    def average(top: int) -> None:
        part = frame[top * CELL : (top + STRIP) * CELL]
        squares = np.asarray(cv2.multiply(part, part, dtype=cv2.CV_16U), np.uint16)
        colours[top : top + STRIP, :, :3] = celled(part)
        colours[top : top + STRIP, :, 3] = summed(celled(squares)) / np.float32(3)

    each(average, range(0, colours.shape[0], STRIP))
    return colours


def moments_of(gathered: Gathered) -> Floats:
    """Spread mean (3) and variance (1) of the foreground's colours over the whole grid."""
    weight = np.minimum(gathered.weight, 1)
    sums = gathered.sums
    if float(gathered.weight.max()) > 1:
        sums = sums.copy()
        scale(sums, weight / np.maximum(gathered.weight, 1e-4))
    spread = np.asarray(cv2.GaussianBlur(filled_sums(sums, weight), (0, 0), 1), np.float32)
    mean = spread[..., :3]
    spread[..., 3] = np.maximum(spread[..., 3] - dot(mean, mean) / 3, LEAST_VARIANCE)
    return spread


def chroma_of(core: Gathered) -> Floats:
    """Spread the variance of the foreground's tint over the whole grid."""
    tints = tint(core.sums[..., :3])
    weight = (core.weight > 0).astype(np.float32)
    spread = cv2.GaussianBlur(filled(np.dstack([tints, dot(tints, tints) / 3]), weight), (0, 0), 1)
    return np.maximum(spread[..., 3] - dot(spread[..., :3], spread[..., :3]) / 3, LEAST_VARIANCE)


def tint(colours: Floats) -> Floats:
    """Give what is left of colours without their brightness."""
    return np.asarray(colours - (summed(colours) / np.float32(3))[..., None])
