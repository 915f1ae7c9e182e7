"""The kiosk: one window, its screens, and what keeps it standing for a whole evening."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSize,
    QSocketNotifier,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import (
    QCloseEvent,
    QFontDatabase,
    QGuiApplication,
    QKeyEvent,
    QOffscreenSurface,
    QOpenGLContext,
)
from PySide6.QtQml import QQmlError
from PySide6.QtQuick import QQuickView, QQuickWindow, QSGRendererInterface

from booth.config.settings import Settings
from booth.sentences import say
from booth.session import Step
from booth.shot import Notice
from booth.ui import mirror, pictures, tiles
from booth.ui.collector import Collector
from booth.ui.curtain import Curtain
from booth.ui.enlarger import PictureWindow
from booth.ui.fitting import texts_that_do_not_fit
from booth.ui.heartbeat import Heartbeat, Supervisor
from booth.ui.keys import key_codes
from booth.ui.lamp import LampModel
from booth.ui.panel import EXIT_RELOAD, EXIT_RESTART, PanelModel
from booth.ui.sound import Loudspeaker
from booth.ui.visit import VisitModel
from booth.ui.wakefulness import Wakefulness
from booth.ui.wall import Wall
from booth.ui.words import load_words

if TYPE_CHECKING:
    from booth.studio import Studio
    from booth.studio.operator import Operator

log = logging.getLogger(__name__)

QML = Path(__file__).parent / "qml"
FONTS = ("Outfit-Regular.ttf", "Outfit-SemiBold.ttf", "Outfit-ExtraBold.ttf", "Pacifico-Regular.ttf")
FAULTS_A_MINUTE = 5
RESTART_LOOK_MS = 3000
FEW_CORES = 4
SWITCH_SECONDS = 0.001
"""After so long a thread that computes in Python lets the screen go on; by default it may keep it for 5 ms."""
EXIT_FAULTY = 70
"""Exit status after too many faults in a minute: whoever supervises the booth starts it again."""
QUIT_KEYS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
)
MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Shift, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
REGISTERED = (
    mirror.MirrorItem,
    pictures.PictureItem,
    pictures.PrintItem,
    pictures.WarmItem,
    tiles.TileItem,
)
"""The items that QML creates; importing their modules registers them."""


class KioskView(PictureWindow):
    """The window. A guest cannot close it; `shutters` are the keys that act, every key if there are none."""

    quitAsked = Signal()

    def __init__(self, visit: VisitModel, shutters: frozenset[int], *, locked: bool) -> None:
        super().__init__(visit.enlarger)
        self._shutters = shutters
        self._visit = visit
        self._locked = locked
        if locked:
            self.setFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
            self.windowStateChanged.connect(self._fill_again)

    @Slot("Qt::WindowState")
    def _fill_again(self, state: Qt.WindowState) -> None:
        """Undo what a window manager's gesture or shortcut did to the window."""
        if self.isVisible() and state != Qt.WindowState.WindowFullScreen:
            QTimer.singleShot(0, self, self.showFullScreen)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._locked:
            event.ignore()
        else:
            self.quitAsked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        if event.key() == Qt.Key.Key_Q and event.modifiers() == QUIT_KEYS:
            self.quitAsked.emit()
        elif event.key() == Qt.Key.Key_F4 and event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self.close()
        elif not event.isAutoRepeat() and self._is_shutter(event.key()):
            self._visit.pressKey()

    def _is_shutter(self, key: int) -> bool:
        return key in self._shutters if self._shutters else key not in MODIFIERS


