"""The mirror's alpha: found small, solved at the mirror's size along outlines, calm where the scene is still.

Guests are told from the plate at half the mirror's size. In a band along their outlines each pixel is then
unmixed: with the plate B known and the guests' colour F taken from beside it, alpha is where the pixel lies
between the two (Smith and Blinn, "Blue screen matting", SIGGRAPH 1996), as far as noise and the spread of
F's colours allow to say (Chuang et al., "A Bayesian approach to digital matting", CVPR 2001).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Mask, Probability, Rgb8, check_rgb
from booth.matting.fusion import fused
from booth.matting.plate_difference import (
    Fit,
    Floats,
    View,
    Views,
    compared,
    fitted,
    light_around,
    moved,
    shrunk,
    small_size,
    softened,
    told_apart,
)
from booth.shot import Plate

SIDE = 360
"""Pixels of the longer side at which guests are told from the plate."""

_COARSER = 2 / 3  # share of that side at which a network's help is enough
_BAND = 3  # pixels at SIDE by which hair may leave the mask, and the mask may be too wide
_NEAR = 15  # window in pixels at SIDE from which the guests' colours are taken
_LIGHT = 0.03  # share by which light along an outline may be off from that beside it
_SEEN_SHIFT = 0.1  # pixels of the mirror by which the plate may be off before it is moved anew
_LEAST = 4.0  # variance of the guests' colours at least, in 8-bit steps squared
_UNSURE = 0.35  # standard deviation of the mask's own alpha on an outline
_SURE = 0.1  # the same at the band's rims
_WINDOW = 4  # radius in pixels of the small picture over which alpha follows the guide
_FLAT = 30.0  # variance of the guide, in 8-bit steps squared, below which it says nothing
_CONTRAST = 1.4  # makes up for what the windows soften
_STILL, _MOVING = 3.0, 8.0  # mean change from frame to frame, in 8-bit steps
_CALM = 0.2  # share of a still frame that is taken over
_LAGS = (0.1, 0.3)  # change of alpha, mean of a window, that is no flicker

Indices = NDArray[np.integer[Any]]


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
        self._plates = Views()
        self._placed: tuple[Plate, tuple[int, int], tuple[float, float], Rgb8] | None = None
        self._before: Floats | None = None
        self._alpha: Alpha | None = None

    def forget(self) -> None:
        """Start afresh: the camera, the plate or the guests are others now."""
        self._before = self._alpha = None

    def alpha(self, image: Rgb8, plate: Plate | None, probability: Probability | None = None) -> Alpha:
        """Give the alpha of a mirror frame alone; see `alpha_and_foreground`."""
        return self.alpha_and_foreground(image, plate, probability)[0]

    def alpha_and_foreground(
        self, image: Rgb8, plate: Plate | None, probability: Probability | None = None
    ) -> tuple[Alpha, Rgb8]:
        """Where the guests are in a mirror frame, and their colours without the wall's.

        Parameters
        ----------
        image : uint8 of shape (H, W, 3), RGB
        plate : Plate or None
            The clean plate of the same proportions; None needs a `probability`.
        probability : float32 of any (h, w) with the same proportions, in [0, 1], or None
            What a network found in this frame; with a plate both count. None: the plate alone tells.

        Returns
        -------
        float32 of shape (H, W), in [0, 1]
        uint8 of shape (H, W, 3), RGB, not premultiplied
            The image itself where it shows guests alone, and where there is no plate.

        Raises
        ------
        ValueError
            If there is neither plate nor probability.
        MattingError
            If the plate has other proportions.
        """
        check_rgb(image)
        if plate is None and probability is None:
            raise ValueError("a mirror frame needs a clean plate or a probability")
        height, width = small_size(image.shape[0], image.shape[1], self._side)
        small = softened(shrunk(image, height, width))
        if plate is None:
            likely = _resized(probability, height, width)  # type: ignore[arg-type]
            grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
            return self._calmed(sharpened(likely, grey), small), image
        view = self._plates.get(plate, height, width)
        if probability is None:
            fit = fitted(view, small)
            mask, shading = told_apart(small, fit, view)
        else:
            fit, mask, shading = self._both(image, plate, probability, height, width)
        placed = self._at_full_size(plate, fit, image.shape[0], image.shape[1], height)
        band = _band_along(mask, shading, small, image, placed, fit.gain)
        alpha = self._calmed(_solved(band, mask, image, view), small)
        return alpha, _cleaned(image, alpha, band)

    def _both(
        self, image: Rgb8, plate: Plate, probability: Probability, height: int, width: int
    ) -> tuple[Fit, Mask, Floats]:
        """What network and plate say together, found on a coarser grid, where the network's own grid is."""
        size = small_size(image.shape[0], image.shape[1], round(self._side * _COARSER))
        view = self._plates.get(plate, *size)
        small = softened(shrunk(image, *size))
        fit = fitted(view, small)
        seen = compared(small, fit, view)
        likely = fused(_resized(probability, *size), seen)
        shift = fit.shift[0] * height / size[0], fit.shift[1] * width / size[1]
        mask = _resized(likely, height, width) > 0.5
        return replace(fit, shift=shift), mask, _resized(seen.shading, height, width)

    def _at_full_size(self, plate: Plate, fit: Fit, height: int, width: int, small_height: int) -> Rgb8:
        """The plate where the camera has it now; it is moved anew only for what can be seen."""
        scale = height / small_height
        shift = (fit.shift[0] * scale, fit.shift[1] * scale)
        if self._placed is not None:
            of, size, before, image = self._placed
            stays = max(abs(before[0] - shift[0]), abs(before[1] - shift[1])) < _SEEN_SHIFT
            if of is plate and size == (height, width) and stays:
                return image
        image = np.asarray(moved(shrunk(plate.image, height, width), shift), np.uint8)
        self._placed = plate, (height, width), shift, image
        return image

    def _calmed(self, alpha: Alpha, small: Floats) -> Alpha:
        """Take over a moving place at once and a still one bit by bit, so that outlines do not flicker."""
        grey = np.asarray(cv2.transform(small, np.full((1, 3), 1 / 3, np.float32)), np.float32)
        if self._before is not None and self._alpha is not None and self._alpha.shape == alpha.shape:
            motion = cv2.blur(cv2.absdiff(grey, self._before), (7, 7))
            share = np.clip((motion - _STILL) / (_MOVING - _STILL), _CALM, 1)
            change = cv2.subtract(alpha, self._alpha)
            lag = cv2.blur(np.abs(cv2.resize(change, share.shape[::-1])), (5, 5))
            share = np.maximum(share, np.clip((lag - _LAGS[0]) / (_LAGS[1] - _LAGS[0]), 0, 1))
            share = cv2.resize(share, alpha.shape[::-1])
            alpha = np.asarray(cv2.add(self._alpha, cv2.multiply(change, share)), np.float32)
        self._before, self._alpha = grey, alpha
        return alpha


