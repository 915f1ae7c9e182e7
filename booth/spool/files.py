"""Files that are whole or not there: where they lie, how they are published, how much room is left.

The data folder, which is never the current directory:

    originals/      ID.png the raw frame, lossless; ID.json its side-car, what the ledger knows of it
    composites/     ID.jpg the finished picture, which is printed and handed to the guest's phone
    prints/         0001-KM47-1of2.jpg sheets for the printer, unless the configuration names a folder
    records/        UUID.json what was laid out for the printer: a sheet is never laid twice
    plate/          the clean plate
    weights/        network weights
    quarantine/     files that belong to nothing
    token.key       the secret from which the pickup addresses are made
    address.txt     what the QR codes given so far call this machine
    ledger.sqlite   the ledger (with -wal and -shm while open)
    booth.lock      held by the one booth that works here
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path

from booth.config.settings import PrinterSettings, SpoolSettings
from booth.files import TEMPORARY, remove, told

MEGABYTE = 1_000_000
BYTES_A_PHOTO = 10 * MEGABYTE
"""Original, composite and one sheet of 1920x1920, measured with sensor noise: 5.2 + 2.7 + 1.0 MB, and some to spare."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where everything lies that must survive."""

    root: Path
    prints: Path

    @property
    def originals(self) -> Path:
        return self.root / "originals"

    @property
    def composites(self) -> Path:
        return self.root / "composites"

    @property
    def records(self) -> Path:
        return self.root / "records"

    @property
    def plate(self) -> Path:
        return self.root / "plate"

    @property
    def weights(self) -> Path:
        return self.root / "weights"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.sqlite"

    @property
    def lock(self) -> Path:
        return self.root / "booth.lock"

    @property
    def token_key(self) -> Path:
        return self.root / "token.key"

    @property
    def address(self) -> Path:
        return self.root / "address.txt"

    def original(self, photo_id: str) -> Path:
        return self.originals / f"{photo_id}.png"

    def side_car(self, photo_id: str) -> Path:
        return self.originals / f"{photo_id}.json"

    def composite(self, photo_id: str) -> Path:
        return self.composites / f"{photo_id}.jpg"


def data_folder(settings: SpoolSettings) -> Path:
    """The configured folder, or the system's place for a user's data."""
    return settings.data.expanduser().absolute() if settings.data else user_data_path("booth", False)


def prints_of(folders: Folders, printer: PrinterSettings) -> Path:
    """Where a printer takes its sheets from: its own folder, or "prints" in the data folder."""
    return printer.folder.expanduser().absolute() if printer.folder else folders.root / "prints"


def make_folders(settings: SpoolSettings) -> Folders:
    """Make what is missing of the data folder.

    A printer's folder that the configuration names is not made: if it is not there, its disk is not.
    """
    root = data_folder(settings)
    configured = settings.printer.folder
    folders = Folders(root, configured.expanduser().absolute() if configured else root / "prints")
    inside = (folders.originals, folders.composites, folders.records, folders.plate, folders.weights)
    try:
        for folder in (root, *inside, root / "prints"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise told(error, root) from error
    return folders


def sweep(folders: Folders) -> int:
    """Remove what interrupted writing left behind, and give the count of files.

    The printer's folder is not swept: its half-laid sheets are the printer's to finish.
    """
    places = (folders.root, folders.originals, folders.composites, folders.records, folders.plate)
    return sum(remove(place.glob(f".*{TEMPORARY}")) for place in places)


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """Room on the disk: `photos_left` until the booth stops taking photos. `state` "low": tell the operator;
    "full": take no photo."""

    free_mb: int
    photos_left: int
    state: Literal["ok", "low", "full"]


def disk_room(path: Path, stop_below_mb: int, warn_below_mb: int) -> DiskRoom:
    """Measure the room left where `path` lies; MB are millions of bytes."""
    try:
        free = shutil.disk_usage(path).free
    except OSError as error:
        raise told(error, path) from error
    left = max(0, free - stop_below_mb * MEGABYTE)
    free_mb = free // MEGABYTE
    state: Literal["ok", "low", "full"] = "ok" if free_mb >= warn_below_mb else "low"
    return DiskRoom(free_mb, left // BYTES_A_PHOTO, "full" if free_mb < stop_below_mb else state)
