"""The mirror's alpha: found small, sharpened at the mirror's size, calm where the scene is still."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Probability, Rgb8, check_rgb
from booth.matting.plate_difference import (
    Fit,
    Floats,
    Views,
    changed,
    fitted,
    moved,
    shrunk,
    small_size,
    softened,
)
from booth.shot import Plate

SIDE = 320
"""Pixels of the longer side at which the mask is made."""

_WINDOW = 4  # radius in pixels of the small picture over which alpha follows the guide
_FLAT = 30.0  # variance of the guide, in 8-bit steps squared, below which it says nothing
_CONTRAST = 1.4  # makes up for what the windows soften
_STILL, _MOVING = 3.0, 8.0  # mean change from frame to frame, in 8-bit steps
_CALM = 0.2  # share of a still frame that is taken over


class LiveMatte:
    """Gives the alpha of one mirror frame after the other. Used by one thread."""

    def __init__(self, side: int = SIDE) -> None:
        self._side = side
        self._plates = Views()
        self._full: tuple[Plate, Rgb8] | None = None
        self._before: Floats | None = None
        self._likely: Probability | None = None

    def forget(self) -> None:
        """Start afresh: the camera, the plate or the guests are others now."""
        self._before = self._likely = None

    def alpha(self, image: Rgb8, plate: Plate | None, probability: Probability | None = None) -> Alpha:
        """Where the guests are in a mirror frame.

        Parameters
        ----------
        image : uint8 of shape (H, W, 3), RGB
        plate : Plate or None
            The clean plate of the same proportions; None needs a `probability`.
        probability : float32 of any (h, w) with the same proportions, in [0, 1], or None
            What a network found, in this frame or in one shortly before. None compares with the plate.

        Returns
        -------
        float32 of shape (H, W), in [0, 1]

        Raises
        ------
        ValueError
            If there is neither plate nor probability.
        MattingError
            If the plate has other proportions.
        """
        check_rgb(image)
        if plate is None and probability is None:
            raise ValueError("a mirror frame needs a clean plate or a probability")
        height, width = small_size(image.shape[0], image.shape[1], self._side)
        small = softened(shrunk(image, height, width))
        likely = None if probability is None else _resized(probability, height, width)
        guide: NDArray[np.uint8] = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
        if plate is not None:
            view = self._plates.get(plate, height, width)
            fit = fitted(view, small)
            likely = changed(small, fit, view) if likely is None else likely
            guide = _distance_from(
                self._at_full_size(plate, image.shape[0], image.shape[1]), fit, image, height
            )
        return sharpened(self._calmed(likely, small), guide)  # type: ignore[arg-type]

    def _at_full_size(self, plate: Plate, height: int, width: int) -> Rgb8:
        if self._full is None or self._full[0] is not plate or self._full[1].shape[:2] != (height, width):
            self._full = plate, shrunk(plate.image, height, width)
        return self._full[1]

    def _calmed(self, likely: Probability, small: Floats) -> Probability:
        """Take over a moving place at once and a still one bit by bit, so that outlines do not flicker."""
        grey = np.asarray(cv2.transform(small, np.full((1, 3), 1 / 3, np.float32)), np.float32)
        if self._before is not None and self._likely is not None and self._before.shape == grey.shape:
            motion = cv2.blur(cv2.absdiff(grey, self._before), (7, 7))
            share = np.clip((motion - _STILL) / (_MOVING - _STILL), _CALM, 1)
            likely = self._likely + share * (likely - self._likely)
        self._before, self._likely = grey, likely
        return likely


def sharpened(likely: Probability, guide: NDArray[np.uint8]) -> Alpha:
    """Bring a small mask to the size of a guide, with its outlines where the guide's are.

    The fast guided filter (He and Sun 2015): alpha is a linear function of the guide within each window.

    Parameters
    ----------
    likely : float32 of shape (h, w), in [0, 1]
    guide : uint8 of shape (H, W), larger, with the same proportions

    Returns
    -------
    float32 of shape (H, W), in [0, 1]
    """
    # its noise would be alpha's flicker
    guide = np.asarray(cv2.GaussianBlur(guide, (3, 3), 0), np.uint8)
    high, wide = likely.shape
    small = shrunk(guide, high, wide).astype(np.float32)
    window = (2 * _WINDOW + 1,) * 2
    mean, mask = cv2.blur(small, window), cv2.blur(likely, window)
    variance = cv2.blur(small * small, window) - mean * mean
    slope = (cv2.blur(small * likely, window) - mean * mask) / (variance + _FLAT)
    offset = cv2.blur(mask - slope * mean, window)
    size = (guide.shape[1], guide.shape[0])
    fine = cv2.multiply(cv2.resize(cv2.blur(slope, window), size), guide, dtype=cv2.CV_32F)
    alpha = cv2.add(fine, cv2.resize(offset, size))
    return np.asarray(np.clip(alpha * _CONTRAST + (1 - _CONTRAST) / 2, 0, 1), np.float32)


def _resized(probability: Probability, height: int, width: int) -> Probability:
    if probability.shape == (height, width):
        return probability
    return np.asarray(cv2.resize(probability, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _distance_from(plate: Rgb8, fit: Fit, image: Rgb8, small_height: int) -> NDArray[np.uint8]:
    """How far each pixel of a mirror frame is from the fitted plate, in 8-bit steps: a guide that is flat
    wherever the plate is seen, however patterned it is."""
    scale = image.shape[0] / small_height
    lit = cv2.transform(plate, np.diag(fit.gain))
    placed = moved(np.asarray(lit), (fit.shift[0] * scale, fit.shift[1] * scale))
    return np.asarray(cv2.transform(cv2.absdiff(image, placed), np.full((1, 3), 0.5, np.float32)), np.uint8)
