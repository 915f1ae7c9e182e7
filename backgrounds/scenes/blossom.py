"""An avenue of cherry trees in full bloom, petals falling in the morning light."""

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
from flowers import blossom
from ground import View
from noise import Rng, fractal, sampled, seamless, stretched
from scene import Scene
from shapes import Points, Shape, Tint, curve, ellipse, laid_sprite, soft_discs, sprite, stroke

HORIZON = 0.50
VIEW = View(HORIZON)
AIR = colour("#ffe9ea")


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(121)
    image = _sky(rng, side)
    image = _ground(rng, image)
    for ahead in (70, 50, 37, 28, 21, 15.5, 11.4, 8.2, 5.9):
        image = _pair(rng, image, ahead)
        image = lit(image, halo(side, (0.5, 0.46), 0.10 + 0.6 / ahead, 2.2), "#fff3e2", 0.14)
    image = bloomed(image, 0.80, 0.40, 0.012)
    image = _sunbeams(rng, image)
    image = _falling(rng, image)
    return finished(vignetted(with_contrast(image, 0.22), 0.16), 121)


def _sky(rng: Rng, side: int) -> Picture:
    """Pale spring sky, bright where the avenue ends."""
    sky = vertical(side, ((0, "#8fc1ee"), (0.25, "#bcdcf6"), (0.46, "#fff0ea"), (1, "#fff0ea")))
    cloud = stretched(fractal(rng, (side, side), (7, 4), 6))
    sky = lit(sky, smoothstep(0.5, 0.9, cloud), "#ffffff", 0.5)
    woods = fractal(rng, (side, side), (22, 22), 5, 0.6)
    _, y = axes(side)
    belt = smoothstep(0.425, 0.445, y + (woods - 0.5) * 0.06)
    return laid(sky, ramp(woods, ((0.2, "#d9b6c0"), (0.5, "#f6cfd8"), (0.8, "#ffe6ea"))), belt * 0.85)


def _ground(rng: Rng, image: Picture) -> Picture:
    """A gravel path between lawns, petals drifted along its edges, dappled shade."""
    side = image.shape[0]
    _, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    tile = seamless(rng, 512, 16, 6, 0.78)
    soft = seamless(rng, 512, 6, 5, 0.5)
    grain = (sampled(tile, sideways / 1.3, ahead / 1.3) - 0.5) * np.clip(5 / ahead, 0.15, 1)
    path = ramp(0.5 + grain * 0.8, ((0, "#b59a8c"), (0.5, "#dcc6b6"), (1, "#f9ebdc")))
    lawn = ramp(
        0.5 + grain * 1.2 + (sampled(soft, sideways / 5, ahead / 5) - 0.5) * 0.6,
        ((0, "#4f7a3a"), (0.5, "#86ad57"), (1, "#c9dc86")),
    )
    edge = np.abs(sideways) - 1.75 + (sampled(soft, sideways / 3, ahead / 3) - 0.5) * 0.35
    ground = laid(path, lawn, smoothstep(-0.05, 0.10, edge))
    ground = laid(ground, _petal_carpet(rng, sideways, ahead), _drift(soft, sideways, ahead, edge))
    dapple = smoothstep(
        0.36,
        0.66,
        sampled(soft, sideways / 7 + 0.1, ahead / 7) * 0.7 + sampled(soft, sideways / 2.2, ahead / 2.2) * 0.3,
    )
    shade = dapple * 0.55 + 0.45
    ground = ground * (laid(np.broadcast_to(colour("#a58fb4"), ground.shape), colour("#fff4e4"), shade))
    ground = laid(ground, AIR, np.clip(1 - np.exp(-ahead / 60), 0, 0.92))
    return laid(image, ground, smoothstep(HORIZON - 0.0005, HORIZON + 0.002, y) + 0 * ahead)


def _drift(soft: Plane, sideways: Plane, ahead: Plane, edge: Plane) -> Plane:
    """Where petals lie: thick by the path's edges, thin in its middle."""
    heap = np.exp(-((edge / 0.7) ** 2)) * 0.55 + 0.10
    return np.clip(heap + (sampled(soft, sideways / 2.4, ahead / 2.4) - 0.5) * 0.5, 0, 0.85)


def _petal_carpet(rng: Rng, sideways: Plane, ahead: Plane) -> Picture:
    """Speckle of pink petals, seen as a tone where too far."""
    fleck = sampled(seamless(rng, 512, 64, 3, 0.7), sideways / 1.9, ahead / 1.9)
    return ramp(fleck, ((0.2, "#d98fa6"), (0.5, "#f7bccb"), (0.8, "#ffe6ec")))


