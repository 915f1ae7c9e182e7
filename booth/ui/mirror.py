"""The live mirror: the studio's newest picture, fetched on a timer and painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlUncreatable
from PySide6.QtQuick import QQuickItem, QSGImageNode

from booth.ui.pictures import PictureItem, to_qimage

if TYPE_CHECKING:
    from booth.studio import Studio

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

POLL_MS = 8


@QmlElement
@QmlUncreatable("made by the kiosk")
class MirrorFeed(QObject):  # type: ignore[operator]
    """Holds the newest mirror picture. A slow screen skips pictures, it never queues them."""

    arrived = Signal()
    liveChanged = Signal()

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._number = -1
        self._image = QImage()
        self._hints: tuple[str, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def image(self) -> QImage:
        return self._image

    @property
    def hints(self) -> tuple[str, ...]:
        """What guests could do better, as the newest picture shows it; see `booth.matting.referee.HINTS`."""
        return self._hints

    def run(self, running: bool) -> None:
        """Fetch pictures, or rest while no mirror is on screen."""
        if running != self._timer.isActive():
            if running:
                self._timer.start()
            else:
                self._timer.stop()

    @Slot()
    def _poll(self) -> None:
        newest = self._studio.newest_mirror()
        if newest is None or newest.number == self._number:
            return
        was_live = self._get_live()
        self._number = newest.number
        self._image = to_qimage(newest.image)
        self._hints = newest.hints
        self.arrived.emit()
        if not was_live:
            self.liveChanged.emit()

    def _get_live(self) -> bool:
        return not self._image.isNull()

    live = Property(bool, _get_live, notify=liveChanged)


@QmlElement
class MirrorItem(PictureItem):
    """Shows a feed's newest picture."""

    feedChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._feed: MirrorFeed | None = None
        self._painted = 0

    def _get_feed(self) -> MirrorFeed | None:
        return self._feed

    def _set_feed(self, feed: MirrorFeed | None) -> None:
        if self._feed is not None:
            self._feed.arrived.disconnect(self._show)
        self._feed = feed
        if self._feed is not None:
            self._feed.arrived.connect(self._show)
        self.feedChanged.emit()
        self._show()

    feed = Property(MirrorFeed, _get_feed, _set_feed, notify=feedChanged)

    @property
    def painted(self) -> int:
        """How many pictures were painted so far."""
        return self._painted

    @Slot()
    def _show(self) -> None:
        if self._feed is not None and self.isVisible():
            self._set_picture(self._feed.image)

    def updatePaintNode(  # type: ignore[override]
        self, node: QSGImageNode | None, data: QQuickItem.UpdatePaintNodeData
    ) -> QSGImageNode | None:
        self._painted += 1
        return super().updatePaintNode(node, data)
