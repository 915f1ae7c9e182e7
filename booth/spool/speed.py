"""How fast sheets come out, measured: what a guest is told about waiting rests on it."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from statistics import median

LAST = 20
"""Sheets looked at: the printer of an hour ago may have had other paper."""
ENOUGH = 2
"""Sheets from which it can be said."""


def seconds_per_sheet(database: sqlite3.Connection) -> float | None:
    """The time between two sheets while others waited; None before enough of them came out.

    A sheet is counted from the moment at which it could begin: when the one before came out, or when its
    photo was kept, so that an idle printer is not taken for a slow one. With several printers it is the
    time of all of them together.
    """
    rows = database.execute(
        "SELECT printed_at, kept_at FROM print_job JOIN photo ON photo.id = photo_id "
        "WHERE print_job.state = 'printed' AND printed_at > 0 ORDER BY printed_at DESC LIMIT ?",
        (LAST + 1,),
    ).fetchall()
    took = [newer[0] - max(older[0], newer[1]) for newer, older in pairwise(rows)]
    return float(median(took)) if len(took) >= ENOUGH else None
