"""The operator's panel: opened by a long touch on the corner, behind a PIN, closed by itself.

The studio's operator answers with Futures; a bridge brings them here. Progress of what takes its time is put
into a queue by the operator's thread and read on a timer.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Property, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtQml import QmlElement, QmlUncreatable

from booth.camera.exposure import USUAL, stepped
from booth.config.settings import Settings
from booth.errors import said_by
from booth.sentences import in_language
from booth.shot import Plate
from booth.studio.pin import LONGEST, Verdict
from booth.studio.rehearsal import STEPS, Finding
from booth.ui import panel_shown
from booth.ui.bridge import Bridge
from booth.ui.lamp import LampModel
from booth.ui.panel_packs import PacksModel
from booth.ui.pictures import to_qimage
from booth.ui.words import counted, load_words

if TYPE_CHECKING:
    from booth.studio import Studio
    from booth.studio.operator import Operator, Report, View

log = logging.getLogger(__name__)

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

EXIT_RESTART = 75
"""Exit status of a booth that is to be started anew, by the operator or because it cannot go on."""
EXIT_RELOAD = 76
"""End of one run on the old settings; the command builds the house again on the new ones."""
PAGES = ("state", "camera", "prints", "event", "figures", "rehearsal", "system")
REPORT_MS, VIEW_MS, CONFIG_MS, PROGRESS_MS = 1000, 400, 2000, 150
COUNTDOWN = 5
TOUCHES = (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.KeyPress)


@QmlElement
@QmlUncreatable("made by the kiosk")
class PanelModel(QObject):  # type: ignore[operator]
    """What the panel shows and what the operator may do. Without an `operator` it shows notices only."""

    openChanged = Signal()
    pageChanged = Signal()
    pinChanged = Signal()
    shownChanged = Signal()
    queueChanged = Signal()
    logChanged = Signal()
    viewChanged = Signal()
    taskChanged = Signal()
    rehearsalChanged = Signal()
    saidChanged = Signal()
    leaveAsked = Signal(int)

    def __init__(
        self,
        operator: Operator | None,
        studio: Studio,
        lamp: LampModel,
        settings: Settings,
        is_idle: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._operator = operator
        self._lamp = lamp
        self._settings = settings
        self._is_idle = is_idle
        self._language = settings.operator.language
        self._words = load_words(f"panel/{self._language}")
        self._titles = panel_shown.titles_of(self._words, studio.backdrops, self._language)
        self._bridge = Bridge(self)
        self._open = False
        self._admitted = False
        self._page = "state"
        self._typed = ""
        self._verdict = ""
        self._asked: set[str] = set()
        self._report: Report | None = None
        self._queue: list[dict[str, Any]] = []
        self._printers: list[dict[str, Any]] = []
        self._log: list[str] = []
        self._view = QImage()
        self._seen = panel_shown.seen(self._words, None)
        self._plate_shown = False
        self._cameras: list[str] = []
        self._exposure: float | None = None
        self._packs = PacksModel(operator, self._words, self._language, self._then, self._say, self)
        self._task = ""
        self._count = 0
        self._progress: deque[tuple[str, Any]] = deque()
        self._share = 0.0
        self._step = ""
        self._findings: list[dict[str, str]] = []
        self._page_file = ""
        self._said = ""
        self.texts_found: Callable[[], tuple[Finding, ...]] = tuple
        self._timers = {
            "report": self._every(REPORT_MS, self._ask_report),
            "view": self._every(VIEW_MS, self._ask_view),
            "progress": self._every(PROGRESS_MS, self._read_progress),
            "countdown": self._every(1000, self._count_down),
            "lock": self._every(1000, self.pinChanged.emit),
        }
        self._config_timer = self._every(CONFIG_MS, self._look_at_config)
        self._leave_timer = self._every(round(settings.operator.leave * 1000), self.close)
        self._leave_timer.setSingleShot(True)
        lamp.changed.connect(self.shownChanged)

    def _every(self, milliseconds: int, slot: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    # --- life ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Watch the configuration from now on."""
        if self._operator is not None:
            self._config_timer.start()

    def stop(self) -> None:
        """Rest for good: nothing comes in any more."""
        for timer in (*self._timers.values(), self._config_timer, self._leave_timer):
            timer.stop()
        self._bridge.close()

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def has_pin(self) -> bool:
        return self._operator is not None and self._operator.guard.is_set

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the panel is open, keys are its own, and any touch keeps it open."""
        if self._open and event.type() in TOUCHES:
            self._leave_timer.start()
            if isinstance(event, QKeyEvent):
                self._type(event)
                return True
        return False

    @Slot()
    def knock(self) -> None:
        """The corner was held: ask for the PIN, or open where there is none."""
        if self._open:
            return
        self._open = True
        self._admitted = not self.has_pin
        self._page = "state"
        self._typed = self._verdict = ""
        self._say("")
        self._leave_timer.start()
        self.pageChanged.emit()
        self.pinChanged.emit()
        self._timers["lock"].start()
        if self._admitted:
            self._enter()
        self.openChanged.emit()
        log.info("operator: the panel is %s", "open" if self._admitted else "asking for the PIN")

    def _enter(self) -> None:
        self._timers["lock"].stop()
        if self._operator is None:
            return
        self._ask_report()
        self._timers["report"].start()
        self._then("cameras", self._operator.cameras(), self._cameras_found)

    @Slot()
    def close(self) -> None:
        """Give the screen back to the guests; a rehearsal or a plate under way is not left alone."""
        if not self._open:
            return
        if self._task:
            self._leave_timer.start()
            return
        self._open = self._admitted = False
        for timer in self._timers.values():
            timer.stop()
        self._leave_timer.stop()
        self._show_plate(False)
        self.openChanged.emit()

    # --- the PIN ---------------------------------------------------------------------------------------

    def _type(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif not self._admitted:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.enterPin()
            elif event.key() == Qt.Key.Key_Backspace:
                self.erasePin()
            else:
                self.typePin(event.text())

    @Slot(str)
    def typePin(self, digit: str) -> None:
        if len(digit) == 1 and digit in "0123456789" and len(self._typed) < LONGEST:
            self._typed += digit
            self._verdict = ""
            self.pinChanged.emit()

    @Slot()
    def erasePin(self) -> None:
        self._typed = self._typed[:-1]
        self.pinChanged.emit()

    @Slot()
    def enterPin(self) -> None:
        if self._operator is not None and self._typed and not self._admitted:
            self._then("pin", self._operator.hear_pin(self._typed), self._heard)

    def _heard(self, verdict: Verdict) -> None:
        self._typed = ""
        self._verdict = verdict.answer
        if verdict.answer == "open" and self._open:
            self._admitted = True
            self._enter()
        self.pinChanged.emit()
        self.openChanged.emit()

    # --- asking and hearing ----------------------------------------------------------------------------

    def _then(self, name: str, future: Future[Any], then: Callable[[Any], None]) -> None:
        """Have a result delivered here; what failed is said. `name` is under way until then."""
        self._asked.add(name)
        self._bridge.when_done(future, partial(self._arrived, name, then))

    def _arrived(self, name: str, then: Callable[[Any], None], future: Future[Any]) -> None:
        self._asked.discard(name)
        if future.cancelled():  # the booth is being stopped
            return
        error = future.exception()
        if error is None:
            then(future.result())
            return
        log.warning("operator: %s failed: %s", name, error)
        if self._task == name:
            self._end_task()
        self._say(self._words["failed"].format(why=in_language(said_by(error), self._language)))

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self.saidChanged.emit()

    def _ask_report(self) -> None:
        if self._operator is not None and "report" not in self._asked:
            self._then("report", self._operator.report(), self._show_report)

    def _show_report(self, report: Report) -> None:
        self._report = report
        if "expose" not in self._asked:
            self._exposure = report.exposure
        queue = panel_shown.queue(self._words, self._language, report)
        printers = panel_shown.printers(self._words, self._language, report)
        # A list that is the same is left alone: a button in it may be under a finger.
        if (queue, printers) != (self._queue, self._printers):
            self._queue, self._printers = queue, printers
            self.queueChanged.emit()
        if list(report.log) != self._log:
            self._log = list(report.log)
            self.logChanged.emit()
        self.shownChanged.emit()

    def _ask_view(self) -> None:
        if self._operator is not None and "view" not in self._asked and not self._plate_shown:
            self._then("view", self._operator.view(), self._show_view)

    def _show_view(self, view: View | None) -> None:
        if not self._plate_shown:
            self._view = to_qimage(view.image) if view else QImage()
        self._seen = panel_shown.seen(self._words, view)
        self.viewChanged.emit()

    def _look_at_config(self) -> None:
        if self._operator is not None and "config" not in self._asked:
            self._then("config", self._operator.look_at_config(), self._take_up)

    def _take_up(self, pending: str) -> None:
        """Take a good edit up between two guests: the house is built again on it."""
        if pending and not self._open and self._is_idle():
            log.info("operator: the configuration is taken up: %s", pending)
            self.leaveAsked.emit(EXIT_RELOAD)

    # --- what the operator does ------------------------------------------------------------------------

    @Slot(str)
    def turnTo(self, page: str) -> None:
        self._page = page
        self._say("")
        self._show_plate(False)
        if page == "camera":
            self._ask_view()
            self._timers["view"].start()
        else:
            self._timers["view"].stop()
        if page == "event":
            self._packs.refresh()
        self.pageChanged.emit()

    @Slot(bool)
    def showSign(self, closed: bool) -> None:
        if self._operator is not None:
            self._then("sign", self._operator.show_sign(closed), self._changed)

    def _changed(self, _: object) -> None:
        """Something was done: look at once what it changed."""
        self._ask_report()

    @Slot(str)
    def chooseCamera(self, source: str) -> None:
        if self._operator is not None and source != self._settings.camera.source:
            said = self._words["camera.chosen"].format(name=Path(source).name)
            future = self._operator.set_value("camera.source", f'"{source}"')
            self._then("choose", future, lambda _: self._say(said))

    @Slot(int)
    def exposeBy(self, steps: int) -> None:
        """Some steps brighter, or darker for negative ones; from the camera's own choice, at the usual."""
        if self._exposure is not None:
            self._expose(stepped(self._exposure, steps) if self._exposure else USUAL)

    @Slot()
    def exposeItself(self) -> None:
        """Let the camera decide."""
        self._expose(0.0)

    def _expose(self, milliseconds: float) -> None:
        if self._operator is not None and "expose" not in self._asked:
            self._then("expose", self._operator.expose(milliseconds), self._exposed)

    def _exposed(self, milliseconds: float) -> None:
        self._exposure = milliseconds
        self._say(self._words["camera.exposure.hint"])
        self.shownChanged.emit()

    @Slot()
    def keepExposure(self) -> None:
        """Write the exposure into the configuration."""
        if self._operator is not None and self._exposure is not None:
            said = self._words["camera.exposure.kept"].format(value=self._get_exposure()["text"])
            future = self._operator.set_value("camera.exposure", f"{self._exposure:g}")
            self._then("keep_exposure", future, lambda _: self._say(said))

    def _cameras_found(self, cameras: tuple[str, ...]) -> None:
        self._cameras = list(cameras)
        self.viewChanged.emit()

    @Slot(bool)
    def lookAtPlate(self, plate: bool) -> None:
        self._show_plate(plate)
        if plate and self._operator is not None:
            self._then("plate_picture", self._operator.plate_picture(), self._plate_found)

    def _show_plate(self, shown: bool) -> None:
        if shown != self._plate_shown:
            self._plate_shown = shown
            self.viewChanged.emit()

    def _plate_found(self, image: Any) -> None:
        if image is None:
            self._show_plate(False)
        elif self._plate_shown:
            self._view = to_qimage(image)
            self.viewChanged.emit()

    @Slot()
    def takePlate(self) -> None:
        """Count down, so that whoever pressed can step out of the picture; then take the plate."""
        if self._operator is None or self._task:
            return
        self._show_plate(False)
        self._count = COUNTDOWN
        self._begin_task("plate")
        self._timers["countdown"].start()

    def _count_down(self) -> None:
        self._count -= 1
        self.taskChanged.emit()
        if self._count <= 0 and self._operator is not None:
            self._timers["countdown"].stop()
            note = partial(self._note, "share")
            self._then("plate", self._operator.take_plate(note), self._plate_taken)

    def _plate_taken(self, plate: Plate) -> None:
        self._end_task()
        self._say(self._words["plate.done"])
        self.lookAtPlate(True)
        self._ask_report()

    @Slot(str, bool)
    def restPrinter(self, name: str, resting: bool) -> None:
        if self._operator is not None:
            self._then("rest", self._operator.prints.service(name, not resting), self._changed)

    @Slot(str, int)
    def loadPrinter(self, name: str, sheets: int) -> None:
        if self._operator is not None:
            self._then("load", self._operator.prints.loaded(name, sheets), self._changed)

    @Slot(str, bool)
    def holdSheet(self, job: str, held: bool) -> None:
        if self._operator is not None:
            desk = self._operator.prints
            self._then("hold", desk.hold(job) if held else desk.release(job), self._changed)

    @Slot(str)
    def printAgain(self, job: str) -> None:
        known = next((each for each in self._report.jobs if each.uuid == job), None) if self._report else None
        if self._operator is not None and known is not None:
            self._then("again", self._operator.again(known), self._changed)

    @Slot(str)
    def cancelSheet(self, job: str) -> None:
        if self._operator is not None:
            self._then("cancel", self._operator.prints.cancel(job), self._changed)

    @Slot(str)
    def itCameOut(self, job: str) -> None:
        if self._operator is not None:
            self._then("came", self._operator.prints.came_out(job), self._changed)

    @Slot()
    def testPrint(self) -> None:
        if self._operator is not None and "test" not in self._asked:
            self._then("test", self._operator.test_print(), self._tested)

    def _tested(self, code: str) -> None:
        self._say(self._words["prints.tested"].format(code=code))
        self._ask_report()

    @Slot()
    def rehearse(self) -> None:
        if self._operator is None or self._task:
            return
        self._findings = []
        self._page_file = ""
        self._begin_task("rehearsal")
        future = self._operator.rehearse(
            partial(self._note, "finding"), partial(self._note, "step"), self.texts_found()
        )
        self._then("rehearsal", future, self._rehearsed)

    def _rehearsed(self, page: Path) -> None:
        self._read_progress()
        self._page_file = str(page)
        self._end_task()

    @Slot()
    def stopTask(self) -> None:
        """Cut the rehearsal short."""
        if self._operator is not None and self._task == "rehearsal":
            self._operator.cut_short()

    @Slot()
    def restart(self) -> None:
        log.info("operator: restart")
        self.leaveAsked.emit(EXIT_RESTART)

    @Slot()
    def endBooth(self) -> None:
        log.info("operator: end")
        self.leaveAsked.emit(0)

    # --- what takes its time ---------------------------------------------------------------------------

    def _begin_task(self, name: str) -> None:
        self._task = name
        self._share = 0.0
        self._step = ""
        self._progress.clear()
        self._say("")
        self._timers["progress"].start()
        self.taskChanged.emit()
        self.rehearsalChanged.emit()

    def _end_task(self) -> None:
        self._task = ""
        self._timers["progress"].stop()
        self.taskChanged.emit()
        self.rehearsalChanged.emit()

    def _note(self, kind: str, value: object) -> None:
        """Runs in the operator's thread."""
        self._progress.append((kind, value))

    def _read_progress(self) -> None:
        while self._progress:
            kind, value = self._progress.popleft()
            if kind == "share":
                self._share = value
            elif kind == "step":
                self._step = value
            else:
                self._findings = [*self._findings, _told(value, self._words, self._language)]
                self.rehearsalChanged.emit()
            self.taskChanged.emit()

    # --- what QML reads --------------------------------------------------------------------------------

    def _get_open(self) -> bool:
        return self._open

    def _get_admitted(self) -> bool:
        return self._admitted

    def _get_full(self) -> bool:
        return self._operator is not None

    def _get_page(self) -> str:
        return self._page

    def _get_pages(self) -> list[str]:
        return list(PAGES)

    def _get_texts(self) -> dict[str, str]:
        return dict(self._words)

    def _get_typed(self) -> int:
        return len(self._typed)

    def _get_pin_text(self) -> str:
        wait = self._operator.guard.wait() if self._operator is not None else 0.0
        if wait > 0:
            return self._words["pin.locked"].format(time=panel_shown.clock(wait))
        return self._words["pin.wrong"] if self._verdict == "wrong" else ""

    def _get_unset(self) -> bool:
        return self._operator is not None and not self.has_pin

    def _get_state(self) -> dict[str, Any]:
        closed = self._report.closed if self._report else False
        return panel_shown.state(self._words, self._language, self._lamp.notices, closed) | {"closed": closed}

    def _get_notes(self) -> list[dict[str, Any]]:
        return panel_shown.notes(self._language, self._lamp.notices)

    def _get_figures(self) -> list[dict[str, Any]]:
        if self._report is None:
            return []
        return panel_shown.figures_of_state(self._words, self._report, date.today().isoformat())

    def _get_camera(self) -> dict[str, Any]:
        return panel_shown.camera(self._words, self._report) if self._report else {}

    def _get_exposure(self) -> dict[str, Any]:
        return panel_shown.exposure(self._words, self._exposure)

    def _get_packs(self) -> PacksModel:
        return self._packs

    def _get_plate(self) -> dict[str, Any]:
        return panel_shown.plate(self._words, self._language, self._report) if self._report else {}

    def _get_waiting(self) -> str:
        return counted(self._words, "prints.waiting", self._report.waiting) if self._report else ""

    def _get_printers(self) -> list[dict[str, Any]]:
        return self._printers

    def _get_method(self) -> dict[str, Any]:
        return panel_shown.method(self._words, self._report) if self._report else {}

    def _get_bars(self) -> list[dict[str, Any]]:
        return panel_shown.bars(self._report, self._titles) if self._report else []

    def _get_days(self) -> list[dict[str, Any]]:
        return panel_shown.days(self._words, self._report) if self._report else []

    def _get_system(self) -> dict[str, Any]:
        file = self._operator.config.file if self._operator is not None else None
        return panel_shown.system(self._words, self._report, str(file or "")) if self._report else {}

    def _get_queue(self) -> list[dict[str, Any]]:
        return self._queue

    def _get_log(self) -> list[str]:
        return self._log

    def _get_view(self) -> QImage:
        return self._view

    def _get_seen(self) -> dict[str, Any]:
        return self._seen

    def _get_plate_shown(self) -> bool:
        return self._plate_shown

    def _get_cameras(self) -> list[dict[str, Any]]:
        used = self._settings.camera.source
        return [{"source": name, "label": Path(name).name, "used": name == used} for name in self._cameras]

    def _get_task(self) -> str:
        return self._task

    def _get_task_text(self) -> str:
        if self._task == "plate" and self._count > 0:
            return self._words["plate.countdown"].format(seconds=self._count)
        if self._task == "plate":
            return self._words["plate.taking"].format(share=round(100 * self._share))
        if self._task == "rehearsal" and self._step:
            return self._words["rehearsal.running"].format(step=self._words[f"step.{self._step}"])
        return ""

    def _get_order(self) -> str:
        """What a hand must do just now, in the rehearsal of a real camera."""
        asks = self._task == "rehearsal" and self._step in ("unplug", "replug") and self._wants_hand()
        return (
            self._words["rehearsal.unplug" if self._step == "unplug" else "rehearsal.replug"] if asks else ""
        )

    def _wants_hand(self) -> bool:
        return self._operator is not None and self._operator.has_real_camera

    def _get_findings(self) -> list[dict[str, str]]:
        return self._findings

    def _get_still_to_do(self) -> list[dict[str, Any]]:
        """What a rehearsal has not looked at yet; none once it has ended."""
        if self._page_file:
            return []
        begun = self._step if self._step != "replug" else "unplug"
        past = STEPS.index(begun) if begun in STEPS else 0
        return [
            {"thing": self._words[f"step.{step}"], "now": step == begun and self._task == "rehearsal"}
            for step in STEPS[past:]
        ]

    def _get_verdict(self) -> str:
        if not self._page_file:
            return ""
        reds = sum(finding["lamp"] == "red" for finding in self._findings)
        return counted(self._words, "rehearsal.mend", reds) if reds else self._words["rehearsal.well"]

    def _get_page_file(self) -> str:
        return self._words["rehearsal.page"].format(file=self._page_file) if self._page_file else ""

    def _get_said(self) -> str:
        return self._said

    open = Property(bool, _get_open, notify=openChanged)
    admitted = Property(bool, _get_admitted, notify=openChanged)
    full = Property(bool, _get_full, constant=True)
    page = Property(str, _get_page, notify=pageChanged)
    pages = Property(list, _get_pages, constant=True)
    texts = Property(dict, _get_texts, constant=True)
    typed = Property(int, _get_typed, notify=pinChanged)
    pinText = Property(str, _get_pin_text, notify=pinChanged)
    unset = Property(bool, _get_unset, constant=True)
    state = Property(dict, _get_state, notify=shownChanged)
    notes = Property(list, _get_notes, notify=shownChanged)
    figures = Property(list, _get_figures, notify=shownChanged)
    camera = Property(dict, _get_camera, notify=shownChanged)
    exposure = Property(dict, _get_exposure, notify=shownChanged)
    packs = Property(PacksModel, _get_packs, constant=True)
    plate = Property(dict, _get_plate, notify=shownChanged)
    waiting = Property(str, _get_waiting, notify=shownChanged)
    printers = Property(list, _get_printers, notify=queueChanged)
    method = Property(dict, _get_method, notify=shownChanged)
    bars = Property(list, _get_bars, notify=shownChanged)
    days = Property(list, _get_days, notify=shownChanged)
    system = Property(dict, _get_system, notify=shownChanged)
    queue = Property(list, _get_queue, notify=queueChanged)
    log = Property(list, _get_log, notify=logChanged)
    view = Property(QImage, _get_view, notify=viewChanged)
    seen = Property(dict, _get_seen, notify=viewChanged)
    plateShown = Property(bool, _get_plate_shown, notify=viewChanged)
    cameras = Property(list, _get_cameras, notify=viewChanged)
    task = Property(str, _get_task, notify=taskChanged)
    taskText = Property(str, _get_task_text, notify=taskChanged)
    order = Property(str, _get_order, notify=taskChanged)
    findings = Property(list, _get_findings, notify=rehearsalChanged)
    stillToDo = Property(list, _get_still_to_do, notify=taskChanged)
    verdict = Property(str, _get_verdict, notify=rehearsalChanged)
    pageFile = Property(str, _get_page_file, notify=rehearsalChanged)
    said = Property(str, _get_said, notify=saidChanged)


def _told(finding: Finding, words: panel_shown.Words, language: str) -> dict[str, str]:
    return {
        "lamp": finding.lamp,
        "thing": words[f"step.{finding.thing}"],
        "found": in_language(finding.found, language),
        "remedy": in_language(finding.remedy, language),
    }
