"""A booth with a broken file starts on the last good copy and says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from booth.config import Settings, load_or_last_good
from booth.config.last_good import COPY_NAME


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder / "booth.yaml"


@pytest.fixture
def keep(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_good_file_is_used_kept_and_nothing_is_told(file: Path, keep: Path) -> None:
    file.write_text("event:\n  name: Party\n")
    settings, notice = load_or_last_good(file, keep)
    assert settings.event.name == "Party"
    assert notice is None
    assert (keep / COPY_NAME).read_text().endswith("\nevent:\n  name: Party\n")
    assert os.listdir(keep) == [COPY_NAME]


def test_a_broken_file_gives_the_last_good_copy_and_a_notice_with_every_problem(
    file: Path, keep: Path
) -> None:
    file.write_text("event:\n  name: Party\n")
    load_or_last_good(file, keep)
    file.write_text("event:\n  nam: Party\nvisit:\n  countdown: 99\n")
    settings, notice = load_or_last_good(file, keep)
    assert settings.event.name == "Party"
    assert notice is not None
    assert notice.level == "fault"
    assert f"runs on the last good copy of {file}" in notice.text
    assert f"{file}:2: event.nam: there is no such key; did you mean name?" in notice.text
    assert f"{file}:4: visit.countdown: must be 1 to 10 seconds; given 99" in notice.text
    assert "run_booth.py --check" in notice.remedy


def test_a_file_that_has_gone_gives_the_last_good_copy(file: Path, keep: Path) -> None:
    file.write_text("event:\n  name: Party\n")
    load_or_last_good(file, keep)
    file.unlink()
    settings, notice = load_or_last_good(file, keep)
    assert settings.event.name == "Party"
    assert notice is not None
    assert "is not there" in notice.text


def test_files_named_in_the_copy_are_looked_for_beside_the_original(file: Path, keep: Path) -> None:
    file.write_text("scene:\n  layout:\n    logo: logo.png\n")
    load_or_last_good(file, keep)
    file.write_text("broken")
    settings, _ = load_or_last_good(file, keep)
    assert settings.scene.layout.logo == file.parent / "logo.png"


@pytest.mark.parametrize("copy", [None, b"broken", b"# Last good copy of nothing\n", b"\xff\xfe"])
def test_without_a_good_copy_there_are_the_defaults_and_a_notice(
    file: Path, keep: Path, copy: bytes | None
) -> None:
    keep.mkdir()
    if copy is not None:
        (keep / COPY_NAME).write_bytes(copy)
    file.write_text("event:\n  nam: Party\n")
    settings, notice = load_or_last_good(file, keep)
    assert settings == Settings()
    assert notice is not None
    assert notice.level == "fault"
    assert "defaults are used" in notice.text
    assert "did you mean name?" in notice.text


def test_a_broken_file_never_replaces_the_copy(file: Path, keep: Path) -> None:
    file.write_text("event:\n  name: Party\n")
    load_or_last_good(file, keep)
    before = (keep / COPY_NAME).read_bytes()
    file.write_text("event:\n  nam: Party\n")
    load_or_last_good(file, keep)
    assert (keep / COPY_NAME).read_bytes() == before


def test_an_unchanged_file_is_not_written_again(file: Path, keep: Path) -> None:
    file.write_text("event:\n  name: Party\n")
    load_or_last_good(file, keep)
    before = (keep / COPY_NAME).stat().st_ino
    load_or_last_good(file, keep)
    assert (keep / COPY_NAME).stat().st_ino == before


def test_a_damaged_copy_is_written_again(file: Path, keep: Path) -> None:
    keep.mkdir()
    (keep / COPY_NAME).write_bytes(b"\xff\xfe")
    file.write_text("event:\n  name: Party\n")
    _, notice = load_or_last_good(file, keep)
    assert notice is None
    assert "Party" in (keep / COPY_NAME).read_text()


def test_a_file_emptied_by_a_power_cut_is_told_and_the_copy_kept(file: Path, keep: Path) -> None:
    file.write_text("event:\n  name: Party\n")
    load_or_last_good(file, keep)
    file.write_text("")
    settings, notice = load_or_last_good(file, keep)
    assert settings == Settings()
    assert notice is not None
    assert notice.level == "warning"
    assert "is empty" in notice.text
    assert "Party" in (keep / COPY_NAME).read_text()


def test_a_copy_that_cannot_be_kept_is_told(file: Path, keep: Path) -> None:
    keep.write_text("a file where the folder should be")
    file.write_text("event:\n  name: Party\n")
    settings, notice = load_or_last_good(file, keep)
    assert settings.event.name == "Party"
    assert notice is not None
    assert notice.level == "warning"
    assert "No safe copy" in notice.text


def test_a_write_that_fails_leaves_the_old_copy_whole(
    file: Path, keep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("event:\n  name: Party\n")
    load_or_last_good(file, keep)
    before = (keep / COPY_NAME).read_bytes()

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    file.write_text("event:\n  name: Other\n")
    settings, notice = load_or_last_good(file, keep)
    assert settings.event.name == "Other"
    assert notice is not None
    assert "the disk is full" in notice.text
    assert (keep / COPY_NAME).read_bytes() == before
    assert os.listdir(keep) == [COPY_NAME]


def test_no_file_at_all_means_the_defaults_and_is_told(
    keep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booth.config.loading.HOUSE_FILE", tmp_path / "none.yaml")
    settings, notice = load_or_last_good(None, keep)
    assert settings == Settings()
    assert notice is not None
    assert notice.level == "info"
