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
from booth.errors import BoothError
from booth.files import FOR_OTHERS, publish
from booth.scene.layout import check_layout
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
                raise CutShortError("The rehearsal was cut short.")
            self._on_step(name)
            for finding in self._looked(name):
                log.info("rehearsal: %s %s: %s", finding.lamp, finding.thing, finding.found)
                found.append(finding)
                on_finding(finding)
        self._on_step("")
        page = self._spool.folders.root / "operator" / f"rehearsal-{began:%Y-%m-%d-%H%M%S}.html"
        page.parent.mkdir(mode=0o700, exist_ok=True)
        publish(page, as_page(found, self._settings.event.name, began).encode(), FOR_OTHERS)
        return page

    def _looked(self, name: str) -> Iterator[Finding]:
        try:
            yield from getattr(self, f"_{name}")()
        except (BoothError, FutureTimeout, OSError) as error:
            words = str(error) or "gave no answer in time"
            yield Finding("red", name, words, "Mend this, then rehearse once more.")

    # --- the camera ----------------------------------------------------------------------------------------

    def _camera(self) -> Iterator[Finding]:
        frame = self._studio.grabber.still(LOOK_SECONDS)
        height, width = frame.image.shape[:2]
        rate, wanted = self._studio.grabber.rate, self._settings.camera.rate
        found = f"{self._settings.camera.source}: {width} x {height}, {rate:.0f} pictures a second"
        if not _is_real(self._settings):
            remedy = "For an event, choose a camera (panel, or camera.source)."
            yield Finding("yellow", "camera", f"{found}; no camera, its pictures are drawn or played", remedy)
        elif min(height, width) < 720:
            yield Finding("yellow", "camera", found, "Ask for 1920 x 1080 (camera.width and camera.height).")
        elif rate < wanted / 2:
            remedy = "Plug it into a USB 3 socket of its own, and give the place more light."
            yield Finding("yellow", "camera", f"{found} instead of {wanted:g}", remedy)
        else:
            yield Finding("green", "camera", found)

    def _focus(self) -> Iterator[Finding]:
        seen = sight(self._studio.grabber.still(LOOK_SECONDS).image)
        found = f"sharpness {100 * seen.sharpness:.0f} of 100"
        if seen.is_sharp:
            yield Finding("green", "focus", found)
        else:
            remedy = "With somebody where guests will stand, turn the lens until the figure is highest (camera's page)."
            yield Finding("red", "focus", found, remedy)

    def _light(self) -> Iterator[Finding]:
        frames = self._frames(FLICKER_FRAMES)
        means = [float(frame.image[::8, ::8].mean()) for frame in frames]
        seen = sight(frames[-1].image)
        found = f"brightness {seen.brightness:.0f} of 255, {seen.burnt:.0%} burnt out"
        remedies = {
            "dark": "Add light, or a longer exposure.",
            "bright": "Take light away, or shorten the exposure.",
            "burnt": "Shorten the exposure until faces keep their colour.",
        }
        if seen.light != "good":
            yield Finding("red", "light", found, remedies[seen.light])
        elif statistics.pstdev(means) / max(1.0, statistics.mean(means)) > FLICKER:
            remedy = "Take the lamp that flickers away, or set the exposure to a multiple of 10 ms (8.33 in America)."
            yield Finding("yellow", "light", f"{found}, and it flickers", remedy)
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
            remedy = "Leave the place empty and take the clean plate: hair is cut out far better with it."
            yield Finding("yellow", "plate", "there is none", remedy)
            return
        gone = drift(self._studio.grabber.still(LOOK_SECONDS), plate, None)
        if gone.message:
            found, _, remedy = gone.message.partition(". ")
            yield Finding("red", "plate", f"{found}.", remedy)
        else:
            yield Finding(
                "green",
                "plate",
                f"fits: moved by {gone.shift_pixels:.1f} pixels, light {gone.brightness_ratio:.0%}",
            )

    # --- what guests get -----------------------------------------------------------------------------------

    def _texts(self) -> Iterator[Finding]:
        _, notices = check_layout(self._settings.scene.layout)
        for notice in notices:
            yield Finding("red" if notice.level == "fault" else "yellow", "texts", notice.text, notice.remedy)
        seen = self._texts_seen
        yield from seen
        if not notices and not seen:
            languages = ", ".join(self._settings.event.languages)
            yield Finding("green", "texts", f"everything fits, in {languages} and on the print")

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
        found = f"{SHOTS} photos, {middle:.1f} s each, the slowest {slowest:.1f} s ({self._studio.method})"
        if framed:
            remedy = "Stand in the picture, as guests will, and rehearse once more."
            lamp: Lamp = "red" if len(framed) > SHOTS // 2 else "yellow"
            yield Finding(
                lamp, "shots", f"{found}; {len(framed)} framed instead of cut out: {framed[0]}", remedy
            )
        elif middle > SLOW_SECONDS:
            yield Finding(
                "yellow", "shots", found, "Close other programs, or choose a faster method (matting.method)."
            )
        else:
            yield Finding("green", "shots", found)

    def _take(self, backdrop_id: str) -> Shot:
        if self._stopping.is_set():
            raise CutShortError("The rehearsal was cut short.")
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
            yield Finding("red", "backdrops", ", ".join(failed), "Take these pictures out of scene.folders.")
        else:
            yield Finding(
                "green", "backdrops", f"all {len(self._studio.backdrops)}, none slower than {slow:.2f} s"
            )

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
            found = f"the test sheet {code} had not come out after {PRINT_SECONDS:.0f} s"
            yield Finding("yellow", "printer", found, "Look at the printer; the sheet is still in the queue.")
        elif any(printer.silent == "outcome" for printer in self._studio.prints.printers()):
            yield Finding(
                "yellow", "printer", f"test sheet {code} was handed over", "See whether it came out."
            )
        else:
            yield Finding("green", "printer", f"test sheet {code} is printed: look at it")

    def _disk(self) -> Iterator[Finding]:
        room = self._spool.room()
        found = f"room for {room.photos_left} photos ({room.free_mb / 1000:.1f} GB free)"
        lamps: dict[str, Lamp] = {"ok": "green", "low": "yellow", "full": "red"}
        remedy = (
            ""
            if room.state == "ok"
            else "Delete what is not the booth's, or move spool.data to a larger disk."
        )
        yield Finding(lamps[room.state], "disk", found, remedy)

    def _network(self) -> Iterator[Finding]:
        service = self._settings.service
        if not service.enabled:
            yield Finding("green", "network", "not needed: the pickup page is off")
            return
        host = "127.0.0.1" if service.host in ("0.0.0.0", "::") else service.host
        try:
            socket.create_connection((host, service.port), 3.0).close()
        except OSError as error:
            found = f"the pickup page does not answer at {host}:{service.port} ({error})"
            yield Finding("red", "network", found, "Restart the booth; see its log.")
            return
        if service.host.startswith("127."):
            remedy = "Set service.host to 0.0.0.0, so that phones can reach it."
            yield Finding("yellow", "network", "the pickup page answers on this machine alone", remedy)
        else:
            yield Finding("green", "network", f"the pickup page answers at port {service.port}")

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
            remedy = "To try it, rehearse once more and pull the camera's plug when asked."
            yield Finding("yellow", "unplug", "nobody pulled the plug", remedy)
            return
        began = time.monotonic()
        came = self._until(
            lambda: self._studio.grabber.state == "live", HAND_SECONDS if real else AGAIN_SECONDS
        )
        if closed is None or not came:
            found = "the booth did not notice" if closed is None else "the camera did not come back by itself"
            yield Finding("red", "unplug", found, "Plug the camera in again, or restart the booth.")
        else:
            yield Finding(
                "green", "unplug", f"noticed, kindly closed, and back {time.monotonic() - began:.0f} s later"
            )

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not condition() and time.monotonic() < until:
            if self._stopping.wait(0.1):
                raise CutShortError("The rehearsal was cut short.")
        return condition()


