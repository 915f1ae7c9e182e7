"""`run_booth.py`: the kiosk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from booth.app import House, log_to, running
from booth.commands.restart import Restarts, restart
from booth.config import Settings, load, load_or_last_good
from booth.config.loading import house_file
from booth.config.packs import FOLDER, POINTER, in_use, read_pack, roll_back, with_pack
from booth.config.watch import ConfigWatch
from booth.errors import BoothError, ConfigError
from booth.sentences import say
from booth.shot import Notice
from booth.spool.files import data_folder

if TYPE_CHECKING:
    from booth.ui.curtain import Curtain


def kiosk(config: Path | None, *, window: bool) -> int:
    """Run the kiosk until the operator ends it; a broken configuration is told, never in the way.

    A good edit of the file ends one run between two guests and begins the next on the new settings, behind a
    curtain; only for another data folder or log the program starts anew.
    """
    from booth.ui.curtain import Curtain
    from booth.ui.panel import EXIT_RELOAD, EXIT_RESTART

    curtain, restarts = Curtain(), Restarts()
    logged: tuple[Path, str] | None = None
    while True:
        settings, notice = load_or_last_good(config, user_keep())
        logged = _logged(settings, logged)
        packs = data_folder(settings.spool) / FOLDER
        settings, of_pack = _with_pack_in_use(settings, packs)
        watch = ConfigWatch(
            config or house_file(), settings, lambda: _edited(config), others=(packs / POINTER,)
        )
        shown = windowed(settings) if window else settings
        notices = [*([notice] if notice else []), *of_pack, *restarts.told()]
        try:
            with running(shown, notices, watch) as house:
                status, why = _shown(house, shown, restarts, curtain)
        except BoothError as error:
            if not roll_back(packs, str(error)):
                raise
            continue
        if status == EXIT_RESTART:
            if why:
                restarts.note(why)
            restart()
        if status != EXIT_RELOAD:
            return status


def user_keep() -> Path:
    """Where the last good copy of the configuration is kept, whatever the configuration says."""
    return data_folder(Settings().spool)


def _shown(house: House, settings: Settings, restarts: Restarts, curtain: Curtain) -> tuple[int, str]:
    """Show the kiosk until it ends; give its status, and why it must start anew if so."""
    from booth.ui.kiosk import run_kiosk

    studio = house.studio
    status = run_kiosk(
        studio,
        settings,
        operator=house.operator,
        restart_due=lambda: restarts.due(studio.restart_wanted()),
        curtain=curtain,
    )
    return status, studio.restart_wanted() or ""


def _logged(settings: Settings, before: tuple[Path, str] | None) -> tuple[Path, str]:
    """Write the log where the settings want it; where that changed, only a fresh start will do."""
    wanted = data_folder(settings.spool), settings.log.level
    if before is None:
        log_to(*wanted)
    elif before != wanted:
        restart()
    return wanted


def _with_pack_in_use(settings: Settings, packs: Path) -> tuple[Settings, tuple[Notice, ...]]:
    """Lay the event pack in use over the settings; one that does not go is told and left out."""
    now = in_use(packs)
    told = (_given_up(now.why),) if now.why else ()
    if not now.folder:
        return settings, told
    try:
        return with_pack(settings, read_pack(packs / now.folder)), told
    except ConfigError as error:
        said = say("pack.unusable", folder=now.folder, problems=str(error))
        return settings, (*told, Notice("pack", "fault", said, say("pack.unusable.help")))


def _given_up(why: str) -> Notice:
    return Notice("pack", "warning", say("pack.given_up", why=why), say("pack.given_up.help"))


def _edited(config: Path | None) -> Settings:
    """What the booth would run on now; raises ConfigError where an edit is not good."""
    settings = load(config)
    packs = data_folder(settings.spool) / FOLDER
    now = in_use(packs)
    return with_pack(settings, read_pack(packs / now.folder)) if now.folder else settings


def windowed(settings: Settings) -> Settings:
    """Give the same settings with the kiosk in a window."""
    return settings.model_copy(update={"screen": settings.screen.model_copy(update={"fullscreen": False})})


def settings_for_tool(config: Path | None) -> Settings:
    """Give the settings for a command that has somebody in front of it: a broken file is an error."""
    return load(config)
