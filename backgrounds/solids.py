"""Solid things from signed distances, marched ray by ray (Hart, "Sphere tracing", 1996).

Points are float32 (3, N): right, up, ahead in metres, as in `ground.View`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from brushes import Plane
from ground import View
from numpy.typing import NDArray

Points3 = NDArray[np.float32]
_COARSE = 8
Distance = Callable[[Points3], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Where rays met solids: pixel rows and columns, points, normals, directions, box size."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    points: Points3
    normals: Points3
    directions: Points3


def march(
    distance: Distance,
    view: View,
    side: int,
    box: tuple[float, float, float, float],
    near: float,
    far: float,
    steps: int = 90,
) -> Hits:
    """Rays through the pixels of a box (left, top, right, bottom, fractions) up to the first solid.

    A coarse march of every eighth pixel finds where rays may safely start.
    """
    start = _head_start(distance, view, side, box, near, far, steps)
    rows, columns, directions = _rays(view, side, box, 1)
    first = start[(rows - rows.min()) // _COARSE, (columns - columns.min()) // _COARSE]
    travelled, met = _travelled(distance, view, directions, first, far, steps)
    rows, columns, directions = rows[met], columns[met], directions[:, met]
    points = np.array([[0], [view.eye], [0]], np.float32) + directions * travelled[met]
    return Hits(rows, columns, points, normals_at(distance, points), directions)


def _head_start(
    distance: Distance,
    view: View,
    side: int,
    box: tuple[float, float, float, float],
    near: float,
    far: float,
    steps: int,
) -> Plane:
    """For each block of pixels a distance at which no solid has been met yet."""
    rows, _, directions = _rays(view, side, box, _COARSE)
    first = np.full(rows.shape, near, np.float32)
    # stop early, by more than a block's width, so that no neighbour's ray starts inside a solid
    reach = 2.0 * _COARSE / side / view.lens
    travelled, _ = _travelled(distance, view, directions, first, far, steps, reach)
    grid = travelled.reshape(len(np.unique(rows)), -1)
    return cv2.erode(grid, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)


def _travelled(
    distance: Distance,
    view: View,
    directions: Points3,
    first: Plane,
    far: float,
    steps: int,
    reach: float = 0.0006,
) -> tuple[Plane, NDArray[np.bool_]]:
    """How far each ray went, and whether it came within `reach` (times its length) of a solid."""
    origin = np.array([[0], [view.eye], [0]], np.float32)
    travelled = first.copy()
    alive = np.flatnonzero(travelled < far)
    met = np.zeros(len(travelled), bool)
    for _ in range(steps):
        gap = distance(origin + directions[:, alive] * travelled[alive])
        touching = gap < reach * travelled[alive]
        met[alive[touching]] = True
        travelled[alive] += np.where(touching, 0, gap * np.float32(0.9))
        alive = alive[~touching & (travelled[alive] < far)]
        if not len(alive):
            break
    return travelled, met


def _rays(
    view: View, side: int, box: tuple[float, float, float, float], every: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Points3]:
    """Rows, columns and unit directions of each `every`th pixel's ray, the middle of its block."""
    left, right = (min(max(round(v * side), 0), side) for v in box[::2])
    top, bottom = (min(max(round(v * side), 0), side) for v in box[1::2])
    rows, columns = (a.ravel() for a in np.mgrid[top:bottom:every, left:right:every])
    middle = every / 2
    across = ((columns + middle) / side - 0.5) / view.lens
    up = (view.horizon - (rows + middle) / side) / view.lens
    directions = np.stack([across, up, np.ones_like(up)]).astype(np.float32)
    return rows, columns, directions / np.sqrt((directions**2).sum(0))


def normals_at(distance: Distance, points: Points3, reach: float = 0.002) -> Points3:
    """Unit normals from differences of the distance at a tetrahedron's corners (Quilez)."""
    normal = np.zeros_like(points)
    for corner in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
        way = np.array(corner, np.float32)[:, None]
        normal += way * distance(points + way * np.float32(reach))
    return normal / np.maximum(np.sqrt((normal**2).sum(0)), 1e-9)


def shade_by(
    distance: Distance, points: Points3, towards: Points3, reach: float, softness: float = 10, steps: int = 24
) -> NDArray[np.float32]:
    """1 where light from a direction arrives, 0 in shadow, soft between (Quilez' penumbra)."""
    travelled = np.full(points.shape[1], reach * 0.02, np.float32)
    arrives = np.ones(points.shape[1], np.float32)
    for _ in range(steps):
        gap = distance(points + towards * travelled)
        arrives = np.minimum(arrives, np.clip(softness * gap / travelled, 0, 1))
        travelled += np.clip(gap, reach * 0.015, reach * 0.15)
    return arrives


