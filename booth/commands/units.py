"""`run_booth.py units`: the files that make a machine an appliance, with this machine's paths in them."""

from __future__ import annotations

import getpass
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from booth.config.loading import HOUSE_FILE, house_file
from booth.errors import ConfigError
from booth.files import FOR_OTHERS, publish

NAMES = ("booth.service", "booth-x11.service", "INSTALL.txt")


def units(folder: Path, config: Path | None, user: str) -> int:
    """Write the units and how to install them into a folder.

    Raises
    ------
    ConfigError
        If a path holds what systemd would not take as one word.
    SpoolError
        If the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    named = config or house_file() or HOUSE_FILE
    values = {
        "USER": user or getpass.getuser(),
        "FOLDER": str(HOUSE_FILE.parents[1]),
        "PYTHON": sys.executable,
        "RUN": str(HOUSE_FILE.parents[1] / "run_booth.py"),
        "CONFIG": str(named.absolute()),
        "CAGE": shutil.which("cage") or "/usr/bin/cage",
        "INHIBIT": shutil.which("systemd-inhibit") or "/usr/bin/systemd-inhibit",
    }
    for value in values.values():
        if any(sign in value for sign in " \"'%$\\\n"):
            raise ConfigError(
                f"{value}: has a blank or a sign that systemd reads otherwise; rename or move it"
            )
    for name in NAMES:
        text = files("booth.contrib").joinpath(name).read_text(encoding="utf-8")
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        publish(folder / name, text.encode(), FOR_OTHERS)
        print(folder / name)
    return 0
