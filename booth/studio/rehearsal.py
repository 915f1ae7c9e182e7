"""The rehearsal: everything that an event needs is done once, and what came of it told on one page."""

from __future__ import annotations

import html
import logging
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from booth.camera.drift import drift
from booth.camera.opencv import is_address, is_device
from booth.camera.sight import sight
from booth.camera.simulated import CameraControl, Fault
from booth.config import Settings
from booth.errors import BoothError, said_by
from booth.files import FOR_OTHERS, publish
from booth.scene.layout import check_layout
from booth.sentences import in_language, say
from booth.shot import Frame, Shot
from booth.spool.spool import Spool
from booth.studio.studio import Studio
from booth.studio.testprint import print_test

log = logging.getLogger(__name__)

Lamp = Literal["green", "yellow", "red"]
SHOTS = 10
FLICKER_FRAMES = 24
FLICKER = 0.02
"""Spread of the picture's brightness, as a share of it, from which a lamp is seen to flicker."""
SLOW_SECONDS = 5.0
LOOK_SECONDS = 10.0
PRINT_SECONDS = 90.0
HAND_SECONDS = 45.0
"""For which the drill waits for a hand at the plug."""
AGAIN_SECONDS = 30.0
STEPS = (
    "camera",
    "focus",
    "light",
    "plate",
    "texts",
    "shots",
    "backdrops",
    "printer",
    "disk",
    "network",
    "unplug",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; a red or yellow one has a remedy."""

    lamp: Lamp
    thing: str
    found: str
    remedy: str = ""


class CutShortError(BoothError):
    """The rehearsal was ended before its end."""


class Rehearsal:
    """Runs once, in a thread of whoever starts it.

    `texts` is what does not fit on the screens, which only they can know. `on_step` hears the name of
    each step as it begins; "unplug" and "replug" want a hand where the camera is a real one.
    """

    def __init__(
        self,
        studio: Studio,
        spool: Spool,
        settings: Settings,
        control: CameraControl,
        stopping: threading.Event,
        texts: Sequence[Finding] = (),
        on_step: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._studio = studio
        self._spool = spool
        self._settings = settings
        self._control = control
        self._stopping = stopping
        self._texts_seen = texts
        self._on_step = on_step

    def run(self, on_finding: Callable[[Finding], None]) -> Path:
        """Try everything, tell each finding as it is made, and give the page that has them all."""
        began = datetime.now()
        found: list[Finding] = []
        for name in STEPS:
            if self._stopping.is_set():
                raise CutShortError(say("rehearse.cut_short"))
            self._on_step(name)
            for finding in self._looked(name):
                log.info("rehearsal: %s %s: %s", finding.lamp, finding.thing, finding.found)
                found.append(finding)
                on_finding(finding)
        self._on_step("")
        page = self._spool.folders.root / "operator" / f"rehearsal-{began:%Y-%m-%d-%H%M%S}.html"
        page.parent.mkdir(mode=0o700, exist_ok=True)
        told = as_page(found, self._settings.event.name, began, self._settings.operator.language)
        publish(page, told.encode(), FOR_OTHERS)
        return page

    def _looked(self, name: str) -> Iterator[Finding]:
        try:
            yield from getattr(self, f"_{name}")()
        except (BoothError, FutureTimeout, OSError) as error:
            words = said_by(error) or say("rehearse.no_answer")
            yield Finding("red", name, words, say("rehearse.mend.help"))

    # --- the camera ----------------------------------------------------------------------------------------

    def _camera(self) -> Iterator[Finding]:
        frame = self._studio.grabber.still(LOOK_SECONDS)
        height, width = frame.image.shape[:2]
        rate, wanted = self._studio.grabber.rate, self._settings.camera.rate
        source = self._settings.camera.source
        found = say("rehearse.camera", source=source, width=width, height=height, rate=round(rate))
        if not _is_real(self._settings):
            drawn = say("rehearse.camera.drawn", found=found)
            yield Finding("yellow", "camera", drawn, say("rehearse.camera.drawn.help"))
        elif min(height, width) < 720:
            yield Finding("yellow", "camera", found, say("rehearse.camera.small.help"))
        elif rate < wanted / 2:
            slow = say("rehearse.camera.slow", found=found, wanted=f"{wanted:g}")
            yield Finding("yellow", "camera", slow, say("rehearse.camera.slow.help"))
        else:
            yield Finding("green", "camera", found)

    def _focus(self) -> Iterator[Finding]:
        seen = sight(self._studio.grabber.still(LOOK_SECONDS).image)
        found = say("rehearse.focus", sharpness=round(100 * seen.sharpness))
        if seen.is_sharp:
            yield Finding("green", "focus", found)
        else:
            yield Finding("red", "focus", found, say("rehearse.focus.help"))

    def _light(self) -> Iterator[Finding]:
        frames = self._frames(FLICKER_FRAMES)
        means = [float(frame.image[::8, ::8].mean()) for frame in frames]
        seen = sight(frames[-1].image)
        found = say("rehearse.light", brightness=round(seen.brightness), burnt=f"{seen.burnt:.0%}")
        if seen.light != "good":
            yield Finding("red", "light", found, say(f"rehearse.light.{seen.light}.help"))
        elif statistics.pstdev(means) / max(1.0, statistics.mean(means)) > FLICKER:
            flickers = say("rehearse.light.flickers", found=found)
            yield Finding("yellow", "light", flickers, say("rehearse.light.flickers.help"))
        else:
            yield Finding("green", "light", found)

    def _frames(self, count: int) -> list[Frame]:
        frames = [self._studio.grabber.still(LOOK_SECONDS)]
        until = time.monotonic() + LOOK_SECONDS
        while len(frames) < count and time.monotonic() < until:
            newer = self._studio.grabber.wait_newer(frames[-1].number, 1.0)
            frames += [newer] if newer else []
        return frames

    def _plate(self) -> Iterator[Finding]:
        plate = self._studio.plates.plate
        if plate is None:
            yield Finding("yellow", "plate", say("rehearse.plate.none"), say("rehearse.plate.none.help"))
            return
        gone = drift(self._studio.grabber.still(LOOK_SECONDS), plate, None)
        if gone.message:
            yield Finding("red", "plate", say("plate.drifted"), gone.message)
        else:
            light = f"{gone.brightness_ratio:.0%}"
            yield Finding("green", "plate", say("rehearse.plate.fits", pixels=gone.shift_pixels, light=light))

    # --- what guests get -----------------------------------------------------------------------------------

    def _texts(self) -> Iterator[Finding]:
        _, notices = check_layout(self._settings.scene.layout)
        for notice in notices:
            yield Finding("red" if notice.level == "fault" else "yellow", "texts", notice.text, notice.remedy)
        seen = self._texts_seen
        yield from seen
        if not notices and not seen:
            languages = ", ".join(self._settings.event.languages)
            yield Finding("green", "texts", say("rehearse.texts", languages=languages))

    def _shots(self) -> Iterator[Finding]:
        offered = [backdrop.id for backdrop in self._studio.backdrops]
        seconds, framed = [], []
        for number in range(SHOTS):
            began = time.perf_counter()
            shot = self._take(offered[number % len(offered)])
            seconds.append(time.perf_counter() - began)
            framed += [shot.why_framed] if shot.cutout is None else []
            self._studio.discard(shot).result(LOOK_SECONDS)
        middle, slowest = statistics.median(seconds), max(seconds)
        found = say("rehearse.shots", count=SHOTS, usual=middle, slowest=slowest, method=self._studio.method)
        if framed:
            lamp: Lamp = "red" if len(framed) > SHOTS // 2 else "yellow"
            words = say("rehearse.shots.framed", found=found, count=len(framed), why=framed[0])
            yield Finding(lamp, "shots", words, say("rehearse.shots.framed.help"))
        elif middle > SLOW_SECONDS:
            yield Finding("yellow", "shots", found, say("rehearse.shots.slow.help"))
        else:
            yield Finding("green", "shots", found)

    def _take(self, backdrop_id: str) -> Shot:
        if self._stopping.is_set():
            raise CutShortError(say("rehearse.cut_short"))
        return self._studio.take(backdrop_id).result(self._settings.visit.developing + LOOK_SECONDS)

    def _backdrops(self) -> Iterator[Finding]:
        shot = self._take(self._studio.backdrops[0].id)
        slow, failed = 0.0, []
        try:
            for backdrop in self._studio.backdrops:
                began = time.perf_counter()
                try:
                    shot = self._studio.recompose(shot, backdrop.id).result(LOOK_SECONDS)
                except (BoothError, FutureTimeout) as error:
                    failed.append(f"{backdrop.id} ({error})")
                slow = max(slow, time.perf_counter() - began)
        finally:
            self._studio.discard(shot).result(LOOK_SECONDS)
        if failed:
            yield Finding("red", "backdrops", ", ".join(failed), say("rehearse.backdrops.help"))
        else:
            all_good = say("rehearse.backdrops", count=len(self._studio.backdrops), slowest=f"{slow:.2f}")
            yield Finding("green", "backdrops", all_good)

    # --- the rest of the house -----------------------------------------------------------------------------

    def _printer(self) -> Iterator[Finding]:
        code = print_test(self._spool, self._settings)
        until = time.monotonic() + PRINT_SECONDS
        while self._studio.waiting() and time.monotonic() < until and not self._stopping.wait(0.2):
            pass
        trouble = [notice for notice in self._studio.notices() if notice.key.startswith(("printer", "sheet"))]
        if trouble:
            yield Finding("red", "printer", trouble[0].text, trouble[0].remedy)
        elif self._studio.waiting():
            found = say("rehearse.printer.waits", code=code, seconds=round(PRINT_SECONDS))
            yield Finding("yellow", "printer", found, say("rehearse.printer.waits.help"))
        elif any(printer.silent == "outcome" for printer in self._studio.prints.printers()):
            found = say("rehearse.printer.handed", code=code)
            yield Finding("yellow", "printer", found, say("rehearse.printer.handed.help"))
        else:
            yield Finding("green", "printer", say("rehearse.printer.printed", code=code))

    def _disk(self) -> Iterator[Finding]:
        room = self._spool.room()
        found = say("rehearse.disk", count=room.photos_left, free=room.free_mb / 1000)
        lamps: dict[str, Lamp] = {"ok": "green", "low": "yellow", "full": "red"}
        remedy = "" if room.state == "ok" else say("rehearse.disk.help")
        yield Finding(lamps[room.state], "disk", found, remedy)

    def _network(self) -> Iterator[Finding]:
        service = self._settings.service
        if not service.enabled:
            yield Finding("green", "network", say("rehearse.network.off"))
            return
        host = "127.0.0.1" if service.host in ("0.0.0.0", "::") else service.host
        try:
            socket.create_connection((host, service.port), 3.0).close()
        except OSError as error:
            silent = say("rehearse.network.silent", host=host, port=service.port, why=str(error))
            yield Finding("red", "network", silent, say("rehearse.network.silent.help"))
            return
        if service.host.startswith("127."):
            alone = say("rehearse.network.alone")
            yield Finding("yellow", "network", alone, say("rehearse.network.alone.help"))
        else:
            yield Finding("green", "network", say("rehearse.network", port=service.port))

    def _unplug(self) -> Iterator[Finding]:
        real = _is_real(self._settings)
        try:
            if not real:
                self._control.fault = Fault.UNPLUG
            went = self._until(lambda: self._studio.grabber.state != "live", HAND_SECONDS)
            closed = self._studio.ready()
            self._on_step("replug")
        finally:
            if not real:
                self._control.fault = None
        if not went:
            nobody = say("rehearse.unplug.nobody")
            yield Finding("yellow", "unplug", nobody, say("rehearse.unplug.nobody.help"))
            return
        began = time.monotonic()
        came = self._until(
            lambda: self._studio.grabber.state == "live", HAND_SECONDS if real else AGAIN_SECONDS
        )
        if closed is None or not came:
            found = say("rehearse.unplug.unnoticed") if closed is None else say("rehearse.unplug.away")
            yield Finding("red", "unplug", found, say("rehearse.unplug.help"))
        else:
            seconds = round(time.monotonic() - began)
            yield Finding("green", "unplug", say("rehearse.unplug", seconds=seconds))

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not condition() and time.monotonic() < until:
            if self._stopping.wait(0.1):
                raise CutShortError(say("rehearse.cut_short"))
        return condition()


def _is_real(settings: Settings) -> bool:
    return is_device(settings.camera.source) or is_address(settings.camera.source)


def as_page(found: Sequence[Finding], event: str, when: datetime, language: str) -> str:
    """Give the findings in a language as one page that any browser shows and prints."""

    def told(text: str) -> str:
        return html.escape(in_language(text, language))

    reds = sum(finding.lamp == "red" for finding in found)
    yellows = sum(finding.lamp == "yellow" for finding in found)
    verdict = say("rehearse.mend", event=event, count=reds) if reds else say("rehearse.well", event=event)
    heading = say("rehearse.look", verdict=verdict, count=yellows) if yellows else verdict
    rows = "\n".join(
        f'<tr class="{finding.lamp}"><td>{_SIGNS[finding.lamp]} {told(say(f"rehearse.lamp.{finding.lamp}"))}</td>'
        f"<th>{told(say(f'rehearse.thing.{finding.thing}'))}</th>"
        f"<td>{told(finding.found)}<p>{told(finding.remedy)}</p></td></tr>"
        for finding in found
    )
    rehearsed = told(say("rehearse.when", when=f"{when:%Y-%m-%d %H:%M}"))
    return _PAGE.format(language=language, heading=told(heading), when=rehearsed, rows=rows)


_SIGNS = {"green": "✔", "yellow": "▲", "red": "✖"}
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{heading}</title><style>
body {{ font: 16px/1.45 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; color: #1a1430 }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ text-align: left; vertical-align: top; padding: .6rem .8rem; border-top: 1px solid #ddd }}
td:first-child {{ white-space: nowrap; font-weight: 600 }}
p {{ margin: .3rem 0 0; color: #555 }} p:empty {{ display: none }}
.green td:first-child {{ color: #1b7f4b }}
.yellow td:first-child {{ color: #9a5b00 }}
.red td:first-child {{ color: #b3261e }}
.red {{ background: #fdecea }} .yellow {{ background: #fff6e0 }}
</style></head><body><h1>{heading}</h1><p>{when}</p><table>
{rows}
</table></body></html>
"""
