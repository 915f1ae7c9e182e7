"""Single pixels, listed, and what I = a F + (1 - a) B says of each.

With B given and F's local mean and variance, a and F have closed forms (Chuang, Y.-Y. et al.: A Bayesian
Approach to Digital Matting. CVPR 2001, with known background as in Qian, R. & Sezan, M.: Video Background
Replacement without a Blue Screen. ICIP 1999).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask
from booth.matting.cells import tint
from booth.matting.channels import dot, summed

Floats = NDArray[np.float32]
Places = NDArray[np.intp]

NOISE_WEIGHT = 3.0
MIX_FLOOR = 36.0
MIX_SIGMAS = 2.0
LEAST_SIGMAS = 2.5
"""Noise, in standard deviations, that is taken off before no paint at all could explain a pixel."""
LEAST_ROOM = 32.0
TINT_FLOOR = 9.0
DARK = 120.0
"""Mean of R, G, B up to which a person's colour may be hair whose tint tells."""
FOLD = 128
"""OpenCV's remap takes at most 32767 columns: lists are folded into rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Some pixels of a picture (height, width), by their place in the flattened picture."""

    place: Places
    size: tuple[int, int]

    @classmethod
    def within(cls, where: Mask, box: tuple[slice, slice], size: tuple[int, int]) -> Spots:
        """List the pixels of a box of the picture."""
        row, column = np.nonzero(where)
        return cls((row + box[0].start) * size[1] + (column + box[1].start), size)

    def __len__(self) -> int:
        return self.place.size

    def some(self, which: Places) -> Spots:
        return Spots(self.place[which], self.size)

    def of(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Take the pixels out of a picture of that size: (N,) or (N, C)."""
        return picture.reshape(-1, *picture.shape[2:]).take(self.place, axis=0)

    def enlarged(self, values: NDArray[Any]) -> Floats:
        """Look the pixels up in a small picture over the same scene, between its pixels."""
        if not len(self):
            return np.empty((0, *values.shape[2:]), np.float32)
        row, column = np.divmod(self.place, self.size[1])
        at = [
            _folded((axis + np.float32(0.5)) * np.float32(small / full) - np.float32(0.5))
            for axis, small, full in zip((row, column), values.shape[:2], self.size, strict=True)
        ]
        found = cv2.remap(values, at[1], at[0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(found.reshape(-1, *values.shape[2:])[: self.place.size], np.float32)


def _folded(axis: NDArray[Any]) -> Floats:
    return np.pad(axis.astype(np.float32), (0, -axis.size % FOLD)).reshape(-1, FOLD)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the camera saw at some pixels, the plate there, and the variance of its noise."""

    frame: Floats
    plate: Floats
    noise: Floats

    def some(self, which: Places) -> Seen:
        return Seen(self.frame[which], self.plate[which], self.noise[which])


@dataclass(frozen=True, slots=True, eq=False)
class Paint:
    """The likeliest colours of the foreground at some pixels, and how much they vary."""

    mean: Floats
    variance: Floats

    @classmethod
    def at(cls, spots: Spots, moments: Floats) -> Paint:
        found = spots.enlarged(moments)
        return cls(found[:, :3], found[:, 3])

    def some(self, which: Places) -> Paint:
        return Paint(self.mean[which], self.variance[which])


def share_of(seen: Seen, paint: Paint) -> tuple[Floats, Floats]:
    """Give the place on the line from plate to paint, in [0, 1], and how far it can be trusted.

    The second answer is 1 where the colours alone decide, 0 where they say nothing.
    """
    line = paint.mean - seen.plate
    length = dot(line, line)
    along = dot(seen.frame - seen.plate, line)
    projected = np.clip(along / np.maximum(length, 1), 0, 1)
    doubt = paint.variance + NOISE_WEIGHT * seen.noise
    return np.asarray(projected, np.float32), np.asarray(length / (length + doubt), np.float32)


def least_share(seen: Seen) -> Floats:
    """Give the least alpha with which any colour from black to white, laid over the plate, gives the frame."""
    beyond = seen.frame - seen.plate
    room = np.where(beyond > 0, 255 - seen.plate, seen.plate)
    np.maximum(room, np.float32(LEAST_ROOM), out=room)
    sure = np.abs(beyond, out=beyond)
    sure -= np.float32(LEAST_SIGMAS) * np.sqrt(seen.noise)[:, None]
    sure /= room
    return np.asarray(np.clip(_largest(sure), 0, 1), np.float32)


def _largest(channels: Floats) -> Floats:
    return np.asarray(np.maximum(np.maximum(channels[:, 0], channels[:, 1]), channels[:, 2]), np.float32)


def colours_of(seen: Seen, paint: Paint, alpha: Floats) -> Floats:
    """Give the colours that are likeliest, given alpha, the frame and what is found nearby."""
    rest = seen.frame - seen.plate - alpha[:, None] * (paint.mean - seen.plate)
    gain = alpha * paint.variance / (np.square(alpha) * paint.variance + seen.noise)
    return np.asarray(np.clip(paint.mean + gain[:, None] * rest, 0, 255), np.float32)


def mixed(seen: Seen, paint: Paint) -> Mask:
    """Tell which are blends of the colours nearby and the plate."""
    line = paint.mean - seen.plate
    residual = seen.frame - seen.plate
    length = np.maximum(dot(line, line), 1)
    share = dot(residual, line) / length
    beside = (dot(residual, residual) - np.square(share) * length) / 3
    doubt = paint.variance + MIX_FLOOR + NOISE_WEIGHT * seen.noise
    return np.asarray((share < 1 - MIX_SIGMAS * np.sqrt(doubt / length)) & (beside < 4 * doubt))


def tinted(seen: Seen, paint: Paint, variance: Floats) -> Mask:
    """Tell which have some of the plate's tint, of which the dark foreground has less: hair lets it through.

    Brightness alone tells nothing: folds of cloth are as dark and as bright as any blend. `variance` is that
    of the foreground's tint.
    """
    frame, plate, mean = (tint(one) for one in (seen.frame, seen.plate, paint.mean))
    line = mean - plate
    length = np.maximum(dot(line, line), 1)
    share = dot(frame - plate, line) / length
    doubt = variance + TINT_FLOOR + seen.noise
    hairy = (summed(paint.mean) < 3 * DARK) & (dot(plate, plate) > dot(mean, mean))
    return np.asarray(hairy & (share < 1 - MIX_SIGMAS * np.sqrt(doubt / length)))
