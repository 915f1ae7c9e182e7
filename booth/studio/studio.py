"""The booth without a face: newest mirror picture, take, recompose, keep, health.

It owns the working threads: camera, mirror, matting and print, the ledger's writer, and the desk. The desk
is one thread that walks a photo through the others, so that a call from the screen returns at once.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict
from time import perf_counter

from booth.arrays import Probability, Rgb8
from booth.camera.camera import Camera
from booth.camera.grabber import Grabber
from booth.config import Settings
from booth.errors import BackdropError, BoothError, MattingError, SpoolError
from booth.matting.engine import Engine
from booth.matting.people import union
from booth.matting.worker import Worker
from booth.pipeline import PICTURE_SIDE, NoCutout, cut_out, framed_composite, square_window
from booth.scene.composite import compose
from booth.scene.layout import lay_out
from booth.scene.placement import default_placement
from booth.shot import Backdrop, Cutout, Frame, Notice, Placement, Shot, Ticket
from booth.spool.dispatcher import Dispatcher
from booth.spool.files import DiskRoom
from booth.spool.printing import Printer
from booth.spool.recovery import Recovery
from booth.spool.retention import purge
from booth.spool.rows import Photo
from booth.spool.spool import DAY, Spool
from booth.spool.tickets import new_photo_id, spaced
from booth.studio.mirror import Mirror, MirrorPicture
from booth.studio.notices import NoticeBoard, by_urgency
from booth.studio.plates import PlateKeeper

log = logging.getLogger(__name__)

STILL_TIMEOUT = 4.0
DISK_WATCH_EVERY = 10.0
PURGE_EVERY = DAY
PURGE_WHEN_IDLE = 300.0
"""Seconds without a photo until old ones are deleted: no guest shall wait for that."""
MIRROR_SIDE = 720
"""Side in pixels of the mirror's picture: what two cores compose at camera rate; Qt scales it to the screen."""


