"""The ledger's tables, and how an older ledger becomes a newer one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from booth.errors import SpoolError
from booth.sentences import say

MIGRATIONS = (
    """
    CREATE TABLE photo (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('captured', 'developed', 'kept', 'queued', 'printing', 'printed',
            'collected', 'discarded', 'failed', 'expired')),
        taken_at REAL NOT NULL,
        number INTEGER NOT NULL,
        original_sha256 TEXT NOT NULL,
        original_size INTEGER NOT NULL,
        backdrop_id TEXT NOT NULL DEFAULT '',
        method TEXT NOT NULL DEFAULT '',
        placement TEXT NOT NULL DEFAULT '{}',
        composite_sha256 TEXT NOT NULL DEFAULT '',
        copies INTEGER NOT NULL DEFAULT 0,
        code TEXT NOT NULL DEFAULT '',
        token_sha256 TEXT UNIQUE,
        kept_at REAL NOT NULL DEFAULT 0,
        expires_at REAL NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX photo_state ON photo (state);
    CREATE TABLE print_job (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        uuid TEXT NOT NULL UNIQUE,
        photo_id TEXT NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
        sheet INTEGER NOT NULL,
        sheets INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'printing', 'printed', 'failed')),
        attempts INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        printed_at REAL NOT NULL DEFAULT 0,
        UNIQUE (photo_id, sheet)
    ) STRICT;
    CREATE INDEX print_job_state ON print_job (state);
    CREATE TABLE event (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        kind TEXT NOT NULL,
        photo_id TEXT NOT NULL DEFAULT '',
        detail TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX event_photo ON event (photo_id);
    """,
    # whether a guest said yes to the gallery; on which disk the second copy lies, and what must go from it
    """
    ALTER TABLE photo ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE photo ADD COLUMN copied_to TEXT NOT NULL DEFAULT '';
    CREATE TABLE copy_to_delete (photo_id TEXT PRIMARY KEY) STRICT;
    """,
    # The two tables are made again, as SQLite cannot change a CHECK; what was "printing" had been claimed
    # for the one folder there was, and its record in `records` tells how far it came.
    """
    CREATE TABLE photo_new (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('captured', 'developed', 'kept', 'queued', 'printing', 'uncertain',
            'printed', 'canceled', 'collected', 'discarded', 'failed', 'expired')),
        taken_at REAL NOT NULL,
        number INTEGER NOT NULL,
        original_sha256 TEXT NOT NULL,
        original_size INTEGER NOT NULL,
        backdrop_id TEXT NOT NULL DEFAULT '',
        method TEXT NOT NULL DEFAULT '',
        placement TEXT NOT NULL DEFAULT '{}',
        composite_sha256 TEXT NOT NULL DEFAULT '',
        copies INTEGER NOT NULL DEFAULT 0,
        code TEXT NOT NULL DEFAULT '',
        token_sha256 TEXT UNIQUE,
        kept_at REAL NOT NULL DEFAULT 0,
        expires_at REAL NOT NULL DEFAULT 0,
        shown INTEGER NOT NULL DEFAULT 0,
        copied_to TEXT NOT NULL DEFAULT ''
    ) STRICT;
    INSERT INTO photo_new SELECT sequence, id, state, taken_at, number, original_sha256, original_size,
        backdrop_id, method, placement, composite_sha256, copies, code, token_sha256, kept_at, expires_at, shown,
        copied_to FROM photo;
    CREATE TABLE job_new (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        uuid TEXT NOT NULL UNIQUE,
        photo_id TEXT NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
        sheet INTEGER NOT NULL,
        sheets INTEGER NOT NULL,
        edition INTEGER NOT NULL DEFAULT 1,
        format TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL CHECK (state IN ('queued', 'submitting', 'submitted', 'printing', 'printed', 'uncertain',
            'failed', 'canceled')),
        printer TEXT NOT NULL DEFAULT '',
        position REAL NOT NULL DEFAULT 0,
        held INTEGER NOT NULL DEFAULT 0,
        unwanted INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        out INTEGER NOT NULL DEFAULT 0,
        changed_at REAL NOT NULL DEFAULT 0,
        printed_at REAL NOT NULL DEFAULT 0,
        UNIQUE (photo_id, sheet, edition)
    ) STRICT;
    INSERT INTO job_new (number, uuid, photo_id, sheet, sheets, state, printer, position, attempts, error, out,
            changed_at, printed_at)
        SELECT number, uuid, photo_id, sheet, sheets, iif(state = 'printing', 'submitting', state),
            iif(state = 'queued', '', 'printer'), number, attempts, error, state = 'printed', printed_at, printed_at
        FROM print_job;
    DROP TABLE print_job;
    DROP TABLE photo;
    ALTER TABLE photo_new RENAME TO photo;
    ALTER TABLE job_new RENAME TO print_job;
    CREATE INDEX photo_state ON photo (state);
    CREATE INDEX print_job_state ON print_job (state);
    CREATE TABLE printer (
        name TEXT PRIMARY KEY,
        paused INTEGER NOT NULL DEFAULT 0,
        loaded INTEGER NOT NULL DEFAULT 0,
        used INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE sheet_count (
        event TEXT NOT NULL,
        printer TEXT NOT NULL,
        sheets INTEGER NOT NULL,
        PRIMARY KEY (event, printer)
    ) STRICT;
    """,
    # A sheet may be with a printer that never tells what became of it ("handed").
    """
    CREATE TABLE job_new (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        uuid TEXT NOT NULL UNIQUE,
        photo_id TEXT NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
        sheet INTEGER NOT NULL,
        sheets INTEGER NOT NULL,
        edition INTEGER NOT NULL DEFAULT 1,
        format TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL CHECK (state IN ('queued', 'submitting', 'submitted', 'printing', 'printed', 'handed',
            'uncertain', 'failed', 'canceled')),
        printer TEXT NOT NULL DEFAULT '',
        position REAL NOT NULL DEFAULT 0,
        held INTEGER NOT NULL DEFAULT 0,
        unwanted INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        out INTEGER NOT NULL DEFAULT 0,
        changed_at REAL NOT NULL DEFAULT 0,
        printed_at REAL NOT NULL DEFAULT 0,
        UNIQUE (photo_id, sheet, edition)
    ) STRICT;
    INSERT INTO job_new SELECT number, uuid, photo_id, sheet, sheets, edition, format, state, printer, position, held,
        unwanted, attempts, error, out, changed_at, printed_at FROM print_job;
    DROP TABLE print_job;
    ALTER TABLE job_new RENAME TO print_job;
    CREATE INDEX print_job_state ON print_job (state);
    """,
)


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The one connection that writes: WAL, every commit synced, deleted rows overwritten."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        database.row_factory = sqlite3.Row
        for pragma in (
            "busy_timeout = 5000",
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
        ):
            database.execute(f"PRAGMA {pragma}")
        check(database)
        migrate(database)
        # Not earlier: a table that a migration makes again would take its rows along as it goes.
        database.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def open_for_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of the reader's own, which cannot write."""
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA busy_timeout = 2000")
        yield database
    finally:
        database.close()


def check(database: sqlite3.Connection) -> None:
    """Look at every page.

    Raises
    ------
    sqlite3.DatabaseError
        If the ledger is damaged.
    """
    (answer,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if answer != "ok":
        raise sqlite3.DatabaseError(f"integrity check: {answer}")


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, and not the disk full or the ledger locked."""
    name = getattr(error, "sqlite_errorname", None)
    return isinstance(error, sqlite3.DatabaseError) and (
        name is None or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
    )


def migrate(database: sqlite3.Connection) -> None:
    """Bring the tables up to date, each step in one transaction."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise SpoolError(
            f"the ledger was written by a newer Booth (version {version} of its tables, known here: "
            f"{len(MIGRATIONS)}); update this one"
        )
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        database.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")


def told(error: sqlite3.Error) -> SpoolError:
    """The same fault in plain words, with a remedy."""
    name, why = getattr(error, "sqlite_errorname", "") or "", str(error)
    if name.startswith("SQLITE_FULL"):
        words = say("ledger.full", why=why)
    elif name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        words = say("ledger.held", why=why)
    elif name.startswith("SQLITE_IOERR"):
        words = say("ledger.failing", why=why)
    elif name.startswith("SQLITE_READONLY"):
        words = say("ledger.read_only", why=why)
    elif is_damaged(error):
        words = say("ledger.damaged", why=why)
    else:
        words = say("ledger.refused", why=why)
    return SpoolError(words)
