"""A tiered cake and doughnuts as solids, and the light on sugar."""

from __future__ import annotations

import numpy as np
from brushes import Picture, Plane, colour
from solids import (
    Distance,
    Hits,
    Points3,
    capsule,
    dot,
    fresnel,
    mirrored,
    openness,
    shade_by,
    shared,
    sphere,
    turned,
    unit,
)

SUN = unit(-0.55, 0.75, -0.55)
SPRINKLES = np.stack([colour(c) for c in ("#ffffff", "#ff4f7a", "#ffd23f", "#3fc8ff", "#6be36b", "#a86bff")])
CAKE = (4.9, 15.0)
TIERS = ((0.0, 2.5, 3.3), (2.5, 4.7, 2.4), (4.7, 6.5, 1.5))  # foot, top, radius


def _polar(p: Points3) -> tuple[Plane, Plane]:
    """Distance from the cake's axis, and the angle round it."""
    return np.hypot(p[0] - CAKE[0], p[2] - CAKE[1]), np.arctan2(p[2] - CAKE[1], p[0] - CAKE[0])


def _drum(away: Plane, up: Plane, low: float, high: float, wide: float) -> Plane:
    """A cylinder with rounded edges."""
    q0, q1 = away - wide + 0.15, np.abs(up - (low + high) / 2) - (high - low) / 2 + 0.15
    return np.minimum(np.maximum(q0, q1), 0) + np.hypot(np.maximum(q0, 0), np.maximum(q1, 0)) - 0.15


def _icing(away: Plane, up: Plane, wave: Plane, high: float, wide: float) -> Plane:
    """Icing that runs down from a tier's top in rounded tongues."""
    return shared(_drum(away, up, high - 1.2, high + 0.06, wide + 0.07), high - 0.34 - wave - up, 0.12)


def _wave(angle: Plane, tier: int) -> Plane:
    """How far the tongues reach, beyond their mean."""
    return 0.20 * np.sin(angle * 11 + tier * 2.1) + 0.13 * np.sin(angle * 17 + tier * 6.3)


def _beads(away: Plane, up: Plane, angle: Plane) -> Plane:
    """Whipped-cream balls round the foot of each tier."""
    nearest = np.full_like(away, 1e3)
    for low, _, wide in TIERS:
        count = int(wide * 13)
        part = (np.mod(angle * count / (2 * np.pi), 1) - 0.5) * 2 * np.pi / count * wide
        nearest = np.minimum(
            nearest, np.sqrt((away - wide - 0.05) ** 2 + (up - low - 0.15) ** 2 + part**2) - 0.21
        )
    return nearest


def _cherry(p: Points3) -> Plane:
    """The cherry on the top, with its stalk."""
    stalk = capsule(p, (CAKE[0], 7.2, CAKE[1]), (CAKE[0] + 0.35, 7.9, CAKE[1]), 0.035)
    return np.minimum(sphere(p, (CAKE[0], 6.95, CAKE[1]), 0.42), stalk)


def cake_distance(p: Points3) -> Plane:
    """Distance to the whole cake."""
    away, angle = _polar(p)
    near = np.minimum(_beads(away, p[1], angle), _cherry(p))
    for k, (low, high, wide) in enumerate(TIERS):
        near = np.minimum(near, _drum(away, p[1], low, high, wide))
        near = np.minimum(near, _icing(away, p[1], _wave(angle, k), high, wide))
    return near.astype(np.float32)


def cake_tints(p: Points3) -> Picture:
    """Which part of the cake a point belongs to, as its colour, (3, N)."""
    away, angle = _polar(p)
    tint = np.repeat(colour("#fff0dc")[:, None], p.shape[1], axis=1)
    for k, (low, high, wide) in enumerate(TIERS):
        here = np.abs(_drum(away, p[1], low, high, wide)) < 0.03
        stripe = np.mod(angle * (14, 11, 8)[k] / np.pi, 1) < 0.5
        base, other = (("#ffe9d2", "#ffd3e0"), ("#c9f2e6", "#e9fff6"), ("#ffd9ea", "#ffeef6"))[k]
        tint[:, here] = np.where(stripe[here], colour(base)[:, None], colour(other)[:, None])
        iced = _icing(away, p[1], _wave(angle, k), high, wide) < 0.02
        tint[:, iced] = colour(("#ff6fa5", "#7b4526", "#ff8fc0")[k])[:, None]
    tint[:, _beads(away, p[1], angle) < 0.02] = colour("#fffaf4")[:, None]
    tint[:, _cherry(p) < 0.03] = colour("#e0102f")[:, None]
    return tint


