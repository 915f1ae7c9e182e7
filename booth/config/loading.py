"""A configuration file becomes Settings, or one ConfigError with every problem in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from booth.config.fields import fields_below, items_of, keys_below, measure_of
from booth.config.problems import Problem, said, shown
from booth.config.reading import Reading
from booth.config.settings import Settings
from booth.config.tree import tree_of
from booth.config.values import did_you_mean
from booth.errors import ConfigError

LARGEST = 256_000
"""Bytes beyond which a file is not read."""
HOUSE_FILE = Path(__file__).resolve().parents[2] / "config" / "booth.yaml"
"""The file that is taken where none is asked for."""


def load(path: Path | None = None) -> Settings:
    """Read a configuration file; without one, `config/booth.yaml` if it is there, else the defaults.

    Raises
    ------
    ConfigError
        With all problems at once, one a line: `file:line: key: what is wrong, what was given, the remedy`.
    """
    file = path or house_file()
    return settings_from(text_in(file), file) if file else Settings()


def house_file() -> Path | None:
    """Give the configuration that comes with Booth, or None where it was taken away."""
    return HOUSE_FILE if HOUSE_FILE.exists() else None


def text_in(file: Path) -> str:
    """Read a file's text.

    Raises
    ------
    ConfigError
        If it is not there, is not a file, cannot be read, is too large or is not UTF-8.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{file}: {_unreadable(file, error)}") from error
    if len(data) > LARGEST:
        raise ConfigError(f"{file}: is larger than {LARGEST // 1000} kB; this is no configuration of Booth")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data[: error.start].count(b"\n") + 1
        what = f"is not written in UTF-8 (byte 0x{data[error.start]:02x}); save the file again as UTF-8"
        raise ConfigError(Problem(number, "", what).said(file)) from error


def settings_from(text: str, file: Path, base: Path | None = None) -> Settings:
    """Make settings of YAML text; `file` stands in the messages, relative paths start at `base`, its folder.

    Raises
    ------
    ConfigError
        With all problems at once, one a line.
    """
    tree = tree_of(text)
    reading = Reading(tree.lines, (base or file.parent).absolute(), list(tree.problems))
    data = reading.settings(tree.root)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        before = [problem.key for problem in reading.problems]
        faults = [details for details in error.errors() if not _may_follow(details, before)]
        reading.problems += [_problem(details, reading.found) for details in faults]
        raise ConfigError(said(reading.problems, file)) from error
    if reading.problems:
        raise ConfigError(said(reading.problems, file))
    return settings


def _unreadable(file: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        beside = [near.name for near in file.parent.glob("*.y*ml")] if file.parent.is_dir() else []
        return f"is not there{did_you_mean(file.name, beside) or '; look at the name after --config'}"
    if isinstance(error, IsADirectoryError):
        return "is a folder; name the file in it"
    if isinstance(error, PermissionError):
        return "may not be read by this user; change its permissions"
    return f"cannot be read ({error.strerror}); look after the disk or stick that it lies on"


def _may_follow(details: ErrorDetails, before: Iterable[str]) -> bool:
    """Whether two keys may clash only because one of them was wrong and left out."""
    key = _key(details)
    section = key.rpartition(".")[0]
    return bool(details.get("ctx", {}).get("field")) and any(k.startswith(section) for k in before)


def _problem(details: ErrorDetails, found: Mapping[str, int]) -> Problem:
    """Put pydantic's error into the operator's words and find its line."""
    key = _key(details)
    say = _WORDS.get(details["type"])
    what = say(key, details) if say else f"{details['msg'].lower()}; given {shown(details['input'])}"
    place = key
    while place not in found and place:
        place = place.rpartition(".")[0]
    return Problem(found.get(place, 0), key, what)


def _key(details: ErrorDetails) -> str:
    known = set(keys_below())
    lists = {name for name, field in fields_below() if items_of(field)}
    parts = [*details["loc"], details.get("ctx", {}).get("field", "")]
    key = ""
    for part in parts:
        longer = f"{key}.{part}" if key else str(part)
        within = any(key == name or key.startswith(f"{name}.") for name in lists) and part != ""
        key = longer if within or longer in known else key
    return key


def _out_of_range(key: str, details: ErrorDetails) -> str:
    return f"must be {measure_of(_field_at(key))}; given {details['input']:.15g}"


def _field_at(key: str) -> FieldInfo:
    """The setting of a key, also of one within a list of sections: "spool.printers.0.dpi"."""
    fields = dict(fields_below())
    if key in fields:
        return fields[key]
    name = next(name for name in fields if key.startswith(f"{name}."))
    return items_of(fields[name])[key.rpartition(".")[2]]


def _too_long(key: str, details: ErrorDetails) -> str:
    limit = details["ctx"]["max_length"]
    return f"must have at most {limit} characters; given {len(details['input'])}"


_WORDS: Mapping[str, Callable[[str, ErrorDetails], str]] = {
    **dict.fromkeys(("greater_than", "greater_than_equal", "less_than", "less_than_equal"), _out_of_range),
    "string_too_long": _too_long,
    "string_too_short": lambda key, details: "must not be empty; delete the line to have the default",
    "too_short": lambda key, details: "must name at least one; delete the line to have the default",
    "booth": lambda key, details: str(details["ctx"]["problem"]),
}
