"""A segmenter that fails in every known way: each photo is developed or honestly framed, the next one right."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Callable, Iterator

import numpy as np
import psutil
import pytest

from booth.app import House, running
from booth.config import Settings
from booth.matting.engine import Engine
from booth.matting.faulty import Fault, Faulty
from booth.matting.plate_difference import PlateDifference
from booth.shot import Shot

MANY = int(os.environ.get("BOOTH_FAULT_PHOTOS", "150"))
"""Photos of the heavy run; an event has a thousand, and from there on the memory is judged too."""

LONG = 30.0
SIDE = 320
FAULTS = list(Fault)


def wait_until(condition: Callable[[], bool], seconds: float = LONG) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise TimeoutError("waited in vain")


class Ordered:
    """Gives one fault to one photo, and lets go of what hangs."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.made: list[Faulty] = []
        self.ladder = 2

    def next_fault(self) -> Fault | None:
        fault, self.fault = self.fault, None
        return fault

    def build(self, *_: object) -> Engine:
        """Two rungs, the first of which may fail; both are the plate's, so that the truth is known."""
        self.made.append(Faulty(PlateDifference(), self.next_fault))
        rungs = (self.made[-1], PlateDifference())[: self.ladder]
        return Engine(rungs, "A faulty method comes first.")

    def let_go(self) -> None:
        for faulty in self.made:
            faulty.let_go()


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ordered]:
    ordered = Ordered()
    monkeypatch.setattr("booth.app.build_engine", ordered.build)
    for module in ("booth.studio.studio", "booth.pipeline"):  # what is tested is the same at any size
        monkeypatch.setattr(f"{module}.PICTURE_SIDE", SIDE)
    yield ordered
    ordered.let_go()


def opened(house: House) -> House:
    wait_until(lambda: house.studio.ready() is None)
    house.studio.wait_ready(LONG)
    return house


def photo(house: House, ordered: Ordered, fault: Fault | None = None) -> Shot:
    """A photo with a fault, and its end: nothing is left to be decided on. Who hangs is waited for shortly."""
    ordered.fault = fault
    house.studio.worker.deadline = 1.0 if fault is Fault.HANG else LONG
    shot = house.studio.take("blue").result(LONG)
    house.studio.discard(shot).result(LONG)
    return shot


def is_right(shot: Shot) -> bool:
    """Tell whether the painted guest of `booth_settings` is cut out as she is."""
    if shot.cutout is None:
        return False
    truth = np.zeros((320, 320), np.float32)
    truth[90:, 110:210] = 1
    return float(np.abs(shot.cutout.alpha - truth).mean()) < 0.01


def is_honest(shot: Shot) -> bool:
    """Tell whether the photo stands uncut in its frame, and the operator is told why."""
    return shot.cutout is None and bool(shot.why_framed) and shot.composite.image.shape == (SIDE, SIDE, 3)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault is not Fault.HANG])
def test_the_next_rung_makes_the_photo_and_the_next_photo_is_right(
    booth_settings: Settings, ordered: Ordered, fault: Fault
) -> None:
    with running(booth_settings) as house:
        opened(house)
        shot = photo(house, ordered, fault)
        assert is_right(shot)
        newest = house.studio.decisions()[0]
        assert [decision.is_accepted for decision in newest.decisions] == [False, True]
        assert newest.method == "clean plate"
        assert is_right(photo(house, ordered))
        lost = fault is Fault.DEVICE_ASSERT
        assert (house.studio.restart_wanted() is not None) is lost
        assert any("left out" in notice.text for notice in house.studio.notices()) is lost


def test_a_hang_is_framed_and_the_booth_goes_on_without_that_rung(
    booth_settings: Settings, ordered: Ordered
) -> None:
    with running(booth_settings) as house:
        opened(house)
        assert is_honest(photo(house, ordered, Fault.HANG))
        shot = photo(house, ordered)
        assert is_right(shot)
        assert shot.cutout is not None
        assert shot.cutout.method == "clean plate"
        assert "hung" in str(house.studio.restart_wanted())
        ordered.let_go()


def test_where_no_other_rung_is_left_the_photo_is_framed(booth_settings: Settings, ordered: Ordered) -> None:
    ordered.ladder = 1
    with running(booth_settings) as house:
        opened(house)
        for fault in (Fault.OUT_OF_MEMORY, Fault.NOT_A_NUMBER, Fault.EVERYTHING, Fault.DEVICE_ASSERT):
            assert is_honest(photo(house, ordered, fault))
        assert is_honest(photo(house, ordered))
        assert house.studio.restart_wanted()


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(24, marks=pytest.mark.timeout(600)),
        pytest.param(MANY, marks=[pytest.mark.heavy, pytest.mark.timeout(3600)]),
    ],
)
def test_photos_with_random_faults(
    booth_settings: Settings, ordered: Ordered, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at an event: the booth starts itself anew when nobody uses it and it wants to."""
    # pytest keeps each record, and with its traceback the pictures of the photo
    monkeypatch.setattr(logging.getLogger("booth"), "propagate", False)
    drawn = np.random.default_rng(11)
    taken = restarts = hangs = 0
    after_fault = False
    memory: list[int] = []
    while taken < count:
        with running(booth_settings) as house:
            opened(house)
            while taken < count and not house.studio.restart_wanted():
                fault = (
                    FAULTS[int(drawn.integers(len(FAULTS)))]
                    if drawn.random() < 0.3 and not after_fault
                    else None
                )
                shot = photo(house, ordered, fault)
                taken += 1
                hangs += fault is Fault.HANG
                assert is_right(shot) or (is_honest(shot) and fault is Fault.HANG), (
                    taken,
                    fault,
                    shot.why_framed,
                )
                after_fault = fault is not None
            if after_fault:
                assert is_right(photo(house, ordered))
                after_fault = False
            ordered.let_go()
        ordered.made.clear()
        restarts += 1
        gc.collect()
        memory.append(psutil.Process().memory_info().rss)
    assert restarts > 1
    assert hangs > 0
    if count >= 1000:
        # the first lives fill what the interpreter and the C library keep
        quarter = len(memory) // 4
        assert np.median(memory[-quarter:]) < np.median(memory[quarter : 2 * quarter]) + 60e6, memory
