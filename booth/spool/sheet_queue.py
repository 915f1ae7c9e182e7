"""The sheets in the ledger: who takes which, what became of it, and what the operator may still decide."""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import Future

from booth.errors import SpoolError
from booth.sentences import as_kept, say
from booth.spool import rows
from booth.spool.files import Folders
from booth.spool.ledger import Ledger
from booth.spool.rows import FIRST_PRINTER, Job, Photo
from booth.spool.sidecar import publish_side_car

DOUBTED = ("uncertain", "handed")
"""What the operator may still settle by looking into the tray."""
log = logging.getLogger(__name__)


class SheetQueue:
    """The queue of sheets. What changes it gives a Future that is done when the disk has it."""

    def __init__(
        self, ledger: Ledger, folders: Folders, clock: Callable[[], float], event: str, event_sheets: int
    ) -> None:
        """`event_sheets` is the most that the event of this name may print, 0 for no limit."""
        self._ledger = ledger
        self._folders = folders
        self._clock = clock
        self._event = event
        self._event_sheets = event_sheets
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call this, on the ledger's thread, whenever a sheet may be taken; it must return at once."""
        self._listeners.append(listener)

    def tell_listeners(self) -> None:
        for listener in self._listeners:
            listener()

    # --- what the printers do ----------------------------------------------------------------------------

    def claim(self, printer: str = FIRST_PRINTER, formats: Collection[str] = ()) -> Future[Job | None]:
        """Give a printer its next sheet, one that it had begun before a stop first; None if none fits."""
        return self._ledger.submit(lambda: self._claim(printer, formats))

    def under_way(self, printer: str) -> list[Job]:
        """The sheets that a printer has been given and that have not ended, oldest first."""
        with self._ledger.reading() as database:
            return [job for job in rows.jobs_in(database, *rows.WITH_PRINTER) if job.printer == printer]

    def moved(self, job: Job, state: str, why: str = "") -> Future[None]:
        """Note how far a sheet is: "submitted" or "printing"."""
        return self._ledger.submit(lambda: self._change(job, state, why))

    def printed(self, job: Job, out: int = 1, why: str = "") -> Future[None]:
        """Count a sheet as printed, once; `out` is how many came out, which should be one."""
        return self._ledger.submit(lambda: self._change(job, "printed", why, out))

    def handed(self, job: Job, out: int, why: str) -> Future[None]:
        """Note that a printer has a sheet and will not tell what becomes of it; `out` sheets are counted."""
        return self._ledger.submit(lambda: self._change(job, "handed", why, out))

    def uncertain(self, job: Job, why: str) -> Future[None]:
        """Say that nobody knows whether a sheet came out: only the operator can tell."""
        return self._ledger.submit(lambda: self._change(job, "uncertain", why))

    def failed(self, job: Job, why: str) -> Future[None]:
        """Give a sheet up."""
        return self._ledger.submit(lambda: self._change(job, "failed", why))

    def canceled(self, job: Job, why: str = "") -> Future[None]:
        """Note that a sheet will not come out, as the operator wished."""
        return self._ledger.submit(lambda: self._change(job, "canceled", why))

    def refused(self, job: Job, why: str) -> Future[None]:
        """Put a sheet that a printer did not take, and of which nothing came out, back to its place."""
        return self._ledger.submit(lambda: self._refused(job, why))

    def disown(self, printers: Collection[str]) -> Future[int]:
        """Put back what printers had begun that are no longer there, as far as nothing can have come out.

        What they had been given becomes uncertain. Gives the count of sheets.
        """
        return self._ledger.submit(lambda: self._disown(printers))

    def fit(self, formats: Collection[str]) -> Future[int]:
        """Let sheets that wait for a paper which no printer has any more be printed on what the printers have.

        Gives the count of sheets.
        """
        return self._ledger.submit(lambda: self._fit(formats))

    # --- what the operator does --------------------------------------------------------------------------

    def hold(self, job_uuid: str) -> Future[None]:
        """Let a waiting sheet wait until it is released."""
        return self._ledger.submit(lambda: self._set_waiting(job_uuid, "held", held=1))

    def release(self, job_uuid: str) -> Future[None]:
        """Let a held sheet go on."""
        return self._ledger.submit(lambda: self._set_waiting(job_uuid, "released", held=0))

    def cancel(self, job_uuid: str) -> Future[None]:
        """Take a sheet out of the queue; where it is under way, the printer is asked to let it be."""
        return self._ledger.submit(lambda: self._cancel(job_uuid))

    def move(self, job_uuid: str, before: str | None) -> Future[None]:
        """Put a waiting sheet before another one, or to the end."""
        return self._ledger.submit(lambda: self._move(job_uuid, before))

    def first(self, job_uuid: str) -> Future[None]:
        """Put a waiting sheet before all others."""
        return self._ledger.submit(lambda: self._first(job_uuid))

    def came_out(self, job_uuid: str) -> Future[None]:
        """Settle an uncertain sheet: the operator has seen it."""
        return self._ledger.submit(lambda: self._settle(job_uuid, "printed", "it came out"))

    def again(self, job_uuid: str) -> Future[None]:
        """Print a sheet once more that did not come out, or of which nobody knows."""
        return self._ledger.submit(lambda: self._again(job_uuid))

    def reprint(self, photo_id: str, copies: int = 1) -> Future[None]:
        """Queue more sheets of a photo, beyond any quota."""
        return self._ledger.submit(lambda: self._reprint(photo_id, copies))

    def service(self, printer: str, on: bool) -> Future[None]:
        """Take a printer out of service, or back into it; a restart leaves it as it is."""
        return self._ledger.submit(lambda: self._set_printer(printer, paused=int(not on)))

    def loaded(self, printer: str, sheets: int) -> Future[None]:
        """Count down from this many sheets; 0 for nobody knows."""
        return self._ledger.submit(lambda: self._set_printer(printer, loaded=sheets, used=0))

    # --- what is read ------------------------------------------------------------------------------------

    def jobs(self, limit: int) -> list[Job]:
        """Sheets: of which nobody knows, under way, waiting, in their order; then the newest that ended."""
        with self._ledger.reading() as database:
            open_ones = [
                job
                for states in (("uncertain",), rows.WITH_PRINTER, ("queued",))
                for job in rows.jobs_in(database, *states)
            ]
            ended = rows.ended_jobs(database, max(0, limit - len(open_ones)))
        return [*open_ones, *ended][:limit]

    def job(self, job_uuid: str) -> Job:
        """A sheet as it stands."""
        with self._ledger.reading() as database:
            return rows.job(database, job_uuid)

    def counts(self) -> dict[str, int]:
        """How many sheets are in each state, as far back as photos are kept."""
        with self._ledger.reading() as database:
            return dict(database.execute("SELECT state, count(*) FROM print_job GROUP BY state").fetchall())

    def printed_by(self, printer: str) -> int:
        """Sheets that came out of a printer at this event, also of photos that are deleted."""
        with self._ledger.reading() as database:
            return rows.sheets_at(database, self._event, printer)

    def sheets_left(self, printer: str) -> int | None:
        """Sheets left of what was loaded; None where nobody said."""
        with self._ledger.reading() as database:
            row = database.execute("SELECT loaded, used FROM printer WHERE name = ?", (printer,)).fetchone()
        return max(0, row["loaded"] - row["used"]) if row and row["loaded"] else None

    def is_paused(self, printer: str) -> bool:
        """Whether the operator took a printer out of service."""
        with self._ledger.reading() as database:
            row = database.execute("SELECT paused FROM printer WHERE name = ?", (printer,)).fetchone()
        return bool(row and row["paused"])

    def allowed(self) -> int | None:
        """Sheets that guests may still order at this event; None for no limit."""
        with self._ledger.reading() as database:
            return self.quota(database)

    def quota(self, database: sqlite3.Connection) -> int | None:
        """The same within a transaction."""
        if not self._event_sheets:
            return None
        waiting = rows.count_jobs(database, *rows.OPEN_JOBS, "uncertain")
        return max(0, self._event_sheets - rows.sheets_at(database, self._event) - waiting)

    # --- on the ledger's thread --------------------------------------------------------------------------

    def _claim(self, printer: str, formats: Collection[str]) -> Job | None:
        with self._ledger.transaction() as database:
            job = rows.next_job(database, printer, formats)
            if job is None or job.state == "submitting":
                return job
            rows.change_job(database, job.uuid, self._clock(), state="submitting", printer=printer)
            self.follow(database, job.photo_id)
            return rows.job(database, job.uuid)

    def _change(self, job: Job, state: str, why: str, out: int = 0) -> None:
        now = self._clock()
        with self._ledger.transaction() as database:
            before = rows.job(database, job.uuid)
            if before.state not in rows.OPEN_JOBS or (before.state, before.why) == (state, why):
                return
            values = {"state": state, "error": why, "out": out}
            if state in ("printed", "handed"):
                values["printed_at"] = now
                rows.count_sheets(database, self._event, before.printer, out)
            rows.change_job(database, job.uuid, now, **values)
            self._tell(database, before, state, why)
            self.follow(database, job.photo_id)
            if state != "printing":  # of which a lost ledger need not know
                publish_side_car(database, self._folders, job.photo_id)

    def _refused(self, job: Job, why: str) -> None:
        with self._ledger.transaction() as database:
            if rows.job(database, job.uuid).state not in rows.WITH_PRINTER:
                return
            values = {"state": "queued", "printer": "", "attempts": job.attempts + 1, "error": why}
            rows.change_job(database, job.uuid, self._clock(), **values)
            self.follow(database, job.photo_id)

    def _disown(self, printers: Collection[str]) -> int:
        with self._ledger.reading() as database:
            jobs = [job for job in rows.jobs_in(database, *rows.WITH_PRINTER) if job.printer not in printers]
        for job in jobs:
            if (self._folders.records / f"{job.uuid}.json").exists():
                self._change(job, "uncertain", f"its printer, {job.printer}, is no longer set up")
            else:
                self._refused(job, f"its printer, {job.printer}, is no longer set up")
        return len(jobs)

    def _fit(self, formats: Collection[str]) -> int:
        with self._ledger.transaction() as database:
            jobs = [job for job in rows.jobs_in(database, "queued") if not rows.is_fit(job, formats)]
            for job in jobs:
                rows.change_job(database, job.uuid, self._clock(), format="")
                self._tell(database, job, "on another paper", job.format)
                publish_side_car(database, self._folders, job.photo_id)
        return len(jobs)

    def _set_waiting(self, job_uuid: str, word: str, **values: object) -> None:
        with self._ledger.transaction() as database:
            job = self._waiting(database, job_uuid)
            rows.change_job(database, job_uuid, self._clock(), **values)
            self._tell(database, job, word)
        self.tell_listeners()

    def _cancel(self, job_uuid: str) -> None:
        with self._ledger.transaction() as database:
            job = rows.job(database, job_uuid)
            if job.state not in rows.OPEN_JOBS:
                raise SpoolError(
                    f"sheet {job.sheet} of {job.code} is {job.state}: it cannot be canceled any more"
                )
            if job.state == "queued":
                rows.change_job(
                    database, job_uuid, self._clock(), state="canceled", error=say("sheet.by_operator")
                )
            else:
                rows.change_job(database, job_uuid, self._clock(), unwanted=1)
            self._tell(database, job, "canceled" if job.state == "queued" else "to be canceled")
            self.follow(database, job.photo_id)
            publish_side_car(database, self._folders, job.photo_id)
        self.tell_listeners()

    def _move(self, job_uuid: str, before: str | None) -> None:
        with self._ledger.transaction() as database:
            self._waiting(database, job_uuid)
            if before is None:
                place = rows.last_position(database) + 1
            else:
                waiting = [job.uuid for job in rows.jobs_in(database, "queued") if job.uuid != job_uuid]
                if before not in waiting:
                    raise SpoolError("the sheet to put it before does not wait any more")
                place = rows.position_before(database, waiting, before)
            rows.change_job(database, job_uuid, self._clock(), position=place)

    def _first(self, job_uuid: str) -> None:
        with self._ledger.reading() as database:
            waiting = [job.uuid for job in rows.jobs_in(database, "queued") if job.uuid != job_uuid]
        if waiting:
            self._move(job_uuid, waiting[0])

    def _settle(self, job_uuid: str, state: str, why: str) -> None:
        now = self._clock()
        with self._ledger.transaction() as database:
            job = self._doubted(database, job_uuid)
            rows.change_job(database, job_uuid, now, state=state, error=why, out=1, printed_at=now)
            if job.state == "uncertain":  # one that was handed over is counted already
                rows.count_sheets(database, self._event, job.printer, 1)
            self._tell(database, job, state, why)
            self.follow(database, job.photo_id)
            publish_side_car(database, self._folders, job.photo_id)

    def _again(self, job_uuid: str) -> None:
        now = self._clock()
        with self._ledger.transaction() as database:
            job = rows.job(database, job_uuid)
            if job.state not in (*DOUBTED, "failed", "canceled"):
                raise SpoolError(
                    f"sheet {job.sheet} of {job.code} is {job.state}: there is nothing to print again"
                )
            if job.state in DOUBTED:
                rows.change_job(database, job_uuid, now, state="failed", error=say("sheet.not_out"), out=0)
            if job.state == "handed":
                rows.count_sheets(database, self._event, job.printer, -1)
            queue_sheet(database, job.photo_id, job.sheet, job.sheets, job.format)
            self._tell(database, job, "printed again")
            self.follow(database, job.photo_id)
            publish_side_car(database, self._folders, job.photo_id)
        self.tell_listeners()

    def _reprint(self, photo_id: str, copies: int) -> None:
        now = self._clock()
        with self._ledger.transaction() as database:
            photo = rows.photo(database, photo_id)
            if not photo.composite_sha256:
                raise SpoolError(f"photo {photo_id[:8]} has no finished picture to print")
            had = rows.jobs_of(database, photo_id)
            sheets = max((job["sheet"] for job in had), default=0)
            for sheet in range(sheets + 1, sheets + copies + 1):
                queue_sheet(database, photo_id, sheet, sheets + copies, had[0]["format"] if had else "")
            rows.tell(database, now, "reprint", photo_id, f"{copies} more")
            self.follow(database, photo_id)
            publish_side_car(database, self._folders, photo_id)
        self.tell_listeners()

    def _set_printer(self, name: str, **values: int) -> None:
        with self._ledger.transaction() as database:
            database.execute("INSERT OR IGNORE INTO printer (name) VALUES (?)", (name,))
            sets = ", ".join(f"{key} = :{key}" for key in values)
            database.execute(f"UPDATE printer SET {sets} WHERE name = :name", {**values, "name": name})
        self.tell_listeners()

    def _waiting(self, database: sqlite3.Connection, job_uuid: str) -> Job:
        job = rows.job(database, job_uuid)
        if job.state != "queued":
            raise SpoolError(f"sheet {job.sheet} of {job.code} is {job.state}: it does not wait any more")
        return job

    def _doubted(self, database: sqlite3.Connection, job_uuid: str) -> Job:
        job = rows.job(database, job_uuid)
        if job.state not in DOUBTED:
            raise SpoolError(f"sheet {job.sheet} of {job.code} is {job.state}: nobody doubts that")
        return job

    def _tell(self, database: sqlite3.Connection, job: Job, word: str, why: str = "") -> None:
        detail = f"{job.sheet} of {job.sheets} {why}".strip()
        rows.tell(database, self._clock(), f"sheet {word}", job.photo_id, detail)

    def follow(self, database: sqlite3.Connection, photo_id: str) -> None:
        """Bring a photo to where its sheets are, within a transaction; a deleted one stays deleted."""
        if rows.photo(database, photo_id).state == "discarded":
            return
        standing = rows.standing(database, photo_id)
        if rows.photo(database, photo_id).state not in (
            standing,
            "collected" if standing == "printed" else "",
        ):
            rows.step(database, photo_id, standing, self._clock())


