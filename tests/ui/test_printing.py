"""Printing through Qt: the helper's sheet as it is painted, and a helper that dies, hangs or refuses."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter

from booth.errors import PrintError
from booth.spool.system_printer import SystemSheet, UnknownError
from booth.ui import print_helper
from booth.ui.printing import QtPrintSystem

SHEET = SystemSheet("DNP", "0001 KM47 1 of 1", 4, 6, 300, b"\xff\xd8 a picture\n" * 20_000)


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs poppler-utils")
def test_a_sheet_is_painted_to_its_edges_at_its_own_size(application, tmp_path):
    rows, columns = np.mgrid[0:1800, 0:1200]
    picture = np.stack([rows // 8, columns // 5, (rows + columns) // 12], axis=2).astype(np.uint8)
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=97)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "sheet.pdf"))
    print_helper.set_up(printer, {"width": 4, "height": 6, "dpi": 300, "name": "sheet"})
    assert print_helper.paint(printer, QImage.fromData(data.getvalue()))
    pages = ["pdftoppm", "-r", "300", "-png", tmp_path / "sheet.pdf", tmp_path / "page"]
    subprocess.run(pages, check=True, timeout=60)
    (page,) = tmp_path.glob("page*.png")
    out = np.asarray(Image.open(page).convert("RGB"))
    assert out.shape == picture.shape
    assert np.abs(out.astype(np.int16) - picture).mean() < 1


def test_another_paper_than_the_one_asked_for_is_refused_before_it_is_used(application, monkeypatch):
    """Row 38, for a driver that has no such paper: nothing is handed over, and the words say what to do."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    monkeypatch.setattr(QPrinter, "setPageLayout", lambda self, layout: False)
    with pytest.raises(print_helper.RefusedError, match=r"no sheet of 6 x 6 inches .* spool\.printer\.size"):
        print_helper.set_up(printer, {"width": 6, "height": 6, "dpi": 300, "name": "sheet"})


def system(code: str, seconds: float = 20.0) -> QtPrintSystem:
    """A print system whose helper is a few lines of Python."""
    head = "import json, sys, time\nask = sys.stdin.buffer\nrequest = json.loads(ask.readline())\n"
    return QtPrintSystem((sys.executable, "-c", head + code), seconds, seconds)


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("sys.exit(1)", UnknownError, "ended"),
        ("print('no JSON', flush=True); ask.read()", UnknownError, "ended"),
        ("ask.read(request['bytes']); sys.exit(3)", UnknownError, "ended"),
        ("print(json.dumps({'unknown': 'half-way'}), flush=True); ask.read()", UnknownError, "half-way"),
        (
            "print(json.dumps({'refused': 'no such sheet'}), flush=True); ask.read()",
            PrintError,
            "no such sheet",
        ),
    ],
)
def test_a_helper_that_fails_says_how_much_is_known(code, kind, said):
    printing, threads = system(code), threading.active_count()
    with pytest.raises(PrintError, match=said) as caught:
        printing.print(SHEET)
    assert type(caught.value) is kind
    printing.close()
    assert threading.active_count() == threads


def test_a_helper_that_hangs_is_ended_and_another_one_answers(tmp_path):
    mark = tmp_path / "hung"
    printing = system(
        f"import pathlib\nmark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists():\n    mark.touch()\n    time.sleep(600)\n"
        "print(json.dumps({'state': 'idle', 'printers': ['DNP']}), flush=True)\nask.read()",
        seconds=1.0,
    )
    # What it is given is more than a pipe holds: to write waits, too.
    with pytest.raises(UnknownError, match="did not answer in time"):
        printing.print(SHEET)
    assert printing.look("DNP") == ("idle", ("DNP",))
    printing.close()


def test_a_helper_that_cannot_be_started_has_not_got_the_sheet():
    printing = QtPrintSystem(("/nowhere/python",))
    with pytest.raises(PrintError, match="cannot be started") as caught:
        printing.print(SHEET)
    assert type(caught.value) is PrintError
