"""On a moon: nebula, a ringed planet, grey dust and craters underfoot."""

from __future__ import annotations

import numpy as np
from brushes import (
    Picture,
    Plane,
    Rgb8,
    axes,
    bloomed,
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
    vignetted,
    with_contrast,
)
from ground import View, relief, vista
from noise import Rng, fractal, sampled, seamless, stretched, swirled
from scene import Scene

HORIZON = 0.55
SUN = np.array([-0.72, 0.42, -0.45], np.float32) / np.float32(0.9493)
PLANET = (0.70, 0.235, 0.150)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(7061)
    image = _nebula(rng, side)
    image = _stars(rng, image)
    image = _planet(rng, image)
    image = _small_moon(rng, image)
    image = bloomed(image, 0.7, 0.35, 0.008)
    image = _surface(rng, image)
    return finished(vignetted(with_contrast(image, 0.2), 0.25), 61)


def _nebula(rng: Rng, side: int) -> Picture:
    """Gas in teal, violet and rose, darkened by lanes of dust."""
    x, y = axes(side)
    image = np.broadcast_to(colour("#05060f"), (side, side, 3)).astype(np.float32)
    along = (y - 0.62 + 0.62 * x) / 0.30
    band = np.exp(-(along**2)) + 0 * x
    first = stretched(swirled(rng, (side, side), (3, 3), 0.35))
    second = stretched(swirled(rng, (side, side), (4, 4), 0.40))
    third = stretched(swirled(rng, (side, side), (6, 6), 0.25))
    dust = stretched(fractal(rng, (side, side), (5, 5), 8, 0.58, ridged=True))
    image = lit(image, smoothstep(0.30, 1.0, first) * (0.25 + 0.75 * band), "#1f6fa8", 0.95)
    image = lit(image, smoothstep(0.38, 1.0, second) * (0.15 + 0.85 * band), "#8a2f9e", 0.95)
    image = lit(image, smoothstep(0.55, 1.0, third * 0.6 + second * 0.4) * band, "#ff6f7d", 0.95)
    image = lit(image, smoothstep(0.66, 1.0, first * 0.5 + third * 0.5) * band, "#ffd9a8", 0.9)
    return image * (1 - 0.72 * smoothstep(0.55, 0.95, dust) * (0.3 + 0.7 * band))[..., None]


def _stars(rng: Rng, image: Picture) -> Picture:
    """Many small, some coloured, a few bright ones with diffraction spikes."""
    side = image.shape[0]
    count = 2600
    points = np.zeros((side, side, 3), np.float32)
    at = (rng.random((count, 2)) * side).astype(int)
    tint = ramp(rng.random(count).astype(np.float32), ((0, "#9fc4ff"), (0.5, "#ffffff"), (1, "#ffd7a8")))
    points[at[:, 1], at[:, 0]] = tint * (rng.random(count) ** 5 * 4 + 0.22)[:, None].astype(np.float32)
    light = blurred(points, 0.00045) * 3.2 * (side / 1920) + blurred(points, 0.0016) * 1.2
    x, y = axes(side)
    for _ in range(11):
        cx, cy, size = rng.random(), rng.random() * 0.5, rng.uniform(0.004, 0.011)
        dx, dy = np.abs(x - cx), np.abs(y - cy)
        spikes = np.exp(-dx / size - dy / 0.0007) + np.exp(-dy / size - dx / 0.0007)
        light += (spikes + np.exp(-np.hypot(dx, dy) / 0.0022) * 1.2)[..., None] * colour("#dfe9ff")
    return screened(image, light)


def _planet(rng: Rng, image: Picture) -> Picture:
    """A gas giant in amber bands; its ring passes behind and before it, each shadowing the other."""
    side = image.shape[0]
    ring, ring_mask, front = _ring(rng, side)
    ball, ball_mask = _ball(rng, side)
    image = laid(image, ring, ring_mask * (1 - front))
    image = laid(image, ball, ball_mask)
    return laid(image, ring, ring_mask * front)


def _tilted(side: int) -> tuple[Plane, Plane]:
    """Coordinates about the planet in its radii, turned along its ring."""
    x, y = axes(side)
    turn = -0.38
    dx, dy = (x - PLANET[0]) / PLANET[2], (y - PLANET[1]) / PLANET[2]
    return dx * np.cos(turn) - dy * np.sin(turn), dx * np.sin(turn) + dy * np.cos(turn)


def _ball(rng: Rng, side: int) -> tuple[Picture, Plane]:
    u, v = _tilted(side)
    away = np.hypot(u, v)
    depth = np.sqrt(np.clip(1 - away**2, 0, 1))
    latitude = v * np.cos(0.27) + depth * np.sin(0.27)
    longitude = np.arctan2(u, depth)
    tile = seamless(rng, 512, 4, 7, 0.6)
    storm = sampled(tile, longitude * 0.16, latitude * 0.55) - 0.5
    band = latitude * 0.5 + 0.5 + storm * 0.055
    stripes = sampled(np.repeat(tile[:, :1], 512, axis=1), 0 * band, band * 0.85)
    fine = sampled(tile, longitude * 0.10, band * 2.2)
    tint = ramp(
        np.clip(stripes * 0.75 + fine * 0.25, 0, 1),
        ((0.1, "#7a3f2c"), (0.3, "#c27a4a"), (0.5, "#eec48d"), (0.7, "#fff0d0"), (0.9, "#d9925f")),
    )
    facing = -SUN[0] * -u * 1.0 + SUN[1] * -v - SUN[2] * depth
    day = smoothstep(-0.12, 0.75, facing) * (0.45 + 0.55 * depth)
    shadow = np.exp(-(((v - 0.30 * np.sqrt(np.clip(1 - u**2, 0, 1)) + 0.05) / 0.085) ** 2)) * 0.55
    lit_ball = tint * (day * (1 - shadow))[..., None] * 1.15 + colour("#12203a") * 0.22
    rim = smoothstep(0.86, 1.0, away) * np.clip(facing + 0.3, 0, 1)
    return lit_ball + rim[..., None] * colour("#ffbf8a") * 0.5, smoothstep(
        1.0, 1.0 - 2 / side / PLANET[2], away
    )


