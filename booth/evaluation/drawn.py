"""python -m booth.evaluation.drawn: the matting stage on drawn pictures that nobody has chosen.

The guests of the drawn studio stand, in poses, tints and places that a seed draws, before walls that it draws as
well; alpha, colours and clean plate are exact. Each kind makes one thing harder. Constants of the solver are not
to be fitted to one seed: another gives other pictures.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8
from booth.camera.studio_scene import StudioScene
from booth.evaluation.manifest import Sample
from booth.evaluation.measures import errors_of
from booth.evaluation.report import Measured, contact_sheet, rows_of, show, write_json, write_picture
from booth.matting.refine import refine
from booth.shot import Plate

Floats = NDArray[np.float32]
Random = np.random.Generator
Wall = Callable[[int, Random], Floats]

CELLS = 28
"""Along a side of the coarse mask, as Mask R-CNN's."""
SIZES = (1.0, 1.4)
"""Of the drawing beside the picture: the whole group, or one or two of it cut by the picture's edge."""
SPECK = 0.005
"""What is smaller than this share of the largest part is a strand by itself, and no network sees it."""
SETTLED, SEEN_FOR = 6.0, 60.0
"""Seconds after which all guests stand, and within which they are drawn."""
DOTS = (0.008, 0.03)
"""Radius of the dots on a guest's clothes, in sides of the picture."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of picture is like: `light` is by how much it differs from the plate's from place to place,
    `shadow` how much of it the guests take away and `soft` how soft that is, in sides; `moved` are pixels, `turned`
    degrees; `dots` tells whether clothes bear dots of the wall's colour, `alike` whether the wall has the colour
    of some clothes, `other` whether the plate is of another place."""

    patterned: bool = True
    light: float = 0.0
    shadow: float = 0.18
    soft: float = 0.02
    moved: float = 0.5
    turned: float = 0.0
    noise: float = 1.8
    quality: int = 95
    dots: bool = False
    alike: bool = False
    other: bool = False


PLAIN = Kind(patterned=False)
KINDS = {
    "pattern": Kind(),
    "plain": PLAIN,
    "dots": replace(PLAIN, dots=True),
    "alike": replace(PLAIN, alike=True),
    "light": Kind(light=0.15),
    "shadow": Kind(shadow=0.38, soft=0.006),
    "noise": Kind(noise=4.0, quality=88),
    "moved": Kind(moved=4.0, turned=0.2),
    "other plate": Kind(other=True),
}


def drawn(kind: Kind, scene: StudioScene, side: int, random: Random) -> Sample:
    """Draw one picture of a kind with its truth, its clean plate and its coarse mask."""
    alpha, foreground = _guests(scene, side, random)
    wall = _patterned(side, random) if kind.patterned else _plain(side, random)
    if kind.alike:
        wall += _some_colour(alpha, foreground, random) - wall.mean(axis=(0, 1))
    wall = np.clip(wall, 4, 250)
    if kind.dots:
        foreground = _dotted(alpha, foreground, wall, random)
    lit = wall * _light(kind, alpha, random)
    share = alpha[..., None]
    seen = share * foreground + (1 - share) * lit
    plate = _patterned(side, random) if kind.other else wall
    return Sample(
        image=_as_a_camera_gives(seen, kind, random),
        plate=_as_a_camera_gives(_moved(plate, kind, random), replace(kind, noise=0.5), random),
        coarse=_coarse(alpha),
        alpha=alpha,
        foreground=np.clip(foreground + np.float32(0.5), 0, 255).astype(np.uint8),
    )


def _guests(scene: StudioScene, side: int, random: Random) -> tuple[Alpha, Floats]:
    """Give alpha and colours of a group or of a part of it, now and then mirrored, in other tints."""
    size = round(side * float(random.choice(SIZES)))
    picture = scene.draw(float(random.uniform(SETTLED, SEEN_FOR)), size)
    top, left = size - side, int(random.integers(0, size - side + 1))
    box = (slice(top, top + side), slice(left, left + side))
    alpha, colours = picture.alpha[box], picture.foreground[box].astype(np.float32)
    gains = random.uniform(0.75, 1.1) * random.uniform(0.9, 1.1, 3)
    colours = np.clip(colours * gains.astype(np.float32), 0, 255)
    if random.random() < 0.5:
        alpha, colours = alpha[:, ::-1], colours[:, ::-1]
    return np.ascontiguousarray(alpha), np.ascontiguousarray(colours)


