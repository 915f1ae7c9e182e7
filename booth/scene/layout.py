"""The layout over every picture: frame, caption, logo, drawn once per size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from booth.arrays import Alpha, Rgb8
from booth.config.settings import LayoutSettings
from booth.errors import PictureError
from booth.images import decode, read_bytes, to_srgb
from booth.scene.type import fitting, width
from booth.sentences import say
from booth.shot import Notice

FONTS = Path(__file__).parent / "fonts"
_MASTER = 1920
_TILES = 16
Box = tuple[float, float, float, float]
Colour = tuple[int, int, int]

# All lengths are fractions of the picture's side.
_MARGIN = 0.045
_CHIN = 0.152
_CARD: Colour = (251, 248, 242)
_PEN: Colour = (48, 44, 62)
_WHITE: Colour = (255, 255, 255)
_NIGHT: Colour = (14, 12, 22)


@dataclass(frozen=True, slots=True)
class Hand:
    """How a caption is written: `tallest` is the size of a short one, `both` that of two lines, `leading`
    their distance in sizes."""

    font: Path
    tallest: float
    both: float
    leading: float
    colour: Colour
    shadow: float


_ON_PICTURE = Hand(FONTS / "Outfit-SemiBold.ttf", 0.050, 0.034, 1.24, _WHITE, 0.55)
_ON_CARD = Hand(FONTS / "Pacifico-Regular.ttf", 0.066, 0.041, 1.36, _PEN, 0.0)
_SPARE = _ON_PICTURE.font
"""Draws what the other font has no shapes for."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A rectangle of the layout: colour, its share, and the share of what lies below (they add up to 1)."""

    rows: slice
    columns: slice
    colour: Rgb8
    share: Alpha
    rest: Alpha


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A layout at one size. `window` is the box (left, top, right, bottom; fractions) that it leaves free."""

    size: int
    window: Box
    patches: tuple[Patch, ...]

    def lay_over(self, canvas: Rgb8) -> None:
        """Lay it over a picture, in place, touching only where it has something to show.

        Parameters
        ----------
        canvas : uint8 of shape (size, size, 3), RGB

        Raises
        ------
        ValueError
            If the canvas has another size.
        """
        if canvas.shape != (self.size, self.size, 3):
            raise ValueError(f"canvas is {canvas.shape}, the layout is for {self.size} x {self.size}")
        for patch in self.patches:
            below = canvas[patch.rows, patch.columns]
            below[...] = cv2.blendLinear(patch.colour, below, patch.share, patch.rest)


def lay_out(layout: LayoutSettings, size: int) -> Overlay:
    """Draw the layout for pictures of `size` x `size` pixels.

    Raises
    ------
    PictureError
        If the logo, the picture or the typeface cannot be read.
    """
    side = max(_MASTER, size)
    sheet = Image.new("RGBA", (side, side))
    if layout.picture is not None:
        sheet.alpha_composite(read_cover(layout.picture, side))
    on_card, on_picture = hands_of(layout)
    logo = None if layout.logo is None else _fitted(read_logo(layout.logo), side, layout)
    caption = " ".join(layout.caption.split())
    span = _span(logo, side, layout)
    if layout.frame == "polaroid":
        _card(sheet)
        bottom = 1 - _CHIN
        if caption:
            _write(sheet, caption, on_card, span, middle=1 - _CHIN / 2)
    else:
        bottom = _foot(sheet, caption, on_picture, span, layout.frame == "line", layout.picture is None)
    if logo is not None:
        _stamp(sheet, logo, layout)
    edge = 0.0 if layout.frame == "none" else _MARGIN
    return Overlay(size, (edge, edge, 1 - edge, min(bottom, 1 - edge)), _patches(sheet, size))


def check_layout(layout: LayoutSettings) -> tuple[LayoutSettings, tuple[Notice, ...]]:
    """The layout without what cannot be drawn, and a notice for each thing that is wrong with it."""
    notices = []
    if layout.logo is not None:
        try:
            read_logo(layout.logo)
        except PictureError as fault:
            said = say("layout.without", key="scene.layout.logo", file=layout.logo, what=fault.what)
            notices.append(Notice("layout.logo", "fault", said, fault.remedy))
            layout = layout.model_copy(update={"logo": None})
    if layout.picture is not None:
        try:
            read_cover(layout.picture, 64)
        except PictureError as fault:
            said = say("layout.without", key="scene.layout.picture", file=layout.picture, what=fault.what)
            notices.append(Notice("layout.picture", "fault", said, fault.remedy))
            layout = layout.model_copy(update={"picture": None})
    if layout.font is not None:
        try:
            ImageFont.truetype(layout.font, 40)
        except (OSError, ValueError) as error:
            said = say("layout.font", file=layout.font, why=str(error))
            notices.append(Notice("layout.font", "fault", said, say("layout.font.help")))
            layout = layout.model_copy(update={"font": None})
    on_card, on_picture = hands_of(layout)
    missing = missing_signs(layout.caption, (on_card if layout.frame == "polaroid" else on_picture).font)
    if missing:
        said = say("layout.caption", signs=" ".join(missing))
        notices.append(Notice("layout.caption", "warning", said, say("layout.caption.help")))
    return layout, tuple(notices)


def hands_of(layout: LayoutSettings) -> tuple[Hand, Hand]:
    """How a caption is written on a card and on a picture, in the event's own typeface where it has one."""
    if layout.font is None:
        return _ON_CARD, _ON_PICTURE
    return replace(_ON_CARD, font=layout.font), replace(_ON_PICTURE, font=layout.font)


