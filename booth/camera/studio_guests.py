"""The three guests of the drawn studio: who they are and how their parts are painted.

A guest is 1000 units tall, x from the middle, y down from the crown to the soles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from booth.camera.studio_paint import Box, Colour, Points, Rgba8, Sheet, limb, mirrored, oval, path, smooth

Random = np.random.Generator
Painter = Callable[[Sheet, Random], None]

WHITE: Colour = (250, 246, 240)
INK: Colour = (44, 32, 38)
GOLD: Colour = (236, 184, 76)


@dataclass(frozen=True, slots=True)
class Part:
    """A rigid part: painted once, then turned about `pivot`. `moves` names the motion that turns it, `grown`
    and `drop` make it larger about the pivot and set it lower than it was painted."""

    moves: str
    pivot: tuple[float, float]
    box: Box
    paint: Painter
    grown: float = 1.0
    drop: float = 0.0

    def sprite(self, scale: float, seed: int) -> Rgba8:
        sheet = Sheet(self.box, scale * self.grown)
        self.paint(sheet, np.random.default_rng(seed))
        return sheet.finished()


@dataclass(frozen=True, slots=True)
class Guest:
    """One guest: the place of the feet and the height as shares of the picture, and the parts back to front."""

    feet: tuple[float, float]
    height: float
    parts: tuple[Part, ...]


def guests() -> tuple[Guest, ...]:
    """Give the guests, the one at the back first."""
    return (_jonas(), _amara(), _lucia())


# ---- what all have ----------------------------------------------------------------------------------------


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def _head(sheet: Sheet, skin: Colour, jaw: float) -> None:
    """Ears, neck shadow and the face without features, from y 20 to 200."""
    for side in (-1, 1):
        sheet.shape(oval(side * 66, 118, 12, 19, side * -8), _mix(skin, (200, 80, 60), 0.12), 0.5, 8)
    half = [(0, 18), (42, 24), (64, 60), (67, 105), (jaw + 4, 148), (jaw * 0.62, 186), (0, 201)]
    sheet.shape(smooth(mirrored(half)), skin, 0.45, 26)


def _neck(sheet: Sheet, skin: Colour, width: float) -> None:
    shaded = _mix(skin, (90, 30, 40), 0.22)
    sheet.shape(limb([(0, 150), (0, 262)], (width, width * 1.25), rounded=False), shaded, 0.3, 14)


def _eyes(sheet: Sheet, iris: Colour, brow: Colour, lashes: float) -> None:
    for side in (-1, 1):
        x = side * 28
        sheet.flat(oval(x, 114, 11.5, 9.5), WHITE)
        sheet.flat(oval(x + 1, 114, 7.6, 8.8), iris)
        sheet.flat(oval(x + 1, 114.5, 4.4, 5.2), INK)
        sheet.flat(oval(x - 1.6, 110.6, 2.3, 2.3), WHITE)
        lid = smooth([(x - 13, 113), (x - 6, 105), (x + 5, 104.5), (x + 13, 112)], closed=False)
        sheet.line(lid, 2.6 + lashes, INK)
        if lashes:
            sheet.line([(x + side * 11, 109), (x + side * 17, 104)], 2.2, INK)
        arch = smooth([(x - side * 13, 92), (x, 86), (x + side * 15, 91)], closed=False)
        sheet.line(arch, 4.2, brow)


def _nose(sheet: Sheet, skin: Colour) -> None:
    dark = _mix(skin, (120, 40, 40), 0.4)
    sheet.line(smooth([(-1, 118), (-6, 138), (0, 143), (7, 139)], closed=False), 2.6, dark)


def _cheeks(sheet: Sheet, colour: Colour, most: float) -> None:
    for side in (-1, 1):
        sheet.tint((side * 41, 142), (24, 19), colour, most)


def _smile(sheet: Sheet, lips: Colour, width: float) -> None:
    """An open, laughing mouth."""
    mouth = smooth(
        [
            (-width, 158),
            (-width * 0.4, 162),
            (width * 0.4, 162),
            (width, 158),
            (width * 0.55, 178),
            (0, 183),
            (-width * 0.55, 178),
        ]
    )
    sheet.flat(mouth, (116, 30, 44))
    sheet.flat(
        smooth(
            [
                (-width * 0.86, 160),
                (0, 163.5),
                (width * 0.86, 160),
                (width * 0.6, 168),
                (0, 171),
                (-width * 0.6, 168),
            ]
        ),
        WHITE,
    )
    sheet.flat(oval(0, 179, width * 0.4, 4.5), (214, 96, 100))
    sheet.line(
        smooth([(-width, 158), (-width * 0.4, 162), (width * 0.4, 162), (width, 158)], closed=False),
        2.4,
        lips,
    )
    sheet.line(smooth([(-width * 0.6, 178), (0, 184.5), (width * 0.6, 178)], closed=False), 2.8, lips)


def _hand(sheet: Sheet, skin: Colour, wrist: tuple[float, float], turn: float, spread: float) -> None:
    """An open hand at the wrist: four fingers and a thumb, pointing to `turn` degrees clockwise from up."""
    a = np.radians(turn)
    axis, side = np.array([np.sin(a), -np.cos(a)]), np.array([np.cos(a), np.sin(a)])
    start = np.array(wrist)
    for i, length in enumerate((27, 32, 31, 24)):
        lean = np.radians(turn + spread * (i - 1.5))
        root = start + axis * 27 + side * (i - 1.5) * 8
        tip = root + length * np.array([np.sin(lean), -np.cos(lean)])
        sheet.shape(limb([root, (root + tip) / 2, tip], (9.5, 9.5, 7)), skin, 0.3, 4)
        sheet.flat(oval(tip[0], tip[1], 3.6, 3.6), skin)
    thumb = start + axis * 10 + side * 12
    end = thumb + 25 * (0.75 * axis + 0.66 * side)
    sheet.shape(limb([thumb, (thumb + end) / 2, end], (11, 10, 8)), skin, 0.3, 4)
    sheet.flat(oval(end[0], end[1], 4, 4), skin)
    palm = start + axis * 17
    sheet.shape(oval(palm[0], palm[1], 17.5, 20, turn), skin, 0.35, 9)


def _fist(sheet: Sheet, skin: Colour, at: tuple[float, float], turn: float) -> None:
    """A hand closed round something, painted over it."""
    sheet.shape(oval(at[0], at[1], 19, 21, turn), skin, 0.45, 9)
    a = np.radians(turn)
    for i in range(4):
        along = -13.5 + 9 * i
        x, y = at[0] - along * np.sin(a) + 6 * np.cos(a), at[1] + along * np.cos(a) + 6 * np.sin(a)
        sheet.shape(oval(x, y, 12, 5.4, turn), _mix(skin, (120, 40, 40), 0.06), 0.5, 4)


def _shoe(sheet: Sheet, x: float, colour: Colour, side: int, heel: float = 0) -> None:
    top = 962 - heel
    outline = [
        (x - 16, top),
        (x + 16, top),
        (x + 20 + 5 * side, 980),
        (x + 23 + 12 * side, 995),
        (x + 4 + 8 * side, 1001),
        (x - 16 + 10 * side, 999),
        (x - 22 + 4 * side, 984),
    ]
    sheet.shape(smooth(outline), colour, 0.6, 10)


def _strand(
    start: tuple[float, float], angle: float, length: float, bend: float, wave: float, random: Random
) -> Points:
    """Give a hair from its root: an angle in degrees (0 down, 90 right) that bends and waves along it."""
    t = np.linspace(0, 1, 14)
    phase = random.uniform(0, 2 * np.pi)
    a = np.radians(angle + bend * t + wave * np.sin(phase + 9 * t))
    step = length / 13
    x = start[0] + np.concatenate(([0], np.cumsum(np.sin(a[1:])))) * step
    y = start[1] + np.concatenate(([0], np.cumsum(np.cos(a[1:])))) * step
    return np.stack((x, y), axis=1)


def _tone(colour: Colour, random: Random, spread: float) -> Colour:
    """Give a hair's own colour: darker or, now and then, lit."""
    share = random.normal(0, spread)
    return (
        _mix(colour, (255, 226, 190), min(0.6, share))
        if share > 0
        else _mix(colour, (10, 4, 8), min(0.8, -share))
    )


