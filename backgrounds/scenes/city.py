"""A rooftop after rain: the skyline at night, bokeh, wet floor."""

from __future__ import annotations

import numpy as np
from brushes import (
    Picture,
    Plane,
    Rgb8,
    axes,
    bloomed,
    blurred,
    blurred_along,
    colour,
    finished,
    laid,
    lit,
    ramp,
    screened,
    smoothstep,
    vertical,
    vignetted,
    with_contrast,
)
from ground import View
from noise import Rng, fractal, moved, sampled, seamless, stretched
from scene import Scene
from shapes import soft_discs

HORIZON = 0.5
EDGE = 0.70
VIEW = View(HORIZON)
LAMPS = ("#ffd08a", "#ffb04e", "#ff8a3a", "#ffc46a", "#ff5f8f", "#6fd3ff", "#fff0d8")


def paint(side: int) -> Rgb8:
    """The whole scene."""
    rng = np.random.default_rng(41)
    image = _sky(rng, side)
    image = _towers(rng, image)
    image = _streets(rng, image)
    image = bloomed(image, 0.55, 0.75, 0.006)
    image = _floor(rng, image)
    image = _bokeh(rng, image)
    return finished(vignetted(with_contrast(image, 0.2), 0.3), 41)


def _sky(rng: Rng, side: int) -> Picture:
    """Blue hour going: indigo above, the city's glow under low cloud."""
    x, y = axes(side)
    sky = vertical(
        side,
        (
            (0, "#070b22"),
            (0.2, "#101a44"),
            (0.38, "#4a3880"),
            (0.52, "#c4607a"),
            (0.62, "#e8895e"),
            (1, "#e8895e"),
        ),
    )
    cloud = stretched(fractal(rng, (side, side), (7, 2.5), 7, 0.55))
    tint = ramp(y + 0 * x, ((0, "#1d2556"), (0.3, "#594a8a"), (0.55, "#d9776f")))
    return laid(sky, tint, smoothstep(0.45, 0.9, cloud) * 0.6)


def _towers(rng: Rng, image: Picture) -> Picture:
    """Four ranks of towers, the near ones darker, with brighter windows."""
    side = image.shape[0]
    ranks = (
        (34, 0.30, 0.46, "#5a4374", 0.35, 0.0035, 0.0016),
        (26, 0.20, 0.44, "#3a3266", 0.55, 0.0046, 0.0012),
        (19, 0.13, 0.42, "#222550", 0.85, 0.0062, 0.0010),
        (13, 0.30, 0.58, "#10142f", 1.0, 0.0085, 0.0009),
    )
    for count, top, low, body, light, window, soft in ranks:
        paint_, mask = _rank(rng, side * 2, count, top, low, colour(body), light, window)
        paint_, mask = (blurred(_halved(a), soft) for a in (paint_, mask))
        image = laid(image, paint_ / np.maximum(mask, 1e-3)[..., None], mask)
        image = lit(image, _street_glow(side), "#ff8d5c", 0.20)
    return image


def _halved(image: Plane) -> Plane:
    """Each two by two pixels averaged."""
    return (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]) / 4


def _street_glow(side: int) -> Plane:
    _, y = axes(side)
    return np.repeat(np.exp(-(np.maximum(EDGE - y, 0)) / 0.11), side, axis=1)


def _rank(
    rng: Rng, side: int, count: int, top: float, low: float, body: Plane, light: float, window: float
) -> tuple[Picture, Plane]:
    """One rank of towers, premultiplied, with its mask; lower towards the middle so that guests stand free."""
    paint_ = np.zeros((side, side, 3), np.float32)
    mask = np.zeros((side, side), np.float32)
    edge = np.sort(rng.random(count)) * 1.1 - 0.08
    bottom = int(0.74 * side)
    for x in edge:
        width = rng.uniform(0.035, 0.085) * (14 / count) ** 0.35
        away = min(abs(x + width / 2 - 0.5) / 0.5, 1)
        height = low - (low - top) * rng.random() ** 1.4 * (0.35 + 0.65 * away)
        left, right = int(max(x, 0) * side), int(min(x + width, 1) * side)
        if right - left > 6:
            _tower(rng, paint_, mask, (left, int(height * side), right, bottom), body, light, window)
    return paint_, mask


