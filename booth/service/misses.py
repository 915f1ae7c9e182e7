"""How often an address asked for what is not there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

WINDOW_SECONDS = 60.0
ADDRESSES = 10_000


class Misses:
    """Counts wrong tokens by address within a minute; knows no more than the newest addresses."""

    def __init__(self, allowed: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowed = allowed
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[float, int]] = {}

    def add(self, address: str) -> None:
        """Count one wrong token."""
        with self._lock:
            since, count = self._current(address)
            self._counts.pop(address, None)
            self._counts[address] = (since, count + 1)
            if len(self._counts) > ADDRESSES:
                self._counts.pop(next(iter(self._counts)))

    def are_too_many(self, address: str) -> bool:
        """Whether this address must wait for its minute to end."""
        with self._lock:
            return self._current(address)[1] >= self._allowed

    def _current(self, address: str) -> tuple[float, int]:
        now = self._clock()
        since, count = self._counts.get(address, (now, 0))
        return (since, count) if now - since < WINDOW_SECONDS else (now, 0)
