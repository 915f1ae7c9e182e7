"""Gaps in a person through which the plate shows: between arm and body, between the legs.

They are told by the evidence of whole regions. A single pixel of a shirt may well look like the wall; a region
that agrees with it to within noise, in one light, ending where something quite different begins, does not do
so by chance. A coarse mask knows nothing of gaps, so this may overrule it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask
from booth.matting.shading import Fit

Floats = NDArray[np.float32]
Mean = Callable[[NDArray[Any]], NDArray[np.float64]]

DARKER, BRIGHTER = 0.3, 0.12
"""How far the light in a gap may differ from the light around."""
ALIKE = 4.0
"""Squared deviation, in variances, up to which a pixel may be part of a gap."""
MATCH = 1.3
"""The same on average over a gap. Noise gives 2/3; what agrees in passing gives 2 and more."""
UNEVEN = 0.06
"""How much the light may vary within a gap."""
UNLIT = 0.15
"""How far light in a gap without pattern may be from the light around: no wall is that dark by chance."""
PATTERN = 5.0
"""Standard deviation of the plate within a gap, in 8-bit steps, from which its pattern tells."""
AGREES = 0.95
"""Correlation from which the frame shows that pattern."""
SMALLEST = 10
SMALLEST_PLAIN = 40
"""Pixels of the small picture that a gap has at least: with the plate's pattern in it, and without."""
SMALLEST_SHARE = 0.0005
"""Share of the person that a gap without pattern has at least."""
LARGEST_DOT = 0.003
ROUND = 0.6
STRETCHED = 1.7
"""A dot's share of the person at most, of the box about it at least, and that box's longer side over its shorter
at most. White dots on a dress are no wall."""
LARGEST_DISC = 0.02
FULL = 0.97
OBLONG = 1.5
"""The same for a larger dot, which must be rounder: its share of the ellipse with its own moments (a triangle, as
between an arm and a hip, has .83 of it, a square .95), and that ellipse's longer axis over its shorter at most."""
ENCLOSED = 0.95
DOT_ALIKE = 9.0
"""Squared deviation, in variances, up to which a pixel may be part of a dot of the wall's colour."""
CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
OUTLINED = 100.0
"""Squared deviation, in variances, of what lies just outside a gap."""
MOSTLY = 0.5


def gaps_in(frame: Floats, plate: Floats, fit: Fit, around: Floats, shown: Mask, likely: Mask) -> Mask:
    """Find the regions that show the plate though nothing leads there.

    Parameters
    ----------
    frame, plate : float32 of shape (h, w, 3), registered, the plate lit as the frame overall
    fit : of the two
    around : float32 of shape (h, w), the shading of the plate carried on from where it shows
    shown, likely : bool of shape (h, w): where the plate is known to show, where the mask says a person

    Returns
    -------
    bool of shape (h, w)
    """
    best = np.clip(fit.shading, around - np.float32(DARKER), around + np.float32(BRIGHTER))
    deviation = fit.deviation(best, 0)
    labels, stats = _parts((deviation < ALIKE) & ~shown, 4)
    size = stats[:, cv2.CC_STAT_AREA]
    mean = _mean_of(labels, size)
    light, noise = mean(best), mean(1 / fit.plate)
    uneven = mean(np.square(best)) - np.square(light)
    lit = (uneven < UNEVEN**2 + 2 * noise) & (mean(np.abs(best - around)) < UNLIT)
    wide = size > max(SMALLEST_PLAIN, SMALLEST_SHARE * int(likely.sum()))
    matches = (mean(deviation) < MATCH) & (size >= SMALLEST) & _outlined(labels, deviation, len(stats))
    dots = _dots(labels, stats, int(likely.sum()))
    opened = matches & (_patterned(frame, plate, mean) | (lit & wide & ~dots))
    opened[0] = False
    return np.asarray(opened[labels])


