"""A printer that lost its power is known by its up-time, however short it had been on before."""

from __future__ import annotations

import math

import pytest

from booth.spool.uptime import Moment, stayed_on, this_moment

COUNTERS = {
    "whole seconds since": lambda on, now: math.floor(now - on),
    "difference of whole seconds": lambda on, now: math.floor(now) - math.floor(on),
    "next whole second": lambda on, now: math.ceil(now - on),
}


@pytest.mark.parametrize("counter", COUNTERS)
@pytest.mark.parametrize("late", [0.0, 0.7, 5.0])
def test_no_restart_since_the_sheet_was_sent_stays_unseen(counter: str, late: float) -> None:
    """Row 34: whatever fractions of a second fall together, and however late the answer is there."""
    for hundredths in range(100):
        sent = 1000 + hundredths / 100
        for on in (sent + step / 20 for step in range(1, 400, 7)):
            for asked in (on + step / 20 for step in range(0, 400, 13)):
                up = COUNTERS[counter](on, asked)
                assert not stayed_on(Moment("a", sent), Moment("a", asked + late), up), (sent, on, asked)


@pytest.mark.parametrize("counter", COUNTERS)
def test_a_printer_that_was_on_for_some_seconds_is_believed(counter: str) -> None:
    for hundredths in range(100):
        on = 1000 + hundredths / 100
        for sent in (on + 3.2 + step / 10 for step in range(50)):
            asked = sent + 2.45
            assert stayed_on(Moment("a", sent), Moment("a", asked), COUNTERS[counter](on, asked))


def test_a_computer_that_was_started_anew_proves_nothing() -> None:
    """As after a power cut of the whole stand: computer and printer come back together."""
    assert not stayed_on(Moment("a", 900), Moment("b", 60), 59)
    assert not stayed_on(Moment("a", 30), Moment("b", 900), 880)


def test_a_printer_that_does_not_say_how_long_it_is_on_is_taken_at_its_word() -> None:
    assert stayed_on(Moment("a", 900), Moment("a", 901), None)


def test_the_clock_goes_on_in_one_run_of_the_computer() -> None:
    first, second = this_moment(), this_moment()
    assert first.run == second.run
    assert first.at <= second.at
    assert first.within(60, second)
    assert not Moment(first.run, first.at - 61).within(60, second)
    assert not Moment("another run", first.at).within(60, second)
