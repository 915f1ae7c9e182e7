"""Candle lanterns as coloured outlines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brushes import colour
from shapes import Points, Shape, ellipse, stroke


def lantern(x: float, foot: float, size: float) -> Iterator[Shape]:
    """Black iron, amber glass, a candle."""
    iron, glass = colour("#14110f"), colour("#b0622a")
    w, h = size * 0.27, size

    def rectangle(left: float, top: float, right: float, bottom: float) -> Points:
        return np.array(
            [
                [x + left * w, foot - top * h],
                [x + right * w, foot - top * h],
                [x + right * w, foot - bottom * h],
                [x + left * w, foot - bottom * h],
            ]
        )

    yield rectangle(-0.9, 0.78, 0.9, 0.05), glass
    yield rectangle(-0.9, 0.50, 0.9, 0.05), glass * 1.25
    yield rectangle(-0.35, 0.36, 0.35, 0.05), colour("#ffe6bd")
    yield ellipse((x, foot - 0.45 * h), (w * 0.14, h * 0.085)), colour("#fffbe8")
    for left, top, right, bottom in (
        (-1.1, 0.07, 1.1, 0),
        (-1, 0.80, -0.86, 0),
        (0.86, 0.80, 1, 0),
        (-0.05, 0.8, 0.05, 0.5),
        (-1.1, 0.84, 1.1, 0.77),
    ):
        yield rectangle(left, top, right, bottom), iron
    yield (
        np.array(
            [
                [x - w * 1.1, foot - 0.83 * h],
                [x - w * 0.3, foot - 1.03 * h],
                [x + w * 0.3, foot - 1.03 * h],
                [x + w * 1.1, foot - 0.83 * h],
            ]
        ),
        iron * 1.4,
    )
    ring = ellipse((x, foot - 1.10 * h), (w * 0.28, h * 0.07))
    yield stroke(np.concatenate([ring, ring[:1]]), np.full(len(ring) + 1, w * 0.10)), iron
