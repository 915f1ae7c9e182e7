"""Veils: what is thin and even lets the plate's pattern through, only fainter.

Under a sheet of one colour F the frame is a F + (1 - a) B, so within a window the frame is a linear function of
the plate whose slope is 1 - a (as in Smith, A. & Blinn, J.: Blue Screen Matting. SIGGRAPH 1996, with the
pattern for a second backing). Where the plate has no pattern nothing can be said.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask
from booth.matting.channels import dot, summed
from booth.matting.pushpull import filled

Floats = NDArray[np.float32]

SIDE = 11
"""Pixels of the small picture along a window."""
PATTERN = 36.0
"""Variance that the plate has in a window at least."""
AGREES = 0.7
"""Share of the frame's variance that the plate explains, squared correlation."""
LEAST, MOST = 0.08, 0.92
MISFIT = 8.0
"""What a veil may leave unexplained, in 8-bit steps."""
SMALLEST = 0.005
"""Share of the person that a veil covers at least: hair is not even over such a width."""


def veils_over(frame: Floats, plate: Floats, shown: Mask, deep: Mask, likely: Mask) -> Floats:
    """Find veils and what they are like.

    Parameters
    ----------
    frame, plate : float32 of shape (h, w, 3), registered, the plate in the frame's light
    shown, deep, likely : bool of shape (h, w): bare plate, certainly a person, a person by the mask

    Returns
    -------
    float32 of shape (h, w, 4): the veil's R, G, B and its alpha, 0 where there is none
    """
    alpha, even = _thinness(frame, plate)
    veil = _large(even & ~shown & ~deep, SMALLEST * int(likely.sum()))
    if not veil.any():
        return np.zeros((*shown.shape, 4), np.float32)
    window = (SIDE, SIDE)
    colour = cv2.blur(frame - plate, window) / alpha[..., None] + cv2.blur(plate, window)
    found = filled(np.dstack([np.clip(colour, 0, 255), alpha]), veil.astype(np.float32))
    reach = _reached(veil, (_misfit(frame, plate, found) < MISFIT) & ~shown & ~deep)
    return np.asarray(found * reach[..., None], np.float32)


def _misfit(frame: Floats, plate: Floats, veil: Floats) -> Floats:
    share = veil[..., 3:]
    off = np.abs(frame - share * veil[..., :3] - (1 - share) * plate)
    return np.asarray(cv2.blur(summed(off) / 3, (3, 3)), np.float32)


def _reached(veil: Mask, alike: Mask) -> Mask:
    """Carry veils on over what is alike and touches them."""
    _, labels = cv2.connectedComponents((veil | alike).astype(np.uint8), connectivity=4)
    touched = np.unique(labels[veil])
    return np.asarray(np.isin(labels, touched) & (labels > 0))


def _thinness(frame: Floats, plate: Floats) -> tuple[Floats, Mask]:
    """Give alpha by how much fainter the plate's pattern is, and where one alpha tells a whole window."""

    def mean(values: Floats) -> Floats:
        return np.asarray(cv2.blur(values, (SIDE, SIDE)), np.float32)

    middle, ground = mean(frame), mean(plate)
    shared = mean(dot(frame, plate)) - dot(middle, ground)
    pattern = np.maximum(mean(dot(plate, plate)) - dot(ground, ground), 1)
    own = np.maximum(mean(dot(frame, frame)) - dot(middle, middle), 1)
    through = shared / pattern
    agrees = shared * shared > AGREES * pattern * own
    even = agrees & (pattern > 3 * PATTERN) & (through > LEAST) & (through < MOST)
    return np.clip(1 - through, LEAST, 1), np.asarray(even)


def _large(mask: Mask, smallest: float) -> Mask:
    """Keep the parts that are wide and large."""
    wide = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(wide, connectivity=4)
    kept = stats[:, cv2.CC_STAT_AREA] >= smallest
    kept[0] = False
    return np.asarray(kept[labels])
