"""An evening of impatient guests: real screens, worker, ledger and folder printer, taps wherever they fall.

    python -m pytest -s -m heavy tests/journey/test_evening.py        (EVENING_VISITS=8 by default; an evening has 200)

With EVENING_FIGURES=FILE the figures of one run after the other are kept there and told together; memory is
judged within each run. EVENING_SIZE=1920x1080 lays the screen on its side.

It prints what was measured. Speed depends on the machine and is judged by people; what must hold on every
machine is asserted: no photo twice, none lost, nothing that QML or a slot complained about, memory that
does not grow with the visits.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import ClassVar
from xml.etree import ElementTree

import cv2
import numpy as np
import psutil
import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"

from PySide6.QtCore import QObject, QPoint, QPointF, QTimer, Slot
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

import booth
from booth.app import House, running
from booth.bench.live import widened
from booth.camera.plate import plate_from_picture, save_plate
from booth.camera.studio_scene import StudioScene
from booth.config import Settings
from booth.large_pages import NAME, TUNABLES
from booth.session import Step
from booth.ui.collector import Collector
from booth.ui.guest import Patience
from booth.ui.kiosk import Kiosk, create_application

VISITS = int(os.environ.get("EVENING_VISITS", "8"))
KEPT = os.environ.get("EVENING_FIGURES", "")
SIZE = tuple(int(side) for side in os.environ.get("EVENING_SIZE", "1080x1920").split("x"))
WARM_UP = min(40, VISITS // 4)
"""Visits until caches are full; memory is watched from then on."""
MOST_GROWTH_MB = 1.0
"""Per 100 visits."""
BEAT_MS = 5
HOUSE = str(Path(booth.__file__).parent)
NOTED = 0.015
"""Seconds from which a late beat is kept: what the test keeps must not look like the booth's own growth."""
LOOK_SECONDS, LATE_SECONDS = 0.01, 0.035
LEAST_RATE, OLDEST, BLOCK = 20.0, 0.15, 0.05
"""What a guest may see of a busy machine: pictures a second, seconds of age, seconds of a still screen."""
LIVE = (Step.ATTRACT, Step.CHOOSE, Step.POSE, Step.COUNTDOWN)
STUCK_SECONDS = 120.0
HEIGHT, RATE, FRAMES = 720, 30, 90


@dataclass
class Figures:
    """What was seen of the evening: times in seconds; memory in MB, and Python's small objects, after each visit.

    `gaps` lie between two pictures of one stretch of live screens, `developing` the same while a photo is
    developed; `ages` are those of frames when they came on screen, `oldest` when they left it. `blocks` are
    what the GUI thread's beats came late by, with the step, the processor time that it took itself, and what
    it was about when it was late already.
    """

    visits: int = 0
    seconds: float = 0.0
    gaps: array[float] = field(default_factory=lambda: array("d"))
    developing: array[float] = field(default_factory=lambda: array("d"))
    ages: array[float] = field(default_factory=lambda: array("d"))
    oldest: array[float] = field(default_factory=lambda: array("d"))
    beats: int = 0
    blocks: list[tuple[float, str, float, str]] = field(default_factory=list)
    memory: list[list[float]] = field(default_factory=list)
    resident: list[list[float]] = field(default_factory=list)
    objects: list[list[float]] = field(default_factory=list)

    def after(self, earlier: Figures) -> Figures:
        """Both runs together."""
        mine, before = asdict(self), asdict(earlier)
        numbers = ("visits", "seconds", "beats")
        return Figures(
            **{
                name: before[name] + mine[name] if name in numbers else [*before[name], *mine[name]]
                for name in mine
            }
        )


