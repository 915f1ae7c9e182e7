from __future__ import annotations

from pathlib import Path

import pytest

from booth.errors import SpoolError
from booth.spool.tickets import codes, new_code, new_photo_id, spaced, token_hash, token_key, token_of


def test_codes_have_no_letter_that_looks_or_sounds_like_another() -> None:
    short = codes(2)
    assert len(short) == len(set(short)) == 2294
    assert not set("".join(short)) & set("01IOQSZBDPNAEGHJCUVWY")
    assert all(code[0] != code[1] for code in short)
    assert not [code for code in codes(3) if "88" in code or "69" in code or "666" in code or "FK" in code]


def test_a_code_is_never_one_of_the_living() -> None:
    every = set(codes(2))
    living = set(sorted(every)[: len(every) // 2 - 1])
    assert all(new_code(living) in every - living for _ in range(20))


def test_codes_grow_a_digit_when_they_become_scarce() -> None:
    assert len(new_code(set(codes(2)))) == 5
    assert len(new_code(set(codes(2)) | set(codes(3)))) == 6
    with pytest.raises(SpoolError, match="no code is left"):
        new_code(set(codes(2)) | set(codes(3)) | set(codes(4)))


def test_a_code_is_shown_in_two_groups() -> None:
    assert spaced("KM47") == "KM 47"


def test_tokens_cannot_be_guessed_and_are_kept_as_a_hash(tmp_path: Path) -> None:
    key = token_key(tmp_path / "token.key")
    photos = [new_photo_id() for _ in range(100)]
    tokens = [token_of(key, photo_id) for photo_id in photos]
    assert len(set(tokens)) == 100
    assert all(len(token) == 22 for token in tokens)
    assert token_hash("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert photos[0] != photos[1]


def test_a_later_print_carries_the_same_token_and_another_booth_another(tmp_path: Path) -> None:
    first, second = token_key(tmp_path / "a.key"), token_key(tmp_path / "b.key")
    assert first == token_key(tmp_path / "a.key")
    assert (tmp_path / "a.key").stat().st_mode & 0o077 == 0
    assert token_of(first, "photo") == token_of(first, "photo") != token_of(second, "photo")
