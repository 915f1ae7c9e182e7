"""What a print says beside its picture: caption, logo, date, ticket code and QR code.

It stands in the sheet's white, below the picture or beside it; where the picture fills the sheet, on a small card
in its corner; on a strip at its foot, which `strip_foot` does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import segno
from PIL import Image, ImageDraw, ImageFont

from booth.arrays import Rgb8
from booth.config.settings import SheetSettings
from booth.errors import PictureError
from booth.images import decode, read_bytes, to_srgb

INK = (38, 34, 52)
FAINT = (118, 114, 128)
PAPER = (255, 255, 255)
# All lengths are inches on paper.
LEAST = 0.3
"""White lower than that is a margin and not a place to write in."""
TALLEST, SMALL = 0.30, 0.15
QR_SIDE, QR_LEAST = 0.8, 0.64
"""At the smaller one a module of such an address is five dots of 300 an inch, 0.4 mm: what phones of 2018 read."""
TWO_TIERS = 1.3
"""White as tall as that has its caption in a line of its own."""
GAP = 0.1
CARD_WIDTH, CARD_EDGE, CARD_INSET = 2.2, 0.08, 0.14
QUIET = 2
"""Modules of white that are left round a QR code: on white paper two are enough for every phone tried."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Imprint:
    """What is to be said: `code` and `date` are small, `address` becomes the QR code; empty or None is left out."""

    caption: str = ""
    code: str = ""
    date: str = ""
    address: str = ""
    logo: Image.Image | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.line or self.caption or self.address or self.logo)

    @property
    def line(self) -> str:
        """The small line."""
        return " · ".join(word for word in (self.code, self.date) if word)


def imprint_of(settings: SheetSettings, code: str, date: str, address: str) -> Imprint:
    """What one print says by the settings; a logo that cannot be read is left out, which `--check` tells."""
    return Imprint(
        " ".join(settings.caption.split()),
        code if settings.code else "",
        date if settings.date else "",
        address if settings.qr else "",
        read_logo(settings),
    )


def read_logo(settings: SheetSettings) -> Image.Image | None:
    """The logo in mode RGBA."""
    if settings.logo is None:
        return None
    try:
        picture = decode(read_bytes(settings.logo), settings.logo.suffix)
    except PictureError:
        return None
    colour, _ = to_srgb(picture.colour, picture.profile)
    logo = colour.convert("RGBA")
    if picture.alpha is not None:
        logo.putalpha(picture.alpha)
    return logo


def printed_on(sheet: Rgb8, picture: Box, imprint: Imprint, dpi: int) -> Rgb8:
    """Write an imprint onto a sheet.

    Parameters
    ----------
    sheet : uint8 of shape (H, W, 3), RGB
    picture : left, top, right and bottom of the picture on it, in pixels
    dpi : dots an inch

    Returns
    -------
    uint8 of shape (H, W, 3), RGB
    """
    if imprint.is_empty:
        return sheet
    canvas = Image.fromarray(sheet)
    room = room_beside(picture, canvas.size, dpi)
    if room is None:
        room = card(canvas, imprint, dpi)
        imprint = replace(imprint, logo=None)
    if room[3] - room[1] > room[2] - room[0]:
        stacked(canvas, room, imprint, dpi)
    else:
        in_a_row(canvas, room, imprint, dpi)
    return np.array(canvas)


def room_beside(picture: Box, size: tuple[int, int], dpi: int) -> Box | None:
    """The larger white area, below the picture or to its right, without its margins; None where there is none."""
    left, top, right, bottom = picture
    margin = round(0.6 * GAP * dpi) + min(left, size[0] - right)
    below = (left, bottom + round(GAP * dpi), right, size[1] - max(round(GAP * dpi), min(margin, top)))
    beside = (right + round(GAP * dpi), top, size[0] - round(GAP * dpi), bottom)
    rooms = [room for room in (below, beside) if min(room[2] - room[0], room[3] - room[1]) >= LEAST * dpi]
    return max(rooms, key=lambda room: (room[2] - room[0]) * (room[3] - room[1]), default=None)


def card(canvas: Image.Image, imprint: Imprint, dpi: int) -> Box:
    """Lay a card into the lower right corner; the box that it offers."""
    edge, inset = round(CARD_EDGE * dpi), round(CARD_INSET * dpi)
    height = round((QR_LEAST + 0.1 if imprint.address else 0.34) * dpi) + (
        round(0.24 * dpi) if imprint.caption and not imprint.address else 0
    )
    words = imprint.caption or imprint.line
    longest = max(len(imprint.caption) * 0.075, len(imprint.line) * 0.075)
    width = round(min(CARD_WIDTH, longest + 0.1) * dpi) if words else 0
    width += round((QR_LEAST + 0.1 + (GAP if words else 0)) * dpi) if imprint.address else 0
    right, bottom = canvas.size[0] - inset, canvas.size[1] - inset
    box = (right - width - 2 * edge, bottom - height - 2 * edge, right, bottom)
    ImageDraw.Draw(canvas).rounded_rectangle(box, radius=edge, fill=PAPER)
    return box[0] + edge, box[1] + edge, box[2] - edge, box[3] - edge


