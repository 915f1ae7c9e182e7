"""The spool: photos and sheets on disk and in the ledger, step by step and never half.

Every method that gives a Future returns at once; the work is done on the ledger's thread, and the Future
is done when the disk has it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from booth.arrays import Rgb8
from booth.config.settings import SpoolSettings
from booth.errors import SpoolError
from booth.files import publish, remove, told
from booth.images import jpeg_bytes, png_bytes
from booth.sentences import say
from booth.shot import Frame, Ticket
from booth.spool import rows, tickets
from booth.spool.files import DiskRoom, Folders, disk_room, make_folders
from booth.spool.formats import formats_of
from booth.spool.images import decoded
from booth.spool.ledger import Ledger
from booth.spool.rows import Photo
from booth.spool.sheet_queue import SheetQueue, queue_sheets
from booth.spool.sidecar import publish_side_car

T = TypeVar("T")
COMPOSITE_QUALITY = 98
"""The composite is the print's source and the phone's picture: JPEG without loss that could be seen."""
DAY = 86_400.0


class Spool:
    """A photo's life on disk: `capture`, `developed`, then `keep` or `discard`; then its sheets."""

    def __init__(
        self, settings: SpoolSettings, clock: Callable[[], float] = time.time, event: str = ""
    ) -> None:
        """Open the data folder and its ledger; sheets are counted for the event of that name.

        Raises
        ------
        SpoolError
            If the folder cannot be used, or another booth works in it.
        """
        self.settings = settings
        self.folders: Folders = make_folders(settings)
        self.ledger = Ledger(self.folders)
        self._key = self._read_key()
        self.sheets = SheetQueue(self.ledger, self.folders, clock, event, settings.event_sheets)
        self._clock = clock

    def _read_key(self) -> bytes:
        try:
            return tickets.token_key(self.folders.token_key)
        except BaseException:
            self.ledger.close()
            raise

    def token(self, photo_id: str) -> str | None:
        """A kept photo's token; None where it was made with another key, or the photo is none of ours."""
        token = tickets.token_of(self._key, photo_id)
        with self.ledger.reading() as database:
            photo = rows.find_photo(database, photo_id)
        return token if photo and photo.token_sha256 == tickets.token_hash(token) else None

    def close(self) -> None:
        """Finish what was begun and let go of the data folder."""
        self.ledger.close()

    def capture(self, photo_id: str, frame: Frame) -> Future[Photo]:
        """Make a raw frame safe: file and row are on the disk when the Future is done.

        `photo_id` comes from `new_photo_id()`, made before the shutter.
        """
        return self.ledger.submit(lambda: self._capture(photo_id, frame))

    def developed(
        self, photo_id: str, backdrop_id: str, method: str, placement: Mapping[str, Any]
    ) -> Future[Photo]:
        """Remember how a photo is composed; again for each backdrop that its guest tries.

        `placement` is whatever JSON it takes to compose the same picture again from the original.
        """
        values = {"backdrop_id": backdrop_id, "method": method, "placement": json.dumps(dict(placement))}
        return self.ledger.submit(lambda: self._step(photo_id, "developed", **values))

    def keep(self, photo_id: str, composite: Rgb8, copies: int, sheet_format: str = "") -> Future[Ticket]:
        """Keep a photo and queue its sheets. The ticket exists when all of it is on the disk.

        Parameters
        ----------
        composite : uint8 of shape (H, W, 3), RGB
        copies : sheets wanted, from 1; the event's quota may allow fewer, down to none: the ticket says how many
        sheet_format : name of the sheet, such as "4x6"; "2x6" lays two strips on one; empty: the printer's own
        """
        if copies < 1:
            raise ValueError(f"copies is {copies}, expected 1 or more")
        return self.ledger.submit(lambda: self._keep(photo_id, composite, copies, sheet_format))

    def queue(self, photo_id: str, composite: Rgb8) -> Future[Photo]:
        """Give a kept photo the composite that was lost with a crash, and queue what is not queued yet."""
        return self.ledger.submit(lambda: self._queue(photo_id, composite))

    def discard(self, photo_id: str) -> Future[None]:
        """Forget a photo that its guest threw away: its files are deleted."""
        return self.ledger.submit(lambda: self._discard(photo_id))

    def collected(self, photo_id: str) -> Future[Photo]:
        """The guest has the prints."""
        return self.ledger.submit(lambda: self._step(photo_id, "collected"))

    def expire(self, photo_id: str) -> Future[Photo]:
        """Nobody decided on this photo; its files stay until the retention ends."""
        return self.ledger.submit(lambda: self._step(photo_id, "expired"))

    def on_queued(self, listener: Callable[[], None]) -> None:
        """Call this, on the ledger's thread, whenever sheets are queued; it must return at once."""
        self.sheets.on_change(listener)

    def photo(self, photo_id: str) -> Photo:
        """A photo's row as it stands."""
        with self.ledger.reading() as database:
            return rows.photo(database, photo_id)

    def waiting(self) -> int:
        """Sheets that are not printed yet."""
        with self.ledger.reading() as database:
            return rows.count_jobs(database, *rows.OPEN_JOBS)

    def sheets_printed(self) -> int:
        """Sheets printed, or with a printer that does not tell, as far back as photos are kept."""
        with self.ledger.reading() as database:
            return rows.count_jobs(database, "printed", "handed")

    def room(self) -> DiskRoom:
        """How much room the disk has."""
        return disk_room(self.folders.root, self.settings.stop_below_mb, self.settings.warn_below_mb)

    def original(self, photo_id: str) -> Frame:
        """The raw frame from the disk, checked against its sha256."""
        row = self.photo(photo_id)
        data = read(self.folders.original(photo_id), row.original_sha256)
        return Frame(decoded(data), row.taken_at, row.number)

    def composite(self, photo_id: str) -> Rgb8:
        """The finished picture from the disk, checked against its sha256: uint8 (H, W, 3), RGB."""
        return decoded(read(self.folders.composite(photo_id), self.photo(photo_id).composite_sha256))

    def _capture(self, photo_id: str, frame: Frame) -> Photo:
        data = png_bytes(frame.image)
        publish(self.folders.original(photo_id), data)
        with self.ledger.transaction() as database:
            enter(database, self._clock(), photo_id, frame.taken_at, frame.number, data)
            publish_side_car(database, self.folders, photo_id)
            return rows.photo(database, photo_id)

    def _step(self, photo_id: str, to: str, **values: Any) -> Photo:
        with self.ledger.transaction() as database:
            photo = rows.step(database, photo_id, to, self._clock(), **values)
            publish_side_car(database, self.folders, photo_id)
        return photo

    def _keep(self, photo_id: str, composite: Rgb8, copies: int, sheet_format: str) -> Ticket:
        token, now = tickets.token_of(self._key, photo_id), self._clock()
        data = jpeg_bytes(composite, COMPOSITE_QUALITY)
        with self.ledger.transaction() as database:
            code = tickets.new_code(rows.living_codes(database, now))
            allowed = self.sheets.quota(database)
            copies = copies if allowed is None else min(copies, allowed)
            ahead = rows.count_jobs(database, *rows.OPEN_JOBS)
            rows.step(
                database,
                photo_id,
                "kept",
                now,
                copies=copies,
                code=code,
                token_sha256=tickets.token_hash(token),
                kept_at=now,
                expires_at=now + self.settings.retention_days * DAY,
            )
            # A composite that cannot be written leaves the photo undecided: its guest can try again.
            photo = self._queued(database, photo_id, data, sheet_format)
        self.sheets.tell_listeners()
        return Ticket(photo_id, tickets.spaced(code), token, photo.expires_at, copies, ahead)

    def _queue(self, photo_id: str, composite: Rgb8) -> Photo:
        data = jpeg_bytes(composite, COMPOSITE_QUALITY)
        with self.ledger.transaction() as database:
            photo = self._queued(database, photo_id, data)
        self.sheets.tell_listeners()
        return photo

    def _queued(
        self, database: sqlite3.Connection, photo_id: str, data: bytes, sheet_format: str = ""
    ) -> Photo:
        """Publish a composite and queue its sheets, unless they are queued already."""
        publish(self.folders.composite(photo_id), data)
        digest = hashlib.sha256(data).hexdigest()
        database.execute("UPDATE photo SET composite_sha256 = ? WHERE id = ?", (digest, photo_id))
        photo = rows.photo(database, photo_id)
        if photo.state == "kept":
            photo = rows.step(database, photo_id, "queued", self._clock())
            queue_sheets(database, photo, printable(sheet_format, self.settings))
            if not photo.copies:
                photo = rows.step(database, photo_id, "printed", self._clock())
        publish_side_car(database, self.folders, photo_id)
        return photo

    def _discard(self, photo_id: str) -> None:
        self._step(photo_id, "discarded")
        forget_pictures(self.folders, photo_id)


