"""Read a folder of pictures with known truth, described by its `manifest.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from booth.arrays import Alpha, Probability, Rgb8

REQUIRED = ("name", "level", "image", "plate", "alpha", "fg", "coarse")


class ManifestError(Exception):
    """The manifest or one of its pictures cannot be used."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one composite's pictures lie. `group` is the set that it belongs to."""

    name: str
    group: str
    level: str
    image: Path
    plate: Path
    alpha: Path
    foreground: Path
    coarse: Path


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One composite, read: the camera's picture, the clean plate, the coarse mask and the truth."""

    image: Rgb8
    plate: Rgb8
    coarse: Probability
    alpha: Alpha
    foreground: Rgb8


def read_manifest(path: Path) -> tuple[Entry, ...]:
    """Read the composites that a manifest lists; `path` may be the file or its folder.

    Raises
    ------
    ManifestError
        Saying what is missing.
    """
    file = path / "manifest.json" if path.is_dir() else path
    try:
        listed = json.loads(file.read_text("utf-8"))["composites"]
    except FileNotFoundError:
        raise ManifestError(f"there is no manifest at {file}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ManifestError(f"{file} is not a manifest with a list «composites»: {error!r}") from error
    return tuple(_entry(row, file.parent) for row in listed)


def _entry(row: dict[str, str], folder: Path) -> Entry:
    missing = [key for key in REQUIRED if key not in row]
    if missing:
        raise ManifestError(f"composite {row.get('name', '?')} lacks {', '.join(missing)}")
    paths = [folder / row[key] for key in ("image", "plate", "alpha", "fg", "coarse")]
    return Entry(row["name"], row.get("source", "composites"), row["level"], *paths)


def read_sample(entry: Entry) -> Sample:
    """Read one composite's five pictures."""
    return Sample(
        image=_read_rgb(entry.image),
        plate=_read_rgb(entry.plate),
        coarse=_read_share(entry.coarse),
        alpha=_read_share(entry.alpha),
        foreground=_read_rgb(entry.foreground),
    )


def _read_rgb(path: Path) -> Rgb8:
    return np.asarray(cv2.cvtColor(_read(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)


def _read_share(path: Path) -> Alpha:
    return _read(path, cv2.IMREAD_GRAYSCALE).astype(np.float32) / np.float32(255)


def _read(path: Path, flags: int) -> Rgb8:
    picture = cv2.imread(str(path), flags)
    if picture is None:
        raise ManifestError(f"{path} is missing or is no picture")
    return np.asarray(picture, np.uint8)
