"""The mirror: the newest frame, cut out and composed by the same code as the print, many times a second.

It has threads of its own: one looks with the network (`Sight`), this one cuts out and composes. So it goes
on moving, less often, while the matting thread develops a still, and no still ever waits for a mirror frame.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from booth.arrays import Rgb8, read_only
from booth.camera.grabber import Grabber
from booth.config.settings import SceneSettings
from booth.matting.live import LiveMatte
from booth.matting.referee import hints
from booth.pipeline import square_window
from booth.scene.composite import Stage, Stages
from booth.scene.framed import framed
from booth.scene.layout import Overlay
from booth.scene.placement import default_placement, settled
from booth.shot import Backdrop, Cutout, Frame, Placement, Plate, nobody
from booth.studio.plates import PlateKeeper
from booth.studio.priority import give_way
from booth.studio.sight import Network, Seen, Sight
from booth.studio.tiles import Tiles

log = logging.getLogger(__name__)

WAIT = 0.25
DEVELOPING_RATE = 7.0
"""Pictures a second while a slow still is developed: it moves, and the still is what the guest waits for."""
QUICK_STILL, SLOW_STILL = 0.9, 1.2
"""Seconds of a still: after one slower than the second the mirror gives way to those that follow, until one is
quicker than the first."""
FRAMED_RATE = 10.0
"""Pictures a second while frames are shown uncut in their designed frame, which costs several times as much."""
STAGES = 24
"""Backdrops kept ready at the mirror's size, 1.6 MB each."""


@dataclass(frozen=True, slots=True, eq=False)
class MirrorPicture:
    """What the mirror shows: `image` is square, laid out, and mirrored where the settings say so.

    `placement` is where the guests stand in it, None where the frame is shown uncut; `number` and
    `taken_at` are those of the frame; `hints` are kinds (`booth.matting.referee.HINTS`) of what guests could
    do better before the photo.
    """

    image: Rgb8
    number: int
    taken_at: float
    backdrop_id: str
    placement: Placement | None
    hints: tuple[str, ...] = ()


