"""What the operator sees of printing and may do: printers, queue, media; calls return at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from booth.spool.dispatcher import Dispatcher
from booth.spool.health import PrinterState
from booth.spool.rows import Job
from booth.spool.sheet_queue import SheetQueue
from booth.spool.tickets import spaced


@dataclass(frozen=True, slots=True)
class JobView:
    """A sheet for the panel. `state` is "held" for a queued one that waits for its release; `why` is what there is
    to say, `at` when it last changed, in seconds since the epoch."""

    uuid: str
    photo_id: str
    number: int
    code: str
    sheet: int
    sheets: int
    format: str
    state: str
    printer: str
    why: str
    at: float


class PrintDesk:
    """The panel's way to printers and queue. A Future is done when the disk has it; it fails with SpoolError, in
    plain words, where a wish comes too late."""

    def __init__(self, sheets: SheetQueue, dispatcher: Dispatcher, on_clear: Callable[[str], None]) -> None:
        self._sheets = sheets
        self._dispatcher = dispatcher
        self._on_clear = on_clear

    def printers(self) -> tuple[PrinterState, ...]:
        """How every printer is."""
        return self._dispatcher.printers()

    def jobs(self, limit: int = 50) -> tuple[JobView, ...]:
        """Uncertain sheets first, then those under way and waiting in their order, then the newest that ended."""
        return tuple(map(view_of, self._sheets.jobs(limit)))

    def counts(self) -> dict[str, int]:
        """How many sheets are in each state."""
        return self._sheets.counts()

    def allowed(self) -> int | None:
        """Sheets that guests may still order at this event; None for no limit."""
        return self._sheets.allowed()

    def hold(self, uuid: str) -> Future[None]:
        """Let a queued sheet wait."""
        return self._sheets.hold(uuid)

    def release(self, uuid: str) -> Future[None]:
        """Let a held sheet go on."""
        return self._sheets.release(uuid)

    def cancel(self, uuid: str) -> Future[None]:
        """Take a sheet out; of one that is under way it is a wish to its printer."""
        return self._sheets.cancel(uuid)

    def reorder(self, uuid: str, before: str | None) -> Future[None]:
        """Put a queued sheet before another one; None puts it to the end."""
        return self._sheets.move(uuid, before)

    def first(self, uuid: str) -> Future[None]:
        """Put a queued sheet before all others."""
        return self._sheets.first(uuid)

    def came_out(self, uuid: str) -> Future[None]:
        """The operator has found an uncertain sheet in the tray."""
        return self._settled(uuid, self._sheets.came_out(uuid))

    def again(self, uuid: str) -> Future[None]:
        """Print a sheet once more that is uncertain, failed or canceled."""
        return self._settled(uuid, self._sheets.again(uuid))

    def reprint(self, photo_id: str, copies: int = 1) -> Future[None]:
        """Queue more sheets of a photo."""
        return self._sheets.reprint(photo_id, copies)

    def service(self, name: str, on: bool) -> Future[None]:
        """Take a printer out of service, or back."""
        return self._sheets.service(name, on)

    def loaded(self, name: str, sheets: int) -> Future[None]:
        """So many sheets were put in; 0 ends the counting."""
        return self._sheets.loaded(name, sheets)

    def _settled(self, uuid: str, done: Future[None]) -> Future[None]:
        done.add_done_callback(
            lambda future: self._clear_notice(uuid) if future.exception() is None else None
        )
        return done

    def _clear_notice(self, uuid: str) -> None:
        self._on_clear(f"sheet-{self._sheets.job(uuid).code}")


def view_of(job: Job) -> JobView:
    return JobView(
        uuid=job.uuid,
        photo_id=job.photo_id,
        number=job.number,
        code=spaced(job.code),
        sheet=job.sheet,
        sheets=job.sheets,
        format=job.format,
        state="held" if job.held and job.state == "queued" else job.state,
        printer=job.printer,
        why=job.why,
        at=job.at,
    )
