"""A garden wedding at dusk: an arch of roses, strings of warm bulbs, petals along the aisle."""

from __future__ import annotations

from collections.abc import Iterator

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
from flowers import eucalyptus, leaf, rose
from ground import View
from lanterns import lantern
from noise import Rng, fractal, sampled, seamless, stretched
from scene import Scene
from shapes import Points, Shape, ellipse, laid_sprite, soft_discs, sprite, stroke

HORIZON = 0.50
VIEW = View(HORIZON)
FOOT = 0.865
ROSES = (
    ("#fff4ea", "#dcb8a0"),
    ("#ffe1d6", "#d98f86"),
    ("#ffc9c4", "#c96f78"),
    ("#f7a8a8", "#a8465a"),
    ("#fff8f2", "#e3c9ae"),
    ("#b8384f", "#5c0f22"),
)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(131)
    image = _garden(rng, side)
    image = _lawn(rng, image)
    image = _strings(rng, image)
    image = bloomed(image, 0.72, 0.45, 0.010)
    image = _arch(rng, image)
    image = _lanterns(image)
    image = _petals(rng, image)
    image = bloomed(image, 0.86, 0.30, 0.008)
    return finished(vignetted(with_contrast(image, 0.2), 0.3), 131)


def _garden(rng: Rng, side: int) -> Picture:
    """Trees against the evening sky, far out of focus, lamps among them."""
    sky = vertical(
        side, ((0, "#41538f"), (0.2, "#8a7fb4"), (0.36, "#f0b0a0"), (0.48, "#ffd7a0"), (1, "#ffd7a0"))
    )
    sky = lit(sky, halo(side, (0.5, 0.47), 0.25, 2.0), "#ffc98a", 0.5)
    x, y = axes(side)
    for level, tint, rise, cells in (
        (0.40, "#5d6a6e", 0.20, 7),
        (0.45, "#2f4a42", 0.30, 9),
        (0.50, "#16302a", 0.16, 14),
    ):
        crowns = fractal(rng, (side, side), (cells, cells), 5, 0.55)
        valley = 0.9 * np.clip(np.abs(x - 0.5) * 2.2, 0.18, 1)
        tops = level + 0.06 - rise * valley * stretched(crowns)
        foliage = colour(tint) * (0.65 + 0.8 * fractal(rng, (side, side), (30, 30), 4, 0.6))[..., None]
        sky = laid(sky, foliage, smoothstep(-0.012, 0.012, y - tops))
    soft = blurred(sky, 0.007)
    discs = []
    for _ in range(150):
        tint_ = colour(("#ffc878", "#ffdfa8", "#ffb060")[rng.integers(3)]) * rng.uniform(0.08, 0.42)
        discs.append((rng.random(), rng.uniform(0.26, 0.56), rng.uniform(0.005, 0.017), tint_))
    return screened(soft, soft_discs(side, discs, 0.45))


def _lawn(rng: Rng, image: Picture) -> Picture:
    """Mown grass, an ivory runner in the middle."""
    side = image.shape[0]
    _, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    tile = seamless(rng, 512, 32, 5, 0.8)
    soft = sampled(seamless(rng, 256, 4, 5, 0.5), sideways / 6, ahead / 6) - 0.5
    blade = (sampled(tile, sideways / 0.9, ahead / 2.2) - 0.5) * np.clip(6 / ahead, 0.2, 1)
    grass = ramp(
        0.45 + blade * 0.9 + soft * 0.5,
        ((0, "#12291b"), (0.45, "#35592f"), (0.8, "#7a9550"), (1.1, "#c9c47a")),
    )
    weave = (sampled(tile, sideways / 0.7, ahead / 0.7) - 0.5) * np.clip(4 / ahead, 0.1, 1)
    cloth = ramp(0.55 + weave * 0.35 + soft * 0.4, ((0, "#9a8478"), (0.5, "#dcc9b8"), (1, "#fff4e4")))
    edge = np.abs(sideways) - 1.0 + soft * 0.06
    pixel = ahead / side
    runner = np.clip(0.5 - edge / pixel, 0, 1)
    grass = grass * (1 - 0.45 * np.exp(-np.maximum(edge, 0) / 0.10))[..., None]
    ground = laid(grass, cloth, runner)
    warm = np.exp(-((sideways / 2.2) ** 2) - ((ahead - 5) / 3.0) ** 2)
    ground = ground * (colour("#8f8aa0") + warm[..., None] * colour("#c99a6a") * 0.9)
    ground = laid(ground, colour("#e9b48c"), np.clip(1 - np.exp(-(ahead - 4) / 45), 0, 0.8))
    return laid(image, ground, smoothstep(0.512, 0.535, y) + 0 * ahead)