class Mirror(threading.Thread):
    """Composes the newest frame onto the backdrop that is wanted, and keeps the newest picture.

    `load_network` builds what looks at frames, in a thread of its own; None: the clean plate alone tells.
    `ready` is set when frames come and the clean plate is taken or not wanted.
    """

    def __init__(
        self,
        grabber: Grabber,
        plates: PlateKeeper,
        backdrops: Sequence[Backdrop],
        overlay: Overlay,
        scene: SceneSettings,
        mirrored: bool,
        load_network: Callable[[], Network] | None,
        tiles: Tiles | None = None,
    ) -> None:
        super().__init__(name="mirror", daemon=True)
        self._tiles = tiles or Tiles(backdrops, scene, mirrored)
        self._grabber = grabber
        self._plates = plates
        self._backdrops = {backdrop.id: backdrop for backdrop in backdrops}
        self._overlay = overlay
        self._scene = scene
        self._mirrored = mirrored
        self._sight = Sight(grabber, load_network, overlay.size, self._fitting, self._pause)
        self._stopping = threading.Event()
        self._wake = threading.Condition()
        self._wanted: str | None = None
        self._newest: MirrorPicture | None = None
        self._dropped = 0
        self._stages = Stages(overlay, scene.belong, STAGES)
        self._shown_before = ""
        self._matte = LiveMatte()
        self._plate: Plate | None = None
        self._placement: Placement | None = None
        self._placed_at = 0.0
        self._is_still_under_way = False
        self._gives_way = False
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
                self._drop_newest()
            self._wanted = backdrop_id
            self._sight.wake(backdrop_id is not None)
            self._wake.notify()

    def still_begins(self) -> None:
        """Say that a still is under way: where they are slow, the mirror gives way to it."""
        self._is_still_under_way = True

    def still_ends(self, seconds: float | None = None) -> None:
        """Say that it is no more, and how long it took if it came to something."""
        self._is_still_under_way = False
        if seconds is not None:
            self._gives_way = seconds > (QUICK_STILL if self._gives_way else SLOW_STILL)

    def newest(self) -> MirrorPicture | None:
        """Give the newest picture of the wanted backdrop; None before the first and while no frames come."""
        with self._wake:
            if self._grabber.state != "live":
                self._drop_newest()
            return self._newest

    def _drop_newest(self) -> None:
        """Show nothing, nor what is being composed just now; the lock is held."""
        self._newest = None
        self._dropped += 1

    def ask_to_stop(self) -> None:
        """Let the threads end, without waiting for them."""
        self._stopping.set()
        self._sight.ask_to_stop()
        with self._wake:
            self._wake.notify()

    def stop(self) -> None:
        """End the threads and wait for them."""
        self.ask_to_stop()
        self._sight.stop()
        if self.is_alive():
            self.join()

    @property
    def method(self) -> str:
        """What tells guests from the wall in the mirror just now, for the operator's line."""
        plate = "clean plate" if self._plate is not None else ""
        return " and ".join(filter(None, (self._sight.method, plate))) or "nothing: frames are shown framed"

    def run(self) -> None:
        """Compose until stopped."""
        give_way()
        self._sight.start()
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
            self._wake.wait_for(lambda: self._wanted is not None or self._stopping.is_set(), WAIT)
            is_wanted = self._wanted is not None
        if not is_wanted:
            self._forget()
            self._stages.set_one(self._backdrops.values())
            return number
        seen = self._sight.newer(number, WAIT)
        if seen is None:
            if self._grabber.state != "live":
                self._lose_picture()
            return number
        cutout = self._cut_out(seen)
        self._show(seen, cutout)
        if cutout is not None:
            self._tiles.compose(cutout)
        return seen.frame.number

    def _show(self, seen: Seen, cutout: Cutout | None) -> None:
        """Compose what is seen; and anew where another backdrop was wanted meanwhile."""
        before = None
        while True:
            with self._wake:
                wanted, dropped = self._wanted, self._dropped
            if wanted is None or wanted == before:
                return
            picture = self._picture(seen, cutout, self._stage_for(wanted))
            with self._wake:
                if self._dropped == dropped:
                    self._newest = picture
                    return
            before = wanted

    def _pause(self) -> float:
        """Seconds at least from one frame that is looked at to the next."""
        if self._is_still_under_way and self._gives_way:
            return 1 / DEVELOPING_RATE
        shown = self._newest
        return 1 / FRAMED_RATE if shown is not None and shown.placement is None else 0.0

    def _lose_picture(self) -> None:
        """What was seen before the camera was lost must not come back with its first new frame."""
        with self._wake:
            self._drop_newest()
        self._forget()

    def _forget(self) -> None:
        """Other guests stand there by the next frame."""
        self._matte.forget()
        self._tiles.forget()
        self._placement = None

    def _stage_for(self, backdrop_id: str) -> Stage:
        if self._shown_before != backdrop_id:
            self._shown_before = backdrop_id
            self._placement = None
        return self._stages.of(self._backdrops[backdrop_id])

    def _picture(self, seen: Seen, cutout: Cutout | None, stage: Stage) -> MirrorPicture:
        frame, backdrop = seen.frame, self._backdrops[stage.backdrop_id]
        if cutout is None:
            plain = self._framed(seen.image, backdrop)
            return MirrorPicture(read_only(plain), frame.number, frame.taken_at, backdrop.id, None)
        placement = self._settled(cutout, backdrop)
        composite = stage.compose(cutout, placement, self._is_mirrored(backdrop))
        return MirrorPicture(
            composite.image, frame.number, frame.taken_at, backdrop.id, placement, cutout.hints
        )

    def _is_mirrored(self, backdrop: Backdrop) -> bool:
        """Writing is never shown the wrong way round: before it guests see themselves as others do."""
        return self._mirrored and not backdrop.writing

    def _framed(self, image: Rgb8, backdrop: Backdrop) -> Rgb8:
        shown = cv2.flip(image, 1) if self._is_mirrored(backdrop) else image
        return framed(np.asarray(shown, np.uint8), backdrop, self._overlay, self._overlay.size)

    def _settled(self, cutout: Cutout, backdrop: Backdrop) -> Placement:
        now = time.monotonic()
        wanted = default_placement(cutout, backdrop, self._scene.guest_scale)
        self._placement = settled(self._placement, wanted, now - self._placed_at)
        self._placed_at = now
        return self._placement

    def _fitting(self, frame: Frame) -> Plate | None:
        """The clean plate, unless it is of another camera or crop."""
        plate = self._plates.plate
        return plate if plate is not None and plate.image.shape == frame.image.shape else None

    def _cut_out(self, seen: Seen) -> Cutout | None:
        """Give the guests at the mirror's size; None where nothing can tell them from the wall."""
        if seen.plate is not self._plate:
            self._matte.forget()
            self._plate = seen.plate
        if seen.found is None:
            return None
        alpha, foreground = self._matte.alpha_and_foreground(seen.image, seen.plate, seen.found)
        if seen.plate is not None:
            self._plates.watch(seen.frame, alpha)
        told = hints(alpha, seen.image)
        return square_window(Cutout(foreground, alpha, nobody(), "mirror", 1.0, hints=told))
