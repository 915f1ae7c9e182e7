"""Errors of a matte against its truth, as the matting literature defines them.

Rhemann, C. et al.: A Perceptually Motivated Online Benchmark for Image Matting. CVPR 2009.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Mask, Rgb8, check_alpha, check_rgb, check_same_size

BACKDROP = (60, 200, 60)
GRADIENT_SIGMA = 1.4
BAND_WIDTH = 25
COMPOSITE_WIDTH = 9
CONNECTIVITY_STEP = 0.1
BOUNDARY_REACH = 0.008
CONNECTIVITY_TOLERANCE = 0.15


@dataclass(frozen=True, slots=True)
class Errors:
    """One matte's errors. Lower is better, save for `iou`.

    `sad` in thousands of pixels, `mse` and `band` in thousandths, `grad` and `conn` in thousands,
    `iou` at 0.5, `comp` in 8-bit steps (0 to 255).
    """

    sad: float
    mse: float
    grad: float
    conn: float
    band: float
    iou: float
    comp: float


def errors_of(alpha: Alpha, foreground: Rgb8, true_alpha: Alpha, true_foreground: Rgb8) -> Errors:
    """Measure a matte and its foreground colours against the truth.

    Parameters
    ----------
    alpha, true_alpha : float32 of shape (H, W), in [0, 1]
    foreground, true_foreground : uint8 of shape (H, W, 3), RGB, not premultiplied

    Raises
    ------
    ValueError
        If a type, range or size is off.
    """
    check_alpha(alpha)
    check_alpha(true_alpha, "true_alpha")
    check_rgb(foreground, "foreground")
    check_rgb(true_foreground, "true_foreground")
    check_same_size(alpha=alpha, foreground=foreground, truth=true_alpha, true_foreground=true_foreground)
    wrong = np.abs(alpha - true_alpha)
    soft = (true_alpha > 0.01) & (true_alpha < 0.99)
    return Errors(
        sad=float(wrong.sum(dtype=np.float64)) / 1e3,
        mse=float(np.square(wrong).mean(dtype=np.float64)) * 1e3,
        grad=gradient_error(alpha, true_alpha),
        conn=connectivity_error(alpha, true_alpha),
        band=_mean_within(wrong, _grown(soft, BAND_WIDTH)) * 1e3,
        iou=overlap(alpha, true_alpha),
        comp=composite_error(alpha, foreground, true_alpha, true_foreground, _grown(soft, COMPOSITE_WIDTH)),
    )


def gradient_error(alpha: Alpha, true_alpha: Alpha) -> float:
    """Sum of squared differences of the gradients' magnitudes, in thousands."""
    difference = _gradient_magnitude(alpha) - _gradient_magnitude(true_alpha)
    return float(np.square(difference).sum(dtype=np.float64)) / 1e3


def connectivity_error(alpha: Alpha, true_alpha: Alpha) -> float:
    """How much of either matte hangs loose from what both hold for solid, in thousands (Rhemann 2009)."""
    level = np.full(alpha.shape, -1.0, np.float32)
    steps = np.arange(0.0, 1.0 + CONNECTIVITY_STEP / 2, CONNECTIVITY_STEP)
    for before, step in itertools.pairwise(steps):
        both = (alpha >= step) & (true_alpha >= step)
        level[(level < 0) & ~_largest_part(both)] = before
    level[level < 0] = 1.0
    difference = _held(alpha, level) - _held(true_alpha, level)
    return float(np.abs(difference).sum(dtype=np.float64)) / 1e3


def overlap(alpha: Alpha, true_alpha: Alpha) -> float:
    """Intersection over union of the two masks at 0.5; 1 where both are empty."""
    ours, theirs = alpha >= 0.5, true_alpha >= 0.5
    union = int((ours | theirs).sum())
    return float((ours & theirs).sum()) / union if union else 1.0


def boundary_f(alpha: Alpha, true_alpha: Alpha) -> float:
    """How well the outlines at 0.5 agree: harmonic mean of precision and recall within 0.8 % of the diagonal.

    Perazzi, F. et al.: A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation. CVPR 2016.
    """
    ours, theirs = _outline(alpha >= 0.5), _outline(true_alpha >= 0.5)
    if not (ours.any() and theirs.any()):
        return float(not (ours.any() or theirs.any()))
    reach = BOUNDARY_REACH * float(np.hypot(*alpha.shape))
    precision, recall = _share_near(ours, theirs, reach), _share_near(theirs, ours, reach)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _outline(mask: Mask) -> Mask:
    whole = mask.astype(np.uint8)
    inner = cv2.erode(whole, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(whole > inner)


def _share_near(points: Mask, others: Mask, reach: float) -> float:
    away = cv2.distanceTransform((~others).astype(np.uint8), cv2.DIST_L2, 5)
    return float((away[points] <= reach).mean())


def composite_error(
    alpha: Alpha, foreground: Rgb8, true_alpha: Alpha, true_foreground: Rgb8, where: Mask
) -> float:
    """Mean absolute error of the composite over one flat colour, inside `where`, in 8-bit steps."""
    ours = _composed(alpha[where], foreground[where])
    theirs = _composed(true_alpha[where], true_foreground[where])
    return float(np.abs(ours - theirs).mean(dtype=np.float64)) if ours.size else 0.0


def _composed(alpha: NDArray[np.float32], foreground: NDArray[np.uint8]) -> NDArray[np.float32]:
    share = alpha[:, None]
    return share * foreground + (1 - share) * np.asarray(BACKDROP, np.float32)


def _gradient_magnitude(alpha: Alpha) -> NDArray[np.float32]:
    radius = int(np.ceil(3 * GRADIENT_SIGMA))
    x = np.arange(-radius, radius + 1)
    smooth = np.exp(-(x**2) / (2 * GRADIENT_SIGMA**2))
    smooth /= smooth.sum()
    slope = -x / GRADIENT_SIGMA**2 * smooth
    across = cv2.sepFilter2D(alpha, cv2.CV_32F, slope, smooth, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(alpha, cv2.CV_32F, smooth, slope, borderType=cv2.BORDER_REPLICATE)
    return np.hypot(across, down)


def _grown(mask: Mask, width: int) -> Mask:
    """Dilate by a square of `width` pixels: what «dilated by 9 pixels» means in the figures to compare with."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((width, width), np.uint8)) > 0)


def _mean_within(values: NDArray[np.float32], where: Mask) -> float:
    return float(values[where].mean(dtype=np.float64)) if where.any() else 0.0


def _largest_part(mask: Mask) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))


def _held(alpha: Alpha, level: NDArray[np.float32]) -> NDArray[np.float32]:
    distance = alpha - level
    return 1 - distance * (distance >= CONNECTIVITY_TOLERANCE)
