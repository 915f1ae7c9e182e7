"""`run_booth.py`: the kiosk."""

from __future__ import annotations

from pathlib import Path

from booth.app import log_to, running
from booth.config import Settings, load, load_or_last_good
from booth.spool.files import data_folder


def kiosk(config: Path | None, *, window: bool) -> int:
    """Run the kiosk until the operator ends it; a broken configuration is told, never in the way."""
    settings, notice = load_or_last_good(config, data_folder(Settings().spool))
    if window:
        settings = windowed(settings)
    log_to(data_folder(settings.spool), settings.log.level)
    from booth.ui.kiosk import run_kiosk

    with running(settings, [notice] if notice else []) as house:
        return run_kiosk(house.studio, settings)


def windowed(settings: Settings) -> Settings:
    """Give the same settings with the kiosk in a window."""
    return settings.model_copy(update={"screen": settings.screen.model_copy(update={"fullscreen": False})})


def settings_for_tool(config: Path | None) -> Settings:
    """Give the settings for a command that has somebody in front of it: a broken file is an error."""
    return load(config)
