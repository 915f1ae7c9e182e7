"""The press wall: a placeholder logo step-and-repeat, red carpet, brass posts and velvet ropes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from brushes import (
    Picture,
    Plane,
    Rgb8,
    axes,
    bloomed,
    blurred,
    colour,
    finished,
    halo,
    laid,
    lit,
    ramp,
    screened,
    smoothstep,
    vignetted,
    with_contrast,
)
from ground import View
from noise import Rng, fractal, sampled, seamless, stretched
from PIL import Image, ImageDraw, ImageFont
from scene import Scene
from shapes import laid_sprite
from solids import (
    Hits,
    Points3,
    capsule,
    dot,
    fresnel,
    image_of,
    march,
    melted,
    mirrored,
    openness,
    shrunk,
    sphere,
    unit,
)

FONTS = Path(__file__).resolve().parents[2] / "booth" / "scene" / "fonts"
HORIZON = 0.50
WALL = 5.4
VIEW = View(HORIZON)
SKIRT = HORIZON + 1.6 / WALL
LAMP = unit(-0.35, 0.85, -0.5)
ROPE = (1.52, 3.55, 5.1)  # metres sideways, ahead of the near and of the far posts
POSTS = tuple((hand * ROPE[0], ahead) for hand in (-1, 1) for ahead in ROPE[1:])


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(101)
    image = _wall(rng, side)
    image = _carpet(rng, image)
    image = _posts(image)
    image = bloomed(image, 0.80, 0.40, 0.010)
    image = _beams(image)
    return finished(vignetted(with_contrast(image, 0.15), 0.28), 101)


def _stamps(side: int) -> Plane:
    """The printed pattern: name and star take turns, each row set off by half."""
    sheet = Image.new("L", (side * 2, side * 2))
    draw = ImageDraw.Draw(sheet)
    bold = ImageFont.truetype(str(FONTS / "Outfit-ExtraBold.ttf"), round(side * 2 * 0.024))
    script = ImageFont.truetype(str(FONTS / "Pacifico-Regular.ttf"), round(side * 2 * 0.024))
    for row in range(9):
        for column in range(-1, 8):
            x = (column + 0.5 * (row % 2)) * 0.1665 * side * 2
            y = (0.035 + row * 0.0905) * side * 2
            if (row + column) % 2:
                draw.text((x, y), "your event", 255, script, anchor="mm")
            else:
                _badge(draw, x, y, side * 2 * 0.014)
                draw.text((x + side * 2 * 0.020, y), "YOUR LOGO", 255, bold, anchor="mm")
    return np.asarray(sheet.resize((side, side), Image.Resampling.BOX), np.float32) / 255


def _badge(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    """A star in a ring, left of the name."""
    cx = x - size * 5.1
    draw.ellipse((cx - size, y - size, cx + size, y + size), outline=255, width=max(round(size * 0.16), 1))
    angle = -np.pi / 2 + np.arange(10) * np.pi / 5
    reach = np.where(np.arange(10) % 2 == 0, 0.66, 0.28) * size
    draw.polygon(
        [(cx + r * np.cos(a), y + r * np.sin(a)) for a, r in zip(angle, reach, strict=True)], fill=255
    )


def _wall(rng: Rng, side: int) -> Picture:
    """Midnight-blue cloth with a gold and white print, pools of light from three lamps."""
    x, y = axes(side)
    cloth = np.broadcast_to(colour("#141a38"), (side, side, 3)).astype(np.float32)
    weave = rng.random((side, side), np.float32) - 0.5
    cloth = cloth * (1 + 0.10 * blurred(weave, 0.0004))[..., None]
    print_ = _stamps(side)
    foil = ramp(
        stretched(fractal(rng, (side, side), (3, 6), 3)), ((0, "#c9953f"), (0.5, "#f3d48a"), (1, "#fff0c0"))
    )
    cloth = laid(cloth, foil, print_ * 0.88)
    folds = fractal(rng, (side, side), (0.6, 9), 3)
    slope = np.gradient(blurred(folds, 0.006), axis=1) * side
    pools = sum(_pool(side, at) for at in (0.16, 0.5, 0.84))
    light = 0.62 + 1.35 * pools + slope * 0.028
    wall = cloth * light[..., None]
    wall = lit(wall, np.asarray(pools), "#4f6cc8", 0.20)
    foot = smoothstep(SKIRT - 0.05, SKIRT, y)
    return wall * (1 - 0.45 * foot - 0 * x)[..., None]


def _pool(side: int, at: float) -> Plane:
    """One lamp's scallop of light on the wall."""
    x, y = axes(side)
    wide = 0.07 + 0.26 * np.clip(y, 0, 1)
    cone = np.exp(-((np.abs(x - at) / wide) ** 2.4))
    return cone * smoothstep(-0.10, 0.06, y) * np.exp(-((y / 0.80) ** 2))


