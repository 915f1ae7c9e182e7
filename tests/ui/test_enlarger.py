"""Pictures are made at their shown sizes beside the GUI thread, and only those that are still wanted."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtQuick import QQuickItem, QSGTexture

from booth.ui import pictures
from booth.ui.bridge import Bridge
from booth.ui.enlarger import Enlarger, PictureWindow
from booth.ui.guest import Patience
from booth.ui.pictures import PictureItem, PrintItem, to_qimage

ENOUGH = 10
RED, BLUE = (255, 0, 0), (0, 0, 255)


def wait_for(condition) -> None:
    assert Patience(condition, ENOUGH).wait()


def plain(colour: tuple[int, int, int], side: int = 300) -> QImage:
    return to_qimage(np.full((side, side, 3), colour, np.uint8))


@pytest.fixture
def window(application):
    bridge = Bridge()
    window = PictureWindow(Enlarger(bridge))
    window.resize(120, 120)
    window.show()
    yield window
    window.enlarger.stop()
    bridge.close()
    window.close()
    window.deleteLater()
    application.processEvents()


@pytest.fixture
def made_in(monkeypatch):
    """The threads in which pictures were made, with their sizes."""
    made = []

    def noted(picture, width, height, *how, made_by=pictures.covering):
        made.append((threading.current_thread().name, width, height))
        return made_by(picture, width, height, *how)

    monkeypatch.setattr(pictures, "covering", noted)
    return made


def item_in(window: PictureWindow, kind: type[PictureItem] = PictureItem) -> PictureItem:
    item = kind()
    item.setWidth(80)
    item.setHeight(60)
    item.setParentItem(window.contentItem())
    return item


def colour_at(window: PictureWindow, x: int, y: int) -> str:
    return QColor(window.grabWindow().pixel(x, y)).name()


def textures() -> int:
    gc.collect()
    return sum(isinstance(thing, QSGTexture) for thing in gc.get_objects())


def hold(window: PictureWindow) -> threading.Event:
    """Keep the enlarger busy until the event is set."""
    free = threading.Event()
    window.enlarger.make(free.wait, lambda _: None)
    return free


def test_what_was_made_elsewhere_is_handed_over_here(window):
    threads, here = [], threading.current_thread()
    window.enlarger.make(
        threading.current_thread, lambda maker: threads.extend((maker, threading.current_thread()))
    )
    wait_for(lambda: threads)
    assert threads[0].name.startswith("enlarger")
    assert threads[1] is here


def test_a_picture_is_made_at_the_size_of_its_item_and_not_in_the_gui_thread(window, made_in):
    item = item_in(window)
    item._set_picture(plain(RED))
    wait_for(lambda: colour_at(window, 40, 30) == "#ff0000")
    assert made_in == [("enlarger_0", 80, 60)]
    item.setWidth(100)
    wait_for(lambda: len(made_in) == 2)
    assert made_in[-1][1:] == (100, 60)


def test_pictures_that_are_shown_no_more_leave_nothing_behind(window):
    item = item_in(window)
    before = textures()
    for number in range(30):
        red = number * 8
        item._set_picture(plain((red, 0, 0)))
        wait_for(lambda red=red: colour_at(window, 40, 30) == QColor(red, 0, 0).name())
    assert textures() <= before + 1
    item.setParentItem(None)
    assert textures() <= before


def test_a_hidden_picture_is_ready_before_it_is_seen(window, made_in):
    item = item_in(window)
    item.setVisible(False)
    item._set_picture(plain(RED))
    wait_for(lambda: made_in)
    free = hold(window)
    item.setVisible(True)
    assert colour_at(window, 40, 30) == "#ff0000"
    free.set()


def test_of_several_pictures_only_the_newest_is_made(window, made_in):
    item = item_in(window)
    free = hold(window)
    for colour in (RED, (0, 255, 0), BLUE):
        item._set_picture(plain(colour))
    free.set()
    wait_for(lambda: colour_at(window, 40, 30) == "#0000ff")
    assert len(made_in) == 1


def test_a_newer_picture_keeps_the_turn_of_the_one_before(window, made_in):
    """Or a mirror would stand still as soon as its pictures come faster than they are made."""
    item = item_in(window)
    free = hold(window)
    item._set_picture(plain(RED))
    done_before = []
    window.enlarger.make(lambda: len(made_in), done_before.append)
    item._set_picture(plain(BLUE))
    free.set()
    wait_for(lambda: done_before)
    assert done_before == [1]
    wait_for(lambda: colour_at(window, 40, 30) == "#0000ff")


def test_a_guests_picture_that_comes_late_is_not_shown(window):
    item = item_in(window)
    free = hold(window)
    item._set_picture(plain(RED))
    item._set_picture(QImage())
    free.set()
    seen = []
    window.enlarger.make(lambda: True, seen.append)
    wait_for(lambda: seen)
    assert colour_at(window, 40, 30) != "#ff0000"


def test_an_item_that_left_its_window_meanwhile_does_no_harm(window, slot_faults):
    item = item_in(window)
    free = hold(window)
    item._set_picture(plain(RED))
    item.setParentItem(None)
    free.set()
    seen = []
    window.enlarger.make(lambda: True, seen.append)
    wait_for(lambda: seen)
    assert isinstance(item, QQuickItem)
    assert item.property("picture").isNull()


def test_a_print_lies_on_its_paper(window, made_in):
    item = item_in(window, PrintItem)
    item._set_paper(QColor("#fff6ea"))
    item._set_border(10)
    item._set_picture(plain(BLUE))
    wait_for(lambda: colour_at(window, 40, 30) == "#0000ff")
    assert colour_at(window, 4, 30) == "#fff6ea"
    assert made_in[-1][1:] == (60, 60)


def test_after_the_end_nothing_is_made(window):
    window.enlarger.stop()
    window.enlarger.make(lambda: pytest.fail("made"), lambda _: pytest.fail("handed over"))
    assert "enlarger_0" not in {thread.name for thread in threading.enumerate()}
