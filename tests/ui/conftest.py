"""A studio in memory, with drawn pictures, and the one Qt application that the tests share."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"

from booth.arrays import Rgb8, read_only
from booth.config.settings import EventSettings, ScreenSettings, Settings, VisitSettings
from booth.shot import Backdrop, Composite, Frame, Notice, Shot, Ticket

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
        self.taken = 0
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
        return MirrorPicture(self._pictures[self.shown], self._number, 0.0)

    def shot(self, number: int, backdrop_id: str) -> Shot:
        image = self._pictures[backdrop_id]
        return Shot(f"photo-{number}", Frame(image, 0.0, number), None, Composite(image, backdrop_id))

    def take(self, backdrop_id: str) -> Future[Shot]:
        self.taken += 1
        return self._submit("take", self.shot, self.taken, backdrop_id)

    def recompose(self, shot: Shot, backdrop_id: str) -> Future[Shot]:
        composite = Composite(self._pictures[backdrop_id], backdrop_id)
        return self._submit("recompose", replace, shot, composite=composite)

    def keep(self, shot: Shot, copies: int) -> Future[Ticket]:
        return self._submit("keep", self._keep, shot, copies)

    def _keep(self, shot: Shot, copies: int) -> Ticket:
        self.kept.append((shot.photo_id, shot.composite.backdrop_id, copies))
        return Ticket(shot.photo_id, "K7M-42", "token", 0.0, copies, 3)

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
        screen=ScreenSettings(fullscreen=False),
        visit=VisitSettings(countdown=1, ticket=60),
    )


@pytest.fixture
def open_kiosk(application, studio, slot_faults):
    """Gives a function that opens kiosks; each is closed, and must not have complained, at the end."""
    from booth.ui.kiosk import Kiosk

    kiosks = []

    def open_one(settings, size=(540, 960), **named):
        kiosk = Kiosk(studio, settings, size=size, clock=fast_clock, **named)
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
