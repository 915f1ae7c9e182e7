"""The plate under any shading: how well it explains the frame, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask
from booth.matting.channels import dot
from booth.matting.pushpull import filled

Floats = NDArray[np.float32]

DARKEST, BRIGHTEST = 0.45, 1.15
KNOWN_SHADING = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Sums over the channels from which any shading's deviation follows without another full pass."""

    cross: Floats
    plate: Floats
    frame: Floats

    @classmethod
    def of(cls, frame: Floats, plate: Floats, variance: Floats) -> Fit:
        weighted = plate / variance
        return cls(
            dot(frame, weighted), dot(plate, weighted) + np.float32(1e-3), dot(frame, frame / variance)
        )

    @property
    def shading(self) -> Floats:
        """The factor of light that explains each pixel best."""
        return self.cross / self.plate

    def at(self, index: NDArray[np.intp]) -> Fit:
        """Give the same for some pixels, by their place in the flattened picture."""
        return Fit(self.cross.ravel()[index], self.plate.ravel()[index], self.frame.ravel()[index])

    def deviation(self, shading: Floats, step: float) -> Floats:
        """Mean squared deviation from the plate under the best shading within `step` of the one given."""
        low = np.clip(shading - step, DARKEST, BRIGHTEST)
        high = np.clip(shading + step, DARKEST, BRIGHTEST)
        best = np.clip(self.shading, low, high)
        return np.asarray((self.frame - 2 * best * self.cross + best * best * self.plate) / 3)


def shading_around(shown: Mask, fit: Fit) -> Floats:
    """Give the scalar shading where the plate shows, carried smoothly under the person."""
    known = cv2.erode(shown.astype(np.uint8), np.ones((3, 3))).astype(np.float32)
    over, under = cv2.blur(known * fit.cross, (3, 3)), cv2.blur(known * fit.plate, (3, 3))
    trust = known * under / (under + KNOWN_SHADING**-2)
    return filled(over / np.maximum(under, 1e-3), trust)
