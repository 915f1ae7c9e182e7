"""`run_booth.py rehearse`: everything that an event needs, tried once, without a screen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from rich.console import Console

from booth.app import log_to, running
from booth.commands.check import Row, table
from booth.commands.plain import print_plain
from booth.config import Settings
from booth.errors import BoothError
from booth.spool.files import data_folder
from booth.studio.rehearsal import Finding

READY_SECONDS = 180.0
STEPS = {"unplug": "Pull the camera's plug now.", "replug": "Plug the camera in again."}


def rehearse(settings: Settings, console: Console | None = None, texts: Sequence[Finding] = ()) -> int:
    """Rehearse and print one table; the exit status is 1 if a row is red.

    Raises
    ------
    BoothError
        If the booth cannot be started, or the rehearsal was cut short.
    """
    console = console or Console()
    log_to(data_folder(settings.spool), settings.log.level)
    found: list[Finding] = []
    with running(settings) as house, console.status("Starting the booth …") as status:
        _wait_until_ready(house.studio.ready)
        house.studio.wait_ready(READY_SECONDS)
        by_hand = house.operator.has_real_camera

        def begin(step: str) -> None:
            status.update(STEPS[step] if by_hand and step in STEPS else f"Looking at: {step} …")

        page = house.operator.rehearse(found.append, begin, texts).result()
    console.print(table([Row(each.lamp, each.thing, each.found, each.remedy) for each in found]))
    reds = sum(each.lamp == "red" for each in found)
    console.print(f"To mend before the event: {reds}." if reds else "All is well.", style="bold")
    print_plain(console, f"The page: {page}")
    return 1 if reds else 0


def _wait_until_ready(reason: Callable[[], str | None]) -> None:
    until = time.monotonic() + READY_SECONDS
    pause = threading.Event()
    while (why := reason()) not in (None, "sorry.camera", "sorry.storage", "sorry.closed"):
        if time.monotonic() > until:
            raise BoothError(f"The booth did not become ready ({why}); run `run_booth.py --check`.")
        pause.wait(0.2)
