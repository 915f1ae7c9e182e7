"""A tree of YAML nodes becomes plain values in the shape of Settings, with the line of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from booth.config import values
from booth.config.fields import (
    accepts,
    alternatives,
    bare,
    choices,
    either,
    expected,
    keys_below,
    section_of,
    written,
)
from booth.config.problems import Problem, shown
from booth.config.settings import Section, Settings
from booth.config.tree import Refused
from booth.config.values import RefusedValueError


class ReportedError(Exception):
    """A value is left out, and why has been reported."""


@dataclass
class Reading:
    """One pass over a file: `found` has the line of every key met, `problems` what was wrong.

    What is wrong is left out of the values, so that the rest can be examined too.
    """

    lines: Sequence[str]
    base: Path
    problems: list[Problem]
    found: dict[str, int] = field(default_factory=dict)

    def settings(self, root: Node | None) -> dict[str, Any]:
        """Read the whole file; an empty one gives no values."""
        if root is None or values.is_nothing(root) or isinstance(root, Refused):
            return {}
        if isinstance(root, MappingNode):
            return self._section(root, Settings, "")
        what = f"must consist of sections such as event: and camera:; given {values.given(root)}"
        self._complain(_line(root), "", what)
        return {}

    def _complain(self, line: int, key: str, what: str) -> None:
        self.problems.append(Problem(line, key, what))

    def _section(self, node: MappingNode, section: type[Section], path: str) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key, value in node.value:
            name = self._name(key, path)
            if name is None or isinstance(value, Refused):
                continue
            setting = section.model_fields.get(name)
            try:
                if setting is None:
                    raise RefusedValueError(f"there is no such key{_meant(name, section, path)}")
                read[name] = self._value(value, setting, path + name)
            except ReportedError:
                continue
            except RefusedValueError as refused:
                self._complain(_line(key), path + name, str(refused))
        return read

    def _name(self, key: Node, path: str) -> str | None:
        """Give the name of a key, or None where it was refused."""
        if isinstance(key, Refused):
            return None
        if not isinstance(key, ScalarNode):
            self._complain(_line(key), path.rstrip("."), "has a key that is no word; a line reads key: value")
            return None
        whole = f"{path}{key.value}"
        if key.value == "<<":
            self._complain(_line(key), whole, "merges other keys, which is not done here; write them out")
            return None
        if whole in self.found:
            first = self.found[whole]
            what = f"stands here a second time (first in line {first}); delete one of the two"
            self._complain(_line(key), whole, what)
            return None
        self.found[whole] = _line(key)
        return str(key.value)

    def _value(self, node: Node, setting: FieldInfo, path: str) -> Any:
        below = section_of(setting)
        if below is not None:
            if isinstance(node, MappingNode):
                return self._section(node, below, f"{path}.")
            if values.is_nothing(node):
                return {}
            raise RefusedValueError(_no_section(node, below))
        kinds = alternatives(setting.annotation)
        if type(None) in kinds and _says_none(node):
            return None
        self._refuse_nothing(node, setting)
        if get_origin(kinds[0]) is tuple and (isinstance(node, SequenceNode) or len(kinds) == 1):
            return self._list(node, kinds[0], path)
        if allowed := choices(setting.annotation):
            return values.choice_of(node, allowed, accepts(setting))
        return self._one(node, kinds[0], expected(setting), path)

    def _refuse_nothing(self, node: Node, setting: FieldInfo) -> None:
        if not values.is_nothing(node):
            return
        if setting.annotation is str and isinstance(node, ScalarNode):
            values.refuse_cut_text(node, self._line_of(node))
        if setting.default is None:
            raise RefusedValueError(
                "has ~, which YAML reads as nothing; leave it empty, or write ~/ for the home"
            )
        default = written(setting.default)
        raise RefusedValueError(f"has no value; write one, or delete the line for the default ({default})")

    def _list(self, node: Node, kind: Any, path: str) -> list[Any]:
        if not isinstance(node, SequenceNode):
            raise RefusedValueError(
                f"must be a list, such as [{values.given(node)}]; given {values.given(node)}"
            )
        kinds = get_args(kind)
        if kinds[-1] is not Ellipsis and len(kinds) != len(node.value):
            raise RefusedValueError(
                f"must be a list of {len(kinds)} numbers; given a list of {len(node.value)}"
            )
        if isinstance(kinds[0], type) and issubclass(kinds[0], Section):
            return [self._part(item, kinds[0], f"{path}.{place}") for place, item in enumerate(node.value)]
        read = [self._item(item, bare(kinds[0]), path) for item in node.value]
        if None in read:
            raise ReportedError
        return read

    def _part(self, node: Node, section: type[Section], path: str) -> dict[str, Any]:
        """Read a section that is an item of a list; `found` has its line, by its place in the list."""
        if not isinstance(node, MappingNode):
            raise RefusedValueError(_no_section(node, section))
        self.found[path] = _line(node)
        return self._section(node, section, f"{path}.")

    def _item(self, node: Node, kind: Any, path: str) -> Any:
        """Read one item of a list; each that is wrong is reported in its own line and gives None."""
        if isinstance(node, Refused):
            return None
        try:
            return self._one(node, kind, "a number" if kind is float else "text", path)
        except RefusedValueError as refused:
            self._complain(_line(node), path, str(refused))
            return None

    def _one(self, node: Node, kind: Any, wanted: str, path: str) -> Any:
        if allowed := choices(kind):
            return values.choice_of(node, allowed, either(allowed))
        if kind is bool:
            return values.truth_of(node)
        if kind in (int, float):
            return values.number_of(node, wanted, whole=kind is int)
        if kind is Path:
            return values.path_of(node, self._line_of(node), self.base)
        text = values.text_of(node, self._line_of(node))
        return _from_base(text, self.base) if path == "camera.source" else text

    def _line_of(self, node: Node) -> str:
        return self.lines[node.end_mark.line] if node.end_mark.line < len(self.lines) else ""


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _says_none(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value in ("", "null", "Null", "NULL")


def _no_section(node: Node, section: type[Section]) -> str:
    keys = ", ".join(section.model_fields)
    missing_space = isinstance(node, ScalarNode) and node.value.split(":")[0] in section.model_fields
    remedy = (
        "needs a space after the colon" if missing_space else f"is a section; put its keys ({keys}) below it"
    )
    return f"{remedy}; given {values.given(node)}"


def _meant(name: str, section: type[Section], path: str) -> str:
    here = values.did_you_mean(name, section.model_fields)
    if here:
        return here
    elsewhere = [key for key in keys_below() if key.rpartition(".")[2] == name]
    if elsewhere:
        return f"; did you mean {' or '.join(elsewhere)}? Indent it below its section"
    place = path.rstrip(".") or "the file"
    return f"; the keys of {place} are {shown(', '.join(section.model_fields), 120)}"


def _from_base(source: str, base: Path) -> str:
    """Let a picture, folder or video start at the file's folder; devices and addresses stay as they are."""
    if source == "studio" or source.isdecimal() or "://" in source:
        return source
    try:
        return str(base / Path(source).expanduser())
    except RuntimeError:
        raise RefusedValueError(f"names a home folder that is not there; given {source}") from None
