"""The backdrops that guests may choose from, and everything that is wrong with the others."""

from __future__ import annotations

import difflib
import hashlib
import os
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from booth.arrays import Rgb8, read_only
from booth.config.settings import SceneSettings
from booth.errors import PictureError
from booth.images import SUFFIXES, Picture, Remark, decode, on_white, read_bytes, to_srgb
from booth.scene.sidecar import Details, read_details
from booth.sentences import listed, say
from booth.shot import Backdrop, Notice

HOUSE_BACKDROPS = Path(__file__).parents[2] / "backgrounds"
"""Where the backdrops that come with Booth lie."""
FLOOR = 0.93
SAFE = (0.08, 0.10, 0.92, 1.0)
SMALL = 640
OTHER_PICTURES = {
    *(".heic", ".heif", ".avif", ".gif", ".bmp", ".tif", ".tiff", ".svg", ".psd", ".pdf"),
    *(".jp2", ".jxl", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".dng"),
}
Box = tuple[float, float, float, float]


def load_backdrops(
    settings: SceneSettings, house: Path, size: int = 1920
) -> tuple[tuple[Backdrop, ...], tuple[Notice, ...]]:
    """Every backdrop that can be offered, `size` pixels wide and high, and a notice for each that cannot.

    The operator's folders come first, then that of the house; of two with the same id the first counts.
    `settings.offered` picks and orders; only what is offered is decoded.
    """
    folders = (*settings.folders, *((house,) if settings.house_backdrops else ()))
    found, notices = _find(folders)
    chosen, unknown = _pick(found, settings.offered)
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="backdrops") as pool:
        loaded = list(pool.map(lambda path: _attempt(path, size), chosen))
    backdrops = tuple(backdrop for backdrop, _ in loaded if backdrop is not None)
    notices += unknown + [notice for _, about in loaded for notice in about]
    if not backdrops:
        notices.append(Notice("backdrops", "fault", say("backdrops.none"), say("backdrops.none.help")))
    return backdrops, tuple(notices)


def load_backdrop(path: Path, size: int = 1920) -> tuple[Backdrop, tuple[Remark, ...]]:
    """One backdrop from its picture and the YAML beside it, cut to a square and scaled to `size`.

    Returns
    -------
    backdrop : Backdrop
        Its image is uint8 of shape (size, size, 3), sRGB, read-only.
    remarks : tuple of Remark
        What is not as it should be, though it can be used.

    Raises
    ------
    PictureError
        If the picture or its YAML cannot be used.
    """
    data = read_bytes(path)
    details = _details(path)
    if details.sha256 is not None and hashlib.sha256(data).hexdigest() != details.sha256:
        raise PictureError(say("backdrop.other_sha"), say("backdrop.other_sha.help"))
    picture = decode(data, path.suffix, shorter_side=size)
    square = _square(picture.width, picture.height, details.safe)
    image, remarks = _render(picture, square, size)
    shorter = min(picture.width, picture.height)
    if shorter < SMALL:
        what = say("backdrop.soft", width=picture.width, height=picture.height)
        remarks += (Remark(what, say("picture.larger")),)
    backdrop = Backdrop(
        id=backdrop_id(path),
        titles=details.titles or {"en": _title(path)},
        image=read_only(image),
        floor=FLOOR if details.floor is None else _within(details.floor, square[1], square[3]),
        safe=SAFE if details.safe is None else _safe_within(details.safe, square),
        light=details.light,
        writing=details.writing,
    )
    return backdrop, picture.remarks + remarks


