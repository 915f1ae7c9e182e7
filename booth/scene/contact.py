"""Contact shadows: where feet touch the floor, the floor is darker.

The shadow is drawn from three curves over the picture's columns: where soles are, how high above the
floor's front they stand, and how much of a body is above. So each pair of feet has its own, however
far back it stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8

DARKEST = 0.62
"""Most of the floor's light that the shadows take."""

# Lengths are fractions of the picture.
_BESIDE = 0.05
"""Within so much to the left and right, only the lowest part of a guest can be a foot ..."""
_SOLE = 0.018
"""... and what is no more than this above it."""
_NEAR, _FAR = 0.05, 0.11
"""So far above the floor line feet stand surely, and surely not: what hangs higher is a hand or a hem."""

Curve = NDArray[np.float32]
"""float32 of shape (W,): one value for each column."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One part of the shadow: its darkness, how far it spreads and how flat it is, how far it falls.

    `fall` is for light from the side; `body` is true where the body throws it and not the sole.
    """

    darkness: float
    spread: float
    flat: float
    fall: float
    body: bool


_LAYERS = (
    Layer(0.55, 0.004, 0.0032, 0.002, False),
    Layer(0.34, 0.012, 0.0075, 0.012, False),
    Layer(0.20, 0.030, 0.0130, 0.040, True),
    Layer(0.12, 0.045, 0.0170, 0.095, True),
)


def contact_shadow(alpha: Alpha, cut: NDArray[np.bool_], floor: float, light: float) -> Alpha | None:
    """How much of the floor's light the guests take; None where no feet are seen.

    Parameters
    ----------
    alpha : float32 of shape (N, N), in [0, 1]: the guests where they stand, about 240 cells a side
    cut : bool of shape (N,): the columns in which the camera's frame cuts guests off
    floor : height of the floor line, as a fraction of the picture
    light : whence light falls, in degrees clockwise from the top

    Returns
    -------
    float32 of shape (N, N), in [0, DARKEST]
    """
    size = alpha.shape[0]
    lowest = _lowest(alpha)
    feet = _feet(lowest, cut | (alpha[-1] > 0.3), floor)
    if feet.max() < 0.05:
        return None
    body = np.minimum(alpha.mean(axis=0) / 0.25, 1)
    aside = -math.sin(math.radians(light))
    # a body above no foot throws no shadow that we could place
    body *= np.minimum(4 * _smooth(feet, 0.04 * size), 1)
    top = _top(lowest, feet)
    left = np.ones((size - top, size), np.float32)
    for layer in _LAYERS:
        level = _level(lowest, feet, max(layer.spread, 0.006) * size)
        dark = _smooth(body if layer.body else feet, layer.spread * size)
        dark, level = (_moved(curve, aside * layer.fall * size) for curve in (dark, level))
        left *= 1 - layer.darkness * dark * _bell(level, layer.flat, size, top)
    shadow = np.zeros_like(alpha)
    np.minimum(1 - left, DARKEST, out=shadow[top:])
    return shadow


def darken(canvas: Rgb8, shadow: Alpha) -> None:
    """Take a shadow's light from a picture of any size, in place."""
    size, cells = canvas.shape[0], shadow.shape[0]
    rows = np.flatnonzero(shadow.max(axis=1) > 1 / 512)
    if rows.size == 0:
        return
    # cut where a cell ends with a pixel, or the shadow would be stretched
    step = cells // math.gcd(cells, size)
    first = int(rows[0]) // step * step
    band = canvas[first * size // cells :]
    left = np.rint(255 * (1 - shadow[first:])).astype(np.uint8)
    left = np.asarray(cv2.resize(left, (size, band.shape[0])), np.uint8)
    cv2.multiply(band, cv2.cvtColor(left, cv2.COLOR_GRAY2RGB), band, 1 / 255)


def _lowest(alpha: Alpha) -> Curve:
    """Where guests end in each column, from the top (0 to 1), between cells; 0 where nobody is."""
    size = alpha.shape[0]
    solid = alpha > 0.5
    row = size - 1 - np.argmax(solid[::-1], axis=0)
    columns = np.arange(alpha.shape[1])
    here = alpha[row, columns]
    below = np.where(row + 1 < size, alpha[np.minimum(row + 1, size - 1), columns], 0)
    edge = row + 0.5 + (here - 0.5) / np.maximum(here - below, 1e-3)
    return np.asarray(np.where(solid.any(axis=0), np.minimum(edge, size) / size, 0), np.float32)


def _feet(lowest: Curve, cut: NDArray[np.bool_], floor: float) -> Curve:
    """How surely a column shows a sole, in [0, 1]."""
    reach = 2 * round(_BESIDE * lowest.size) + 1
    # whoever is cut off goes on below the picture: nothing beside them is their foot
    deepest = cv2.dilate(np.where(cut, 2, lowest).astype(np.float32)[None], np.ones((1, reach)))[0]
    sole = np.clip(1 - (deepest - lowest) / _SOLE, 0, 1)
    above = np.clip((_FAR - (floor - lowest)) / (_FAR - _NEAR), 0, 1)
    return np.asarray(np.sqrt(sole) * above, np.float32)


def _level(lowest: Curve, feet: Curve, wide: float) -> Curve:
    """The height of the soles near each column; far from every sole, that of the nearest."""
    near, far = _smooth(feet, wide), _smooth(feet, 0.08 * feet.size) + np.float32(1e-6)
    heights = feet * lowest
    near_heights, far_heights = _smooth(heights, wide), _smooth(heights, 0.08 * feet.size)
    return np.asarray((near_heights + 0.02 * far_heights) / (near + 0.02 * far), np.float32)


def _top(lowest: Curve, feet: Curve) -> int:
    """The row above which no foot throws a shadow."""
    highest = float(lowest[feet > 0.02].min()) - 4 * max(layer.flat for layer in _LAYERS)
    return max(0, int(highest * lowest.size))


def _smooth(curve: Curve, sigma: float) -> Curve:
    wide = 2 * math.ceil(3 * sigma) + 1
    # one row high, or the rows beyond the curve would be mixed in
    return np.asarray(
        cv2.GaussianBlur(curve[None], (wide, 1), sigma, borderType=cv2.BORDER_CONSTANT)[0], np.float32
    )


def _moved(curve: Curve, shift: float) -> Curve:
    columns = np.arange(curve.size, dtype=np.float32)
    return np.asarray(np.interp(columns - shift, columns, curve), np.float32)


def _bell(level: Curve, flat: float, size: int, top: int) -> Alpha:
    rows = (np.arange(top, size, dtype=np.float32)[:, None] + np.float32(0.5)) / np.float32(size)
    return np.asarray(np.exp(-0.5 * ((rows - level) / flat) ** 2), np.float32)