def _strings(rng: Rng, image: Picture) -> Picture:
    """Bulbs on sagging wires that run from the trees over the arch."""
    side = image.shape[0]
    wires: list[Shape] = []
    discs = []
    for left, right, sag, size, bright in (
        ((-0.05, 0.10), (0.62, -0.03), 0.13, 0.0050, 0.8),
        ((0.36, -0.04), (1.05, 0.13), 0.14, 0.0050, 0.8),
        ((-0.05, 0.26), (0.50, 0.20), 0.10, 0.0038, 0.6),
        ((0.50, 0.20), (1.05, 0.27), 0.10, 0.0038, 0.6),
        ((-0.05, 0.02), (1.05, 0.0), 0.17, 0.0062, 1.0),
    ):
        t = np.linspace(0, 1, 60)
        path = np.stack(
            [
                left[0] + (right[0] - left[0]) * t,
                left[1] + (right[1] - left[1]) * t + 4 * sag * t * (1 - t) * 0.5,
            ],
            axis=1,
        )
        wires.append((stroke(path, np.full(60, size * 0.22)), colour("#1c1a20")))
        for k in np.arange(2, 59, 3):
            x, y = path[k] + (0, size * 1.5)
            discs.append((x, y, size, colour("#ffd890") * bright))
            discs.append((x, y, size * 0.45, colour("#fff6e0") * bright))
            discs.append((x, y, size * 3.4, colour("#ff9a40") * 0.10 * bright))
    image = laid_sprite(image, *sprite(side, wires))
    return screened(image, blurred(soft_discs(side, discs, 0.0), 0.0009) * 1.3)


def _line(count: int) -> tuple[Points, Points]:
    """The arch's middle line from left foot to right foot, and its outward normals."""
    t = np.linspace(0, 1, count)
    angle = np.pi * (1 - t)
    x = 0.5 + 0.375 * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.62
    y = FOOT - (FOOT - 0.115) * np.sin(angle) ** 0.55
    path = np.stack([x, y], axis=1)
    along = np.gradient(path, axis=0)
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1)
    return path, normal / np.maximum(np.hypot(*normal.T), 1e-9)[:, None]


def _evenly(count: int) -> tuple[Points, Points]:
    """As `_line`, with points at equal distances."""
    path, normal = _line(2000)
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.interp(np.linspace(0, length[-1], count), length, np.arange(2000)).astype(int)
    return path[at], normal[at]


def _arch(rng: Rng, image: Picture) -> Picture:
    """The arch's frame, greenery, roses; a soft shadow behind it."""
    side = image.shape[0]
    x, y = axes(side)
    for foot in (0.125, 0.875):
        image = image * (1 - 0.6 * np.exp(-(((x - foot) / 0.09) ** 2) - ((y - FOOT) / 0.014) ** 2))[..., None]
    green = [*_greenery(rng)]
    _, mask = sprite(side, green)
    image = image * (1 - 0.35 * blurred(mask, 0.012))[..., None]
    image = laid_sprite(image, *sprite(side, green))
    image = laid_sprite(image, *sprite(side, _roses(rng)))
    return _fairy_lights(rng, image)


def _greenery(rng: Rng) -> Iterator[Shape]:
    """Leaves and sprigs that stick out on both sides of the line."""
    path, normal = _evenly(170)
    yield stroke(path, np.full(170, 0.026)), colour("#2a1d16")
    order = rng.permutation(170)
    for k in order:
        for _ in range(5):
            hand = rng.choice((-1, 1))
            angle = np.arctan2(*(normal[k] * hand)[::-1]) + rng.normal(0, 0.75)
            root = path[k] + rng.normal(0, 0.013, 2)
            light = np.clip(rng.normal(0.5, 0.28), 0, 1)
            dark_, bright = colour("#12281c"), colour("#4f7a45") * (1 - light) + colour("#9fb56a") * light
            yield from leaf(rng, tuple(root), angle, rng.uniform(0.035, 0.062), dark_, bright, 0.40)
        if rng.random() < 0.30:
            angle = np.arctan2(*(normal[k] * rng.choice((-1, 1)))[::-1]) + rng.normal(0, 0.5)
            yield from eucalyptus(rng, tuple(path[k]), angle, rng.uniform(0.055, 0.085))


