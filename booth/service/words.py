"""What the pickup pages say, in the languages of the booth: one file each in `texts`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import get_args

import yaml

from booth.config.settings import Language


def _words(language: str) -> Mapping[str, str]:
    text = resources.files(__package__).joinpath(f"texts/{language}.yaml").read_text("utf-8")
    words: dict[str, str] = yaml.safe_load(text)
    return words


WORDS: Mapping[str, Mapping[str, str]] = {language: _words(language) for language in get_args(Language)}


def deletion(language: str, seconds_left: float) -> str:
    """When the page ends, in whole days that are never promised too long."""
    days = int(seconds_left // 86_400)
    words = WORDS[language]
    return words["days"].format(days=days) if days >= 2 else words["tomorrow"]
