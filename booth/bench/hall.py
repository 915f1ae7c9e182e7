"""How far a hall of booths reaches: `python -m booth.bench.hall`.

Measured in the same run: what a question and an answer weigh, what each step of a photo costs on one replica,
and whether the network gains by several pictures at once. Simulated with these very seconds: how many booths
so many replicas carry before 95 of 100 answers take longer than they may. Photos come at random moments
(Poisson), all booths share one link to the server, and replicas take the next question in its order.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from booth.arrays import Rgb8, read_only
from booth.bench.figures import percentile, seconds_of
from booth.camera.plate import plate_from_picture
from booth.camera.studio_scene import StudioScene
from booth.config.settings import MattingSettings, RemoteSettings, SpoolSettings
from booth.matting.bundled import load_inference
from booth.matting.engine import build_engine, warmed
from booth.matting.weights import weights_folder
from booth.matting.wire import Answered, answer_bytes, answered, ask_bytes, asked, picture_bytes
from booth.pipeline import detected, plate_at, shrunk
from booth.spool.files import data_folder

PHOTOS = 40
"""Photos that are measured in each replica."""
BATCHES = (1, 2, 4, 8)
SIMULATED = 20_000
REPLICAS = (1, 2, 4, 8)
LINKS = (100e6, 1e9)
"""Bits a second of the server's link."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each photo's steps, on the booth and on a replica, and the bytes that travel."""

    encode: tuple[float, ...]
    replica: tuple[float, ...]
    people: tuple[float, ...]
    decode: tuple[float, ...]
    question: int
    answer: int
    device: str


@dataclass(frozen=True, slots=True)
class Load:
    """A hall as it is simulated; `service` are seconds that a replica needs, one drawn for each photo."""

    booths: int
    replicas: int
    between: float
    link: float
    question: int
    service: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: seconds from sending to the answer's end, and how busy replicas and link were (0 to 1)."""

    p50: float
    p95: float
    late: float
    replicas_busy: float
    link_busy: float


def measured(photos: int, side: int, quality: int, threads: int) -> Measured:
    """Measure a photo's steps on this machine, one after another, each as it runs in a booth and in a replica.

    `threads` are those of a replica's network.
    """
    settings = MattingSettings(threads=threads)
    engine = warmed(build_engine(settings, weights_folder(settings, data_folder(SpoolSettings()))))
    scene = StudioScene()
    empty = plate_from_picture(read_only(scene.image(10.0, 1920, empty=True)))
    encode, decode, people, replica, questions, answers = [], [], [], [], [], []
    plate = plate_at(empty, side, side)
    packed_plate = picture_bytes(plate.image, quality)
    for number in range(photos + 1):
        image = scene.image(8.0 + 0.2 * number, 1920)
        began = time.perf_counter()
        body = ask_bytes(picture_bytes(shrunk(image, side), quality), plate, packed_plate)
        sent = time.perf_counter()
        question = asked(body)
        unpacked = time.perf_counter()
        found, method = detected(question.image, question.plate, engine.local)
        seen = time.perf_counter()
        data = answer_bytes(Answered(found, method, seen - unpacked), side, side)
        packed = time.perf_counter()
        answered(data, side, side)
        if number:  # the first one warms up
            encode.append(sent - began)
            decode.append(unpacked - sent)
            people.append(seen - unpacked)
            replica.append(packed - sent)
            questions.append(len(body))
            answers.append(len(data))
    return Measured(
        tuple(encode),
        tuple(replica),
        tuple(people),
        tuple(decode),
        round(float(np.mean(questions))),
        round(float(np.mean(answers))),
        f"{engine.methods[0]}, {engine.device}",
    )


def together(replicas: int, side: int, quality: int, threads: int) -> Measured:
    """The same in so many processes of this machine at once: all their photos, with what the others cost them."""
    with ProcessPoolExecutor(replicas, get_context("spawn")) as pool:
        asked = [pool.submit(measured, PHOTOS, side, quality, threads) for _ in range(replicas)]
        every = [each.result() for each in asked]

    return replace(
        every[0],
        encode=sum((each.encode for each in every), ()),
        replica=sum((each.replica for each in every), ()),
        people=sum((each.people for each in every), ()),
        decode=sum((each.decode for each in every), ()),
    )


def batched(sizes: Sequence[int], times: int, threads: int, side: int = 320) -> dict[int, float]:
    """Milliseconds a picture of the bundled network, so many at once."""
    inference = load_inference("auto", threads)
    image: Rgb8 = StudioScene().image(8.0, side)
    took: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(times + 1):  # in turns, so that a busy moment is everybody's
        for size, seconds in took.items():
            seconds += seconds_of(partial(inference.likely_of, (image,) * size), 1)
    return {size: 1e3 * float(np.median(seconds[1:])) / size for size, seconds in took.items()}


