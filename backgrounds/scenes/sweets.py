"""Candy land: a giant cake, flying doughnuts, candyfloss clouds, a pink lacquer floor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from brushes import (
    Picture,
    Plane,
    Rgb8,
    axes,
    bloomed,
    blurred,
    colour,
    finished,
    laid,
    ramp,
    screened,
    smoothstep,
    vertical,
    vignetted,
    with_contrast,
)
from candy import CAKE, cake_distance, cake_tints, dough_distance, dough_tints, lit_candy
from ground import View
from noise import Rng, fractal
from scene import Scene
from shapes import laid_sprite, soft_discs
from solids import Distance, Points3, image_of, march, shrunk

HORIZON = 0.53
VIEW = View(HORIZON)
ICINGS = ("#ff7fb0", "#7ee0d0", "#5c3420", "#fff3e6", "#b79bff", "#ffd35c")


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(91)
    image = _sky(side)
    image = _clouds(rng, image)
    image = _hills(image)
    image = _cake(image)
    image = _lollies(image)
    image = _floor(rng, image)
    image = _doughnuts(rng, image)
    image = bloomed(image, 0.82, 0.35, 0.010)
    image = screened(image, soft_discs(side, _sparkles(rng), 0.0))
    return finished(vignetted(with_contrast(image, 0.18), 0.16), 91)


def _sky(side: int) -> Picture:
    """From periwinkle to peach."""
    return vertical(
        side, ((0, "#7fa8f0"), (0.22, "#b9b4fa"), (0.40, "#ffc4e2"), (0.53, "#ffe3cf"), (1, "#ffe3cf"))
    )


def _clouds(rng: Rng, image: Picture) -> Picture:
    """Candyfloss heaps, sunny side upper left."""
    banks = (
        (0.10, 0.30, 0.15, "#ffd3e8", "#c99be0"),
        (0.93, 0.20, 0.12, "#fff0f6", "#c9a6ea"),
        (0.50, 0.455, 0.20, "#fff1ee", "#e6a9d2"),
        (0.16, 0.47, 0.17, "#ffe6f0", "#d79ad6"),
        (0.83, 0.46, 0.18, "#ffe0ec", "#cf98d8"),
    )
    for x, y, wide, light, dark in banks:
        image = _cloud(rng, image, x, y, wide, light, dark)
    return image


def _cloud(rng: Rng, image: Picture, cx: float, cy: float, wide: float, light: str, dark: str) -> Picture:
    """One heap: the upper envelope of many balls, roughened, lit by its slope."""
    side = image.shape[0]
    x, y = axes(side)
    height = np.full((side, side), -1.0, np.float32)
    for _ in range(46):
        along = rng.normal(0, 0.42)
        r = wide * rng.uniform(0.16, 0.34) * np.exp(-(along**2) * 0.8)
        px, py = cx + along * wide, cy - rng.random() * wide * 0.42 * np.exp(-(along**2) * 2) + wide * 0.1
        ball = r * r - (x - px) ** 2 - (y - py) ** 2
        height = np.maximum(height, np.where(ball > 0, np.sqrt(np.maximum(ball, 0)), -1))
    rough = fractal(rng, (side, side), (26, 26), 6, 0.62) - 0.5
    body = blurred(np.maximum(height, 0), 0.0035) / wide + rough * 0.075
    mask = smoothstep(0.035, 0.10, body) * smoothstep(cy + wide * 0.30, cy + wide * 0.02, y)
    gx, gy = np.gradient(body, axis=1) * side * wide, np.gradient(body, axis=0) * side * wide
    shine = np.clip(0.50 - 0.22 * gx - 0.30 * gy, 0, 1) + rough * 0.22
    return laid(image, ramp(np.clip(shine, 0, 1), ((0.05, dark), (0.75, light), (1, "#ffffff"))), mask * 0.96)


def _hills(image: Picture) -> Picture:
    """Ice-cream hills on the horizon."""
    side = image.shape[0]
    x, y = axes(side)
    for base, wave, phase, top, low in (
        (0.505, 0.020, 0.6, "#f6b8dd", "#ffd9e4"),
        (0.522, 0.016, 2.4, "#a8e6d6", "#d9f5ea"),
        (0.534, 0.010, 4.4, "#ff9cc4", "#ffc4da"),
    ):
        line = base - wave * np.sin(x * 9 + phase) - wave * 0.5 * np.sin(x * 21 + phase * 2)
        tint = ramp((y - line) / 0.05, ((0, top), (1, low)))
        image = laid(image, tint, smoothstep(-0.0006, 0.0006, y - line))
    return image


def _laid_solid(
    image: Picture,
    distance: Distance,
    tints: Callable[[Points3], Picture],
    box: tuple[float, float, float, float],
    near: float,
    far: float,
    size: float,
    air: float,
) -> Picture:
    """Marches a solid at one and a half the size and lays it on, paler by `air`."""
    side = image.shape[0]
    hits = march(distance, VIEW, side * 3 // 2, box, near, far)
    shaded = lit_candy(distance, hits, tints(hits.points), size)
    shaded = shaded + (colour("#ffdbe6")[:, None] - shaded) * air
    paint_, mask = image_of(hits, np.clip(shaded, 0, 1.1), side * 3 // 2)
    return laid_sprite(image, shrunk(paint_, side), shrunk(mask, side))


def _cake(image: Picture) -> Picture:
    """The cake at the right."""
    return _laid_solid(image, cake_distance, cake_tints, (0.555, 0.07, 1.0, 0.66), 10, 20, 3, 0.06)


def _lollies(image: Picture) -> Picture:
    """Lollipops at the left, like trees."""
    side = image.shape[0]
    x, y = axes(side)
    for cx, cy, r, foot, tints in (
        (0.245, 0.385, 0.050, 0.575, ("#ff5f9a", "#fff2f6")),
        (0.055, 0.33, 0.085, 0.60, ("#5fc8f0", "#f4fcff")),
        (0.165, 0.445, 0.060, 0.615, ("#ffb93f", "#fff6dc")),
    ):
        stick = (
            smoothstep(r * 0.10, r * 0.10 - 1.5 / side, np.abs(x - cx))
            * (y > cy)
            * smoothstep(foot, foot - 1 / side, y)
        )
        round_ = ramp((x - cx) / (r * 0.2) + 0.5 + 0 * y, ((0, "#ffffff"), (0.6, "#f3dce8"), (1, "#c9a0bf")))
        image = laid(image, round_, stick)
        u, v = (x - cx) / r, (y - cy) / r
        away = np.hypot(u, v)
        swirl = np.mod(np.arctan2(v, u) / (2 * np.pi) * 5 + away * 1.5, 1)
        edge = smoothstep(0.02, 0.06, np.abs(swirl - 0.5) - 0.22)
        tint = laid(np.broadcast_to(colour(tints[0]), (side, side, 3)), colour(tints[1]), edge)
        depth = np.sqrt(np.clip(1 - away**2, 0, 1))
        facing = np.clip(0.62 + 0.42 * (-u * 0.5 - v * 0.75) + 0.1 * depth, 0, 1.2)
        shine = np.exp(-(((u + 0.36) / 0.22) ** 2) - (((v + 0.45) / 0.14) ** 2)) * 0.65
        ball = tint * (facing * (0.72 + 0.28 * depth))[..., None] + shine[..., None]
        image = laid(image, ball, smoothstep(1, 1 - 1.5 / side / r, away))
    return image


def _floor(rng: Rng, image: Picture) -> Picture:
    """Pink lacquer: soft mirror, checked like a tablecloth, a few sweets' sparkle."""
    side = image.shape[0]
    _, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    foot = 0.545
    checks = _checks(sideways / 0.9, ahead / 0.9, ahead)
    base = laid(np.broadcast_to(colour("#ff9ec6"), (side, side, 3)), colour("#ffc6dd"), checks)
    base = laid(base, colour("#ffd9e2"), np.clip(1 - np.exp(-ahead / 26), 0, 0.9))
    source = np.clip(((2 * 0.60 - y[:, 0]) * side).astype(int), 0, side - 1)
    mirror = blurred(image[source], 0.0045)
    shade = 1 - 0.42 * _contact(sideways, ahead)
    ground = laid(base * shade[..., None], mirror, smoothstep(1.0, 0.56, y) * 0.42 + 0.06 + 0 * ahead)
    mask = smoothstep(foot - 0.004, foot + 0.004, y) + 0 * ahead
    behind = image
    image = laid(image, ground, mask)
    keep = _standing(behind, image)
    return laid(image, behind, keep)


