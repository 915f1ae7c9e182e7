"""A request's turn: one of a few places, a time until which it must be answered, and its stages' seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from booth.service.api.models import ending, late
from booth.service.api.problems import busy

T = TypeVar("T")
_SOONEST, _LATEST = 1, 60


@dataclass(frozen=True, slots=True)
class Turn:
    """What one request has: `ends` is when it must be answered, on the monotonic clock; `hands` are for short
    work on pictures, `desks` the threads that solve mattes; `seconds` fills up with its stages."""

    ends: float
    hands: threading.Semaphore
    desks: Executor
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

    def at_a_desk(self, work: Callable[[], T]) -> T:
        """Have work done that takes so long that short work must not wait behind it; what still waits when the
        time is up is never begun."""
        asked = self.desks.submit(work)
        try:
            return asked.result(self.left())
        except FutureTimeout:
            asked.cancel()
            raise late() from None
        except CancelledError:
            raise ending() from None


class Turns:
    """Takes in so many requests at once and no more; what is over is told when to come back."""

    def __init__(
        self,
        places: int,
        deadline: float,
        hands: int,
        desks: Executor,
        on_done: Callable[[Mapping[str, float]], None] = lambda seconds: None,
    ) -> None:
        """`on_done` is told the seconds of each request's stages."""
        self._on_done = on_done
        self._places = places
        self._deadline = deadline
        self._hands, self._desks = threading.Semaphore(hands), desks
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
        turn = Turn(began + self._deadline, self._hands, self._desks)
        try:
            yield turn
        finally:
            self._on_done(turn.seconds)
            with self._lock:
                self._usual += 0.2 * ((time.monotonic() - began) / self._taken - self._usual)
                self._taken -= 1
