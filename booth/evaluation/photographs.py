"""Photographs with a mask of their people, and a clean plate where there is one, found in any folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from booth.arrays import Alpha, Rgb8
from booth.evaluation.manifest import ManifestError, read_manifest

PICTURES = (".jpg", ".jpeg", ".png")
MASKS = ("_alpha", "_mask")
PLATE = "_plate"


@dataclass(frozen=True, slots=True)
class Photograph:
    """Where a photograph, its mask and its plate lie, where they exist; `group` is the folder or, of composites,
    the level. One without a mask can only be looked at."""

    name: str
    group: str
    image: Path
    mask: Path | None
    plate: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One photograph, read."""

    image: Rgb8
    alpha: Alpha
    plate: Rgb8 | None


def photographs_in(target: Path) -> tuple[Photograph, ...]:
    """List the photographs of a manifest or a folder, of which one at least has a mask.

    A folder holds `photos/NAME.*` with `masks/NAME.*` and perhaps `plates/NAME.*`, or `NAME.*` beside
    `NAME_alpha.*` or `NAME_mask.*` and perhaps `NAME_plate.*`.

    Raises
    ------
    ManifestError
        If there is none.
    """
    if target.is_file() or (target / "manifest.json").exists():
        entries = read_manifest(target)
        return tuple(
            Photograph(one.name, f"composites, {one.level}", one.image, one.alpha, one.plate)
            for one in entries
        )
    found = tuple(_in_rooms(target) if (target / "photos").is_dir() else _side_by_side(target))
    if not any(one.mask for one in found):
        raise ManifestError(f"{target} holds no photographs with masks")
    return found


def _in_rooms(folder: Path) -> Iterator[Photograph]:
    for image in _pictures(folder / "photos"):
        mask, plate = (_beside(folder / room / image.stem) for room in ("masks", "plates"))
        yield Photograph(image.stem, folder.name, image, mask, plate)


def _side_by_side(folder: Path) -> Iterator[Photograph]:
    for image in _pictures(folder):
        if image.stem.endswith((*MASKS, PLATE)):
            continue
        masks = (_beside(image.with_name(image.stem + ending)) for ending in MASKS)
        mask = next((path for path in masks if path), None)
        plate = _beside(image.with_name(image.stem + PLATE))
        yield Photograph(image.stem, folder.name, image, mask, plate)


def _pictures(folder: Path) -> list[Path]:
    listed = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in listed if path.suffix.lower() in PICTURES)


def _beside(stem: Path) -> Path | None:
    paths = (stem.with_name(stem.name + ending) for ending in PICTURES)
    return next((path for path in paths if path.exists()), None)


def read_case(photograph: Photograph) -> Case:
    """Read a photograph, its mask at the photograph's size, and its plate.

    Raises
    ------
    ManifestError
        If one of them is no picture.
    """
    if photograph.mask is None:
        raise ManifestError(f"{photograph.image} has no mask")
    image = read_image(photograph)
    mask = _read(photograph.mask, cv2.IMREAD_GRAYSCALE)
    if mask.shape != image.shape[:2]:
        mask = np.asarray(cv2.resize(mask, image.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)
    alpha = mask.astype(np.float32) / np.float32(255)
    plate = None if photograph.plate is None else _rgb(_read(photograph.plate, cv2.IMREAD_COLOR))
    return Case(image, alpha, plate)


def read_image(photograph: Photograph) -> Rgb8:
    """Read the photograph alone."""
    return _rgb(_read(photograph.image, cv2.IMREAD_COLOR))


def _rgb(picture: Rgb8) -> Rgb8:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _read(path: Path, flags: int) -> Rgb8:
    picture = cv2.imread(str(path), flags)
    if picture is None:
        raise ManifestError(f"{path} is missing or is no picture")
    return np.asarray(picture, np.uint8)
