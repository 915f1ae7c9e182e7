"""Whether a printer stayed on while it had a sheet, told by its up-time and by a clock that nobody sets.

The time of day will not do: a computer without a battery for its clock starts the evening twice at the same hour,
and then a printer that came back with it seems never to have been off.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

UNSURE = 2.0
"""Seconds: an up-time in whole ones may be one too long, and a printer's clock may go a little otherwise."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Seconds `at` on the clock of one `run` of the computer, from its start to its end."""

    run: str
    at: float

    def within(self, seconds: float, now: Moment) -> bool:
        """Whether it was at most so long ago."""
        return self.run == now.run and now.at < self.at + seconds


def this_moment() -> Moment:
    """Now; where a system does not name its runs, by the time of day."""
    if sys.platform != "linux":
        return Moment("", time.time())
    try:
        run = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return Moment("", time.time())
    return Moment(run, time.clock_gettime(time.CLOCK_BOOTTIME))


def stayed_on(sent: Moment, answered: Moment, up: int | None) -> bool:
    """Whether a printer has surely been on since a sheet was sent to it.

    What cannot be proved is no: a printer switched on a moment before the sheet was sent may have been switched on
    a moment after it, and of what came before the computer's own start its clock knows nothing.

    Parameters
    ----------
    answered : when its answer was there
    up : seconds for which it said that it is on; None where it does not say, and is taken at its word
    """
    return up is None or (sent.run == answered.run and answered.at - up + UNSURE < sent.at)
