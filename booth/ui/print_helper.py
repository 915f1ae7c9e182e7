"""The process that prints through Qt: `python -m booth.ui.print_helper`, asked by `booth.ui.printing`.

A driver may block for a second or crash; here it does neither to the screen. A request is a line of JSON, followed by
as many bytes as its "bytes" says; an answer is a line of JSON. It ends when nobody asks any more.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QImageReader, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

STATES = {
    QPrinter.PrinterState.Idle: "idle",
    QPrinter.PrinterState.Active: "active",
    QPrinter.PrinterState.Aborted: "error",
    QPrinter.PrinterState.Error: "error",
}
MOST_MEGABYTES = 1024
"""Of a decoded sheet: the largest, 24 by 24 inches at 600 dots, has 830."""
SAME_INCHES = 0.05
"""Within this a driver's paper is the one asked for; theirs are rounded to tenths of a millimetre or to points."""


class RefusedError(Exception):
    """Nothing was handed over; the words say why."""


def look(request: dict[str, Any]) -> dict[str, Any]:
    """How the system says that a printer is, and which printers there are."""
    info = QPrinterInfo.printerInfo(request["printer"])
    state = "missing" if info.isNull() else STATES[info.state()]
    return {"state": state, "printers": QPrinterInfo.availablePrinterNames()}


def hand_over(request: dict[str, Any], jpeg: bytes) -> dict[str, Any]:
    """Print a sheet; "refused" is in the answer where nothing was handed over, "unknown" where nobody knows."""
    try:
        printer = printer_for(request)
        image = QImage.fromData(jpeg)
        if image.isNull():
            raise RefusedError("the sheet is no picture")
        taken = paint(printer, image)
    except RefusedError as error:
        return {"refused": str(error)}
    return {"taken": True} if taken else {"unknown": "the print system did not end the sheet well"}


def printer_for(request: dict[str, Any]) -> QPrinter:
    """A printer set to exactly the sheet that is asked for."""
    info = QPrinterInfo.printerInfo(request["printer"])
    if info.isNull():
        raise RefusedError(f"this computer knows no printer «{request['printer']}»")
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    set_up(printer, request)
    return printer


def set_up(printer: QPrinter, request: dict[str, Any]) -> None:
    """Set paper, resolution and name; another paper than the one asked for is refused before anything comes out."""
    wanted = QSizeF(request["width"], request["height"])
    page = QPageSize(wanted, QPageSize.Unit.Inch, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
    printer.setResolution(request["dpi"])
    printer.setFullPage(True)
    printer.setDocName(request["name"])
    printer.setCopyCount(1)
    printer.setColorMode(QPrinter.ColorMode.Color)
    printer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
    has = printer.pageLayout().fullRect(QPageLayout.Unit.Inch)
    if max(abs(has.width() - wanted.width()), abs(has.height() - wanted.height())) > SAME_INCHES:
        asked = f"{wanted.width():g} x {wanted.height():g}"
        raise RefusedError(
            f"the printer has no sheet of {asked} inches (it would take {has.width():.2f} x {has.height():.2f}); "
            "correct spool.printer.size, or add that paper in its driver"
        )


def paint(printer: QPrinter, image: QImage) -> bool:
    """Cover a sheet with a picture; whether the print system took it to the end."""
    painter = QPainter()
    if not painter.begin(printer):
        raise RefusedError("the print system does not begin a sheet")
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(0, 0, printer.width(), printer.height()), image)
    # Only at its end is anything handed over.
    return painter.end() and printer.printerState() != QPrinter.PrinterState.Error


def answer(line: bytes, incoming: BinaryIO) -> dict[str, Any]:
    """Do what one request says."""
    request = json.loads(line)
    body = incoming.read(request.get("bytes", 0))
    return hand_over(request, body) if request["do"] == "print" else look(request)


def main() -> None:
    """Answer until the other side closes."""
    if sys.platform not in ("win32", "darwin"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_MAC_DISABLE_FOREGROUND_APPLICATION_TRANSFORM"] = "1"
    application = QGuiApplication(["booth-print"])
    QImageReader.setAllocationLimit(MOST_MEGABYTES)
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    for line in iter(incoming.readline, b""):
        outgoing.write(json.dumps(answer(line, incoming)).encode() + b"\n")
        outgoing.flush()
    application.shutdown()


if __name__ == "__main__":
    main()
