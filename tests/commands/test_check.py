"""`run_booth.py --check`: a good set-up is green, and each broken thing has its red row with a remedy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from booth.camera.camera import Camera
from booth.commands import check as checking
from booth.commands.check import Examination, Row, configuration, examinations
from booth.config import Settings
from booth.spool.files import DiskRoom, disk_room

GOOD = """\
event:
  name: "Summer party"
camera:
  width: 480
  height: 320
  timeout: 0.3
matting:
  method: plate
  weights: weights
scene:
  folders: [backdrops]
  house_backdrops: false
spool:
  data: data
  printer:
    folder: prints
"""


class Venue:
    """A booth's folders and configuration, and a look at them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.room = disk_room
        self.printed = ""
        for name in ("backdrops", "prints"):
            (folder / name).mkdir()
        noise = np.random.default_rng(1).integers(0, 255, (700, 700, 3), np.uint8)
        Image.fromarray(noise).save(folder / "backdrops" / "beach.jpg")
        self.write(GOOD)

    def write(self, text: str) -> None:
        (self.folder / "booth.yaml").write_text(text)

    def change(self, old: str, new: str) -> None:
        text = (self.folder / "booth.yaml").read_text()
        assert old in text
        self.write(text.replace(old, new))

    def check(self) -> int:
        console = Console(width=160, record=True, file=(self.folder / "log").open("w"))
        try:
            return checking.check(self.folder / "booth.yaml", console, self.room)
        finally:
            self.printed = console.export_text()
            console.file.close()

    def rows(self, thing: str) -> list[Row]:
        settings, rows = configuration(self.folder / "booth.yaml")
        if thing != "configuration":
            rows = [
                row
                for each in examinations(settings, self.room)
                if each.thing == thing
                for row in each.rows()
            ]
        return rows

    def red(self, thing: str) -> Row:
        red = [row for row in self.rows(thing) if row.lamp == "red"]
        assert len(red) == 1
        assert red[0].remedy
        return red[0]


@pytest.fixture
def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Venue:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(checking, "WATCH", 0.2)
    return Venue(tmp_path)


def test_a_good_set_up_has_no_red_row_and_exit_status_0(venue: Venue) -> None:
    assert venue.check() == 0, venue.printed
    for thing in (
        "configuration",
        "backdrops",
        "layout",
        "camera",
        "clean plate",
        "weights",
        "device",
        "data folder",
        "disk",
        "printer",
    ):
        assert thing in venue.printed
    assert "● fault" not in venue.printed
    assert "All is well." in venue.printed
    assert "1: beach" in venue.printed
    assert "480" not in venue.printed.split("clean plate")[0].split("320 x 320")[1]


def test_looking_leaves_nothing_in_the_printers_folder(venue: Venue) -> None:
    venue.check()
    assert list((venue.folder / "prints").iterdir()) == []


def test_a_broken_configuration_is_red_and_the_rest_is_examined_all_the_same(venue: Venue) -> None:
    venue.change("timeout: 0.3", "timeout: 0.3\n  widht: 3")
    assert venue.check() == 1
    assert "printer" in venue.printed
    row = venue.red("configuration")
    assert (
        row.found == f"{venue.folder}/booth.yaml:7: camera.widht: there is no such key; did you mean width?"
    )


def test_a_configuration_that_is_not_there_is_red(venue: Venue) -> None:
    (venue.folder / "booth.yaml").unlink()
    assert "is not there" in venue.red("configuration").found


def test_a_backdrop_that_cannot_be_read_is_red_and_named(venue: Venue) -> None:
    (venue.folder / "backdrops" / "city.jpg").write_bytes(b"\xff\xd8 no picture")
    assert venue.check() == 1
    assert "city.jpg" in venue.red("backdrops").found


def test_no_backdrop_at_all_is_red(venue: Venue) -> None:
    (venue.folder / "backdrops" / "beach.jpg").unlink()
    assert "no backdrop can be offered" in venue.red("backdrops").found


def test_a_logo_that_is_not_there_is_red(venue: Venue) -> None:
    venue.change("scene:\n", "scene:\n  layout: {logo: logo.png}\n")
    assert "logo.png" in venue.red("layout").found


def test_an_absent_camera_is_red_long_before_its_time_is_up(venue: Venue) -> None:
    venue.change("camera:\n", "camera:\n  source: /dev/v4l/by-id/none\n")
    assert venue.check() == 1
    row = venue.red("camera")
    assert "/dev/v4l/by-id/none" in row.found


def test_a_camera_that_hangs_in_opening_is_red_and_does_not_hang_the_check(
    venue: Venue, monkeypatch: pytest.MonkeyPatch, let_go: threading.Event
) -> None:
    def hang(settings: object) -> Camera:
        let_go.wait()
        raise RuntimeError("let go")

    monkeypatch.setattr(checking, "open_camera", hang)
    monkeypatch.setattr(checking, "OPENING", 0.2)
    assert venue.red("camera").remedy


