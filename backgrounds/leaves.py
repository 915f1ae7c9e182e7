"""Large tropical leaves: shaded facet by facet between midrib and edge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brushes import colour
from noise import Rng
from shapes import Points, Shape, Tint, curve, ellipse, stroke

_SUN = np.array([-0.35, -0.94])


def _normals(rib: Points) -> Points:
    along = np.gradient(rib, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    return normal / np.hypot(normal[:, 0], normal[:, 1])[:, None]


def _rib(rng: Rng, root: tuple[float, float], angle: float, length: float, droop: float) -> Points:
    """A midrib that bows under its weight."""
    way = np.array([np.cos(angle), np.sin(angle)])
    middle = np.array(root) + way * length * 0.55
    end = np.array(root) + way * length + (0, droop * length)
    return curve(root, middle + rng.normal(0, 0.02, 2) * length, end, 41)


def _blade(
    rib: Points, wide: Points, hand: int, dark: Tint, light: Tint, veins: int, sweep: float
) -> Iterator[Shape]:
    """One half of a leaf: strips along the side veins, each from shade at the rib to light at the edge."""
    normal = _normals(rib)
    facing = np.clip(0.5 + 0.5 * (normal * hand) @ _SUN, 0, 1)
    step = max(len(rib) // veins, 1)
    along = np.gradient(rib, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    edge = rib + hand * normal * wide[:, None] + along * wide[:, None] * sweep
    for k in range(0, len(rib) - 1, 1):
        tone = 0.16 * np.sin(np.pi * (k % step) / step) - 0.05
        for inner, outer, shade in ((0.0, 0.35, -0.12), (0.33, 0.70, 0.02), (0.68, 1.0, 0.10)):
            quad = np.array(
                [
                    _mid(rib, edge, k, inner),
                    _mid(rib, edge, k, outer),
                    _mid(rib, edge, k + 1, outer),
                    _mid(rib, edge, k + 1, inner),
                ]
            )
            yield _grown(quad), dark + (light - dark) * np.clip(0.10 + 0.72 * facing[k] + tone + shade, 0, 1)
    for k in range(step, len(rib) - 1, step):
        vein = np.array([rib[k], _mid(rib, edge, k, 0.55), _mid(rib, edge, k, 0.94)])
        length = np.hypot(*(edge[k] - rib[k]))
        yield (
            stroke(vein, length * np.array([0.030, 0.018, 0.004])),
            dark + (light - dark) * np.clip(0.42 + 0.6 * facing[k], 0, 1),
        )


def _mid(rib: Points, edge: Points, k: int, part: float) -> Points:
    return rib[k] * (1 - part) + edge[k] * part


def _grown(quad: Points) -> Points:
    """A little larger, so that no seam shows between neighbours."""
    centre = quad.mean(axis=0)
    return centre + (quad - centre) * 1.06


def banana(
    rng: Rng, root: tuple[float, float], angle: float, length: float, dark: Tint, light: Tint
) -> Iterator[Shape]:
    """A long blade, torn here and there."""
    rib = _rib(rng, root, angle, length, 0.22)
    t = np.linspace(0, 1, 41)
    wide = length * 0.155 * np.sin(np.pi * np.clip(t * 1.02, 0, 1) ** 0.75) ** 0.6
    for hand in (-1, 1):
        torn = np.ones(41)
        for k in rng.integers(8, 36, 3):
            torn[k] = rng.uniform(0.25, 0.6)
        yield from _blade(rib, wide * torn, hand, dark, light, 20, 0.35)
    yield stroke(rib, length * np.linspace(0.026, 0.005, 41)), dark * 0.35 + light * 0.75


def monstera(
    rng: Rng, root: tuple[float, float], angle: float, size: float, dark: Tint, light: Tint
) -> Iterator[Shape]:
    """A heart-shaped blade cut into fingers, with holes beside the rib."""
    rib = _rib(rng, root, angle, size, 0.16)
    t = np.linspace(0, 1, 41)
    heart = size * 0.56 * np.sin(np.pi * (0.12 + 0.88 * t) ** 0.85) ** 0.75
    stem = np.array(root) - np.array([np.cos(angle), np.sin(angle) - 0.3]) * size * 0.5
    yield stroke(np.array([stem, rib[1]]), [size * 0.022, size * 0.028]), dark * 0.6 + light * 0.3
    for hand in (-1, 1):
        cut = np.ones(41)
        for k in range(6, 37, 6):
            cut[k] = rng.uniform(0.30, 0.45)
            cut[k + 1] = cut[k] + 0.22
            cut[k - 1] = 0.97
        yield from _blade(rib, heart * cut, hand, dark, light, 7, 0.42)
        normal = _normals(rib)
        for k in range(9, 30, 6):
            hole = rib[k] + hand * normal[k] * heart[k] * 0.26
            yield ellipse(hole, (heart[k] * 0.075, heart[k] * 0.032), angle + hand * 0.9, 14), dark * 0.45
    yield stroke(rib, size * np.linspace(0.026, 0.004, 41)), dark * 0.3 + light * 0.75


def fern(
    rng: Rng, root: tuple[float, float], angle: float, length: float, dark: Tint, light: Tint
) -> Iterator[Shape]:
    """A crown of fronds, each a double comb of leaflets."""
    for spread in (-0.75, 0.7, -0.35, 0.35, 0.0):
        rib = _rib(rng, root, angle + spread + rng.normal(0, 0.08), length * rng.uniform(0.75, 1.0), 0.30)
        normal = _normals(rib)
        along = np.gradient(rib, axis=0)
        along /= np.hypot(along[:, 0], along[:, 1])[:, None]
        for k in range(3, 40):
            span = length * 0.17 * np.sin(np.pi * (0.08 + 0.90 * k / 40)) ** 0.8
            for hand in (-1, 1):
                way = normal[k] * hand * 0.85 + along[k] * 0.5
                tip = rib[k] + way * span
                bright = np.clip(0.45 + 0.45 * float(way @ _SUN) + rng.normal(0, 0.07), 0, 1)
                path = curve(rib[k], (rib[k] + tip) / 2 + along[k] * span * 0.12, tip, 6)
                yield (
                    stroke(path, length * 0.0145 * np.array([0.7, 1.1, 1.1, 0.9, 0.6, 0.08])),
                    dark + (light - dark) * bright,
                )
        yield stroke(rib, length * np.linspace(0.012, 0.002, 41)), dark * 0.5 + light * 0.45


def hibiscus(rng: Rng, centre: tuple[float, float], size: float) -> Iterator[Shape]:
    """A red hibiscus: five ruffled petals, a yellow pistil."""
    start = rng.uniform(0, 6)
    for k in range(5):
        angle = start + k * 2 * np.pi / 5
        way = np.array([np.cos(angle), np.sin(angle)])
        sunny = np.clip(0.5 + 0.5 * float(way @ _SUN), 0, 1)
        deep, bright = colour("#8f0a24"), colour("#ff5a4a")
        for layer in range(9):
            t = layer / 8
            at = np.array(centre) + way * size * (0.60 + 0.06 * t)
            radii = (size * (0.52 - 0.30 * t), size * (0.40 - 0.26 * t))
            rim = ellipse(at, radii, angle, 40)
            ruffle = 1 + 0.03 * np.sin(np.arange(40) * 2.2)[:, None]
            yield (
                at + (rim - at) * ruffle,
                deep
                + (bright - deep)
                * np.clip(0.25 + 0.75 * sunny - 0.10 * abs(t - 0.4), 0, 1)
                * (0.75 + 0.25 * (1 - t)),
            )
    yield ellipse(centre, (size * 0.20, size * 0.18)), colour("#5c0418")
    tip = np.array(centre) + size * np.array([0.35, -0.75])
    yield (
        stroke(
            curve(centre, np.array(centre) + size * np.array([0.05, -0.45]), tip, 12),
            size * np.linspace(0.09, 0.06, 12),
        ),
        colour("#ff9a6a"),
    )
    for _ in range(16):
        yield ellipse(tip + rng.normal(0, 0.08, 2) * size, (size * 0.035,) * 2, 0, 8), colour("#ffd23f")
