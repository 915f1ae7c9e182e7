"""What the operator reads off the ledger: photos and sheets by day, photos by backdrop."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

TEST = "test"
"""Backdrop of test prints, which count for no day."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was kept: photos and sheets of each day (2026-11-20), newest first, photos of each backdrop, most first."""

    days: tuple[tuple[str, int, int], ...] = ()
    backdrops: tuple[tuple[str, int], ...] = ()


def tally(database: sqlite3.Connection, most_days: int = 14) -> Tally:
    """Count what guests kept, as far back as photos are."""
    days = database.execute(
        "SELECT date(kept_at, 'unixepoch', 'localtime'), count(*), sum(copies) FROM photo "
        "WHERE kept_at > 0 AND backdrop_id != ? GROUP BY 1 ORDER BY 1 DESC LIMIT ?",
        (TEST, most_days),
    ).fetchall()
    backdrops = database.execute(
        "SELECT backdrop_id, count(*) FROM photo WHERE kept_at > 0 AND backdrop_id != ? "
        "GROUP BY 1 ORDER BY 2 DESC, 1",
        (TEST,),
    ).fetchall()
    return Tally(
        tuple((day, int(photos), int(sheets)) for day, photos, sheets in days),
        tuple((name, int(photos)) for name, photos in backdrops),
    )
