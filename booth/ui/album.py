"""The pictures that may be shown to passers-by, one after the other, read by a thread of their own."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlUncreatable

from booth.errors import PictureError
from booth.images import read_picture
from booth.ui.bridge import Bridge
from booth.ui.pictures import thumbnail

log = logging.getLogger(__name__)

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

SIDE = 720
ENDINGS = (".jpg", ".jpeg", ".png")


@QmlElement
@QmlUncreatable("made by the kiosk")
class Album(QObject):  # type: ignore[operator]
    """Shows the next picture of a folder at each `turn`. What is no picture is left out and logged."""

    changed = Signal()

    def __init__(self, folder: Path | None, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._files = _rounds(folder) if folder else iter(())
        self._picture = QImage()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="album") if folder else None

    def turn(self) -> None:
        """Have the next picture read and shown."""
        if self._pool is not None:
            self._bridge.when_done(self._pool.submit(self._read_next), self._show)

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _read_next(self) -> QImage | None:
        path = next(self._files, None)
        if path is None:
            return None
        try:
            return thumbnail(read_picture(path), SIDE)
        except PictureError as error:
            log.warning("%s is not shown: %s", path, error)
            return None

    def _show(self, future: Future[QImage | None]) -> None:
        picture = future.result() if not future.cancelled() else None
        if picture is not None:
            self._picture = picture
            self.changed.emit()

    def _get_picture(self) -> QImage:
        return self._picture

    def _get_aspect(self) -> float:
        return self._picture.width() / self._picture.height() if not self._picture.isNull() else 1.0

    def _get_is_there(self) -> bool:
        return not self._picture.isNull()

    picture = Property(QImage, _get_picture, notify=changed)
    aspect = Property(float, _get_aspect, notify=changed)
    isThere = Property(bool, _get_is_there, notify=changed)


def _rounds(folder: Path) -> Iterator[Path]:
    """The folder's pictures in order, for ever; it is looked at anew for each round."""
    for _ in itertools.count():
        try:
            found = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
        except OSError as error:
            log.warning("%s cannot be read: %s", folder, error)
            found = []
        if not found:
            return
        yield from found
