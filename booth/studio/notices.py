"""What the operator should know, from all threads, one notice a cause."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

from booth.shot import Notice

log = logging.getLogger(__name__)

_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "fault": logging.ERROR}
_ORDER = {"fault": 0, "warning": 1, "info": 2}


class NoticeBoard:
    """Keeps the newest notice of each key; any thread may post and clear."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notices: dict[str, Notice] = {}

    def post(self, notice: Notice) -> None:
        """Put a notice up in place of the one with its key, and into the log when it says something new."""
        with self._lock:
            known = self._notices.get(notice.key)
            self._notices[notice.key] = notice
        if known != notice:
            log.log(_LEVELS[notice.level], "%s %s", notice.text, notice.remedy)

    def clear(self, key: str) -> None:
        """Take a notice down, if there is one of that key."""
        with self._lock:
            gone = self._notices.pop(key, None)
        if gone is not None and gone.level != "info":
            log.info("Well again: %s", gone.text)

    def all(self) -> tuple[Notice, ...]:
        """Give every notice, the worst first."""
        with self._lock:
            notices = tuple(self._notices.values())
        return by_urgency(notices)


def by_urgency(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Give notices the worst first, else in their order."""
    return tuple(sorted(notices, key=lambda notice: _ORDER[notice.level]))
