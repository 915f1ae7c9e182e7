"""A request's turn: one of a few places, a time until which it must be answered, and its stages' seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from booth.service.api.models import late
from booth.service.api.problems import busy

_SOONEST, _LATEST = 1, 60


@dataclass(frozen=True, slots=True)
class Turn:
    """What one request has: `ends` is when it must be answered, on the monotonic clock; `seconds` fills up
    with its stages."""

    ends: float
    hands: threading.Semaphore
    seconds: dict[str, float] = field(default_factory=dict)

    def left(self) -> float:
        """Seconds that are left; raises a Problem where there are none."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise late()
        return seconds

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note how long something took."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    @contextmanager
    def by_hand(self, name: str) -> Iterator[None]:
        """Work on pictures outside of the models, which only a few may do at the same time."""
        if not self.hands.acquire(timeout=self.left()):
            raise late()
        try:
            with self.stage(name):
                yield
        finally:
            self.hands.release()


class Turns:
    """Takes in so many requests at once and no more; what is over is told when to come back."""

    def __init__(
        self,
        places: int,
        deadline: float,
        hands: int,
        on_done: Callable[[Mapping[str, float]], None] = lambda seconds: None,
    ) -> None:
        """`on_done` is told the seconds of each request's stages."""
        self._on_done = on_done
        self._places = places
        self._deadline = deadline
        self._hands = threading.Semaphore(hands)
        self._lock = threading.Lock()
        self._taken = 0
        self._usual = 1.0

    @property
    def taken(self) -> int:
        """How many requests are being answered or wait for it."""
        return self._taken

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Have a place until the end of the block; raises a Problem where none is free."""
        with self._lock:
            if self._taken >= self._places:
                wait = min(max(round(self._usual * self._taken), _SOONEST), _LATEST)
                raise busy(f"{self._taken} requests are being answered already: ask again later.", wait)
            self._taken += 1
        began = time.monotonic()
        turn = Turn(began + self._deadline, self._hands)
        try:
            yield turn
        finally:
            self._on_done(turn.seconds)
            with self._lock:
                self._usual += 0.2 * ((time.monotonic() - began) / self._taken - self._usual)
                self._taken -= 1
