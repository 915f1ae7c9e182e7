"""`python -m booth.bench.live`: the mirror's rate, the age of what it shows, its stages, flicker and ghosts.

The rate is that of the booth's own threads before a camera that sends 1280x720 JPEGs. Flicker and ghosts
are measured on a guest laid onto the plate with a known alpha and fresh sensor noise in each frame: the
drawn one, or those of a photograph (`--photo`, with `--alpha` and `--plate`, all of one size).
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from booth.arrays import Alpha, Mask, Probability, Rgb8, read_only
from booth.bench.figures import Row, percentile, row
from booth.camera.faults import Repeats
from booth.camera.grabber import Grabber
from booth.camera.simulated import SimulatedCamera
from booth.camera.studio_scene import StudioScene
from booth.config.settings import CameraSettings, CleanPlateSettings, MattingSettings, SceneSettings
from booth.errors import MattingError
from booth.files import publish
from booth.images import read_picture
from booth.matting.live import Finder, LiveMatte, Look
from booth.matting.live_network import Beside, LiveNetwork, load_live_network
from booth.matting.plate_difference import Fit
from booth.scene.backdrops import HOUSE_BACKDROPS, load_backdrops
from booth.scene.composite import set_stage
from booth.scene.layout import lay_out
from booth.scene.placement import default_placement
from booth.shot import Backdrop, Cutout, Plate, nobody
from booth.studio.mirror import Mirror
from booth.studio.notices import NoticeBoard
from booth.studio.plates import PlateKeeper
from booth.studio.studio import MIRROR_SIDE

NOISE = 1.8
"""Standard deviation of the sensor's noise in 8-bit steps."""
STRIDE = 24
"""Pixels by which the moving guest moves from frame to frame: a picture's width in a second."""
WALK = 4
"""The same of one who walks."""
LATE = "late network and plate"
PATIENCE = 30.0

Matte = Callable[[Rgb8], Alpha]


@dataclass(frozen=True, slots=True, eq=False)
class Sitting:
    """Guests with a known alpha before a plate, all square of one size."""

    foreground: Rgb8
    alpha: Alpha
    plate: Rgb8

    def seen(self, seed: int, shift: int = 0) -> tuple[Rgb8, Alpha]:
        """A frame with noise of its own, guests moved to the right by `shift` pixels, and its truth."""
        colours, alpha = np.roll(self.foreground, shift, 1), np.roll(self.alpha, shift, 1)
        clean = self.plate + alpha[..., None] * (colours.astype(np.float32) - self.plate)
        noise = np.random.default_rng(seed).normal(0, NOISE, clean.shape)
        return np.clip(np.rint(clean + noise), 0, 255).astype(np.uint8), alpha


def flicker(matte: Matte, sitting: Sitting, frames: int = 24) -> list[float]:
    """Mean change of alpha from frame to frame in the guests' band, while nothing moves but the noise."""
    band = _grown(_soft(sitting.alpha), 9)
    alphas = [matte(sitting.seen(seed)[0])[band] for seed in range(frames)]
    return [float(np.abs(after - before).mean()) for before, after in pairwise(alphas[8:])]


