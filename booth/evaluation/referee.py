"""python -m booth.evaluation.referee MANIFEST: how well the referee parts good mattes from damaged ones.

Good are the booth's own mattes, with the clean plate and without, and the true ones. Damaged are the true
ones after an accident that a segmenter or the matting stage is known to have. Printed are, for each accident,
the share that the referee lets through and the AUC (the chance that a good matte scores above a damaged one).

The line itself was chosen on pictures like these. So it is chosen anew without each person, and without each
background, and the mattes of that person or background are judged by it: a second table says how many good
ones are refused and damaged ones pass then. What the doubts are made of (`booth.matting.referee`) is not
chosen anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from booth.arrays import Alpha
from booth.config.settings import MattingSettings
from booth.evaluation.manifest import Entry, ManifestError, Sample, read_manifest, read_sample
from booth.matting.referee import doubts_of, judge
from booth.matting.refine import refine
from booth.shot import Cutout, People, Plate

Damage = Callable[[Alpha, NDArray[np.float32]], Alpha]
"""A true alpha and numbers to draw from, in [0, 1], give a damaged alpha."""
Scores = Mapping[str, list[float]]
GROUPS = {"person": 0, "background": 1}
"""What is left out at a time, and its place in a composite's name, such as "p_0865636e__ai_loft__hard"."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One matte's score; `groups` are its person and its background."""

    groups: tuple[str, ...]
    is_good: bool
    score: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a line does to mattes that it was not chosen on; `lines` are those of each part left out."""

    lines: Mapping[str, float]
    refused: int
    good: int
    passed: int
    damaged: int


def _grown(alpha: Alpha, share: float) -> Alpha:
    side = 2 * round(share * max(alpha.shape)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(alpha, kernel), np.float32)