# ---- Amara: curls, a yellow dress with dots, waves --------------------------------------------------------

AMARA_SKIN: Colour = (142, 90, 62)
AMARA_HAIR: Colour = (50, 32, 30)
AMARA_DRESS: Colour = (246, 186, 58)


def _amara() -> Guest:
    parts = (
        Part("head", (0, 215), (-165, -95, 165, 265), _amara_curls_behind, 1.1, 16),
        Part("left_leg", (-34, 560), (-95, 540, 40, 1005), _amara_leg(-34, -1)),
        Part("right_leg", (34, 560), (-40, 540, 95, 1005), _amara_leg(34, 1)),
        Part("body", (0, 520), (-225, 145, 225, 770), _amara_body),
        Part("head", (0, 215), (-150, -80, 150, 240), _amara_head, 1.1, 16),
        Part("wave", (-172, 392), (-290, 170, -140, 425), _amara_forearm),
    )
    return Guest((0.215, 0.952), 0.765, parts)


def _amara_leg(x: float, side: int) -> Painter:
    def paint(sheet: Sheet, random: Random) -> None:
        sheet.shape(limb([(x, 560), (x + side, 760), (x + 2 * side, 970)], (66, 48, 26)), AMARA_SKIN, 0.5, 16)
        _shoe(sheet, x + 2 * side, (222, 72, 84), side)

    return paint


