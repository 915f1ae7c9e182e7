"""A red convertible from its windscreen backwards: bench, folded top, deck and fins, marched as a solid."""

from __future__ import annotations

import cv2
import numpy as np
from brushes import Picture, Plane, blurred, colour, ramp, smoothstep
from ground import View
from shapes import laid_sprite
from solids import (
    Hits,
    Points3,
    box,
    capsule,
    dot,
    fresnel,
    image_of,
    march,
    melted,
    mirrored,
    openness,
    shade_by,
    shrunk,
    unit,
)

SUN = unit(-0.50, 0.36, 0.62)
FRAME = (0.0, 0.44, 1.0, 1.0)
RED, CREAM, TAN, CHROME, TOP = range(5)


def _bench(p: Points3) -> Plane:
    """The seat's back and cushion, padded, with pleats."""
    x, y, z = np.abs(p[0]), p[1], p[2]
    lean = z - 1.50 - (y - 0.6) * 0.20
    q = np.stack([p[0], y, lean])
    pleat = (
        0.012
        * np.sqrt(np.abs(np.sin(x * np.pi / 0.115)))
        * smoothstep(0.70, 0.62, x)
        * smoothstep(0.92, 0.87, y)
    )
    back = box(q, (0, 0.60, 0.06), (0.74, 0.37, 0.13), 0.09) - pleat
    roll = capsule(q, (-0.66, 0.93, 0.03), (0.66, 0.93, 0.03), 0.085)
    cushion = box(p, (0, 0.42, 1.15), (0.74, 0.13, 0.36), 0.08) - pleat * 0.8
    return np.minimum(melted(back, roll, 0.03), cushion)


def _sill(p: Points3) -> Plane:
    """The body's upper edge: doors beside the seats, deck behind, fins rising to the tail."""
    x = np.abs(p[0])
    door = box(np.stack([x, p[1], p[2]]), (0.90, 0.55, 1.2), (0.085, 0.425, 1.4), 0.07)
    crown = 0.05 * (x / 0.9) ** 2
    deck = box(np.stack([p[0], p[1] + crown, p[2]]), (0, 0.55, 3.15), (0.965, 0.41, 1.25), 0.10)
    rise = 0.30 * smoothstep(2.2, 4.3, p[2])
    fin = box(np.stack([x, p[1] - rise, p[2]]), (0.87, 0.72, 3.30), (0.085, 0.29, 1.15), 0.06)
    return melted(melted(door, deck, 0.06), fin, 0.14)


def _roof(p: Points3) -> Plane:
    """The folded top under its cover: a fat, creased roll behind the bench."""
    crease = 0.012 * np.sin(p[0] * 21) * np.sin(p[2] * 17 + p[0] * 5)
    lower = box(p, (0, 0.93, 1.98), (0.80, 0.09, 0.16), 0.085)
    upper = capsule(p, (-0.64, 0.985, 1.97), (0.64, 0.985, 1.97), 0.07)
    return melted(lower, upper, 0.08) - crease


def _chrome(p: Points3) -> Plane:
    """Bright strips: along the doors, down the deck, on the fins."""
    x = np.abs(p[0])
    q = np.stack([x, p[1], p[2]])
    strip = capsule(q, (0.90, 0.985, 0.2), (0.90, 0.985, 2.1), 0.017)
    rise = 0.30 * smoothstep(2.2, 4.3, p[2])
    crest = capsule(np.stack([x, p[1] - rise, p[2]]), (0.87, 1.012, 2.3), (0.87, 1.012, 4.42), 0.014)
    spear = capsule(p, (0, 0.965, 2.55), (0, 0.95, 4.3), 0.016)
    return np.minimum(strip, np.minimum(crest, spear))


def _trim(p: Points3) -> Plane:
    """Door cards inside: padded cream leather with an armrest."""
    x = np.abs(p[0])
    q = np.stack([x, p[1], p[2]])
    card = box(q, (0.82, 0.60, 1.05), (0.035, 0.31, 1.2), 0.03)
    rest = box(q, (0.775, 0.66, 1.0), (0.055, 0.04, 0.42), 0.035)
    return np.minimum(card, rest)


def _distance(p: Points3) -> Plane:
    solid = np.minimum(np.minimum(_bench(p), _sill(p)), np.minimum(_roof(p), _trim(p)))
    return (np.minimum(solid, _chrome(p)) * np.float32(0.9)).astype(np.float32)


