"""A printer of the computer's own print system: what is not known is not said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings, SpoolSettings
from booth.errors import PrintError
from booth.shot import Frame, Notice, Ticket
from booth.spool.dispatcher import Dispatcher
from booth.spool.files import Folders, make_folders
from booth.spool.hand import Pace
from booth.spool.pickup import Pickups, board
from booth.spool.rows import Job
from booth.spool.sheets import SheetMaker, sheet_image
from booth.spool.spool import Spool
from booth.spool.system_printer import SystemPrinter, SystemSheet, SystemState, UnknownError
from booth.ui.printing import QtPrintSystem

JOB = Job(1, "a" * 32, "photo", "KM47", 1, 1, "submitting", 0)
SETTINGS = PrinterSettings(system="DNP DS620", size=(2, 2), seconds=20)


@dataclass
class MemorySystem:
    """A print system that keeps what it gets; `state` and `faults` are what it says next."""

    state: SystemState = "idle"
    faults: list[PrintError] = field(default_factory=list)
    sheets: list[SystemSheet] = field(default_factory=list)

    def look(self, printer: str) -> tuple[SystemState, tuple[str, ...]]:
        return self.state, ("DNP DS620", "Office")

    def print(self, sheet: SystemSheet) -> None:
        if self.faults:
            raise self.faults.pop()
        self.sheets.append(sheet)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def system() -> MemorySystem:
    return MemorySystem()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return make_folders(SpoolSettings(data=tmp_path / "data"))


@pytest.fixture
def printer(folders: Folders, system: MemorySystem, clock: Clock) -> SystemPrinter:
    return SystemPrinter(folders, SETTINGS, SheetMaker(SETTINGS), system, clock)


def state_of(printer: SystemPrinter) -> str:
    printer.look()
    progress = printer.follow(JOB)
    assert progress is not None
    return progress.state


def test_a_sheet_is_handed_over_once_and_never_called_printed(
    printer: SystemPrinter, system: MemorySystem, clock: Clock, picture: Rgb8
) -> None:
    printer.print(JOB, lambda: picture)
    printer.print(JOB, lambda: picture)
    (sheet,) = system.sheets
    assert (sheet.printer, sheet.name, sheet.width, sheet.height, sheet.dpi) == (
        *("DNP DS620", JOB.name),
        *(2, 2, 300),
    )
    assert sheet.jpeg.startswith(b"\xff\xd8")
    assert state_of(printer) == "printing"
    clock.now += 21
    assert state_of(printer) == "handed"
    assert printer.silent == "outcome"


def test_a_system_that_was_busy_and_rests_again_has_handed_the_sheet_on(
    printer: SystemPrinter, system: MemorySystem, picture: Rgb8
) -> None:
    printer.print(JOB, lambda: picture)
    system.state = "active"
    assert state_of(printer) == "printing"
    system.state = "idle"
    assert state_of(printer) == "handed"


def test_a_system_that_stays_busy_leaves_a_sheet_uncertain_in_the_end(
    printer: SystemPrinter, system: MemorySystem, clock: Clock, picture: Rgb8
) -> None:
    printer.print(JOB, lambda: picture)
    system.state = "active"
    clock.now += 119
    assert state_of(printer) == "printing"
    clock.now += 2
    assert state_of(printer) == "uncertain"


def test_a_printer_with_an_error_is_told_and_its_sheet_waits_as_long_as_it_takes(
    printer: SystemPrinter, system: MemorySystem, clock: Clock, picture: Rgb8
) -> None:
    printer.print(JOB, lambda: picture)
    system.state = "error"
    clock.now += 1000
    assert printer.look().reasons == ("other",)
    assert state_of(printer) == "printing"
    system.state = "idle"
    assert state_of(printer) == "printing"
    clock.now += 21
    assert state_of(printer) == "handed"


def test_what_the_system_refused_may_be_tried_again(
    printer: SystemPrinter, system: MemorySystem, picture: Rgb8
) -> None:
    system.faults.append(PrintError("the printer has no sheet of 2 x 2 inches"))
    with pytest.raises(PrintError, match="no sheet of 2 x 2"):
        printer.print(JOB, lambda: picture)
    assert state_of(printer) == "refused"
    printer.print(JOB, lambda: picture)
    assert len(system.sheets) == 1


def test_a_sheet_on_its_way_when_no_answer_came_is_uncertain_also_after_a_restart(
    printer: SystemPrinter, folders: Folders, system: MemorySystem, picture: Rgb8
) -> None:
    system.faults.append(UnknownError("the print helper ended"))
    printer.print(JOB, lambda: picture)
    assert state_of(printer) == "uncertain"
    later = SystemPrinter(folders, SETTINGS, SheetMaker(SETTINGS), system)
    later.print(JOB, lambda: picture)
    assert state_of(later) == "uncertain"
    assert not system.sheets


def test_a_printer_that_is_not_installed_is_named_with_those_that_are(
    printer: SystemPrinter, system: MemorySystem
) -> None:
    system.state = "missing"
    health = printer.look()
    assert (health.reasons, health.takes) == (("unknown",), False)
    assert "DNP DS620, Office" in health.detail


@pytest.fixture
def booth(tmp_path: Path, system: MemorySystem) -> Iterator[Spool]:
    """A spool whose sheets are handed over at once."""
    settings = SETTINGS.model_copy(update={"seconds": 0.01, "roll": 100})
    spool = Spool(SpoolSettings(data=tmp_path / "data", printer=settings), event="party")
    spool.sheets.loaded("printer", 100).result()
    printer = SystemPrinter(spool.folders, settings, SheetMaker(settings), system)
    told: list[Notice] = []
    dispatcher = Dispatcher(spool, [printer], told.append, lambda key: None, Pace(0.01, 0.01))
    dispatcher.start()
    yield spool
    dispatcher.stop()
    spool.close()


def test_a_guest_is_sent_to_the_tray_and_the_operator_may_say_what_lay_there(
    booth: Spool, kept: Callable[..., Ticket], until: Callable[..., None]
) -> None:
    ticket = kept(booth, copies=2)
    until(lambda: booth.sheets.counts() == {"handed": 2})
    sheets = booth.sheets
    assert booth.photo(ticket.photo_id).state == "printed"
    assert (sheets.printed_by("printer"), sheets.sheets_left("printer"), booth.sheets_printed()) == (2, 98, 2)
    pickups = Pickups(booth)
    found = pickups.find(ticket.token)
    assert found is not None
    assert found.prints == "check"
    assert [on.code for on in pickups.board().check] == [ticket.code]
    first, second = sheets.jobs(9)
    sheets.came_out(first.uuid).result()
    assert sheets.printed_by("printer") == 2
    sheets.again(second.uuid).result()
    until(lambda: sheets.counts() == {"printed": 1, "failed": 1, "handed": 1})
    assert sheets.printed_by("printer") == 2
    (newest, *_) = [job for job in sheets.jobs(9) if job.state == "handed"]
    sheets.came_out(newest.uuid).result()
    assert sheets.printed_by("printer") == 2
    with booth.ledger.reading() as database:
        assert [on.code for on in board(database, pickups._clock()).ready] == [ticket.code]


@pytest.mark.heavy
@pytest.mark.timeout(120)
@pytest.mark.skipif(os.name == "nt", reason="CUPS is not for Windows")
def test_through_qt_a_sheet_comes_out_as_the_composite_at_its_own_size(
    virtual: Any,
    raster: Callable[[Path], Rgb8],
    frame: Frame,
    until: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows' path, here before CUPS by Qt's plug-in; row 38 for it: a paper that the printer has not is refused."""
    out = virtual()
    monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{out.port}")
    one = PrinterSettings(system="dyesub", size=(6, 6), seconds=0.5, sharpen=0)
    spool = Spool(SpoolSettings(data=tmp_path / "data", printer=one), event="party")
    through = QtPrintSystem()
    told: list[Notice] = []
    dispatcher = Dispatcher(
        spool,
        [SystemPrinter(spool.folders, one, SheetMaker(one), through)],
        told.append,
        lambda key: None,
        Pace(0.1, 0.2, 0.1, 0.2),
    )
    rows, columns = np.mgrid[0:960, 0:960]
    picture = np.stack([rows // 4, columns // 4, (rows + columns) // 8], axis=2).astype(np.uint8)
    try:
        dispatcher.start()
        spool.capture("a" * 32, frame)
        spool.developed("a" * 32, "beach", "plate", {})
        spool.keep("a" * 32, picture, 1).result()
        until(out.sheets)
        until(lambda: spool.sheets.counts() == {"handed": 1})
        ((name, path),) = out.sheets()
        assert name == spool.sheets.jobs(9)[0].name
        sheet = raster(path)
        assert sheet.shape == (1800, 1800, 3)
        assert np.abs(sheet.astype(np.int16) - sheet_image(picture, (6, 6), 300)).mean() < 1
        wrong = one.model_copy(update={"size": (5, 7)})
        with pytest.raises(PrintError, match=r"no sheet of 5 x 7 inches.*spool\.printer\.size"):
            SystemPrinter(spool.folders, wrong, SheetMaker(wrong), through).print(JOB, lambda: picture)
        assert through.look("Office") == ("missing", ("dyesub",))
        assert len(out.sheets()) == 1
        assert not told
    finally:
        dispatcher.stop()
        spool.close()
        through.close()
