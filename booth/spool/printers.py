"""The printers that the configuration names."""

from __future__ import annotations

from collections.abc import Callable

from booth.config.settings import PrinterSettings, SpoolSettings
from booth.spool.files import Folders
from booth.spool.printing import FolderPrinter, Printer
from booth.spool.queue_printer import QueuePrinter
from booth.spool.sheets import SheetMaker
from booth.spool.system_printer import PrintSystem, SystemPrinter


def printers_of(
    settings: SpoolSettings, folders: Folders, address_of: Callable[[str], str | None], system: PrintSystem
) -> tuple[Printer, ...]:
    """Every printer, the first one first; none is spoken to yet. `address_of` is for the QR codes, `system` the
    way to the computer's own printing."""
    return tuple(
        printer_of(one, folders, SheetMaker(one, settings.sheet, address_of), system)
        for one in (settings.printer, *settings.printers)
    )


def printer_of(
    settings: PrinterSettings, folders: Folders, sheets: SheetMaker, system: PrintSystem
) -> Printer:
    """The printer of some settings."""
    if settings.queue:
        return QueuePrinter(folders, settings, sheets)
    if settings.system:
        return SystemPrinter(folders, settings, sheets, system)
    return FolderPrinter(folders, settings, sheets)
