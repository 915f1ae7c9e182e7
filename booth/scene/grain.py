"""Grain and sharpness: guests get or lose a little, so that they look taken through the backdrop's lens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8

MOST_GRAIN = 3.0
"""Most grain that guests get: standard deviation in 8-bit steps."""
SHARPER, SOFTER = 0.35, 0.35
"""Most of the finest detail that guests get or lose, as a share of it."""

_LEAST_GRAIN, _LEAST_DETAIL = 0.5, 0.12
"""Below these nobody sees it."""
_TILE = 512
_ROWS = 48
_BLOCK = 32
_LOWEST = 0.80
"""What the lowest tenth of runs of pure noise has of their mean."""
_EDGE = 24
_GREY = 128
_STEP = 16.0
"""Mean and standard deviation of the tile of grain."""


@dataclass(frozen=True, slots=True)
class Texture:
    """What a picture's finest detail is like, in pixels of that picture.

    `grain` is the standard deviation in 8-bit steps where the picture is even; `edge` is the width
    (standard deviation in pixels) of its sharpest edges. None where there is nothing to tell it from.
    """

    grain: float | None
    edge: float | None


@dataclass(frozen=True, slots=True)
class Match:
    """What guests get: grain (standard deviation) and finest detail (share; below 0 they lose it)."""

    grain: float = 0.0
    detail: float = 0.0


def texture(image: Rgb8, where: NDArray[np.bool_] | None = None) -> Texture:
    """The grain and sharpness of a picture, looked at along some of its rows.

    Grain is the lowest tenth, over short runs of pixels, of the mean second difference (as in
    Immerkaer, "Fast noise variance estimation", CVIU 1996, along one axis).

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    where : bool of shape (N, M), the coarse cells that count; all, if None
    """
    rows = np.linspace(0, image.shape[0] - 1, min(_ROWS, image.shape[0])).astype(np.intp)
    green = image[rows, :, 1].astype(np.int16)
    counts = np.ones(green.shape, bool) if where is None else _seen(where, rows, image)
    return Texture(_grain(green, counts), _edge(green, counts))


def match(guests: Texture, backdrop: Texture) -> Match:
    """What brings guests nearer to a backdrop: half of the way in detail, and never much."""
    grain = detail = 0.0
    if backdrop.grain is not None and guests.grain is not None:
        missing = max(backdrop.grain**2 - guests.grain**2, 0.0)
        grain = min(0.8 * float(np.sqrt(missing)), MOST_GRAIN)
    if backdrop.edge is not None and guests.edge is not None:
        detail = float(np.clip(0.5 * (guests.edge - backdrop.edge), -SOFTER, SHARPER))
    return Match(grain if grain > _LEAST_GRAIN else 0.0, detail if abs(detail) > _LEAST_DETAIL else 0.0)


def detailed(image: Rgb8, alpha: Alpha, detail: float) -> Rgb8:
    """The picture with its finest detail raised by a share of it, or lowered below 0.

    Only well inside of alpha: a foreground may hold anything where alpha is 0.
    """
    if not detail:
        return image
    inside = cv2.erode((alpha > 0.99).astype(np.uint8), np.ones((3, 3), np.uint8))
    soft = cv2.GaussianBlur(image, (3, 3), 0.8)
    changed = image.copy()
    cv2.copyTo(cv2.addWeighted(image, 1 + detail, soft, -detail, 0, dst=soft), inside, changed)
    return changed


def add_grain(image: Rgb8, grain: float) -> Rgb8:
    """The picture with grain of this standard deviation, the same in each call."""
    if not grain:
        return image
    field = _field(*image.shape[:2])
    share = grain / _STEP
    return np.asarray(cv2.addWeighted(image, 1, field, share, -_GREY * share), np.uint8)


def _seen(where: NDArray[np.bool_], rows: NDArray[np.intp], image: Rgb8) -> NDArray[np.bool_]:
    height, width = image.shape[:2]
    columns = np.arange(width) * where.shape[1] // width
    return where[np.ix_(rows * where.shape[0] // height, columns)]


def _grain(green: NDArray[np.int16], counts: NDArray[np.bool_]) -> float | None:
    second = np.abs(green[:, :-2] - 2 * green[:, 1:-1] + green[:, 2:])
    # values at the ends of the scale have lost their grain
    counts = counts[:, 1:-1] & (green[:, 1:-1] > 8) & (green[:, 1:-1] < 247)
    runs = second.shape[1] // _BLOCK
    if runs == 0:
        return None
    shape = (second.shape[0], runs, _BLOCK)
    second, counts = second[:, : runs * _BLOCK].reshape(shape), counts[:, : runs * _BLOCK].reshape(shape)
    means = second.mean(axis=2)[counts.all(axis=2)]
    if means.size < 32:
        return None
    # of a normal distribution E|x - 2y + z| = sqrt(6) sqrt(2/pi) sigma
    return float(np.quantile(means, 0.1)) / float(np.sqrt(12 / np.pi) * _LOWEST)


def _edge(green: NDArray[np.int16], counts: NDArray[np.bool_]) -> float | None:
    """The width of the sharpest tenth of the edges: how much of a step lies within one pixel."""
    if green.shape[1] < 2 * _BLOCK:
        return None
    step = np.abs(np.diff(green, axis=1))
    whole = np.abs(green[:, 6:] - green[:, :-6])
    middle = step[:, 2:-3]
    at_edge = (whole > _EDGE) & (middle >= step[:, 1:-4]) & (middle >= step[:, 3:-2])
    at_edge &= counts[:, 6:] & counts[:, :-6]
    if np.count_nonzero(at_edge) < 32:
        return None
    share = np.quantile(np.minimum(middle[at_edge] / whole[at_edge], 1), 0.9)
    # a step blurred by sigma has the slope 1 / (sigma sqrt(2 pi))
    return float(1 / (share * np.sqrt(2 * np.pi)))


@lru_cache(maxsize=4)
def _field(height: int, width: int) -> Rgb8:
    tile = np.random.default_rng(20).normal(_GREY, _STEP, (_TILE, _TILE))
    grey = np.clip(np.rint(tile), 0, 255).astype(np.uint8)
    whole = np.tile(grey, (-(-height // _TILE), -(-width // _TILE)))[:height, :width]
    return np.repeat(whole[..., None], 3, axis=2)
