"""What a start finds of the last run, and what becomes of it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from booth.errors import SpoolError
from booth.sentences import say
from booth.shot import Notice
from booth.spool import files, rows
from booth.spool.images import decoded
from booth.spool.ledger import Ledger
from booth.spool.retention import forget
from booth.spool.rows import Photo
from booth.spool.sheet_queue import give_up
from booth.spool.sidecar import SideCar, adopt, publish_side_car, read_side_car
from booth.spool.spool import Spool, enter

OFFER_WITHIN_MINUTES = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found. `offered` was taken just before the crash and waits for its guest's decision;
    `to_compose` were kept but have no composite: give each to `Spool.queue` before a dispatcher starts,
    which would give their sheets up. The rest are counts, and `missing` names photos whose original is gone."""

    offered: Photo | None
    to_compose: tuple[Photo, ...]
    waiting: int
    expired: int
    adopted: int
    quarantined: int
    swept: int
    missing: tuple[str, ...]
    notices: tuple[Notice, ...]


def recover(spool: Spool, now: float, offer_within_minutes: float = OFFER_WITHIN_MINUTES) -> Future[Recovery]:
    """Put the spool in order after a start; call it once, before anything is captured or printed."""
    return spool.ledger.submit(lambda: Recoverer(spool, now).recover(offer_within_minutes * 60))


