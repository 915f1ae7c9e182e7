"""An evening of impatient guests: real screens, worker, ledger and folder printer, taps wherever they fall.

    python -m pytest -s -m heavy tests/journey/test_evening.py        (EVENING_VISITS=12 by default; an evening has 200)

It prints what was measured. Speed depends on the machine and is judged by people; what must hold on every
machine is asserted: no photo twice, none lost, nothing that QML or a slot complained about, memory that
does not grow with the visits.
"""

from __future__ import annotations

import gc
import os
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import psutil
import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"

from PySide6.QtCore import QObject, QPoint, QTimer, Slot
from PySide6.QtTest import QTest

from booth.app import House, running
from booth.config import Settings
from booth.session import Step
from booth.ui.guest import Patience
from booth.ui.kiosk import Kiosk, create_application

VISITS = int(os.environ.get("EVENING_VISITS", "12"))
WARM_UP = min(40, VISITS // 4)
"""Visits until caches are full; memory is watched from then on."""
MOST_GROWTH_MB = 1.0
"""Per 100 visits."""
BEAT_MS = 5
LIVE = (Step.ATTRACT, Step.CHOOSE, Step.POSE, Step.COUNTDOWN)
STUCK_SECONDS = 120.0


@dataclass
class Figures:
    """What was seen of the evening; times in seconds, memory in MB after each visit."""

    pictures: list[float] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)
    blocks: list[tuple[float, str]] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


class Watch(QObject):
    """A heartbeat of the GUI thread, which also looks at how old the picture on screen is."""

    def __init__(self, house: House, kiosk: Kiosk) -> None:
        super().__init__()
        self.figures = Figures()
        self._house = house
        self._kiosk = kiosk
        self._number = -1
        self._beat_at = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        kiosk.visit.feed.arrived.connect(self._note_picture)
        self._timer.start()

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.figures.blocks.append(
            (now - self._beat_at - BEAT_MS / 1000, self._kiosk.visit.session.step.value)
        )
        self._beat_at = now

    @Slot()
    def _note_picture(self) -> None:
        newest = self._house.studio.newest_mirror()
        if newest is not None and self._kiosk.visit.session.step in LIVE:
            self.figures.pictures.append(time.perf_counter())
            self.figures.ages.append(time.time() - newest.taken_at)


class Monkey:
    """Taps anywhere, and where it helps on; never more patient than a child."""

    GOALS: ClassVar = {
        Step.ATTRACT: ("start",),
        Step.CHOOSE: ("tiles",),
        Step.POSE: ("shutter", "shutter", "pose-back"),
        Step.REVIEW: ("keep", "keep", "keep", "again", "more", "larger", "discard", "photo", "reset"),
        Step.TICKET: ("done",),
        Step.SORRY: ("go-on",),
    }

    def __init__(self, kiosk: Kiosk, seed: int) -> None:
        self._kiosk = kiosk
        self._dice = random.Random(seed)
        self._device = QTest.createTouchDevice()

    def tap(self) -> None:
        """One tap, or a drag over the photo; often a double tap."""
        names = self.GOALS.get(self._kiosk.visit.session.step, ())
        point = self._somewhere()
        if names and self._dice.random() < 0.75:
            point = self._on(self._dice.choice(names)) or point
        for _ in range(self._dice.choice((1, 1, 2))):
            self._touch(point)

    def _touch(self, point: QPoint) -> None:
        view = self._kiosk.view
        QTest.touchEvent(view, self._device, False).press(0, point, view).commit()
        if self._dice.random() < 0.15:
            for _ in range(3):
                point += QPoint(self._dice.randint(-40, 40), self._dice.randint(-40, 40))
                QTest.touchEvent(view, self._device, False).move(0, point, view).commit()
        QTest.touchEvent(view, self._device, False).release(0, point, view).commit()

    def _somewhere(self) -> QPoint:
        size = self._kiosk.view.size()
        # not on the operator's corner
        return QPoint(self._dice.randrange(size.width()), self._dice.randrange(150, size.height()))

    def _on(self, name: str) -> QPoint | None:
        for item in visible(self._kiosk.view.rootObject()):
            if item.objectName() == name:
                inside = (
                    self._dice.uniform(0.2, 0.8) * item.width(),
                    self._dice.uniform(0.2, 0.8) * item.height(),
                )
                at = item.mapToScene(QPoint(round(inside[0]), round(inside[1])).toPointF())
                return at.toPoint()
        return None


