"""Alpha and foreground where the background is known: I = a F + (1 - a) B, solved for a and F in turn.

The trimap is made here too: solid where the frame strays from the plate deep enough inside, open along
outlines, in hair and in veils.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8, Trimap
from booth.matting.cells import LEAST_VARIANCE, Gathered, cell_colours, celled, chroma_of, moments_of
from booth.matting.channels import dot, summed
from booth.matting.spots import (
    DARK,
    Paint,
    Places,
    Seen,
    Spots,
    colours_of,
    least_share,
    mixed,
    share_of,
    tinted,
)
from booth.matting.study import SAME, UNIT, Known, Study, studied
from booth.matting.tiles import CELL, Tile, each, enlarged

Floats = NDArray[np.float32]

CHANGED = 6.0
SURE = 15.0
LEAST_TRUST = 12.0
REACH = 12.0
"""How deep hair lets the plate through, in widths of the outline."""
TURNS = 2
CORE = 0.6
"""Depth from which colours are pure, as a share of the depth found nearby."""
PURE = 0.6
"""Alpha from which a pixel's colour counts for those around."""
EMPTY, OPEN, SOLID = 0, 128, 255


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """alpha float32 (H, W), foreground uint8 (H, W, 3), trimap uint8 (H, W)."""

    alpha: Alpha
    foreground: Rgb8
    trimap: Trimap


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """The open pixels: `leaning` is what alpha is where the colours say nothing."""

    spots: Spots
    seen: Seen
    leaning: Floats


def solved(known: Known) -> Solution:
    """Solve a crop for alpha and foreground."""
    study = studied(known)
    trimap, solid = _trimap(study)
    known_colours = solid.joined(_veil_cells(known, solid))
    alpha = (trimap == SOLID).astype(np.float32)
    pixels = _open_pixels(study, trimap)
    moments = moments_of(known_colours)
    for turn in range(TURNS):
        paint = Paint.at(pixels.spots, moments)
        share, founded = _solved_once(pixels, paint)
        alpha.ravel()[pixels.spots.place] = share
        colours = colours_of(pixels.seen, paint, share)
        if turn < TURNS - 1:
            moments = moments_of(_with_pure(known_colours, pixels.spots, share, colours))
            pixels.leaning[:] = _around(study.tiles, pixels.spots, alpha, founded)
    foreground = _carried_on(known.frame, moments, trimap)
    foreground.reshape(-1, 3)[pixels.spots.place] = colours + np.float32(0.5)
    return Solution(alpha, foreground, trimap)


def _trimap(study: Study) -> tuple[Trimap, Gathered]:
    """Sort the pixels; give what is known of the solid ones' colours as well."""
    frame, given = study.known.frame, study.known.given
    trimap = np.asarray(np.where(study.person >= 128, np.uint8(SOLID), np.uint8(EMPTY)))
    each(lambda tile: _sort_tile(study, tile, trimap), study.tiles)
    colours = cell_colours(frame)
    core = _core_cells(study, Gathered.whole(_is(trimap, SOLID), colours))
    moments, chroma = moments_of(core), chroma_of(core)
    dark = _maybe_dark(moments)
    for found in each(lambda tile: _mixed_in(study, tile, moments, chroma, dark, trimap), study.tiles):
        trimap.ravel()[found] = OPEN
    if given is not None:
        trimap = np.where(given == OPEN, trimap, given)
    solid = _is(trimap, SOLID)
    return trimap, Gathered.whole(solid, colours).exact(solid, frame)


def _is(trimap: Trimap, which: int) -> NDArray[np.uint8]:
    """Give 255 where a trimap says so."""
    return np.where(trimap == which, np.uint8(255), np.uint8(0))


def _sort_tile(study: Study, tile: Tile, trimap: Trimap) -> None:
    known, box = study.known, tile.inner
    shown, claimed, depth, strays = (
        one[box] for one in (study.shown, study.claimed, study.depth, study.strays)
    )
    outline = enlarged(study.outline, box, known.size)
    solid = ((depth > outline) & (strays > CHANGED * UNIT)) | ((claimed >= 128) & (depth > 2 * outline))
    if known.has_veil:
        solid &= enlarged(known.veil[..., 3], box, known.size) == 0
    empty = ((shown >= 128) & (strays < SAME * UNIT)) | (shown >= 250) | (study.person[box] == 0)
    trimap[box] = np.where(empty, np.uint8(EMPTY), np.where(solid, np.uint8(SOLID), np.uint8(OPEN)))


