"""What makes guests belong to their scene: light, light wrap, shadow, grain; each slight, each its own file.

Everything but the grain is found on coarse pictures of the same number of cells, whatever the size of
the picture: so mirror and print get the same, and noise does not make it flicker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8
from booth.config.settings import BelongSettings
from booth.images import smaller
from booth.scene.contact import contact_shadow, darken
from booth.scene.grain import Texture, add_grain, detailed, match, texture
from booth.scene.harmony import harmony
from booth.scene.wrap import evenly, glow
from booth.shot import Backdrop, Placement

CELLS = 240
LIGHT_CELLS = 120
"""Cells a side on which shadows are drawn, and on which light is looked at."""
SOLID = 0.98
"""Alpha of a cell from which its grain is the guests' own."""
ALONE = BelongSettings(light=False, wrap=False, shadow=False, grain=False)
"""Guests as they were photographed."""
_Array = TypeVar("_Array", NDArray[np.uint8], NDArray[np.float32])


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What guests have to know of a backdrop at one size.

    `even` is a coarse picture of its light; `texture` is None where grain is switched off; `floor` and
    `light` are the backdrop's own.
    """

    even: Rgb8
    texture: Texture | None
    floor: float
    light: float
    belong: BelongSettings


def surroundings(backdrop: Backdrop, image: Rgb8, belong: BelongSettings) -> Surroundings:
    """Look at a backdrop, whose picture at the size at hand is `image`."""
    found = texture(image) if belong.grain else None
    return Surroundings(evenly(coarsely(image, LIGHT_CELLS)), found, backdrop.floor, backdrop.light, belong)


def shade(canvas: Rgb8, alpha: Alpha, placement: Placement, around: Surroundings) -> None:
    """Draw the guests' shadows onto the floor, in place; `alpha` is coarse."""
    if not around.belong.shadow:
        return
    matrix = _matrix(placement)
    stands = cv2.warpAffine(alpha, matrix, (CELLS, CELLS))
    columns = (np.arange(CELLS) - matrix[0, 2]) / matrix[0, 0]
    ends = np.interp(columns, np.arange(CELLS), alpha[-1], left=0, right=0) > 0.3
    shadow = contact_shadow(np.asarray(stands, np.float32), ends, around.floor, around.light)
    if shadow is not None:
        darken(canvas, shadow)


def dressed(
    foreground: Rgb8, alpha: Alpha, coarse_alpha: Alpha, placement: Placement, around: Surroundings
) -> Rgb8:
    """The guests' colours in the light, and with the grain, of their surroundings.

    Parameters
    ----------
    foreground : uint8 of shape (H, H, 3), RGB, not premultiplied
    alpha : float32 of shape (H, H), in [0, 1]

    Returns
    -------
    uint8 of shape (H, H, 3)
        Colours that may differ from `foreground` anywhere; `foreground` itself if all is switched off.
    """
    if around.texture is not None:
        found = match(texture(foreground, coarse_alpha > SOLID), around.texture)
        foreground = detailed(foreground, alpha, found.detail)
        foreground = add_grain(foreground, found.grain)
    if around.belong.light or around.belong.wrap:
        foreground = _lit(foreground, coarse_alpha, placement, around)
    return foreground


def coarsely(array: _Array, cells: int = CELLS) -> _Array:
    """A picture or an alpha on so many cells a side."""
    return cast("_Array", smaller(array, cells, cells))


def _lit(foreground: Rgb8, coarse_alpha: Alpha, placement: Placement, around: Surroundings) -> Rgb8:
    coarse, share = coarsely(foreground, LIGHT_CELLS), coarsely(coarse_alpha, LIGHT_CELLS)
    behind = _behind(around.even, placement)
    if around.belong.light:
        change = harmony(coarse, share, behind)
        foreground = np.asarray(cv2.LUT(foreground, change), np.uint8)
        coarse = np.asarray(cv2.LUT(coarse, change), np.uint8)
    if around.belong.wrap:
        shine = cv2.resize(glow(coarse, share, behind), (foreground.shape[1], foreground.shape[0]))
        foreground = np.asarray(cv2.add(foreground, shine, dst=shine), np.uint8)
    return foreground


def _behind(backdrop: Rgb8, placement: Placement) -> Rgb8:
    """A coarse backdrop as the guests' cells see it."""
    cells = backdrop.shape[0]
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(
        backdrop, _matrix(placement, cells), (cells, cells), flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen, np.uint8)


def _matrix(placement: Placement, cells: int = CELLS) -> NDArray[np.float64]:
    """From the cutout's cells to the picture's."""
    scale, middle = placement.scale, (placement.scale - 1) / 2
    across, down = placement.x * cells + middle, placement.y * cells + middle
    return np.array([[scale, 0.0, across], [0.0, scale, down]])
