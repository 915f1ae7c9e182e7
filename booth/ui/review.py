"""The review: what fingers do to a finished photo, and how it looks while they do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlUncreatable

from booth.errors import BoothError
from booth.matting.instances import instance_at
from booth.scene.by_hand import cutout_point, held, pinched, shows_guests
from booth.session import BackdropChosen, Event, GuestsPlaced, PeopleIncluded, Session, Step
from booth.shot import Cutout, Placement, Shot
from booth.ui.bridge import Bridge
from booth.ui.enlarger import Enlarger
from booth.ui.herald import Herald
from booth.ui.pictures import thumbnail, to_qimage

if TYPE_CHECKING:
    from booth.studio import Studio
    from booth.studio.easel import Preview

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

SCREEN = 1200
"""Pixels of a picture's shorter side on screen at most."""
Wanted = tuple[str, Placement | None]


@QmlElement
@QmlUncreatable("made by the kiosk")
class ReviewModel(QObject):  # type: ignore[operator]
    """Shows the look that the guest wants at once, from previews; the session has it composed in full.

    One preview is under way at a time, and the next shows the newest look: a finger is never ahead of a
    queue. All places are fractions of the picture.
    """

    pictureChanged = Signal()
    lookChanged = Signal()
    neighboursChanged = Signal()

    def __init__(
        self,
        studio: Studio,
        bridge: Bridge,
        enlarger: Enlarger,
        backdrops: tuple[str, ...],
        dispatch: Callable[[Event], None],
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._looked = Herald(self.lookChanged, self)
        self._shown = Herald(self.pictureChanged, self)
        self._studio = studio
        self._bridge = bridge
        self._enlarger = enlarger
        self._backdrops = backdrops
        self._dispatch = dispatch
        self._clock = clock
        self._session: Session | None = None
        self._first: Shot | None = None
        self._picture = QImage()
        self._placement: Placement | None = None
        self._grip = Placement()
        self._under_way: Wanted | None = None
        self._neighbours: dict[int, QImage] = {}

    # --- from session to picture -----------------------------------------------------------------------

    def follow(self, before: Session, after: Session) -> None:
        """Show what a change of the session asks for."""
        self._session = after
        if after.shot is None:
            if before.shot is not None:
                self._forget()
            return
        if before.shot is None:
            self._first = after.shot
        if after.is_settled and (after.shot is not before.shot or not before.is_settled):
            self._enlarger.make(partial(_on_screen, after.shot), partial(self._show_settled, after.shot))
        elif _look(after) != _look(before) and not after.is_settled:
            self._ask()
        if after.look != before.look or after.shot is not before.shot:
            self._looked.tell()

    def _forget(self) -> None:
        self._first = None
        self._neighbours = {}
        self._show(QImage(), None)
        self._looked.tell()

    def _show_settled(self, shot: Shot, picture: QImage) -> None:
        """A photo that was changed or given up meanwhile is not shown again."""
        session = self._session
        if session is not None and session.shot is shot and session.is_settled:
            self._show(picture, shot.placement)

    def _show(self, picture: QImage, placement: Placement | None) -> None:
        self._picture = picture
        self._placement = placement
        self._shown.tell()

    def _ask(self) -> None:
        """Have the newest look previewed, unless a preview is under way."""
        session = self._session
        if session is None or session.shot is None or self._under_way is not None:
            return
        self._under_way = _look(session)
        done = partial(self._previewed, session.shot, self._under_way)
        self._bridge.when_done(self._studio.preview(session.shot, *self._under_way), done)

    def _previewed(self, shot: Shot, wanted: Wanted, future: Future[Preview]) -> None:
        self._under_way = None
        session = self._session
        if session is None or session.shot is None or session.shot.photo_id != shot.photo_id:
            return
        preview = _answer(future)
        # a look that has been composed in full meanwhile is not taken back to fewer pixels
        if preview is not None and not session.is_settled:
            self._show(to_qimage(preview.image), preview.placement)
        if preview is not None and wanted != _look(session):
            self._ask()

    # --- what fingers do -------------------------------------------------------------------------------

    @Slot(float, float, result=bool)
    def isOnGuests(self, x: float, y: float) -> bool:
        """Whether a finger is on the guests, who then move; else the scenery does."""
        cutout = self._cutout()
        return bool(cutout and self._placement and shows_guests(cutout, self._placement, x, y))

    @Slot()
    def take(self) -> None:
        """Fingers take hold of the guests."""
        self._grip = self._placement or Placement()

    @Slot(float, float, float, float, float)
    def move(self, from_x: float, from_y: float, to_x: float, to_y: float, factor: float) -> None:
        """What was under the fingers when they took hold is now elsewhere, and larger or smaller."""
        cutout = self._cutout()
        if cutout is None or factor <= 0:
            return
        placement = held(pinched(self._grip, (from_x, from_y), (to_x, to_y), factor), cutout)
        self._dispatch(GuestsPlaced(self._clock(), placement))

    @Slot(float)
    def resize(self, factor: float) -> None:
        """Larger or smaller by a button."""
        self.take()
        self.move(0.5, 0.6, 0.5, 0.6, factor)

    @Slot()
    def reset(self) -> None:
        """Back to where the booth had placed them, everybody as in the beginning."""
        session = self._session
        if session is None or session.shot is None:
            return
        if session.placement is not None:
            self._dispatch(GuestsPlaced(self._clock(), None))
        self.bringBack()

    @Slot(float, float)
    def tap(self, x: float, y: float) -> None:
        """Leave out whom a finger meant, or bring him back."""
        cutout = self._cutout()
        if cutout is None or self._placement is None:
            return
        who = instance_at(cutout, *cutout_point(self._placement, x, y))
        included = self._included() ^ {who} if who is not None else frozenset()
        if included:  # somebody must stay
            self._dispatch(PeopleIncluded(self._clock(), frozenset(included)))

    @Slot()
    def bringBack(self) -> None:
        """Everybody of the beginning is in the picture again."""
        first = self._first.cutout if self._first else None
        if first is not None and self._included() != first.included:
            self._dispatch(PeopleIncluded(self._clock(), first.included))

    # --- swiping ---------------------------------------------------------------------------------------

    @Slot()
    def lookAround(self) -> None:
        """A swipe begins: have the photo before both neighbouring backdrops made ready."""
        session = self._session
        self._neighbours = {}
        self.neighboursChanged.emit()
        if session is None or session.shot is None or len(self._backdrops) < 2:
            return
        for side in (1, -1):
            key = self._beside(session, side)
            future = self._studio.preview(session.shot, key, session.placement)
            self._bridge.when_done(future, partial(self._seen, side))

    def _seen(self, side: int, future: Future[Preview]) -> None:
        preview = _answer(future)
        if preview is not None:
            self._neighbours[side] = to_qimage(preview.image)
            self.neighboursChanged.emit()

    @Slot(int)
    def swipe(self, side: int) -> None:
        """Choose the next backdrop (1) or the one before (-1)."""
        session = self._session
        if session is None or session.step is not Step.REVIEW or len(self._backdrops) < 2:
            return
        if side in self._neighbours:
            self._show(self._neighbours[side], self._placement)
        self._dispatch(BackdropChosen(self._clock(), self._beside(session, side)))

    def _beside(self, session: Session, side: int) -> str:
        place = self._backdrops.index(session.backdrop_id) if session.backdrop_id in self._backdrops else 0
        return self._backdrops[(place + side) % len(self._backdrops)]

    # --- what screens read -----------------------------------------------------------------------------

    def _cutout(self) -> Cutout | None:
        shot = self._session.shot if self._session else None
        return shot.cutout if shot and not shot.parts else None

    def _included(self) -> frozenset[int]:
        session, cutout = self._session, self._cutout()
        if session is not None and session.included is not None:
            return session.included
        return cutout.included if cutout else frozenset()

    def _get_picture(self) -> QImage:
        return self._picture

    def _get_aspect(self) -> float:
        return self._picture.width() / self._picture.height() if not self._picture.isNull() else 1.0

    def _get_movable(self) -> bool:
        return self._cutout() is not None

    def _get_has_people(self) -> bool:
        cutout = self._cutout()
        return cutout is not None and len(cutout.people) > 1

    def _get_changed(self) -> bool:
        return bool(self._session and self._session.placement is not None) or self.left_out() > 0

    def left_out(self) -> int:
        """How many of the beginning the guest left out."""
        first = self._first.cutout if self._first and self._cutout() else None
        return len(first.included - self._included()) if first else 0

    def _get_next(self) -> QImage:
        return self._neighbours.get(1, QImage())

    def _get_previous(self) -> QImage:
        return self._neighbours.get(-1, QImage())

    picture = Property(QImage, _get_picture, notify=pictureChanged)
    aspect = Property(float, _get_aspect, notify=pictureChanged)
    movable = Property(bool, _get_movable, notify=lookChanged)
    hasPeople = Property(bool, _get_has_people, notify=lookChanged)
    isChanged = Property(bool, _get_changed, notify=lookChanged)
    leftOut = Property(int, left_out, notify=lookChanged)
    nextPicture = Property(QImage, _get_next, notify=neighboursChanged)
    previousPicture = Property(QImage, _get_previous, notify=neighboursChanged)


def _on_screen(shot: Shot) -> QImage:
    """The composite, no larger than screens are: smoothed once, not at every size that it is shown."""
    image = shot.composite.image
    return thumbnail(image, SCREEN) if min(image.shape[:2]) > SCREEN else to_qimage(image)


def _look(session: Session) -> Wanted:
    return session.backdrop_id, session.placement


def _answer(future: Future[Preview]) -> Preview | None:
    """A preview that fails is no fault of its own: the composite in full tells what is wrong."""
    if future.cancelled() or isinstance(future.exception(), BoothError):
        return None
    return future.result()