def simulate(load: Load, deadline: float, photos: int, rng: np.random.Generator) -> Outcome:
    """Let photos come at random moments and follow each through link and replica."""
    gaps = rng.exponential(load.between / load.booths, photos)
    arrivals = np.cumsum(gaps)
    service = rng.choice(np.array(load.service), photos)
    sending = 8 * load.question / load.link
    taken = np.empty(photos)
    link_free = 0.0
    free = [0.0] * load.replicas
    for number in range(photos):
        link_free = max(link_free, float(arrivals[number])) + sending
        begins = max(link_free, heapq.heappop(free))
        ends = begins + float(service[number])
        heapq.heappush(free, ends)
        taken[number] = ends - arrivals[number]
    span = max(max(free), float(arrivals[-1]))
    return _outcome(taken, deadline, float(service.sum()) / (load.replicas * span), sending * photos / span)


def _outcome(taken: NDArray[np.float64], deadline: float, replicas: float, link: float) -> Outcome:
    values = taken.tolist()
    late = float((taken > deadline).mean())
    return Outcome(percentile(values, 0.5), percentile(values, 0.95), late, replicas, link)


def most_booths(load: Load, p95: float, deadline: float, seed: int = 1) -> tuple[int, Outcome]:
    """The most booths whose answers keep the bound, and how it is then; 0 where one is too many."""

    def outcome(booths: int) -> Outcome:
        crowd = Load(booths, load.replicas, load.between, load.link, load.question, load.service)
        return simulate(crowd, deadline, SIMULATED, np.random.default_rng(seed))

    low, high = 0, 1
    while outcome(high).p95 <= p95:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if outcome(middle).p95 <= p95 else (low, middle)
    return low, outcome(max(low, 1))


def main() -> int:
    remote = RemoteSettings()
    parser = argparse.ArgumentParser(prog="python -m booth.bench.hall")
    parser.add_argument("--between", type=float, default=20.0, help="seconds between two photos of a booth")
    parser.add_argument("--p95", type=float, default=1.0, help="seconds that 95 of 100 answers may take")
    parser.add_argument("--replicas", type=int, default=1, help="replicas on this machine, measured at once")
    parser.add_argument("--threads", type=int, default=0, help="of a replica's network; 0: every core")
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    threads = options.threads or os.cpu_count() or 1
    steps = together(options.replicas, remote.side, remote.quality, threads)
    batches = batched(BATCHES, 25, threads)
    console = Console(width=110)
    console.print(_steps_table(steps, remote, options.replicas))
    console.print(_batch_table(batches))
    table = Table(
        title=f"Simulated: a photo every {options.between:g} s from each booth, p95 of answers {options.p95:g} s"
    )
    for column in (
        "replicas",
        "link",
        "booths",
        "photos/s",
        "p50",
        "p95",
        "later than the deadline",
        "replicas busy",
        "link busy",
    ):
        table.add_column(column, justify="right")
    rows = []
    for link in LINKS:
        for replicas in REPLICAS:
            load = Load(1, replicas, options.between, link, steps.question, steps.replica)
            booths, then = most_booths(load, options.p95, remote.deadline)
            rows.append({"replicas": replicas, "link": link, "booths": booths, **asdict(then)})
            table.add_row(
                str(replicas),
                f"{link / 1e6:g} Mbit/s",
                str(booths),
                f"{booths / options.between:.1f}",
                f"{then.p50:.2f} s",
                f"{then.p95:.2f} s",
                f"{then.late:.2%}",
                f"{then.replicas_busy:.0%}",
                f"{then.link_busy:.0%}",
            )
    console.print(table)
    if options.json:
        told = {"steps": asdict(steps), "batches": batches, "simulated": rows}
        options.json.write_text(json.dumps(told, indent=1), "utf-8")
    return 0


def _steps_table(steps: Measured, remote: RemoteSettings, replicas: int) -> Table:
    table = Table(
        title=f"Measured: {len(steps.replica)} photos on {replicas} replica(s), {remote.side} pixels, "
        f"JPEG {remote.quality}, {steps.device}"
    )
    for column in ("", "p50", "p95"):
        table.add_column(column, justify="right")
    for name, values in (
        ("booth: shrink and encode", steps.encode),
        ("replica: decode picture and plate", steps.decode),
        ("replica: find people", steps.people),
        ("replica: all of it", steps.replica),
    ):
        table.add_row(
            name, f"{1e3 * percentile(values, 0.5):.0f} ms", f"{1e3 * percentile(values, 0.95):.0f} ms"
        )
    each = len(steps.replica) / sum(steps.replica)
    table.add_row("photos a second of one replica, and of all", f"{each:.1f}", f"{replicas * each:.1f}")
    table.add_row("question / answer", f"{steps.question / 1e3:.0f} kB", f"{steps.answer / 1e3:.0f} kB")
    return table


def _batch_table(batches: dict[int, float]) -> Table:
    table = Table(title="Measured: bundled network, milliseconds a picture, so many at once")
    for size in batches:
        table.add_column(str(size), justify="right")
    table.add_row(*(f"{took:.1f}" for took in batches.values()))
    return table


if __name__ == "__main__":
    raise SystemExit(main())
