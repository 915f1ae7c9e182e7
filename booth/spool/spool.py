"""The spool: photos and sheets on disk and in the ledger, step by step and never half.

Every method that gives a Future returns at once; the work is done on the ledger's thread, and the Future
is done when the disk has it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from booth.arrays import Rgb8
from booth.config.settings import SpoolSettings
from booth.errors import SpoolError
from booth.files import publish, remove, told
from booth.images import jpeg_bytes, png_bytes
from booth.shot import Frame, Ticket
from booth.spool import rows, tickets
from booth.spool.files import DiskRoom, Folders, disk_room, make_folders
from booth.spool.images import decoded
from booth.spool.ledger import Ledger
from booth.spool.rows import Job, Photo
from booth.spool.sidecar import publish_side_car

T = TypeVar("T")
COMPOSITE_QUALITY = 98
"""The composite is the print's source and the phone's picture: JPEG without loss that could be seen."""
DAY = 86_400.0


class Spool:
    """A photo's life on disk: `capture`, `developed`, then `keep` or `discard`; then its sheets."""

    def __init__(self, settings: SpoolSettings, clock: Callable[[], float] = time.time) -> None:
        """Open the data folder and its ledger.

        Raises
        ------
        SpoolError
            If the folder cannot be used, or another booth works in it.
        """
        self.settings = settings
        self.folders: Folders = make_folders(settings)
        self.ledger = Ledger(self.folders)
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []

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

    def keep(self, photo_id: str, composite: Rgb8, copies: int) -> Future[Ticket]:
        """Keep a photo and queue its sheets. The ticket exists when all of it is on the disk.

        Parameters
        ----------
        composite : uint8 of shape (H, W, 3), RGB
        copies : sheets wanted, from 1
        """
        if copies < 1:
            raise ValueError(f"copies is {copies}, expected 1 or more")
        return self.ledger.submit(lambda: self._keep(photo_id, composite, copies))

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

    def claim(self) -> Future[Job | None]:
        """Take the next sheet, one begun before a crash first; None if nothing waits."""
        return self.ledger.submit(self._claim)

    def printed(self, job: Job) -> Future[None]:
        """Count a sheet as printed, once."""
        return self.ledger.submit(lambda: self._end(job, "printed"))

    def failed(self, job: Job, why: str) -> Future[None]:
        """Give a sheet up."""
        return self.ledger.submit(lambda: self._end(job, "failed", why))

    def refused(self, job: Job, why: str) -> Future[None]:
        """Note that the printer did not take a sheet, which stays the next one."""
        return self.ledger.submit(lambda: self._refused(job, why))

    def on_queued(self, listener: Callable[[], None]) -> None:
        """Call this, on the ledger's thread, whenever sheets are queued; it must return at once."""
        self._listeners.append(listener)

    def photo(self, photo_id: str) -> Photo:
        """A photo's row as it stands."""
        with self.ledger.reading() as database:
            return rows.photo(database, photo_id)

    def waiting(self) -> int:
        """Sheets that are not printed yet."""
        with self.ledger.reading() as database:
            return rows.count_jobs(database, "queued", "printing")

    def sheets_printed(self) -> int:
        """Sheets printed, as far back as photos are kept."""
        with self.ledger.reading() as database:
            return rows.count_jobs(database, "printed")

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

    def _keep(self, photo_id: str, composite: Rgb8, copies: int) -> Ticket:
        token, now = tickets.new_token(), self._clock()
        data = jpeg_bytes(composite, COMPOSITE_QUALITY)
        with self.ledger.transaction() as database:
            code = tickets.new_code(rows.living_codes(database, now))
            ahead = rows.count_jobs(database, "queued", "printing")
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
            photo = self._queued(database, photo_id, data)
        self._tell_listeners()
        return Ticket(photo_id, tickets.spaced(code), token, photo.expires_at, copies, ahead)

    def _queue(self, photo_id: str, composite: Rgb8) -> Photo:
        data = jpeg_bytes(composite, COMPOSITE_QUALITY)
        with self.ledger.transaction() as database:
            photo = self._queued(database, photo_id, data)
        self._tell_listeners()
        return photo

    def _queued(self, database: sqlite3.Connection, photo_id: str, data: bytes) -> Photo:
        """Publish a composite and queue its sheets, unless they are queued already."""
        publish(self.folders.composite(photo_id), data)
        digest = hashlib.sha256(data).hexdigest()
        database.execute("UPDATE photo SET composite_sha256 = ? WHERE id = ?", (digest, photo_id))
        photo = rows.photo(database, photo_id)
        if photo.state not in ("queued", "printing"):
            photo = rows.step(database, photo_id, "queued", self._clock())
            queue_sheets(database, photo)
        publish_side_car(database, self.folders, photo_id)
        return photo

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            listener()

    def _discard(self, photo_id: str) -> None:
        self._step(photo_id, "discarded")
        forget_pictures(self.folders, photo_id)

    def _claim(self) -> Job | None:
        with self.ledger.transaction() as database:
            job = rows.next_job(database)
            if job is None or job.state == "printing":
                return job
            database.execute("UPDATE print_job SET state = 'printing' WHERE uuid = ?", (job.uuid,))
            if rows.photo(database, job.photo_id).state == "queued":
                rows.step(database, job.photo_id, "printing", self._clock())
            return rows.next_job(database)

    def _refused(self, job: Job, why: str) -> None:
        with self.ledger.transaction() as database:
            database.execute(
                "UPDATE print_job SET attempts = attempts + 1, error = ? WHERE uuid = ?", (why, job.uuid)
            )

    def _end(self, job: Job, state: str, why: str = "") -> None:
        now = self._clock()
        with self.ledger.transaction() as database:
            changed = database.execute(
                "UPDATE print_job SET state = ?, error = ?, printed_at = ? "
                "WHERE uuid = ? AND state IN ('queued', 'printing')",
                (state, why, now if state == "printed" else 0.0, job.uuid),
            ).rowcount
            if not changed:
                return
            rows.tell(
                database, now, f"sheet {state}", job.photo_id, f"{job.sheet} of {job.sheets} {why}".strip()
            )
            end_photo(database, job.photo_id, now)
            publish_side_car(database, self.folders, job.photo_id)


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


def queue_sheets(database: sqlite3.Connection, photo: Photo) -> None:
    """One job for each sheet."""
    for sheet in range(1, photo.copies + 1):
        job = {"uuid": uuid.uuid4().hex, "photo_id": photo.id, "sheet": sheet, "sheets": photo.copies}
        rows.insert(database, "print_job", {**job, "state": "queued"})


def give_up(database: sqlite3.Connection, photo_id: str, now: float, why: str) -> None:
    """Fail a photo with all of its sheets that did not come out."""
    database.execute(
        "UPDATE print_job SET state = 'failed', error = ? WHERE photo_id = ? AND state != 'printed'",
        (why, photo_id),
    )
    rows.step(database, photo_id, "failed", now)


def end_photo(database: sqlite3.Connection, photo_id: str, now: float) -> None:
    """When a photo's last sheet has ended, so has the photo."""
    states = {job["state"] for job in rows.jobs_of(database, photo_id)}
    if states == {"printed"}:
        rows.step(database, photo_id, "printed", now)
    elif states <= {"printed", "failed"}:
        rows.step(database, photo_id, "failed", now)


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
        raise SpoolError(f"{path} is not what was written; copy it from a backup if there is one")
    return data