class Recoverer:
    """One recovery, on the ledger's thread."""

    def __init__(self, spool: Spool, now: float) -> None:
        self._spool = spool
        self._ledger: Ledger = spool.ledger
        self._folders = spool.folders
        self._now = now

    def recover(self, offer_within: float) -> Recovery:
        swept = files.sweep(self._folders)
        adopted, quarantined = self._adopt_files_without_rows()
        self._forget_discarded()
        missing = self._rows_without_files()
        to_compose = self._kept_without_composite()
        offered, expired = self._undecided(offer_within)
        notices = tuple(self._notices(adopted, quarantined, missing))
        waiting = self._spool.waiting()
        found = Recovery(offered, to_compose, waiting, expired, adopted, quarantined, swept, missing, notices)
        log.info(
            "start: %d sheets wait, %d photos to compose, %d expired, %d adopted, %d quarantined, %d missing, "
            "%d temporary files removed",
            *(waiting, len(to_compose), expired, adopted, quarantined, len(missing), swept),
        )
        return found

    def _adopt_files_without_rows(self) -> tuple[int, int]:
        """Side-cars first, since they know the order; then originals that never got one."""
        adopted = sum(self._adopt(side_car) for side_car in self._side_cars_without_rows())
        adopted += sum(self._enter(path) for path in self._without_rows(self._folders.originals, "*.png"))
        strays = (
            *self._without_rows(self._folders.originals, "*.png"),
            *self._without_rows(self._folders.originals, "*.json"),
            *self._without_rows(self._folders.composites, "*.jpg"),
        )
        return adopted, sum(self._quarantine(path) for path in strays)

    def _without_rows(self, folder: Path, pattern: str) -> list[Path]:
        with self._ledger.reading() as database:
            known = {photo_id for (photo_id,) in database.execute("SELECT id FROM photo")}
        return sorted(path for path in folder.glob(pattern) if path.stem not in known)

    def _side_cars_without_rows(self) -> list[SideCar]:
        paths = self._without_rows(self._folders.originals, "*.json")
        found = [side_car for path in paths if (side_car := read_side_car(path)) is not None]
        return sorted(found, key=lambda side_car: side_car.photo.sequence)

    def _adopt(self, side_car: SideCar) -> bool:
        """Give a photo its row back."""
        photo = side_car.photo
        try:
            with self._ledger.transaction() as database:
                adopt(database, side_car)
                rows.tell(database, self._now, "adopted", photo.id, photo.state)
            return True
        except SpoolError as error:
            log.warning("the side-car of %s cannot be adopted: %s", photo.id, error)
            return False

    def _enter(self, path: Path) -> bool:
        """Take an original without a side-car for a photo just captured, if it is a whole picture."""
        try:
            data, taken_at = path.read_bytes(), path.stat().st_mtime
            decoded(data)
            with self._ledger.transaction() as database:
                enter(database, self._now, path.stem, taken_at, 0, data)
                publish_side_car(database, self._folders, path.stem)
            return True
        except (SpoolError, OSError) as error:
            log.warning("%s cannot be adopted: %s", path, error)
            return False

    def _forget_discarded(self) -> None:
        """Finish deleting what guests threw away."""
        with self._ledger.reading() as database:
            discarded = rows.photos_in(database, "discarded")
        for photo in discarded:
            forget(self._spool, photo.id)

    def _quarantine(self, path: Path) -> int:
        """Put a file out of the way; nothing is deleted that somebody may miss."""
        self._folders.quarantine.mkdir(mode=0o700, exist_ok=True)
        os.replace(path, self._folders.quarantine / path.name)
        log.warning("%s belongs to no photo: it is in %s now", path.name, self._folders.quarantine)
        return 1

    def _rows_without_files(self) -> tuple[str, ...]:
        with self._ledger.reading() as database:
            states = (state for state in rows.STEPS if state != "discarded")
            photos = [photo for photo in rows.photos_in(database, *states) if not self._is_whole(photo)]
        for photo in photos:
            if photo.state in (*rows.UNDECIDED, "kept") or self._has_no_composite(photo):
                self._fail(photo)
        return tuple(photo.id for photo in photos)

    def _is_whole(self, photo: Photo) -> bool:
        path = self._folders.original(photo.id)
        return path.is_file() and path.stat().st_size == photo.original_size

    def _has_no_composite(self, photo: Photo) -> bool:
        return photo.state in rows.WAITING and not self._folders.composite(photo.id).is_file()

    def _fail(self, photo: Photo) -> None:
        with self._ledger.transaction() as database:
            give_up(database, photo.id, self._now, say("sheet.no_files"))
            publish_side_car(database, self._folders, photo.id)

    def _kept_without_composite(self) -> tuple[Photo, ...]:
        with self._ledger.reading() as database:
            waiting = rows.photos_in(database, *rows.WAITING)
        return tuple(photo for photo in waiting if photo.state == "kept" or self._has_no_composite(photo))

    def _undecided(self, offer_within: float) -> tuple[Photo | None, int]:
        """The newest undecided photo if it is young; the others expire."""
        with self._ledger.reading() as database:
            photos = rows.photos_in(database, *rows.UNDECIDED)
            (newest,) = database.execute("SELECT max(sequence) FROM photo").fetchone()
        offered = None
        if photos and photos[-1].sequence == newest and abs(self._now - photos[-1].taken_at) < offer_within:
            offered = photos.pop()
        for photo in photos:
            with self._ledger.transaction() as database:
                rows.step(database, photo.id, "expired", self._now)
                publish_side_car(database, self._folders, photo.id)
        return offered, len(photos)

    def _notices(self, adopted: int, quarantined: int, missing: tuple[str, ...]) -> Iterator[Notice]:
        if self._ledger.moved_aside is not None:
            yield Notice(
                "ledger",
                "warning",
                say("ledger.made_again", count=adopted, file=self._ledger.moved_aside.name),
                say("ledger.made_again.help"),
            )
        elif adopted:
            yield Notice("ledger", "info", say("ledger.adopted", count=adopted))
        if missing:
            yield Notice(
                "missing",
                "fault",
                say("photos.missing", count=len(missing), first=missing[0]),
                say("photos.missing.help"),
            )
        if quarantined:
            yield Notice(
                "quarantine",
                "warning",
                say("photos.strange", count=quarantined, folder=self._folders.quarantine),
                say("photos.strange.help"),
            )
