"""What a queue or a printer says of itself and of our jobs, over IPP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from booth.spool import ipp
from booth.spool.ipp import Attributes, Ipp
from booth.spool.verdict import SeenJob

JOBS_LISTED = 60
IDLE, PROCESSING, STOPPED = 3, 4, 5
ABOUT_PRINTER = (
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-up-time",
    "device-uri",
    "document-format-supported",
    "marker-levels",
    "media-default",
    "media-supported",
    "media-ready",
)
ABOUT_JOB = (
    "job-id",
    "job-uuid",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-impressions-completed",
    "job-media-sheets-completed",
)


@dataclass(frozen=True, slots=True)
class PrinterAnswer:
    """`state` is 3 idle, 4 processing or 5 stopped; `up` in seconds since the printer was switched on, None where
    it does not say; `level` in percent of ribbon or paper, the lowest; media by the names that IPP has for them."""

    state: int
    reasons: tuple[str, ...]
    message: str
    up: int | None
    device: str
    formats: tuple[str, ...]
    level: int | None
    media_default: str
    media_supported: tuple[str, ...]
    media_ready: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A job in a list. Its id is good for the next request only: ids are given again after a crash."""

    id: int
    uuid: str
    name: str
    seen: SeenJob


def about(printer: Ipp) -> PrinterAnswer:
    """Ask a printer or queue how it is."""
    wanted = (ipp.KEYWORD, "requested-attributes", ABOUT_PRINTER)
    found = next(iter(printer.ask(ipp.GET_PRINTER, (wanted,)).of(ipp.PRINTER)), {})
    return PrinterAnswer(
        number(found, "printer-state"),
        texts(found, "printer-state-reasons"),
        text(found, "printer-state-message"),
        next((value for value in found.get("printer-up-time", ()) if isinstance(value, int)), None),
        text(found, "device-uri"),
        texts(found, "document-format-supported"),
        min(
            (level for level in found.get("marker-levels", ()) if isinstance(level, int) and level >= 0),
            default=None,
        ),
        text(found, "media-default"),
        texts(found, "media-supported"),
        texts(found, "media-ready"),
    )


def jobs(printer: Ipp) -> list[ListedJob]:
    """The jobs that it lists: those to come and under way first, so that one that ends meanwhile is not missed."""
    return [*listed(printer, "not-completed"), *listed(printer, "completed")]


def listed(printer: Ipp, which: str) -> Iterator[ListedJob]:
    answer = printer.ask(
        ipp.GET_JOBS,
        (
            (ipp.INTEGER, "limit", JOBS_LISTED),
            (ipp.KEYWORD, "which-jobs", which),
            (ipp.KEYWORD, "requested-attributes", ABOUT_JOB),
        ),
    )
    return map(job_in, answer.of(ipp.JOB))


def job_by_id(printer: Ipp, job_id: int) -> ListedJob:
    """A job by its id, which may be somebody else's by now."""
    wanted = (ipp.KEYWORD, "requested-attributes", ABOUT_JOB)
    return job_in(
        next(iter(printer.ask(ipp.GET_JOB, ((ipp.INTEGER, "job-id", job_id), wanted)).of(ipp.JOB)), {})
    )


def job_in(found: Attributes) -> ListedJob:
    reasons = found.get("job-state-reasons", ())
    out = max(number(found, "job-impressions-completed"), number(found, "job-media-sheets-completed"))
    seen = SeenJob(number(found, "job-state"), out, "job-incoming" in reasons)
    return ListedJob(number(found, "job-id"), text(found, "job-uuid"), text(found, "job-name"), seen)


def number(found: Attributes, name: str) -> int:
    value = next(iter(found.get(name, ())), None)
    return value if isinstance(value, int) else 0


def text(found: Attributes, name: str) -> str:
    return str(next(iter(found.get(name, ())), None) or "")


def texts(found: Attributes, name: str) -> tuple[str, ...]:
    return tuple(str(value) for value in found.get(name, ()) if value is not None)
