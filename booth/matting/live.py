"""The mirror's alpha: found small, solved at the mirror's size along outlines, calm where the scene is still.

Guests are told from the plate at half the mirror's size. In a band along their outlines each pixel is then
unmixed: with the plate B known and the guests' colour F taken from beside it, alpha is where the pixel lies
between the two (Smith and Blinn, "Blue screen matting", SIGGRAPH 1996), as far as noise and the spread of
F's colours allow to say (Chuang et al., "A Bayesian approach to digital matting", CVPR 2001).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Probability, Rgb8, check_rgb
from booth.images import smaller
from booth.matting.fusion import fused
from booth.matting.plate_difference import (
    Fit,
    Floats,
    Views,
    compared,
    fitted,
    light_beside,
    moved,
    small_size,
    softened,
    told_apart,
    view_sigma,
)
from booth.shot import Plate

SIDE = 360
"""Pixels of the longer side at which guests are told from the plate."""

_COARSER = 2 / 3  # share of that side at which a network's help is enough
_BAND = 3  # pixels at SIDE by which hair may leave the mask, and the mask may be too wide
_NEAR = 7  # window in pixels at half of SIDE from which the guests' colours are taken
_LIGHT = 0.03  # share by which light along an outline may be off from that beside it
_SEEN_SHIFT = 0.1  # pixels of the mirror by which the plate may be off before it is moved anew
_LEAST = 4.0  # variance of the guests' colours at least, in 8-bit steps squared
_ALIKE = (0.5, 1.5)  # standard deviations from the plate at which a pixel shows it, and not
_FAR = 255  # stands for the spread of the guests' colours where no guest is near
_UNSURE = 0.35  # standard deviation of the mask's own alpha on an outline
_SURE = 0.1  # the same at the band's rims
_WINDOW = 4  # radius in pixels of the small picture over which alpha follows the guide
_FLAT = 30.0  # variance of the guide, in 8-bit steps squared, below which it says nothing
_CONTRAST = 1.4  # makes up for what the windows soften
_STILL, _MOVING = 3.0, 8.0  # mean change from frame to frame, in 8-bit steps
_CALM = 0.2  # share of a still frame that is taken over
_LAGS = (0.1, 0.3)  # change of alpha, mean of a window, that is no flicker

Bytes = NDArray[np.uint8]
Packed = NDArray[np.uint32]
"""uint32 (H, W): a picture with four bytes a pixel, which travel as one number."""
Indices = NDArray[np.integer[Any]]
Look = Callable[[Rgb8, Plate | None, Fit | None], Probability]
"""What a network says of a small picture; the plate's light and place are found already, where there is one."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Where guests are in a mirror frame, seen small: `likely` float32 (h, w) in [0, 1], of any size.

    By a plate also the factor of `shading` on it, float32 (h, w), the same size, and how it `fit`.
    """

    likely: Probability
    shading: Floats | None = None
    fit: Fit | None = None


class Finder:
    """Finds the guests in one mirror frame after the other, each for itself. Used by one thread."""

    def __init__(self, side: int = SIDE) -> None:
        self._side = side
        self._plates = Views()

    def find(self, image: Rgb8, plate: Plate | None, look: Look | None = None) -> Found:
        """Where the guests are by network, plate, or both.

        Parameters
        ----------
        image : uint8 of shape (H, W, 3), RGB
        plate : Plate or None
            The clean plate of the same proportions; None needs a network.
        look : callable or None
            The network; with a plate both count. None: the plate alone tells.

        Raises
        ------
        ValueError
            If there is neither plate nor network.
        MattingError
            If the plate has other proportions.
        """
        check_rgb(image)
        seen = smaller(image, *small_size(image.shape[0], image.shape[1], self._side))
        if plate is None:
            if look is None:
                raise ValueError("a mirror frame needs a clean plate or a network")
            return Found(look(seen, None, None))
        size = seen.shape[0], seen.shape[1]
        if look is not None:
            size = small_size(image.shape[0], image.shape[1], round(self._side * _COARSER))
        view = self._plates.get(plate, *size)
        small = softened(smaller(image, *size))
        fit = fitted(view, small)
        if look is None:
            mask, shading = told_apart(small, fit, view)
            return Found(mask.astype(np.float32), shading, fit)
        compared_with = compared(small, fit, view)
        likely = fused(_resized(look(seen, plate, fit), *size), compared_with)
        return Found(likely, compared_with.shading, fit)


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """The pixels along outlines, N of them. `at` is where in the picture they are; `seen`, `plate` and
    `guest` are float32 (3, N): their colour, the plate's in the same light, and that of guests beside them;
    `spread` is float32 (N,), the variance of the latter, infinite where no guest is near."""

    at: Indices
    seen: Floats
    plate: Floats
    guest: Floats
    spread: Floats


class LiveMatte:
    """Gives the alpha of one mirror frame after the other. Used by one thread."""

    def __init__(self, side: int = SIDE) -> None:
        self._side = side
        self._placed: tuple[Plate, tuple[int, int], tuple[float, float], Packed] | None = None
        self._before: Bytes | None = None
        self._alpha: Alpha | None = None

    def forget(self) -> None:
        """Start afresh: the camera, the plate or the guests are others now."""
        self._before = self._alpha = None

    def alpha_and_foreground(self, image: Rgb8, plate: Plate | None, found: Found) -> tuple[Alpha, Rgb8]:
        """Where the guests are in a mirror frame, and their colours without the wall's.

        Parameters
        ----------
        image : uint8 of shape (H, W, 3), RGB
        plate : Plate or None
            The one that `found` was found with.
        found : Found
            Where the guests are in this very frame.

        Returns
        -------
        float32 of shape (H, W), in [0, 1]
        uint8 of shape (H, W, 3), RGB, not premultiplied
            The image itself where it shows guests alone, and where there is no plate.
        """
        check_rgb(image)
        height, width = small_size(image.shape[0], image.shape[1], self._side)
        small = np.asarray(cv2.GaussianBlur(smaller(image, height, width), (3, 3), 0.8), np.uint8)
        likely = _resized(found.likely, height, width)
        if plate is None or found.fit is None or found.shading is None:
            grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
            return self._calmed(sharpened(likely, grey), small), image
        solid = (likely > 0.5).astype(np.uint8)
        placed = self._at_full_size(plate, found.fit, image.shape[0], image.shape[1])
        packed = _packed(image)
        band = _band_along(solid, found.shading, small, packed, placed, found.fit.gain)
        noise = view_sigma(plate, height)
        if band is None:
            return self._calmed(_at_size(solid, image.shape), small), image
        alpha = self._calmed(_solved(band, solid, image.shape, noise), small)
        return alpha, _cleaned(packed, alpha, band)

    def _at_full_size(self, plate: Plate, fit: Fit, height: int, width: int) -> Packed:
        """The plate where the camera has it now; it is moved anew only for what can be seen."""
        scale = height / fit.image.shape[0]
        shift = (fit.shift[0] * scale, fit.shift[1] * scale)
        if self._placed is not None:
            of, size, before, image = self._placed
            stays = max(abs(before[0] - shift[0]), abs(before[1] - shift[1])) < _SEEN_SHIFT
            if of is plate and size == (height, width) and stays:
                return image
        image = _packed(np.asarray(moved(smaller(plate.image, height, width), shift), np.uint8))
        self._placed = plate, (height, width), shift, image
        return image

    def _calmed(self, alpha: Alpha, small: Bytes) -> Alpha:
        """Take over a moving place at once and a still one bit by bit, so that outlines do not flicker."""
        grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(small[::2, ::2]), cv2.COLOR_RGB2GRAY), np.uint8)
        if self._before is not None and self._alpha is not None and self._alpha.shape == alpha.shape:
            at = np.flatnonzero(alpha != self._alpha)
            before = self._alpha.ravel().take(at)
            change = alpha.ravel().take(at) - before
            moved_by = np.asarray(cv2.absdiff(grey, self._before), np.uint8)
            share = _share_of_change(moved_by, at, change, alpha.shape)
            alpha.ravel()[at] = before + change * share
        self._before, self._alpha = grey, alpha
        return alpha


def _share_of_change(moved_by: Bytes, at: Indices, change: Floats, shape: tuple[int, ...]) -> Floats:
    """What share of its change each of some pixels of alpha takes over.

    It is found on the coarse grid of `moved_by`, how much each place of the picture has changed.
    """
    motion = np.asarray(cv2.blur(moved_by, (3, 3)), np.float32)
    cells = shape[0] * shape[1] / moved_by.size
    changes = np.bincount(_under(at, shape, moved_by.shape), np.abs(change), moved_by.size) / cells
    lag = cv2.blur(changes.reshape(moved_by.shape).astype(np.float32), (3, 3))
    moves = np.clip((motion - _STILL) / (_MOVING - _STILL), _CALM, 1)
    share = np.maximum(moves, np.clip((lag - _LAGS[0]) / (_LAGS[1] - _LAGS[0]), 0, 1))
    wide = np.asarray(cv2.resize((255 * share).astype(np.uint8), shape[1::-1]), np.uint8)
    return np.asarray(wide.ravel().take(at) * np.float32(1 / 255), np.float32)


def _band_along(
    solid: Bytes, shading: Floats, small: Bytes, image: Packed, placed: Packed, gain: Floats
) -> _Band | None:
    """Gather what is known of the pixels along the outlines of a small mask; None where it has none."""
    reach = np.ones((2 * _BAND + 1,) * 2, np.uint8)
    inner, outer = (np.asarray(grow(solid, reach), np.uint8) for grow in (cv2.erode, cv2.dilate))
    along = cv2.resize(outer - inner, image.shape[::-1], interpolation=cv2.INTER_NEAREST)
    at = np.flatnonzero(along.view(np.bool_))
    if not at.size:
        return None
    beside = _colour_beside(small, inner)
    free = cv2.dilate(solid, np.ones((3, 3), np.uint8))[::2, ::2] == 0
    light = light_beside(np.asarray(cv2.resize(shading, free.shape[::-1]), np.float32), free)
    near = _under(at, image.shape, free.shape)
    *guest, spread = _taken(beside, near)
    plate = np.stack(_taken(placed, at)[:3]) * (gain[:, None] * light.ravel().take(near))
    spread = np.where(spread == _FAR, np.inf, np.square(spread)).astype(np.float32)
    return _Band(at, np.stack(_taken(image, at)[:3]), plate, np.stack(guest), spread)


def _under(at: Indices, shape: tuple[int, ...], field: tuple[int, ...]) -> Indices:
    """Where some pixels of a picture are in a smaller field."""
    at = at.astype(np.int32)
    rows = at // np.int32(shape[1])
    columns = at - rows * np.int32(shape[1])
    down, across = rows * np.int32(field[0]) // np.int32(shape[0]), columns * np.int32(field[1])
    return np.asarray(down * np.int32(field[1]) + across // np.int32(shape[1]), np.intp)


def _packed(image: Rgb8) -> Packed:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA)).view(np.uint32)[..., 0]


def _taken(picture: Packed, at: Indices) -> list[Floats]:
    """The values of each of the four channels at some pixels, float32 (N,)."""
    bytes_ = picture.ravel().take(at).view(np.uint8).reshape(1, -1, 4)
    return [np.asarray(plane.ravel(), np.float32) for plane in cv2.split(bytes_)]


def _colour_beside(small: Bytes, inner: Bytes) -> Packed:
    """The mean colour of the guests around each pixel, and the root of its variance; _FAR where none is near.

    They are looked for on every second pixel and row, as they differ little from place to place.
    """
    weight = np.ascontiguousarray(inner[::2, ::2])
    window, third = (_NEAR,) * 2, np.full((1, 3), 1 / 3, np.float32)
    held = cv2.copyTo(np.ascontiguousarray(small[::2, ::2]), weight).astype(np.float32)
    counted = np.maximum(cv2.blur(weight.astype(np.float32), window), 1e-6)
    mean = cv2.multiply(cv2.blur(held, window), cv2.merge([1 / counted] * 3))
    power = cv2.blur(cv2.transform(cv2.multiply(held, held), third), window) / counted
    spread = np.sqrt(np.maximum(power - cv2.transform(cv2.multiply(mean, mean), third), _LEAST))
    told = np.where(counted > 1e-3, np.minimum(np.rint(spread), _FAR - 1), _FAR).astype(np.uint8)
    colour = np.clip(np.rint(mean), 0, 255).astype(np.uint8)
    return np.asarray(cv2.merge([*cv2.split(colour), told])).view(np.uint32)[..., 0]


def _solved(band: _Band, solid: Bytes, shape: tuple[int, ...], noise: float) -> Alpha:
    """Alpha at full size: the mask, and in the band the best guess from mask and colours together."""
    size = shape[1::-1]
    guess, wide = (
        cv2.resize(cv2.blur(solid * np.uint8(255), (window,) * 2), size).ravel().take(band.at)
        * np.float32(1 / 255)
        for window in (3, 2 * _BAND + 1)
    )
    doubt = np.square(_SURE + (_UNSURE - _SURE) * 4 * wide * (1 - wide))
    way = band.guest - band.plate
    length = _products(way, way) + 1e-3
    along = _products(band.seen - band.plate, way) / length
    variance = np.float32(noise**2) + np.float32(_LIGHT**2 / 3) * _products(band.plate, band.plate)
    told = length / (variance + np.square(np.clip(along, 0.05, 1)) * band.spread)
    _take_out_the_plate(guess, band, variance)
    best = (guess / doubt + np.clip(along, -0.05, 1.05) * told) / (1 / doubt + told)
    alpha = _at_size(solid, shape)
    alpha.ravel()[band.at] = np.clip(best, 0, 1)
    return alpha


def _take_out_the_plate(guess: Floats, band: _Band, variance: Floats) -> None:
    """Where no colour of guests is known, as beside what is thin, what shows the plate as noise lets it is no guest."""
    at = np.flatnonzero(np.isinf(band.spread))
    off = band.seen[:, at] - band.plate[:, at]
    away = np.sqrt(_products(off, off) / (3 * variance[at]))
    guess[at] *= np.clip((away - _ALIKE[0]) / (_ALIKE[1] - _ALIKE[0]), 0, 1)


def _at_size(solid: Bytes, shape: tuple[int, ...]) -> Alpha:
    return np.asarray(cv2.resize(solid, shape[1::-1], interpolation=cv2.INTER_NEAREST), np.float32)


def _products(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("cn,cn->n", one, other), np.float32)


def _cleaned(image: Packed, alpha: Alpha, band: _Band) -> Rgb8:
    """The picture with the wall's share taken out of the colours along outlines; `image` is written to.

    F = (I - (1 - alpha) B) / alpha; the less alpha, the more that would be noise, and the more the colour
    beside stands in.
    """
    share = alpha.ravel().take(band.at)
    pure = (band.seen - (1 - share) * band.plate) / np.maximum(share, 0.05)
    trust = np.where(np.isfinite(band.spread), share / (share + 0.15 * (1 - share)), 1)
    colours = np.clip(band.guest + trust * (np.clip(pure, 0, 255) - band.guest), 0, 255)
    planes = np.rint(colours).astype(np.uint8)
    image.ravel()[band.at] = np.asarray(cv2.merge([*planes, planes[0]])).view(np.uint32).ravel()
    return np.asarray(cv2.cvtColor(image[..., None].view(np.uint8), cv2.COLOR_RGBA2RGB), np.uint8)


def sharpened(likely: Probability, guide: NDArray[np.uint8]) -> Alpha:
    """Bring a small mask to the size of a guide, with its outlines where the guide's are.

    The fast guided filter (He and Sun 2015): alpha is a linear function of the guide within each window.

    Parameters
    ----------
    likely : float32 of shape (h, w), in [0, 1]
    guide : uint8 of shape (H, W), larger, with the same proportions

    Returns
    -------
    float32 of shape (H, W), in [0, 1]
    """
    # its noise would be alpha's flicker
    guide = np.asarray(cv2.GaussianBlur(guide, (3, 3), 0), np.uint8)
    high, wide = likely.shape
    small = smaller(guide, high, wide).astype(np.float32)
    window = (2 * _WINDOW + 1,) * 2
    mean, mask = cv2.blur(small, window), cv2.blur(likely, window)
    variance = cv2.blur(small * small, window) - mean * mean
    slope = (cv2.blur(small * likely, window) - mean * mask) / (variance + _FLAT)
    offset = cv2.blur(mask - slope * mean, window)
    size = (guide.shape[1], guide.shape[0])
    fine = cv2.multiply(cv2.resize(cv2.blur(slope, window), size), guide, dtype=cv2.CV_32F)
    alpha = cv2.add(fine, cv2.resize(offset, size))
    return np.asarray(np.clip(alpha * _CONTRAST + (1 - _CONTRAST) / 2, 0, 1), np.float32)


def _resized(probability: Probability, height: int, width: int) -> Probability:
    if probability.shape == (height, width):
        return probability
    return np.asarray(cv2.resize(probability, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