def test_the_drawn_guests_are_yellow_as_they_are_no_camera(venue: Venue) -> None:
    (row,) = venue.rows("camera")
    assert row.lamp == "yellow"
    assert "320 x 320" in row.found


def test_missing_weights_are_red_where_mask_r_cnn_alone_is_asked_for(venue: Venue) -> None:
    venue.change("method: plate", "method: maskrcnn")
    assert venue.check() == 1
    row = venue.red("weights")
    assert "not installed" in row.found
    assert "run_booth.py weights fetch" in row.remedy
    assert venue.red("device").found


def test_missing_weights_are_yellow_where_another_method_stands_in(venue: Venue) -> None:
    venue.change("method: plate", "method: auto")
    (row,) = venue.rows("weights")
    assert row.lamp == "yellow"
    assert "weights fetch" in row.remedy


def test_damaged_weights_are_red(venue: Venue) -> None:
    venue.change("method: plate", "method: auto")
    (venue.folder / "weights").mkdir()
    (venue.folder / "weights" / "maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth").write_bytes(b"rotten")
    assert "is damaged" in venue.red("weights").found


def test_a_class_that_the_network_does_not_know_is_red(venue: Venue) -> None:
    venue.change("method: plate", "method: plate\n  maskrcnn: {classes: [persn]}")
    assert "persn" in venue.red("device").found


def test_no_clean_plate_is_red_where_nothing_will_take_one_and_no_other_method_may_run(venue: Venue) -> None:
    venue.change("camera:\n", "camera:\n  clean_plate: {at_start: never}\n")
    assert "run_booth.py plate" in venue.red("clean plate").remedy


def test_a_printers_folder_that_is_not_there_is_red(venue: Venue) -> None:
    (venue.folder / "prints").rmdir()
    assert venue.check() == 1
    row = venue.red("printer")
    assert "the folder is not there" in row.found
    assert "make the folder" in row.remedy


def test_a_printers_folder_that_cannot_be_written_is_red(venue: Venue) -> None:
    (venue.folder / "prints").rmdir()
    (venue.folder / "prints").write_text("a file")
    assert venue.red("printer").found


def test_a_data_folder_that_cannot_be_made_is_red(venue: Venue) -> None:
    (venue.folder / "data").write_text("a file")
    assert venue.check() == 1
    assert str(venue.folder / "data") in venue.red("data folder").found


@pytest.mark.parametrize(
    ("state", "lamp", "status"), [("ok", "green", 0), ("low", "yellow", 0), ("full", "red", 1)]
)
def test_the_disk_says_for_how_many_photos_there_is_room(
    venue: Venue, state: str, lamp: str, status: int
) -> None:
    room = {
        "ok": DiskRoom(9000, 850, "ok"),
        "low": DiskRoom(900, 40, "low"),
        "full": DiskRoom(400, 0, "full"),
    }
    venue.room = lambda path, stop, warn: room[state]
    assert venue.check() == status
    (row,) = venue.rows("disk")
    assert row.lamp == lamp
    assert f"room for {room[state].photos_left} photos" in row.found
    assert bool(row.remedy) == (lamp != "green")


def test_settings_that_make_no_sense_together_are_yellow(venue: Venue) -> None:
    venue.change("spool:\n", "visit:\n  developing: 10\nspool:\n  warn_below_mb: 100\n")
    assert [row.lamp for row in venue.rows("configuration")] == ["green", "yellow", "yellow"]


@pytest.fixture
def let_go() -> Iterator[threading.Event]:
    event = threading.Event()
    before = set(threading.enumerate())
    yield event
    event.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)


def test_what_gives_no_answer_in_its_time_is_red(let_go: threading.Event) -> None:
    def look() -> list[Row]:
        let_go.wait()
        return []

    (row,) = Examination("printer", look, 0.05, "Switch it on.").rows()
    assert row == Row("red", "printer", "gave no answer within 0.05 seconds", "Switch it on.")


def test_a_fault_that_nobody_foresaw_is_a_red_row_too() -> None:
    def look() -> list[Row]:
        raise ZeroDivisionError("by nought")

    (row,) = Examination("printer", look, 5, "Switch it on.").rows()
    assert row == Row("red", "printer", "ZeroDivisionError: by nought", "Switch it on.")


def test_the_defaults_can_be_examined(tmp_path: Path) -> None:
    assert {each.thing for each in examinations(Settings(), disk_room)} >= {"camera", "printer", "disk"}


def test_a_pickup_page_that_no_phone_finds_is_yellow(venue: Venue) -> None:
    """Row 46: before the event."""
    (row,) = venue.rows("pickup page")
    assert (row.lamp, row.found) == ("green", "off")
    venue.write(GOOD + "service:\n  enabled: true\n")
    (row,) = venue.rows("pickup page")
    assert row.lamp == "yellow"
    assert "no address in a network" in row.found
    venue.write(GOOD + "service:\n  enabled: true\n  host: 0.0.0.0\n  address: 127.0.0.1\n")
    (row,) = venue.rows("pickup page")
    assert (row.lamp, row.found) == ("green", "phones find it at 127.0.0.1, port 8080")
