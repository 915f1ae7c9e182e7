"""The visit: every step with every event, and what random evenings may never do."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booth.config.settings import VisitSettings
from booth.session import (
    KEEPING_SECONDS,
    BackdropChosen,
    Bind,
    ClosedBy,
    CopiesChosen,
    Discard,
    Discarded,
    GalleryChosen,
    GalleryFailed,
    GuestsPlaced,
    Keep,
    KeepFailed,
    Kept,
    LanguageChosen,
    Opened,
    PeopleIncluded,
    PhotoFailed,
    PhotoReady,
    Recompose,
    Recomposed,
    RecomposeFailed,
    Recovered,
    Retaken,
    Rules,
    Show,
    ShutterPressed,
    Step,
    Take,
    Tick,
    TicketIssued,
    Touch,
    Touched,
    WentBack,
    advance,
    asked,
    opening,
)
from booth.shot import Composite, Cutout, Frame, Placement, Shot, Ticket, nobody

RULES = Rules(VisitSettings(), "en", ("en", "de"), ("beach", "city"), bloom=0.0)
NOW = 100.0
LATER = NOW + 2.0


def photo(backdrop_id: str = "beach", number: int = 1) -> Shot:
    image = np.zeros((2, 2, 3), np.uint8)
    cutout = Cutout(image, np.ones((2, 2), np.float32), nobody(), "drawn", 1.0)
    return Shot(f"photo-{number}", Frame(image, 0.0, number), cutout, Composite(image, backdrop_id))


SHOT = photo()
FRAMED = replace(SHOT, cutout=None)
MOVED = Placement(1.2, -0.1, 0.0)
SWAPPED = replace(SHOT, composite=replace(SHOT.composite, backdrop_id="city"))
TICKET = Ticket("photo-1", "K7M", "token", 0.0, 1, 0)


def session_at(step: Step, **changes):
    """Give a session as it usually is at a step, entered at NOW."""
    usual = {"step": step, "since": NOW, "deadline": NOW + RULES.seconds(step), "attempt": 1}
    if step not in (Step.ATTRACT, Step.CHOOSE):
        usual["backdrop_id"] = "beach"
    if step in (Step.DEVELOPING, Step.REVIEW, Step.KEEPING, Step.TICKET, Step.SORRY):
        usual["taken"] = 1
    if step in (Step.REVIEW, Step.KEEPING, Step.TICKET):
        usual["shot"] = SHOT
    if step is Step.TICKET:
        usual["ticket"] = TICKET
    if step is Step.SORRY:
        usual["sorry"] = "sorry.developing"
    return replace(opening(RULES, NOW), **{**usual, **changes})


EVENTS = (
    Touched(LATER),
    LanguageChosen(LATER, "de"),
    BackdropChosen(LATER, "city"),
    WentBack(LATER),
    ShutterPressed(LATER),
    CopiesChosen(LATER, 2),
    Kept(LATER),
    Retaken(LATER),
    Discarded(LATER),
    Tick(LATER),
    PhotoReady(LATER, 1, SHOT),
    PhotoFailed(LATER, 1, "sorry.camera"),
    GuestsPlaced(LATER, MOVED),
    PeopleIncluded(LATER, frozenset({1})),
    Recomposed(LATER, 1, 1, SHOT),
    RecomposeFailed(LATER, 1, 1),
    TicketIssued(LATER, 1, TICKET),
    KeepFailed(LATER, 1, "sorry.storage"),
    Recovered(LATER, SHOT),
    ClosedBy(LATER, "sorry.camera"),
    Opened(LATER),
    GalleryChosen(LATER, True),
)

MOVES = {
    (Step.ATTRACT, Touched): Step.CHOOSE,
    (Step.ATTRACT, Recovered): Step.REVIEW,
    (Step.CHOOSE, BackdropChosen): Step.POSE,
    (Step.CHOOSE, WentBack): Step.ATTRACT,
    (Step.CHOOSE, ClosedBy): Step.SORRY,
    (Step.POSE, WentBack): Step.CHOOSE,
    (Step.POSE, ShutterPressed): Step.COUNTDOWN,
    (Step.POSE, ClosedBy): Step.SORRY,
    (Step.DEVELOPING, PhotoReady): Step.REVIEW,
    (Step.DEVELOPING, PhotoFailed): Step.SORRY,
    (Step.REVIEW, Kept): Step.KEEPING,
    (Step.REVIEW, Retaken): Step.POSE,
    (Step.REVIEW, Discarded): Step.ATTRACT,
    (Step.KEEPING, TicketIssued): Step.TICKET,
    (Step.KEEPING, KeepFailed): Step.SORRY,
    (Step.TICKET, Touched): Step.ATTRACT,
    (Step.SORRY, Touched): Step.POSE,
    (Step.SORRY, PhotoReady): Step.REVIEW,
    (Step.SORRY, TicketIssued): Step.TICKET,
}
"""Where a pair of step and event leads elsewhere."""

STAYS = {
    (Step.ATTRACT, LanguageChosen): {"language": "de"},
    (Step.CHOOSE, Touched): {},
    (Step.CHOOSE, LanguageChosen): {"language": "de"},
    (Step.POSE, Touched): {},
    (Step.POSE, BackdropChosen): {"backdrop_id": "city"},
    (Step.REVIEW, Touched): {},
    (Step.REVIEW, BackdropChosen): {"backdrop_id": "city", "look": 1, "changed_at": LATER},
    (Step.REVIEW, GuestsPlaced): {"placement": MOVED, "look": 1, "changed_at": LATER},
    (Step.REVIEW, PeopleIncluded): {
        "included": frozenset({1}),
        "look": 1,
        "changed_at": LATER - RULES.calm,
    },
    (Step.REVIEW, CopiesChosen): {"copies": 2},
}
"""Where it shows that somebody is here: the step's time starts anew, and these fields change."""

