"""A good-natured shark with googly eyes, a toothy grin and a party hat, marched as a solid."""

from __future__ import annotations

import numpy as np
from brushes import Picture, Plane, colour, ramp, smoothstep
from ground import View
from shapes import laid_sprite
from solids import (
    Hits,
    Points3,
    dot,
    ellipsoid,
    fresnel,
    image_of,
    march,
    melted,
    mirrored,
    openness,
    shade_by,
    shrunk,
    sphere,
    turned,
    unit,
)

PLACE = (1.05, 3.22, 6.2)
SUN = unit(-0.35, 0.9, -0.35)
YAW, ROLL, SIZE = -2.35, 0.10, 1.0
BOX = (0.40, 0.02, 1.0, 0.46)


def laid_shark(image: Picture, view: View) -> Picture:
    """The shark before a picture."""
    side = image.shape[0]
    hits = march(_distance, view, side * 2, BOX, 3.2, 9.5)
    picture, mask = image_of(hits, np.clip(_shaded(hits), 0, 1.1), side * 2)
    return laid_sprite(image, shrunk(picture, side), shrunk(mask, side))


def _own(p: Points3) -> Points3:
    """Points in the shark's frame: nose along +x, up y, its right +z."""
    local = (p - np.array(PLACE, np.float32)[:, None]) / np.float32(SIZE)
    return turned(turned(local, YAW, 1), ROLL, 2)


def _body(q: Points3) -> Plane:
    """Barrel, tail and snout; the tail swings aside."""
    swing = q.copy()
    swing[2] = q[2] + 0.16 * np.minimum(q[0] + 0.2, 0) ** 2
    front = ellipsoid(swing, (0.42, 0, 0), (1.05, 0.54, 0.52))
    back = ellipsoid(swing, (-0.75, 0.02, 0), (1.25, 0.26, 0.22))
    return melted(front, back, 0.42)


def _fins(q: Points3) -> Plane:
    """Back, breast and tail fins: flat ellipsoids, swept back."""
    swing = q.copy()
    swing[2] = q[2] + 0.16 * np.minimum(q[0] + 0.2, 0) ** 2
    swept = swing.copy()
    swept[0] = q[0] + 0.75 * (q[1] - 0.4)
    dorsal = ellipsoid(swept, (0.22, 0.52, 0), (0.32, 0.48, 0.06))
    tail = swing.copy()
    tail[0] = q[0] + 0.75 * np.abs(q[1] - 0.02)
    lobes = ellipsoid(tail, (-1.78, 0.10, 0), (0.19, 0.72, 0.05))
    wing = q.copy()
    wing[2] = np.abs(q[2])
    wing[1] = q[1] + 0.55 * (wing[2] - 0.4)
    wing[0] = q[0] + 0.65 * (wing[2] - 0.4)
    breast = ellipsoid(wing, (0.42, -0.26, 0.80), (0.24, 0.055, 0.58))
    return np.minimum(np.minimum(dorsal, lobes), breast)


def _eyes(q: Points3) -> Plane:
    return np.minimum(sphere(q, (1.10, 0.30, 0.27), 0.20), sphere(q, (1.12, 0.30, -0.25), 0.20))


def _hat(q: Points3) -> Plane:
    """A paper cone with a bobble, askew."""
    tilt = turned(q - np.array([[0.72], [0.44], [0]], np.float32), 0.30, 2)
    high = 0.62
    away = np.hypot(tilt[0], tilt[2])
    cone = np.maximum((away - 0.27 * (1 - tilt[1] / high)) * 0.9, np.maximum(-tilt[1] - 0.02, tilt[1] - high))
    return np.minimum(cone, sphere(tilt, (0, high, 0), 0.085))


def _mouth(q: Points3) -> Plane:
    """Depth of the grin: below zero inside it."""
    turn = np.arctan2(q[2], q[0] - 0.55)
    middle = -0.20 + 0.26 * np.minimum(np.abs(turn), 1.2) ** 2
    half = 0.125 * np.sqrt(np.clip(1 - (turn / 0.98) ** 2, 0, 1))
    return np.where(q[0] > 0.6, np.abs(q[1] - middle) - half, 1.0)


def _distance(p: Points3) -> Plane:
    q = _own(p)
    body = melted(_body(q), _fins(q), 0.10) + 0.05 * smoothstep(0.02, -0.05, _mouth(q))
    return (np.minimum(body, np.minimum(_eyes(q), _hat(q))) * np.float32(0.75 * SIZE)).astype(np.float32)