def _pair(rng: Rng, image: Picture, ahead: float) -> Picture:
    """A tree on each side of the path, and their shade on the grass."""
    side = image.shape[0]
    haze = np.clip(1 - np.exp(-(ahead - 5) / 42), 0, 0.85)
    for hand in (-1, 1):
        place = hand * (3.0 + rng.uniform(-0.15, 0.25))
        x, foot = VIEW.seen(place, 0, ahead)
        image = _shade(image, place, ahead)
        wood = [
            (points, tint * (1 - haze) + AIR * haze)
            for points, tint in (*_tree(rng, (x, foot), 1 / ahead, -hand), *_tuft(rng, x, foot, 1 / ahead))
        ]
        image = laid_sprite(image, *sprite(side, wood))
        bloom = [
            (points, tint * (1 - haze) + AIR * haze)
            for points, tint in _crown(rng, x, foot, 1 / ahead, -hand, ahead)
        ]
        paint_, mask = sprite(side, bloom)
        image = laid_sprite(image, blurred(paint_, 0.0004), blurred(mask, 0.0004))
    return image


def _shade(image: Picture, place: float, ahead: float) -> Picture:
    sideways, depth = VIEW.floor(image.shape[0])
    away = np.hypot((sideways - place) / 1.1, (depth - ahead) / 1.1)
    return image * (1 - 0.35 * np.exp(-(away**2)))[..., None]


def _tree(rng: Rng, foot: tuple[float, float], scale: float, lean: int) -> Iterator[Shape]:
    """A dark, forked trunk that leans over the path."""
    bark, sun = colour("#3a2a2c"), colour("#8a6a60")
    fork = (foot[0] + lean * 0.25 * scale, foot[1] - 1.5 * scale)
    trunk = curve(foot, (foot[0] - lean * 0.08 * scale, foot[1] - 0.9 * scale), fork, 14)
    yield from _limb(
        trunk, scale * (np.linspace(0.44, 0.27, 14) + 0.34 * np.exp(-np.arange(14) / 1.3)), bark, sun
    )
    for spread, rise, thick in (
        (-1.5, 1.7, 0.17),
        (-0.5, 2.3, 0.19),
        (0.7, 2.2, 0.19),
        (1.7, 1.6, 0.16),
        (2.5, 1.9, 0.12),
    ):
        end = (fork[0] + lean * spread * scale * rng.uniform(0.85, 1.15), fork[1] - rise * scale)
        bend = ((fork[0] + end[0]) / 2 + lean * spread * 0.22 * scale, fork[1] - rise * 0.35 * scale)
        path = curve(fork, bend, end, 16)
        yield from _limb(path, scale * np.linspace(thick, 0.03, 16), bark, sun)
        for k in (7, 10, 13):
            tip = path[k] + scale * rng.uniform(-0.8, 0.8, 2) - (0, 0.5 * scale)
            yield from _limb(
                curve(path[k], (path[k] + tip) / 2 + rng.uniform(-0.1, 0.1, 2) * scale, tip, 8),
                scale * np.linspace(0.05, 0.012, 8),
                bark,
                sun,
            )


def _tuft(rng: Rng, x: float, foot: float, scale: float) -> Iterator[Shape]:
    """Grass and fallen petals that hide where the trunk meets the ground."""
    for _ in range(90):
        at = (x + rng.normal(0, 0.30) * scale, foot + rng.uniform(-0.03, 0.07) * scale)
        tall = scale * rng.uniform(0.05, 0.16)
        blade = curve(at, (at[0], at[1] - tall * 0.6), (at[0] + rng.normal(0, 0.4) * tall, at[1] - tall), 6)
        yield (
            stroke(blade, scale * 0.022 * np.linspace(1, 0.1, 6)),
            colour("#6d9448") * rng.uniform(0.65, 1.15),
        )
    for _ in range(60):
        at = (x + rng.normal(0, 0.42) * scale, foot + rng.uniform(-0.01, 0.12) * scale)
        yield (
            ellipse(at, (scale * 0.028, scale * 0.012), rng.uniform(-0.4, 0.4), 8),
            colour("#f7c3d0") * rng.uniform(0.85, 1.05),
        )


def _limb(path: Points, widths: Plane, bark: Tint, sun: Tint) -> Iterator[Shape]:
    """A branch, its upper left side lighter."""
    yield stroke(path, widths), bark
    yield (
        stroke(path - np.stack([widths * 0.20, widths * 0.06], axis=1), widths * 0.42),
        bark * 0.55 + sun * 0.45,
    )
    yield stroke(path - np.stack([widths * 0.30, widths * 0.08], axis=1), widths * 0.14), sun