def lit_candy(distance: Distance, hits: Hits, tints: Picture, size: float, gloss: float = 0.05) -> Picture:
    """Sugar in sunlight: soft shade, rosy bounce from below, a glossy coat."""
    sun = np.clip(dot(hits.normals, SUN), 0, 1) * shade_by(
        distance, hits.points + hits.normals * size * 0.01, SUN, size, 8, 16
    )
    sky = 0.5 + 0.5 * hits.normals[1]
    open_ = openness(distance, hits.points, hits.normals, size * 0.18)
    warm, cool, rosy = (colour(c)[:, None] for c in ("#fff0d8", "#cfc6ff", "#ff9cc8"))
    light = warm * sun * 0.78 + (cool * sky + rosy * (1 - sky) * 0.9) * 0.52 * open_
    away = mirrored(hits.directions, hits.normals)
    lamp = np.clip(dot(away, SUN), 0, 1)
    shine = fresnel(hits, gloss) * (0.5 + 0.5 * away[1]) * open_ * 0.8 + lamp**60 * 0.55 + lamp**9 * 0.10
    inner = tints**1.25 * 0.08
    return (tints * light + inner + shine).astype(np.float32)


def _dough(p: Points3, place: tuple[float, float, float], turns: tuple[float, float], size: float) -> Points3:
    """Points in a doughnut's own frame, its ring 1 wide."""
    local = (p - np.array(place, np.float32)[:, None]) / np.float32(size)
    return turned(turned(local, turns[0], 0), turns[1], 2)


def dough_distance(
    p: Points3, place: tuple[float, float, float], turns: tuple[float, float], size: float
) -> Plane:
    """Distance to a doughnut with icing on its upper half, ending in waves."""
    q = _dough(p, place, turns, size)
    ring = np.hypot(q[0], q[2]) - 0.66
    cake = np.hypot(ring, q[1]) - 0.34
    angle = np.arctan2(q[2], q[0])
    wavy = 0.02 + 0.05 * np.sin(angle * 7) + 0.035 * np.sin(angle * 11 + 1)
    icing = shared(np.hypot(ring, q[1]) - 0.375, wavy - q[1], 0.06)
    return (np.minimum(cake, icing) * size).astype(np.float32)


def dough_tints(
    p: Points3,
    place: tuple[float, float, float],
    turns: tuple[float, float],
    size: float,
    icing: str,
    seed: int,
) -> Picture:
    """Crust, icing and sprinkles."""
    q = _dough(p, place, turns, size)
    ring = np.hypot(q[0], q[2]) - 0.66
    angle = np.arctan2(q[2], q[0])
    iced = np.hypot(ring, q[1]) > 0.352
    band = np.exp(-((q[1] / 0.07) ** 2))
    crust = colour("#c9803f")[:, None] * (1 - band) + colour("#f0c078")[:, None] * band
    tint = np.where(iced, colour(icing)[:, None], crust)
    around = np.arctan2(q[1], ring)
    mark, kind = _sprinkled(angle * 0.66 * 7, around * 0.36 * 7, seed)
    return np.where(iced & mark & (q[1] > 0.1), SPRINKLES[kind].T, tint).astype(np.float32)


def _sprinkled(u: Plane, v: Plane, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether a sprinkle lies at a place of the icing, and which; one in each cell, turned at will."""
    rng = np.random.default_rng(seed)
    table = rng.random((4, 64, 64)).astype(np.float32)
    cell_u, cell_v = np.floor(u).astype(int), np.floor(v).astype(int)
    dx, dy, turn, pick = (table[k, cell_u % 64, cell_v % 64] for k in range(4))
    x, y = u - cell_u - 0.3 - 0.4 * dx, v - cell_v - 0.3 - 0.4 * dy
    c, s = np.cos(turn * np.pi), np.sin(turn * np.pi)
    along, across = c * x + s * y, -s * x + c * y
    return np.hypot(np.maximum(np.abs(along) - 0.17, 0), across) < 0.085, (pick * 5.999).astype(int)
