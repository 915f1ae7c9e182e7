from __future__ import annotations

import pytest

from booth.errors import SpoolError
from booth.spool.tickets import codes, new_code, new_photo_id, new_token, spaced, token_hash


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


def test_tokens_cannot_be_guessed_and_are_kept_as_a_hash() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 22 for token in tokens)
    assert token_hash("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert new_photo_id() != new_photo_id()
