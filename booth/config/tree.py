"""Text becomes a tree of YAML nodes that know their lines, or problems; no value is interpreted here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.events import AliasEvent, CollectionStartEvent, ScalarEvent, StreamEndEvent
from yaml.nodes import Node, ScalarNode
from yaml.reader import Reader

from booth.config.problems import Problem, shown

DEEPEST = 12
"""Levels of nesting beyond which a file is refused: settings have three."""
MOST_REPAIRS = 20


class Refused(ScalarNode):
    """Stands where a value stood that was refused and reported already."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's nodes, its lines and what was wrong; `root` is None for an empty file."""

    root: Node | None
    lines: Sequence[str]
    problems: tuple[Problem, ...]


def tree_of(text: str) -> Tree:
    """Read YAML text.

    A fault of syntax makes only its own block (from one unindented line to the next) unreadable: it is
    reported, blanked, and the rest is read, so that all problems come at once.
    """
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    problems: list[Problem] = []
    readable = _without_tabs(_without_control(lines, problems), problems)
    for _ in range(MOST_REPAIRS):
        composer = _Composer("\n".join(readable), readable)
        try:
            root = composer.single()
        except yaml.MarkedYAMLError as error:
            number, what = _diagnosis(error, readable)
            problems.append(Problem(number, key_at(readable, number), what))
            readable = _without_block(readable, number)
        else:
            return Tree(root, readable, (*problems, *composer.problems))
        finally:
            composer.dispose()
    return Tree(None, readable, tuple(problems))


