"""A printer behind an IPP queue, CUPS above all: sheets are handed over once, and followed to their end.

A sheet goes in two steps, since a request that timed out may still be heard later: Create-Job, which prints
nothing; its uuid is written down and synced; only then Send-Document. Whenever the power fails or an answer
stays out, the record tells whether the document can have been sent, and a job that waits for a document that
never came is canceled. Jobs are found again by their uuid and by our name, never by their id alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings
from booth.errors import PrintError
from booth.files import remove
from booth.sentences import say
from booth.spool import ipp
from booth.spool.files import Folders
from booth.spool.formats import formats_of, knows, media_of, sheet_for
from booth.spool.health import Health, Silence, reasons_of
from booth.spool.ipp import Attribute, Ipp, IppError, NoAnswerError
from booth.spool.ipp_view import IDLE, STOPPED, ListedJob, PrinterAnswer, about, job_by_id, jobs
from booth.spool.records import read_record, record_path, write_record
from booth.spool.rows import Job
from booth.spool.sheets import SheetMaker
from booth.spool.uptime import Moment, stayed_on, this_moment
from booth.spool.verdict import Evidence, Progress, verdict

MOST_IN_QUEUE = 2
MOST_RESUMES = 20
"""How often a stopped queue is started again before a sheet comes out; then the operator must say that it may."""
HISTORY_MISSING = "cups-ipp-missing-job-history"
PRINTER_REMEMBERS = 45.0
"""Seconds for which a printer surely lists a job that has ended; the virtual one forgets after 60."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds: how long an answer may take, how long a sheet beyond its usual time, how long a job may be in
    no list, and how often a stopped queue is started again where the printer cannot be asked."""

    answer: float = 5.0
    slack: float = 15.0
    missing: float = 3.0
    resume: float = 30.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What is remembered of a sheet that was, or may have been, handed to a queue: when, by the computer's `run` and
    its clock; the printer's own jobs that were seen to have brought it out, of which a printer forgets; `husk`: its
    document never came, and it was canceled."""

    uuid: str
    queue_id: int
    queue_uuid: str
    run: str
    at: float
    brought: Sequence[str] = ()
    husk: bool = False

    @property
    def moment(self) -> Moment:
        return Moment(self.run, self.at)


