"""A crop looked at closely: how far the frame strays from the plate, and how deep inside the person that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8, Trimap
from booth.matting.cells import celled
from booth.matting.noise import Noise, noise_between, steepness
from booth.matting.spots import Seen, Spots
from booth.matting.tiles import CELL, Tile, each, enlarged, tiles_of

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Box = tuple[slice, slice]

SAME = 3.0
"""Mean squared deviation over 3x3 pixels, in variances, up to which a pixel is the plate's."""
UNIT = 16.0
"""Steps of a byte to one variance, where a deviation is kept as a byte."""
SAMPLED = 3
SQUARES = np.square(np.arange(256, dtype=np.float32))
BARE = 250
"""Of 255: where a share that was scaled up is taken for one."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A crop with all that is known of its background.

    `frame` is uint8 (H, W, 3); `laid` gives a box of the plate as it lies in the frame. The rest is small, of
    any size over the same crop:
    `light` (h, w, 3) multiplies the plate, `shown` is where the plate shows, `person` what else changed and
    belongs to a person, `claimed` resembles the person more than the plate, `deep` lies far inside
    the coarse mask; `veil` (h, w, 4) holds colour and alpha of veils, 0 where there is none. `edge` is the
    width of a solid body's outline, in pixels. `given` is a trimap (H, W) to keep to, if there is one.
    """

    frame: Rgb8
    laid: Callable[[Box], Rgb8]
    light: Floats
    shown: Floats
    person: Floats
    claimed: Floats
    deep: Floats
    veil: Floats
    edge: float
    given: Trimap | None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.frame.shape[0], self.frame.shape[1]

    @property
    def has_veil(self) -> bool:
        return bool(self.veil[..., 3].any())


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """The crop at full size, in bytes, filled within `tiles` only.

    `plate` lies in the frame's light, `slope` is its steepness, `strays` tells how far the frame is from it;
    `shown`, `claimed`, `person` and `deep` are shares of 255. `depth` is the distance to where the plate shows,
    `outline` the local width of the outline, on the grid of cells.
    """

    known: Known
    noise: Noise
    plate: Rgb8
    slope: Bytes
    strays: Bytes
    shown: Bytes
    claimed: Bytes
    person: Bytes
    deep: Bytes
    depth: Floats
    outline: Floats
    tiles: list[Tile]

    def seen(self, spots: Spots) -> Seen:
        plate = spots.of(self.plate).astype(np.float32)
        slope = np.square(spots.of(self.slope), dtype=np.float32)
        frame = spots.of(self.known.frame).astype(np.float32)
        return Seen(frame, plate, self.noise.mean_variance(plate, slope))


def studied(known: Known) -> Study:
    """Look at what is neither bare plate nor deep inside."""
    tiles = tiles_of(*known.size, _doubtful(known))
    shown, claimed, person, deep = (
        _whole(share, known.size) for share in (known.shown, known.claimed, known.person, known.deep)
    )
    plate, slope = np.empty_like(known.frame), np.zeros(known.size, np.uint8)
    noise = _noise_of(each(lambda tile: _lay_tile(known, tile, shown, plate, slope), tiles))
    strays = np.full(known.size, 255, np.uint8)
    each(lambda tile: _compare_tile(known.frame, plate, slope, noise, tile, strays), tiles)
    seen_through = (shown < 128) & ((strays >= SAME * UNIT) | (claimed >= 128))
    body = seen_through.view(np.uint8)
    depth = np.asarray(cv2.distanceTransform(body, cv2.DIST_L2, cv2.DIST_MASK_3), np.float32)
    outline = _outline_width(body, known.edge)
    return Study(known, noise, plate, slope, strays, shown, claimed, person, deep, depth, outline, tiles)


def _doubtful(known: Known) -> NDArray[np.bool_]:
    changed = (known.person > 0) | (known.claimed > 0)
    around = cv2.dilate(changed.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    inside = cv2.erode((known.deep > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.asarray(around & ~inside)


def _whole(share: Floats, size: tuple[int, int]) -> Bytes:
    """Give a small share in [0, 1] at full size, 0 to 255."""
    small = (share * 255).astype(np.uint8)
    return np.asarray(cv2.resize(small, (size[1], size[0]), interpolation=cv2.INTER_LINEAR), np.uint8)


def _lay_tile(known: Known, tile: Tile, shown: Bytes, plate: Rgb8, slope: Bytes) -> tuple[Floats, Floats]:
    """Lay the plate, in the frame's light; give the residual and the squared slope of some bare pixels."""
    box, laid = tile.inner, known.laid(tile.outer)
    slope[box] = steepness(laid)[tile.own]
    own, light = np.ascontiguousarray(laid[tile.own]), enlarged(known.light, box, known.size)
    plate[box] = cv2.multiply(own, light, dtype=cv2.CV_8U)
    every = (slice(None, None, SAMPLED), slice(None, None, SAMPLED))
    bare = shown[box][every] > BARE
    # not from the bytes of `plate`: the noise is a median, and that of whole numbers is a whole number
    lit = np.minimum(own[every][bare] * light[every][bare], np.float32(255))
    residual = np.asarray(known.frame[box][every][bare] - lit, np.float32)
    return residual, np.square(slope[box][every][bare], dtype=np.float32)


def _noise_of(samples: list[tuple[Floats, Floats]]) -> Noise:
    residual = np.concatenate([sample[0] for sample in samples]) if samples else np.empty((0, 3), np.float32)
    slope = np.concatenate([sample[1] for sample in samples]) if samples else np.empty(0, np.float32)
    return noise_between(residual, slope, np.ones(len(slope), bool))


def _compare_tile(frame: Rgb8, plate: Rgb8, slope: Bytes, noise: Noise, tile: Tile, strays: Bytes) -> None:
    """Measure how far the frame strays from the plate, in variances, averaged over 3x3 pixels."""
    box = tile.inner
    strayed = cv2.LUT(cv2.absdiff(frame[box], plate[box]), SQUARES)
    deviation = cv2.transform(strayed / noise.variance(plate[box], slope[box]), np.ones((1, 3)))
    strays[box] = np.minimum(cv2.blur(deviation, (3, 3)) * np.float32(UNIT / 3), 255)


def _outline_width(body: Bytes, edge: float) -> Floats:
    """Give the width within which nothing is solid: `edge` along a straight outline, four times that in a
    tangle of strands and gaps."""
    outline = np.asarray(cv2.morphologyEx(body, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), np.uint8)
    cells = celled(outline * np.uint8(255)) / np.float32(255)
    side = max(3, int(8 * edge / CELL) | 1)
    density = cv2.blur(cells, (side, side)) * (side * CELL / 2)
    return np.asarray(edge * (1 + 3 * np.clip((density - 1.5) / 1.5, 0, 1)), np.float32)