def _roses(rng: Rng) -> Iterator[Shape]:
    """Roses of all sizes, densest at the two shoulders and feet."""
    path, normal = _evenly(400)
    blooms = []
    for _ in range(300):
        k = int(rng.integers(0, 400))
        crowd = (
            0.40
            + 0.6 * np.exp(-(((k / 400 - 0.30) / 0.15) ** 2))
            + 0.6 * np.exp(-(((k / 400 - 0.72) / 0.13) ** 2))
        )
        if rng.random() > crowd:
            continue
        at = path[k] + normal[k] * rng.normal(0, 0.019)
        blooms.append((float(rng.choice((0.013, 0.018, 0.023, 0.029), p=(0.3, 0.3, 0.25, 0.15))), at))
    blooms.sort(key=lambda pair: pair[0] + rng.normal(0, 0.006))
    for size, at in blooms:
        tint, deep = ROSES[rng.choice(6, p=(0.22, 0.22, 0.2, 0.14, 0.14, 0.08))]
        yield (
            ellipse(at + np.array([size * 0.10, size * 0.22]), (size * 1.02, size * 1.0), 0),
            colour("#0f1c14"),
        )
        yield from rose(rng, tuple(at), size, colour(tint), colour(deep))


def _fairy_lights(rng: Rng, image: Picture) -> Picture:
    """Tiny lights wound through the flowers."""
    path, normal = _evenly(150)
    discs = []
    for k in range(150):
        x, y = path[k] + normal[k] * rng.normal(0, 0.022)
        discs += [
            (x, y, 0.0016, colour("#fff2d0")),
            (x, y, 0.006, colour("#ffb45a") * 0.28),
            (x, y, 0.016, colour("#ff9a40") * 0.08),
        ]
    return screened(image, blurred(soft_discs(image.shape[0], discs, 0.0), 0.0008) * 1.2)


def _lanterns(image: Picture) -> Picture:
    """Candle lanterns at both sides of the aisle, their light on the grass."""
    side = image.shape[0]
    for sideways, ahead in ((-1.62, 6.6), (1.62, 6.6), (-1.55, 3.75), (1.55, 3.75)):
        x, foot = VIEW.seen(sideways, 0, ahead)
        size = 0.46 / ahead
        px, py = axes(side)
        pool = np.exp(-(((px - x) / (size * 1.5)) ** 2) - ((py - foot) / (size * 0.42)) ** 2)
        image = lit(image, pool, "#ff9a48", 0.42)
        image = laid_sprite(image, *sprite(side, lantern(x, foot, size)))
        image = lit(image, halo(side, (x, foot - size * 0.42), size * 0.26, 2.2), "#ffb35a", 0.9)
    return image


def _petals(rng: Rng, image: Picture) -> Picture:
    """Rose petals strewn along the aisle's edges."""
    shapes: list[Shape] = []
    for _ in range(900):
        ahead = 1.6 / rng.uniform(0.06, 0.52)
        sideways = (
            rng.choice((-1, 1)) * (1.0 + rng.normal(0, 0.17))
            if rng.random() < 0.88
            else rng.uniform(-0.9, 0.9)
        )
        x, y = VIEW.seen(sideways, 0, ahead)
        size = 0.045 / ahead * rng.uniform(0.6, 1.2)
        tint = (
            colour(ROSES[rng.integers(1, 4)][0])
            * rng.uniform(0.72, 1.0)
            * np.array([1, 0.88, 0.88], np.float32)
        )
        turn = rng.uniform(-0.5, 0.5)
        shapes += _strewn(x, y, size, size * rng.uniform(0.30, 0.5), turn, tint)
    return laid_sprite(image, *sprite(image.shape[0], shapes))


def _strewn(x: float, y: float, wide: float, high: float, turn: float, tint: Plane) -> Iterator[Shape]:
    """A petal on the ground: its shadow, its underside, its curled upper side."""
    yield ellipse((x + wide * 0.12, y + high * 0.35), (wide * 1.0, high * 0.75), turn, 14), colour("#6a5248")
    yield ellipse((x, y), (wide, high), turn, 16), tint * 0.86
    yield ellipse((x - wide * 0.10, y - high * 0.16), (wide * 0.84, high * 0.78), turn, 16), tint
    yield (
        ellipse((x - wide * 0.25, y - high * 0.30), (wide * 0.45, high * 0.40), turn, 12),
        np.clip(tint * 1.1, 0, 1),
    )


SCENE = Scene(
    "wedding",
    (
        "Garden wedding",
        "Gartenhochzeit",
        "Mariage au jardin",
        "Boda en el jardín",
        "Nozze in giardino",
        "Tuinbruiloft",
    ),
    floor=0.93,
    light=0,
    paint=paint,
    safe=(0.14, 0.14, 0.86, 1.0),
)
