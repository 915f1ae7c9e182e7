"""Pickup codes that people can read aloud, and tokens that nobody can guess.

A code is two letters and two digits, such as "KM 47". Its letters are F K L M R T X: none looks like a
digit or like another, and their names differ for the ear in English, German, French, Spanish, Italian
and Dutch (so no B D P beside T, no N beside M, no S beside F, no A E G H I J, whose names change places
between languages). Made-up words such as «TAKO» were tried on paper and left: of two syllables too many
mean something rude in one of six languages. 1 and 0 are left out, and so are pairs and numbers with a
second meaning. While the short codes grow scarce, a third digit joins them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Set
from itertools import permutations, product
from pathlib import Path

from booth.errors import SpoolError
from booth.files import publish, told

LETTERS = "FKLMRTX"
DIGITS = "23456789"
UNKIND_PAIRS = frozenset({"FK", "KT", "KX", "MF", "TK"})
UNKIND_NUMBERS = ("88", "69", "666")
LONGEST = 4


def new_photo_id() -> str:
    """A photo's name, made before the shutter."""
    return uuid.uuid4().hex


def codes(digits: int) -> list[str]:
    """Every code with that many digits."""
    pairs = [pair for pair in map("".join, permutations(LETTERS, 2)) if pair not in UNKIND_PAIRS]
    numbers = [
        number
        for number in map("".join, product(DIGITS, repeat=digits))
        if not any(unkind in number for unkind in UNKIND_NUMBERS)
    ]
    return [pair + number for pair in pairs for number in numbers]


def new_code(living: Set[str]) -> str:
    """Draw a code that none of the living has; a digit more where half of the shorter ones are taken."""
    for digits in range(2, LONGEST + 1):
        every = codes(digits)
        free = [code for code in every if code not in living]
        if 2 * len(free) > len(every):
            return secrets.choice(free)
    raise SpoolError(f"{len(living)} tickets wait to be collected: no code is left; delete old photos")


def spaced(code: str) -> str:
    """A code as guests see it: "KM 47"."""
    return f"{code[:2]} {code[2:]}"


def token_of(key: bytes, photo_id: str) -> str:
    """128 bits that nobody can guess, for the pickup address: the same again for a later print's QR code.

    Parameters
    ----------
    key : the booth's own secret; the ledger has no more of a token than its hash
    """
    digest = hmac.digest(key, photo_id.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def token_key(path: Path) -> bytes:
    """Read the booth's secret, or make it.

    Raises
    ------
    SpoolError
        If it can be neither read nor made.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        publish(path, secrets.token_bytes(32))
        return path.read_bytes()
    except OSError as error:
        raise told(error, path) from error


def token_hash(token: str) -> str:
    """All that the ledger keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