def _amara_body(sheet: Sheet, random: Random) -> None:
    _neck(sheet, AMARA_SKIN, 44)
    shadow = _mix(AMARA_SKIN, (90, 30, 40), 0.12)
    sheet.shape(
        limb([(96, 268), (168, 362), (178, 404), (140, 446), (84, 474)], (54, 46, 40, 36, 30)),
        shadow,
        0.5,
        14,
    )
    sheet.shape(limb([(-96, 268), (-150, 344), (-172, 392)], (54, 46, 40)), AMARA_SKIN, 0.5, 14)
    sheet.flat(oval(-172, 392, 20, 20), AMARA_SKIN)
    half = path("0,236 38,238 84,248 106,272 88,316 70,350 0,360")
    sheet.shape(smooth(mirrored(half)), AMARA_SKIN, 0.4, 18)
    dress = path(
        "0,304 34,294 56,262 64,243 76,246 86,290 83,352 66,424 84,500 118,600 164,738 120,756 50,764 0,766"
    )
    sheet.shape(smooth(mirrored(dress)), AMARA_DRESS, 0.55, 34)
    for _ in range(7):
        x = random.uniform(-95, 95)
        fold = smooth([(x * 0.55, 470), (x * 0.9, 600), (x * 1.25, 750)], closed=False)
        sheet.line(fold, 2.0, _mix(AMARA_DRESS, (190, 110, 20), 0.4))
    for row in range(14):
        y = 304 + row * 34
        reach = np.interp(y, (300, 424, 500, 740), (72, 56, 74, 146))
        for x in range(-150 + 21 * (row % 2), 151, 42):
            if abs(x) < reach - 10 and not 400 < y < 456:
                sheet.shape(oval(x, y + 6 * float(np.cos(x / 60)), 7.5, 7.5), WHITE, 0.15, 4)
    belt = path("-67,418 0,424 67,418 68,436 0,442 -68,436")
    sheet.shape(smooth(belt), (222, 72, 84), 0.5, 10)
    _fist(sheet, shadow, (76, 476), -70)
    sheet.line(smooth([(-34, 244), (-18, 262), (0, 268), (18, 262), (34, 244)], closed=False), 4, GOLD)
    sheet.shape(oval(0, 273, 8, 8), (255, 236, 160), 0.6, 4)


def _amara_forearm(sheet: Sheet, random: Random) -> None:
    sheet.shape(limb([(-172, 400), (-196, 336), (-216, 262)], (41, 38, 26)), AMARA_SKIN, 0.5, 14)
    for y in (276, 287):
        sheet.line([(-227, y - 4), (-199, y + 4)], 5, GOLD)
    _hand(sheet, _mix(AMARA_SKIN, (240, 180, 150), 0.18), (-218, 258), -14, 12)


def _amara_curls_behind(sheet: Sheet, random: Random) -> None:
    sheet.shape(
        smooth(path("-8,-50 62,-40 112,8 124,76 106,142 62,186 -62,186 -106,142 -124,76 -112,8 -66,-42")),
        AMARA_HAIR,
        0.3,
        36,
    )
    _curls(sheet, random, 1700, 0.2, 1.0)
    _halo(sheet, random, 420)


