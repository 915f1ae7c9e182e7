"""Alpha and foreground where the background is known: I = a F + (1 - a) B, solved for a and F in turn.

With B given and F's local mean and variance spread from where it is certain, both have closed forms
(Chuang, Y.-Y. et al.: A Bayesian Approach to Digital Matting. CVPR 2001, with known background as in Qian,
R. & Sezan, M.: Video Background Replacement without a Blue Screen. ICIP 1999). F's moments are spread from
coarse to fine (Germer, T. et al.: Fast Multi-Level Foreground Estimation. ICPR 2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Mask, Rgb8, Trimap
from booth.matting.channels import dot, summed
from booth.matting.noise import Noise, noise_between, steepness
from booth.matting.pushpull import filled
from booth.matting.tiles import CELL, Tile, each, enlarged, tiles_of

Floats = NDArray[np.float32]

SAME = 3.0
"""Mean squared deviation over 3x3 pixels, in variances, up to which a pixel is the plate's."""
CHANGED = 6.0
SURE = 15.0
LEAST_VARIANCE = 4.0
NOISE_WEIGHT = 3.0
LEAST_TRUST = 12.0
MIX_FLOOR = 36.0
MIX_SIGMAS = 2.0
LEAST_SIGMAS = 2.5
"""Noise, in standard deviations, that is taken off before no paint at all could explain a pixel."""
LEAST_ROOM = 32.0
REACH = 12.0
"""How deep hair lets the plate through, in widths of the outline."""
TINT_FLOOR = 9.0
DARK = 120.0
"""Mean of R, G, B up to which a person's colour may be hair whose tint tells."""
TURNS = 2
CORE = 0.6
"""Depth from which colours are pure, as a share of the depth found nearby."""
SAMPLED = 3
UNIT = 16.0
"""Steps of a byte to one variance, where a deviation is kept as a byte."""
EMPTY, OPEN, SOLID = 0, 128, 255


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A crop with all that is known of its background.

    `frame` and `plate` are uint8 (H, W, 3), registered. The rest is small, of any size over the same crop:
    `light` (h, w, 3) multiplies the plate, `shown` is where the plate shows, `person` what else changed and
    belongs to a person, `claimed` resembles the person more than the plate, `deep` lies far inside
    the coarse mask; `veil` (h, w, 4) holds colour and alpha of veils, 0 where there is none. `edge` is the
    width of a solid body's outline, in pixels.
    """

    frame: Rgb8
    plate: Rgb8
    light: Floats
    shown: Floats
    person: Floats
    claimed: Floats
    deep: Floats
    veil: Floats
    edge: float

    @property
    def size(self) -> tuple[int, int]:
        return self.frame.shape[0], self.frame.shape[1]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """alpha float32 (H, W), foreground uint8 (H, W, 3), trimap uint8 (H, W)."""

    alpha: Alpha
    foreground: Rgb8
    trimap: Trimap


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """The crop at full size, in bytes: plate in the frame's light, its slope, and how far the frame strays."""

    known: Known
    noise: Noise
    plate: Rgb8
    slope: NDArray[np.uint8]
    strays: NDArray[np.uint8]
    tiles: list[Tile]


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """`depth` is the distance to where the plate shows; `outline` the outline's local width, enlarged."""

    depth: Floats
    outline: Floats


def solved(known: Known) -> Solution:
    """Solve a crop for alpha and foreground."""
    study = _studied(known)
    shape = _shape_of(study)
    trimap = _trimap(study, shape)
    colours = _cell_colours(known.frame)
    core = _core_cells(shape, _Gathered.of(trimap, colours))
    moments, chroma = _moments(core), _chroma(core, colours[..., :3])
    each(lambda tile: _open_tile(study, shape, tile, moments, chroma, trimap), study.tiles)
    draft = _Draft(
        (trimap == SOLID).astype(np.float32),
        known.frame.copy(),
        trimap,
        np.full_like(trimap, 255),
        trimap.copy(),
    )
    gathered, veil = _Gathered.of(trimap, colours), _veil_cells(known, colours)
    moments = _moments(gathered.joined(veil))
    each(lambda tile: _lean_tile(study, shape, tile, draft), study.tiles)
    for turn in range(TURNS):
        each(lambda tile: _solve_tile(study, tile, moments, draft), study.tiles)  # noqa: B023
        if turn < TURNS - 1:
            each(lambda tile: _look_around(tile, draft, gathered), study.tiles)
            moments = _moments(gathered.joined(veil))
    nearby = np.asarray(np.clip(moments[..., :3], 0, 255), np.uint8)
    each(lambda tile: _fill_tile(nearby, tile, draft), study.tiles)
    return Solution(draft.alpha, draft.foreground, trimap)


