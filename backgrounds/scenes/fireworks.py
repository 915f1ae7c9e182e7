"""New Year on the quay: fireworks over the harbour, their colours on the water, confetti in the air."""

from __future__ import annotations

import cv2
import numpy as np
from brushes import (
    Picture,
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
    with_saturation,
)
from ground import View
from noise import Rng, fractal, sampled, seamless, stretched
from scene import Scene
from shapes import Shape, ellipse, laid_sprite, soft_discs, sprite
from water import mirrored_below, ripples

HORIZON = 0.535
QUAY = 0.685
VIEW = View(HORIZON)
BURSTS = (
    (0.50, 0.155, 0.185, "#ffd27a", "#fff4d0", 150),
    (0.165, 0.20, 0.150, "#ff4f7d", "#ffc2d0", 120),
    (0.835, 0.185, 0.155, "#57b8ff", "#d6f0ff", 120),
    (0.325, 0.335, 0.085, "#7dffb0", "#e6fff0", 80),
    (0.69, 0.355, 0.090, "#c27dff", "#f0e0ff", 80),
    (0.055, 0.395, 0.075, "#ffb04f", "#fff0c8", 70),
    (0.955, 0.405, 0.070, "#ff7d57", "#ffe0d0", 70),
)


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(81)
    image = _sky(rng, side)
    image = screened(image, _bursts(rng, side))
    image = _town(rng, image)
    image = bloomed(image, 0.55, 0.7, 0.006)
    image = _harbour(rng, image)
    image = _quay(rng, image)
    image = _confetti(rng, with_saturation(image, 1.25))
    return finished(vignetted(image, 0.28), 81)


def _sky(rng: Rng, side: int) -> Picture:
    """Midnight blue; smoke takes the colour of the burst beside it."""
    sky = vertical(
        side, ((0, "#060a20"), (0.3, "#0d1638"), (0.5, "#2a2a58"), (0.56, "#5a3f68"), (1, "#5a3f68"))
    )
    smoke = stretched(fractal(rng, (side, side), (5, 4), 7, 0.56))
    for x, y, radius, tint, _, _ in BURSTS:
        glow = halo(side, (x, y), radius * 1.1, 2.0)
        sky = lit(sky, glow * (0.08 + 0.36 * smoothstep(0.35, 0.95, smoke)), tint, 0.55)
    return sky


def _bursts(rng: Rng, side: int) -> Picture:
    """All bursts' light, added up."""
    light = np.zeros((side, side, 3), np.float32)
    for x, y, radius, tint, core, count in BURSTS:
        plane = _burst(rng, side * 2, x, y, radius, count)
        plane = (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) / 4
        light += plane[..., None] * colour(tint) * 1.7 + (np.clip(plane - 0.6, 0, 1) * 1.5)[
            ..., None
        ] * colour(core)
        light += halo(side, (x, y), radius * 0.10, 2.5)[..., None] * colour(core) * 0.55
    return light


def _burst(rng: Rng, side: int, x: float, y: float, radius: float, count: int) -> np.ndarray:
    """One shell: sparks thrown from a ball, slowed by air, drawn down, brightest at their heads."""
    canvas = np.zeros((side, side), np.uint8)
    up = rng.uniform(-1, 1, count)
    turn = rng.uniform(0, 2 * np.pi, count)
    flat = np.sqrt(1 - up**2)
    ways = np.stack([flat * np.cos(turn), up], axis=1) * rng.uniform(0.80, 1.08, (count, 1))
    time = np.linspace(0.08, 1, 26)
    far = (1 - np.exp(-2.4 * time)) / (1 - np.exp(-2.4))
    for way in ways:
        path = (
            np.array([x, y])
            + way * radius * far[:, None]
            + np.stack([0 * time, 0.17 * radius * time**2.2], axis=1)
        )
        fixed = np.rint((path * side - 0.5) * 16).astype(np.int32)
        bright = rng.uniform(0.6, 1.0)
        for k in range(25):
            value = int(255 * bright * (0.10 + 0.90 * time[k] ** 2.2))
            cv2.line(
                canvas, fixed[k].tolist(), fixed[k + 1].tolist(), value, 3 if k > 19 else 2, cv2.LINE_AA, 4
            )
        if rng.random() < 0.5:
            cv2.circle(
                canvas,
                fixed[-1].tolist(),
                int(16 * rng.uniform(2.5, 5) * side / 3840),
                255,
                -1,
                cv2.LINE_AA,
                4,
            )
    return canvas.astype(np.float32) / 255


