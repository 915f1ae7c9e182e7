"""In the back of a red convertible on a coast road at sunset: guests sit on the bench, the road runs off behind."""

from __future__ import annotations

import numpy as np
from brushes import (
    Picture,
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
from car import laid_car
from ground import View, relief, vista
from noise import Rng, fractal, sampled, seamless, stretched
from plants import palm
from scene import Scene
from shapes import laid_sprite, sprite
from water import glitter, ripples

HORIZON = 0.45
VIEW = View(HORIZON, 1.50, 0.80)
SUN_AT = (0.24, 0.375)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(111)
    image = _sky(rng, side)
    image = _hills(rng, image)
    image = _sea(rng, image)
    image = _road(rng, image)
    image = _palms(rng, image)
    image = bloomed(image, 0.80, 0.5, 0.012)
    image = blurred(image, 0.0007)
    image = laid_car(image, VIEW)
    image = screened(image, halo(side, SUN_AT, 0.17, 1.7)[..., None] * colour("#ff8f4a") * 0.32)
    return finished(vignetted(with_contrast(image, 0.2), 0.22), 111)


def _sky(rng: Rng, side: int) -> Picture:
    """Turquoise above, coral and gold below; streaks of lit cloud."""
    x, y = axes(side)
    sky = vertical(
        side,
        (
            (0, "#2a6f9e"),
            (0.14, "#5fa0b4"),
            (0.26, "#e9b99a"),
            (0.36, "#ff9f6a"),
            (0.45, "#ffcf82"),
            (1, "#ffcf82"),
        ),
    )
    sky = lit(sky, halo(side, SUN_AT, 0.20, 2.0), "#ffc062", 0.6)
    cloud = stretched(fractal(rng, (side, side), (15, 2.4), 8, 0.55)) - 0.34 * np.abs(y - 0.20) / 0.22
    near_sun = np.exp(-np.hypot(x - SUN_AT[0], (y - SUN_AT[1]) * 1.3) / 0.42)
    rim = ramp(near_sun, ((0, "#f0a08e"), (0.4, "#ffb27a"), (1, "#fff0c0")))
    shade = ramp(near_sun, ((0, "#8a6f8f"), (0.5, "#c0707a"), (1, "#f59a60")))
    sky = laid(
        sky, laid(rim, shade, smoothstep(0.52, 0.92, cloud) * 0.85), smoothstep(0.38, 0.72, cloud) * 0.85
    )
    return laid(sky, np.array([1.25, 1.15, 0.9], np.float32), disc(side, SUN_AT, 0.030, 0.006))


def _hills(rng: Rng, image: Picture) -> Picture:
    """Coastal hills on the right, and their far end across the bay."""
    side = image.shape[0]
    x, _ = axes(side)
    for near, far, top, left, right, haze in (
        (5000, 9000, 900, -0.2, 0.3, 0.62),
        (900, 2600, 330, 0.50, 0.75, 0.28),
        (160, 620, 62, 0.60, 0.90, 0.08),
    ):
        heights = stretched(fractal(rng, (768, 768), (5, 5), 7, 0.42)) * top
        land = relief(heights, far * 0.8, (-0.75, 0.42, 0.2))
        ahead = np.geomspace(near, far, 900)[:, None].astype(np.float32)
        edge = smoothstep(left, right, x) if right > 0.5 else smoothstep(0.62, 0.40, x) * 0.5 + 0.15 * (x < 2)
        seen = vista(
            land,
            View(HORIZON, 1.5, 0.8),
            side,
            near,
            far,
            edge * smoothstep(near, near * 1.5, ahead),
            (far * 0.3, 0),
            900,
        )
        grit = fractal(rng, (side, side), (90, 90), 4, 0.7) - 0.5
        tint = colour("#3d3b46") + (seen.light * (1 + grit * 0.7))[..., None] * colour("#d9964a") * 0.95
        tint = laid(
            tint * (1 + grit * 0.4)[..., None], colour("#f2b088"), np.full((side, side), haze, np.float32)
        )
        image = laid(image, tint, seen.mask)
    return image


def _sea(rng: Rng, image: Picture) -> Picture:
    """The bay on the left, glittering."""
    side = image.shape[0]
    _, y = axes(side)
    waves = ripples(rng, VIEW, side, 4, 3.5)
    water = ramp(
        (y - HORIZON) / 0.16 + waves * 0.12,
        ((0, "#f6bd86"), (0.2, "#d08f80"), (0.6, "#5f7f92"), (1.0, "#2f6d84")),
    )
    water = lit(water, halo(side, (SUN_AT[0], 0.47), 0.14, 1.8), "#ffb066", 0.5)
    sparks = glitter(rng, VIEW, side, SUN_AT[0], 0.06, 1.2)
    water = screened(water, sparks[..., None] * np.array([1.2, 1.0, 0.7], np.float32))
    return np.where((y > HORIZON)[..., None], water, image)


def _road(rng: Rng, image: Picture) -> Picture:
    """Warm asphalt, a yellow double line, a low wall at the sea, dry grass at the hill."""
    side = image.shape[0]
    _, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    bent = sideways + 0.00045 * np.minimum(ahead, 300) ** 2 * -0.35
    tile = seamless(rng, 512, 16, 6, 0.75)
    grain = sampled(tile, bent / 1.5, ahead / 3) - 0.5
    sheen = np.exp(-(((sideways / ahead + 0.26) / 0.35) ** 2))
    asphalt = (
        colour("#5b4d55") * (0.85 + 0.5 * grain[..., None]) + sheen[..., None] * colour("#ff9a5a") * 0.38
    )
    grass = ramp(
        sampled(tile, sideways / 6, ahead / 9) * 0.9, ((0, "#4a3b22"), (0.5, "#a57b3c"), (1, "#e6b765"))
    )
    sand = laid(asphalt, grass, smoothstep(4.4, 4.9, bent + grain * 0.8))
    pixel = np.maximum(ahead / side / 0.8, 0.001)
    for at, half, tint in (
        (-0.14, 0.06, "#ffc84a"),
        (0.14, 0.06, "#ffc84a"),
        (3.9, 0.06, "#f6e6d8"),
        (-3.9, 0.06, "#f6e6d8"),
    ):
        line = np.clip(0.5 + (half - np.abs(bent - at)) / pixel, 0, 1) * np.clip(half / pixel * 2, 0, 1)
        sand = laid(sand, colour(tint), line * (0.75 + 0.4 * grain))
    sand = laid(sand, colour("#f2b088"), np.clip(1 - np.exp(-ahead / 420), 0, 0.75))
    land = (bent > -4.5).astype(np.float32) * (y > HORIZON + 0.0015)
    image = laid(image, sand, blurred(land, 0.0004))
    return _sea_wall(image)


def _sea_wall(image: Picture) -> Picture:
    """White-washed posts along the cliff."""
    side = image.shape[0]
    shapes = []
    for ahead in np.geomspace(260, 5.5, 34):
        x = -4.5 + 0.00045 * 0.35 * min(ahead, 300) ** 2
        (cx, top), (_, foot) = VIEW.seen(x, 0.75, ahead), VIEW.seen(x, 0.0, ahead)
        w = 0.13 * 0.8 / ahead
        shapes.append(
            (np.array([[cx - w, foot], [cx - w, top], [cx + w, top], [cx + w, foot]]), colour("#8f6f70"))
        )
        shapes.append(
            (
                np.array([[cx - w, foot], [cx - w, top], [cx - w * 0.3, top], [cx - w * 0.3, foot]]),
                colour("#ffdcae"),
            )
        )
    for up in (0.42, 0.66):
        line = [VIEW.seen(-4.5 + 0.00045 * 0.35 * min(z, 300) ** 2, up, z) for z in np.geomspace(260, 3, 60)]
        low = [
            VIEW.seen(-4.5 + 0.00045 * 0.35 * min(z, 300) ** 2, up - 0.05, z)
            for z in np.geomspace(260, 3, 60)
        ]
        shapes.append((np.array(line + low[::-1]), colour("#d9a88e")))
    return laid_sprite(image, *sprite(side, shapes))


def _palms(rng: Rng, image: Picture) -> Picture:
    """A row of palms on each side, backlit."""
    dark, light = colour("#2a1e24"), colour("#d0803c")
    for ahead in (130, 88, 60, 41, 28, 19):
        haze = np.clip(ahead / 210, 0, 0.6)
        shapes = []
        for hand, off in ((-1, 5.3), (1, 6.0)):
            x, foot = VIEW.seen(hand * off + 0.00045 * 0.35 * ahead**2, 0, ahead)
            top_x, top = VIEW.seen(
                hand * off * (0.98 + rng.uniform(-0.03, 0.05)) + 0.00045 * 0.35 * ahead**2,
                rng.uniform(8.0, 9.6),
                ahead,
            )
            tint = dark * (1 - haze) + colour("#f2b088") * haze
            shapes += list(
                palm(
                    rng,
                    (x, foot),
                    (top_x, top),
                    3.0 * 0.8 / ahead,
                    tint,
                    light * (1 - haze) + colour("#ffc890") * haze,
                    SUN_AT[0],
                )
            )
        image = laid_sprite(image, *sprite(image.shape[0], shapes))
    return image


SCENE = Scene(
    "cabrio",
    (
        "Sunset drive",
        "Fahrt ins Abendrot",
        "Balade en décapotable",
        "Paseo en descapotable",
        "Gita in cabriolet",
        "Cabrio bij zonsondergang",
    ),
    floor=1.0,
    light=315,
    paint=paint,
)
