"""A painter of soft, anti-aliased sprites: shapes with shading, and strands thinner than a pixel."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Points = Sequence[tuple[float, float]] | NDArray[np.float64]
Colour = tuple[float, float, float]
Box = tuple[float, float, float, float]
Rgba8 = NDArray[np.uint8]
"""uint8 of shape (H, W, 4): RGB premultiplied with the alpha in the fourth channel."""

FINER = 3
"""Times finer than the sprite that everything is drawn before it is averaged down."""
SUBPIXEL = 4
SHADOW_TINT = np.array([0.62, 0.52, 0.60], np.float32)
LIGHT_TINT = np.array([255.0, 248.0, 232.0], np.float32)
LIGHT_FROM = np.array([-0.6, -0.8])


class Sheet:
    """A transparent sheet over `box` (left, top, right, bottom) of a drawing, `scale` pixels a unit."""

    def __init__(self, box: Box, scale: float) -> None:
        self.box = box
        self.scale = scale
        self._fine = scale * FINER
        width, height = (int(np.ceil((box[i + 2] - box[i]) * scale)) for i in (0, 1))
        self._pixels = np.zeros((height * FINER, width * FINER, 4), np.uint8)

    def shape(self, outline: Points, colour: Colour, soft: float = 0.5, reach: float = 22) -> None:
        """Fill an outline, lit from the upper left: `soft` is how strongly, `reach` how far light wraps."""
        grid = self._grid(outline)
        left, top, right, bottom = self._bounds(grid)
        if right <= left or bottom <= top:
            return
        mask = np.zeros((bottom - top, right - left), np.uint8)
        offset = np.array([left, top]) * (1 << SUBPIXEL)
        cv2.fillPoly(mask, [(grid - offset).astype(np.int32)], 255, cv2.LINE_AA, SUBPIXEL)
        paint = _lit(mask, colour, soft, reach * self._fine)
        self._over(left, top, paint, _share(mask))

    def flat(self, outline: Points, colour: Colour) -> None:
        """Fill an outline with one colour."""
        grid = self._grid(outline).astype(np.int32)
        cv2.fillPoly(self._pixels, [grid], (*colour, 255), cv2.LINE_AA, SUBPIXEL)

    def line(self, points: Points, width: float, colour: Colour) -> None:
        """Draw a line; one narrower than the drawing's finest pixel still covers its share of it."""
        grid = self._grid(points).astype(np.int32)
        thickness = max(1, round(width * self._fine))
        cv2.polylines(self._pixels, [grid], False, (*colour, 255), thickness, cv2.LINE_AA, SUBPIXEL)

    def tint(
        self, centre: tuple[float, float], radii: tuple[float, float], colour: Colour, most: float
    ) -> None:
        """Breathe a colour onto what is already drawn, fading out to `radii`."""
        x, y = ((centre[i] - self.box[i]) * self._fine for i in (0, 1))
        rx, ry = radii[0] * self._fine, radii[1] * self._fine
        left, top = max(0, int(x - rx)), max(0, int(y - ry))
        region = self._pixels[top : int(y + ry) + 1, left : int(x + rx) + 1]
        rows, columns = np.ogrid[top : top + region.shape[0], left : left + region.shape[1]]
        share = most * np.clip(1 - ((columns - x) / rx) ** 2 - ((rows - y) / ry) ** 2, 0, 1) ** 1.5
        share = share[..., None].astype(np.float32)
        covered = region[..., 3:].astype(np.float32) / 255
        tinted = region[..., :3] * (1 - share) + np.array(colour, np.float32) * covered * share
        region[..., :3] = np.rint(tinted).astype(np.uint8)

    def finished(self) -> Rgba8:
        """Give the sheet at its own resolution."""
        size = self._pixels.shape[1] // FINER, self._pixels.shape[0] // FINER
        return np.asarray(cv2.resize(self._pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def _grid(self, points: Points) -> NDArray[np.float64]:
        origin = np.array(self.box[:2])
        fine = (np.asarray(points, np.float64) - origin) * self._fine * (1 << SUBPIXEL)
        return np.asarray(np.rint(fine), dtype=np.float64)

    def _bounds(self, grid: NDArray[np.float64]) -> tuple[int, int, int, int]:
        low = np.floor(grid.min(axis=0) / (1 << SUBPIXEL)).astype(int) - 1
        high = np.ceil(grid.max(axis=0) / (1 << SUBPIXEL)).astype(int) + 2
        height, width = self._pixels.shape[:2]
        return max(0, int(low[0])), max(0, int(low[1])), min(width, int(high[0])), min(height, int(high[1]))

    def _over(self, left: int, top: int, paint: NDArray[np.float32], share: NDArray[np.float32]) -> None:
        region = self._pixels[top : top + paint.shape[0], left : left + paint.shape[1]]
        solid = np.dstack((paint, np.full(paint.shape[:2], 255, np.float32)))
        region[...] = np.rint(region + (solid - region) * share[..., None]).astype(np.uint8)


def smooth(points: Points, closed: bool = True) -> NDArray[np.float64]:
    """Give a curve through the points (Catmull and Rom, 1974), ten steps a piece."""
    knots = np.asarray(points, np.float64)
    around = np.vstack((knots[-1], knots, knots[:2])) if closed else np.vstack((knots[0], knots, knots[-1]))
    t = np.linspace(0, 1, 10, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(around[:-3], around[1:-2], around[2:-1], around[3:], strict=True):
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    curve = np.vstack(pieces)
    return curve if closed else np.vstack((curve, knots[-1]))


def path(text: str) -> NDArray[np.float64]:
    """Give the points of an outline written as "x,y x,y ..."."""
    return np.array([[float(value) for value in pair.split(",")] for pair in text.split()])


def mirrored(half: Points) -> NDArray[np.float64]:
    """Give the outline of which `half` is the right side, from top to bottom."""
    right = np.asarray(half, np.float64)
    return np.vstack((right, right[::-1] * (-1, 1)))


def limb(spine: Points, widths: Sequence[float], rounded: bool = True) -> NDArray[np.float64]:
    """Give the outline of an arm or a leg round a bent spine, `widths` across at its points."""
    curve = smooth(spine, closed=False)
    across = np.interp(np.linspace(0, 1, len(curve)), np.linspace(0, 1, len(widths)), widths)
    along = np.gradient(curve, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    normal = np.stack((-along[:, 1], along[:, 0]), axis=1) * across[:, None] / 2
    if not rounded:
        return np.vstack((curve + normal, (curve - normal)[::-1]))
    far, near = _cap(curve[-1], normal[-1], along[-1]), _cap(curve[0], -normal[0], -along[0])
    return np.vstack((curve + normal, far, (curve - normal)[::-1], near))


def _cap(
    centre: NDArray[np.float64], side: NDArray[np.float64], ahead: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the half circle from `centre` + `side` round the front to its other side."""
    a = np.linspace(0, np.pi, 12)[:, None]
    return np.asarray(centre + np.cos(a) * side + np.sin(a) * ahead * np.linalg.norm(side))


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0) -> NDArray[np.float64]:
    """Give an ellipse, turned by degrees clockwise."""
    a = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    px, py = rx * np.cos(a), ry * np.sin(a)
    return np.stack((x + c * px - s * py, y + s * px + c * py), axis=1)


def _share(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(mask, dtype=np.float32) / np.float32(255)


def _lit(mask: NDArray[np.uint8], colour: Colour, soft: float, reach: float) -> NDArray[np.float32]:
    """Give the paint inside a mask: lighter where it turns to the light, darker where it turns away."""
    base = np.array(colour, np.float32)
    if soft == 0:
        return np.broadcast_to(base, (*mask.shape, 3)).astype(np.float32)
    coarse = max(1.0, reach / 6)
    pad = int(2 * reach)
    small = cv2.resize(
        cv2.copyMakeBorder(mask, pad, pad, pad, pad, cv2.BORDER_CONSTANT),
        None,
        fx=1 / coarse,
        fy=1 / coarse,
        interpolation=cv2.INTER_AREA,
    )
    blurred = _share(
        np.asarray(cv2.GaussianBlur(small, (0, 0), max(0.6, 0.6 * reach / coarse)), dtype=np.uint8)
    )
    dx, dy = 0.8 * reach / coarse * LIGHT_FROM
    dark, bright = (1 - _at(blurred, sign * dx, sign * dy, mask.shape, pad, coarse) for sign in (-1, 1))
    shade = np.clip(1.1 * soft * dark, 0, 1)[..., None]
    shine = np.clip(0.45 * soft * bright, 0, 1)[..., None]
    shaded = base * (1 - shade * (1 - SHADOW_TINT))
    return np.asarray(shaded + (LIGHT_TINT - shaded) * shine, dtype=np.float32)


def _at(
    field: NDArray[np.float32], dx: float, dy: float, shape: tuple[int, ...], pad: int, coarse: float
) -> NDArray[np.float32]:
    """Sample a coarse, padded field at an offset, for each pixel of the mask."""
    to_coarse = np.array(
        [[1 / coarse, 0, (pad + 0.5) / coarse - 0.5 + dx], [0, 1 / coarse, (pad + 0.5) / coarse - 0.5 + dy]]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(field, to_coarse, (shape[1], shape[0]), flags=flags), dtype=np.float32)
