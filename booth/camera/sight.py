"""How well a camera sees: sharpness and light of a frame, for the operator who sets it up."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from booth.arrays import Rgb8, check_rgb

SIDE = 1080
"""Pixels of the shorter side at which sharpness is judged: a lens is focused for the print, not the sensor."""
SOFT_BELOW = 0.45
"""Pictures of a sharp lens have 0.55 to 0.9, a blur of 2.5 pixels leaves 0.3 to 0.5 of it."""
DARK_BELOW, BRIGHT_ABOVE = 55.0, 205.0
"""Mean brightness (0 to 255) between which a place is lit well."""
BURNT_ABOVE = 0.12


@dataclass(frozen=True, slots=True)
class Sight:
    """`sharpness` in [0, 1]; `brightness` is the mean, 0 to 255, `burnt` the share of pixels without detail."""

    sharpness: float
    brightness: float
    burnt: float

    @property
    def is_sharp(self) -> bool:
        return self.sharpness >= SOFT_BELOW

    @property
    def light(self) -> str:
        """What is to be said of the light: "dark", "bright", "burnt" or "good"."""
        if self.brightness < DARK_BELOW:
            return "dark"
        if self.burnt > BURNT_ABOVE:
            return "burnt"
        return "bright" if self.brightness > BRIGHT_ABOVE else "good"


def sight(image: Rgb8) -> Sight:
    """Judge a frame.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB

    Notes
    -----
    Sharpness is one minus the perceptual blur of F. Crete, T. Dolmiere, P. Ladret and M. Nicolas (The Blur
    Effect, SPIE 2007): how much of the differences between neighbours a strong blur takes away. Noise is
    smoothed first, and only places with an edge count, so that a bare wall does not make a lens look soft.
    """
    check_rgb(image)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = SIDE / min(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    calm = cv2.GaussianBlur(grey, (0, 0), 0.8).astype(np.float32)
    sharpness = min(_kept(calm, axis) for axis in (0, 1))
    small = image[::4, ::4]
    return Sight(1 - sharpness, float(grey.mean()), float((small.min(axis=2) >= 252).mean()))


def _kept(grey: np.ndarray[tuple[int, ...], np.dtype[np.float32]], axis: int) -> float:
    """Give the share of the detail along an axis that a blur leaves, where there is an edge at all."""
    size = (1, 9) if axis == 0 else (9, 1)
    blurred = cv2.blur(grey, size)
    now = np.abs(np.diff(grey, axis=axis))
    then = np.abs(np.diff(np.asarray(blurred), axis=axis))
    edges = now > max(2.0, float(np.percentile(now, 98)))
    if not edges.any():
        return 1.0
    lost = np.maximum(0, now - then)[edges].sum()
    whole = now[edges].sum()
    return float(1 - lost / whole)
