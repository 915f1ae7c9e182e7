"""A booth whose file is broken starts on the last good copy, and says so: never in silence."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from booth.config.loading import house_file, settings_from, text_in
from booth.config.settings import Settings
from booth.errors import ConfigError, SpoolError, said_by
from booth.files import publish
from booth.sentences import say
from booth.shot import Notice

COPY_NAME = "booth.last-good.yaml"
KEY = "config"
"""Key of every notice from here."""

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
        return Settings(), Notice(KEY, "info", say("config.none"), say("config.none.help"))
    try:
        text = text_in(file)
        settings = settings_from(text, file)
    except ConfigError as error:
        return _instead(error, keep / COPY_NAME)
    return settings, _kept(file.absolute(), text, keep)


def _instead(error: ConfigError, copy: Path) -> tuple[Settings, Notice]:
    """Give the last good copy, else the defaults."""
    try:
        settings, file, when = _read_copy(copy)
    except ConfigError as none:
        if copy.exists():
            what = say("config.bad_copy", why=str(none), problems=str(error))
        else:
            what = say("config.no_copy", problems=str(error))
        return Settings(), Notice(KEY, "fault", what, say("config.check"))
    what = say("config.last_good", file=file, when=when, problems=str(error))
    return settings, Notice(KEY, "fault", what, say("config.check"))


def _read_copy(copy: Path) -> tuple[Settings, str, str]:
    """Give the copy's settings, the file that it is a copy of, which its relative paths start from, and of when."""
    text = text_in(copy)
    first = text.partition("\n")[0]
    origin, _, when = first.removeprefix(_MARK).rpartition(", of ")
    if not first.startswith(_MARK) or not origin:
        raise ConfigError(f"{copy}:1: does not say what it is a copy of")
    return settings_from(text, copy, Path(origin).parent), origin, when


def _kept(file: Path, text: str, keep: Path) -> Notice | None:
    """Keep a copy of a file that is good; what could not be done is told."""
    copy = keep / COPY_NAME
    if not text.strip() and copy.exists():
        # What a power cut leaves of a file that was just being saved.
        remedy = say("config.empty.help", file=file, copy=copy)
        return Notice(KEY, "warning", say("config.empty", file=file, copy=copy), remedy)
    try:
        if _body(copy) != (str(file), text):
            keep.mkdir(parents=True, exist_ok=True)
            when = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
            publish(copy, f"{_MARK}{file}, of {when}\n{text}".encode())
    except (OSError, SpoolError) as error:
        said = say("config.not_kept", why=said_by(error))
        return Notice(KEY, "warning", said, say("config.not_kept.help"))
    return None


def _body(copy: Path) -> tuple[str, str]:
    """Give what the copy was made of and its text, both empty where there is no copy to read."""
    try:
        head, _, text = copy.read_bytes().decode().partition("\n")
    except (FileNotFoundError, UnicodeDecodeError):
        return "", ""
    return head.removeprefix(_MARK).rpartition(", of ")[0], text
