"""Land and floors in perspective: the camera looks level, so the horizon is eye level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from brushes import Plane, axes
from noise import sampled


@dataclass(frozen=True, slots=True)
class View:
    """A level camera: the horizon's height in the picture, the eye's height in metres, the lens."""

    horizon: float
    eye: float = 1.6
    lens: float = 1.0

    def floor(self, side: int) -> tuple[Plane, Plane]:
        """Metres sideways and ahead of the floor point at each pixel (beyond 10 km above the horizon)."""
        x, y = axes(side)
        drop = np.maximum(y - self.horizon, 1e-4)
        ahead = np.minimum(self.eye * self.lens / drop, 1e4) + 0 * x
        return ((x - 0.5) * ahead / self.lens).astype(np.float32), ahead.astype(np.float32)

    def seen(self, sideways: float, up: float, ahead: float) -> tuple[float, float]:
        """Where a point of the world stands in the picture."""
        return 0.5 + self.lens * sideways / ahead, self.horizon - self.lens * (up - self.eye) / ahead


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """A square of land that repeats: heights and sunlight, `span` metres wide."""

    heights: Plane
    light: Plane
    slope: Plane
    span: float


def relief(heights: Plane, span: float, sun: tuple[float, float, float], shadows: bool = True) -> Relief:
    """Sunlight on land whose `heights` are in metres; the sun is a direction: right, up, ahead."""
    cell = span / heights.shape[0]
    right = (np.roll(heights, -1, 1) - np.roll(heights, 1, 1)) / (2 * cell)
    ahead = (np.roll(heights, -1, 0) - np.roll(heights, 1, 0)) / (2 * cell)
    size = np.sqrt(right**2 + ahead**2 + 1)
    direction = np.asarray(sun, np.float32) / np.linalg.norm(sun)
    light = np.clip((-right * direction[0] + direction[1] - ahead * direction[2]) / size, 0, 1)
    if shadows and abs(sun[0]) > 1e-6:
        light = light * (1 - _shadow(heights, sun[1] / abs(sun[0]) * cell, sun[0] > 0))
    return Relief(heights, light.astype(np.float32), (1 / size).astype(np.float32), span)


def _shadow(heights: Plane, fall: float, from_right: bool) -> Plane:
    """1 where higher land between here and the sun hides it; soft at the rim."""
    land = heights[:, ::-1] if from_right else heights
    twice = np.concatenate([land, land], axis=1)
    tilted = twice + fall * np.arange(twice.shape[1], dtype=np.float32)[None, :]
    over = np.maximum.accumulate(tilted, axis=1) - tilted
    shade = np.clip(over[:, land.shape[1] :] / (4 * fall + 1e-6), 0, 1)
    return shade[:, ::-1] if from_right else shade


@dataclass(frozen=True, slots=True, eq=False)
class Vista:
    """What a level camera sees of land, pixel by pixel; `mask` is 0 where it sees sky."""

    mask: Plane
    ahead: Plane
    height: Plane
    light: Plane
    slope: Plane
    sideways: Plane


def vista(
    land: Relief,
    view: View,
    side: int,
    near: float,
    far: float,
    rise: Plane | None = None,
    offset: tuple[float, float] = (0.0, 0.0),
    steps: int = 900,
) -> Vista:
    """Land seen from `near` to `far` metres, hidden parts removed.

    Parameters
    ----------
    rise : factor on the heights at each of `steps` distances, shape (steps,) or (steps, side)
    offset : metres by which the land is moved sideways and ahead
    """
    x, y = axes(side)
    ahead = np.geomspace(near, far, steps).astype(np.float32)[:, None]
    sideways = ((x - 0.5) * ahead / view.lens).astype(np.float32)
    u, v = (sideways + offset[0]) / land.span, (ahead + offset[1] + 0 * x) / land.span
    factor = np.float32(1) if rise is None else (rise[:, None] if rise.ndim == 1 else rise)
    height = sampled(land.heights, u, v) * factor
    screen = view.horizon - view.lens * (height - view.eye) / ahead
    step, seen = _first_visible(screen, y[:, 0], side)
    column = np.broadcast_to(np.arange(side)[None, :], (side, side))
    light, slope = sampled(land.light, u, v), sampled(land.slope, u, v)
    return Vista(
        seen,
        _between(np.broadcast_to(ahead, screen.shape), step, column),
        _between(height, step, column),
        _between(light, step, column),
        _between(slope, step, column),
        _between(sideways, step, column),
    )


def _first_visible(screen: Plane, y: Plane, side: int) -> tuple[Plane, Plane]:
    """For each pixel the (fractional) index of the nearest land that reaches it, and whether any does."""
    top = np.minimum.accumulate(screen, axis=0)
    step = np.zeros((side, side), np.float32)
    for column in range(side):
        rising = -top[:, column]
        index = np.searchsorted(rising, -y)
        after = np.minimum(index, len(rising) - 1)
        before = np.maximum(after - 1, 0)
        gap = rising[after] - rising[before]
        part = np.where(gap > 1e-9, (-y - rising[before]) / np.maximum(gap, 1e-9), 1)
        step[:, column] = before + np.clip(part, 0, 1)
    seen = np.clip((y[:, None] - top[-1][None, :]) * side + 0.5, 0, 1)
    return step, seen.astype(np.float32)


def _between(values: Plane, step: Plane, column: Plane) -> Plane:
    """Values read at fractional rows."""
    low = np.minimum(step.astype(np.int32), values.shape[0] - 2)
    rest = step - low
    return values[low, column] * (1 - rest) + values[low + 1, column] * rest
