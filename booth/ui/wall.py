"""The wall: a second screen that tells guests which print is ready and where to look."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QScreen
from PySide6.QtQml import QmlElement, QmlUncreatable
from PySide6.QtQuick import QQuickView

from booth.config.settings import Settings
from booth.sentences import say
from booth.shot import Notice
from booth.spool.pickup import Board, OnTheWall
from booth.ui.bridge import Bridge
from booth.ui.words import load_words

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

QML = Path(__file__).parent / "qml"
LOOK_MS = 2000
KEY = "wall"
log = logging.getLogger(__name__)


@QmlElement
@QmlUncreatable("made by the wall")
class WallModel(QObject):  # type: ignore[operator]
    """The groups of codes as the wall shows them, renewed every other second."""

    changed = Signal()

    def __init__(
        self, board: Callable[[], Future[Board]], settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._board = board
        self._settings = settings
        self._words = load_words(settings.event.language)
        self._bridge = Bridge(self)
        self._asked = False
        self._groups: list[dict[str, Any]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        self.look()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._bridge.close()

    @Slot()
    def look(self) -> None:
        """Ask for the board, unless the last answer is still awaited."""
        if not self._asked:
            self._asked = True
            self._bridge.when_done(self._board(), self._show)

    def _show(self, future: Future[Board]) -> None:
        self._asked = False
        if future.cancelled():
            return
        if (error := future.exception()) is not None:
            log.warning("the wall cannot be renewed: %s", error)
            return
        groups = self._grouped(future.result())
        if groups != self._groups:
            self._groups = groups
            self.changed.emit()

    def _grouped(self, board: Board) -> list[dict[str, Any]]:
        kinds = (("ready", board.ready), ("printing", board.printing), ("check", board.check))
        return [
            {
                "kind": kind,
                "title": self._words[f"wall.{kind}"],
                "tickets": [self._ticket(one) for one in those],
            }
            for kind, those in kinds
            if those
        ]

    def _ticket(self, ticket: OnTheWall) -> dict[str, str]:
        place = self._words["wall.at"].format(printer=ticket.printer) if ticket.printer else ""
        return {"code": ticket.code, "place": place}

    def _get_groups(self) -> list[dict[str, Any]]:
        return self._groups

    def _get_event(self) -> str:
        return self._settings.event.name

    def _get_nothing(self) -> str:
        return self._words["wall.empty"]

    groups = Property(list, _get_groups, notify=changed)
    event_name = Property(str, _get_event, constant=True)
    nothing = Property(str, _get_nothing, constant=True)


class WallView(QQuickView):
    """The wall's window, which nobody closes by accident."""

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()


class Wall(QObject):
    """The wall on the second screen, as soon as there is one; `tell` hears where there is none."""

    def __init__(
        self,
        board: Callable[[], Future[Board]],
        settings: Settings,
        tell: Callable[[Notice], None],
        clear: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tell = tell
        self._clear = clear
        self.model = WallModel(board, settings, self)
        self.view = WallView()
        self.view.setTitle(f"{settings.event.name}: prints")
        self.view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.view.setInitialProperties({"wall": self.model})
        self.view.setSource(QUrl.fromLocalFile(str(QML / "Wall.qml")))
        if self.view.status() is not QQuickView.Status.Ready:
            raise RuntimeError("; ".join(error.toString() for error in self.view.errors()))

    def start(self) -> None:
        """Show the wall where there is room, and look out for screens that come and go."""
        self.model.start()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._place)
            application.screenRemoved.connect(self._place)
        self._place()

    def stop(self) -> None:
        self.model.stop()
        self.view.hide()
        self.view.setSource(QUrl())
        self.view.deleteLater()

    @Slot()
    def _place(self, _screen: QScreen | None = None) -> None:
        others = QGuiApplication.screens()[1:]
        if not others:
            self.view.hide()
            self._tell(Notice(KEY, "warning", say("screen.no_wall"), say("screen.no_wall.help")))
            return
        self._clear(KEY)
        self.view.setScreen(others[0])
        self.view.setGeometry(others[0].geometry())
        self.view.setCursor(Qt.CursorShape.BlankCursor)
        self.view.showFullScreen()
