"""Growing of the background into a frame, ring by ring, from where the plate is known to show."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask
from booth.matting.shading import Fit

Places = NDArray[np.intp]

LIKELY = 4.0
"""Mean squared deviation, in variances, up to which a pixel shows the plate."""
STEP = 0.05
"""Shading may change by this much from one pixel of the small picture to the next."""
ROUNDS = 80
STEADY = 3
NEXT_TO = 3
"""Of the nine pixels about one, how many must show the plate before it is asked whether it does."""
PAD = 2


def grown(seeds: Mask, fit: Fit, claimed: Mask) -> Mask:
    """Grow the background as long as the shading of the ring before goes on smoothly.

    Parameters
    ----------
    seeds, claimed : bool of shape (h, w): where the plate shows, and where it may not be seen
    fit : of frame and plate, (h, w)

    Returns
    -------
    bool of shape (h, w)
    """
    front = _Front(seeds, fit, ~claimed)
    ring = front.all()
    for _ in range(ROUNDS):
        new = ring[front.fits(ring)]
        if new.size < STEADY:
            break
        ring = front.moved(new)
    return front.shown


class _Front:
    """What is known of each pixel's neighbours, kept up as pixels are added: a picture with a rim of PAD."""

    def __init__(self, seeds: Mask, fit: Fit, free: Mask) -> None:
        self._fit = Fit(*(np.pad(one, PAD) for one in (fit.cross, fit.plate, fit.frame)))
        self._size = self._fit.cross.shape
        self._beside, self._around = (_offsets(radius, self._size[1]) for radius in (1, 2))
        shown = np.pad(seeds, PAD).astype(np.uint8)
        self._shown = shown.ravel()
        self._open = (np.pad(free, PAD) & (shown == 0)).ravel()
        self._near = cv2.boxFilter(shown, -1, (3, 3), normalize=False).ravel()
        self._cross, self._plate = (
            cv2.boxFilter(one * shown, -1, (5, 5), normalize=False).ravel()
            for one in (self._fit.cross, self._fit.plate)
        )

    @property
    def shown(self) -> Mask:
        return np.asarray(self._shown.reshape(self._size)[PAD:-PAD, PAD:-PAD] > 0)

    def all(self) -> Places:
        """Give the pixels that may be next."""
        return np.flatnonzero(self._open & (self._near >= NEXT_TO))

    def moved(self, new: Places) -> Places:
        """Add pixels; give those around them that may be next."""
        self._shown[new] = 1
        self._open[new] = False
        around = (new[:, None] + self._around).ravel()
        each = len(self._around)
        np.add.at(self._cross, around, np.repeat(self._fit.cross.ravel()[new], each))
        np.add.at(self._plate, around, np.repeat(self._fit.plate.ravel()[new], each))
        np.add.at(self._near, (new[:, None] + self._beside).ravel(), np.uint8(1))
        touched = np.zeros(self._open.size, bool)
        touched[around] = True
        touched &= self._open
        near = np.flatnonzero(touched)
        return near[self._near[near] >= NEXT_TO]

    def fits(self, ring: Places) -> Mask:
        """Tell which of them show the plate in the light around them."""
        shading = np.asarray(self._cross[ring] / np.maximum(self._plate[ring], 1e-3), np.float32)
        return np.asarray(self._fit.at(ring).deviation(shading, STEP) < LIKELY)


def _offsets(radius: int, width: int) -> Places:
    steps = np.arange(-radius, radius + 1)
    return (steps[:, None] * width + steps).ravel()
