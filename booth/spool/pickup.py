"""What guests may know and do from outside: one photo for one token, the wall's codes, the gallery."""

from __future__ import annotations

import io
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from PIL import Image

from booth.sentences import say
from booth.spool import ledger, rows
from booth.spool.retention import forget, remember_copies
from booth.spool.rows import Photo, photo_of
from booth.spool.sheet_queue import queue_sheet
from booth.spool.sidecar import publish_side_car
from booth.spool.spool import Spool
from booth.spool.tickets import spaced, token_hash

Prints = Literal["waiting", "printing", "ready", "collected", "check", "trouble"]
PRINTS: dict[str, Prints] = {
    "kept": "waiting",
    "queued": "waiting",
    "printing": "printing",
    "printed": "ready",
    "collected": "collected",
    "uncertain": "check",
    "failed": "trouble",
    "canceled": "trouble",
}
ON_THE_WALL_SECONDS = 20 * 60.0
"""A code leaves the wall when its sheets have lain there that long."""
MOST_ON_THE_WALL = 12
GALLERY_PICTURES = 200
IN_THE_GALLERY = "shown = 1 AND state NOT IN ('discarded', 'kept') AND expires_at > ?"
AGAIN = "ordered again"
"""The event log's word for a sheet that a guest ordered from the phone."""


@dataclass(frozen=True, slots=True)
class Pickup:
    """A guest's photo: `jpeg` is the file as it lies, None while it is still being composed, and `size` its
    width and height in pixels; `again` counts the sheets that may still be ordered; `shown` says whether
    the gallery has it."""

    code: str
    prints: Prints
    copies: int
    expires_at: float
    jpeg: bytes | None
    size: tuple[int, int]
    again: int
    shown: bool


@dataclass(frozen=True, slots=True)
class OnTheWall:
    """A code on the wall, and the printer where its sheets come out, "" where there is only one."""

    code: str
    printer: str


@dataclass(frozen=True, slots=True)
class Board:
    """What the wall shows, the newest first; no names, no pictures."""

    printing: tuple[OnTheWall, ...]
    ready: tuple[OnTheWall, ...]
    check: tuple[OnTheWall, ...]


