"""A jungle clearing: mist and light shafts, a waterfall far off, huge leaves all round."""

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
    blurred_along,
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
from ground import View
from leaves import banana, fern, hibiscus, monstera
from noise import Rng, fractal, sampled, seamless, stretched
from scene import Scene
from shapes import Shape, Tint, curve, laid_sprite, soft_discs, sprite, stroke

HORIZON = 0.52
VIEW = View(HORIZON)
MIST = "#dff0c8"


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(141)
    image = _depths(rng, side)
    image = _waterfall(rng, image)
    image = _ground(rng, image)
    image = _trunks(rng, image)
    image = _rank(rng, image, 0.62, 0.13, 34, 0.0016)
    image = lit(image, halo(side, (0.46, 0.30), 0.30, 2.2), MIST, 0.30)
    image = _rank(rng, image, 0.30, 0.19, 30, 0.0006)
    image = _shafts(rng, image)
    image = _near(rng, image)
    image = bloomed(image, 0.75, 0.40, 0.012)
    image = screened(image, soft_discs(side, _motes(rng), 0.0))
    return finished(vignetted(with_contrast(image, 0.25), 0.34), 141)


def _depths(rng: Rng, side: int) -> Picture:
    """Layer on layer of foliage dissolving into bright mist."""
    image = vertical(side, ((0, "#b9d98a"), (0.25, "#e9f5c4"), (0.5, "#cfe6b0"), (1, "#7fa870")))
    x, y = axes(side)
    for level, reach, tint, cells in (
        (0.50, 0.55, "#b4d396", 9),
        (0.50, 0.75, "#8bb878", 12),
        (0.52, 1.0, "#5d935a", 16),
    ):
        leaves = fractal(rng, (side, side), (cells, cells), 6, 0.62)
        away = np.abs(x - 0.47) * 2
        open_ = 0.13 + 0.40 * (1 - reach * 0.6) + 0 * y
        cover = smoothstep(
            -0.05,
            0.05,
            away - open_ - (stretched(leaves) - 0.5) * 0.55 + 0.5 * np.maximum(0, 0.16 - y) / 0.16,
        )
        cover = np.maximum(cover, smoothstep(-0.04, 0.04, y - level + 0.10 * (stretched(leaves) - 0.5)))
        image = laid(image, colour(tint) * (0.72 + 0.56 * leaves)[..., None], cover * 0.85)
        image = blurred(image, 0.003)
    return lit(image, halo(side, (0.45, 0.22), 0.22, 2.0), "#fffbe0", 0.75)


def _waterfall(rng: Rng, image: Picture) -> Picture:
    """A white thread of water in the mist and the pool's spray below."""
    side = image.shape[0]
    x, y = axes(side)
    strands = fractal(rng, (side, side), (3, 150), 5, 0.65)
    sway = 0.475 + 0.012 * np.sin(y * 9) + 0.010 * (y - 0.2)
    wide = 0.020 + 0.030 * np.clip(y - 0.15, 0, 1)
    body = np.exp(-(((x - sway) / wide) ** 4)) * smoothstep(0.10, 0.17, y) * smoothstep(0.545, 0.50, y)
    water = ramp(stretched(strands), ((0, "#bcdcc0"), (0.5, "#e9f6ea"), (1, "#ffffff")))
    image = laid(image, water, np.clip(body * 0.92, 0, 1))
    spray = np.exp(-(((x - 0.48) / 0.11) ** 2) - ((y - 0.525) / 0.035) ** 2)
    return lit(image, spray * (0.6 + 0.6 * fractal(rng, (side, side), (14, 14), 4)), "#f6fff2", 0.9)