class Lookout(threading.Thread):
    """Sees what the GUI thread is about, from a thread of its own, while its beat is late."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(name="lookout", daemon=True)
        self._watch = watch
        self._watched = threading.get_ident()
        self._stopping = threading.Event()

    def run(self) -> None:
        seen = 0.0
        while not self._stopping.wait(LOOK_SECONDS):
            beat_at = self._watch.beat_at
            if beat_at != seen and time.perf_counter() > beat_at + LATE_SECONDS:
                seen, self._watch.cause = beat_at, self._about()

    def _about(self) -> str:
        frames = sys._current_frames()
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        others = [
            f"{names[ident]} {frame.f_code.co_name}"
            for ident, frame in frames.items()
            if ident in names and ident not in (self._watched, self.ident) and not is_waiting(frame)
        ]
        frame = frames[self._watched]
        while frame.f_back is not None and not frame.f_code.co_filename.startswith(HOUSE):
            frame = frame.f_back
        place = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}"
        return f"{self._watch.phase}, {place}; beside {', '.join(sorted(others)) or 'nobody'}"

    def stop(self) -> None:
        self._stopping.set()
        self.join()


def is_waiting(frame: FrameType) -> bool:
    return Path(frame.f_code.co_filename).name in ("threading.py", "queue.py", "thread.py", "selectors.py")


class Watch(QObject):
    """A heartbeat of the GUI thread, which also looks at how old the picture on screen is."""

    def __init__(self, house: House, kiosk: Kiosk) -> None:
        super().__init__()
        self.figures = Figures(memory=[[]], resident=[[]], objects=[[]])
        self.phase, self.cause = "events", ""
        self._house = house
        self._kiosk = kiosk
        self._shown: tuple[float, float, Step] | None = None
        self.beat_at, self._worked = time.perf_counter(), time.thread_time()
        kiosk.view.beforeSynchronizing.connect(self._note_drawing)
        kiosk.view.frameSwapped.connect(self._note_drawn)
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        kiosk.visit.feed.arrived.connect(self._note_picture)
        kiosk.visit.stepChanged.connect(self._note_step)
        self._timer.start()

    @Slot()
    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        late = now - self.beat_at - BEAT_MS / 1000
        step = self._kiosk.visit.session.step.value
        self.figures.beats += 1
        if late > NOTED:
            self.figures.blocks.append((late, step, worked - self._worked, self.cause))
        self.beat_at, self._worked, self.cause = now, worked, ""

    @Slot()
    def _note_drawing(self) -> None:
        self.phase = "drawing"

    @Slot()
    def _note_drawn(self) -> None:
        self.phase = "events"

    def excuse(self, seconds: float, worked: float) -> None:
        """Do not count how long the test itself has just held the GUI thread up, and how much it worked."""
        self.beat_at += seconds
        self._worked += worked

    @Slot(str)
    def _note_step(self, step: str) -> None:
        """Where the mirror rests, the next picture follows none."""
        if Step(step) not in (*LIVE, Step.DEVELOPING):
            self._shown = None

    @Slot()
    def _note_picture(self) -> None:
        newest, step = self._house.studio.newest_mirror(), self._kiosk.visit.session.step
        if newest is None or step not in (*LIVE, Step.DEVELOPING):
            return
        now = time.time()
        if self._shown is not None:
            at, taken_at, before = self._shown
            is_live = step in LIVE and before in LIVE
            (self.figures.gaps if is_live else self.figures.developing).append(now - at)
            if is_live:
                self.figures.oldest.append(now - taken_at)
        if step in LIVE:
            self.figures.ages.append(now - newest.taken_at)
        self._shown = now, newest.taken_at, step


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

    def __init__(self, kiosk: Kiosk, watch: Watch, seed: int) -> None:
        self._kiosk = kiosk
        self._watch = watch
        self._dice = random.Random(seed)
        self._device = QTest.createTouchDevice()
        self._items: dict[str, QQuickItem] = {}

    def tap(self) -> None:
        """One tap, or a drag over the photo; often a double tap."""
        names = self.GOALS.get(self._kiosk.visit.session.step, ())
        point = self._somewhere()
        if names and self._dice.random() < 0.75:
            began, worked = time.perf_counter(), time.thread_time()
            point = self._on(self._dice.choice(names)) or point
            self._watch.excuse(time.perf_counter() - began, time.thread_time() - worked)
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
        item = self._items.get(name) or self._kiosk.view.rootObject().findChild(QQuickItem, name)
        if item is None or not item.isVisible():
            return None
        self._items[name] = item
        inside = QPointF(
            self._dice.uniform(0.2, 0.8) * item.width(), self._dice.uniform(0.2, 0.8) * item.height()
        )
        return item.mapToScene(inside).toPoint()


def filmed(folder: Path) -> Path:
    """A film of the drawn guests at a webcam's size, as a camera costs little and drawing costs much; the clean plate
    is laid into the data folder."""
    scene, film = StudioScene(), folder / "guests.avi"
    steps = [*range(FRAMES), *range(FRAMES - 2, 0, -1)]
    pictures = [widened(scene.image(step / RATE, HEIGHT)) for step in range(FRAMES)]
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), RATE, pictures[0].shape[1::-1])
    assert writer.isOpened()
    for step in steps:
        writer.write(cv2.cvtColor(pictures[step], cv2.COLOR_RGB2BGR))
    writer.release()
    save_plate(folder / "data" / "plate", plate_from_picture(scene.plate(HEIGHT)))
    return film


def settings_for(folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "camera": {
                "source": str(filmed(folder)),
                "width": 16 * HEIGHT // 9,
                "height": HEIGHT,
                "rate": RATE,
            },
            "matting": {"method": os.environ.get("EVENING_METHOD", "auto")},
            "screen": {"fullscreen": False, "sound": False},
            "visit": {"countdown": 1, "ticket": 3, "review": 10, "pose": 10, "choose": 10, "retakes": 1},
            "spool": {"data": str(folder / "data"), "stop_below_mb": 50, "warn_below_mb": 60},
        }
    )


def held_mb() -> float:
    """What glibc's arenas hold for the program, in MB; what they keep of freed memory is not counted."""
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    with tempfile.NamedTemporaryFile() as told:
        file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
        libc.malloc_info(0, file)
        libc.fclose(file)
        state = ElementTree.parse(told.name).getroot()
    sizes = {
        f"{kind.tag} {kind.get('type')}": int(kind.get("size", 0))
        for kind in state
        if kind.tag in ("total", "system")
    }
    mapped, free = sizes["total mmap"], sizes["total fast"] + sizes["total rest"]
    return (sizes["system current"] + mapped - free) / 1e6


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
        if kiosk.visit.session.step is Step.TICKET:
            began, worked = time.perf_counter(), time.thread_time()
            weigh(watch.figures, len(tickets), process)
            watch.excuse(time.perf_counter() - began, time.thread_time() - worked)
    return len(tickets)


