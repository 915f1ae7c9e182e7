"""Looks of a photo at screen size, composed while a finger is still moving; and strips of several photos.

The desk composes the picture that is printed, when a look has stayed; until then the easel shows the same
at a fraction of the pixels, by the same code.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from booth.arrays import Rgb8, read_only
from booth.config.settings import LayoutSettings, SceneSettings
from booth.images import smaller
from booth.scene.by_hand import held
from booth.scene.composite import Stage, Stages, set_stage
from booth.scene.framed import framed
from booth.scene.layout import Overlay, lay_out
from booth.scene.placement import default_placement
from booth.scene.strip import arrange, strip
from booth.shot import Backdrop, Composite, Cutout, Placement, Shot

SIDE = 960
"""Side in pixels of a preview; 10 ms a picture on one core."""
STAGES = 16
"""Backdrops kept ready at this size, 3 MB each."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A look of a photo: uint8 RGB of the screen's size, and where the guests stand in it, if cut out."""

    image: Rgb8
    placement: Placement | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What strips are laid on: width over height, and the words."""

    aspect: float
    words: str


class Easel:
    """One thread that composes previews; `rest` lets go of the photo."""

    def __init__(self, backdrops: Sequence[Backdrop], scene: SceneSettings, sheet: Sheet) -> None:
        self._backdrops = {backdrop.id: backdrop for backdrop in backdrops}
        self._scene = scene
        self._sheet = sheet
        self._overlay = lay_out(scene.layout, SIDE)
        self._stages = Stages(self._overlay, scene.belong, STAGES)
        self._small: tuple[Cutout, Cutout] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="easel")

    def stop(self) -> None:
        """Finish what is under way and end the thread."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def preview(self, shot: Shot, backdrop_id: str, placement: Placement | None) -> Future[Preview]:
        """Compose a look of a photo; None leaves the guests where the booth places them."""
        return self._pool.submit(self._preview, shot, backdrop_id, placement)

    def rest(self) -> None:
        """Nobody looks at a photo any more."""
        self._pool.submit(self._forget)

    def _forget(self) -> None:
        self._small = None

    def _preview(self, shot: Shot, backdrop_id: str, placement: Placement | None) -> Preview:
        backdrop = self._backdrops[backdrop_id]
        if shot.parts:
            return Preview(strip_of(shot.parts, backdrop, self._scene, self._sheet, SIDE).image, None)
        if shot.cutout is None:
            return Preview(framed(shot.frame.image, backdrop, self._overlay, SIDE), None)
        cutout = self._at_hand(shot.cutout)
        placed = placed_in(cutout, backdrop, placement, self._scene)
        return Preview(self._stages.of(backdrop).compose(cutout, placed).image, placed)

    def _at_hand(self, cutout: Cutout) -> Cutout:
        """The cut-out at the preview's size; that of the photo on screen is kept."""
        if self._small is None or self._small[0] is not cutout:
            self._small = cutout, at_side(cutout, SIDE)
        return self._small[1]


def placed_in(
    cutout: Cutout, backdrop: Backdrop, placement: Placement | None, scene: SceneSettings
) -> Placement:
    """Where guests stand: where they put themselves, as far as that looks right, or where the booth does."""
    if placement is None:
        return default_placement(cutout, backdrop, scene.guest_scale)
    return held(placement, cutout)


def at_side(cutout: Cutout, side: int) -> Cutout:
    """A square cut-out at another size in pixels, never larger; its people are left as they are."""
    if cutout.alpha.shape[0] <= side:
        return cutout
    foreground, alpha = smaller(cutout.foreground, side, side), smaller(cutout.alpha, side, side)
    return replace(
        cutout,
        foreground=read_only(foreground),
        # area means of ones come out a hair above one
        alpha=read_only(np.clip(alpha, 0, 1, dtype=np.float32)),
        everyone=None,
    )


def strip_of(
    parts: Sequence[Shot], backdrop: Backdrop, scene: SceneSettings, sheet: Sheet, longer: int
) -> Composite:
    """Every photo of a strip before one backdrop, on one sheet of `longer` pixels.

    Frame and logo are left out, since each picture is small; the caption stands on the paper once.
    """
    start = perf_counter()
    plan = arrange(len(parts), sheet.aspect, longer)
    overlay = lay_out(LayoutSettings(), plan.side)
    stage = set_stage(backdrop, overlay, scene.belong)
    pictures = [_part(part, stage, overlay, backdrop, scene) for part in parts]
    image = strip(pictures, sheet.words, sheet.aspect, longer)
    return Composite(read_only(image), backdrop.id, {"strip": perf_counter() - start})


def _part(part: Shot, stage: Stage, overlay: Overlay, backdrop: Backdrop, scene: SceneSettings) -> Rgb8:
    if part.cutout is None:
        return framed(part.frame.image, backdrop, overlay, overlay.size)
    cutout = at_side(part.cutout, overlay.size)
    return stage.compose(cutout, placed_in(cutout, backdrop, None, scene)).image