def _veil_cells(known: Known, solid: Gathered) -> Gathered:
    """Take the colours of veils for known."""
    size = solid.weight.shape[::-1]
    veil = np.asarray(cv2.resize(known.veil, size, interpolation=cv2.INTER_NEAREST), np.float32)
    weight = (veil[..., 3] > 0).astype(np.float32)
    square = dot(veil[..., :3], veil[..., :3]) / 3 + LEAST_VARIANCE
    return Gathered(weight, np.dstack([veil[..., :3], square]) * weight[..., None])


def _core_cells(study: Study, gathered: Gathered) -> Gathered:
    """Keep what lies deep inside compared with its surroundings: the middle of an arm, but no curl."""
    depth = celled(study.depth)
    radius = max(1, int(8 * float(study.outline.min()) / CELL))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return gathered.kept((depth > CORE * cv2.dilate(depth, disc)) & (gathered.weight > 0))


def _maybe_dark(moments: Floats) -> NDArray[np.uint8]:
    """Tell in which cells some pixel's paint may be dark enough for hair."""
    dark = (summed(moments) < 3 * DARK).astype(np.uint8)
    return np.asarray(cv2.dilate(dark, np.ones((5, 5), np.uint8)), np.uint8)


def _mixed_in(
    study: Study, tile: Tile, moments: Floats, chroma: Floats, dark: NDArray[np.uint8], trimap: Trimap
) -> Places:
    """Find what looks solid but is a blend of the colours deeper inside and the plate: hair."""
    box, size = tile.inner, study.known.size
    near = study.depth[box] < REACH * enlarged(study.outline, box, size)
    solid = (trimap[box] == SOLID) & (study.deep[box] < 128)
    shape = (near.shape[1], near.shape[0])
    hairy = cv2.resize(dark[tile.cells], shape, interpolation=cv2.INTER_NEAREST) > 0
    unclaimed = study.claimed[box] < 128
    spots = Spots.within(solid & (unclaimed | (near & hairy)), box, size)
    seen, paint = study.seen(spots), Paint.at(spots, moments)
    blended = np.flatnonzero(mixed(seen, paint))
    spots, seen, paint = spots.some(blended), seen.some(blended), paint.some(blended)
    opened = (spots.of(study.claimed) < 128) | tinted(seen, paint, spots.enlarged(chroma))
    return spots.place[opened]


def _open_pixels(study: Study, trimap: Trimap) -> _Open:
    """List the open pixels; lean on how far they stray from the plate, and how deep they lie."""
    spots = Spots(np.flatnonzero(trimap == OPEN), study.known.size)
    strays = spots.of(study.strays) / np.float32(UNIT)
    changed = np.clip((strays - SAME) / (SURE - SAME), 0, 1)
    leaning = changed * np.clip(spots.of(study.depth) / spots.enlarged(study.outline), 0, 1)
    if study.known.has_veil:
        veil = spots.enlarged(study.known.veil[..., 3])
        leaning = np.where(veil > 0, veil, leaning)
    return _Open(spots, study.seen(spots), leaning.astype(np.float32))


def _solved_once(pixels: _Open, paint: Paint) -> tuple[Floats, Floats]:
    """Give alpha, and how well it is founded on the pixels' own colours."""
    projected, founded = share_of(pixels.seen, paint)
    share = pixels.leaning + founded * (projected - pixels.leaning)
    return np.maximum(share, least_share(pixels.seen)), founded


def _with_pure(gathered: Gathered, spots: Spots, alpha: Floats, colours: Floats) -> Gathered:
    """Add the colours of the open pixels that are nearly solid."""
    pure = np.flatnonzero(alpha > PURE)
    weight = alpha[pure] - np.float32(0.5)
    return gathered.more(spots.place[pure], spots.size[1], weight, colours[pure])


def _around(tiles: list[Tile], spots: Spots, alpha: Alpha, founded: Floats) -> Floats:
    """Lean on the neighbours whose own colours tell."""
    trust = np.full(alpha.shape, 255, np.uint8)
    trust.ravel()[spots.place] = 255 * founded
    mean = np.empty(alpha.shape, np.uint8)

    def look(tile: Tile) -> None:
        weight = trust[tile.outer] + np.float32(LEAST_TRUST)
        around = cv2.blur(alpha[tile.outer] * weight, (5, 5)) / cv2.blur(weight, (5, 5))
        mean[tile.inner] = np.clip(around[tile.own], 0, 1) * 255

    each(look, tiles)
    return spots.of(mean) * np.float32(1 / 255)


def _carried_on(frame: Rgb8, moments: Floats, trimap: Trimap) -> Rgb8:
    """Carry colours on to where nothing of the person is: whoever scales the cut-out will mix them in."""
    nearby = np.asarray(np.clip(moments[..., :3], 0, 255), np.uint8)
    spread = cv2.resize(nearby, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.copyTo(frame, trimap, spread), np.uint8)
