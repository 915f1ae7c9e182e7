"""The operator's lamp: what the booth has to say to whoever looks after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from booth.sentences import in_language
from booth.shot import Notice

if TYPE_CHECKING:
    from booth.studio import Studio

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

POLL_MS = 1000
SEVERITY = ("info", "warning", "fault")


@QmlElement
@QmlUncreatable("made by the kiosk")
class LampModel(QObject):  # type: ignore[operator]
    """Notices of start-up, of the studio and of the screen itself, the gravest first."""

    changed = Signal()
    _told = Signal(object)

    def __init__(
        self, studio: Studio, notices: Sequence[Notice], language: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._language = language
        self._own = {notice.key: notice for notice in notices}
        self._shown: tuple[Notice, ...] = ()
        self._told.connect(self._note)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._look()

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @property
    def notices(self) -> tuple[Notice, ...]:
        return self._shown

    def tell(self, notice: Notice) -> None:
        """Add a notice of the screen's own; from any thread."""
        self._told.emit(notice)

    def clear(self, key: str) -> None:
        """Withdraw a notice of the screen's own; in the GUI thread."""
        if self._own.pop(key, None) is not None:
            self._look()

    @Slot(object)
    def _note(self, notice: Notice) -> None:
        self._own[notice.key] = notice
        self._look()

    @Slot()
    def _look(self) -> None:
        everything = {**self._own, **{notice.key: notice for notice in self._studio.notices()}}
        shown = tuple(sorted(everything.values(), key=lambda notice: -SEVERITY.index(notice.level)))
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()

    def _get_level(self) -> str:
        return self._shown[0].level if self._shown else ""

    def _get_line(self) -> str:
        return in_language(self._shown[0].text, self._language) if self._shown else ""

    def _get_method(self) -> str:
        return self._studio.method

    level = Property(str, _get_level, notify=changed)
    line = Property(str, _get_line, notify=changed)
    method = Property(str, _get_method, notify=changed)
