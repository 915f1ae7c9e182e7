"""Fill what is unknown from what is known, coarse to fine."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SATURATION = 2.0
EMPTY = 1e-6


def filled(values: NDArray[Any], weight: NDArray[Any]) -> Floats:
    """Spread known values smoothly over the unknown (push-pull).

    Gortler, S. et al.: The Lumigraph. SIGGRAPH 1996; the multi-level idea of Germer, T. et al.: Fast
    Multi-Level Foreground Estimation. ICPR 2020.

    Parameters
    ----------
    values : float32 of shape (H, W, C)
    weight : float32 of shape (H, W), in [0, 1]: how much each value counts; 0 is unknown

    Returns
    -------
    float32 of shape (H, W, C); where weight is 1, `values` unchanged.
    """
    height, width = weight.shape
    if min(height, width) <= 2:
        return _blend(values, weight, np.broadcast_to(_mean(values, weight), values.shape))
    small = ((width + 1) // 2, (height + 1) // 2)
    total = cv2.resize(weight, small, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(values * weight[..., None], small, interpolation=cv2.INTER_AREA)
    sums = sums.reshape(small[1], small[0], -1)
    coarser = filled(sums / np.maximum(total, EMPTY)[..., None], np.minimum(SATURATION * total, 1))
    wider = cv2.resize(coarser, (width, height), interpolation=cv2.INTER_LINEAR)
    return _blend(values, weight, wider.reshape(values.shape))


def _blend(values: NDArray[Any], weight: NDArray[Any], wider: NDArray[Any]) -> Floats:
    return np.asarray(wider + weight[..., None] * (values - wider), np.float32)


def _mean(values: NDArray[Any], weight: NDArray[Any]) -> Floats:
    total = float(weight.sum())
    if total < EMPTY:
        return np.asarray(values.mean(axis=(0, 1)), np.float32)
    return np.asarray((values * weight[..., None]).sum(axis=(0, 1)) / total, np.float32)
