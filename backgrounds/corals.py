"""What grows and swims on a reef, as coloured outlines lit from above."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brushes import colour
from noise import Rng
from shapes import Points, Shape, Tint, curve, ellipse, stroke


def branching(rng: Rng, root: tuple[float, float], size: float, dark: Tint, light: Tint) -> Iterator[Shape]:
    """A stag-horn coral: forks that grow paler towards their tips."""
    limbs: list[tuple[float, Points, Points]] = []
    for angle in np.linspace(-2.6, -0.55, 7):
        _grow(rng, np.array(root), angle + rng.normal(0, 0.1), size * 0.34, size * 0.085, 0, limbs)
    limbs.sort(key=lambda limb: limb[0])
    for depth, path, widths in limbs:
        bright = np.clip(0.10 + 0.20 * depth, 0, 0.9)
        yield stroke(path, widths), dark + (light - dark) * bright * 0.55
        yield (
            stroke(path - np.stack([widths * 0.16, widths * 0.05], axis=1), widths * 0.55),
            dark + (light - dark) * bright,
        )
        yield (
            stroke(path - np.stack([widths * 0.25, widths * 0.08], axis=1), widths * 0.20),
            dark + (light - dark) * np.clip(bright + 0.25, 0, 1),
        )
        yield (
            ellipse(path[-1], (widths[-1] * 0.6,) * 2, 0, 12),
            dark + (light - dark) * np.clip(bright + 0.2, 0, 1),
        )


def _grow(
    rng: Rng,
    root: Points,
    angle: float,
    length: float,
    width: float,
    depth: int,
    limbs: list[tuple[float, Points, Points]],
) -> None:
    """Adds a limb and its forks."""
    end = root + length * np.array([np.cos(angle), np.sin(angle)])
    bend = (root + end) / 2 + rng.normal(0, 0.10, 2) * length
    limbs.append((depth + rng.random() * 0.5, curve(root, bend, end, 10), width * np.linspace(1, 0.72, 10)))
    if depth < 4:
        for turn in (-0.45, 0.42):
            if rng.random() < 0.90 - 0.08 * depth:
                bent = angle + turn * rng.uniform(0.6, 1.3)
                _grow(
                    rng,
                    end,
                    bent * 0.9 - 0.157,
                    length * rng.uniform(0.62, 0.86),
                    width * 0.70,
                    depth + 1,
                    limbs,
                )


def tubes(rng: Rng, root: tuple[float, float], size: float, dark: Tint, light: Tint) -> Iterator[Shape]:
    """A group of tube sponges with open tops."""
    for k in rng.permutation(9):
        lean = (k - 4) / 4
        tall = size * rng.uniform(0.8, 1.5) * (1 - 0.35 * abs(lean))
        foot = (root[0] + lean * size * 0.35, root[1])
        top = (root[0] + lean * size * 0.75, root[1] - tall)
        path = curve(foot, (foot[0] + lean * size * 0.05, root[1] - tall * 0.5), top, 14)
        wide = size * 0.26 * np.linspace(0.75, 1.05, 14)
        for part in range(8):
            at = part / 8 - 0.44
            bright = np.clip(0.62 - 1.3 * abs(at + 0.14), 0.02, 1)
            yield (
                stroke(path + np.stack([wide * at, 0 * wide], axis=1), wide * 0.17),
                dark + (light - dark) * bright,
            )
        yield ellipse(top, (wide[-1] * 0.52, wide[-1] * 0.22), 0, 20), dark * 0.4 + light * 0.6
        yield ellipse(top, (wide[-1] * 0.38, wide[-1] * 0.14), 0, 20), dark * 0.35


def kelp(rng: Rng, root: tuple[float, float], size: float, dark: Tint, light: Tint) -> Iterator[Shape]:
    """Long ribbons swaying upwards."""
    for _ in range(8):
        tall = size * rng.uniform(0.6, 1.0)
        t = np.linspace(0, 1, 40)
        phase, start = rng.uniform(0, 6), root[0] + rng.normal(0, 0.02)
        path = np.stack(
            [start + 0.022 * t * np.sin(t * 8 + phase) + rng.normal(0, 0.02) * t, root[1] - tall * t], axis=1
        )
        wide = (
            size * 0.030 * np.sin(np.pi * (0.15 + 0.85 * t)) ** 0.6 * (1 + 0.25 * np.sin(t * 60 + phase))
            + 1e-4
        )
        yield stroke(path, wide), dark
        yield stroke(path - np.stack([wide * 0.2, 0 * t], axis=1), wide * 0.5), dark + (light - dark) * 0.5
        yield stroke(path, wide * 0.10), light


def fish(
    at: tuple[float, float], size: float, way: int, dark: Tint, light: Tint, band: Tint | None
) -> Iterator[Shape]:
    """A small fish swimming to the right (1) or left (-1)."""

    def place(points: Points) -> Points:
        return np.array(at) + points * (size * way, size)

    body = ellipse((0, 0), (1, 0.50), 0, 36)
    body[:, 1] *= 1 - 0.25 * body[:, 0] * (body[:, 0] < 0)
    yield place(np.array([[-0.75, 0.0], [-1.45, -0.52], [-1.25, 0.0], [-1.45, 0.52]])), dark
    yield place(np.array([[-0.5, -0.38], [-0.1, -0.80], [0.45, -0.42]])), dark
    yield place(np.array([[-0.3, 0.38], [-0.2, 0.72], [0.25, 0.42]])), dark
    yield place(body), dark
    for k in range(6):
        t = k / 5
        yield (
            place(ellipse((0.02, -0.05 - 0.05 * t), (0.96 - 0.22 * t, 0.44 - 0.16 * t), 0, 30)),
            dark + (light - dark) * (0.3 + 0.7 * t),
        )
    if band is not None:
        for x in (-0.45, 0.18, 0.62):
            half = 0.46 * np.sqrt(max(1 - x * x, 0))
            yield place(ellipse((x, 0), (0.085, half), 0, 20)), band
    yield place(ellipse((0.68, -0.10), (0.13, 0.13), 0, 16)), colour("#ffffff")
    yield place(ellipse((0.71, -0.10), (0.075, 0.08), 0, 14)), colour("#101018")
