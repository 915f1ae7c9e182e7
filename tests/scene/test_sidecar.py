from __future__ import annotations

from pathlib import Path

import pytest

from booth.errors import PictureError
from booth.scene.sidecar import Details, read_details

WHOLE = """\
title: {en: Beach, de: Strand, fr: Plage}
floor: 0.9
safe: [0.1, 0.2, 0.8, 1.0]
light: 360
sha256: "%s"
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "beach.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    details = read_details(written(tmp_path, WHOLE % ("AB" * 32)))
    assert details.titles == {"en": "Beach", "de": "Strand", "fr": "Plage"}
    assert (details.floor, details.safe, details.light) == (0.9, (0.1, 0.2, 0.8, 1.0), 0.0)
    assert details.sha256 == "ab" * 32


def test_a_title_may_be_one_text_in_any_language(tmp_path: Path) -> None:
    assert read_details(written(tmp_path, "title: Beach")).titles == {"en": "Beach"}
    assert read_details(written(tmp_path, "title: {de: Strand}")).titles == {"en": "Strand", "de": "Strand"}


def test_a_silent_file_leaves_everything_open(tmp_path: Path) -> None:
    assert read_details(written(tmp_path, "light: 0")) == Details()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("flor: 0.9", "beach.yaml: 'flor': unknown key, did you mean floor?"),
        ("zzz: 1", "unknown key, expected one of title, floor, safe, light, writing, sha256"),
        ("floor: low", "floor: 'low' given, expected a number from 0 to 1"),
        ("floor: yes", "floor: True given, expected a number from 0 to 1"),
        ("floor: .nan", "floor: nan given"),
        ("floor: " + "9" * 4000, "expected a number from 0 to 1"),
        ("floor: " + "9" * 9000, "is not YAML"),
        ("light: -5", "light: -5 given, expected a number from 0 to 360"),
        ("safe: 0.5", "safe: 0.5 given, expected [left, top, right, bottom]"),
        ("safe: [0.9, 0, 0.1, 1]", "right and bottom at least 0.1 beyond left and top"),
        ("safe: [0, 0, 1, 1.5]", "safe: 1.5 given, expected a number from 0 to 1"),
        ("title: 2024", "title: 2024 given, expected a text"),
        ("title: {english: Beach}", "title: unknown language 'english'"),
        ("title: {en: 12}", "title: 12 given for en, expected a text of 1 to 60 characters in quotes"),
        ("sha256: 12ab", "sha256: '12ab' given, expected 64 hexadecimal digits"),
        ("floor: 2\nlight: 400", "floor: 2 given, expected a number from 0 to 1; light: 400 given"),
        ("title: {en: Beach\nfloor: 1", "is not YAML: line 2"),
        ("just words", "holds 'just words', expected lines such as"),
        ("", "is empty (0 bytes)"),
        ("floor: !!bool maybe", "is not YAML"),
        ("floor: !!python/object/apply:os.getcwd []", "is not YAML"),
        ("floor: " + "[" * 5000, "is not YAML"),
        (b"title: \xff\xfe", "is not YAML"),
        ("#" * 70_000, "has 70000 bytes, expected at most 64000"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(PictureError) as caught:
        read_details(written(tmp_path, text))
    assert said in caught.value.what
    assert caught.value.what.startswith("beach.yaml: ")
    assert caught.value.remedy == "correct the file, or remove it: a picture needs no YAML"


def test_a_bomb_of_aliases_is_neither_walked_nor_printed(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join(['*' + a] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    with pytest.raises(PictureError) as caught:
        read_details(written(tmp_path, "\n".join([*lines, "floor: *i"])))
    assert len(caught.value.what) < 2000


def test_a_flood_of_keys_is_told_in_a_few_words(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="5000 keys in all, expected at most 6") as caught:
        read_details(written(tmp_path, "\n".join(f"k{number}: 1" for number in range(5000))))
    assert len(caught.value.what) < 2000
