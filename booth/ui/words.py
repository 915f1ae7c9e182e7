"""The texts that guests read, one YAML file a language: `key: sentence`, with `{count}` and the like in it.

An operator's folder may say some of them otherwise, in files of the same names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from booth.sentences import Sentence, listed, say
from booth.shot import Notice

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
LONGEST = 400
"""Letters that a sentence of an operator's may have."""
_BLANKS = re.compile(r"\{[a-z_]*\}")


@cache
def load_words(language: str) -> Mapping[str, str]:
    """Give every sentence of a language by its key."""
    words = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    if not isinstance(words, dict) or not all(isinstance(text, str) for text in words.values()):
        raise ValueError(f"{language}.yaml must hold only lines of the form `key: sentence`")
    return MappingProxyType(words)


def load_texts(
    languages: Sequence[str], folder: Path | None
) -> tuple[Mapping[str, Mapping[str, str]], tuple[Notice, ...]]:
    """Give the sentences of each language, the operator's own before the house's, and what is wrong with his.

    A line of his that cannot be used leaves the house's in its place, and is told.
    """
    texts: dict[str, Mapping[str, str]] = {}
    notices: list[Notice] = []
    for language in languages:
        house = load_words(language)
        path = folder / f"{language}.yaml" if folder else None
        own, wrong = _own_words(path, house) if path else ({}, ())
        texts[language] = MappingProxyType({**house, **own})
        if wrong and path:
            said = say("of_file", file=path, what=listed(wrong))
            notices.append(Notice(f"texts-{language}", "warning", said, say("texts.wrong.help")))
    if folder and not folder.is_dir():
        notices.append(
            Notice("texts", "warning", say("texts.no_folder", folder=folder), say("texts.no_folder.help"))
        )
    return MappingProxyType(texts), tuple(notices)


def _own_words(path: Path, house: Mapping[str, str]) -> tuple[dict[str, str], tuple[Sentence, ...]]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        return {}, (say("texts.unreadable", why=" ".join(str(error).split())),)
    if found is None:
        return {}, ()
    if not isinstance(found, dict):
        return {}, (say("texts.no_lines"),)
    wrong = dict(_wrongs(found, house))
    told = tuple(say("of_file", file=key, what=what) for key, what in wrong.items())
    return {key: text for key, text in found.items() if str(key) not in wrong}, told


def _wrongs(found: Mapping[object, object], house: Mapping[str, str]) -> Iterator[tuple[str, Sentence]]:
    for key, text in found.items():
        if key not in house:
            yield str(key), say("texts.no_line")
        elif not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            yield str(key), say("texts.no_sentence", most=LONGEST)
        elif set(_BLANKS.findall(text)) != set(_BLANKS.findall(house[str(key)])):
            wanted = " ".join(sorted(set(_BLANKS.findall(house[str(key)]))))
            yield str(key), say("texts.places", places=wanted) if wanted else say("texts.no_places")


def counted(words: Mapping[str, str], key: str, count: int) -> str:
    """Give the sentence for a number: `key.none`, `key.one` or `key.many`."""
    form = {0: "none", 1: "one"}.get(count, "many")
    return words[f"{key}.{form}"].format(count=count)