def in_a_row(canvas: Image.Image, room: Box, imprint: Imprint, dpi: int) -> None:
    """Logo, words and QR code from left to right; in much white the caption above them, as wide as the picture."""
    left, top, right, bottom = room
    gap = round(GAP * dpi)
    beside = imprint.logo is not None or bool(imprint.address)
    if imprint.caption and beside and bottom - top >= TWO_TIERS * dpi:
        below = top + round(0.42 * (bottom - top))
        write(canvas, (left, top, right, below), replace(imprint, code="", date=""), dpi, centred=True)
        imprint, top = replace(imprint, caption=""), below
    elif imprint.address and not (imprint.line or imprint.caption or imprint.logo):
        right = (left + right + round(QR_SIDE * dpi)) // 2
    height = bottom - top
    if imprint.address:
        side = min(height, round(QR_SIDE * dpi))
        right -= place_code(canvas, imprint.address, right, top + (height - side) // 2, side) + gap
    if imprint.logo is not None:
        left += place_logo(canvas, imprint.logo, (left, top, left + (right - left) // 3, bottom)) + gap
    write(canvas, (left, top, right, bottom), imprint, dpi, centred=False)


def stacked(canvas: Image.Image, room: Box, imprint: Imprint, dpi: int) -> None:
    """Logo, words and QR code from top to bottom."""
    left, top, right, bottom = room
    width, gap = right - left, round(GAP * dpi)
    if imprint.address:
        side = min(width, round(QR_SIDE * dpi))
        bottom -= side + gap
        place_code(canvas, imprint.address, left + (width + side) // 2, bottom + gap, side)
    if imprint.logo is not None:
        third = (left, top, right, top + (bottom - top) // 3)
        place_logo(canvas, imprint.logo, third, centred=True)
        top = third[3] + gap
    write(canvas, (left, top, right, bottom), imprint, dpi, centred=True)


def write(canvas: Image.Image, room: Box, imprint: Imprint, dpi: int, centred: bool) -> None:
    """The caption and the small line, as large as there is room, in the middle of the room's height."""
    if not (imprint.caption or imprint.line):
        return
    small = SMALL if imprint.caption else 1.5 * SMALL
    lines = [(text, size) for text, size in ((imprint.caption, TALLEST), (imprint.line, small)) if text]
    width, height = room[2] - room[0], room[3] - room[1]
    fonts = [fitted(text, width, min(size * dpi, height / (1.5 * len(lines)))) for text, size in lines]
    heights = [sum(font.getmetrics()) for font in fonts]
    y = room[1] + (height - sum(heights)) // 2
    draw = ImageDraw.Draw(canvas)
    for (text, _), font, tall in zip(lines, fonts, heights, strict=True):
        x = room[0] + (round(width - font.getlength(text)) // 2 if centred else 0)
        draw.text((x, y), text, font=font, fill=INK)
        if imprint.date and text == imprint.line:
            before = text.removesuffix(imprint.date)
            faint = (x + font.getlength(before), y)
            draw.rectangle((faint[0], y, x + font.getlength(text) + 1, y + tall), fill=PAPER)
            draw.text(faint, imprint.date, font=font, fill=FAINT)
        y += tall


def fitted(text: str, width: int, largest: float) -> ImageFont.FreeTypeFont:
    """The house's type, as large as the text fits into so many pixels."""
    size = largest
    while size > 8 and face(round(size)).getlength(text) > width:
        size *= 0.95
    return face(max(8, round(size)))


@cache
def face(size: int) -> ImageFont.FreeTypeFont:
    with as_file(files("booth").joinpath("scene", "fonts", "Outfit-SemiBold.ttf")) as file:
        return ImageFont.truetype(file, size)


def place_code(canvas: Image.Image, address: str, right: int, top: int, side: int) -> int:
    """Draw a QR code as a square that ends at `right`; its side in pixels. Modules are whole pixels."""
    modules = np.array([*segno.make_qr(address, error="m").matrix_iter(border=QUIET)], bool)
    scale = max(1, side // len(modules))
    ink = Image.fromarray(np.where(modules, 255, 0).astype(np.uint8)).resize(
        (scale * len(modules),) * 2, Image.Resampling.NEAREST
    )
    canvas.paste((0, 0, 0), (right - ink.width, top + (side - ink.height) // 2), ink)
    return ink.width


def place_logo(canvas: Image.Image, logo: Image.Image, room: Box, centred: bool = False) -> int:
    """Fit the logo into a box; how wide it became."""
    width, height = room[2] - room[0], room[3] - room[1]
    scale = min(width / logo.width, height / logo.height)
    small = logo.resize(
        (max(1, round(logo.width * scale)), max(1, round(logo.height * scale))), Image.Resampling.LANCZOS
    )
    x = room[0] + ((width - small.width) // 2 if centred else 0)
    canvas.paste(small, (x, room[1] + (height - small.height) // 2), small)
    return small.width
