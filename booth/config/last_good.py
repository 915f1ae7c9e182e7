"""A booth whose file is broken starts on the last good copy, and says so: never in silence."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from booth.config.loading import house_file, settings_from, text_in
from booth.config.settings import Settings
from booth.errors import ConfigError, SpoolError
from booth.files import publish
from booth.shot import Notice

COPY_NAME = "booth.last-good.yaml"
KEY = "config"
"""Key of every notice from here."""

_CHECK = "Correct these lines, look with `python run_booth.py --check`, then start the booth again."
_MARK = "# Last good copy of "


def load_or_last_good(path: Path | None, keep: Path) -> tuple[Settings, Notice | None]:
    """Give settings whatever the file is like, and what the operator must be told.

    Parameters
    ----------
    path : file to read; None takes the one that comes with Booth
    keep : folder in which the last good copy is kept. A fixed one: where the file is broken, the data
        folder that it names cannot be known.
    """
    file = path or house_file()
    if file is None:
        text = "There is no configuration file; every setting has its default."
        return Settings(), Notice(
            KEY, "info", text, "Write config/booth.yaml, or name a file after --config."
        )
    try:
        text = text_in(file)
        settings = settings_from(text, file)
    except ConfigError as error:
        return _instead(error, keep / COPY_NAME)
    return settings, _kept(file.absolute(), text, keep)


def _instead(error: ConfigError, copy: Path) -> tuple[Settings, Notice]:
    """Give the last good copy, else the defaults."""
    try:
        settings, origin = _read_copy(copy)
    except ConfigError as none:
        copied = f"its copy cannot be used either ({none})" if copy.exists() else "no good copy was kept yet"
        what = f"The configuration cannot be used, and {copied}: defaults are used."
        return Settings(), Notice(KEY, "fault", f"{what}\n{error}", _CHECK)
    what = f"The configuration cannot be used; the booth runs on the {origin}."
    return settings, Notice(KEY, "fault", f"{what}\n{error}", _CHECK)


def _read_copy(copy: Path) -> tuple[Settings, str]:
    """Give the copy's settings, and what it is a copy of; its relative paths start where the original was."""
    text = text_in(copy)
    first = text.partition("\n")[0]
    origin, _, when = first.removeprefix(_MARK).rpartition(", of ")
    if not first.startswith(_MARK) or not origin:
        raise ConfigError(f"{copy}:1: does not say what it is a copy of")
    return settings_from(text, copy, Path(origin).parent), f"last good copy of {origin}, of {when}"


def _kept(file: Path, text: str, keep: Path) -> Notice | None:
    """Keep a copy of a file that is good; what could not be done is told."""
    copy = keep / COPY_NAME
    if not text.strip() and copy.exists():
        # What a power cut leaves of a file that was just being saved.
        said = f"{file} is empty: every setting has its default. The last good copy is {copy}."
        return Notice(KEY, "warning", said, f"If this is not meant, put the copy back: cp '{copy}' '{file}'")
    try:
        if _body(copy) != (str(file), text):
            keep.mkdir(parents=True, exist_ok=True)
            when = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
            publish(copy, f"{_MARK}{file}, of {when}\n{text}".encode())
    except (OSError, SpoolError) as error:
        said = f"No safe copy of the configuration could be kept: {error}."
        return Notice(KEY, "warning", said, "Free space on the disk, or let this user write there.")
    return None


def _body(copy: Path) -> tuple[str, str]:
    """Give what the copy was made of and its text, both empty where there is no copy to read."""
    try:
        head, _, text = copy.read_bytes().decode().partition("\n")
    except (FileNotFoundError, UnicodeDecodeError):
        return "", ""
    return head.removeprefix(_MARK).rpartition(", of ")[0], text