def _band_along(mask: Mask, shading: Floats, small: Floats, image: Rgb8, placed: Rgb8, gain: Floats) -> _Band:
    """Gather what is known of the pixels along the outlines of a small mask."""
    solid = mask.astype(np.uint8)
    reach = np.ones((2 * _BAND + 1,) * 2, np.uint8)
    inner, outer = (np.asarray(grow(solid, reach), np.uint8) for grow in (cv2.erode, cv2.dilate))
    along = cv2.resize(outer - inner, image.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    at = np.flatnonzero(along.view(np.bool_))
    guest, spread = _colour_beside(small, inner)
    light = light_around(shading, cv2.dilate(solid, np.ones((3, 3), np.uint8)) == 0)
    rows, columns = np.divmod(at.astype(np.int32), np.int32(image.shape[1]))
    near, nearest = (_under(rows, columns, image, field) for field in (light, spread))
    plate = _taken(placed, at) * (gain[:, None] * _taken(light, near))
    return _Band(at, _taken(image, at), plate, _taken(guest, nearest), _taken(spread, nearest)[0])


def _under(rows: Indices, columns: Indices, image: Rgb8, field: Floats) -> Indices:
    """Where pixels of the picture are in a smaller field."""
    height, width = field.shape
    down, across = rows * height // image.shape[0], columns * width // image.shape[1]
    return np.asarray(down * width + across, np.intp)


def _taken(picture: NDArray[np.uint8] | Floats, at: Indices) -> Floats:
    """The values at some pixels, float32 (channels, N): numpy is quick along rows, not along colours."""
    if picture.dtype == np.uint8:
        # four bytes travel as one number
        packed = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA)).view(np.uint32).ravel().take(at)
        return np.ascontiguousarray(packed.view(np.uint8).reshape(-1, 4)[:, :3].T).astype(np.float32)
    return np.stack([plane.ravel().take(at) for plane in cv2.split(picture)])


