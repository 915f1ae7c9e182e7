"""What a booth without a face needs: `requirements.py PYPROJECT [EXTRA...]` prints it for pip.

It stands alone, as a container runs it before anything else of the booth is there.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

WITHOUT = {"pyside6-essentials", "miniaudio"}
"""Packages of the screen and its sound."""


def requirements(project: Path, extras: Sequence[str]) -> Iterator[str]:
    """The project's requirements, and those of its extras, without `WITHOUT`."""
    told = tomllib.loads(project.read_text("utf-8"))["project"]
    optional = told["optional-dependencies"]
    for extra in extras:
        if extra not in optional:
            raise SystemExit(f"there is no extra {extra!r}; there are: {', '.join(optional)}")
    for each in (*told["dependencies"], *(each for extra in extras for each in optional[extra])):
        name = re.match(r"[A-Za-z0-9._-]+", each)
        if name is None or name[0].lower() not in WITHOUT:
            yield each


if __name__ == "__main__":
    print("\n".join(requirements(Path(sys.argv[1]), sys.argv[2:])))
