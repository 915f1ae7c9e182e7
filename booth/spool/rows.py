"""What the ledger says of a photo and of a sheet, and the steps that a photo may take.

    captured -> developed -> kept -> queued -> printing -> printed -> collected
        beside: discarded (by its guest), expired (nobody decided), failed (cannot be printed),
        uncertain (nobody knows whether all of it came out), canceled (by the operator)

From "queued" on a photo is what its sheets are: `standing` says so. A sheet goes

    queued -> submitting -> submitted -> printing -> printed | handed | uncertain | failed | canceled

and from "uncertain" only by the operator's word. "handed" is for printers that never tell what became of a sheet:
it is with them, and its photo counts as printed until the operator says otherwise. A sheet printed again is a new
edition, with a uuid of its own.

Every function takes the connection of a transaction that its caller opened.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from booth.errors import SpoolError
from booth.sentences import as_kept, read_again

STEPS: Mapping[str, tuple[str, ...]] = {
    "captured": ("developed", "discarded", "failed", "expired"),
    "developed": ("developed", "kept", "discarded", "failed", "expired"),
    "kept": ("queued", "failed", "discarded"),
    "queued": ("printing", "uncertain", "printed", "failed", "canceled", "discarded"),
    "printing": ("queued", "uncertain", "printed", "failed", "canceled", "discarded"),
    "uncertain": ("queued", "printing", "printed", "failed", "canceled", "discarded"),
    "printed": ("collected", "queued", "printing", "discarded"),
    "canceled": ("queued", "printing", "discarded"),
    "collected": ("queued", "printing", "discarded"),
    "discarded": (),
    "failed": ("queued", "printing", "discarded"),
    "expired": (),
}
UNDECIDED = ("captured", "developed")
WAITING = ("kept", "queued", "printing", "uncertain")
OPEN_JOBS = ("queued", "submitting", "submitted", "printing")
WITH_PRINTER = ("submitting", "submitted", "printing")
FIRST_PRINTER = "printer"
"""What the one printer is called where none is named."""
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
    shown: int = 0
    copied_to: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet of one photo. `uuid` names it for ever: whatever happens, it is printed once.

    `format` is the name of the sheet ("6x6"), empty for the printer's own. `unwanted` says that the
    operator canceled it while it was under way; `at` is when it last changed, `why` what is to say of it.
    """

    number: int
    uuid: str
    photo_id: str
    code: str
    sheet: int
    sheets: int
    state: str
    attempts: int
    format: str = ""
    printer: str = ""
    held: bool = False
    unwanted: bool = False
    why: str = ""
    at: float = 0.0
    edition: int = 1
    kept_at: float = 0.0

    @property
    def name(self) -> str:
        """What the printer's own queue calls it."""
        return f"{self.number:04d} {self.code} {self.sheet} of {self.sheets} {self.uuid}"


JOB_COLUMNS = (
    "print_job.number AS number, uuid, photo_id, code, sheet, sheets, print_job.state AS state, attempts, format, "
    "printer, held, unwanted, error AS why, changed_at AS at, edition, kept_at"
)
JOBS = f"SELECT {JOB_COLUMNS} FROM print_job JOIN photo ON photo.id = photo_id"


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
    """A photo's sheets in all their editions, as they stand in the ledger."""
    return database.execute(
        "SELECT * FROM print_job WHERE photo_id = ? ORDER BY sheet, edition", (photo_id,)
    ).fetchall()


def standing(database: sqlite3.Connection, photo_id: str) -> str:
    """What a photo is by the newest edition of each of its sheets."""
    states = {job["sheet"]: job["state"] for job in jobs_of(database, photo_id)}
    every = set(states.values())
    if every & set(OPEN_JOBS):
        return "queued" if every == {"queued"} else "printing"
    for state in ("uncertain", "failed", "printed", "handed", "canceled"):
        if state in every:
            return "printed" if state == "handed" else state
    return "printed"


def is_untold(database: sqlite3.Connection, photo_id: str) -> bool:
    """Whether a sheet of a photo was handed over to a printer that does not tell what became of it."""
    found = database.execute("SELECT 1 FROM print_job WHERE photo_id = ? AND state = 'handed'", (photo_id,))
    return found.fetchone() is not None


