"""In what light the frame shows the plate, and whether it shows it at all."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask
from booth.matting.pushpull import filled

Floats = NDArray[np.float32]

WIDTH = 0.05
"""Window within which light is the same, as a share of the picture."""
PRIOR = 100.0
"""How much the overall gain counts beside a pixel's own: what a wall of brightness 10 weighs."""
ENOUGH = 100
QUIET = 4.0
"""What JPEG and noise leave between two small pictures of one scene, at most, in 8-bit steps."""
UNLIKE = 0.5
"""What misalignment may leave at most, as a share of the wall's own pattern."""


def light_field(frame: Floats, plate: Floats, background: Mask) -> Floats:
    """Give the smooth gain of each channel from plate to frame.

    Parameters
    ----------
    frame, plate : float32 of shape (h, w, 3), RGB, registered and scaled down
    background : bool of shape (h, w): true where the frame surely shows the plate

    Returns
    -------
    float32 of shape (h, w, 3); shadows narrower than WIDTH are not in it.
    """
    if not background.any():
        return np.ones_like(frame)
    thin = np.flatnonzero(background)[::4]
    seen, still = (one.reshape(-1, 3)[thin] for one in (frame, plate))
    overall = np.median((seen + 1) / (still + 1), axis=0).astype(np.float32)
    difference = frame - overall * plate
    strayed = np.maximum.reduce([np.abs(difference[..., channel]) for channel in range(3)])
    brightest = np.maximum.reduce([plate[..., channel] for channel in range(3)])
    allowed = 4 + 3 * float(np.median(strayed[background][::4])) + 0.1 * brightest
    steady = (background & (strayed < allowed)).astype(np.float32)
    side = max(3, int(WIDTH * max(steady.shape)) | 1)
    weighted = plate * steady[..., None]
    prior = (PRIOR * steady)[..., None]
    over = cv2.blur(frame * weighted + prior * overall, (side, side))
    under = cv2.blur(plate * weighted + prior, (side, side))
    return _spread(over / np.maximum(under, 1e-3), cv2.blur(steady, (side, side)))


def _spread(values: Floats, weight: Floats) -> Floats:
    """Carry smooth values into the unknown at an eighth of the size."""
    height, width = weight.shape
    small = (max(4, width // 8), max(4, height // 8))
    shrunk = cv2.resize(values, small, interpolation=cv2.INTER_AREA)
    trust = np.clip(cv2.resize(weight, small, interpolation=cv2.INTER_AREA), 0, 1)
    wide = cv2.resize(filled(shrunk, trust), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide, np.float32)


def is_same_scene(frame: Floats, lit: Floats, background: Mask) -> bool:
    """Tell whether the plate, in the frame's light, is of this scene.

    It is when what is left between the two is noise, or little beside the wall's own pattern.
    """
    if int(background.sum()) < ENOUGH:
        return False
    side = max(3, int(WIDTH * max(background.shape)) | 1)
    thin = np.flatnonzero(background)[::4]
    seen, plain, smooth = (one.reshape(-1, 3)[thin] for one in (frame, lit, cv2.blur(lit, (side, side))))
    pattern = np.abs(plain - smooth).mean(axis=1)
    left = np.abs(seen - plain).mean(axis=1)
    return float(np.median(left)) < max(QUIET, UNLIKE * float(np.median(pattern)))
