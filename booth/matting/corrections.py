"""What OpenCV puts right on a mask: holes, crumbs and stair-steps. Sizes are shares of the person."""

from __future__ import annotations

import cv2
import numpy as np

from booth.arrays import Mask, Probability

SMALLEST_HOLE = 0.002
SMALLEST_CRUMB = 0.01
SMOOTHING = 0.012


def corrected(probability: Probability) -> Probability:
    """Fill small holes, drop crumbs and smooth the edge of a soft mask.

    Parameters
    ----------
    probability : float32 of shape (H, W), in [0, 1]

    Returns
    -------
    float32 of shape (H, W), in [0, 1]; unchanged where the mask is neither hole, crumb nor edge.
    """
    mask = probability > 0.5
    area = int(mask.sum())
    if area == 0:
        return probability
    holes = _parts_below(~mask, SMALLEST_HOLE * area)
    crumbs = _parts_below(mask, SMALLEST_CRUMB * area)
    smooth = cv2.GaussianBlur(probability, (0, 0), max(0.5, SMOOTHING * float(np.sqrt(area))))
    settled = np.where(holes, np.maximum(smooth, 0.75), np.where(crumbs, 0, smooth))
    return np.asarray(np.clip(settled, 0, 1), np.float32)


def _parts_below(mask: Mask, smallest: float) -> Mask:
    """Give the connected parts of a mask that are smaller than `smallest` pixels."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < smallest
    small[0] = False
    return np.asarray(small[labels]) if count > 1 else np.zeros_like(mask)
