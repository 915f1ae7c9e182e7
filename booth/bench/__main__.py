"""`make bench`: what a photo costs on this machine, beside what a reader of the tutorials would write.

Each section runs in a process of its own, one after the other. Figures are this machine's: compare them
within one run.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from booth.bench.figures import Row, machine
from booth.bench.scenery import Scenery, draw, official, teach
from booth.config.settings import MattingSettings, SpoolSettings
from booth.errors import BoothError
from booth.files import publish
from booth.large_pages import NAME, TUNABLES
from booth.matting.weights import weights_folder
from booth.spool.files import data_folder

MODEL = "maskrcnn_resnet50_fpn_v2"
METHODS = ("maskrcnn", "bundled", "plate")
SECTIONS = (
    "reference",
    *(f"still:{method}" for method in METHODS),
    *(f"booth:{method}" for method in METHODS),
    *(f"start:{method}" for method in METHODS),
    "mirror",
    "api:reference",
    *(f"api:{method}" for method in METHODS[:2]),
    "api:hostile",
)
_WITH_WEIGHTS = ("reference", "maskrcnn")
_PATIENCE = 600.0

TAUGHT = (
    "Mask R-CNN ran with stand-in weights, as the official ones are not installed: a random network whose last "
    "layers were taught this one picture, so that it finds its guests at the cost of a trained one. "
    "Nothing here speaks of its quality."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table, write the JSON; the exit status is 1 if a section failed."""
    parser = argparse.ArgumentParser(prog="python -m booth.bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--photos", type=int, default=9, help="photos taken with each method")
    parser.add_argument("--seconds", type=float, default=6.0, help="seconds that the mirror is watched")
    parser.add_argument("--weights", type=Path, help="folder of network weights (default: the booth's)")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, metavar="SECTION")
    parser.add_argument("--section", choices=("teach", *SECTIONS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.section:
        return _run_section(options)
    with tempfile.TemporaryDirectory(prefix="booth-bench-") as folder:
        return _run_all(options, Path(folder))


def _run_all(options: argparse.Namespace, folder: Path) -> int:
    before = machine()
    installed = options.weights or weights_folder(MattingSettings(), data_folder(SpoolSettings()))
    needs_weights = any(section.endswith(_WITH_WEIGHTS) for section in options.only)
    missing = official(MODEL, installed) if needs_weights else ""
    scenery = draw(folder, folder / "weights" if missing else installed)
    console = Console()
    told: dict[str, Any] = {}
    for section in (*(["teach"] if missing else []), *options.only):
        console.print(f"{section} …", style="dim")
        told[section] = _in_a_process(section, scenery, options)
    rows = [Row(**row) for answer in told.values() for row in answer.get("rows", ())]
    left_out = {section: answer["fault"] for section, answer in told.items() if "fault" in answer}
    facts = {section: answer["facts"] for section, answer in told.items() if answer.get("facts")}
    notes = [*([TAUGHT] if missing else []), *_compared(rows, facts)]
    _print(console, before, rows, [*notes, *(f"{s}: not measured: {why}" for s, why in left_out.items())])
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        report = {
            "machine": before,
            "rows": [asdict(row) for row in rows],
            "facts": facts,
            "notes": notes,
            "left_out": left_out,
        }
        publish(options.json, json.dumps(report, indent=1).encode())
    return 1 if left_out else 0


def _in_a_process(section: str, scenery: Scenery, options: argparse.Namespace) -> dict[str, Any]:
    """What a section answers: `rows` and `facts`, or a `fault`."""
    command = [sys.executable, "-m", "booth.bench", "--section", section, "--folder", str(scenery.folder)]
    command += ["--weights", str(scenery.weights), "--photos", str(options.photos)]
    command += ["--seconds", str(options.seconds)]
    answer = scenery.folder / "answer.json"
    answer.unlink(missing_ok=True)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, env=_calm(section))
    except subprocess.TimeoutExpired:
        return {"fault": f"it took longer than {_PATIENCE:.0f} s"}
    if not answer.exists():
        return {"fault": (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]}
    said: dict[str, Any] = json.loads(answer.read_text())
    return said


def _calm(section: str) -> dict[str, str]:
    """Have idle threads sleep in every section, the reference's too, as the booth does itself.

    Large pages are what `run_booth.py` gives the booth; a tutorial's reader goes without.
    """
    ours = {} if section == "reference" else {NAME: TUNABLES}
    return {"OMP_WAIT_POLICY": "PASSIVE", **ours, **os.environ}


def _run_section(options: argparse.Namespace) -> int:
    logging.getLogger("booth").setLevel(logging.CRITICAL)  # what fails is a line below the table
    scenery = Scenery(options.folder, options.weights)
    try:
        rows, facts = _measured(options.section, scenery, options.photos, options.seconds)
        answer: dict[str, Any] = {"rows": [asdict(row) for row in rows], "facts": facts}
    except BoothError as fault:
        answer = {"fault": str(fault)}
    publish(options.folder / "answer.json", json.dumps(answer).encode())
    return 0


def _measured(
    section: str, scenery: Scenery, photos: int, seconds: float
) -> tuple[list[Row], dict[str, object]]:
    """Each section imports what it needs, and so pays for that alone."""
    kind, _, method = section.partition(":")
    if kind == "teach":
        teach(MODEL, scenery)
        return [], {}
    if kind == "reference":
        from booth.bench import reference

        return reference.measure(scenery, 5)
    if kind == "still":
        from booth.bench import still

        return still.measure(method, scenery, 2 * photos)
    if kind == "mirror":
        from booth.bench import live

        return live.measured(live.drawn_sitting(), (30, 60), seconds), {}
    if kind == "api":
        from booth.bench import load

        return (
            load.measure_refusals(scenery.folder / "hostile")
            if method == "hostile"
            else load.measure(method, scenery, seconds)
        )
    if kind == "start":
        from booth.bench import start

        return start.measure(method, scenery)
    from booth.bench import house

    return house.measure(method, scenery, photos, seconds)


def _compared(rows: Sequence[Row], facts: dict[str, Any]) -> list[str]:
    """Ours against the reference: seconds, memory, and whether both found the same."""
    figures = {(row.section, row.figure): row.p50 for row in rows}
    theirs, ours = facts.get("reference"), facts.get("still:maskrcnn")
    if not theirs or not ours:
        return []
    said = [
        f"The reference kept {len(theirs['boxes'])} people of {theirs['detections']} detections; ours found "
        f"{len(ours['boxes'])}, {_farthest(theirs['boxes'], ours['boxes']):.1f} pixels from theirs at most, "
        f"masks' IoU {ours.get('mask_iou', 0):.3f}."
    ]
    for name, mine, of in (
        ("picture to people", ("still: maskrcnn", "  segment"), "  network with full-size masks"),
        (
            "picture to composite",
            ("still: maskrcnn", "picture to composite"),
            "picture to composite, resident",
        ),
        (
            "memory above the model, finding people",
            ("still: maskrcnn", "peak memory above the model, finding people"),
            "peak memory above the model",
        ),
        (
            "memory above the model, whole photo",
            ("still: maskrcnn", "peak memory above the model, whole photo"),
            "peak memory above the model",
        ),
    ):
        if mine in figures and ("reference", of) in figures:
            said.append(
                f"{name}: the reference takes {figures['reference', of] / figures[mine]:.1f} times ours."
            )
    return said


def _farthest(theirs: Sequence[Sequence[float]], ours: Sequence[Sequence[float]]) -> float:
    """How far an edge of theirs is at most from the box of ours that is nearest to it, in pixels."""
    apart = [
        min(
            (max(abs(a - b) for a, b in zip(box, other, strict=True)) for other in ours), default=float("inf")
        )
        for box in theirs
    ]
    return max(apart, default=float("inf"))


def _print(console: Console, before: dict[str, object], rows: Sequence[Row], notes: Sequence[str]) -> None:
    title = (
        f"{before['processor']}, {before['cores']} cores, {before['busy_percent']} % busy before; 1920x1920"
    )
    table = Table(title=title)
    for name in ("section", "figure", "n", "p50", "p95", "unit"):
        table.add_column(name, justify="right" if name in ("n", "p50", "p95") else "left")
    last = ""
    for row in rows:
        if last and row.section != last:
            table.add_section()
        shown = row.section if row.section != last else ""
        table.add_row(shown, row.figure, str(row.n), f"{row.p50:.3g}", f"{row.p95:.3g}", row.unit)
        last = row.section
    console.print(table)
    for note in notes:
        console.print(note, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