def read_cover(path: Path, side: int) -> Image.Image:
    """A picture in mode RGBA that covers a square of `side` pixels.

    Raises
    ------
    PictureError
        If it is missing, damaged, no picture, or not transparent anywhere: then no guest would be seen.
    """
    picture = decode(read_bytes(path), path.suffix)
    if picture.alpha is None or picture.alpha.getextrema()[0] == 255:
        raise PictureError(say("layout.opaque"), say("layout.opaque.help"))
    colour, _ = to_srgb(picture.colour, picture.profile)
    cover = colour.convert("RGBA")
    cover.putalpha(picture.alpha)
    return ImageOps.fit(cover, (side, side), Image.Resampling.LANCZOS)


def read_logo(path: Path) -> Image.Image:
    """A logo in mode RGBA, without the empty border round it.

    Raises
    ------
    PictureError
        If it is missing, damaged, no picture, or wholly transparent.
    """
    picture = decode(read_bytes(path), path.suffix)
    colour, _ = to_srgb(picture.colour, picture.profile)
    logo = colour.convert("RGBA")
    if picture.alpha is not None:
        logo.putalpha(picture.alpha)
    filled = logo.getchannel("A").getbbox()
    if filled is None:
        raise PictureError(say("layout.clear"), say("layout.clear.help"))
    return logo.crop(filled)


def missing_signs(text: str, font_file: Path) -> tuple[str, ...]:
    """The signs of a text that neither the font nor the plain one of the house can draw."""
    fonts = [ImageFont.truetype(file, 40) for file in dict.fromkeys((font_file, _SPARE))]
    signs = dict.fromkeys(text.replace(" ", ""))
    return tuple(sign for sign in signs if not any(_has(font, sign) for font in fonts))


def _has(font: ImageFont.FreeTypeFont, sign: str) -> bool:
    unknown = font.getmask("\uffff")
    drawn = font.getmask(sign)
    return drawn.size != unknown.size or bytes(drawn) != bytes(unknown)


def _card(sheet: Image.Image) -> None:
    """The white card of an instant photograph, with the picture sunk a little into it."""
    side = sheet.width
    box = [round(edge * side) for edge in (_MARGIN, _MARGIN, 1 - _MARGIN, 1 - _CHIN)]
    window = Image.new("L", sheet.size, 255)
    ImageDraw.Draw(window).rectangle(box, fill=0)
    _ink(sheet, _soft(window, 0.005), _NIGHT, 0.42)
    _ink(sheet, window, _CARD)
    rim = Image.new("L", sheet.size)
    ImageDraw.Draw(rim).rectangle(box, outline=255, width=max(1, round(0.0011 * side)))
    _ink(sheet, rim, (214, 208, 198))


