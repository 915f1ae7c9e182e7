"""A palm beach in the last golden hour: sun low on the right, glitter on the sea."""

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
    vertical,
    vignetted,
    with_contrast,
)
from ground import View, relief, vista
from noise import Rng, fractal, sampled, seamless, stretched
from plants import palm
from scene import Scene
from shapes import laid_sprite, sprite
from water import glitter, ripples

SUN = (0.70, 0.405)
VIEW = View(0.5)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(21)
    image = _sky(rng, side)
    image = _headland(rng, image)
    image = _sea(rng, image)
    image = _sand(rng, image)
    image = bloomed(image, 0.80, 0.55, 0.010)
    image = _palms(rng, image)
    image = screened(image, halo(side, SUN, 0.16, 1.7)[..., None] * colour("#ff9a4a") * 0.30)
    return finished(vignetted(with_contrast(image, 0.22), 0.25), 21)


def _sky(rng: Rng, side: int) -> Picture:
    """Blue above, apricot below, long clouds lit from underneath."""
    x, y = axes(side)
    sky = vertical(
        side,
        (
            (0, "#2f5f9e"),
            (0.16, "#6f92bd"),
            (0.30, "#d9aea0"),
            (0.40, "#ffbe7c"),
            (0.5, "#ffd791"),
            (1, "#ffd791"),
        ),
    )
    sky = lit(sky, halo(side, SUN, 0.20, 2.0), "#ffb45c", 0.62)
    wide = fractal(rng, (side, side), (13, 2.6), 8, 0.56)
    cloud = stretched(wide) - 0.30 * np.abs(y - 0.26) / 0.26
    body = smoothstep(0.42, 0.74, cloud)
    core = smoothstep(0.55, 0.95, cloud)
    near_sun = np.exp(-np.hypot(x - SUN[0], (y - SUN[1]) * 1.4) / 0.45)
    rim = ramp(near_sun, ((0, "#e79f8f"), (0.35, "#ffb27a"), (1, "#fff2c4")))
    shade = ramp(near_sun, ((0, "#84708f"), (0.5, "#b57a7c"), (1, "#f0a062")))
    sky = laid(sky, laid(rim, shade, core * 0.85), body * 0.85)
    sun = disc(side, SUN, 0.030, 0.006)
    return laid(sky, np.array([1.25, 1.16, 0.92], np.float32), sun)


def _headland(rng: Rng, image: Picture) -> Picture:
    """A wooded island at the left, hazy."""
    side = image.shape[0]
    heights = stretched(fractal(rng, (768, 768), (6, 6), 8, 0.5)) * 330
    land = relief(heights, 4200, (0.8, 0.35, 0.4))
    x, _ = axes(side)
    ahead = np.geomspace(3600, 6500, 500)[:, None].astype(np.float32)
    where = smoothstep(0.42, 0.06, x) * smoothstep(3600, 4600, ahead)
    seen = vista(land, View(0.5, 3), side, 3600, 6500, where, (900, 0), 500)
    tint = colour("#5b4a58") + seen.light[..., None] * colour("#b5683a") * 0.8
    tint = laid(tint, colour("#f3b98a"), np.full((side, side), 0.42, np.float32))
    return laid(image, tint, seen.mask)


def _sea(rng: Rng, image: Picture) -> Picture:
    """Sky colours broken by waves, a road of sparks under the sun, two small breakers."""
    side = image.shape[0]
    _, y = axes(side)
    waves = ripples(rng, VIEW, side, 2.2, 3.5)
    depth = (y - 0.5) / 0.2 + waves * 0.16
    water = ramp(
        depth, ((0, "#f6c08a"), (0.10, "#c99a8c"), (0.32, "#5f8794"), (0.62, "#2f7d8a"), (1.0, "#59b0a4"))
    )
    water = lit(water, halo(side, (SUN[0], 0.52), 0.16, 1.8), "#ffb066", 0.55)
    sparks = glitter(rng, VIEW, side, SUN[0], 0.065, 0.6)
    water = screened(water, sparks[..., None] * np.array([1.2, 1.0, 0.70], np.float32))
    return np.where((y > 0.5)[..., None], water, image)


def _shore(side: int, rng: Rng) -> Plane:
    """Height (fraction from the top) of the water's edge for each column."""
    x, _ = axes(side)
    lobes = fractal(rng, (8, side), (1, 5), 3)[4:5]
    return 0.655 - 0.035 * (x - 0.5) + (lobes - 0.5) * 0.022