def _skin(q: Points3) -> Picture:
    """Blue-grey back, white belly, gills."""
    shade = smoothstep(-0.17, -0.02, q[1] + 0.05 * np.sin(q[0] * 6))
    back, belly = colour("#4f86b0")[:, None], colour("#f2f7f4")[:, None]
    tint = belly + (back - belly) * shade
    gill = np.exp(-(((np.mod((q[0] - 0.15 + 0.15 * q[1]) / 0.085, 1) - 0.5) / 0.16) ** 2))
    where = (np.abs(q[0] - 0.28) < 0.125) & (np.abs(q[1] + 0.02) < 0.17) & (np.abs(q[2]) > 0.3)
    return tint * (1 - 0.45 * gill * where)


def _tints(p: Points3) -> Picture:
    """Colours of all parts."""
    q = _own(p)
    tint = _skin(q)
    tint = np.where(_mouth(q) < 0, _grin(q), tint)
    hat = _hat(q)
    tilt = turned(q - np.array([[0.72], [0.44], [0]], np.float32), 0.30, 2)
    stripe = np.mod(np.arctan2(tilt[2], tilt[0]) / np.pi * 2.5 + tilt[1] * 2.6, 1) < 0.5
    paper = np.where(stripe, colour("#ff3f7a")[:, None], colour("#ffe14a")[:, None])
    paper = np.where(tilt[1] > 0.55, colour("#fff6ff")[:, None], paper)
    tint = np.where(hat < 0.012, paper, tint)
    return np.where(_eyes(q) < 0.012, _eyeballs(q), tint).astype(np.float32)


def _grin(q: Points3) -> Picture:
    """Teeth above and below a dark red mouth."""
    turn = np.arctan2(q[2], q[0] - 0.55)
    middle = -0.20 + 0.26 * np.minimum(np.abs(turn), 1.2) ** 2
    half = 0.125 * np.sqrt(np.clip(1 - (turn / 0.98) ** 2, 0.02, 1))
    part = (q[1] - middle) / half
    saw = np.abs(np.mod(turn / 0.17, 1) - 0.5) * 2
    tooth = (part > 1 - 1.0 * (1 - saw)) | (part < -1 + 0.8 * saw)
    return np.where(tooth, colour("#ffffff")[:, None], colour("#7a1428")[:, None])


def _eyeballs(q: Points3) -> Picture:
    """White balls, pupils squinting at the guests."""
    centre = np.where(q[2] > 0, 0.27, -0.25)
    look = np.stack([q[0] - 1.10, q[1] - 0.30, q[2] - centre])
    look /= np.maximum(np.sqrt((look**2).sum(0)), 1e-6)
    towards = np.where(q[2] > 0, dot(look, unit(0.80, -0.18, 0.35)), dot(look, unit(0.80, -0.10, 0.62)))
    pupil = smoothstep(0.80, 0.83, towards)
    ring = smoothstep(0.66, 0.70, towards)
    white, iris, black = colour("#ffffff")[:, None], colour("#3fc0d0")[:, None], colour("#0a0a12")[:, None]
    tint = white + (iris - white) * ring
    return tint + (black - tint) * pupil


def _shaded(hits: Hits) -> Picture:
    """Lit from the surface, blue from all sides, wet gloss."""
    sun = np.clip(dot(hits.normals, SUN), 0, 1) * shade_by(
        _distance, hits.points + hits.normals * 0.02, SUN, 1.2, 6, 20
    )
    up = 0.5 + 0.5 * hits.normals[1]
    open_ = openness(_distance, hits.points, hits.normals, 0.35)
    water = ramp(up, ((0, "#2f7fae"), (0.5, "#58b4d6"), (1, "#c4fbff"))).T
    light = colour("#f4ffe6")[:, None] * sun * 0.62 + water * (0.30 + 0.70 * open_) * 0.62
    away = mirrored(hits.directions, hits.normals)
    shine = np.clip(dot(away, SUN), 0, 1) ** 40 * 0.6 + fresnel(hits, 0.03) * (0.5 + 0.5 * away[1]) * 0.5
    shaded = _tints(hits.points) * light * 1.05 + shine * colour("#d9fbff")[:, None]
    air = np.clip((hits.points[2] - 4.2) / 14, 0, 0.5)
    return (shaded + (colour("#1a8cc0")[:, None] - shaded) * air).astype(np.float32)
