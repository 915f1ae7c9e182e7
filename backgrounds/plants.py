"""Palms, spruces and other plants as coloured outlines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from noise import Rng
from shapes import Points, Shape, Tint, curve, stroke


def palm(
    rng: Rng,
    foot: tuple[float, float],
    crown: tuple[float, float],
    size: float,
    dark: Tint,
    light: Tint,
    sun_x: float,
) -> Iterator[Shape]:
    """A coconut palm; fronds turned to the sun at `sun_x` take the `light` tint."""
    bend = (
        (foot[0] * 0.35 + crown[0] * 0.65) + (crown[0] - foot[0]) * 0.35,
        foot[1] * 0.62 + crown[1] * 0.38,
    )
    path = curve(foot, bend, crown, 60)
    yield from _trunk(rng, path, size, dark, light, sun_x)
    angles = np.linspace(-3.05, -0.1, 11) + rng.uniform(-0.14, 0.14, 11)
    hanging = np.array([-3.75, 0.62, -3.4, 0.25, 1.1, -4.2]) + rng.uniform(-0.1, 0.1, 6)
    for layer, group in ((0.55, hanging), (0.75, angles[::2]), (1.0, angles[1::2])):
        for angle in group:
            length = size * rng.uniform(0.8, 1.1) * (0.8 if layer < 0.6 else 1)
            yield from _frond(rng, crown, angle, length, dark, light, sun_x, layer)
    for _ in range(5):
        at = np.array(crown) + rng.uniform(-0.035, 0.035, 2) * size + (0, size * 0.05)
        yield _ball(at, size * 0.035), dark * 1.3


def _ball(at: Points, radius: float) -> Points:
    angle = np.linspace(0, 2 * np.pi, 18)
    return at + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _trunk(rng: Rng, path: Points, size: float, dark: Tint, light: Tint, sun_x: float) -> Iterator[Shape]:
    """Ringed trunk, its sunny edge lit."""
    widths = size * np.linspace(0.085, 0.048, len(path)) * (1 + 0.06 * (np.arange(len(path)) % 2))
    yield stroke(path, widths), dark
    edge = np.sign(sun_x - path[-1, 0])
    for part, strength in ((0.18, 0.25), (0.30, 0.5), (0.40, 0.85)):
        rim = path + np.stack([edge * widths * part, np.zeros(len(path))], axis=1)
        yield stroke(rim, widths * (0.52 - part)), dark + (light - dark) * strength * 0.6
    for k in range(2, len(path) - 1):
        across = np.array([path[k] - (widths[k] / 2, 0), path[k] + (widths[k] / 2, size * 0.004)])
        yield stroke(across, [size * 0.006] * 2), dark * 0.75


def _frond(
    rng: Rng,
    crown: tuple[float, float],
    angle: float,
    length: float,
    dark: Tint,
    light: Tint,
    sun_x: float,
    layer: float,
) -> Iterator[Shape]:
    """One leaf: a drooping midrib with narrow leaflets hanging from it."""
    reach = np.array([np.cos(angle), np.sin(angle)])
    start = np.array(crown)
    middle = start + reach * length * 0.55 + (0, -0.10 * length)
    end = start + reach * length * 0.92 + (0, length * (0.30 + 0.25 * abs(reach[0])))
    rib = curve(start, middle, end, 40)
    along = np.gradient(rib, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    sunny = np.clip(0.50 + 0.5 * reach[0] * np.sign(sun_x - crown[0]) - 0.25 * reach[1], 0.15, 1)
    for k in range(3, 40):
        t = k / 39
        span = length * 0.27 * np.sin(np.pi * (0.12 + 0.83 * t)) ** 0.7
        for hand in (-1, 1):
            side_way = np.array([-along[k, 1], along[k, 0]]) * hand
            tip_way = along[k] * 0.62 + side_way * 0.66 + (0, 0.50)
            tip = rib[k] + tip_way / np.hypot(*tip_way) * span * rng.uniform(0.82, 1.1)
            leaf = curve(rib[k], (rib[k] + tip) / 2 + along[k] * span * 0.12, tip, 6)
            bright = layer * np.clip(sunny * rng.uniform(0.25, 1.0) * (0.45 + 0.55 * t), 0, 1)
            yield (
                stroke(leaf, length * np.array([0.006, 0.0125, 0.0125, 0.010, 0.006, 0.001])),
                dark + (light - dark) * bright,
            )
    yield stroke(rib, length * np.linspace(0.018, 0.003, 40)), dark + (light - dark) * 0.45 * sunny


def spruce(
    rng: Rng,
    foot: tuple[float, float],
    height: float,
    dark: Tint,
    light: Tint,
    snow: Tint | None,
) -> Iterator[Shape]:
    """A spruce of drooping, ragged tiers, snow on their upper sides."""
    x, base = foot
    yield stroke(np.array([[x, base], [x, base - height]]), [height * 0.035, height * 0.004]), dark * 0.8
    tiers = 24
    for tier in range(tiers):
        t = tier / (tiers - 1)
        y = base - height * (0.07 + 0.91 * t)
        reach = height * 0.215 * (1 - t) ** 0.85 + height * 0.008
        twigs = int(9 + 8 * (1 - t))
        for at in rng.permutation(np.linspace(-1, 1, twigs)):
            yield from _twig(rng, x, y, at, reach, height, dark, light, snow)


def _twig(
    rng: Rng,
    x: float,
    y: float,
    at: float,
    reach: float,
    height: float,
    dark: Tint,
    light: Tint,
    snow: Tint | None,
) -> Iterator[Shape]:
    """One bough, seen from the side at the rim or from the tip in the middle."""
    end_x = x + at * reach * rng.uniform(0.75, 1.1)
    droop = reach * (0.30 + 0.30 * (1 - abs(at))) * rng.uniform(0.8, 1.25)
    start, end = (x + at * reach * 0.15, y - reach * 0.12), (end_x, y + droop)
    path = curve(start, ((start[0] + end[0]) / 2, y - reach * 0.02), end, 7)
    thick = height * 0.016 * rng.uniform(0.8, 1.3) * np.array([0.7, 1.2, 1.5, 1.5, 1.3, 0.9, 0.15])
    bright = np.clip(0.5 + 0.45 * at + rng.uniform(-0.25, 0.25), 0, 1)
    yield stroke(path, thick), dark + (light - dark) * bright
    if snow is not None and rng.random() < 0.8:
        up = path - (0, height * 0.0045)
        yield stroke(up[1:], thick[1:] * rng.uniform(0.45, 0.75)), snow * (0.62 + 0.38 * bright)