def _colour_beside(small: Floats, inner: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """The mean colour of the guests around each pixel, and its variance; infinite where none is near.

    They are looked for on every second pixel and row, as they differ little from place to place.
    """
    pixels, weight = np.ascontiguousarray(small[::2, ::2]), np.ascontiguousarray(inner[::2, ::2])
    window = (_NEAR // 2 | 1,) * 2
    third = np.full((1, 3), 1 / 3, np.float32)
    held = cv2.copyTo(pixels, weight)
    counted = np.maximum(cv2.blur(weight.astype(np.float32), window), 1e-6)
    mean = cv2.multiply(cv2.blur(held, window), cv2.merge([1 / counted] * 3))
    power = cv2.blur(cv2.transform(cv2.multiply(held, held), third), window) / counted
    spread = np.maximum(power - cv2.transform(cv2.multiply(mean, mean), third), _LEAST)
    return np.asarray(mean, np.float32), np.where(counted > 1e-3, spread, np.inf).astype(np.float32)


def _solved(band: _Band, mask: Mask, image: Rgb8, view: View) -> Alpha:
    """Alpha at full size: the mask, and in the band the best guess from mask and colours together."""
    size = image.shape[1::-1]
    solid = mask.astype(np.float32)
    alpha = np.asarray(cv2.resize(cv2.blur(solid, (3, 3)), size), np.float32)
    wide = cv2.resize(cv2.blur(solid, (2 * _BAND + 1,) * 2), size).ravel().take(band.at)
    guess = alpha.ravel().take(band.at)
    doubt = np.square(_SURE + (_UNSURE - _SURE) * 4 * wide * (1 - wide))
    way = band.guest - band.plate
    length = _products(way, way) + 1e-3
    along = _products(band.seen - band.plate, way) / length
    noise = view.sigma**2 + _LIGHT**2 / 3 * _products(band.plate, band.plate)
    told = length / (noise + np.square(np.clip(along, 0.05, 1)) * band.spread)
    best = (guess / doubt + np.clip(along, -0.05, 1.05) * told) / (1 / doubt + told)
    alpha.ravel()[band.at] = np.clip(best, 0, 1)
    return alpha


def _products(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("cn,cn->n", one, other), np.float32)


def _cleaned(image: Rgb8, alpha: Alpha, band: _Band) -> Rgb8:
    """The picture with the wall's share taken out of the colours along outlines.

    F = (I - (1 - alpha) B) / alpha; the less alpha, the more that would be noise, and the more the colour
    beside stands in.
    """
    share = alpha.ravel()[band.at]
    pure = (band.seen - (1 - share) * band.plate) / np.maximum(share, 0.05)
    trust = np.where(np.isfinite(band.spread), share / (share + 0.15 * (1 - share)), 1)
    colours = np.clip(band.guest + trust * (np.clip(pure, 0, 255) - band.guest), 0, 255)
    planes = [plane.copy() for plane in cv2.split(image)]
    for plane, values in zip(planes, np.rint(colours).astype(np.uint8), strict=True):
        plane.ravel()[band.at] = values
    return np.asarray(cv2.merge(planes), np.uint8)


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
    small = shrunk(guide, high, wide).astype(np.float32)
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
