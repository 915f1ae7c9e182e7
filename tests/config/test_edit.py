"""One value is changed in its place, and edits of the file are taken or refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from booth.config import Settings, load
from booth.config.edit import differs, edited, with_value
from booth.config.loading import HOUSE_FILE, settings_from
from booth.config.watch import ConfigWatch
from booth.errors import ConfigError

FILE = Path("/somewhere/booth.yaml")


def test_only_the_value_changes_and_its_comment_stays():
    text = HOUSE_FILE.read_text(encoding="utf-8")
    changed = with_value(text, FILE, "camera.source", '"/dev/video9"')
    different = [(a, b) for a, b in zip(text.splitlines(), changed.splitlines(), strict=True) if a != b]
    assert len(different) == 1
    assert different[0][1].startswith('  source: "/dev/video9"  ')
    assert different[0][1].partition("#")[2] == different[0][0].partition("#")[2]
    assert settings_from(changed, FILE).camera.source == "/dev/video9"


@pytest.mark.parametrize(
    "text",
    ["", "event:\n  name: A\n", "camera:\n  width: 640\n", "camera:\n", 'camera:\n  source: "a#b" # why\n'],
    ids=str,
)
def test_a_key_that_is_not_there_is_put_where_it_belongs(text):
    assert settings_from(with_value(text, FILE, "camera.source", '"2"'), FILE).camera.source == "2"


def test_the_rest_of_the_file_is_kept():
    changed = with_value("event:\n  name: A\ncamera:\n  width: 640\n", FILE, "camera.source", '"2"')
    settings = settings_from(changed, FILE)
    assert (settings.event.name, settings.camera.width) == ("A", 640)


def test_what_would_not_be_good_is_refused():
    with pytest.raises(ConfigError, match=r"camera\.width"):
        with_value("", FILE, "camera.width", "12")
    with pytest.raises(ConfigError, match="unusual way"):
        with_value("camera:\n  source: >-\n    studio\n", FILE, "camera.source", "2")


def test_a_file_keeps_its_rights_and_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.yaml", tmp_path / "booth.yaml"
    real.write_text("camera:\n  source: studio\n")
    real.chmod(0o640)
    link.symlink_to(real)
    edited(link, "camera.source", '"3"')
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert load(real).camera.source == "3"


def test_without_a_file_nothing_can_be_changed():
    with pytest.raises(ConfigError, match="--config"):
        edited(None, "camera.source", "x")


def test_what_differs_is_named():
    other = Settings.model_validate({"event": {"name": "B"}, "camera": {"clean_plate": {"frames": 30}}})
    assert differs(Settings(), other) == ("event.name", "camera.clean_plate.frames")


class Edited:
    """A file under a watch."""

    def __init__(self, folder: Path, text: str) -> None:
        self.file = folder / "booth.yaml"
        self._age = 0
        self.write(text)
        self.watch = ConfigWatch(self.file, load(self.file), lambda: load(self.file))

    def write(self, text: str) -> None:
        self.file.write_text(text)
        self._age += 1
        os.utime(self.file, (self._age, self._age))

    def look_twice(self) -> None:
        self.watch.look()
        self.watch.look()


@pytest.fixture
def watched(tmp_path):
    return Edited(tmp_path, "event:\n  name: A\n")


def test_a_good_edit_waits_and_names_what_it_changed(watched):
    watched.look_twice()
    assert watched.watch.pending == ""
    watched.write("event:\n  name: B\n")
    watched.watch.look()
    assert watched.watch.pending == "", "it may still be being saved"
    watched.watch.look()
    assert watched.watch.pending == "event.name"
    assert watched.watch.refusal is None


def test_a_bad_edit_is_refused_with_its_line_until_it_is_mended(watched):
    watched.write("event:\n  nmae: B\n")
    watched.look_twice()
    assert watched.watch.pending == ""
    assert "booth.yaml:2: event.nmae" in watched.watch.refusal.text
    watched.write("event:\n  name: A\n")
    watched.look_twice()
    assert watched.watch.refusal is None
    assert watched.watch.pending == ""


def test_a_comment_changes_nothing(watched):
    watched.write("event:\n  name: A # as ever\n")
    watched.look_twice()
    assert watched.watch.pending == ""


def test_a_file_that_goes_away_is_refused_and_its_return_is_fine(watched):
    watched.file.unlink()
    watched.look_twice()
    assert "is not there" in watched.watch.refusal.text
    watched.write("event:\n  name: A\n")
    watched.look_twice()
    assert watched.watch.refusal is None


def test_without_a_file_there_is_nothing_to_watch():
    watch = ConfigWatch()
    watch.look()
    watch.look()
    assert (watch.pending, watch.refusal) == ("", None)
