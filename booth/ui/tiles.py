"""Small live pictures of the guests before each backdrop, fetched on a timer and painted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlUncreatable
from PySide6.QtQuick import QQuickItem

from booth.ui.pictures import PictureItem, to_qimage

if TYPE_CHECKING:
    from booth.studio import Studio

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

POLL_MS = 33


@QmlElement
@QmlUncreatable("made by the kiosk")
class TileFeed(QObject):  # type: ignore[operator]
    """Holds the newest tile of each backdrop on screen; `arrived` names the backdrop.

    `rested` tells that all of them are forgotten.
    """

    arrived = Signal(str)
    rested = Signal()

    def __init__(self, studio: Studio, plain: Mapping[str, QImage], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._plain = plain
        self._shown: tuple[str, ...] = ()
        self._is_running = False
        self._numbers: dict[str, int] = {}
        self._images: dict[str, QImage] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    def image(self, key: str) -> QImage:
        """Give the newest picture of a tile, a null one before the first."""
        return self._images.get(key, QImage())

    def plain(self, key: str) -> QImage:
        """Give a backdrop's own picture, for as long as there is no live one."""
        return self._plain.get(key, QImage())

    @Slot(list)
    def show(self, keys: list[str]) -> None:
        """Say which tiles are within the screen."""
        if tuple(keys) != self._shown:
            self._shown = tuple(keys)
            self._ask()

    def run(self, running: bool) -> None:
        """Fetch tiles, or rest while none is on screen: then the guests in them are forgotten."""
        if running == self._is_running:
            return
        self._is_running = running
        self._ask()
        if running:
            self._timer.start()
            return
        self._timer.stop()
        self._images, self._numbers = {}, {}
        self.rested.emit()

    def _ask(self) -> None:
        self._studio.tiles(self._shown if self._is_running else ())

    @Slot()
    def _poll(self) -> None:
        for key, tile in self._studio.newest_tiles().items():
            if self._numbers.get(key) != tile.number:
                self._numbers[key] = tile.number
                self._images[key] = to_qimage(tile.image)
                self.arrived.emit(key)


@QmlElement
class TileItem(PictureItem):
    """Shows a tile's newest live picture, and its plain picture until there is one."""

    feedChanged = Signal()
    keyChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._feed: TileFeed | None = None
        self._key = ""

    def _get_feed(self) -> TileFeed | None:
        return self._feed

    def _set_feed(self, feed: TileFeed | None) -> None:
        if self._feed is not None:
            self._feed.arrived.disconnect(self._renew)
            self._feed.rested.disconnect(self._show_plain)
        self._feed = feed
        if self._feed is not None:
            self._feed.arrived.connect(self._renew)
            self._feed.rested.connect(self._show_plain)
        self.feedChanged.emit()
        self._show_plain()

    def _get_key(self) -> str:
        return self._key

    def _set_key(self, key: str) -> None:
        self._key = key
        self.keyChanged.emit()
        self._show_plain()

    @Slot()
    def _show_plain(self) -> None:
        if self._feed is not None and self._key:
            self._set_picture(self._feed.plain(self._key))

    feed = Property(TileFeed, _get_feed, _set_feed, notify=feedChanged)
    key = Property(str, _get_key, _set_key, notify=keyChanged)

    @Slot(str)
    def _renew(self, key: str) -> None:
        if key == self._key and self._feed is not None and self.isVisible():
            self._set_picture(self._feed.image(key))