class Studio:
    """Takes, develops, keeps and prints photos, and shows the mirror; every call returns at once."""

    def __init__(
        self,
        settings: Settings,
        backdrops: Sequence[Backdrop],
        spool: Spool,
        printer: Printer,
        board: NoticeBoard,
        open_camera: Callable[[], Camera],
        build_engine: Callable[[], Engine],
    ) -> None:
        if not backdrops:
            raise BackdropError(
                "No backdrop can be used: add a picture to scene.folders or offer the house's."
            )
        self._settings = settings
        self._spool = spool
        self._board = board
        self._overlay = lay_out(settings.scene.layout, PICTURE_SIDE)
        self.backdrops = tuple(backdrops)
        self._by_id = {backdrop.id: backdrop for backdrop in backdrops}
        self.grabber = Grabber(open_camera, settings.camera, board.post, board.clear)
        self.plates = PlateKeeper(settings.camera.clean_plate, spool.folders.plate, self.grabber, board)
        self._worker = Worker(build_engine, deadline=settings.matting.deadline)
        self._mirror = Mirror(
            self.grabber,
            self.plates,
            self.backdrops,
            lay_out(settings.scene.layout, MIRROR_SIDE),
            settings.scene,
            settings.screen.mirrored,
            self._ask_probability,
        )
        self._dispatcher = Dispatcher(spool, printer, board.post, board.clear)
        self._desk = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._unfinished: Shot | None = None
        self._disk_checked = -math.inf
        self._disk_full = False
        self._purged_at = math.inf  # not before the first purge, at start, is done
        self._taken_at = -math.inf
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    # --- life ------------------------------------------------------------------------------------------

    def start(self, recovery: Recovery) -> None:
        """Start every thread; what an earlier run left unfinished is taken up first."""
        for notice in recovery.notices:
            self._board.post(notice)
        self._worker.start()
        self.grabber.start()
        self._mirror.start()
        self._put_on_desk(self._resume, recovery)

    def stop(self) -> None:
        """Finish what is under way and end every thread, the last started first."""
        self._stopping.set()
        self._desk.shutdown(wait=True, cancel_futures=True)
        self._dispatcher.stop()
        self._mirror.ask_to_stop()  # it may wait for frames, and ends with the grabber
        self.grabber.stop()
        self._mirror.stop()
        self._worker.stop()
        self._spool.close()

    def wait_ready(self, timeout: float) -> None:
        """Wait until photos can be developed and, with a camera that is live, taken.

        Raises
        ------
        MattingError
            If the matting engine failed, or the time in seconds is up.
        """
        if not self._worker.wait_ready(timeout):
            raise MattingError(self._worker.status.why)

    # --- what the screens ask --------------------------------------------------------------------------

    def mirror(self, backdrop_id: str | None) -> None:
        """Say which backdrop the mirror shows; None lets it rest."""
        self._mirror.show(backdrop_id)

    def newest_mirror(self) -> MirrorPicture | None:
        """Give the mirror's newest picture, None before the first."""
        return self._mirror.newest()

    def take(self, backdrop_id: str) -> Future[Shot]:
        """Photograph and develop; the raw frame is on the disk before anything else happens to it."""
        return self._desk.submit(self._take, backdrop_id)

    def recompose(self, shot: Shot, backdrop_id: str) -> Future[Shot]:
        """Put the guests of a shot before another backdrop."""
        return self._desk.submit(self._recompose, shot, backdrop_id)

    def keep(self, shot: Shot, copies: int) -> Future[Ticket]:
        """Keep and print a shot; the ticket exists when all of it is on the disk."""
        return self._spool.keep(shot.photo_id, shot.composite.image, copies)

    def discard(self, shot: Shot) -> Future[None]:
        """Forget a shot that its guest does not want."""
        return self._spool.discard(shot.photo_id)

    def unfinished(self) -> Shot | None:
        """Hand over, once, the photo that a crash cut off before its guest could decide."""
        with self._lock:
            shot, self._unfinished = self._unfinished, None
        return shot

    def notices(self) -> tuple[Notice, ...]:
        """Give what the operator should know, the worst first."""
        return by_urgency((*self._board.all(), *self._worker.status.notices))

    def ready(self) -> str | None:
        """None when guests may start, else the text key of why not."""
        if self.grabber.state != "live":
            return "sorry.starting" if self.grabber.state == "starting" else "sorry.camera"
        if not self._mirror.ready.is_set():
            return "sorry.starting"
        self._look_after_disk()
        return "sorry.storage" if self._disk_full else None

    @property
    def method(self) -> str:
        """What cuts guests out just now, for the operator's line."""
        status = self._worker.status
        return f"{status.methods[0]}, {status.device}" if status.methods else status.why

    def waiting(self) -> int:
        """Sheets that are not printed yet."""
        return self._spool.waiting()

    # --- the desk --------------------------------------------------------------------------------------

    def _take(self, backdrop_id: str) -> Shot:
        start = perf_counter()
        self._taken_at = time.monotonic()
        self._expire_unfinished()
        photo_id = new_photo_id()
        placement = self._placement_shown(backdrop_id)
        frame = self.grabber.still(STILL_TIMEOUT)
        grabbed = perf_counter()
        self._spool.capture(photo_id, frame).result()
        saved = perf_counter()
        shot = self._developed(photo_id, frame, backdrop_id, placement)
        log.info(
            "photo %s: %s, grab %.3f s, save %.3f s, %s, all %.3f s",
            photo_id[:8],
            shot.cutout.method if shot.cutout else f"framed ({shot.why_framed})",
            grabbed - start,
            saved - grabbed,
            ", ".join(f"{stage} {seconds:.3f} s" for stage, seconds in _timings(shot).items()),
            perf_counter() - start,
        )
        return shot

    def _placement_shown(self, backdrop_id: str) -> Placement | None:
        picture = self._mirror.newest()
        return picture.placement if picture and picture.backdrop_id == backdrop_id else None

    def _developed(self, photo_id: str, frame: Frame, backdrop_id: str, placement: Placement | None) -> Shot:
        self._mirror.developing.set()
        try:
            result = self._cut_out(frame)
        finally:
            self._mirror.developing.clear()
        shot = self._composed(photo_id, frame, result, backdrop_id, placement)
        self._remember(shot)
        return shot

    def _cut_out(self, frame: Frame) -> Cutout | NoCutout:
        plate = self.plates.plate
        if plate is not None and plate.image.shape != frame.image.shape:
            plate = None
        accept = self._settings.matting.accept
        try:
            result = self._worker.submit(
                lambda engine: cut_out(frame.image, plate, engine.ladder, accept), urgent=True
            ).result(self._settings.matting.deadline + 1.0)
        except (MattingError, FutureTimeout) as error:
            return NoCutout((f"the matting thread gave no answer: {error}",), nobody=False)
        return square_window(result) if isinstance(result, Cutout) else result

    def _composed(
        self,
        photo_id: str,
        frame: Frame,
        result: Cutout | NoCutout,
        backdrop_id: str,
        placement: Placement | None = None,
    ) -> Shot:
        backdrop = self._by_id[backdrop_id]
        if isinstance(result, NoCutout):
            composite = framed_composite(frame.image, backdrop, self._overlay)
            return Shot(photo_id, frame, None, composite, None, result.why)
        placed = placement or default_placement(result, backdrop, self._settings.scene.guest_scale)
        belong = self._settings.scene.belong
        composite = compose(result, backdrop, self._overlay, placed, PICTURE_SIDE, belong=belong)
        return Shot(photo_id, frame, result, composite, placed)

    def _recompose(self, shot: Shot, backdrop_id: str) -> Shot:
        result = shot.cutout or NoCutout((shot.why_framed,), nobody=False)
        again = self._composed(shot.photo_id, shot.frame, result, backdrop_id)
        self._remember(again)
        return again

    def _remember(self, shot: Shot) -> None:
        method = shot.cutout.method if shot.cutout else "framed"
        placement = asdict(shot.placement) if shot.placement else {}
        self._spool.developed(shot.photo_id, shot.composite.backdrop_id, method, placement).result()

    def _put_on_desk(self, task: Callable[..., None], *arguments: object) -> None:
        """Have the desk do something that nobody waits for; what it raises goes into the log."""
        self._desk.submit(task, *arguments).add_done_callback(_log_fault)

    def _resume(self, recovery: Recovery) -> None:
        """Take up what the last run left: kept photos are composed again, the newest undecided is offered."""
        for photo in recovery.to_compose:
            if self._stopping.is_set():
                return
            self._compose_again(photo)
        # Not earlier: of a photo whose composite was lost the printer would give the sheets up.
        self._dispatcher.start()
        if recovery.offered is not None:
            self._offer_again(recovery.offered)
        self._purge()

    def _compose_again(self, photo: Photo) -> None:
        try:
            shot = self._redeveloped(photo)
            self._spool.queue(photo.id, shot.composite.image).result()
        except Exception as error:
            # Whatever is wrong with this one, the other photos and the printer must go on.
            log.exception("photo %s was kept and cannot be composed again", photo.id[:8])
            self._board.post(
                Notice(
                    f"photo-{photo.id}",
                    "fault",
                    f"Ticket {spaced(photo.code)} could not be printed: {error}",
                    "Ask the guest for another photo; the next start tries this one again.",
                )
            )

    def _offer_again(self, photo: Photo) -> None:
        try:
            shot = self._redeveloped(photo)
            self._remember(shot)
        except BoothError as error:
            log.warning("the photo of before the stop cannot be offered again: %s", error)
            return
        with self._lock:
            self._unfinished = shot

    def _expire_unfinished(self) -> None:
        """Whoever did not come back before the next photo is taken is not shown to other guests."""
        shot = self.unfinished()
        if shot is not None:
            self._spool.expire(shot.photo_id)

    def _purge(self) -> None:
        """Delete the photos whose time is over; told where that cannot be done."""
        try:
            purge(self._spool, time.time()).result()
        except SpoolError as error:
            self._board.post(Notice("purge", "warning", f"Old photos were not deleted: {error}"))
        else:
            self._board.clear("purge")
        self._purged_at = time.monotonic()

    def _redeveloped(self, photo: Photo) -> Shot:
        frame = self._spool.original(photo.id)
        backdrop_id = photo.backdrop_id if photo.backdrop_id in self._by_id else self.backdrops[0].id
        placement = (
            Placement(**photo.placement) if photo.placement and backdrop_id == photo.backdrop_id else None
        )
        return self._composed(photo.id, frame, self._cut_out(frame), backdrop_id, placement)

    # --- the mirror's network, the disk ------------------------------------------------------------------

    def _ask_probability(self, image: Rgb8) -> Future[Probability | None]:
        """Ask for a network's mask of a mirror frame; it is None where only a clean plate could tell."""
        height, width = image.shape[:2]

        def found(engine: Engine) -> Probability | None:
            segmenter = next((item for item in engine.ladder if not item.needs_plate), None)
            return union(segmenter.people(image, None), height, width) if segmenter else None

        return self._worker.submit(found, urgent=False)

    def _look_after_disk(self) -> None:
        """Measure the room now and then, and have old photos deleted once a day when nobody is there."""
        now = time.monotonic()
        if now < self._disk_checked + DISK_WATCH_EVERY:
            return
        self._disk_checked = now
        self._measure_room()
        if now >= self._purged_at + PURGE_EVERY and now >= self._taken_at + PURGE_WHEN_IDLE:
            self._purged_at = math.inf
            self._put_on_desk(self._purge)

    def _measure_room(self) -> None:
        try:
            room = self._spool.room()
        except SpoolError as error:
            self._disk_full = True
            self._board.post(Notice("disk", "fault", f"No photo can be saved: {error}"))
            return
        self._disk_full = room.state == "full"
        if room.state == "ok":
            self._board.clear("disk")
        else:
            self._board.post(_disk_notice(room))


def _disk_notice(room: DiskRoom) -> Notice:
    remedy = "Make room: delete what is not the booth's, or copy old photos away and purge them."
    if room.state == "full":
        return Notice(
            "disk", "fault", f"The disk is full ({room.free_mb} MB free): no photo is taken.", remedy
        )
    return Notice("disk", "warning", f"The disk has room for {room.photos_left} more photos.", remedy)


def _timings(shot: Shot) -> dict[str, float]:
    return {**(shot.cutout.timings if shot.cutout else {}), **shot.composite.timings}


def _log_fault(future: Future[None]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("the desk met something unforeseen: %s", error, exc_info=error)
