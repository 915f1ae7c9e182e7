"""A YAML node becomes the value that its setting wants, or is refused with the remedy.

What the file says is taken as it stands there, never as what YAML 1.1 makes of it: 12:00 is not 720, NO is
not false, 0123 is not 83. Where another program could read a value differently it is refused, so that the
file means the same to everybody. Two things are unmistakable and taken: yes/no/on/off where true or false
is wanted, and a plain whole number where text is wanted.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from booth.config.problems import shown


class RefusedValueError(Exception):
    """A value that its setting cannot take; the message says what is wrong and what to write."""


_NOTHING = ("", "~", "null", "Null", "NULL")
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
# Strings to PyYAML, but not to every program that reads YAML.
_ELSEWHERE_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+|0o[0-7]+|0[0-9]+)")


def is_nothing(node: Node) -> bool:
    """Whether a key has no value, or YAML's word for none."""
    return isinstance(node, ScalarNode) and node.style is None and node.value in _NOTHING


def given(node: Node) -> str:
    """Say what stood in the file."""
    if isinstance(node, ScalarNode):
        return shown(f'"{node.value}"' if node.style else node.value) or "nothing"
    return "keys of its own" if isinstance(node, MappingNode) else "a list"


def text_of(node: Node, line: str) -> str:
    """Read text; `line` is the line of the file on which the node ends."""
    scalar = _scalar(node, "text")
    if scalar.style is not None:
        return str(scalar.value)
    refuse_cut_text(scalar, line)
    if not scalar.value:
        raise RefusedValueError("must be text; given nothing")
    other = _otherwise_read(scalar.value)
    if other and not _WHOLE.fullmatch(scalar.value):
        raise RefusedValueError(
            f'must be text, but YAML reads {scalar.value} as {other}; write "{scalar.value}"'
        )
    return str(scalar.value)


def refuse_cut_text(node: ScalarNode, line: str) -> None:
    """Refuse plain text that a #hashtag behind it would silently shorten."""
    if re.match(r"\s+#\w", line[node.end_mark.column :]):
        left = f'cut to "{node.value}"' if node.value else "empty"
        raise RefusedValueError(
            f"is {left}, as # begins a comment; put quotes round the whole text"
            " (or a space behind the # if it is a comment)"
        )


def truth_of(node: Node) -> bool:
    """Read true or false."""
    scalar = _scalar(node, "true or false")
    word = scalar.value.lower()
    if word not in ("true", "yes", "on", "false", "no", "off"):
        raise RefusedValueError(f"must be true or false; given {given(node)}")
    is_true = word in ("true", "yes", "on")
    if scalar.style is not None:
        raise RefusedValueError(
            f"must be written without quotes: {str(is_true).lower()}; given {given(node)}"
        )
    return is_true


def number_of(node: Node, expected: str, whole: bool) -> float:
    """Read a number in plain decimal notation."""
    scalar = _scalar(node, expected)
    text = scalar.value.strip()
    plain = bool(_NUMBER.fullmatch(text))
    if plain and scalar.style is not None:
        raise RefusedValueError(f"must be written without quotes: {text}; given {given(node)}")
    if not plain:
        raise RefusedValueError(f"must be {expected}; given {given(node)}{_number_meant(text)}")
    if not whole:
        return float(text)
    if not _WHOLE.fullmatch(text):
        meant = f"; write {float(text):.0f}" if float(text).is_integer() else ""
        raise RefusedValueError(f"must be {expected}; given {text}{meant}")
    return int(text)


def choice_of(node: Node, allowed: Sequence[Any], expected: str) -> Any:
    """Read one of the values that a setting may have."""
    scalar = _scalar(node, expected)
    for value in allowed:
        if str(value) == scalar.value:
            if isinstance(value, int) and scalar.style is not None:
                raise RefusedValueError(f"must be written without quotes: {value}; given {given(node)}")
            return value
    near = did_you_mean(scalar.value, map(str, allowed))
    raise RefusedValueError(f"must be {expected}; given {given(node)}{near}")


def path_of(node: Node, line: str, base: Path) -> Path:
    """Read a file or folder; relative ones start at `base`, ~/ at the home folder."""
    text = text_of(node, line)
    if not text.strip():
        raise RefusedValueError("is an empty text; write the name of a file or folder")
    if not text.isprintable():
        raise RefusedValueError(
            "has a backslash in double quotes; use apostrophes round it, or / in place of the backslash"
        )
    try:
        return base / Path(text).expanduser()
    except RuntimeError:
        raise RefusedValueError(f"names a home folder that is not there; given {text}") from None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Give a hint at the nearest of some words, or nothing where none is near."""
    meant = {_folded(known): known for known in words}
    near = difflib.get_close_matches(_folded(word), meant, n=1, cutoff=0.6)
    return f"; did you mean {meant[near[0]]}?" if near else ""


def _folded(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")


def _scalar(node: Node, expected: str) -> ScalarNode:
    if not isinstance(node, ScalarNode):
        raise RefusedValueError(f"must be {expected}; given {given(node)}")
    return node


def _otherwise_read(text: str) -> str:
    """Say what YAML makes of a plain word; empty where it stays text."""
    tag: str = yaml.resolver.Resolver().resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    if tag == "tag:yaml.org,2002:str":
        return "a number" if _ELSEWHERE_NUMBER.fullmatch(text) else ""
    loader = yaml.SafeLoader("")
    try:
        value = loader.construct_object(ScalarNode(tag, text))
    except (yaml.YAMLError, ValueError):
        return "something else"
    finally:
        loader.dispose()
    if isinstance(value, date):
        return "a date"
    return "nothing" if value is None else str(value).lower()


def _number_meant(text: str) -> str:
    if found := re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?\s*([A-Za-z\"'/]+)", text):
        return f"; write the number alone, without {found[1]}"
    read, better = _otherwise_read(text), _plain_number(text)
    surprise = f", which YAML reads as {read}" if read[:1].isdigit() and read != better else ""
    return (
        f"{surprise}; write {better}" if better else f"{surprise}; write a plain number" if surprise else ""
    )


def _plain_number(text: str) -> str:
    """Give what was meant by a number in another notation; empty where there is no telling."""
    if re.fullmatch(r"[-+]?0[0-9]+(\.[0-9]+)?", text):
        return text.lstrip("+-0") or "0"
    if re.fullmatch(r"[0-9]{1,3}(_[0-9]+)+", text):
        return text.replace("_", "")
    if re.fullmatch(r"[0-9]+,[0-9]{1,2}", text):
        return text.replace(",", ".")
    if found := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*%", text):
        return f"{float(found[1]) / 100:g}"
    if re.fullmatch(r"[0-9]*\.[0-9]*|[0-9.]+[eE][-+]?[0-9]{1,2}", text) and re.search("[0-9]", text):
        return f"{float(text):.15g}"
    return ""
