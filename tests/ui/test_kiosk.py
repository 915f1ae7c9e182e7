"""The kiosk, touched as guests touch it, in both orientations."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent
from PySide6.QtTest import QTest

from booth.errors import CameraError, SpoolError
from booth.session import Step
from booth.shot import Notice
from booth.ui.guest import Patience, ScriptedGuest, run_demo
from booth.ui.kiosk import EXIT_FAULTY, FAULTS_A_MINUTE, FaultWatch, run_kiosk

PORTRAIT, LANDSCAPE = (540, 960), (960, 540)
ENOUGH = 10


def space(*, repeated: bool) -> QKeyEvent:
    """What the button of a remote sends; `repeated` while it is held."""
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", repeated)


@pytest.fixture
def open_guest(open_kiosk, settings, tmp_path):
    """Gives a function that opens a kiosk and gives it together with a guest."""

    def open_one(size=PORTRAIT, wanted=settings, calm=0.2, **named):
        kiosk = open_kiosk(wanted, size, **named)
        return kiosk, ScriptedGuest(kiosk, tmp_path / f"{size[0]}x{size[1]}", patience=ENOUGH, calm=calm)

    return open_one


def visit_with(settings, **changes):
    return settings.model_copy(update={"visit": settings.visit.model_copy(update=changes)})


def has_something_to_see(path) -> bool:
    image = QImage(str(path)).scaled(60, 60)
    return len({image.pixel(x, y) for x in range(60) for y in range(60)}) > 80


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_a_whole_visit_by_touch_shows_every_screen(
    studio, settings, application, slot_faults, tmp_path, size
):
    def unplug(unplugged: bool) -> None:
        studio.reason = "sorry.camera" if unplugged else None

    pictures = run_demo(studio, settings, tmp_path, unplug=unplug, sizes=[size])
    assert [path.stem for path in sorted(pictures)] == [
        "0-closed",
        "1-attract",
        "2-choose",
        "3-pose",
        "4-countdown",
        "5-developing",
        "6-review",
        "7-review-another",
        "8-ticket",
        "9-sorry",
    ]
    assert all(has_something_to_see(path) for path in pictures)
    assert studio.kept == [("photo-1", "city", 1)]
    assert studio.discarded == []


@pytest.mark.parametrize("size", [(1024, 1280), (1280, 1024), (768, 1366)], ids=str)
def test_controls_stay_on_odd_screens(open_guest, settings, size):
    _kiosk, guest = open_guest(size)
    guest.go_to_pose()
    for name in ("shutter", "pose-back", "small-beach"):
        item = guest.find(name)
        corner = item.mapToScene(QPointF(item.width(), item.height()))
        assert 0 < corner.x() <= size[0]
        assert 0 < corner.y() <= size[1]
        assert item.mapToScene(QPointF(0, 0)).x() >= 0


def test_a_double_tap_on_start_does_not_choose_a_backdrop(open_guest):
    kiosk, guest = open_guest()
    guest.wait_for("attract")
    middle = guest.find("start").mapToScene(QPointF(40, 40)).toPoint()
    for _ in range(4):
        guest.tap_at(middle)
    guest.wait_for("choose")
    assert kiosk.visit.session.step is Step.CHOOSE


def test_hammering_on_keep_prints_once_and_leaves_the_ticket_standing(open_guest, studio):
    # without haste: a finger hammers in real time
    kiosk, guest = open_guest(clock=time.monotonic)
    seen = []
    kiosk.visit.stepChanged.connect(seen.append)
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    there = guest.point_in("keep", 0.5, 0.5)
    hammered_until = time.monotonic() + 1.6
    while time.monotonic() < hammered_until:
        guest.tap_at(there)
        guest.rest(0.08)
    assert seen[-2:] == ["keeping", "ticket"]
    assert len(studio.kept) == 1
    assert studio.taken == 1
    guest.wait_for("ticket")
    guest.tap("done")
    guest.wait_until(lambda: seen[-1] == "attract")


def test_a_ticket_that_does_not_hear_yet_still_gives_way_under_a_finger(open_guest):
    kiosk, guest = open_guest(clock=time.monotonic)
    to_ticket_at_once(kiosk, guest)
    guest.rest(0.2)  # it fades in, and is deaf for longer
    done = guest.find("done")
    view, screen, at = kiosk.view, QTest.createTouchDevice(), guest.point_in("done", 0.5, 0.5)
    QTest.touchEvent(view, screen, False).press(0, at, view).commit()
    assert not kiosk.visit.hears_touches
    assert done.property("down")
    QTest.touchEvent(view, screen, False).release(0, at, view).commit()
    assert not done.property("down")
    assert kiosk.visit.session.step is Step.TICKET


def test_a_remote_whose_button_is_held_or_hammered_leaves_the_ticket_standing(open_guest):
    kiosk, guest = open_guest()
    to_ticket_at_once(kiosk, guest)
    for repeated in (False, True, True, False):
        QGuiApplication.sendEvent(kiosk.view, space(repeated=repeated))
    assert not kiosk.visit.hears_touches
    assert kiosk.visit.session.step is Step.TICKET
    guest.wait_for("ticket")
    QGuiApplication.sendEvent(kiosk.view, space(repeated=True))
    assert kiosk.visit.session.step is Step.TICKET
    QGuiApplication.sendEvent(kiosk.view, space(repeated=False))
    assert kiosk.visit.session.step is Step.ATTRACT


def test_hammering_on_the_shutter_takes_one_photo(open_guest, studio):
    _kiosk, guest = open_guest()
    guest.go_to_pose()
    for _ in range(5):
        guest.tap("shutter")
    guest.wait_for("review")
    assert studio.taken == 1


def with_gallery(settings):
    service = settings.service.model_copy(update={"enabled": True, "gallery": True})
    return settings.model_copy(update={"service": service})


def to_ticket_at_once(kiosk, guest):
    """To the first moment of a ticket."""
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    guest.tap("keep")
    guest.wait_until(lambda: kiosk.visit.session.step is Step.TICKET)


def to_ticket(guest):
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    guest.tap("keep")
    guest.wait_for("ticket")


def test_the_ticket_asks_for_the_gallery_with_an_empty_box_and_a_touch_fills_it(open_guest, studio, settings):
    kiosk, guest = open_guest(wanted=with_gallery(settings))
    to_ticket(guest)
    assert guest.find("gallery").property("ticked") is False
    guest.tap("gallery")
    guest.wait_until(lambda: studio.shown_to_all == [("photo-1", True)])
    assert guest.find("gallery").property("ticked") is True
    assert kiosk.visit.session.step is Step.TICKET
    guest.tap("gallery")
    guest.wait_until(lambda: studio.shown_to_all == [("photo-1", True), ("photo-1", False)])
    guest.tap("done")
    guest.wait_for("attract")


def test_who_says_nothing_is_in_no_gallery_and_where_there_is_none_nobody_is_asked(
    open_guest, studio, settings
):
    _, guest = open_guest(wanted=with_gallery(settings))
    to_ticket(guest)
    guest.tap("done")
    guest.wait_for("attract")
    assert studio.shown_to_all == []
    _, guest = open_guest()
    to_ticket(guest)
    with pytest.raises(LookupError):
        guest.find("gallery")


def test_a_wish_that_could_not_be_noted_leaves_the_box_empty(open_guest, studio, settings, caplog):
    _, guest = open_guest(wanted=with_gallery(settings))
    studio.faults["show"] = SpoolError("disk gone")
    to_ticket(guest)
    with caplog.at_level(logging.ERROR):
        guest.tap("gallery")
        guest.wait_until(lambda: "disk gone" in caplog.text and not guest.find("gallery").property("ticked"))


def test_copies_again_and_delete(open_guest, studio):
    kiosk, guest = open_guest()
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    guest.tap("more")
    assert kiosk.visit.session.copies == 2
    guest.tap("more")
    assert kiosk.visit.session.copies == 2
    guest.tap("again")
    guest.wait_for("pose")
    guest.tap("shutter")
    guest.wait_for("review")
    guest.tap("discard")
    assert kiosk.visit.session.step is Step.REVIEW
    guest.tap("discard")
    guest.wait_for("attract")
    guest.wait_until(lambda: studio.discarded == ["photo-1", "photo-2"])
    assert studio.kept == []


def test_a_language_is_chosen_by_its_name_and_everything_speaks_it(open_guest):
    kiosk, guest = open_guest()
    guest.wait_for("attract")
    guest.tap("language-de")
    assert kiosk.visit.session.language == "de"
    assert guest.find("start").property("label") == "Zum Starten berühren"
    guest.tap("start")
    guest.wait_for("choose")
    assert guest.find("tile-beach").property("label") == "Strand"


def test_any_key_of_a_remote_starts_and_shoots(open_guest):
    kiosk, guest = open_guest()
    guest.wait_for("attract")
    QTest.keyClick(kiosk.view, Qt.Key.Key_Space)
    guest.wait_for("choose")
    QTest.keyClick(kiosk.view, Qt.Key.Key_Space)
    assert kiosk.visit.session.step is Step.CHOOSE
    guest.tap("tile-moon")
    guest.wait_for("pose")
    QTest.keyClick(kiosk.view, Qt.Key.Key_Shift)
    assert kiosk.visit.session.step is Step.POSE
    QTest.keyClick(kiosk.view, Qt.Key.Key_PageDown)
    assert kiosk.visit.session.step is Step.COUNTDOWN


def test_left_alone_every_screen_goes_back_to_the_start(open_guest, settings, studio):
    hasty = visit_with(settings, choose=5, pose=5, review=5, ticket=5)
    kiosk, guest = open_guest(wanted=hasty)
    seen = []
    kiosk.visit.stepChanged.connect(seen.append)
    guest.wait_for("attract")
    guest.tap("start")
    guest.wait_until(lambda: seen == ["choose", "attract"])
    guest.rest(0.2)
    guest.go_to_pose()
    guest.wait_until(lambda: seen[-2:] == ["pose", "attract"])
    guest.rest(0.2)
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_until(lambda: seen[-4:] == ["review", "keeping", "ticket", "attract"])
    assert len(studio.kept) == 1


def test_a_photo_that_never_comes_ends_in_an_apology(open_guest, settings, studio):
    kiosk, guest = open_guest(wanted=visit_with(settings, developing=2))
    studio.hold.clear()
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("sorry")
    assert "did not turn out" in guest.find("apology").property("text")
    guest.wait_until(lambda: kiosk.visit.session.step is Step.ATTRACT)
    studio.hold.set()
    guest.wait_until(lambda: studio.discarded == ["photo-1"])


def test_a_lost_camera_says_so_and_one_may_try_again(open_guest, studio, caplog):
    _kiosk, guest = open_guest()
    studio.faults["take"] = CameraError("unplugged")
    guest.go_to_pose()
    guest.tap("shutter")
    with caplog.at_level(logging.ERROR):
        guest.wait_for("sorry")
    assert "lost sight" in guest.find("apology").property("text")
    assert "unplugged" in caplog.text
    studio.faults.clear()
    guest.tap("go-on")
    guest.wait_for("pose")


def test_an_unforeseen_fault_is_nobodys_fault(open_guest, studio):
    _kiosk, guest = open_guest()
    studio.faults["take"] = ZeroDivisionError("oops")
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("sorry")
    assert "not your fault" in guest.find("apology").property("text")


def test_a_photo_that_could_not_be_stored_can_be_kept_again(open_guest, studio):
    _kiosk, guest = open_guest()
    studio.faults["keep"] = SpoolError("disk gone")
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    guest.tap("keep")
    guest.wait_for("sorry")
    studio.faults.clear()
    guest.tap("go-on")
    guest.wait_for("review")
    guest.tap("keep")
    guest.wait_for("ticket")
    assert studio.kept == [("photo-1", "beach", 1)]


def test_a_backdrop_that_cannot_be_composed_leaves_the_photo_as_it_was(open_guest, studio):
    kiosk, guest = open_guest()
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    studio.faults["recompose"] = SpoolError("no")
    studio.hold.clear()
    guest.tap("small-moon")
    assert kiosk.visit.session.backdrop_id == "moon"
    studio.hold.set()
    guest.wait_until(lambda: kiosk.visit.session.backdrop_id == "beach")
    assert kiosk.visit.session.step is Step.REVIEW


def test_a_closed_booth_shows_a_sign_and_opens_by_itself(open_guest, studio):
    studio.reason = "sorry.camera"
    kiosk, guest = open_guest()
    guest.wait_for("attract")
    assert guest.find("closed") is not None
    with pytest.raises(LookupError):
        guest.find("start")
    guest.tap("anywhere")
    assert kiosk.visit.session.step is Step.ATTRACT
    studio.reason = None
    guest.wait_until(lambda: not kiosk.visit.session.closed)
    assert guest.find("start") is not None


def test_a_photo_of_before_a_crash_is_offered_again(open_guest, studio):
    studio.left_over = studio.shot(7, "space")
    _kiosk, guest = open_guest()
    studio.left_over = None
    guest.wait_for("review")
    guest.tap("keep")
    guest.wait_for("ticket")
    assert studio.kept == [("photo-7", "space", 1)]


def test_the_mirror_rests_where_it_is_not_seen_and_runs_while_developing(open_guest, studio):
    _kiosk, guest = open_guest()
    mirror = guest.find("mirror")
    guest.go_to_pose()
    assert studio.shown == "beach"
    studio.hold.clear()
    guest.tap("shutter")
    guest.wait_for("developing")
    painted = mirror.painted
    guest.wait_until(lambda: mirror.painted > painted + 5)
    studio.hold.set()
    guest.wait_for("review")
    assert studio.shown is None


def test_holding_the_corner_tells_the_operator_everything(open_guest, studio):
    studio.notes = (Notice("plate", "warning", "The light has changed", "Take the clean plate again"),)
    kiosk, guest = open_guest(notices=[Notice("config", "fault", "The file is broken", "Mend line 3")])
    guest.wait_for("attract")
    assert [notice.key for notice in kiosk.lamp.notices] == ["config", "plate"]
    corner = guest.find("operator-corner").mapToScene(QPointF(30, 30)).toPoint()
    guest.hold_at(corner, 3.2)
    assert guest.find("notices") is not None
    assert kiosk.visit.session.step is Step.ATTRACT
    guest.tap("close-notices")
    guest.rest(0.1)
    with pytest.raises(LookupError):
        guest.find("notices")


def test_a_short_touch_on_the_corner_opens_nothing(open_guest):
    _kiosk, guest = open_guest()
    guest.wait_for("attract")
    guest.tap("operator-corner")
    guest.rest(0.2)
    with pytest.raises(LookupError):
        guest.find("notices")


def controls(item):
    for child in item.childItems():
        yield from controls(child)
    if item.property("pressable") is not None:
        yield item


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)], ids=["portrait", "landscape"])
def test_controls_are_large_named_and_low_enough(open_guest, size):
    kiosk, guest = open_guest(size)
    guest.wait_for("attract")
    found = list(controls(kiosk.view.rootObject()))
    assert len(found) > 25
    for control in found:
        assert control.property("label"), control.objectName()
        is_laid_out = control.width() and control.height()
        assert min(control.width(), control.height()) >= 56 or not is_laid_out, control.objectName()
    for name, step in (("start", "attract"), ("shutter", "pose"), ("keep", "review"), ("done", "ticket")):
        item = next(control for control in found if control.objectName() == name)
        assert item.height() >= 120
        middle = item.mapToScene(QPointF(0, item.height() / 2))
        assert middle.y() > size[1] / 2, step


def test_a_full_screen_cannot_be_closed_by_a_guest_but_by_the_operator(application, studio, settings):
    """Row 51."""
    from booth.ui.kiosk import Kiosk

    locked = settings.model_copy(update={"screen": settings.screen.model_copy(update={"fullscreen": True})})
    kiosk = Kiosk(studio, locked)
    kiosk.start()
    try:
        assert kiosk.view.close() is False
        QTest.keyClick(kiosk.view, Qt.Key.Key_F4, Qt.KeyboardModifier.AltModifier)
        assert kiosk.view.isVisible()
        QTimer.singleShot(0, kiosk, kiosk.ask_to_quit)
        assert application.exec() == 0
    finally:
        kiosk.stop()
        application.processEvents()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_kiosk(application, studio, settings, number):
    before = signal.getsignal(number)
    QTimer.singleShot(300, lambda: os.kill(os.getpid(), number))  # once the loop runs, however late
    assert run_kiosk(studio, settings) == 0
    assert signal.getsignal(number) is before


def test_an_uncaught_fault_lights_the_lamp_and_too_many_end_the_program(
    application, open_kiosk, settings, slot_faults
):
    kiosk = open_kiosk(settings)
    watch = FaultWatch(kiosk.lamp)
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        Patience(lambda: bool(kiosk.lamp.notices), ENOUGH).wait()
        assert kiosk.lamp.notices[0].level == "fault"
        assert "ZeroDivisionError" in kiosk.lamp.notices[0].text

        def fail() -> None:
            raise ValueError("again")

        kiosk.lamp.changed.connect(fail)
        for _ in range(FAULTS_A_MINUTE):
            QTimer.singleShot(0, kiosk.lamp.changed.emit)
        assert QGuiApplication.exec() == EXIT_FAULTY
        kiosk.lamp.changed.disconnect(fail)
    finally:
        watch.stop()