def visible(item):
    if item.isVisible():
        yield item
        for child in item.childItems():
            yield from visible(child)


def settings_for(folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "camera": {"source": "studio"},
            "matting": {"method": os.environ.get("EVENING_METHOD", "auto")},
            "screen": {"fullscreen": False, "sound": False},
            "visit": {"countdown": 1, "ticket": 2, "review": 10, "pose": 10, "choose": 10, "retakes": 1},
            "spool": {"data": str(folder / "data"), "stop_below_mb": 50, "warn_below_mb": 60},
        }
    )


def rest(seconds: float) -> None:
    Patience(lambda: False, seconds).wait()


def spend(kiosk: Kiosk, monkey: Monkey, watch: Watch) -> int:
    """Let the monkey have its visits; give how many ended with a ticket."""
    tickets = []
    kiosk.visit.stepChanged.connect(lambda step: tickets.append(step) if step == "ticket" else None)
    process = psutil.Process()
    moved = time.monotonic()
    seen = kiosk.visit.session
    while len(tickets) < VISITS:
        monkey.tap()
        rest(0.1)
        if kiosk.visit.session.step is not seen.step:
            seen, moved = kiosk.visit.session, time.monotonic()
        assert time.monotonic() < moved + STUCK_SECONDS, f"stuck at {seen.step}"
        if len(watch.figures.memory) < len(tickets):
            gc.collect()
            watch.figures.memory.append(process.memory_info().rss / 1e6)
    return len(tickets)


def growth(memory: list[float]) -> float:
    """MB per 100 visits, by the line through the lower half: what is held, not what is under way."""
    values = np.array(memory[WARM_UP:])
    at = np.arange(values.size)
    first, second = np.median(values[: values.size // 3]), np.median(values[-(values.size // 3) :])
    return float((second - first) / (at[-1] * 2 / 3) * 100)


def told(figures: Figures, visits: int, seconds: float) -> str:
    gaps = np.diff(figures.pictures)
    within = gaps[gaps < 1.0]  # not from one visit to the next
    gaps = within if within.size else gaps
    blocks = np.array([block for block, _ in figures.blocks])
    worst = sorted(figures.blocks, reverse=True)[:5]
    return "\n".join(
        (
            f"{visits} visits in {seconds:.0f} s",
            f"mirror: {1 / np.median(gaps):.1f} pictures a second p50, {1 / np.quantile(gaps, 0.95):.1f} p5",
            f"age of the frame on screen: {np.median(figures.ages) * 1e3:.0f} ms p50, "
            f"{np.quantile(figures.ages, 0.99) * 1e3:.0f} ms p99, {max(figures.ages) * 1e3:.0f} ms oldest",
            f"GUI thread blocked: {np.quantile(blocks, 0.999) * 1e3:.0f} ms p99.9, longest "
            + ", ".join(f"{block * 1e3:.0f} ms ({step})" for block, step in worst),
            f"memory: {figures.memory[0]:.0f} MB after the first visit, {figures.memory[-1]:.0f} MB after the last, "
            f"{growth(figures.memory):+.2f} MB per 100 visits",
        )
    )


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_an_evening_of_impatient_guests(tmp_path):
    application, _ = create_application()
    settings = settings_for(tmp_path)
    with running(settings) as house:
        house.studio.wait_ready(60)
        kiosk = Kiosk(house.studio, settings, size=(1080, 1920))
        watch = Watch(house, kiosk)
        kiosk.start()
        start = time.perf_counter()
        try:
            tickets = spend(kiosk, Monkey(kiosk, seed=8), watch)
        finally:
            seconds = time.perf_counter() - start
            kiosk.stop()
            application.processEvents()
        until = time.monotonic() + 60
        while house.studio.waiting() and time.monotonic() < until:
            time.sleep(0.05)
    print("\n" + told(watch.figures, tickets, seconds))
    print("memory by visit: " + " ".join(f"{value:.0f}" for value in watch.figures.memory))
    assert kiosk.warnings == []
    sheets = [path.name.split("-")[1] for path in (tmp_path / "data" / "prints").glob("*.jpg")]
    assert len(set(sheets)) >= VISITS
    if VISITS >= 100:
        assert growth(watch.figures.memory) < MOST_GROWTH_MB