def _crown(rng: Rng, x: float, foot: float, scale: float, lean: int, ahead: float) -> Iterator[Shape]:
    """Clouds of blossom: shaded ones first, then the sunny upper side."""
    clumps = [
        (
            np.array([x + lean * rng.normal(0.45, 1.35) * scale, foot - rng.normal(3.75, 0.75) * scale]),
            rng.uniform(0.45, 0.95) * scale,
        )
        for _ in range(24)
    ]
    clumps += [
        (np.array([x + lean * s * scale, foot - h * scale]), r * scale)
        for s, h, r in (
            (1.7, 3.0, 0.55),
            (2.3, 3.4, 0.6),
            (2.9, 3.9, 0.6),
            (-1.2, 2.9, 0.6),
            (2.6, 2.75, 0.36),
        )
    ]
    each = int(np.clip(900 / ahead, 26, 120))
    flowers = []
    for centre, radius in clumps:
        reach = np.sqrt(rng.random(each)) * radius
        turn = rng.uniform(0, 2 * np.pi, each)
        offset = np.stack([np.cos(turn), np.sin(turn) * 0.78], axis=1) * reach[:, None]
        facing = 0.5 - 0.5 * (offset @ np.array([0.45, 0.9])) / radius + rng.normal(0, 0.16, each)
        flowers += [(f, centre + o) for f, o in zip(facing, offset, strict=True)]
    flowers.sort(key=lambda pair: pair[0])
    tints = ramp(
        np.clip(np.array([f for f, _ in flowers], np.float32), 0, 1),
        ((0, "#a8557e"), (0.25, "#d98aa8"), (0.5, "#f5b3c6"), (0.75, "#ffd9e2"), (1, "#fff6f6")),
    )
    size = max(0.058 * scale, 0.0026)
    for (_, at), tint in zip(flowers, tints, strict=True):
        r = size * rng.uniform(0.7, 1.3)
        if r > 0.0052:
            yield from blossom(rng, at, r * 1.15, tint)
        else:
            yield ellipse(at, (r, r * 0.8), rng.uniform(0, 3), 8), tint


def _sunbeams(rng: Rng, image: Picture) -> Picture:
    """Slanting light through the crowns from the upper left."""
    side = image.shape[0]
    x, y = axes(side)
    along = (x - 0.12 - (y + 0.2) * 0.55) * 1.6
    rays = fractal(rng, (8, side), (1, 12), 4, 0.6)[4]
    beam = stretched(rays[None])[0][np.clip((along * 0.5 + 0.5) * side, 0, side - 1).astype(int)]
    reach = np.exp(-((along / 0.55) ** 2)) * smoothstep(0.95, 0.1, y)
    return lit(image, blurred(beam * reach, 0.004), "#fff0d0", 0.26)


def _falling(rng: Rng, image: Picture) -> Picture:
    """Petals in the air: tiny far ones, a few large soft ones at the sides."""
    side = image.shape[0]
    for count, size, soft, calm in (
        (150, 0.0032, 0.0002, 0.2),
        (55, 0.0068, 0.0010, 0.7),
        (16, 0.015, 0.0038, 1.0),
    ):
        shapes: list[Shape] = []
        while len(shapes) < count:
            x, y = rng.random(), rng.random()
            if rng.random() < calm * float(smoothstep(0.45, 0.28, np.float32(abs(x - 0.5)))):
                continue
            tint = colour("#ffd3de") * rng.uniform(0.85, 1.0)
            shapes.append(
                (ellipse((x, y), (size, size * rng.uniform(0.3, 0.8)), rng.uniform(0, 3), 16), tint)
            )
        paint_, mask = sprite(side, shapes)
        image = laid_sprite(image, blurred(paint_, soft), blurred(mask, soft))
    motes = [
        (
            rng.random(),
            rng.random() * 0.8,
            rng.uniform(0.0006, 0.0018),
            colour("#fff3dc") * rng.uniform(0.1, 0.5),
        )
        for _ in range(160)
    ]
    return screened(image, soft_discs(side, motes, 0))


SCENE = Scene(
    "blossom",
    (
        "Cherry blossom",
        "Kirschblüte",
        "Cerisiers en fleurs",
        "Cerezos en flor",
        "Ciliegi in fiore",
        "Kersenbloesem",
    ),
    floor=0.93,
    light=320,
    paint=paint,
)
