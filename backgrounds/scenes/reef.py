"""Under the sea: sunbeams, corals and a good-natured shark in a party hat."""

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
    finished,
    halo,
    laid,
    lit,
    ramp,
    screened,
    smoothstep,
    vertical,
    vignetted,
    with_contrast,
)
from corals import branching, fish, kelp, tubes
from ground import View
from noise import Rng, fractal, sampled, seamless, stretched
from scene import Scene
from shapes import Shape, laid_sprite, soft_discs, sprite
from shark import laid_shark

HORIZON = 0.52
VIEW = View(HORIZON)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(151)
    image = _water(rng, side)
    image = _surface(rng, image)
    image = _rocks(rng, image)
    image = _sand(rng, image)
    image = _shoal(rng, image)
    image = _rays(rng, image, 0.55)
    image = laid_shark(image, VIEW)
    image = _garden(rng, image)
    image = _rays(rng, image, 0.25)
    image = bloomed(image, 0.72, 0.45, 0.012)
    image = _bubbles(rng, image)
    return finished(vignetted(with_contrast(image, 0.22), 0.30), 151)


def _water(rng: Rng, side: int) -> Picture:
    """Turquoise at the surface to deep blue in the distance."""
    water = vertical(
        side,
        (
            (0, "#7fe6ea"),
            (0.12, "#34bfd9"),
            (0.32, "#1590c4"),
            (0.52, "#0b68a6"),
            (0.70, "#0a5590"),
            (1, "#0a4a7c"),
        ),
    )
    murk = fractal(rng, (side, side), (4, 3), 6, 0.5)
    water = water * (0.86 + 0.28 * murk)[..., None]
    return lit(water, halo(side, (0.36, 0.0), 0.26, 2.0), "#e6fff6", 0.62)


def _surface(rng: Rng, image: Picture) -> Picture:
    """The waves seen from below: nets of light that close up towards the distance."""
    side = image.shape[0]
    x, y = axes(side)
    depth = 0.9 / np.maximum(0.27 - y, 0.004)
    across = (x - 0.5) * depth
    net = sampled(_net(rng), across / 9, depth / 16 + 0 * x)
    fade = smoothstep(0.20, 0.0, y) * (0.35 + 0.65 * np.exp(-(((x - 0.36) / 0.4) ** 2)))
    return screened(image, (smoothstep(0.52, 0.95, net) * fade)[..., None] * colour("#eafffb") * 0.85)


def _net(rng: Rng) -> Plane:
    """Caustics: bright lines where light gathers, edges fitting."""
    first = 1 - np.abs(2 * seamless(rng, 512, 6, 4, 0.45) - 1)
    second = 1 - np.abs(2 * seamless(rng, 512, 8, 4, 0.45) - 1)
    return stretched((np.minimum(first, second) * 0.6 + first * second * 0.4) ** 2.2, 1, 99.5)


def _rocks(rng: Rng, image: Picture) -> Picture:
    """Reef walls, blue with distance, open in the middle."""
    side = image.shape[0]
    x, y = axes(side)
    for reach, tint, veil, cells in (
        (0.78, "#1a7fb4", 0.72, 7),
        (0.95, "#0f5f8f", 0.45, 9),
        (1.12, "#0b3f66", 0.15, 12),
    ):
        rough = stretched(fractal(rng, (side, side), (cells, cells), 7, 0.55))
        lobes = stretched(fractal(rng, (side, side), (cells * 0.4, cells * 0.6), 4))
        away = np.abs(x - 0.5) * 2
        wall = away - 1.42 + reach * 0.62 + (lobes - 0.5) * 0.42 + 0.40 * smoothstep(0.25, 0.66, y) * reach
        mask = smoothstep(0, 0.012, wall + (rough - 0.5) * 0.10 - 0.30 * smoothstep(0.50, 0.20, y))
        slope = np.gradient(blurred(rough, 0.0015), axis=0) * side
        stone = colour(tint) * (0.55 + 0.55 * rough - slope * 0.020)[..., None]
        coral = ramp(lobes, ((0.2, "#6a3f7a"), (0.5, "#a84f6a"), (0.8, "#3f7a6a")))
        stone = laid(
            stone, coral * (0.4 + 0.6 * rough)[..., None], smoothstep(0.5, 0.8, rough) * (1 - veil) * 0.45
        )
        image = laid(
            image, laid(stone, colour("#1583b8"), np.full((side, side), veil * 0.6, np.float32)), mask
        )
    return image


def _sand(rng: Rng, image: Picture) -> Picture:
    """Rippled sand with dancing caustics, lost in blue farther off."""
    side = image.shape[0]
    _, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    tile = seamless(rng, 512, 8, 6, 0.6)
    bend = (sampled(tile, sideways / 6, ahead / 6) - 0.5) * 1.5
    ridge = np.sin((ahead + bend) * 13 + sideways * 2) * np.clip(3.2 / ahead, 0, 1) ** 1.5
    grain = (sampled(seamless(rng, 512, 48, 4, 0.8), sideways / 1.6, ahead / 1.6) - 0.5) * np.clip(
        5 / ahead, 0, 1
    )
    sand = ramp(
        0.52 + ridge * 0.09 + grain * 0.30 + bend * 0.10, ((0, "#5f8f8f"), (0.5, "#b9cfae"), (1, "#f4f0cf"))
    )
    light = sampled(_net(rng), sideways / 4.2 + bend * 0.02, ahead / 4.2)
    sand = sand * (0.52 + 0.75 * light * np.exp(-ahead / 14))[..., None]
    sand = sand * np.array([0.78, 0.98, 1.0], np.float32)
    far = 1 - np.exp(-(ahead - 2.2) / 6.5)
    sand = laid(sand, colour("#0d6aa6"), np.clip(far, 0, 1))
    return laid(image, sand, smoothstep(0.56, 0.66, y) + 0 * ahead)


