from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from pathlib import Path

import pytest

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings, SpoolSettings
from booth.errors import PrintError, SpoolError
from booth.spool.files import Folders, make_folders
from booth.spool.health import Health
from booth.spool.printing import FolderPrinter, Record, forget_sheet
from booth.spool.records import read_record
from booth.spool.rows import Job
from booth.spool.verdict import Progress

JOB = Job(1, "5f" * 16, "ab" * 16, "KM47", 1, 2, "submitting", 0)


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
    record = read_record(folders.records, JOB.uuid, Record)
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


@pytest.fixture
def hot_folder(folders: Folders) -> FolderPrinter:
    return FolderPrinter(folders, PrinterSettings(size=(2, 2), taken=True, seconds=1))


def test_a_sheet_in_a_hot_folder_is_printed_when_it_was_taken(
    hot_folder: FolderPrinter, folders: Folders, picture: Rgb8
) -> None:
    hot_folder.print(JOB, lambda: picture)
    assert hot_folder.follow(JOB) == Progress("submitted")
    (folders.prints / "0001-KM47-1of2.jpg").unlink()
    assert hot_folder.follow(JOB) == Progress("printed", "", 1)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def on_stick(folders: Folders, stick: Path, picture: Rgb8) -> FolderPrinter:
    """A printer whose hot folder is a stick, on which a sheet lies."""
    printer = FolderPrinter(folders, PrinterSettings(size=(2, 2), taken=True, folder=stick))
    printer.print(JOB, lambda: picture)
    return printer


def test_a_hot_folder_that_goes_away_with_its_disk_has_printed_nothing(
    stick: Path, on_stick: FolderPrinter, tmp_path: Path
) -> None:
    printer = on_stick
    stick.rename(tmp_path / "away")
    assert printer.follow(JOB) == Progress("submitted")
    assert printer.look() == Health(("folder",), takes=False)
    (tmp_path / "away").rename(stick)
    assert printer.look() == Health()
    assert printer.follow(JOB) == Progress("submitted")


@pytest.mark.parametrize("another", [False, True])
def test_another_folder_in_the_place_of_a_hot_one_has_printed_nothing(
    stick: Path, on_stick: FolderPrinter, picture: Rgb8, tmp_path: Path, another: bool
) -> None:
    """The share is unmounted and its mount point stays, an empty folder; or the next stick is in its place."""
    printer = on_stick
    stick.rename(tmp_path / "away")
    stick.mkdir()
    if another:
        printer.print(replace(JOB, number=2, uuid="6e" * 16), lambda: picture)
    progress = printer.follow(JOB)
    assert progress is not None
    assert progress.state == "uncertain"


def test_a_sheet_that_was_to_be_laid_into_a_hot_folder_that_is_another_now_is_not_called_laid(
    folders: Folders, picture: Rgb8, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    printer = FolderPrinter(folders, PrinterSettings(size=(2, 2), taken=True, folder=stick))
    with monkeypatch.context() as patch:
        patch.setattr(printer, "_lay", lambda record: None)
        printer.print(JOB, lambda: picture)
    stick.rename(tmp_path / "away")
    stick.mkdir()
    with pytest.raises(SpoolError, match="look whether it came out"):
        printer.print(JOB, never)


def test_a_hot_folder_that_nobody_empties_is_told(
    hot_folder: FolderPrinter, picture: Rgb8, monkeypatch: pytest.MonkeyPatch
) -> None:
    hot_folder.print(JOB, lambda: picture)
    hot_folder.follow(JOB)
    assert hot_folder.look() == Health()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 600)
    assert hot_folder.look() == Health(("taken",), takes=False)


def test_a_sheet_is_taken_back_from_a_hot_folder_unless_it_was_taken(
    hot_folder: FolderPrinter, folders: Folders, picture: Rgb8
) -> None:
    hot_folder.print(JOB, lambda: picture)
    hot_folder.cancel(JOB)
    assert hot_folder.follow(JOB) == Progress("canceled", "by the operator")
    assert not list(folders.prints.glob("*.jpg"))
    other = replace(JOB, number=2, uuid="6e" * 16)
    hot_folder.print(other, lambda: picture)
    (folders.prints / "0002-KM47-1of2.jpg").unlink()
    hot_folder.cancel(other)
    assert hot_folder.follow(other) == Progress("printed", "", 1)


def test_what_was_not_laid_before_a_stop_is_printed_after_it(hot_folder: FolderPrinter) -> None:
    progress = hot_folder.follow(JOB)
    assert progress is not None
    assert progress.state == "refused"
