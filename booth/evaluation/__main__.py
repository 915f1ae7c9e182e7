"""python -m booth.evaluation MANIFEST: measure the matting stage on pictures with known truth.

Given a folder of photographs with masks instead, the ways of finding people (`people.py`) are measured on it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2

from booth.arrays import Alpha, Rgb8
from booth.evaluation import people
from booth.evaluation.manifest import Entry, ManifestError, Sample, read_manifest, read_sample
from booth.evaluation.measures import errors_of
from booth.evaluation.report import Measured, contact_sheet, rows_of, show, write_json, write_picture
from booth.matting.refine import refine
from booth.shot import Plate

PLATES = {"with": (True,), "without": (False,), "both": (True, False)}
WORST = 8


def coarse(sample: Sample) -> tuple[Alpha, Rgb8]:
    """The coarse mask itself as alpha, with the camera's colours: what every method must beat."""
    return sample.coarse, sample.image


def refined(sample: Sample, plate: bool) -> tuple[Alpha, Rgb8]:
    """The booth's own matting stage."""
    brightness = float(sample.plate.mean())
    clean = Plate(sample.plate, 0.0, (2.0, 2.0, 2.0), brightness) if plate else None
    matte = refine(sample.image, sample.coarse, clean)
    return matte.alpha, matte.foreground


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print one table, write one JSON and contact sheets; 2 where the manifest cannot be used."""
    options = _parser().parse_args(arguments)
    if options.manifest.is_dir() and not (options.manifest / "manifest.json").exists():
        return people.main(_for_people(options))
    if options.threads:
        cv2.setNumThreads(options.threads)
    try:
        entries = read_manifest(options.manifest)
        measured = [
            one for entry in entries for one in _measured(entry, PLATES[options.plate], options.sheets)
        ]
    except ManifestError as error:
        print(f"booth.evaluation: {error}", file=sys.stderr)
        return 2
    rows = rows_of(measured)
    show(rows)
    if options.json:
        write_json(options.json, rows, measured)
    if options.sheets:
        _keep_worst(options.sheets, measured)
    return 0


def _for_people(options: argparse.Namespace) -> list[str]:
    """The same wishes in the words of `people.py`."""
    wishes = [str(options.manifest), "--threads", str(options.threads)]
    if options.json:
        wishes += ["--json", str(options.json)]
    if options.sheets:
        wishes += ["--sheet", str(options.sheets / "people.png")]
    return wishes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booth.evaluation", description=__doc__)
    parser.add_argument("manifest", type=Path, help="manifest.json, or a folder that holds it or photographs")
    parser.add_argument("--json", type=Path, help="where to write rows and pictures, e.g. build/quality.json")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets of the worst cases")
    parser.add_argument("--plate", choices=sorted(PLATES), default="both", help="use the clean plate or not")
    parser.add_argument("--threads", type=int, default=0, help="OpenCV threads (default: as many as cores)")
    return parser


def _measured(entry: Entry, plates: Sequence[bool], sheets: Path | None) -> list[Measured]:
    sample = read_sample(entry)
    before = errors_of(*coarse(sample), sample.alpha, sample.foreground)
    found = [Measured(entry.name, entry.group, entry.level, False, "coarse", before, 1.0, 0.0)]
    for plate in plates:
        begun = time.perf_counter()
        alpha, foreground = refined(sample, plate)
        seconds = time.perf_counter() - begun
        errors = errors_of(alpha, foreground, sample.alpha, sample.foreground)
        rel = errors.sad / max(before.sad, 1e-9)
        found.append(Measured(entry.name, entry.group, entry.level, plate, "refine", errors, rel, seconds))
        if sheets:
            write_picture(_sheet_path(sheets, entry.name, plate), contact_sheet(sample, alpha, foreground))
    return found


def _sheet_path(folder: Path, name: str, plate: bool) -> Path:
    return folder / f"{name}__{'plate' if plate else 'no_plate'}.png"


def _keep_worst(folder: Path, measured: Sequence[Measured]) -> None:
    """Remove the sheets of all but the worst pictures by SAD, with and without plate."""
    for plate in (True, False):
        ours = [one for one in measured if one.method == "refine" and one.plate == plate]
        ours.sort(key=lambda one: one.errors.sad, reverse=True)
        for one in ours[WORST:]:
            _sheet_path(folder, one.name, plate).unlink()


if __name__ == "__main__":
    sys.exit(main())