class _Composer(yaml.SafeLoader):
    """PyYAML's composer, refusing aliases, anchors, tags and deep nesting as it goes."""

    def __init__(self, text: str, lines: Sequence[str]) -> None:
        super().__init__(text)
        self.lines = lines
        self.problems: list[Problem] = []
        self._depth = 0

    def single(self) -> Node | None:
        root = self.get_node() if self.check_node() else None
        if not self.check_event(StreamEndEvent):
            line = self._next().start_mark.line + 1
            what = "begins a second document; a configuration is one, so delete this line"
            self.problems.append(Problem(line, "", what))
        return root

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self._next()
        if isinstance(event, AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self._report(
                event,
                f"*{event.anchor} stands for another value, which is not done here; write it out, or quote the text",
            )
            return _refused(event)
        self._depth += 1
        if self._depth > DEEPEST:
            raise ComposerError(None, None, "nested too deep", event.start_mark)
        node: Node | None = super().compose_node(parent, index)
        self._depth -= 1
        if event.anchor:
            self._report(
                event,
                f"&{event.anchor} is a YAML anchor, which is not used here; delete it, or quote the text",
            )
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            remedy = "delete it" if tag.startswith("!!") else "put quotes round the text"
            self._report(event, f"{tag} is a YAML tag, which is not used here; {remedy}")
            return _refused(event)
        return node

    def _next(self) -> Any:
        return self.peek_event()  # type: ignore[no-untyped-call]

    def _report(self, event: Any, what: str) -> None:
        line = event.start_mark.line + 1
        self.problems.append(Problem(line, key_at(self.lines, line), what))


def _refused(event: Any) -> Refused:
    return Refused("", "", event.start_mark, event.end_mark)


def _without_control(lines: Sequence[str], problems: list[Problem]) -> list[str]:
    for number, line in enumerate(lines, 1):
        if found := Reader.NON_PRINTABLE.search(line):
            what = f"holds an unprintable character (U+{ord(found[0]):04X}); type the line again"
            problems.append(Problem(number, key_at(lines, number), what))
    return [Reader.NON_PRINTABLE.sub(" ", line) for line in lines]


def _without_tabs(lines: Sequence[str], problems: list[Problem]) -> list[str]:
    tabbed = [n for n, line in enumerate(lines, 1) if "\t" in _indent(line) and line.strip()]
    straight = [_indent(line).replace("\t", "  ") + line.lstrip(" \t") for line in lines]
    if tabbed:
        also = f" (also line {shown(', '.join(map(str, tabbed[1:])))})" if len(tabbed) > 1 else ""
        what = f"is indented with a tab{also}; use spaces, two for each level"
        problems.append(Problem(tabbed[0], key_at(straight, tabbed[0]), what))
    return straight


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def key_at(lines: Sequence[str], number: int) -> str:
    """Give the dotted key to which a line seems to belong, judged by indentation alone."""
    keys: list[str] = []
    depth = len(_indent(lines[number - 1])) + 1 if number <= len(lines) else 1
    for line in reversed(lines[:number]):
        found = re.match(r"( *)([\w-]+)\s*[:=]", line)
        if found and len(found[1]) < depth:
            keys.append(found[2])
            depth = len(found[1])
        if depth == 0:
            break
    return ".".join(reversed(keys))


def _without_block(lines: Sequence[str], number: int) -> list[str]:
    starts = [n for n, line in enumerate(lines, 1) if line[:1] not in ("", " ", "#")]
    first = max((n for n in starts if n <= number), default=1)
    after = min((n for n in starts if n > number), default=len(lines) + 1)
    return [line if n < first or n >= after else "" for n, line in enumerate(lines, 1)]


# What is wrong with a line that YAML stumbled over: the first that matches is said.
_LINE_FAULTS = (
    (r"^\s*[\w-]+:[^\s/]", "needs a space after the colon"),
    (r"^\s*[\w-]+\s*=", "needs a colon and a space where the = stands"),
    (
        r"^\s*[\w-]+:\s+([@`%&*!|>])",
        "begins with a sign that means something in YAML; put quotes round the text",
    ),
    (r"^\s*[\w-]+:\s+- ", "begins a list in the line of its key; write it as [first, second]"),
    (r"^\s*[\w-]+:\s+'[^']*'\w", "has an apostrophe between apostrophes; put double quotes round the text"),
    (r"^\s*[\w-]+:\s+(['\"]).*\1\s+[^\s#]", "goes on after its closing quote; put quotes round all of it"),
    (r"^\s*[\w-]+:\s+[^'\"\[{#].*:(\s|$)", "has a second colon; put quotes round the text"),
    (r"^\s*[\w-]+\s*$", "needs a colon after the key"),
)
_BEFORE_FAULTS = (0, 1, 7)
"""Those that YAML notices only in the line after."""

# What PyYAML says, where it says it, and what it means for an operator.
_PYYAML_FAULTS = (
    ("while scanning a double-quoted scalar", "unknown escape", "problem",
     "has a backslash in double quotes; use apostrophes round it, or / in place of the backslash"),
    ("while scanning a quoted scalar", "", "context", "opens a quote that is never closed"),
    ("while parsing a flow sequence", "", "context", "opens a list with [ that is not closed with ]"),
    ("while parsing a flow mapping", "", "context", "opens a { that is not closed; put quotes round text"),
    ("", "nested too deep", "problem", "is nested too deep; settings have at most three levels"),
    ("", "expected the node content", "problem", "closes a bracket that was never opened; put quotes round text"),
    ("", "mapping values are not allowed", "problem",
     "is indented deeper than the line above it; keys of one section stand exactly below each other"),
    ("", "expected <block end>", "problem",
     "does not stand exactly below the other keys of its section; indent them all alike"),
    ("", "could not find expected ':'", "context", "needs a colon and a space after the key"),
)  # fmt: skip


def _diagnosis(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> tuple[int, str]:
    """Give the line that is to blame, counted from 1, and what is wrong with it."""
    marks = {"problem": error.problem_mark, "context": error.context_mark or error.problem_mark}
    said, context = error.problem or "", error.context or ""
    _, _, place, what = next(
        (fault for fault in _PYYAML_FAULTS if fault[0] in context and fault[1] in said),
        ("", "", "problem", f"cannot be read as YAML ({said}); compare it with the lines around it"),
    )
    mark = marks[place]
    number = min(mark.line + 1 if mark else 1, len(lines))
    return _line_fault(lines, number) or (number, f"{what}; given {shown(lines[number - 1])}")


def _line_fault(lines: Sequence[str], number: int) -> tuple[int, str] | None:
    before = next((n for n in range(number - 1, 0, -1) if lines[n - 1].strip()), None)
    for candidate, faults in ((number, range(len(_LINE_FAULTS))), (before, _BEFORE_FAULTS)):
        for fault in faults:
            pattern, what = _LINE_FAULTS[fault]
            if candidate and re.match(pattern, lines[candidate - 1]):
                return candidate, f"{what}; given {shown(lines[candidate - 1])}"
    return None
