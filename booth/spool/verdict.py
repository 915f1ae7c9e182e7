"""What became of a sheet, judged from what queue and printer say of it; nothing here is guessed.

The queue's word is not enough. CUPS calls a job completed, and even counts its impression, when the printer lost
its power in the middle of it. So the printer itself is asked: for its own job of our name, and whether it has
been started anew since the sheet was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from booth.sentences import say

Ending = Literal["submitted", "printing", "printed", "handed", "uncertain", "failed", "canceled", "refused"]

PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = 5, 6, 7, 8, 9
"""RFC 8011, 5.3.7: job-state."""


@dataclass(frozen=True, slots=True)
class SeenJob:
    """A job as a queue or printer lists it."""

    state: int
    impressions: int
    incoming: bool = False

    @property
    def ended(self) -> bool:
        """Of a queue's job: one that is stopped there failed in a filter, and goes on for nobody."""
        return self.state >= STOPPED

    @property
    def is_over(self) -> bool:
        """Of a printer's own job: one that is stopped there waits for a hand, and goes on then."""
        return self.state >= CANCELED

    @property
    def came_out(self) -> bool:
        return self.is_over and self.impressions >= 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known. `queue` is None where the queue no longer lists the job; `device` is None where the
    printer cannot be asked, else its jobs of our name; `answers`: it answered after all of that; `out`: how many
    of the printer's jobs were ever seen to have brought the sheet out; `restarted`: the printer was switched on
    after the sheet was sent, or may have been; `fresh`: sent so short a time ago that the printer must still know
    of it; `at_rest`: the printer neither prints nor waits for a hand."""

    queue: SeenJob | None
    device: tuple[SeenJob, ...] | None
    answers: bool
    out: int
    restarted: bool
    history_missing: bool
    wanted: bool
    was_printing: bool
    fresh: bool
    at_rest: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sheet is: "refused" means that nothing came out and it may be handed over again; "handed", that
    whoever has it now does not tell what becomes of it. `out` counts the sheets that came out, as far as is known."""

    state: Ending
    why: str = ""
    out: int = 0


def verdict(seen: Evidence) -> Progress | None:
    """What became of a sheet; None while that cannot be said, though it may be soon.

    Whoever asks gives up after a time, and calls it uncertain.
    """
    if seen.queue is not None and not seen.queue.ended:
        return None if seen.queue.incoming else under_way(seen.queue)
    if not seen.answers:
        return None
    if any(not job.is_over for job in seen.device or ()):
        return Progress("printing")
    if seen.out:
        return came_out(seen.out)
    if seen.restarted:
        return Progress("uncertain", say("sheet.restarted"))
    if seen.queue is None:
        return vanished(seen)
    if seen.queue.state == COMPLETED:
        return completed(seen, seen.queue)
    return ended_early(seen, seen.queue)


def under_way(job: SeenJob) -> Progress:
    return Progress("printing" if job.state == PROCESSING else "submitted")


def came_out(out: int) -> Progress:
    why = say("sheet.twice", out=out) if out > 1 else ""
    return Progress("printed", why, out)


def completed(seen: Evidence, job: SeenJob) -> Progress:
    """The queue is content. Without a printer to ask, or one that keeps no list, its word must do."""
    if seen.device:
        return Progress("uncertain", say("sheet.disputed"))
    if seen.history_missing:
        return Progress("uncertain", say("sheet.forgotten"))
    if job.impressions < 1:
        return Progress("uncertain", say("sheet.unreported"))
    return Progress("printed", "", 1)


def ended_early(seen: Evidence, job: SeenJob) -> Progress | None:
    """Canceled, aborted, or stopped by a filter that failed."""
    if not seen.wanted:
        # Printers are known to print a canceled sheet all the same when their paper is loaded.
        return Progress("canceled", say("sheet.by_operator")) if seen.at_rest else None
    if job.state == STOPPED and seen.device is None:
        return Progress("uncertain", say("sheet.stopped"))
    by_hand = job.state == CANCELED
    return Progress("failed", say("sheet.given_up_there") if by_hand else say("sheet.given_up"))


def vanished(seen: Evidence) -> Progress:
    """The queue has lost it, as after a crash of the print service."""
    if seen.device is None or seen.device or seen.was_printing or not seen.fresh:
        return Progress("uncertain", say("sheet.lost"))
    if not seen.wanted:
        return Progress("canceled", say("sheet.by_operator"))
    return Progress("refused", say("sheet.lost_before"))