def _standing(behind: Picture, image: Picture) -> Plane:
    """Where cake and lollipops stand before the floor."""
    side = image.shape[0]
    hits = march(cake_distance, VIEW, side, (0.555, 0.52, 1.0, 0.66), 10, 20, 60)
    _, mask = image_of(hits, np.ones((3, len(hits.rows)), np.float32), side)
    x, y = axes(side)
    for cx, r, foot in ((0.245, 0.05, 0.575), (0.055, 0.085, 0.60), (0.165, 0.06, 0.615)):
        mask = np.maximum(
            mask, smoothstep(r * 0.10, r * 0.10 - 1.5 / side, np.abs(x - cx)) * (y < foot) * (y > 0.5)
        )
    return mask


def _contact(sideways: Plane, ahead: Plane) -> Plane:
    """Soft shadow of the cake, thrown to the right."""
    away = np.hypot((sideways - CAKE[0] - 0.9) / 4.6, (ahead - CAKE[1] + 0.2) / 3.9)
    return smoothstep(1.25, 0.75, away)


def _checks(u: Plane, v: Plane, ahead: Plane) -> Plane:
    """Chequers, faded to their mean where too small."""
    wave = np.sin(np.pi * u) * np.sin(np.pi * v)
    pixel = ahead**2 / 1.6 / ahead.shape[0]
    sharp = smoothstep(-0.02 - pixel, 0.02 + pixel, wave)
    return 0.5 + (sharp - 0.5) * np.clip(1.2 - pixel * 1.2, 0, 1)


