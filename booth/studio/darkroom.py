"""What is already there of a photo that is being developed, for the screen: it comes up bit by bit."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import Literal

import numpy as np

from booth.arrays import Rgb8, read_only
from booth.images import smaller
from booth.scene.composite import over
from booth.shot import Cutout, Frame
from booth.studio.easel import at_side

SIDE = 720
"""Side in pixels of what is shown."""
PAPER = (58, 43, 38)
"""The dark of undeveloped film, on which a cut-out stands until it has a scene."""


@dataclass(frozen=True, slots=True, eq=False)
class Developing:
    """A state of the photo under way: `image` is uint8 (SIDE, SIDE, 3), not mirrored; `number` counts."""

    kind: Literal["raw", "cutout"]
    image: Rgb8
    number: int


class Darkroom:
    """A mailbox of one newest state: the desk puts, the screen looks."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._newest: Developing | None = None

    def newest(self) -> Developing | None:
        """Give the newest state; None while nothing is under way."""
        return self._newest

    def show_raw(self, frame: Frame) -> None:
        """The photograph as it was taken."""
        height, width = frame.image.shape[:2]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        square = frame.image[top : top + side, left : left + side]
        self._put("raw", smaller(square, SIDE, SIDE))

    def show_cutout(self, cutout: Cutout) -> None:
        """The guests without their background."""
        small = at_side(cutout, SIDE)
        paper = np.full(small.foreground.shape, PAPER, np.uint8)
        self._put("cutout", over(small.foreground, small.alpha, paper))

    def clear(self) -> None:
        """Nothing is under way any more."""
        self._newest = None

    def _put(self, kind: Literal["raw", "cutout"], image: Rgb8) -> None:
        with self._lock:
            self._newest = Developing(kind, read_only(image), next(self._numbers))