NOTES = {
    (step, ClosedBy): {"closed": "sorry.camera"} for step in Step if step not in (Step.CHOOSE, Step.POSE)
}
"""Where only a note is taken: time runs on."""


@pytest.mark.parametrize(
    ("step", "event"),
    [*itertools.product(Step, EVENTS)],
    ids=lambda value: getattr(value, "value", type(value).__name__),
)
def test_every_event_in_every_step(step, event):
    before = session_at(step)
    after = advance(before, event, RULES)
    pair = (step, type(event))
    if pair in MOVES:
        assert after.step is MOVES[pair]
        assert (after.since, after.deadline) == (LATER, LATER + RULES.seconds(after.step))
    elif pair in STAYS:
        assert after == replace(before, deadline=LATER + RULES.seconds(step), **STAYS[pair])
    elif pair in NOTES:
        assert after == replace(before, **NOTES[pair])
    else:
        assert after is before


@pytest.mark.parametrize(
    ("step", "goes_to"),
    [
        (Step.ATTRACT, Step.ATTRACT),
        (Step.CHOOSE, Step.ATTRACT),
        (Step.POSE, Step.ATTRACT),
        (Step.COUNTDOWN, Step.DEVELOPING),
        (Step.DEVELOPING, Step.SORRY),
        (Step.REVIEW, Step.KEEPING),
        (Step.KEEPING, Step.SORRY),
        (Step.TICKET, Step.ATTRACT),
        (Step.SORRY, Step.ATTRACT),
    ],
    ids=lambda value: value.value,
)
def test_every_step_ends_by_itself(step, goes_to):
    before = session_at(step)
    assert advance(before, Tick(before.deadline - 0.01), RULES) is before
    assert advance(before, Tick(before.deadline), RULES).step is goes_to


def test_a_walked_away_guests_photo_is_discarded_where_the_event_says_so():
    rules = replace(RULES, visit=VisitSettings(review_ends="discard"))
    before = session_at(Step.REVIEW)
    event = Tick(before.deadline)
    after = advance(before, event, rules)
    assert after.step is Step.ATTRACT
    assert asked(before, event, after) == (Discard(SHOT),)


