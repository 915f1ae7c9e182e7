"""A strip: two to four pictures of one visit on one sheet, with a line of words where room is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from booth.arrays import Rgb8, check_rgb
from booth.scene.layout import FONTS
from booth.scene.type import fitting

PAPER = (251, 248, 242)
PEN = (48, 44, 62)
_FONT = FONTS / "Pacifico-Regular.ttf"
_GAP = 0.035
NARROW = 0.5
"""A strip as narrow as that leaves the corners of its foot free, for the ticket's code."""
_FOOT = 0.13
_TALLEST = 0.085
"""Fractions of the sheet's shorter side: between pictures, the foot with the words, the words themselves."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where pictures stand, all in pixels: (left, top) of each, their side, and the box for the words."""

    size: tuple[int, int]
    side: int
    places: tuple[tuple[int, int], ...]
    words: tuple[int, int, int, int]


def arrange(count: int, aspect: float, longer: int) -> Arrangement:
    """Stand so many squares on a sheet as large as they fit.

    Parameters
    ----------
    count : pictures, from 1
    aspect : the sheet's width over its height
    longer : pixels of the sheet's longer side
    """
    width, height = (longer, round(longer / aspect)) if aspect >= 1 else (round(longer * aspect), longer)
    choices = [_in_columns(count, columns, width, height) for columns in range(1, count + 1)]
    return max(choices, key=lambda choice: choice.side)


def strip(pictures: Sequence[Rgb8], words: str, aspect: float, longer: int) -> Rgb8:
    """Pictures on paper, with words below them or in the place that is left over.

    Parameters
    ----------
    pictures : uint8 of shape (H, H, 3), RGB, one or more
    aspect, longer : as for `arrange`

    Returns
    -------
    uint8 of shape (height, width, 3), RGB

    Raises
    ------
    ValueError
        If there is no picture, or one is not RGB.
    """
    if not pictures:
        raise ValueError("a strip of no pictures")
    plan = arrange(len(pictures), aspect, longer)
    sheet = np.full((plan.size[1], plan.size[0], 3), PAPER, np.uint8)
    for picture, (left, top) in zip(pictures, plan.places, strict=True):
        sheet[top : top + plan.side, left : left + plan.side] = _at(picture, plan.side)
    return _written(sheet, words, plan.words)


def _in_columns(count: int, columns: int, width: int, height: int) -> Arrangement:
    rows = -(-count // columns)
    short = min(width, height)
    gap = round(_GAP * short)
    is_full = rows * columns == count
    foot = round(_FOOT * short) if is_full else 0
    side = max(1, min((width - gap * (columns + 1)) // columns, (height - foot - gap * (rows + 1)) // rows))
    left = (width - columns * side - (columns - 1) * gap) // 2
    top = (height - foot - rows * side - (rows - 1) * gap) // 2
    step = side + gap
    places = tuple((left + n % columns * step, top + n // columns * step) for n in range(count))
    if is_full:
        below = top + rows * side + (rows - 1) * gap
        return Arrangement((width, height), side, places, (left, below, width - left, height))
    x, y = left + count % columns * step, top + count // columns * step
    return Arrangement((width, height), side, places, (x, y, left + columns * step - gap, y + side))


def _at(picture: Rgb8, side: int) -> Rgb8:
    check_rgb(picture, "picture")
    if picture.shape[:2] == (side, side):
        return picture
    how = cv2.INTER_AREA if picture.shape[0] > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.uint8)


def _written(sheet: Rgb8, words: str, box: tuple[int, int, int, int]) -> Rgb8:
    if not words:
        return sheet
    aspect = sheet.shape[1] / sheet.shape[0]
    image = Image.fromarray(sheet)
    left, top, right, bottom = box
    room = (0.9 if aspect > NARROW else 0.62) * (right - left)
    size = min(_TALLEST * min(image.size), 0.6 * (bottom - top))
    font = fitting(_FONT, [words], room, size)
    middle = ((left + right) / 2, (top + bottom) / 2)
    ImageDraw.Draw(image).text(middle, words, fill=PEN, font=font, anchor="mm")
    return np.array(image)