def _studied(known: Known) -> _Study:
    height, width = known.size
    slope = steepness(known.plate)
    changed = (known.person > 0) | (known.claimed > 0)
    around = cv2.dilate(changed.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    inside = cv2.erode((known.deep > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    study = _Study(
        known,
        _noise_of(known, slope),
        known.plate.copy(),
        slope,
        np.full((height, width), 255, np.uint8),
        tiles_of(height, width, np.asarray(around & ~inside)),
    )
    each(lambda tile: _study_tile(study, tile), study.tiles)
    return study


def _noise_of(known: Known, slope: NDArray[np.uint8]) -> Noise:
    """Measure the noise between single pixels of frame and plate, on every third."""
    every = (slice(None, None, SAMPLED), slice(None, None, SAMPLED))
    frame = known.frame[every].astype(np.float32)
    size = (frame.shape[1], frame.shape[0])
    lit = known.plate[every] * cv2.resize(known.light, size, interpolation=cv2.INTER_LINEAR)
    shown = cv2.resize(known.shown, size, interpolation=cv2.INTER_LINEAR) > 0.98
    return noise_between(frame - np.minimum(lit, 255), np.square(slope[every], dtype=np.float32), shown)


def _study_tile(study: _Study, tile: Tile) -> None:
    known, box = study.known, tile.outer
    lit = np.minimum(known.plate[box] * enlarged(known.light, box, known.size), np.float32(255))
    strayed = np.square(known.frame[box] - lit)
    strayed /= study.noise.variance(lit, np.square(study.slope[box], dtype=np.float32))
    deviation = cv2.blur(summed(strayed), (3, 3)) * np.float32(UNIT / 3)
    study.strays[tile.inner] = np.minimum(deviation, 255)[tile.own]
    study.plate[tile.inner] = (lit + np.float32(0.5))[tile.own]


def _shape_of(study: _Study) -> _Shape:
    known = study.known
    shown, claimed = _whole(known.shown, known.size), _whole(known.claimed, known.size)
    open_to_see = (shown < 128) & ((study.strays >= SAME * UNIT) | (claimed >= 128))
    body = open_to_see.astype(np.uint8)
    depth = cv2.distanceTransform(body, cv2.DIST_L2, cv2.DIST_MASK_3)
    return _Shape(np.asarray(depth, np.float32), _outline_width(body, known.edge))


def _whole(share: Floats, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Give a small share in [0, 1] at full size, 0 to 255."""
    return np.asarray(
        cv2.resize((share * 255).astype(np.uint8), (size[1], size[0]), interpolation=cv2.INTER_LINEAR),
        np.uint8,
    )


def _outline_width(body: NDArray[np.uint8], edge: float) -> Floats:
    """Give the width within which nothing is solid: `edge` along a straight outline, four times that in a
    tangle of strands and gaps."""
    outline = np.asarray(cv2.morphologyEx(body, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), np.uint8)
    cells = _celled(outline * np.uint8(255)) / np.float32(255)
    side = max(3, int(8 * edge / CELL) | 1)
    density = cv2.blur(cells, (side, side)) * (side * CELL / 2)
    return np.asarray(edge * (1 + 3 * np.clip((density - 1.5) / 1.5, 0, 1)), np.float32)


def _celled(picture: NDArray[Any]) -> Floats:
    """Average a picture over the cells of the colour grid."""
    height, width = picture.shape[:2]
    size = (-(-width // CELL), -(-height // CELL))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _trimap(study: _Study, shape: _Shape) -> Trimap:
    known = study.known
    trimap = np.asarray(np.where(_whole(known.person, known.size) >= 128, SOLID, EMPTY), np.uint8)
    each(lambda tile: _sort_tile(study, shape, tile, trimap), study.tiles)
    return trimap


def _sort_tile(study: _Study, shape: _Shape, tile: Tile, trimap: Trimap) -> None:
    known, box = study.known, tile.inner
    shown = enlarged(known.shown, box, known.size)
    claimed = enlarged(known.claimed, box, known.size) > 0.5
    person = enlarged(known.person, box, known.size) > 0
    depth, strays = shape.depth[box], study.strays[box]
    outline = enlarged(shape.outline, box, known.size)
    solid = ((depth > outline) & (strays > CHANGED * UNIT)) | (claimed & (depth > 2 * outline))
    solid &= enlarged(known.veil[..., 3], box, known.size) == 0
    empty = ((shown >= 0.5) & (strays < SAME * UNIT)) | (shown > 0.98) | ~person
    trimap[box] = np.where(empty, EMPTY, np.where(solid, SOLID, OPEN))


@dataclass(frozen=True, slots=True, eq=False)
class _Gathered:
    """What is known of the foreground on the grid of cells: `weight`, and weighted `sums` of R, G, B and of
    the mean square."""

    weight: Floats
    sums: Floats

    @classmethod
    def of(cls, trimap: Trimap, colours: Floats) -> _Gathered:
        weight = _celled((trimap == SOLID).astype(np.uint8) * np.uint8(255)) / np.float32(255)
        return cls(weight, colours * weight[..., None])

    def joined(self, other: _Gathered) -> _Gathered:
        return _Gathered(self.weight + other.weight, self.sums + other.sums)


def _veil_cells(known: Known, colours: Floats) -> _Gathered:
    """Take the colours of veils for known."""
    size = (colours.shape[1], colours.shape[0])
    veil = np.asarray(cv2.resize(known.veil, size, interpolation=cv2.INTER_NEAREST), np.float32)
    weight = (veil[..., 3] > 0).astype(np.float32)
    square = dot(veil[..., :3], veil[..., :3]) / 3 + LEAST_VARIANCE
    return _Gathered(weight, np.dstack([veil[..., :3], square]) * weight[..., None])


def _cell_colours(frame: Rgb8) -> Floats:
    """Give R, G, B and the mean square of each cell."""
    squares = np.asarray(cv2.multiply(frame, frame, dtype=cv2.CV_16U), np.uint16)
    return np.dstack([_celled(frame), summed(_celled(squares)) / np.float32(3)]).astype(np.float32)


def _core_cells(shape: _Shape, gathered: _Gathered) -> _Gathered:
    """Keep what lies deep inside compared with its surroundings: the middle of an arm, but no curl."""
    depth = _celled(shape.depth)
    radius = max(1, int(8 * float(shape.outline.min()) / CELL))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    pure = (depth > CORE * cv2.dilate(depth, disc)) & (gathered.weight > 0.99)
    return _Gathered(gathered.weight * pure, gathered.sums * pure[..., None])


def _moments(gathered: _Gathered) -> Floats:
    """Spread mean (3) and variance (1) of the foreground's colours over the whole grid."""
    known = gathered.sums / np.maximum(gathered.weight, 1e-4)[..., None]
    spread = cv2.GaussianBlur(filled(known, np.clip(gathered.weight, 0, 1)), (0, 0), 1)
    variance = spread[..., 3] - summed(np.square(spread[..., :3])) / 3
    return np.dstack([spread[..., :3], np.maximum(variance, LEAST_VARIANCE)])


def _open_tile(
    study: _Study, shape: _Shape, tile: Tile, moments: Floats, chroma: Floats, trimap: Trimap
) -> None:
    """Open what looks solid but is a blend of the colours deeper inside and the plate: hair."""
    known, box = study.known, tile.inner
    deep = enlarged(known.deep, box, known.size) > 0.5
    claimed = enlarged(known.claimed, box, known.size) > 0.5
    near = shape.depth[box] < REACH * enlarged(shape.outline, box, known.size)
    at = (trimap[box] == SOLID) & ~deep & (near | ~claimed)
    if not at.any():
        return
    pixels = _Pixels.at(study, tile, at, moments)
    mixed = _mixed(pixels) & (~claimed[at] | _tinted(pixels, enlarged(chroma, box, known.size)[at]))
    trimap[box][at] = np.where(mixed, OPEN, SOLID)


@dataclass(frozen=True, slots=True, eq=False)
class _Pixels:
    """Some pixels of a tile, listed: what the camera saw, the plate, its noise, and the colours nearby."""

    frame: Floats
    plate: Floats
    noise: Floats
    mean: Floats
    variance: Floats

    @classmethod
    def at(cls, study: _Study, tile: Tile, where: Mask, moments: Floats) -> _Pixels:
        plate = study.plate[tile.inner][where].astype(np.float32)
        slope = np.square(study.slope[tile.inner][where], dtype=np.float32)
        nearby = enlarged(moments, tile.inner, study.known.size)[where]
        noise = study.noise.mean_variance(plate, slope)
        frame = study.known.frame[tile.inner][where].astype(np.float32)
        return cls(frame, plate, noise, nearby[:, :3], nearby[:, 3])


def _chroma(core: _Gathered, colours: Floats) -> Floats:
    """Spread the variance of the foreground's tint over the whole grid."""
    tint = _tint(colours)
    weight = (core.weight > 0).astype(np.float32)
    values = np.dstack([tint, dot(tint, tint) / 3])
    spread = cv2.GaussianBlur(filled(values, weight), (0, 0), 1)
    return np.maximum(spread[..., 3] - dot(spread[..., :3], spread[..., :3]) / 3, LEAST_VARIANCE)


def _tinted(pixels: _Pixels, variance: Floats) -> Mask:
    """Tell which have some of the plate's tint, of which the dark foreground has less: hair lets it through.

    Brightness alone tells nothing: folds of cloth are as dark and as bright as any blend.
    """
    frame, plate, mean = (_tint(one) for one in (pixels.frame, pixels.plate, pixels.mean))
    line = mean - plate
    length = np.maximum(dot(line, line), 1)
    share = dot(frame - plate, line) / length
    doubt = variance + TINT_FLOOR + pixels.noise
    hairy = (summed(pixels.mean) < 3 * DARK) & (dot(plate, plate) > dot(mean, mean))
    return np.asarray(hairy & (share < 1 - MIX_SIGMAS * np.sqrt(doubt / length)))


def _tint(colours: Floats) -> Floats:
    return np.asarray(colours - (summed(colours) / np.float32(3))[..., None])


def _mixed(pixels: _Pixels) -> Mask:
    line = pixels.mean - pixels.plate
    residual = pixels.frame - pixels.plate
    length = np.maximum(dot(line, line), 1)
    share = dot(residual, line) / length
    beside = (dot(residual, residual) - np.square(share) * length) / 3
    doubt = pixels.variance + MIX_FLOOR + NOISE_WEIGHT * pixels.noise
    return np.asarray((share < 1 - MIX_SIGMAS * np.sqrt(doubt / length)) & (beside < 4 * doubt))


def _alpha(pixels: _Pixels, prior: Floats) -> tuple[Floats, Floats]:
    """Project onto the line from plate to foreground; lean on the prior where that line is short.

    The second answer says how little: 1 where the colours alone decide, 0 where the prior does.
    """
    line = pixels.mean - pixels.plate
    length = dot(line, line)
    along = dot(pixels.frame - pixels.plate, line)
    projected = np.clip(along / np.maximum(length, 1), 0, 1)
    doubt = pixels.variance + NOISE_WEIGHT * pixels.noise
    founded = length / (length + doubt)
    share = np.maximum(prior + founded * (projected - prior), _least(pixels))
    return np.asarray(share, np.float32), founded


def _least(pixels: _Pixels) -> Floats:
    """Give the least alpha with which any colour from black to white, laid over the plate, gives the frame."""
    beyond = pixels.frame - pixels.plate
    room = np.where(beyond > 0, 255 - pixels.plate, pixels.plate)
    sure = np.abs(beyond) - LEAST_SIGMAS * np.sqrt(pixels.noise)[:, None]
    return np.asarray(np.clip((sure / np.maximum(room, LEAST_ROOM)).max(axis=1), 0, 1), np.float32)


def _colours(pixels: _Pixels, alpha: Floats) -> Floats:
    """Give the colours that are likeliest, given alpha, the frame and what is found nearby."""
    share = alpha[:, None]
    rest = pixels.frame - share * pixels.mean - (1 - share) * pixels.plate
    gain = alpha * pixels.variance / (np.square(alpha) * pixels.variance + pixels.noise)
    return np.asarray(np.clip(pixels.mean + gain[:, None] * rest, 0, 255), np.float32)


def _prior(study: _Study, shape: _Shape, tile: Tile, where: Mask) -> Floats:
    """Say how likely a pixel is foreground by how far it strays from the plate, and how deep it lies."""
    outline = enlarged(shape.outline, tile.inner, study.known.size)[where]
    strays = study.strays[tile.inner][where] / np.float32(UNIT)
    changed = np.clip((strays - SAME) / (SURE - SAME), 0, 1)
    veil = enlarged(study.known.veil[..., 3], tile.inner, study.known.size)[where]
    prior = changed * np.clip(shape.depth[tile.inner][where] / outline, 0, 1)
    return np.asarray(np.where(veil > 0, veil, prior), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """The answer while it is being made. `trust` says how well alpha is founded on the colours of a pixel,
    `leaning` what it is where they say nothing: both a byte a pixel."""

    alpha: Alpha
    foreground: Rgb8
    trimap: Trimap
    trust: NDArray[np.uint8]
    leaning: NDArray[np.uint8]


def _lean_tile(study: _Study, shape: _Shape, tile: Tile, draft: _Draft) -> None:
    """Lean on how far a pixel strays from the plate, and how deep it lies."""
    unknown = draft.trimap[tile.inner] == OPEN
    draft.leaning[tile.inner][unknown] = 255 * _prior(study, shape, tile, unknown)


def _lean_on_neighbours(tile: Tile, draft: _Draft) -> None:
    """Lean on the neighbours whose own colours tell."""
    weight = draft.trust[tile.outer] + np.float32(LEAST_TRUST)
    side = (5, 5)
    around = cv2.blur(draft.alpha[tile.outer] * weight, side) / cv2.blur(weight, side)
    draft.leaning[tile.inner] = (255 * np.clip(around, 0, 1))[tile.own]


def _solve_tile(study: _Study, tile: Tile, moments: Floats, draft: _Draft) -> None:
    trimap, alpha = draft.trimap[tile.inner], draft.alpha[tile.inner]
    foreground = draft.foreground[tile.inner]
    unknown = trimap == OPEN
    if not unknown.any():
        return
    pixels = _Pixels.at(study, tile, unknown, moments)
    share, founded = _alpha(pixels, draft.leaning[tile.inner][unknown] * np.float32(1 / 255))
    alpha[unknown] = share
    draft.trust[tile.inner][unknown] = 255 * founded
    foreground[unknown] = _colours(pixels, share) + np.float32(0.5)


def _fill_tile(nearby: Rgb8, tile: Tile, draft: _Draft) -> None:
    """Carry colours on to where nothing of the person is: whoever scales the cut-out will mix them in."""
    gone = (draft.trimap[tile.inner] == EMPTY).astype(np.uint8)
    spread = enlarged(nearby, tile.inner, (draft.alpha.shape[0], draft.alpha.shape[1]))
    draft.foreground[tile.inner] = cv2.copyTo(spread, gone, draft.foreground[tile.inner])


def _look_around(tile: Tile, draft: _Draft, gathered: _Gathered) -> None:
    _lean_on_neighbours(tile, draft)
    _gather_tile(tile, draft, gathered)


def _gather_tile(tile: Tile, draft: _Draft, gathered: _Gathered) -> None:
    alpha = draft.alpha[tile.inner]
    weight = np.where(draft.trimap[tile.inner] == SOLID, np.float32(1), np.where(alpha > 0.6, alpha - 0.5, 0))
    weight = np.asarray(weight, np.float32)
    colours = draft.foreground[tile.inner].astype(np.float32)
    values = np.dstack([colours, dot(colours, colours) / 3]) * weight[..., None]
    gathered.weight[tile.cells] = _celled(weight)
    gathered.sums[tile.cells] = _celled(values)
