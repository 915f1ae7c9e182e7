"""The grabber against the simulated camera: every fault is told, outlived and never photographed."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from booth.camera.exposure import ExposureError
from booth.camera.grabber import MAX_STUCK
from booth.camera.simulated import Fault
from booth.errors import CameraError
from booth.shot import Frame

PATIENCE = 30.0

WORDS = {
    Fault.HANG: "sends no pictures",
    Fault.UNPLUG: "has gone",
    Fault.FREEZE: "repeats one picture",
    Fault.BLACK: "picture is black",
    Fault.TRUNCATED: "arrive cut off",
    Fault.WRONG_SIZE: "changed the size",
    Fault.GARBAGE: "arrive as noise",
}


@pytest.mark.parametrize("fault", WORDS)
def test_each_fault_is_told_with_a_remedy_and_withdrawn_when_it_ends(
    fault, watched, open_studio, settings, control
):
    one = watched(open_studio(settings()), settings())
    one.wait_live()
    control.fault = fault
    notice = one.said.wait_for_notice(WORDS[fault])
    assert notice.key == "camera"
    assert notice.level == "fault"
    assert notice.remedy
    control.fault = None
    one.said.wait_for_clear()
    assert one.grabber.still(PATIENCE)
    assert one.grabber.state == "live"


@pytest.mark.parametrize("fault", WORDS)
def test_no_still_is_given_while_a_fault_lasts(fault, watched, open_studio, settings, control):
    one = watched(open_studio(settings(timeout=60)), settings(timeout=60))
    one.wait_live()
    control.fault = fault
    one.grabber.wait_newer(one.grabber.newest().number, 0.1)  # the frame that was under way
    with pytest.raises(CameraError):
        one.grabber.still(0.2)


def test_a_slow_camera_is_told_but_still_used(watched, open_studio, settings, control):
    patient = settings(timeout=5)
    one = watched(open_studio(patient), patient)
    one.wait_live()
    control.fault = Fault.SLOW
    assert one.said.wait_for_notice("pictures a second instead of 50").level == "warning"
    assert one.grabber.state == "live"
    control.fault = None
    one.said.wait_for_clear()


def test_a_camera_absent_at_the_start_is_told_and_found_later(watched, open_studio, settings, control):
    control.fault = Fault.UNPLUG
    one = watched(open_studio(settings()), settings())
    one.said.wait_for_notice("is not there")
    assert one.grabber.newest() is None
    assert one.grabber.state == "lost"
    control.fault = None
    one.wait_live()


def test_a_lens_cap_does_not_make_the_camera_be_opened_again(watched, open_studio, settings, control):
    openings = []

    def counted():
        openings.append(1)
        return open_studio(settings())()

    one = watched(counted, settings())
    one.wait_live()
    opened = len(openings)
    control.fault = Fault.BLACK
    one.said.wait_for_notice("black")
    assert _comes_true(lambda: one.grabber.state == "lost")
    control.fault = None
    one.said.wait_for_clear()
    assert len(openings) == opened


def test_numbers_go_on_over_a_reconnect(watched, open_studio, settings, control):
    one = watched(open_studio(settings()), settings())
    before = one.grabber.wait_newer(5, PATIENCE).number
    control.fault = Fault.UNPLUG
    one.said.wait_for_notice("has gone")
    control.fault = None
    one.said.wait_for_clear()
    assert one.grabber.wait_newer(before, PATIENCE).number > before


def test_a_still_was_taken_after_the_call(watched, open_studio, settings):
    one = watched(open_studio(settings()), settings())
    one.wait_live()
    for _ in range(5):
        asked = time.time()
        assert one.grabber.still(PATIENCE).taken_at >= asked


def test_frames_are_square_read_only_and_come_at_the_asked_rate(watched, open_studio, settings):
    one = watched(open_studio(settings()), settings())
    frame = one.grabber.wait_newer(30, PATIENCE)
    assert frame.image.shape == (240, 240, 3)
    assert not frame.image.flags.writeable
    assert 1 < one.grabber.rate < 60


def test_waiting_for_a_newer_frame_gives_up_in_time(watched, open_studio, settings):
    one = watched(open_studio(settings()), settings())
    one.wait_live()
    assert one.grabber.wait_newer(10**9, 0.05) is None


def test_nobody_who_waits_is_left_waiting_when_the_grabber_stops(watched, open_studio, settings):
    one = watched(open_studio(settings()), settings())
    one.wait_live()
    answers: list[Frame | None] = []
    waiting = threading.Thread(target=lambda: answers.append(one.grabber.wait_newer(10**9, PATIENCE)))
    waiting.start()
    one.grabber.stop()
    waiting.join(PATIENCE)
    assert answers == [None]


class _Deaf:
    """A camera whose read never returns, until the test lets it."""

    name = "deaf"
    may_repeat = "nothing"
    exposure = None

    def __init__(self, released: threading.Event) -> None:
        self._released = released

    def read(self) -> Frame:
        self._released.wait()
        raise CameraError("released")

    def expose(self, milliseconds: float) -> None:
        raise ExposureError("deaf")

    def close(self) -> None:
        pass


def test_hung_readers_are_bounded_and_the_operator_is_told_to_restart(watched, settings):
    released, openings = threading.Event(), []

    def deaf() -> _Deaf:
        openings.append(1)
        return _Deaf(released)

    one = watched(deaf, settings(timeout=0.05))
    try:
        assert "restart the booth" in one.said.wait_for_notice("does not let go").remedy
        assert len(openings) == MAX_STUCK
    finally:
        released.set()


def test_an_opening_that_hangs_is_given_up(watched, settings):
    released = threading.Event()

    def hang() -> _Deaf:
        released.wait()
        raise CameraError("released")

    one = watched(hang, settings(timeout=0.05), opening=0.1)
    try:
        one.said.wait_for_notice("sends no pictures")
    finally:
        released.set()


def test_an_unforeseen_error_of_a_driver_is_a_fault_like_any_other(watched, settings):
    def broken() -> _Deaf:
        raise RuntimeError("firmware says 0x17")

    one = watched(broken, settings())
    assert "0x17" in one.said.wait_for_notice("failed").text


def test_the_wait_between_openings_doubles_to_its_limit(watched, settings):
    moments: list[float] = []
    enough = threading.Event()

    def absent() -> _Deaf:
        moments.append(time.monotonic())
        if len(moments) == 6:
            enough.set()
        raise CameraError("nothing there")

    watched(absent, settings(), backoff=(0.05, 0.2))
    assert enough.wait(PATIENCE)
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    assert [gap >= least for gap, least in zip(gaps, (0.05, 0.1, 0.2, 0.2, 0.2), strict=True)] == [True] * 5


def brightness_after(grabber, milliseconds: float) -> float:
    """Expose, and give the mean of a picture that was begun afterwards."""
    assert grabber.expose(milliseconds).result(PATIENCE) == milliseconds
    assert grabber.exposure == milliseconds
    return float(grabber.still(PATIENCE).image.mean())


def test_more_light_makes_brighter_pictures_and_the_camera_takes_its_own_choice_back(
    watched, open_studio, settings
):
    one = watched(open_studio(settings()), settings())
    one.wait_live()
    own = brightness_after(one.grabber, 0.0)
    darker, brighter = (brightness_after(one.grabber, milliseconds) for milliseconds in (5.0, 20.0))
    assert darker < 0.8 * own
    assert brighter > 1.2 * own
    assert brightness_after(one.grabber, 0.0) == pytest.approx(own, abs=4)


def test_a_camera_that_is_opened_anew_is_exposed_as_before(watched, open_studio, settings, control):
    one = watched(open_studio(settings(exposure=5.0)), settings(exposure=5.0))
    one.wait_live()
    assert _comes_true(lambda: one.grabber.exposure == 5.0)
    one.grabber.expose(2.5).result(PATIENCE)
    control.fault = Fault.UNPLUG
    assert _comes_true(lambda: one.grabber.state == "lost")
    control.fault = None
    assert _comes_true(lambda: one.grabber.state == "live" and one.grabber.exposure == 2.5)


def test_a_picture_that_is_played_has_no_exposure_and_the_operator_hears_of_a_wish_for_one(
    watched, open_studio, settings
):
    wanted = settings(exposure=8.0)
    one = watched(open_studio(wanted, is_lit=False), wanted)
    assert "no exposure" in one.said.wait_for_notice("no exposure").text
    one.wait_live()
    assert one.grabber.exposure is None
    with pytest.raises(ExposureError):
        one.grabber.expose(4.0).result(PATIENCE)


def _comes_true(question) -> bool:
    until = time.monotonic() + PATIENCE
    tick = threading.Event()
    while not question() and time.monotonic() < until:
        tick.wait(0.01)
    return question()
