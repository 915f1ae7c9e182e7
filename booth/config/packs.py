"""Event packs: one folder or zip with everything that makes an occasion, laid over the booth's own settings.

    pack.yaml      sections event, scene, visit, and spool.printer and spool.sheet as far as they concern the print
    backdrops/     pictures, each with a small YAML if wanted
    frame.png      laid over every picture (scene.layout.picture)
    fonts/         one typeface for the caption (scene.layout.font)
    texts/         en.yaml, de.yaml …: the words that differ from the house's

A pack is copied into the data folder before it is used, so that it does not go away with the stick that it came on.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from booth.config.loading import settings_from, text_in
from booth.config.problems import Problem, said
from booth.config.reading import Reading
from booth.config.settings import Settings
from booth.config.tree import tree_of
from booth.errors import ConfigError, SpoolError
from booth.files import publish, told

SHEET = "pack.yaml"
FOLDER = "packs"
"""Folder of the data folder in which packs lie."""
POINTER = "in-use.json"
MOST_FILES = 500
MOST_BYTES = 500_000_000
LARGEST_BYTES = 100_000_000
ALLOWED = (
    *("event", "scene", "visit", "spool.sheet", "screen.lens", "screen.sound", "screen.large_text"),
    *("spool.printer.size", "spool.printer.dpi", "spool.printer.border", "spool.printer.format"),
)
"""What a pack may set; the rest belongs to the machine."""
_FONTS = (".ttf", ".otf")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was read: `given` is what it sets, by section, as Settings would dump it."""

    folder: Path
    name: str
    given: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InUse:
    """Which pack is in use, and the one before it, to go back to until the first photo has come out well.

    `folder` is empty for none; `why` says why the last one was given up, empty where none was.
    """

    folder: str
    before: str
    is_proven: bool
    why: str = ""


def read_pack(folder: Path) -> Pack:
    """Read a pack's folder.

    Raises
    ------
    ConfigError
        With all problems at once, one a line: `file:line: key: what is wrong, what was given, the remedy`.
    """
    file = folder / SHEET
    text = text_in(file)
    settings = settings_from(text, file)
    found = _keys(text, file)
    strangers = [
        Problem(line, key, "does not belong into a pack, but into the booth's own configuration; delete it")
        for key, line in found.items()
        if not _belongs(key)
    ]
    if strangers:
        raise ConfigError(said(strangers, file))
    given: dict[str, Any] = {}
    for key in found:
        value = _value(settings, key)
        if not isinstance(value, dict):
            _put(given, key, value)
    for key, value in _beside(folder, found):
        _put(given, key, value)
    return Pack(folder, settings.event.name if "event.name" in found else folder.name, given)


def with_pack(settings: Settings, pack: Pack) -> Settings:
    """Lay a pack over settings.

    Raises
    ------
    ConfigError
        If the two do not go together.
    """
    try:
        return Settings.model_validate(_merged(settings.model_dump(), pack.given))
    except ValidationError as error:
        words = "; ".join(_in_words(details) for details in error.errors())
        raise ConfigError(
            f"{pack.folder / SHEET}: does not go with the booth's configuration: {words}"
        ) from error


def in_use(packs: Path) -> InUse:
    """Which pack of the data folder's `packs` is in use."""
    try:
        kept = json.loads((packs / POINTER).read_bytes())
        return InUse(str(kept["folder"]), str(kept["before"]), bool(kept["is_proven"]), str(kept["why"]))
    except (OSError, ValueError, KeyError, TypeError):
        return InUse("", "", True)


def is_copy_of(now: InUse, path: Path) -> bool:
    """Whether the pack in use was taken from a folder or zip of this name."""
    return now.folder.rpartition("-")[0] == _slug(path.stem)


def use(packs: Path, path: Path | None) -> InUse:
    """Copy a pack into `packs` and take it into use; None goes back to no pack.

    Raises
    ------
    ConfigError
        If it is no good.
    SpoolError
        If it cannot be written.
    """
    if path is None:
        return _point(packs, InUse("", "", True))
    before = in_use(packs)
    return _point(packs, InUse(_taken_in(packs, path).name, before.folder, False))


def prove(packs: Path) -> None:
    """Keep the pack in use: its first photo came out well."""
    now = in_use(packs)
    if not now.is_proven:
        _point(packs, replace(now, is_proven=True))


def roll_back(packs: Path, why: str) -> bool:
    """Go back to what was used before a pack that is not proven; whether there was one."""
    now = in_use(packs)
    if now.is_proven:
        return False
    _point(packs, InUse(now.before, "", True, f"{now.folder} was given up: {why}"))
    return True


def opened(path: Path, room: Path) -> Path:
    """Give the folder of a pack: a folder itself, a zip unpacked below `room`.

    Raises
    ------
    ConfigError
        If it is no pack, or holds what no pack may.
    """
    if path.is_dir():
        _check_files(path)
        return path
    if not path.exists():
        raise ConfigError(f"{path}: is not there; name a folder or a zip")
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpacked(archive, path, room)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise ConfigError(f"{path}: is no zip that can be read ({error}); make it again") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be unpacked ({error.strerror or error})") from error


