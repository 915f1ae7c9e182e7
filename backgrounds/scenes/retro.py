"""The neon eighties: striped sun, wireframe mountains, a grid to the horizon."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from brushes import (
    Picture,
    Plane,
    Rgb8,
    axes,
    blurred,
    colour,
    disc,
    finished,
    halo,
    laid,
    lit,
    ramp,
    screened,
    smoothstep,
    vertical,
    vignetted,
)
from ground import View
from noise import Rng, fractal, stretched
from plants import palm
from scene import Scene
from shapes import Shape, laid_sprite, sprite, stroke

HORIZON = 0.545
SUN = (0.5, 0.36)
VIEW = View(HORIZON, 1.3)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(31)
    image = _sky(rng, side)
    image = _sun(image)
    image = _mountains(rng, image)
    image = _floor(image)
    image = _haze(rng, image)
    image = _palms(rng, image)
    return finished(vignetted(_glowing(image), 0.25), 31)


def _sky(rng: Rng, side: int) -> Picture:
    """Violet night with a pink nebula and stars."""
    sky = vertical(
        side,
        (
            (0, "#0a0524"),
            (0.22, "#24094f"),
            (0.40, "#6a1277"),
            (0.52, "#e0327f"),
            (0.56, "#ff7a6a"),
            (1, "#ff7a6a"),
        ),
    )
    cloud = stretched(fractal(rng, (side, side), (5, 4), 7, 0.55))
    _, y = axes(side)
    sky = lit(sky, smoothstep(0.45, 1.0, cloud) * smoothstep(0.5, 0.1, y), "#7a3cff", 0.35)
    count = 420
    stars = np.zeros((side, side), np.float32)
    for x, y_, bright in zip(
        rng.random(count), rng.random(count) ** 1.3 * 0.42, rng.random(count) ** 3, strict=True
    ):
        stars[int(y_ * side), int(x * side)] += 0.4 + bright * 3
    sharp = blurred(stars, 0.0005) * 2.6 * (side / 1920)
    return screened(sky, (sharp + blurred(stars, 0.002) * 2.5)[..., None] * colour("#dfe6ff"))


def _sun(image: Picture) -> Picture:
    """A disc from yellow to magenta, cut by ever wider bars."""
    side = image.shape[0]
    x, y = axes(side)
    radius = 0.235
    t = (y - SUN[1] + radius) / (2 * radius) + 0 * x
    bars = _bars(t)
    tint = ramp(t, ((0, "#fff27a"), (0.35, "#ffc14d"), (0.65, "#ff5d6c"), (1, "#ff1f8f")))
    image = lit(image, halo(side, SUN, 0.30, 2.4), "#ff3d9a", 0.62)
    return laid(image, tint * 1.05, disc(side, SUN, radius) * bars)


def _bars(t: Plane) -> Plane:
    """0 inside the dark bars of the sun's lower half."""
    keep = np.ones_like(t)
    for k in range(8):
        centre = 0.46 + 0.074 * k
        half = 0.0035 + 0.0034 * k
        keep *= 1 - smoothstep(half + 0.002, half - 0.002, np.abs(t - centre))
    return keep


def _mountains(rng: Rng, image: Picture) -> Picture:
    """Wireframe ranges left and right of an open valley, far ones first so that near ones hide them."""
    side = image.shape[0]
    fill, wire = sprite(side, _mesh(rng))
    return laid_sprite(image, fill, wire)


def _mesh(rng: Rng) -> Iterator[Shape]:
    """Facets of a height field from far to near, each with its neon edges."""
    rows = np.geomspace(60, 9, 26)
    columns = np.linspace(-46, 46, 75)
    rough = rng.random((26, 75)) ** 1.2
    grid = _grid_points(rows, columns, rough)
    for i in range(25):
        fade = i / 25
        edge = colour("#b52cff") * (1 - fade) + colour("#28e6ff") * fade
        for j in range(74):
            quad = grid[[i, i, i + 1, i + 1], [j, j + 1, j + 1, j]]
            if quad[:, 0].max() < -0.05 or quad[:, 0].min() > 1.05 or quad[:, 1].min() > HORIZON - 0.001:
                continue
            slope = np.clip((rough[i, j] - rough[i, j + 1]) * np.sign(columns[j]) * 0.5 + 0.5, 0, 1)
            yield quad, colour("#0d0630") * (1 - slope) + colour("#3a0f63") * slope
            line = 0.0011 + 0.0012 * fade
            for a, b in ((0, 1), (1, 2)):
                yield stroke(quad[[a, b]], [line, line]), edge
            yield stroke(quad[[0, 2]], [line * 0.45] * 2), edge * 0.55


