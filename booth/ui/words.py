"""The texts that guests read, one YAML file a language: `key: sentence`, with `{count}` and the like in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

FOLDER = Path(__file__).parent / "texts"

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        "de": "Deutsch",
        "fr": "Français",
        "es": "Español",
        "it": "Italiano",
        "nl": "Nederlands",
    }
)
"""Each language by its own name."""


@cache
def load_words(language: str) -> Mapping[str, str]:
    """Give every sentence of a language by its key."""
    words = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    if not isinstance(words, dict) or not all(isinstance(text, str) for text in words.values()):
        raise ValueError(f"{language}.yaml must hold only lines of the form `key: sentence`")
    return MappingProxyType(words)


def counted(words: Mapping[str, str], key: str, count: int) -> str:
    """Give the sentence for a number: `key.none`, `key.one` or `key.many`."""
    form = {0: "none", 1: "one"}.get(count, "many")
    return words[f"{key}.{form}"].format(count=count)