def dots_in(frame: Floats, plate: Floats, fit: Fit, claimed: Mask, likely: Mask) -> Mask:
    """Find the small round patches, wholly within a person, that only happen to have the wall's colour.

    Parameters
    ----------
    frame, plate : float32 of shape (h, w, 3), registered, the plate lit as the frame overall
    fit : of the two
    claimed, likely : bool of shape (h, w): what resembles the person, and where the mask says a person

    Returns
    -------
    bool of shape (h, w)
    """
    one = np.float32(1)
    best = np.clip(fit.shading, one - np.float32(DARKER), one + np.float32(BRIGHTER))
    # whole dots, though the mask's core may claim a part of one, and not hanging together by a seam
    alike = cv2.morphologyEx((fit.deviation(best, 0) < DOT_ALIKE).astype(np.uint8), cv2.MORPH_OPEN, CROSS)
    found = [
        _dots_of(mask, joined, frame, plate, likely)
        for mask, joined in ((np.asarray(alike > 0), 4), (~claimed, 8))
    ]
    return np.asarray(cv2.dilate(found[0].view(np.uint8), CROSS) > 0) | found[1]


def _dots_of(mask: Mask, connectivity: int, frame: Floats, plate: Floats, likely: Mask) -> Mask:
    labels, stats = _parts(mask, connectivity)
    mean = _mean_of(labels, stats[:, cv2.CC_STAT_AREA])
    dots = _dots(labels, stats, int(likely.sum())) & ~_patterned(frame, plate, mean)
    dots &= mean(likely.astype(np.float32)) > ENCLOSED
    dots[0] = False
    return np.asarray(dots[labels])


def _dots(labels: NDArray[np.int32], stats: NDArray[np.int32], person: int) -> Mask:
    """Tell which regions are small and round, by the boxes about them, or larger and rounder, by their moments."""
    wide, high, size = (
        stats[:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA)
    )
    small = (size > ROUND * wide * high) & (np.maximum(wide, high) < STRETCHED * np.minimum(wide, high))
    small &= size <= LARGEST_DOT * person
    disc = (size > LARGEST_DOT * person) & (size <= LARGEST_DISC * person)
    for part in np.flatnonzero(disc):
        left, top = stats[part, cv2.CC_STAT_LEFT], stats[part, cv2.CC_STAT_TOP]
        own = labels[top : top + high[part], left : left + wide[part]] == part
        disc[part] = _is_disc(own)
    return np.asarray((size >= SMALLEST) & (small | disc))


def _is_disc(region: Mask) -> bool:
    """Tell whether a region fills the ellipse that has its moments, and that is nearly a circle."""
    moments = cv2.moments(region.view(np.uint8), binaryImage=True)
    size = moments["m00"]
    across, down, both = (
        moments[name] / size + add for name, add in (("mu20", 1 / 12), ("mu02", 1 / 12), ("mu11", 0))
    )
    middle, apart = (across + down) / 2, np.hypot((across - down) / 2, both)
    longer, shorter = np.sqrt(middle + apart), np.sqrt(middle - apart)
    return bool(size > FULL * 4 * np.pi * longer * shorter and longer < OBLONG * shorter)


def _parts(mask: Mask, connectivity: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give the connected parts of a mask as labels and as OpenCV's statistics; label 0 is what is outside."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=connectivity)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def _mean_of(labels: NDArray[np.int32], size: NDArray[np.int32]) -> Mean:
    """Give a function that averages a picture over each part."""
    inside = np.flatnonzero(labels)
    part = labels.ravel()[inside]

    def mean(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(part, values.ravel()[inside], len(size)) / np.maximum(size, 1))

    return mean


def _patterned(frame: Floats, plate: Floats, mean: Mean) -> Mask:
    """Tell which regions hold the plate's pattern, and show it."""
    seen, still = frame[..., 1], plate[..., 1]
    spread = mean(np.square(still)) - np.square(mean(still))
    own = mean(np.square(seen)) - np.square(mean(seen))
    shared = mean(seen * still) - mean(seen) * mean(still)
    agrees = shared > AGREES * np.sqrt(np.maximum(spread * own, 1e-3))
    return np.asarray((spread > PATTERN**2) & agrees)


def _outlined(labels: NDArray[np.int32], deviation: Floats, count: int) -> Mask:
    """Tell which regions end where something quite different begins."""
    as_floats = labels.astype(np.float32)  # what OpenCV can dilate, and exact up to 16 million labels
    wide, near = (cv2.dilate(as_floats, np.ones((side, side), np.uint8)) for side in (9, 5))
    ring = np.flatnonzero((wide > 0) & (near == 0))
    of = wide.ravel()[ring].astype(np.int32)
    different = np.bincount(of, deviation.ravel()[ring] > OUTLINED, count)
    return np.asarray(different > MOSTLY * np.bincount(of, minlength=count))
