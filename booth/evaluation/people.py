"""python -m booth.evaluation.people TARGET...: the ways of finding people beside each other.

A target is a manifest of composites or a folder of photographs with masks (see `photographs.py`). Every rung
of the booth's ladder that can run here says who is in each picture, with the clean plate where there is one and
without; measured are its mask alone and the alpha that the matting stage makes of it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from booth.arrays import Alpha, Rgb8
from booth.config.settings import MattingSettings
from booth.errors import MattingError
from booth.evaluation.manifest import ManifestError
from booth.evaluation.measures import BACKDROP, boundary_f, overlap
from booth.evaluation.photographs import Case, Photograph, photographs_in, read_case, read_image
from booth.evaluation.report import write_picture
from booth.matting.engine import build_engine
from booth.matting.people import union
from booth.matting.refine import refine
from booth.matting.segmenter import Segmenter
from booth.matting.train.pack import is_held_back
from booth.shot import Plate

TILE = 260
ON_SHEET = 24
ACROSS = 4
TRAINED_ON = ("ccp",)
"""Folders of which `--held-back` leaves out what the bundled network was trained on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One picture, one way. `alpha_error` is the mean absolute error x 1000; `seconds` include what came before."""

    name: str
    group: str
    plate: bool
    method: str
    iou: float
    boundary: float
    alpha_error: float
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print one table, write one JSON and a sheet; 2 where a target or a method cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        listed = [_chosen(photographs_in(target), options) for target in options.targets]
        settings = MattingSettings(method=options.method, threads=options.threads)
        ladder = build_engine(settings, options.weights).ladder
        findings = [
            one for group in listed for photo in group if photo.mask for one in _findings(photo, ladder)
        ]
    except (ManifestError, MattingError) as error:
        print(f"booth.evaluation.people: {error}", file=sys.stderr)
        return 2
    rows = rows_of(findings)
    Console(width=120).print(table_of(rows))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        content = {"rows": rows, "pictures": [asdict(one) for one in findings]}
        options.json.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    if options.sheet:
        write_picture(options.sheet, sheet_of(listed, ladder[0]))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booth.evaluation.people", description=__doc__)
    parser.add_argument(
        "targets", type=Path, nargs="+", help="manifests, or folders of photographs with masks"
    )
    parser.add_argument("--json", type=Path, help="where to write rows and pictures")
    parser.add_argument("--sheet", type=Path, help="where to write a PNG: photograph, mask, composite of 24")
    parser.add_argument("--method", default="auto", help="one method alone, as in matting.method")
    parser.add_argument(
        "--weights", type=Path, default=Path("weights"), help="folder of further networks' weights"
    )
    parser.add_argument(
        "--held-back", action="store_true", help="of the folder trained on: only what was held back"
    )
    parser.add_argument("--most", type=int, default=0, help="so many of each folder, evenly picked (0: all)")
    parser.add_argument("--threads", type=int, default=0, help="threads (default: as many as cores)")
    return parser


def _chosen(found: Sequence[Photograph], options: argparse.Namespace) -> Sequence[Photograph]:
    """Keep what training never saw, and no more of it than wanted; composites are kept whole."""
    if found[0].group.startswith("composites"):
        return found
    kept = [
        one for one in found if not (options.held_back and one.group in TRAINED_ON) or is_held_back(one.name)
    ]
    return kept[:: max(1, -(-len(kept) // options.most))] if options.most else kept


def _findings(photograph: Photograph, ladder: Sequence[Segmenter]) -> Iterator[Finding]:
    case = read_case(photograph)
    for plate in (None,) if case.plate is None else (_plate_of(case.plate), None):
        for rung in ladder:
            if plate is not None or not rung.needs_plate:
                for method, alpha, seconds in _ways(rung, case, plate):
                    yield _measured(photograph, plate is not None, method, alpha, case.alpha, seconds)


def _ways(rung: Segmenter, case: Case, plate: Plate | None) -> Iterator[tuple[str, Alpha, float]]:
    """The rung's mask, and what the matting stage makes of it."""
    begun = time.perf_counter()
    likely = union(rung.people(case.image, plate), *case.alpha.shape)
    yield rung.name, likely, time.perf_counter() - begun
    alpha = refine(case.image, likely, plate).alpha
    yield f"{rung.name}, refined", alpha, time.perf_counter() - begun


