from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings, SpoolSettings
from booth.errors import PrintError, SpoolError
from booth.spool.files import Folders, make_folders
from booth.spool.printing import FolderPrinter, forget_sheet, read_record
from booth.spool.rows import Job

JOB = Job(1, "5f" * 16, "ab" * 16, "KM47", 1, 2, "printing", 0)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return make_folders(SpoolSettings(data=tmp_path))


@pytest.fixture
def printer(folders: Folders) -> FolderPrinter:
    return FolderPrinter(folders, PrinterSettings(size=(2, 2)))


def never() -> Rgb8:
    raise AssertionError("printed a second time")


def test_a_sheet_has_a_telling_name_and_is_remembered(
    printer: FolderPrinter, folders: Folders, picture: Rgb8
) -> None:
    printer.print(JOB, lambda: picture)
    (sheet,) = folders.prints.iterdir()
    assert sheet.name == "0001-KM47-1of2.jpg"
    assert sheet.stat().st_mode & 0o444
    record = read_record(folders.records, JOB.uuid)
    assert record is not None
    assert record.laid
    assert record.sha256 == hashlib.sha256(sheet.read_bytes()).hexdigest()


def test_the_same_job_is_never_laid_twice_even_if_its_sheet_was_eaten(
    printer: FolderPrinter, folders: Folders, picture: Rgb8
) -> None:
    printer.print(JOB, lambda: picture)
    printer.print(JOB, never)
    (folders.prints / "0001-KM47-1of2.jpg").unlink()
    printer.print(JOB, never)
    assert list(folders.prints.iterdir()) == []


def test_a_sheet_whose_name_was_never_given_is_given_it(
    printer: FolderPrinter, folders: Folders, picture: Rgb8, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(printer, "_lay", lambda record: None)
        printer.print(JOB, lambda: picture)
    assert [path.suffix for path in folders.prints.iterdir()] == [".part"]
    printer.print(JOB, never)
    assert [path.name for path in folders.prints.iterdir()] == ["0001-KM47-1of2.jpg"]


def test_a_printer_can_be_told_to_fail(printer: FolderPrinter, folders: Folders, picture: Rgb8) -> None:
    printer.fail_with("the paper is empty")
    with pytest.raises(PrintError, match="the paper is empty"):
        printer.print(JOB, lambda: picture)
    assert list(folders.prints.iterdir()) == []
    printer.fail_with(None)
    printer.print(JOB, lambda: picture)


def test_a_folder_that_is_not_there_is_the_printers_fault(tmp_path: Path, picture: Rgb8) -> None:
    settings = PrinterSettings(size=(2, 2), folder=tmp_path / "stick", format="pdf")
    printer = FolderPrinter(make_folders(SpoolSettings(data=tmp_path / "data", printer=settings)), settings)
    with pytest.raises(PrintError, match="the folder is not there"):
        printer.print(JOB, lambda: picture)
    (tmp_path / "stick").mkdir()
    printer.print(JOB, lambda: picture)
    assert (tmp_path / "stick" / "0001-KM47-1of2.pdf").read_bytes().startswith(b"%PDF")


def test_nothing_is_printed_by_guess_when_the_record_is_damaged(
    printer: FolderPrinter, folders: Folders
) -> None:
    (folders.records / f"{JOB.uuid}.json").write_bytes(b"{")
    with pytest.raises(SpoolError, match="look whether the sheet came out"):
        printer.print(JOB, never)


def test_a_forgotten_sheet_is_gone(printer: FolderPrinter, folders: Folders, picture: Rgb8) -> None:
    printer.print(JOB, lambda: picture)
    assert forget_sheet(folders, JOB.uuid) == 2
    assert list(folders.prints.iterdir()) == list(folders.records.iterdir()) == []
