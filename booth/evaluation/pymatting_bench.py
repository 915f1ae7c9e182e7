"""python -m booth.evaluation.pymatting_bench MANIFEST: the booth's solver beside PyMatting's, in one run.

Both get the same pictures and the same trimaps, and both answer with alpha and foreground: PyMatting by its
closed form (Levin et al. 2008) and `estimate_foreground_ml` (Germer et al. 2020), the booth by `refine_within`,
which keeps to the trimap and has the clean plate. The trimaps: `booth` is what the booth finds by itself, `mask`
a ring about the coarse mask, `truth` the soft pixels of the true alpha widened by WIDE pixels: that is the band
in which mattes are compared, and as wide as trimaps by hand. PyMatting's compilation is paid for beforehand on a
small picture. "From the mask" is all of the booth's own work, from coarse mask to colours, trimap included.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from booth.arrays import Alpha, Probability, Rgb8, Trimap
from booth.evaluation.manifest import Entry, ManifestError, Sample, read_manifest, read_sample
from booth.evaluation.measures import Errors, errors_of
from booth.matting.refine import Matte, refine, refine_within
from booth.shot import Plate

Answer = TypeVar("Answer")
Doubles = NDArray[np.float64]

LEVELS = ("ideal", "booth", "hard", "any")
TRIMAPS = ("booth", "mask", "truth")
RING = 0.02
"""Probabilities of the coarse mask nearer than this to 0 or 1 are certain."""
WIDE = 25
SOFT = 0.01
"""True alphas nearer than this to 0 or 1 are solid or empty."""


@dataclass(frozen=True, slots=True)
class Duel:
    """One picture solved by both within one trimap, which leaves a share of it `unknown`. `whole` and
    `whole_s` are the booth's answer from the coarse mask on."""

    name: str
    level: str
    trimap: str
    unknown: float
    booth: Errors
    pymatting: Errors
    booth_s: float
    alpha_s: float
    foreground_s: float
    whole: Errors
    whole_s: float

    @property
    def times_faster(self) -> float:
        return (self.alpha_s + self.foreground_s) / self.booth_s


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print one table, write one JSON; 2 where the manifest or PyMatting is missing."""
    options = _parser().parse_args(arguments)
    if find_spec("pymatting") is None:
        print("pymatting_bench: PyMatting is missing: pip install -e .[bench]", file=sys.stderr)
        return 2
    cv2.setNumThreads(options.threads)
    try:
        entries = read_manifest(options.manifest)[:: options.every]
        _warm_up(read_sample(entries[0]), options.threads)
        duels = [duel for entry in entries for duel in fought(entry, read_sample(entry), TRIMAPS)]
    except ManifestError as error:
        print(f"pymatting_bench: {error}", file=sys.stderr)
        return 2
    run = _circumstances(options.threads)
    _show(duels, run)
    if options.json:
        _write(options.json, duels, run)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booth.evaluation.pymatting_bench", description=__doc__)
    parser.add_argument("manifest", type=Path, help="manifest.json, or the folder that holds it")
    parser.add_argument("--json", type=Path, help="where to write the figures, e.g. build/pymatting.json")
    parser.add_argument("--every", type=int, default=1, help="only every so many pictures (default: all)")
    threads = os.cpu_count() or 1
    parser.add_argument("--threads", type=int, default=threads, help="for both (default: %(default)s, all)")
    return parser


def fought(entry: Entry, sample: Sample, trimaps: Sequence[str]) -> Iterator[Duel]:
    """Solve a picture both ways and measure both against the truth, once for each trimap."""
    plate = _plate_of(sample)
    matte, whole_s = _timed(lambda: refine(sample.image, sample.coarse, plate))
    for name, trimap in _trimaps(sample, matte, trimaps):
        ours, booth_s = _timed(partial(refine_within, sample.image, trimap, plate))
        alpha, foreground, alpha_s, foreground_s = _theirs(sample.image, trimap)
        yield Duel(
            entry.name,
            entry.level,
            name,
            float((trimap == 128).mean()),
            errors_of(ours.alpha, ours.foreground, sample.alpha, sample.foreground),
            errors_of(alpha, foreground, sample.alpha, sample.foreground),
            booth_s,
            alpha_s,
            foreground_s,
            errors_of(matte.alpha, matte.foreground, sample.alpha, sample.foreground),
            whole_s,
        )


def _trimaps(sample: Sample, matte: Matte, wanted: Sequence[str]) -> Iterator[tuple[str, Trimap]]:
    for name in wanted:
        if name == "booth":
            yield name, matte.trimap
        elif name == "mask":
            yield name, ring_about(sample.coarse)
        else:
            yield name, band_about(sample.alpha)


def band_about(alpha: Alpha) -> Trimap:
    """Leave open what is within WIDE pixels of the true alpha's soft pixels."""
    soft = ((alpha > SOFT) & (alpha < 1 - SOFT)).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * WIDE + 1, 2 * WIDE + 1))
    certain = np.where(alpha > 0.5, np.uint8(255), np.uint8(0))
    return np.where(cv2.dilate(soft, disc) > 0, np.uint8(128), certain)


