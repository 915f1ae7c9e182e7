"""A photo studio in plum and gold: soft backdrop, falling lights, a glossy floor."""

from __future__ import annotations

import numpy as np
from brushes import (
    Picture,
    Rgb8,
    axes,
    bloomed,
    blurred_along,
    colour,
    finished,
    laid,
    lit,
    ramp,
    screened,
    smoothstep,
    vignetted,
    with_contrast,
)
from noise import Rng, fractal, stretched
from scene import Scene
from shapes import soft_discs

FLOOR = 0.74
GOLDS = ("#ffc45e", "#ffa63a", "#ffd98a", "#ff8a4f", "#ff6f9f", "#fff0c8")


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(71)
    image = _wall(rng, side)
    image = _lights(rng, image)
    image = _floor(rng, image)
    image = bloomed(image, 0.70, 0.5, 0.010)
    image = _dust(rng, image)
    return finished(vignetted(with_contrast(image, 0.22), 0.35), 71)


def _wall(rng: Rng, side: int) -> Picture:
    """Painted canvas, a pool of light behind the guests."""
    x, y = axes(side)
    away = np.hypot((x - 0.5) / 0.62, (y - 0.46) / 0.60)
    wall = ramp(away, ((0, "#c9586f"), (0.30, "#93336c"), (0.70, "#451753"), (1.2, "#180a2e")))
    canvas = stretched(fractal(rng, (side, side), (4, 4), 7, 0.55)) - 0.5
    wall = wall * (1 + 0.26 * canvas)[..., None]
    for foot, lean, tint in ((0.08, 0.20, "#ffb07a"), (0.92, -0.20, "#ff7fb2")):
        wall = lit(wall, _beam(side, foot, lean), tint, 0.34)
    return wall


def _beam(side: int, top: float, lean: float) -> np.ndarray:
    """A spotlight's cone from above."""
    x, y = axes(side)
    down = y + 0.06
    centre = top + lean * down * 1.6
    wide = 0.02 + 0.16 * down
    cone = np.exp(-(((x - centre) / wide) ** 2)) / (0.35 + 1.8 * down)
    return cone * smoothstep(1.0, 0.15, y)


def _lights(rng: Rng, image: Picture) -> Picture:
    """Curtains of fairy lights out of focus: dense above and at the sides, few behind faces."""
    side = image.shape[0]
    discs = []
    for layer, (count, low, high, dim) in enumerate(
        ((260, 0.005, 0.011, 0.30), (130, 0.012, 0.024, 0.30), (46, 0.028, 0.052, 0.20))
    ):
        made = 0
        while made < count:
            x, y = rng.random(), rng.random() ** 1.15 * FLOOR * 1.02
            crowd = smoothstep(0.10, 0.48, abs(x - 0.5)) + smoothstep(0.34, 0.04, y) * 0.9
            if rng.random() > crowd + 0.06 * (layer == 0):
                continue
            tint = colour(GOLDS[rng.integers(len(GOLDS))]) ** 1.9 * dim * rng.uniform(0.5, 2.0)
            discs.append((x, y, rng.uniform(low, high), tint))
            made += 1
    return screened(image, soft_discs(side, discs, 0.5))


def _floor(rng: Rng, image: Picture) -> Picture:
    """Dark lacquer that mirrors the lights, longer the farther from the wall."""
    side = image.shape[0]
    x, y = axes(side)
    source = np.clip(((2 * FLOOR - y[:, 0]) * side).astype(int), 0, side - 1)
    near = blurred_along(image[source], 0.0025, 0.010)
    far = blurred_along(image[source], 0.008, 0.030)
    mirror = laid(near, far, smoothstep(FLOOR, FLOOR + 0.16, y) + 0 * x)
    pool = np.exp(-(((x - 0.5) / 0.42) ** 2) - ((y - 0.86) / 0.13) ** 2)
    base = colour("#1a0a2a") + pool[..., None] * colour("#7c2f66") * 0.55
    shine = 0.62 * smoothstep(1.15, FLOOR, y) + 0 * x
    ground = screened(base.astype(np.float32), mirror * shine[..., None])
    seam = smoothstep(FLOOR - 0.012, FLOOR + 0.012, y) + 0 * x
    image = laid(image, ground, seam)
    return image * (1 - 0.28 * np.exp(-(((y - FLOOR) / 0.012) ** 2)))[..., None]


def _dust(rng: Rng, image: Picture) -> Picture:
    """Golden specks in the air."""
    discs = [
        (
            rng.random(),
            rng.random() * 0.95,
            rng.uniform(0.0007, 0.0022),
            colour(GOLDS[rng.integers(3)]) * rng.uniform(0.1, 0.7),
        )
        for _ in range(320)
    ]
    return screened(image, soft_discs(image.shape[0], discs, 0.0))


SCENE = Scene(
    "studio",
    ("Golden studio", "Goldenes Studio", "Studio doré", "Estudio dorado", "Studio d'oro", "Gouden studio"),
    floor=0.92,
    light=0,
    paint=paint,
)
