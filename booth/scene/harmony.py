"""The guests' exposure and colour, turned a little towards the light of the backdrop around them.

What guests wear says nothing about the light that they stood in, so colour follows the backdrop alone:
the booth's own light is taken for neutral. Statistics are means of logarithms of linear light (as in
Reinhard et al., "Color transfer between images", IEEE CG&A 2001, with limits): few very bright or dark
places hardly count.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8

LIGHTER = 1.12
DARKER = 0.75
"""Most that guests get brighter or darker, as factors of linear light: +5 % and -12 % of sRGB values."""
WARMER = 0.16
COOLER = 0.10
TINTED = 0.03
"""Most that ln(R/B) rises and falls, and ln(G/R) or ln(G/B) changes: green and blue skin looks ill."""

Curves = NDArray[np.uint8]
"""uint8 of shape (256, 1, 3): what becomes of each value in R, G and B."""

_CELLS = 48
_AROUND = 0.08
"""How far around guests the backdrop counts, in fractions of the picture."""
_NEARER = 0.30
_CAST = 0.30
"""Shares of the difference in brightness and in colour that are taken over, before the limits."""
_GREY = float(np.log(0.18))
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_VALUES = np.arange(256, dtype=np.float32) / 255
_LINEAR = np.where(_VALUES <= 0.04045, _VALUES / 12.92, ((_VALUES + 0.055) / 1.055) ** 2.4).astype(np.float32)
_DARKEST, _BRIGHTEST = 0.01, 0.80


def harmony(guests: Rgb8, alpha: Alpha, behind: Rgb8) -> Curves:
    """The curves that bring guests nearer to the light behind them.

    Only coarse pictures are needed, all of one size: cells of about 1/50 to 1/250 of the picture.

    Parameters
    ----------
    guests : uint8 of shape (H, W, 3), RGB; what it holds where alpha is not near 1 does not count
    alpha : float32 of shape (H, W), in [0, 1]
    behind : uint8 of shape (H, W, 3), RGB: the backdrop where the guests stand

    Returns
    -------
    uint8 of shape (256, 1, 3), rising in each channel; the identity where nobody is
    """
    share = _shrunk(alpha)
    solid = share * (share > 0.9)
    if solid.sum() < 1:
        return curves(0.0, 0.0, 0.0)
    near = cv2.GaussianBlur(share, (0, 0), _AROUND * _CELLS, borderType=cv2.BORDER_REPLICATE) * (1 - share)
    scene = _logs(_shrunk(behind))
    light = _mean(scene, near + 1e-4)
    guests_light = float(_mean(_logs(_shrunk(guests)), solid) @ _LUMA)
    # half of it is taken for granted, so that a black suit is not held for a badly lit guest
    brightness = float(light @ _LUMA) - (guests_light + _GREY) / 2
    red, green, blue = light.tolist()
    return curves(_NEARER * brightness, _CAST * (red - blue), _CAST * (green - (red + blue) / 2))


def curves(brightness: float, warmth: float, green: float) -> Curves:
    """Curves that change brightness, ln(R/B) and ln(G/sqrt(RB)) by so much, softly held within the limits.

    Where a channel rises its white stays white: what is bright keeps its drawing.
    """
    brightness = _within(brightness, float(np.log(LIGHTER)), -float(np.log(DARKER)))
    warmth, green = _within(warmth, WARMER, COOLER), _within(green, TINTED, TINTED)
    gains = np.array([warmth / 2 - green / 3, green * 2 / 3, -warmth / 2 - green / 3])
    gains -= gains @ _LUMA
    gain = np.exp(gains + brightness).astype(np.float32)
    light = _LINEAR[:, None] * gain / (1 + np.maximum(gain - 1, 0) * _LINEAR[:, None])
    dark = light <= 0.0031308
    encoded = np.where(dark, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * np.clip(encoded, 0, 1)), np.uint8)[:, None]


def _within(value: float, most: float, least: float) -> float:
    limit = most if value > 0 else least
    return limit * float(np.tanh(value / limit))


def _shrunk(array: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    small = cv2.resize(array, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
    return _LINEAR[small] if small.dtype == np.uint8 else np.asarray(small, np.float32)


def _logs(light: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.log(np.clip(light, _DARKEST, _BRIGHTEST))


def _mean(values: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    total = np.tensordot(weights, values, 2) / weights.sum()
    return np.asarray(total, np.float32)