def _is_real(settings: Settings) -> bool:
    return is_device(settings.camera.source) or is_address(settings.camera.source)


def as_page(found: Sequence[Finding], event: str, when: datetime) -> str:
    """Give the findings as one page that any browser shows and prints."""
    reds = sum(finding.lamp == "red" for finding in found)
    yellows = sum(finding.lamp == "yellow" for finding in found)
    verdict = "All well" if not reds else f"To mend before the event: {reds}"
    rows = "\n".join(
        f'<tr class="{finding.lamp}"><td>{_SIGNS[finding.lamp]}</td><th>{html.escape(finding.thing)}</th>'
        f"<td>{html.escape(finding.found)}<p>{html.escape(finding.remedy)}</p></td></tr>"
        for finding in found
    )
    heading = f"{html.escape(event)}: {verdict}" + (f", {yellows} to look at" if yellows else "")
    return _PAGE.format(heading=heading, when=f"{when:%Y-%m-%d %H:%M}", rows=rows)


_SIGNS = {"green": "✔ good", "yellow": "▲ note", "red": "✖ mend"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{heading}</title><style>
body {{ font: 16px/1.45 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; color: #1a1430 }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ text-align: left; vertical-align: top; padding: .6rem .8rem; border-top: 1px solid #ddd }}
td:first-child {{ white-space: nowrap; font-weight: 600 }}
p {{ margin: .3rem 0 0; color: #555 }} p:empty {{ display: none }}
.green td:first-child {{ color: #1b7f4b }}
.yellow td:first-child {{ color: #9a5b00 }}
.red td:first-child {{ color: #b3261e }}
.red {{ background: #fdecea }} .yellow {{ background: #fff6e0 }}
</style></head><body><h1>{heading}</h1><p>Rehearsed {when}</p><table>
{rows}
</table></body></html>
"""
