"""Small live pictures: the guests already stand before every backdrop that they may choose.

One mask serves all of them: the mirror's thread hands each cut-out over, and some tiles are composed from
it, in turn, so that no frame of the mirror waits for all of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from booth.arrays import Rgb8
from booth.config.settings import LayoutSettings, SceneSettings
from booth.scene.composite import Stages
from booth.scene.layout import lay_out
from booth.scene.placement import default_placement, settled
from booth.shot import Backdrop, Cutout, Placement
from booth.studio.easel import at_side

SIDE = 320
"""Side in pixels of a tile's picture."""
A_FRAME = 3
"""Tiles composed with each frame of the mirror, at most; each takes about 3 ms."""
SECONDS = 0.006
"""After so long the others wait for the next frame, so that a slow machine's mirror goes on."""
STAGES = 24
"""Backdrops kept ready at this size."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A small picture, uint8 (SIDE, SIDE, 3), mirrored as the mirror is; `number` grows with each new one."""

    image: Rgb8
    number: int


class Tiles:
    """`want` and `newest` are for any thread, `compose` for the mirror's alone."""

    def __init__(
        self,
        backdrops: Sequence[Backdrop],
        scene: SceneSettings,
        mirrored: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._backdrops = {backdrop.id: backdrop for backdrop in backdrops}
        self._scene = scene
        self._mirrored = mirrored
        # too small to read: frame, caption and logo are left to the mirror
        overlay = lay_out(LayoutSettings(), SIDE)
        self._stages = Stages(overlay, scene.belong.model_copy(update={"grain": False}), STAGES)
        self._placements: dict[str, tuple[Placement, float]] = {}
        self._lock = threading.Lock()
        self._wanted: tuple[str, ...] = ()
        self._newest: dict[str, Tile] = {}
        self._turn = 0
        self._number = 0

    def want(self, backdrop_ids: Sequence[str]) -> None:
        """Say which tiles are on screen; those that are not any more are forgotten with their guests."""
        with self._lock:
            self._wanted = tuple(key for key in backdrop_ids if key in self._backdrops)
            self._newest = {key: self._newest[key] for key in self._wanted if key in self._newest}

    def newest(self) -> Mapping[str, Tile]:
        """Give the newest tile of each backdrop that is wanted and was composed."""
        with self._lock:
            return MappingProxyType(dict(self._newest))

    def forget(self) -> None:
        """Other guests stand there by the next frame."""
        with self._lock:
            self._newest = {}
        self._placements = {}

    def compose(self, cutout: Cutout) -> None:
        """Renew the tiles whose turn it is, from the mirror's newest cut-out."""
        wanted = self._wanted
        if not wanted:
            return
        small, until = at_side(cutout, SIDE), self._clock() + SECONDS
        for _ in range(min(A_FRAME, len(wanted))):
            self._turn = (self._turn + 1) % len(wanted)
            self._renew(self._backdrops[wanted[self._turn]], small)
            if self._clock() > until:
                break

    def _renew(self, backdrop: Backdrop, cutout: Cutout) -> None:
        mirrored = self._mirrored and not backdrop.writing
        composite = self._stages.of(backdrop).compose(cutout, self._placed(cutout, backdrop), mirrored)
        with self._lock:
            self._number += 1
            if backdrop.id in self._wanted:
                self._newest[backdrop.id] = Tile(composite.image, self._number)

    def _placed(self, cutout: Cutout, backdrop: Backdrop) -> Placement:
        now = self._clock()
        wanted = default_placement(cutout, backdrop, self._scene.guest_scale)
        before, at = self._placements.get(backdrop.id, (None, now))
        placement = settled(before, wanted, now - at)
        self._placements[backdrop.id] = placement, now
        return placement
