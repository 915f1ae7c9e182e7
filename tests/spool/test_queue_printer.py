"""Sheets on a virtual printer behind a private print service: what comes out is what the ledger says.

The rows are those of the fault table in the project's reference on reliability.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.config.settings import EventSettings, PrinterSettings, Settings, SpoolSettings
from booth.shot import Notice, Ticket
from booth.spool import queue_printer
from booth.spool.dispatcher import Dispatcher
from booth.spool.hand import Pace
from booth.spool.ipp import Ipp
from booth.spool.ipp_view import IDLE, about
from booth.spool.queue_printer import Patience, QueuePrinter
from booth.spool.rows import Job
from booth.spool.sheets import SheetMaker, sheet_image
from booth.spool.spool import Spool
from booth.studio.testprint import print_test

pytestmark = pytest.mark.skipif(os.name == "nt", reason="CUPS is not for Windows")
Keep = Callable[..., Ticket]
Until = Callable[..., None]
PACE = Pace(busy=0.15, idle=0.3, first=0.2, longest=0.5)
SLOW = [pytest.mark.heavy, pytest.mark.timeout(240)]


class Booth:
    """A spool and its dispatcher before one queue; what it tells the operator is kept."""

    def __init__(
        self, root: Path, printers: list[PrinterSettings], patience: Patience, pace: Pace = PACE
    ) -> None:
        first, *others = printers
        settings = SpoolSettings(data=root, printer=first, printers=tuple(others))
        self.spool = Spool(settings, event="party")
        self.notices: dict[str, Notice] = {}
        self.told: list[Notice] = []
        self.dispatcher = Dispatcher(
            self.spool,
            [QueuePrinter(self.spool.folders, one, SheetMaker(one), patience) for one in printers],
            self._tell,
            lambda key: self.notices.pop(key, None),
            pace,
        )
        self.dispatcher.start()

    def _tell(self, notice: Notice) -> None:
        self.notices[notice.key] = notice
        self.told.append(notice)

    def said(self, key: str) -> str:
        """What the operator reads just now; the state is there a moment earlier."""
        notice = self.notices.get(key)
        return f"{notice.text} {notice.remedy}" if notice else ""

    def reasons(self) -> tuple[str, ...]:
        return self.dispatcher.printers()[0].reasons

    def states(self) -> list[str]:
        return [job.state for job in sorted(self.jobs(), key=lambda job: job.number)]

    def jobs(self) -> list[Job]:
        return self.spool.sheets.jobs(1000)

    def ended(self) -> bool:
        return not self.spool.waiting()

    def stop(self) -> None:
        self.dispatcher.stop()
        self.spool.close()


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Callable[..., Booth]]:
    running: list[Booth] = []

    def start(
        *printers: Any, missing: float = 1.0, slack: float = 20.0, pace: Pace = PACE, **settings: Any
    ) -> Booth:
        for old in running:
            old.stop()
        running.clear()
        each = [
            PrinterSettings(
                queue=one.queue, name=f"printer{place or ''}", seconds=2, dpi=300, sharpen=0, **settings
            )
            for place, one in enumerate(printers)
        ]
        patience = Patience(answer=2.0, slack=slack, missing=missing, resume=1.0)
        running.append(Booth(tmp_path / "data", each, patience, pace))
        return running[-1]

    yield start
    for booth in running:
        booth.stop()


def names(printer: Any) -> Counter[str]:
    return Counter(name for name, _ in printer.sheets())


def test_a_sheet_comes_out_as_the_composite_at_the_sheets_own_size(
    virtual: Any, booth: Any, frame: Any, until: Until, raster: Callable[[Path], Rgb8]
) -> None:
    printer = virtual()
    house = booth(printer)
    rows, columns = np.mgrid[0:960, 0:960]
    picture = np.stack([rows // 4, columns // 4, (rows + columns) // 8], axis=2).astype(np.uint8)
    house.spool.capture("a" * 32, frame)
    house.spool.developed("a" * 32, "beach", "plate", {})
    house.spool.keep("a" * 32, picture, 1).result()
    until(house.ended)
    assert house.states() == ["printed"]
    ((name, path),) = printer.sheets()
    assert name == house.jobs()[0].name
    sheet = raster(path)
    wanted = sheet_image(picture, (6, 6), 300)
    assert sheet.shape == wanted.shape == (1800, 1800, 3)
    assert np.abs(sheet.astype(np.int16) - wanted).mean() < 2
    assert house.spool.sheets.printed_by("printer") == 1


def test_out_of_paper_is_told_while_idle_and_while_a_sheet_waits(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    """Rows 29 and 30."""
    printer = virtual()
    house = booth(printer, roll=180)
    until(lambda: house.dispatcher.printers()[0].state == "ready")
    printer.paper(0)
    until(lambda: house.reasons() == ("paper",))
    until(lambda: "has no paper" in house.said("printer"))
    kept(house.spool)
    until(lambda: "One sheet waits" in house.said("printer"))
    assert house.states() == ["queued"]
    printer.paper(200)
    until(house.ended)
    assert house.states() == ["printed"]
    until(lambda: "printer" not in house.notices)
    assert house.dispatcher.printers()[0].sheets_left in (179, 180)
    assert len(printer.sheets()) == 1


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_out_of_paper_is_told_within_three_seconds_at_the_pace_of_the_evening(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    """Rows 29 and 30."""
    printer = virtual()
    printer.control("secs", "2")
    house = booth(printer, pace=Pace())
    until(lambda: house.dispatcher.printers()[0].state == "ready")
    printer.paper(0)
    until(lambda: "has no paper" in house.said("printer"), 3)
    printer.paper(200)
    until(lambda: house.dispatcher.printers()[0].state == "ready")
    kept(house.spool, copies=2)
    until((printer.root / "ctl" / "busy").exists)
    printer.paper(0)
    until(lambda: "has no paper" in house.said("printer"), 3)
    printer.paper(200)
    until(house.ended)
    assert house.states() == ["printed"] * 2


def test_a_printer_that_loses_its_power_in_mid_print_leaves_a_sheet_uncertain_until_somebody_looks(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    """Row 34: the print service calls it completed and counts an impression; nothing came out."""
    printer = virtual()
    printer.control("secs", "5")
    house = booth(printer)
    ticket = kept(house.spool)
    until(lambda: house.states() == ["printing"])
    until((printer.root / "ctl" / "busy").exists)
    # Earlier the print service would send the sheet again by itself, and it would come out.
    until(lambda: "cups-waiting-for-job-completed" in about(Ipp(printer.queue, 2)).reasons)
    printer.kill("printer")
    until(lambda: house.reasons() == ("off",))
    printer.control("secs", "0.1")
    printer.start("printer")
    until(lambda: house.states() == ["uncertain"])
    code = ticket.code.replace(" ", "")
    until(lambda: "came out" in house.said(f"sheet-{code}"))
    assert house.spool.photo(ticket.photo_id).state == "uncertain"
    assert not printer.sheets()
    house = booth(printer)
    assert house.states() == ["uncertain"]
    (job,) = house.jobs()
    house.spool.sheets.again(job.uuid).result()
    until(house.ended)
    assert house.states() == ["failed", "printed"]
    assert len(printer.sheets()) == 1


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_a_sheet_lost_with_the_power_is_known_though_the_print_service_was_restarted_since(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    """Row 34: the queue's own hint is gone then, and the printer had been on for a moment only, so that its up-times
    are alike: what is left is when it was switched on."""
    printer = virtual()
    printer.control("secs", "3")
    house = booth(printer)
    until(lambda: house.dispatcher.printers()[0].state == "ready")
    printer.kill("printer")
    printer.start("printer")
    kept(house.spool, copies=2)
    until(lambda: set(house.states()) <= {"submitted", "printing"})
    until((printer.root / "ctl" / "busy").exists)
    until(lambda: "cups-waiting-for-job-completed" in about(Ipp(printer.queue, 2)).reasons)
    house.dispatcher.stop()
    printer.kill("printer")
    printer.control("secs", "0.1")
    printer.start("printer")
    until(printer.sheets)
    until(lambda: about(Ipp(printer.queue, 2)).state == IDLE)
    printer.kill("cupsd", signal.SIGTERM)
    printer.start("cupsd")
    house = booth(printer)
    until(house.ended)
    out = names(printer)
    assert sorted(house.states()) == ["printed", "uncertain"]
    assert [out[job.name] for job in house.jobs() if job.state == "printed"] == [1]


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        pytest.param("media-empty", "paper", marks=SLOW),
        ("marker-supply-empty", "ribbon"),
        pytest.param("cover-open", "cover", marks=SLOW),
        pytest.param("media-jam", "jam", marks=SLOW),
    ],
)
def test_what_a_printer_wants_is_told_in_words_while_its_sheet_waits(
    virtual: Any, booth: Any, kept: Keep, until: Until, reason: str, ours: str
) -> None:
    """Row 31, and row 29 with a sheet under way."""
    printer = virtual()
    printer.control("state", reason)
    house = booth(printer)
    kept(house.spool, copies=2)
    until(lambda: ours in house.reasons())
    assert set(house.states()) <= {"queued", "submitted", "printing"}
    until(lambda: house.said("printer"))
    printer.control("state", "")
    until(house.ended)
    assert house.states() == ["printed", "printed"]
    assert sum(names(printer).values()) == 2


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_a_printer_that_is_off_gets_its_sheets_when_it_is_back(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    """Row 33."""
    printer = virtual()
    printer.kill("printer")
    house = booth(printer)
    kept(house.spool, copies=3)
    until(lambda: house.reasons() == ("off",))
    until(lambda: "off" in house.said("printer"))
    assert house.states() == ["queued"] * 3
    printer.start("printer")
    until(house.ended, 90)
    assert house.states() == ["printed"] * 3
    assert set(names(printer).values()) == {1}


@pytest.mark.heavy
@pytest.mark.timeout(240)
@pytest.mark.parametrize("dirty_clean", [0, 30])
def test_a_killed_print_service_loses_nothing_and_a_second_copy_is_named(
    virtual: Any, booth: Any, kept: Keep, until: Until, dirty_clean: int
) -> None:
    """Row 35: with the usual configuration it forgets its jobs, with the safe one it repeats one."""
    printer = virtual(dirty_clean=dirty_clean)
    printer.kill("cupsd", signal.SIGTERM)  # so that the queue itself is on its disk
    printer.start("cupsd")
    printer.control("secs", "2")
    house = booth(printer)
    kept(house.spool, copies=4)
    until(lambda: "printing" in house.states())
    printer.kill("cupsd")
    until(lambda: house.reasons() == ("service",))
    printer.start("cupsd")
    until(house.ended, 120)
    accounted(house, printer)


@pytest.mark.heavy
@pytest.mark.timeout(240)
@pytest.mark.parametrize("paper", [200, 0])
def test_a_print_service_restarted_in_mid_job_ends_no_wait_for_ever(
    virtual: Any, booth: Any, kept: Keep, until: Until, paper: int
) -> None:
    """Row 36: its job may be in no list afterwards."""
    printer = virtual()
    printer.control("secs", "2")
    if not paper:
        printer.control("state", "media-empty")
    house = booth(printer)
    kept(house.spool, copies=2)
    until(lambda: "printing" in house.states())
    printer.kill("cupsd", signal.SIGTERM)
    printer.start("cupsd")
    printer.control("state", "")
    until(house.ended, 120)
    accounted(house, printer)


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_a_print_service_that_hangs_is_told_and_its_sheets_come_out_once(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    """Row 37: stopped in the middle of its work, with requests on the way."""
    printer = virtual()
    printer.control("secs", "0.5")
    house = booth(printer)
    kept(house.spool, copies=3)
    until(lambda: "submitted" in house.states() or "printing" in house.states())
    printer.signal("cupsd", signal.SIGSTOP)
    until(lambda: house.reasons() == ("service",))
    kept(house.spool)
    until(lambda: "print service" in house.said("printer"))
    printer.signal("cupsd", signal.SIGCONT)
    until(house.ended, 90)
    assert house.states() == ["printed"] * 4
    assert set(names(printer).values()) == {1}


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_a_document_that_was_not_heard_to_its_end_is_sent_again_once(
    virtual: Any, booth: Any, kept: Keep, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = virtual()
    send = QueuePrinter._send
    cut: list[int] = []

    def cut_short(self: QueuePrinter, job_id: int, data: bytes) -> None:
        if not cut:
            cut.append(job_id)
            printer.signal("cupsd", signal.SIGSTOP)
            try:
                send(self, job_id, data)
            finally:
                printer.signal("cupsd", signal.SIGCONT)
        send(self, job_id, data)

    monkeypatch.setattr(QueuePrinter, "_send", cut_short)
    house = booth(printer)
    kept(house.spool, copies=2)
    until(house.ended, 60)
    assert cut
    assert house.states() == ["printed"] * 2
    assert set(names(printer).values()) == {1}


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_a_canceled_sheet_ends_as_what_became_of_it(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    printer = virtual()
    printer.control("state", "media-empty")
    house = booth(printer)
    kept(house.spool, copies=3)
    until(lambda: "printing" in house.states() and "paper" in house.reasons())
    first, _, last = sorted(house.jobs(), key=lambda job: job.number)
    house.spool.sheets.cancel(last.uuid).result()
    until(lambda: house.states()[2] == "canceled")
    house.spool.sheets.cancel(first.uuid).result()
    until(lambda: house.spool.sheets.job(first.uuid).unwanted)
    printer.control("state", "")
    until(house.ended, 60)
    states = house.states()
    assert states[1:] == ["printed", "canceled"]
    out = names(printer)
    assert states[0] == ("printed" if out[first.name] else "canceled")
    assert out[last.name] == 0


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_a_sheet_that_the_printer_gives_up_is_failed_and_told(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    printer = virtual()
    printer.control("fail", "1")
    until(lambda: (about(Ipp(printer.device, 2)).up or 0) > 3)  # else it may have been switched on since
    house = booth(printer)
    ticket = kept(house.spool)
    until(house.ended, 60)
    assert house.states() == ["failed"]
    until(lambda: "could not be printed" in house.said(f"sheet-{ticket.code.replace(' ', '')}"))
    assert not printer.sheets()


@pytest.mark.heavy
@pytest.mark.timeout(240)
@pytest.mark.parametrize("code", [4, 1])
def test_a_queue_that_a_back_end_stops_goes_on_when_the_cause_is_gone(
    virtual: Any, booth: Any, kept: Keep, until: Until, code: int
) -> None:
    """Row 32: a printer on USB, which cannot be asked and whose back end stops the queue."""
    printer = virtual("boothtest:/usb")
    printer.control("usb", f"media-empty-error {code}")
    house = booth(printer)
    kept(house.spool, copies=3)
    until(lambda: "paper" in house.reasons(), 60)
    if code == 4:
        until(lambda: "stopped" in house.reasons(), 60)
    until(lambda: "has no paper" in house.said("printer"))
    printer.control("usb", "")
    until(house.ended, 120)
    assert house.states() == ["printed"] * 3
    assert set(names(printer).values()) == {1}


@pytest.mark.heavy
@pytest.mark.timeout(240)
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts a small disk: needs root")
def test_a_full_spool_of_the_print_service_keeps_the_sheets_in_the_booths_queue(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    """Row 4."""
    printer = virtual()
    printer.kill("cupsd", signal.SIGTERM)
    spool = printer.root / "spool"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", spool], capture_output=True)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        subprocess.run(["chown", "root:lp", spool], check=True)
        (spool / "tmp").mkdir(mode=0o1770)
        subprocess.run(["chown", "root:lp", spool / "tmp"], check=True)
        ballast = spool / "ballast"
        ballast.write_bytes(b"\0" * 1_000_000)
        printer.start("cupsd")
        house = booth(printer)
        kept(house.spool)
        until(lambda: "printer" in house.notices and house.jobs()[0].attempts > 0, 60)
        assert house.states() in (["queued"], ["submitting"])
        ballast.unlink()
        until(house.ended, 90)
        assert house.states() == ["printed"]
        assert len(printer.sheets()) == 1
    finally:
        printer.kill("cupsd", signal.SIGTERM)
        subprocess.run(["umount", "-l", spool], check=False)


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_two_printers_share_the_work_and_one_may_be_out_of_service(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    left, right = virtual(), virtual()
    left.control("secs", "1")
    right.control("secs", "1")
    house = booth(left, right)
    until(lambda: all(state.state == "ready" for state in house.dispatcher.printers()))
    kept(house.spool, copies=6)
    until(house.ended, 60)
    assert min(len(left.sheets()), len(right.sheets())) >= 2
    right.paper(0)
    until(lambda: house.dispatcher.printers()[1].reasons == ("paper",))
    house.spool.sheets.service("printer", False).result()
    before = len(left.sheets())
    kept(house.spool)
    until(lambda: house.dispatcher.printers()[0].state == "paused")
    assert house.states().count("queued") == 1
    house.spool.sheets.service("printer", True).result()
    until(house.ended, 60)
    assert len(left.sheets()) == before + 1


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_the_test_sheet_before_the_event_comes_out_right_whatever_the_queues_default_is(
    virtual: Any, booth: Any, until: Until, raster: Callable[[Path], Rgb8]
) -> None:
    """Row 38: the queue's default is another paper; the sheet is whole, at its own size, to all four edges."""
    printer = virtual()
    queue = Ipp(printer.queue, 2)
    printer.lpadmin("-o", "PageSize=4x6.Borderless")
    assert about(queue).media_default == "na_index-4x6_4x6in"
    house = booth(printer, size=(6, 6), sheets=("4x6",))
    code = print_test(house.spool, Settings(event=EventSettings(name="Anna"), spool=house.spool.settings))
    until(house.ended)
    assert house.states() == ["printed"]
    ((name, path),) = printer.sheets()
    assert code.replace(" ", "") in name
    sheet = raster(path).astype(np.int16)
    (job,) = house.jobs()
    wanted = sheet_image(house.spool.composite(job.photo_id), (6, 6), 300).astype(np.int16)
    assert sheet.shape == wanted.shape == (1800, 1800, 3)
    assert np.abs(sheet - wanted).mean() < 2
    edges = [np.s_[:60], np.s_[-60:], np.s_[:, :60], np.s_[:, -60:]]
    assert all(np.abs(sheet[edge] - wanted[edge]).mean() < 3 for edge in edges)


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_a_paper_that_the_queue_does_not_know_is_told_and_nothing_comes_out_on_another(
    virtual: Any, booth: Any, kept: Keep, until: Until
) -> None:
    """Row 38: the configuration names a sheet that this printer has not."""
    printer = virtual()
    house = booth(printer, size=(5, 7))
    kept(house.spool)
    until(lambda: "its queue has no 5x7, but na_index-4x6_4x6in" in house.said("printer"))
    assert house.dispatcher.prints_later()
    assert house.states() == ["queued"]
    house = booth(printer, size=(6, 6))
    until(house.ended)
    assert house.states() == ["printed"]
    assert len(printer.sheets()) == 1


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_a_queue_that_stops_again_and_again_is_left_to_the_operator(
    virtual: Any, booth: Any, kept: Keep, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 32: it cannot be asked, so it is only tried; what it said last of its ribbon is shown."""
    monkeypatch.setattr(queue_printer, "MOST_RESUMES", 2)
    printer = virtual("boothtest:/usb")
    printer.control("usb", "media-empty-error 4")
    house = booth(printer)
    kept(house.spool, copies=2)
    until(lambda: "given_up" in house.reasons(), 60)
    until(lambda: "take it out of service in the panel, and back" in house.said("printer"))
    state = house.dispatcher.printers()[0]
    assert (state.silent, state.level) == ("between", 42)
    printer.control("usb", "")
    house.spool.sheets.service("printer", False).result()
    until(lambda: house.dispatcher.printers()[0].state == "paused")
    house.spool.sheets.service("printer", True).result()
    until(house.ended, 60)
    assert house.states() == ["printed"] * 2


def accounted(house: Booth, printer: Any) -> None:
    """Nothing is lost, nothing came out twice without a word, and the counter is what lies in the tray."""
    out = names(printer)
    for job in house.jobs():
        assert job.state in ("printed", "uncertain", "failed"), job
        if job.state == "printed":
            assert out[job.name] >= 1, job
            assert (out[job.name] > 1) == ("came out" in job.why), (job, out[job.name])
    assert not set(out) - {job.name for job in house.jobs()}
