"""What the operator is told stands in each language, with the same places, and nothing in it is in vain."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

import booth
from booth.camera.faults import CameraFaultError, Reason, fault_of
from booth.config.settings import Language
from booth.errors import PlateError, said_by
from booth.files import KINDS
from booth.sentences import ENGLISH, Sentence, as_kept, in_language, read_again, say, sentences
from booth.shot import Notice
from booth.spool.health import Reason as PrinterReason
from booth.spool.health import words_for
from booth.studio.rehearsal import STEPS, Lamp

HOUSE = Path(booth.__file__).parent
LANGUAGES = get_args(Language)
LINES = sentences(ENGLISH)
NUMBER = "decimal"
FAMILIES = {
    ("camera/faults.py", "f'camera.{reason}.help'"): [f"camera.{reason}.help" for reason in Reason],
    ("camera/faults.py", "f'camera.{reason}'"): [
        f"camera.{reason}"
        for reason in ("silent", "stuck", "frozen", "black", "truncated", "garbage", "wrong_size")
    ],
    ("spool/health.py", "f'printer.{reason}'"): [f"printer.{reason}" for reason in get_args(PrinterReason)],
    ("spool/health.py", "f'printer.{reason}.help'"): [
        f"printer.{reason}.help" for reason in get_args(PrinterReason)
    ],
    ("files.py", "kind"): sorted(set(KINDS.values())),
    ("studio/rehearsal.py", "f'rehearse.light.{seen.light}.help'"): [
        f"rehearse.light.{light}.help" for light in ("dark", "bright", "burnt")
    ],
    ("studio/rehearsal.py", "f'rehearse.lamp.{finding.lamp}'"): [
        f"rehearse.lamp.{lamp}" for lamp in get_args(Lamp)
    ],
    ("studio/rehearsal.py", "f'rehearse.thing.{finding.thing}'"): [
        f"rehearse.thing.{step}" for step in STEPS
    ],
    ("service/server.py", "f'{place.key}.unserved'"): ["pickup.unserved", "api.unserved"],
}
"""Where a sentence is chosen while the booth runs, and all that it may be."""


@dataclass(frozen=True)
class Call:
    """Where the code says something: the sentence's key, and what it fills in; None where that is in a mapping."""

    place: str
    key: str
    is_chosen: bool
    names: frozenset[str] | None

    @property
    def keys(self) -> list[str]:
        return FAMILIES[(self.place, self.key)] if self.is_chosen else [self.key]


def calls() -> Iterator[Call]:
    for path in HOUSE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "booth.sentences"
            for name in node.names
        } | {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node in ast.walk(tree):
            if "say" in known and isinstance(node, ast.Call) and ast.unparse(node.func) == "say":
                yield call_of(path.relative_to(HOUSE).as_posix(), node)


def call_of(place: str, node: ast.Call) -> Call:
    key, names = node.args[0], [keyword.arg for keyword in node.keywords]
    is_chosen = not isinstance(key, ast.Constant)
    said = ast.unparse(key) if is_chosen else str(key.value)
    return Call(place, said, is_chosen, None if None in names else frozenset(map(str, names)))


CALLS = sorted(calls(), key=lambda call: (call.place, call.key))


def places(sentence: str) -> frozenset[str]:
    return frozenset(re.findall(r"{(\w+)}", sentence))


def test_the_walk_finds_what_the_code_says():
    assert len(CALLS) > 250
    assert {place for place, _ in FAMILIES} <= {call.place for call in CALLS}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.place}:{call.key}")
def test_all_that_the_code_can_say_is_there_with_its_places(call):
    for key in call.keys:
        assert key in LINES, f"{call.place} says {key}, which no file holds"
        assert call.names is None or places(LINES[key]) == call.names, key


