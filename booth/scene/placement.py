"""Where guests stand in a scene.

Everything is a fraction of the square picture, so that mirror and print agree at any size. Usually the
camera's framing is kept as it is: placement then is a shift, which moves pixels and resamples none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from booth.arrays import Alpha
from booth.images import smaller
from booth.shot import Backdrop, Cutout, Placement

GRID = 96
"""Guests are looked at on a grid of this many cells a side: coarse, so that noise does not move them."""
_ROOM = 0.03
"""Difference in scale or place (fractions) that `settled` leaves alone."""
_GLIDE = 0.8
"""Seconds in which `settled` comes about two thirds of the way."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The box around guests, in fractions of the picture, and the edges of it that cut them off."""

    left: float
    top: float
    right: float
    bottom: float
    cut_left: bool
    cut_top: bool
    cut_right: bool
    cut_bottom: bool


def extent(alpha: Alpha) -> Extent | None:
    """The box around guests, seen coarsely; None where nobody is.

    Parameters
    ----------
    alpha : float32 of shape (H, W), in [0, 1]
    """
    solid = smaller(alpha, GRID, GRID) > 0.5
    columns, rows = np.flatnonzero(solid.any(axis=0)), np.flatnonzero(solid.any(axis=1))
    if columns.size == 0:
        return None
    left, right = int(columns[0]), int(columns[-1]) + 1
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    return Extent(
        left / GRID,
        top / GRID,
        right / GRID,
        bottom / GRID,
        left == 0,
        top == 0,
        right == GRID,
        bottom == GRID,
    )


def default_placement(cutout: Cutout, backdrop: Backdrop, guest_scale: float = 1.0) -> Placement:
    """Where guests stand, if nobody moves them.

    Guests cut off by the frame's lower edge stay glued to it; whose feet are seen stand on the floor
    line. Sideways they stay where the camera saw them, nudged into the safe area where they fit there.
    An edge of the frame that cuts guests off is never pulled into the picture.

    It depends on the guests' box on a grid of 96 cells and on nothing else, so noise does not move it;
    people do, by whole cells. The mirror therefore shows `settled(...)` and hands that to the print.

    Parameters
    ----------
    guest_scale : float
        Size of the guests against how the camera sees them; the middle of the picture stays.
    """
    guests = extent(cutout.alpha)
    if guests is None:
        return Placement()
    uncut = (guests.cut_left and guests.cut_right) or (guests.cut_top and guests.cut_bottom)
    scale = max(guest_scale, 1.0) if uncut else guest_scale
    return Placement(scale, _across(guests, backdrop, scale), _down(guests, backdrop, scale))


def settled(previous: Placement | None, wanted: Placement, elapsed: float) -> Placement:
    """What the mirror shows on its way from one placement to another: calm, and never a jump.

    Differences of less than 3 % of the picture are left alone; others are glided to, so slowly that
    somebody who leaps into the air does leave the floor.

    Parameters
    ----------
    elapsed : float
        Seconds since `previous` was shown.
    """
    if previous is None:
        return wanted
    ways = (wanted.scale - previous.scale, wanted.x - previous.x, wanted.y - previous.y)
    if max(map(abs, ways)) < _ROOM:
        return previous
    share = 1.0 - float(np.exp(-max(elapsed, 0.0) / _GLIDE))
    return Placement(
        previous.scale + share * ways[0], previous.x + share * ways[1], previous.y + share * ways[2]
    )


def _across(guests: Extent, backdrop: Backdrop, scale: float) -> float:
    x = (1.0 - scale) / 2
    left, _, right, _ = backdrop.safe
    if scale * (guests.right - guests.left) <= right - left:
        x += max(0.0, left - (x + scale * guests.left)) - max(0.0, x + scale * guests.right - right)
    if guests.cut_left:
        x = min(x, 0.0)
    if guests.cut_right:
        x = max(x, 1.0 - scale)
    return x


def _down(guests: Extent, backdrop: Backdrop, scale: float) -> float:
    if guests.cut_bottom:
        return 1.0 - scale
    y = backdrop.floor - scale * guests.bottom
    return min(y, 0.0) if guests.cut_top else y