def weigh(figures: Figures, visit: int, process: psutil.Process) -> None:
    """Note the memory at a visit's ticket: the least of several looks, as pictures are on their way to the printer."""
    held, resident, objects = figures.memory[0], figures.resident[0], figures.objects[0]
    if len(held) < visit:
        gc.collect()
        held.append(np.inf)
        resident.append(np.inf)
        objects.append(sys.getallocatedblocks())
    held[-1] = min(held[-1], held_mb())
    resident[-1] = min(resident[-1], process.memory_info().rss / 1e6)


def growth(memory: list[float]) -> float:
    """MB per 100 visits: how the median of the last third differs from that of the first, after the warm-up."""
    values = np.array(memory[WARM_UP:])
    at = np.arange(values.size)
    first, second = np.median(values[: values.size // 3]), np.median(values[-(values.size // 3) :])
    return float((second - first) / (at[-1] * 2 / 3) * 100)


def told(figures: Figures) -> str:
    gaps, calm, ages, oldest = (
        np.array(values) for values in (figures.gaps, figures.developing, figures.ages, figures.oldest)
    )
    blocks = np.sort([late for late, *_ in figures.blocks])[::-1]
    rare = figures.beats // 1000
    late = ms(blocks[rare]) if rare < blocks.size else f"under {ms(NOTED)}"
    worst = sorted(figures.blocks, key=lambda block: -block[0])[:12]
    busiest = sorted(figures.blocks, key=lambda block: -block[2])[:8]
    slow = np.array(figures.gaps) > 1 / LEAST_RATE
    return "\n".join(
        (
            f"{figures.visits} visits in {figures.seconds:.0f} s, {len(figures.memory)} runs",
            f"mirror: {1 / np.median(gaps):.1f} pictures a second p50, {1 / np.quantile(gaps, 0.95):.1f} p5, "
            f"longest gap {ms(gaps.max())}, {slow.sum()} of {slow.size} later than {ms(1 / LEAST_RATE)}",
            f"while a photo is developed: {1 / np.median(calm):.1f} a second p50, longest gap {ms(calm.max())}",
            f"age of a frame as it comes on screen: {ms(np.median(ages))} p50, {ms(np.quantile(ages, 0.99))} p99",
            f"age of a frame as it leaves: {ms(np.median(oldest))} p50, {ms(np.quantile(oldest, 0.99))} p99, "
            f"{ms(oldest.max())} oldest, {(oldest > OLDEST).sum()} of {oldest.size} older than {ms(OLDEST)}",
            f"GUI thread blocked: {late} p99.9, "
            f"{(blocks > BLOCK).sum()} times over {ms(BLOCK)}; the longest:",
            *(f"  {ms(late)}, of it {ms(own)} its own ({step}): {cause}" for late, step, own, cause in worst),
            "its own processor time between two beats: "
            + ", ".join(f"{ms(own)} ({step})" for _, step, own, _ in busiest),
            *(
                f"memory held: {held[0]:.0f} MB after the first visit, {held[-1]:.0f} MB after the last, "
                f"{growth(held):+.2f} MB per 100 visits; resident, with what the C library keeps of freed memory: "
                f"{resident[0]:.0f} and {resident[-1]:.0f} MB, {growth(resident):+.2f}"
                f"; Python's small objects {growth(objects):+.0f} per 100 visits"
                for held, resident, objects in zip(
                    figures.memory, figures.resident, figures.objects, strict=True
                )
            ),
        )
    )


def ms(seconds: float) -> str:
    return f"{1e3 * seconds:.0f} ms"


def with_earlier_runs(figures: Figures) -> Figures:
    """The figures of this run and of those kept in the file, which then holds this one too."""
    if not KEPT:
        return figures
    file = Path(KEPT)
    together = figures.after(Figures(**json.loads(file.read_text()))) if file.exists() else figures
    file.write_text(json.dumps(asdict(together), default=list))
    return together


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_an_evening_of_impatient_guests(tmp_path):
    if sys.platform == "linux" and NAME not in os.environ:
        evening = [
            sys.executable,
            "-m",
            "pytest",
            "-s",
            "-q",
            "-m",
            "heavy",
            f"--basetemp={tmp_path}/e",
            __file__,
        ]
        assert subprocess.run(evening, env=os.environ | {NAME: TUNABLES}).returncode == 0
        return
    application, _ = create_application()
    settings = settings_for(tmp_path)
    with running(settings) as house:
        house.studio.wait_ready(60)
        kiosk = Kiosk(house.studio, settings, size=SIZE)
        kiosk.start()
        # the window's first drawing is the booth's start, and no guest is there yet
        assert Patience(lambda: kiosk.visit.feed.live, STUCK_SECONDS).wait()
        collector = Collector(kiosk.visit)
        watch = Watch(house, kiosk)
        lookout = Lookout(watch)
        lookout.start()
        start = time.perf_counter()
        try:
            tickets = spend(kiosk, Monkey(kiosk, watch, seed=8), watch)
        finally:
            seconds = time.perf_counter() - start
            lookout.stop()
            collector.stop()
            kiosk.stop()
            application.processEvents()
        until = time.monotonic() + 60
        while house.studio.waiting() and time.monotonic() < until:
            time.sleep(0.05)
    watch.figures.visits, watch.figures.seconds = tickets, seconds
    print("\n" + told(with_earlier_runs(watch.figures)))
    for name, run in (("held", watch.figures.memory[0]), ("resident", watch.figures.resident[0])):
        print(f"memory {name} by visit: " + " ".join(f"{value:.0f}" for value in run))
    assert kiosk.warnings == []
    sheets = [path.name.split("-")[1] for path in (tmp_path / "data" / "prints").glob("*.jpg")]
    assert len(set(sheets)) >= VISITS
    if VISITS >= 100:
        assert growth(watch.figures.memory[0]) < MOST_GROWTH_MB
        assert growth(watch.figures.resident[0]) < MOST_GROWTH_MB
