"""The drawn studio: guests who walk in, sway and wave before a wall, with true alpha and clean plate.

Everything is painted once at the start (sprites of rigid parts, soft shadows, a field of noise); a frame only
moves the sprites and lays them over the plate inside their boxes.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8, read_only
from booth.camera.faults import Repeats
from booth.camera.studio_guests import Guest, Part, guests
from booth.camera.studio_paint import Rgba8
from booth.camera.studio_room import FLOOR, paint_room

EMPTY_SECONDS = 3.0
"""The stage stays empty for so long after the start, so that the clean plate can be taken."""
WALK_SECONDS = 1.6
WALK_APART = 0.5
NOISE = 1.6
"""Standard deviation of the sensor noise in 8-bit steps."""
SPARE = 64
"""Pixels by which the noise field is larger than the picture, so that it can be moved about."""

ENTRANCES = (-0.8, -0.5, 0.5)
"""From where each guest comes, in widths of the picture."""
WAIST = (0.0, 520.0)

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A frame of the studio with its truth: image = alpha * foreground + (1 - alpha) * background + noise.

    `foreground` is not premultiplied and black where alpha is 0; `background` is the clean plate with the
    guests' shadows.
    """

    image: Rgb8
    alpha: Alpha
    foreground: Rgb8
    background: Rgb8


class StudioScene:
    """Draws the studio at any time and size; the same seed gives the same pictures, byte for byte."""

    def __init__(self, seed: int = 7) -> None:
        self._seed = seed
        self._stages: dict[int, _Stage] = {}
        self._painting = threading.Lock()

    def plate(self, size: int) -> Rgb8:
        """Give the clean plate without noise: read-only uint8 (size, size, 3), RGB."""
        return self._stage(size).plate

    def image(self, t: float, size: int, empty: bool = False) -> Rgb8:
        """Draw the frame at `t` seconds as a camera sees it: read-only uint8 (size, size, 3), RGB."""
        stage = self._stage(size)
        picture = stage.shadowed(t) if not empty else stage.plate.copy()
        for layer in stage.layers(t) if not empty else ():
            layer.over(picture)
        return read_only(stage.noisy(picture, t))

    def draw(self, t: float, size: int, empty: bool = False) -> Drawn:
        """Draw the frame at `t` seconds together with its truth.

        Returns
        -------
        Drawn with `image` as `image(t, size, empty)` gives it
        """
        stage = self._stage(size)
        background = stage.plate.copy() if empty else stage.shadowed(t)
        ink, cover = np.zeros((size, size, 3), np.uint8), np.zeros((size, size, 3), np.uint8)
        for layer in stage.layers(t) if not empty else ():
            layer.over(ink)
            layer.cover(cover)
        alpha = np.asarray(cover[..., 0], dtype=np.float32) / np.float32(255)
        colours = np.clip(ink / np.maximum(alpha, 1 / 255)[..., None], 0, 255)
        foreground = np.rint(colours * (alpha > 0)[..., None]).astype(np.uint8)
        return Drawn(
            self.image(t, size, empty), read_only(alpha), read_only(foreground), read_only(background)
        )

    def _stage(self, size: int) -> _Stage:
        with self._painting:
            if size not in self._stages:
                self._stages[size] = _Stage(size, self._seed)
            return self._stages[size]


class StudioPlayer:
    """The drawn studio as a simulated camera looks at it; guests come back some time after an empty stage."""

    name = "studio"
    may_repeat: Repeats = "nothing"

    def __init__(self, size: int, scene: StudioScene) -> None:
        self._scene = scene
        self._size = size
        self._emptied = 0.0
        self._scene.plate(size)

    def picture(self, seconds: float, empty: bool) -> Rgb8:
        if empty:
            self._emptied = seconds
            return self._scene.image(seconds, self._size, empty=True)
        return self._scene.image(seconds - self._emptied, self._size)

    def close(self) -> None:
        """Nothing to give back."""