@pytest.mark.parametrize("step", Step, ids=lambda step: step.value)
def test_the_second_half_of_a_double_tap_does_nothing(step):
    before = session_at(step)
    for event in EVENTS:
        if isinstance(event, Touch):
            assert advance(before, replace(event, at=NOW + 0.3), RULES) is before


@pytest.mark.parametrize("event", [Touched(NOW), GalleryChosen(NOW, True)], ids=["touch", "gallery"])
def test_a_ticket_is_deaf_for_longer_than_other_steps(event):
    ticket = session_at(Step.TICKET)
    assert RULES.deaf(Step.TICKET) > 4 * RULES.deaf(Step.REVIEW)
    assert advance(ticket, replace(event, at=NOW + RULES.hold - 0.01), GALLERY_RULES) is ticket
    assert advance(ticket, replace(event, at=NOW + RULES.hold), GALLERY_RULES) != ticket


def test_a_ticket_that_is_short_ends_by_itself_all_the_same():
    rules = replace(RULES, visit=VisitSettings(ticket=1))
    ticket = session_at(Step.TICKET, deadline=NOW + 1)
    assert advance(ticket, Tick(NOW + 1), rules).step is Step.ATTRACT


def test_a_language_that_somebody_left_behind_goes_back():
    german = advance(session_at(Step.ATTRACT), LanguageChosen(LATER, "de"), RULES)
    assert advance(german, Tick(german.deadline), RULES).language == "en"


def test_what_is_not_offered_is_not_chosen():
    assert advance(session_at(Step.ATTRACT), LanguageChosen(LATER, "nl"), RULES).language == "en"
    assert advance(session_at(Step.CHOOSE), BackdropChosen(LATER, "mars"), RULES).step is Step.CHOOSE
    assert advance(session_at(Step.POSE), BackdropChosen(LATER, "mars"), RULES).backdrop_id == "beach"
    assert advance(session_at(Step.REVIEW), CopiesChosen(LATER, 3), RULES).copies == 1
    assert advance(session_at(Step.REVIEW), CopiesChosen(LATER, 0), RULES).copies == 1


def test_a_single_backdrop_needs_no_choice():
    rules = replace(RULES, backdrops=("beach",))
    pose = advance(session_at(Step.ATTRACT), Touched(LATER), rules)
    assert (pose.step, pose.backdrop_id) == (Step.POSE, "beach")
    assert advance(pose, WentBack(LATER + 2), rules).step is Step.ATTRACT


def test_without_backdrops_nobody_starts():
    before = session_at(Step.ATTRACT)
    assert advance(before, Touched(LATER), replace(RULES, backdrops=())) is before


def test_a_closed_booth_does_not_start_and_opens_again():
    closed = advance(session_at(Step.ATTRACT), ClosedBy(LATER, "sorry.camera"), RULES)
    assert advance(closed, Touched(LATER), RULES) is closed
    opened = advance(closed, Opened(LATER), RULES)
    assert advance(opened, Touched(LATER), RULES).step is Step.CHOOSE


def test_an_apology_clears_itself_with_its_cause():
    sorry = advance(session_at(Step.POSE), ClosedBy(LATER, "sorry.camera"), RULES)
    assert advance(sorry, Opened(LATER + 1), RULES).step is Step.POSE


def test_an_apology_for_something_else_stays_when_the_booth_opens():
    sorry = session_at(Step.SORRY, closed="sorry.camera")
    opened = advance(sorry, Opened(LATER), RULES)
    assert (opened.step, opened.closed) == (Step.SORRY, "")


def test_a_touch_on_the_apology_of_a_closed_booth_goes_back_to_the_start():
    sorry = session_at(Step.SORRY, closed="sorry.camera", sorry="sorry.camera")
    assert advance(sorry, Touched(LATER), RULES).step is Step.ATTRACT