def _span(logo: Image.Image | None, side: int, layout: LayoutSettings) -> tuple[float, float]:
    """Where a caption may begin and must end, beside a logo that stands at the foot."""
    left, right = 0.075, 0.925
    if logo is not None and layout.logo_corner.startswith("bottom"):
        taken = _inset(layout) + logo.width / side + 0.03
        left, right = (left, 1 - taken) if layout.logo_corner == "bottom_right" else (taken, right)
    return left, right


def _foot(
    sheet: Image.Image, caption: str, hand: Hand, span: tuple[float, float], lined: bool, shaded: bool
) -> float:
    """Caption upon a soft dark foot, unless an event's own frame is below, within a line where one is wanted.

    Gives the foot's upper edge.
    """
    top = 1.0
    middle = 0.915 if lined else 0.932
    if caption:
        lines, font = _set(caption, hand, span, sheet.width)
        top = middle - len(lines) * hand.leading * font.size / sheet.width / 2 - 0.025
        if shaded:
            _ink(sheet, _rising(sheet.width, top - 0.13, middle + 0.01), _NIGHT, 0.62)
        top -= 0.03
    if lined:
        _lines(sheet)
    if caption:
        _write(sheet, caption, hand, span, middle)
    return top


def _rising(side: int, start: float, full: float) -> Image.Image:
    """Darkness that rises smoothly from nothing at height `start` to all of it from `full` on."""
    t = np.clip((np.arange(side) / side - start) / (full - start), 0, 1)
    column = np.round(255 * t * t * (3 - 2 * t)).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(np.broadcast_to(column[:, None], (side, side))))


def _lines(sheet: Image.Image) -> None:
    """A strong and a fine line round the picture, with a shadow that keeps them visible on white."""
    side = sheet.width
    mask = Image.new("L", sheet.size)
    draw = ImageDraw.Draw(mask)
    for inset, thick in ((0.028, 0.0028), (0.0355, 0.0010)):
        edge = round(inset * side)
        box = (edge, edge, side - 1 - edge, side - 1 - edge)
        draw.rectangle(box, outline=255, width=max(1, round(thick * side)))
    _ink(sheet, _soft(mask, 0.0035), _NIGHT, 0.9)
    _ink(sheet, mask, _WHITE, 0.95)


def _write(sheet: Image.Image, text: str, hand: Hand, span: tuple[float, float], middle: float) -> None:
    """Write a text in one or two lines, centred within the span, round the height `middle`."""
    lines, font = _set(text, hand, span, sheet.width)
    mask = Image.new("L", sheet.size)
    draw = ImageDraw.Draw(mask)
    for index, line in enumerate(lines):
        y = middle * sheet.height + (index - (len(lines) - 1) / 2) * hand.leading * font.size
        left, _, right, _ = font.getbbox(line)
        x = sum(span) / 2 * sheet.width - (left + right) / 2
        draw.text((x, y + 0.34 * font.size), line, fill=255, font=font, anchor="ls")
    if hand.shadow:
        _ink(sheet, _soft(mask, 0.004), _NIGHT, hand.shadow)
    _ink(sheet, mask, hand.colour)


