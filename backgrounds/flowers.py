"""Roses, leaves, petals: coloured outlines with light from above left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brushes import colour
from noise import Rng
from shapes import Points, Shape, Tint, curve, ellipse, stroke


def rose(rng: Rng, centre: tuple[float, float], size: float, tint: Tint, deep: Tint) -> Iterator[Shape]:
    """A full rose seen from the front: rings of cupped petals, tighter and deeper towards the heart."""
    start = rng.uniform(0, 2 * np.pi)
    yield ellipse(centre, (size, size * 0.97), 0), deep * 0.55
    for ring, reach in enumerate((0.74, 0.58, 0.43, 0.29, 0.17, 0.08)):
        count = (8, 7, 6, 5, 4, 3)[ring]
        for k in range(count):
            angle = start + ring * 1.1 + k * 2 * np.pi / count + rng.uniform(-0.2, 0.2)
            yield from _petal(rng, centre, size, angle, reach, ring, tint, deep)


def _petal(
    rng: Rng,
    centre: tuple[float, float],
    size: float,
    angle: float,
    reach: float,
    ring: int,
    tint: Tint,
    deep: Tint,
) -> Iterator[Shape]:
    """One petal: its shadow, its body, its bright lip."""
    way = np.array([np.cos(angle), np.sin(angle)])
    at = np.array(centre) + way * size * reach
    wide, thick = size * (0.46 - 0.052 * ring), size * (0.34 - 0.045 * ring)
    turn = angle + np.pi / 2
    sunny = np.clip(0.62 - 0.38 * (way[0] * 0.5 + way[1] * 0.85) + rng.uniform(-0.08, 0.08), 0, 1)
    body = deep + (tint - deep) * np.clip(0.25 + 0.75 * sunny - 0.05 * ring, 0, 1)
    yield ellipse(at + np.array([0, size * 0.03]), (wide * 1.05, thick * 1.08), turn, 18), deep * 0.62
    yield ellipse(at, (wide, thick), turn, 18), body
    yield ellipse(at - way * size * 0.035, (wide * 0.82, thick * 0.74), turn, 16), body * 0.92 + deep * 0.06
    lip = np.clip(body * 1.10 + 0.05 * sunny, 0, 1)
    arc = at + _arc(way, wide, thick)
    yield stroke(arc, size * 0.045 * np.sin(np.linspace(0.15, np.pi - 0.15, len(arc)))), lip


def _arc(way: Points, wide: float, thick: float) -> Points:
    """The outer rim of a petal that points along `way`."""
    t = np.linspace(-1.15, 1.15, 12)[:, None]
    across = np.array([-way[1], way[0]])
    return way * np.cos(t) * thick * 0.93 + across * np.sin(t) * wide * 0.95


def leaf(
    rng: Rng,
    root: tuple[float, float],
    angle: float,
    length: float,
    dark: Tint,
    light: Tint,
    fat: float = 0.34,
) -> Iterator[Shape]:
    """A bent leaf in two halves with a midrib and side veins."""
    way = np.array([np.cos(angle), np.sin(angle)])
    bend = rng.uniform(-0.22, 0.22)
    across = np.array([-way[1], way[0]])
    rib = curve(
        root, np.array(root) + way * length * 0.5 + across * bend * length, np.array(root) + way * length, 16
    )
    t = np.linspace(0, 1, 16)
    wide = length * fat * np.sin(np.pi * t**0.8) ** 0.9 + length * 0.004
    along = np.gradient(rib, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    normal /= np.hypot(normal[:, 0], normal[:, 1])[:, None]
    for hand in (-1, 1):
        sunny = np.clip(0.5 - 0.55 * hand * float(across[0] * 0.5 + across[1] * 0.85), 0, 1)
        edge = rib + hand * normal * wide[:, None] / 2
        yield np.concatenate([rib, edge[::-1]]), dark + (light - dark) * sunny
        inner = rib + hand * normal * wide[:, None] / 4
        yield np.concatenate([rib, inner[::-1]]), dark + (light - dark) * np.clip(sunny - 0.10, 0, 1)
        for k in range(3, 13, 2):
            vein = np.array([rib[k], rib[min(k + 2, 15)] + hand * normal[k] * wide[k] * 0.42])
            yield (
                stroke(vein, [length * 0.006, length * 0.002]),
                dark + (light - dark) * np.clip(sunny + 0.18, 0, 1),
            )
    yield stroke(rib, length * np.linspace(0.020, 0.004, 16)), dark * 0.4 + light * 0.65


def eucalyptus(rng: Rng, root: tuple[float, float], angle: float, length: float) -> Iterator[Shape]:
    """A sprig of round grey-green leaves."""
    way = np.array([np.cos(angle), np.sin(angle)])
    end = np.array(root) + way * length + (0, length * 0.22)
    stem = curve(root, np.array(root) + way * length * 0.6, end, 16)
    yield stroke(stem, length * np.linspace(0.025, 0.008, 16)), colour("#5b5a45")
    for k in range(2, 16):
        for hand in (-1, 1):
            size = length * 0.105 * (1.15 - k / 20) * rng.uniform(0.8, 1.15)
            at = stem[k] + hand * size * np.array([-way[1], way[0]]) + way * size * 0.3
            tint = colour("#4d6a5c") + (colour("#b5cbb4") - colour("#4d6a5c")) * np.clip(
                rng.normal(0.45, 0.25) - hand * way[0] * 0.12, 0, 1
            )
            turn = angle + hand * 0.9
            yield ellipse(at, (size, size * 0.72), turn, 16), tint * 0.78
            yield ellipse(at - (size * 0.06, size * 0.10), (size * 0.86, size * 0.60), turn, 16), tint


def blossom(rng: Rng, centre: Points, size: float, tint: Tint) -> Iterator[Shape]:
    """A five-petalled cherry blossom at any tilt."""
    start, squash, turn = rng.uniform(0, 6), rng.uniform(0.55, 1.0), rng.uniform(0, np.pi)
    for k in range(5):
        angle = start + k * 2 * np.pi / 5
        offset = np.array([np.cos(angle), np.sin(angle) * squash]) * size * 0.55
        c, s = np.cos(turn), np.sin(turn)
        at = centre + np.array([c * offset[0] - s * offset[1], s * offset[0] + c * offset[1]])
        yield (
            ellipse(at, (size * 0.50, size * 0.36), angle + turn, 10),
            np.clip(tint * rng.uniform(0.90, 1.06), 0, 1),
        )
    yield ellipse(centre, (size * 0.16, size * 0.14), 0, 8), tint * np.array([0.92, 0.55, 0.62], np.float32)
