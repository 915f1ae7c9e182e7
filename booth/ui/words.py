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
            remedy = "Mend the lines; the house's own words are shown instead."
            notices.append(Notice(f"texts-{language}", "warning", f"{path}: {'; '.join(wrong)}", remedy))
    if folder and not folder.is_dir():
        notices.append(Notice("texts", "warning", f"{folder} is no folder", "Correct event.texts."))
    return MappingProxyType(texts), tuple(notices)


def _own_words(path: Path, house: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        return {}, (f"it cannot be read ({' '.join(str(error).split())})",)
    if found is None:
        return {}, ()
    if not isinstance(found, dict):
        return {}, ("it must hold lines of the form `key: sentence`",)
    wrong = tuple(_wrongs(found, house))
    refused = {problem.split(":", 1)[0] for problem in wrong}
    return {key: text for key, text in found.items() if str(key) not in refused}, wrong


def _wrongs(found: Mapping[object, object], house: Mapping[str, str]) -> Iterator[str]:
    for key, text in found.items():
        if key not in house:
            yield f"{key}: there is no such line"
        elif not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            yield f"{key}: must be a sentence of at most {LONGEST} letters"
        elif set(_BLANKS.findall(text)) != set(_BLANKS.findall(house[str(key)])):
            wanted = " ".join(sorted(set(_BLANKS.findall(house[str(key)])))) or "no braces"
            yield f"{key}: must hold {wanted}"


def counted(words: Mapping[str, str], key: str, count: int) -> str:
    """Give the sentence for a number: `key.none`, `key.one` or `key.many`."""
    form = {0: "none", 1: "one"}.get(count, "many")
    return words[f"{key}.{form}"].format(count=count)