def _plate_of(image: Rgb8) -> Plate:
    return Plate(image, 0.0, (2.0, 2.0, 2.0), float(image.mean()))


def _measured(
    photograph: Photograph, plate: bool, method: str, alpha: Alpha, truth: Alpha, seconds: float
) -> Finding:
    wrong = float(np.abs(alpha - truth).mean(dtype=np.float64)) * 1e3
    iou, boundary = overlap(alpha, truth), boundary_f(alpha, truth)
    return Finding(photograph.name, photograph.group, plate, method, iou, boundary, wrong, seconds)


def rows_of(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Average by group, plate and method; the worst IoU is told with its picture."""
    groups: dict[tuple[str, bool, str], list[Finding]] = defaultdict(list)
    for one in findings:
        groups[one.group, one.plate, one.method].append(one)
    return [_row(key, members) for key, members in groups.items()]


def _row(key: tuple[str, bool, str], members: Sequence[Finding]) -> dict[str, object]:
    group, plate, method = key
    worst = min(members, key=lambda one: one.iou)
    means = {
        name: round(fmean(getattr(one, name) for one in members), 4)
        for name in ("iou", "boundary", "alpha_error", "seconds")
    }
    told = {"group": group, "plate": plate, "method": method, "n": len(members)}
    return {**told, **means, "worst_iou": round(worst.iou, 4), "worst": worst.name}


def table_of(rows: Sequence[dict[str, object]]) -> Table:
    """Draw the rows as one table."""
    table = Table(title="Finding people: IoU and boundary F (higher is better), alpha error x 1000 (lower)")
    for heading in (
        "group",
        "plate",
        "method",
        "n",
        "iou",
        "boundary",
        "alpha_error",
        "seconds",
        "worst_iou",
    ):
        table.add_column(
            heading.replace("_", " "), justify="left" if heading in ("group", "method") else "right"
        )
    for row in rows:
        plate = "with" if row["plate"] else "without"
        figures = (str(row[name]) for name in ("n", "iou", "boundary", "alpha_error", "seconds", "worst_iou"))
        table.add_row(str(row["group"]), plate, str(row["method"]), *figures)
    return table


def sheet_of(groups: Sequence[Sequence[Photograph]], rung: Segmenter) -> Rgb8:
    """Lay up to 24 photographs out, as many of each group as there are, each with its mask and a composite.

    All are shown without plate; composites are left out where there are true photographs.
    """
    real = [group for group in groups if not group[0].group.startswith("composites")] or groups
    strips = [_strip(read_image(one), rung) for one in _evenly(real)]
    strips += [np.zeros_like(strips[0])] * (-len(strips) % ACROSS)
    return np.vstack([np.hstack(strips[start : start + ACROSS]) for start in range(0, len(strips), ACROSS)])


def _evenly(groups: Sequence[Sequence[Photograph]]) -> list[Photograph]:
    picked: list[Photograph] = []
    for number, group in enumerate(sorted(groups, key=len)):
        share = min(len(group), (ON_SHEET - len(picked)) // (len(groups) - number))
        picked += [group[place * len(group) // share] for place in range(share)]
    return picked


def _strip(image: Rgb8, rung: Segmenter) -> Rgb8:
    likely = union(rung.people(image, None), *image.shape[:2])
    matte = refine(image, likely, None)
    share = matte.alpha[..., None]
    composite = share * matte.foreground + (1 - share) * np.asarray(BACKDROP, np.float32)
    return np.hstack([_tile(image), _tile(np.repeat(likely[..., None] * 255, 3, 2)), _tile(composite)])


def _tile(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8 | np.float32]]) -> Rgb8:
    height, width = picture.shape[:2]
    factor = TILE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    tile = np.zeros((TILE, TILE, 3), np.uint8)
    tile[: size[1], : size[0]] = np.clip(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), 0, 255)
    return tile


if __name__ == "__main__":
    sys.exit(main())
