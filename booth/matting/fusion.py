"""What a network and a clean plate say of a pixel, taken together.

Each is blind where the other sees. A network overlooks what it never learnt, such as an odd prop; a plate
cannot tell a grey face from the grey paper behind it, nor a jacket from a dark alley. So both are counted
as evidence, in logarithms of odds: the plate's is strong where a pixel cannot be the plate even in shadow,
weak where it might be shadow; and that a pixel looks like the plate says much where it is the plate itself
or a pattern, and little where it takes a shadow to explain it, as a grey face looks like that too.
"""

from __future__ import annotations

import cv2
import numpy as np

from booth.arrays import Mask, Probability
from booth.matting.plate_difference import Comparison, Floats

_NETWORK = 4.0  # most that the network may say, as a logarithm of odds
_UNLIKE = (1.5, 5.5)  # that a pixel differs from the plate: perhaps by a shadow, and certainly not
_LIKE = 1.2  # that it looks like the plate in some shadow
_BARE, _PATTERNED = 2.5, 1.5  # what is added where there is no shadow, and where the plate has a pattern
_ALONE = 0.5  # the same as _UNLIKE for what no person holds
_HELD = 0.06  # share of a changed region that must be likely people, for all of it to be theirs


def fused(likely: Probability, seen: Comparison, differs: Probability | None = None) -> Probability:
    """How likely each pixel shows a person or what people hold.

    Parameters
    ----------
    likely : float32 of shape (h, w), in [0, 1]: what the network says
    seen : of the same size: what the plate says
    differs : float32 of shape (h, w), in [0, 1], optional
        The plate's mask with soft edges, if that is known better than `seen.mask`.

    Returns
    -------
    float32 of shape (h, w), in [0, 1]
    """
    share = seen.mask.astype(np.float32) if differs is None else differs
    unlike = np.float32(_UNLIKE[0]) + np.float32(_UNLIKE[1] - _UNLIKE[0]) * seen.certain
    unlike = np.where(_held(likely, seen.mask), unlike, np.float32(_ALONE))
    like = np.float32(_LIKE) + np.float32(_BARE) * seen.bare + np.float32(_PATTERNED) * seen.patterned
    towards = 2 * share - 1
    odds = _log_odds(likely) + towards * np.where(towards > 0, unlike, like)
    return np.asarray(1 / (1 + cv2.exp(-odds)), np.float32)


def _log_odds(likely: Probability) -> Floats:
    bound = np.float32(1 / (1 + np.exp(_NETWORK)))
    inside = np.clip(likely, bound, 1 - bound)
    return np.asarray(cv2.log(inside / (1 - inside)), np.float32)


def _held(likely: Probability, changed: Mask) -> Mask:
    """The changed regions that belong to people: a prop hangs together with whoever holds it."""
    count, parts = cv2.connectedComponents(changed.astype(np.uint8))
    sizes = np.maximum(np.bincount(parts.ravel(), minlength=count), 1)
    theirs = np.bincount(parts.ravel(), likely.ravel(), count) / sizes > _HELD
    theirs[0] = False
    return np.asarray(theirs[parts], np.bool_)
