"""A second copy of every kept photo, in another folder or on a stick, verified by sha256.

A thread of its own copies when something was kept, and looks again now and then: a stick that was pulled
out is caught up with when it is back, and a new one gets everything. What is deleted here is deleted there,
also when the stick was away just then: the ledger remembers it until it is done.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from booth.errors import SpoolError, said_by
from booth.files import publish, remove, told
from booth.sentences import Sentence, say
from booth.shot import Notice
from booth.spool import rows
from booth.spool.spool import Spool

LOOK_AGAIN_SECONDS = 30.0
MARK = "booth-second-copy.txt"
"""Names the disk by a number of its own, so that another stick is known for another."""
log = logging.getLogger(__name__)


class SecondCopy:
    """Keeps a folder holding what the spool holds of kept photos: original, side-car and composite."""

    def __init__(
        self,
        spool: Spool,
        folder: Path,
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
        look_again: float = LOOK_AGAIN_SECONDS,
    ) -> None:
        """`folder` must exist when there is something to copy: a missing one means that its disk is away."""
        self._spool = spool
        self._folder = folder.expanduser().absolute()
        self._on_notice = on_notice
        self._on_clear = on_clear
        self._look_again = look_again
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name="second-copy")

    def start(self) -> None:
        self._spool.on_queued(self._wake.set)
        self._thread.start()

    def stop(self) -> None:
        """Finish the file under way and end the thread; the rest is done at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self.catch_up()
                self._on_clear("second-copy")
            except SpoolError as error:
                self._tell(said_by(error))
            except Exception as error:
                log.exception("the second copy met something unforeseen")
                self._tell(say("unforeseen", why=str(error)))
            self._wake.wait(self._look_again)
            self._wake.clear()

    def catch_up(self) -> int:
        """Delete what must go and copy what is missing; how many photos were copied.

        Raises
        ------
        SpoolError
            If the folder is not there, is full, or gives back something else than was written.
        """
        disk = self._disk()
        for photo_id in self._to_delete():
            self._delete(photo_id)
        count = 0
        for photo_id in self._to_copy(disk):
            if self._stopping.is_set():
                break
            count += self._copy(photo_id, disk)
        return count

    def _disk(self) -> str:
        """The number of the disk that is there, given to it the first time."""
        mark = self._folder / MARK
        try:
            if mark.is_file():
                return mark.read_text("ascii").strip()
            if not self._folder.is_dir():
                raise SpoolError(say("copy.no_folder", folder=self._folder))
            for name in ("originals", "composites"):
                (self._folder / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise told(error, self._folder) from error
        number = uuid.uuid4().hex
        publish(mark, number.encode())
        return number

    def _to_copy(self, disk: str) -> list[str]:
        with self._spool.ledger.reading() as database:
            found = database.execute(
                "SELECT id FROM photo WHERE kept_at > 0 AND composite_sha256 != '' AND state != 'discarded' "
                "AND copied_to != ? ORDER BY sequence",
                (disk,),
            )
            return [photo_id for (photo_id,) in found]

    def _to_delete(self) -> list[str]:
        with self._spool.ledger.reading() as database:
            return [photo_id for (photo_id,) in database.execute("SELECT photo_id FROM copy_to_delete")]

    def _copy(self, photo_id: str, disk: str) -> bool:
        """Copy one photo; False if it was deleted here meanwhile."""
        for path in self._files(photo_id):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                log.warning("%s is gone, so it has no second copy", path)
                continue
            except OSError as error:
                raise told(error, path) from error
            copy = self._folder / path.parent.name / path.name
            publish(copy, data)
            verify(copy, hashlib.sha256(data).hexdigest())
        return self._spool.ledger.submit(lambda: self._copied(photo_id, disk)).result()

    def _copied(self, photo_id: str, disk: str) -> bool:
        """Note the copy, on the ledger's thread; a photo deleted while it was copied is deleted there too."""
        with self._spool.ledger.transaction() as database:
            photo = rows.find_photo(database, photo_id)
            if photo is None or photo.state == "discarded":
                database.execute("INSERT OR IGNORE INTO copy_to_delete VALUES (?)", (photo_id,))
                self._wake.set()
                return False
            database.execute("UPDATE photo SET copied_to = ? WHERE id = ?", (disk, photo_id))
        return True

    def _delete(self, photo_id: str) -> None:
        copies = [self._folder / path.parent.name / path.name for path in self._files(photo_id)]
        remove(copies)
        left = [path for path in copies if path.exists()]
        if left:
            raise SpoolError(say("copy.undeletable", file=left[0]))
        self._spool.ledger.submit(lambda: self._deleted(photo_id)).result()

    def _deleted(self, photo_id: str) -> None:
        with self._spool.ledger.transaction() as database:
            database.execute("DELETE FROM copy_to_delete WHERE photo_id = ?", (photo_id,))

    def _files(self, photo_id: str) -> Iterator[Path]:
        folders = self._spool.folders
        yield folders.original(photo_id)
        yield folders.side_car(photo_id)
        yield folders.composite(photo_id)

    def _tell(self, why: Sentence) -> None:
        log.warning("the second copy: %s", why)
        self._on_notice(Notice("second-copy", "warning", say("copy.none", why=why), say("copy.none.help")))


def verify(path: Path, sha256: str) -> None:
    """Read a file back from its disk, past the system's cache where that can be asked for.

    Raises
    ------
    SpoolError
        If it is not what was written.
    """
    try:
        with path.open("rb", buffering=0) as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            data = file.read()
    except OSError as error:
        raise told(error, path) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SpoolError(say("copy.differs", file=path))