def _ring(rng: Rng, side: int) -> tuple[Picture, Plane, Plane]:
    """Ring colour, its density, and where it passes before the planet."""
    u, v = _tilted(side)
    far = np.hypot(u, v / 0.26)
    grain = fractal(rng, (8, 2048), (1, 60), 5, 0.8)[4]
    density = stretched(grain[None])[0][np.clip((far - 1.2) / 1.2 * 2047, 0, 2047).astype(int)]
    gap = 1 - 0.9 * np.exp(-(((far - 1.95) / 0.035) ** 2))
    body = smoothstep(1.30, 1.36, far) * smoothstep(2.32, 2.26, far) * (0.25 + 0.75 * density) * gap
    behind = (
        smoothstep(1.05, 0.95, np.abs(v / 0.26 * 0.35 - u * 0.55 + 0.2))
        * (v < 0)
        * (u > 0.2)
        * smoothstep(2.1, 1.2, far)
    )
    tint = ramp(density, ((0, "#a9805f"), (0.5, "#e6c79c"), (1, "#fff3dc"))) * (1 - 0.75 * behind)[..., None]
    return tint, body * 0.92, (v > 0).astype(np.float32)


def _small_moon(rng: Rng, image: Picture) -> Picture:
    """A little icy moon at the upper left."""
    side = image.shape[0]
    x, y = axes(side)
    cx, cy, r = 0.20, 0.20, 0.036
    u, v = (x - cx) / r, (y - cy) / r
    depth = np.sqrt(np.clip(1 - u**2 - v**2, 0, 1))
    rough = sampled(seamless(rng, 256, 6, 5, 0.6), u * 0.3 + depth * 0.1, v * 0.3) - 0.5
    day = np.clip(SUN[0] * u - SUN[1] * v - SUN[2] * depth + rough * 0.35, 0, 1) ** 0.8
    tint = colour("#cfe0ea") * (day * (0.85 + rough * 0.5))[..., None] + colour("#0a1424") * 0.5
    image = lit(image, halo(side, (cx, cy), 0.05, 2.6), "#7fb4e0", 0.12)
    return laid(image, tint, disc(side, (cx, cy), r))


def _cratered(rng: Rng, size: int, count: int, span: float) -> Plane:
    """Heights in metres of dust hills and craters; its edges fit."""
    land = seamless(rng, size, 4, 8, 0.46) * 1.6 * span / 60
    cell = span / size
    for radius in np.clip(0.55 / rng.random(count) ** 0.62, 0.4, span / 11):
        reach = int(radius * 2.2 / cell) + 2
        cy, cx = rng.integers(0, size, 2)
        step = np.arange(-reach, reach + 1)
        away = np.hypot(step[:, None], step[None, :]) * cell / radius
        bowl = np.where(away < 1, (away**2 - 1) * 0.30 + 0.09, 0.09 * np.exp(-(((away - 1) / 0.32) ** 2)))
        land[np.ix_((cy + step) % size, (cx + step) % size)] += (bowl * radius * 0.8).astype(np.float32)
    return land


def _surface(rng: Rng, image: Picture) -> Picture:
    """Grey dust in hard sunlight from the left; the nebula tints its shadows."""
    side = image.shape[0]
    land = relief(_cratered(rng, 1536, 420, 70), 70, (-0.80, 0.48, -0.25))
    ahead = np.geomspace(2.0, 420, 1000).astype(np.float32)
    rise = 0.30 + 0.70 * smoothstep(6, 26, ahead) + 2.4 * smoothstep(60, 300, ahead)
    seen = vista(land, View(HORIZON, 1.9), side, 2.0, 420, rise, (11, 31), 1000)
    tile = seamless(rng, 512, 16, 6, 0.75)
    u, v = seen.sideways / 2.2, seen.ahead / 2.2
    # twice, turned: a single lattice would show as a weave
    grit = (sampled(tile, u, v) + sampled(tile, 0.82 * u - 0.57 * v, 0.57 * u + 0.82 * v)) / 2 - 0.5
    slope = np.gradient(blurred(grit, 0.0004), axis=1) * side / 90
    near = np.clip(7 / seen.ahead, 0, 1)
    light = np.clip(
        seen.light * 1.05 + (slope * near * 0.10 + grit * 0.22) * smoothstep(0.0, 0.25, seen.light), 0.0, 1.3
    )
    dust = ramp(
        light, ((0, "#0d0f1e"), (0.25, "#39374a"), (0.6, "#9a928f"), (1.0, "#efe6da"), (1.3, "#fffaf0"))
    )
    dust = laid(dust, colour("#4a3f66"), np.clip(seen.ahead / 900, 0, 0.35))
    return laid(image, dust, seen.mask)


SCENE = Scene(
    "space",
    ("Outer space", "Weltraum", "Dans l'espace", "El espacio", "Nello spazio", "De ruimte"),
    floor=0.93,
    light=300,
    paint=paint,
)
