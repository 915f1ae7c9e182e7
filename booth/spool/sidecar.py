"""The side-car: a small JSON beside each original, from which a lost ledger is made again."""

from __future__ import annotations

import json
import logging
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from booth.files import publish
from booth.spool import rows
from booth.spool.files import Folders
from booth.spool.rows import FIRST_PRINTER, Photo

FORMAT = 2
"""1 knew one printer, and called a sheet that was with it "printing"."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SideCar:
    """What stands in a side-car: a photo and its sheets."""

    photo: Photo
    jobs: tuple[dict[str, Any], ...]


def publish_side_car(database: sqlite3.Connection, folders: Folders, photo_id: str) -> None:
    """Write down what the open transaction makes of a photo; called before the commit, so that what is
    acknowledged is in both places."""
    content = {
        "format": FORMAT,
        "photo": asdict(rows.photo(database, photo_id)),
        "jobs": [dict(job) for job in rows.jobs_of(database, photo_id)],
    }
    publish(folders.side_car(photo_id), json.dumps(content, indent=1).encode())


def read_side_car(path: Path) -> SideCar | None:
    """What a side-car says; None where there is none or it cannot be read."""
    try:
        content = json.loads(path.read_bytes())
        photo = Photo(**content["photo"])
        if content["format"] not in (1, FORMAT) or photo.state not in rows.STEPS or photo.id != path.stem:
            raise ValueError("it is not of this kind")
        jobs = content["jobs"] if content["format"] == FORMAT else map(job_of_one, content["jobs"])
        return SideCar(photo, tuple(jobs))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("the side-car %s cannot be used: %s", path, error)
        return None


def job_of_one(job: dict[str, Any]) -> dict[str, Any]:
    """A sheet as the first format had it."""
    state = "submitting" if job["state"] == "printing" else job["state"]
    printer = "" if state == "queued" else FIRST_PRINTER
    return {
        **job,
        "state": state,
        "printer": printer,
        "position": job["number"],
        "out": int(state == "printed"),
    }


def adopt(database: sqlite3.Connection, side_car: SideCar) -> None:
    """Put a photo and its sheets back into the ledger, in their old order where that is free."""
    photo = {**asdict(side_car.photo), "placement": json.dumps(side_car.photo.placement)}
    insert_in_order(database, "photo", "sequence", photo)
    for job in side_car.jobs:
        insert_in_order(database, "print_job", "number", job)


def insert_in_order(database: sqlite3.Connection, table: str, key: str, values: dict[str, Any]) -> None:
    """Insert with the old number, or with the next where another row took it meanwhile."""
    taken = database.execute(f"SELECT 1 FROM {table} WHERE {key} = ?", (values[key],)).fetchone()
    rows.insert(database, table, {name: value for name, value in values.items() if name != key or not taken})
