"""The print thread: one sheet at a time from the ledger to the printer, whatever happens in between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from booth.errors import PrintError, SpoolError
from booth.shot import Notice
from booth.spool.printing import Printer
from booth.spool.rows import Job
from booth.spool.spool import Spool

log = logging.getLogger(__name__)


class Dispatcher:
    """Prints what the spool has queued, in order, and goes on where an earlier run was cut off.

    A printer that refuses is tried again after 2 s, doubling to 20 s, for as long as it takes; the
    operator is told under the key "printer". A sheet that cannot be printed at all is failed and told
    under "sheet-CODE", and the next one follows.
    """

    def __init__(
        self,
        spool: Spool,
        printer: Printer,
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
        back_off: tuple[float, float] = (2.0, 20.0),
    ) -> None:
        self._spool = spool
        self._printer = printer
        self._on_notice = on_notice
        self._on_clear = on_clear
        self._back_off = back_off
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name="print")

    def start(self) -> None:
        self._spool.on_queued(self._wake.set)
        self._thread.start()

    def stop(self) -> None:
        """Let the sheet under way finish, and end the thread; what waits stays in the ledger."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                if not self._print_next():
                    self._wake.wait()
                    self._wake.clear()
                pause = 0.0
            except (PrintError, SpoolError) as error:
                pause = self._longer(pause)
                log.warning("%s: %s; next try in %.0f s", self._printer.name, error, pause)
                self._tell_trouble(str(error))
            except Exception as error:
                pause = self._longer(pause)
                log.exception("the print thread met something unforeseen; next try in %.0f s", pause)
                self._tell_trouble(f"unforeseen: {error}")

    def _print_next(self) -> bool:
        """Print the next sheet; False if there is none."""
        job = self._spool.claim().result()
        if job is None:
            return False
        try:
            self._printer.print(job, lambda: self._spool.composite(job.photo_id))
        except SpoolError as error:
            self._give_up(job, error)
            return True
        except PrintError as error:
            self._spool.refused(job, str(error)).result()
            raise
        self._spool.printed(job).result()
        self._on_clear("printer")
        log.info("sheet %d of %d of %s printed as job %s", job.sheet, job.sheets, job.code, job.uuid)
        return True

    def _give_up(self, job: Job, error: SpoolError) -> None:
        log.error("sheet %d of %s cannot be printed: %s", job.sheet, job.code, error)
        self._spool.failed(job, str(error)).result()
        self._on_notice(
            Notice(
                f"sheet-{job.code}",
                "fault",
                f"Ticket {job.code} could not be printed: {error}",
                "Ask the guest for another photo, and see the log.",
            )
        )

    def _tell_trouble(self, error: str) -> None:
        self._on_notice(
            Notice(
                "printer",
                "warning",
                f"Nothing can be printed just now: {error}",
                "Photos wait safely and are printed by themselves when this is mended.",
            )
        )

    def _longer(self, pause: float) -> float:
        shortest, longest = self._back_off
        return min(longest, max(shortest, 2 * pause))
