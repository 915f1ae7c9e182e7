"""Pictures at the size at which they are shown, made by a thread of its own: no screen waits for a photo."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from PySide6.QtQuick import QQuickView

from booth.ui.bridge import Bridge

T = TypeVar("T")


class Enlarger:
    """One thread that makes what screens show; what it made is handed over in the GUI thread, in order."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="enlarger")
        self._is_open = True

    def make(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Have something made, and `then` called with it in the GUI thread."""
        if self._is_open:
            self._bridge.when_done(self._pool.submit(work), partial(_hand_over, then))

    def stop(self) -> None:
        """Finish what is under way and end the thread."""
        self._is_open = False
        self._pool.shutdown(wait=True, cancel_futures=True)


def _hand_over(then: Callable[[T], None], future: Future[T]) -> None:
    if not future.cancelled():
        then(future.result())


class PictureWindow(QQuickView):
    """A window that has an enlarger for the pictures on its screens."""

    def __init__(self, enlarger: Enlarger) -> None:
        super().__init__()
        self.enlarger = enlarger
