"""A report in the operator's words: what each page of the panel shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from booth.camera.drift import Drift
from booth.sentences import in_language
from booth.shot import Backdrop, Notice
from booth.spool.desk import JobView
from booth.spool.health import PrinterState
from booth.spool.overview import TEST
from booth.studio.operator import Report, View
from booth.ui.words import counted

Words = Mapping[str, str]
Shown = dict[str, Any]
GRAVITY = {"fault": 2, "warning": 1}


def percentile(seconds: Sequence[float], share: float) -> float:
    """Give the value below which a share of the values lies (nearest rank); 0 where there are none."""
    if not seconds:
        return 0.0
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def figure(words: Words, value: float, digits: int) -> str:
    """Write a number as the panel's language does."""
    return f"{value:.{digits}f}".replace(".", words["decimal"])


def state(words: Words, language: str, notices: Sequence[Notice], closed: bool) -> Shown:
    """The one big state: its level, its words, and what to do."""
    grave = [notice for notice in notices if notice.level in GRAVITY]
    level = grave[0].level if grave else "well"
    text, remedy = grave[0].in_language(language) if grave else ("", "")
    more = len(grave) - 1
    title = words["state.closed"] if closed and level == "well" else words[_TITLES[level]]
    hint = words["state.closed.hint"] if closed else words["state.well.hint"]
    return {
        "level": "closed" if closed and level == "well" else level,
        "title": title,
        "text": text if grave else hint,
        "remedy": remedy,
        "more": counted(words, "state.more", more) if more > 0 else "",
    }


_TITLES = {"well": "state.well", "warning": "state.note", "fault": "state.fault"}


def notes(language: str, notices: Sequence[Notice]) -> list[Shown]:
    """Every notice, for the list."""
    read = [(notice.level, *notice.in_language(language)) for notice in notices]
    return [{"level": level, "text": text, "remedy": remedy} for level, text, remedy in read]


def figures_of_state(words: Words, report: Report, today: str) -> list[Shown]:
    """The four figures below the big state."""
    photos, sheets = next(((p, s) for day, p, s in report.tally.days if day == today), (0, 0))
    middle, most = percentile(report.seconds, 0.5), percentile(report.seconds, 0.95)
    left = report.room.photos_left if report.room else 0
    hint = words["state.seconds.hint"].format(seconds=figure(words, most, 1))
    return [
        {
            "value": str(photos),
            "label": words["state.photos.today"],
            "note": f"{sheets} {words['state.sheets.today']}",
        },
        {
            "value": figure(words, middle, 1) if report.seconds else "–",
            "label": words["state.seconds"],
            "note": hint if report.seconds else words["state.seconds.none"],
        },
        {"value": str(report.waiting), "label": words["state.waiting"], "note": _media(words, report)},
        {"value": f"{left:,}".replace(",", "\u202f"), "label": words["state.left"], "note": _free(report)},
    ]


def _media(words: Words, report: Report) -> str:
    left = [printer.sheets_left for printer in report.printers if printer.sheets_left is not None]
    return words["prints.media"].format(count=sum(left)) if left else ""


def _free(report: Report) -> str:
    return f"{report.room.free_mb / 1000:.0f} GB" if report.room else ""


def camera(words: Words, report: Report) -> Shown:
    """The camera's own line."""
    width, height = report.camera_size
    facts = words["camera.facts"].format(width=width, height=height, rate=f"{report.camera_rate:.0f}")
    return {
        "state": words[f"camera.{report.camera_state}"],
        "live": report.camera_state == "live",
        "facts": facts if width else words["camera.none"],
    }


def exposure(words: Words, milliseconds: float | None) -> Shown:
    """For how long the camera lets light in, and whether that can be changed."""
    if milliseconds is None:
        return {"there": False, "auto": True, "text": words["camera.exposure.none"]}
    if milliseconds == 0:
        return {"there": True, "auto": True, "text": words["camera.exposure.auto"]}
    digits = 0 if milliseconds == round(milliseconds) else 1
    value = words["camera.exposure.value"].format(value=figure(words, milliseconds, digits))
    return {"there": True, "auto": False, "text": value}


def seen(words: Words, view: View | None) -> Shown:
    """Sharpness and light of what the camera sees."""
    if view is None:
        return {
            "sharpness": 0,
            "sharpnessText": words["camera.none"],
            "sharp": False,
            "lightText": "",
            "lit": False,
        }
    sharp = "good" if view.sight.is_sharp else "soft"
    return {
        "sharpness": round(100 * view.sight.sharpness),
        "sharpnessText": words[f"camera.sharpness.{sharp}"],
        "sharp": view.sight.is_sharp,
        "lightText": words[f"camera.light.{view.sight.light}"],
        "lit": view.sight.light == "good",
    }


