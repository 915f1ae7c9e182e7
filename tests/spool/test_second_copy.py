from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from booth.config.settings import PrinterSettings, SpoolSettings
from booth.errors import SpoolError
from booth.files import publish
from booth.shot import Frame, Notice
from booth.spool import second_copy
from booth.spool.retention import purge
from booth.spool.second_copy import MARK, SecondCopy
from booth.spool.spool import DAY, Spool
from booth.spool.tickets import new_photo_id

TAKEN = time.time()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(SpoolSettings(data=tmp_path / "data", printer=PrinterSettings(size=(2, 2))))
    yield spool
    spool.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def keep(spool: Spool) -> str:
    picture = np.random.default_rng(5).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    photo_id = new_photo_id()
    spool.capture(photo_id, Frame(picture, TAKEN, 1))
    spool.developed(photo_id, "beach", "plate", {})
    spool.keep(photo_id, picture, 1).result()
    return photo_id


def copier(spool: Spool, folder: Path) -> SecondCopy:
    return SecondCopy(spool, folder, lambda _notice: None, lambda _key: None)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*/*")}


def test_a_kept_photo_lies_on_the_stick_byte_for_byte(spool: Spool, stick: Path) -> None:
    photo_id = keep(spool)
    assert copier(spool, stick).catch_up() == 1
    for mine in (spool.folders.original(photo_id), spool.folders.composite(photo_id)):
        assert (stick / mine.parent.name / mine.name).read_bytes() == mine.read_bytes()
    assert copier(spool, stick).catch_up() == 0


def test_what_nobody_kept_is_not_copied(spool: Spool, stick: Path) -> None:
    spool.capture(new_photo_id(), Frame(np.zeros((8, 8, 3), np.uint8), TAKEN, 1)).result()
    assert copier(spool, stick).catch_up() == 0


def test_a_new_stick_gets_everything_and_the_old_one_nothing_twice(
    spool: Spool, stick: Path, tmp_path: Path
) -> None:
    first = keep(spool)
    copier(spool, stick).catch_up()
    other = tmp_path / "other"
    other.mkdir()
    assert copier(spool, other).catch_up() == 1
    assert f"{first}.png" in names(other)
    assert (stick / MARK).read_text() != (other / MARK).read_text()


def test_a_photo_deleted_here_is_deleted_there_even_if_the_stick_was_away(spool: Spool, stick: Path) -> None:
    photo_id = keep(spool)
    copies = copier(spool, stick)
    copies.catch_up()
    away = stick.rename(stick.with_name("pocket"))
    assert purge(spool, TAKEN + 31 * DAY).result().photos == 1
    with pytest.raises(SpoolError, match="plug its disk in"):
        copies.catch_up()
    away.rename(stick)
    assert any(photo_id in name for name in names(stick))
    copies.catch_up()
    assert not any(photo_id in name for name in names(stick))
    copies.catch_up()


def test_a_disk_that_gives_back_something_else_is_told(
    spool: Spool, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(spool)

    def flip(path: Path, data: bytes) -> None:
        publish(
            path, bytes([data[0] ^ 1]) + data[1:] if stick in path.parents and path.name != MARK else data
        )

    monkeypatch.setattr(second_copy, "publish", flip)
    with pytest.raises(SpoolError, match="reads back differently"):
        copier(spool, stick).catch_up()
    monkeypatch.undo()
    assert copier(spool, stick).catch_up() == 1


def test_a_full_stick_is_told_and_made_good(
    spool: Spool, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(spool)

    def full(path: Path, data: bytes) -> None:
        raise second_copy.told(OSError(errno.ENOSPC, "full"), path)

    copies = copier(spool, stick)
    monkeypatch.setattr(second_copy, "publish", full)
    with pytest.raises(SpoolError, match="disk is full"):
        copies.catch_up()
    monkeypatch.undo()
    assert copies.catch_up() == 1


def test_the_thread_copies_by_itself_and_catches_up_when_the_stick_is_back(spool: Spool, stick: Path) -> None:
    told: list[Notice] = []
    away, back = threading.Event(), threading.Event()

    def on_notice(notice: Notice) -> None:
        told.append(notice)
        away.set()

    def on_clear(_key: str) -> None:
        if any(stick.glob("composites/*.jpg")):
            back.set()

    pocket = stick.rename(stick.with_name("pocket"))
    copies = SecondCopy(spool, stick, on_notice, on_clear, look_again=0.05)
    copies.start()
    try:
        keep(spool)
        assert away.wait(10)
        assert "no second copy" in told[0].text
        pocket.rename(stick)
        assert back.wait(10)
    finally:
        copies.stop()


def test_a_photo_deleted_while_it_was_copied_leaves_no_copy(
    spool: Spool, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id = keep(spool)
    copies = copier(spool, stick)
    verify: Callable[[Path, str], None] = second_copy.verify

    def purge_meanwhile(path: Path, sha256: str) -> None:
        verify(path, sha256)
        purge(spool, TAKEN + 31 * DAY).result()

    monkeypatch.setattr(second_copy, "verify", purge_meanwhile)
    copies.catch_up()
    monkeypatch.undo()
    copies.catch_up()
    assert not any(photo_id in name for name in names(stick))
