"""Type that fits its room, whatever lays it out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import ImageFont


def fitting(font_file: Path, lines: Sequence[str], room: float, largest: float) -> ImageFont.FreeTypeFont:
    """Give the font in the largest size, up to `largest` pixels, in which every line is at most `room` pixels wide."""
    size = largest
    while True:
        font = ImageFont.truetype(font_file, size)
        # Without libraqm each letter's width is rounded to whole pixels: widths do not scale with the size.
        widest = max(width(font, line) for line in lines)
        if widest <= room or size < 2:
            return font
        size *= min(0.99, room / widest)


def width(font: ImageFont.FreeTypeFont, line: str) -> float:
    """Give the pixels that a line takes, ink and advance."""
    left, _, right, _ = font.getbbox(line)
    return max(float(right - left), font.getlength(line))
