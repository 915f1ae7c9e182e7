"""A printer of the computer's own print system, as Windows has it: who takes sheets, and does not tell what became
of them.

The system gives no number for a sheet and no word when it is out. So a sheet that the system took is «handed over»,
and never «printed»: that word is the printer's own, or the operator's. Where the sheet was on its way and no answer
came, it is uncertain, as everywhere.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings
from booth.errors import PrintError
from booth.files import remove
from booth.sentences import say
from booth.spool.files import Folders
from booth.spool.formats import formats_of, sheet_for, size_of
from booth.spool.health import Health, Silence
from booth.spool.records import read_record, record_path, write_record
from booth.spool.rows import Job
from booth.spool.sheets import SheetMaker
from booth.spool.verdict import Progress

SystemState = Literal["idle", "active", "error", "missing"]
LONGEST = 3.0
"""Times its usual time, for which a sheet may keep the system busy; `SLACK` seconds more, as printers warm up."""
SLACK = 60.0
log = logging.getLogger(__name__)


class UnknownError(PrintError):
    """The system gave no answer: it may have the sheet, or not."""


@dataclass(frozen=True, slots=True)
class SystemSheet:
    """A sheet as a print system gets it: an upright JPEG for a paper of so many inches."""

    printer: str
    name: str
    width: float
    height: float
    dpi: int
    jpeg: bytes


class PrintSystem(Protocol):
    """The way to the computer's own printing. No call waits for more than some seconds; any thread may call."""

    def look(self, printer: str) -> tuple[SystemState, tuple[str, ...]]:
        """How a printer is, as the system sees it, and the names of all printers; raises PrintError."""

    def print(self, sheet: SystemSheet) -> None:
        """Hand a sheet over.

        Raises
        ------
        UnknownError
            If nobody knows whether the system has it now.
        PrintError
            If the system did not take it.
        """


@dataclass(frozen=True, slots=True)
class Given:
    """What is remembered of a sheet: `taken` turns true when the system said that it has it."""

    taken: bool


class SystemPrinter:
    """Hands sheets to the computer's print system, one at a time, so that the queue stays the booth's."""

    most = 1
    silent: Silence = "outcome"

    def __init__(
        self,
        folders: Folders,
        settings: PrinterSettings,
        sheets: SheetMaker,
        system: PrintSystem,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = settings.name
        self.formats = formats_of(settings)
        self.roll = settings.roll
        self._settings = settings
        self._records = folders.records
        self._sheets = sheets
        self._system = system
        self._clock = clock
        self._health = Health()
        self._is_active = False
        self._was_active = False
        self._since: float | None = None

    def look(self) -> Health:
        """Ask the system how the printer is; of paper and ribbon it knows no more than «error»."""
        self._health = self._look()
        if self._health.hindered:
            # A sheet's time begins anew when somebody has seen to the printer.
            self._since, self._was_active = None, False
        return self._health

    def _look(self) -> Health:
        try:
            state, printers = self._system.look(self._settings.system)
        except PrintError as error:
            return Health(("service",), takes=False, detail=str(error))
        self._is_active = state == "active"
        self._was_active = self._was_active or self._is_active
        if state == "missing":
            return Health(("unknown",), takes=False, detail=f"there are: {', '.join(printers) or 'none'}")
        return Health(("other",), takes=False) if state == "error" else Health()

    def print(self, job: Job, picture: Callable[[], Rgb8]) -> None:
        """Hand a sheet over, once: what was on its way before a stop is left to `follow`."""
        if read_record(self._records, job.uuid, Given) is not None:
            return
        sheet = sheet_for(job.format, self.formats)
        width, height = size_of(sheet)
        jpeg = self._sheets.jpeg(job, picture(), sheet)
        write_record(self._records, job.uuid, Given(taken=False))
        self._was_active, self._since = False, self._clock()
        try:
            self._system.print(
                SystemSheet(self._settings.system, job.name, width, height, self._settings.dpi, jpeg)
            )
        except UnknownError as error:
            log.warning("%s: whether the system has %s is not known: %s", self.name, job.name, error)
        except PrintError:
            remove((record_path(self._records, job.uuid),))
            raise
        else:
            write_record(self._records, job.uuid, Given(taken=True))

    def follow(self, job: Job) -> Progress | None:
        """A sheet is with the system while that is busy with it, or for its usual time; then it is handed over,
        which is all that can be known."""
        given = read_record(self._records, job.uuid, Given)
        if given is None:
            return Progress("refused", say("sheet.not_handed"))
        if not given.taken:
            return Progress("uncertain", say("sheet.unanswered"))
        if self._since is None:
            self._since = self._clock()
        passed = self._clock() - self._since
        if not self._is_active and (self._was_active or passed >= self._settings.seconds):
            return Progress("handed", say("sheet.untold"), 1)
        if passed > LONGEST * self._settings.seconds + SLACK:
            return Progress("uncertain", say("sheet.busy"))
        return Progress("printing")

    def try_again(self) -> None:
        """Nothing is given up."""

    def cancel(self, job: Job) -> None:
        """The system gives no way to take a sheet back."""
