"""A jetty on an alpine lake at dawn: sunlit peaks, mist, still water."""

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
    laid,
    ramp,
    smoothstep,
    vertical,
    vignetted,
    with_contrast,
)
from ground import View, Vista, relief, vista
from noise import Rng, fractal, sampled, seamless, stretched
from scene import Scene
from shapes import painted, stroke
from water import mirrored_below, ripples

HORIZON = 0.5
FLOOR = View(HORIZON)
FAR = View(HORIZON, eye=6)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(11)
    image = _sky(rng, side)
    image = _mountains(rng, image)
    image = _mist(rng, image)
    image = _lake(rng, image)
    image = _jetty(rng, image)
    image = bloomed(image, 0.78, 0.35)
    return finished(vignetted(with_contrast(image, 0.25), 0.22), 11)


def _sky(rng: Rng, side: int) -> Picture:
    """Dawn: rose and gold behind the peaks, thin lit cloud above."""
    x, y = axes(side)
    sky = vertical(
        side, ((0, "#3f6aa6"), (0.2, "#7fa3cd"), (0.36, "#f0c6b4"), (0.46, "#ffe0b0"), (1, "#ffdcae"))
    )
    warp = fractal(rng, (side, side), (9, 2.2), 7, 0.55)
    cloud = smoothstep(0.52, 0.72, stretched(warp) * (1.05 - y))
    tint = ramp(y + 0 * x, ((0, "#e9c3c6"), (0.25, "#ffd9c2"), (0.45, "#fff0cf")))
    sky = laid(sky, tint, cloud * 0.75)
    glow = np.exp(-(((x - 0.16) / 0.35) ** 2) - ((y - 0.36) / 0.2) ** 2)
    return sky + glow[..., None] * colour("#ffcf8a") * 0.28


def _mountains(rng: Rng, sky: Picture) -> Picture:
    """Three ranges, the farther the paler."""
    image = sky
    for far, near, top, valley, haze, seed in (
        (26000, 11000, 4300, 0.0, 0.62, 1),
        (12500, 5200, 2150, 0.35, 0.30, 2),
        (5200, 2300, 820, 0.85, 0.10, 3),
    ):
        seen = _range(np.random.default_rng(seed + 440), sky.shape[0], near, far, top, valley)
        image = laid(image, _rock(rng, seen, top, haze), seen.mask)
    return image


def _range(rng: Rng, side: int, near: float, far: float, top: float, valley: float) -> Vista:
    """One range of mountains across the lake, lower in the middle by `valley`."""
    span = far * 0.9
    ridge = fractal(rng, (1024, 1024), (5, 5), 9, 0.46, ridged=True)
    bumps = fractal(rng, (1024, 1024), (4, 4), 3)
    heights = (stretched(ridge, 1, 99.8) ** 1.5 * (0.35 + 0.9 * stretched(bumps))) * top
    land = relief(heights.astype(np.float32), span, (-0.85, 0.5, -0.25))
    steps = 700
    ahead = np.geomspace(near, far, steps).astype(np.float32)[:, None]
    x, _ = axes(side)
    behind = smoothstep(near, near + (far - near) * 0.45, ahead)
    lower = 1 - valley * np.exp(-(((x - 0.52) / 0.23) ** 2))
    return vista(land, FAR, side, near, far, behind * lower, offset=(span * 0.37, 0), steps=steps)


def _rock(rng: Rng, seen: Vista, top: float, haze: float) -> Picture:
    """Forest, rock and snow by height and slope, sun and sky light, air in between."""
    side = seen.mask.shape[0]
    grit = fractal(rng, (side, side), (70, 70), 4, 0.7) - 0.5
    up = seen.height / 2200 + grit * 0.35
    stone = laid(
        np.broadcast_to(colour("#2a3b3d"), (side, side, 3)), colour("#76706e"), smoothstep(0.12, 0.3, up)
    )
    snow = smoothstep(0.34, 0.46, up + (seen.slope - 0.75) * 0.55)
    ground = laid(stone, colour("#eef3fb"), snow) * (1 + grit * 0.35)[..., None]
    sun = seen.light[..., None] * np.array([1.45, 1.02, 0.70], np.float32)
    lit_ground = ground * (sun + np.array([0.30, 0.38, 0.54], np.float32))
    low = np.exp(-np.maximum(seen.height, 0) / 500)
    veil = np.clip(haze + 0.28 * low, 0, 0.93)
    return laid(lit_ground, colour("#c9c3cf") * (1 - low[..., None] * 0.0), veil)


def _mist(rng: Rng, image: Picture) -> Picture:
    """Banks of mist over the far shore, lit from the left."""
    side = image.shape[0]
    x, y = axes(side)
    wisps = stretched(fractal(rng, (side, side), (16, 3), 6, 0.55))
    bank = np.exp(-(((y - HORIZON + 0.006) / 0.022) ** 2)) * 0.95
    bank = bank + np.exp(-(((y - 0.455) / 0.022) ** 2)) * wisps**1.4 * 0.75
    bank += np.exp(-(((y - 0.40) / 0.016) ** 2)) * smoothstep(0.55, 0.95, wisps) * 0.5
    tint = ramp(x + 0 * y, ((0, "#ffe6c6"), (0.5, "#f1dcd6"), (1, "#d9d4e2")))
    return laid(image, tint, np.clip(bank * (0.55 + 0.6 * wisps), 0, 0.92))