def openness(distance: Distance, points: Points3, normals: Points3, reach: float) -> NDArray[np.float32]:
    """1 on open surfaces, less in creases: how much of the sky's light arrives."""
    closed = np.zeros(points.shape[1], np.float32)
    for k in range(1, 5):
        height = reach * k / 4
        closed += (height - distance(points + normals * height)) * 0.6**k
    return np.clip(1 - 1.6 * closed / reach, 0, 1)


def unit(x: float, y: float, z: float) -> Points3:
    """A direction as a (3, 1) column."""
    v = np.array([[x], [y], [z]], np.float32)
    return v / np.linalg.norm(v)


def dot(a: Points3, b: Points3) -> NDArray[np.float32]:
    """Products summed over the three axes."""
    return (a * b).sum(0)


def mirrored(directions: Points3, normals: Points3) -> Points3:
    """Directions after reflection."""
    return directions - 2 * dot(directions, normals) * normals


def sphere(p: Points3, centre: tuple[float, float, float], radius: float) -> NDArray[np.float32]:
    """Distance to a ball."""
    return np.sqrt(sum((p[k] - centre[k]) ** 2 for k in range(3))) - radius


def ellipsoid(
    p: Points3, centre: tuple[float, float, float], radii: tuple[float, float, float]
) -> NDArray[np.float32]:
    """About the distance to an ellipsoid."""
    scaled = [(p[k] - centre[k]) / radii[k] for k in range(3)]
    k0 = np.sqrt(sum(s**2 for s in scaled))
    k1 = np.sqrt(sum((s / r) ** 2 for s, r in zip(scaled, radii, strict=True)))
    return k0 * (k0 - 1) / np.maximum(k1, 1e-6)


def box(
    p: Points3, centre: tuple[float, float, float], half: tuple[float, float, float], round_: float
) -> NDArray[np.float32]:
    """Distance to a box with rounded edges; `half` includes the rounding."""
    q = [np.abs(p[k] - centre[k]) - half[k] + round_ for k in range(3)]
    outside = np.sqrt(sum(np.maximum(v, 0) ** 2 for v in q))
    return outside + np.minimum(np.maximum(q[0], np.maximum(q[1], q[2])), 0) - round_


def torus(p: Points3, wide: float, thick: float) -> NDArray[np.float32]:
    """Distance to a ring round the up axis at the origin."""
    return np.hypot(np.hypot(p[0], p[2]) - wide, p[1]) - thick


def capsule(
    p: Points3, a: tuple[float, float, float], b: tuple[float, float, float], radius: float
) -> NDArray[np.float32]:
    """Distance to a round stick from `a` to `b`."""
    start = np.array(a, np.float32)[:, None]
    axis = np.array(b, np.float32)[:, None] - start
    t = np.clip(dot(p - start, axis) / dot(axis, axis), 0, 1)
    return np.sqrt(((p - start - axis * t) ** 2).sum(0)) - radius


def melted(a: NDArray[np.float32], b: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """Both solids with a smooth joint `width` wide."""
    h = np.maximum(width - np.abs(a - b), 0) / width
    return np.minimum(a, b) - h * h * width / 4


def shared(a: NDArray[np.float32], b: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """What both solids have in common, with a smooth edge."""
    return -melted(-a, -b, width)


def turned(p: Points3, angle: float, axis: int) -> Points3:
    """Points turned about one axis by `angle` radians."""
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    out = p.copy()
    out[i], out[j] = c * p[i] - s * p[j], s * p[i] + c * p[j]
    return out


def fresnel(hits: Hits, least: float) -> NDArray[np.float32]:
    """Share of light mirrored: `least` head-on, all of it at grazing angles (Schlick)."""
    return least + (1 - least) * np.clip(1 + dot(hits.directions, hits.normals), 0, 1) ** 5


def shrunk(picture: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Neighbours averaged: solids are marched at a larger size for smooth edges."""
    return cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)


def image_of(hits: Hits, colours: NDArray[np.float32], side: int) -> tuple[NDArray[np.float32], Plane]:
    """Premultiplied picture and mask of marched pixels; `colours` is (3, N)."""
    picture = np.zeros((side, side, 3), np.float32)
    mask = np.zeros((side, side), np.float32)
    picture[hits.rows, hits.columns] = colours.T
    mask[hits.rows, hits.columns] = 1
    return picture, mask
