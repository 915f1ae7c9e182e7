from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from platformdirs import user_data_path

from booth.config.settings import PrinterSettings, SpoolSettings
from booth.errors import SpoolError
from booth.files import publish
from booth.spool import files
from booth.spool.files import data_folder, disk_room, make_folders, sweep


def failing(number: int):  # type: ignore[no-untyped-def]
    def fail(*_args: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_published_file_is_whole_and_private(tmp_path: Path) -> None:
    publish(tmp_path / "a.bin", b"old")
    publish(tmp_path / "a.bin", b"new")
    assert (tmp_path / "a.bin").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    assert (tmp_path / "a.bin").stat().st_mode & 0o077 == 0


def test_data_is_synced_before_it_gets_its_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    sync, rename = os.fsync, os.replace

    def see_sync(descriptor: int) -> None:
        order.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "data")
        sync(descriptor)

    def see_rename(source: Path, target: Path) -> None:
        order.append("name")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", see_sync)
    monkeypatch.setattr(os, "replace", see_rename)
    publish(tmp_path / "a.bin", b"data")
    assert order == ["data", "name", "folder"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EIO, "replace the disk"), (errno.EROFS, "read-only")],
)
def test_a_failed_sync_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    publish(tmp_path / "a.bin", b"old")
    monkeypatch.setattr(os, "fsync", failing(number))
    with pytest.raises(SpoolError, match=words):
        publish(tmp_path / "a.bin", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() == b"old"


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpoolError, match="the folder is not there"):
        publish(tmp_path / "gone" / "a.bin", b"data")


def test_the_data_folder_is_absolute_and_never_the_current_one(tmp_path: Path) -> None:
    assert data_folder(SpoolSettings()) == user_data_path("booth", False)
    assert data_folder(SpoolSettings(data=tmp_path)) == tmp_path
    assert data_folder(SpoolSettings(data=Path("~/photos"))).is_absolute()


def test_folders_are_made_but_not_the_printers(tmp_path: Path) -> None:
    hot = tmp_path / "hot"
    folders = make_folders(SpoolSettings(data=tmp_path / "data", printer=PrinterSettings(folder=hot)))
    made = {path.name for path in folders.root.iterdir()}
    assert made == {"originals", "composites", "prints", "records", "plate", "weights"}
    assert folders.prints == hot
    assert not hot.exists()


def test_the_sweep_takes_temporary_files_alone(tmp_path: Path) -> None:
    folders = make_folders(SpoolSettings(data=tmp_path))
    (folders.originals / ".a.png.123.tmp").write_bytes(b"half")
    (folders.prints / ".b.part").write_bytes(b"the printer's")
    publish(folders.originals / "a.png", b"whole")
    assert sweep(folders) == 1
    assert [path.name for path in folders.originals.iterdir()] == ["a.png"]
    assert (folders.prints / ".b.part").exists()


@pytest.mark.parametrize(
    ("free", "state", "photos"), [(20_000, "ok", 1950), (4000, "low", 350), (499, "full", 0)]
)
def test_the_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str, photos: int
) -> None:
    class Usage:
        pass

    usage = Usage()
    usage.free = free * 1_000_000  # type: ignore[attr-defined]
    monkeypatch.setattr(files.shutil, "disk_usage", lambda path: usage)
    room = disk_room(tmp_path, 500, 5000)
    assert (room.free_mb, room.state, room.photos_left) == (free, state, photos)
