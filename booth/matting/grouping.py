"""Who is a guest and who walked by: by the marked zone, by size against the largest guest, by touch.

One camera gives no distance, but the floor does: whoever stands further away is smaller *and* stands higher
in the picture. A child is small and stands as low as the others; somebody in the row behind is hidden from
the waist down, and touches the row before. In doubt a person stays: the review screen can leave one out.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask
from booth.config.settings import MattingSettings
from booth.matting.people import alone, at_size, union
from booth.shot import People

Zone = tuple[float, float, float, float]
"""Left, top, right, bottom as fractions of the frame."""

EVERYWHERE: Zone = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Rules:
    """Who is a guest: half of a guest stands in the `zone`; `props` are labels that stay only where they
    touch a guest, every other label counts as a guest's; `everybody` in the zone stays, however far away."""

    zone: Zone = EVERYWHERE
    props: frozenset[str] = frozenset()
    everybody: bool = False


_LOOK = 240  # pixels of the longer side at which people are compared
_IN_ZONE = 0.5  # share of a person that must be in the zone
_AS_NEAR = 0.75  # size against the largest guest from which nobody is far away, wherever the feet are
_TINY = 0.15  # size below which nobody is near, wherever the feet are
_STEP = 0.06  # share of the picture's height by which a near guest's feet may stand higher
_EDGE = 0.005  # share of the picture within which a box ends at its rim
_CUT_SMALL = 0.5  # size below which somebody cut off by the left or right rim is passing
_TOUCH = 0.012  # share of the picture within which two touch
_WITHIN = 0.7  # share of a box that lies in a guest's: carried, or standing before that guest


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    """N people at _LOOK: `masks` bool (N, h, w); `sizes` square roots of their areas; `boxes` in fractions."""

    masks: NDArray[np.bool_]
    sizes: NDArray[np.float64]
    boxes: NDArray[np.float32]

    def touch(self, one: int, other: int) -> bool:
        radius = max(1, round(_TOUCH * max(self.masks.shape[1:])))
        grown = cv2.dilate(self.masks[one].astype(np.uint8), np.ones((2 * radius + 1,) * 2, np.uint8))
        return bool((grown.astype(bool) & self.masks[other]).any())

    def is_within(self, one: int, other: int) -> bool:
        """Tell whether most of one's box lies in the other's."""
        low = np.maximum(self.boxes[one, :2], self.boxes[other, :2])
        high = np.minimum(self.boxes[one, 2:], self.boxes[other, 2:])
        shared = float(np.prod(np.maximum(high - low, 0)))
        return shared > _WITHIN * float(np.prod(self.boxes[one, 2:] - self.boxes[one, :2]))


ANYWHERE = Rules()


def rules_of(settings: MattingSettings) -> Rules:
    """Give the rules that the operator has set."""
    network = settings.maskrcnn
    return Rules(settings.zone, frozenset(network.props) - {*network.classes}, settings.keep == "everybody")


def guests(people: People, height: int, width: int, rules: Rules) -> frozenset[int]:
    """Give the numbers of those who are guests, and of what they hold.

    Parameters
    ----------
    people : everybody who was found
    height, width : of their picture, in pixels

    Returns
    -------
    frozenset of int
        Empty only where nobody was found, or nobody in the zone.
    """
    if not len(people):
        return frozenset()
    figures = _figures(people, height, width)
    standing = [number for number, label in enumerate(people.labels) if label not in rules.props]
    in_zone = [number for number in standing if _is_in_zone(figures.masks[number], rules.zone)]
    if not in_zone:
        return frozenset()
    persons = [number for number in in_zone if people.labels[number] == "person"]
    largest = max(persons or in_zone, key=lambda number: figures.sizes[number])
    found = {number for number in in_zone if rules.everybody or _is_near(figures, number, largest)}
    return frozenset(_with_held(figures, found, set(in_zone), set(range(len(people))) - set(standing)))


def _is_near(figures: _Figures, number: int, largest: int) -> bool:
    """Tell whether somebody stands about as near as the largest guest does."""
    if number == largest:
        return True
    size = float(figures.sizes[number] / figures.sizes[largest])
    left, _, right, feet = (float(edge) for edge in figures.boxes[number])
    is_cut = left < _EDGE or right > 1 - _EDGE
    if size < _TINY or (is_cut and size < _CUT_SMALL):
        return False
    return size >= _AS_NEAR or feet > float(figures.boxes[largest, 3]) - _STEP


def _with_held(figures: _Figures, found: set[int], people: set[int], props: set[int]) -> set[int]:
    """Add who is carried or in the row behind, and what is held, until nobody is added any more."""
    while True:
        added = {
            number
            for number in (people | props) - found
            for guest in found
            if figures.touch(guest, number)
            and (number in props or figures.is_within(number, guest) or _is_behind(figures, number, guest))
        }
        if not added:
            return found
        found = found | added


def _is_behind(figures: _Figures, number: int, guest: int) -> bool:
    """Tell whether a guest hides somebody of the same breadth from the waist down: the row behind."""
    left, _, right, feet = (float(edge) for edge in figures.boxes[number])
    other_left, top, other_right, _ = (float(edge) for edge in figures.boxes[guest])
    return feet > top and (right - left) > 0.6 * (other_right - other_left)


def _is_in_zone(mask: Mask, zone: Zone) -> bool:
    height, width = mask.shape
    left, top, right, bottom = zone
    rows = slice(round(top * height), round(bottom * height))
    inside = int(mask[rows, round(left * width) : round(right * width)].sum())
    return inside > 0 and inside >= _IN_ZONE * int(mask.sum())


def _figures(people: People, height: int, width: int) -> _Figures:
    scale = min(1.0, _LOOK / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    small = at_size(people, (height, width), size)
    masks = np.stack([union(alone(small, number), *size) > 0.5 for number in range(len(small))])
    sides = np.array([width, height, width, height], np.float32)
    boxes = np.clip(people.boxes / sides, 0, 1)
    return _Figures(masks, np.sqrt(masks.sum(axis=(1, 2), dtype=np.float64)).clip(1e-6), boxes)