def _amara_head(sheet: Sheet, random: Random) -> None:
    _head(sheet, AMARA_SKIN, 52)
    _cheeks(sheet, (214, 84, 74), 0.42)
    sheet.tint((-14, 66), (44, 30), (232, 170, 130), 0.3)
    _eyes(sheet, (84, 48, 26), (34, 20, 20), 1.2)
    _nose(sheet, AMARA_SKIN)
    _smile(sheet, (176, 44, 62), 27)
    top = path(
        "-73,104 -66,66 -42,52 -14,46 18,50 46,54 66,70 73,106 96,60 84,-6 30,-40 -34,-40 -86,-4 -96,60"
    )
    sheet.shape(smooth(top), AMARA_HAIR, 0.35, 30)
    _curls(sheet, random, 2400, 0.1, 1.0, brow=True)
    for side in (-1, 1):
        sheet.line(oval(side * 70, 156, 14, 16), 3.6, GOLD)


def _curls(sheet: Sheet, random: Random, count: int, least: float, most: float, brow: bool = False) -> None:
    """Small springs of hair over the round mass; `brow` keeps them off the face."""
    for _ in range(count):
        a, r = random.uniform(0, 2 * np.pi), np.sqrt(random.uniform(least, most))
        x, y = 118 * r * np.cos(a), 72 + 116 * r * np.sin(a)
        if brow and ((y > 52 - 0.0025 * x * x and abs(x) < 74) or y > 108):
            continue
        size = random.uniform(3.5, 8)
        t = np.linspace(0, random.uniform(4, 8), 12)
        lift = np.clip(0.25 + 0.35 * (-(x + y - 40) / 130), -0.2, 0.62)
        tone = _mix(AMARA_HAIR, (178, 116, 88), max(0.0, lift * random.uniform(0.2, 1.0)))
        curl = np.stack(
            (x + size * np.cos(t + a) * (1 - t / 16), y + size * np.sin(t + a) * (1 - t / 16)), axis=1
        )
        sheet.line(curl, random.choice((0.9, 1.4, 2.0)), _tone(tone, random, 0.1))


def _halo(sheet: Sheet, random: Random, count: int) -> None:
    """Single springs of hair that stand out of the mass against the wall."""
    for _ in range(count):
        a = random.uniform(-0.36 * np.pi, 1.36 * np.pi)
        outwards = np.array((np.cos(a), -np.sin(a)))
        t = np.linspace(0, 1, 26)
        coil = random.uniform(2.2, 5.0) * (0.5 + t)
        turn = random.uniform(7, 17) * t + random.uniform(0, 6.3)
        swirl = np.stack((coil * np.cos(turn), coil * np.sin(turn)), axis=1)
        path = (4, 74) + 113 * outwards + np.outer(t * random.gamma(3, 5), outwards) + swirl
        sheet.line(path, random.choice((0.35, 0.5, 0.8)), _tone(AMARA_HAIR, random, 0.2))


# ---- Jonas: red hair and beard, glasses, blazer, a balloon -------------------------------------------------

JONAS_SKIN: Colour = (244, 200, 172)
JONAS_HAIR: Colour = (186, 92, 44)
JONAS_BLAZER: Colour = (28, 104, 118)
JONAS_TROUSERS: Colour = (46, 52, 84)
BALLOON: Colour = (244, 92, 92)


def _jonas() -> Guest:
    parts = (
        Part("left_leg", (-38, 540), (-100, 500, 35, 1005), _jonas_leg(-38, -1)),
        Part("right_leg", (38, 540), (-35, 500, 100, 1005), _jonas_leg(38, 1)),
        Part("body", (0, 520), (-235, 145, 235, 640), _jonas_body),
        Part("head", (0, 215), (-110, -50, 110, 270), _jonas_head, 1.1, 10),
        Part("lift", (168, 372), (80, -140, 335, 420), _jonas_forearm),
    )
    return Guest((0.495, 0.925), 0.785, parts)


def _jonas_leg(x: float, side: int) -> Painter:
    def paint(sheet: Sheet, random: Random) -> None:
        spine = [(x, 510), (x + 4 * side, 740), (x + 6 * side, 966)]
        sheet.shape(limb(spine, (92, 66, 50), rounded=False), JONAS_TROUSERS, 0.55, 18)
        crease = smooth([(x + 6 * side, 600), (x + 6 * side, 760), (x + 7 * side, 950)], closed=False)
        sheet.line(crease, 1.6, _mix(JONAS_TROUSERS, WHITE, 0.16))
        _shoe(sheet, x + 6 * side, (122, 70, 46), side)

    return paint