def test_a_photo_that_comes_at_once_is_unveiled_in_time():
    quick = PhotoReady(NOW + 0.1, 1, SHOT)
    waiting = advance(session_at(Step.DEVELOPING), quick, RULES)
    assert (waiting.step, waiting.shot) == (Step.DEVELOPING, SHOT)
    assert advance(waiting, Tick(NOW + RULES.unveil), RULES).step is Step.REVIEW


def test_a_photo_that_comes_too_late_is_discarded():
    before = session_at(Step.ATTRACT)
    event = PhotoReady(LATER, 1, SHOT)
    assert asked(before, event, advance(before, event, RULES)) == (Discard(SHOT),)


def test_an_answer_to_an_earlier_visit_changes_nothing():
    for step, event in (
        (Step.DEVELOPING, PhotoReady(LATER, 7, SHOT)),
        (Step.DEVELOPING, PhotoFailed(LATER, 7, "sorry.camera")),
        (Step.REVIEW, Recomposed(LATER, 7, 1, SWAPPED)),
        (Step.KEEPING, TicketIssued(LATER, 7, TICKET)),
        (Step.KEEPING, KeepFailed(LATER, 7, "sorry.storage")),
    ):
        before = session_at(step)
        assert advance(before, event, RULES) is before


def test_the_countdown_asks_for_one_photo():
    before = session_at(Step.COUNTDOWN)
    event = Tick(before.deadline)
    after = advance(before, event, RULES)
    assert asked(before, event, after) == (Take(2, "beach"),)
    again = Tick(before.deadline + 0.05)
    assert asked(after, again, advance(after, again, RULES)) == ()


def test_another_look_is_asked_for_when_it_stays_and_then_shown():
    before = session_at(Step.REVIEW)
    changed = advance(before, BackdropChosen(LATER, "city"), RULES)
    assert asked(before, BackdropChosen(LATER, "city"), changed) == ()
    assert advance(changed, Tick(LATER + RULES.calm / 2), RULES) is changed
    event = Tick(LATER + RULES.calm)
    rendering = advance(changed, event, RULES)
    assert asked(changed, event, rendering) == (Recompose(1, 1, SHOT, "city", None, None),)
    assert not rendering.is_settled
    done = advance(rendering, Recomposed(LATER + 1, 1, 1, SWAPPED), RULES)
    assert done.shot is SWAPPED
    assert done.is_settled


def test_while_one_look_is_composed_only_the_newest_of_the_next_waits():
    session = session_at(Step.REVIEW, backdrop_id="city", look=1, rendering=1)
    for place in (0.1, 0.2):
        session = advance(session, GuestsPlaced(LATER, Placement(1.0, place, 0.0)), RULES)
        assert advance(session, Tick(LATER + 1), RULES) is session
    first = advance(session, Recomposed(LATER + 2, 1, 1, SWAPPED), RULES)
    event = Tick(LATER + 2.1)
    after = advance(first, event, RULES)
    newest = Placement(1.0, 0.2, 0.0)
    assert asked(first, event, after) == (Recompose(1, 3, SWAPPED, "city", newest, None),)


def test_a_look_that_failed_gives_way_to_the_one_that_is_shown():
    before = session_at(Step.REVIEW, backdrop_id="city", placement=MOVED, look=2, shown=0, rendering=2)
    after = advance(before, RecomposeFailed(LATER, 1, 2), RULES)
    assert (after.backdrop_id, after.placement, after.is_settled) == ("beach", None, True)
    newer = replace(before, look=3)
    assert advance(newer, RecomposeFailed(LATER, 1, 2), RULES).rendering == 3


def test_nobody_is_moved_in_a_photo_without_a_cutout():
    framed = session_at(Step.REVIEW, shot=FRAMED)
    assert advance(framed, GuestsPlaced(LATER, MOVED), RULES) is framed
    assert advance(framed, PeopleIncluded(LATER, frozenset({0})), RULES) is framed


