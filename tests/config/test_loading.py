"""What a good file gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from booth.config import Settings, load
from booth.config.loading import settings_from

HERE = Path("/somewhere/booth.yaml")


def read(text: str) -> Settings:
    return settings_from(text, HERE)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "camera:\nevent:\n", "null\n"])
def test_what_is_left_out_has_its_default(text: str) -> None:
    assert read(text) == Settings()


def test_values_of_every_kind_arrive() -> None:
    settings = read(
        """\
event: {name: "Anna & Ben", language: de, languages: [de, en]}
camera:
  rate: 25
  rotate: 90
  flip: true
  crop: [0.5, 0.4, 0.9]   # a comment
  clean_plate:
    frames: 30
matting:
  weights:
  maskrcnn: {classes: [person, car]}
spool:
  printer: {format: pdf, size: [4, 6.5], dpi: 600}
"""
    )
    assert settings.event.name == "Anna & Ben"
    assert settings.event.languages == ("de", "en")
    assert settings.camera.rate == 25.0
    assert settings.camera.rotate == 90
    assert settings.camera.flip is True
    assert settings.camera.crop == (0.5, 0.4, 0.9)
    assert settings.camera.clean_plate.frames == 30
    assert settings.matting.weights is None
    assert settings.matting.maskrcnn.classes == ("person", "car")
    assert settings.spool.printer.size == (4.0, 6.5)
    assert settings.spool.printer.dpi == 600


@pytest.mark.parametrize("word", ["false", "False", "no", "NO", "off"])
def test_no_and_off_say_false_where_true_or_false_is_wanted(word: str) -> None:
    assert read(f"screen:\n  fullscreen: {word}\n").screen.fullscreen is False


@pytest.mark.parametrize("word", ["true", "TRUE", "yes", "on"])
def test_yes_and_on_say_true_where_true_or_false_is_wanted(word: str) -> None:
    assert read(f"service:\n  enabled: {word}\n").service.enabled is True


@pytest.mark.parametrize("text", ["12:00", "NO", "0123", "~", "2026-06-01", "#love", "1e3", "null"])
def test_with_quotes_everything_is_text(text: str) -> None:
    assert read(f'event:\n  name: "{text}"\n').event.name == text


@pytest.mark.parametrize("number", ["0", "2", "2026"])
def test_a_plain_whole_number_will_do_for_text(number: str) -> None:
    assert read(f"camera:\n  source: {number}\n").camera.source == number


def test_a_comment_behind_text_is_no_part_of_it() -> None:
    assert read("event:\n  name: Our day   # the big one\n").event.name == "Our day"


def test_relative_files_start_at_the_folder_of_the_configuration() -> None:
    settings = read(
        """\
scene:
  folders: [backdrops, /other/backdrops]
  layout: {logo: "logo.png"}
spool: {data: ../data}
"""
    )
    assert settings.scene.folders == (Path("/somewhere/backdrops"), Path("/other/backdrops"))
    assert settings.scene.layout.logo == Path("/somewhere/logo.png")
    assert settings.spool.data == Path("/somewhere/../data")


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/booth")
    assert read("spool:\n  data: ~/photos\n").spool.data == Path("/home/booth/photos")


@pytest.mark.parametrize(
    ("source", "arrives"),
    [
        ("studio", "studio"),
        ("0", "0"),
        ("/dev/v4l/by-id/usb-cam", "/dev/v4l/by-id/usb-cam"),
        ("http://camera.local/mjpeg", "http://camera.local/mjpeg"),
        ("rtsp://camera.local/1", "rtsp://camera.local/1"),
        ("pictures/party.mp4", "/somewhere/pictures/party.mp4"),
    ],
)
def test_a_camera_that_is_a_file_starts_at_that_folder_too(source: str, arrives: str) -> None:
    assert read(f"camera:\n  source: {source}\n").camera.source == arrives


@pytest.mark.parametrize("nothing", ["", "null", '""'])
def test_an_optional_file_may_be_left_empty(nothing: str) -> None:
    assert read(f"scene:\n  layout:\n    logo: {nothing}\n").scene.layout.logo is None


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "booth.yaml"
    file.write_bytes("event:\n  name: Ältestes Fest\n".encode("utf-8-sig"))
    assert load(file).event.name == "Ältestes Fest"


def test_without_a_path_the_file_of_the_house_is_read() -> None:
    assert load() == Settings()


def test_without_a_path_and_a_file_there_are_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booth.config.loading.HOUSE_FILE", tmp_path / "booth.yaml")
    assert load() == Settings()
    (tmp_path / "booth.yaml").write_text("event:\n  name: Mine\n")
    assert load().event.name == "Mine"
