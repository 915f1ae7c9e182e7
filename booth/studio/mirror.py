"""The mirror: the newest frame, cut out and composed by the same code as the print, many times a second.

It has a thread of its own, since without a network the mirror's matte is plain arithmetic: so it goes on
moving while the matting thread develops a still. A network's mask is asked of the matting thread, without
waiting for it; the last one stays in use until the next has come.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import cv2
import numpy as np

from booth.arrays import Alpha, Probability, Rgb8, read_only
from booth.camera.grabber import Grabber
from booth.errors import BoothError
from booth.matting.live import LiveMatte
from booth.scene.composite import Stage, set_stage
from booth.scene.framed import framed
from booth.scene.layout import Overlay
from booth.scene.placement import default_placement, settled
from booth.shot import Backdrop, Cutout, Frame, Placement, Plate, nobody
from booth.studio.plates import PlateKeeper

log = logging.getLogger(__name__)

WAIT = 0.25
CALM_DEVELOPING = 3
"""While a still is developed only every third frame is composed: the still is what the guest waits for."""


@dataclass(frozen=True, slots=True, eq=False)
class MirrorPicture:
    """What the mirror shows: `image` is square, laid out, and mirrored where the settings say so.

    `placement` is where the guests stand in it, None where the frame is shown uncut; `number` and
    `taken_at` are those of the frame.
    """

    image: Rgb8
    number: int
    taken_at: float
    backdrop_id: str
    placement: Placement | None


class Mirror(threading.Thread):
    """Composes the newest frame onto the backdrop that is wanted, and keeps the newest picture.

    `ask_probability` asks the matting thread for a network's mask of a frame, None where none runs.
    `ready` is set when frames come and the clean plate is taken or not wanted; `developing` is set by the
    desk while a still is under way.
    """

    def __init__(
        self,
        grabber: Grabber,
        plates: PlateKeeper,
        backdrops: Sequence[Backdrop],
        overlay: Overlay,
        guest_scale: float,
        mirrored: bool,
        ask_probability: Callable[[Rgb8], Future[Probability | None]],
    ) -> None:
        super().__init__(name="mirror", daemon=True)
        self._grabber = grabber
        self._plates = plates
        self._backdrops = {backdrop.id: backdrop for backdrop in backdrops}
        self._overlay = overlay
        self._guest_scale = guest_scale
        self._mirrored = mirrored
        self._ask_probability = ask_probability
        self._stopping = threading.Event()
        self._wake = threading.Condition()
        self._wanted: str | None = None
        self._newest: MirrorPicture | None = None
        self._stage: Stage | None = None
        self._matte = LiveMatte()
        self._plate: Plate | None = None
        self._placement: Placement | None = None
        self._placed_at = 0.0
        self._asked: Future[Probability | None] | None = None
        self._probability: Probability | None = None
        self.developing = threading.Event()
        self.ready = threading.Event()

    def show(self, backdrop_id: str | None) -> None:
        """Say which backdrop is wanted; None lets the mirror rest."""
        with self._wake:
            if backdrop_id != self._wanted:
                self._newest = None
            self._wanted = backdrop_id
            self._wake.notify()

    def newest(self) -> MirrorPicture | None:
        """Give the newest picture of the wanted backdrop, None before the first."""
        return self._newest

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        with self._wake:
            self._wake.notify()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        """Compose until stopped."""
        self._wait_for_camera()
        if not self._stopping.is_set():
            self._plates.capture_at_start()
        self.ready.set()
        number = 0
        while not self._stopping.is_set():
            try:
                number = self._one_picture(number)
            except Exception:
                log.exception("the mirror met something unforeseen; it goes on")
                self._matte.forget()
                self._stopping.wait(WAIT)

    def _wait_for_camera(self) -> None:
        while not self._stopping.is_set() and self._grabber.wait_newer(0, WAIT) is None:
            pass

    def _one_picture(self, number: int) -> int:
        with self._wake:
            if self._wanted is None:
                self._wake.wait(WAIT)
            wanted = self._wanted
        if wanted is None:
            return number
        step = CALM_DEVELOPING if self.developing.is_set() else 1
        frame = self._grabber.wait_newer(number + step - 1, WAIT)
        if frame is None:
            return number
        picture = self._picture(frame, self._stage_for(wanted))
        with self._wake:
            if self._wanted == wanted:
                self._newest = picture
        return frame.number

    def _stage_for(self, backdrop_id: str) -> Stage:
        if self._stage is None or self._stage.backdrop_id != backdrop_id:
            self._stage = set_stage(self._backdrops[backdrop_id], self._overlay)
            self._placement = None
        return self._stage

    def _picture(self, frame: Frame, stage: Stage) -> MirrorPicture:
        side = self._overlay.size
        image = np.asarray(cv2.resize(frame.image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
        backdrop = self._backdrops[stage.backdrop_id]
        alpha = self._alpha(image, frame)
        if alpha is None:
            shown = image[:, ::-1] if self._mirrored else image
            plain = framed(np.ascontiguousarray(shown), backdrop, self._overlay, side)
            return MirrorPicture(read_only(plain), frame.number, frame.taken_at, backdrop.id, None)
        cutout = Cutout(image, alpha, nobody(), "mirror", 1.0)
        placement = self._settled(cutout, backdrop)
        composite = stage.compose(cutout, placement, self._mirrored)
        return MirrorPicture(composite.image, frame.number, frame.taken_at, backdrop.id, placement)

    def _settled(self, cutout: Cutout, backdrop: Backdrop) -> Placement:
        now = time.monotonic()
        wanted = default_placement(cutout, backdrop, self._guest_scale)
        self._placement = settled(self._placement, wanted, now - self._placed_at)
        self._placed_at = now
        return self._placement

    def _alpha(self, image: Rgb8, frame: Frame) -> Alpha | None:
        """Give the guests' alpha at the mirror's size; None where nothing can tell them from the wall."""
        plate = self._plates.plate
        if plate is not self._plate:
            self._matte.forget()
            self._plate = plate
        probability = None if plate is not None else self._network(image)
        if plate is None and probability is None:
            return None
        fits = plate is None or plate.image.shape == frame.image.shape
        alpha = self._matte.alpha(image, plate if fits else None, probability) if fits else None
        if alpha is not None:
            self._plates.watch(frame, alpha)
        return alpha

    def _network(self, image: Rgb8) -> Probability | None:
        if self._asked is not None and self._asked.done():
            if not self._asked.cancelled():
                self._probability = _answer(self._asked)
            self._asked = None
        if self._asked is None:
            self._asked = self._ask_probability(image)
        return self._probability


def _answer(future: Future[Probability | None]) -> Probability | None:
    try:
        return future.result()
    except BoothError as error:
        log.warning("the mirror got no mask: %s", error)
        return None