def test_keeping_waits_for_the_look_that_was_asked_for():
    before = session_at(Step.REVIEW, backdrop_id="city", look=1)
    event = Kept(LATER)
    waiting = advance(before, event, RULES)
    assert asked(before, event, waiting) == (Recompose(1, 1, SHOT, "city", None, None),)
    done = Recomposed(LATER, 1, 1, SWAPPED)
    after = advance(waiting, done, RULES)
    assert asked(waiting, done, after) == (Keep(1, SWAPPED, 1),)


def test_keeping_asks_for_the_newest_look_after_the_one_under_way():
    before = session_at(Step.KEEPING, backdrop_id="city", look=2, rendering=1)
    done = Recomposed(LATER, 1, 1, SHOT)
    after = advance(before, done, RULES)
    assert asked(before, done, after) == (Recompose(1, 2, SHOT, "city", None, None),)


def test_a_backdrop_that_never_comes_does_not_cost_the_photo():
    before = session_at(Step.KEEPING, backdrop_id="city", look=1, rendering=1)
    event = Tick(before.deadline)
    after = advance(before, event, RULES)
    assert after.step is Step.KEEPING
    assert asked(before, event, after) == (Keep(1, SHOT, 1),)


def strip_at(step, taken, parts=(), **changes):
    return session_at(step, attempt=5, taken=taken, parts=tuple(parts), **changes)


STRIP_RULES = replace(RULES, visit=VisitSettings(shots=3))
PARTS = tuple(photo(number=number) for number in (1, 2, 3))
STRIP = replace(SHOT, parts=PARTS)


def test_a_strip_counts_down_to_each_of_its_photos():
    session = session_at(Step.POSE, attempt=4)
    session = advance(session, ShutterPressed(LATER), STRIP_RULES)
    asks = []
    for _ in range(3):
        event = Tick(session.deadline)
        before, session = session, advance(session, event, STRIP_RULES)
        asks += asked(before, event, session)
    assert asks == [Take(5, "beach")] * 3
    assert session.step is Step.DEVELOPING


def test_a_strip_is_bound_when_all_its_photos_have_come():
    session = strip_at(Step.COUNTDOWN, 2)
    for number, part in enumerate(PARTS):
        event = PhotoReady(LATER, 5, part)
        before, session = session, advance(session, event, STRIP_RULES)
        if number == 1:  # the second came before the third was taken
            assert asked(before, event, session) == ()
            session = replace(session, step=Step.DEVELOPING, taken=3)
    assert asked(before, event, session) == (Bind(5, PARTS),)
    event = PhotoReady(LATER + 1, 5, STRIP)
    bound = advance(session, event, STRIP_RULES)
    assert (bound.step, bound.shot, bound.parts) == (Step.REVIEW, STRIP, ())
    assert asked(session, event, bound) == ()


def test_a_strip_that_fails_gives_up_the_photos_that_had_come():
    before = strip_at(Step.COUNTDOWN, 2, PARTS[:1])
    event = PhotoFailed(LATER, 5, "sorry.camera")
    after = advance(before, event, STRIP_RULES)
    assert after.step is Step.SORRY
    assert asked(before, event, after) == (Discard(PARTS[0]),)


def test_a_part_of_a_strip_that_comes_when_everybody_left_is_discarded():
    before = opening(STRIP_RULES, NOW, attempt=5)
    event = PhotoReady(LATER, 5, PARTS[0])
    assert asked(before, event, advance(before, event, STRIP_RULES)) == (Discard(PARTS[0]),)


def test_a_late_photo_of_before_does_not_join_the_next_countdown():
    before = session_at(Step.COUNTDOWN)
    event = PhotoReady(LATER, 1, SHOT)
    after = advance(before, event, RULES)
    assert after is before
    assert asked(before, event, after) == (Discard(SHOT),)


def test_the_finished_picture_has_time_to_come_up():
    rules = replace(RULES, bloom=0.5)
    waiting = advance(session_at(Step.DEVELOPING), PhotoReady(LATER, 1, SHOT), rules)
    assert waiting.step is Step.DEVELOPING
    assert advance(waiting, Tick(LATER + 0.5), rules).step is Step.REVIEW


