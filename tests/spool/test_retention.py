from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from booth.shot import Frame, Ticket
from booth.spool.printing import FolderPrinter
from booth.spool.retention import ClockError, Purged, purge
from booth.spool.spool import DAY, Spool
from booth.spool.tickets import new_photo_id

Keep = Callable[..., Ticket]
TAKEN = 1_800_000_000.0


@pytest.fixture
def printed(spool: Spool, kept: Keep) -> Ticket:
    ticket = kept(spool)
    job = spool.sheets.claim().result()
    assert job is not None
    FolderPrinter(spool.folders, spool.settings.printer).print(job, lambda: spool.composite(job.photo_id))
    spool.sheets.printed(job).result()
    return ticket


def taken(spool: Spool, frame: Frame, at: float) -> str:
    return spool.capture(new_photo_id(), Frame(frame.image, at, 1)).result().id


def files_left(spool: Spool) -> list[str]:
    return [
        path.name
        for folder in ("originals", "composites", "prints", "records", "quarantine")
        for path in (spool.folders.root / folder).glob("*")
    ]


def test_nothing_goes_before_its_time(spool: Spool, printed: Ticket) -> None:
    assert purge(spool, TAKEN + 29.9 * DAY).result() == Purged(0, 0)
    spool.composite(printed.photo_id)


def test_every_copy_goes_and_a_counted_line_stays(spool: Spool, printed: Ticket, frame: Frame) -> None:
    young = taken(spool, frame, TAKEN + 5 * DAY)
    assert purge(spool, TAKEN + 31 * DAY).result() == Purged(1, 5)
    assert sorted(files_left(spool)) == sorted([f"{young}.png", f"{young}.json"])
    with spool.ledger.reading() as database:
        events = [tuple(row) for row in database.execute("SELECT kind, photo_id, detail FROM event")]
        assert [row["id"] for row in database.execute("SELECT id FROM photo")] == [young]
        assert database.execute("SELECT count(*) FROM print_job").fetchone()[0] == 0
    assert events[-1] == ("purged", "", "1 photos, 5 files")
    assert all(photo_id != printed.photo_id for _, photo_id, _ in events)
    spool.close()
    name = printed.photo_id.encode()
    assert name not in spool.folders.ledger.read_bytes()


def test_old_leftovers_go_too(spool: Spool, frame: Frame) -> None:
    taken(spool, frame, TAKEN)
    spool.folders.quarantine.mkdir()
    leftovers = (spool.folders.quarantine / "a.png", spool.folders.root / "ledger-damaged-1.sqlite")
    for path in leftovers:
        path.write_bytes(b"old")
        os.utime(path, (TAKEN - 40 * DAY, TAKEN - 40 * DAY))
    assert purge(spool, TAKEN).result() == Purged(0, 2)
    assert not any(path.exists() for path in leftovers)


@pytest.mark.parametrize(
    ("now", "why"), [(0.0, "it says 1970"), (TAKEN - DAY, "before the newest"), (TAKEN + 500 * DAY, "a year")]
)
def test_a_wrong_clock_deletes_nothing(spool: Spool, frame: Frame, now: float, why: str) -> None:
    """Row 52."""
    taken(spool, frame, TAKEN - 60 * DAY)
    taken(spool, frame, TAKEN)
    with pytest.raises(ClockError, match=why):
        purge(spool, now).result()
    assert len(files_left(spool)) == 4


def test_an_empty_booth_has_nothing_to_purge(spool: Spool) -> None:
    assert purge(spool, TAKEN).result() == Purged(0, 0)
