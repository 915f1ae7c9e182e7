"""Colour, light and finish: what every scene paints with.

A picture is float32 (H, W, 3), RGB as displayed, about 0 to 1 (light may exceed 1 until `finished`).
A plane is float32 (H, W). Lengths are fractions of the picture's side.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Picture = NDArray[np.float32]
Rgb8 = NDArray[np.uint8]
Stops = Sequence[tuple[float, str]]


def axes(side: int) -> tuple[Plane, Plane]:
    """Pixel centres as fractions: x of shape (1, side), y of shape (side, 1)."""
    line = ((np.arange(side) + 0.5) / side).astype(np.float32)
    return line[None, :], line[:, None]


def colour(code: str) -> Plane:
    """Red, green, blue from `#rrggbb`, each 0 to 1."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def ramp(t: Plane, stops: Stops) -> Picture:
    """Colours along a smooth path through stops, for t of any shape (adds the last axis).

    The path is looked up in a fine table, smoothed so that no stop shows as a crease.
    """
    first, last = stops[0][0], stops[-1][0]
    grid = np.linspace(first, last, 1024)
    places = [place for place, _ in stops]
    table = np.stack([np.interp(grid, places, [colour(c)[k] for _, c in stops]) for k in range(3)], axis=1)
    table = cv2.blur(table.astype(np.float32)[None], (61, 1), borderType=cv2.BORDER_REPLICATE)[0]
    at = np.clip((t - first) / (last - first), 0, 1) * 1023
    low = np.minimum(at.astype(np.int32), 1022)
    rest = (at - low)[..., None].astype(np.float32)
    return (table[low] * (1 - rest) + table[low + 1] * rest).astype(np.float32)


def vertical(side: int, stops: Stops) -> Picture:
    """A picture whose colour changes with height only."""
    _, y = axes(side)
    return np.repeat(ramp(y, stops), side, axis=1)


def smoothstep(low: float, high: float, t: Plane) -> Plane:
    """0 below `low`, 1 above `high`, smooth between; `low` may be the greater one."""
    s = np.clip((t - low) / (high - low), 0, 1).astype(np.float32)
    return s * s * (3 - 2 * s)


def laid(base: Picture, paint: Picture, mask: Plane) -> Picture:
    """`paint` (a picture or one colour) over `base` where `mask` is 1."""
    return base + (paint - base) * mask[..., None]


def screened(base: Picture, light: Picture) -> Picture:
    """`light` added as a second exposure: bright places saturate softly."""
    return 1 - (1 - np.minimum(base, 1)) * (1 - np.clip(light, 0, 1))


def lit(base: Picture, plane: Plane, tint: str, strength: float = 1.0) -> Picture:
    """`base` with light of one colour screened on, as strong as `plane`."""
    return screened(base, np.clip(plane * strength, 0, 1)[..., None] * colour(tint))


def blurred(image: Picture, radius: float) -> Picture:
    """Gaussian blur of `radius` (a fraction of the side); wide ones run on a smaller copy."""
    side = image.shape[0]
    sigma = radius * side
    shrink = 1
    while sigma / shrink > 8 and side // (shrink * 2) >= 16:
        shrink *= 2
    if shrink == 1:
        return cv2.GaussianBlur(image, (0, 0), max(sigma, 0.01), borderType=cv2.BORDER_REPLICATE)
    small = cv2.resize(image, (image.shape[1] // shrink, side // shrink), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(soft, (image.shape[1], side), interpolation=cv2.INTER_CUBIC)


def blurred_along(image: Picture, across: float, down: float) -> Picture:
    """Gaussian blur with its own width for each direction."""
    side = image.shape[0]
    sigmas = (max(across * side, 0.01), max(down * side, 0.01))
    return cv2.GaussianBlur(image, (0, 0), sigmas[0], sigmaY=sigmas[1], borderType=cv2.BORDER_REPLICATE)


def bloomed(image: Picture, above: float = 0.75, strength: float = 0.5, radius: float = 0.012) -> Picture:
    """Bright places bleed into their surroundings, near and far, as in a lens."""
    bright = np.maximum(image - above, 0) / (1 - above + 1e-6)
    halo = 0.5 * blurred(bright, radius) + 0.35 * blurred(bright, radius * 3.5)
    halo += 0.3 * blurred(bright, radius * 11)
    return screened(image, halo * strength)


def disc(side: int, centre: tuple[float, float], radius: float, edge: float | None = None) -> Plane:
    """A round mask; `edge` is the width of its soft rim (default: one pixel)."""
    x, y = axes(side)
    rim = edge if edge is not None else 1 / side
    away = np.hypot(x - centre[0], y - centre[1])
    return smoothstep(radius + rim / 2, radius - rim / 2, away)


def halo(side: int, centre: tuple[float, float], radius: float, power: float = 2.0) -> Plane:
    """Light falling off from a point: 1 at the centre, long soft tail."""
    x, y = axes(side)
    away = np.hypot(x - centre[0], y - centre[1]) / radius
    return (1 / (1 + away**power)).astype(np.float32)


def with_contrast(image: Picture, amount: float) -> Picture:
    """A gentle S-curve: 0 leaves the picture as it is, 1 is strong."""
    kept = np.clip(image, 0, 1)
    return kept + amount * (kept * kept * (3 - 2 * kept) - kept)


def with_saturation(image: Picture, factor: float) -> Picture:
    """Colours pulled from (below 1) or pushed away from grey (above 1)."""
    grey = 0.299 * image[..., 0] + 0.587 * image[..., 1] + 0.114 * image[..., 2]
    return grey[..., None] + (image - grey[..., None]) * factor


def vignetted(image: Picture, amount: float) -> Picture:
    """Corners darkened by `amount` (0 to 1)."""
    x, y = axes(image.shape[0])
    away = np.hypot(x - 0.5, y - 0.5) / 0.707
    return image * (1 - amount * smoothstep(0.45, 1.1, away))[..., None]


def finished(image: Picture, seed: int, grain: float = 0.7) -> Rgb8:
    """The picture in 8 bits: grain of about `grain` levels hides every step of a gradient."""
    rng = np.random.default_rng(seed)
    film = rng.standard_normal(image.shape[:2], np.float32)[..., None] * grain
    dither = rng.random(image.shape, np.float32) - 0.5
    return np.clip(np.rint(image * 255 + film + dither), 0, 255).astype(np.uint8)
