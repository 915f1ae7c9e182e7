"""Edits of the configuration while the booth runs: a good one waits to be taken up, another is refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from booth.config.edit import differs
from booth.config.settings import Settings
from booth.errors import ConfigError
from booth.sentences import say
from booth.shot import Notice

log = logging.getLogger(__name__)

KEY = "config.edit"
Mark = tuple[int, int, int] | None


class ConfigWatch:
    """Looks at some files now and then. `pending` names what a good edit changed, empty while there is none;
    `refusal` is what the operator must be told of one that is not good. One thread looks."""

    def __init__(
        self,
        file: Path | None = None,
        running: Settings | None = None,
        load: Callable[[], Settings] = Settings,
        others: Sequence[Path] = (),
    ) -> None:
        self.file = file
        self.pending = ""
        self.refusal: Notice | None = None
        self._running = running or Settings()
        self._load = load
        self._files = (*([file] if file else []), *others)
        self._judged = self._seen = self._marks()

    def look(self) -> None:
        """Look once. A file that is just being saved is left alone until it has been the same twice."""
        marks = self._marks()
        settled, self._seen = marks == self._seen, marks
        if settled and marks != self._judged:
            self._judged = marks
            self._judge()

    def _judge(self) -> None:
        try:
            edited = self._load()
        except ConfigError as error:
            said = say("config.refused", problems=str(error))
            self.pending = ""
            self.refusal = Notice(KEY, "warning", said, say("config.refused.help"))
            return
        self.refusal = None
        self.pending = ", ".join(differs(self._running, edited))
        if self.pending:
            log.info("The configuration was edited: %s", self.pending)

    def _marks(self) -> tuple[Mark, ...]:
        return tuple(_mark(file) for file in self._files)


def _mark(file: Path) -> Mark:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