def _doughnuts(rng: Rng, image: Picture) -> Picture:
    """Doughnuts on the wing, far ones first."""
    flock = (
        (-1.5, 4.75, 13.0, 0.66, 0, 0.95, 0.4),
        (0.7, 5.5, 12.5, 0.62, 4, 1.05, -0.5),
        (-4.1, 5.3, 10.5, 0.85, 3, 0.9, 0.5),
        (2.05, 4.55, 8.0, 0.58, 1, 0.8, -0.45),
        (-0.35, 4.55, 8.0, 0.66, 2, 1.15, -0.35),
        (-2.05, 3.95, 6.2, 0.80, 0, 0.95, 0.55),
        (-1.83, 1.40, 4.2, 0.40, 5, 0.85, 0.6),
        (2.12, 3.35, 5.2, 0.66, 0, 1.1, -0.5),
    )
    for k, (x, y, z, size, icing, tilt, roll) in enumerate(flock):
        place = (x, y, z)
        distance = partial(dough_distance, place=place, turns=(tilt, roll), size=size)
        tints = partial(dough_tints, place=place, turns=(tilt, roll), size=size, icing=ICINGS[icing], seed=k)
        cx, cy = VIEW.seen(x, y, z)
        reach = size * 1.12 / (z - size)
        box = (cx - reach, cy - reach, cx + reach, cy + reach)
        image = _laid_solid(
            image, distance, tints, box, z - size * 1.2, z + size * 1.4 + 2, size, np.clip((z - 5) / 60, 0, 1)
        )
    return image


def _sparkles(rng: Rng) -> list[tuple[float, float, float, Plane]]:
    return [
        (
            rng.random(),
            rng.random() * 0.6,
            rng.uniform(0.0006, 0.002),
            colour("#ffffff") * rng.uniform(0.2, 0.8),
        )
        for _ in range(140)
    ]


SCENE = Scene(
    "sweets",
    ("Candy land", "Zuckerland", "Pays des douceurs", "País de los dulces", "Paese dei dolci", "Snoepland"),
    floor=0.93,
    light=320,
    paint=paint,
)