def printable(sheet_format: str, settings: SpoolSettings) -> str:
    """A sheet that one of the printers has: the one wished for, else the first printer's own."""
    has = {name for printer in (settings.printer, *settings.printers) for name in formats_of(printer)}
    return sheet_format if sheet_format in has else formats_of(settings.printer)[0]


def enter(
    database: sqlite3.Connection, now: float, photo_id: str, taken_at: float, number: int, data: bytes
) -> None:
    """Give an original its row."""
    values = {
        "id": photo_id,
        "state": "captured",
        "taken_at": taken_at,
        "number": number,
        "original_sha256": hashlib.sha256(data).hexdigest(),
        "original_size": len(data),
    }
    rows.insert(database, "photo", values)
    rows.tell(database, now, "captured", photo_id)


def forget_pictures(folders: Folders, photo_id: str) -> int:
    """Delete original, side-car and composite; how many files there were."""
    return remove((folders.original(photo_id), folders.side_car(photo_id), folders.composite(photo_id)))


def read(path: Path, sha256: str) -> bytes:
    """A file whose content is still what was written.

    Raises
    ------
    SpoolError
        If it is gone or was changed.
    """
    try:
        data: bytes = path.read_bytes()
    except OSError as error:
        raise told(error, path) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SpoolError(say("photo.changed", file=path))
    return data
