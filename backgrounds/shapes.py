"""Outlines to smooth masks and painted sprites: drawn at twice the size, then averaged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from brushes import Picture, Plane, laid
from numpy.typing import NDArray

Points = NDArray[np.float64]
Tint = NDArray[np.float32]
Shape = tuple[Points, Tint]
_FINER = 2
_SHIFT = 4


def polygon_mask(side: int, outlines: Iterable[Points]) -> Plane:
    """Mask of closed outlines, each (N, 2) of x, y fractions."""
    canvas = np.zeros((side * _FINER, side * _FINER), np.uint8)
    for outline in outlines:
        cv2.fillPoly(canvas, [_fixed(outline, side)], 255, cv2.LINE_AA, _SHIFT)
    return _averaged(canvas, side)


def painted(base: Picture, shapes: Iterable[Shape]) -> Picture:
    """`base` with coloured outlines laid on it in their order, smooth at the edges."""
    paint, mask = sprite(base.shape[0], shapes)
    return laid_sprite(base, paint, mask)


def sprite(side: int, shapes: Iterable[Shape]) -> tuple[Picture, Plane]:
    """Coloured outlines alone: premultiplied colour and mask."""
    canvas = np.zeros((side * _FINER, side * _FINER, 4), np.uint8)
    for outline, tint in shapes:
        cv2.fillPoly(canvas, [_fixed(outline, side)], _solid(tint), cv2.LINE_AA, _SHIFT)
    small = _averaged(canvas, side)
    # the soft rim of a line blends towards black and clear alike, so colour is premultiplied already
    return np.ascontiguousarray(small[..., :3]), np.ascontiguousarray(small[..., 3])


def laid_sprite(base: Picture, paint: Picture, mask: Plane) -> Picture:
    """A premultiplied sprite over a picture."""
    return base * (1 - mask[..., None]) + paint


def stroke(path: Points, widths: Sequence[float] | NDArray[np.float64]) -> Points:
    """Outline of a line along `path` (N, 2) that is `widths` (N) wide."""
    along = np.gradient(path, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    normal /= np.maximum(np.hypot(normal[:, 0], normal[:, 1]), 1e-9)[:, None]
    half = np.asarray(widths, np.float64)[:, None] / 2
    return np.concatenate([path + normal * half, (path - normal * half)[::-1]])


def curve(start: Sequence[float], bend: Sequence[float], end: Sequence[float], count: int = 24) -> Points:
    """A quadratic Bézier curve through `start` and `end`, drawn towards `bend`."""
    t = np.linspace(0, 1, count)[:, None]
    a, b, c = (np.asarray(p, np.float64)[None, :] for p in (start, bend, end))
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c


def ellipse(centre: Sequence[float], radii: Sequence[float], turn: float = 0.0, count: int = 28) -> Points:
    """Outline of an ellipse turned by `turn` radians."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    x, y = radii[0] * np.cos(angle), radii[1] * np.sin(angle)
    c, s = np.cos(turn), np.sin(turn)
    return np.stack([centre[0] + c * x - s * y, centre[1] + s * x + c * y], axis=1)


def soft_discs(side: int, discs: Iterable[tuple[float, float, float, Tint]], rim: float = 0.35) -> Picture:
    """Defocused lights, added up: each x, y, radius and colour; `rim` brightens the edge as lenses do."""
    light = np.zeros((side, side, 3), np.float32)
    for x, y, radius, tint in discs:
        reach = int(np.ceil(radius * side)) + 2
        left, top = int(x * side) - reach, int(y * side) - reach
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + 2 * reach, side), min(top + 2 * reach, side)
        if x0 >= x1 or y0 >= y1:
            continue
        across = np.arange(x0, x1, dtype=np.float32)[None, :] + 0.5 - x * side
        down = np.arange(y0, y1, dtype=np.float32)[:, None] + 0.5 - y * side
        away = np.hypot(across, down) / (radius * side)
        edge = np.clip((1 - away) * radius * side / 1.6, 0, 1)
        body = edge * (1 - rim + rim * np.clip(away, 0, 1) ** 4)
        light[y0:y1, x0:x1] += body[..., None] * tint
    return light


def laid_mask(base: Picture, tint: Tint, outlines: Iterable[Points]) -> Picture:
    """One colour over a picture inside some outlines."""
    return laid(base, tint, polygon_mask(base.shape[0], outlines))


def _fixed(outline: Points, side: int) -> NDArray[np.int32]:
    """Fixed-point coordinates for OpenCV, whose pixel centres are whole numbers."""
    return np.rint((outline * side * _FINER - 0.5) * (1 << _SHIFT)).astype(np.int32)


def _solid(tint: Tint) -> tuple[int, int, int, int]:
    red, green, blue = (int(v) for v in np.clip(np.rint(np.asarray(tint) * 255), 0, 255))
    return red, green, blue, 255


def _averaged(canvas: NDArray[np.uint8], side: int) -> Plane:
    return cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