def _town(rng: Rng, image: Picture) -> Picture:
    """A low skyline across the water with its lamps, a big wheel among them."""
    side = image.shape[0]
    shapes: list[Shape] = []
    for x in np.arange(-0.02, 1.02, 0.013):
        tall = (
            rng.uniform(0.008, 0.030)
            + 0.020 * (rng.random() < 0.12)
            + 0.02 * np.exp(-(((x - 0.2) / 0.1) ** 2))
        )
        w = rng.uniform(0.012, 0.024)
        box = np.array(
            [[x, HORIZON + 0.002], [x, HORIZON - tall], [x + w, HORIZON - tall], [x + w, HORIZON + 0.002]]
        )
        shapes.append((box, colour("#141433") * rng.uniform(0.8, 1.3)))
    image = laid_sprite(image, *sprite(side, shapes))
    discs = []
    for _ in range(520):
        tint = colour(("#ffd08a", "#ffb25e", "#fff0d0", "#9fd8ff", "#ff7f9f")[rng.integers(5)]) * rng.uniform(
            0.3, 1
        )
        discs.append(
            (rng.random(), HORIZON - rng.random() ** 1.8 * 0.030, rng.uniform(0.0009, 0.0017), tint * 1.3)
        )
    for k in range(44):
        angle = k * 2 * np.pi / 44
        tint = ramp(np.float32([k / 44]), ((0, "#ff5fa0"), (0.5, "#7fd0ff"), (1, "#ff5fa0")))[0]
        discs.append(
            (0.765 + 0.040 * np.cos(angle), HORIZON - 0.048 + 0.040 * np.sin(angle), 0.0018, tint * 1.4)
        )
    return screened(image, soft_discs(side, discs, 0.0) * 1.3)


def _harbour(rng: Rng, image: Picture) -> Picture:
    """Dark water with long, broken reflections."""
    side = image.shape[0]
    waves = ripples(rng, VIEW, side, 1.4, 3.0)
    water = mirrored_below(image, HORIZON, waves, 0.42, 0.016)
    _, y = axes(side)
    water = water * (1.45 + 0.6 * waves)[..., None] * smoothstep(1.1, 0.5, y)[..., None]
    return np.where((y > HORIZON)[..., None], water + colour("#04091c") * 0.3, image)


def _quay(rng: Rng, image: Picture) -> Picture:
    """Wet granite slabs, a bright kerb."""
    side = image.shape[0]
    x, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    tile = seamless(rng, 512, 8, 7, 0.62)
    rough = sampled(tile, sideways / 1.1, ahead / 1.1)
    source = np.clip(((2 * QUAY - 0.02 - y[:, 0]) * side).astype(int), 0, side - 1)
    mirror = blurred_along(image[source], 0.010, 0.034)
    show = np.clip(((QUAY - y[:, 0]) / (1 - QUAY) * 0.34 + 0.40) * side, 0, side - 1).astype(int)
    sky_light = blurred_along(with_saturation(image, 1.5), 0.007, 0.040)[show]
    joint = _joints(sideways / 0.9 + 0.5 * (np.floor(ahead / 0.9) % 2), ahead / 0.9, ahead)
    stone = colour("#232544") * (0.55 + 0.75 * rough[..., None])
    ground = stone * 0.45 + mirror * 0.20 + sky_light * (0.75 + 0.9 * rough[..., None])
    ground = ground * (1 - 0.6 * joint[..., None]) * (1.0 - 0.35 * smoothstep(0.8, 1.0, y))[..., None]
    image = laid(image, ground, smoothstep(QUAY - 0.0006, QUAY + 0.0006, y) + 0 * x)
    kerb = smoothstep(QUAY - 0.0006, QUAY + 0.0006, y) * smoothstep(QUAY + 0.014, QUAY + 0.0125, y) + 0 * x
    return laid(image, image * 1.15 + colour("#6a5f80") * 0.30, kerb)


def _joints(u: np.ndarray, v: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Gaps between slabs, thinned where finer than a pixel."""
    side = ahead.shape[0]
    lines = np.zeros_like(ahead)
    for at, pixel in ((u, ahead / side / 0.9), (v, ahead**2 / 1.6 / side / 0.9)):
        half = np.maximum(0.008, pixel)
        lines = np.maximum(
            lines, smoothstep(1.3, 0.5, np.abs(at - np.rint(at)) / half) * np.clip(0.008 / half, 0, 1)
        )
    return lines


def _confetti(rng: Rng, image: Picture) -> Picture:
    """Paper and foil falling: small ones sharp, large ones near the lens blurred, few in the middle."""
    side = image.shape[0]
    tints = [colour(c) for c in ("#ffd257", "#ff5f8f", "#5fd0ff", "#f8f4ff", "#9f7dff", "#ffb03a", "#5fe0a8")]
    for count, size, soft, calm in (
        (210, 0.0042, 0.0003, 0.35),
        (70, 0.0085, 0.0015, 0.75),
        (26, 0.018, 0.0050, 1.0),
    ):
        shapes: list[Shape] = []
        while len(shapes) < count:
            x, y = rng.random(), rng.random()
            if rng.random() < calm * smoothstep(0.46, 0.26, np.float32(abs(x - 0.5))) * (y > 0.12):
                continue
            tint = tints[rng.integers(len(tints))] * rng.uniform(0.45, 1.05)
            shape = (size * rng.uniform(0.7, 1.2), size * rng.uniform(0.15, 0.65))
            shapes.append(
                (
                    ellipse((x, y), shape, rng.uniform(0, np.pi), 4 if rng.random() < 0.7 else 20),
                    np.clip(tint, 0, 1),
                )
            )
        paint_, mask = sprite(side, shapes)
        image = laid_sprite(image, blurred(paint_, soft), blurred(mask, soft))
    return image


SCENE = Scene(
    "fireworks",
    (
        "New Year's fireworks",
        "Silvesterfeuerwerk",
        "Feu d'artifice",
        "Fuegos artificiales",
        "Fuochi d'artificio",
        "Vuurwerk",
    ),
    floor=0.93,
    light=0,
    paint=paint,
)