def _carpet(rng: Rng, image: Picture) -> Picture:
    """Red pile carpet between strips of dark parquet, lit in the middle."""
    side = image.shape[0]
    x, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    tile = seamless(rng, 512, 16, 6, 0.8)
    pile = sampled(tile, sideways / 1.1, ahead / 1.1) - 0.5
    wide = sampled(seamless(rng, 256, 4, 4), sideways / 4, ahead / 4) - 0.5
    near = np.clip(3.2 / ahead, 0, 1)
    pool = np.exp(-((sideways / 1.5) ** 2) - ((ahead - 3.9) / 2.0) ** 2)
    red = ramp(
        0.40 + 0.42 * pool + wide * 0.16 + pile * 0.22 * near,
        ((0, "#3c0208"), (0.4, "#9c0a1c"), (0.8, "#dc2136"), (1.1, "#ff5a5f")),
    )
    floor = _parquet(rng, image, sideways, ahead)
    edge = np.abs(sideways) - 1.22
    pixel = ahead / side
    carpet = np.clip(0.5 - edge / pixel, 0, 1)
    hem = np.clip(0.5 - (np.abs(edge + 0.035) - 0.030) / pixel, 0, 1)
    floor = floor * (1 - 0.5 * np.exp(-np.maximum(edge, 0) / 0.05) * (edge > -0.1))[..., None]
    ground = laid(laid(floor, red, carpet), colour("#d9a64c") * (0.45 + 0.6 * pool[..., None]), hem * 0.75)
    ground = ground * (1 - 0.55 * np.exp(-np.abs(WALL - ahead) / 0.22))[..., None]
    return laid(image, ground, smoothstep(SKIRT - 0.0005, SKIRT + 0.0005, y) + 0 * x)


def _parquet(rng: Rng, image: Picture, sideways: Plane, ahead: Plane) -> Picture:
    """Dark polished boards with a mirror of the wall."""
    side = image.shape[0]
    _, y = axes(side)
    board = np.floor(sideways / 0.14).astype(int)
    tone = rng.uniform(0.75, 1.2, 256).astype(np.float32)[board % 256]
    wood = (
        colour("#26160f")
        * tone[..., None]
        * (0.8 + 0.5 * sampled(seamless(rng, 256, 8, 5), sideways / 0.4, ahead / 4))[..., None]
    )
    source = np.clip(((2 * SKIRT - y[:, 0]) * side).astype(int), 0, side - 1)
    return screened(wood, blurred(image[source], 0.004) * 0.5)


def _rope(p: Points3, hand: float) -> Plane:
    """A velvet rope that sags between two posts of one side."""
    nearest = np.full(p.shape[1], 1e3, np.float32)
    z = np.linspace(*ROPE[1:], 13)
    sag = 0.93 - 0.30 * (1 - np.linspace(-1, 1, 13) ** 2)
    for k in range(12):
        piece = capsule(p, (hand * ROPE[0], sag[k], z[k]), (hand * ROPE[0], sag[k + 1], z[k + 1]), 0.042)
        nearest = np.minimum(nearest, piece)
    return nearest


def _brass(p: Points3) -> Plane:
    """Feet, poles, knobs and the ropes' hooks."""
    nearest = np.full(p.shape[1], 1e3, np.float32)
    for x, z in POSTS:
        q = p - np.array([[x], [0], [z]], np.float32)
        away = np.hypot(q[0], q[2])
        foot = np.hypot(np.maximum(away - 0.16, 0), np.maximum(np.abs(q[1] - 0.012) - 0.004, 0)) - 0.012
        dome = np.maximum(melted(foot, np.hypot(away, np.maximum(q[1] - 0.02, 0) * 2.2) - 0.09, 0.06), -q[1])
        pole = np.maximum(away - 0.028, np.abs(q[1] - 0.5) - 0.5)
        collar = np.maximum(away - 0.045, np.abs(q[1] - 0.94) - 0.025) - 0.006
        knob = sphere(q, (0, 1.045, 0), 0.062)
        nearest = np.minimum(nearest, np.minimum(np.minimum(melted(dome, pole, 0.05), collar), knob))
    return nearest


