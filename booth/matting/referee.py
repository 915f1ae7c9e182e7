"""The referee: may this matte be shown to its guests?"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from booth.arrays import Alpha, Probability
from booth.matting.people import union
from booth.shot import People

_LEAST, _MOST = 0.003, 0.95  # shares of the picture between which guests are plausible
_LOOK = 240  # pixels of the longer side at which the matte is judged


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` in [0, 1], 1 being a matte without fault; `reasons` says what took it down."""

    score: float
    reasons: tuple[str, ...]


def judge(alpha: Alpha, people: People) -> Verdict:
    """Score a matte by what can be seen from it and from the instances that it was made from.

    A first, simple referee: each doubt multiplies the score; its limits are chosen, not yet calibrated.

    Parameters
    ----------
    alpha : float32 of shape (H, W); values outside [0, 1] or not finite score 0
    people : People
        Of the same picture.
    """
    refusal = _refusal(alpha, people)
    if refusal:
        return Verdict(0.0, (refusal,))
    small = _small(alpha)
    doubts = [
        (_certain(people), "the segmenter is not sure of these guests"),
        (_crisp(small), "much of the outline is uncertain"),
        (_agreed(small, people, alpha.shape[0], alpha.shape[1]), "the matte and the guests' masks disagree"),
        (_headroom(small), "the guests are cut off along the top of the picture"),
    ]
    score = float(np.prod([factor for factor, _ in doubts]))
    return Verdict(score, tuple(f"{why} ({factor:.2f})" for factor, why in doubts if factor < 0.95))


def _refusal(alpha: Alpha, people: People) -> str:
    low, high = float(alpha.min()), float(alpha.max())
    if not (low >= 0 and high <= 1):
        return f"the matte holds impossible values, from {low} to {high}"
    if len(people) == 0:
        return "nobody was found"
    if not np.isfinite(people.scores).all():
        return "the segmenter's scores are not numbers"
    coverage = float((alpha > 0.5).mean())
    if not _LEAST <= coverage <= _MOST:
        return f"the guests cover {coverage:.1%} of the picture"
    return ""


def _small(alpha: Alpha) -> Alpha:
    scale = min(1.0, _LOOK / max(alpha.shape))
    size = max(1, round(alpha.shape[1] * scale)), max(1, round(alpha.shape[0] * scale))
    return np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)


def _certain(people: People) -> float:
    """The mean score, each instance by the room that it takes; full marks from 0.8."""
    room = np.prod(np.maximum(people.boxes[:, 2:] - people.boxes[:, :2], 1), axis=1)
    return _ramp(float(np.average(people.scores, weights=room)), 0.0, 0.8)


def _crisp(alpha: Alpha) -> float:
    """How little of the guests is half transparent; hair makes a fifth of a head's picture soft."""
    soft = float(((alpha > 0.1) & (alpha < 0.9)).sum()) / max(1.0, float((alpha > 0.1).sum()))
    return 1 - _ramp(soft, 0.4, 0.9)


def _agreed(alpha: Alpha, people: People, height: int, width: int) -> float:
    """The overlap (IoU) of the matte with the masks that it was made from; full marks from 0.7."""
    masks = _masks_at(people, alpha.shape[0] / height, alpha.shape[1] / width, alpha) > 0.5
    matte = alpha > 0.5
    return _ramp(float((masks & matte).sum()) / max(1.0, float((masks | matte).sum())), 0.2, 0.7)


def _masks_at(people: People, down: float, across: float, alpha: Alpha) -> Probability:
    boxes = people.boxes * np.array([across, down, across, down], np.float32)
    scaled = People(people.masks, boxes, people.scores, people.labels)
    return union(scaled, alpha.shape[0], alpha.shape[1])


def _headroom(alpha: Alpha) -> float:
    """A head or a raised hand may leave the picture, a row of shoulders may not."""
    return 1 - 0.6 * _ramp(float((alpha[0] > 0.5).mean()), 0.3, 0.7)


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))