def _sand(rng: Rng, image: Picture) -> Picture:
    """Foam, wet mirror of the sky, then dry sand with footmarks and ripples."""
    side = image.shape[0]
    x, y = axes(side)
    shore = _shore(side, rng)
    sideways, ahead = VIEW.floor(side)
    below = y - shore
    sand = _dry_sand(rng, sideways, ahead)
    glow = np.exp(-(((x - SUN[0]) / 0.30) ** 2))
    mirror = ramp(y + 0 * x, ((0.62, "#ffd2a0"), (0.70, "#e6b09c"), (0.80, "#9f8a9c")))
    mirror = lit(mirror, glow + 0 * y, "#ffb468", 0.55)
    wet = smoothstep(
        0.095, 0.020, below + (sampled(seamless(rng, 256, 4, 4), sideways / 9, ahead / 9) - 0.5) * 0.012
    )
    sand = laid(sand, sand * 0.55, smoothstep(0.13, 0.03, below) * 0.8)
    sand = laid(sand, mirror, wet * 0.78)
    image = laid(image, sand, smoothstep(-0.0015, 0.0015, below))
    return _foam(rng, image, shore, sideways, ahead)


def _dry_sand(rng: Rng, sideways: Plane, ahead: Plane) -> Picture:
    """Wind-rippled sand lit from far right, so that every hollow has a shadow."""
    side = ahead.shape[0]
    soft = seamless(rng, 512, 6, 6, 0.55)
    bumps = sampled(soft, sideways / 5, ahead / 5) * 0.30
    bumps += sampled(soft, sideways / 1.6, ahead / 1.2) * 0.030
    bumps += (
        sampled(seamless(rng, 512, 32, 4, 0.7), sideways / 1.1, ahead / 1.1)
        * 0.0042
        * np.clip(9 / ahead, 0, 1)
    )
    bumps = blurred(bumps, 0.0004)
    slope = np.gradient(bumps, axis=1) * side / np.clip(ahead, 1, 50)
    face = np.gradient(bumps, axis=0) * side / np.clip(ahead * 4, 1, 200)
    light = np.clip(0.60 + slope * 0.42 - face * 0.30, 0.1, 1.15)
    return ramp(light, ((0.0, "#6f4a42"), (0.45, "#b98760"), (0.7, "#dfad76"), (1.15, "#ffe0a6")))


def _foam(rng: Rng, image: Picture, shore: Plane, sideways: Plane, ahead: Plane) -> Picture:
    """Lace of foam at the edge and two breaking wavelets farther out."""
    side = image.shape[0]
    _, y = axes(side)
    lace = sampled(seamless(rng, 512, 10, 6, 0.65), sideways / 7, ahead / 9)
    for offset, thick, strength in ((-0.003, 0.010, 1.0), (-0.030, 0.006, 0.75), (-0.062, 0.004, 0.55)):
        wander = (sampled(seamless(rng, 256, 3, 3), sideways / 26, ahead * 0 + offset * 9) - 0.5) * 0.018
        line = y - shore - offset - wander
        shape = np.exp(-((line / thick) ** 2)) * smoothstep(thick * 0.5, thick * 0.2, line)
        foam = smoothstep(0.46, 0.72, lace * 0.9 + shape * 0.28) * np.clip(shape * 1.3, 0, 1)
        shade = np.exp(-(((line + thick * 1.6) / thick) ** 2)) * 0.35 * strength
        image = image * (1 - shade[..., None])
        image = laid(image, colour("#fff1dc"), np.clip(foam * 1.3, 0, 1) * strength)
    return image


def _palms(rng: Rng, image: Picture) -> Picture:
    """Palms lean in from both sides, their shadows warm and deep."""
    side = image.shape[0]
    dark, light = colour("#191b18"), colour("#b8923f")
    far = [
        *palm(rng, (0.035, 0.70), (0.145, 0.29), 0.16, dark * 1.6, light, SUN[0]),
        *palm(rng, (0.975, 0.69), (0.90, 0.34), 0.13, dark * 1.8, light, SUN[0]),
    ]
    near = [
        *palm(rng, (-0.03, 0.99), (0.085, 0.125), 0.27, dark, light, SUN[0]),
        *palm(rng, (1.03, 0.96), (0.955, 0.17), 0.24, dark, light, SUN[0]),
    ]
    image = laid_sprite(image, *sprite(side, far))
    paint_, mask = sprite(side, near)
    return laid_sprite(image, blurred(paint_, 0.0006), blurred(mask, 0.0006))


SCENE = Scene(
    "beach",
    ("Golden beach", "Goldstrand", "Plage dorée", "Playa dorada", "Spiaggia d'oro", "Gouden strand"),
    floor=0.93,
    light=45,
    paint=paint,
)
