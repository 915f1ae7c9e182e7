"""A scripted guest: goes through the real screens by real touches and photographs every one of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QElapsedTimer, QEventLoop, QObject, QPoint, QPointF, QTimer, Slot
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from booth.config.settings import Settings
from booth.ui.kiosk import Kiosk, create_application

if TYPE_CHECKING:
    from booth.studio import Studio

log = logging.getLogger(__name__)

PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
CALM_SECONDS = 0.5
"""Until a new screen stands still."""


class Patience(QObject):
    """Lets the event loop run until something is so."""

    def __init__(self, condition: Callable[[], bool], seconds: float) -> None:
        super().__init__()
        self._condition = condition
        self._seconds = seconds
        self._loop = QEventLoop(self)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._look)

    def wait(self) -> bool:
        """Give whether it came to be so in time."""
        self._clock.start()
        self._timer.start()
        self._loop.exec()
        return self._condition()

    @Slot()
    def _look(self) -> None:
        if self._condition() or self._clock.elapsed() > self._seconds * 1000:
            self._timer.stop()
            self._loop.quit()


class ScriptedGuest:
    """Touches items by their `objectName`, waits for steps, keeps a PNG of every screen in `out_dir`."""

    def __init__(
        self, kiosk: Kiosk, out_dir: Path, *, patience: float = 60.0, calm: float = CALM_SECONDS
    ) -> None:
        self._kiosk = kiosk
        self._out_dir = out_dir
        self._patience = patience
        self._calm = calm
        self._screen = QTest.createTouchDevice()
        self.pictures: list[Path] = []

    def wait_for(self, step: str) -> None:
        """Wait until a step stands, quiet and ready for touches."""
        if not Patience(lambda: self._kiosk.visit.session.step.value == step, self._patience).wait():
            reached = self._kiosk.visit.session.step.value
            raise TimeoutError(f"waited {self._patience:g} s for step {step}, the booth is at {reached}")
        self.rest(self._calm)
        self.wait_until(lambda: self._kiosk.visit.hears_touches)

    def rest(self, seconds: float) -> None:
        """Do nothing for a while; the booth goes on."""
        Patience(lambda: False, seconds).wait()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that is not a step."""
        if not Patience(condition, self._patience).wait():
            raise TimeoutError(f"waited {self._patience:g} s in vain")

    def find(self, name: str) -> QQuickItem:
        """Give the item of a name that can be seen just now."""
        for item in _visible_items(self._kiosk.view.rootObject()):
            if item.objectName() == name:
                return item
        raise LookupError(f"no item named {name!r} is on screen")

    def tap(self, name: str) -> None:
        """Put a finger on the middle of an item and lift it."""
        item = self.find(name)
        middle = item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()
        self.tap_at(middle)

    def tap_at(self, point: QPoint) -> None:
        """Put a finger somewhere and lift it."""
        view = self._kiosk.view
        QTest.touchEvent(view, self._screen, False).press(0, point, view).commit()
        QTest.touchEvent(view, self._screen, False).release(0, point, view).commit()

    def point_in(self, name: str, x: float, y: float) -> QPoint:
        """Give a point of an item, from its top left (0, 0) to its bottom right (1, 1)."""
        item = self.find(name)
        return item.mapToScene(QPointF(x * item.width(), y * item.height())).toPoint()

    def drag(self, *ways: tuple[QPoint, QPoint], steps: int = 8) -> None:
        """Move a finger along each way, all at the same time, and lift them."""
        view = self._kiosk.view
        for step in range(steps + 1):
            event = QTest.touchEvent(view, self._screen, False)
            for number, (start, end) in enumerate(ways):
                point = start + (end - start) * (step / steps)
                (event.press if step == 0 else event.move)(number, point, view)
            event.commit()
            self.rest(0.016)
        event = QTest.touchEvent(view, self._screen, False)
        for number, (_, end) in enumerate(ways):
            event.release(number, end, view)
        event.commit()

    def hold_at(self, point: QPoint, seconds: float) -> None:
        """Leave a finger on a place for a while."""
        view = self._kiosk.view
        QTest.touchEvent(view, self._screen, False).press(0, point, view).commit()
        self.rest(seconds)
        QTest.touchEvent(view, self._screen, False).release(0, point, view).commit()

    def photograph(self, name: str) -> Path:
        """Keep what the screen shows as a PNG."""
        self._out_dir.mkdir(parents=True, exist_ok=True)
        path = self._out_dir / f"{name}.png"
        if not self._kiosk.view.grabWindow().save(str(path)):
            raise OSError(f"{path} could not be written")
        if path not in self.pictures:
            self.pictures.append(path)
        return path

    def visit(self, *, swaps: bool = True) -> None:
        """Go from the first touch to the ticket and back."""
        self.go_to_pose()
        self.tap("shutter")
        self.wait_for("countdown")
        self.photograph("4-countdown")
        self.wait_for("developing")
        self.photograph("5-developing")
        self.wait_for("review")
        self.photograph("6-review")
        if swaps:
            self.swap_backdrop()
        self.tap("keep")
        self.wait_for("ticket")
        self.photograph("8-ticket")
        self.tap("done")
        self.wait_for("attract")

    def go_to_pose(self) -> None:
        """Start, and choose the first backdrop."""
        visit = self._kiosk.visit
        self.wait_for("attract")
        self.wait_until(lambda: visit.has_mirror and not visit.session.closed)
        self.photograph("1-attract")
        self.tap("start")
        Patience(lambda: visit.session.step.value != "attract", self._patience).wait()
        if visit.session.step.value == "choose":
            self.wait_for("choose")
            self.photograph("2-choose")
            self.tap(f"tile-{self._offered()[0]}")
        self.wait_for("pose")
        self.photograph("3-pose")

    def swap_backdrop(self) -> None:
        """Look at the same photo before another backdrop, if there is one."""
        visit = self._kiosk.visit
        others = [key for key in self._offered() if key != visit.session.backdrop_id]
        if others:
            self.tap(f"small-{others[0]}")
            self.wait_until(lambda: visit.session.backdrop_id == others[0] and visit.session.is_settled)
            self.rest(self._calm)
            self.photograph("7-review-another")

    def _offered(self) -> list[str]:
        return cast(list[str], self._kiosk.visit.backdrops)


