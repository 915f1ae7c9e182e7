"""The small YAML beside a backdrop: title, floor line, safe area, light."""

from __future__ import annotations

import difflib
import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from booth.errors import PictureError
from booth.images import read_bytes
from booth.sentences import Sentence, say

MAX_BYTES = 64_000
LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
# besides its own, PyYAML lets through what int(), float() and date() raise on odd values
_YAML_FAULTS = (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2


@dataclass(frozen=True, slots=True)
class Details:
    """What the YAML says; None where it is silent. Lengths are fractions of the picture file, upright."""

    titles: Mapping[str, str] | None = None
    floor: float | None = None
    safe: tuple[float, float, float, float] | None = None
    light: float = 0.0
    writing: bool = False
    sha256: str | None = None


def read_details(path: Path) -> Details:
    """The details in a YAML file.

    Raises
    ------
    PictureError
        Naming the file and every key that is wrong, with what was given and what is expected.
    """
    given = _mapping(path)
    problems: list[str] = []
    values: dict[str, Any] = {}
    for key, value in islice(given.items(), 2 * len(_READERS)):
        if key not in _READERS:
            problems.append(f"{_show(key)}: unknown key{_did_you_mean(key)}")
            continue
        try:
            values[_FIELDS.get(key, key)] = _READERS[key](value)
        except ValueError as fault:
            problems.append(f"{key}: {fault}")
    if len(given) > 2 * len(_READERS):
        problems.append(f"{len(given)} keys in all, expected at most {len(_READERS)}")
    if problems:
        raise _refused(path, say("words", words="; ".join(problems)))
    return Details(**values)


def _mapping(path: Path) -> dict[Any, Any]:
    try:
        data = read_bytes(path)
    except PictureError as fault:
        raise _refused(path, fault.what) from fault
    if len(data) > MAX_BYTES:
        raise _refused(path, say("sidecar.long", count=len(data), most=MAX_BYTES))
    try:
        given = yaml.safe_load(data)
    except _YAML_FAULTS as fault:
        raise _refused(path, say("sidecar.no_yaml", why=_where(fault))) from fault
    if not isinstance(given, dict):
        raise _refused(path, say("sidecar.no_lines", given=_show(given)))
    return given


def _refused(path: Path, what: Sentence) -> PictureError:
    return PictureError(say("of_file", file=path.name, what=what), say("sidecar.help"))


def _where(fault: Exception) -> str:
    mark = getattr(fault, "problem_mark", None)
    if mark is None:
        return _SHORT.repr(str(fault)) if not isinstance(fault, RecursionError) else "nested too deeply"
    return f"line {mark.line + 1}: {getattr(fault, 'problem', fault)}"


def _show(value: Any) -> str:
    # aliases can make a value whose full text would have millions of leaves
    return _SHORT.repr(value)


def _did_you_mean(key: Any) -> str:
    near = difflib.get_close_matches(str(key)[:40], _READERS, n=1)
    return f", did you mean {near[0]}?" if near else f", expected one of {', '.join(_READERS)}"


def _number(value: Any, low: float, high: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{_show(value)} given, expected a number from {low:g} to {high:g}")
    return float(value)


def _titles(value: Any) -> Mapping[str, str]:
    if isinstance(value, str):
        value = {"en": value}
    if not isinstance(value, dict) or not value:
        raise ValueError(f"{_show(value)} given, expected a text, or texts such as {{en: Beach, de: Strand}}")
    for language, text in value.items():
        if language not in LANGUAGES:
            raise ValueError(f"unknown language {_show(language)}, expected one of {', '.join(LANGUAGES)}")
        if not isinstance(text, str) or not text.strip() or len(text) > 60:
            raise ValueError(
                f"{_show(text)} given for {language}, expected a text of 1 to 60 characters in quotes"
            )
    first = next(iter(value.values()))
    return {"en": first} | {language: text.strip() for language, text in value.items()}


def _safe(value: Any) -> tuple[float, float, float, float]:
    if not isinstance(value, list) or len(value) != 4:
        raise ValueError(f"{_show(value)} given, expected [left, top, right, bottom]")
    left, top, right, bottom = (_number(edge, 0, 1) for edge in value)
    if right - left < 0.1 or bottom - top < 0.1:
        raise ValueError(
            f"{_show(value)} given, expected [left, top, right, bottom] with right and bottom at least 0.1 "
            "beyond left and top"
        )
    return left, top, right, bottom


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{_show(value)} given, expected true or false")
    return value


def _sha256(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise ValueError(f"{_show(value)} given, expected 64 hexadecimal digits in quotes")
    return value.lower()


_FIELDS = {"title": "titles"}
_READERS: dict[str, Callable[[Any], Any]] = {
    "title": _titles,
    "floor": lambda value: _number(value, 0, 1),
    "safe": _safe,
    "light": lambda value: _number(value, 0, 360) % 360,
    "writing": _truth,
    "sha256": _sha256,
}
