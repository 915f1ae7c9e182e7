"""Sums over the colour channels, without the temporaries of numpy's reductions."""

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
