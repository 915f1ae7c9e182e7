"""Printers, and the one that is a folder."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings
from booth.errors import PrintError, SpoolError, said_by
from booth.files import FOR_OTHERS, remove, sync_folder, told, write_synced
from booth.sentences import say
from booth.spool.files import Folders, prints_of
from booth.spool.formats import formats_of, sheet_for
from booth.spool.health import Health, Silence
from booth.spool.records import read_record, record_path, write_record
from booth.spool.rows import Job
from booth.spool.sheets import SheetMaker
from booth.spool.verdict import Progress

PART = ".part"
SIGN = ".booth"
"""A file that tells a hot folder from what may stand in its place: an empty mount point, the next stick."""
MOST_IN_HOT_FOLDER = 2
TAKEN_SLACK = 60.0
"""Seconds beyond its usual time after which a sheet that still lies in a hot folder is told to the operator."""


class Printer(Protocol):
    """What prints sheets. Only one thread speaks to it, and no call waits for more than some seconds."""

    @property
    def name(self) -> str:
        """How the operator knows it."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The sheets it can print, its own first."""

    @property
    def most(self) -> int:
        """Sheets it may be given before the first of them is out."""

    @property
    def roll(self) -> int:
        """Sheets of a full load; 0 where they are not counted."""

    @property
    def silent(self) -> Silence:
        """What it cannot tell."""

    def look(self) -> Health:
        """Ask how it is."""

    def try_again(self) -> None:
        """The operator has seen to it: whatever was given up may be tried again."""

    def print(self, job: Job, picture: Callable[[], Rgb8]) -> None:
        """Hand one sheet over. A job that was handed over before gives no second sheet.

        Raises
        ------
        PrintError
            If the printer does not take it; nothing came out then and it may be tried again.
        SpoolError
            If there is nothing to print, or nobody can know whether it was printed.
        """

    def follow(self, job: Job) -> Progress | None:
        """How far a sheet is that was handed over; None while that cannot be said."""

    def cancel(self, job: Job) -> None:
        """Try to let a sheet be that was handed over; `follow` says what came of it."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of a sheet. `laid` turns true when the file has its name in the folder, `unwanted` when
    it was taken back before anybody took it; `place` is the sign of the hot folder that it was laid into."""

    uuid: str
    file: str
    sha256: str
    laid: bool
    folder: str = ""
    unwanted: bool = False
    place: str = ""


