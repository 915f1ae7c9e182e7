"""The test sheet: what a printer must show right, sent the way of every photo."""

from __future__ import annotations

import time
from datetime import datetime
from importlib.resources import as_file, files

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from booth.arrays import Rgb8, read_only
from booth.config import Settings
from booth.pipeline import PICTURE_SIDE
from booth.shot import Frame
from booth.spool.overview import TEST
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id

PAPER, INK = (255, 255, 255), (35, 19, 56)
PATCHES = ((230, 60, 60), (250, 190, 70), (250, 240, 90), (90, 190, 110), (70, 150, 230), (130, 90, 200))
SKINS = ((255, 224, 200), (236, 188, 154), (198, 140, 100), (141, 85, 54), (92, 56, 38), (58, 36, 28))


def print_test(spool: Spool, settings: Settings) -> str:
    """Keep and queue a test sheet; gives its code. It counts in no day's figures."""
    now = time.time()
    sheet = test_sheet(settings.event.name, datetime.fromtimestamp(now).strftime("%Y-%m-%d %H:%M"))
    photo_id = new_photo_id()
    spool.capture(photo_id, Frame(sheet, now, 1)).result()
    spool.developed(photo_id, TEST, TEST, {}).result()
    return spool.keep(photo_id, sheet, 1).result().code


def test_sheet(event: str, when: str) -> Rgb8:
    """Draw greys, colours, skins, fine lines and rulers along all edges: uint8 (1920, 1920, 3)."""
    side = PICTURE_SIDE
    sheet = Image.new("RGB", (side, side), PAPER)
    draw = ImageDraw.Draw(sheet)
    _rulers(draw, side)
    with as_file(files("booth.scene").joinpath("fonts", "Outfit-SemiBold.ttf")) as font:
        draw.text((160, 150), "Test print", font=ImageFont.truetype(font, 150), fill=INK)
        draw.text((166, 330), f"{event} · {when}", font=ImageFont.truetype(font, 56), fill=INK)
        for number, line in enumerate(_ADVICE):
            draw.text((160, 1560 + 66 * number), line, font=ImageFont.truetype(font, 44), fill=INK)
    _row(draw, 470, [(grey, grey, grey) for grey in np.linspace(0, 255, 16).astype(int)])
    _row(draw, 700, PATCHES)
    _row(draw, 930, SKINS)
    _lines(draw, 1180)
    return read_only(np.asarray(sheet, np.uint8).copy())


_ADVICE = (
    "All sixteen greys can be told apart, and none is coloured.",
    "Each edge shows its ruler: count what the printer cuts off.",
    "Lines are straight and single.",
)


def _row(draw: ImageDraw.ImageDraw, top: int, colours: object) -> None:
    tones = [tuple(int(value) for value in colour) for colour in colours]  # type: ignore[attr-defined]
    width = 1600 / len(tones)
    for place, tone in enumerate(tones):
        left = 160 + place * width
        draw.rectangle((left, top, left + width - 1, top + 190), fill=tone)
    draw.rectangle((160, top, 1759, top + 190), outline=INK, width=2)


def _lines(draw: ImageDraw.ImageDraw, top: int) -> None:
    for place in range(160):
        left = 160 + place * 10
        draw.line((left, top, left, top + 130), fill=INK, width=1 + place // 32)
    for place in range(8):
        draw.line((160, top + 170 + place * 18, 1760, top + 170 + place * 22), fill=INK, width=2)


def _rulers(draw: ImageDraw.ImageDraw, side: int) -> None:
    """A mark each hundredth of the side, a longer one each twentieth, along all four edges."""
    for place in range(1, 100):
        at, length = place * side / 100, 46 if place % 5 == 0 else 22
        for box in (
            (at, 0, at, length),
            (at, side - length, at, side),
            (0, at, length, at),
            (side - length, at, side, at),
        ):
            draw.line(box, fill=INK, width=3)
    for inset in range(0, 100, 10):
        draw.rectangle((inset, inset, side - 1 - inset, side - 1 - inset), outline=(190, 190, 200), width=1)
