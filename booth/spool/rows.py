"""What the ledger says of a photo and of a sheet, and the steps that a photo may take.

    captured -> developed -> kept -> queued -> printing -> printed -> collected
        beside: discarded (by its guest), failed (cannot be printed), expired (nobody decided)

Every function takes the connection of a transaction that its caller opened.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from booth.errors import SpoolError

STEPS: Mapping[str, tuple[str, ...]] = {
    "captured": ("developed", "discarded", "failed", "expired"),
    "developed": ("developed", "kept", "discarded", "failed", "expired"),
    "kept": ("queued", "failed"),
    "queued": ("printing", "failed"),
    "printing": ("printed", "failed"),
    "printed": ("collected",),
    "collected": (),
    "discarded": (),
    "failed": (),
    "expired": (),
}
UNDECIDED = ("captured", "developed")
WAITING = ("kept", "queued", "printing")
CODE_RESTS_HOURS = 24
"""A code is given again when its photo is printed and was kept that long ago."""


class StepError(SpoolError):
    """A photo cannot take this step from where it is."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo's row. `placement` and `method` with the original are enough to compose it again;
    `taken_at`, `kept_at` and `expires_at` are seconds since the epoch; order is by `sequence` alone."""

    sequence: int
    id: str
    state: str
    taken_at: float
    number: int
    original_sha256: str
    original_size: int
    backdrop_id: str
    method: str
    placement: Mapping[str, Any]
    composite_sha256: str
    copies: int
    code: str
    token_sha256: str | None
    kept_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet of one photo. `uuid` names it for ever: whatever happens, it is printed once."""

    number: int
    uuid: str
    photo_id: str
    code: str
    sheet: int
    sheets: int
    state: str
    attempts: int


def photo_of(row: sqlite3.Row) -> Photo:
    values = dict(row)
    return Photo(**{**values, "placement": json.loads(values["placement"])})


def find_photo(database: sqlite3.Connection, photo_id: str) -> Photo | None:
    row = database.execute("SELECT * FROM photo WHERE id = ?", (photo_id,)).fetchone()
    return photo_of(row) if row else None


def photo(database: sqlite3.Connection, photo_id: str) -> Photo:
    """The photo's row, which must be there."""
    if (found := find_photo(database, photo_id)) is None:
        raise StepError(f"the ledger knows no photo {photo_id}")
    return found


def photos_in(database: sqlite3.Connection, *states: str) -> list[Photo]:
    """Photos in any of these states, oldest first."""
    marks = ", ".join("?" * len(states))
    rows = database.execute(f"SELECT * FROM photo WHERE state IN ({marks}) ORDER BY sequence", states)
    return [photo_of(row) for row in rows]


def insert(database: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
    """Add a row; the names come from this package's own records."""
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def step(database: sqlite3.Connection, photo_id: str, to: str, at: float, **values: Any) -> Photo:
    """Take a photo one step further, and say so in the event log.

    Raises
    ------
    StepError
        If that step is not allowed from the photo's state; nothing is changed then.
    """
    before = photo(database, photo_id)
    if to not in STEPS[before.state]:
        raise StepError(f"photo {photo_id} is {before.state}: it cannot become {to}")
    changes = {"state": to, **values}
    sets = ", ".join(f"{name} = :{name}" for name in changes)
    database.execute(f"UPDATE photo SET {sets} WHERE id = :photo_id", {**changes, "photo_id": photo_id})
    tell(database, at, to, photo_id)
    return photo(database, photo_id)


def tell(database: sqlite3.Connection, at: float, kind: str, photo_id: str = "", detail: str = "") -> None:
    """Write a line into the event log."""
    insert(database, "event", {"at": at, "kind": kind, "photo_id": photo_id, "detail": detail})


def living_codes(database: sqlite3.Connection, now: float) -> set[str]:
    """Codes that must not be given to anybody else."""
    marks = ", ".join("?" * len(WAITING))
    rows = database.execute(
        f"SELECT code FROM photo WHERE code != '' AND (state IN ({marks}) OR kept_at > ?)",
        (*WAITING, now - CODE_RESTS_HOURS * 3600),
    )
    return {code for (code,) in rows}


def jobs_of(database: sqlite3.Connection, photo_id: str) -> list[sqlite3.Row]:
    """A photo's sheets, as they stand in the ledger."""
    return database.execute(
        "SELECT * FROM print_job WHERE photo_id = ? ORDER BY sheet", (photo_id,)
    ).fetchall()


def next_job(database: sqlite3.Connection) -> Job | None:
    """The sheet to print now: one that was begun, else the oldest that waits."""
    row = database.execute(
        "SELECT print_job.number, uuid, photo_id, code, sheet, sheets, print_job.state, attempts "
        "FROM print_job JOIN photo ON photo.id = photo_id WHERE print_job.state IN ('printing', 'queued') "
        "ORDER BY print_job.state = 'queued', print_job.number LIMIT 1"
    ).fetchone()
    return Job(*row) if row else None


def count_jobs(database: sqlite3.Connection, *states: str) -> int:
    """Sheets in any of these states."""
    marks = ", ".join("?" * len(states))
    (count,) = database.execute(f"SELECT count(*) FROM print_job WHERE state IN ({marks})", states).fetchone()
    return int(count)
