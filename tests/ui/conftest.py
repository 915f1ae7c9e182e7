"""A studio in memory, with drawn pictures, and the one Qt application that the tests share."""

from __future__ import annotations

import gc
import importlib.util
import os
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"

from booth.arrays import Rgb8, read_only
from booth.config.settings import EventSettings, ScreenSettings, Settings, VisitSettings
from booth.shot import Backdrop, Composite, Cutout, Frame, Notice, People, Placement, Shot, Ticket
from booth.studio.darkroom import Developing
from booth.studio.easel import Preview
from booth.studio.tiles import Tile

COLOURS = {"beach": (250, 200, 120), "city": (70, 80, 140), "space": (40, 20, 70), "moon": (180, 180, 190)}
TITLES = {
    "beach": {"en": "Beach", "de": "Strand"},
    "city": {"en": "City", "de": "Stadt"},
    "space": {"en": "Space", "de": "Weltall"},
    "moon": {"en": "Moon", "de": "Mond"},
}


def drawn(colour: tuple[int, int, int], side: int, shift: int = 0) -> Rgb8:
    """Draw a sky in a colour with a head and shoulders before it: uint8 of shape (side, side, 3)."""
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32) / side
    picture = (np.array(colour, np.float32) * (1.1 - 0.5 * rows)[..., None]).clip(0, 255)
    middle = 0.5 + 0.05 * np.sin(shift / 10)
    head = (columns - middle) ** 2 + (rows - 0.45) ** 2 < 0.018
    body = (((columns - middle) / 0.3) ** 2 + ((rows - 1.05) / 0.45) ** 2) < 1
    picture[body] = (90, 40, 60)
    picture[head] = (230, 180, 150)
    return read_only(picture.astype(np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class MirrorPicture:
    image: Rgb8
    number: int
    taken_at: float
    hints: tuple[str, ...] = ()


def one_guest(side: int) -> Cutout:
    """Two people whom nobody has to find: one on the left, one on the right, each 0.3 wide."""
    alpha = np.zeros((side, side), np.float32)
    boxes = []
    for left in (0.15, 0.55):
        x0, x1, y0 = round(left * side), round((left + 0.3) * side), round(0.4 * side)
        alpha[y0:, x0:x1] = 1
        boxes.append((x0, y0, x1, side))
    foreground = np.full((side, side, 3), (90, 40, 60), np.uint8)
    masks = tuple(np.ones((4, 4), np.float32) for _ in boxes)
    people = People(masks, np.array(boxes, np.float32), np.ones(2, np.float32), ("person", "person"))
    return Cutout(foreground, alpha, people, "drawn", 1.0, included=frozenset({0, 1}))


class MemoryStudio:
    """A studio that works and keeps everything in memory. `faults` tells a call to fail, `hold` to wait."""

    def __init__(self, backdrop_ids: tuple[str, ...] = tuple(COLOURS)) -> None:
        self.backdrops = tuple(
            Backdrop(key, TITLES[key], drawn(COLOURS[key], 240), 0.9, (0.1, 0.1, 0.9, 1.0), 0.0)
            for key in backdrop_ids
        )
        self.method = "drawn pictures in memory"
        self.faults: dict[str, Exception] = {}
        self.reason: str | None = None
        self.notes: tuple[Notice, ...] = ()
        self.left_over: Shot | None = None
        self.hold = threading.Event()
        self.hold.set()
        self.shown: str | None = None
        self.kept: list[tuple[str, str, int]] = []
        self.discarded: list[str] = []
        self.shown_to_all: list[tuple[str, bool]] = []
        self.taken = 0
        self.hints: tuple[str, ...] = ()
        self.tiled: tuple[str, ...] = ()
        self.under_way: Developing | None = None
        self.cutout: Cutout | None = one_guest(240)
        self.previewed: list[tuple[str, Placement | None]] = []
        self.recomposed: list[tuple[str, Placement | None, frozenset[int] | None]] = []
        self.address: str | None = None
        self.wait: float | None = None
        self.later = False
        self._pictures = {key: drawn(COLOURS[key], 240) for key in backdrop_ids}
        self._number = 0
        self._pool = ThreadPoolExecutor(1, "memory-studio")

    def close(self) -> None:
        self.hold.set()
        self._pool.shutdown()

    def mirror(self, backdrop_id: str | None) -> None:
        self.shown = backdrop_id

    def newest_mirror(self) -> MirrorPicture | None:
        if self.shown is None:
            return None
        self._number += 1
        return MirrorPicture(self._pictures[self.shown], self._number, 0.0, self.hints)

    def tiles(self, backdrop_ids) -> None:
        self.tiled = tuple(backdrop_ids)

    def newest_tiles(self) -> dict[str, Tile]:
        self._number += 1
        return {key: Tile(self._pictures[key], self._number) for key in self.tiled}

    def developing(self) -> Developing | None:
        return self.under_way

    def shot(self, number: int, backdrop_id: str) -> Shot:
        image = self._pictures[backdrop_id]
        cutout = self.cutout
        placement = Placement() if cutout else None
        composite = Composite(image, backdrop_id)
        return Shot(f"photo-{number}", Frame(image, 0.0, number), cutout, composite, placement)

    def take(self, backdrop_id: str) -> Future[Shot]:
        self.taken += 1
        return self._submit("take", self.shot, self.taken, backdrop_id)

    def bind(self, parts) -> Future[Shot]:
        return self._submit("bind", replace, parts[0], parts=tuple(parts))

    def preview(self, shot: Shot, backdrop_id: str, placement: Placement | None) -> Future[Preview]:
        self.previewed.append((backdrop_id, placement))
        return self._submit("preview", Preview, self._pictures[backdrop_id], placement or Placement())

    def recompose(self, shot: Shot, backdrop_id: str, placement=None, included=None) -> Future[Shot]:
        self.recomposed.append((backdrop_id, placement, included))
        return self._submit("recompose", self._recompose, shot, backdrop_id, placement, included)

    def _recompose(self, shot, backdrop_id, placement, included) -> Shot:
        cutout = shot.cutout and replace(shot.cutout, included=included or shot.cutout.included)
        composite = Composite(self._pictures[backdrop_id], backdrop_id)
        return replace(shot, composite=composite, cutout=cutout, placement=placement or Placement())

    def keep(self, shot: Shot, copies: int) -> Future[Ticket]:
        return self._submit("keep", self._keep, shot, copies)

    def pickup_address(self, ticket: Ticket) -> str | None:
        return self.address

    def seconds_until(self, ticket: Ticket) -> Future[float | None]:
        return self._submit("wait", lambda: self.wait)

    def prints_later(self, shot: Shot) -> bool:
        return self.later

    def _keep(self, shot: Shot, copies: int) -> Ticket:
        self.kept.append((shot.photo_id, shot.composite.backdrop_id, copies))
        return Ticket(shot.photo_id, "K7M-42", "token", 0.0, copies, 3)

    def show(self, ticket: Ticket, shown: bool) -> Future[None]:
        return self._submit("show", self.shown_to_all.append, (ticket.photo_id, shown))

    def discard(self, shot: Shot) -> Future[None]:
        return self._submit("discard", self.discarded.append, shot.photo_id)

    def _submit(self, name, call, *arguments, **named):
        def work():
            self.hold.wait(20)
            if name in self.faults:
                raise self.faults[name]
            return call(*arguments, **named)

        return self._pool.submit(work)

    def unfinished(self) -> Shot | None:
        return self.left_over

    def notices(self) -> tuple[Notice, ...]:
        return self.notes

    def ready(self) -> str | None:
        return self.reason

    def waiting(self) -> int:
        return 0


HASTE = 4
"""How much faster time goes for a visit in most tests; settings are in its seconds."""


def fast_clock() -> float:
    return HASTE * time.monotonic()


@pytest.fixture(scope="session")
def audit():
    """The strict eye of `audit.py`, which the gallery shares."""
    spec = importlib.util.spec_from_file_location("audit", Path(__file__).parent / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def application():
    from booth.ui.kiosk import create_application

    return create_application()[0]


@pytest.fixture
def slot_faults():
    """Whatever a slot raises reaches `sys.excepthook` only: it fails the test here."""
    faults: list[BaseException] = []
    before = sys.excepthook
    sys.excepthook = lambda kind, error, trace: faults.append(error)
    yield faults
    sys.excepthook = before
    assert faults == []


@pytest.fixture
def studio():
    threads = threading.active_count()
    studio = MemoryStudio()
    yield studio
    studio.close()
    assert threading.active_count() == threads


@pytest.fixture
def settings():
    return Settings(
        event=EventSettings(name="Mia & Tom"),
        screen=ScreenSettings(fullscreen=False, sound=False),
        visit=VisitSettings(countdown=1, ticket=60),
    )


@pytest.fixture
def open_kiosk(application, studio, slot_faults):
    """Gives a function that opens kiosks; each is closed, and must not have complained, at the end."""
    from booth.ui.kiosk import Kiosk

    kiosks = []
    gc.freeze()  # the collection at the end looks at this kiosk alone, not at all that was ever imported

    def open_one(settings, size=(540, 960), **named):
        kiosk = Kiosk(studio, settings, size=size, **{"clock": fast_clock, **named})
        kiosks.append(kiosk)
        kiosk.start()
        return kiosk

    yield open_one
    for kiosk in kiosks:
        kiosk.stop()
        application.processEvents()
    complaints = [line for kiosk in kiosks for line in kiosk.warnings]
    kiosks.clear()
    gc.collect()
    assert complaints == []
