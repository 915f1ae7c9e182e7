"""`run_booth.py --check`: examine everything that an event needs, and print one table.

Every examination is a function that gives rows; a BoothError becomes a red row, and one that takes too
long becomes a red row too.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from booth.camera.camera import open_camera
from booth.camera.grabber import Grabber
from booth.camera.opencv import is_address, is_device
from booth.camera.plate import load_plate
from booth.config import Settings, load, load_or_last_good
from booth.config.loading import house_file
from booth.config.settings import PrinterSettings
from booth.errors import BoothError, ConfigError, WeightsError
from booth.files import TEMPORARY, told, write_synced
from booth.matting.engine import build_engine, warmed
from booth.matting.weights import checkpoint_of, model_of, stored, weights_folder
from booth.scene.backdrops import HOUSE_BACKDROPS, load_backdrops
from booth.scene.layout import check_layout
from booth.shot import Frame, Notice
from booth.spool.files import DiskRoom, Folders, data_folder, disk_room, make_folders, prints_of
from booth.spool.formats import knows
from booth.spool.health import SILENT, remedy_for, words_for
from booth.spool.imprint import read_logo
from booth.spool.printers import printer_of
from booth.spool.queue_printer import QueuePrinter
from booth.spool.rows import FIRST_PRINTER
from booth.spool.sheets import SheetMaker
from booth.studio.address import given_host, remembered, trouble
from booth.ui.printing import QtPrintSystem

Lamp = Literal["green", "yellow", "red"]
MeasureRoom = Callable[[Path, int, int], DiskRoom]
_LAMPS: dict[str, Lamp] = {"info": "green", "warning": "yellow", "fault": "red"}
_SIGNS = {"green": "● good", "yellow": "● note", "red": "● fault"}
OPENING = 10.0
"""Seconds that a camera may take to open."""
WATCH = 1.0
"""Seconds for which it is watched at least, so that its rate can be told."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was found of one thing; every red row has a remedy."""

    lamp: Lamp
    thing: str
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing to look at: how, for how many seconds at most, and what helps where a fault does not say."""

    thing: str
    look: Callable[[], Sequence[Row]]
    seconds: float
    remedy: str

    def rows(self) -> Sequence[Row]:
        """Look, within the time."""
        answer: queue.Queue[Sequence[Row]] = queue.Queue()
        # A daemon: what hangs in a driver is left behind when the command ends.
        threading.Thread(
            target=lambda: answer.put(self._seen()), name=f"check {self.thing}", daemon=True
        ).start()
        try:
            return answer.get(timeout=self.seconds)
        except queue.Empty:
            return [Row("red", self.thing, f"gave no answer within {self.seconds:g} seconds", self.remedy)]

    def _seen(self) -> Sequence[Row]:
        try:
            return self.look()
        except BoothError as fault:
            return [Row("red", self.thing, *_parted(str(fault), self.remedy))]
        except Exception as fault:  # the top of this thread: whatever it was, it is a row
            return [Row("red", self.thing, f"{type(fault).__name__}: {fault}", self.remedy)]


def check(
    config: Path | None,
    console: Console | None = None,
    room: MeasureRoom = disk_room,
) -> int:
    """Examine everything and print the table; the exit status is 1 if a row is red."""
    console = console or Console()
    settings, rows = configuration(config)
    with _without_log():
        for examination in examinations(settings, room):
            with console.status(f"Looking at the {examination.thing} …"):
                rows += examination.rows()
    console.print(table(rows))
    reds = sum(row.lamp == "red" for row in rows)
    console.print(f"To mend before the event: {reds}." if reds else "All is well.", style="bold")
    return 1 if reds else 0


@contextmanager
def _without_log() -> Iterator[None]:
    """Keep the log out of the way of the table, which says it all."""
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def configuration(config: Path | None) -> tuple[Settings, list[Row]]:
    """Read the configuration; of a broken one, what the booth would run on is examined further."""
    try:
        settings = load(config)
    except ConfigError as error:
        settings, notice = load_or_last_good(config, data_folder(Settings().spool))
        rows = [Row("red", "configuration", line, "Correct it, then look again.") for line in _lines(error)]
        if notice is not None:
            until = "Until then this is what the booth runs on, and what the rows below are about."
            rows.append(Row("yellow", "configuration", _lines(notice.text)[0], until))
        return settings, rows
    file = config or house_file()
    rows = [Row("green", "configuration", str(file) if file else "no file: every setting has its default")]
    return settings, rows + absurdities(settings)


def absurdities(settings: Settings) -> list[Row]:
    """Settings that are right one by one, and make no sense together."""
    rows = []
    if settings.visit.developing <= settings.matting.deadline:
        found = "visit.developing is over before matting.deadline: guests read sorry and get no framed photo"
        remedy = f"Set visit.developing to {settings.matting.deadline + 10:g}."
        rows.append(Row("yellow", "configuration", found, remedy))
    if settings.spool.warn_below_mb <= settings.spool.stop_below_mb:
        found = "spool.warn_below_mb is not above stop_below_mb: the booth stops without a warning"
        remedy = f"Set spool.warn_below_mb to {10 * settings.spool.stop_below_mb}."
        rows.append(Row("yellow", "configuration", found, remedy))
    return rows


def examinations(settings: Settings, room: MeasureRoom) -> list[Examination]:
    """Everything that is looked at, in the order of the table."""
    seconds = OPENING + 5 * settings.camera.timeout + 5
    watch = "Look at the disk that it lies on, and at its cable."
    return [
        Examination("backdrops", lambda: backdrops(settings), 60, watch),
        Examination("layout", lambda: layout(settings), 30, watch),
        Examination("camera", lambda: camera(settings), seconds, "Unplug the camera and plug it in again."),
        Examination("clean plate", lambda: clean_plate(settings), 30, "run_booth.py plate"),
        Examination("weights", lambda: weights(settings), 60, "run_booth.py weights list"),
        Examination(
            "device", lambda: device(settings), 180, "Set matting.device: cpu, or look at nvidia-smi."
        ),
        Examination("data folder", lambda: data(settings), 30, watch),
        Examination("disk", lambda: disk(settings, room), 30, watch),
        Examination("printer", lambda: printer(settings), 30, "Look at spool.printer.folder and its disk."),
        Examination("pickup page", lambda: pickup(settings), 30, "Look at service.address and the network."),
    ]


def backdrops(settings: Settings) -> list[Row]:
    """Every backdrop, decoded as the booth will do it."""
    loaded, notices = load_backdrops(settings.scene, HOUSE_BACKDROPS)
    rows = [_row("backdrops", notice) for notice in notices]
    names = ", ".join(backdrop.id for backdrop in loaded)
    return ([Row("green", "backdrops", f"{len(loaded)}: {names}")] if loaded else []) + rows


def layout(settings: Settings) -> list[Row]:
    """Frame, caption and logo."""
    drawn, notices = check_layout(settings.scene.layout)
    caption = f'"{drawn.caption}"' if drawn.caption else "none"
    found = f"frame {drawn.frame}, caption {caption}, logo {drawn.logo or 'none'}"
    return [_row("layout", notice) for notice in notices] or [Row("green", "layout", found)]


def camera(settings: Settings) -> list[Row]:
    """The camera, watched for as long as it takes to notice a frozen or black picture."""
    watch = _CameraWatch()
    grabber = Grabber(
        lambda: open_camera(settings.camera), settings.camera, watch.note, watch.clear, opening=OPENING
    )
    grabber.start()
    try:
        frame = watch.first_frame(grabber)
        if frame is not None:
            watch.fault.wait(max(WATCH, settings.camera.timeout))
        rate = grabber.rate
    finally:
        grabber.stop()
    told = [_row("camera", notice) for notice in watch.told]
    if frame is None:
        return told or [Row("red", "camera", "sends no picture", "Unplug the camera and plug it in again.")]
    return told or [_of_camera(settings, frame, rate)]


class _CameraWatch:
    """Hears what the grabber tells, from its thread."""

    def __init__(self) -> None:
        self.told: tuple[Notice, ...] = ()
        self.fault = threading.Event()

    def note(self, notice: Notice) -> None:
        self.told = (notice,)
        if notice.level == "fault":
            self.fault.set()

    def clear(self, key: str) -> None:
        self.told = ()
        self.fault.clear()

    def first_frame(self, grabber: Grabber) -> Frame | None:
        end = time.monotonic() + OPENING
        frame = None
        while frame is None and not self.fault.is_set() and time.monotonic() < end:
            frame = grabber.wait_newer(0, 0.1)
        return frame


def _of_camera(settings: Settings, frame: Frame, rate: float) -> Row:
    source, (height, width) = settings.camera.source, frame.image.shape[:2]
    found = f"{source}: {width} x {height} pixels after the crop, {rate:.0f} frames a second"
    if is_device(source) or is_address(source):
        return Row("green", "camera", found)
    what = "draws its guests" if source == "studio" else "plays pictures"
    return Row(
        "yellow", "camera", f"{found}; no camera, it {what}", "For an event, name a device in camera.source."
    )


def clean_plate(settings: Settings) -> list[Row]:
    """The stored picture of the empty scene."""
    plate = load_plate(make_folders(settings.spool).plate)
    if plate is not None:
        taken = datetime.fromtimestamp(plate.taken_at).astimezone().strftime("%Y-%m-%d %H:%M")
        return [Row("green", "clean plate", f"taken {taken}")]
    if settings.camera.clean_plate.at_start != "never":
        return [
            Row("green", "clean plate", "none yet; the booth takes it at start, with nobody in the picture")
        ]
    lamp: Lamp = "red" if settings.matting.method == "plate" else "yellow"
    return [Row(lamp, "clean plate", "none", "Leave the place empty and run: run_booth.py plate")]


def weights(settings: Settings) -> list[Row]:
    """The file of the configured network."""
    model = model_of(settings.matting)
    if model is None:
        return [Row("green", "weights", f"not needed, as matting.method is {settings.matting.method}")]
    folder = weights_folder(settings.matting, data_folder(settings.spool))
    mine = checkpoint_of(model)
    found = next(each for each in stored(folder) if each.checkpoint == mine)
    if found.state == "installed":
        return [Row("green", "weights", f"{found.path.name}, checked")]
    lamp: Lamp = (
        "yellow" if found.state == "missing" and settings.matting.method in ("auto", "remote") else "red"
    )
    return [Row(lamp, "weights", *_parted(found.trouble, "run_booth.py weights fetch"))]


def device(settings: Settings) -> list[Row]:
    """What cuts guests out and where, by doing it once."""
    folder = weights_folder(settings.matting, data_folder(settings.spool))
    try:
        engine = warmed(build_engine(settings.matting, folder))
    except WeightsError:
        return [Row("red", "device", "not tried, as the weights are not to be had", "See weights.")]
    engine.close()
    rows = [_row("device", notice) for notice in engine.told_now if notice.key != "matting.weights"]
    runs = engine.why.partition(". ")[0]  # why not more is told by the weights and the notices
    return [Row("green", "device", f"{engine.device}: {runs}"), *rows]


def data(settings: Settings) -> list[Row]:
    """The folder of everything that must survive."""
    root = make_folders(settings.spool).root
    _try_writing(root)
    return [Row("green", "data folder", str(root))]


def disk(settings: Settings, room: MeasureRoom) -> list[Row]:
    """The room that is left, in photos."""
    spool = settings.spool
    left = room(make_folders(spool).root, spool.stop_below_mb, spool.warn_below_mb)
    found = f"room for {left.photos_left} photos ({left.free_mb / 1000:.1f} GB free)"
    lamps: dict[str, Lamp] = {"ok": "green", "low": "yellow", "full": "red"}
    remedy = (
        "" if left.state == "ok" else "Move old photos to another disk, or set spool.data to a larger one."
    )
    return [Row(lamps[left.state], "disk", found, remedy)]


def printer(settings: Settings) -> list[Row]:
    """Every printer: the folder from which it takes its sheets, or what its queue and itself say."""
    folders = make_folders(settings.spool)
    rows = [
        row
        for one in (settings.spool.printer, *settings.spool.printers)
        for row in (_asked(one, folders) if one.queue or one.system else [_hot_folder(one, folders)])
    ]
    if settings.spool.sheet.qr and not settings.service.enabled:
        what = "prints shall carry a QR code, but there is no page that it could open"
        rows.append(Row("yellow", "printer", what, "Set service.enabled, or spool.sheet.qr to false."))
    if settings.spool.sheet.logo is not None and read_logo(settings.spool.sheet) is None:
        what = f"the logo for prints, {settings.spool.sheet.logo}, cannot be read"
        rows.append(Row("yellow", "printer", what, "Save it as PNG, or correct spool.sheet.logo."))
    return rows


def pickup(settings: Settings) -> list[Row]:
    """Where the QR codes lead."""
    service = settings.service
    if not service.enabled:
        return [Row("green", "pickup page", "off")]
    if found := trouble(service, remembered(make_folders(settings.spool).address)):
        return [Row("yellow", "pickup page", *found)]
    return [Row("green", "pickup page", f"phones find it at {given_host(service)}, port {service.port}")]


def _hot_folder(how: PrinterSettings, folders: Folders) -> Row:
    folder = prints_of(folders, how)
    _try_writing(folder)
    return Row("green", _printers_name(how), f"folder {folder}: {_sheet(how)}, {how.format}")


def _asked(how: PrinterSettings, folders: Folders) -> list[Row]:
    """A printer that has something to say of itself; and what it can never say."""
    system = QtPrintSystem()
    try:
        asked = printer_of(how, folders, SheetMaker(how), system)
        health = asked.look()
    finally:
        system.close()
    lamp: Lamp = "red" if health.hindered else "yellow"
    where = how.queue or f"«{how.system}»"
    rows = [
        Row(lamp, _printers_name(how), *words_for(how.name, health.reasons, health.detail))
        if health.reasons
        else Row("green", _printers_name(how), f"{where}: {_sheet(how)}")
    ]
    if (
        isinstance(asked, QueuePrinter)
        and not health.hindered
        and not knows(asked.media_ready, asked.formats[0])
    ):
        loaded = f"has {', '.join(asked.media_ready)} loaded, prints are {asked.formats[0]}"
        rows.append(Row("yellow", _printers_name(how), loaded, remedy_for("media")))
    if "service" not in health.reasons and asked.silent:
        rows.append(Row("yellow", _printers_name(how), *SILENT[asked.silent]))
    return rows


def _printers_name(how: PrinterSettings) -> str:
    return "printer" if how.name == FIRST_PRINTER else f"printer {how.name}"


def _sheet(how: PrinterSettings) -> str:
    return f"{how.size[0]:g} x {how.size[1]:g} inches, {how.dpi} dots an inch"


def _try_writing(folder: Path) -> None:
    # A name that no program which watches the folder for sheets takes for one.
    trial = folder / f".check-{uuid.uuid4().hex}{TEMPORARY}"
    try:
        write_synced(trial, b"Booth was here.")
        trial.unlink()
    except OSError as error:
        raise told(error, folder) from error


def _lines(text: object) -> list[str]:
    return str(text).splitlines()


def _row(thing: str, notice: Notice) -> Row:
    return Row(_LAMPS[notice.level], thing, notice.text, notice.remedy)


def _parted(text: str, remedy: str) -> tuple[str, str]:
    """Part a fault's message into what was found and what to do; `remedy` where it does not say."""
    for sign in ("; ", ". "):
        found, _, said = text.rpartition(sign)
        if found:
            return found, said
    return text, remedy


def table(rows: Sequence[Row]) -> Table:
    """Give the rows as one table."""
    drawn = Table(title="Booth, looked over", title_justify="left", box=box.ROUNDED, show_lines=True)
    for heading in ("", "What", "Found", "What to do"):
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        lamp = Text(_SIGNS[row.lamp], style=row.lamp)
        drawn.add_row(lamp, row.thing, Text(row.found), Text(row.remedy, style=row.lamp))
    return drawn
