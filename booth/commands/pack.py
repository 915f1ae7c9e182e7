"""`run_booth.py pack check|preview|use PATH`: event packs, looked over, seen and taken into use."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.console import Console

from booth.commands.check import Row, table
from booth.config import Settings
from booth.config.packs import FOLDER, Pack, opened, read_pack, use, with_pack
from booth.errors import ConfigError
from booth.files import FOR_OTHERS, publish
from booth.images import png_bytes
from booth.shot import Notice
from booth.spool.files import data_folder
from booth.studio.event_packs import looked_over, pictured

SIDE = 900


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; the exit status is 1 if a row of a check is red.

    Raises
    ------
    ConfigError
        If the pack cannot be used, one problem a line.
    """
    packs = data_folder(settings.spool) / FOLDER
    if options.deed == "none":
        use(packs, None)
        print("No pack is in use; a booth that runs takes it up between two guests.")
        return 0
    if options.path is None:
        raise ConfigError("Name the pack's folder or zip.")
    with tempfile.TemporaryDirectory() as room:
        pack = read_pack(opened(options.path, Path(room)))
        merged = with_pack(settings, pack)
        if options.deed == "preview":
            publish(options.out, png_bytes(pictured(pack, merged, SIDE)), FOR_OTHERS)
            print(options.out)
            return 0
        reds = check(pack, merged)
    if options.deed == "use":
        if reds:
            raise ConfigError(f"{options.path}: is not taken into use, as {reds} rows above are red")
        print(f"In use: {use(packs, options.path).folder}; a booth that runs takes it up between two guests.")
    return 1 if reds else 0


def check(pack: Pack, settings: Settings, console: Console | None = None) -> int:
    """Print what was found of every part; gives how many rows are red."""
    findings = looked_over(pack, settings, _of_texts)
    rows = [Row(each.lamp, each.thing, each.found, each.remedy) for each in findings]
    (console or Console()).print(table(rows))
    return sum(row.lamp == "red" for row in rows)


def _of_texts(settings: Settings) -> tuple[Notice, ...]:
    from booth.ui.words import load_texts

    return load_texts(settings.event.languages, settings.event.texts)[1]