def _grid_points(rows: Plane, columns: Plane, rough: Plane) -> Plane:
    """Screen places of the height field: flat in the valley, high at the sides."""
    points = np.zeros((len(rows), len(columns), 2))
    for i, ahead in enumerate(rows):
        for j, side_way in enumerate(columns):
            away = np.clip((abs(side_way) - 5.5 - 0.12 * ahead) / 14, 0, 1)
            up = away**0.8 * (1.5 + 7.5 * rough[i, j]) * (ahead / 60 + 0.25)
            points[i, j] = VIEW.seen(side_way, up, ahead)
    return points


def _floor(image: Picture) -> Picture:
    """Glossy floor: the scene mirrored, neon lines on it."""
    side = image.shape[0]
    _, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    source = np.clip(((2 * HORIZON - y[:, 0]) * side).astype(int), 0, side - 1)
    mirror = blurred(image[source], 0.004)
    shine = 0.10 + 0.45 * np.exp(-(y - HORIZON) / 0.10)
    ground = vertical(side, ((HORIZON, "#2a0850"), (0.75, "#120433"), (1, "#070118")))
    ground = screened(ground, mirror * shine[..., None] * colour("#ff7ae0"))
    lines = np.maximum(_lines(sideways, ahead / side / VIEW.lens), _lines(ahead, ahead**2 / side / VIEW.eye))
    tint = ramp(y + 0 * sideways, ((HORIZON, "#ff4fc3"), (0.68, "#ff2fd0"), (1, "#5ad7ff")))
    ground = laid(ground, tint * 1.15, lines)
    return np.where((y > HORIZON)[..., None], ground, image)


def _lines(at: Plane, pixel: Plane) -> Plane:
    """Lines each metre, 3.2 cm wide, thinned to grey where finer than a pixel."""
    half = np.maximum(0.016, pixel * 0.75)
    away = np.abs(at - np.rint(at))
    thin = np.clip(0.016 / half, 0.12, 1) ** 0.6
    return smoothstep(1.0, 0.2, away / half * 0.7) * thin * np.clip(0.5 / np.maximum(pixel, 1e-6) / 3, 0, 1)


def _haze(rng: Rng, image: Picture) -> Picture:
    """Light lying on the horizon."""
    side = image.shape[0]
    x, y = axes(side)
    band = np.exp(-np.abs(y - HORIZON) / 0.020) * (0.55 + 0.45 * np.exp(-(((x - 0.5) / 0.3) ** 2)))
    return lit(image, band, "#ff5fae", 0.75)


def _palms(rng: Rng, image: Picture) -> Picture:
    """Black palms at both sides with a magenta edge."""
    dark, light = colour("#0a0320"), colour("#d12aa8")
    shapes = [
        *palm(rng, (0.085, 0.735), (0.125, 0.375), 0.095, dark, light, 0.5),
        *palm(rng, (0.915, 0.735), (0.885, 0.385), 0.09, dark, light, 0.5),
        *palm(rng, (-0.02, 0.92), (0.045, 0.19), 0.19, dark, light, 0.5),
        *palm(rng, (1.02, 0.92), (0.955, 0.17), 0.19, dark, light, 0.5),
    ]
    return laid_sprite(image, *sprite(image.shape[0], shapes))


def _glowing(image: Picture) -> Picture:
    """Neon spreads its own colour."""
    bright = np.clip(image - 0.42, 0, 1) ** 1.2
    light = 0.55 * blurred(bright, 0.004) + 0.45 * blurred(bright, 0.016) + 0.30 * blurred(bright, 0.06)
    return screened(image, light * 1.1)


SCENE = Scene(
    "retro",
    ("Neon eighties", "Neon-Achtziger", "Néon années 80", "Neón ochentero", "Neon anni '80", "Neon jaren 80"),
    floor=0.92,
    light=0,
    paint=paint,
)
