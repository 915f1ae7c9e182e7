"""The whole booth with one method: mirror, shutter, review, ticket, and the mirror beside the still."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from booth.app import House, running
from booth.bench.figures import Row, percentile, row
from booth.bench.scenery import SIDE, Scenery
from booth.config import Settings
from booth.config.settings import CameraSettings, LogSettings, MattingSettings, SpoolSettings
from booth.errors import BoothError

PATIENCE = 180.0


def measure(
    method: str, scenery: Scenery, photos: int, seconds: float
) -> tuple[list[Row], dict[str, object]]:
    """Run the booth with one method and give its figures.

    Raises
    ------
    BoothError
        If the method cannot run on this machine.
    """
    section = f"booth: {method}"
    data = scenery.folder / f"data-{method}"
    shutil.copytree(scenery.folder / "plate", data / "plate")
    began = time.perf_counter()
    with running(settings_with(method, scenery, data)) as house:
        house.studio.mirror(house.studio.backdrops[0].id)
        _wait_until_ready(house)
        started = time.perf_counter() - began
        watched = _Watch(house)
        resting = watched.during(lambda: time.sleep(seconds))
        taken: dict[str, list[float]] = {}
        kept = time.perf_counter()
        busy = watched.during(lambda: take(house, photos, taken))
        kept = time.perf_counter() - kept
        house.studio.mirror(None)
        alone: dict[str, list[float]] = {}
        take(house, max(3, photos // 2), alone)
        why = _framed(house)
    return [
        row(section, "start to ready", "s", [started]),
        *_mirror_rows(section, "mirror", resting),
        *_mirror_rows(section, "mirror while photos are developed", busy),
        *(row(section, figure, "s", values) for figure, values in taken.items()),
        row(section, "photos a minute, mirror running", "1/min", [60 * photos / kept]),
        row(section, "shutter to print-ready, mirror at rest", "s", alone["shutter to print-ready"]),
    ], {"method": house.studio.method, "notices": why}


def settings_with(method: str, scenery: Scenery, data: Path) -> Settings:
    """The booth's settings with one method, before the scenery, with everything kept in `data`."""
    return Settings(
        camera=CameraSettings(source=str(scenery.picture), width=SIDE, height=SIDE),
        matting=MattingSettings.model_validate({"method": method, "weights": scenery.weights}),
        spool=SpoolSettings(data=data),
        log=LogSettings(level="warning"),
    )


def _wait_until_ready(house: House) -> None:
    house.studio.wait_ready(PATIENCE)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        picture = house.studio.newest_mirror()
        if house.studio.ready() is None and picture is not None and picture.placement is not None:
            return
        time.sleep(0.05)
    raise BoothError(f"the booth was not ready within {PATIENCE:.0f} s: {house.board.all()}")


def take(house: House, photos: int, taken: dict[str, list[float]]) -> None:
    """Take, review, and keep photos one after the other; each on another backdrop."""
    backdrops = [backdrop.id for backdrop in house.studio.backdrops]
    for index in range(photos):
        began = time.perf_counter()
        shot = house.studio.take(backdrops[index % len(backdrops)]).result()
        reviewed = time.perf_counter()
        if shot.cutout is None:
            raise BoothError(f"a photo was framed instead of cut out: {shot.why_framed}")
        house.studio.keep(shot, 1).result()
        kept = time.perf_counter()
        for figure, seconds in (
            ("shutter to review", reviewed - began),
            ("keep to ticket", kept - reviewed),
            ("shutter to print-ready", kept - began),
        ):
            taken.setdefault(figure, []).append(seconds)


def _framed(house: House) -> list[str]:
    return [notice.text for notice in house.studio.notices() if notice.level != "info"]


class _Watch:
    """Looks at the mirror from a thread of its own, as the screen does."""

    def __init__(self, house: House) -> None:
        self._house = house

    def during(self, work: Callable[[], None]) -> tuple[list[float], list[float]]:
        """Give the moments of new pictures and the ages of their frames, in seconds, while `work` runs."""
        moments: list[float] = []
        ages: list[float] = []
        over = threading.Event()

        def look() -> None:
            number = 0
            while not over.wait(0.002):
                picture = self._house.studio.newest_mirror()
                if picture is not None and picture.number != number:
                    number = picture.number
                    moments.append(time.monotonic())
                    ages.append(time.time() - picture.taken_at)

        thread = threading.Thread(target=look, name="bench-watch")
        thread.start()
        try:
            work()
        finally:
            over.set()
            thread.join()
        return moments, ages


def _mirror_rows(section: str, what: str, watched: tuple[list[float], list[float]]) -> list[Row]:
    moments, ages = watched
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    if not gaps:
        raise BoothError(f"the {what} stood still")
    rate = len(gaps) / (moments[-1] - moments[0])
    slow = 1 / percentile(gaps, 0.95)
    return [
        Row(section, f"{what}, pictures a second", "1/s", len(gaps), rate, slow),
        row(section, f"{what}, age of its frame", "ms", [1e3 * age for age in ages]),
    ]
