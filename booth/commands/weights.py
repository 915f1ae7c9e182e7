"""`run_booth.py weights fetch|import|list`: the networks' files, from the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from booth.commands.plain import print_plain
from booth.config.settings import Settings
from booth.errors import WeightsError
from booth.matting.weights import (
    CHECKPOINTS,
    OFFICIAL,
    Stored,
    checkpoint_of,
    fetch,
    import_file,
    model_of,
    stored,
)

_STYLES = {"installed": "green", "missing": "yellow", "damaged": "red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser of `weights` its actions."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="fetch|import|list")
    models = [checkpoint.model for checkpoint in CHECKPOINTS]
    fetching = actions.add_parser("fetch", help="download weights, going on where an earlier try ended")
    fetching.add_argument("model", nargs="?", choices=models, help="default: the configured model")
    fetching.add_argument("--from", dest="base", default=OFFICIAL, help="address of a mirror's folder")
    importing = actions.add_parser("import", help="take weights from files on this machine")
    importing.add_argument("files", nargs="+", type=Path, metavar="FILE")
    importing.add_argument("--sha256", help="what the sha256 of the (one) file must be")
    actions.add_parser("list", help="show what is installed, and check it")


def run(
    arguments: argparse.Namespace, settings: Settings, folder: Path, console: Console | None = None
) -> int:
    """Do what `arguments.action` says to the store in `folder`; gives the exit status, 0 if all is well."""
    console = console or Console()
    try:
        if arguments.action == "fetch":
            model = arguments.model or model_of(settings.matting) or settings.matting.maskrcnn.model
            return _fetch(model, folder, arguments.base, console)
        if arguments.action == "import":
            return _import(arguments.files, folder, arguments.sha256, console)
        return _list(settings, folder, console)
    except WeightsError as fault:
        console.print(f"[red]{type(fault).__name__}[/red] ", end="")
        print_plain(console, str(fault))
        return 1


def _fetch(model: str, folder: Path, base: str, console: Console) -> int:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    about = checkpoint_of(model).megabytes * 1_000_000
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(model, total=about)
        path = fetch(
            model, folder, base, lambda done, total: bar.update(task, completed=done, total=total or about)
        )
        size = path.stat().st_size
        bar.update(task, completed=size, total=size)
    print_plain(console, f"Installed and checked: {path}")
    return 0


def _import(files: list[Path], folder: Path, sha256: str | None, console: Console) -> int:
    if sha256 and len(files) > 1:
        raise WeightsError(f"--sha256 is for one file, and {len(files)} were given")
    for file in files:
        path = import_file(file, folder, sha256)
        print_plain(console, f"Installed and checked: {path}")
        if path.suffix == ".safetensors" and not sha256:
            console.print(
                "Nobody publishes a sha256 for this file; its own was noted and is checked from now on."
            )
    return 0


def _list(settings: Settings, folder: Path, console: Console) -> int:
    """Exit status 1 only if the configured model cannot run, as it is asked for or damaged."""
    found = stored(folder)
    table = Table(title=f"Weights in {folder}", title_justify="left")
    for heading in ("Model", "State", "File", "Remedy"):
        table.add_column(heading, overflow="fold")
    for each in found:
        table.add_row(each.checkpoint.model, _state(each), each.path.name, each.trouble)
    console.print(table)
    needed = settings.matting.method not in ("auto", "remote")
    mine = next((each for each in found if each.checkpoint.model == model_of(settings.matting)), None)
    return int(mine is not None and (mine.state == "damaged" or (needed and mine.state == "missing")))


def _state(each: Stored) -> str:
    return f"[{_STYLES[each.state]}]{each.state}[/]"
