"""Files that /segment may read and write: within the folders that were named, whatever a path says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from booth.errors import PictureError, SpoolError
from booth.files import FOR_OTHERS, publish
from booth.images import SUFFIXES, read_bytes
from booth.service.api.problems import Problem


@dataclass(frozen=True, slots=True)
class Places:
    """Folders to read from and to write into. A path that is not absolute begins at the first of them."""

    inputs: Sequence[Path]
    outputs: Sequence[Path]

    def read(self, name: str) -> bytes:
        """The bytes of a picture in one of the input folders; a Problem says why not."""
        path = _within(name, self.inputs, "input")
        try:
            return read_bytes(path)
        except PictureError as fault:
            raise Problem(
                422 if path.exists() else 404, "input", f"The input {fault.what}: {fault.remedy}."
            ) from fault

    def target(self, name: str, overwrite: bool) -> tuple[Path, str]:
        """Where a result goes, and its format by the ending of its name; a Problem says why not."""
        path = _within(name, self.outputs, "output")
        kind = SUFFIXES.get(path.suffix.lower(), "").lower()
        if not kind:
            raise Problem(400, "output", f"The output must end in one of {', '.join(SUFFIXES)}.")
        if not path.parent.is_dir():
            raise Problem(404, "output", "The folder of the output is not there: make it first.")
        if path.exists() and not (overwrite and path.is_file()):
            raise Problem(
                409,
                "output",
                'The output is there already: give another name, or "overwrite": true for a file.',
            )
        return path, kind


def publish_at(path: Path, data: bytes) -> None:
    """Put a result there, whole; a Problem says why not."""
    try:
        publish(path, data, FOR_OTHERS)
    except SpoolError as fault:
        raise Problem(507, "output", f"The output could not be written: {fault}.") from fault


def _within(name: str, folders: Sequence[Path], what: str) -> Path:
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
    if path in roots or not any(path.is_relative_to(root) for root in roots):
        raise Problem(403, what, f"The {what} lies outside of the folders in api.{what}s.")
    return path
