"""Places without people: drawn walls, curtains, tiles, textures and lights."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8

Plane = NDArray[np.float32]
Random = np.random.Generator


def drawn_room(random: Random, height: int, width: int) -> Rgb8:
    """Draw one place of a random kind, lit unevenly."""
    room = KINDS[int(random.integers(len(KINDS)))](random, height, width)
    if random.random() < 0.35:
        room = _furnished(random, room)
    lit = room * (_light(random, height, width))[..., None]
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


def colour(random: Random) -> Plane:
    """A colour, muted more often than not."""
    grey = random.uniform(15, 245)
    return np.clip(grey + random.normal(0, random.choice((4.0, 20.0, 60.0)), 3), 0, 255).astype(np.float32)


def warm_colour(random: Random) -> Plane:
    """A colour of skin, wood, leather or brick, from pale to almost black."""
    share = random.random()
    pale, dark = np.asarray((250, 214, 186), np.float32), np.asarray((52, 30, 20), np.float32)
    tone = dark + share * (pale - dark) + random.normal(0, 8, 3)
    return np.clip(tone, 0, 255).astype(np.float32)


def clouds(random: Random, height: int, width: int, finest: float) -> Plane:
    """Noise of several scales, about -1 to 1; `finest` is the smallest blob's share of the height."""
    total = np.zeros((height, width), np.float32)
    size, strength = 1.0, 1.0
    while size > finest:
        cells = (max(2, round(width / height / size) + 1), max(2, round(1 / size) + 1))
        grid = random.standard_normal((cells[1], cells[0]), np.float32)
        total += strength * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        size, strength = size / 2, strength * 0.7
    return np.asarray(total / 2, np.float32)


def _light(random: Random, height: int, width: int) -> Plane:
    x, y = _grid(height, width)
    angle, slope = random.uniform(0, 2 * np.pi), random.uniform(0, 0.5)
    ramp = 1 + slope * ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle))
    centre, fall = random.uniform(0, 1, 2), random.uniform(0, 0.9)
    return np.asarray(ramp - fall * ((x - centre[0]) ** 2 + (y - centre[1]) ** 2), np.float32)


def _grid(height: int, width: int) -> tuple[Plane, Plane]:
    x = np.linspace(0, 1, width, dtype=np.float32)[None]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    return x, y


def _turned(random: Random, height: int, width: int) -> tuple[Plane, Plane]:
    """Coordinates in heights of the picture, turned by a little or a lot."""
    x, y = _grid(height, width)
    angle = random.choice((0.0, random.normal(0, 0.1), random.uniform(0, np.pi)))
    wide = x * (width / height)
    return wide * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - wide * np.sin(angle)


def _flat(tone: Plane, height: int, width: int) -> Plane:
    return np.broadcast_to(tone, (height, width, 3)).astype(np.float32, order="C")


def _wall(random: Random, height: int, width: int) -> Plane:
    grain = clouds(random, height, width, random.choice((0.02, 0.1)))[..., None]
    room = _flat(colour(random), height, width) + random.uniform(0, 12) * grain
    if random.random() < 0.5:
        floor = round(height * random.uniform(0.5, 0.95))
        room[floor:] = colour(random) + random.uniform(0, 15) * grain[floor:]
    return room


def _curtain(random: Random, height: int, width: int) -> Plane:
    x, _ = _turned(random, height, width)
    waves = np.sin(2 * np.pi * (random.uniform(3, 25) * x + random.uniform(0, 1)))
    bend = 0.4 * clouds(random, height, width, 0.3)
    depth = random.uniform(0.1, 0.8)
    shade = 1 - depth / 2 + depth / 2 * np.clip(waves + bend, -1, 1)
    return np.asarray(_flat(colour(random), height, width) * shade[..., None], np.float32)


def _stripes(random: Random, height: int, width: int) -> Plane:
    x, _ = _turned(random, height, width)
    which = (np.floor(random.uniform(2, 20) * x) % 2)[..., None]
    return np.asarray(which * colour(random) + (1 - which) * colour(random), np.float32)


def _tiles(random: Random, height: int, width: int) -> Plane:
    x, y = _turned(random, height, width)
    per, flat = random.uniform(3, 16), random.uniform(0.3, 1)
    row = np.floor(y * per / flat)
    across, down = x * per + 0.5 * (row % 2) * random.integers(2), y * per / flat
    joint = ((across % 1) < 0.08) | ((down % 1) < 0.08 / flat)
    column = np.floor(across).astype(np.int64)
    tint = random.standard_normal((64, 64), np.float32)[row.astype(np.int64) % 64, column % 64]
    if random.random() < 0.3:
        tint = ((row + column) % 2 * 4 - 2).astype(np.float32)
    bricks = colour(random) + random.uniform(2, 25) * tint[..., None]
    return np.where(joint[..., None], colour(random), bricks).astype(np.float32)


def _stone(random: Random, height: int, width: int) -> Plane:
    share = clouds(random, height, width, 0.008)
    veins = np.abs(clouds(random, height, width, 0.03)) if random.random() < 0.5 else share
    mixed = 1 / (1 + np.exp(-random.uniform(1, 6) * (0.6 * share + 0.4 * veins)))[..., None]
    return np.asarray(mixed * colour(random) + (1 - mixed) * colour(random), np.float32)


def _lights(random: Random, height: int, width: int) -> Plane:
    room = np.ascontiguousarray(_wall(random, height, width) * random.uniform(0.1, 0.6))
    for _ in range(int(random.integers(5, 60))):
        centre = (int(random.integers(width)), int(random.integers(height)))
        cv2.circle(
            room, centre, max(1, int(height * random.uniform(0.004, 0.05))), colour(random).tolist(), -1
        )
    return np.asarray(cv2.GaussianBlur(room, (0, 0), height * random.uniform(0.003, 0.02)), np.float32)


def _furnished(random: Random, room: Plane) -> Plane:
    """Lay frames, shelves, lamps and lettering into a room."""
    height, width = room.shape[:2]
    furnished = np.ascontiguousarray(room, np.float32)
    for _ in range(int(random.integers(1, 12))):
        x, y = int(random.integers(-width // 8, width)), int(random.integers(-height // 8, height))
        w, h = (int(side * random.uniform(0.03, 0.5)) + 1 for side in (width, height))
        tone, thick = colour(random).tolist(), int(random.choice((-1, -1, 1, 3)))
        match int(random.integers(4)):
            case 0 | 1:
                cv2.rectangle(furnished, (x, y), (x + w, y + h), tone, thick)
            case 2:
                axes, turn = (w // 2, h // 2), random.uniform(0, 180)
                cv2.ellipse(furnished, (x, y), axes, turn, 0, 360, tone, thick, cv2.LINE_AA)
            case _:
                cv2.line(furnished, (x, y), (x + w, y + h), tone, max(1, abs(thick)), cv2.LINE_AA)
    return furnished


KINDS: tuple[Callable[[Random, int, int], Plane], ...] = (
    _wall,
    _wall,
    _curtain,
    _stripes,
    _tiles,
    _tiles,
    _stone,
    _lights,
)