def plate(words: Words, language: str, report: Report) -> Shown:
    """The clean plate, and whether it fits."""
    if report.plate_taken_at is None:
        return {"there": False, "text": words["plate.none"], "fits": False, "drift": ""}
    taken = datetime.fromtimestamp(report.plate_taken_at).strftime("%d.%m. %H:%M")
    return {
        "there": True,
        "text": words["plate.taken"].format(when=taken, noise=figure(words, report.plate_noise, 1)),
        "fits": report.drift is not None and report.drift.message is None,
        "drift": _drift(words, language, report.drift),
    }


def _drift(words: Words, language: str, drift: Drift | None) -> str:
    if drift is None:
        return ""
    figures = words["plate.drift"].format(
        pixels=figure(words, drift.shift_pixels, 1), light=f"{100 * drift.brightness_ratio:.0f}"
    )
    said = words["plate.fits"] if drift.message is None else in_language(drift.message, language)
    return f"{said} ({figures})"


def printers(words: Words, language: str, report: Report) -> list[Shown]:
    """Each printer's line."""
    return [
        {
            "name": printer.name,
            "resting": printer.state == "paused",
            "text": words[f"printer.{printer.state}"],
            "trouble": in_language(printer.words, language),
            "remedy": in_language(printer.remedy, language),
            "facts": _facts(words, printer),
            "few": printer.sheets_left is not None and printer.sheets_left <= FEW_SHEETS,
        }
        for printer in report.printers
    ]


def _facts(words: Words, printer: PrinterState) -> str:
    facts = [words["prints.count"].format(count=printer.printed)]
    if printer.sheets_left is not None:
        facts.append(words["prints.media"].format(count=printer.sheets_left))
    if printer.level is not None:
        facts.append(words["prints.level"].format(percent=printer.level))
    if printer.silent:
        facts.append(words[f"prints.silent.{printer.silent}"])
    return " · ".join(facts)


def queue(words: Words, language: str, report: Report) -> list[Shown]:
    """The sheets, one row each."""
    return [_row(words, language, job) for job in report.jobs]


def _row(words: Words, language: str, job: JobView) -> Shown:
    sheet = "" if job.sheets == 1 else f" · {job.sheet}/{job.sheets}"
    when = datetime.fromtimestamp(job.at).strftime("%H:%M") if job.at else ""
    return {
        "job": job.uuid,
        "code": job.code,
        "when": f"{when}{sheet}",
        "state": words[f"prints.{job.state}"],
        "why": in_language(job.why, language) if job.state not in ("printed", "handed") else "",
        "level": _LEVELS.get(job.state, "open"),
        "waits": job.state in ("queued", "held"),
        "held": job.state == "held",
        "uncertain": job.state in ("uncertain", "handed"),
        "ended": job.state in ("printed", "handed", "failed", "canceled", "uncertain"),
        "open": job.state in ("queued", "held", "submitting", "submitted", "printing"),
    }


_LEVELS = {"uncertain": "warning", "failed": "fault", "printed": "done", "handed": "done", "canceled": "done"}
FEW_SHEETS = 20


def titles_of(words: Words, backdrops: Sequence[Backdrop], language: str) -> dict[str, str]:
    """What each backdrop is called."""
    return {item.id: item.title(language) for item in backdrops} | {TEST: words["figures.test"]}


def bars(report: Report, titles: Mapping[str, str]) -> list[Shown]:
    """Photos by backdrop, for a chart: `share` is of the longest bar."""
    most = max((count for _, count in report.tally.backdrops), default=1)
    return [
        {"label": titles.get(name, name), "count": count, "share": count / most}
        for name, count in report.tally.backdrops
    ]


def days(words: Words, report: Report) -> list[Shown]:
    """Photos and sheets by day, for a chart."""
    most = max((photos for _, photos, _ in report.tally.days), default=1)
    return [
        {
            "label": f"{datetime.fromisoformat(day):%d.%m.}",
            "text": words["figures.day"].format(photos=photos, sheets=sheets),
            "share": photos / most,
        }
        for day, photos, sheets in report.tally.days
    ]


def method(words: Words, report: Report) -> Shown:
    """What cuts guests out, and how long a photo takes."""
    middle, most = percentile(report.seconds, 0.5), percentile(report.seconds, 0.95)
    seconds = words["figures.seconds"].format(
        count=len(report.seconds), middle=figure(words, middle, 2), most=figure(words, most, 2)
    )
    return {"name": report.method, "seconds": seconds if report.seconds else words["state.seconds.none"]}


def system(words: Words, report: Report, file: str) -> Shown:
    """Disk and configuration."""
    room = report.room
    facts = words["system.disk.facts"].format(
        free=figure(words, room.free_mb / 1000, 1) if room else "?", photos=room.photos_left if room else "?"
    )
    pending = words["system.config.pending"].format(keys=report.pending) if report.pending else ""
    return {
        "disk": facts,
        "file": file or words["system.config.none"],
        "config": pending or words["system.config.same"],
        "pending": bool(pending),
    }


def clock(seconds: float) -> str:
    """Give a span of time as 2:05."""
    whole = math.ceil(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
