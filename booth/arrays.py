"""Array types that the rooms share, and the checks at their doors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rgb8 = NDArray[np.uint8]
"""uint8 of shape (H, W, 3), RGB."""
Mask = NDArray[np.bool_]
"""bool of shape (H, W)."""
Trimap = NDArray[np.uint8]
"""uint8 of shape (H, W): 0 background, 128 unknown, 255 foreground."""
Alpha = NDArray[np.float32]
"""float32 of shape (H, W), in [0, 1]: the share of each pixel that is foreground."""
Probability = NDArray[np.float32]
"""float32 of shape (H, W), in [0, 1]: how likely a pixel shows a person."""


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Give the same array, closed for writing.

    Only this view is closed: whoever still holds the array that it looks into can write there.
    """
    view = array.view()
    view.flags.writeable = False
    return view


def check_rgb(image: NDArray[Any], name: str = "image") -> None:
    """Refuse what is not a uint8 RGB picture.

    Raises
    ------
    ValueError
        If `image` is not uint8 of shape (H, W, 3) with H, W >= 1.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"{name} is {image.dtype} {image.shape}, expected uint8 (H, W, 3)")


def check_alpha(alpha: NDArray[Any], name: str = "alpha") -> None:
    """Refuse what is not a float32 (H, W) array with finite values in [0, 1].

    Raises
    ------
    ValueError
        If dtype, shape or range is off, or a value is NaN.
    """
    if alpha.dtype != np.float32 or alpha.ndim != 2 or alpha.size == 0:
        raise ValueError(f"{name} is {alpha.dtype} {alpha.shape}, expected float32 (H, W)")
    low, high = float(alpha.min()), float(alpha.max())
    if not (low >= 0.0 and high <= 1.0):
        raise ValueError(f"{name} ranges over [{low}, {high}], expected [0, 1]")


def check_same_size(**arrays: NDArray[Any]) -> None:
    """Refuse arrays whose height or width differ.

    Raises
    ------
    ValueError
        Naming each array's (H, W).
    """
    if len({array.shape[:2] for array in arrays.values()}) > 1:
        sizes = ", ".join(f"{name} {array.shape[:2]}" for name, array in arrays.items())
        raise ValueError(f"sizes differ: {sizes}")
