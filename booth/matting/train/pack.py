"""Photographs with rough masks, cleaned and packed into one file that worker processes map into memory.

For every photograph: the picture, its cleaned alpha, the person's own colours without the old background's tint
(a tint at the edge would tell the network where something was pasted), and the place with the person removed.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8

Plane = NDArray[np.float32]

LONGER = 640
"""Longer side of a packed photograph: a head in it is still 80 pixels high."""
HELD_BACK = 0.075
"""Share of the good photographs that validation keeps, chosen by their names alone."""
LEAST_PIECE = 0.02
WINDOW = 0.0125
"""Half the guided filter's window, as a share of the longer side: rough masks are off by about that much."""


GUESSED = "guessed.txt"
"""Names of photographs whose masks a network made: good to learn from, but never to validate on or to cut out."""


class PhotosError(Exception):
    """The folder of photographs cannot be used."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a photograph and its mask lie; `good` means that the mask can be relied on."""

    name: str
    photo: Path
    mask: Path
    good: bool
    guessed: bool = False


def is_held_back(name: str) -> bool:
    """Whether validation keeps a photograph: by its name, so that no further photograph changes the choice."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < HELD_BACK


@dataclass(frozen=True, slots=True)
class Place:
    """Where one photograph's four pictures begin in the packed file, its size, and the person's box in it."""

    name: str
    good: bool
    guessed: bool
    held_back: bool
    offset: int
    height: int
    width: int
    box: tuple[int, int, int, int]
    head: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One packed photograph. `box` is left, top, right, bottom of the person; `head` the middle of the head."""

    picture: Rgb8
    alpha: NDArray[np.uint8]
    foreground: Rgb8
    emptied: Rgb8
    box: tuple[int, int, int, int]
    head: tuple[int, int]


class Pack:
    """The packed photographs, mapped and not read: as many processes as wanted share them."""

    def __init__(self, folder: Path) -> None:
        rows = json.loads((folder / "pack.json").read_text("utf-8"))["photos"]
        self.places = tuple(
            Place(**{**row, "box": tuple(row["box"]), "head": tuple(row["head"])}) for row in rows
        )
        self.crowds: frozenset[str] = frozenset()
        self._bytes = np.memmap(folder / "pack.bin", np.uint8, "r")

    def with_crowds(self, names: frozenset[str]) -> Pack:
        """Give the same photographs; those of the names are no empty places once their person is removed."""
        marked = copy.copy(self)
        marked.crowds = names
        return marked

    def photo(self, place: Place) -> Photo:
        """Give views of one photograph's pictures."""
        area = place.height * place.width
        ends = place.offset + np.cumsum([0, 3 * area, area, 3 * area, 3 * area])
        parts = [self._bytes[a:b].reshape(place.height, place.width, -1) for a, b in itertools.pairwise(ends)]
        picture, alpha, foreground, emptied = parts
        return Photo(picture, alpha[..., 0], foreground, emptied, place.box, place.head)


def find_photos(*folders: Path) -> tuple[Found, ...]:
    """List what lies in `photos/` and has a mask of the same name in `masks/`; `good.txt` names the better masks.

    Raises
    ------
    PhotosError
        If there is none.
    """
    every: list[Found] = []
    for folder in folders:
        found = list(_photos_in(folder))
        if not found:
            raise PhotosError(f"{folder} holds no photos/NAME.jpg with a masks/NAME.png")
        every += found
    return tuple(every)


def _photos_in(folder: Path) -> Iterator[Found]:
    good, guessed = _listed(folder / "good.txt"), _listed(folder / GUESSED)
    for photo in sorted((folder / "photos").glob("*.jpg")):
        mask = folder / "masks" / f"{photo.stem}.png"
        if mask.exists():
            is_good = good is None or photo.stem in good
            yield Found(photo.stem, photo, mask, is_good, photo.stem in (guessed or ()))


def _listed(path: Path) -> set[str] | None:
    return set(path.read_text("utf-8").split()) if path.exists() else None


def open_pack(photos: Path | Sequence[Path], cache: Path, longer: int = LONGER, processes: int = 1) -> Pack:
    """Open the packed photographs, packing them first where the cache lacks them or has others."""
    found = find_photos(*([photos] if isinstance(photos, Path) else photos))
    key = {"longer": longer, "version": 2, "names": [one.name for one in found]}
    kept = cache / "pack.json"
    if not kept.exists() or json.loads(kept.read_text("utf-8"))["key"] != key:
        cache.mkdir(parents=True, exist_ok=True)
        rows = _pack(found, cache / "pack.bin", longer, processes)
        kept.write_text(json.dumps({"key": key, "photos": [asdict(row) for row in rows]}), "utf-8")
    return Pack(cache)


def _pack(found: Sequence[Found], path: Path, longer: int, processes: int) -> list[Place]:
    rows = []
    with path.open("wb") as file:
        for one, photo in zip(found, _all_read(found, longer, processes), strict=True):
            if photo is None:
                continue
            good, offset = one.good, file.tell()
            height, width = photo.alpha.shape
            held_back = good and not one.guessed and is_held_back(one.name)
            rows.append(
                Place(one.name, good, one.guessed, held_back, offset, height, width, photo.box, photo.head)
            )
            for part in (photo.picture, photo.alpha, photo.foreground, photo.emptied):
                file.write(np.ascontiguousarray(part).tobytes())
    return rows