def test_a_photo_that_could_not_be_kept_is_offered_again():
    sorry = advance(session_at(Step.KEEPING), KeepFailed(LATER, 1, "sorry.storage"), RULES)
    assert sorry.sorry == "sorry.storage"
    review = advance(sorry, Touched(LATER + 2), RULES)
    assert (review.step, review.shot) == (Step.REVIEW, SHOT)


def test_a_photo_of_which_nobody_knows_is_not_offered_again_but_its_late_ticket_shows():
    before = session_at(Step.KEEPING)
    sorry = advance(before, Tick(NOW + KEEPING_SECONDS), RULES)
    assert (sorry.step, sorry.shot) == (Step.SORRY, None)
    assert advance(sorry, TicketIssued(sorry.since + 1, 1, TICKET), RULES).ticket is TICKET


def test_retakes_are_counted_and_the_photo_is_given_up():
    before = session_at(Step.REVIEW, retakes_left=1)
    event = Retaken(LATER)
    after = advance(before, event, RULES)
    assert (after.step, after.retakes_left, after.copies) == (Step.POSE, 0, 1)
    assert asked(before, event, after) == (Discard(SHOT),)
    none_left = session_at(Step.REVIEW, retakes_left=0)
    assert advance(none_left, event, RULES) is none_left


GALLERY_RULES = replace(RULES, gallery=True)


def test_nobody_is_in_the_gallery_until_he_says_so_and_may_leave_it():
    before = session_at(Step.TICKET)
    assert not before.in_gallery
    yes, no = GalleryChosen(LATER, True), GalleryChosen(LATER + 1, False)
    inside = advance(before, yes, GALLERY_RULES)
    assert (inside.step, inside.in_gallery) == (Step.TICKET, True)
    assert inside.deadline > before.deadline, "who touches is still here"
    assert asked(before, yes, inside) == (Show(TICKET, True),)
    out = advance(inside, no, GALLERY_RULES)
    assert asked(inside, no, out) == (Show(TICKET, False),)
    assert not out.in_gallery


def test_the_same_wish_twice_and_the_end_of_a_visit_ask_nothing():
    before = session_at(Step.TICKET, in_gallery=True)
    again = GalleryChosen(LATER, True)
    assert advance(before, again, GALLERY_RULES) is before
    end = Touched(LATER)
    after = advance(before, end, GALLERY_RULES)
    assert after.step is Step.ATTRACT
    assert not after.in_gallery
    assert asked(before, end, after) == ()


def test_without_a_gallery_there_is_no_wish_for_it():
    before = session_at(Step.TICKET)
    assert advance(before, GalleryChosen(LATER, True), RULES) is before


def test_a_wish_that_could_not_be_noted_is_not_shown_as_noted():
    before = session_at(Step.TICKET, in_gallery=True)
    failed = GalleryFailed(LATER, TICKET, False)
    after = advance(before, failed, GALLERY_RULES)
    assert not after.in_gallery
    assert asked(before, failed, after) == ()
    other = replace(TICKET, photo_id="photo-2")
    assert advance(before, replace(failed, ticket=other), GALLERY_RULES) == before


def test_remaining_time_never_goes_below_zero():
    session = session_at(Step.POSE)
    assert session.remaining(NOW + 10) == pytest.approx(RULES.visit.pose - 10)
    assert session.remaining(NOW + 1000) == 0