class QueuePrinter:
    """Hands sheets to an IPP queue and asks the printer behind it what becomes of them."""

    most = MOST_IN_QUEUE

    def __init__(
        self,
        folders: Folders,
        settings: PrinterSettings,
        sheets: SheetMaker,
        patience: Patience | None = None,
        clock: Callable[[], Moment] = this_moment,
    ) -> None:
        self.name = settings.name
        self.formats = formats_of(settings)
        self.roll = settings.roll
        self._settings = settings
        self._records = folders.records
        self._sheets = sheets
        self._patience = patience or Patience()
        self._clock = clock
        self._queue = Ipp(settings.queue, self._patience.answer)
        self._device = Ipp(settings.device, self._patience.answer) if settings.device else None
        self._asked_for_device = bool(settings.device)
        self._health = Health(("service",), takes=False)
        self._all_sheets = tuple(dict.fromkeys(sheet_for(one, self.formats) for one in self.formats))
        self.media_ready: tuple[str, ...] = ()
        self._resumed_at = 0.0
        self._resumes = 0
        self._moved_at: dict[str, float] = {}
        self._missing_since: dict[str, float] = {}

    # --- how it is ---------------------------------------------------------------------------------------

    @property
    def silent(self) -> Silence:
        """Behind USB and the like it cannot be asked between two sheets."""
        return "" if self._device or not self._asked_for_device else "between"

    def try_again(self) -> None:
        """Start a stopped queue again, however often that was in vain."""
        self._resumes, self._resumed_at = 0, 0.0

    def look(self) -> Health:
        """Ask queue and printer how they are, and start a stopped queue whose cause is gone."""
        self._health = self._look()
        return self._health

    def _look(self) -> Health:
        try:
            queue = about(self._queue)
        except PrintError as error:
            log.info("%s: %s", self._queue.uri, error)
            return Health(("service",), takes=False)
        self._find_device(queue)
        self.media_ready = queue.media_ready
        unknown = [sheet for sheet in self._all_sheets if not knows(queue.media_supported, sheet)]
        if unknown:
            # It would not refuse such a sheet: it prints it on another paper, cut or with bars.
            has = ", ".join(queue.media_supported)
            return Health(("media",), takes=False, detail=f"its queue has no {unknown[0]}, but {has}")
        if self._device is None:
            return self._health_by_queue(queue)
        try:
            device = about(self._device)
        except PrintError:
            return Health(("off",), takes=False)
        self.media_ready = device.media_ready
        health = Health(reasons_of(device.reasons), detail=notable(device.message))
        if queue.state == STOPPED:
            return self._stopped(health, wait=self._patience.answer)
        return replace(health, takes=not health.hindered)

    def _find_device(self, queue: PrinterAnswer) -> None:
        """Learn once from the queue where the printer is; USB and the like cannot be asked."""
        if self._asked_for_device:
            return
        self._asked_for_device = True
        if queue.device.startswith(("ipp://", "http://")):
            self._device = Ipp(queue.device, self._patience.answer)
        log.info("%s: the printer is %s", self.name, queue.device or "not named by its queue")

    def _health_by_queue(self, queue: PrinterAnswer) -> Health:
        """The queue's reasons alone: one that rests may show reasons that are long gone, so it still takes."""
        reasons = tuple(reason for reason in reasons_of(queue.reasons) if reason != "stopped")
        health = Health(reasons, detail=notable(queue.message), level=queue.level)
        if queue.state == STOPPED:
            return self._stopped(health, wait=self._patience.resume)
        return replace(health, takes=queue.state == IDLE or not health.hindered)

    def _stopped(self, health: Health, wait: float) -> Health:
        if self._resumes >= MOST_RESUMES:
            return replace(health, reasons=("given_up", *health.reasons), takes=False)
        may_go_on = self._device is None or not health.hindered
        if may_go_on and time.monotonic() >= self._resumed_at + wait:
            self._resumed_at = time.monotonic()
            self._resumes += 1
            try:
                self._queue.ask(ipp.RESUME_PRINTER)
                log.warning("%s: the queue was stopped; it was started again", self.name)
            except PrintError as error:
                log.warning("%s: the queue was stopped and cannot be started again: %s", self.name, error)
        return replace(health, reasons=(*health.reasons, "stopped"), takes=False)

    # --- handing over ------------------------------------------------------------------------------------

    def print(self, job: Job, picture: Callable[[], Rgb8]) -> None:
        """Hand a sheet over, once; what was handed over before is left to `follow`."""
        if read_record(self._records, job.uuid, Sent) is not None:
            return
        sheet = sheet_for(job.format, self.formats)
        data = self._sheets.jpeg(job, picture(), sheet)
        job_id = self._created(job, sheet)
        listed = job_by_id(self._queue, job_id)
        now = self._clock()
        sent = Sent(job.uuid, job_id, listed.uuid, now.run, now.at)
        write_record(self._records, job.uuid, sent)
        try:
            self._send(job_id, data)
        except IppError:
            self._cancel_listed(listed)
            remove((record_path(self._records, job.uuid),))
            raise
        except NoAnswerError as error:
            log.warning("%s: whether %s was heard is not known: %s", self.name, job.name, error)
        self._moved_at[job.uuid] = time.monotonic()

    def _created(self, job: Job, sheet: str) -> int:
        media = media_of(sheet)
        size = (
            (ipp.INTEGER, "x-dimension", media.width),
            (ipp.INTEGER, "y-dimension", media.height),
        )
        margins = tuple(
            (ipp.INTEGER, f"media-{edge}-margin", 0) for edge in ("top", "bottom", "left", "right")
        )
        column = ((ipp.BEGIN_COLLECTION, "media-size", size), *margins)
        wishes: tuple[Attribute, ...] = (
            (ipp.INTEGER, "copies", 1),
            (ipp.BEGIN_COLLECTION, "media-col", column),
            (ipp.KEYWORD, "print-scaling", "none"),
            (ipp.KEYWORD, "sides", "one-sided"),
        )
        answer = self._queue.ask(ipp.CREATE_JOB, ((ipp.NAME, "job-name", job.name),), wishes)
        made = next(iter(answer.of(ipp.JOB)), {})
        (job_id,) = made.get("job-id", (0,))
        return int(job_id)

    def _send(self, job_id: int, data: bytes) -> None:
        self._queue.ask(
            ipp.SEND_DOCUMENT,
            (
                (ipp.INTEGER, "job-id", job_id),
                (ipp.MIME, "document-format", "image/jpeg"),
                (ipp.BOOLEAN, "last-document", True),
            ),
            document=data,
        )

    # --- following ---------------------------------------------------------------------------------------

    def follow(self, job: Job) -> Progress | None:
        """How far a sheet is; None while that cannot be said. It always comes to an end: a sheet of which
        nothing is heard for too long, while nothing hinders it, is called uncertain."""
        sent = read_record(self._records, job.uuid, Sent)
        if sent is None:
            return Progress("refused", say("sheet.not_handed"))
        try:
            progress = self._followed(job, sent)
        except PrintError as error:
            log.info("%s: %s", self.name, error)
            progress = None
        if progress is not None and progress.state in ("submitted", "printing"):
            moved = progress.state != job.state
        else:
            moved = progress is not None
        if moved or self._health.hindered:
            self._moved_at[job.uuid] = time.monotonic()
        elif self._is_overdue(job):
            self._let_go(sent, job)
            progress = Progress("uncertain", say("sheet.unheard"))
        return self._ended(job, progress)

    def _followed(self, job: Job, sent: Sent) -> Progress | None:
        listed = self._in_queue(job, sent)
        if listed is None and not self._is_missing(job):
            return None
        if listed is not None and listed.seen.incoming and not listed.seen.ended:
            write_record(self._records, job.uuid, replace(sent, husk=True))
            self._cancel_listed(listed)
            return None
        on_device, device = self._on_device(job)
        now = self._clock()
        answers = self._device is None or device is not None
        sent = self._remembered(sent, on_device)
        seen = Evidence(
            queue=listed.seen if listed else None,
            device=None if on_device is None else tuple(one.seen for one in on_device),
            answers=answers,
            out=len(sent.brought),
            restarted=device is not None and not stayed_on(sent.moment, now, device.up),
            history_missing=HISTORY_MISSING in about(self._queue).reasons,
            wanted=not job.unwanted,
            was_printing=job.state == "printing",
            fresh=sent.moment.within(PRINTER_REMEMBERS, now),
            at_rest=device is None or (device.state == IDLE and not reasons_of(device.reasons)),
        )
        if sent.husk and answers and not on_device and (listed is None or listed.seen.ended):
            return Progress("refused", say("sheet.half_heard"))
        progress = verdict(seen)
        if listed is None and progress is not None:
            self._let_go(sent, job)
        return progress

    def _in_queue(self, job: Job, sent: Sent) -> ListedJob | None:
        """Find the job in the queue's lists; by its id only where uuid or name agree and it has ended."""
        for listed in jobs(self._queue):
            if is_ours(listed, job, sent):
                self._missing_since.pop(job.uuid, None)
                return listed
        unlisted = self._unlisted(job, sent)
        return unlisted if unlisted and unlisted.seen.ended else None

    def _unlisted(self, job: Job, sent: Sent) -> ListedJob | None:
        """The job that the queue still knows by its id though it lists it nowhere, as after a restart."""
        try:
            listed = job_by_id(self._queue, sent.queue_id)
        except IppError:
            return None
        return listed if is_ours(listed, job, sent) else None

    def _is_missing(self, job: Job) -> bool:
        since = self._missing_since.setdefault(job.uuid, time.monotonic())
        return time.monotonic() >= since + self._patience.missing

    def _on_device(self, job: Job) -> tuple[tuple[ListedJob, ...] | None, PrinterAnswer | None]:
        """The printer's own jobs of our name, and how it is after that; None where it cannot be asked."""
        if self._device is None:
            return None, None
        try:
            return tuple(one for one in jobs(self._device) if one.name == job.name), about(self._device)
        except PrintError:
            return None, None

    def _remembered(self, sent: Sent, on_device: Sequence[ListedJob] | None) -> Sent:
        """The record with what came out by now: a printer forgets it in a minute, or with its power, and the queue may
        send a sheet again after that."""
        brought = {one.uuid or str(one.id) for one in on_device or () if one.seen.came_out}
        if brought <= set(sent.brought):
            return sent
        sent = replace(sent, brought=sorted({*sent.brought, *brought}))
        write_record(self._records, sent.uuid, sent)
        return sent

    def _is_overdue(self, job: Job) -> bool:
        since = self._moved_at.setdefault(job.uuid, time.monotonic())
        return time.monotonic() > since + 1.5 * MOST_IN_QUEUE * self._settings.seconds + self._patience.slack

    def _ended(self, job: Job, progress: Progress | None) -> Progress | None:
        if progress is not None and progress.state not in ("submitted", "printing"):
            self._moved_at.pop(job.uuid, None)
            self._missing_since.pop(job.uuid, None)
            if progress.state == "printed":
                self._resumes = 0
            if progress.state == "refused":
                remove((record_path(self._records, job.uuid),))
        return progress

    # --- letting go --------------------------------------------------------------------------------------

    def cancel(self, job: Job) -> None:
        """Ask queue and printer to let a sheet be; what they make of it is for `follow` to see."""
        sent = read_record(self._records, job.uuid, Sent)
        if sent is None:
            return
        self._let_go(sent, job)
        if self._device is None:
            return
        try:
            for listed in jobs(self._device):
                if listed.name == job.name and not listed.seen.ended:
                    self._device.ask(ipp.CANCEL_JOB, ((ipp.INTEGER, "job-id", listed.id),))
        except PrintError as error:
            log.info("%s: %s could not be canceled at the printer: %s", self.name, job.name, error)

    def _let_go(self, sent: Sent, job: Job) -> None:
        """Cancel what the queue still has of a sheet, so that it does not come out by surprise later."""
        try:
            for listed in (*jobs(self._queue), self._unlisted(job, sent)):
                if listed is not None and is_ours(listed, job, sent) and not listed.seen.ended:
                    self._cancel_listed(listed)
        except PrintError as error:
            log.warning("%s: %s could not be canceled: %s", self.name, job.name, error)

    def _cancel_listed(self, listed: ListedJob) -> None:
        try:
            self._queue.ask(ipp.CANCEL_JOB, ((ipp.INTEGER, "job-id", listed.id),))
        except PrintError as error:
            log.info("%s: job %s could not be canceled: %s", self.name, listed.uuid, error)


def is_ours(listed: ListedJob, job: Job, sent: Sent) -> bool:
    """Whether a listed job is this sheet: by uuid, or by name where uuids are not shown."""
    if listed.uuid and sent.queue_uuid:
        return listed.uuid == sent.queue_uuid
    return listed.name == job.name


def notable(message: str) -> str:
    """A printer's own words where they say more than its state does."""
    return (
        ""
        if message.rstrip(".").lower() in ("", "idle", "printing", "paused", "stopped", "ready")
        else message
    )
