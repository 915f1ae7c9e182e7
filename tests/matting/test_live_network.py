"""The network at the mirror's pace: its size follows the time that it takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from booth.arrays import Probability, Rgb8
from booth.errors import BoothError, MattingError
from booth.images import smaller
from booth.matting.live import Look
from booth.matting.live_network import SIDES, Beside, LiveNetwork, SizeChooser
from booth.matting.plate_difference import Fit, fitted, softened, view_of
from booth.shot import Plate


class Records:
    """Says that nobody is there, and remembers what it was shown."""

    device = "nowhere"

    def __init__(self) -> None:
        self.shown: list[tuple[Rgb8, Rgb8 | None]] = []

    def likely(self, image: Rgb8, plate: Rgb8 | None) -> Probability:
        self.shown.append((image, plate))
        return np.zeros(image.shape[:2], np.float32)


def settled(chooser: SizeChooser, seconds_at_largest: float) -> int:
    """The side at which it stays where looks take their time in proportion to the pixels."""
    for _ in range(500):
        chooser.took(seconds_at_largest * (chooser.side / SIDES[-1]) ** 2)
    return chooser.side


def test_a_quick_machine_gets_the_largest_input() -> None:
    assert settled(SizeChooser(), 0.005) == SIDES[-1]


def test_a_slow_machine_gets_the_smallest_input() -> None:
    assert settled(SizeChooser(), 0.5) == SIDES[0]


def test_in_between_the_budget_is_kept_without_swinging() -> None:
    chooser = SizeChooser(budget=0.020)
    side = settled(chooser, 0.032)
    assert 0.032 * (side / SIDES[-1]) ** 2 <= 0.020
    seen = set()
    for _ in range(200):
        chooser.took(0.032 * (chooser.side / SIDES[-1]) ** 2)
        seen.add(chooser.side)
    assert seen == {side}


def test_one_slow_look_changes_nothing() -> None:
    chooser = SizeChooser(budget=0.020)
    before = chooser.side
    for number in range(60):
        chooser.took(0.3 if number % 10 == 0 else 0.016)
    assert chooser.side == before


def test_frame_and_plate_are_brought_to_the_networks_size_and_light() -> None:
    inference = Records()
    network = LiveNetwork(inference)  # type: ignore[arg-type]
    y, x = np.mgrid[0:360, 0:640].astype(np.float32)
    wall = np.repeat((120 + 30 * np.sin(x / 40) + 20 * np.cos(y / 30))[..., None], 3, 2)
    plate = Plate(wall.astype(np.uint8), 0.0, (1.5, 1.5, 1.5), 120.0)
    brighter = np.clip(1.12 * wall, 0, 255).astype(np.uint8)
    fit = fitted(view_of(plate, 180, 320), softened(smaller(brighter, 180, 320)))
    found = network.likely(brighter, plate, fit)
    image, empty = inference.shown[0]
    assert empty is not None
    assert found.shape == image.shape[:2] == empty.shape[:2]
    assert image.shape[0] % 32 == image.shape[1] % 32 == 0
    assert np.abs(image.astype(float) - empty).mean() < 2


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Finds:
    """A network that finds a square; it counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.left = 60
        self.fails = False

    def __call__(self, image: Rgb8, plate: Plate | None, fit: Fit | None) -> Probability:
        if self.fails:
            raise MattingError("device lost")
        self.asked += 1
        likely = np.zeros((180, 180), np.float32)
        likely[40:140, self.left // 2 : self.left // 2 + 50] = 1
        return likely


def someone(left: int) -> Rgb8:
    image = np.full((360, 360, 3), 120, np.uint8)
    image[80:280, left : left + 100] = (40, 60, 90)
    return image


def late() -> bool:
    return True


@pytest.fixture
def empty() -> Plate:
    return Plate(np.full((360, 360, 3), 120, np.uint8), 0.0, (1.5, 1.5, 1.5), 120.0)


class Slow:
    """A network's thread, which answers when a test says so, or at once."""

    def __init__(self) -> None:
        self.at_once = True
        self._waiting: list[tuple[Future[Probability], Callable[[], Probability]]] = []

    def submit(self, look: Look, image: Rgb8, plate: Plate | None, fit: Fit | None, /) -> Future[Probability]:
        answer: Future[Probability] = Future()
        self._waiting.append((answer, lambda: look(image, plate, fit)))
        if self.at_once:
            self.answer()
        return answer

    def answer(self) -> None:
        for answer, look in self._waiting:
            try:
                answer.set_result(look())
            except BoothError as error:
                answer.set_exception(error)
        self._waiting = []


def test_with_a_plate_a_slow_network_looks_at_every_second_frame(empty: Plate) -> None:
    network = Finds()
    glance = Beside(network, late, Slow().submit, Clock())
    answers = [glance(someone(60), empty, None) for _ in range(6)]
    assert network.asked == 3
    assert all(np.array_equal(answer, answers[0]) for answer in answers)


def test_with_a_plate_a_slow_network_is_not_waited_for(empty: Plate) -> None:
    network, thread = Finds(), Slow()
    glance = Beside(network, late, thread.submit, Clock())
    first = glance(someone(60), empty, None)
    thread.at_once, network.left = False, 80
    for _ in range(5):
        assert np.array_equal(glance(someone(60), empty, None), first)
    assert network.asked == 1
    thread.answer()
    assert network.asked == 2
    assert glance(someone(60), empty, None)[90, 42:80].min() == 1


def test_without_a_plate_every_frame_is_looked_at() -> None:
    network = Finds()
    glance = Beside(network, late, Slow().submit, Clock())
    for _ in range(6):
        glance(someone(60), None, None)
    assert network.asked == 6


def test_where_there_is_time_every_frame_is_looked_at(empty: Plate) -> None:
    network = Finds()
    glance = Beside(network, lambda: False, Slow().submit, Clock())
    for _ in range(6):
        glance(someone(60), empty, None)
    assert network.asked == 6


def test_a_look_that_failed_is_told_once_and_then_waited_for(empty: Plate) -> None:
    network, thread = Finds(), Slow()
    glance = Beside(network, late, thread.submit, Clock())
    glance(someone(60), empty, None)
    glance(someone(60), empty, None)
    network.fails = True
    glance(someone(60), empty, None)
    for _ in range(3):
        with pytest.raises(MattingError, match="device lost"):
            glance(someone(60), empty, None)
    network.fails = False
    assert glance(someone(60), empty, None).max() == 1


def test_only_a_machine_that_is_too_slow_for_the_smallest_input_is_late() -> None:
    chooser = SizeChooser(budget=0.020)
    assert not chooser.is_late
    settled(chooser, 0.030)
    assert not chooser.is_late
    settled(chooser, 0.5)
    assert chooser.is_late
    settled(chooser, 0.005)
    assert not chooser.is_late


def test_another_plate_and_a_long_pause_ask_anew(empty: Plate) -> None:
    network, clock = Finds(), Clock()
    glance = Beside(network, late, Slow().submit, clock)
    glance(someone(60), empty, None)
    glance(someone(60), replace(empty), None)
    assert network.asked == 2
    clock.now = 5.0
    glance(someone(60), empty, None)
    assert network.asked == 3


def test_where_someone_moved_the_old_answer_leaves_it_to_the_plate(empty: Plate) -> None:
    thread = Slow()
    glance = Beside(Finds(), late, thread.submit, Clock())
    glance(someone(60), empty, None)
    thread.at_once = False
    carried = glance(someone(68), empty, None)
    assert carried[90, 45:65].min() > 0.95  # well inside, and far outside, nothing is in doubt
    assert carried[90, 100:].max() < 0.05
    assert 0.1 < carried[90, 31] < 0.9  # where the guest has left, and where he has come
    assert 0.1 < carried[90, 82] < 0.9
    glance(someone(68), empty, None)
    later = glance(someone(76), empty, None)
    assert later[90, 50:55].min() > 0.95
    assert later[90, 110:].max() < 0.05
    assert 0.1 < later[90, 34] < 0.9  # after more frames he may have gone further
    assert 0.1 < later[90, 86] < 0.9
