"""The view model of a visit: events from fingers, clock and studio go into `booth.session`, and QML reads
off the session that comes out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlUncreatable

from booth.config.settings import Settings
from booth.errors import BoothError
from booth.session import (
    Ask,
    BackdropChosen,
    Bind,
    ClosedBy,
    CopiesChosen,
    Discard,
    Discarded,
    Event,
    GalleryChosen,
    GalleryFailed,
    Keep,
    KeepFailed,
    Kept,
    LanguageChosen,
    Opened,
    PhotoFailed,
    PhotoReady,
    Recompose,
    Recomposed,
    RecomposeFailed,
    Recovered,
    Retaken,
    Session,
    Show,
    ShutterPressed,
    Step,
    Take,
    Tick,
    TicketIssued,
    Touched,
    WentBack,
    advance,
    asked,
)
from booth.shot import Shot, Ticket
from booth.ui.codes import qr_code
from booth.ui.hints import SteadyHint
from booth.ui.pictures import to_qimage
from booth.ui.shown import ShownVisit

if TYPE_CHECKING:
    from booth.studio import Studio

log = logging.getLogger(__name__)

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

TICK_MS = 50
HEALTH_MS = 500
CAROUSEL_MS = 6000
LIVE_STEPS = (Step.CHOOSE, Step.POSE, Step.COUNTDOWN, Step.DEVELOPING)


@QmlElement
@QmlUncreatable("made by the kiosk")
class VisitModel(ShownVisit):  # type: ignore[operator]
    """What the screens show and what fingers may do. Lives in the GUI thread."""

    def __init__(
        self,
        studio: Studio,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(studio, settings, clock, parent)
        self._carousel = 0
        self._steady = SteadyHint()
        self._counted = 0
        self._developed_number = 0
        self._sound: Callable[[str], None] = _silently
        self._feed.arrived.connect(self._look_for_hints)
        self._previewed: str | None = None
        self._timers = [
            self._every(TICK_MS, self._tick),
            self._every(HEALTH_MS, self._look_after),
            self._every(CAROUSEL_MS, self._turn_carousel),
        ]

    def start(self) -> None:
        """Open for guests."""
        for timer in self._timers:
            timer.start()
        self._album.turn()
        self._show_preview()
        self._look_after()

    def stop(self) -> None:
        """Rest for good: nothing comes in any more."""
        for timer in self._timers:
            timer.stop()
        self._feed.run(False)
        self._tiles.run(False)
        self.enlarger.stop()
        self._bridge.close()
        self._album.stop()

    def sound_with(self, play: Callable[[str], None]) -> None:
        """Have sounds played: "tick", "last" and "shutter"."""
        self._sound = play

    # --- what fingers do -------------------------------------------------------------------------------

    @Slot()
    def touch(self) -> None:
        self._dispatch(Touched(self._clock()))

    @Slot(str)
    def chooseLanguage(self, language: str) -> None:
        self._dispatch(LanguageChosen(self._clock(), language))

    @Slot(str)
    def chooseBackdrop(self, backdrop_id: str) -> None:
        self._dispatch(BackdropChosen(self._clock(), backdrop_id))

    @Slot()
    def goBack(self) -> None:
        self._dispatch(WentBack(self._clock()))

    @Slot()
    def pressShutter(self) -> None:
        self._dispatch(ShutterPressed(self._clock()))

    @Slot(int)
    def chooseCopies(self, copies: int) -> None:
        self._dispatch(CopiesChosen(self._clock(), copies))

    @Slot()
    def keep(self) -> None:
        self._dispatch(Kept(self._clock()))

    @Slot()
    def retake(self) -> None:
        self._dispatch(Retaken(self._clock()))

    @Slot()
    def discard(self) -> None:
        self._dispatch(Discarded(self._clock()))

    @Slot(bool)
    def showInGallery(self, shown: bool) -> None:
        self._dispatch(GalleryChosen(self._clock(), shown))

    @Slot()
    def pressKey(self) -> None:
        """A button of a remote, a foot switch: start, shutter, go on."""
        if self._session.step is Step.POSE:
            self.pressShutter()
        elif self._session.step in (Step.ATTRACT, Step.TICKET, Step.SORRY):
            self.touch()

    # --- what the clock does ---------------------------------------------------------------------------

    def _every(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    @Slot()
    def _tick(self) -> None:
        self._dispatch(Tick(self._clock()))
        if self._session.step is Step.COUNTDOWN:
            self._beep()
        if self._session.step in (Step.COUNTDOWN, Step.DEVELOPING):
            self._look_at_developing()
        self._ticked.tell()

    def _beep(self) -> None:
        """A beep for each second, the last one higher."""
        count = self._get_count()
        if count != self._counted:
            self._counted = count
            self._sound("last" if count == 1 else "tick")

    def _look_at_developing(self) -> None:
        """Show what is already there of the photo."""
        newest = self._studio.developing()
        if newest is not None and newest.number != self._developed_number:
            self._developed_number = newest.number
            if newest.kind == "raw":
                self._developed = {}
            self._developed[newest.kind] = to_qimage(newest.image)
            self._came_up.tell()

    @Slot()
    def _look_for_hints(self) -> None:
        shown = self._steady.look(self._feed.hints, self._clock()) if self._session.step is Step.POSE else ""
        if shown != self._hint:
            self._hint = shown
            self.hintChanged.emit()

    @Slot()
    def _look_after(self) -> None:
        reason = self._studio.ready()
        now = self._clock()
        self._dispatch(Opened(now) if reason is None else ClosedBy(now, reason))
        self._look_at_printers()
        if self._session.step is Step.ATTRACT:
            self._offer_unfinished()

    def _look_at_printers(self) -> None:
        shot = self._session.shot
        later = shot is not None and self._studio.prints_later(shot)
        if later != self._prints_later:
            self._prints_later = later
            self.printsLaterChanged.emit()

    def _offer_unfinished(self) -> None:
        """Let the guest decide on the photo that a crash cut off, once it is developed again."""
        unfinished = self._studio.unfinished()
        if unfinished is not None:
            self._dispatch(Recovered(self._clock(), unfinished))

    @Slot()
    def _turn_carousel(self) -> None:
        self._carousel += 1
        self._show_preview()
        if self._session.step is Step.ATTRACT:
            self._album.turn()

    # --- from session to session -----------------------------------------------------------------------

    def _dispatch(self, event: Event) -> None:
        before = self._session
        after = advance(before, event, self._rules)
        self._session = after
        for ask in asked(before, event, after):
            self._put(ask)
        if after is not before:
            self._show_change(before, after)

    def _show_change(self, before: Session, after: Session) -> None:
        if after.step is not before.step:
            log.info("visit: %s -> %s", before.step.value, after.step.value)
        if after.taken > before.taken:
            self._sound("shutter")
        if after.step is not before.step or after.taken != before.taken:
            self._counted = 0
        if after.step is Step.POSE and before.step is not Step.POSE:
            self._start_afresh()
        self._review.follow(before, after)
        if after.shot is not before.shot:
            self._look_at_printers()
        if after.ticket is not before.ticket:
            self._show_ticket(after.ticket)
        if after.language != before.language:
            self._words = self._texts[after.language]
            self._translated.tell()
        self._show_preview()
        self._changed.tell()
        if after.step is not before.step:
            self._ticked.tell()
            self._moved.tell(after.step.value)

    def _start_afresh(self) -> None:
        """Nothing of the photo before is shown while the next is developed."""
        self._developed = {}
        self._came_up.tell()
        self._steady.forget()

    def _show_ticket(self, ticket: Ticket | None) -> None:
        address = self._studio.pickup_address(ticket) if ticket else None
        self._has_qr, self._qr, self._wait = address is not None, QImage(), None
        if ticket is not None:
            self._bridge.when_done(self._studio.seconds_until(ticket), self._show_wait)
        if ticket is not None and address is not None:
            self.enlarger.make(partial(qr_code, address), partial(self._show_qr, ticket))
        self._printed.tell()

    def _show_qr(self, ticket: Ticket, code: QImage) -> None:
        if self._session.ticket is ticket:
            self._qr = code
            self._printed.tell()

    def _show_wait(self, future: Future[float | None]) -> None:
        """Nothing is said of the time where it is not known, or cannot be."""
        self._wait = None if _apology(future) else future.result()
        self._printed.tell()

    def _show_preview(self) -> None:
        """Tell the studio what the mirror shall show; it rests where no mirror is on screen."""
        wanted = self._wanted_preview()
        self._feed.run(wanted is not None)
        self._tiles.run(self._session.step is Step.CHOOSE)
        if wanted != self._previewed:
            self._previewed = wanted
            self._studio.mirror(wanted)

    def _wanted_preview(self) -> str | None:
        offered = self._rules.backdrops
        if not offered:
            return None
        if self._session.step is Step.ATTRACT or self._session.step is Step.CHOOSE:
            return offered[self._carousel % len(offered)]
        return self._session.backdrop_id if self._session.step in LIVE_STEPS else None

    # --- what the studio is asked and answers ----------------------------------------------------------

    def _put(self, ask: Ask) -> None:
        studio, bridge = self._studio, self._bridge
        match ask:
            case Take(attempt, backdrop_id):
                bridge.when_done(studio.take(backdrop_id), partial(self._taken, attempt))
            case Recompose(attempt, look, shot, backdrop_id, placement, included):
                done = partial(self._recomposed, attempt, look)
                bridge.when_done(studio.recompose(shot, backdrop_id, placement, included), done)
            case Bind(attempt, parts):
                bridge.when_done(studio.bind(parts), partial(self._taken, attempt))
            case Keep(attempt, shot, copies):
                bridge.when_done(studio.keep(shot, copies), partial(self._kept, attempt))
            case Discard(shot):
                bridge.when_done(studio.discard(shot), self._discarded)
            case Show(ticket, shown):
                bridge.when_done(studio.show(ticket, shown), partial(self._shown_in_gallery, ticket, shown))

    def _taken(self, attempt: int, future: Future[Shot]) -> None:
        key = _apology(future)
        now = self._clock()
        self._dispatch(PhotoFailed(now, attempt, key) if key else PhotoReady(now, attempt, future.result()))

    def _recomposed(self, attempt: int, look: int, future: Future[Shot]) -> None:
        now = self._clock()
        if _apology(future):
            self._dispatch(RecomposeFailed(now, attempt, look))
        else:
            self._dispatch(Recomposed(now, attempt, look, future.result()))

    def _kept(self, attempt: int, future: Future[Ticket]) -> None:
        key = _apology(future)
        now = self._clock()
        self._dispatch(KeepFailed(now, attempt, key) if key else TicketIssued(now, attempt, future.result()))

    def _discarded(self, future: Future[None]) -> None:
        _apology(future)

    def _shown_in_gallery(self, ticket: Ticket, shown: bool, future: Future[None]) -> None:
        if _apology(future):
            self._dispatch(GalleryFailed(self._clock(), ticket, not shown))


def _silently(sound: str) -> None:
    """A booth without a voice."""


def _apology(future: Future[Any]) -> str:
    """Give the text key of what went wrong, or an empty string; the raw error goes to the log."""
    if future.cancelled():  # the booth is being stopped
        return BoothError.guest
    error = future.exception()
    if error is None:
        return ""
    log.error("studio: %s", error, exc_info=error)
    return error.guest if isinstance(error, BoothError) else BoothError.guest
