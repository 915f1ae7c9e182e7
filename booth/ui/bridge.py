"""The one way by which results of worker threads reach the GUI thread."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")


class Bridge(QObject):
    """Lives in the GUI thread. Futures end in any thread; what is done with them happens here.

    Only a number crosses by signal: the Future waits in `_awaited`, which the GUI thread alone touches.
    """

    _arrived = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._awaited: dict[int, tuple[Future[Any], Callable[[Future[Any]], None]]] = {}
        self._lock = Lock()
        self._is_open = True
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def when_done(self, future: Future[T], then: Callable[[Future[T]], None]) -> None:
        """Call `then` in the GUI thread once the Future has its result."""
        number = next(self._numbers)
        self._awaited[number] = (future, then)
        future.add_done_callback(partial(self._announce, number))

    def close(self) -> None:
        """Deliver nothing any more; Futures that end later find no bridge."""
        with self._lock:
            self._is_open = False
        self._awaited.clear()

    def _announce(self, number: int, future: Future[Any]) -> None:
        """Runs in whichever thread ended the Future."""
        with self._lock:
            if self._is_open:
                self._arrived.emit(number)

    @Slot(int)
    def _deliver(self, number: int) -> None:
        if number in self._awaited:
            future, then = self._awaited.pop(number)
            then(future)
