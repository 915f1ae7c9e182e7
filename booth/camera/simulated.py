"""The camera that ships with the booth: the drawn studio, pictures or a video, and faults on request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

import cv2
import numpy as np

from booth.arrays import Rgb8, read_only
from booth.camera.exposure import USUAL, ExposureError
from booth.camera.faults import CameraFaultError, Reason
from booth.camera.pictures import Player
from booth.camera.upright import upright_square
from booth.config.settings import CameraSettings
from booth.sentences import say
from booth.shot import Frame

SLOW_SECONDS = 0.6
"""Time between two frames of a slow camera."""


class Fault(StrEnum):
    """What a simulated camera can be told to do."""

    HANG = "hang"
    UNPLUG = "unplug"
    FREEZE = "freeze"
    BLACK = "black"
    TRUNCATED = "truncated"
    WRONG_SIZE = "wrong_size"
    GARBAGE = "garbage"
    SLOW = "slow"


STOPPING = (Fault.HANG, Fault.UNPLUG)


class CameraControl:
    """Tells simulated cameras what to do, from any thread; it outlives the camera that is opened anew."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._fault: Fault | None = None
        self._empty = False

    @property
    def fault(self) -> Fault | None:
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | str | None) -> None:
        with self._changed:
            self._fault = None if fault is None else Fault(fault)
            self._changed.notify_all()

    @property
    def empty(self) -> bool:
        """Whether the guests have been asked to leave the picture."""
        return self._empty

    @empty.setter
    def empty(self, empty: bool) -> None:
        with self._changed:
            self._empty = empty

    @contextmanager
    def stage_emptied(self) -> Iterator[None]:
        """Keep drawn guests out of the picture for as long as the clean plate is taken."""
        self.empty = True
        try:
            yield
        finally:
            self.empty = False

    def wait(self, seconds: float | None, over: Callable[[], bool]) -> None:
        """Wait until a time has passed, or `over` became true at a change or a `wake`."""
        with self._changed:
            self._changed.wait_for(over, seconds)

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class SimulatedCamera:
    """Plays a drawn studio, pictures or a video at the rate asked for, and fails when told to.

    `is_lit` says that its pictures can be taken longer or shorter: the drawn studio is there to be photographed,
    a picture of long ago is as it is.
    """

    def __init__(
        self,
        player: Player,
        settings: CameraSettings,
        control: CameraControl | None = None,
        *,
        is_lit: bool = False,
    ) -> None:
        self.control = control or CameraControl()
        if self.control.fault is Fault.UNPLUG:
            raise CameraFaultError(Reason.ABSENT, say("camera.not_there", name=settings.source))
        self.name = player.name
        self.may_repeat = player.may_repeat
        self.exposure: float | None = 0.0 if is_lit else None
        self._player = player
        self._settings = settings
        self._opened = time.monotonic()
        self._due = self._opened
        self._number = 0
        self._closed = False
        self._last: Rgb8 | None = None

    @property
    def fault(self) -> Fault | None:
        return self.control.fault

    @fault.setter
    def fault(self, fault: Fault | str | None) -> None:
        self.control.fault = fault

    def read(self) -> Frame:
        """Wait for the next frame, as a camera of the asked rate would deliver it."""
        self._wait_until_due()
        if self._closed or self.fault is Fault.UNPLUG:
            raise CameraFaultError(Reason.UNPLUGGED, say("camera.gone", name=self.name))
        self._number += 1
        taken_at = time.time()
        return Frame(self._picture(self.fault), taken_at, self._number)

    def expose(self, milliseconds: float) -> None:
        """Let so much light in, 0: as much as suits the studio."""
        if self.exposure is None:
            raise ExposureError(say("camera.exposure.played", name=self.name))
        self.exposure = milliseconds

    def close(self) -> None:
        """Stop; whoever waits in `read` gets a fault."""
        self._closed = True
        self.control.wake()
        self._player.close()

    def _wait_until_due(self) -> None:
        step = SLOW_SECONDS if self.fault is Fault.SLOW else 1 / self._settings.rate
        self._due = max(self._due + step, time.monotonic())
        self.control.wait(self._due - time.monotonic(), lambda: self._closed or self.fault in STOPPING)
        self.control.wait(None, lambda: self._closed or self.fault is not Fault.HANG)

    def _picture(self, fault: Fault | None) -> Rgb8:
        if fault is Fault.FREEZE and self._last is not None:
            return self._last
        raw = self._player.picture(time.monotonic() - self._opened, self.control.empty)
        seen = exposed(raw, self.exposure / USUAL) if self.exposure else raw
        self._last = upright_square(spoilt(seen, fault, self._number), self._settings)
        return self._last


def exposed(image: Rgb8, light: float) -> Rgb8:
    """Give a picture, uint8 (H, W, 3), with so many times the light; bright places burn out, as in a sensor."""
    linear = (np.arange(256) / 255) ** 2.2
    curve = np.round(255 * np.minimum(1.0, light * linear) ** (1 / 2.2)).astype(np.uint8)
    return read_only(np.asarray(cv2.LUT(image, curve), dtype=np.uint8))


def spoilt(image: Rgb8, fault: Fault | None, seed: int) -> Rgb8:
    """Give the picture as a camera with a fault would: black, cut off, of another size, or garbage."""
    height, width = image.shape[:2]
    if fault is Fault.BLACK:
        return _noise(image.shape, seed, 0, 4)
    if fault is Fault.GARBAGE:
        return _noise(image.shape, seed, 0, 256)
    if fault is Fault.WRONG_SIZE:
        return read_only(image[: height // 2, : width // 2])
    if fault is Fault.TRUNCATED:
        cut = image.copy()
        cut[round(height * 0.6) :] = 128
        return read_only(cut)
    return image


def _noise(shape: tuple[int, ...], seed: int, low: int, high: int) -> Rgb8:
    return read_only(np.random.default_rng(seed).integers(low, high, shape, np.uint8))
