"""What a guest's phone may know: one photo for one token, and nothing without it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from booth.spool import ledger
from booth.spool.files import Folders
from booth.spool.rows import photo_of
from booth.spool.tickets import spaced, token_hash

Prints = Literal["waiting", "printing", "ready", "collected", "trouble"]
PRINTS: dict[str, Prints] = {
    "kept": "waiting",
    "queued": "waiting",
    "printing": "printing",
    "printed": "ready",
    "collected": "collected",
    "failed": "trouble",
}


@dataclass(frozen=True, slots=True)
class Pickup:
    """A guest's photo: `jpeg` is the file as it lies, None while it is still being composed."""

    code: str
    prints: Prints
    copies: int
    expires_at: float
    jpeg: bytes | None


class Pickups:
    """Looks photos up for the pickup pages; reads alone, from any thread."""

    def __init__(self, folders: Folders, clock: Callable[[], float] = time.time) -> None:
        self._folders = folders
        self._clock = clock

    def find(self, token: str) -> Pickup | None:
        """The photo of a token; None for a token that is wrong, over or whose photo is gone.

        Raises
        ------
        SpoolError
            If the ledger cannot be read.
        """
        with ledger.reading(self._folders.ledger) as database:
            row: sqlite3.Row | None = database.execute(
                "SELECT * FROM photo WHERE token_sha256 = ? AND expires_at > ?",
                (token_hash(token), self._clock()),
            ).fetchone()
        if row is None or row["state"] not in PRINTS:
            return None
        photo = photo_of(row)
        try:
            jpeg = self._folders.composite(photo.id).read_bytes()
        except OSError:
            jpeg = None
        return Pickup(spaced(photo.code), PRINTS[photo.state], photo.copies, photo.expires_at, jpeg)

    def check(self) -> None:
        """Raise SpoolError if the ledger does not answer."""
        with ledger.reading(self._folders.ledger) as database:
            database.execute("SELECT count(*) FROM photo").fetchone()
