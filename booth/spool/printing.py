"""Printers, and the one that is a folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings
from booth.errors import PrintError, SpoolError
from booth.files import FOR_OTHERS, publish, remove, sync_folder, told, write_synced
from booth.spool.files import Folders
from booth.spool.rows import Job
from booth.spool.sheets import sheet_file

PART = ".part"


class Printer(Protocol):
    """What prints sheets."""

    @property
    def name(self) -> str:
        """How the operator knows it."""

    def print(self, job: Job, picture: Callable[[], Rgb8]) -> None:
        """Print one sheet; done when it returns. A job that was printed before gives no second sheet.

        Raises
        ------
        PrintError
            If the printer does not take it; nothing came out then and it may be tried again.
        SpoolError
            If there is nothing to print, or nobody can know whether it was printed.
        """


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of a sheet. `laid` turns true when the file has its name in the folder."""

    uuid: str
    file: str
    sha256: str
    laid: bool


class FolderPrinter:
    """A folder from which a printer takes its sheets, which it may delete as it likes.

    A sheet is written under a temporary name in the folder, then remembered in `records`, then given its
    name, then remembered as laid. Killed anywhere in between, the next try finds which it was: a record
    and the temporary file, so the name is still to be given; a record and no temporary file, so the
    sheet was laid, even if a printer's program has eaten it since.
    """

    def __init__(self, folders: Folders, settings: PrinterSettings) -> None:
        self.folder = folders.prints
        self.records = folders.records
        self.settings = settings
        self._fault: str | None = None

    @property
    def name(self) -> str:
        return f"folder {self.folder}"

    def fail_with(self, fault: str | None) -> None:
        """Refuse every sheet with these words, as a printer without paper would; None ends it."""
        self._fault = fault

    def print(self, job: Job, picture: Callable[[], Rgb8]) -> None:
        """Lay one sheet into the folder, once and for all."""
        if self._fault is not None:
            raise PrintError(self._fault)
        try:
            record = read_record(self.records, job.uuid)
            if record is None:
                record = self._prepared(job, sheet_file(picture(), self.settings))
            if not record.laid:
                self._lay(record)
        except OSError as error:
            raise PrintError(str(told(error, self.folder))) from error

    def _prepared(self, job: Job, data: bytes) -> Record:
        ending = "jpg" if self.settings.format == "jpeg" else "pdf"
        name = f"{job.number:04d}-{job.code}-{job.sheet}of{job.sheets}.{ending}"
        record = Record(job.uuid, name, hashlib.sha256(data).hexdigest(), laid=False)
        write_synced(self._part(record), data, FOR_OTHERS)
        sync_folder(self.folder)
        write_record(self.records, record)
        return record

    def _lay(self, record: Record) -> None:
        part = self._part(record)
        if part.exists():
            os.replace(part, self.folder / record.file)
        sync_folder(self.folder)
        write_record(self.records, Record(record.uuid, record.file, record.sha256, laid=True))

    def _part(self, record: Record) -> Path:
        return part_path(self.folder, record)


def part_path(folder: Path, record: Record) -> Path:
    """The temporary name of a sheet, which no hot folder takes for a picture."""
    return folder / f".{record.uuid}{PART}"


def read_record(records: Path, job_uuid: str) -> Record | None:
    """What is remembered of a job's sheet.

    Raises
    ------
    SpoolError
        If the record is there but cannot be read: then nobody knows, and nothing is printed by guess.
    """
    path = records / f"{job_uuid}.json"
    try:
        return Record(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SpoolError(
            f"the record {path} cannot be read ({error}); look whether the sheet came out, "
            "and delete the record to print it again"
        ) from error


def write_record(records: Path, record: Record) -> None:
    """Remember a sheet; where that fails the sheet waits, as it might be laid twice otherwise."""
    try:
        publish(records / f"{record.uuid}.json", json.dumps(asdict(record)).encode())
    except SpoolError as error:
        raise PrintError(str(error)) from error


def forget_sheet(folders: Folders, job_uuid: str) -> int:
    """Delete a sheet that still lies in the folder, and its record; how many files."""
    try:
        record = read_record(folders.records, job_uuid)
    except SpoolError:
        record = None
    found = (folders.prints / record.file, part_path(folders.prints, record)) if record else ()
    return remove((*found, folders.records / f"{job_uuid}.json"))