def _jonas_body(sheet: Sheet, random: Random) -> None:
    _neck(sheet, JONAS_SKIN, 58)
    dark = _mix(JONAS_BLAZER, (6, 20, 40), 0.2)
    sheet.shape(
        limb([(-110, 278), (-166, 372), (-182, 424), (-150, 482), (-98, 520)], (66, 58, 54, 48, 42)),
        dark,
        0.5,
        16,
    )
    sheet.shape(limb([(-104, 514), (-88, 528)], (36, 34)), JONAS_SKIN, 0.3, 6)
    sheet.shape(limb([(110, 278), (150, 334), (168, 378)], (66, 58, 52)), JONAS_BLAZER, 0.5, 16)
    sheet.flat(oval(168, 376, 25, 25), JONAS_BLAZER)
    shirt = path("0,232 40,236 60,262 56,430 48,560 0,564")
    sheet.shape(smooth(mirrored(shirt)), (248, 244, 238), 0.35, 20)
    for y in (320, 362, 404, 446):
        sheet.shape(oval(0, y, 3.6, 3.6), (190, 186, 190), 0.6, 2)
    for side in (-1, 1):
        panel = path(
            "34,226 62,238 112,256 138,288 124,360 112,440 116,540 118,606 74,622 26,604 20,520 "
            "15,440 24,360 44,290"
        )
        sheet.shape(smooth([(side * x, y) for x, y in panel]), JONAS_BLAZER, 0.5, 24)
        lapel = path("34,226 56,240 78,276 66,306 74,314 20,432 26,360 42,290")
        sheet.shape([(side * x, y) for x, y in lapel], _mix(JONAS_BLAZER, (120, 200, 200), 0.14), 0.5, 9)
        sheet.line([(side * 62, 536), (side * 104, 528)], 2.4, _mix(JONAS_BLAZER, INK, 0.5))
    sheet.shape(oval(24, 466, 6, 6), GOLD, 0.6, 3)
    pocket = path("62,352 70,332 78,348 88,330 94,352 96,362 60,364")
    sheet.shape(pocket, BALLOON, 0.4, 5)
    for side in (-1, 1):
        collar = [(0, 244), (side * 36, 226), (side * 44, 246), (side * 26, 268)]
        sheet.shape(collar, WHITE, 0.4, 6)
        bow = [(side * 4, 252), (side * 36, 236), (side * 40, 254), (side * 36, 274), (side * 4, 260)]
        sheet.shape(smooth(bow), BALLOON, 0.6, 8)
    sheet.shape(oval(0, 256, 9, 10), _mix(BALLOON, INK, 0.15), 0.6, 4)


def _jonas_forearm(sheet: Sheet, random: Random) -> None:
    string = smooth([(194, 262), (204, 214), (222, 160), (238, 102)], closed=False)
    sheet.line(string, 1.5, (246, 240, 232))
    balloon = path("240,-128 290,-108 316,-50 306,18 272,74 242,96 212,76 176,20 164,-50 190,-108")
    sheet.shape(smooth(balloon), BALLOON, 0.6, 46)
    sheet.shape([(230, 112), (240, 92), (252, 112)], _mix(BALLOON, INK, 0.2), 0.3, 4)
    sheet.tint((202, -66), (26, 40), (255, 236, 226), 0.75)
    sheet.tint((278, 34), (30, 44), (255, 170, 150), 0.35)
    sheet.shape(oval(168, 384, 26, 26), JONAS_BLAZER, 0.3, 14)
    sheet.shape(
        limb([(168, 384), (186, 338), (192, 292)], (52, 48, 40), rounded=False), JONAS_BLAZER, 0.5, 14
    )
    sheet.shape(limb([(190, 300), (192, 284)], (38, 36), rounded=False), WHITE, 0.4, 6)
    sheet.shape(limb([(191, 290), (192, 268)], (27, 27)), JONAS_SKIN, 0.3, 6)
    _fist(sheet, JONAS_SKIN, (192, 256), 176)


