"""Fractal noise: clouds, water, rock and everything else that nature repeats at every size."""

from __future__ import annotations

import cv2
import numpy as np
from brushes import Plane

Rng = np.random.Generator


def _one_octave(rng: Rng, shape: tuple[int, int], cells: tuple[float, float]) -> Plane:
    """Smooth random values with about `cells` bumps down and across."""
    lattice = rng.random((int(cells[0]) + 5, int(cells[1]) + 5), np.float32)
    # not cv2.remap: it rounds positions to 1/32 of a cell, which shows as terraces
    return _spread(_spread(lattice, shape[0], cells[0]).T, shape[1], cells[1]).T


def _spread(lattice: Plane, length: int, cells: float) -> Plane:
    """Rows of a lattice drawn out to `length` rows, by a cubic B-spline."""
    at = (np.arange(length) + 0.5) * (cells / length)
    whole = at.astype(np.int32)
    t = (at - whole).astype(np.float32)[:, None]
    weights = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    wide = weights[0] * lattice[whole]
    for tap in (1, 2, 3):
        wide += weights[tap] * lattice[whole + tap]
    return wide / 6


def fractal(
    rng: Rng,
    shape: tuple[int, int],
    cells: tuple[float, float],
    octaves: int = 6,
    gain: float = 0.5,
    ridged: bool = False,
) -> Plane:
    """Sum of ever finer noises, about 0 to 1 with mean near 0.5.

    Parameters
    ----------
    cells : bumps down and across of the coarsest octave; unequal ones stretch the noise
    gain : weight of each octave against the one before
    ridged : creases instead of bumps: mountains, smoke, caustics
    """
    # a generator of its own: small pictures skip the finest octaves, and later draws must not notice
    rng = np.random.default_rng(rng.integers(1 << 62))
    total = np.zeros(shape, np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        grid = (cells[0] * 2**octave, cells[1] * 2**octave)
        if min(grid[0] / shape[0], grid[1] / shape[1]) > 0.5:
            break
        layer = _one_octave(rng, shape, grid)
        if ridged:
            layer = 1 - np.abs(2 * layer - 1)
        total += weight * layer
        weights += weight
        weight *= gain
    return total / weights


def stretched(plane: Plane, low: float = 2.0, high: float = 98.0) -> Plane:
    """Values spread so that the given percentiles become 0 and 1."""
    bottom, top = np.percentile(plane[::4, ::4], (low, high))
    return np.clip((plane - bottom) / (top - bottom), 0, 1).astype(np.float32)


def moved(image: Plane, across: Plane, down: Plane) -> Plane:
    """Each pixel taken from a place moved by `across` and `down` (fractions of the side)."""
    rows, columns = image.shape[:2]
    x = np.arange(columns, dtype=np.float32)[None, :] + across * columns
    y = np.arange(rows, dtype=np.float32)[:, None] + down * rows
    shape = (rows, columns)
    at_x = np.ascontiguousarray(np.broadcast_to(x, shape), np.float32)
    at_y = np.ascontiguousarray(np.broadcast_to(y, shape), np.float32)
    return cv2.remap(image, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def swirled(rng: Rng, shape: tuple[int, int], cells: tuple[float, float], amount: float) -> Plane:
    """Fractal noise bent by other fractal noise: gas, nebulae, marble."""
    base = fractal(rng, shape, cells, 7, 0.55)
    across = fractal(rng, shape, cells, 4) - 0.5
    down = fractal(rng, shape, cells, 4) - 0.5
    return moved(base, across * amount, down * amount)


def sampled(tile: Plane, x: Plane, y: Plane) -> Plane:
    """A tile that repeats for ever, read at coordinates in tiles (1.0 is one whole tile)."""
    rows, columns = tile.shape[:2]
    x, y = np.broadcast_arrays(x, y)
    at_x = np.ascontiguousarray(np.mod(x, 1) * columns, np.float32)
    at_y = np.ascontiguousarray(np.mod(y, 1) * rows, np.float32)
    return cv2.remap(tile, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def seamless(rng: Rng, size: int, cells: int, octaves: int = 6, gain: float = 0.5) -> Plane:
    """A square of fractal noise whose opposite edges fit, for `sampled`."""
    total = np.zeros((size, size), np.float32)
    weight = 1.0
    for octave in range(octaves):
        count = cells * 2**octave
        if count > size // 2:
            break
        lattice = np.pad(rng.random((count, count), np.float32), 2, mode="wrap")
        step = size // count
        wide = cv2.resize(lattice, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        whole = wide[2 * step : 2 * step + count * step, 2 * step : 2 * step + count * step]
        total += weight * (cv2.resize(whole, (size, size)) if whole.shape[0] != size else whole)
        weight *= gain
    return stretched(total, 0.5, 99.5)