def _plain(side: int, random: Random) -> Floats:
    """A wall of one colour, brighter on one side, with a breath of grain."""
    colour = random.uniform(40, 220, 3)
    ramp = 1 + random.uniform(0.02, 0.2) * (_across(side, random) - 0.5)
    grain = _clouds(side, side // 4, random)
    return np.asarray(colour * ramp[..., None] + 1.5 * grain[..., None], np.float32)


def _patterned(side: int, random: Random) -> Floats:
    """A wall of stripes, of tiles or of stone, over a plain one."""
    wall = _plain(side, random)
    which = random.integers(0, 3)
    strength = random.uniform(10, 45) * np.sign(random.normal(size=3))
    if which == 0:
        bands = np.sin(_across(side, random) * random.uniform(60, 250))
        pattern = np.clip(3 * bands, -1, 1)
    elif which == 1:
        wide, high = random.uniform(0.03, 0.1, 2) * side
        x, y = np.arange(side) % wide < 0.08 * wide, np.arange(side) % high < 0.08 * high
        pattern = np.where(x[None, :] | y[:, None], 1.0, 0.3 * _clouds(side, 40, random))
    else:
        pattern = sum(_clouds(side, cells, random) / 2**n for n, cells in enumerate((8, 24, 80, 240)))
    return np.asarray(wall + np.asarray(pattern)[..., None] * strength, np.float32)


def _across(side: int, random: Random) -> Floats:
    """A ramp from 0 to 1 over the picture, in some direction."""
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - np.float32(0.5)
    return np.asarray(0.5 + (x * np.cos(angle) + y * np.sin(angle)) / np.sqrt(2), np.float32)


def _clouds(side: int, cells: int, random: Random) -> Floats:
    """Smooth noise of so many cells a side, of variance near one."""
    grain = random.standard_normal((cells + 2, cells + 2), np.float32)
    return np.asarray(cv2.resize(grain, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)


def _some_colour(alpha: Alpha, foreground: Floats, random: Random) -> Floats:
    """Give the colour of some place deep inside a guest."""
    deep = np.flatnonzero(cv2.erode(alpha, np.ones((41, 41), np.uint8)) > 0.99)
    return np.asarray(foreground.reshape(-1, 3)[random.choice(deep)], np.float32)


def _dotted(alpha: Alpha, foreground: Floats, wall: Floats, random: Random) -> Floats:
    """Print dots of the wall's colour on all that lies inside a guest and in the lower two thirds."""
    side = alpha.shape[0]
    radius = random.uniform(*DOTS) * side
    pitch = radius * random.uniform(3.2, 5)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    row = np.floor(y / pitch)
    off_x = (x + 0.5 * pitch * (row % 2)) % pitch - pitch / 2
    away = np.hypot(off_x, y % pitch - pitch / 2)
    share = np.clip(radius - away + 0.5, 0, 1) * (alpha > 0.99)
    share[: side // 3] = 0
    colour = np.median(wall[side // 3 :, side // 4 : -side // 4].reshape(-1, 3)[::97], axis=0)
    return np.asarray(foreground + share[..., None] * (colour - foreground), np.float32)


def _light(kind: Kind, alpha: Alpha, random: Random) -> Floats:
    """Give by what the plate is multiplied: exposure, light from elsewhere, and the guests' shadows."""
    side = alpha.shape[0]
    shift = random.uniform(0.02, 0.06, 2) * side * (random.choice((-1, 1)), 1)
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
    fallen = cv2.GaussianBlur(cv2.warpAffine(alpha, matrix, (side, side)), (0, 0), kind.soft * side)
    field = 1 + kind.light * (2 * _across(side, random) - 1)
    gain = random.uniform(0.97, 1.03) * random.uniform(0.99, 1.01, 3)
    return np.asarray((field * (1 - kind.shadow * fallen))[..., None] * gain, np.float32)


def _moved(plate: Floats, kind: Kind, random: Random) -> Floats:
    side = plate.shape[0]
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), random.uniform(-1, 1) * kind.turned, 1.0)
    matrix[:, 2] = matrix[:, 2] + random.uniform(-kind.moved, kind.moved, 2)
    return np.asarray(
        cv2.warpAffine(plate, matrix, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT),
        np.float32,
    )


def _as_a_camera_gives(scene: Floats, kind: Kind, random: Random) -> Rgb8:
    noisy = scene + kind.noise * random.standard_normal(scene.shape, np.float32)
    picture = np.clip(noisy + np.float32(0.5), 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, kind.quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def _coarse(alpha: Alpha) -> Alpha:
    """Give each guest that stands apart CELLS x CELLS probabilities, as a network would, and their union."""
    coarse = np.zeros_like(alpha)
    inside = (alpha > 0.1).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    for number, (left, top, width, height, area) in enumerate(stats):
        if number == 0 or area < SPECK * stats[1:, cv2.CC_STAT_AREA].max():
            continue
        box = (slice(top, top + height), slice(left, left + width))
        # a group that hangs together is several guests: their boxes are about as wide as half their height
        cells = (CELLS * max(1, round(2 * width / height)), CELLS)
        own = np.where(labels[box] == number, alpha[box], np.float32(0))
        small = cv2.resize(own, cells, interpolation=cv2.INTER_AREA)
        grown = cv2.resize(small, (int(width), int(height)), interpolation=cv2.INTER_LINEAR)
        coarse[box] = np.maximum(coarse[box], np.clip(grown, 0, 1))
    return coarse


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, solve, measure, print one table; 1 where a picture came out worse than its coarse mask."""
    options = _parser().parse_args(arguments)
    measured = list(_measured(options.seed, options.each, options.side, options.kinds, options.sheets))
    show(rows_of(measured))
    if options.json:
        write_json(options.json, rows_of(measured), measured)
    worse = [one for one in measured if one.method == "refine" and one.rel > 1]
    for one in worse:
        print(f"{one.name}, plate {one.plate}: {one.rel:.2f} of its coarse mask's SAD", file=sys.stderr)
    return 1 if worse else 0


def _measured(
    seed: int, each: int, side: int, kinds: Sequence[str], sheets: Path | None
) -> Iterator[Measured]:
    scene = StudioScene()
    for kind in kinds:
        for number in range(each):
            random = np.random.default_rng((seed, sorted(KINDS).index(kind), number))
            sample = drawn(KINDS[kind], scene, side, random)
            yield from _solved(f"{kind} {number}", kind, sample, sheets)


def _solved(name: str, kind: str, sample: Sample, sheets: Path | None) -> Iterator[Measured]:
    before = errors_of(sample.coarse, sample.image, sample.alpha, sample.foreground)
    yield Measured(name, "drawn", kind, False, "coarse", before, 1.0, 0.0)
    for plate in (Plate(sample.plate, 0.0, (2.0, 2.0, 2.0), float(sample.plate.mean())), None):
        begun = time.perf_counter()
        matte = refine(sample.image, sample.coarse, plate)
        seconds = time.perf_counter() - begun
        errors = errors_of(matte.alpha, matte.foreground, sample.alpha, sample.foreground)
        rel = errors.sad / max(before.sad, 1e-9)
        yield Measured(name, "drawn", kind, plate is not None, "refine", errors, rel, seconds)
        if sheets:
            file = f"{name.replace(' ', '_')}__{'no_plate' if plate is None else 'plate'}.png"
            write_picture(sheets / file, contact_sheet(sample, matte.alpha, matte.foreground))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booth.evaluation.drawn", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which pictures are drawn (default: %(default)s)")
    parser.add_argument("--each", type=int, default=3, help="pictures of each kind (default: %(default)s)")
    parser.add_argument("--side", type=int, default=1440, help="pixels a side (default: %(default)s)")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS), help="default: all")
    parser.add_argument("--json", type=Path, help="where to write rows and pictures, e.g. build/drawn.json")
    parser.add_argument("--sheets", type=Path, help="folder for a contact sheet of each picture")
    return parser


if __name__ == "__main__":
    sys.exit(main())