def _distance(p: Points3) -> Plane:
    return np.minimum(_brass(p), np.minimum(_rope(p, 1), _rope(p, -1))).astype(np.float32)


def _surroundings(way: Points3) -> Picture:
    """What brass mirrors: carpet below, soft boxes above, the dark room between."""
    up = way[1]
    room = ramp(
        up, ((-1, "#4a2018"), (-0.3, "#3a1c14"), (-0.02, "#1a1420"), (0.35, "#2a2c52"), (1, "#6a6f9c"))
    ).T
    box_ = (
        smoothstep(0.45, 0.60, up)
        * smoothstep(0.93, 0.80, up)
        * smoothstep(-0.2, 0.1, np.sin(np.arctan2(way[0], way[2]) * 3 + 0.6))
    )
    turn = np.arctan2(way[0], -way[2])
    strip = (
        np.exp(-(((turn + 0.75) / 0.22) ** 2))
        + 0.55 * np.exp(-(((turn - 1.25) / 0.30) ** 2))
        + 0.25 * np.exp(-(((turn - 0.1) / 0.12) ** 2))
    )
    return room + (box_ * 2.2 + strip * 1.1 * smoothstep(-0.85, -0.2, up)) * colour("#fff1d6")[:, None]


def _metal(hits: Hits) -> Picture:
    """Polished brass."""
    gold = colour("#e9b45a")[:, None]
    share = fresnel(hits, 0.0)
    tint = gold + (1 - gold) * share
    return _surroundings(mirrored(hits.directions, hits.normals)) * tint + gold * 0.06


def _velvet(hits: Hits) -> Picture:
    """Deep red that glows at grazing angles."""
    facing = np.clip(-dot(hits.directions, hits.normals), 0, 1)
    lamp = np.clip(dot(hits.normals, LAMP), 0, 1)
    return (
        colour("#8c0a1e")[:, None] * (0.30 + 0.75 * lamp)
        + colour("#ff5a6a")[:, None] * 0.45 * (1 - facing) ** 3
    )


def _posts(image: Picture) -> Picture:
    """Posts and ropes with their soft shadows on the floor."""
    side = image.shape[0]
    for x, z in POSTS:
        image = image * (1 - 0.55 * _shade_at(side, x + 0.05, z))[..., None]
    for strip in ((0.0, 0.5, 0.32, 1.0), (0.68, 0.5, 1.0, 1.0)):
        hits = march(_distance, VIEW, side * 2, strip, 2.2, 5.8, 110)
        rope = np.minimum(_rope(hits.points, 1), _rope(hits.points, -1)) < _brass(hits.points)
        shaded = np.where(rope, _velvet(hits), _metal(hits)) * (
            0.35 + 0.65 * openness(_distance, hits.points, hits.normals, 0.12)
        )
        shaded = shaded * (1 - 0.10 * (hits.points[2] - 3))
        paint_, mask = image_of(hits, np.clip(shaded, 0, 1.15).astype(np.float32), side * 2)
        image = laid_sprite(image, shrunk(paint_, side), shrunk(mask, side))
    return image


def _shade_at(side: int, x: float, z: float) -> Plane:
    sideways, ahead = VIEW.floor(side)
    return np.exp(-(((sideways - x) / 0.22) ** 2) - (((ahead - z) / 0.22) ** 2))


def _beams(image: Picture) -> Picture:
    """Haze in the lamps' light, and the lamps' own glare at the upper edge."""
    side = image.shape[0]
    for at in (0.16, 0.5, 0.84):
        image = lit(image, _pool(side, at), "#cdd8ff", 0.10)
        image = lit(image, halo(side, (at, -0.012), 0.035, 2.2), "#fff4e0", 0.9)
    return image


SCENE = Scene(
    "redcarpet",
    ("Red carpet", "Roter Teppich", "Tapis rouge", "Alfombra roja", "Tappeto rosso", "Rode loper"),
    floor=0.93,
    light=0,
    paint=paint,
    writing=True,
)
