"""Fill what is unknown from what is known, coarse to fine."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.matting.channels import scale

Floats = NDArray[np.float32]

SATURATION = 2.0
EMPTY = 1e-6


def filled(values: NDArray[Any], weight: NDArray[Any]) -> Floats:
    """Spread known values smoothly over the unknown (push-pull).

    Gortler, S. et al.: The Lumigraph. SIGGRAPH 1996; the multi-level idea of Germer, T. et al.: Fast
    Multi-Level Foreground Estimation. ICPR 2020.

    Parameters
    ----------
    values : float32 of shape (H, W, C) or (H, W)
    weight : float32 of shape (H, W), in [0, 1]: how much each value counts; 0 is unknown

    Returns
    -------
    float32 of the shape of `values`; where weight is 1, `values` unchanged.
    """
    sums = np.array(values, np.float32)
    scale(sums, weight)
    return filled_sums(sums, weight)


def filled_sums(sums: NDArray[Any], weight: NDArray[Any]) -> Floats:
    """Do the same where the values have been multiplied by their weights already."""
    height, width = weight.shape
    rest = 1 - weight
    if min(height, width) <= 2:
        mean = sums.sum(axis=(0, 1)) / max(float(weight.sum()), EMPTY)
        wider = np.broadcast_to(mean, sums.shape).astype(np.float32)
    else:
        wider = _filled_half(sums, weight)
    scale(wider, rest)
    wider += sums
    return wider


def _filled_half(sums: NDArray[Any], weight: NDArray[Any]) -> Floats:
    height, width = weight.shape
    small = ((width + 1) // 2, (height + 1) // 2)
    total = np.asarray(cv2.resize(weight, small, interpolation=cv2.INTER_AREA), np.float32)
    trust = np.minimum(SATURATION * total, 1)
    coarse = np.asarray(cv2.resize(sums, small, interpolation=cv2.INTER_AREA), np.float32)
    scale(coarse, trust / np.maximum(total, EMPTY))
    coarser = filled_sums(coarse, trust)
    return np.asarray(cv2.resize(coarser, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
