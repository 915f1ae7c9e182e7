from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import wait
from pathlib import Path

import pytest

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings, SpoolSettings
from booth.errors import SpoolError
from booth.sentences import in_language, say
from booth.shot import Frame, Ticket
from booth.spool import schema
from booth.spool.rows import Job
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id

Keep = Callable[..., Ticket]


def claim(spool: Spool, *printer: object) -> Job:
    job = spool.sheets.claim(*printer).result()  # type: ignore[arg-type]
    assert job is not None
    return job


def waiting(spool: Spool) -> list[int]:
    return [job.sheet for job in spool.sheets.jobs(50) if job.state == "queued"]


def test_a_sheet_goes_its_way_and_its_photo_with_it(spool: Spool, kept: Keep) -> None:
    ticket = kept(spool)
    job = claim(spool, "left")
    assert (job.state, job.printer) == ("submitting", "left")
    for state in ("submitted", "printing"):
        spool.sheets.moved(job, state).result()
        assert spool.sheets.job(job.uuid).state == state
        assert spool.photo(ticket.photo_id).state == "printing"
    assert [job.state for job in spool.sheets.under_way("left")] == ["printing"]
    spool.sheets.printed(job).result()
    assert spool.photo(ticket.photo_id).state == "printed"
    assert spool.sheets.printed_by("left") == 1


def test_an_uncertain_sheet_waits_for_the_operators_word(spool: Spool, kept: Keep) -> None:
    ticket = kept(spool, copies=2)
    for _ in range(2):
        spool.sheets.uncertain(claim(spool), "the power failed").result()
    assert spool.photo(ticket.photo_id).state == "uncertain"
    assert spool.sheets.claim().result() is None
    first, second = spool.sheets.jobs(9)
    spool.sheets.came_out(first.uuid).result()
    assert spool.photo(ticket.photo_id).state == "uncertain"
    spool.sheets.again(second.uuid).result()
    assert spool.photo(ticket.photo_id).state == "printing" or spool.waiting() == 1
    again = claim(spool)
    assert (again.sheet, again.edition) == (second.sheet, 2)
    assert again.uuid != second.uuid
    spool.sheets.printed(again).result()
    assert spool.photo(ticket.photo_id).state == "printed"
    assert spool.sheets.counts() == {"printed": 2, "failed": 1}
    with pytest.raises(SpoolError, match="nobody doubts that"):
        spool.sheets.came_out(first.uuid).result()


def test_why_a_sheet_is_uncertain_can_be_told_in_every_language(spool: Spool, kept: Keep) -> None:
    kept(spool)
    spool.sheets.uncertain(claim(spool), say("sheet.unheard")).result()
    (job,) = spool.sheets.jobs(9)
    assert job.why == say("sheet.unheard")
    assert in_language(job.why, "de") == in_language(say("sheet.unheard"), "de") != job.why
    spool.sheets.again(job.uuid).result()
    before = spool.sheets.jobs(9)[-1]
    assert in_language(before.why, "fr") == in_language(say("sheet.not_out"), "fr")


def test_sheets_are_held_moved_and_canceled(spool: Spool, kept: Keep) -> None:
    ticket = kept(spool, copies=4)
    one, two, three, four = [job.uuid for job in spool.sheets.jobs(9)]
    spool.sheets.move(four, two).result()
    assert waiting(spool) == [1, 4, 2, 3]
    spool.sheets.move(one, None).result()
    assert waiting(spool) == [4, 2, 3, 1]
    spool.sheets.first(three).result()
    assert waiting(spool) == [3, 4, 2, 1]
    spool.sheets.hold(three).result()
    assert claim(spool).uuid == four
    with pytest.raises(SpoolError, match="does not wait any more"):
        spool.sheets.hold(four).result()
    spool.sheets.release(three).result()
    for uuid in (one, two, three):
        spool.sheets.cancel(uuid).result()
    spool.sheets.cancel(four).result()
    assert spool.sheets.job(four).unwanted
    spool.sheets.canceled(spool.sheets.job(four)).result()
    assert spool.photo(ticket.photo_id).state == "canceled"
    spool.sheets.reprint(ticket.photo_id).result()
    assert claim(spool).sheet == 5


def test_a_sheet_goes_to_a_printer_that_has_its_format(
    settings: SpoolSettings, frame: Frame, picture: Rgb8
) -> None:
    both = settings.model_copy(
        update={
            "printer": PrinterSettings(size=(6, 6)),
            "printers": (PrinterSettings(name="strips", size=(4, 6), folder=Path("/x")),),
        }
    )
    spool = Spool(both)
    try:
        for wish in ("", "2x6", "5x7"):
            photo_id = new_photo_id()
            spool.capture(photo_id, frame)
            spool.developed(photo_id, "beach", "plate", {})
            spool.keep(photo_id, picture, 1, wish).result()
        assert [job.format for job in spool.sheets.jobs(9)] == ["6x6", "2x6", "6x6"]
        assert claim(spool, "strips", ("4x6", "2x6")).format == "2x6"
        assert spool.sheets.claim("other", ("4x6", "2x6")).result() is None
    finally:
        spool.close()