def _all_read(found: Sequence[Found], longer: int, processes: int) -> Iterator[Photo | None]:
    """Read in fresh processes: forked ones would inherit the locks of torch's threads."""
    read = partial(_read, longer=longer)
    if processes < 2:
        yield from map(read, found)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(read, found, chunksize=4)


def _read(one: Found, longer: int) -> Photo | None:
    """Read and clean one photograph; None where its mask holds nobody."""
    cv2.setNumThreads(1)
    picture, mask = cv2.imread(str(one.photo)), cv2.imread(str(one.mask), cv2.IMREAD_GRAYSCALE)
    if picture is None or mask is None:
        raise PhotosError(f"{one.photo} or its mask is no picture")
    scale = min(1.0, longer / max(picture.shape[:2]))
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    rgb = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)
    whole = cleaned(np.asarray(cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 127))
    rough = np.asarray(cv2.resize(whole.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
    if rough.max() < 0.5:
        return None
    alpha = snapped(np.asarray(rgb / np.float32(255), np.float32), rough)
    foreground = own_colours(rgb, alpha)
    rows, columns = np.nonzero((alpha > 0.5).any(1))[0], np.nonzero((alpha > 0.5).any(0))[0]
    if rows.size < 8 or columns.size < 4:
        return None
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    shares = np.rint(alpha * 255).astype(np.uint8)
    return Photo(rgb, shares, foreground, emptied(rgb, box), box, _head(alpha, box))


def _head(alpha: Alpha, box: tuple[int, int, int, int]) -> tuple[int, int]:
    """The middle of the head: a standing person's is an eighth of the height."""
    _, top, _, bottom = box
    tall = max(2, (bottom - top) // 8)
    columns = alpha[top : top + tall].sum(0)
    return int((columns * np.arange(columns.size)).sum() / columns.sum()), top + tall // 2


def cleaned(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop specks and fill pinholes: a mask made of superpixels has both, a person has neither."""
    return ~_without_specks(~_without_specks(mask, LEAST_PIECE), LEAST_PIECE / 4)


def _without_specks(mask: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    keep = areas >= least * max(1, int(mask.sum()))
    keep[0] = False
    return np.asarray(keep[labels]) if count > 1 else mask


def snapped(guide: Plane, rough: Plane) -> Alpha:
    """Move a rough mask's outline to the picture's edges (He, K. et al.: Guided Image Filtering. ECCV 2010).

    Parameters
    ----------
    guide : float32 of shape (H, W, 3), in [0, 1]
    rough : float32 of shape (H, W), in [0, 1]
    """
    radius = max(1, round(WINDOW * max(rough.shape)))

    def mean(values: Plane) -> Plane:
        return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)

    means, about = mean(guide), mean(rough)
    together = mean(guide * rough[..., None]) - means * about[..., None]
    spread = np.empty((*rough.shape, 3, 3), np.float32)
    for row in range(3):
        for column in range(row, 3):
            product = mean(guide[..., row] * guide[..., column]) - means[..., row] * means[..., column]
            spread[..., row, column] = spread[..., column, row] = product
    slope = np.linalg.solve(spread + 1e-4 * np.eye(3, dtype=np.float32), together[..., None])[..., 0]
    base = about - (slope * means).sum(-1)
    soft = (mean(slope.astype(np.float32)) * guide).sum(-1) + mean(base.astype(np.float32))
    far = np.asarray(cv2.blur(rough, (4 * radius + 1, 4 * radius + 1)))
    sharp = np.clip((soft - 0.5) * 2.0 + 0.5, 0, 1)
    return np.where(far < 0.02, 0, np.where(far > 0.98, 1, sharp)).astype(np.float32)


def own_colours(picture: Rgb8, alpha: Alpha) -> Rgb8:
    """Estimate the person's colours (Forte, M.: Approximate Fast Foreground Colour Estimation. ICIP 2021)."""
    image, share = picture.astype(np.float32), alpha[..., None]
    side = 2 * max(2, round(0.02 * max(alpha.shape))) + 1

    def within(weight: Plane) -> Plane:
        total = cv2.blur(weight, (side, side))[..., None] + 1e-4
        return np.asarray(cv2.blur(image * weight[..., None], (side, side)) / total, np.float32)

    ours, theirs = within(alpha), within(1 - alpha)
    found = ours + share * (image - share * ours - (1 - share) * theirs)
    return np.asarray(np.clip(found, 0, 255), np.uint8)


def emptied(picture: Rgb8, box: tuple[int, int, int, int]) -> Rgb8:
    """Cover the person with the place beside, mirrored outwards from the box: sharp, if not the true place."""
    width = picture.shape[1]
    left, right = max(0, box[0] - 6), min(width, box[2] + 6)
    both = left >= 8 and width - right >= 8
    middle = (left + right) // 2 if both else right if left >= width - right else left
    columns = np.arange(width)
    inside_left, inside_right = (
        (columns >= left) & (columns < middle),
        (columns >= middle) & (columns < right),
    )
    columns[inside_left] = _mirrored(columns[inside_left] - left, left, reverse=True)
    columns[inside_right] = right + _mirrored(right - 1 - columns[inside_right], width - right, reverse=False)
    return np.ascontiguousarray(picture[:, np.clip(columns, 0, width - 1)])


def _mirrored(steps: NDArray[np.int64], length: int, reverse: bool) -> NDArray[np.int64]:
    """Walk to and fro over `length` columns, starting at the near end."""
    if length < 1:
        return steps * 0
    phase = steps % (2 * length)
    there = np.where(phase < length, phase, 2 * length - 1 - phase)
    return length - 1 - there if reverse else there
