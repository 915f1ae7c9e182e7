"""Weights downloaded while the booth runs: it works without them meanwhile, and the operator sees how far."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from booth.errors import WeightsError, said_by
from booth.matting.weights import checkpoint_of, fetch, stored
from booth.sentences import Sentence, say
from booth.shot import Notice

log = logging.getLogger(__name__)

KEY = "matting.fetch"


class _StoppedError(Exception):
    """The booth ends; what came so far is kept for the next start."""


class WeightsFetch(threading.Thread):
    """Fetches one model's weights where they are missing; `start` returns at once."""

    def __init__(self, model: str, folder: Path, base: str, post: Callable[[Notice], None]) -> None:
        super().__init__(name="weights", daemon=True)
        self._model, self._folder, self._base, self._post = model, folder, base, post
        self._stopping = threading.Event()
        self._told = ""

    def run(self) -> None:
        """Fetch, and tell how far; a fault is told with its remedy."""
        try:
            if not self._is_wanted():
                return
            self._tell("info", say("fetch.begins", model=self._model))
            path = fetch(self._model, self._folder, self._base, self._progress, pause=self._pause)
        except _StoppedError:
            log.info("fetching %s was stopped; the next start goes on from there", self._model)
        except WeightsError as fault:
            self._tell("warning", say("fetch.failed", model=self._model, why=said_by(fault)))
        else:
            self._tell("info", say("fetch.done", model=self._model, file=path.name), say("fetch.done.help"))

    def stop(self, timeout: float = 5.0) -> None:
        """Give up between two pieces and wait for the thread's end."""
        self._stopping.set()
        if self.ident is not None:
            self.join(timeout)

    def _is_wanted(self) -> bool:
        """A damaged file is told by the engine, and is not overwritten unasked."""
        mine = checkpoint_of(self._model)
        return next(each for each in stored(self._folder) if each.checkpoint == mine).state == "missing"

    def _progress(self, done: int, total: int | None) -> None:
        if self._stopping.is_set():
            raise _StoppedError
        share = f"{100 * done // total} %" if total else f"{done >> 20} MB"
        self._tell("info", say("fetch.goes_on", model=self._model, share=share))

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise _StoppedError

    def _tell(self, level: str, text: Sentence, remedy: Sentence | Literal[""] = "") -> None:
        if text != self._told:
            self._told = text
            self._post(Notice(KEY, level, text, remedy))
