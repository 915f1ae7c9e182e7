"""`run_booth.py demo`: the booth on its embedded defaults. Without a display, a scripted guest runs it."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import time
from functools import partial
from pathlib import Path

from rich.console import Console

from booth.app import House, log_to, running
from booth.camera.simulated import Fault
from booth.commands.plain import print_plain
from booth.config import Settings
from booth.config.settings import EventSettings, ScreenSettings, SpoolSettings
from booth.errors import BoothError
from booth.files import told

log = logging.getLogger(__name__)

MARK = ".booth-demo"
PRINT_PATIENCE = 30.0


def demo(out: Path, *, scripted: bool) -> int:
    """Run the demo; everything that it writes lies below `out`.

    Raises
    ------
    BoothError
        If `out` holds something that is not an earlier demo's, or cannot be written.
    """
    _clear(out)
    settings = Settings(
        event=EventSettings(name="Mia & Tom"),
        screen=ScreenSettings(fullscreen=False),
        spool=SpoolSettings(data=out.absolute() / "data"),
    )
    log_to(out / "data", settings.log.level)
    if scripted or not has_display():
        return _scripted(settings, out)
    return _by_hand(settings)


def has_display() -> bool:
    """Whether a window can be shown to somebody."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _clear(out: Path) -> None:
    """Start from an empty folder; what an earlier demo left there goes."""
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).exists():
        raise BoothError(f"{out} holds files that no demo wrote: name an empty folder with --out")
    shutil.rmtree(out, ignore_errors=True)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / MARK).touch()
    except OSError as error:
        raise told(error, out) from error


def _by_hand(settings: Settings) -> int:
    from booth.ui.kiosk import run_kiosk

    with running(settings) as house:
        return run_kiosk(house.studio, settings, operator=house.operator)


def _scripted(settings: Settings, out: Path) -> int:
    from booth.ui.guest import run_demo, set_up_offscreen

    console = Console()
    console.print("No display: a scripted guest runs the booth offscreen.")
    set_up_offscreen()
    with running(settings) as house:
        pictures = run_demo(house.studio, settings, out / "screens", unplug=partial(_unplug, house))
        _wait_for_prints(house)
    prints = sorted((out / "data" / "prints").glob("*.jpg"))
    print_plain(console, f"{len(pictures)} screenshots in {out / 'screens'}")
    sheets = ", ".join(str(sheet) for sheet in prints)
    print_plain(console, f"{len(prints)} sheets for the printer: {sheets}")
    return 0 if pictures and prints else 1


def _unplug(house: House, unplugged: bool) -> None:
    house.camera.fault = Fault.UNPLUG if unplugged else None


def _wait_for_prints(house: House) -> None:
    until = time.monotonic() + PRINT_PATIENCE
    while house.studio.waiting() and time.monotonic() < until:
        time.sleep(0.05)
