"""What is remembered of a sheet that was handed over: a small file that is there before the sheet can come out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from booth.errors import PrintError, SpoolError, said_by
from booth.files import publish
from booth.sentences import say

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")


def record_path(records: Path, job_uuid: str) -> Path:
    """Where a sheet's record lies."""
    return records / f"{job_uuid}.json"


def read_record(records: Path, job_uuid: str, kind: type[T]) -> T | None:
    """What is remembered of a sheet, None where it was never handed over.

    Raises
    ------
    SpoolError
        If the record is there but cannot be read: then nobody knows, and nothing is printed by guess.
    """
    path = record_path(records, job_uuid)
    try:
        return kind(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SpoolError(say("sheet.record", file=path, why=str(error))) from error


def write_record(records: Path, job_uuid: str, record: DataclassInstance) -> None:
    """Remember a sheet; where that fails it waits, as it might come out twice otherwise."""
    try:
        publish(record_path(records, job_uuid), json.dumps(asdict(record)).encode())
    except SpoolError as error:
        raise PrintError(said_by(error)) from error
