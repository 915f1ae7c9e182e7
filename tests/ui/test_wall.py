from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtQuick import QQuickItem

from booth.config.settings import EventSettings, Settings
from booth.shot import Notice
from booth.spool.pickup import Board, OnTheWall
from booth.ui.wall import Wall

FULL = Board(
    printing=(OnTheWall("RM 68", ""),),
    ready=tuple(OnTheWall(f"KM {number}", "left") for number in range(20, 32)),
    check=(OnTheWall("TX 53", ""),),
)
EMPTY = Board((), (), ())


class Spool:
    """Says what stands in `board`, at once; or waits, or fails."""

    def __init__(self) -> None:
        self.board: Board | Exception = EMPTY
        self.asked = 0
        self.waiting: Future[Board] | None = None

    def __call__(self) -> Future[Board]:
        self.asked += 1
        future: Future[Board] = Future()
        if self.waiting is not None:
            return self.waiting
        if isinstance(self.board, Exception):
            future.set_exception(self.board)
        else:
            future.set_result(self.board)
        return future


@pytest.fixture
def spool() -> Spool:
    return Spool()


@pytest.fixture
def told() -> list[Notice]:
    return []


@pytest.fixture
def wall(application: QGuiApplication, spool: Spool, told: list[Notice]) -> Iterator[Wall]:
    wall = Wall(spool, Settings(event=EventSettings(name="Anna & Ben")), told.append, lambda _key: None)
    yield wall
    wall.stop()
    application.processEvents()


def texts(item: QQuickItem) -> list[str]:
    own = [str(item.property("text"))] if item.property("text") and item.isVisible() else []
    return own + [text for child in item.childItems() for text in texts(child)]


def show(application: QGuiApplication, wall: Wall, spool: Spool, board: Board | Exception) -> list[str]:
    spool.board = board
    wall.view.show()
    wall.model.look()
    for _ in range(5):
        application.processEvents()
    root = wall.view.rootObject()
    assert root is not None
    return texts(root)


def test_the_wall_says_what_is_ready_and_what_comes(
    application: QGuiApplication, wall: Wall, spool: Spool
) -> None:
    shown = show(application, wall, spool, FULL)
    assert {"Anna & Ben", "Ready to pick up", "Being printed", "Please check the tray"} <= set(shown)
    assert {"KM 20", "RM 68", "TX 53", "at left"} <= set(shown)


def test_an_empty_wall_is_not_black(application: QGuiApplication, wall: Wall, spool: Spool) -> None:
    assert "The next print could be yours" in show(application, wall, spool, EMPTY)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1280, 720)])
def test_fourteen_codes_stay_on_the_screen(
    application: QGuiApplication, wall: Wall, spool: Spool, size: tuple[int, int]
) -> None:
    wall.view.resize(*size)
    show(application, wall, spool, FULL)
    root = wall.view.rootObject()
    assert root is not None
    screen = QRect(QPoint(0, 0), wall.view.size())
    boxes = [item.mapRectToScene(item.boundingRect()).toRect() for item in codes(root)]
    assert len(boxes) == 14
    assert all(screen.contains(box) for box in boxes)


def codes(item: QQuickItem) -> list[QQuickItem]:
    own = [item] if str(item.property("text") or "")[:3] in ("KM ", "RM ", "TX ") else []
    return own + [code for child in item.childItems() for code in codes(child)]


def test_a_ledger_that_fails_leaves_what_was_shown(
    application: QGuiApplication, wall: Wall, spool: Spool
) -> None:
    show(application, wall, spool, FULL)
    assert "RM 68" in show(application, wall, spool, OSError("away"))


def test_it_does_not_ask_again_while_it_waits(application: QGuiApplication, wall: Wall, spool: Spool) -> None:
    spool.waiting = Future()
    wall.model.look()
    wall.model.look()
    assert spool.asked == 1
    spool.waiting.set_result(FULL)
    application.processEvents()
    wall.model.look()
    assert spool.asked == 2


def test_without_a_second_screen_the_operator_is_told(wall: Wall, told: list[Notice], spool: Spool) -> None:
    wall.start()
    assert [notice.key for notice in told] == ["wall"]
    assert not wall.view.isVisible()


def test_nobody_closes_it_by_accident(wall: Wall) -> None:
    event = QCloseEvent()
    wall.view.closeEvent(event)
    assert not event.isAccepted()