def test_no_sentence_is_there_in_vain():
    assert LINES.keys() - {key for call in CALLS for key in call.keys} == {NUMBER}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_everything_with_the_same_places(language):
    said = sentences(language)
    assert said.keys() == LINES.keys()
    for key, sentence in said.items():
        assert isinstance(sentence, str), key
        assert sentence.strip(), key
        assert places(sentence) == places(LINES[key]), key
        sentence.format(**dict.fromkeys(places(sentence), "x"))


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {ENGLISH}))
def test_sentences_are_translated(language):
    said = sentences(language)
    own = {key: re.sub(r"{\w+}", "", LINES[key]) for key in LINES}
    assert [key for key in LINES if said[key] == LINES[key] and re.search("[a-z]{3}", own[key])] == []


def test_a_sentence_is_its_english_words_to_whoever_does_not_ask_for_more():
    sentence = say("room.low", count=7)
    assert sentence == "The disk has room for 7 more photos."
    assert f"{sentence}" == str(sentence) == sentence
    assert in_language(sentence, "de") == "Auf der Platte ist noch Platz für 7 Fotos."
    assert in_language("Paper-Jam 0x17", "de") == "Paper-Jam 0x17"


def test_a_sentence_within_another_is_said_in_the_same_language():
    words, remedy = words_for("left", ("paper", "cover"), "E-03")
    assert words == "The printer «left» has no paper and is open (E-03)."
    assert in_language(words, "fr") == "L’imprimante « left » n’a plus de papier et est ouverte (E-03)."
    assert in_language(remedy, "nl") == "Leg papier in."


def test_numbers_are_written_as_the_language_does():
    sentence = say("camera.slow", rate=2.46, wanted="30")
    assert sentence == "The camera sends 2.5 pictures a second instead of 30."
    assert in_language(sentence, "it").startswith("La fotocamera manda 2,5 immagini")


def test_braces_in_what_others_say_are_left_alone():
    sentence = say("sound.none", why="{count} of {0}")
    assert "{count} of {0}" in in_language(sentence, "es")


def test_what_cannot_be_said_is_an_error():
    with pytest.raises(KeyError):
        say("no.such.sentence")
    with pytest.raises(KeyError):
        say("room.low")


def test_a_fault_is_told_in_the_language_of_whoever_asks():
    told = say("plate.not_taken", why=said_by(PlateError(say("plate.moved"))))
    assert told.startswith("No clean plate could be taken: Something moved")
    assert "hat sich etwas bewegt" in in_language(told, "de")
    assert in_language(said_by(OSError(5, "I/O error")), "de") == "[Errno 5] I/O error"


def test_a_sentence_outlives_a_pipe():
    again = pickle.loads(pickle.dumps(fault_of(Reason.BLACK).text))
    assert isinstance(again, Sentence)
    assert in_language(again, "es") == "La imagen de la cámara está en negro."


@pytest.mark.parametrize("reason", Reason)
def test_a_camera_s_fault_says_what_to_do(reason):
    notice = CameraFaultError(reason, say("camera.gone", name="left")).notice()
    assert notice.in_language("de") == ("Die Kamera left ist weg.", in_language(notice.remedy, "de"))
    assert notice.remedy in str(CameraFaultError(reason, say("camera.gone", name="left")))


def test_a_notice_without_a_remedy_stays_without():
    assert Notice("purge", "warning", say("words", words="x")).in_language("nl") == ("x", "")


def test_a_sentence_is_read_again_as_it_was_kept():
    words, _ = words_for("left", ("paper",), "")
    kept = as_kept(say("printing.trouble", why=words))
    assert kept.startswith(f"{say('printing.trouble', why=words)}"), "other programs read the words"
    again = read_again(kept)
    assert again == say("printing.trouble", why=words)
    assert in_language(again, "de") == in_language(say("printing.trouble", why=words), "de")


@pytest.mark.parametrize(
    "behind", ["", "\x1f", '\x1f["no.such", {}]', '\x1f["room.low", {}]', "\x1f{", "\x1f7"]
)
def test_what_is_no_sentence_any_more_is_its_words(behind):
    assert read_again(f"Paper-Jam 0x17{behind}") == "Paper-Jam 0x17"