def _ground(rng: Rng, image: Picture) -> Picture:
    """A trodden path through moss towards the pool, dappled by the sun."""
    side = image.shape[0]
    _, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    tile = seamless(rng, 512, 16, 6, 0.78)
    soft = seamless(rng, 512, 6, 5, 0.55)
    grain = (sampled(tile, sideways / 1.2, ahead / 1.2) - 0.5) * np.clip(5 / ahead, 0.2, 1)
    lumps = sampled(soft, sideways / 3, ahead / 3) - 0.5
    relief_ = np.clip(np.gradient(blurred(grain * 0.5 + lumps, 0.0016), axis=0) * -side / 90, -0.5, 0.5)
    earth = ramp(0.5 + grain * 0.55 + relief_ * 0.5, ((0, "#2a1d12"), (0.5, "#6f5433"), (1, "#b89a66")))
    moss = ramp(
        0.45 + grain * 0.7 + lumps * 0.8 + relief_ * 0.6,
        ((0, "#0f2414"), (0.45, "#2f5a25"), (0.75, "#6a9038"), (1.1, "#b7cf68")),
    )
    edge = np.abs(sideways - 0.35 * np.sin(ahead * 0.35)) - 1.15 + lumps * 0.7
    ground = laid(earth, moss, smoothstep(-0.12, 0.14, edge + grain * 0.4))
    dapple = smoothstep(
        0.50,
        0.68,
        sampled(soft, sideways / 5 + 0.4, ahead / 6) * 0.65
        + sampled(soft, sideways / 1.7, ahead / 1.7) * 0.35,
    )
    pool = np.exp(-((sideways / 2.4) ** 2))
    shade = ramp(0.22 + 0.78 * dapple * pool, ((0, "#3d5a52"), (0.4, "#7f9a78"), (1, "#fff2c0")))
    ground = ground * shade * 1.15
    ground = laid(ground, colour("#cfe4b4"), np.clip(1 - np.exp(-(ahead - 2) / 22), 0, 0.95))
    return laid(image, ground, smoothstep(0.545, 0.575, y) + 0 * ahead)


def _trunks(rng: Rng, image: Picture) -> Picture:
    """Mossy trunks and lianas at both sides, hazier the farther."""
    side = image.shape[0]
    for ahead, places in ((26, (0.30, 0.69)), (15, (0.225, 0.775)), (9.5, (0.10, 0.90))):
        haze = np.clip(1 - np.exp(-ahead / 26), 0, 1)
        dark, light = (colour(c) * (1 - haze) + colour("#c4dca8") * haze for c in ("#20281a", "#6f7f4a"))
        shapes: list[Shape] = []
        for x in places:
            _, foot = VIEW.seen(0, 0, ahead)
            shapes += list(_trunk(rng, x, foot, 0.75 / ahead, dark, light))
        image = laid_sprite(image, *(blurred(a, 0.0006) for a in sprite(side, shapes)))
    return image


def _trunk(rng: Rng, x: float, foot: float, wide: float, dark: Tint, light: Tint) -> Iterator[Shape]:
    """A buttressed trunk, lit from the clearing, with lianas."""
    path = curve(
        (x, foot + wide * 0.1), (x + rng.normal(0, 0.01), foot * 0.5), (x + rng.normal(0, 0.02), -0.05), 40
    )
    t = np.linspace(0, 1, 40)
    widths = wide * (0.75 + 0.9 * np.exp(-t * 16)) * (1 + 0.03 * np.sin(t * 50))
    edge = 1 if x < 0.5 else -1
    for k in range(9):
        part = k / 9
        shift = path + np.stack([edge * widths * part * 0.5, 0 * t], axis=1)
        yield stroke(shift, widths * (1 - part)), dark + (light - dark) * part**1.6
    for _ in range(26):
        k = int(rng.integers(2, 38))
        mark = path[k] + (rng.uniform(-0.4, 0.4) * widths[k], 0)
        yield (
            stroke(
                curve(mark, mark + np.array([0, 0.012]), mark + np.array([rng.normal(0, 0.002), 0.028]), 6),
                wide * 0.05 * np.array([0.1, 0.6, 1, 1, 0.6, 0.1]),
            ),
            dark * 0.8,
        )
    for _ in range(3):
        start = (x + rng.normal(0, 0.03), -0.02)
        end = (x + rng.normal(0, 0.08), rng.uniform(0.2, 0.45))
        yield (
            stroke(
                curve(start, (start[0] + rng.normal(0, 0.05), end[1] * 0.6), end, 20),
                np.full(20, wide * 0.07),
            ),
            dark * 0.9,
        )


def _rank(rng: Rng, image: Picture, haze: float, size: float, count: int, soft: float) -> Picture:
    """Plants at both sides and overhead, at one distance."""
    side = image.shape[0]
    shapes: list[Shape] = []
    for k in range(count):
        x = 0.5 + rng.choice((-1, 1)) * (0.5 - 0.30 * rng.random() ** 1.4 * (0.5 + haze))
        y = rng.uniform(0.30, 0.68) if k % 4 else rng.uniform(-0.02, 0.10)
        shapes += list(_plant(rng, (x, y), size * rng.uniform(0.7, 1.2), haze))
    paint_, mask = sprite(side, shapes)
    return laid_sprite(image, blurred(paint_, soft), blurred(mask, soft))


