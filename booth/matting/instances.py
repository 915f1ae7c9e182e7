"""Who of the people in a picture is a guest, and a cut-out with other people in it.

A matte is solved for everybody who was found. Who is left out is taken from it afterwards: each pixel
belongs to one person, so that a tap brings somebody in or sends somebody out without solving anything.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Mask, Probability, Rgb8, read_only
from booth.matting.people import alone, at_size, union
from booth.shot import Cutout

Box = tuple[float, float, float, float]
Owners = NDArray[np.int32]

SIDE = 480
"""Pixels of the longer side at which pixels are told whose they are."""
FINGER = 0.03
"""Share of the picture by which a finger may miss whom it means."""

_CONTESTED = 0.03  # share of the picture: nearer than this to two people, the picture's edges decide
_SOLID = 0.5
_SURE = 0.25  # by which one mask must be likelier than every other


@dataclass(frozen=True, slots=True)
class Instance:
    """One person for a screen to mark: `box` is left, top, right, bottom as fractions of the cut-out."""

    number: int
    label: str
    box: Box
    is_in: bool


def instances(cutout: Cutout) -> tuple[Instance, ...]:
    """Everybody who was found, the most certain first."""
    height, width = cutout.alpha.shape
    sides = np.array([width, height, width, height], np.float32)
    return tuple(
        Instance(number, label, _fractions(box / sides), number in cutout.included)
        for number, (label, box) in enumerate(zip(cutout.people.labels, cutout.people.boxes, strict=True))
    )


def instance_at(cutout: Cutout, u: float, v: float) -> int | None:
    """Give the number of the person at a point, who may be left out just now; None where nobody is near.

    Parameters
    ----------
    u, v : fractions of the cut-out's width and height
    """
    if not len(cutout.people):
        return None
    masks = _masks(cutout)
    _, height, width = masks.shape
    row, column = min(max(int(v * height), 0), height - 1), min(max(int(u * width), 0), width - 1)
    here = masks[:, row, column]
    if here.max() > _SOLID:
        return int(here.argmax())
    away = _distances(masks)[:, row, column]
    return int(away.argmin()) if away.min() <= FINGER * max(height, width) else None


def with_instances(cutout: Cutout, included: Set[int]) -> Cutout:
    """Give the cut-out with these people in it and nobody else. Nothing is solved anew.

    Parameters
    ----------
    included : numbers of `cutout.people`, one at least

    Raises
    ------
    ValueError
        If nobody is left, or a number is nobody's.
    """
    everybody = frozenset(range(len(cutout.people)))
    if not included or not included <= everybody:
        raise ValueError(f"included is {sorted(included)}, expected one or more of {sorted(everybody)}")
    everyone = cutout.alpha if cutout.everyone is None else cutout.everyone
    if included == everybody:
        return replace(cutout, alpha=everyone, everyone=None, included=everybody)
    share = _share(cutout, everyone, included)
    size = (everyone.shape[1], everyone.shape[0])
    full = cv2.resize(share, size, interpolation=cv2.INTER_LINEAR)
    alpha = read_only(np.asarray(cv2.multiply(everyone, full), np.float32))
    return replace(cutout, alpha=alpha, everyone=everyone, included=frozenset(included))


def _share(cutout: Cutout, everyone: Alpha, included: Set[int]) -> Probability:
    """Float32 (h, w) of SIDE: 1 where a pixel belongs to somebody who is in."""
    masks = _masks(cutout)
    size = (masks.shape[2], masks.shape[1])
    picture = np.asarray(cv2.resize(cutout.foreground, size, interpolation=cv2.INTER_AREA), np.uint8)
    seen = cv2.resize(everyone, size, interpolation=cv2.INTER_AREA) > _SOLID
    owners = owners_of(masks, picture, np.asarray(seen))
    is_in = np.isin(np.arange(len(masks)), list(included)).astype(np.float32)
    return np.asarray(cv2.blur(is_in[owners], (3, 3)), np.float32)


def owners_of(masks: Probability, picture: Rgb8, seen: Mask) -> Owners:
    """Whose each pixel is: of the person who is nearest, and along edges where people touch.

    Parameters
    ----------
    masks : float32 of shape (N, h, w), in [0, 1], one for each person
    picture : uint8 of shape (h, w, 3), RGB
    seen : bool of shape (h, w): where the matte shows anybody

    Returns
    -------
    int32 of shape (h, w), in 0 to N - 1

    Notes
    -----
    Masks of a network are coarse, so that near two people they only place the markers of a watershed
    (Meyer, "Color image segmentation", ICIPA 1992) that finds the outline between them.
    """
    away = _distances(masks)
    nearest = np.where(masks.max(axis=0) > _SOLID, masks.argmax(axis=0), away.argmin(axis=0)).astype(np.int32)
    if len(masks) < 2:
        return np.asarray(nearest)
    first, second = np.partition(away, 1, axis=0)[:2]
    high, low = np.sort(masks, axis=0)[-1], np.sort(masks, axis=0)[-2]
    near_two = second - first < _CONTESTED * max(seen.shape)
    contested = seen & near_two & (high - low < 1 - _SURE) & (second < _CONTESTED * max(seen.shape))
    if not contested.any():
        return np.asarray(nearest)
    markers = np.where(contested, 0, nearest + 1).astype(np.int32)
    found = cv2.watershed(picture, markers)
    return np.asarray(np.where(contested & (found > 0), found - 1, nearest), np.int32)


def _masks(cutout: Cutout) -> Probability:
    """Float32 (N, h, w) of SIDE: where each person is."""
    height, width = cutout.alpha.shape
    scale = min(1.0, SIDE / max(height, width))
    small = max(1, round(height * scale)), max(1, round(width * scale))
    people = at_size(cutout.people, (height, width), small)
    return np.stack([union(alone(people, number), *small) for number in range(len(people))])


def _distances(masks: Probability) -> NDArray[np.float32]:
    """How many pixels each pixel is away from each person; what no pixel shows is far away."""
    return np.stack([_distance(mask) for mask in masks])


def _distance(mask: Probability) -> NDArray[np.float32]:
    outside = (mask <= _SOLID).astype(np.uint8)
    if outside.all():
        return np.full(mask.shape, np.float32(sum(mask.shape)))
    return np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, 3), np.float32)


def _fractions(box: NDArray[np.float32]) -> Box:
    left, top, right, bottom = (float(edge) for edge in np.clip(box, 0, 1))
    return left, top, right, bottom
