"""The ledger: one SQLite file, one thread that writes, and Futures that are done after the sync."""

from __future__ import annotations

import logging
import os
import queue
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from booth.errors import SpoolError
from booth.files import sync_folder, told
from booth.spool import schema
from booth.spool.files import Folders

T = TypeVar("T")
Task = tuple[Callable[[], Any], "Future[Any]"]
log = logging.getLogger(__name__)


class Ledger:
    """Owner of the writing connection and of the thread that alone may use it.

    `moved_aside` is where a damaged ledger was put before this fresh one was made; `recover` fills it
    again from the side-cars.
    """

    def __init__(self, folders: Folders) -> None:
        """Open, or make, the ledger.

        Raises
        ------
        SpoolError
            If another booth works in the same data folder, or the ledger cannot be opened.
        """
        self.path = folders.ledger
        self.moved_aside: Path | None = None
        self._lock = take_lock(folders.lock)
        try:
            self._database = self._opened()
        except BaseException:
            self._lock.close()
            raise
        self._closing = threading.Lock()
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._open = True
        self._thread = threading.Thread(target=self._work, name="ledger")
        self._thread.start()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Have the writer thread do something; in it, `transaction()` may be used."""
        future: Future[T] = Future()
        with self._closing:
            if not self._open:
                raise SpoolError("the ledger is closed; start the booth again")
            self._tasks.put((work, future))
        return future

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block is left; only for the writer thread."""
        if threading.current_thread() is not self._thread:
            raise RuntimeError("only the ledger's own thread writes")
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise schema.told(error) from error

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A read-only connection for any thread."""
        return reading(self.path)

    def close(self) -> None:
        """Finish what was submitted, then close; again is no fault."""
        with self._closing:
            was_open, self._open = self._open, False
        if was_open:
            self._tasks.put(None)
            self._thread.join()
            self._database.close()
            self._lock.close()

    def _opened(self) -> sqlite3.Connection:
        try:
            return schema.open_for_writing(self.path)
        except sqlite3.Error as error:
            if not schema.is_damaged(error):
                raise schema.told(error) from error
            log.error("the ledger is damaged (%s): it is moved aside", error)
        self.moved_aside = move_aside(self.path)
        return schema.open_for_writing(self.path)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            work, future = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except Exception as error:
                if not isinstance(error, SpoolError):
                    log.exception("the ledger's thread met something unforeseen")
                future.set_exception(error)
            else:
                future.set_result(result)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection whose faults speak plainly."""
    try:
        with schema.open_for_reading(path) as database:
            yield database
    except sqlite3.Error as error:
        raise schema.told(error) from error


def move_aside(ledger: Path) -> Path:
    """Rename a damaged ledger and its log to the first free name beside it."""
    number = 1
    while (aside := ledger.with_name(f"ledger-damaged-{number}.sqlite")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):
        part = ledger.with_name(ledger.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    sync_folder(ledger.parent)
    return aside


def take_lock(path: Path) -> BinaryIO:
    """Hold the data folder for this process; the system lets go of it however the process ends."""
    try:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
    except OSError as error:
        raise told(error, path) from error
    try:
        lock_file(file)
    except OSError as error:
        other = file.read(20).decode(errors="replace").strip() or "unknown"
        file.close()
        raise SpoolError(
            f"another booth (process {other}) already works in {path.parent}; close it, or give this one a "
            "data folder of its own (spool.data)"
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()).encode())
    return file


def lock_file(file: BinaryIO) -> None:
    """Lock at once or raise OSError."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(1 << 30)  # beyond the process number, which others may still read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
