"""Starting the booth anew from inside, so that it needs nobody who supervises it.

A lost CUDA context and a thread that hangs end with their process only. What matters is on the disk, so the
process replaces itself (`execv`): same arguments, same process number, as if it had just been started.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import NoReturn

from booth.sentences import as_kept, read_again, say
from booth.shot import Notice

log = logging.getLogger(__name__)

MOST = 3
WITHIN = 3600.0
"""At most `MOST` restarts in so many seconds: a device that is broken for good must not keep the booth closed."""
_REMEMBERED, _WHY = "BOOTH_RESTARTS", "BOOTH_RESTART_WHY"


class Restarts:
    """Remembers the last restarts in the process's environment, which a restart hands on."""

    def __init__(
        self, environment: MutableMapping[str, str] = os.environ, clock: Callable[[], float] = time.time
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._refused = ""

    def due(self, wanted: str | None) -> bool:
        """Tell whether what a restart is wanted for is worth one now."""
        if not wanted:
            return False
        if len(self._recent()) < MOST:
            return True
        if wanted != self._refused:
            log.error("no restart, as %d within the hour did not help: %s", MOST, wanted)
            self._refused = wanted
        return False

    def note(self, why: str) -> None:
        """Count a restart that is about to be, and remember why."""
        moments = [*self._recent(), self._clock()]
        # Not rounded: half a second in the future would count for nothing yet.
        self._environment[_REMEMBERED] = ",".join(str(int(moment)) for moment in moments)
        self._environment[_WHY] = as_kept(why)

    def told(self) -> tuple[Notice, ...]:
        """Say to the operator, once, that the booth has just started itself anew, and why."""
        why = read_again(self._environment.pop(_WHY, ""))
        if not why:
            return ()
        return (Notice("restart", "info", say("restart", why=why), say("restart.help")),)

    def _recent(self) -> list[float]:
        words = self._environment.get(_REMEMBERED, "").split(",")
        moments = [float(word) for word in words if word.isdigit()]
        return [moment for moment in moments if self._clock() - WITHIN < moment <= self._clock()]


def restart() -> NoReturn:
    """Replace this process by a fresh one of the same program and arguments; call it when all is stopped."""
    log.warning("the booth starts anew")
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    logging.shutdown()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
