"""Northern lights over a snowy clearing among spruces, a cabin with a lit window."""

from __future__ import annotations

import numpy as np
from brushes import (
    Picture,
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
from ground import View, relief, vista
from noise import Rng, fractal, sampled, seamless, stretched
from plants import spruce
from scene import Scene
from shapes import laid_sprite, painted, sprite

HORIZON = 0.52
VIEW = View(HORIZON)
CABIN = (0.775, 0.585)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(52)
    image = _sky(rng, side)
    image = _curtains(rng, image)
    image = _peaks(rng, image)
    image = _far_wood(rng, image)
    image = _snow(rng, image)
    image = _cabin(image)
    image = _wood(rng, image)
    image = bloomed(image, 0.62, 0.45, 0.010)
    return finished(vignetted(with_contrast(image, 0.18), 0.3), 52)


def _sky(rng: Rng, side: int) -> Picture:
    """Deep blue night, stars, a trace of the Milky Way."""
    sky = vertical(side, ((0, "#050b24"), (0.3, "#0b1f47"), (0.52, "#1d4a66"), (1, "#1d4a66")))
    x, y = axes(side)
    gas = stretched(fractal(rng, (side, side), (5, 5), 7, 0.6))
    band = np.exp(-(((y - 0.45 + 0.55 * x) / 0.13) ** 2)) * gas**1.5
    sky = lit(sky, band, "#8fa2d8", 0.30)
    stars = np.zeros((side, side), np.float32)
    count = 900
    at = rng.random((count, 2)) * (side, side * 0.5)
    stars[at[:, 1].astype(int), at[:, 0].astype(int)] = rng.random(count) ** 4 * 3.2 + 0.25
    sharp = blurred(stars, 0.00045) * 3.2 * (side / 1920) + blurred(stars, 0.0018) * 1.5
    return screened(sky, sharp[..., None] * colour("#e6edff"))


def _curtains(rng: Rng, image: Picture) -> Picture:
    """Folded curtains of green fading upwards to violet; rays lean to the zenith."""
    side = image.shape[0]
    x, y = axes(side)
    fold = fractal(rng, (side, side), (1.6, 2.5), 3) - 0.5
    for base, wave, tall, strength in (
        (0.40, 0.18, 0.20, 1.0),
        (0.30, 0.26, 0.26, 0.85),
        (0.455, 0.10, 0.10, 0.55),
    ):
        lean = 0.5 + (x - 0.5) * (1.25 - 0.75 * y) + fold * 0.22
        path = fractal(rng, (8, side), (1, 3.2), 3, 0.42)[4]
        rays = 0.45 + 0.55 * stretched(fractal(rng, (8, side), (1, 46), 4, 0.7)[4:5])[0]
        veil = stretched(fractal(rng, (8, side), (1, 5), 3)[4:5])[0]
        column = np.clip(lean * side, 0, side - 1).astype(np.int32)
        above = base + (path[column] - 0.5) * wave * 2 - y
        height = tall * (0.55 + 0.9 * veil[column])
        body = np.exp(-np.maximum(above, 0) / height) * smoothstep(-0.012, 0.016, above)
        light = blurred((body * rays[column] * (0.18 + 0.82 * veil[column])).astype(np.float32), 0.0011)
        tint = ramp(
            above / height,
            ((-0.1, "#8dffb0"), (0.3, "#2ef2a0"), (0.9, "#22bfae"), (1.6, "#6a4fd8"), (2.4, "#c04fd0")),
        )
        image = screened(image, tint * (light * strength)[..., None] * 1.3)
        image = screened(image, tint * (blurred(light, 0.03) * strength)[..., None] * 0.45)
    return image


def _peaks(rng: Rng, image: Picture) -> Picture:
    """Snowy mountains in the distance."""
    side = image.shape[0]
    heights = stretched(fractal(rng, (1024, 1024), (5, 5), 9, 0.48, ridged=True), 1, 99.8) ** 1.4 * 1500
    land = relief(heights, 9000, (-0.5, 0.7, -0.4))
    ahead = np.geomspace(6500, 14000, 600).astype(np.float32)
    seen = vista(land, View(HORIZON, 5), side, 6500, 14000, smoothstep(6500, 10000, ahead), (2500, 900), 600)
    snow = colour("#16324f") + seen.light[..., None] * colour("#7fd0bf") * 0.62
    snow = laid(
        snow, colour("#1f5068"), np.full((side, side), 0.35, np.float32) + 0.4 * np.exp(-seen.height / 260)
    )
    return laid(image, snow, seen.mask)


def _far_wood(rng: Rng, image: Picture) -> Picture:
    """A hazy belt of forest behind the clearing."""
    shapes = []
    for x in np.sort(rng.random(150)):
        away = abs(x - 0.5) * 2
        tall = rng.uniform(0.030, 0.055) * (0.6 + 1.0 * away)
        shapes += list(
            spruce(rng, (x, 0.555), tall, colour("#0c2638"), colour("#1d4a58"), colour("#6fa6b0") * 0.8)
        )
    paint_, mask = sprite(image.shape[0], shapes)
    return laid_sprite(image, blurred(paint_, 0.0008), blurred(mask, 0.0008))


def _snow(rng: Rng, image: Picture) -> Picture:
    """Drifts lit by the green sky, blue in their shade, a few glints."""
    side = image.shape[0]
    soft = seamless(rng, 1024, 4, 5, 0.36)
    land = relief(soft * 2.3, 42, (-0.45, 0.55, 0.55), shadows=False)
    ahead = np.geomspace(2, 90, 800).astype(np.float32)
    rise = 0.22 + 0.78 * smoothstep(5, 22, ahead)
    seen = vista(land, VIEW, side, 2, 90, rise, (7, 3), 800)
    fine = sampled(seamless(rng, 512, 16, 5, 0.6), seen.sideways / 3, seen.ahead / 3) - 0.5
    light = np.clip(seen.light + fine * 0.10 * np.clip(8 / seen.ahead, 0, 1), 0, 1)
    tint = ramp(light, ((0.2, "#0c2442"), (0.45, "#1f4f73"), (0.62, "#4f9aa5"), (0.85, "#b9f0dc")))
    tint = laid(tint, colour("#215a70"), np.clip(1 - np.exp(-seen.ahead / 70), 0, 0.7))
    glints = (rng.random((side, side), np.float32) > 0.9993) * smoothstep(0.55, 0.9, light)
    tint = screened(tint, blurred(glints.astype(np.float32), 0.0004)[..., None] * 2.2)
    _, y = axes(side)
    return laid(image, tint, seen.mask * smoothstep(0.50, 0.56, y + 0 * light))


def _cabin(image: Picture) -> Picture:
    """A log cabin under snow; its window warms the drifts."""
    x, y = CABIN
    w, h = 0.060, 0.040
    shapes = [
        (np.array([[x - w, y], [x - w, y - h], [x + w, y - h], [x + w, y]]), colour("#2a1c1c")),
        *[
            (
                np.array([[x - w, y - k], [x - w, y - k - 0.0035], [x + w, y - k - 0.0035], [x + w, y - k]]),
                colour("#3b2723"),
            )
            for k in np.arange(0.002, h, 0.0065)
        ],
        (
            np.array(
                [[x + 0.035, y - h], [x + 0.035, y - h - 0.052], [x + 0.05, y - h - 0.052], [x + 0.05, y - h]]
            ),
            colour("#33292c"),
        ),
        (
            np.array(
                [
                    [x - w - 0.014, y - h + 0.006],
                    [x - w * 0.55, y - h - 0.040],
                    [x + w * 0.72, y - h - 0.040],
                    [x + w + 0.014, y - h + 0.006],
                ]
            ),
            colour("#86c9c6"),
        ),
        (
            np.array(
                [
                    [x - w - 0.014, y - h + 0.006],
                    [x - w - 0.012, y - h + 0.001],
                    [x + w + 0.012, y - h + 0.001],
                    [x + w + 0.014, y - h + 0.006],
                ]
            ),
            colour("#3f7f8c"),
        ),
    ]
    for left in (-0.044, 0.018):
        shapes.append(
            (
                np.array(
                    [
                        [x + left, y - 0.012],
                        [x + left, y - 0.030],
                        [x + left + 0.024, y - 0.030],
                        [x + left + 0.024, y - 0.012],
                    ]
                ),
                colour("#ffcf70"),
            )
        )
        shapes.append(
            (
                np.array(
                    [
                        [x + left + 0.0112, y - 0.012],
                        [x + left + 0.0112, y - 0.030],
                        [x + left + 0.0128, y - 0.030],
                        [x + left + 0.0128, y - 0.012],
                    ]
                ),
                colour("#5a3320"),
            )
        )
    image = painted(image, shapes)
    side = image.shape[0]
    warm = halo(side, (x - 0.03, y - 0.02), 0.022) * 0.5 + halo(side, (x + 0.03, y - 0.02), 0.022) * 0.5
    return lit(image, warm, "#ff9a3c", 0.75)


def _wood(rng: Rng, image: Picture) -> Picture:
    """Spruces at both sides, larger and darker towards the viewer."""
    places = [
        (0.31, 0.575, 0.11),
        (0.68, 0.57, 0.10),
        (0.26, 0.585, 0.17),
        (0.90, 0.59, 0.18),
        (0.215, 0.60, 0.21),
        (0.965, 0.61, 0.26),
        (0.15, 0.62, 0.27),
        (0.855, 0.625, 0.27),
        (0.075, 0.66, 0.38),
        (0.93, 0.69, 0.43),
        (0.165, 0.70, 0.36),
        (0.00, 0.77, 0.60),
        (1.01, 0.80, 0.66),
    ]
    for x, foot, tall in places:
        near = np.clip((foot - 0.56) / 0.22, 0, 1)
        dark = colour("#0f3345") * (1 - near) + colour("#04121c") * near
        light = colour("#2d6a6e") * (1 - near) + colour("#164a48") * near
        shapes = list(spruce(rng, (x, foot), tall, dark, light, colour("#a8e6d8") * (0.75 + 0.1 * near)))
        image = _shaded(image, x, foot, tall)
        image = laid_sprite(image, *sprite(image.shape[0], shapes))
    return image


def _shaded(image: Picture, x: float, foot: float, tall: float) -> Picture:
    """Soft shade on the snow at a tree's foot."""
    px, py = axes(image.shape[0])
    away = np.hypot((px - x) / (tall * 0.24), (py - foot) / (tall * 0.045))
    return image * (1 - 0.55 * np.exp(-(away**2)))[..., None]


SCENE = Scene(
    "aurora",
    ("Northern lights", "Nordlicht", "Aurore boréale", "Aurora boreal", "Aurora boreale", "Noorderlicht"),
    floor=0.93,
    light=345,
    paint=paint,
)
