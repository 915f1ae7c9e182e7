"""Photos are deleted when their time is over, every copy of them, and a counted line remains."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from booth.errors import SpoolError
from booth.files import remove
from booth.sentences import say
from booth.spool import rows
from booth.spool.printing import forget_sheet
from booth.spool.spool import DAY, Spool, forget_pictures

FIRST_YEAR = 2026
"""No photo of this booth is older than the booth."""
LATE = 400 * DAY
"""A clock that far after the newest photo is more likely wrong than the booth unused; one new photo cures it."""
TOLERANCE = 3600.0
log = logging.getLogger(__name__)


class ClockError(SpoolError):
    """The clock cannot be right, so nothing is deleted by it."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What was deleted."""

    photos: int
    files: int


def purge(spool: Spool, now: float) -> Future[Purged]:
    """Delete what is older than `spool.retention_days`: originals, composites, sheets, rows, leftovers.

    The Future fails with ClockError where the clock cannot be right; nothing is deleted then.
    """
    return spool.ledger.submit(lambda: _purge(spool, now))


def _purge(spool: Spool, now: float) -> Purged:
    with spool.ledger.reading() as database:
        check_clock(now, newest(database))
        old = overdue(database, now - spool.settings.retention_days * DAY)
    count = sum(forget(spool, photo_id) for photo_id in old)
    count += remove(leftovers(spool, now - spool.settings.retention_days * DAY))
    if old or count:
        with spool.ledger.transaction() as database:
            remember_copies(database, old)
            database.executemany("DELETE FROM event WHERE photo_id = ?", [(photo_id,) for photo_id in old])
            database.executemany("DELETE FROM photo WHERE id = ?", [(photo_id,) for photo_id in old])
            rows.tell(database, now, "purged", detail=f"{len(old)} photos, {count} files")
        log.info("%d photos are past their %d days: deleted", len(old), spool.settings.retention_days)
    return Purged(len(old), count)


def remember_copies(database: sqlite3.Connection, photo_ids: Iterable[str]) -> None:
    """Have the second copies of these photos deleted as soon as their disk is there."""
    database.executemany(
        "INSERT OR IGNORE INTO copy_to_delete SELECT id FROM photo WHERE id = ? AND copied_to != ''",
        [(photo_id,) for photo_id in photo_ids],
    )


def check_clock(now: float, newest_photo: float) -> None:
    """Refuse a clock that cannot be right; `newest_photo` is 0 where there is none."""
    year = time.gmtime(now).tm_year
    if year < FIRST_YEAR:
        why = say("clock.year", year=year)
    elif now < newest_photo - TOLERANCE:
        why = say("clock.before")
    elif newest_photo and now > newest_photo + LATE:
        why = say("clock.after")
    else:
        return
    raise ClockError(say("photos.clock", why=why))


def newest(database: sqlite3.Connection) -> float:
    """When the newest photo was taken, by sequence; 0 if there is none."""
    row = database.execute("SELECT taken_at FROM photo ORDER BY sequence DESC LIMIT 1").fetchone()
    return float(row[0]) if row else 0.0


def overdue(database: sqlite3.Connection, before: float) -> list[str]:
    """Photos taken before that time, whatever became of them."""
    rows_ = database.execute("SELECT id FROM photo WHERE taken_at < ? ORDER BY sequence", (before,))
    return [photo_id for (photo_id,) in rows_]


def forget(spool: Spool, photo_id: str) -> int:
    """Delete a photo's files; the row follows, so that a crash in between is made good by the next purge."""
    with spool.ledger.reading() as database:
        jobs = [job["uuid"] for job in rows.jobs_of(database, photo_id)]
    sheets = sum(forget_sheet(spool.folders, job) for job in jobs)
    return sheets + forget_pictures(spool.folders, photo_id)


def leftovers(spool: Spool, before: float) -> Iterable[Path]:
    """Old files in quarantine, and old ledgers that were moved aside."""
    places = (*spool.folders.quarantine.glob("*"), *spool.folders.root.glob("ledger-damaged-*"))
    return [path for path in places if path.is_file() and path.stat().st_mtime < before]
