"""Whatever a guest presses or plugs in, the booth stays on the screen and its panel shut."""

from __future__ import annotations

import random
import re
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest

import booth.ui
from booth.studio.pin import PinGuard, hashed
from booth.ui.guest import ScriptedGuest

ROOM = Path(booth.ui.__file__).parent
WAYS_OUT = (
    r"\b(?:Text(?:Input|Edit|Field|Area)|SearchField|\w*Dialog|Menu|MenuBar|WebView|WebEngineView)\s*\{",
    r"openUrlExternally|onLinkActivated|Qt\.quit|Qt\.exit",
    r"\bQ(?:File|Print|Font|Color|Input|Message)Dialog|QMessageBox|QDesktopServices|QWebEngine|QMenu\b|QSystemTrayIcon",
)
KEYS = (
    *(Qt.Key(Qt.Key.Key_F1 + number) for number in range(12)),
    *(
        Qt.Key.Key_Escape,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Menu,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Meta,
        Qt.Key.Key_Print,
    ),
    *(
        Qt.Key.Key_Delete,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Home,
        Qt.Key.Key_Back,
        Qt.Key.Key_Close,
        Qt.Key.Key_Exit,
    ),
    *(Qt.Key.Key_Q, Qt.Key.Key_W, Qt.Key.Key_C, Qt.Key.Key_T, Qt.Key.Key_D, Qt.Key.Key_P, Qt.Key.Key_O),
)
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.MetaModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier,
)


class Door:
    """What the panel needs of an operator until the right PIN is there."""

    def __init__(self, folder: Path) -> None:
        self.guard = PinGuard(hashed("86420975", cost=4), folder / "pin.json")

    def look_at_config(self) -> Future[str]:
        return done("")

    def hear_pin(self, pin: str) -> Future[object]:
        return done(self.guard.hear(pin))


def done(value: object) -> Future:
    future = Future()
    future.set_result(value)
    return future


@pytest.mark.parametrize("pattern", WAYS_OUT)
def test_nothing_is_built_that_leads_out(pattern):
    """Row 51: no field to type into, no dialog, no menu, no link."""
    files = [*ROOM.rglob("*.qml"), *ROOM.glob("*.py")]
    assert len(files) > 50
    found = [
        f"{path.name}: {match[0]}"
        for path in files
        for match in re.finditer(pattern, path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("step", ["attract", "choose", "pose", "review", "ticket"])
def test_keys_and_touches_of_every_kind_lead_nowhere(
    application, studio, settings, open_kiosk, tmp_path, step
):
    """Row 51."""
    screen = settings.screen.model_copy(update={"fullscreen": True})
    kiosk = open_kiosk(settings.model_copy(update={"screen": screen}), None, operator=Door(tmp_path))
    guest = ScriptedGuest(kiosk, tmp_path / "screens", patience=10, calm=0.2)
    asked: list[int] = []
    kiosk.panel.leaveAsked.connect(asked.append)
    go_to(guest, step)
    view, rng = kiosk.view, random.Random(51)
    for _ in range(3):
        for key in rng.sample(KEYS, len(KEYS)):
            QTest.keyClick(view, key, rng.choice(MODIFIERS))
        for button in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.BackButton):
            QTest.mouseClick(view, button, Qt.KeyboardModifier.NoModifier, somewhere(rng, view))
            QTest.mouseDClick(view, button, Qt.KeyboardModifier.NoModifier, somewhere(rng, view))
        for edge in (QPoint(1, 1), QPoint(view.width() - 2, 1), QPoint(view.width() // 2, view.height() - 2)):
            guest.drag((edge, QPoint(view.width() // 2, view.height() // 2)), steps=3)
        view.close()
        guest.rest(0.05)
    assert view.isVisible()
    assert view.windowState() == Qt.WindowState.WindowFullScreen
    assert [window for window in visible_windows() if window is not view] == []
    assert asked == []
    assert not kiosk.panel.admitted


def go_to(guest: ScriptedGuest, step: str) -> None:
    guest.wait_for("attract")
    for name, then in (
        ("start", "choose"),
        ("tile-beach", "pose"),
        ("shutter", "review"),
        ("keep", "ticket"),
    ):
        if step == {"choose": "attract", "pose": "choose", "review": "pose", "ticket": "review"}[then]:
            return
        guest.tap(name)
        guest.wait_for(then)


def somewhere(rng: random.Random, view: QWindow) -> QPoint:
    return QPoint(rng.randrange(view.width()), rng.randrange(view.height()))


def visible_windows() -> list[QWindow]:
    return [window for window in QGuiApplication.topLevelWindows() if window.isVisible()]