def _jonas_head(sheet: Sheet, random: Random) -> None:
    _tufts(sheet, random, behind=True)
    _head(sheet, JONAS_SKIN, 56)
    _cheeks(sheet, (240, 110, 96), 0.5)
    beard = path("0,150 22,147 44,152 62,108 70,112 66,156 50,192 24,220 0,226")
    sheet.shape(smooth(mirrored(beard)), JONAS_HAIR, 0.35, 18)
    for _ in range(900):
        x = random.uniform(-64, 64)
        low = 214 - 0.0135 * x * x
        y = random.uniform(max(150, 208 - 1.0 * abs(x)) if abs(x) > 30 else 184, low)
        hair = _strand((x, y), 0.5 * x + random.normal(0, 14), random.uniform(9, 22), 0, 8, random)
        sheet.line(hair, random.choice((0.5, 0.9, 1.3)), _tone(JONAS_HAIR, random, 0.22))
    _smile(sheet, (196, 96, 92), 24)
    for side in (-1, 1):
        for _ in range(130):
            x = side * random.uniform(0, 32)
            hair = _strand(
                (x * 0.6, 150 + random.uniform(-4, 4)),
                side * 82 + random.normal(0, 7),
                random.uniform(10, 22),
                -side * 40,
                6,
                random,
            )
            sheet.line(hair, 1.2, _tone(JONAS_HAIR, random, 0.2))
    _eyes(sheet, (74, 128, 150), _mix(JONAS_HAIR, INK, 0.2), 0)
    _nose(sheet, JONAS_SKIN)
    for side in (-1, 1):
        sheet.tint((side * 30, 115), (26, 24), (224, 244, 250), 0.35)
        sheet.line(
            np.vstack((oval(side * 30, 115, 25, 23), oval(side * 30, 115, 25, 23)[:1])), 4.4, (38, 34, 44)
        )
        sheet.line([(side * 55, 112), (side * 70, 108)], 3.6, (38, 34, 44))
        sheet.line([(side * 30 - 13, 108), (side * 30 - 5, 100)], 2, WHITE)
    sheet.line(smooth([(-6, 112), (0, 108), (6, 112)], closed=False), 4.2, (38, 34, 44))
    _tufts(sheet, random, behind=False)


def _tufts(sheet: Sheet, random: Random, behind: bool) -> None:
    """A quiff swept to the right of the picture, with shorn sides."""
    if behind:
        half = path("0,4 44,8 70,40 72,100 62,118 0,118")
        sheet.shape(smooth(mirrored(half)), _mix(JONAS_HAIR, INK, 0.25), 0.4, 18)
        return
    quiff = path("-66,62 -58,24 -40,-4 6,-22 52,-18 78,6 70,46 62,62 50,46 20,44 -18,52 -48,50")
    sheet.shape(smooth(quiff), JONAS_HAIR, 0.4, 20)
    for _ in range(750):
        x = random.uniform(-64, 56)
        y = 50 - 0.004 * x * x + random.normal(0, 5) - random.uniform(0, 22)
        angle = 150 + 0.25 * x + random.normal(0, 8)
        hair = _strand((x, y), angle, random.uniform(24, 52), -70 + random.normal(0, 16), 5, random)
        sheet.line(hair, random.choice((0.4, 0.7, 1.1, 1.5)), _tone(JONAS_HAIR, random, 0.26))
    for _ in range(120):
        x = random.uniform(-62, 66)
        y = 20 - 34 * np.cos(x / 48)
        hair = _strand(
            (x, y + 8),
            170 - 0.9 * x + random.normal(0, 22),
            random.gamma(4, 5.5),
            random.normal(-50, 40),
            6,
            random,
        )
        sheet.line(hair, random.choice((0.3, 0.45, 0.6)), _tone(JONAS_HAIR, random, 0.2))


# ---- Lucia: long hair, a plum jumpsuit, a star on a stick ---------------------------------------------------

LUCIA_SKIN: Colour = (226, 170, 130)
LUCIA_HAIR: Colour = (92, 54, 38)
LUCIA_SUIT: Colour = (138, 52, 112)


def _lucia() -> Guest:
    parts = (
        Part("head", (0, 215), (-170, -30, 170, 540), _lucia_hair_behind, 1.1, 16),
        Part("left_leg", (-40, 540), (-125, 500, 25, 1005), _lucia_leg(-40, -1)),
        Part("right_leg", (40, 540), (-25, 500, 125, 1005), _lucia_leg(40, 1)),
        Part("body", (0, 520), (-225, 145, 225, 640), _lucia_body),
        Part("head", (0, 215), (-130, -45, 130, 420), _lucia_head, 1.1, 16),
        Part("lift", (158, 394), (110, 70, 270, 425), _lucia_forearm),
    )
    return Guest((0.785, 0.955), 0.755, parts)


