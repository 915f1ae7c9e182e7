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
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass

import cv2
import numpy as np

from booth.arrays import Probability, Rgb8, read_only
from booth.camera.grabber import Grabber
from booth.config.settings import SceneSettings
from booth.errors import BoothError
from booth.matting.live import LiveMatte
from booth.pipeline import shrunk, square_window
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
CALM_FRAMED = 3
"""A frame shown uncut in its designed frame costs several times as much as a cut-out one."""
ASK_AGAIN = 1.0
"""Seconds after which a matting thread that had no network is asked whether it has one now."""


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
        scene: SceneSettings,
        mirrored: bool,
        ask_probability: Callable[[Rgb8], Future[Probability | None]],
    ) -> None:
        super().__init__(name="mirror", daemon=True)
        self._grabber = grabber
        self._plates = plates
        self._backdrops = {backdrop.id: backdrop for backdrop in backdrops}
        self._overlay = overlay
        self._scene = scene
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
        self._ask_at = 0.0
        self._probability: Probability | None = None
        self.developing = threading.Event()
        self.ready = threading.Event()

    def show(self, backdrop_id: str | None) -> None:
        """Say which backdrop is wanted; None lets the mirror rest.

        Raises
        ------
        ValueError
            If there is no such backdrop.
        """
        if backdrop_id is not None and backdrop_id not in self._backdrops:
            raise ValueError(f"there is no backdrop {backdrop_id!r}")
        with self._wake:
            if backdrop_id != self._wanted:
                self._newest = None
            self._wanted = backdrop_id
            self._wake.notify()

    def newest(self) -> MirrorPicture | None:
        """Give the newest picture of the wanted backdrop; None before the first and while no frames come."""
        return self._newest if self._grabber.state == "live" else None

    def ask_to_stop(self) -> None:
        """Let the thread end, without waiting for it."""
        self._stopping.set()
        with self._wake:
            self._wake.notify()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self.ask_to_stop()
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
                self._forget()
                self._stopping.wait(WAIT)

    def _wait_for_camera(self) -> None:
        while not self._stopping.is_set() and self._grabber.wait_newer(0, WAIT) is None:
            pass

    def _one_picture(self, number: int) -> int:
        """Compose a frame newer than `number` where one is wanted and comes; give the last frame's number."""
        with self._wake:
            if self._wanted is None:
                self._wake.wait_for(lambda: self._wanted is not None or self._stopping.is_set(), WAIT)
            wanted = self._wanted
        if wanted is None:
            self._forget()
            return number
        frame = self._grabber.wait_newer(number + self._step() - 1, WAIT)
        if frame is None:
            if self._grabber.state != "live":
                self._lose_picture()
            return number
        picture = self._picture(frame, self._stage_for(wanted))
        with self._wake:
            if self._wanted == wanted:
                self._newest = picture
        return frame.number

    def _step(self) -> int:
        """Every which frame is composed."""
        shown = self._newest
        is_framed = shown is not None and shown.placement is None
        return max(CALM_DEVELOPING if self.developing.is_set() else 1, CALM_FRAMED if is_framed else 1)

    def _lose_picture(self) -> None:
        """What was seen before the camera was lost must not come back with its first new frame."""
        with self._wake:
            self._newest = None
        self._forget()

    def _forget(self) -> None:
        """Other guests stand there by the next frame."""
        self._matte.forget()
        self._placement = self._probability = None

    def _stage_for(self, backdrop_id: str) -> Stage:
        if self._stage is None or self._stage.backdrop_id != backdrop_id:
            self._stage = set_stage(self._backdrops[backdrop_id], self._overlay, self._scene.belong)
            self._placement = None
        return self._stage

    def _picture(self, frame: Frame, stage: Stage) -> MirrorPicture:
        backdrop = self._backdrops[stage.backdrop_id]
        cutout = self._cut_out(frame)
        if cutout is None:
            plain = self._framed(frame, backdrop)
            return MirrorPicture(read_only(plain), frame.number, frame.taken_at, backdrop.id, None)
        placement = self._settled(cutout, backdrop)
        composite = stage.compose(cutout, placement, self._is_mirrored(backdrop))
        return MirrorPicture(composite.image, frame.number, frame.taken_at, backdrop.id, placement)

    def _is_mirrored(self, backdrop: Backdrop) -> bool:
        """Writing is never shown the wrong way round: before it guests see themselves as others do."""
        return self._mirrored and not backdrop.writing

    def _framed(self, frame: Frame, backdrop: Backdrop) -> Rgb8:
        side = self._overlay.size
        image = shrunk(frame.image, side)
        shown = cv2.flip(image, 1) if self._is_mirrored(backdrop) else image
        return framed(np.asarray(shown, np.uint8), backdrop, self._overlay, side)

    def _settled(self, cutout: Cutout, backdrop: Backdrop) -> Placement:
        now = time.monotonic()
        wanted = default_placement(cutout, backdrop, self._scene.guest_scale)
        self._placement = settled(self._placement, wanted, now - self._placed_at)
        self._placed_at = now
        return self._placement

    def _cut_out(self, frame: Frame) -> Cutout | None:
        """Give the guests at the mirror's size; None where nothing can tell them from the wall."""
        plate = self._plates.plate
        if plate is not None and plate.image.shape != frame.image.shape:
            plate = None  # of another camera or crop
        if plate is not self._plate:
            self._matte.forget()
            self._plate = plate
        image = shrunk(frame.image, self._overlay.size)
        probability = None if plate is not None else self._network(image)
        if plate is None and probability is None:
            return None
        alpha, foreground = self._matte.alpha_and_foreground(image, plate, probability)
        if plate is not None:
            self._plates.watch(frame, alpha)
        return square_window(Cutout(foreground, alpha, nobody(), "mirror", 1.0))

    def _network(self, image: Rgb8) -> Probability | None:
        """Give the network's last mask, and ask for the next where none is under way."""
        if self._asked is not None and self._asked.done():
            answered, self._asked = self._asked, None
            self._probability = _answer(answered)
            self._ask_at = time.monotonic() + (ASK_AGAIN if self._probability is None else 0.0)
        if self._asked is None and time.monotonic() >= self._ask_at:
            self._asked = self._ask_probability(image)
        return self._probability


def _answer(future: Future[Probability | None]) -> Probability | None:
    try:
        return future.result()
    except (BoothError, CancelledError) as error:
        log.warning("the mirror got no mask: %s", error)
        return None
