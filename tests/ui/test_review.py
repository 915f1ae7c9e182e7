"""The review under real touches: swipe, drag, pinch, tap, and hands that touch too much at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from booth.errors import SpoolError
from booth.session import Step
from booth.shot import Placement
from booth.ui.fitting import cut_off
from booth.ui.guest import ScriptedGuest
from booth.ui.words import load_words

ON_GUESTS, ON_SCENERY = (0.3, 0.7), (0.5, 0.15)


@pytest.fixture
def open_review(open_kiosk, settings, tmp_path):
    """Gives a function that opens a kiosk whose guest looks at the photo before the beach."""

    def open_one(wanted=settings, size=(540, 960)):
        kiosk = open_kiosk(wanted, size)
        guest = ScriptedGuest(kiosk, tmp_path, patience=25, calm=0.2)
        guest.go_to_pose()
        guest.tap("shutter")
        guest.wait_for("review")
        return kiosk, guest

    return open_one


def photo_point(guest, place) -> QPoint:
    return guest.point_in("photo", *place)


def drag_photo(guest, start, end) -> None:
    guest.drag((photo_point(guest, start), photo_point(guest, end)))


def test_dragging_the_guests_moves_them_by_as_much(open_review, studio):
    kiosk, guest = open_review()
    drag_photo(guest, ON_GUESTS, (0.5, 0.7))
    guest.wait_until(lambda: kiosk.visit.session.is_settled and bool(studio.recomposed))
    placement = studio.recomposed[-1][1]
    # a finger has to go a little before it counts as a drag
    assert placement.x == pytest.approx(0.2, abs=0.06)
    assert placement.scale == 1
    assert kiosk.visit.session.backdrop_id == "beach"


def test_a_cut_edge_is_not_pulled_into_the_picture(open_review, studio):
    _kiosk, guest = open_review()
    drag_photo(guest, ON_GUESTS, (0.3, 0.2))
    guest.wait_until(lambda: bool(studio.recomposed))
    assert studio.recomposed[-1][1].y == pytest.approx(0)


def test_pinching_makes_the_guests_larger(open_review, studio):
    _kiosk, guest = open_review()
    left, right = photo_point(guest, (0.4, 0.6)), photo_point(guest, (0.6, 0.6))
    guest.drag((left, left - QPoint(60, 0)), (right, right + QPoint(60, 0)))
    guest.wait_until(lambda: bool(studio.recomposed))
    assert studio.recomposed[-1][1].scale > 1.4


def test_every_place_is_previewed_at_once_and_the_last_one_stays(open_review, studio):
    kiosk, guest = open_review()
    drag_photo(guest, ON_GUESTS, (0.45, 0.7))
    guest.wait_until(lambda: kiosk.visit.session.is_settled and bool(studio.recomposed))
    assert len(studio.previewed) > len(studio.recomposed)
    assert studio.previewed[-1][1] == studio.recomposed[-1][1] == kiosk.visit.session.placement


@pytest.mark.parametrize(("to", "comes"), [((0.1, 0.15), "city"), ((0.9, 0.15), "moon")])
def test_swiping_the_scenery_brings_the_next_one(open_review, studio, to, comes):
    kiosk, guest = open_review()
    drag_photo(guest, ON_SCENERY, to)
    guest.wait_until(lambda: kiosk.visit.session.backdrop_id == comes and kiosk.visit.session.is_settled)
    assert studio.recomposed[-1][0] == comes


def test_a_swipe_that_is_hardly_one_goes_back(open_review, studio):
    kiosk, guest = open_review()
    drag_photo(guest, ON_SCENERY, (0.43, 0.15))
    guest.rest(0.5)
    assert kiosk.visit.session.backdrop_id == "beach"
    assert studio.recomposed == []


def test_a_tap_sends_a_person_out_and_another_brings_him_back(open_review, studio):
    kiosk, guest = open_review()
    where = photo_point(guest, (0.7, 0.7))
    guest.tap_at(where)
    guest.wait_until(lambda: kiosk.visit.session.included == frozenset({0}))
    guest.wait_until(lambda: kiosk.visit.session.is_settled)
    assert studio.recomposed[-1][2] == frozenset({0})
    assert guest.find("review-hint").property("text") == "1 person left out"
    guest.rest(0.5)  # not a double tap
    guest.tap_at(where)
    guest.wait_until(lambda: kiosk.visit.session.included == frozenset({0, 1}))


def test_somebody_always_stays_in_the_picture(open_review):
    kiosk, guest = open_review()
    guest.tap_at(photo_point(guest, (0.7, 0.7)))
    guest.wait_until(lambda: kiosk.visit.session.included == frozenset({0}))
    guest.rest(0.5)
    guest.tap_at(photo_point(guest, ON_GUESTS))
    guest.rest(0.3)
    assert kiosk.visit.session.included == frozenset({0})


def test_buttons_do_what_two_fingers_do_and_one_takes_it_back(open_review):
    kiosk, guest = open_review()
    guest.tap("larger")
    assert kiosk.visit.session.placement.scale == pytest.approx(1.1)
    guest.wait_until(lambda: kiosk.visit.session.is_settled)
    guest.tap("reset")
    assert kiosk.visit.session.placement is None
    guest.wait_until(lambda: kiosk.visit.session.is_settled)
    with pytest.raises(LookupError):
        guest.find("reset")


def test_a_photo_that_is_framed_has_nobody_to_move_and_says_what_would_help(open_review, studio):
    studio.cutout = None
    plain = studio.shot
    studio.shot = lambda number, key: replace(plain(number, key), hints=("too_dark",))
    kiosk, guest = open_review()
    assert "dark" in guest.find("review-hint").property("text")
    drag_photo(guest, ON_GUESTS, (0.05, 0.7))
    guest.wait_until(lambda: kiosk.visit.session.backdrop_id == "city")
    with pytest.raises(LookupError):
        guest.find("larger")


def test_a_preview_that_fails_leaves_the_rest_to_the_composite(open_review, studio):
    kiosk, guest = open_review()
    studio.faults["preview"] = SpoolError("no")
    guest.tap("larger")
    guest.wait_until(lambda: kiosk.visit.session.is_settled)
    assert studio.recomposed[-1][1] == Placement(
        pytest.approx(1.1), pytest.approx(-0.05), pytest.approx(-0.06)
    )


def test_a_hand_that_leans_on_the_screen_does_not_make_it_deaf(open_review):
    kiosk, guest = open_review()
    view, device = kiosk.view, QTest.createTouchDevice()
    corner, more = QPoint(20, 940), guest.point_in("more", 0.5, 0.5)
    QTest.touchEvent(view, device, False).press(0, corner, view).commit()
    QTest.touchEvent(view, device, False).stationary(0).press(1, more, view).commit()
    QTest.touchEvent(view, device, False).stationary(0).release(1, more, view).commit()
    QTest.touchEvent(view, device, False).release(0, corner, view).commit()
    assert kiosk.visit.session.copies == 2


def test_fingers_on_two_buttons_at_once_do_one_of_both(open_review, studio):
    kiosk, guest = open_review()
    view, device = kiosk.view, QTest.createTouchDevice()
    points = [guest.point_in(name, 0.5, 0.5) for name in ("keep", "again")]
    down = QTest.touchEvent(view, device, False)
    for number, point in enumerate(points):
        down.press(number, point, view)
    down.commit()
    up = QTest.touchEvent(view, device, False)
    for number, point in enumerate(points):
        up.release(number, point, view)
    up.commit()
    guest.wait_until(lambda: kiosk.visit.session.step in (Step.TICKET, Step.POSE))
    assert (len(studio.kept), len(studio.discarded)) in ((1, 0), (0, 1))


@pytest.mark.parametrize(("language", "size"), [("fr", (540, 960)), ("de", (960, 540))])
def test_a_printer_without_paper_is_said_before_the_photo_is_kept_and_on_the_ticket(
    open_review, studio, settings, language, size
):
    """Row 30: in the longest languages, and whole."""
    studio.later = True
    words = load_words(language)
    spoken = settings.event.model_copy(update={"language": language, "languages": (language,)})
    _kiosk, guest = open_review(settings.model_copy(update={"event": spoken}), size)
    assert guest.find("review-hint").property("text") == words["sorry.printer"]
    assert guest.find("keep").property("label") == words["review.keep_later"]
    assert list(cut_off(guest.find("review"))) == []
    studio.later = False
    guest.wait_until(lambda: guest.find("keep").property("label") == words["review.keep"])
    studio.later = True
    guest.wait_until(lambda: guest.find("keep").property("label") == words["review.keep_later"])
    guest.tap("keep")
    guest.wait_for("ticket")
    assert guest.find("ahead").property("text") == words["sorry.printer"]
    assert list(cut_off(guest.find("ticket"))) == []
