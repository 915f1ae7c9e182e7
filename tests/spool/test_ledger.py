from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from booth.config.settings import SpoolSettings
from booth.errors import SpoolError
from booth.spool import schema
from booth.spool.files import Folders, make_folders
from booth.spool.ledger import Ledger


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return make_folders(SpoolSettings(data=tmp_path))


@pytest.fixture
def ledger(folders: Folders) -> Iterator[Ledger]:
    ledger = Ledger(folders)
    yield ledger
    ledger.close()


def write(ledger: Ledger, kind: str, fail: bool = False) -> None:
    def work() -> None:
        with ledger.transaction() as database:
            database.execute("INSERT INTO event (at, kind) VALUES (1, ?)", (kind,))
            if fail:
                raise SpoolError("changed my mind")

    ledger.submit(work).result()


def kinds(ledger: Ledger) -> list[str]:
    with ledger.reading() as database:
        return [kind for (kind,) in database.execute("SELECT kind FROM event ORDER BY sequence")]


def pragma(ledger: Ledger, name: str) -> object:
    return ledger.submit(lambda: value_of(ledger, name)).result()


def value_of(ledger: Ledger, name: str) -> object:
    with ledger.transaction() as database:
        return database.execute(f"PRAGMA {name}").fetchone()[0]


def test_commits_are_synced_and_deleted_rows_overwritten(ledger: Ledger) -> None:
    assert pragma(ledger, "journal_mode") == "wal"
    assert pragma(ledger, "synchronous") == 2
    assert pragma(ledger, "foreign_keys") == 1
    assert pragma(ledger, "secure_delete") == 1
    assert pragma(ledger, "user_version") == len(schema.MIGRATIONS)


def test_a_transaction_is_all_or_nothing(ledger: Ledger) -> None:
    write(ledger, "first")
    with pytest.raises(SpoolError, match="changed my mind"):
        write(ledger, "second", fail=True)
    write(ledger, "third")
    assert kinds(ledger) == ["first", "third"]


def test_only_its_own_thread_writes_and_readers_cannot(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError, match="own thread"), ledger.transaction():
        pass
    with pytest.raises(SpoolError, match="readonly"), ledger.reading() as database:
        database.execute("INSERT INTO event (at, kind) VALUES (1, 'x')")


def test_what_was_submitted_is_done_before_the_ledger_closes(folders: Folders) -> None:
    ledger = Ledger(folders)
    futures = [ledger.submit(lambda number=number: number) for number in range(50)]
    ledger.close()
    ledger.close()
    assert [future.result(0) for future in futures] == list(range(50))
    with pytest.raises(SpoolError, match="closed"):
        ledger.submit(lambda: None)


def test_a_second_booth_is_told_who_works_here(ledger: Ledger, folders: Folders) -> None:
    script = (
        "import sys; from pathlib import Path; from booth.spool.files import Folders; "
        "from booth.spool.ledger import Ledger; Ledger(Folders(Path(sys.argv[1]), Path(sys.argv[1])))"
    )
    other = subprocess.run([sys.executable, "-c", script, folders.root], capture_output=True, text=True)
    assert other.returncode == 1
    assert f"another booth (process {folders.lock.read_text()}) already works in" in other.stderr
    assert "spool.data" in other.stderr


def test_the_folder_is_free_again_after_closing(folders: Folders) -> None:
    Ledger(folders).close()
    Ledger(folders).close()


@pytest.mark.parametrize("damage", ["header", "page", "text"])
def test_a_damaged_ledger_is_moved_aside(folders: Folders, damage: str) -> None:
    ledger = Ledger(folders)
    for number in range(600):
        write(ledger, f"event {number}")
    ledger.close()
    data = bytearray(folders.ledger.read_bytes())
    if damage == "text":
        data = bytearray(b"this is no database" * 100)
    else:
        start = 0 if damage == "header" else 4096 * (len(data) // 4096 - 2)
        data[start : start + 2000] = bytes(byte ^ 0x5A for byte in data[start : start + 2000])
    folders.ledger.write_bytes(data)
    ledger = Ledger(folders)
    try:
        assert ledger.moved_aside == folders.root / "ledger-damaged-1.sqlite"
        assert ledger.moved_aside.read_bytes() == data
        assert kinds(ledger) == []
    finally:
        ledger.close()


def test_a_full_disk_fails_the_write_and_heals(ledger: Ledger) -> None:
    def limit(pages: int) -> None:
        ledger._database.execute(f"PRAGMA max_page_count = {pages}")

    ledger.submit(lambda: limit(1)).result()
    with pytest.raises(SpoolError, match="disk is full"):
        write(ledger, "long " * 50_000)
    readable = kinds(ledger)
    ledger.submit(lambda: limit(100_000)).result()
    write(ledger, "again")
    assert kinds(ledger) == [*readable, "again"]


def test_a_ledger_of_a_newer_booth_is_left_alone(folders: Folders) -> None:
    Ledger(folders).close()
    database = sqlite3.connect(folders.ledger)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(SpoolError, match="newer Booth"):
        Ledger(folders)
    assert not list(folders.root.glob("ledger-damaged*"))


def test_a_held_ledger_is_waited_for(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.submit(lambda: ledger._database.execute("PRAGMA busy_timeout = 20") and None).result()
    other = sqlite3.connect(ledger.path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SpoolError, match="another program holds the ledger"):
            write(ledger, "now")
        other.execute("ROLLBACK")
    finally:
        other.close()
    write(ledger, "now")
    assert kinds(ledger) == ["now"]