def ghost(fresh: Callable[[], Matte], sitting: Sitting, frames: int = 12) -> list[float]:
    """Mean alpha where guests have been up to three frames before and are no more.

    Only what a matte that remembers nothing does not have there as well: the rest is no ghost but a mistake.
    """
    left: list[float] = []
    been: list[Mask] = []
    matte = fresh()
    for number in range(frames):
        image, truth = sitting.seen(number, STRIDE * (number - frames // 2))
        alpha = matte(image)
        now = truth > 0.01
        behind = np.logical_or.reduce([*been[-3:], np.zeros_like(now)]) & ~_grown(now, 17)
        if behind.any():
            remembered = alpha[behind] - fresh()(image)[behind]
            left.append(float(np.maximum(remembered, 0).mean()))
        been.append(truth > 0.5)
    return left


def walking(matte: Matte, sitting: Sitting, frames: int = 16) -> list[float]:
    """Sum of alpha's differences from the truth, in thousands of pixels, while the guests walk through the picture."""
    off = []
    for number in range(frames):
        image, truth = sitting.seen(number, WALK * (number - frames // 2))
        off.append(float(np.abs(matte(image) - truth).sum()) / 1000)
    return off[5:]


def overlap(matte: Matte, sitting: Sitting) -> float:
    """IoU of the first frame's alpha with the truth, at one half."""
    found, true = matte(sitting.seen(0)[0]) > 0.5, sitting.alpha > 0.5
    return float((found & true).sum() / max(1, (found | true).sum()))


def _soft(alpha: Alpha) -> Mask:
    return np.asarray((alpha > 0.01) & (alpha < 0.99), np.bool_)


def _grown(mask: Mask, size: int) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0, np.bool_)


def drawn_sitting(side: int = MIRROR_SIDE) -> Sitting:
    """The drawn studio's guests."""
    scene = StudioScene()
    drawn = scene.draw(11.0, side)
    return Sitting(drawn.foreground, drawn.alpha, scene.plate(side))


def photographed_sitting(photo: Path, alpha: Path, plate: Path, side: int = MIRROR_SIDE) -> Sitting:
    """The guests of a photograph; its colours stand for theirs where alpha is 1 only."""
    size = (side, side)
    colours, cover, empty = (
        np.asarray(cv2.resize(read_picture(path), size, interpolation=cv2.INTER_AREA), np.uint8)
        for path in (photo, alpha, plate)
    )
    return Sitting(colours, np.asarray(cover[..., 0] / np.float32(255), np.float32), empty)


def mattes(network: LiveNetwork | None, sitting: Sitting) -> Iterator[tuple[str, Callable[[], Matte]]]:
    """Each way in which the mirror may run, as a maker of fresh mattes."""
    plate = _plate(sitting.plate)

    def fresh(known: Plate | None, look: Look | None) -> Matte:
        finder, live = Finder(), LiveMatte()
        return lambda image: live.alpha_and_foreground(image, known, finder.find(image, known, look))[0]

    if network is not None:
        yield "network and plate", lambda: fresh(plate, network.likely)
        yield LATE, lambda: fresh(plate, Beside(network.likely, lambda: True, _answered_late))
        yield "network", lambda: fresh(None, network.likely)
    yield "plate", lambda: fresh(plate, None)


class _Late(Future[Probability]):
    """An answer that is not there yet by the next frame."""

    _is_due = False

    def done(self) -> bool:
        was_due, self._is_due = self._is_due, True
        return was_due


def _answered_late(look: Look, image: Rgb8, plate: Plate | None, fit: Fit | None) -> Future[Probability]:
    answer = _Late()
    answer.set_result(look(image, plate, fit))
    return answer


def _plate(image: Rgb8) -> Plate:
    return Plate(read_only(image), 0.0, (NOISE, NOISE, NOISE), float(image.mean()))


def widened(square: Rgb8) -> Rgb8:
    """A square picture as a camera of 16:9 sees it, uint8 (H, 16 / 9 H, 3): the scene goes on at both sides."""
    beside = (16 * square.shape[0] // 9 - square.shape[0]) // 2
    return np.asarray(cv2.copyMakeBorder(square, 0, 0, beside, beside, cv2.BORDER_REFLECT), np.uint8)


class _Recorded:
    """A camera's JPEGs of moving guests, played to and fro; each is decoded anew, as a real camera's is."""

    name = "recording"
    may_repeat: Repeats = "everything"

    def __init__(self, sitting: Sitting, frames: int = 24) -> None:
        steps = [*range(frames), *range(frames - 2, 0, -1)]
        self._jpegs = [self._jpeg(sitting.seen(step, 6 * (step - frames // 2))[0]) for step in steps]
        self._empty = self._jpeg(sitting.plate)
        self._number = 0

    def picture(self, seconds: float, empty: bool) -> Rgb8:
        self._number += 1
        jpeg = self._empty if empty else self._jpegs[self._number % len(self._jpegs)]
        return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR_RGB), np.uint8)

    def close(self) -> None:
        """Nothing to give back."""

    @staticmethod
    def _jpeg(square: Rgb8) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        wide = cv2.cvtColor(widened(square), cv2.COLOR_RGB2BGR)
        coded = cv2.imencode(".jpg", wide, [cv2.IMWRITE_JPEG_QUALITY, 90])
        return np.asarray(coded[1], np.uint8)


@contextmanager
def _mirror(sitting: Sitting, plate: Plate | None, has_network: bool, rate: int) -> Iterator[Mirror]:
    settings = CameraSettings(width=1280, height=720, rate=rate)
    board = NoticeBoard()
    player = _Recorded(sitting)
    grabber = Grabber(lambda: SimulatedCamera(player, settings), settings, board.post, board.clear)
    with tempfile.TemporaryDirectory(prefix="booth-mirror-") as folder:
        plates = PlateKeeper(CleanPlateSettings(at_start="never"), Path(folder), grabber, board)
        plates.plate = plate
        scene = SceneSettings()
        overlay = lay_out(scene.layout, MIRROR_SIDE)
        load = (lambda: load_live_network(MattingSettings())) if has_network else None
        mirror = Mirror(grabber, plates, (_backdrop(),), overlay, scene, True, load)
        grabber.start()
        mirror.start()
        try:
            yield mirror
        finally:
            mirror.ask_to_stop()
            grabber.stop()
            mirror.stop()


def _backdrop() -> Backdrop:
    return load_backdrops(SceneSettings(), HOUSE_BACKDROPS)[0][0]


def rate_rows(method: str, sitting: Sitting, rate: int, seconds: float) -> list[Row]:
    """Pictures a second and the age of the frame on show, from the booth's own threads."""
    plate = _plate(sitting.plate) if "plate" in method else None
    with _mirror(sitting, plate, "network" in method, rate) as mirror:
        mirror.show(_backdrop().id)
        _wait_until(
            lambda: mirror.newest() is not None and ("network" in mirror.method) == ("network" in method)
        )
        began = time.process_time()
        moments, ages = _watched(mirror, seconds)
        busy = time.process_time() - began
    if len(moments) < 3:
        raise MattingError(
            f"the mirror showed {len(moments)} pictures in {seconds:g} s: too few to tell a rate"
        )
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    pictures, slowest = len(gaps) / (moments[-1] - moments[0]), 1 / percentile(gaps, 0.95)
    each = 1e3 * busy / len(moments)
    return [
        Row(method, f"mirror, camera at {rate}/s", "1/s", len(gaps), pictures, slowest),
        row(method, f"age of its frame, camera at {rate}/s", "ms", [1e3 * age for age in ages]),
        Row(method, f"processor time a picture, camera at {rate}/s", "ms", len(moments), each, each),
    ]


def _watched(mirror: Mirror, seconds: float) -> tuple[list[float], list[float]]:
    moments: list[float] = []
    ages: list[float] = []
    number, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        picture = mirror.newest()
        if picture is not None and picture.number != number:
            number = picture.number
            moments.append(time.monotonic())
            ages.append(time.time() - picture.taken_at)
        time.sleep(0.001)
    return moments, ages


def _wait_until(suits: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not suits():
        if time.monotonic() > until:
            raise MattingError(f"the mirror was not ready within {PATIENCE:g} s")
        time.sleep(0.05)


def stage_rows(method: str, network: LiveNetwork | None, sitting: Sitting, frames: int = 40) -> list[Row]:
    """What each stage of a mirror frame costs by itself, one after the other."""
    plate = _plate(sitting.plate) if "plate" in method else None
    backdrop = _backdrop()
    stage = set_stage(backdrop, lay_out(SceneSettings().layout, MIRROR_SIDE))
    look = network.likely if network and "network" in method else None
    finder, live = Finder(), LiveMatte()
    finds, solves, composes = [], [], []
    for number in range(frames):
        image, _ = sitting.seen(number, 4 * number - 2 * frames)
        start = time.perf_counter()
        found = finder.find(image, plate, look)
        looked = time.perf_counter()
        alpha, foreground = live.alpha_and_foreground(image, plate, found)
        solved = time.perf_counter()
        cutout = Cutout(foreground, alpha, nobody(), "mirror", 1.0)
        stage.compose(cutout, default_placement(cutout, backdrop), mirrored=True)
        finds.append(1e3 * (looked - start))
        solves.append(1e3 * (solved - looked))
        composes.append(1e3 * (time.perf_counter() - solved))
    stages = {"finding guests": finds, "alpha and foreground": solves, "composition": composes}
    return [row(method, f"stage: {name}", "ms", times) for name, times in stages.items()]


def calm_rows(method: str, fresh: Callable[[], Matte], sitting: Sitting) -> list[Row]:
    """Flicker, ghosts and overlap of one way of matting, in percent, and how far it is off while somebody walks."""
    return [
        row(method, "flicker in the band, nothing moves", "%", [100 * x for x in flicker(fresh(), sitting)]),
        row(method, "alpha left behind a moving guest", "%", [100 * x for x in ghost(fresh, sitting)]),
        row(method, "alpha off while a guest walks", "1000 px", walking(fresh(), sitting)),
        row(method, "overlap with the truth", "%", [100 * overlap(fresh(), sitting)]),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table, write the JSON."""
    parser = argparse.ArgumentParser(prog="python -m booth.bench.live", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--seconds", type=float, default=6.0, help="seconds that each mirror is watched")
    parser.add_argument(
        "--rates", type=int, nargs="*", default=[30, 60], help="pictures a second of the camera"
    )
    for name in ("photo", "alpha", "plate"):
        parser.add_argument(f"--{name}", type=Path, help="a photograph instead of the drawn studio")
    options = parser.parse_args(argv)
    logging.getLogger("booth").setLevel(logging.ERROR)
    given = (options.photo, options.alpha, options.plate)
    sitting = photographed_sitting(*given) if all(given) else drawn_sitting()
    rows = measured(sitting, options.rates, options.seconds)
    _print(rows)
    if options.json:
        publish(options.json, json.dumps([asdict(row) for row in rows], indent=1).encode())
    return 0


def measured(sitting: Sitting, rates: Sequence[int], seconds: float) -> list[Row]:
    """All figures of each way in which the mirror may run.

    Raises
    ------
    WeightsError
        If the bundled network cannot be loaded.
    """
    rows: list[Row] = []
    for way, fresh in mattes(load_live_network(MattingSettings()), sitting):
        method = f"mirror: {way}"
        if way != LATE:  # a running mirror finds that out itself
            network = load_live_network(MattingSettings()) if "network" in way else None
            for rate in rates:
                rows += rate_rows(method, sitting, rate, seconds)
            rows += stage_rows(method, network, sitting)
        rows += calm_rows(method, fresh, sitting)
    return rows


def _print(rows: Sequence[Row]) -> None:
    table = Table(title=f"The mirror on {os.cpu_count()} cores, {MIRROR_SIDE} pixels high")
    for name in ("method", "figure", "n", "p50", "p95", "unit"):
        table.add_column(name, justify="right" if name in ("n", "p50", "p95") else "left")
    for one in rows:
        table.add_row(one.section, one.figure, str(one.n), f"{one.p50:.3g}", f"{one.p95:.3g}", one.unit)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
