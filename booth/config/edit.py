"""One value of a configuration file is changed in its place; every comment stays where it is."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from booth.config.loading import settings_from, text_in
from booth.config.reading import Reading
from booth.config.settings import Settings
from booth.config.tree import tree_of
from booth.errors import ConfigError
from booth.files import publish


def edited(file: Path | None, key: str, value: str) -> None:
    """Write a value, as YAML, behind a dotted key of two parts; the file is whole or as it was.

    Raises
    ------
    ConfigError
        If there is no file, the line is not one that can be changed, or the settings would not be good.
    SpoolError
        If the file cannot be written.
    """
    if file is None:
        raise ConfigError("There is no configuration file to change: name one with --config.")
    whole = file.resolve()
    text = with_value(text_in(whole), whole, key, value)
    publish(whole, text.encode(), stat.S_IMODE(whole.stat().st_mode))


def with_value(text: str, file: Path, key: str, value: str) -> str:
    """Give the text with one value changed; it is good, or refused.

    Raises
    ------
    ConfigError
        See `edited`.
    """
    changed = _changed(text, file, key, value)
    settings_from(changed, file)
    return changed


def _changed(text: str, file: Path, key: str, value: str) -> str:
    section, _, name = key.partition(".")
    found = _lines_of_keys(text, file)
    lines = text.splitlines()
    if key in found:
        number = found[key] - 1
        lines[number] = _replaced(lines[number], file, key, value)
    elif section in found:
        lines.insert(found[section], f"  {name}: {value}")
    else:
        lines += ["", f"{section}:", f"  {name}: {value}"]
    return "\n".join(lines) + "\n"


def _lines_of_keys(text: str, file: Path) -> dict[str, int]:
    tree = tree_of(text)
    reading = Reading(tree.lines, file.parent.absolute(), list(tree.problems))
    reading.settings(tree.root)
    return reading.found


def _replaced(line: str, file: Path, key: str, value: str) -> str:
    """Change what stands between `name:` and the comment."""
    name = key.rpartition(".")[2]
    fits = re.fullmatch(
        rf"(\s+{re.escape(name)}:\s*)(\"[^\"]*\"|'[^']*'|\[[^\]]*\]|[^#\[{{|>&*]*?)(\s+#.*)?", line
    )
    if fits is None:
        raise ConfigError(
            f"{file}: {key}: cannot be changed from here, as its line is written in an unusual way"
        )
    head = f"{fits[1].rstrip()} {value}"
    if not fits[3]:
        return head
    remark = fits[3].lstrip()
    return f"{head.ljust(len(line) - len(remark) - 2)}  {remark}"


def differs(one: Settings, other: Settings) -> tuple[str, ...]:
    """Give the dotted names of what two settings do not share."""
    return tuple(_differing(one.model_dump(), other.model_dump(), ""))


def _differing(one: dict[str, object], other: dict[str, object], path: str) -> list[str]:
    names: list[str] = []
    for name, value in one.items():
        beside = other[name]
        if isinstance(value, dict) and isinstance(beside, dict):
            names += _differing(value, beside, f"{path}{name}.")
        elif value != beside:
            names.append(f"{path}{name}")
    return names
