"""Arithmetic over the colour channels, without the temporaries and short inner loops of numpy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def dot(one: NDArray[Any], other: NDArray[Any]) -> Floats:
    """Give the scalar product over the last axis, float32."""
    return np.asarray(np.einsum("...k,...k->...", one, other), np.float32)


def summed(channels: NDArray[Any]) -> Floats:
    """Give the sum of three channels, float32."""
    return np.asarray(channels[..., 0] + channels[..., 1] + channels[..., 2], np.float32)


def scale(picture: NDArray[Any], factor: NDArray[Any]) -> None:
    """Multiply each pixel of a picture (H, W) or (H, W, C) by its factor (H, W), in place."""
    if picture.ndim == 2:
        picture *= factor
        return
    for channel in range(picture.shape[2]):
        picture[..., channel] *= factor