def _lake(rng: Rng, image: Picture) -> Picture:
    """Still water: the mountains again, deeper and greener towards the viewer."""
    side = image.shape[0]
    _, y = axes(side)
    waves = ripples(rng, FLOOR, side, 1.2, 3.0)
    water = mirrored_below(image, HORIZON, waves, 0.09, 0.003)
    deep = smoothstep(0.52, 1.05, y) * 0.72 + 0 * waves
    shade = ramp(np.clip(waves + 0.5, 0, 1), ((0, "#0d2c3a"), (1, "#2b5a66")))
    water = laid(water * np.array([0.90, 0.95, 0.98], np.float32), shade, np.clip(deep, 0, 1))
    return np.where((y > HORIZON)[..., None], water, image)


def _jetty(rng: Rng, image: Picture) -> Picture:
    """A wooden jetty from the viewer's feet towards the mountains."""
    side = image.shape[0]
    sideways, ahead = FLOOR.floor(side)
    pixel = ahead / side
    inside = np.clip((1.45 - np.abs(sideways)) / pixel + 0.5, 0, 1) * np.clip(
        (15 - ahead) / (pixel * 8), 0, 1
    )
    shadow = np.exp(-(((np.abs(sideways) - 1.35) / 0.55) ** 2)) * (ahead < 15.5)
    image = image * (1 - 0.55 * blurred(shadow.astype(np.float32), 0.004))[..., None]
    image = laid(image, _planks(rng, sideways, ahead), inside)
    for metres in (14.6, 10.2, 7.1, 5.0):
        for hand in (-1, 1):
            image = _post(image, hand * 1.5, metres)
    return image


def _planks(rng: Rng, sideways: Plane, ahead: Plane) -> Picture:
    """Boards laid across, weathered, dew-wet, warm on the side of the sun."""
    board = 0.16
    place = ahead / board
    index = np.clip(place.astype(np.int32), 0, 400)
    tone = rng.uniform(-0.10, 0.10, 401).astype(np.float32)[index]
    hue = rng.uniform(-0.03, 0.03, 401).astype(np.float32)[index]
    tile = seamless(rng, 512, 4, 7, 0.65)
    grain = sampled(tile, sideways / 3.1 + index * 0.37, place * 0.35 + index * 0.19) - 0.5
    streak = sampled(tile, sideways / 9 + index * 0.71, place * 1.7) - 0.5
    fine = np.clip(1.5 - ahead / 9, 0, 1)
    value = 0.40 + tone + (grain * 0.16 + streak * 0.16) * (0.3 + 0.7 * fine)
    edge = np.abs(place - np.floor(place) - 0.5) * 2
    width = ahead * ahead / 1.6 / ahead.shape[0] / board
    gap = smoothstep(0.90 - width, 0.96 + width, edge) / (1 + width * 6)
    wood = value[..., None] * np.array([1.06, 0.94, 0.86], np.float32) + hue[..., None] * colour("#ff8800")
    wood = wood * (1 - 0.8 * gap[..., None])
    sheen = np.clip(ahead / 14, 0, 1) ** 0.8
    sky = ramp(np.clip(ahead / 14, 0, 1), ((0, "#8fa0b4"), (1, "#ffe2c0")))
    wet = np.clip(0.10 + 0.55 * sheen + grain * 0.25 * fine, 0, 0.7) * (1 - gap)
    return laid(wood, sky, wet)


def _post(image: Picture, sideways: float, ahead: float) -> Picture:
    """A mooring post with its light and dark side."""
    x, top = FLOOR.seen(sideways, 0.55, ahead)
    _, foot = FLOOR.seen(sideways, -0.25, ahead)
    width = 0.17 / ahead
    shapes = []
    for part in range(12):
        at = (part + 0.5) / 12 - 0.5
        bright = 0.20 + 0.62 * np.clip(0.35 - at, 0, 1) ** 1.5
        tint = bright * np.array([1.0, 0.86, 0.74], np.float32)
        line = np.array([[x + at * width, top], [x + at * width, foot]])
        shapes.append((stroke(line, [width / 10, width / 10]), tint))
    cap = np.array([[x - width * 0.55, top], [x + width * 0.55, top]])
    shapes.append((stroke(cap, [width * 0.25] * 2), colour("#c9ad92")))
    return painted(image, shapes)


SCENE = Scene(
    "lake",
    ("Mountain lake", "Bergsee", "Lac de montagne", "Lago de montaña", "Lago di montagna", "Bergmeer"),
    floor=0.93,
    light=300,
    paint=paint,
)
