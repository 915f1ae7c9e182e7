"""A herald emits a signal while no other Python thread gets a word in."""

from __future__ import annotations

import sys
import threading
import time

import pytest
from PySide6.QtCore import QObject, Signal

from booth.ui.herald import Herald


class Model(QObject):
    changed = Signal()
    moved = Signal(str)


@pytest.fixture
def others_turns():
    """How often another Python thread, which always wants to go on, had its turn; it is let in by others alone."""
    turns, ended = [0], threading.Event()

    def go_on() -> None:
        while not ended.is_set():
            turns[0] += 1
            time.sleep(0)

    before = sys.getswitchinterval()
    sys.setswitchinterval(5)
    thread = threading.Thread(target=go_on)
    thread.start()
    yield turns
    sys.setswitchinterval(before)
    ended.set()
    thread.join()


def test_a_signal_is_emitted_each_time_and_with_its_word(application):
    model, heard = Model(), []
    model.changed.connect(lambda: heard.append("changed"))
    model.moved.connect(heard.append)
    changed, moved = Herald(model.changed, model), Herald(model.moved, model)
    for herald, word in ((changed, ""), (changed, ""), (moved, "pose"), (moved, "review")):
        herald.tell(word)
    assert heard == ["changed", "changed", "pose", "review"]


def test_nobody_gets_a_word_in(application, others_turns):
    model, heard = Model(), []
    for _ in range(200):
        model.changed.connect(lambda: heard.append(others_turns[0]))
    herald = Herald(model.changed, model)
    herald.tell()
    assert len(heard) == 200
    assert len(set(heard)) == 1
