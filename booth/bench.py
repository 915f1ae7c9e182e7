"""`make bench`: the mirror's frame rate and latency, and the seconds from shutter to review and ticket.

Everything runs through the real studio with the drawn camera, in one run on one machine, for each method
that can run here; one that cannot is named with its reason. Figures are seconds of this machine: compare
them within one run.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import psutil
from rich.console import Console
from rich.table import Table

from booth.app import House, running
from booth.config import Settings
from booth.config.settings import CameraSettings, LogSettings, MattingSettings, SpoolSettings
from booth.errors import BoothError
from booth.files import publish
from booth.matting.weights import weights_folder
from booth.spool.files import data_folder

METHODS = ("maskrcnn", "plate")
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: p50 and p95 over n, in `unit`."""

    method: str
    figure: str
    unit: str
    n: int
    p50: float
    p95: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table, write the JSON; the exit status is 1 if no method could run."""
    parser = argparse.ArgumentParser(prog="python -m booth.bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--photos", type=int, default=9, help="photos taken with each method")
    parser.add_argument("--seconds", type=float, default=8.0, help="seconds that the mirror is watched")
    parser.add_argument("--weights", type=Path, help="folder of network weights (default: the booth's)")
    options = parser.parse_args(argv)
    logging.getLogger("booth").setLevel(
        logging.CRITICAL
    )  # a method that cannot run is a line below the table
    weights = options.weights or weights_folder(MattingSettings(), data_folder(SpoolSettings()))
    rows: list[Row] = []
    left_out: dict[str, str] = {}
    for method in METHODS:
        try:
            rows += measured(method, options.photos, options.seconds, weights)
        except BoothError as error:
            left_out[method] = str(error)
    report(rows, left_out)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        facts = {"machine": machine(), "rows": [asdict(row) for row in rows], "left_out": left_out}
        publish(options.json, json.dumps(facts, indent=1).encode())
    return 0 if rows else 1


def measured(method: str, photos: int, seconds: float, weights: Path) -> list[Row]:
    """Run the booth with one method and give its figures.

    Raises
    ------
    BoothError
        If the method cannot run on this machine.
    """
    with tempfile.TemporaryDirectory(prefix="booth-bench-") as folder:
        settings = Settings(
            camera=CameraSettings(width=1920, height=1080),
            matting=MattingSettings.model_validate({"method": method, "weights": weights}),
            spool=SpoolSettings(data=Path(folder)),
            log=LogSettings(level="warning"),
        )
        with running(settings) as house:
            backdrop_id = house.studio.backdrops[0].id
            house.studio.mirror(backdrop_id)
            _wait_until_ready(house)
            return [*_mirror_rows(house, method, seconds), *_photo_rows(house, method, photos)]


def _wait_until_ready(house: House) -> None:
    house.studio.wait_ready(PATIENCE)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        picture = house.studio.newest_mirror()
        if house.studio.ready() is None and picture is not None and picture.placement is not None:
            return
        time.sleep(0.05)
    raise BoothError(f"the booth was not ready within {PATIENCE:.0f} s: {house.board.all()}")


def _mirror_rows(house: House, method: str, seconds: float) -> list[Row]:
    """Watch the mirror: pictures a second, and how old a picture's frame is when it is there to be shown."""
    until = time.monotonic() + seconds
    ages: list[float] = []
    moments: list[float] = []
    number = 0
    while time.monotonic() < until:
        picture = house.studio.newest_mirror()
        if picture is not None and picture.number != number:
            number = picture.number
            moments.append(time.monotonic())
            ages.append(time.time() - picture.taken_at)
        time.sleep(0.001)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    rate = len(gaps) / (moments[-1] - moments[0])
    slow = 1 / _percentile(gaps, 0.95)
    return [
        Row(method, "mirror, pictures a second", "1/s", len(gaps), rate, slow),
        Row(
            method,
            "mirror, age of its frame",
            "ms",
            len(ages),
            1e3 * median(ages),
            1e3 * _percentile(ages, 0.95),
        ),
    ]


def _photo_rows(house: House, method: str, photos: int) -> list[Row]:
    backdrops = [backdrop.id for backdrop in house.studio.backdrops]
    to_review, to_recompose, to_ticket = [], [], []
    for index in range(photos):
        start = time.perf_counter()
        shot = house.studio.take(backdrops[index % len(backdrops)]).result()
        reviewed = time.perf_counter()
        shot = house.studio.recompose(shot, backdrops[(index + 1) % len(backdrops)]).result()
        recomposed = time.perf_counter()
        house.studio.keep(shot, 1).result()
        to_review.append(reviewed - start)
        to_recompose.append(recomposed - reviewed)
        to_ticket.append(time.perf_counter() - recomposed)
    figures = {"shutter to review": to_review, "another backdrop": to_recompose, "keep to ticket": to_ticket}
    return [
        Row(method, figure, "s", len(values), median(values), _percentile(values, 0.95))
        for figure, values in figures.items()
    ]


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def machine() -> dict[str, object]:
    """Say what the figures were measured on."""
    memory = psutil.virtual_memory().total / 2**30
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": psutil.cpu_count(),
        "memory_gib": round(memory),
        "python": platform.python_version(),
        "busy_percent": psutil.cpu_percent(0.5),
    }


def report(rows: Sequence[Row], left_out: dict[str, str]) -> None:
    """Print the figures as one table, and what was left out with its reason."""
    facts = machine()
    console = Console()
    table = Table(
        title=f"Booth on {facts['cores']} cores, drawn camera at 30 frames a second, mirror running"
    )
    for name in ("method", "figure", "n", "p50", "p95", "unit"):
        table.add_column(name, justify="right" if name in ("n", "p50", "p95") else "left")
    for row in rows:
        table.add_row(row.method, row.figure, str(row.n), f"{row.p50:.3g}", f"{row.p95:.3g}", row.unit)
    console.print(table)
    for method, why in left_out.items():
        console.print(f"{method}: not measured: {why}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
