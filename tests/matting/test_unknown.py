"""What is solved without a plate stays sound where colours say little."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.matting.unknown import Guide


@pytest.mark.parametrize("smoothness", [1e-4, 1e-5])
@pytest.mark.parametrize("radius", [1, 4])
def test_a_grey_picture_guides_as_a_coloured_one(radius: int, smoothness: float) -> None:
    """Its three channels are one: each window's matrix is all but singular."""
    noise = np.random.default_rng(5).random((300, 300)).astype(np.float32)
    grey = np.round((cv2.GaussianBlur(noise, (0, 0), 1.5) - 0.5) * 765 + 128).clip(0, 255) / 255
    picture = np.repeat(grey.astype(np.float32)[..., None], 3, 2)
    guide = Guide.of(picture, radius, smoothness)
    # no eigenvalue of a covariance with that much added to its diagonal has an inverse above this
    assert np.abs(guide.inverse).max() <= 1.001 / smoothness
    drawn = guide.drawn((grey > 0.5).astype(np.float32))
    assert np.isfinite(drawn).all()
