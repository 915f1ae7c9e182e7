"""One thing that is wrong with a configuration file, and how a list of them reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MOST = 50
"""Problems that are told at once."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong where. `line` counts from 1, 0 for the whole file; `key` is dotted, empty for no key."""

    line: int
    key: str
    text: str

    def said(self, file: Path) -> str:
        place = f"{file}:{self.line}" if self.line else f"{file}"
        return ": ".join(part for part in (place, self.key, self.text) if part)


def said(problems: Iterable[Problem], file: Path) -> str:
    """Give the problems, one a line, in the order of the file."""
    ordered = sorted(set(problems))
    lines = [problem.said(file) for problem in ordered[:MOST]]
    if len(ordered) > MOST:
        lines.append(f"{file}: has {len(ordered) - MOST} more problems; is it a configuration of Booth?")
    return "\n".join(lines)


def shown(value: object, length: int = 40) -> str:
    """Give what stood in the file, short enough for one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
