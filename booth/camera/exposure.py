"""For how long a camera lets light in, and the steps in which an operator changes it."""

from __future__ import annotations

from booth.errors import CameraError

SHORTEST, LONGEST = 0.5, 100.0
"""Milliseconds between which the panel's steps lie; longer pictures smear whoever moves."""
STEP = 2**0.5
"""Two steps let twice the light in."""
USUAL = 10.0
"""Milliseconds to begin with where a camera that decides itself does not say what it took: one flicker of 50 Hz."""


class ExposureError(CameraError):
    """The camera does not take an exposure."""


def stepped(milliseconds: float, steps: int) -> float:
    """Give an exposure some steps longer, or shorter for negative ones, within what is sensible."""
    return round(min(LONGEST, max(SHORTEST, milliseconds * STEP**steps)), 1)
