"""The operator's PIN: kept as a hash, tried with growing pauses that a restart does not shorten."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from booth.config.settings import PIN_HASH
from booth.errors import SpoolError
from booth.files import publish

log = logging.getLogger(__name__)

COST = 14
"""Logarithm of scrypt's cost: 16 MB and some 50 ms a try."""
FREE_TRIES = 3
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 900.0
"""Seconds after the third wrong PIN in a row, doubled with each further one."""
SHORTEST, LONGEST = 4, 12


def hashed(pin: str, salt: bytes = b"", cost: int = COST) -> str:
    """Give what `operator.pin` holds for a PIN (scrypt, C. Percival, RFC 7914)."""
    salt = salt or os.urandom(16)
    key = hashlib.scrypt(pin.encode(), salt=salt, n=1 << cost, r=8, p=1, maxmem=1 << (cost + 11), dklen=32)
    return f"scrypt-{cost}-{salt.hex()}-{key.hex()}"


def matches(pin: str, kept: str) -> bool:
    """Whether a PIN is the one of this hash."""
    found = PIN_HASH.fullmatch(kept)
    if found is None:
        return False
    return hmac.compare_digest(hashed(pin, bytes.fromhex(found[2]), int(found[1])), kept)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a try; `wait` is in seconds, until the next is heard."""

    answer: Literal["open", "wrong", "locked"]
    wait: float


class PinGuard:
    """Hears PINs; the count of wrong ones lies in a file, so that a restart does not forget it."""

    def __init__(self, kept: str, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._kept = kept
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong, self._until = self._read()

    @property
    def is_set(self) -> bool:
        """Whether there is a PIN at all."""
        return bool(self._kept)

    def wait(self) -> float:
        """Seconds until a PIN is heard again. A clock that was set back cannot make it longer than its pause."""
        return max(0.0, min(self._until - self._clock(), pause_after(self._wrong)))

    def hear(self, pin: str) -> Verdict:
        """Judge a PIN. It counts as wrong before it is looked at: pulling the plug saves nobody a pause."""
        with self._lock:
            if not self.is_set:
                return Verdict("open", 0.0)
            if self.wait() > 0:
                return Verdict("locked", self.wait())
            self._count(self._wrong + 1)
            if matches(pin, self._kept):
                self._count(0)
                return Verdict("open", 0.0)
            log.warning("operator: a wrong PIN, the %d. in a row", self._wrong)
            return Verdict("wrong", self.wait())

    def _count(self, wrong: int) -> None:
        self._wrong = wrong
        self._until = self._clock() + pause_after(wrong) if wrong else 0.0
        try:
            publish(self._file, json.dumps({"wrong": wrong, "until": self._until}).encode())
        except SpoolError as error:
            log.error("operator: the tries of the PIN could not be written down: %s", error)

    def _read(self) -> tuple[int, float]:
        try:
            kept = json.loads(self._file.read_bytes())
            return max(0, int(kept["wrong"])), float(kept["until"])
        except FileNotFoundError:
            return 0, 0.0
        except (OSError, ValueError, KeyError, TypeError):
            # Whoever spoilt the file shall gain nothing by it.
            return FREE_TRIES, self._clock() + pause_after(FREE_TRIES)


def pause_after(wrong: int) -> float:
    """Seconds for which no PIN is heard after so many wrong ones in a row."""
    if wrong < FREE_TRIES:
        return 0.0
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(wrong - FREE_TRIES, 20)))
