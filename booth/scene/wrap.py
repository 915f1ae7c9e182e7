"""Light wrap: what a bright backdrop sends over the inner edge of whoever stands before it."""

from __future__ import annotations

from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8

STRENGTH = 0.40
"""Share of the backdrop's light that reaches over an edge; half of it is left at the edge itself."""

_REACH = 0.006
_EVEN = 0.012
"""Fractions of the picture: how far the light reaches, and how blurred the backdrop is that sends it."""
_NOTHING, _ENOUGH = np.float32(1e-3), np.float32(0.15)
"""Share of solid guests nearby below which their colour is unknown, and from which it is known."""
_Array = TypeVar("_Array", NDArray[np.uint8], NDArray[np.float32])


def glow(guests: Rgb8, alpha: Alpha, behind: Rgb8) -> Rgb8:
    """What light adds to the guests: at their edges, and only where the backdrop is brighter than they.

    Computed on coarse pictures of one size, about 120 cells a side; scale it to the guests and add it.

    Parameters
    ----------
    guests : uint8 of shape (H, W, 3), RGB; what it holds where alpha is not near 1 does not count
    alpha : float32 of shape (H, W), in [0, 1]
    behind : uint8 of shape (H, W, 3), RGB: the backdrop where the guests stand, `evenly` blurred

    Returns
    -------
    uint8 of shape (H, W, 3)
        At most STRENGTH / 2 of the difference between backdrop and guests; 0 deep inside of them.
    """
    reach = _REACH * alpha.shape[0]
    # the picture's border sends no light: whom it cuts off goes on beyond it
    outside = np.minimum(_blurred(1 - alpha, reach), np.float32(0.5))
    solid = (alpha > 0.95).astype(np.float32)
    inside = _blurred(solid, 1.5 * reach)
    front = _blurred(guests * solid[..., None], 1.5 * reach) / np.maximum(inside, _NOTHING)[..., None]
    # thin strands, which are solid nowhere, keep their colour
    share = STRENGTH * outside * np.minimum(inside / _ENOUGH, 1)
    return np.asarray(np.rint(np.maximum(behind - front, 0) * share[..., None]), np.uint8)


def evenly(backdrop: Rgb8) -> Rgb8:
    """A backdrop so blurred that only its light is left."""
    return _blurred(backdrop, _EVEN * backdrop.shape[0])


def _blurred(array: _Array, sigma: float) -> _Array:
    return cast("_Array", cv2.GaussianBlur(array, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