def _set(
    text: str, hand: Hand, span: tuple[float, float], side: int
) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The lines of a text, and the font in which the widest of them fits into the span.

    One line as long as its letters keep two thirds of their height, two beyond that.
    """
    plain = ImageFont.truetype(hand.font, 40)
    file = hand.font if all(_has(plain, sign) for sign in text.replace(" ", "")) else _SPARE
    room, tallest = (span[1] - span[0]) * side, hand.tallest * side
    one = fitting(file, [text], room, tallest)
    halves = _halves(text, file)
    two = fitting(file, halves, room, hand.both * side)
    if one.size >= 0.66 * tallest or two.size <= one.size:
        return [text], one
    return halves, two


def _halves(text: str, font_file: Path) -> list[str]:
    """A text broken into the two lines that differ least in width, or one where it has no space."""
    words = text.split()
    font = ImageFont.truetype(font_file, 100)
    # a dash between two parts has done its work once a line ends there
    breaks = [
        [" ".join(words[:at]).rstrip(" –—-·|"), " ".join(words[at:]).lstrip(" –—-·|")]
        for at in range(1, len(words))
    ]
    return min(breaks, key=lambda pair: max(width(font, line) for line in pair), default=[text])


def _inset(layout: LayoutSettings) -> float:
    return {"none": 0.035, "line": 0.055, "polaroid": _MARGIN + 0.02}[layout.frame]


def _fitted(logo: Image.Image, side: int, layout: LayoutSettings) -> Image.Image:
    in_chin = layout.frame == "polaroid" and layout.logo_corner.startswith("bottom")
    height = 0.095 if in_chin else 0.115
    factor = min(0.20 * side / logo.width, height * side / logo.height)
    size = (max(1, round(logo.width * factor)), max(1, round(logo.height * factor)))
    # Pillow weights colours by alpha in mode RGBa, so that hidden colours do not bleed into the edge
    return logo.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def _stamp(sheet: Image.Image, logo: Image.Image, layout: LayoutSettings) -> None:
    side = sheet.width
    bottom, right = layout.logo_corner.startswith("bottom"), layout.logo_corner.endswith("right")
    inset = _inset(layout) * side
    x = side - inset - logo.width if right else inset
    y = side - inset - logo.height if bottom else inset
    if bottom and layout.frame == "polaroid":
        y = side * (1 - _CHIN / 2) - logo.height / 2
    place = (round(x), round(y))
    if not (bottom and layout.frame == "polaroid"):
        mask = Image.new("L", sheet.size)
        mask.paste(logo.getchannel("A"), place)
        _ink(sheet, _soft(mask, 0.006), _NIGHT, 0.45)
    sheet.alpha_composite(logo, place)


def _ink(sheet: Image.Image, mask: Image.Image, colour: Colour, strength: float = 1.0) -> None:
    layer = Image.new("RGBA", sheet.size, colour)
    layer.putalpha(mask.point([round(value * strength) for value in range(256)]))
    sheet.alpha_composite(layer)


def _soft(mask: Image.Image, radius: float) -> Image.Image:
    return mask.filter(ImageFilter.GaussianBlur(radius * mask.width))


def _patches(sheet: Image.Image, size: int) -> tuple[Patch, ...]:
    """The drawn sheet at its size, cut into the rectangles that show something."""
    if sheet.width != size:
        sheet = (
            sheet.convert("RGBa")
            .resize((size, size), Image.Resampling.BOX, reducing_gap=None)
            .convert("RGBA")
        )
    pixels = np.asarray(sheet)
    shares = pixels[..., 3].astype(np.float32) / 255
    return tuple(
        Patch(
            rows,
            columns,
            np.ascontiguousarray(pixels[rows, columns, :3]),
            np.ascontiguousarray(shares[rows, columns]),
            np.ascontiguousarray(1 - shares[rows, columns]),
        )
        for rows, columns in _filled(pixels[..., 3])
    )


def _filled(alpha: NDArray[np.uint8]) -> list[tuple[slice, slice]]:
    """Rectangles of tiles that cover everything that is not transparent."""
    edges = np.linspace(0, alpha.shape[0], _TILES + 1).round().astype(int).tolist()
    found: dict[tuple[int, int, int], int] = {}
    below: dict[tuple[int, int], int] = {}
    for top, bottom in pairwise(edges):
        used = np.logical_or.reduceat(alpha[top:bottom].any(axis=0), edges[:-1])
        turns = np.flatnonzero(np.diff(used, prepend=False, append=False)).tolist()
        # a run as wide as the one above it makes that rectangle longer
        below = {
            (edges[start], edges[end]): below.get((edges[start], edges[end]), top)
            for start, end in zip(turns[::2], turns[1::2], strict=True)
        }
        found |= {(first, *span): bottom for span, first in below.items()}
    return [(slice(top, bottom), slice(left, right)) for (top, left, right), bottom in found.items()]