def _lucia_leg(x: float, side: int) -> Painter:
    def paint(sheet: Sheet, random: Random) -> None:
        _shoe(sheet, x + 18 * side, GOLD, side)
        spine = [(x, 510), (x + 8 * side, 720), (x + 20 * side, 978)]
        sheet.shape(limb(spine, (104, 82, 118), rounded=False), LUCIA_SUIT, 0.55, 22)
        for shift in (-16, 4, 22):
            fold = smooth(
                [
                    (x + shift * 0.3, 640),
                    (x + shift * 0.7 + 8 * side, 800),
                    (x + shift * 1.5 + 20 * side, 972),
                ],
                closed=False,
            )
            sheet.line(fold, 1.8, _mix(LUCIA_SUIT, (60, 10, 50), 0.3))

    return paint


def _lucia_body(sheet: Sheet, random: Random) -> None:
    _neck(sheet, LUCIA_SKIN, 44)
    sheet.shape(
        limb([(-94, 270), (-140, 370), (-160, 450), (-168, 520)], (50, 43, 36, 25)), LUCIA_SKIN, 0.5, 14
    )
    _hand(sheet, LUCIA_SKIN, (-168, 514), 184, 9)
    sheet.shape(limb([(94, 270), (134, 342), (158, 394)], (50, 43, 39)), LUCIA_SKIN, 0.5, 14)
    sheet.flat(oval(158, 394, 19.5, 19.5), LUCIA_SKIN)
    half = path("0,234 36,238 84,250 108,276 92,330 0,360")
    sheet.shape(smooth(mirrored(half)), LUCIA_SKIN, 0.4, 18)
    suit = path("0,352 30,300 52,246 72,250 88,292 84,350 64,424 78,470 104,536 100,552 50,562 0,565")
    sheet.shape(smooth(mirrored(suit)), LUCIA_SUIT, 0.55, 30)
    sheet.flat(smooth(path("0,346 -22,302 -36,250 0,240 36,250 22,302")), LUCIA_SKIN)
    sheet.shape(smooth(path("-65,419 0,425 65,419 67,438 0,444 -67,438")), GOLD, 0.6, 9)
    for _ in range(260):
        x, y = random.uniform(-88, 88), random.uniform(270, 552)
        if (
            abs(x) < np.interp(y, (270, 424, 500, 552), (74, 56, 82, 98))
            and not (abs(x) < 36 and y < 348)
            and not 412 < y < 452
        ):
            spark = _mix(LUCIA_SUIT, (255, 210, 240), random.uniform(0.15, 0.85))
            sheet.flat(oval(x, y, 2.2, 2.2), spark)
    sheet.line(smooth([(-30, 246), (-12, 284), (0, 296), (12, 284), (30, 246)], closed=False), 2.2, GOLD)
    sheet.shape(oval(0, 300, 5.5, 7), (120, 214, 210), 0.6, 3)


def _lucia_forearm(sheet: Sheet, random: Random) -> None:
    sheet.line([(182, 292), (190, 160)], 5, (250, 244, 236))
    turns = np.arange(10) * np.pi / 5
    radius = np.where(np.arange(10) % 2 == 0, 62, 27)
    star = np.stack((192 + radius * np.sin(turns + 0.06), 138 - radius * np.cos(turns + 0.06)), axis=1)
    sheet.shape(star, (255, 206, 84), 0.6, 20)
    inner = np.array([192, 138]) + 0.66 * (star - np.array([192, 138]))
    sheet.shape(inner, (255, 226, 130), 0.3, 14)
    sheet.shape(limb([(158, 402), (176, 340), (180, 284)], (40, 36, 25)), LUCIA_SKIN, 0.5, 14)
    for i, colour in enumerate(((120, 214, 210), GOLD, (244, 130, 150))):
        sheet.line([(166, 309 - 8 * i), (195, 308 - 8 * i)], 5, colour)
    _fist(sheet, LUCIA_SKIN, (182, 268), 186)


