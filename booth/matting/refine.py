"""From a coarse mask to a full-resolution alpha and clean foreground colours."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import (
    Alpha,
    Mask,
    Probability,
    Rgb8,
    Trimap,
    check_alpha,
    check_rgb,
    check_same_size,
    read_only,
)
from booth.matting.background import Prior, prior_from, prior_within, scene_behind
from booth.matting.corrections import corrected
from booth.matting.known import EMPTY, OPEN, SOLID, Solution, solved
from booth.matting.registration import registered
from booth.matting.study import Known
from booth.matting.unknown import guessed, resolved
from booth.matting.veils import veils_over
from booth.shot import Plate

Box = tuple[slice, slice]
Array = TypeVar("Array", NDArray[np.uint8], NDArray[np.float32])

SMALL = 480
"""Longer side, in pixels, of the picture on which the scene is understood."""
EDGE = 0.002
"""Width of a solid body's outline, as a share of the longer side of the picture: the lens draws it."""
NARROWEST = 3.0
"""The same in pixels at least: no demosaiced edge is sharper."""
TOUCHING = 0.02
"""Share of the mask that a changed region must hold to be a person's."""
LEAST_SHARE = 0.6
MOST_BEYOND = 0.4
"""Props reach beyond the mask; what is larger than this share of it is no prop."""
MOST_OF_FAR = 0.2
"""Nor is what covers more than this share of the wall that is left."""


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """The refined cut-out. `foreground` is not premultiplied; `used_plate` says whether the plate fitted;
    `timings` holds the seconds of each stage."""

    alpha: Alpha
    foreground: Rgb8
    trimap: Trimap
    used_plate: bool
    timings: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Crop:
    """A box of the small picture and the same box at full size."""

    small: tuple[slice, slice]
    full: tuple[slice, slice]

    @property
    def size(self) -> tuple[int, int]:
        rows, columns = self.full
        return columns.stop - columns.start, rows.stop - rows.start

    def part(self, box: Box) -> Box:
        """Give a box of the crop as a box of the picture."""
        down, across = self.full[0].start, self.full[1].start
        rows, columns = box
        return (
            slice(rows.start + down, rows.stop + down),
            slice(columns.start + across, columns.stop + across),
        )


