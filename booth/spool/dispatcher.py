"""All printers at work: a thread for each, and sheets for whoever is free."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from booth.shot import Notice
from booth.spool.hand import Hand, Pace
from booth.spool.health import PrinterState
from booth.spool.printing import Printer
from booth.spool.spool import Spool

log = logging.getLogger(__name__)


class Dispatcher:
    """Prints what the spool has queued, in order, and goes on where an earlier run was cut off.

    The operator is told under the key "printer" (or "printer-NAME" where it has a name of its own) what a
    printer wants, and under "sheet-CODE" of a sheet that did not come out as it should.
    """

    def __init__(
        self,
        spool: Spool,
        printers: Sequence[Printer],
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
        pace: Pace | None = None,
    ) -> None:
        self._spool = spool
        self._hands = [Hand(spool, printer, on_notice, on_clear, pace or Pace()) for printer in printers]
        for hand in self._hands:
            hand.neighbours = [other for other in self._hands if other is not hand]

    def start(self) -> None:
        """Start every printer's thread; what belonged to printers that are gone is put back first."""
        count = self._spool.sheets.disown([hand.printer.name for hand in self._hands]).result()
        if count:
            log.warning("%d sheets were with printers that are no longer set up", count)
        formats = [name for hand in self._hands for name in hand.printer.formats]
        if count := self._spool.sheets.fit(formats).result():
            log.warning("%d sheets wait for a paper that no printer has: they are printed on another", count)
        for hand in self._hands:
            hand.start()

    def stop(self) -> None:
        """Let the steps under way finish, and end the threads; what waits stays in the ledger."""
        for hand in self._hands:
            hand.ask_to_stop()
        for hand in self._hands:
            hand.stop()

    def prints_later(self, format_name: str = "") -> bool:
        """Whether a sheet of that format would have to wait for somebody's hand; asks no printer and no disk."""
        fit = [hand for hand in self._hands if not format_name or format_name in hand.printer.formats]
        return all(hand.stands_still for hand in fit or self._hands)

    def printers(self) -> tuple[PrinterState, ...]:
        """How every printer is."""
        return tuple(hand.state() for hand in self._hands)