def _plant(rng: Rng, root: tuple[float, float], size: float, haze: float) -> Iterator[Shape]:
    """A leaf of a kind that the dice choose, turned to the clearing."""
    inward = 1 if root[0] < 0.5 else -1
    rise = rng.uniform(-1.1, 0.25) if root[1] > 0.2 else rng.uniform(0.3, 1.2)
    angle = np.arctan2(np.sin(rise), np.cos(rise) * inward)
    air = colour("#c4dca8")
    dark, light = (colour(c) * (1 - haze) + air * haze for c in _greens(rng))
    kind = rng.integers(3)
    if kind == 0:
        yield from banana(rng, root, angle, size * 1.5, dark, light)
    elif kind == 1:
        yield from fern(rng, root, angle, size * 1.25, dark, light)
    else:
        yield from monstera(rng, root, angle, size * 0.9, dark, light)


def _greens(rng: Rng) -> tuple[str, str]:
    """A dark and a light green that go together."""
    return (("#0d2b17", "#6fae45"), ("#0a2a20", "#4f9a5a"), ("#14300f", "#a3c24a"), ("#0c2622", "#3f8a6a"))[
        rng.integers(4)
    ]


def _shafts(rng: Rng, image: Picture) -> Picture:
    """Sunbeams from the upper left through the mist."""
    side = image.shape[0]
    x, y = axes(side)
    turn = np.arctan2(x - 0.30, y + 0.30)
    beams = stretched(fractal(rng, (8, side), (1, 20), 4, 0.65)[4:5])[0]
    beam = beams[np.clip((turn / 2.2 + 0.5) * side, 0, side - 1).astype(int)] ** 1.6
    reach = np.exp(-(((turn - 0.22) / 0.38) ** 2)) * np.exp(-np.maximum(y, 0) / 0.62)
    return lit(image, blurred((beam * reach).astype(np.float32), 0.003), "#fff8c8", 0.62)


def _near(rng: Rng, image: Picture) -> Picture:
    """Huge dark leaves that frame the picture, with hibiscus among them."""
    side = image.shape[0]
    places = (
        ("monstera", (-0.05, 0.42), -0.25, 0.26),
        ("banana", (-0.08, 0.74), -0.80, 0.44),
        ("monstera", (-0.03, 0.80), -0.15, 0.23),
        ("fern", (-0.04, 0.97), -0.75, 0.33),
        ("banana", (0.14, -0.13), 1.75, 0.40),
        ("monstera", (0.03, 0.02), 0.75, 0.25),
        ("monstera", (1.05, 0.40), 3.45, 0.25),
        ("banana", (1.09, 0.78), 3.95, 0.46),
        ("monstera", (1.03, 0.82), 3.25, 0.22),
        ("fern", (1.04, 0.98), 3.85, 0.34),
        ("banana", (0.88, -0.13), 1.35, 0.38),
        ("monstera", (0.97, 0.0), 2.35, 0.26),
        ("fern", (0.50, -0.10), 1.2, 0.22),
        ("fern", (0.42, -0.10), 1.9, 0.22),
    )
    draw = {"monstera": monstera, "banana": banana, "fern": fern}
    for kind, root, angle, size in places:
        dark, light = (colour(c) for c in _greens(rng))
        shapes = list(draw[kind](rng, root, angle, size, dark * 0.75, light * 0.85))
        paint_, mask = sprite(side, shapes)
        image = image * (1 - 0.45 * blurred_along(mask, 0.010, 0.010) * (1 - mask))[..., None]
        image = laid_sprite(image, paint_, mask)
    flowers = [
        s
        for at, size in (
            ((0.085, 0.715), 0.050),
            ((0.925, 0.70), 0.046),
            ((0.045, 0.865), 0.040),
            ((0.955, 0.86), 0.042),
        )
        for s in hibiscus(rng, at, size)
    ]
    return laid_sprite(image, *sprite(side, flowers))


def _motes(rng: Rng) -> list[tuple[float, float, float, Plane]]:
    """Pollen in the light."""
    return [
        (
            rng.normal(0.45, 0.22),
            rng.random() * 0.85,
            rng.uniform(0.0006, 0.0022),
            colour("#fff6c0") * rng.uniform(0.1, 0.6),
        )
        for _ in range(240)
    ]


SCENE = Scene(
    "jungle",
    ("Jungle", "Dschungel", "Jungle", "Selva", "Giungla", "Jungle"),
    floor=0.93,
    light=335,
    paint=paint,
)
