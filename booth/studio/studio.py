"""The booth without a face: newest mirror picture, take, recompose, keep, health.

It owns the working threads: camera, mirror, matting and print, the ledger's writer, and the desk. The desk
is one thread that walks a photo through the others, so that a call from the screen returns at once.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict, dataclass, replace
from functools import partial
from time import perf_counter
from typing import Any

from booth.camera.camera import Camera
from booth.camera.grabber import Grabber
from booth.config import Settings
from booth.errors import BackdropError, BoothError, CameraError, MattingError, SpoolError, said_by
from booth.matting.engine import Engine
from booth.matting.grouping import rules_of
from booth.matting.instances import with_instances
from booth.matting.live_network import load_live_network
from booth.matting.worker import Worker
from booth.pipeline import PICTURE_SIDE, NoCutout, cut_out, framed_composite, square_window
from booth.scene.by_hand import held
from booth.scene.composite import Stages
from booth.scene.layout import lay_out
from booth.scene.placement import default_placement
from booth.sentences import say
from booth.shot import Backdrop, Cutout, Frame, Notice, PhotoDecisions, Placement, Shot, Ticket
from booth.spool.desk import PrintDesk
from booth.spool.dispatcher import Dispatcher
from booth.spool.files import DiskRoom
from booth.spool.formats import STRIP, formats_of, size_of
from booth.spool.pickup import Board, Pickups, board
from booth.spool.printing import Printer
from booth.spool.recovery import Recovery
from booth.spool.retention import purge
from booth.spool.rows import Photo
from booth.spool.speed import seconds_per_sheet
from booth.spool.spool import DAY, Spool
from booth.spool.tickets import new_photo_id, spaced
from booth.studio.address import pickup_address
from booth.studio.darkroom import Darkroom, Developing
from booth.studio.easel import Easel, Preview, Sheet, strip_of
from booth.studio.mirror import Mirror, MirrorPicture
from booth.studio.notices import NoticeBoard, by_urgency
from booth.studio.plates import PlateKeeper
from booth.studio.tiles import Tile, Tiles

log = logging.getLogger(__name__)

STILL_TIMEOUT = 4.0
DECISIONS_KEPT = 20
TEMPO_KEPT = 200
"""Photos whose seconds, shutter to review, the operator's percentiles are of."""
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
        printers: Sequence[Printer],
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
        self._stages = Stages(self._overlay, settings.scene.belong, len(self.backdrops))
        self.grabber = Grabber(open_camera, settings.camera, board.post, board.clear)
        self.plates = PlateKeeper(settings.camera.clean_plate, spool.folders.plate, self.grabber, board)
        self.worker = Worker(build_engine, deadline=settings.matting.deadline)
        self._tiles = Tiles(self.backdrops, settings.scene, settings.screen.mirrored)
        self._sheet = _sheet_of(settings)
        self._easel = Easel(self.backdrops, settings.scene, self._sheet)
        self._darkroom = Darkroom()
        self._mirror = Mirror(
            self.grabber,
            self.plates,
            self.backdrops,
            lay_out(settings.scene.layout, MIRROR_SIDE),
            settings.scene,
            settings.screen.mirrored,
            None if settings.matting.method == "plate" else lambda: load_live_network(settings.matting),
            tiles=self._tiles,
        )
        self._dispatcher = Dispatcher(spool, printers, board.post, board.clear)
        self.prints = PrintDesk(spool.sheets, self._dispatcher, board.clear)
        self._shutter = ThreadPoolExecutor(1, thread_name_prefix="shutter")
        self._desk = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._unfinished: Shot | None = None
        self._disk_checked = -math.inf
        self._disk_full = False
        self._purged_at = math.inf  # not before the first purge, at start, is done
        self._taken_at = -math.inf
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self.closed_sign = threading.Event()
        self.tempo: deque[float] = deque(maxlen=TEMPO_KEPT)
        self.failures: deque[str] = deque(maxlen=TEMPO_KEPT)
        self._rules = rules_of(settings.matting)
        self._decisions: deque[PhotoDecisions] = deque(maxlen=DECISIONS_KEPT)

    # --- life ------------------------------------------------------------------------------------------

    def start(self, recovery: Recovery) -> None:
        """Start every thread; what an earlier run left unfinished is taken up first."""
        for notice in recovery.notices:
            self._board.post(notice)
        self.worker.start()
        self.grabber.start()
        self._mirror.start()
        self._put_on_desk(self._resume, recovery)

    def stop(self) -> None:
        """Finish what is under way and end every thread, the last started first."""
        self._stopping.set()
        self._desk.shutdown(wait=True, cancel_futures=True)
        self._shutter.shutdown(wait=True, cancel_futures=True)
        self._easel.stop()
        self._dispatcher.stop()
        self._mirror.ask_to_stop()  # it may wait for frames, and ends with the grabber
        self.grabber.stop()
        self._mirror.stop()
        self.worker.stop()
        self._spool.close()

    def wait_ready(self, timeout: float) -> None:
        """Wait until photos can be developed and, with a camera that is live, taken.

        Raises
        ------
        MattingError
            If the matting engine failed, or the time in seconds is up.
        """
        if not self.worker.wait_ready(timeout):
            raise MattingError(self.worker.status.why)

    # --- what the screens ask --------------------------------------------------------------------------

    def mirror(self, backdrop_id: str | None) -> None:
        """Say which backdrop the mirror shows; None lets it rest."""
        self._mirror.show(backdrop_id)

    def newest_mirror(self) -> MirrorPicture | None:
        """Give the mirror's newest picture, None before the first."""
        return self._mirror.newest()

    def tiles(self, backdrop_ids: Sequence[str]) -> None:
        """Say before which backdrops the guests are shown small, while the mirror runs; none lets them rest."""
        self._tiles.want(backdrop_ids)

    def newest_tiles(self) -> Mapping[str, Tile]:
        """Give the newest small live picture of each backdrop wanted, as far as there is one."""
        return self._tiles.newest()

    def take(self, backdrop_id: str) -> Future[Shot]:
        """Photograph and develop. The raw frame is saved while it is developed, and is safe on the disk before
        the photo is handed over: a photo that could not be saved is none.

        The shutter does not wait for photos that are being developed: those of a strip come quickly.
        """
        began = perf_counter()
        taken = self._shutter.submit(self._take, backdrop_id)
        developed = self._desk.submit(self._develop, taken, backdrop_id)
        developed.add_done_callback(partial(self._note_tempo, began))
        return developed

    def _note_tempo(self, began: float, developed: Future[Shot]) -> None:
        """Keep the seconds from shutter to review of a photo that was developed, and why another was not."""
        if developed.cancelled():
            return
        error = developed.exception()
        if error is None:
            self.tempo.append(perf_counter() - began)
        elif not isinstance(error, CameraError):
            self.failures.append(str(error))

    def developing(self) -> Developing | None:
        """Give what is already there of the photo that is being developed."""
        return self._darkroom.newest()

    def bind(self, parts: Sequence[Shot]) -> Future[Shot]:
        """Make one strip of several photos, before the backdrop of the first."""
        return self._desk.submit(self._bound, tuple(parts), parts[0].composite.backdrop_id)

    def preview(self, shot: Shot, backdrop_id: str, placement: Placement | None) -> Future[Preview]:
        """Compose a look of a shot at the screen's size, quickly; None: where the booth places guests."""
        return self._easel.preview(shot, backdrop_id, placement)

    def recompose(
        self,
        shot: Shot,
        backdrop_id: str,
        placement: Placement | None = None,
        included: frozenset[int] | None = None,
    ) -> Future[Shot]:
        """Give a shot another look: backdrop, place of the guests, and which of the people found are in it.

        None leaves the place, or the choice of people, to the booth.
        """
        return self._desk.submit(self._recompose, shot, backdrop_id, placement, included)

    def keep(self, shot: Shot, copies: int) -> Future[Ticket]:
        """Keep and print a shot; the ticket exists when all of it is on the disk."""
        self._easel.rest()
        kept = self._spool.keep(shot.photo_id, shot.composite.image, copies, STRIP if shot.parts else "")
        if shot.parts:
            kept.add_done_callback(partial(self._let_parts_go, shot))
        return kept

    def discard(self, shot: Shot) -> Future[None]:
        """Forget a shot that its guest does not want, once the desk is done with its last look."""
        self._easel.rest()
        return self._desk.submit(self._discard, shot)

    def prints_later(self, shot: Shot) -> bool:
        """Whether a shot that is kept now must wait until somebody has seen to a printer."""
        return self._dispatcher.prints_later(STRIP if shot.parts else "")

    def seconds_until(self, ticket: Ticket) -> Future[float | None]:
        """How long a ticket's last sheet will take, from what sheets took; None while nobody can know."""
        return self._spool.ledger.submit(lambda: self._seconds_until(ticket))

    def pickup_address(self, ticket: Ticket) -> str | None:
        """The address of a ticket's page for phones; None where no pages are served."""
        return pickup_address(self._settings.service, ticket.token)

    def show(self, ticket: Ticket, shown: bool) -> Future[None]:
        """Put a ticket's picture into the gallery, or take it out: its guest said so."""
        return Pickups(self._spool).show(ticket.token, shown)

    def unfinished(self) -> Shot | None:
        """Hand over, once, the photo that a crash cut off before its guest could decide."""
        with self._lock:
            shot, self._unfinished = self._unfinished, None
        return shot

    def notices(self) -> tuple[Notice, ...]:
        """Give what the operator should know, the worst first."""
        return by_urgency((*self._board.all(), *self.worker.status.notices))

    def ready(self) -> str | None:
        """None when guests may start, else the text key of why not."""
        if self.closed_sign.is_set():
            return "sorry.closed"
        if self.grabber.state != "live":
            return "sorry.starting" if self.grabber.state == "starting" else "sorry.camera"
        if not self._mirror.ready.is_set():
            return "sorry.starting"
        self._look_after_disk()
        return "sorry.storage" if self._disk_full else None

    @property
    def method(self) -> str:
        """What cuts guests out just now, for the operator's line."""
        status = self.worker.status
        return f"{status.methods[0]}, {status.device}" if status.methods else status.why

    @property
    def mirror_method(self) -> str:
        """What tells guests from the wall in the mirror just now, for the operator's line."""
        return self._mirror.method

    def decisions(self) -> tuple[PhotoDecisions, ...]:
        """Give what the ladder made of the last photos, the newest first."""
        return tuple(reversed(self._decisions))

    def restart_wanted(self) -> str | None:
        """Say why the booth should start again as soon as nobody uses it; None where it need not."""
        return self.worker.status.restart or None

    def board(self) -> Future[Board]:
        """What the wall shows: codes that are being printed, ready, or to be looked for."""
        return self._desk.submit(self._read_board)

    def waiting(self) -> int:
        """Sheets that are not printed yet."""
        return self._spool.waiting()

    def _read_board(self) -> Board:
        with self._spool.ledger.reading() as database:
            return board(database, time.time())

    # --- the desk --------------------------------------------------------------------------------------

    def _take(self, backdrop_id: str) -> _Taken:
        """Runs in the shutter's thread: it waits for the camera, for nothing else."""
        start = perf_counter()
        self._mirror.still_begins()
        self._taken_at = time.monotonic()
        photo_id = new_photo_id()
        placement = self._placement_shown(backdrop_id)
        frame = self.grabber.still(STILL_TIMEOUT)
        grabbed = perf_counter()
        saved = self._spool.capture(photo_id, frame)
        self._darkroom.show_raw(frame)
        return _Taken(photo_id, frame, placement, saved, grabbed - start)

    def _develop(self, taking: Future[_Taken], backdrop_id: str) -> Shot:
        start = perf_counter()
        self._expire_unfinished()
        seconds = None
        try:
            taken = taking.result()
            self._mirror.still_begins()
            began = perf_counter()
            shot = self._developed(taken, backdrop_id)
            seconds = perf_counter() - began
        finally:
            self._mirror.still_ends(seconds)
            self._darkroom.clear()
        log.info(
            "photo %s: %s, %s, all %.3f s",
            taken.photo_id[:8],
            shot.cutout.method if shot.cutout else f"framed ({shot.why_framed})",
            ", ".join(f"{k} {v:.3f} s" for k, v in {"grab": taken.seconds, **_timings(shot)}.items()),
            perf_counter() - start,
        )
        return shot

    def _placement_shown(self, backdrop_id: str) -> Placement | None:
        picture = self._mirror.newest()
        return picture.placement if picture and picture.backdrop_id == backdrop_id else None

    def _developed(self, taken: _Taken, backdrop_id: str) -> Shot:
        result = self._cut_out(taken.frame)
        self._note_decisions(taken.photo_id, taken.frame, result)
        if isinstance(result, Cutout):
            self._darkroom.show_cutout(result)
        shot = self._composed(taken.photo_id, taken.frame, result, backdrop_id, taken.placement)
        taken.saved.result()
        self._remember(shot)
        return shot

    def _note_decisions(self, photo_id: str, frame: Frame, result: Cutout | NoCutout) -> None:
        method = result.method if isinstance(result, Cutout) else "framed"
        self._decisions.append(PhotoDecisions(photo_id, frame.taken_at, method, result.decisions))

    def _cut_out(self, frame: Frame) -> Cutout | NoCutout:
        plate = self.plates.plate
        if plate is not None and plate.image.shape != frame.image.shape:
            plate = None
        accept = self._settings.matting.accept
        try:
            result = self.worker.submit(
                lambda engine: cut_out(frame.image, plate, engine.ladder, accept, rules=self._rules)
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
            return Shot(photo_id, frame, None, composite, None, result.why, result.hints)
        placed = placement or default_placement(result, backdrop, self._settings.scene.guest_scale)
        composite = self._stages.of(backdrop).compose(result, placed)
        return Shot(photo_id, frame, result, composite, placed, hints=result.hints)

    def _recompose(
        self, shot: Shot, backdrop_id: str, placement: Placement | None, included: frozenset[int] | None
    ) -> Shot:
        if shot.parts:
            return self._bound(shot.parts, backdrop_id)
        result = shot.cutout or NoCutout((shot.why_framed,), nobody=False)
        if isinstance(result, Cutout):
            if included is not None and included != result.included:
                result = with_instances(result, included)
                if backdrop_id == shot.composite.backdrop_id:
                    placement = placement or shot.placement  # who stays does not move
            placement = placement and held(placement, result)
        again = self._composed(shot.photo_id, shot.frame, result, backdrop_id, placement)
        self._remember(again)
        return again

    def _bound(self, parts: tuple[Shot, ...], backdrop_id: str) -> Shot:
        backdrop = self._by_id[backdrop_id]
        composite = strip_of(parts, backdrop, self._settings.scene, self._sheet, PICTURE_SIDE)
        strip = replace(parts[0], composite=composite, placement=None, parts=parts)
        self._remember(strip)
        return strip

    def _seconds_until(self, ticket: Ticket) -> float | None:
        with self._spool.ledger.reading() as database:
            pace = seconds_per_sheet(database)
        return (
            None if pace is None or self._dispatcher.prints_later() else pace * (ticket.ahead + ticket.copies)
        )

    def _let_parts_go(self, strip: Shot, kept: Future[Ticket]) -> None:
        """The strip is safe: its other photos need no decision of their own. Runs in the ledger's thread."""
        if kept.cancelled() or kept.exception() is not None:
            return
        for part in strip.parts[1:]:
            self._spool.expire(part.photo_id).add_done_callback(_log_fault)

    def _discard(self, shot: Shot) -> None:
        for part in shot.parts[1:]:
            self._spool.discard(part.photo_id).add_done_callback(_log_fault)
        self._spool.discard(shot.photo_id).result()

    def _remember(self, shot: Shot) -> None:
        method = shot.cutout.method if shot.cutout else "framed"
        placement: dict[str, object] = asdict(shot.placement) if shot.placement else {}
        if shot.cutout and len(shot.cutout.people):
            people = {"found": len(shot.cutout.people), "included": sorted(shot.cutout.included)}
            placement |= {"people": people}
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
                    say("photo.not_printed", code=spaced(photo.code), why=said_by(error)),
                    say("photo.not_printed.help"),
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
            self._board.post(Notice("purge", "warning", say("photos.not_deleted", why=said_by(error))))
        else:
            self._board.clear("purge")
        self._purged_at = time.monotonic()

    def _redeveloped(self, photo: Photo) -> Shot:
        frame = self._spool.original(photo.id)
        backdrop_id = photo.backdrop_id if photo.backdrop_id in self._by_id else self.backdrops[0].id
        stored = dict(photo.placement)
        people = stored.pop("people", None)
        placement = Placement(**stored) if stored and backdrop_id == photo.backdrop_id else None
        result = _as_chosen(self._cut_out(frame), photo.method, people)
        self._note_decisions(photo.id, frame, result)
        return self._composed(photo.id, frame, result, backdrop_id, placement)

    # --- the disk ------------------------------------------------------------------

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
            self._board.post(Notice("disk", "fault", say("photos.not_saved", why=said_by(error))))
            return
        self._disk_full = room.state == "full"
        if room.state == "ok":
            self._board.clear("disk")
        else:
            self._board.post(_disk_notice(room))


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """A raw frame, where the mirror had placed its guests, and the seconds that the camera took; `saved` is
    done when the frame is safe on the disk."""

    photo_id: str
    frame: Frame
    placement: Placement | None
    saved: Future[Photo]
    seconds: float


def _sheet_of(settings: Settings) -> Sheet:
    width, height = settings.spool.printer.size
    printers = (settings.spool.printer, *settings.spool.printers)
    if any(STRIP in formats_of(printer) for printer in printers):
        width, height = size_of(STRIP)  # two of them lie on one sheet
    return Sheet(width / height, settings.scene.layout.caption or settings.event.name)


def _disk_notice(room: DiskRoom) -> Notice:
    if room.state == "full":
        return Notice("disk", "fault", say("room.full", free=room.free_mb), say("room.help"))
    return Notice("disk", "warning", say("room.low", count=room.photos_left), say("room.help"))


def _as_chosen(result: Cutout | NoCutout, method: str, people: Mapping[str, Any] | None) -> Cutout | NoCutout:
    """Leave out whom the guest had left out; another method numbers people in its own way."""
    if people is None or not isinstance(result, Cutout) or result.method != method:
        return result
    if people["found"] != len(result.people):
        log.warning("%d people were found before, %d now", people["found"], len(result.people))
        return result
    return with_instances(result, frozenset(people["included"]))


def _timings(shot: Shot) -> dict[str, float]:
    return {**(shot.cutout.timings if shot.cutout else {}), **shot.composite.timings}


def _log_fault(future: Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("the desk met something unforeseen: %s", error, exc_info=error)