class Pickups:
    """The pickup pages' way into the spool. Reads from any thread; what changes something goes through the
    ledger's own thread, as a Future."""

    def __init__(self, spool: Spool, reprints: int = 0, clock: Callable[[], float] = time.time) -> None:
        """`reprints` is how many sheets a guest may order again of one photo."""
        self._spool = spool
        self._folders = spool.folders
        self._reprints = reprints
        self._clock = clock

    def find(self, token: str) -> Pickup | None:
        """The photo of a token; None for a token that is wrong, over or whose photo is gone.

        Raises
        ------
        SpoolError
            If the ledger cannot be read.
        """
        with ledger.reading(self._folders.ledger) as database:
            photo = self._by_token(database, token)
            if photo is None:
                return None
            again = self._reprints - ordered_again(database, photo.id)
            untold = photo.state == "printed" and rows.is_untold(database, photo.id)
        try:
            jpeg = self._folders.composite(photo.id).read_bytes()
        except OSError:
            jpeg = None
        return Pickup(
            code=spaced(photo.code),
            prints="check" if untold else PRINTS[photo.state],
            copies=photo.copies,
            expires_at=photo.expires_at,
            jpeg=jpeg,
            size=_size(jpeg) if jpeg else (0, 0),
            again=max(0, again),
            shown=bool(photo.shown),
        )

    def board(self) -> Board:
        """What the wall shows just now.

        Raises
        ------
        SpoolError
            If the ledger cannot be read.
        """
        with ledger.reading(self._folders.ledger) as database:
            return board(database, self._clock())

    def gallery(self) -> tuple[str, ...]:
        """The photos whose guests said yes, the newest first."""
        with ledger.reading(self._folders.ledger) as database:
            found = database.execute(
                f"SELECT id FROM photo WHERE {IN_THE_GALLERY} ORDER BY sequence DESC LIMIT ?",
                (self._clock(), GALLERY_PICTURES),
            )
            return tuple(photo_id for (photo_id,) in found)

    def gallery_picture(self, photo_id: str) -> bytes | None:
        """A JPEG of the gallery; None for a photo that is not in it."""
        with ledger.reading(self._folders.ledger) as database:
            found = database.execute(
                f"SELECT id FROM photo WHERE {IN_THE_GALLERY} AND id = ?", (self._clock(), photo_id)
            ).fetchone()
        try:
            return self._folders.composite(found["id"]).read_bytes() if found else None
        except OSError:
            return None

    def show(self, token: str, shown: bool) -> Future[None]:
        """Put a guest's picture into the gallery, or take it out."""
        return self._spool.ledger.submit(lambda: self._show(token, shown))

    def print_again(self, token: str) -> Future[bool]:
        """Queue one more sheet for a guest; False where the quota of the photo or the event is used up."""
        return self._spool.ledger.submit(lambda: self._print_again(token))

    def delete(self, token: str) -> Future[None]:
        """Delete a guest's photo at once: every file of it, here and on the second copy; what waits is
        cancelled, and only the line that it was deleted remains."""
        return self._spool.ledger.submit(lambda: self._delete(token))

    def check(self) -> None:
        """Raise SpoolError if the ledger does not answer."""
        with ledger.reading(self._folders.ledger) as database:
            database.execute("SELECT count(*) FROM photo").fetchone()

    def _by_token(self, database: sqlite3.Connection, token: str) -> Photo | None:
        row: sqlite3.Row | None = database.execute(
            "SELECT * FROM photo WHERE token_sha256 = ? AND expires_at > ?",
            (token_hash(token), self._clock()),
        ).fetchone()
        return photo_of(row) if row is not None and row["state"] in PRINTS else None

    def _show(self, token: str, shown: bool) -> None:
        with self._spool.ledger.transaction() as database:
            photo = self._by_token(database, token)
            if photo is None:
                return
            database.execute("UPDATE photo SET shown = ? WHERE id = ?", (int(shown), photo.id))
            rows.tell(database, self._clock(), "shown" if shown else "not shown", photo.id)
            publish_side_car(database, self._folders, photo.id)

    def _print_again(self, token: str) -> bool:
        sheets = self._spool.sheets
        with self._spool.ledger.transaction() as database:
            photo = self._by_token(database, token)
            if photo is None or not photo.composite_sha256 or sheets.quota(database) == 0:
                return False
            if ordered_again(database, photo.id) >= self._reprints:
                return False
            had = rows.jobs_of(database, photo.id)
            sheet = max((job["sheet"] for job in had), default=0) + 1
            queue_sheet(database, photo.id, sheet, sheet, had[0]["format"] if had else "")
            rows.tell(database, self._clock(), AGAIN, photo.id)
            sheets.follow(database, photo.id)
            publish_side_car(database, self._folders, photo.id)
        sheets.tell_listeners()
        return True

    def _delete(self, token: str) -> None:
        now = self._clock()
        with self._spool.ledger.transaction() as database:
            photo = self._by_token(database, token)
            if photo is None:
                return
            for job in rows.jobs_of(database, photo.id):
                if job["state"] == "queued":
                    rows.change_job(database, job["uuid"], now, state="canceled", error=say("sheet.by_guest"))
                elif job["state"] in rows.OPEN_JOBS:
                    rows.change_job(database, job["uuid"], now, unwanted=1)
            rows.step(database, photo.id, "discarded", now, shown=0)
            remember_copies(database, [photo.id])
        # After the row: a crash in between leaves a discarded photo, whose files the next start deletes.
        forget(self._spool, photo.id)
        self._spool.sheets.tell_listeners()


def ordered_again(database: sqlite3.Connection, photo_id: str) -> int:
    """Sheets that a guest ordered from the phone so far."""
    (count,) = database.execute(
        "SELECT count(*) FROM event WHERE photo_id = ? AND kind = ?", (photo_id, AGAIN)
    ).fetchone()
    return int(count)


def board(database: sqlite3.Connection, now: float) -> Board:
    """Sort the codes of the last minutes by what their guests should do: what was handed over to a printer that
    does not tell what comes out is to be looked for."""
    found = database.execute(
        "SELECT code, max(printed_at) AS printed_at, "
        "iif(photo.state = 'printed' AND max(print_job.state = 'handed'), 'handed', photo.state) AS state, "
        "group_concat(DISTINCT nullif(printer, '')) AS printers "
        "FROM photo JOIN print_job ON print_job.photo_id = photo.id "
        "WHERE photo.state IN ('printing', 'printed', 'uncertain') AND code != '' "
        "GROUP BY photo.id ORDER BY photo.sequence DESC"
    ).fetchall()
    (printers,) = database.execute(
        "SELECT count(DISTINCT printer) FROM print_job WHERE printer != ''"
    ).fetchone()
    lately = now - ON_THE_WALL_SECONDS
    shown = [row for row in found if row["state"] in ("printing", "uncertain") or row["printed_at"] >= lately]

    def codes(*states: str) -> tuple[OnTheWall, ...]:
        those = (row for row in shown if row["state"] in states)
        return tuple(
            OnTheWall(spaced(row["code"]), (row["printers"] or "").replace(",", ", ") if printers > 1 else "")
            for row in islice(those, MOST_ON_THE_WALL)
        )

    return Board(codes("printing"), codes("printed"), codes("uncertain", "handed"))


def _size(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        return picture.size
