"""One sheet that shows every step of a photo from input to output."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from booth.arrays import Alpha, Rgb8, Trimap
from booth.scene.type import fitting

_FONTS = Path(__file__).parent / "fonts"
_CELL = 900
_GAP = 36
_HEAD = 120
_LABEL = 60
_GROUND = (23, 24, 30)
_TEXT = (240, 240, 244)
_QUIET = (164, 166, 180)
Panel = tuple[str, Rgb8 | Alpha | Trimap]


def contact_sheet(panels: Sequence[Panel], columns: int, title: str, foot: str = "") -> Rgb8:
    """Labelled pictures side by side, each fitted into a square of 900 pixels.

    Parameters
    ----------
    panels : label and picture
        A picture is RGB (uint8, H, W, 3), an alpha (float32, H, W, in [0, 1]) or a trimap (uint8, H, W).
    foot : text
        A line at the foot; none if empty.

    Raises
    ------
    ValueError
        If there is no panel, or a picture is of another type.
    """
    if not panels or columns < 1:
        raise ValueError(f"{len(panels)} panels in {columns} columns, expected at least one of each")
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    width = columns * (_CELL + _GAP) + _GAP
    height = _HEAD + rows * (_LABEL + _CELL + _GAP) + (_LABEL if foot else 0)
    sheet = Image.new("RGB", (width, height), _GROUND)
    draw = ImageDraw.Draw(sheet)
    _line(draw, title, (_GAP, _HEAD / 2), "Outfit-ExtraBold.ttf", 52, width - 2 * _GAP, _TEXT)
    for index, (label, picture) in enumerate(panels):
        x = _GAP + index % columns * (_CELL + _GAP)
        y = _HEAD + index // columns * (_LABEL + _CELL + _GAP)
        _line(draw, label, (x, y + _LABEL / 2 - 6), "Outfit-SemiBold.ttf", 32, _CELL, _TEXT)
        fitted = _fitted(_as_rgb(picture))
        place = (x + (_CELL - fitted.width) // 2, y + _LABEL + (_CELL - fitted.height) // 2)
        sheet.paste(fitted, place)
    if foot:
        _line(draw, foot, (_GAP, height - _LABEL / 2 - 8), "Outfit-Regular.ttf", 30, width - 2 * _GAP, _QUIET)
    return np.array(sheet)


def _as_rgb(picture: Rgb8 | Alpha | Trimap) -> Rgb8:
    if picture.ndim == 3 and picture.shape[2] == 3 and picture.dtype == np.uint8:
        return picture.astype(np.uint8, copy=False)
    if picture.ndim != 2 or picture.dtype not in (np.uint8, np.float32):
        raise ValueError(f"picture is {picture.dtype} {picture.shape}, expected RGB, alpha or trimap")
    grey = np.rint(picture * 255) if picture.dtype == np.float32 else picture
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def _fitted(picture: Rgb8) -> Image.Image:
    height, width = picture.shape[:2]
    factor = min(_CELL / width, _CELL / height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return Image.fromarray(np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8))


def _line(
    draw: ImageDraw.ImageDraw,
    text: str,
    place: tuple[float, float],
    font_name: str,
    size: float,
    room: float,
    colour: tuple[int, int, int],
) -> None:
    """Write one line from `place` (its left end and middle), smaller where it would not fit."""
    font = fitting(_FONTS / font_name, [text], room, size)
    draw.text(place, text, fill=colour, font=font, anchor="lm")