def job_of(row: sqlite3.Row) -> Job:
    values = dict(row)
    flags = {name: bool(values[name]) for name in ("held", "unwanted")}
    return Job(**{**values, **flags, "why": read_again(values["why"])})


def job(database: sqlite3.Connection, uuid: str) -> Job:
    """The sheet's row, which must be there."""
    row = database.execute(f"{JOBS} WHERE uuid = ?", (uuid,)).fetchone()
    if row is None:
        raise StepError(f"the ledger knows no sheet {uuid}")
    return job_of(row)


def jobs_in(database: sqlite3.Connection, *states: str) -> list[Job]:
    """Sheets in any of these states, in the order of the queue."""
    marks = ", ".join("?" * len(states))
    rows = database.execute(
        f"{JOBS} WHERE print_job.state IN ({marks}) ORDER BY position, print_job.number", states
    )
    return [job_of(row) for row in rows]


def next_job(database: sqlite3.Connection, printer: str, formats: Collection[str]) -> Job | None:
    """The sheet that a printer takes now: one it had begun before a stop, else the next that waits."""
    begun = (job for job in jobs_in(database, "submitting") if job.printer == printer)
    fit = (job for job in jobs_in(database, "queued") if not job.held and is_fit(job, formats))
    return next(begun, None) or next(fit, None)


def is_fit(job: Job, formats: Collection[str]) -> bool:
    """Whether a printer of these formats can print it; a sheet without a format goes anywhere."""
    return not formats or not job.format or job.format in formats


def change_job(database: sqlite3.Connection, uuid: str, at: float, **values: Any) -> None:
    """Change a sheet's row."""
    changes = {"changed_at": at, **values}
    if "error" in changes:
        changes["error"] = as_kept(changes["error"])
    sets = ", ".join(f"{name} = :{name}" for name in changes)
    database.execute(f"UPDATE print_job SET {sets} WHERE uuid = :uuid", {**changes, "uuid": uuid})


def ended_jobs(database: sqlite3.Connection, limit: int) -> list[Job]:
    """The sheets that ended last, newest first."""
    marks = ", ".join("?" * len(OPEN_JOBS))
    rows = database.execute(
        f"{JOBS} WHERE print_job.state NOT IN ({marks}, 'uncertain') "
        "ORDER BY changed_at DESC, print_job.number DESC LIMIT ?",
        (*OPEN_JOBS, limit),
    )
    return [job_of(row) for row in rows]


def position_before(database: sqlite3.Connection, waiting: Sequence[str], before: str) -> float:
    """A place between a waiting sheet and the one in front of it."""
    places = [
        float(database.execute("SELECT position FROM print_job WHERE uuid = ?", (uuid,)).fetchone()[0])
        for uuid in waiting
    ]
    index = waiting.index(before)
    return places[index] - 1 if index == 0 else (places[index - 1] + places[index]) / 2


def count_sheets(database: sqlite3.Connection, event: str, printer: str, sheets: int) -> None:
    """Count sheets that came out: for the event, and off what was loaded."""
    database.execute(
        "INSERT INTO sheet_count VALUES (?, ?, ?) "
        "ON CONFLICT (event, printer) DO UPDATE SET sheets = sheets + excluded.sheets",
        (event, printer, sheets),
    )
    database.execute("UPDATE printer SET used = used + ? WHERE name = ?", (sheets, printer))


def sheets_at(database: sqlite3.Connection, event: str, printer: str = "") -> int:
    """Sheets that came out at an event, of one printer or of all."""
    (count,) = database.execute(
        "SELECT coalesce(sum(sheets), 0) FROM sheet_count WHERE event = ? AND (? = '' OR printer = ?)",
        (event, printer, printer),
    ).fetchone()
    return int(count)


def last_position(database: sqlite3.Connection) -> float:
    """Where the queue ends."""
    (last,) = database.execute("SELECT coalesce(max(position), 0) FROM print_job").fetchone()
    return float(last)


def count_jobs(database: sqlite3.Connection, *states: str) -> int:
    """Sheets in any of these states."""
    marks = ", ".join("?" * len(states))
    (count,) = database.execute(f"SELECT count(*) FROM print_job WHERE state IN ({marks})", states).fetchone()
    return int(count)
