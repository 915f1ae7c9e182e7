"""`run_booth.py pack check|preview|use PATH`: event packs, looked over, seen and taken into use."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.console import Console

from booth.arrays import Rgb8
from booth.camera.studio_scene import StudioScene
from booth.commands.check import Lamp, Row, table
from booth.config import Settings
from booth.config.packs import FOLDER, Pack, opened, read_pack, use, with_pack
from booth.errors import BackdropError, ConfigError
from booth.files import FOR_OTHERS, publish
from booth.images import png_bytes
from booth.scene.backdrops import HOUSE_BACKDROPS, load_backdrops
from booth.scene.composite import compose
from booth.scene.layout import Overlay, check_layout, lay_out
from booth.scene.placement import default_placement
from booth.scene.sheet import contact_sheet
from booth.shot import Backdrop, Cutout, Notice, nobody
from booth.spool.files import data_folder

SIDE = 900
MOMENT = 23.0
"""Second of the drawn studio at which its guests stand well."""
_LAMPS: dict[str, Lamp] = {"info": "green", "warning": "yellow", "fault": "red"}


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
            return preview(pack, merged, options.out)
        reds = check(pack, merged)
    if options.deed == "use":
        if reds:
            raise ConfigError(f"{options.path}: is not taken into use, as {reds} rows above are red")
        print(f"In use: {use(packs, options.path).folder}; a booth that runs takes it up between two guests.")
    return 1 if reds else 0


def check(pack: Pack, settings: Settings, console: Console | None = None) -> int:
    """Print what was found of every part; gives how many rows are red."""
    rows = [Row("green", "pack.yaml", f"{pack.name}: sets {', '.join(_named(pack.given))}")]
    backdrops, of_backdrops = load_backdrops(settings.scene, HOUSE_BACKDROPS)
    rows += _rows("backdrops", of_backdrops)
    if backdrops:
        rows.append(
            Row("green", "backdrops", f"{len(backdrops)}: {', '.join(item.id for item in backdrops)}")
        )
    else:
        rows.append(Row("red", "backdrops", "none can be used", "Put JPEG or PNG pictures into backdrops."))
    _, of_layout = check_layout(settings.scene.layout)
    rows += _rows("layout", of_layout) or [
        Row("green", "layout", "frame, caption, typeface and logo can be drawn")
    ]
    rows += _rows("texts", _of_texts(settings)) or [Row("green", "texts", "every line fits its place")]
    (console or Console()).print(table(rows))
    return sum(row.lamp == "red" for row in rows)


def _of_texts(settings: Settings) -> tuple[Notice, ...]:
    from booth.ui.words import load_texts

    return load_texts(settings.event.languages, settings.event.texts)[1]


def _rows(thing: str, notices: tuple[Notice, ...]) -> list[Row]:
    return [Row(_LAMPS[each.level], thing, each.text, each.remedy) for each in notices]


def _named(given: dict[str, object]) -> list[str]:
    return [
        f"{section}.{name}"
        for section, values in given.items()
        if isinstance(values, dict)
        for name in values
    ]


def preview(pack: Pack, settings: Settings, out: Path) -> int:
    """Draw guests before every backdrop of a pack, as they will be printed, on one sheet; no hardware needed."""
    backdrops, _ = load_backdrops(settings.scene, HOUSE_BACKDROPS)
    if not backdrops:
        raise BackdropError("The pack shows no backdrop: run `run_booth.py pack check` on it.")
    layout, _ = check_layout(settings.scene.layout)
    guests = drawn_guests()
    overlay = lay_out(layout, SIDE)
    panels = [
        (item.title(settings.event.language), _composed(guests, item, settings, overlay))
        for item in backdrops
    ]
    publish(out, png_bytes(contact_sheet(panels, min(4, len(panels)), pack.name)), FOR_OTHERS)
    print(out)
    return 0


def drawn_guests() -> Cutout:
    """The guests of the drawn studio, cut out along their true alpha."""
    drawn = StudioScene().draw(MOMENT, SIDE)
    return Cutout(drawn.foreground, drawn.alpha, nobody(), "drawn", 1.0)


def _composed(guests: Cutout, backdrop: Backdrop, settings: Settings, overlay: Overlay) -> Rgb8:
    placed = default_placement(guests, backdrop, settings.scene.guest_scale)
    return compose(guests, backdrop, overlay, placed, SIDE, belong=settings.scene.belong).image