def _lucia_hair_behind(sheet: Sheet, random: Random) -> None:
    mass = path("0,0 48,6 84,48 96,130 104,220 110,310 98,378 60,404 0,398")
    sheet.shape(smooth(mirrored(mass)), _mix(LUCIA_HAIR, INK, 0.4), 0.3, 30)
    for _ in range(1500):
        side = random.choice((-1, 1))
        out = random.uniform(0, 1)
        sheet.line(_fall(side, out, random), random.choice((0.7, 1.1, 1.7)), _tone(LUCIA_HAIR, random, 0.2))
    _flyaways(sheet, random, 90)


def _fall(side: int, out: float, random: Random) -> Points:
    """A hair behind the shoulder, waving down to its own length; `out` from the neck outwards."""
    t = np.linspace(0, 1, 18)
    wave = (5 + 4 * out) * np.sin(7.5 * t + 1.4 + random.normal(0, 0.35)) * t
    x = 10 + (34 + 46 * t - 20 * t**3) * out + 34 * np.sqrt(t) * out + wave + random.normal(0, 2)
    y = 40 + 60 * (1 - out) + t * (random.normal(325, 16) - 30 * out * out)
    return np.stack((side * x, y), axis=1)


def _flyaways(sheet: Sheet, random: Random, count: int) -> None:
    """Single hairs that leave the mass: along the sides, at the crown and at the tips."""
    for _ in range(count):
        side = random.choice((-1, 1))
        start = (side * random.uniform(76, 98), random.uniform(60, 260))
        lean = side * abs(random.normal(9, 9))
        hair = _strand(start, lean, random.uniform(50, 150), -side * random.normal(16, 26), 14, random)
        sheet.line(hair, random.choice((0.3, 0.4, 0.6)), _tone(LUCIA_HAIR, random, 0.2))
    for _ in range(count // 2):
        a = random.uniform(-1.2, 1.2)
        start = (74 * np.sin(a), 76 - 74 * np.cos(a))
        turn = random.normal(0, 60)
        hair = _strand(start, 180 - np.degrees(a) + turn / 2, random.gamma(3, 5), -2 * turn, 10, random)
        sheet.line(hair, random.choice((0.3, 0.4)), _tone(LUCIA_HAIR, random, 0.2))
    for _ in range(2 * count):
        start = (random.uniform(-100, 100), random.uniform(340, 392))
        hair = _strand(start, random.normal(0, 14), random.uniform(20, 56), random.normal(0, 40), 10, random)
        sheet.line(hair, random.choice((0.3, 0.45, 0.7)), _tone(LUCIA_HAIR, random, 0.2))


def _lucia_head(sheet: Sheet, random: Random) -> None:
    _head(sheet, LUCIA_SKIN, 50)
    _cheeks(sheet, (232, 96, 92), 0.48)
    _eyes(sheet, (70, 110, 72), _mix(LUCIA_HAIR, INK, 0.3), 1.4)
    _nose(sheet, LUCIA_SKIN)
    _smile(sheet, (198, 40, 70), 25)
    for side in (-1, 1):
        lock = [
            (side * -6, 4),
            (side * 40, 6),
            (side * 78, 44),
            (side * 88, 110),
            (side * 92, 200),
            (side * 98, 300),
            (side * 82, 352),
            (side * 66, 300),
            (side * 70, 210),
            (side * 66, 130),
            (side * 58, 84),
            (side * 30, 48),
            (side * -8, 30),
        ]
        sheet.shape(smooth(lock), LUCIA_HAIR, 0.4, 20)
        for _ in range(460):
            t = random.uniform(0, 1)
            path = _parted(side, t, random)
            sheet.line(path, random.choice((0.5, 0.9, 1.4)), _tone(LUCIA_HAIR, random, 0.25))
        sheet.shape(oval(side * 64, 158, 5, 5), GOLD, 0.5, 3)


def _parted(side: int, t: float, random: Random) -> Points:
    """A hair from the parting over the temple and down the shoulder; `t` from the face outwards."""
    jitter = random.normal(0, 1.6, (6, 2))
    inner = np.array(path("-4,30 30,46 56,84 66,150 66,230 60,318"), np.float64)
    outer = np.array(path("-2,0 46,4 80,44 92,130 100,230 98,330"), np.float64)
    knots = inner + (outer - inner) * t + jitter
    knots[:, 0] += np.array([0, 0, 0, 4, -5, 5]) * random.normal(1, 0.3)
    knots[:, 1] += np.linspace(0, random.uniform(-24, 44), 6)
    return smooth(knots * (side, 1), closed=False)