def queue_sheets(database: sqlite3.Connection, photo: Photo, format_name: str = "") -> None:
    """One job for each sheet."""
    for sheet in range(1, photo.copies + 1):
        queue_sheet(database, photo.id, sheet, photo.copies, format_name)


def queue_sheet(
    database: sqlite3.Connection, photo_id: str, sheet: int, sheets: int, format_name: str = ""
) -> None:
    """Queue one sheet, at the end; another edition where it was printed before."""
    (edition,) = database.execute(
        "SELECT coalesce(max(edition), 0) + 1 FROM print_job WHERE photo_id = ? AND sheet = ?",
        (photo_id, sheet),
    ).fetchone()
    job = {
        "uuid": uuid.uuid4().hex,
        "photo_id": photo_id,
        "sheet": sheet,
        "sheets": sheets,
        "edition": edition,
    }
    place = rows.last_position(database) + 1
    rows.insert(database, "print_job", {**job, "state": "queued", "format": format_name, "position": place})


def give_up(database: sqlite3.Connection, photo_id: str, now: float, why: str) -> None:
    """Fail a photo with all of its sheets that did not come out."""
    database.execute(
        "UPDATE print_job SET state = 'failed', error = ? "
        "WHERE photo_id = ? AND state NOT IN ('printed', 'handed', 'canceled')",
        (as_kept(why), photo_id),
    )
    rows.step(database, photo_id, "failed", now)
