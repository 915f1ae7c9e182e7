"""What became of a sheet: each line was seen on the virtual printer, or is the standard's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booth.spool.verdict import (
    ABORTED,
    CANCELED,
    COMPLETED,
    PROCESSING,
    STOPPED,
    Evidence,
    Progress,
    SeenJob,
    verdict,
)

DONE = SeenJob(COMPLETED, 1)
SEEN = Evidence(
    queue=DONE,
    device=(DONE,),
    answers=True,
    out=1,
    restarted=False,
    history_missing=False,
    wanted=True,
    was_printing=True,
    fresh=True,
    at_rest=True,
)
NOWHERE = {"device": (), "out": 0}
USB = {"device": None, "out": 0}


def state(**changes: object) -> str | None:
    progress = verdict(replace(SEEN, **changes))  # type: ignore[arg-type]
    return progress.state if progress else None


def test_printed_is_only_what_printer_and_queue_agree_on() -> None:
    assert verdict(SEEN) == Progress("printed", "", 1)
    assert state(answers=False) is None
    assert state(device=(SeenJob(COMPLETED, 0),), out=0) == "uncertain"
    assert state(device=(SeenJob(PROCESSING, 0),), out=0) == "printing"


def test_a_sheet_that_jams_after_it_was_counted_is_not_printed_yet() -> None:
    jammed = SeenJob(STOPPED, 1)
    assert not jammed.came_out
    assert state(device=(jammed,), out=0) == "printing"


def test_what_came_out_stays_so_though_the_printer_forgets_it() -> None:
    assert state(device=(), restarted=True) == "printed"
    assert state(device=(), queue=None, fresh=False) == "printed"


def test_a_power_cut_is_uncertain_though_the_queue_counts_an_impression() -> None:
    assert state(**NOWHERE, restarted=True) == "uncertain"
    assert state(**NOWHERE, history_missing=True) == "uncertain"


def test_a_printer_that_keeps_no_list_leaves_the_queues_word() -> None:
    assert state(**NOWHERE) == "printed"
    assert state(**USB) == "printed"
    assert state(**USB, queue=SeenJob(COMPLETED, 0)) == "uncertain"


def test_a_sheet_that_came_out_twice_is_counted_twice_and_named() -> None:
    progress = verdict(replace(SEEN, out=2))
    assert progress is not None
    assert (progress.state, progress.out) == ("printed", 2)
    assert "2 sheets came out" in progress.why


@pytest.mark.parametrize("how", [CANCELED, ABORTED, STOPPED])
def test_what_was_given_up_is_failed_unless_it_came_out_or_the_operator_wished_it(how: int) -> None:
    early = SeenJob(how, 0)
    assert state(queue=early, **NOWHERE) == "failed"
    assert state(queue=early, device=(SeenJob(CANCELED, 0),), out=0) == "failed"
    assert state(queue=early, **NOWHERE, wanted=False) == "canceled"
    assert state(queue=early, **NOWHERE, wanted=False, at_rest=False) is None
    assert state(queue=early, device=(SeenJob(CANCELED, 1),), out=1, wanted=False) == "printed"


def test_half_a_print_on_a_printer_that_cannot_be_asked_is_uncertain() -> None:
    assert state(queue=SeenJob(STOPPED, 0), **USB) == "uncertain"


def test_a_sheet_that_the_queue_lost_goes_again_only_if_the_printer_never_had_it() -> None:
    lost = {"queue": None, **NOWHERE, "was_printing": False}
    assert state(**lost) == "refused"
    assert state(**lost, wanted=False) == "canceled"
    assert state(**{**lost, "fresh": False}) == "uncertain"
    assert state(**{**lost, "was_printing": True}) == "uncertain"
    assert state(**{**lost, "device": None}) == "uncertain"
    assert state(**lost, restarted=True) == "uncertain"
    assert state(**{**lost, "device": (DONE,), "out": 1}) == "printed"


def test_a_sheet_under_way_is_followed_and_a_job_without_document_is_not() -> None:
    assert state(queue=SeenJob(3, 0)) == "submitted"
    assert state(queue=SeenJob(PROCESSING, 0)) == "printing"
    assert state(queue=SeenJob(4, 0, incoming=True)) is None