class _Layer:
    """One part of a guest, moved to its place: premultiplied colours and what they leave of the ground."""

    __slots__ = ("_box", "_colours", "_leaves", "shows")

    def __init__(self, sprite: Rgba8, matrix: Matrix, size: int) -> None:
        left, top, right, bottom = _bounds(sprite, matrix, size)
        self.shows = right > left and bottom > top
        self._box = (slice(top, bottom), slice(left, right))
        shifted = matrix - np.array([[0, 0, left], [0, 0, top]])
        moved = cv2.warpAffine(sprite, shifted, (max(1, right - left), max(1, bottom - top)))
        self._colours = cv2.cvtColor(moved, cv2.COLOR_RGBA2RGB)
        self._leaves = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(moved, 3)), cv2.COLOR_GRAY2RGB)

    def over(self, picture: Rgb8) -> None:
        """Lay the part over a picture, in place."""
        region = picture[self._box]
        cv2.multiply(region, self._leaves, dst=region, scale=1 / 255)
        cv2.add(region, self._colours, dst=region)

    def cover(self, alpha: NDArray[np.uint8]) -> None:
        """Add the part to an alpha of three equal channels, in place."""
        region = alpha[self._box]
        cv2.multiply(region, self._leaves, dst=region, scale=1 / 255)
        cv2.add(region, cv2.bitwise_not(self._leaves), dst=region)


@dataclass(frozen=True, slots=True)
class _Pose:
    """How a guest stands: `away` from the place in pictures, `hop` in units up, turns in degrees clockwise."""

    away: float
    hop: float
    turns: dict[str, float]


RESTING = _Pose(0.0, 0.0, {})


class _Stage:
    """The studio painted at one size."""

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.plate = paint_room(size, seed)
        self._guests = guests()
        self._sprites = [_sprites(guest, size, seed + 17 * g) for g, guest in enumerate(self._guests)]
        self._kept: dict[tuple[int, int], tuple[bytes, _Layer]] = {}
        self._shadows = [_shadow(self._alpha_at_rest(g), guest, size) for g, guest in enumerate(self._guests)]
        self._brighter, self._darker = _noise_fields(size, seed)

    def shadowed(self, t: float) -> Rgb8:
        """Give a fresh copy of the plate with the shadows that the guests throw at a time."""
        ground = self.plate.copy()
        for g, shadow in enumerate(self._shadows):
            pose = _pose(g, t)
            if pose is not None:
                _darken(ground, shadow, round(pose.away * self.size))
        return ground

    def layers(self, t: float) -> Iterator[_Layer]:
        """Give the parts of all guests on the stage, back to front."""
        for g in range(len(self._guests)):
            pose = _pose(g, t)
            if pose is not None:
                yield from self._parts(g, pose)

    def noisy(self, picture: Rgb8, t: float) -> Rgb8:
        """Add the sensor's noise, in place: the field is laid elsewhere in each frame."""
        x, y = np.random.default_rng((self.size, round(t * 1000) & 0xFFFFFFFF)).integers(0, SPARE, 2)
        window = (slice(y, y + self.size), slice(x, x + self.size))
        cv2.add(picture, self._brighter[window], dst=picture)
        cv2.subtract(picture, self._darker[window], dst=picture)
        return picture

    def _parts(self, g: int, pose: _Pose) -> Iterator[_Layer]:
        for p, part in enumerate(self._guests[g].parts):
            layer = self._layer(g, p, _to_picture(self._guests[g], part, pose, self.size))
            if layer.shows:
                yield layer

    def _layer(self, g: int, p: int, matrix: Matrix) -> _Layer:
        """Move a part, or take it from the frame before if it has not moved."""
        place = matrix.tobytes()
        kept = self._kept.get((g, p))
        if kept is None or kept[0] != place:
            kept = place, _Layer(self._sprites[g][p], matrix, self.size)
            self._kept[g, p] = kept
        return kept[1]

    def _alpha_at_rest(self, g: int) -> NDArray[np.uint8]:
        cover = np.zeros((self.size, self.size, 3), np.uint8)
        for layer in self._parts(g, RESTING):
            layer.cover(cover)
        return cover[..., 0]


def _sprites(guest: Guest, size: int, seed: int) -> list[Rgba8]:
    scale = guest.height * size / 1000
    return [part.sprite(scale, seed + p) for p, part in enumerate(guest.parts)]


def _pose(g: int, t: float) -> _Pose | None:
    """Give a guest's pose at a time, None while off the stage."""
    walked = (t - EMPTY_SECONDS - WALK_APART * g) / WALK_SECONDS
    if walked <= 0:
        return None
    left = min(1.0, walked)
    away = ENTRANCES[g] * (1 - left) ** 2 * (1 + 0.5 * left)
    stride = math.sin(2 * math.pi * 2.1 * t + g) * min(1.0, 4 * (1 - left))
    beat = 2 * math.pi * t
    turns = {
        "left_leg": 15 * stride,
        "right_leg": -15 * stride,
        "body": 1.1 * math.sin(beat / 4.3 + 2 * g),
        "head": 2.6 * math.sin(beat / 3.1 + g) + 0.8 * math.sin(beat / 1.3 + 2 * g),
        "wave": 15 * math.sin(beat / 0.85) * (0.55 + 0.45 * math.sin(beat / 5.1)),
        "lift": 4.5 * math.sin(beat / 2.2 + 3 * g),
    }
    return _Pose(away, 7 * abs(stride), turns)