class Evening:
    """Plays events and answers what is asked, right, wrong or never; counts what was done to each photo."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.now = NOW
        self.session = opening(rules, NOW)
        self.answers: list = []
        self.photos = 0
        self.keeps: dict[str, int] = {}
        self.failed: dict[str, int] = {}
        self.dropped: list[str] = []
        self.retakes = 0

    def play(self, event) -> None:
        before, self.session = self.session, advance(self.session, event, self.rules)
        if isinstance(event, Retaken) and self.session is not before:
            self.retakes += 1
        if self.session.step is Step.ATTRACT:
            self.retakes = 0
        for ask in asked(before, event, self.session):
            self.note(ask)

    def note(self, ask) -> None:
        match ask:
            case Take():
                self.photos += 1
                self.answers.append((ask, photo(ask.backdrop_id, self.photos)))
            case Bind(_, parts):
                self.answers.append((ask, replace(parts[0], parts=parts)))
            case Recompose(_, _, shot, backdrop_id):
                composite = replace(shot.composite, backdrop_id=backdrop_id)
                self.answers.append((ask, replace(shot, composite=composite)))
            case Keep(_, shot, _):
                assert shot.photo_id not in self.dropped
                assert len(shot.parts) in (0, self.rules.visit.shots)
                self.keeps[shot.photo_id] = self.keeps.get(shot.photo_id, 0) + 1
                self.answers.append((ask, TICKET))
            case Discard(shot):
                self.dropped.append(shot.photo_id)

    def answer(self, fails: bool) -> None:
        if not self.answers:
            return
        ask, result = self.answers.pop(0)
        match ask:
            case Take(attempt, _):
                failed = PhotoFailed(self.now, attempt, "sorry.camera")
                self.play(failed if fails else PhotoReady(self.now, attempt, result))
            case Bind(attempt, _):
                failed = PhotoFailed(self.now, attempt, "sorry.general")
                self.play(failed if fails else PhotoReady(self.now, attempt, result))
            case Recompose(attempt, look):
                failed = RecomposeFailed(self.now, attempt, look)
                self.play(failed if fails else Recomposed(self.now, attempt, look, result))
            case Keep(attempt, shot, _):
                if fails:
                    self.failed[shot.photo_id] = self.failed.get(shot.photo_id, 0) + 1
                failed = KeepFailed(self.now, attempt, "sorry.storage")
                self.play(failed if fails else TicketIssued(self.now, attempt, result))


FINGERS = st.one_of(
    st.sampled_from([Touched, WentBack, ShutterPressed, Kept, Retaken, Discarded]).map(lambda kind: (kind,)),
    st.tuples(st.just(BackdropChosen), st.sampled_from(["beach", "city", "mars"])),
    st.tuples(st.just(CopiesChosen), st.integers(0, 4)),
    st.tuples(st.just(GuestsPlaced), st.sampled_from([None, MOVED])),
    st.tuples(st.just(PeopleIncluded), st.sampled_from([frozenset({0}), frozenset({0, 1})])),
    st.tuples(st.just(LanguageChosen), st.sampled_from(["en", "de", "nl"])),
    st.tuples(st.just(ClosedBy), st.sampled_from(["sorry.camera", "sorry.storage"])),
    st.just((Opened,)),
    st.just((Tick,)),
    st.sampled_from([("answer", False), ("answer", True)]),
)
WALK = st.lists(st.tuples(st.sampled_from([0.05, 0.6, 2.0, 7.0, 41.0]), FINGERS), max_size=120)


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from([RULES, replace(RULES, visit=VisitSettings(shots=2))]), WALK)
def test_no_evening_keeps_a_photo_twice_or_forgets_to_come_back(rules, walk):
    evening = Evening(rules)
    for wait, (kind, *values) in walk:
        evening.now += wait
        if kind == "answer":
            evening.answer(*values)
        else:
            evening.play(kind(evening.now, *values))
        assert evening.retakes <= RULES.visit.retakes
        assert evening.session.retakes_left >= 0
    for photo_id, times in evening.keeps.items():
        assert times <= 1 + evening.failed.get(photo_id, 0)
    assert len(evening.dropped) == len(set(evening.dropped))
    assert steps_home(evening) <= 6


def steps_home(evening: Evening) -> int:
    """Count the time-outs that bring a booth, left alone by guests and studio, back to the start."""
    for count in range(20):
        if evening.session.step is Step.ATTRACT:
            return count
        evening.now = max(evening.now, evening.session.deadline)
        evening.play(Tick(evening.now))
    raise AssertionError(f"stuck at {evening.session.step}")
