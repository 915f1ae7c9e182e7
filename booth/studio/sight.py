"""The mirror's eye: finds the guests in each frame, while the mirror composes the one before.

Two threads in a row keep two cores busy, and a frame's mask is that frame's own: nothing trails behind a
guest who moves. The network runs in a thread of its own, which is waited for where it keeps pace or where there is
no clean plate (`booth.matting.live_network.Beside`). Until it is loaded, and where it cannot run, the plate alone
tells.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from booth.arrays import Probability, Rgb8
from booth.camera.grabber import Grabber
from booth.errors import BoothError, MattingError
from booth.matting.live import Finder, Found
from booth.matting.live_network import Beside
from booth.matting.plate_difference import Fit
from booth.pipeline import shrunk
from booth.shot import Frame, Plate
from booth.studio.priority import give_way

log = logging.getLogger(__name__)

WAIT = 0.25
FURTHER_BACK = 3
"""How often the network gives way, the others of the mirror once: its answers may be late, their picture may not."""
PATIENCE = 5
"""Looks in a row that may fail until the mirror goes on without a network."""


class Network(Protocol):
    """What can say where people are, at a mirror's pace."""

    @property
    def side(self) -> int:
        """Longer side of its input at present, in pixels."""

    @property
    def is_late(self) -> bool:
        """Whether this machine is too slow for a look at every frame."""

    @property
    def device(self) -> str:
        """Where it computes and how, such as "cpu, bfloat16"."""

    def likely(self, image: Rgb8, plate: Plate | None, fit: Fit | None) -> Probability:
        """How likely each pixel shows people, at any size; see `LiveNetwork.likely`."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A frame, its picture at the mirror's size, the plate that fits it, and where the guests are.

    `found` is None where nothing can tell them from the wall.
    """

    frame: Frame
    image: Rgb8
    plate: Plate | None
    found: Found | None


class Sight(threading.Thread):
    """Keeps what was seen in the newest frame.

    `load` builds the network; None goes without. `side` is the mirror's, in pixels; `fitting` gives the
    clean plate that fits a frame; `pause` says how many seconds at least lie between two frames looked at.
    """

    def __init__(
        self,
        grabber: Grabber,
        load: Callable[[], Network] | None,
        side: int,
        fitting: Callable[[Frame], Plate | None],
        pause: Callable[[], float],
    ) -> None:
        super().__init__(name="sight", daemon=True)
        self._grabber = grabber
        self._load = load
        self._side = side
        self._fitting = fitting
        self._pause = pause
        self._looked_at = 0.0
        self._finder = Finder()
        self._eye = ThreadPoolExecutor(1, "network", give_way, (FURTHER_BACK,))
        self._glance = Beside(
            self._look, lambda: self._network is not None and self._network.is_late, self._eye.submit
        )
        self._meanwhile = Finder()
        self._change = threading.Condition()
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._loading = load is not None
        self._network: Network | None = None
        self._newest: Seen | None = None
        self._seconds = 0.0
        self._failures = 0

    @property
    def method(self) -> str:
        """What the operator reads; "" where no network looks."""
        network = self._network
        if network is None:
            return ""
        seconds = self._seconds
        often = ", not at every frame where there is a plate" if network.is_late else ""
        return f"bundled network, {network.device}, {network.side} pixels in {1e3 * seconds:.0f} ms{often}"

    def wake(self, awake: bool) -> None:
        """Look at frames, or rest."""
        if awake:
            self._awake.set()
        elif self._awake.is_set():
            with self._change:
                self._awake.clear()
                self._newest = None

    def newer(self, number: int, timeout: float) -> Seen | None:
        """Wait for a frame with a number above `number` and give what is seen in it; None after a time."""
        if self._loading:
            frame = self._next_frame(number, timeout)
            return None if frame is None else self._seen(frame, self._meanwhile, None)
        with self._change:
            self._change.wait_for(lambda: self._has_newer(number) or self._stopping.is_set(), timeout)
            return self._newest if self._has_newer(number) else None

    def ask_to_stop(self) -> None:
        """Let the thread end, without waiting for it."""
        self._stopping.set()
        self._awake.set()
        with self._change:
            self._change.notify_all()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self.ask_to_stop()
        if self.is_alive():
            self.join()
        self._eye.shutdown()

    def run(self) -> None:
        give_way()
        if self._load is not None:
            self._network = self._eye.submit(self._loaded, self._load).result()
        self._loading = False
        number = 0
        while not self._stopping.is_set():
            if self._awake.wait(WAIT):
                number = self._one_look(number)

    @staticmethod
    def _loaded(load: Callable[[], Network]) -> Network | None:
        try:
            network = load()
        except BoothError as error:
            log.warning("the mirror has no network: %s", error)
            return None
        except Exception:
            log.exception("the mirror's network cannot be loaded; it goes on without")
            return None
        log.info("the mirror's network runs: %s", network.device)
        return network

    def _next_frame(self, number: int, timeout: float) -> Frame | None:
        """Wait for a frame above `number`, and as long as the pause lasts."""
        self._stopping.wait(self._looked_at + self._pause() - time.monotonic())
        frame = self._grabber.wait_newer(number, timeout)
        self._looked_at = time.monotonic()
        return frame

    def _one_look(self, number: int) -> int:
        frame = self._next_frame(number, WAIT)
        if frame is None:
            return number
        try:
            seen = self._seen(frame, self._finder, self._network)
        except Exception:
            self._fail()
            return frame.number
        self._failures = 0
        with self._change:
            if self._awake.is_set():
                self._newest = seen
                self._change.notify_all()
        return frame.number

    def _seen(self, frame: Frame, finder: Finder, network: Network | None) -> Seen:
        image, plate = shrunk(frame.image, self._side), self._fitting(frame)
        if plate is None and network is None:
            return Seen(frame, image, None, None)
        return Seen(frame, image, plate, finder.find(image, plate, self._glance if network else None))

    def _look(self, image: Rgb8, plate: Plate | None, fit: Fit | None) -> Probability:
        if self._network is None:
            raise MattingError("the mirror's network is not there any more")
        began = time.perf_counter()
        likely = self._network.likely(image, plate, fit)
        self._seconds = time.perf_counter() - began
        return likely

    def _fail(self) -> None:
        """A look failed, whatever of; after some in a row the mirror goes on without a network."""
        self._failures += 1
        log.exception("the mirror's eye failed")
        if self._failures >= PATIENCE:
            self._network = None

    def _has_newer(self, number: int) -> bool:
        return self._newest is not None and self._newest.frame.number > number