def ring_about(coarse: Probability) -> Trimap:
    """Leave open what a coarse mask is not certain of."""
    certain = np.where(coarse < RING, np.uint8(0), np.uint8(255))
    return np.where((coarse >= RING) & (coarse <= 1 - RING), np.uint8(128), certain)


def _theirs(image: Rgb8, trimap: Trimap) -> tuple[Alpha, Rgb8, float, float]:
    scaled = image / 255.0
    alpha, alpha_s = _timed(lambda: _closed_form(scaled, trimap))
    foreground, foreground_s = _timed(lambda: _multi_level(scaled, alpha))
    return alpha, foreground, alpha_s, foreground_s


def _timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


def _plate_of(sample: Sample) -> Plate:
    return Plate(sample.plate, 0.0, (2.0, 2.0, 2.0), float(sample.plate.mean()))


def _closed_form(image: Doubles, trimap: Trimap) -> Alpha:
    from pymatting import estimate_alpha_cf

    alpha = estimate_alpha_cf(image, trimap / 255.0)
    return np.asarray(np.clip(alpha, 0, 1), np.float32)


def _multi_level(image: Doubles, alpha: Alpha) -> Rgb8:
    from pymatting import estimate_foreground_ml

    foreground = estimate_foreground_ml(image, alpha.astype(np.float64))
    return np.asarray(np.clip(foreground * 255 + 0.5, 0, 255), np.uint8)


def _warm_up(sample: Sample, threads: int) -> None:
    """Let both pay for what is paid once: PyMatting's compilation, OpenCV's first calls."""
    import numba

    numba.set_num_threads(min(threads, numba.get_num_threads()))
    refine(sample.image, sample.coarse, _plate_of(sample))
    corner = np.asarray(sample.image[:64, :64] / 255.0)
    trimap = np.full((64, 64), 128, np.uint8)
    trimap[:16], trimap[-16:] = 0, 255
    _multi_level(corner, _closed_form(corner, trimap))


def _circumstances(threads: int) -> dict[str, object]:
    import numba

    return {
        "cores": os.cpu_count(),
        "opencv_threads": cv2.getNumThreads(),
        "numba_threads": numba.get_num_threads(),
        "threads_asked": threads,
        "pymatting": metadata.version("pymatting"),
        "numba": metadata.version("numba"),
    }


def _rows(duels: Sequence[Duel]) -> list[dict[str, float | str]]:
    """Average by trimap and level, and over all levels together."""
    rows: list[dict[str, float | str]] = []
    for trimap in TRIMAPS:
        for level in LEVELS:
            members = [one for one in duels if one.trimap == trimap and level in (one.level, "any")]
            if members:
                rows.append({"trimap": trimap, "level": level, **_means(members)})
    return rows


def _means(duels: Sequence[Duel]) -> dict[str, float]:
    ours = fmean(duel.booth_s for duel in duels)
    theirs = fmean(duel.alpha_s + duel.foreground_s for duel in duels)
    return {
        "n": len(duels),
        "unknown": fmean(duel.unknown for duel in duels),
        "booth_sad": fmean(duel.booth.sad for duel in duels),
        "pymatting_sad": fmean(duel.pymatting.sad for duel in duels),
        "booth_comp": fmean(duel.booth.comp for duel in duels),
        "pymatting_comp": fmean(duel.pymatting.comp for duel in duels),
        "booth_s": ours,
        "whole_sad": fmean(duel.whole.sad for duel in duels),
        "whole_comp": fmean(duel.whole.comp for duel in duels),
        "whole_s": fmean(duel.whole_s for duel in duels),
        "pymatting_alpha_s": fmean(duel.alpha_s for duel in duels),
        "pymatting_foreground_s": fmean(duel.foreground_s for duel in duels),
        "times_faster": theirs / ours,
        "least_times_faster": min(duel.times_faster for duel in duels),
    }


COLUMNS = {
    "trimap": "{trimap}",
    "level": "{level}",
    "n": "{n}",
    "unknown": "{unknown:.1%}",
    "SAD: booth": "{booth_sad:.2f}",
    "PyMatting": "{pymatting_sad:.2f}",
    "comp: booth": "{booth_comp:.2f}",
    "PyMatting ": "{pymatting_comp:.2f}",
    "s: booth": "{booth_s:.2f}",
    "PyMatting  ": "{pymatting_alpha_s:.1f} + {pymatting_foreground_s:.1f}",
    "times faster (least)": "{times_faster:.1f} ({least_times_faster:.1f})",
    "from the mask: SAD / comp / s": "{whole_sad:.2f} / {whole_comp:.2f} / {whole_s:.2f}",
}


def _show(duels: Sequence[Duel], run: dict[str, object]) -> None:
    table = Table(title="The booth's solver beside PyMatting's closed form and multi-level foreground")
    for heading in COLUMNS:
        table.add_column(heading, justify="right")
    for row in _rows(duels):
        table.add_row(*(form.format(**row) for form in COLUMNS.values()))
    console = Console(width=150)
    console.print(table)
    console.print(", ".join(f"{key} {value}" for key, value in run.items()))


def _write(path: Path, duels: Sequence[Duel], run: dict[str, object]) -> None:
    pictures = [asdict(duel) | {"times_faster": duel.times_faster} for duel in duels]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"run": run, "rows": _rows(duels), "pictures": pictures}
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
