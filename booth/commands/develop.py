"""`run_booth.py develop`: replace the background of photographs, without a kiosk."""

from __future__ import annotations

import argparse
import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from booth.arrays import Rgb8
from booth.camera.alignment import aligned
from booth.camera.plate import plate_from_picture
from booth.commands.plain import print_plain
from booth.config import Settings
from booth.errors import BackdropError, BoothError, PictureError
from booth.files import publish
from booth.images import jpeg_bytes, png_bytes, read_picture
from booth.matting.engine import Engine, build_engine
from booth.matting.grouping import rules_of
from booth.matting.people import draw_people
from booth.matting.weights import weights_folder
from booth.pipeline import (
    LARGEST,
    PICTURE_SIDE,
    NoCutout,
    at_most,
    composed,
    cut_out,
    framed_composite,
    plate_at,
    rgba,
)
from booth.scene.backdrops import HOUSE_BACKDROPS, load_backdrop, load_backdrops
from booth.scene.layout import Overlay, lay_out
from booth.scene.sheet import contact_sheet
from booth.sentences import say
from booth.shot import Backdrop, Composite, Cutout, People, Plate, nobody
from booth.spool.files import data_folder

STAGES = ("people", "trimap", "alpha", "foreground")


class GivenMask:
    """The people are where somebody painted them: a rough mask stands in for a segmenter."""

    name = "given mask"
    device = "none"
    needs_plate = False
    timings: Mapping[str, float] = {}

    def __init__(self, mask: Rgb8) -> None:
        """`mask` is uint8 (h, w, 3), white where people are, of any size but the photo's proportions."""
        self._mask = mask.mean(axis=2, dtype=np.float32) / 255

    def warm_up(self) -> None:
        """There is nothing to warm."""

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        """Give one instance, the whole mask over the whole picture."""
        if self._mask.max() < 0.5:
            return nobody()
        height, width = image.shape[:2]
        box = np.array([[0, 0, width, height]], np.float32)
        return People((self._mask,), box, np.ones(1, np.float32), ("person",))


@dataclass(frozen=True, slots=True, eq=False)
class Darkroom:
    """What every photo of one call shares."""

    engine: Engine
    plate: Plate | None
    backdrop: Backdrop
    overlay: Overlay
    settings: Settings
    accept: float
    out: Path
    with_stages: bool
    with_cutout: bool


def develop(options: argparse.Namespace, settings: Settings) -> int:
    """Develop every photo; the exit status is 1 if one of them could not be read or written."""
    console = Console(stderr=True)
    room = _darkroom(options, settings)
    print_plain(console, f"Method: {room.engine.why}")
    failures = 0
    with Progress(console=console) as progress:
        task = progress.add_task("Developing", total=len(options.photos))
        for photo, name in zip(options.photos, output_names(options.photos), strict=True):
            try:
                print_plain(progress.console, f"{photo}: {_develop_one(photo, name, room)}")
            except BoothError as error:
                failures += 1
                print_plain(progress.console, str(error), "red")
            progress.advance(task)
    if failures:
        console.print(f"[red]{failures} of {len(options.photos)} photos failed")
    return 1 if failures else 0


def _darkroom(options: argparse.Namespace, settings: Settings) -> Darkroom:
    weights = weights_folder(settings.matting, data_folder(settings.spool))
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = say("words", words=f"{options.out} cannot be made: {error.strerror}")
        raise PictureError(what, say("words", words="name another folder with --out")) from error
    return Darkroom(
        engine=_engine(options, settings, weights),
        plate=plate_from_picture(read_picture(options.plate)) if options.plate else None,
        backdrop=_chosen_backdrop(options.backdrop, settings),
        overlay=lay_out(settings.scene.layout, PICTURE_SIDE),
        settings=settings,
        # Who gives a mask wants it used: the score is told, and that is all.
        accept=0.0 if options.mask else settings.matting.accept,
        out=options.out,
        with_stages=options.stages,
        with_cutout=options.cutout,
    )


def _engine(options: argparse.Namespace, settings: Settings, weights: Path) -> Engine:
    if options.mask:
        return Engine(
            (GivenMask(read_picture(options.mask)),), f"The mask {options.mask} says where people are."
        )
    return build_engine(settings.matting, weights)


def _chosen_backdrop(name: str, settings: Settings) -> Backdrop:
    if Path(name).suffix:
        return load_backdrop(Path(name), PICTURE_SIDE)[0]
    backdrops, _ = load_backdrops(settings.scene, HOUSE_BACKDROPS)
    by_id = {backdrop.id: backdrop for backdrop in backdrops}
    if name in by_id:
        return by_id[name]
    close = difflib.get_close_matches(name, by_id, 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise BackdropError(f"There is no backdrop {name}.{hint} There are: {', '.join(by_id)}")


def output_names(photos: Sequence[Path]) -> list[str]:
    """Give each photo a name of its own for what is written, its stem where that is unique."""
    seen: Counter[str] = Counter()
    names = []
    for photo in photos:
        seen[photo.stem] += 1
        names.append(photo.stem if seen[photo.stem] == 1 else f"{photo.stem}-{seen[photo.stem]}")
    return names


def _develop_one(photo: Path, name: str, room: Darkroom) -> str:
    image = at_most(read_picture(photo), LARGEST)
    stages: dict[str, Any] = {}
    plate = room.plate and aligned(plate_at(room.plate, image.shape[0], image.shape[1]), image)
    rules = rules_of(room.settings.matting)
    result = cut_out(image, plate, room.engine.ladder, room.accept, stages.__setitem__, rules)
    if isinstance(result, NoCutout):
        composite = framed_composite(image, room.backdrop, room.overlay)
        said = f"framed as it is: {result.why}"
    else:
        composite = composed(result, room.backdrop, room.overlay, room.settings.scene)
        said = f"{result.method}, score {result.score:.2f}, {_seconds(result, composite)}"
    publish(room.out / f"{name}.jpg", jpeg_bytes(composite.image))
    if room.with_cutout and not isinstance(result, NoCutout):
        publish(room.out / f"{name}-cutout.png", png_bytes(rgba(result)))
    if room.with_stages:
        sheet = contact_sheet(
            [("input", image), *_panels(image, stages), ("composite", composite.image)], 3, name, said
        )
        publish(room.out / f"{name}-stages.jpg", jpeg_bytes(sheet, 90))
    return said


def _seconds(cutout: Cutout, composite: Composite) -> str:
    timings = {**cutout.timings, **composite.timings}
    return ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in timings.items())


def _panels(image: Rgb8, stages: dict[str, Any]) -> list[tuple[str, NDArray[Any]]]:
    panels: list[tuple[str, NDArray[Any]]] = []
    for name in STAGES:
        if name in stages:
            shown = draw_people(image, stages[name]) if isinstance(stages[name], People) else stages[name]
            panels.append((name, shown))
    return panels
