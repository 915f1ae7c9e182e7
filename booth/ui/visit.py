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
    ClosedBy,
    CopiesChosen,
    Discard,
    Discarded,
    Event,
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
from booth.ui.bridge import Bridge
from booth.ui.pictures import to_qimage
from booth.ui.shown import ShownVisit
from booth.ui.words import load_words

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
        self._bridge = Bridge(self)
        self._carousel = 0
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
        self._show_preview()
        self._look_after()

    def stop(self) -> None:
        """Rest for good: nothing comes in any more."""
        for timer in self._timers:
            timer.stop()
        self._feed.run(False)
        self._bridge.close()

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
        self.ticked.emit()

    @Slot()
    def _look_after(self) -> None:
        reason = self._studio.ready()
        now = self._clock()
        self._dispatch(Opened(now) if reason is None else ClosedBy(now, reason))
        if self._session.step is Step.ATTRACT:
            self._offer_unfinished()

    def _offer_unfinished(self) -> None:
        """Let the guest decide on the photo that a crash cut off, once it is developed again."""
        unfinished = self._studio.unfinished()
        if unfinished is not None:
            self._dispatch(Recovered(self._clock(), unfinished))

    @Slot()
    def _turn_carousel(self) -> None:
        self._carousel += 1
        self._show_preview()

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
        if after.step is Step.DEVELOPING and before.step is not Step.DEVELOPING:
            self._frozen = self._feed.image
        if after.shot is not before.shot:
            self._photo = to_qimage(after.shot.composite.image) if after.shot else QImage()
            self.photoChanged.emit()
        if after.language != before.language:
            self._words = load_words(after.language)
            self.languageChanged.emit()
        self._show_preview()
        self.changed.emit()
        if after.step is not before.step:
            self.ticked.emit()
            self.stepChanged.emit(after.step.value)

    def _show_preview(self) -> None:
        """Tell the studio what the mirror shall show; it rests where no mirror is on screen."""
        wanted = self._wanted_preview()
        self._feed.run(wanted is not None)
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
            case Recompose(attempt, shot, backdrop_id):
                done = partial(self._recomposed, attempt, backdrop_id)
                bridge.when_done(studio.recompose(shot, backdrop_id), done)
            case Keep(attempt, shot, copies):
                bridge.when_done(studio.keep(shot, copies), partial(self._kept, attempt))
            case Discard(shot):
                bridge.when_done(studio.discard(shot), self._discarded)

    def _taken(self, attempt: int, future: Future[Shot]) -> None:
        key = _apology(future)
        now = self._clock()
        self._dispatch(PhotoFailed(now, attempt, key) if key else PhotoReady(now, attempt, future.result()))

    def _recomposed(self, attempt: int, backdrop_id: str, future: Future[Shot]) -> None:
        now = self._clock()
        if _apology(future):
            self._dispatch(RecomposeFailed(now, attempt, backdrop_id))
        else:
            self._dispatch(Recomposed(now, attempt, future.result()))

    def _kept(self, attempt: int, future: Future[Ticket]) -> None:
        key = _apology(future)
        now = self._clock()
        self._dispatch(KeepFailed(now, attempt, key) if key else TicketIssued(now, attempt, future.result()))

    def _discarded(self, future: Future[None]) -> None:
        _apology(future)


def _apology(future: Future[Any]) -> str:
    """Give the text key of what went wrong, or an empty string; the raw error goes to the log."""
    if future.cancelled():  # the booth is being stopped
        return BoothError.guest
    error = future.exception()
    if error is None:
        return ""
    log.error("studio: %s", error, exc_info=error)
    return error.guest if isinstance(error, BoothError) else BoothError.guest