def _shoal(rng: Rng, image: Picture) -> Picture:
    """A distant shoal turning in the light."""
    shapes: list[Shape] = []
    for _ in range(85):
        turn = rng.normal(0, 1)
        x, y = 0.20 + 0.13 * rng.normal() * 0.8, 0.305 + 0.035 * turn + 0.02 * rng.normal()
        size = rng.uniform(0.0055, 0.0095)
        shapes += list(fish((x, y), size, 1, colour("#0f6fa6"), colour("#8fe0ee"), None))
    return laid_sprite(image, *sprite(image.shape[0], shapes))


def _rays(rng: Rng, image: Picture, strength: float) -> Picture:
    """Sunbeams fanning down from the surface."""
    side = image.shape[0]
    x, y = axes(side)
    turn = np.arctan2(x - 0.34, y + 0.42)
    beams = stretched(fractal(rng, (8, side), (1, 26), 4, 0.6)[4:5])[0]
    beam = beams[np.clip((turn / 2.0 + 0.5) * side, 0, side - 1).astype(int)] ** 1.8
    reach = np.exp(-((turn / 0.62) ** 2)) * np.exp(-y / 0.42)
    return lit(image, blurred((beam * reach).astype(np.float32), 0.003), "#d6fff6", strength)


def _garden(rng: Rng, image: Picture) -> Picture:
    """Corals, sponges, weed and a few bright fish at both sides."""
    side = image.shape[0]
    plan = (
        (branching, (0.15, 0.735), 0.15, "#7a3f9a", "#e09af0"),
        (branching, (0.86, 0.73), 0.15, "#b5523a", "#ffb07a"),
        (tubes, (0.215, 0.76), 0.075, "#b58a1f", "#ffe27a"),
        (tubes, (0.785, 0.755), 0.075, "#2f8f8a", "#9ff0dc"),
        (kelp, (0.06, 0.84), 0.50, "#1f5f3a", "#8fcf6a"),
        (kelp, (0.955, 0.86), 0.56, "#1f5f3a", "#8fcf6a"),
        (branching, (0.045, 0.86), 0.24, "#b5323f", "#ff8f7a"),
        (branching, (0.97, 0.89), 0.25, "#7a2f8a", "#f08fe0"),
        (tubes, (0.125, 0.90), 0.105, "#c4456a", "#ffb0c4"),
        (tubes, (0.885, 0.91), 0.10, "#c4791f", "#ffd07a"),
        (branching, (0.02, 0.995), 0.17, "#c48a2f", "#ffe08a"),
        (branching, (0.99, 1.0), 0.17, "#2f7aa0", "#9fe6ff"),
    )
    for draw, root, size, dark, light in plan:
        px, py = axes(side)
        image = (
            image
            * (1 - 0.45 * np.exp(-(((px - root[0]) / size * 1.6) ** 2) - ((py - root[1]) / size * 6) ** 2))[
                ..., None
            ]
        )
        image = laid_sprite(
            image, *sprite(side, list(draw(rng, root, size, colour(dark) * 0.8, colour(light))))
        )
    swimmers: list[Shape] = []
    for x, y, size, way, tints in (
        (0.275, 0.545, 0.024, 1, ("#d9541f", "#ff9a3f", "#fff6ea")),
        (0.225, 0.60, 0.020, 1, ("#d9541f", "#ff9a3f", "#fff6ea")),
        (0.80, 0.50, 0.026, -1, ("#c49a10", "#ffe64a", "#2f6fd0")),
        (0.745, 0.565, 0.020, -1, ("#c49a10", "#ffe64a", "#2f6fd0")),
        (0.12, 0.46, 0.022, 1, ("#2f4fc0", "#6fb0ff", "#ffe64a")),
    ):
        swimmers += list(fish((x, y), size, way, colour(tints[0]), colour(tints[1]), colour(tints[2])))
    return laid_sprite(image, *sprite(side, swimmers))


def _bubbles(rng: Rng, image: Picture) -> Picture:
    """Strings of bubbles with a bright rim and a glint."""
    side = image.shape[0]
    spots = [(0.335 + rng.normal(0, 0.012), rng.uniform(0.02, 0.5)) for _ in range(26)]
    spots += [(0.70 + rng.normal(0, 0.014), rng.uniform(0.3, 0.72)) for _ in range(20)]
    spots += [(rng.random(), rng.random()) for _ in range(40)]
    discs = []
    for x, y in spots:
        r = 0.0012 + 0.0075 * rng.random() ** 2.5
        discs += [
            (x, y, r, colour("#bff4ff") * 0.42),
            (x - r * 0.35, y - r * 0.4, r * 0.28, colour("#ffffff") * 0.8),
        ]
    motes = [
        (rng.random(), rng.random(), rng.uniform(0.0005, 0.0014), colour("#d9fff8") * rng.uniform(0.05, 0.35))
        for _ in range(300)
    ]
    return screened(image, soft_discs(side, discs, 0.85) + soft_discs(side, motes, 0))


SCENE = Scene(
    "reef",
    (
        "Party reef",
        "Party-Riff",
        "Récif en fête",
        "Arrecife en fiesta",
        "Festa sul fondo",
        "Feest op het rif",
    ),
    floor=0.93,
    light=345,
    paint=paint,
)
