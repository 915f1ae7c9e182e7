"""What the booth has to say to its operator, one YAML file a language: `key: sentence`, with `{named}` places.

A sentence is its English words, for the log, the command line and other programs; whoever shows it to the
operator asks for it in his language. What other programs say (a driver, a library, the system) stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

ENGLISH = "en"
_BEHIND = "\x1f"
"""Between a kept sentence's words and its parts: the separator of units, which no text has."""
Value = str | int | float | Path
"""What may stand in a place: a sentence is said in the language of the whole, a float with one digit."""
_Kept = str | int | float


class Sentence(str):
    """English words that can be said in every language. Made by `say`."""

    key: str
    values: tuple[tuple[str, _Kept], ...]

    def __new__(cls, words: str, key: str, values: tuple[tuple[str, _Kept], ...]) -> Sentence:
        made = super().__new__(cls, words)
        made.key, made.values = key, values
        return made

    def __getnewargs__(self) -> tuple[str, str, tuple[tuple[str, _Kept], ...]]:  # type: ignore[override]
        return str(self), self.key, self.values


def say(key: str, /, **values: Value) -> Sentence:
    """Give the sentence of a key, its places filled in.

    Raises
    ------
    KeyError
        If there is no such sentence, or it has a place for which there is no value.
    """
    kept = tuple((name, str(value) if isinstance(value, Path) else value) for name, value in values.items())
    return Sentence(_filled(ENGLISH, key, kept), key, kept)


def as_kept(text: str) -> str:
    """A text for a file or a table: its words, and behind those of a sentence how to say it in other languages."""
    return f"{text}{_BEHIND}{json.dumps(_parts(text))}" if isinstance(text, Sentence) else text


def read_again(kept: str) -> str:
    """What `as_kept` was given. A sentence that this version of the booth has no more is its words."""
    words, _, behind = kept.partition(_BEHIND)
    try:
        return _of_parts(words, json.loads(behind)) if behind else words
    except (ValueError, LookupError, TypeError, AttributeError):
        return words


def _parts(sentence: Sentence) -> list[object]:
    return [
        sentence.key,
        {name: _parts(value) if isinstance(value, Sentence) else value for name, value in sentence.values},
    ]


def _of_parts(words: str, parts: list[Any]) -> Sentence:
    key, values = parts
    kept = tuple(
        (name, _of_parts("", value) if isinstance(value, list) else value) for name, value in values.items()
    )
    english = _filled(ENGLISH, key, kept)
    return Sentence(words or english, key, kept)


def listed(several: Iterable[Sentence]) -> Sentence:
    """Give sentences, at least one, as one: the first; the second; the third."""
    return reduce(lambda first, second: say("then", first=first, second=second), several)


def in_language(text: str, language: str) -> str:
    """Give a text in a language, if it is a sentence; what is none stays as it is."""
    return _filled(language, text.key, text.values) if isinstance(text, Sentence) else text


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Give every sentence of a language by its key, its places empty."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, where it is there, takes a tenth
    text = (Path(__file__).parent / f"{language}.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.load(text, loader))


def _filled(language: str, key: str, values: tuple[tuple[str, _Kept], ...]) -> str:
    lines = sentences(language)
    return lines[key].format(**{name: _written(value, language) for name, value in values})


def _written(value: _Kept, language: str) -> _Kept:
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", sentences(language)["decimal"])
    return in_language(value, language) if isinstance(value, str) else value
