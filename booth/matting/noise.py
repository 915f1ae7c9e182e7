"""How far a frame may stray from the plate and still show it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask, Rgb8
from booth.matting.channels import dot

Floats = NDArray[np.float32]

SMALLEST = 0.5
"""Variance that JPEG and rounding leave at least, in squared 8-bit steps."""
RELATIVE = 0.01
"""Light is never known better than this share."""
ENOUGH = 200
SAMPLES = 30000
MEDIAN_OF_SQUARE = 0.455
"""Median of the square of a standard normal variable; its 90th percentile is 2.7."""
HIGH_OF_SQUARE = 2.7
MOST_TEXTURE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """Variance of frame minus plate: `flat` everywhere, `texture` more for each squared unit of slope.

    Both are float32 (3,), for R, G and B. The texture's part stands for what registration, sharpening
    and JPEG leave at the plate's edges.
    """

    flat: Floats
    texture: Floats

    def variance(self, plate: Rgb8, slope: NDArray[np.uint8]) -> Floats:
        """Give float32 (H, W, 3): the variance at each pixel of the plate, slope as `steepness` gives it."""
        step = np.arange(256, dtype=np.float32)[:, None, None]
        of_plate = (np.square(RELATIVE * step) + self.flat).reshape(256, 1, 3)
        of_slope = (np.square(step) * self.texture).reshape(256, 1, 3)
        spread = cv2.LUT(np.ascontiguousarray(plate), of_plate)
        return np.asarray(cv2.add(spread, cv2.LUT(cv2.merge([slope] * 3), of_slope)), np.float32)

    def mean_variance(self, plate: Floats, slope: Floats) -> Floats:
        """Give float32 (N,): the same averaged over the channels, for a list of pixels (N, 3)."""
        spread: Floats = slope * self.texture.mean()
        spread += self.flat.mean()
        spread += dot(plate, plate) * np.float32(RELATIVE**2 / 3)
        return spread


def noise_between(residual: Floats, slope: Floats, where: Mask) -> Noise:
    """Measure the noise on what is background for certain, robustly.

    Parameters
    ----------
    residual : float32 of shape (H, W, 3): frame minus plate, 8-bit steps
    slope : float32 of shape (H, W): the square of the plate's slope, as `steepness` gives it
    where : bool of shape (H, W)
    """
    steepness = slope[where]
    thin = max(1, len(steepness) // SAMPLES)
    steepness, squared = steepness[::thin], np.square(residual[where][::thin])
    if len(steepness) < ENOUGH:
        return Noise(np.full(3, 9, np.float32), np.full(3, 0.02, np.float32))
    calm = steepness <= np.percentile(steepness, 40)
    flat = np.maximum(np.median(squared[calm], axis=0) / MEDIAN_OF_SQUARE, SMALLEST)
    steep = steepness >= np.percentile(steepness, 80)
    extra = np.percentile(squared[steep], 90, axis=0) / HIGH_OF_SQUARE - flat
    texture = np.clip(extra / max(float(np.median(steepness[steep])), 1.0), 0, MOST_TEXTURE)
    return Noise(flat.astype(np.float32), texture.astype(np.float32))


def steepness(plate: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the plate's slope in 8-bit steps a pixel, the largest of each 3x3 neighbourhood, uint8 (H, W)."""
    grey = cv2.cvtColor(plate, cv2.COLOR_RGB2GRAY)
    along_x = cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, 1, 0, ksize=3), alpha=1 / 8)
    along_y = cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, 0, 1, ksize=3), alpha=1 / 8)
    return np.asarray(cv2.dilate(cv2.add(along_x, along_y), np.ones((3, 3), np.uint8)), np.uint8)