def thumbnail(backdrop: Backdrop, size: int) -> Rgb8:
    """The backdrop's picture, `size` pixels wide and high."""
    return cv2.resize(backdrop.image, (size, size), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def backdrop_id(path: Path) -> str:
    """The name by which `scene.offered` calls a picture: the file's, without its ending."""
    # a stick written on a Mac has its umlauts in two characters
    return unicodedata.normalize("NFC", path.stem)


def _find(folders: Iterable[Path]) -> tuple[dict[str, Path], list[Notice]]:
    found: dict[str, Path] = {}
    notices: list[Notice] = []
    for folder in folders:
        try:
            entries = sorted(folder.iterdir())
        except OSError as fault:
            notices.append(_folder_notice(folder, fault))
            continue
        pictures, strange = _sort_out(entries)
        notices += strange
        if not pictures:
            about = Remark(say("backdrops.empty"), say("backdrops.empty.help"))
            notices.append(_notice(folder, "warning", about))
        for path in pictures:
            first = found.setdefault(backdrop_id(path), path)
            if first is not path:
                about = Remark(say("backdrop.twin", first=first), say("backdrop.twin.help"))
                notices.append(_notice(path, "warning", about))
    return found, notices


def _sort_out(entries: list[Path]) -> tuple[list[Path], list[Notice]]:
    """The pictures in a folder, and notices about files that were meant to be some."""
    # hidden files: macOS leaves ._beach.jpg beside beach.jpg on a stick
    entries = [path for path in entries if not path.name.startswith(".")]
    pictures = [path for path in entries if path.suffix.lower() in SUFFIXES]
    stems = {path.stem for path in entries if path.suffix.lower() in SUFFIXES.keys() | OTHER_PICTURES}
    notices = []
    for path in entries:
        if path.suffix.lower() in OTHER_PICTURES:
            kind = path.suffix[1:].upper()
            what = Remark(say("picture.format", kind=kind), say("picture.format.help"))
            notices.append(_notice(path, "fault", what))
        if path.suffix.lower() in (".yaml", ".yml") and path.stem not in stems:
            what = Remark(say("backdrop.alone"), say("backdrop.alone.help", name=path.stem))
            notices.append(_notice(path, "fault", what))
    return pictures, notices


def _folder_notice(folder: Path, fault: OSError) -> Notice:
    if isinstance(fault, FileNotFoundError):
        about = Remark(say("backdrops.missing"), say("backdrops.missing.help"))
    elif isinstance(fault, NotADirectoryError):
        about = Remark(say("backdrops.file"), say("backdrops.file.help"))
    else:
        what = say("backdrops.closed", why=str(fault.strerror or fault))
        about = Remark(what, say("backdrops.closed.help"))
    return _notice(folder, "fault", about)


def _pick(found: dict[str, Path], offered: tuple[str, ...]) -> tuple[list[Path], list[Notice]]:
    if not offered:
        return list(found.values()), []
    wanted = dict.fromkeys(unicodedata.normalize("NFC", name) for name in offered)
    unknown = [_unknown(name, found) for name in wanted if name not in found]
    return [found[name] for name in wanted if name in found], unknown


def _unknown(name: str, found: Iterable[str]) -> Notice:
    known = {other.casefold(): other for other in found}
    near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
    if near:
        remedy = say("backdrop.near", name=known[near[0]])
    else:
        remedy = say("backdrop.known", names=", ".join(sorted(known.values())))
    return Notice(f"backdrop:{name}", "fault", say("backdrop.unknown", name=repr(name)), remedy)


def _attempt(path: Path, size: int) -> tuple[Backdrop | None, list[Notice]]:
    try:
        backdrop, remarks = load_backdrop(path, size)
    except PictureError as fault:
        return None, [_notice(path, "fault", Remark(fault.what, fault.remedy))]
    if not remarks:
        return backdrop, []
    # one notice a file, as a later one of the same key would replace it
    about = Remark(listed(each.what for each in remarks), listed(each.remedy for each in remarks))
    return backdrop, [_notice(path, "warning", about)]


def _notice(path: Path, level: str, about: Remark) -> Notice:
    return Notice(f"backdrop:{path}", level, say("of_file", file=path, what=about.what), about.remedy)


def _details(path: Path) -> Details:
    beside = [path.with_suffix(ending) for ending in (".yaml", ".yml")]
    return next((read_details(yaml) for yaml in beside if yaml.exists() or yaml.is_symlink()), Details())


def _title(path: Path) -> str:
    words = backdrop_id(path).replace("_", " ").replace("-", " ").split()
    title = " ".join(words)
    return title[:1].upper() + title[1:]


def _square(width: int, height: int, safe: Box | None) -> Box:
    """The square to cut from a picture, as fractions of it: the largest, round the centre of the safe area."""
    left, top, right, bottom = safe or (0.0, 0.0, 1.0, 1.0)
    side_x, side_y = min(1.0, height / width), min(1.0, width / height)
    x = min(max((left + right - side_x) / 2, 0.0), 1.0 - side_x)
    y = min(max((top + bottom - side_y) / 2, 0.0), 1.0 - side_y)
    return x, y, x + side_x, y + side_y


def _within(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _safe_within(safe: Box, square: Box) -> Box:
    left, top, right, bottom = square
    return (
        _within(safe[0], left, right),
        _within(safe[1], top, bottom),
        _within(safe[2], left, right),
        _within(safe[3], top, bottom),
    )


def _render(picture: Picture, square: Box, size: int) -> tuple[Rgb8, tuple[Remark, ...]]:
    colour, remarks = to_srgb(_cut(picture.colour, square, size), picture.profile)
    if picture.alpha is None:
        return np.array(colour), remarks
    alpha = _cut(picture.alpha, square, size)
    if alpha.getextrema() != (255, 255):
        remarks += (Remark(say("backdrop.see_through"), say("backdrop.see_through.help")),)
        colour = on_white(colour, alpha)
    return np.array(colour), remarks


def _cut(image: Image.Image, square: Box, size: int) -> Image.Image:
    width, height = image.size
    box = (square[0] * width, square[1] * height, square[2] * width, square[3] * height)
    if image.size == (size, size):
        return image
    return image.resize((size, size), Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)