def set_up_offscreen() -> None:
    """Let Qt draw into memory; before the application object exists."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_QUICK_BACKEND"] = "software"


def run_demo(
    studio: Studio,
    settings: Settings,
    out_dir: Path,
    *,
    unplug: Callable[[bool], None],
    sizes: Iterable[tuple[int, int]] = (PORTRAIT, LANDSCAPE),
) -> list[Path]:
    """Play a visit and an apology at each size without a display; give the screenshots.

    `unplug` takes the camera away, and gives it back.
    """
    application, _ = create_application()
    pictures: list[Path] = []
    for width, height in sizes:
        kiosk = Kiosk(studio, settings, size=(width, height))
        guest = ScriptedGuest(kiosk, out_dir / f"{width}x{height}")
        kiosk.start()
        try:
            guest.visit()
            _be_refused(guest, unplug)
        finally:
            kiosk.stop()
            application.processEvents()
        pictures += guest.pictures
    return pictures


def _be_refused(guest: ScriptedGuest, unplug: Callable[[bool], None]) -> None:
    """See the apology for a camera that goes away, and the sign on the first screen."""
    guest.go_to_pose()
    unplug(True)
    try:
        guest.wait_for("sorry")
        guest.photograph("9-sorry")
        guest.tap("go-on")
        guest.wait_for("attract")
        guest.photograph("0-closed")
    finally:
        unplug(False)


def _visible_items(item: QQuickItem) -> Iterable[QQuickItem]:
    if item.isVisible():
        yield item
        for child in item.childItems():
            yield from _visible_items(child)