class FolderPrinter:
    """A folder from which a printer takes its sheets, which it may delete as it likes.

    A sheet is written under a temporary name in the folder, then remembered in `records`, then given its
    name, then remembered as laid. Killed anywhere in between, the next try finds which it was: a record
    and the temporary file, so the name is still to be given; a record and no temporary file, so the
    sheet was laid, even if a printer's program has eaten it since.

    As a hot folder (`taken`) it is emptied by a program that prints: then a sheet is printed when its file is
    gone from the very folder that it was laid into, and never more than two lie there, so that the queue stays the
    booth's.
    """

    def __init__(self, folders: Folders, settings: PrinterSettings, sheets: SheetMaker | None = None) -> None:
        self.name = settings.name
        self.formats = formats_of(settings)
        self.most = MOST_IN_HOT_FOLDER if settings.taken else 1
        self.roll = settings.roll
        self.folder = prints_of(folders, settings)
        self.records = folders.records
        self.settings = settings
        self._sheets = sheets or SheetMaker(settings)
        self._fault: str | None = None
        self._laid_at: dict[str, float] = {}

    def fail_with(self, fault: str | None) -> None:
        """Refuse every sheet with these words, as a printer without paper would; None ends it."""
        self._fault = fault

    silent: Silence = ""

    def try_again(self) -> None:
        """A folder gives nothing up."""

    def look(self) -> Health:
        """A folder is well while it is there, and emptied in time where that is to be."""
        if not self.folder.is_dir():
            return Health(("folder",), takes=False)
        patience = 1.5 * MOST_IN_HOT_FOLDER * self.settings.seconds + TAKEN_SLACK
        if any(time.monotonic() > laid_at + patience for laid_at in self._laid_at.values()):
            return Health(("taken",), takes=False)
        return Health()

    def print(self, job: Job, picture: Callable[[], Rgb8]) -> None:
        """Lay one sheet into the folder, once and for all."""
        if self._fault is not None:
            raise PrintError(self._fault)
        try:
            record = read_record(self.records, job.uuid, Record)
            if record is None:
                sheet = sheet_for(job.format, self.formats)
                record = self._prepared(job, self._sheets.file(job, picture(), sheet))
            if not record.laid:
                self._lay(record)
        except OSError as error:
            raise PrintError(said_by(told(error, self.folder))) from error

    def follow(self, job: Job) -> Progress | None:
        """A sheet that lies in the folder is printed; in a hot folder when it no longer does."""
        record = read_record(self.records, job.uuid, Record)
        if record is None or not record.laid:
            return Progress("refused", say("sheet.unlaid"))
        if record.unwanted:
            return Progress("canceled", say("sheet.by_operator"))
        if self.settings.taken and self._lies(record):
            self._laid_at.setdefault(job.uuid, time.monotonic())
            return Progress("submitted")
        self._laid_at.pop(job.uuid, None)
        if not self._is_same_place(record):
            return Progress("uncertain", say("sheet.other_folder"))
        return Progress("printed", "", 1)

    def cancel(self, job: Job) -> None:
        """Take a sheet back that nobody has taken yet."""
        record = read_record(self.records, job.uuid, Record)
        if record is None or not record.laid:
            return
        try:
            (self.folder / record.file).rename(self._part(record))
        except OSError:
            return  # it is gone: the printer has it
        write_record(self.records, record.uuid, replace(record, unwanted=True))
        remove((self._part(record),))

    def _lies(self, record: Record) -> bool:
        """Whether a sheet was not taken yet. A folder that is away with its disk took nothing."""
        return not self.folder.is_dir() or (self.folder / record.file).exists()

    def _is_same_place(self, record: Record) -> bool:
        return not record.place or sign_of(self.folder) == record.place

    def _prepared(self, job: Job, data: bytes) -> Record:
        ending = "jpg" if self.settings.format == "jpeg" else "pdf"
        name = f"{job.number:04d}-{job.code}-{job.sheet}of{job.sheets}.{ending}"
        digest = hashlib.sha256(data).hexdigest()
        place = signed(self.folder) if self.settings.taken else ""
        record = Record(job.uuid, name, digest, laid=False, folder=str(self.folder), place=place)
        write_synced(self._part(record), data, FOR_OTHERS)
        sync_folder(self.folder)
        write_record(self.records, record.uuid, record)
        return record

    def _lay(self, record: Record) -> None:
        part = self._part(record)
        if part.exists():
            os.replace(part, self.folder / record.file)
        elif not self._is_same_place(record):
            raise SpoolError(say("sheet.not_laid", file=record.file))
        sync_folder(self.folder)
        write_record(self.records, record.uuid, replace(record, laid=True))

    def _part(self, record: Record) -> Path:
        return part_path(self.folder, record)


def part_path(folder: Path, record: Record) -> Path:
    """The temporary name of a sheet, which no hot folder takes for a picture."""
    return folder / f".{record.uuid}{PART}"


def sign_of(folder: Path) -> str:
    """A hot folder's sign, "" where it has none."""
    try:
        return (folder / SIGN).read_text()
    except OSError:
        return ""


def signed(folder: Path) -> str:
    """The same; a folder without one is given one."""
    if not (sign := sign_of(folder)):
        sign = uuid.uuid4().hex
        write_synced(folder / SIGN, sign.encode(), FOR_OTHERS)
    return sign


def forget_sheet(folders: Folders, job_uuid: str) -> int:
    """Delete a sheet that still lies in a folder, and its record; how many files."""
    try:
        record = read_record(folders.records, job_uuid, Record)
    except SpoolError:
        record = None  # of a queue, or damaged: there is no file to delete
    if record is None:
        return remove((record_path(folders.records, job_uuid),))
    folder = Path(record.folder) if record.folder else folders.prints
    note = record_path(folders.records, job_uuid)
    return remove((folder / record.file, part_path(folder, record), note))
