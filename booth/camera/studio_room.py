"""The empty room of the drawn studio: its wall, floor, lamp and plant. This is the true clean plate."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8, read_only
from booth.camera.studio_paint import Colour, Sheet, limb, oval, path, smooth

FLOOR = 0.80
"""Height of the line where wall and floor meet, as a share of the picture."""
WALL: Colour = (150, 171, 168)
LEAF: Colour = (58, 112, 84)
WOOD: Colour = (176, 136, 102)


def paint_room(side: int, seed: int) -> Rgb8:
    """Paint the empty room as a square of `side` pixels.

    Returns
    -------
    read-only uint8 of shape (side, side, 3), RGB, without sensor noise
    """
    random = np.random.default_rng(seed)
    room = _wall(side, random)
    _lay(room, _panels(side))
    _lay_floor(room, random)
    room *= _corner(side)
    _lay(room, _furniture(side, random))
    lit = room * _light(side)[..., None]
    return read_only(np.clip(np.rint(lit), 0, 255).astype(np.uint8))


def _wall(side: int, random: np.random.Generator) -> NDArray[np.float32]:
    """A plastered wall: a plain colour with a breath of mottle that is the same at every size."""
    grain = random.normal(0, 1, (96, 96)).astype(np.float32)
    mottle = cv2.resize(cv2.GaussianBlur(grain, (0, 0), 1.2), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.array(WALL, np.float32) + 2.4 * mottle[..., None], dtype=np.float32)


def _panels(side: int) -> NDArray[np.uint8]:
    """Mouldings and the skirting board, in units of a thousandth of the side."""
    sheet = Sheet((0, 0, 1000, 1000), side / 1000)
    for left, right in ((40, 300), (345, 655), (700, 960)):
        for inset, lit, dark in (
            (0, (176, 195, 191), (118, 139, 139)),
            (13, (128, 149, 148), (168, 187, 184)),
        ):
            low_left, high_left = (left + inset, 706 - inset), (left + inset, 90 + inset)
            low_right, high_right = (right - inset, 706 - inset), (right - inset, 90 + inset)
            sheet.line([low_left, high_left, high_right], 3.2, lit)
            sheet.line([high_right, low_right, low_left], 3.2, dark)
    sheet.flat([(-5, 752), (1005, 752), (1005, 802), (-5, 802)], (214, 216, 208))
    sheet.line([(-5, 753), (1005, 753)], 3, (236, 238, 230))
    sheet.line([(-5, 762), (1005, 762)], 2, (176, 182, 176))
    sheet.line([(-5, 801), (1005, 801)], 3.5, (98, 84, 74))
    return sheet.finished()


def _lay_floor(room: NDArray[np.float32], random: np.random.Generator) -> None:
    """Boards that run to a vanishing point, each of its own tone, with joints and grain."""
    side = room.shape[0]
    top = round(FLOOR * side)
    rows = (np.arange(top, side, dtype=np.float32) / side - 0.46)[:, None]
    columns = (np.arange(side, dtype=np.float32) / side - 0.5)[None, :]
    across = columns / rows * 5 + 40
    away = 1 / rows
    board = np.floor(across).astype(int)
    shift = random.uniform(0, 1, 120)
    piece = np.floor(away * 1.3 + shift[board % 120]).astype(int)
    tone = random.normal(0, 7, (120, 16))[board % 120, piece % 16]
    grain = np.interp(across * 9 % 120, np.arange(120), random.normal(0, 3.0, 120))
    edge = np.minimum(across % 1, 1 - across % 1) * rows * side / 5
    joint = np.minimum((away * 1.3 + shift[board % 120]) % 1, 1) / 1.3 * rows**2 * side
    seam = np.clip(np.minimum(edge, joint) / (0.0016 * side), 0, 1)
    value = (tone + grain)[..., None] + np.array(WOOD, np.float32)
    room[top:] = value * (0.62 + 0.38 * seam[..., None])


def _furniture(side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    sheet = Sheet((0, 0, 1000, 1000), side / 1000)
    _lamp(sheet)
    _bunting(sheet)
    _plant(sheet, random)
    return sheet.finished()


def _lamp(sheet: Sheet) -> None:
    """A floor lamp in the left corner."""
    sheet.shape(oval(62, 838, 44, 10), (58, 54, 58), 0.6, 6)
    sheet.shape(limb([(62, 836), (62, 420)], (6, 6)), (150, 116, 60), 0.6, 3)
    shade = [(26, 330), (98, 330), (122, 430), (2, 430)]
    sheet.shape(shade, (228, 196, 140), 0.25, 20)
    sheet.tint((62, 396), (70, 60), (255, 240, 200), 0.8)
    sheet.line([(2, 430), (122, 430)], 3, (206, 164, 100))


def _bunting(sheet: Sheet) -> None:
    """Paper flags on a string along the top."""
    colours: tuple[Colour, ...] = (
        (226, 108, 98),
        (244, 202, 104),
        (92, 150, 160),
        (238, 226, 206),
        (178, 104, 146),
    )
    x = np.linspace(-20, 1020, 120)
    sag = 26 + 40 * np.abs(np.sin(np.pi * (x + 20) / 520))
    string = np.stack((x, sag), axis=1)
    for i, at in enumerate(np.linspace(4, 996, 21)):
        y = float(np.interp(at, x, sag))
        sheet.shape([(at - 17, y - 1), (at + 17, y - 1), (at + 1, y + 40)], colours[i % 5], 0.35, 8)
    sheet.line(string, 2, (120, 92, 74))


def _plant(sheet: Sheet, random: np.random.Generator) -> None:
    """A big-leaved plant in a pot, right."""
    for angle, length, tone in zip(
        (-62, -38, -20, -4, 12, 30, 50, -50, 24),
        (150, 200, 262, 290, 270, 226, 160, 120, 150),
        random.permutation(9),
        strict=True,
    ):
        a = np.radians(angle)
        tip = (936 + length * np.sin(a), 742 - length * np.cos(a))
        middle = (936 + 0.5 * length * np.sin(0.6 * a), 742 - 0.6 * length)
        sheet.line(smooth([(936, 742), middle, tip], closed=False), 4, (84, 124, 80))
        _leaf(sheet, tip, angle * 1.3, (LEAF[0] + 3.0 * tone, LEAF[1] + 4.0 * tone, LEAF[2] + 2.0 * tone))
    pot = path("886,738 986,738 974,836 960,846 912,846 898,836")
    sheet.shape(pot, (206, 118, 88), 0.6, 18)
    sheet.shape([(880, 732), (992, 732), (990, 754), (882, 754)], (220, 134, 102), 0.5, 8)


def _leaf(sheet: Sheet, root: tuple[float, float], turn: float, colour: Colour) -> None:
    """A heart-shaped leaf with notches, hanging from its root."""
    half = path("0,-12 26,-26 48,-6 50,16 30,18 46,34 36,52 20,42 24,68 0,92")
    outline = np.vstack((half, np.array(half[::-1]) * (-1, 1)))
    a = np.radians(turn + 180 if abs(turn) > 60 else turn * 1.2 + 150 * np.sign(turn or 1))
    spin = np.array([(np.cos(a), np.sin(a)), (-np.sin(a), np.cos(a))])
    place = smooth(outline) * 0.8 @ spin + root
    sheet.shape(place, colour, 0.55, 16)
    rib = np.array([(0, -8), (0, 84)]) * 0.8 @ spin + root
    sheet.line(rib, 1.8, (min(255.0, colour[0] + 50), min(255.0, colour[1] + 44), min(255.0, colour[2] + 40)))


def _light(side: int) -> NDArray[np.float32]:
    """Soft light from the upper left that falls off into the corners, and the lamp's own pool."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    window = 1.13 * np.exp(-((x - 0.36) ** 2 + (0.8 * (y - 0.34)) ** 2) / 0.62)
    lamp = 0.26 * np.exp(-((x - 0.062) ** 2 + (y - 0.37) ** 2) / 0.03)
    return np.asarray(0.24 + 0.84 * window + lamp, dtype=np.float32)


def _corner(side: int) -> NDArray[np.float32]:
    """The dusk where wall and floor meet, and where pot and lamp stand."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    dusk = 0.12 * np.exp(-np.abs(FLOOR - y) / 0.03)
    for foot, low, wide in ((0.062, 0.838, 0.06), (0.936, 0.842, 0.075)):
        dusk += 0.45 * np.exp(-(((x - foot - 0.012) / wide) ** 2) - ((y - low) / 0.012) ** 2)
    return np.asarray(1 - np.clip(dusk, 0, 0.6), dtype=np.float32)[..., None]


def _lay(room: NDArray[np.float32], sheet: NDArray[np.uint8]) -> None:
    """Lay a premultiplied sheet of the same size over the room."""
    size = (room.shape[1], room.shape[0])
    fitted = (
        cv2.resize(sheet, size, interpolation=cv2.INTER_AREA) if sheet.shape[:2] != room.shape[:2] else sheet
    )
    room *= 1 - fitted[..., 3:].astype(np.float32) / 255
    room += fitted[..., :3]