class _Clock:
    """Collects the seconds between its calls under their names."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stop(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now


def refine(image: Rgb8, probability: Probability, plate: Plate | None) -> Matte:
    """Solve for alpha and foreground.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    probability : float32 of shape (H, W), in [0, 1]: the coarse soft mask
    plate : the clean plate at the image's size, or None

    Returns
    -------
    Matte
        Of the image's size. A plate that does not fit the picture is left out (`used_plate`).

    Raises
    ------
    ValueError
        If a type, range or size is off.
    """
    check_rgb(image)
    check_alpha(probability, "probability")
    check_same_size(image=image, probability=probability)
    if plate is not None:
        check_same_size(image=image, plate=plate.image)
    clock = _Clock()
    prior = prior_from(_small(probability))
    if not prior.likely.any():
        return _nobody(image, clock)
    if plate is not None:
        matte = _with_plate(image, prior, plate, clock)
        if matte is not None:
            return matte
    return _without_plate(image, prior, clock)


def refine_within(image: Rgb8, trimap: Trimap, plate: Plate | None) -> Matte:
    """Solve for alpha and foreground where a trimap leaves them open, and keep to it elsewhere.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    trimap : uint8 of shape (H, W): 0 background, 128 unknown, 255 foreground
    plate : the clean plate at the image's size, or None

    Returns
    -------
    Matte
        Of the image's size; its trimap leaves open what the plate has not settled of the one given. A plate
        that does not fit the picture is left out (`used_plate`).

    Raises
    ------
    ValueError
        If a type, value or size is off.
    """
    check_rgb(image)
    _check_trimap(trimap)
    check_same_size(image=image, trimap=trimap)
    if plate is not None:
        check_same_size(image=image, plate=plate.image)
    clock = _Clock()
    prior = prior_within(_small(trimap))
    if not prior.likely.any():
        return _nobody(image, clock)
    matte = None if plate is None else _with_plate(image, prior, plate, clock, trimap)
    return matte or _without_plate(image, prior, clock, trimap)


def _check_trimap(trimap: Trimap) -> None:
    if trimap.dtype != np.uint8 or trimap.ndim != 2 or trimap.size == 0:
        raise ValueError(f"trimap is {trimap.dtype} {trimap.shape}, expected uint8 (H, W)")
    others = set(np.flatnonzero(np.bincount(trimap.ravel(), minlength=256)).tolist()) - {EMPTY, OPEN, SOLID}
    if others:
        raise ValueError(f"trimap holds {sorted(others)}, expected {EMPTY}, {OPEN} and {SOLID} only")


def _with_plate(
    image: Rgb8, prior: Prior, plate: Plate, clock: _Clock, given: Trimap | None = None
) -> Matte | None:
    registration = registered(plate.image, image, prior.far)
    clock.stop("register")
    behind = registration.applied(_small(plate.image))
    frame = _small(image).astype(np.float32)
    scene = scene_behind(frame, behind.astype(np.float32), prior)
    clock.stop("background")
    if not scene.fits:
        return None
    person = _touching(~scene.shown, prior.likely)
    crop = _crop_around(person | prior.likely if given is None else ~prior.far, image.shape[:2])
    deep = prior.deep & scene.claimed
    seen, still = frame[crop.small], behind[crop.small] * scene.light[crop.small]
    solution = solved(
        Known(
            np.ascontiguousarray(image[crop.full]),
            lambda box: registration.applied(plate.image, crop.part(box)),
            scene.light[crop.small],
            scene.shown[crop.small].astype(np.float32),
            person[crop.small].astype(np.float32),
            scene.claimed[crop.small].astype(np.float32),
            deep[crop.small].astype(np.float32),
            veils_over(seen, still, scene.shown[crop.small], deep[crop.small], prior.likely[crop.small]),
            max(NARROWEST, EDGE * max(image.shape[:2])),
            None if given is None else given[crop.full],
        )
    )
    clock.stop("solve")
    if not _is_plausible(solution.alpha, crop, prior):
        return None
    return _matte(image, crop, solution, True, clock)


def _is_plausible(alpha: Alpha, crop: _Crop, prior: Prior) -> bool:
    """Tell whether the matte holds the mask and little far from it: a moved sofa or a lamp is no guest."""
    far = prior.far[crop.small]
    small = cv2.resize(alpha, (far.shape[1], far.shape[0]), interpolation=cv2.INTER_AREA)
    expected = float(prior.probability.sum(dtype=np.float64))
    near, beyond = float(small[~far].sum(dtype=np.float64)), float(small[far].sum(dtype=np.float64))
    most = min(MOST_BEYOND * expected, MOST_OF_FAR * float(prior.far.sum()))
    return near > LEAST_SHARE * expected and beyond <= most


def _without_plate(image: Rgb8, prior: Prior, clock: _Clock, given: Trimap | None = None) -> Matte:
    crop = _crop_around(~prior.far, image.shape[:2])
    frame = _small(image)[crop.small].astype(np.float32)
    guess = guessed(frame, corrected(prior.probability)[crop.small], prior.rim)
    clock.stop("colours")
    alpha, foreground = resolved(image[crop.full], frame, guess, 1)
    trimap = _trimap(alpha > 0.95, alpha < 0.05)
    if given is not None:
        trimap = np.where(given[crop.full] == OPEN, trimap, given[crop.full])
        alpha = np.where(given[crop.full] == OPEN, alpha, given[crop.full] / np.float32(SOLID))
        foreground = np.where((given[crop.full] == SOLID)[..., None], image[crop.full], foreground)
    clock.stop("solve")
    return _matte(image, crop, Solution(alpha, foreground, trimap), False, clock)


def _matte(image: Rgb8, crop: _Crop, solution: Solution, used_plate: bool, clock: _Clock) -> Matte:
    alpha = np.zeros(image.shape[:2], np.float32)
    alpha[crop.full] = solution.alpha
    trimap = np.zeros(image.shape[:2], np.uint8)
    trimap[crop.full] = solution.trimap
    foreground = image.copy()
    foreground[crop.full] = solution.foreground
    clock.stop("hand over")
    return Matte(read_only(alpha), read_only(foreground), read_only(trimap), used_plate, clock.seconds)


def _nobody(image: Rgb8, clock: _Clock) -> Matte:
    size = image.shape[:2]
    clock.stop("nobody")
    return Matte(
        read_only(np.zeros(size, np.float32)),
        read_only(image),
        read_only(np.zeros(size, np.uint8)),
        False,
        clock.seconds,
    )


def _trimap(solid: Mask, empty: Mask) -> Trimap:
    return np.where(solid, np.uint8(255), np.where(empty, np.uint8(0), np.uint8(128)))


def _touching(changed: Mask, likely: Mask) -> Mask:
    """Keep what changed where it is joined to a person: props stay, a passer-by's shadow does not."""
    count, labels = cv2.connectedComponents(changed.astype(np.uint8), connectivity=8)
    hits = np.bincount(labels[likely], minlength=count)
    kept = hits > TOUCHING * int(likely.sum())
    kept[0] = False
    return np.asarray(kept[labels])


def _crop_around(mask: Mask, full: tuple[int, int]) -> _Crop:
    """Give the box of a mask with a margin, in the small picture and at full size."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    margin = 4
    top, bottom = max(0, int(rows[0]) - margin), min(height, int(rows[-1]) + 1 + margin)
    left, right = max(0, int(columns[0]) - margin), min(width, int(columns[-1]) + 1 + margin)
    down, across = full[0] / height, full[1] / width
    return _Crop(
        (slice(top, bottom), slice(left, right)),
        (slice(round(top * down), round(bottom * down)), slice(round(left * across), round(right * across))),
    )


def _small(picture: Array) -> Array:
    height, width = picture.shape[:2]
    factor = max(1.0, max(height, width) / SMALL)
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    return cast(Array, cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
