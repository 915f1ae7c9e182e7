"""The panel says everything in each of its languages, and nothing in vain."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from booth.config.settings import Language, OperatorSettings
from booth.spool.health import State
from booth.studio.rehearsal import STEPS
from booth.ui.kiosk import QML
from booth.ui.panel import PAGES
from booth.ui.words import load_words

LANGUAGES = get_args(OperatorSettings.model_fields["language"].annotation)
ENGLISH = load_words("panel/en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_there_with_the_same_blanks(language):
    words = load_words(f"panel/{language}")
    assert words.keys() == ENGLISH.keys()
    for key, sentence in words.items():
        assert sentence.strip(), key
        assert sorted(re.findall(r"{\w+}", sentence)) == sorted(re.findall(r"{\w+}", ENGLISH[key])), key


def test_the_panel_speaks_every_language_of_the_guests():
    assert set(LANGUAGES) == set(get_args(Language))


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_sentences_are_translated(language):
    words = load_words(f"panel/{language}")
    assert [key for key in words if words[key] == ENGLISH[key] and len(words[key]) > 14] == []


def test_every_sentence_is_used():
    files = [*QML.glob("Panel*.qml"), *QML.parent.glob("panel*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    families = (
        "decimal",
        "step.",
        "nav.",
        "prints.",
        "camera.",
        "pin.",
        "printer.",
        "state.more",
        "rehearsal.mend",
    )
    named = set(re.findall(r"""["']([a-z]+(?:\.[a-z.]+)?)["']""", code))
    assert [key for key in ENGLISH if key not in named and not key.startswith(families)] == []


def test_what_is_put_together_is_there():
    states = (
        "queued",
        "submitting",
        "submitted",
        "printing",
        "printed",
        "handed",
        "uncertain",
        "failed",
        "canceled",
        "held",
    )
    wanted = [f"nav.{page}" for page in PAGES] + [f"step.{step}" for step in (*STEPS, "replug")]
    wanted += [f"prints.{state}" for state in states] + [f"camera.{s}" for s in ("live", "lost", "starting")]
    wanted += [f"printer.{state}" for state in get_args(State)]
    wanted += [f"camera.light.{light}" for light in ("good", "dark", "bright", "burnt")]
    assert set(wanted) <= ENGLISH.keys()
