"""What the measuring is worth looking at: rows, one table, one JSON, contact sheets of the worst cases."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import fmean
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from booth.arrays import Alpha, Rgb8
from booth.evaluation.manifest import Sample
from booth.evaluation.measures import BACKDROP, Errors

TILE = 400
MEASURES = tuple(field.name for field in fields(Errors))


@dataclass(frozen=True, slots=True)
class Measured:
    """One picture, one method. `rel` is the SAD over the coarse mask's."""

    name: str
    group: str
    level: str
    plate: bool
    method: str
    errors: Errors
    rel: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """Means over the pictures of one set, level, plate and method; `worst_rel` is the largest `rel`."""

    set: str
    level: str
    plate: bool
    method: str
    n: int
    errors: Errors
    seconds: float
    worst_rel: float
    worst: str

    def as_dict(self) -> dict[str, object]:
        """Give the row flat, as the JSON holds it."""
        flat = {key: value for key, value in asdict(self).items() if key != "errors"}
        return flat | {key: round(value, 5) for key, value in asdict(self.errors).items()}


def rows_of(measured: Iterable[Measured]) -> tuple[Row, ...]:
    """Average by set, level, plate and method, and over all levels together."""
    groups: dict[tuple[str, str, bool, str], list[Measured]] = defaultdict(list)
    for one in measured:
        for group in dict.fromkeys((one.group, "all")):
            for level in (one.level, "any"):
                groups[group, level, one.plate, one.method].append(one)
    return tuple(_row(key, members) for key, members in groups.items())


def _row(key: tuple[str, str, bool, str], members: Sequence[Measured]) -> Row:
    group, level, plate, method = key
    errors = Errors(*(fmean(getattr(one.errors, name) for one in members) for name in MEASURES))
    worst = max(members, key=lambda one: one.rel)
    seconds = round(fmean(one.seconds for one in members), 4)
    return Row(group, level, plate, method, len(members), errors, seconds, round(worst.rel, 4), worst.name)


def table_of(rows: Iterable[Row]) -> Table:
    """Draw the rows that span all sets as one table."""
    table = Table(title="Mattes against their truth (lower is better, IoU higher)")
    for heading in ("level", "plate", "method", "n"):
        table.add_column(heading)
    for heading in ("SAD", "MSE", "Grad", "Conn", "band", "IoU", "comp", "s", "worst rel"):
        table.add_column(heading, justify="right")
    for row in sorted((row for row in rows if row.set == "all"), key=_place):
        table.add_row(row.level, "with" if row.plate else "without", row.method, str(row.n), *_figures(row))
    return table


def _place(row: Row) -> tuple[str, bool, int]:
    order = ("ideal", "booth", "hard", "any")
    return row.method, not row.plate, order.index(row.level) if row.level in order else len(order)


def _figures(row: Row) -> tuple[str, ...]:
    errors = row.errors
    return (
        f"{errors.sad:.2f}",
        f"{errors.mse:.2f}",
        f"{errors.grad:.3f}",
        f"{errors.conn:.2f}",
        f"{errors.band:.1f}",
        f"{errors.iou:.4f}",
        f"{errors.comp:.2f}",
        f"{row.seconds:.2f}",
        f"{row.worst_rel:.2f}",
    )


def show(rows: Iterable[Row]) -> None:
    """Print the table."""
    Console(width=120).print(table_of(rows))


def write_json(path: Path, rows: Iterable[Row], measured: Iterable[Measured]) -> None:
    """Write rows and single pictures; the folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures = [
        {key: value for key, value in asdict(one).items() if key != "errors"} | asdict(one.errors)
        for one in measured
    ]
    content = {"rows": [row.as_dict() for row in rows], "pictures": pictures}
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def contact_sheet(sample: Sample, alpha: Alpha, foreground: Rgb8) -> Rgb8:
    """Lay side by side: frame, coarse mask, alpha, error (red too much, blue too little), two composites."""
    box = _box(np.maximum(sample.coarse, sample.alpha))
    share = alpha[box][..., None]
    over = [
        share * foreground[box] + (1 - share) * np.asarray(c, np.float32) for c in (BACKDROP, (250, 250, 245))
    ]
    tiles = [sample.image[box], _grey(sample.coarse[box]), _grey(alpha[box])]
    tiles += [_error(alpha[box], sample.alpha[box]), *over]
    return np.hstack([_tile(np.asarray(tile)) for tile in tiles])


def write_picture(path: Path, picture: Rgb8) -> None:
    """Write an RGB picture as a file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))


def _box(mask: Alpha) -> tuple[slice, slice]:
    rows, columns = np.nonzero((mask > 0.02).any(axis=1))[0], np.nonzero((mask > 0.02).any(axis=0))[0]
    if rows.size == 0:
        return slice(None), slice(None)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _grey(share: Alpha) -> NDArray[np.float32]:
    return np.repeat((share * 255)[..., None], 3, axis=2)


def _error(alpha: Alpha, truth: Alpha) -> NDArray[np.float32]:
    wrong = alpha - truth
    return np.dstack([np.clip(wrong, 0, 1), truth * 0.25, np.clip(-wrong, 0, 1)]) * 255


def _tile(picture: NDArray[Any]) -> Rgb8:
    height, width = picture.shape[:2]
    factor = TILE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    tile = np.zeros((TILE, TILE, 3), np.uint8)
    tile[: size[1], : size[0]] = np.clip(small, 0, 255).astype(np.uint8)
    return tile
