"""Every language says everything, with the same placeholders."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from booth import errors
from booth.config.settings import Language
from booth.ui.kiosk import QML
from booth.ui.words import FOLDER, NAMES, counted, load_texts, load_words

LANGUAGES = get_args(Language)
ENGLISH = load_words("en")


def test_every_language_has_a_file_and_a_name():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(LANGUAGES) == set(NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_missing_or_too_many(language):
    assert load_words(language).keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_the_same_and_no_sentence_is_empty(language):
    for key, sentence in load_words(language).items():
        assert sentence.strip(), key
        assert re.findall(r"{\w+}", sentence) == re.findall(r"{\w+}", ENGLISH[key]), key


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_sentences_are_translated(language):
    words = load_words(language)
    same = [key for key in words if words[key] == ENGLISH[key] and len(words[key]) > 12]
    assert same == []


def test_every_fault_has_its_apology():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert {kind.guest for kind in kinds} <= ENGLISH.keys()


def test_every_sentence_is_used_and_every_sentence_used_is_there():
    code = "".join(
        path.read_text(encoding="utf-8") for path in [*QML.glob("*.qml"), *QML.parent.glob("*.py")]
    )
    named = set(
        re.findall(
            r'"((?:attract|closed|choose|common|pose|countdown|developing|review|ticket|sorry|hint|wall)\.[\w.]+)"',
            code,
        )
    )
    families = (
        *("developing.words.", "review.retakes", "review.left_out", "ticket.ahead", "ticket.wait", "copies"),
        *("sorry.", "hint.", "wall."),
    )
    assert {key for key in named if not key.endswith(".") and key not in families} <= ENGLISH.keys()
    assert {key for key in ENGLISH if not key.startswith(families)} <= named


def test_a_number_picks_its_sentence():
    assert counted(ENGLISH, "ticket.ahead", 0) == "You are next!"
    assert counted(ENGLISH, "ticket.ahead", 1) == "One print is ahead of yours"
    assert counted(ENGLISH, "ticket.ahead", 12) == "12 prints are ahead of yours"


def test_an_operators_own_words_come_before_the_houses(tmp_path):
    (tmp_path / "de.yaml").write_text("attract.start: Los geht's\n", encoding="utf-8")
    texts, notices = load_texts(("en", "de"), tmp_path)
    assert notices == ()
    assert texts["de"]["attract.start"] == "Los geht's"
    assert texts["de"]["choose.title"] == load_words("de")["choose.title"]
    assert texts["en"] == ENGLISH


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("attract.begin: Hello", "attract.begin: there is no such line"),
        ("ticket.wait.many: In a while", "ticket.wait.many: must hold {count}"),
        ("attract.start: Hello {name}", "attract.start: must hold no braces"),
        ("attract.start: 12", "attract.start: must be a sentence"),
        ("- one\n- two", "must hold lines"),
        ("a: [", "cannot be read"),
    ],
)
def test_own_words_that_cannot_be_used_are_told_and_the_houses_stay(tmp_path, text, said):
    (tmp_path / "en.yaml").write_text(text, encoding="utf-8")
    texts, notices = load_texts(("en",), tmp_path)
    assert texts["en"] == ENGLISH
    assert said in notices[0].text


def test_a_folder_of_words_that_is_not_there_is_told(tmp_path):
    assert [notice.key for notice in load_texts(("en",), tmp_path / "none")[1]] == ["texts"]
