"""Event packs before they are used: which there are, what is good in one, and how its pictures will look."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from booth.arrays import Rgb8
from booth.camera.studio_scene import StudioScene
from booth.config import Settings
from booth.config.packs import SHEET, InUse, Pack, is_copy_of, opened, read_pack, with_pack
from booth.errors import BackdropError, ConfigError
from booth.files import told
from booth.scene.backdrops import HOUSE_BACKDROPS, load_backdrops
from booth.scene.composite import compose
from booth.scene.layout import Overlay, check_layout, lay_out
from booth.scene.placement import default_placement
from booth.scene.sheet import contact_sheet
from booth.sentences import say
from booth.shot import Backdrop, Cutout, Notice, nobody
from booth.studio.rehearsal import Finding, Lamp

MOMENT = 23.0
"""Second of the drawn studio at which its guests stand well."""
OfTexts = Callable[[Settings], Sequence[Notice]]
"""What is to be said of a pack's words, which only the screens know."""
_LAMPS: dict[str, Lamp] = {"info": "green", "warning": "yellow", "fault": "red"}


@dataclass(frozen=True, slots=True)
class FoundPack:
    """A folder or zip that may be a pack; `is_used` says that one of this name is in use."""

    path: Path
    is_used: bool


@dataclass(frozen=True, slots=True)
class EventPacks:
    """What lies in the operator's folder, and the name of what is in use, wherever it came from; "" for none."""

    found: tuple[FoundPack, ...] = ()
    used: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What was found of a pack; `sheet` shows guests before its backdrops, uint8 (H, W, 3), None where it has none."""

    findings: tuple[Finding, ...]
    sheet: Rgb8 | None

    @property
    def is_good(self) -> bool:
        return all(finding.lamp != "red" for finding in self.findings)


def packs_in(folder: Path | None, now: InUse) -> EventPacks:
    """Give what lies in a folder and may be a pack, by name.

    Raises
    ------
    SpoolError
        If the folder cannot be read, as a stick that was pulled out.
    """
    used = now.folder.rpartition("-")[0]
    if folder is None:
        return EventPacks((), used)
    try:
        found = sorted(path for path in folder.iterdir() if _may_be_pack(path))
    except OSError as error:
        raise told(error, folder) from error
    return EventPacks(tuple(FoundPack(path, is_copy_of(now, path)) for path in found), used)


def _may_be_pack(path: Path) -> bool:
    return path.suffix.lower() == ".zip" or (path / SHEET).is_file()


def examined(path: Path, own: Settings, of_texts: OfTexts, side: int) -> Examined:
    """Look a pack over and draw its pictures, `side` pixels each; one that cannot be read has a red finding a line."""
    with tempfile.TemporaryDirectory() as room:
        try:
            pack = read_pack(opened(path, Path(room)))
            settings = with_pack(own, pack)
        except ConfigError as error:
            lines = str(error).replace(room, path.name).replace(f"{path.parent}/", "").splitlines()
            return Examined(tuple(Finding("red", SHEET, line, say("pack.mend.help")) for line in lines), None)
        findings = looked_over(pack, settings, of_texts)
        sheet = pictured(pack, settings, side) if load_backdrops(settings.scene, HOUSE_BACKDROPS)[0] else None
    return Examined(findings, sheet)


def looked_over(pack: Pack, settings: Settings, of_texts: OfTexts) -> tuple[Finding, ...]:
    """Say what is good and what is not in every part of a pack that was laid over `settings`."""
    return tuple(_looked_over(pack, settings, of_texts))


def _looked_over(pack: Pack, settings: Settings, of_texts: OfTexts) -> Iterator[Finding]:
    yield Finding("green", SHEET, say("pack.sets", name=pack.name, keys=", ".join(_named(pack.given))))
    backdrops, of_backdrops = load_backdrops(settings.scene, HOUSE_BACKDROPS)
    yield from _findings("backdrops", of_backdrops)
    if backdrops:
        yield Finding("green", "backdrops", f"{len(backdrops)}: {', '.join(item.id for item in backdrops)}")
    else:
        yield Finding("red", "backdrops", say("pack.no_backdrops"), say("pack.no_backdrops.help"))
    drawn = Finding("green", "layout", say("pack.layout"))
    yield from _findings("layout", check_layout(settings.scene.layout)[1]) or (drawn,)
    yield from _findings("texts", of_texts(settings)) or (Finding("green", "texts", say("pack.texts")),)


def _findings(thing: str, notices: Sequence[Notice]) -> tuple[Finding, ...]:
    return tuple(Finding(_LAMPS[each.level], thing, each.text, each.remedy) for each in notices)


def _named(given: dict[str, object]) -> list[str]:
    return [
        f"{section}.{name}"
        for section, values in given.items()
        if isinstance(values, dict)
        for name in values
    ]


def pictured(pack: Pack, settings: Settings, side: int) -> Rgb8:
    """Draw guests before every backdrop of a pack, as they will be printed: one sheet, uint8 (H, W, 3).

    Raises
    ------
    BackdropError
        If the pack shows none.
    """
    backdrops, _ = load_backdrops(settings.scene, HOUSE_BACKDROPS)
    if not backdrops:
        raise BackdropError("The pack shows no backdrop: run `run_booth.py pack check` on it.")
    layout, _ = check_layout(settings.scene.layout)
    guests, overlay = drawn_guests(side), lay_out(layout, side)
    panels = [
        (item.title(settings.event.language), _composed(guests, item, settings, overlay, side))
        for item in backdrops
    ]
    columns = 2 if len(panels) <= 4 else 3 if len(panels) <= 9 else 4
    return contact_sheet(panels, columns, pack.name)


@cache
def drawn_guests(side: int) -> Cutout:
    """The guests of the drawn studio, cut out along their true alpha."""
    drawn = StudioScene().draw(MOMENT, side)
    return Cutout(drawn.foreground, drawn.alpha, nobody(), "drawn", 1.0)


def _composed(guests: Cutout, backdrop: Backdrop, settings: Settings, overlay: Overlay, side: int) -> Rgb8:
    placed = default_placement(guests, backdrop, settings.scene.guest_scale)
    return compose(guests, backdrop, overlay, placed, side, belong=settings.scene.belong).image
