"""Files that are whole or not there, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

from booth.errors import SpoolError
from booth.sentences import say

TEMPORARY = ".tmp"
PRIVATE, FOR_OTHERS = 0o600, 0o644

KINDS = {
    errno.ENOSPC: "disk.full",
    errno.EDQUOT: "disk.quota",
    errno.EROFS: "disk.read_only",
    errno.EACCES: "disk.not_allowed",
    errno.EPERM: "disk.not_allowed",
    errno.ENOENT: "disk.gone",
    errno.EIO: "disk.failing",
    errno.EMFILE: "disk.too_many",
}
"""Which sentence tells of what the system says."""


def told(error: OSError, path: Path) -> SpoolError:
    """The same fault in plain words, with a remedy."""
    kind = KINDS.get(error.errno or 0)
    return SpoolError(say(kind, file=path) if kind else say("disk.other", file=path, why=str(error)))


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