def _fat(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    return _grown(alpha, 0.015 + 0.02 * float(drawn[0]))


def _thin(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    return np.asarray(1 - _grown(1 - alpha, 0.015 + 0.02 * float(drawn[0])), np.float32)


def _shifted(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    turn = 2 * np.pi * float(drawn[0])
    by = 0.04 * max(alpha.shape)
    move = np.array([[1, 0, by * np.cos(turn)], [0, 1, by * np.sin(turn)]])
    return np.asarray(cv2.warpAffine(alpha, move, alpha.shape[::-1], borderMode=cv2.BORDER_REPLICATE))


def _foggy(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    return np.asarray(alpha * np.float32(0.35 + 0.4 * float(drawn[0])), np.float32)


def _torn(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    """A disc as large as a fifth of the guest is missing, its centre on the guest."""
    return np.asarray(alpha * (1 - _disc(alpha, drawn, alpha > 0.9, 0.2)), np.float32)


def _with_wall(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    """A disc of wall as large as a third of the guest is in."""
    return np.asarray(np.maximum(alpha, _disc(alpha, drawn, _grown(alpha, 0.02) < 0.1, 0.33)), np.float32)


def _disc(alpha: Alpha, drawn: NDArray[np.float32], where: NDArray[np.bool_], share: float) -> Alpha:
    disc = np.zeros(alpha.shape, np.float32)
    rows, columns = np.nonzero(where)
    if not len(rows):
        return disc
    at = int(float(drawn[0]) * (len(rows) - 1))
    radius = round(float(np.sqrt(share * alpha.sum() / np.pi)))
    return np.asarray(cv2.circle(disc, (int(columns[at]), int(rows[at])), radius, 1.0, -1, cv2.LINE_AA))


def _boxed(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    """The box of the guest instead of the guest."""
    rows, columns = np.nonzero(alpha > 0.5)
    box = np.zeros_like(alpha)
    box[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = 1
    return box


def _turned_round(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    return np.asarray(1 - alpha, np.float32)


def _other(alpha: Alpha, drawn: NDArray[np.float32]) -> Alpha:
    """Somebody else's matte, as of a frame before: this one in a mirror."""
    return np.ascontiguousarray(alpha[:, ::-1])


DAMAGES: Mapping[str, Damage] = {
    "too wide": _fat,
    "too narrow": _thin,
    "shifted": _shifted,
    "half transparent": _foggy,
    "a part missing": _torn,
    "wall included": _with_wall,
    "the box": _boxed,
    "inside out": _turned_round,
    "another's": _other,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Score good and damaged mattes; 2 where the manifest cannot be used."""
    options = _parser().parse_args(arguments)
    accept = MattingSettings().accept
    try:
        scores, factors = scored(read_manifest(options.manifest))
        judged = [_judged(factor) for factor in factors]
    except ManifestError as error:
        print(f"booth.evaluation.referee: {error}", file=sys.stderr)
        return 2
    held_out = {what: held_out_by(judged, place) for what, place in GROUPS.items()}
    console = Console()
    console.print(_table(scores, accept))
    console.print(_held_out_table(judged, held_out, accept))
    if options.json:
        report = {
            "scores": scores,
            "factors": factors,
            "held_out": {what: asdict(found) for what, found in held_out.items()},
        }
        options.json.write_text(json.dumps(report, indent=1), "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booth.evaluation.referee", description=__doc__)
    parser.add_argument("manifest", type=Path, help="manifest.json, or the folder that holds it")
    parser.add_argument("--json", type=Path, help="where to write every score and every doubt")
    return parser


def scored(entries: Sequence[Entry]) -> tuple[dict[str, list[float]], list[dict[str, object]]]:
    """Give the scores by kind of matte, and each matte's doubts."""
    scores: dict[str, list[float]] = defaultdict(list)
    factors: list[dict[str, object]] = []
    for number, entry in enumerate(entries):
        sample = read_sample(entry)
        plate = Plate(sample.plate, 0.0, (2.0, 2.0, 2.0), float(sample.plate.mean()))
        for kind, cutout, used in _mattes(sample, plate, np.random.default_rng(number)):
            scores[kind].append(judge(cutout, sample.image, used).score)
            doubts = {doubt.kind: doubt.factor for doubt in doubts_of(cutout, sample.image, used)}
            score = scores[kind][-1]
            factors.append(
                {"name": entry.name, "kind": kind, "plate": used is not None, "score": score, **doubts}
            )
    return scores, factors


def _mattes(
    sample: Sample, plate: Plate, rng: np.random.Generator
) -> Iterator[tuple[str, Cutout, Plate | None]]:
    height, width = sample.alpha.shape
    box = np.array([[0, 0, width, height]], np.float32)
    people = People((sample.coarse,), box, np.ones(1, np.float32), ("person",))
    true = Cutout(sample.foreground, sample.alpha, people, "true", 1.0, included=frozenset({0}))
    for where, used in (("with plate", plate), ("without plate", None)):
        matte = refine(sample.image, sample.coarse, used)
        kept = used if matte.used_plate else None
        yield f"good, {where}", replace(true, alpha=matte.alpha), kept
        yield f"good, true, {where}", true, used
        for name, damage in DAMAGES.items():
            alpha = damage(sample.alpha, rng.random(4, np.float32))
            yield f"{name}, {where}", replace(true, alpha=alpha), used


def _judged(factor: Mapping[str, object]) -> Judged:
    """Raises ManifestError where a composite's name does not tell its person and background."""
    groups = tuple(str(factor["name"]).split("__"))
    if len(groups) <= max(GROUPS.values()):
        raise ManifestError(f"composite {factor['name']!r}: expected person__background__level as its name")
    return Judged(groups, str(factor["kind"]).startswith("good"), float(str(factor["score"])))


def held_out_by(judged: Sequence[Judged], place: int) -> HeldOut:
    """Leave out one person (or background) at a time, choose the line on the others, and judge by it."""
    lines: dict[str, float] = {}
    refused = passed = 0
    for group in sorted({each.groups[place] for each in judged}):
        line = best_line([each for each in judged if each.groups[place] != group])
        mine = [each for each in judged if each.groups[place] == group]
        lines[group] = line
        refused += sum(each.is_good and each.score < line for each in mine)
        passed += sum(not each.is_good and each.score >= line for each in mine)
    good = sum(each.is_good for each in judged)
    return HeldOut(lines, refused, good, passed, len(judged) - good)


def best_line(judged: Sequence[Judged]) -> float:
    """The line with the least sum of two shares: good ones refused and damaged ones let through.

    It lies half-way between two scores, the one that is furthest from both where several are as good.

    Raises
    ------
    ValueError
        If there is no good one, or no damaged one.
    """
    good = np.array([each.score for each in judged if each.is_good])
    damaged = np.array([each.score for each in judged if not each.is_good])
    if not (good.size and damaged.size):
        raise ValueError(f"{good.size} good and {damaged.size} damaged mattes, expected some of both")
    scores = np.unique(np.concatenate([good, damaged, [0.0, 1.0]]))
    lines = (scores[1:] + scores[:-1]) / 2
    wrong = np.array([(good < line).mean() + (damaged >= line).mean() for line in lines])
    widths = np.where(wrong <= wrong.min() + 1e-9, np.diff(scores), 0)
    return float(lines[int(widths.argmax())])


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """The chance that a good one scores above a bad one, equal ones counted half."""
    above = np.subtract.outer(np.asarray(good), np.asarray(bad))
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


def _table(scores: Scores, accept: float) -> Table:
    table = Table(title=f"The referee, line at {accept:g}", title_justify="left")
    for heading in ("matte", "n", "lowest", "median", "highest", "let through", "AUC"):
        table.add_column(heading, justify="left" if heading == "matte" else "right")
    for kind, found in scores.items():
        where = kind.rpartition(", ")[2]
        passed = sum(score >= accept for score in found)
        is_good = kind.startswith("good")
        parted = "" if is_good else f"{auc(scores[f'good, {where}'], found):.3f}"
        low, mid, high = (f"{float(np.percentile(found, share)):.2f}" for share in (0, 50, 100))
        table.add_row(kind, str(len(found)), low, mid, high, f"{passed} of {len(found)}", parted)
    return table


def _held_out_table(judged: Sequence[Judged], held_out: Mapping[str, HeldOut], accept: float) -> Table:
    good = [each.score for each in judged if each.is_good]
    damaged = [each.score for each in judged if not each.is_good]
    table = Table(title="By a line that was not chosen on them", title_justify="left")
    for heading in ("left out", "line", "good refused", "damaged let through"):
        table.add_column(heading, justify="left" if heading == "left out" else "right")
    refused, passed = sum(score < accept for score in good), sum(score >= accept for score in damaged)
    table.add_row(
        "nothing: as set", f"{accept:g}", f"{refused} of {len(good)}", f"{passed} of {len(damaged)}"
    )
    for what, found in held_out.items():
        low, high = min(found.lines.values()), max(found.lines.values())
        table.add_row(
            f"each {what} in turn",
            f"{low:.2f} to {high:.2f}",
            f"{found.refused} of {found.good}",
            f"{found.passed} of {found.damaged}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
