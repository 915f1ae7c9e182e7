"""The mirror's eye: looks at each frame with the network, while the mirror composes the one before.

Two threads in a row keep two cores busy, and a frame's mask is that frame's own: nothing trails behind a
guest who moves. Until the network is loaded, and where it cannot run, frames are handed on as they come.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from booth.arrays import Probability, Rgb8
from booth.camera.grabber import Grabber
from booth.errors import BoothError
from booth.shot import Frame, Plate

log = logging.getLogger(__name__)

WAIT = 0.25
PATIENCE = 5
"""Looks in a row that may fail until the mirror goes on without a network."""


class Network(Protocol):
    """What can say where people are, at a mirror's pace."""

    @property
    def side(self) -> int:
        """Longer side of its input at present, in pixels."""

    @property
    def device(self) -> str:
        """Where it computes and how, such as "cpu, bfloat16"."""

    def likely(self, image: Rgb8, plate: Plate | None) -> Probability:
        """How likely each pixel shows people, at any size; see `LiveNetwork.likely`."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A frame, the plate that fits it, and what the network says; `likely` is None where none runs."""

    frame: Frame
    plate: Plate | None
    likely: Probability | None
    seconds: float = 0.0


class Sight(threading.Thread):
    """Keeps what was seen in the newest frame.

    `load` builds the network in this thread; None goes without. `fitting` gives the clean plate that fits
    a frame; `step` says every which frame is looked at.
    """

    def __init__(
        self,
        grabber: Grabber,
        load: Callable[[], Network] | None,
        fitting: Callable[[Frame], Plate | None],
        step: Callable[[], int],
    ) -> None:
        super().__init__(name="sight", daemon=True)
        self._grabber = grabber
        self._load = load
        self._fitting = fitting
        self._step = step
        self._change = threading.Condition()
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._network: Network | None = None
        self._newest: Seen | None = None
        self._failures = 0

    @property
    def method(self) -> str:
        """What the operator reads; "" where no network looks."""
        network, newest = self._network, self._newest
        if network is None:
            return ""
        seconds = newest.seconds if newest else 0.0
        return f"bundled network, {network.device}, {network.side} pixels in {1e3 * seconds:.0f} ms"

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
        until = time.monotonic() + timeout
        if self._network is not None:
            with self._change:
                self._change.wait_for(
                    lambda: self._has_newer(number) or self._network is None or self._stopping.is_set(),
                    timeout,
                )
                if self._network is not None:
                    return self._newest if self._has_newer(number) else None
        frame = self._grabber.wait_newer(number, max(0.0, until - time.monotonic()))
        return None if frame is None else Seen(frame, self._fitting(frame), None)

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

    def run(self) -> None:
        if self._load is None or not self._loaded(self._load):
            return
        number = 0
        while not self._stopping.is_set():
            if self._awake.wait(WAIT):
                number = self._one_look(number)

    def _loaded(self, load: Callable[[], Network]) -> bool:
        try:
            network = load()
        except BoothError as error:
            log.warning("the mirror has no network: %s", error)
            return False
        except Exception:
            log.exception("the mirror's network cannot be loaded; it goes on without")
            return False
        log.info("the mirror's network runs: %s", network.device)
        with self._change:
            self._network = network
        return True

    def _one_look(self, number: int) -> int:
        frame = self._grabber.wait_newer(number + self._step() - 1, WAIT)
        network = self._network
        if frame is None or network is None:
            return number
        plate = self._fitting(frame)
        began = time.perf_counter()
        try:
            likely = network.likely(frame.image, plate)
        except Exception:
            self._fail()
            return frame.number
        self._failures = 0
        with self._change:
            if self._awake.is_set():
                self._newest = Seen(frame, plate, likely, time.perf_counter() - began)
                self._change.notify_all()
        return frame.number

    def _fail(self) -> None:
        """A look failed, whatever of; after some in a row the mirror goes on without."""
        self._failures += 1
        log.exception("the mirror's network failed")
        if self._failures >= PATIENCE:
            with self._change:
                self._network = self._newest = None
                self._change.notify_all()
            self._stopping.set()

    def _has_newer(self, number: int) -> bool:
        return self._newest is not None and self._newest.frame.number > number
