"""The bundled network at the mirror's pace: its input as large as the time for one frame allows."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from booth.arrays import Probability, Rgb8, check_rgb
from booth.config.settings import MattingSettings
from booth.cores import share_cores
from booth.matting.bundled import Inference, input_size, load_inference, resized
from booth.matting.live import Bytes, Look, movement
from booth.matting.plate_difference import Fit, lit, moved, shrunk
from booth.shot import Plate

SIDES = (192, 224, 256)
"""Longer sides that the network's input may have, cheapest first. Smaller ones lose the guests: without a plate
the overlap with the drawn studio's truth is .81 to .83 at 192, .6 at 160, .2 to .3 at 128. Better late than wrong."""
BUDGET = 0.014
"""Seconds that one look may take: less than half of a camera's frame, as its thread has more to do."""

_FIRST = 192
_LOOKS = 12  # at one size until another is thought of
_HOLDS = 0.25  # seconds for which an answer may stand in for a look
_REACH = 0.03  # share of the picture's height that guests move in a frame
_ROOM = 0.85  # share of the budget that the next larger size must be likely to keep


class SizeChooser:
    """Chooses the input's side from how long looks take; slow to grow, so that it does not swing."""

    def __init__(self, budget: float = BUDGET, first: int = _FIRST) -> None:
        self._budget = budget
        self._at = SIDES.index(first)
        self._seconds: deque[float] = deque(maxlen=_LOOKS)
        self._calm = 0

    @property
    def side(self) -> int:
        return SIDES[self._at]

    @property
    def is_late(self) -> bool:
        """Whether even the cheapest look takes longer than it may."""
        return self._at == 0 and len(self._seconds) == _LOOKS and median(self._seconds) > self._budget

    def took(self, seconds: float) -> None:
        """Tell how long the last look took."""
        self._seconds.append(seconds)
        if len(self._seconds) < _LOOKS:
            return
        usual = median(self._seconds)
        if usual > self._budget:
            self._calm = 0
            self._step(-1)
        elif usual * self._growth() < _ROOM * self._budget:
            self._calm += 1
            if self._calm > _LOOKS:
                self._calm = 0
                self._step(1)

    def _growth(self) -> float:
        """By how much the next larger size takes longer, if all of it goes with the pixels."""
        return (SIDES[min(self._at + 1, len(SIDES) - 1)] / self.side) ** 2

    def _step(self, way: int) -> None:
        at = min(max(self._at + way, 0), len(SIDES) - 1)
        if at != self._at:
            self._at = at
            self._seconds.clear()


class LiveNetwork:
    """Says of one mirror frame after the other where people are. Used by one thread."""

    def __init__(self, inference: Inference, chooser: SizeChooser | None = None) -> None:
        self._inference = inference
        self._chooser = chooser or SizeChooser()
        self._small: tuple[Plate, Rgb8] | None = None

    @property
    def side(self) -> int:
        """Longer side of the network's input at present."""
        return self._chooser.side

    @property
    def is_late(self) -> bool:
        """Whether this machine is too slow for a look at every frame."""
        return self._chooser.is_late

    @property
    def device(self) -> str:
        return self._inference.device

    def warm_up(self) -> None:
        """Make the first look at each size as fast as the others."""
        for side in SIDES:
            self._inference.likely(np.full((side, side, 3), 128, np.uint8), None)

    def likely(self, image: Rgb8, plate: Plate | None, fit: Fit | None) -> Probability:
        """How likely each pixel of a frame shows people or what they hold.

        Parameters
        ----------
        image : uint8 of shape (H, W, 3), RGB; not larger than needed is quicker
        plate : of the same proportions, or None
        fit : how the plate fits this frame, at any size; None only without a plate

        Returns
        -------
        float32 of shape (h, w), in [0, 1], with about the proportions of the frame
        """
        check_rgb(image)
        began = time.perf_counter()
        size = input_size(image.shape[0], image.shape[1], self._chooser.side)
        small = resized(image, *size)
        empty = None if plate is None or fit is None else self._in_its_light(plate, fit, *size)
        found = self._inference.likely(small, empty)
        self._chooser.took(time.perf_counter() - began)
        return found

    def _in_its_light(self, plate: Plate, fit: Fit, height: int, width: int) -> Rgb8:
        """The plate at the network's size, with the exposure and the place of a frame."""
        if self._small is None or self._small[0] is not plate or self._small[1].shape[:2] != (height, width):
            self._small = plate, resized(plate.image, height, width)
        of = fit.image.shape
        shift = fit.shift[0] * width / of[1], fit.shift[1] * height / of[0]
        return lit(np.asarray(moved(self._small[1], shift), np.uint8), fit.gain)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What the network said `at` a moment of a picture that was `grey` at its size, before a plate."""

    likely: Probability
    grey: Bytes
    plate: Plate
    at: float


class EverySecond:
    """Asks a network about every second frame, where there is a clean plate and no time for more. Used by one thread.

    In the frame between, its last answer holds where the picture is as it was; where something moves, the answer is
    blurred as far as guests move in a frame, so that at their outlines it says nothing and the plate decides. Beside
    a moving guest alpha is a fifth further from the truth than by looks at every frame.
    """

    def __init__(
        self, look: Look, is_late: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look = look
        self._is_late = is_late
        self._clock = clock
        self._last: _Answer | None = None

    def __call__(self, image: Rgb8, plate: Plate | None, fit: Fit | None) -> Probability:
        """How likely each pixel shows people; see `LiveNetwork.likely`."""
        last, self._last = self._last, None
        if last is not None and last.plate is plate and self._clock() < last.at + _HOLDS:
            return _carried(last, image)
        likely = self._look(image, plate, fit)
        if plate is not None and self._is_late():
            self._last = _Answer(likely, _grey(image, likely.shape), plate, self._clock())
        return likely


def _carried(last: _Answer, image: Rgb8) -> Probability:
    """A network's answer for the frame after the one that it has seen."""
    moved_by = np.asarray(cv2.absdiff(_grey(image, last.likely.shape), last.grey), np.uint8)
    moves = movement(moved_by, 5)
    reach = 2 * round(_REACH * last.likely.shape[0]) + 1
    return np.asarray(last.likely + moves * (cv2.blur(last.likely, (reach, reach)) - last.likely), np.float32)


def _grey(image: Rgb8, shape: tuple[int, ...]) -> Bytes:
    return np.asarray(cv2.cvtColor(shrunk(image, shape[0], shape[1]), cv2.COLOR_RGB2GRAY), np.uint8)


def load_live_network(settings: MattingSettings) -> LiveNetwork:
    """The network for the mirror, warm. Call it in the thread that will use it: torch is imported here.

    It takes half of the cores, so that on two of them it has no pool of threads: two pools that spin for
    the same cores make a still ten times slower.

    Raises
    ------
    WeightsError
        If the file of weights is missing or damaged.
    """
    cores = share_cores(settings.threads)
    network = LiveNetwork(load_inference(settings.device, max(1, min(4, cores // 2))))
    network.warm_up()
    return network
