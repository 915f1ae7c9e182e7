"""What the screens show of a visit: sentences, pictures and numbers read off the session."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtGui import QImage

from booth.config.settings import Settings
from booth.session import Event, Rules, Session, Step, opening
from booth.ui.album import Album
from booth.ui.bridge import Bridge
from booth.ui.enlarger import Enlarger
from booth.ui.herald import Herald
from booth.ui.mirror import MirrorFeed
from booth.ui.pictures import thumbnail
from booth.ui.review import ReviewModel
from booth.ui.tiles import TileFeed
from booth.ui.words import NAMES, counted, load_texts

if TYPE_CHECKING:
    from booth.studio import Studio

FLASH_SECONDS = 0.25
THUMBNAIL_SIDE = 560


class ShownVisit(QObject):
    """The half of the view model that screens read; `VisitModel` moves the session on."""

    changed = Signal()
    stepChanged = Signal(str)
    languageChanged = Signal()
    developedChanged = Signal()
    hintChanged = Signal()
    ticketChanged = Signal()
    printsLaterChanged = Signal()
    ticked = Signal()

    def __init__(
        self,
        studio: Studio,
        settings: Settings,
        clock: Callable[[], float],
        parent: QObject | None,
    ) -> None:
        super().__init__(parent)
        self._changed = Herald(self.changed, self)
        self._moved = Herald(self.stepChanged, self)
        self._translated = Herald(self.languageChanged, self)
        self._came_up = Herald(self.developedChanged, self)
        self._printed = Herald(self.ticketChanged, self)
        self._ticked = Herald(self.ticked, self)
        self._studio = studio
        self._settings = settings
        self._clock = clock
        self._rules = Rules(
            visit=settings.visit,
            language=settings.event.language,
            languages=settings.event.languages,
            backdrops=tuple(backdrop.id for backdrop in studio.backdrops),
            gallery=settings.service.enabled and settings.service.gallery,
        )
        self._session = opening(self._rules, clock())
        self._texts, self.notices = load_texts(settings.event.languages, settings.event.texts)
        self._words = self._texts[self._session.language]
        self._bridge = Bridge(self)
        self.enlarger = Enlarger(self._bridge)
        self._feed = MirrorFeed(studio, self)
        self._album = Album(settings.event.pictures, self._bridge, self)
        self._review = ReviewModel(
            studio, self._bridge, self.enlarger, self._rules.backdrops, self._dispatch, clock, self
        )
        plain = {item.id: thumbnail(item.image, THUMBNAIL_SIDE) for item in studio.backdrops}
        self._tiles = TileFeed(studio, plain, self)
        self._developed: dict[str, QImage] = {}
        self._hint = ""
        self._has_qr, self._qr = False, QImage()
        self._wait: float | None = None
        self._prints_later = False

    def _dispatch(self, event: Event) -> None:
        raise NotImplementedError

    @property
    def session(self) -> Session:
        return self._session

    @property
    def hears_touches(self) -> bool:
        """Whether the step has stood long enough for touches to count."""
        return self._session.hears(self._clock(), self._rules)

    @property
    def has_mirror(self) -> bool:
        """Whether a mirror picture has come since the start."""
        return not self._feed.image.isNull()

    def _get_step(self) -> str:
        return self._session.step.value

    def _get_texts(self) -> dict[str, str]:
        return dict(self._words)

    def _get_language(self) -> str:
        return self._session.language

    def _get_languages(self) -> list[dict[str, str]]:
        return [{"code": code, "name": NAMES[code]} for code in self._rules.languages]

    def _get_event_name(self) -> str:
        return self._settings.event.name

    def _get_backdrops(self) -> list[str]:
        return list(self._rules.backdrops)

    def _get_titles(self) -> dict[str, str]:
        """The backdrops' titles by their keys: another language changes words, and lists stay as they are."""
        return {item.id: item.title(self._session.language) for item in self._studio.backdrops}

    def _get_backdrop_id(self) -> str:
        return self._session.backdrop_id

    def _get_backdrop_title(self) -> str:
        return self._get_titles().get(self._session.backdrop_id, "")

    def _get_raw(self) -> QImage:
        return self._developed.get("raw", QImage())

    def _get_cut_out(self) -> QImage:
        return self._developed.get("cutout", QImage())

    def _get_has_raw(self) -> bool:
        return "raw" in self._developed

    def _get_has_cut_out(self) -> bool:
        return "cutout" in self._developed

    def _get_has_photo(self) -> bool:
        return self._session.shot is not None

    def _get_hint(self) -> str:
        return self._words[f"hint.{self._hint}"] if self._hint else ""

    def _get_framed_hint(self) -> str:
        """What to do better next time, where the photo could not be cut out."""
        shot = self._session.shot
        kinds = shot.hints if shot and not shot.cutout else ()
        return self._words.get(f"hint.{kinds[0]}", "") if kinds else ""

    def _get_left_out_text(self) -> str:
        count = self._review.left_out()
        return counted(self._words, "review.left_out", count) if count else ""

    def _get_shots(self) -> int:
        return self._rules.visit.shots

    def _get_strip_text(self) -> str:
        return self._words["pose.strip"].format(count=self._rules.visit.shots)

    def _get_shot_text(self) -> str:
        """Which photo of a strip is counted down to."""
        number, count = self._session.taken + 1, self._rules.visit.shots
        return self._words["countdown.shot"].format(number=number, count=count) if count > 1 else ""

    def _get_is_next_shot(self) -> bool:
        return self._session.taken > 0

    def _get_settled(self) -> bool:
        return self._session.is_settled

    def _get_copies(self) -> int:
        return self._session.copies

    def _get_max_copies(self) -> int:
        return self._rules.visit.max_copies

    def _get_retakes_left(self) -> int:
        return 0 if self._session.closed else self._session.retakes_left

    def _get_retakes_text(self) -> str:
        return counted(self._words, "review.retakes", self._session.retakes_left)

    def _get_copies_text(self) -> str:
        return counted(self._words, "copies", self._session.copies)

    def _get_keeps_itself(self) -> bool:
        return self._rules.visit.review_ends == "keep"

    def _get_ticket_code(self) -> str:
        return self._session.ticket.code if self._session.ticket else ""

    def _get_has_gallery(self) -> bool:
        return self._rules.gallery

    def _get_in_gallery(self) -> bool:
        return self._session.in_gallery

    def _get_ahead_text(self) -> str:
        ahead = self._session.ticket.ahead if self._session.ticket else 0
        return counted(self._words, "ticket.ahead", ahead)

    def _get_qr(self) -> QImage:
        return self._qr

    def _get_has_qr(self) -> bool:
        return self._has_qr

    def _get_wait_text(self) -> str:
        """How long the print takes, from what sheets took; empty while nobody knows."""
        if self._wait is None:
            return ""
        minutes = 0 if self._wait < 45 else max(1, math.ceil(self._wait / 60 - 0.25))
        return counted(self._words, "ticket.wait", minutes)

    def _get_prints_later(self) -> bool:
        """Whether printing waits for somebody's hand: said before the guest keeps the photo, and on the ticket."""
        return self._prints_later

    def _get_sorry_text(self) -> str:
        return self._words.get(self._session.sorry, self._words["sorry.general"])

    def _get_sorry_offer(self) -> str:
        session = self._session
        can_go_on = session.shot is not None or (session.backdrop_id and not session.closed)
        return self._words["sorry.again" if can_go_on else "sorry.fine"]

    def _get_closed(self) -> bool:
        return bool(self._session.closed) or not self._rules.backdrops

    def _get_closed_text(self) -> str:
        return self._words.get(self._session.closed, self._words["sorry.general"])

    def _get_count(self) -> int:
        return max(1, math.ceil(self._session.remaining(self._clock()) - 1e-6))

    def _get_seconds_left(self) -> int:
        return math.ceil(self._session.remaining(self._clock()))

    def _get_share_left(self) -> float:
        """1 when a step has just begun, 0 when it ends by itself."""
        whole = self._rules.seconds(self._session.step)
        return min(1.0, self._session.remaining(self._clock()) / whole)

    def _get_flash(self) -> bool:
        now = self._clock()
        if self._session.step is Step.COUNTDOWN:
            is_again = self._session.taken > 0 and now - self._session.since < FLASH_SECONDS
            return is_again or self._session.remaining(now) < FLASH_SECONDS
        return self._session.step is Step.DEVELOPING and now - self._session.since < FLASH_SECONDS

    def _get_feed(self) -> MirrorFeed:
        return self._feed

    def _get_tiles(self) -> TileFeed:
        return self._tiles

    def _get_album(self) -> Album:
        return self._album

    def _get_review(self) -> ReviewModel:
        return self._review

    def _get_look(self) -> dict[str, Any]:
        """What the theme follows: settings of the screen."""
        screen = self._settings.screen
        return {
            "diagonal": screen.diagonal,
            "lens": screen.lens,
            "largeText": screen.large_text,
            "reducedMotion": screen.reduced_motion,
        }

    step = Property(str, _get_step, notify=stepChanged)
    texts = Property(dict, _get_texts, notify=languageChanged)
    language = Property(str, _get_language, notify=languageChanged)
    languages = Property(list, _get_languages, constant=True)
    eventName = Property(str, _get_event_name, constant=True)
    backdrops = Property(list, _get_backdrops, constant=True)
    titles = Property(dict, _get_titles, notify=languageChanged)
    backdropId = Property(str, _get_backdrop_id, notify=changed)
    backdropTitle = Property(str, _get_backdrop_title, notify=changed)
    raw = Property(QImage, _get_raw, notify=developedChanged)
    cutOut = Property(QImage, _get_cut_out, notify=developedChanged)
    hasRaw = Property(bool, _get_has_raw, notify=developedChanged)
    hasCutOut = Property(bool, _get_has_cut_out, notify=developedChanged)
    hasPhoto = Property(bool, _get_has_photo, notify=changed)
    hint = Property(str, _get_hint, notify=hintChanged)
    framedHint = Property(str, _get_framed_hint, notify=changed)
    leftOutText = Property(str, _get_left_out_text, notify=changed)
    shots = Property(int, _get_shots, constant=True)
    stripText = Property(str, _get_strip_text, notify=languageChanged)
    shotText = Property(str, _get_shot_text, notify=changed)
    isNextShot = Property(bool, _get_is_next_shot, notify=changed)
    qr = Property(QImage, _get_qr, notify=ticketChanged)
    hasQr = Property(bool, _get_has_qr, notify=ticketChanged)
    waitText = Property(str, _get_wait_text, notify=ticketChanged)
    printsLater = Property(bool, _get_prints_later, notify=printsLaterChanged)
    settled = Property(bool, _get_settled, notify=changed)
    copies = Property(int, _get_copies, notify=changed)
    maxCopies = Property(int, _get_max_copies, constant=True)
    retakesLeft = Property(int, _get_retakes_left, notify=changed)
    retakesText = Property(str, _get_retakes_text, notify=changed)
    copiesText = Property(str, _get_copies_text, notify=changed)
    keepsItself = Property(bool, _get_keeps_itself, constant=True)
    hasGallery = Property(bool, _get_has_gallery, constant=True)
    inGallery = Property(bool, _get_in_gallery, notify=changed)
    ticketCode = Property(str, _get_ticket_code, notify=changed)
    aheadText = Property(str, _get_ahead_text, notify=changed)
    sorryText = Property(str, _get_sorry_text, notify=changed)
    sorryOffer = Property(str, _get_sorry_offer, notify=changed)
    closed = Property(bool, _get_closed, notify=changed)
    closedText = Property(str, _get_closed_text, notify=changed)
    count = Property(int, _get_count, notify=ticked)
    secondsLeft = Property(int, _get_seconds_left, notify=ticked)
    shareLeft = Property(float, _get_share_left, notify=ticked)
    flash = Property(bool, _get_flash, notify=ticked)
    feed = Property(MirrorFeed, _get_feed, constant=True)
    tiles = Property(TileFeed, _get_tiles, constant=True)
    album = Property(Album, _get_album, constant=True)
    review = Property(ReviewModel, _get_review, constant=True)
    look = Property(dict, _get_look, constant=True)