def _to_picture(guest: Guest, part: Part, pose: _Pose, size: int) -> Matrix:
    """Give the 2x3 matrix from a part's sprite to the picture, both in pixels."""
    scale = guest.height * size / 1000
    turned = _turn(part.pivot, pose.turns.get(part.moves, 0.0))
    if part.moves not in ("body", "left_leg", "right_leg"):
        turned = _turn(WAIST, pose.turns.get("body", 0.0)) @ turned
    x = (guest.feet[0] + pose.away) * size
    y = guest.feet[1] * size - scale * (1000 + pose.hop)
    left = part.pivot[0] + part.grown * (part.box[0] - part.pivot[0])
    top = part.pivot[1] + part.grown * (part.box[1] - part.pivot[1]) + part.drop
    to_units = np.array([[1 / scale, 0, left + 0.5 / scale], [0, 1 / scale, top + 0.5 / scale], [0, 0, 1]])
    to_pixels = np.array([[scale, 0, x - 0.5], [0, scale, y - 0.5], [0, 0, 1]])
    return np.asarray((to_pixels @ turned @ to_units)[:2], dtype=np.float64)


def _turn(pivot: tuple[float, float], degrees: float) -> Matrix:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = pivot
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y], [0, 0, 1]])


def _bounds(sprite: Rgba8, matrix: Matrix, size: int) -> tuple[int, int, int, int]:
    """Give the box of a moved sprite inside the picture: left, top, right, bottom."""
    height, width = sprite.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ matrix.T
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0)) + 1
    left, top, right, bottom = (int(v) for v in np.clip((*low, *high), 0, size))
    return left, top, max(left, right), max(top, bottom)


def _shadow(alpha: NDArray[np.uint8], guest: Guest, size: int) -> Rgb8:
    """Give how much light is left (255: all) beside a resting guest: a soft shade on the wall, a pool at the feet."""
    small = cv2.resize(alpha, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    side = small.shape[0]
    fallen = cv2.warpAffine(small, np.array([[1, 0, 0.055 * side], [0, 1, 0.012 * side]]), (side, side))
    wall = 0.20 * cv2.GaussianBlur(fallen, (0, 0), 0.020 * side)
    rows = np.arange(side, dtype=np.float32)[:, None] / side
    wall *= np.clip((FLOOR + 0.03 - rows) / 0.06, 0, 1)
    pool = np.zeros_like(small)
    x, y, reach = guest.feet[0] * side, guest.feet[1] * side, 0.13 * guest.height * side
    cv2.ellipse(
        pool,
        (round(x + 0.35 * reach), round(y - 0.02 * reach)),
        (round(1.35 * reach), round(0.24 * reach)),
        0,
        0,
        360,
        0.26,
        -1,
    )
    core = np.zeros_like(small)
    cv2.ellipse(
        core,
        (round(x + 0.08 * reach), round(y)),
        (round(0.8 * reach), round(0.12 * reach)),
        0,
        0,
        360,
        0.24,
        -1,
    )
    shade = wall + cv2.GaussianBlur(pool, (0, 0), 0.016 * side) + cv2.GaussianBlur(core, (0, 0), 0.009 * side)
    light = cv2.resize(1 - np.clip(shade, 0, 0.8), (size, size), interpolation=cv2.INTER_CUBIC)
    return np.dstack([np.rint(np.clip(255 * light, 0, 255)).astype(np.uint8)] * 3)


def _darken(ground: Rgb8, light: Rgb8, shift: int) -> None:
    """Multiply the ground by what light is left, moved sideways by `shift` pixels, in place."""
    to = slice(max(0, shift), light.shape[1] + min(0, shift))
    of = slice(max(0, -shift), light.shape[1] - max(0, shift))
    if to.start < to.stop:
        region = ground[:, to]
        cv2.multiply(region, light[:, of], dst=region, scale=1 / 255)


def _noise_fields(size: int, seed: int) -> tuple[Rgb8, Rgb8]:
    """Give what the noise adds and what it takes away, a little larger than the picture."""
    shape = (size + SPARE, size + SPARE, 3)
    noise = np.rint(np.random.default_rng(seed).standard_normal(shape, np.float32) * NOISE)
    return np.maximum(noise, 0).astype(np.uint8), np.maximum(-noise, 0).astype(np.uint8)
