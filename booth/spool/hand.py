"""The thread of one printer: looks after it, gives it sheets, and follows each of them to its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from booth.errors import PrintError, SpoolError, said_by
from booth.sentences import Sentence, Value, say
from booth.shot import Notice
from booth.spool.health import Health, PrinterState, State, words_for
from booth.spool.printing import Printer
from booth.spool.routing import Load, may_take
from booth.spool.rows import FIRST_PRINTER, Job
from booth.spool.spool import Spool
from booth.spool.tickets import spaced
from booth.spool.verdict import Progress

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds: how often a printer is looked at while it prints and while it rests, and the pauses after a
    fault, from the first to the longest."""

    busy: float = 0.7
    idle: float = 2.0
    first: float = 2.0
    longest: float = 20.0


class Hand:
    """One printer's thread. A printer that refuses is tried again, for as long as it takes; a sheet that cannot
    be printed at all is failed, and the next one follows."""

    def __init__(
        self,
        spool: Spool,
        printer: Printer,
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
        pace: Pace,
    ) -> None:
        self.printer = printer
        self.neighbours: Sequence[Hand] = ()
        self.key = "printer" if printer.name == FIRST_PRINTER else f"printer-{printer.name}"
        self._spool = spool
        self._sheets = spool.sheets
        self._on_notice = on_notice
        self._on_clear = on_clear
        self._pace = pace
        self._health = Health(takes=False)
        self._load = Load(0, printer.most, False, printer.formats)
        self._paused = False
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"print-{printer.name}")

    # --- for others --------------------------------------------------------------------------------------

    def start(self) -> None:
        self._sheets.on_change(self._wake.set)
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    def stop(self) -> None:
        """Let the step under way finish, and end the thread; what is with the printer is followed after a restart."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def load(self) -> Load:
        return self._load

    @property
    def stands_still(self) -> bool:
        """Whether nothing comes out until somebody does something."""
        return self._paused or self._health.hindered

    def state(self) -> PrinterState:
        """How the printer is, for the panel."""
        health, load = self._health, self._load
        words, remedy = (
            words_for(self.printer.name, health.reasons, health.detail) if health.reasons else ("", "")
        )
        return PrinterState(
            name=self.printer.name,
            state=state_of(health, load, self._paused),
            reasons=health.reasons,
            words=words,
            remedy=remedy,
            media=self.printer.formats,
            sheets_left=self._sheets.sheets_left(self.printer.name),
            holding=load.holding,
            printed=self._sheets.printed_by(self.printer.name),
            level=health.level,
            silent=self.printer.silent,
        )

    # --- the thread --------------------------------------------------------------------------------------

    def _work(self) -> None:
        pause = 0.0
        while not self._stopping.is_set():
            try:
                wait = self._turn()
                pause = 0.0
            except (PrintError, SpoolError) as error:
                wait = pause = self._longer(pause)
                log.warning("%s: %s; next try in %.1f s", self.printer.name, error, pause)
                self._tell_trouble(said_by(error))
            except Exception as error:
                wait = pause = self._longer(pause)
                log.exception("the print thread met something unforeseen; next try in %.1f s", pause)
                self._tell_trouble(say("unforeseen", why=str(error)))
            if pause:
                self._stopping.wait(pause)
            else:
                self._wake.wait(wait)
            self._wake.clear()

    def _longer(self, pause: float) -> float:
        return min(self._pace.longest, max(self._pace.first, 2 * pause))

    def _turn(self) -> float:
        """Do all that can be done now; seconds until the next look."""
        self._look()
        jobs = [job for job in self._sheets.under_way(self.printer.name) if job.state != "submitting"]
        holding = sum(not self._follow(job) for job in jobs)
        self._carry(holding)
        while not self._stopping.is_set() and self._may_take() and (job := self._claimed()) is not None:
            self._hand_over(job)
        return self._pace.busy if self._load.holding else self._pace.idle

    def _look(self) -> None:
        before = self._health
        self._health = self.printer.look()
        was_paused, self._paused = self._paused, self._sheets.is_paused(self.printer.name)
        if was_paused and not self._paused:
            self.printer.try_again()
        self._carry(self._load.holding)
        if self._health.hindered:
            self._tell_health()
        elif before.hindered:
            self._on_clear(self.key)
            self._roll_changed(before)

    def _carry(self, holding: int) -> None:
        takes = self._health.takes and not self._paused
        self._load = Load(holding, self.printer.most, takes, self.printer.formats)

    def _may_take(self) -> bool:
        return may_take(self._load, [hand.load for hand in self.neighbours])

    def _claimed(self) -> Job | None:
        return self._sheets.claim(self.printer.name, self.printer.formats).result()

    def _hand_over(self, job: Job) -> None:
        try:
            self.printer.print(job, lambda: self._spool.composite(job.photo_id))
        except SpoolError as error:
            self._give_up(job, error)
            return
        except PrintError as error:
            self._sheets.refused(job, str(error)).result()
            raise
        self._carry(self._load.holding + 1)
        if self._follow(job, Progress("submitted")):
            self._carry(self._load.holding - 1)

    def _follow(self, job: Job, otherwise: Progress | None = None) -> bool:
        """Note how far a sheet is, or `otherwise` where the printer cannot say; whether it has ended."""
        if job.unwanted:
            self.printer.cancel(job)
        try:
            progress = self.printer.follow(job) or otherwise
        except SpoolError as error:
            progress = Progress("uncertain", said_by(error))
        if progress is None:
            return False
        if progress.state in ("submitted", "printing"):
            if progress.state != job.state:
                self._sheets.moved(job, progress.state).result()
            return False
        self._end(job, progress)
        return True

    def _end(self, job: Job, progress: Progress) -> None:
        log.info("sheet %d of %d of %s: %s %s", job.sheet, job.sheets, job.code, progress.state, progress.why)
        match progress.state:
            case "printed":
                self._sheets.printed(job, progress.out, progress.why).result()
                self._on_clear(self.key)
            case "handed":
                self._sheets.handed(job, progress.out, progress.why).result()
                self._on_clear(self.key)
            case "uncertain":
                self._sheets.uncertain(job, progress.why).result()
            case "canceled":
                self._sheets.canceled(job, progress.why).result()
            case "refused":
                self._sheets.refused(job, progress.why).result()
            case _:
                self._sheets.failed(job, progress.why).result()
        if (notice := notice_of(job, progress)) is not None:
            self._on_notice(notice)

    def _give_up(self, job: Job, error: SpoolError) -> None:
        log.error("sheet %d of %s cannot be printed: %s", job.sheet, job.code, error)
        self._end(job, Progress("failed", said_by(error)))

    # --- what the operator reads -------------------------------------------------------------------------

    def _roll_changed(self, before: Health) -> None:
        """Paper or ribbon was loaded: count down from a full roll, where one is named."""
        if self.printer.roll and {"paper", "ribbon"} & set(before.reasons):
            self._sheets.loaded(self.printer.name, self.printer.roll).result()

    def _tell_health(self) -> None:
        words, remedy = words_for(self.printer.name, self._health.reasons, self._health.detail)
        waiting = self._spool.waiting()
        self._tell(say("told", what=words, remedy=waiting_words(waiting)) if waiting else words, remedy)

    def _tell_trouble(self, error: Sentence) -> None:
        self._tell(say("printing.trouble", why=error), say("printing.trouble.help"))

    def _tell(self, text: Sentence, remedy: Sentence) -> None:
        self._on_notice(Notice(self.key, "warning", text, remedy))


def state_of(health: Health, load: Load, paused: bool) -> State:
    if paused:
        return "paused"
    if "off" in health.reasons or "service" in health.reasons:
        return "off"
    if health.hindered:
        return "waiting"
    return "printing" if load.holding else "ready"


def waiting_words(count: int) -> Sentence:
    return say("printing.waits") if count == 1 else say("printing.wait", count=count)


def notice_of(job: Job, progress: Progress) -> Notice | None:
    """What to tell the operator of a sheet that ended otherwise than it should."""
    code, key = spaced(job.code), f"sheet-{job.code}"
    of: dict[str, Value] = {"code": code, "sheet": job.sheet, "sheets": job.sheets, "why": progress.why}
    if progress.state == "uncertain":
        return Notice(key, "fault", say("sheet.uncertain", **of), say("sheet.uncertain.help"))
    if progress.state == "failed":
        return Notice(key, "fault", say("sheet.failed", **of), say("sheet.failed.help"))
    if progress.state == "printed" and progress.out > 1:
        return Notice(key, "warning", say("sheet.more", **of), say("sheet.more.help"))
    return None
