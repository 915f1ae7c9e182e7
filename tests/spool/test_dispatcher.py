from __future__ import annotations

import queue
from collections.abc import Callable, Iterator

import pytest

from booth.config.settings import SpoolSettings
from booth.shot import Notice, Ticket
from booth.spool.dispatcher import Dispatcher
from booth.spool.hand import Pace
from booth.spool.health import Health
from booth.spool.printing import FolderPrinter
from booth.spool.rows import Job
from booth.spool.spool import Spool

Keep = Callable[..., Ticket]
WAIT = 20


class Bench:
    """A dispatcher with its printer and what it says."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.notices: queue.Queue[Notice] = queue.Queue()
        self.cleared: queue.Queue[str] = queue.Queue()
        self.printer = FolderPrinter(spool.folders, spool.settings.printer)
        self.dispatcher = self.another()

    def another(self) -> Dispatcher:
        pace = Pace(busy=0.01, idle=0.05, first=0.01, longest=0.02)
        return Dispatcher(self.spool, [self.printer], self.notices.put, self.cleared.put, pace)

    def sheets(self) -> list[str]:
        return sorted(path.name for path in self.spool.folders.prints.iterdir())


@pytest.fixture
def bench(spool: Spool) -> Iterator[Bench]:
    bench = Bench(spool)
    yield bench
    bench.dispatcher.stop()


def test_sheets_are_printed_as_they_are_queued(bench: Bench, kept: Keep) -> None:
    kept(bench.spool)
    bench.dispatcher.start()
    assert bench.cleared.get(timeout=WAIT) == "printer"
    ticket = kept(bench.spool, copies=2)
    for _ in range(2):
        bench.cleared.get(timeout=WAIT)
    assert bench.spool.sheets_printed() == 3
    assert bench.spool.photo(ticket.photo_id).state == "printed"
    code = ticket.code.replace(" ", "")
    assert bench.sheets()[1:] == [f"0002-{code}-1of2.jpg", f"0003-{code}-2of2.jpg"]


def test_a_printer_without_paper_is_told_and_tried_again(bench: Bench, kept: Keep) -> None:
    bench.printer.fail_with("the paper is empty")
    bench.dispatcher.start()
    ticket = kept(bench.spool)
    for _ in range(3):
        notice = bench.notices.get(timeout=WAIT)
        assert (notice.key, notice.level) == ("printer", "warning")
        assert "the paper is empty" in notice.text
        assert notice.remedy
    assert bench.spool.waiting() == 1
    bench.printer.fail_with(None)
    assert bench.cleared.get(timeout=WAIT) == "printer"
    assert bench.spool.photo(ticket.photo_id).state == "printed"
    assert len(bench.sheets()) == 1


def test_paper_that_is_out_while_nothing_prints_is_known_before_the_next_guest(
    bench: Bench, until: Callable[..., None]
) -> None:
    """Row 30: no sheet waits, and the guest reads «later» before he keeps his photo."""
    seen = [Health(("paper",), takes=False)]
    bench.printer.look = lambda: seen[-1]  # type: ignore[method-assign]
    assert not bench.dispatcher.prints_later()
    bench.dispatcher.start()
    assert bench.notices.get(timeout=WAIT).text == "The printer has no paper."
    assert bench.dispatcher.prints_later()
    assert bench.dispatcher.prints_later("a sheet that no printer has")
    seen.append(Health(("paper_low",)))
    assert bench.cleared.get(timeout=WAIT) == "printer"
    assert not bench.dispatcher.prints_later()
    bench.spool.sheets.service("printer", False).result()
    until(bench.dispatcher.prints_later)


def test_a_sheet_without_a_picture_is_given_up_and_the_next_follows(bench: Bench, kept: Keep) -> None:
    lost, good = kept(bench.spool), kept(bench.spool)
    bench.spool.folders.composite(lost.photo_id).unlink()
    bench.dispatcher.start()
    notice = bench.notices.get(timeout=WAIT)
    assert notice.key == f"sheet-{lost.code.replace(' ', '')}"
    bench.cleared.get(timeout=WAIT)
    assert bench.spool.photo(lost.photo_id).state == "failed"
    assert bench.spool.photo(good.photo_id).state == "printed"


def test_a_sheet_begun_before_a_restart_is_finished_first(bench: Bench, kept: Keep) -> None:
    kept(bench.spool, copies=2)
    begun = bench.spool.sheets.claim().result()
    assert begun is not None
    bench.printer.print(begun, lambda: bench.spool.composite(begun.photo_id))
    before = bench.sheets()
    bench.dispatcher.start()
    for _ in range(2):
        bench.cleared.get(timeout=WAIT)
    assert bench.spool.sheets_printed() == 2
    assert bench.sheets()[:1] == before
    assert len(bench.sheets()) == 2


def test_the_print_thread_outlives_the_unforeseen(
    bench: Bench, kept: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = bench.printer.print
    faults = [RuntimeError("what now?")]

    def once(job: Job, picture: object) -> None:
        if faults:
            raise faults.pop()
        real(job, picture)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.printer, "print", once)
    bench.dispatcher.start()
    kept(bench.spool)
    assert "what now?" in bench.notices.get(timeout=WAIT).text
    bench.cleared.get(timeout=WAIT)
    assert len(bench.sheets()) == 1


def test_stopping_leaves_what_waits_and_is_quick(settings: SpoolSettings, kept: Keep) -> None:
    spool = Spool(settings)
    bench = Bench(spool)
    bench.printer.fail_with("off")
    bench.dispatcher.start()
    kept(spool)
    bench.notices.get(timeout=WAIT)
    bench.dispatcher.stop()
    bench.dispatcher.stop()
    assert spool.waiting() == 1
    bench.another().stop()
    spool.close()