def _tower(
    rng: Rng,
    paint_: Picture,
    mask: Plane,
    box: tuple[int, int, int, int],
    body: Plane,
    light: float,
    window: float,
) -> None:
    """Draws one tower into the rank: body, set-back or mast, and a grid of windows."""
    left, top, right, bottom = box
    side = mask.shape[0]
    fall = np.linspace(0.75, 1.35, bottom - top, dtype=np.float32)[:, None, None]
    across = np.linspace(1.12, 0.82, right - left, dtype=np.float32)[None, :, None]
    paint_[top:bottom, left:right] = body * fall * across
    mask[top:bottom, left:right] = 1
    if rng.random() < 0.45:
        _crown(rng, paint_, mask, box, body)
    pitch = int(window * side)
    rows, columns = (bottom - top) // pitch, (right - left - pitch // 2) // pitch
    if rows < 2 or columns < 2:
        return
    cells = _windows(rng, rows, columns) * light
    pane = np.zeros((pitch, pitch, 1), np.float32)
    pane[int(pitch * 0.3) : int(pitch * 0.78), int(pitch * 0.22) : int(pitch * 0.80)] = 1
    grid = np.kron(cells, pane)
    area = paint_[top + pitch // 2 :, left + pitch // 2 :][: grid.shape[0], : grid.shape[1]]
    area += grid[: area.shape[0], : area.shape[1]]


def _crown(rng: Rng, paint_: Picture, mask: Plane, box: tuple[int, int, int, int], body: Plane) -> None:
    """A set-back storey and a mast with a red lamp."""
    left, top, right, _ = box
    side = mask.shape[0]
    inset, tall = (right - left) // 5, int(rng.uniform(0.01, 0.03) * side)
    paint_[top - tall : top, left + inset : right - inset] = body * 0.85
    mask[top - tall : top, left + inset : right - inset] = 1
    middle, mast = (left + right) // 2, int(rng.uniform(0.02, 0.06) * side)
    paint_[top - tall - mast : top - tall, middle - 1 : middle + 2] = body * 0.9
    mask[top - tall - mast : top - tall, middle - 1 : middle + 2] = 1
    paint_[top - tall - mast - 6 : top - tall - mast, middle - 3 : middle + 4] = colour("#ff4a4a") * 1.6
    mask[top - tall - mast - 6 : top - tall - mast, middle - 3 : middle + 4] = 1


def _windows(rng: Rng, rows: int, columns: int) -> Picture:
    """Lamps behind windows: mostly warm, whole storeys sometimes lit alike, many dark."""
    kinds = np.stack([colour(c) for c in ("#ffcf8a", "#ffb25e", "#ffe7c4", "#bfe0ff")])
    pick = rng.choice(4, (rows, columns), p=(0.42, 0.28, 0.2, 0.10))
    on = rng.random((rows, columns)) < rng.uniform(0.25, 0.65)
    storey = rng.random(rows) < 0.09
    bright = rng.uniform(0.15, 1.0, (rows, columns)) ** 1.4 * on
    bright[storey] = np.maximum(bright[storey], 0.55)
    return (kinds[pick] * bright[..., None] * 1.35).astype(np.float32)


def _streets(rng: Rng, image: Picture) -> Picture:
    """Traffic and signs at the towers' feet, far out of focus."""
    discs = []
    for _ in range(230):
        x, y = rng.random(), rng.normal(0.655, 0.03)
        tint = colour(LAMPS[rng.integers(len(LAMPS))]) * rng.uniform(0.2, 0.75)
        discs.append((x, y, rng.uniform(0.004, 0.012), tint))
    return screened(image, soft_discs(image.shape[0], discs))


def _floor(rng: Rng, image: Picture) -> Picture:
    """A wet terrace: puddles mirror the lights, dry patches only glimmer."""
    side = image.shape[0]
    _, y = axes(side)
    sideways, ahead = VIEW.floor(side)
    tile = seamless(rng, 512, 8, 7, 0.6)
    bump = (sampled(tile, sideways / 1.6, ahead / 3.2) - 0.5) * (y > EDGE)
    down = np.where(y > EDGE, 2 * (EDGE - y) - 0.004, 0)
    mirror = moved(image, bump * 0.012, down + bump * 0.030)
    streaked = blurred_along(mirror, 0.0022, 0.020)
    puddle = smoothstep(0.40, 0.62, sampled(tile, sideways / 6 + 0.3, ahead / 6))
    wet = laid(streaked, blurred_along(mirror, 0.0008, 0.0035), puddle)
    slabs = _slabs(sideways, ahead)
    stone = colour("#141a33") * (0.65 + 0.5 * sampled(tile, sideways / 0.9, ahead / 0.9)[..., None])
    shine = (0.36 + 0.40 * puddle) * (1 - 0.45 * slabs) * smoothstep(1.25, 0.70, y)
    ground = stone * (1 - 0.6 * slabs[..., None]) + wet * shine[..., None] * 1.5
    image = np.where((y > EDGE)[..., None], ground, image)
    return _parapet(image)


def _slabs(sideways: Plane, ahead: Plane) -> Plane:
    """Joints of the paving."""
    joints = np.zeros_like(ahead)
    for at, pixel in ((sideways / 1.2, ahead / 1900 / 1.2), (ahead / 1.2, ahead**2 / 1.6 / 1900 / 1.2)):
        away = np.abs(at - np.rint(at))
        half = np.maximum(0.007, pixel)
        joints = np.maximum(joints, smoothstep(1.3, 0.6, away / half) * np.clip(0.007 / half, 0, 1))
    return joints


def _parapet(image: Picture) -> Picture:
    """A low dark kerb with a rail of light where the terrace ends."""
    side = image.shape[0]
    x, y = axes(side)
    body = smoothstep(EDGE - 0.030, EDGE - 0.0285, y) * smoothstep(EDGE + 0.0015, EDGE, y)
    image = laid(image, colour("#0b0e20"), body + 0 * x)
    strip = np.exp(-(((y - EDGE + 0.0295) / 0.0012) ** 2)) + 0 * x
    image = screened(image, strip[..., None] * colour("#ffb877"))
    glow = (
        np.exp(-np.abs(y - EDGE + 0.029) / 0.02) * 0.28
        + np.exp(-np.maximum(y - EDGE, 0) / 0.05) * (y > EDGE) * 0.16
    )
    return lit(image, glow + 0 * x, "#ff9a5e", 0.8)


def _bokeh(rng: Rng, image: Picture) -> Picture:
    """Large lights near the lens, at the sides and above."""
    discs = []
    while len(discs) < 46:
        x, y = rng.random(), rng.uniform(0.02, 0.72)
        if abs(x - 0.5) < 0.30 and y > 0.16:
            continue
        tint = colour(LAMPS[rng.integers(len(LAMPS))]) * rng.uniform(0.06, 0.30)
        discs.append((x, y, rng.uniform(0.012, 0.042), tint))
    return screened(image, soft_discs(image.shape[0], discs, 0.45))


SCENE = Scene(
    "city",
    (
        "City lights",
        "Lichter der Stadt",
        "Lumières de la ville",
        "Luces de ciudad",
        "Luci di città",
        "Stadslichten",
    ),
    floor=0.93,
    light=0,
    paint=paint,
)
