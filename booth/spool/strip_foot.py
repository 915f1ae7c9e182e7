"""What a strip says beside its pictures: on its own paper, at its foot, where there is too little room to write as on
other sheets."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from booth.arrays import Rgb8
from booth.spool.imprint import FAINT, GAP, INK, Imprint, face, fitted, place_code, place_logo

# All lengths are inches on paper.
EDGE = 0.1
CORNER_TEXT, CODE_TEXT, TEXT = 0.09, 0.2, 0.1
QR_ROOM, LOGO_ROOM = 0.74, 0.45
LEADING = 1.3
PAPER_GRAIN = 10
"""Levels of 255 by which paper may differ from itself in a JPEG."""


def foot_of(imprint: Imprint) -> float:
    """Inches below the pictures that it takes; 0 for a code alone, as strips leave their corners free for that."""
    if not _is_block(imprint):
        return EDGE + CORNER_TEXT + GAP / 2 if imprint.date else 0.0
    return EDGE + _tall(imprint) + GAP / 2


def bare_below(strip: Rgb8) -> int:
    """Rows of mere paper at the foot of a strip.

    Parameters
    ----------
    strip : uint8 of shape (H, W, 3), RGB; its lower left corner is paper
    """
    inked = (np.abs(strip.astype(np.int16) - strip[-1, 0]) > PAPER_GRAIN).any(axis=(1, 2))
    return int(np.argmax(inked[::-1])) if inked.any() else len(strip)


def with_foot(strip: Rgb8, imprint: Imprint, dpi: int) -> Rgb8:
    """Write onto a strip whose lowest `foot_of` inches are free.

    Parameters
    ----------
    strip : uint8 of shape (H, W, 3), RGB: a 2x6

    Returns
    -------
    uint8 of shape (H, W, 3), RGB
    """
    if imprint.is_empty:
        return strip
    canvas = Image.fromarray(strip)
    edge, gap = round(EDGE * dpi), round(GAP * dpi)
    left, right, bottom = edge, canvas.width - edge, canvas.height - edge
    draw = ImageDraw.Draw(canvas)
    if not _is_block(imprint):
        font = face(round(CORNER_TEXT * dpi))
        draw.text((left, bottom), imprint.code, font=font, fill=FAINT, anchor="ls")
        draw.text((right, bottom), imprint.date, font=font, fill=FAINT, anchor="rs")
        return np.array(canvas)
    top = bottom - round(_tall(imprint) * dpi)
    if imprint.address:
        right -= place_code(canvas, imprint.address, right, top, bottom - top) + gap
    if imprint.logo is not None:
        left += place_logo(canvas, imprint.logo, (left, top, left + (right - left) // 3, bottom)) + gap
    fonts = [(text, fitted(text, right - left, size * dpi), ink) for text, size, ink in _lines(imprint)]
    y = (top + bottom - sum(_height(font) for _, font, _ in fonts)) / 2
    for text, font, ink in fonts:
        draw.text((left, y + _height(font) / 2), text, font=font, fill=ink, anchor="lm")
        y += _height(font)
    return np.array(canvas)


def _is_block(imprint: Imprint) -> bool:
    """Whether it says more than goes into the corners."""
    return bool(imprint.address or imprint.caption or imprint.logo)


def _lines(imprint: Imprint) -> list[tuple[str, float, tuple[int, int, int]]]:
    """Each line that there is, its size and its ink."""
    lines = ((imprint.caption, TEXT, INK), (imprint.code, CODE_TEXT, INK), (imprint.date, TEXT, FAINT))
    return [line for line in lines if line[0]]


def _tall(imprint: Imprint) -> float:
    words = sum(size for _, size, _ in _lines(imprint)) * LEADING
    return max(words, QR_ROOM if imprint.address else 0.0, LOGO_ROOM if imprint.logo else 0.0)


def _height(font: ImageFont.FreeTypeFont) -> float:
    return LEADING * font.size
