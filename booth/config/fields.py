"""What a setting may be, in words: for the messages and for the commented file alike."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from booth.config.settings import Section, Settings, Unit

_LIMITS = ("gt", "ge", "le")


def section_of(field: FieldInfo) -> type[Section] | None:
    """Give the section that a field holds, or None for a plain setting."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def items_of(field: FieldInfo) -> Mapping[str, FieldInfo]:
    """Give the settings of each item where a field is a list of sections; else none."""
    kinds = get_args(bare(field.annotation))
    is_section = bool(kinds) and isinstance(kinds[0], type) and issubclass(kinds[0], Section)
    return kinds[0].model_fields if is_section else {}


def fields_below(section: type[Section] = Settings, path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Give each setting below a section with its dotted key, sections themselves left out."""
    for name, field in section.model_fields.items():
        below = section_of(field)
        if below is None:
            yield f"{path}{name}", field
        else:
            yield from fields_below(below, f"{path}{name}.")


def keys_below(section: type[Section] = Settings, path: str = "") -> Iterator[str]:
    """Give the dotted key of every section and setting."""
    for name, field in section.model_fields.items():
        yield f"{path}{name}"
        below = section_of(field)
        if below is not None:
            yield from keys_below(below, f"{path}{name}.")


def alternatives(kind: Any) -> tuple[Any, ...]:
    """Give the types that a union is made of, or the one type itself."""
    kind = bare(kind)
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def bare(kind: Any) -> Any:
    """Take the annotations off a type."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def choices(kind: Any) -> tuple[Any, ...]:
    """Give the values of a Literal, also of one within a union; empty where there is none."""
    literals = (part for part in alternatives(kind) if get_origin(part) is Literal)
    return tuple(value for literal in literals for value in get_args(literal))


def unit_of(field: FieldInfo) -> str:
    """Give what a number counts; empty where it has no unit."""
    return next((note.name for note in field.metadata if isinstance(note, Unit)), "")


def measure_of(field: FieldInfo) -> str:
    """Give limits and unit of a number in words: "320 to 7680 pixels"."""
    limits = {name: getattr(note, name) for note in field.metadata for name in _LIMITS if hasattr(note, name)}
    low = f"{_figure(limits['ge'])} to " if "ge" in limits else f"more than {limits.get('gt')}, up to "
    measured = f"{low}{_figure(limits['le'])}" if limits else ""
    return f"{measured} {unit_of(field)}".strip()


def expected(field: FieldInfo) -> str:
    """Say what a number must be: "a whole number, 320 to 7680 pixels"."""
    noun = "a whole number" if field.annotation is int else "a number"
    return ", ".join(part for part in (noun, measure_of(field)) if part)


def accepts(field: FieldInfo) -> str:
    """Say what may be written for a setting, for the comment behind it."""
    kind = alternatives(field.annotation)[0]
    if get_origin(kind) is tuple:
        return _accepts_list(get_args(kind), choices(field.annotation))
    if allowed := choices(kind):
        return f"{either(allowed)} {unit_of(field)}".rstrip()
    if kind is str:
        limit = next((note.max_length for note in field.metadata if hasattr(note, "max_length")), 0)
        return f"text, up to {limit} characters" if limit else "text"
    return {bool: "true or false", Path: "a folder or file"}.get(kind) or measure_of(field)


def _accepts_list(items: tuple[Any, ...], words: tuple[str, ...]) -> str:
    if allowed := choices(items[0]):
        return f"any of {', '.join(map(str, allowed))}"
    if items[-1] is Ellipsis:
        if isinstance(items[0], type) and issubclass(items[0], Section):
            return "a list of sections"
        return "a list of folders" if items[0] is Path else "a list of names"
    return either((*words, f"a list of {len(items)} numbers"))


def either(words: Sequence[Any]) -> str:
    """Give words as "one, two or three"."""
    *most, last = map(str, words)
    return f"{', '.join(most)} or {last}" if most else last


def written(value: object) -> str:
    """Write a default the way it stands in the file; empty for None."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, float):
        return _figure(value)
    if isinstance(value, str):
        return value if re.fullmatch(r"[a-z][a-z0-9_]+", value) else f'"{value}"'
    return "" if value is None else str(value)


def _figure(value: float) -> str:
    return f"{value:.15g}"