class Kiosk(QObject):
    """The window with its view models. `warnings` holds whatever QML complained about."""

    def __init__(
        self,
        studio: Studio,
        settings: Settings,
        *,
        notices: Sequence[Notice] = (),
        operator: Operator | None = None,
        size: tuple[int, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.warnings: list[str] = []
        self._fullscreen = settings.screen.fullscreen and size is None
        self._pointer = settings.operator.pointer
        self.visit = VisitModel(studio, settings, clock=clock, parent=self)
        self.lamp = LampModel(studio, notices, settings.operator.language, self)
        self.panel = PanelModel(operator, studio, self.lamp, settings, self.is_idle, self)
        self.panel.leaveAsked.connect(self.leave)
        for notice in self.visit.notices:
            self.lamp.tell(notice)
        self._loudspeaker = Loudspeaker(self.lamp.tell) if settings.screen.sound else None
        if self._loudspeaker is not None:
            self.visit.sound_with(self._loudspeaker.play)
        self.view = KioskView(self.visit, key_codes(settings.screen.shutter_keys), locked=self._fullscreen)
        self.view.setTitle(settings.event.name)
        self.view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.view.resize(QSize(*(size or (settings.screen.width, settings.screen.height))))
        self.view.quitAsked.connect(self.ask_to_quit)
        self.view.installEventFilter(self.panel)
        self.panel.texts_found = partial(texts_that_do_not_fit, self.view, self.visit)
        self._load()
        self.visit.stepChanged.connect(self._tidy)

    def is_idle(self) -> bool:
        """Whether no guest is in a visit just now."""
        return self.visit.session.step is Step.ATTRACT

    @Slot(str)
    def _tidy(self, step: str) -> None:
        """Let go of a visit's pictures: QML's collector knows nothing of the megabytes that its values hold."""
        if step == Step.ATTRACT.value:
            self.view.engine().collectGarbage()

    @Slot()
    def ask_to_quit(self) -> None:
        """End the event loop, for the operator; where there is a PIN, only the panel can do that."""
        if self.panel.has_pin:
            self.panel.knock()
            return
        log.info("asked to end by the operator")
        self.leave(0)

    @Slot(int)
    def leave(self, status: int) -> None:
        """End the event loop with an exit status."""
        QGuiApplication.exit(status)

    def _load(self) -> None:
        engine = self.view.engine()
        engine.setOutputWarningsToStandardError(False)
        engine.warnings.connect(self._collect)
        engine.addImageProvider("icon", pictures.IconProvider())
        self.view.setInitialProperties({"visit": self.visit, "lamp": self.lamp, "panel": self.panel})
        self.view.setSource(QUrl.fromLocalFile(str(QML / "Main.qml")))
        if self.view.status() is not QQuickView.Status.Ready:
            raise RuntimeError("; ".join(error.toString() for error in self.view.errors()))

    @Slot("QList<QQmlError>")
    def _collect(self, errors: list[QQmlError]) -> None:
        for error in errors:
            self.warnings.append(error.toString())
            log.warning("qml: %s", error.toString())

    def start(self) -> None:
        """Show the window and open for guests."""
        if self._fullscreen:
            if not self._pointer:
                self.view.setCursor(Qt.CursorShape.BlankCursor)
            self.view.showFullScreen()
        else:
            self.view.show()
        self.visit.start()
        self.lamp.start()
        self.panel.start()

    def stop(self) -> None:
        """Take everything down, in the order that leaves nothing looking at what is gone."""
        self.visit.stop()
        if self._loudspeaker is not None:
            self._loudspeaker.stop()
        self.lamp.stop()
        self.panel.stop()
        self.view.hide()
        self.view.setSource(QUrl())
        self.view.deleteLater()


class SignalWatch(QObject):
    """Ends the event loop on SIGTERM and SIGINT; without it an idle Qt program hears neither."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._handlers = {number: signal.signal(number, _noted) for number in (signal.SIGTERM, signal.SIGINT)}
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno())
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._quit)

    @Slot()
    def _quit(self) -> None:
        received = self._reader.recv(64)
        if any(number in received for number in self._handlers):
            log.info("asked to end by signal")
            QGuiApplication.exit(0)

    def stop(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()


def _noted(number: int, frame: object) -> None:
    """A signal must have a handler for the wake-up to be sent."""


class RestartWatch(QObject):
    """Ends the event loop when a restart is due and nobody has used the booth from one look to the next."""

    def __init__(self, visit: VisitModel, is_due: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._visit = visit
        self._is_due = is_due
        self._was_idle = False
        self._timer = QTimer(self)
        self._timer.setInterval(RESTART_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        is_idle = self._visit.property("step") == Step.ATTRACT.value
        if is_idle and self._was_idle and self._is_due():
            log.warning("nobody is here: the booth ends, to start anew")
            QGuiApplication.exit(EXIT_RESTART)
        self._was_idle = is_idle

    def stop(self) -> None:
        self._timer.stop()


class FaultWatch:
    """Faults that nobody caught: into the log and onto the lamp; too many in a minute end the program."""

    def __init__(self, lamp: LampModel) -> None:
        self._lamp = lamp
        self._moments: deque[float] = deque(maxlen=FAULTS_A_MINUTE)
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def stop(self) -> None:
        sys.excepthook, threading.excepthook = self._hooks

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("uncaught fault", exc_info=(kind, error, trace))
        said = say("program.fault", kind=kind.__name__, why=str(error))
        self._lamp.tell(Notice("ui.fault", "fault", said, say("program.fault.help")))
        self._moments.append(time.monotonic())
        if len(self._moments) == FAULTS_A_MINUTE and self._moments[-1] - self._moments[0] < 60:
            QGuiApplication.exit(EXIT_FAULTY)

    def _caught_in_thread(self, fault: threading.ExceptHookArgs) -> None:
        if fault.exc_value is not None:
            self._caught(fault.exc_type, fault.exc_value, fault.exc_traceback)


def create_application() -> tuple[QGuiApplication, tuple[Notice, ...]]:
    """Give the one application object, with its fonts, and what the operator should know of the display."""
    # Items are painted by Python code, which must run in the GUI thread.
    os.environ.setdefault("QSG_RENDER_LOOP", "basic")
    if (os.cpu_count() or 1) <= FEW_CORES:
        # Qt has pictures drawn by helpers, and where all cores are busy the screen waits for them.
        os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    sys.setswitchinterval(SWITCH_SECONDS)
    running = QGuiApplication.instance()
    application = running if isinstance(running, QGuiApplication) else QGuiApplication(["booth"])
    application.setQuitOnLastWindowClosed(False)
    for name in FONTS:
        with files("booth.scene").joinpath("fonts", name).open("rb") as font:
            QFontDatabase.addApplicationFontFromData(font.read())
    return application, _choose_renderer()


def _choose_renderer() -> tuple[Notice, ...]:
    if os.environ.get("QT_QUICK_BACKEND") == "software" or _has_opengl():
        return ()
    QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
    return (Notice("ui.software", "info", say("screen.software"), say("screen.software.help")),)


def _has_opengl() -> bool:
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    return context.create() and context.makeCurrent(surface)


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    log.log(levels.get(kind, logging.WARNING), "qt: %s", message)


def _never() -> bool:
    return False


def run_kiosk(
    studio: Studio,
    settings: Settings,
    *,
    notices: Sequence[Notice] = (),
    operator: Operator | None = None,
    restart_due: Callable[[], bool] = _never,
    curtain: Curtain | None = None,
) -> int:
    """Serve guests until a signal, the operator or a restart that is due ends it; give the exit status."""
    if not faulthandler.is_enabled():
        faulthandler.enable()  # a crash in native code, or a supervisor's SIGABRT, leaves every stack
    previous: Any = qInstallMessageHandler(_log_qt)
    application, of_display = create_application()
    signals = SignalWatch()  # before the screens, which take their time
    kiosk = Kiosk(studio, settings, notices=(*notices, *of_display), operator=operator)
    wall = Wall(studio.board, settings, kiosk.lamp.tell, kiosk.lamp.clear) if settings.screen.wall else None
    faults = FaultWatch(kiosk.lamp)
    restarts = RestartWatch(kiosk.visit, restart_due)
    supervisor = Supervisor()
    collector = Collector(kiosk.visit)
    heart = Heartbeat(supervisor, lambda: kiosk.visit.session.step.value)
    awake = Wakefulness()
    status = EXIT_FAULTY
    try:
        kiosk.start()
        heart.start()
        if settings.operator.awake and settings.screen.fullscreen and (told := awake.start(kiosk.view)):
            kiosk.lamp.tell(told)
        if wall is not None:
            wall.start()
        if curtain is not None:
            curtain.lift()
        status = application.exec()
        if curtain is not None and status == EXIT_RELOAD:
            curtain.fall(kiosk.view, load_words(settings.event.language)["sorry.starting"])
        return status
    finally:
        if status != EXIT_RELOAD:
            supervisor.tell("STOPPING=1")
        heart.stop()
        awake.stop()
        restarts.stop()
        collector.stop()
        faults.stop()
        signals.stop()
        if wall is not None:
            wall.stop()
        kiosk.stop()
        application.processEvents()
        qInstallMessageHandler(previous)
