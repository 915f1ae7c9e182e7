"""Files that /segment may read and write: within the folders that were named, whatever a path says.

What was looked at is what is used: a file is reached again from its folder down without following any link, so
that who may write in those folders gains nothing by exchanging one for a link in between.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from booth.errors import PictureError
from booth.files import FOR_OTHERS, TEMPORARY, told
from booth.images import SUFFIXES, check_file, readable
from booth.service.api.problems import Problem

_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # no link, no waiting for a pipe
_CAN_HOLD = os.open in os.supports_dir_fd  # not on Windows, where making a link needs a right of its own
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)


@dataclass(frozen=True, slots=True)
class Spot:
    """A file below a folder that was named: `path` is that of the whole file, with no link in it."""

    root: Path
    path: Path


@dataclass(frozen=True, slots=True)
class Target:
    """Where a result goes, in which format, and whether it may take the place of another file."""

    spot: Spot
    kind: str
    overwrite: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Folders to read from and to write into. A path that is not absolute begins at the first of them."""

    inputs: Sequence[Path]
    outputs: Sequence[Path]

    def source(self, name: str) -> Spot:
        """A file in one of the input folders; a Problem says why not."""
        return _within(name, self.inputs, "input")

    def target(self, name: str, overwrite: bool) -> Target:
        """Where a result goes, and its format by the ending of its name; a Problem says why not."""
        spot = _within(name, self.outputs, "output")
        kind = SUFFIXES.get(spot.path.suffix.lower(), "").lower()
        if not kind:
            raise Problem(400, "output", f"The output must end in one of {', '.join(SUFFIXES)}.")
        if not spot.path.parent.is_dir():
            raise Problem(404, "output", "The folder of the output is not there: make it first.")
        if spot.path.exists() and not (overwrite and spot.path.is_file()):
            raise _taken()
        return Target(spot, kind, overwrite)


def read_at(spot: Spot) -> bytes:
    """The bytes of a picture's file; a Problem says why not."""
    try:
        with readable(), _held(spot) as (folder, name):
            check_file(os.stat(name, dir_fd=folder, follow_symlinks=False))
            with open(os.open(name, os.O_RDONLY | _AS_IT_IS, dir_fd=folder), "rb") as file:
                check_file(os.fstat(file.fileno()))
                return file.read()
    except PictureError as fault:
        status = 422 if spot.path.exists() else 404
        raise Problem(status, "input", f"The input {fault.what}: {fault.remedy}.") from fault


def publish_at(target: Target, data: bytes) -> None:
    """Put a result there, whole; a Problem says why not, and then nothing is left behind."""
    try:
        with _held(target.spot) as (folder, name):
            before, last = os.path.split(name)
            temporary = os.path.join(before, f".{last}.{uuid.uuid4().hex}{TEMPORARY}")
            try:
                _write(temporary, data, folder)
                _give_name(temporary, name, folder, target.overwrite)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise
            if folder is not None:
                os.fsync(folder)
    except FileExistsError:
        raise _taken() from None
    except OSError as error:
        fault = told(error, target.spot.path)
        raise Problem(507, "output", f"The output could not be written: {fault}.") from error


def _write(name: str, data: bytes, folder: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS
    with open(os.open(name, flags, FOR_OTHERS, dir_fd=folder), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _give_name(temporary: str, name: str, folder: int | None, overwrite: bool) -> None:
    """Let a file have its name; where none may be overwritten, of two at the same moment one is refused."""
    if not overwrite:
        try:
            os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError as error:
            if error.errno not in _NO_LINKS:  # a stick's file system knows none
                raise
        else:
            os.unlink(temporary, dir_fd=folder)
            return
    os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)


@contextmanager
def _held(spot: Spot) -> Iterator[tuple[int | None, str]]:
    """A file's folder, open, and its name there; where folders cannot be held, None and the whole path."""
    if not _CAN_HOLD:
        yield None, str(spot.path)
        return
    *folders, name = spot.path.relative_to(spot.root).parts
    folder = os.open(spot.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            outer, folder = folder, os.open(part, os.O_RDONLY | os.O_DIRECTORY | _AS_IT_IS, dir_fd=folder)
            os.close(outer)
        yield folder, name
    finally:
        os.close(folder)


def _taken() -> Problem:
    return Problem(
        409, "output", 'The output is there already: give another name, or "overwrite": true for a file.'
    )


def _within(name: str, folders: Sequence[Path], what: str) -> Spot:
    """The path with every link followed, which must then lie in one of the folders."""
    if not folders:
        raise Problem(
            403,
            what,
            f"/segment is off here: name folders in api.inputs and api.outputs, and set api.{what}s.",
        )
    roots = [folder.resolve() for folder in folders]
    try:
        path = (roots[0] / name).resolve()
        path.exists()
    except (OSError, ValueError, RuntimeError) as error:  # a null byte, a name too long, links in a circle
        raise Problem(400, what, f"The {what} is no path that can be used.") from error
    for root in roots:
        if path != root and path.is_relative_to(root):
            return Spot(root, path)
    raise Problem(403, what, f"The {what} lies outside of the folders in api.{what}s.")
