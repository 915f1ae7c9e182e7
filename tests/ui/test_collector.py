"""Python's collector runs between guests, and not among them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from booth.ui.collector import MANY, Collector
from booth.ui.guest import ScriptedGuest
from booth.ui.kiosk import Kiosk


class Knot:
    """Garbage that only a collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def by_itself_never() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def kiosk(open_kiosk, settings) -> Iterator[Kiosk]:
    kiosk = open_kiosk(settings)
    gc.unfreeze()  # the fixture's own
    yield kiosk
    gc.unfreeze()


@pytest.fixture
def guest(kiosk, tmp_path) -> ScriptedGuest:
    guest = ScriptedGuest(kiosk, tmp_path, patience=10, calm=0.2)
    guest.wait_for("attract")
    return guest


def test_it_collects_when_a_visit_is_over_and_never_within(kiosk, guest, by_itself_never):
    collector = Collector(kiosk.visit)
    guest.go_to_pose()
    knot = weakref.ref(Knot())
    guest.rest(0.5)
    guest.tap("pose-back")
    guest.wait_for("choose")
    assert knot() is not None
    guest.tap("choose-back")
    guest.wait_until(lambda: knot() is None)
    collector.stop()


def test_what_stays_is_left_out_from_the_start_and_when_much_more_is_there(
    kiosk, guest, by_itself_never, monkeypatch
):
    monkeypatch.setattr("booth.ui.collector.LOOK_MS", 50)
    collector = Collector(kiosk.visit)
    left_out = gc.get_freeze_count()  # at most: one that is not needed any more goes all the same
    assert left_out > MANY
    few = [[] for _ in range(MANY // 4)]
    guest.rest(0.3)
    assert gc.get_freeze_count() <= left_out
    many = [[] for _ in range(MANY)]
    guest.wait_until(lambda: gc.get_freeze_count() > left_out + len(few) + len(many) - MANY // 10)
    collector.stop()
    assert gc.get_freeze_count() == 0