def _surroundings(way: Points3) -> Picture:
    """What paint and chrome mirror: the sunset, the sun itself, the road below."""
    up = way[1]
    sky = ramp(
        up,
        (
            (-1, "#3a2f36"),
            (-0.06, "#5a4448"),
            (0.0, "#ffcf8a"),
            (0.12, "#ff9f6a"),
            (0.3, "#e9b99a"),
            (0.6, "#5fa0b4"),
            (1, "#2a6f9e"),
        ),
    ).T
    sun = np.clip(dot(way, SUN), 0, 1)
    return sky + (sun**400 * 5 + sun**22 * 0.7)[None, :] * colour("#ffd9a0")[:, None]


def _material(p: Points3) -> Plane:
    """Which of the materials each point is of."""
    nearest = np.argmin(np.stack([_sill(p), _bench(p), _trim(p), _chrome(p), _roof(p)]), axis=0)
    return np.array([RED, CREAM, TAN, CHROME, TOP])[nearest]


def _leather(hits: Hits, kind: Plane) -> Picture:
    """Base colours of what does not mirror."""
    p = hits.points
    middle = (np.abs(p[0]) < 0.665) & ((p[1] < 0.855) | (p[2] < 1.4))
    bench = np.where(middle, colour("#a8141c")[:, None], colour("#f3e3cb")[:, None])
    cards = np.where(p[1] > 0.74, colour("#a8141c")[:, None], colour("#f0dfc6")[:, None])
    tint = np.where(kind == TAN, cards, np.where(kind == CREAM, bench, colour("#efe2cd")[:, None]))
    return tint.astype(np.float32)


def _shaded(hits: Hits, sun: Plane, open_: Plane) -> Picture:
    """All materials in the low sun behind on the left."""
    kind = _material(hits.points)
    facing = np.clip(dot(hits.normals, SUN), 0, 1) * sun
    sky = 0.55 + 0.45 * hits.normals[1]
    front = np.clip(-hits.normals[2], 0, 1)
    warm, cool = colour("#ffc285")[:, None], colour("#b9a9c0")[:, None]
    fill = colour("#ffe0c4")[:, None] * (0.25 + 0.75 * front)
    light = warm * facing * 1.25 + (cool * sky * 0.55 + fill * 0.62) * (0.25 + 0.75 * open_)
    mirror = _surroundings(mirrored(hits.directions, hits.normals)) * (0.35 + 0.65 * open_)
    leather = _leather(hits, kind) * light + mirror * fresnel(hits, 0.025) * 0.45
    paint_ = colour("#b80a14")[:, None] * light * 0.85 + mirror * fresnel(hits, 0.09)
    metal = mirror * colour("#f4ece4")[:, None] * 0.95
    return np.where(kind == RED, paint_, np.where(kind == CHROME, metal, leather)).astype(np.float32)


def laid_car(image: Picture, view: View) -> Picture:
    """The car, marched at one and a quarter the size."""
    side = image.shape[0]
    wide = side * 5 // 4
    hits = march(_distance, view, wide, FRAME, 0.25, 5.2, 110)
    sun, open_ = _light_maps(view, side * 2 // 5, wide)
    at = hits.rows, hits.columns
    shaded = _shaded(hits, sun[at], open_[at])
    paint_, mask = image_of(hits, np.clip(shaded, 0, 1.3), wide)
    return laid_sprite(image, shrunk(paint_, side), shrunk(mask, side))


def _light_maps(view: View, side: int, wide: int) -> tuple[Plane, Plane]:
    """Sunlight and openness, found at a coarser size because both are soft, drawn out to `wide`."""
    hits = march(_distance, view, side, FRAME, 0.25, 5.2, 110)
    lifted = hits.points + hits.normals * 0.01
    maps = np.stack(
        [
            shade_by(_distance, lifted, SUN, 1.2, 7, 18),
            openness(_distance, hits.points, hits.normals, 0.28),
            np.ones(len(hits.rows), np.float32),
        ]
    )
    picture, _ = image_of(hits, maps, side)
    soft = cv2.resize(blurred(picture, 0.0012), (wide, wide), interpolation=cv2.INTER_LINEAR)
    known = np.maximum(soft[..., 2], 1e-3)
    return soft[..., 0] / known, soft[..., 1] / known
