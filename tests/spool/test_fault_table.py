"""The fault table of the project's reference on reliability, as far as it is about prints and pickup: what must come of
each fault, and the tests that show it. A test is named here and names its row in its own words, or this fails."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
QUEUE = "spool/test_queue_printer.py"
TABLE: dict[int, tuple[str, str, tuple[str, ...]]] = {
    29: (
        "out of paper, a job waiting",
        "told in words within 3 s, with how many wait; nothing lost, nothing twice, it goes on by itself",
        (
            f"{QUEUE}::test_out_of_paper_is_told_while_idle_and_while_a_sheet_waits",
            f"{QUEUE}::test_out_of_paper_is_told_within_three_seconds_at_the_pace_of_the_evening",
            f"{QUEUE}::test_what_a_printer_wants_is_told_in_words_while_its_sheet_waits",
        ),
    ),
    30: (
        "out of paper while idle",
        "told before the next guest, whose button says «later»",
        (
            f"{QUEUE}::test_out_of_paper_is_told_while_idle_and_while_a_sheet_waits",
            f"{QUEUE}::test_out_of_paper_is_told_within_three_seconds_at_the_pace_of_the_evening",
            "spool/test_dispatcher.py::test_paper_that_is_out_while_nothing_prints_is_known_before_the_next_guest",
            "ui/test_review.py::test_a_printer_without_paper_is_said_before_the_photo_is_kept_and_on_the_ticket",
        ),
    ),
    31: (
        "ribbon empty, cover open, jam",
        "the reason in words; the sheets come out when it is mended, each once",
        (
            f"{QUEUE}::test_what_a_printer_wants_is_told_in_words_while_its_sheet_waits",
            "spool/test_following.py::test_a_jam_after_the_sheet_was_counted_is_no_print",
        ),
    ),
    32: (
        "the back end stops the queue",
        "resumed by itself when the cause is gone; after so many times left to the operator",
        (
            f"{QUEUE}::test_a_queue_that_a_back_end_stops_goes_on_when_the_cause_is_gone",
            f"{QUEUE}::test_a_queue_that_stops_again_and_again_is_left_to_the_operator",
        ),
    ),
    33: (
        "the printer is off at the submission",
        "«off»; the sheets wait in the ledger and come out once when it is back",
        (f"{QUEUE}::test_a_printer_that_is_off_gets_its_sheets_when_it_is_back",),
    ),
    34: (
        "the printer loses its power in mid-print",
        "uncertain, never printed: «it came out» or «again»",
        (
            f"{QUEUE}::test_a_printer_that_loses_its_power_in_mid_print_leaves_a_sheet_uncertain_until_somebody_looks",
            f"{QUEUE}::test_a_sheet_lost_with_the_power_is_known_though_the_print_service_was_restarted_since",
            "spool/test_following.py::test_a_sheet_lost_with_the_power_is_never_printed",
            "spool/test_following.py::test_a_power_cut_of_the_whole_stand_is_no_print",
            "spool/test_uptime.py::test_no_restart_since_the_sheet_was_sent_stays_unseen",
        ),
    ),
    35: (
        "the print service is killed",
        "nothing lost; a second copy is named",
        (f"{QUEUE}::test_a_killed_print_service_loses_nothing_and_a_second_copy_is_named",),
    ),
    36: (
        "the print service is restarted in mid-job",
        "no wait for ever; a second copy is named, even if the printer forgot the first",
        (
            f"{QUEUE}::test_a_print_service_restarted_in_mid_job_ends_no_wait_for_ever",
            "spool/test_following.py::test_a_second_copy_is_named_though_the_printer_forgot_the_first",
        ),
    ),
    37: (
        "the print service hangs",
        "told; every sheet once when it goes on",
        (f"{QUEUE}::test_a_print_service_that_hangs_is_told_and_its_sheets_come_out_once",),
    ),
    38: (
        "wrong paper, wrong default of the queue",
        "the test sheet is whole at its own size; a paper that the printer has not is refused in words",
        (
            f"{QUEUE}::test_the_test_sheet_before_the_event_comes_out_right_whatever_the_queues_default_is",
            f"{QUEUE}::test_a_paper_that_the_queue_does_not_know_is_told_and_nothing_comes_out_on_another",
            "spool/test_health.py::test_a_queue_knows_a_sheet_by_its_size",
            "ui/test_printing.py::test_another_paper_than_the_one_asked_for_is_refused_before_it_is_used",
            "spool/test_system_printer.py::test_through_qt_a_sheet_comes_out_as_the_composite_at_its_own_size",
        ),
    ),
    39: (
        "print pressed ten times, copies abused",
        "one print; the visit and the event have their limits",
        (
            "spool/test_sheet_queue.py::test_a_print_pressed_ten_times_is_one_print",
            "spool/test_sheet_queue.py::test_an_events_quota_ends_and_the_ticket_says_so",
            "service/test_wishes.py::test_ten_taps_at_once_order_one_sheet",
        ),
    ),
    45: (
        "the pickup server is down",
        "told; back in seconds, and the tokens that were given are good again",
        (
            "service/test_server.py::test_a_taken_port_is_told_and_does_not_stop_the_booth",
            "service/test_server.py::test_the_page_is_back_as_soon_as_its_port_is",
            "service/test_server.py::test_a_server_that_dies_is_back_in_seconds_with_the_same_tokens",
        ),
    ),
    46: (
        "the address changes after codes were given",
        "told until it is back; what the operator named is tried before the event",
        (
            "studio/test_address.py::test_an_address_that_changes_after_codes_were_given_is_told_until_it_is_back",
            "studio/test_address.py::test_another_address_after_a_night_is_told_at_the_start",
            "studio/test_address.py::test_a_name_or_fixed_address_is_tried_at_the_start",
            "commands/test_check.py::test_a_pickup_page_that_no_phone_finds_is_yellow",
        ),
    ),
    47: (
        "tokens are guessed or edited",
        "404, always the same; 100 000 guesses find nothing; a limit by address",
        (
            "service/test_app.py::test_everything_else_gets_the_same_answer",
            "service/test_app.py::test_too_many_wrong_tokens_must_wait_a_minute",
            "service/test_app.py::test_a_hundred_thousand_guesses_find_nothing",
        ),
    ),
    50: (
        "slow phones",
        "the others are served",
        ("service/test_server.py::test_two_hundred_slow_phones_keep_nobody_waiting",),
    ),
    51: (
        "a way out of the kiosk",
        "nothing happens: keys, buttons, edges on every screen; nothing is built that leads out",
        (
            "ui/test_escape.py::test_keys_and_touches_of_every_kind_lead_nowhere",
            "ui/test_escape.py::test_nothing_is_built_that_leads_out",
            "ui/test_kiosk.py::test_a_full_screen_cannot_be_closed_by_a_guest_but_by_the_operator",
        ),
    ),
    52: (
        "deleting at the wrong time",
        "refused while the clock cannot be right; the photos stay",
        ("spool/test_retention.py::test_a_wrong_clock_deletes_nothing",),
    ),
}
ROWS = re.compile(r"\b[Rr]ows? (\d+(?:(?:, | and | to )\d+)*)")


@cache
def described(file: str) -> dict[str, str]:
    """The tests of a file with what they say of themselves."""
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return {
        node.name: ast.get_docstring(node) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def rows_in(words: str) -> set[int]:
    return {int(number) for found in ROWS.findall(words) for number in re.findall(r"\d+", found)}


@pytest.mark.parametrize("row", TABLE)
def test_each_row_has_its_tests_and_each_of_them_names_it(row: int) -> None:
    fault, outcome, tests = TABLE[row]
    assert fault
    assert outcome
    for test in tests:
        file, name = test.split("::")
        assert row in rows_in(described(file)[name]), test


def test_no_test_names_a_row_of_the_table_without_standing_in_it() -> None:
    files = [path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")]
    named = {
        (row, f"{file}::{name}")
        for file in files
        for name, words in described(file).items()
        for row in rows_in(words) & TABLE.keys()
    }
    assert named == {(row, test) for row, (_, _, tests) in TABLE.items() for test in tests}
