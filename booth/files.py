"""Files that are whole or not there, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

from booth.errors import SpoolError

TEMPORARY = ".tmp"
PRIVATE, FOR_OTHERS = 0o600, 0o644

WORDS = {
    errno.ENOSPC: (
        "the disk is full",
        "free some space, or move the data folder (spool.data) to a bigger disk",
    ),
    errno.EDQUOT: ("the disk quota is used up", "free some space, or raise the quota"),
    errno.EROFS: ("the disk is read-only", "look at the disk: systems close a failing disk for writing"),
    errno.EACCES: ("writing is not allowed", "give the booth's user the right to write there"),
    errno.EPERM: ("writing is not allowed", "give the booth's user the right to write there"),
    errno.ENOENT: ("the folder is not there", "plug the disk in again, or make the folder"),
    errno.EIO: ("the disk reports an error", "replace the disk; what was saved before is safe to copy"),
    errno.EMFILE: ("too many files are open", "restart the booth"),
}


def told(error: OSError, path: Path) -> SpoolError:
    """The same fault in plain words, with a remedy."""
    what, remedy = WORDS.get(error.errno or 0, (str(error), "look at the disk"))
    return SpoolError(f"{path}: {what}; {remedy}")


def publish(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file so that after a power cut it is there whole, or not at all.

    Once this returns, data and name are on the disk. A sync that failed is never tried again: the
    system may have dropped the pages, and a second sync would call that good.

    Raises
    ------
    SpoolError
        In plain words and with a remedy; the temporary file is gone, an older `path` stands untouched.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}{TEMPORARY}")
    try:
        write_synced(temporary, data, mode)
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        remove((temporary,))
        raise told(error, path) from error


def write_synced(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file and sync its data; its name is safe only after `sync_folder`."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Put a folder's names on the disk. Windows cannot, and keeps its own journal of them."""
    if os.name != "nt":
        sync(folder)


def sync(path: Path) -> None:
    """Put what a closed file, or a folder, holds on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(paths: Iterable[Path]) -> int:
    """Delete files if they are there; how many were. One that cannot be deleted stays, for the next sweep."""
    count = 0
    for path in paths:
        try:
            path.unlink()
            count += 1
        except OSError:
            continue
    return count
