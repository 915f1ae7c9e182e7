"""The bundled network at the mirror's pace: its input as large as the time for one frame allows."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from booth.arrays import Probability, Rgb8, check_rgb
from booth.config.settings import MattingSettings
from booth.cores import share_cores
from booth.images import smaller
from booth.matting.bundled import Inference, input_size, load_inference, resized
from booth.matting.live import Bytes, Look
from booth.matting.plate_difference import Fit, Floats, lit, moved
from booth.shot import Plate

SIDES = (192, 224, 256)
"""Longer sides that the network's input may have, cheapest first. Smaller ones lose the guests: without a plate
the overlap with the drawn studio's truth is .81 to .83 at 192, .6 at 160, .2 to .3 at 128. Better late than wrong."""
BUDGET = 0.014
"""Seconds that one look may take: less than half of a camera's frame, as its thread has more to do."""

_FIRST = 192
_LOOKS = 12  # at one size until another is thought of
_HOLDS = 0.4  # seconds for which an answer may stand in for a look
_REACH = 0.03  # share of the picture's height that guests move in a frame
_FURTHEST = 4  # frames' movements by which an answer is blurred at most
_OFF_WINDOW = 9  # pixels of an answer over which two pictures are compared
_ALIKE, _UNLIKE = 8.0, 24.0  # 8-bit steps by which they are off where an answer holds, and where it does not
_ROOM = 0.85  # share of the budget that the next larger size must be likely to keep


class SizeChooser:
    """Chooses the input's side from how long looks take; slow to grow, so that it does not swing."""

    def __init__(self, budget: float = BUDGET, first: int = _FIRST) -> None:
        self._budget = budget
        self._at = SIDES.index(first)
        self._seconds: deque[float] = deque(maxlen=_LOOKS)
        self._calm = 0
        self._is_late = False

    @property
    def side(self) -> int:
        return SIDES[self._at]

    @property
    def is_late(self) -> bool:
        """Whether even the cheapest look takes longer than it may. Any thread may ask."""
        return self._is_late

    def took(self, seconds: float) -> None:
        """Tell how long the last look took."""
        self._seconds.append(seconds)
        if len(self._seconds) < _LOOKS:
            return
        usual = median(self._seconds)
        self._is_late = self._at == 0 and usual > self._budget
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
class _Asked:
    """What the network is asked of a frame `at` a moment, and its answer once it has come."""

    number: int
    image: Rgb8
    plate: Plate
    at: float
    answer: Future[Probability]


Submit = Callable[[Look, Rgb8, Plate | None, Fit | None], Future[Probability]]
"""Has a look taken by the thread that the network runs in."""


class Beside:
    """Asks a network that runs in a thread of its own; without waiting where it is late and there is a clean plate.

    It then looks at every second frame, or less often, and its newest answer serves all frames: it follows what moves
    in the picture. So what takes a core away makes answers older, and the mirror no slower. Beside a guest who walks
    alpha is three hundredths further from the truth than by looks at every frame. Used by one thread.
    """

    def __init__(
        self,
        look: Look,
        is_late: Callable[[], bool],
        submit: Submit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._is_late = is_late
        self._submit = submit
        self._clock = clock
        self._carrier = _Carrier()
        self._number = 0
        self._asked: _Asked | None = None
        self._last: _Asked | None = None

    def __call__(self, image: Rgb8, plate: Plate | None, fit: Fit | None) -> Probability:
        """How likely each pixel shows people; see `LiveNetwork.likely`."""
        self._number += 1
        if plate is None or not self._is_late():
            self._asked = self._last = None
            return self._submit(self._look, image, plate, fit).result()
        last = self._newest()
        if last is None or last.plate is not plate or self._clock() > last.at + _HOLDS:
            self._asked = self._last = None
            asked = self._ask(image, plate, fit)
            likely = asked.answer.result()
            self._last = asked
            return likely
        if self._asked is None and self._number > last.number + 1:
            self._asked = self._ask(image, plate, fit)
        return self._carrier.carried(last, image, self._number - last.number)

    def _newest(self) -> _Asked | None:
        """The last question that is answered. A look that failed is told, and none is kept then."""
        asked = self._asked
        if asked is not None and asked.answer.done():
            self._asked = self._last = None
            asked.answer.result()
            self._last = asked
        return self._last

    def _ask(self, image: Rgb8, plate: Plate, fit: Fit | None) -> _Asked:
        answer = self._submit(self._look, image, plate, fit)
        return _Asked(self._number, image, plate, self._clock(), answer)


class _Carrier:
    """Carries a network's answer on to a later picture, by the optical flow between the two.

    Dense inverse search (Kroeger et al., "Fast optical flow using dense inverse search", ECCV 2016) at the answer's
    size. Where the earlier picture does not look like the later one even so, the answer is blurred as far as guests
    may have moved, so that at their outlines it says nothing and the plate decides.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._places: Floats = np.zeros((2, 0, 0), np.float32)

    def carried(self, last: _Asked, image: Rgb8, frames: int) -> Probability:
        """The answer, float32 (h, w), for a picture so many frames after the one that the network has seen."""
        likely = last.answer.result()
        now, then = _grey(image, likely.shape), _grey(last.image, likely.shape)
        if self._places.shape[1:] != likely.shape:
            self._places = np.indices(likely.shape, np.float32)
        flow = cv2.split(self._flow.calc(now, then, np.zeros((*likely.shape, 2), np.float32)))
        across, down = self._places[1] + flow[0], self._places[0] + flow[1]
        followed, seen = (
            np.asarray(cv2.remap(each, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
            for each in (likely, then)
        )
        off = cv2.blur(cv2.absdiff(now, seen), (_OFF_WINDOW,) * 2).astype(np.float32)
        unlike = np.clip((off - _ALIKE) / (_UNLIKE - _ALIKE), 0, 1)
        reach = 2 * round(_REACH * min(frames, _FURTHEST) * likely.shape[0]) + 1
        return np.asarray(followed + unlike * (cv2.blur(likely, (reach, reach)) - followed), np.float32)


def _grey(image: Rgb8, shape: tuple[int, ...]) -> Bytes:
    return np.asarray(cv2.cvtColor(smaller(image, shape[0], shape[1]), cv2.COLOR_RGB2GRAY), np.uint8)


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