def test_an_events_quota_ends_and_the_ticket_says_so(settings: SpoolSettings, kept: Keep) -> None:
    """Row 39: the event has its limit."""
    limited = settings.model_copy(update={"event_sheets": 3})
    spool = Spool(limited, event="wedding")
    try:
        assert kept(spool, copies=2).copies == 2
        assert spool.sheets.allowed() == 1
        assert kept(spool, copies=2).copies == 1
        last = kept(spool, copies=2)
        assert last.copies == 0
        assert spool.photo(last.photo_id).state == "printed"
        while (job := spool.sheets.claim().result()) is not None:
            spool.sheets.printed(job).result()
        assert spool.sheets.allowed() == 0
        assert spool.sheets_printed() == 3
    finally:
        spool.close()
    spool = Spool(limited, event="another day")
    assert spool.sheets.allowed() == 3
    spool.close()


def test_a_print_pressed_ten_times_is_one_print(spool: Spool, frame: Frame, picture: Rgb8) -> None:
    """Row 39."""
    photo_id = new_photo_id()
    spool.capture(photo_id, frame)
    spool.developed(photo_id, "beach", "plate", {})
    presses = [spool.keep(photo_id, picture, 1) for _ in range(10)]
    wait(presses)
    assert sum(press.exception() is None for press in presses) == 1
    assert spool.waiting() == 1


def test_what_was_loaded_is_counted_down_and_service_survives_a_restart(
    settings: SpoolSettings, kept: Keep
) -> None:
    spool = Spool(settings)
    assert spool.sheets.sheets_left("printer") is None
    spool.sheets.loaded("printer", 10).result()
    kept(spool, copies=2)
    spool.sheets.printed(claim(spool)).result()
    spool.sheets.printed(claim(spool), out=2, why="2 sheets came out").result()
    spool.sheets.service("printer", False).result()
    spool.close()
    spool = Spool(settings)
    try:
        assert spool.sheets.sheets_left("printer") == 7
        assert spool.sheets.printed_by("printer") == 3
        assert spool.sheets.is_paused("printer")
        assert not spool.sheets.is_paused("other")
    finally:
        spool.close()


def test_what_a_printer_had_that_is_gone_is_put_back_or_doubted(spool: Spool, kept: Keep) -> None:
    kept(spool, copies=2)
    first = claim(spool, "old")
    spool.sheets.moved(first, "submitted").result()
    (spool.folders.records / f"{first.uuid}.json").write_text("{}")
    second = claim(spool, "old")
    assert spool.sheets.disown(["new"]).result() == 2
    assert spool.sheets.job(first.uuid).state == "uncertain"
    assert spool.sheets.job(second.uuid).state == "queued"


def test_a_ledger_of_before_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        database = schema.open_for_writing(path)
    database.execute(
        "INSERT INTO photo (id, state, taken_at, number, original_sha256, original_size, copies) "
        "VALUES ('a', 'printing', 1, 1, 'x', 1, 4)"
    )
    for sheet, state in enumerate(("printed", "printing", "queued", "failed"), start=1):
        database.execute(
            "INSERT INTO print_job (uuid, photo_id, sheet, sheets, state) VALUES (?, 'a', ?, 4, ?)",
            (f"uuid{sheet}", sheet, state),
        )
    database.close()
    database = schema.open_for_writing(path)
    try:
        found = database.execute("SELECT sheet, state, printer, position, out FROM print_job ORDER BY sheet")
        assert [tuple(row) for row in found] == [
            (1, "printed", "printer", 1.0, 1),
            (2, "submitting", "printer", 2.0, 0),
            (3, "queued", "", 3.0, 0),
            (4, "failed", "printer", 4.0, 0),
        ]
        assert not database.execute("PRAGMA foreign_key_check").fetchall()
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("UPDATE print_job SET photo_id = 'nobody'")
        database.execute("DELETE FROM photo")
        assert database.execute("SELECT count(*) FROM print_job").fetchone()[0] == 0
    finally:
        database.close()


def test_a_sheet_for_a_paper_that_no_printer_has_any_more_is_printed_on_another(
    settings: SpoolSettings, kept: Keep
) -> None:
    spool = Spool(settings)
    kept(spool)
    assert spool.sheets.claim("printer", ("6x6",)).result() is None
    assert spool.sheets.fit(("2x2",)).result() == 0
    assert spool.sheets.fit(("6x6", "4x6")).result() == 1
    job = spool.sheets.claim("printer", ("6x6",)).result()
    assert job is not None
    assert job.format == ""
    spool.close()