def _taken_in(packs: Path, path: Path) -> Path:
    """Copy a pack below its own digest, whole or not at all."""
    try:
        packs.mkdir(mode=0o700, parents=True, exist_ok=True)
        room = packs / f".{uuid.uuid4().hex}.tmp"
        room.mkdir(mode=0o700)
        try:
            source = opened(path, room / "zip")
            read_pack(source)
            shutil.copytree(source, room / "pack")
            named = packs / f"{_slug(path.stem)}-{_digest(room / 'pack')}"
            if not named.exists():
                (room / "pack").rename(named)
            read_pack(named)
            return named
        finally:
            shutil.rmtree(room, ignore_errors=True)
    except (OSError, shutil.Error) as error:
        raise SpoolError(f"{path}: could not be copied into {packs} ({error}); look at both disks") from error


def _point(packs: Path, to: InUse) -> InUse:
    try:
        packs.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise told(error, packs) from error
    publish(packs / POINTER, json.dumps(asdict(to)).encode())
    return to


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "pack"


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


# --- what may be in a pack ---------------------------------------------------------------------------------


def _check_files(folder: Path) -> None:
    count = size = 0
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise ConfigError(f"{path}: is a link, which no pack may hold; put the file itself there")
        if path.is_file():
            count, size = count + 1, size + path.stat().st_size
        _check_caps(folder, count, size)


def _check_caps(path: Path, count: int, size: int) -> None:
    if count > MOST_FILES:
        raise ConfigError(f"{path}: has more than {MOST_FILES} files; a pack holds what one event needs")
    if size > MOST_BYTES:
        raise ConfigError(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB; make its pictures smaller")


def _unpacked(archive: zipfile.ZipFile, path: Path, room: Path) -> Path:
    """Unpack a zip whose every name stays inside; sizes are counted as they come, not as the zip says."""
    members = [each for each in archive.infolist() if not each.is_dir()]
    _check_caps(path, len(members), sum(each.file_size for each in members))
    seen: set[str] = set()
    written = 0
    for member in members:
        name = _safe_name(member, path)
        if str(name).casefold() in seen:
            raise ConfigError(f"{path}: has {name} twice; make the zip again")
        seen.add(str(name).casefold())
        target = room.joinpath(*name.parts)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written += _written(archive, member, target, path)
        _check_caps(path, 0, written)
    tops = {name.parts[0] for name in (PurePosixPath(each.filename) for each in members)}
    if not (room / SHEET).exists() and len(tops) == 1 and (room / next(iter(tops)) / SHEET).exists():
        return room / next(iter(tops))
    return room


def _safe_name(member: zipfile.ZipInfo, path: Path) -> PurePosixPath:
    name = PurePosixPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ConfigError(f"{path}: {member.filename} is no plain file; put the file itself into the zip")
    if member.flag_bits & 1:
        raise ConfigError(f"{path}: is encrypted; make it without a password")
    odd = name.is_absolute() or ".." in name.parts or not name.parts or len(name.parts) > 8
    if odd or any(sign in member.filename for sign in "\\:\0") or not member.filename.isprintable():
        raise ConfigError(
            f"{path}: has a file named {member.filename!r}, which leads out of it; make it again"
        )
    return name


def _written(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, path: Path) -> int:
    size = 0
    with archive.open(member) as source, target.open("xb") as file:
        while chunk := source.read(1 << 20):
            size += len(chunk)
            if size > LARGEST_BYTES:
                raise ConfigError(f"{path}: {member.filename} is larger than {LARGEST_BYTES // 1_000_000} MB")
            file.write(chunk)
    return size


# --- what a pack says --------------------------------------------------------------------------------------


def _keys(text: str, file: Path) -> dict[str, int]:
    tree = tree_of(text)
    reading = Reading(tree.lines, file.parent.absolute(), list(tree.problems))
    reading.settings(tree.root)
    return reading.found


def _belongs(key: str) -> bool:
    return any(key == each or key.startswith(f"{each}.") or each.startswith(f"{key}.") for each in ALLOWED)


def _value(settings: Settings, key: str) -> Any:
    value: Any = settings.model_dump()
    for part in key.split("."):
        value = value[part]
    return value


def _put(tree: dict[str, Any], key: str, value: Any) -> None:
    *sections, name = key.split(".")
    for section in sections:
        tree = tree.setdefault(section, {})
    tree[name] = value


def _beside(folder: Path, found: dict[str, int]) -> Iterator[tuple[str, Any]]:
    """What lies in the folder under its usual name needs no line in the file."""
    backdrops, frame, texts = folder / "backdrops", folder / "frame.png", folder / "texts"
    fonts = sorted(each for each in (folder / "fonts").glob("*") if each.suffix.lower() in _FONTS)
    if backdrops.is_dir() and "scene.folders" not in found:
        yield "scene.folders", (backdrops.absolute(),)
        if "scene.house_backdrops" not in found:
            yield "scene.house_backdrops", False
    if frame.is_file() and "scene.layout.picture" not in found:
        yield "scene.layout.picture", frame.absolute()
    if fonts and "scene.layout.font" not in found:
        yield "scene.layout.font", fonts[0].absolute()
    if texts.is_dir() and "event.texts" not in found:
        yield "event.texts", texts.absolute()


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _merged(value, above[name])
        if isinstance(value, dict) and isinstance(above.get(name), dict)
        else above.get(name, value)
        for name, value in below.items()
    }


def _in_words(details: Any) -> str:
    context = details.get("ctx", {})
    key = ".".join(
        [*(str(part) for part in details["loc"]), *([context["field"]] if context.get("field") else [])]
    )
    return f"{key}: {context.get('problem', details['msg'])}"
