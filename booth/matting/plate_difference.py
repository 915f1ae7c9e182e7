"""The clean-plate method: who stands where the scene differs from its plate. It needs no weights.

Each pixel is explained, if it can be, as the plate itself, or as the plate in a shadow or a little more
light (Horprasert et al., "A statistical approach for real-time robust background subtraction and shadow
detection", ICCV Frame-Rate Workshop 1999). A shadow must also be smooth, and lie against bare plate with
no sharp edge between: a grey shirt before a grey wall has the colour of a shadow, but an outline.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask, Probability, Rgb8, check_rgb, read_only
from booth.errors import MattingError
from booth.images import smaller
from booth.shot import People, Plate, nobody

Floats = NDArray[np.float32]

SIDE = 480
"""Pixels of the longer side at which pictures are compared."""
SMALLEST = 0.004
"""Share of the picture below which a blob is no guest."""
MOST_BLOBS = 10

_BLUR = 0.8
_NOISE_FLOOR = 1.2  # 8-bit steps: JPEG and rounding, also of a noiseless plate
_LIGHT = 0.012  # share by which light may differ from place to place
_BUMP = (0.05, 0.3)  # pixels, least and most, by which an edge of the plate may be off once registered
_BARE = 2.4  # standard deviations by which bare plate may be off
_CHROMA = 2.6  # standard deviations of colour that a shadow may be off
_SHADOW = (0.20, 1.10)  # factors by which a shadow or a reflection changes the plate
_ALIKE = 0.04  # share by which light in a gap may differ from that around it
_REACHED = 0.02  # share of a window that must be background to tell of its light
_ROUNDS = 3  # of carrying light on into gaps
_SHARP = 0.06  # step of the shading from pixel to pixel that no soft shadow has
_SHARPER = 1.7  # an outline's slope against that of its surroundings; a soft shadow's is about 1.3
_ROUGH = 0.02  # unevenness of the shading that no soft shadow has
_MATCH = 1.2  # variances by which a region of background is off on average; one that matches in passing: 1.9
_CERTAIN = 5.0  # standard deviations by which something is off that is no noise
_CRUMB = 0.00004  # share of the picture
_RIM = 4  # pixels at SIDE in which an outline is placed


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A plate prepared for comparing: `image` blurred float32 (h, w, 3) in 8-bit steps, `across` and `down`
    float32 (h, w) its change from pixel to pixel, `slope` the steeper of them, `sigma` the noise of one
    frame at this size."""

    image: Floats
    across: Floats
    down: Floats
    slope: Floats
    sigma: float


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A plate made to look like one picture's background: `image` float32 (h, w, 3) is the plate times
    `gain` (one factor a channel), moved by `shift` (right, down) pixels; `bump` is by how many pixels its
    edges seem to be off even so."""

    image: Floats
    gain: Floats
    shift: tuple[float, float]
    bump: float


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """How each pixel compares with the plate, all float32 (h, w): squares of how far it is from the `bare`
    plate and, whatever its brightness, from the plate's `colour`, both in variances of the noise; the factor
    of light that explains it best (`shading`) with its `relative_noise`; and the squared `distance` in 8-bit
    steps."""

    bare: Floats
    colour: Floats
    shading: Floats
    relative_noise: Floats
    distance: Floats


class PlateDifference:
    """The rung of the ladder that always runs, if there is a clean plate."""

    name = "clean plate"
    device = "cpu"
    needs_plate = True

    def __init__(self, side: int = SIDE) -> None:
        self._side = side
        self._plates = Views()
        self._timings: dict[str, float] = {}

    @property
    def timings(self) -> Mapping[str, float]:
        return self._timings

    def warm_up(self) -> None:
        """Pay for the first calls of OpenCV."""
        grey = np.full((64, 64, 3), 128, np.uint8)
        self.people(grey, Plate(grey, 0.0, (1.0, 1.0, 1.0), 128.0))

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        """Take each large blob that differs from the plate for a guest; see `Segmenter.people`."""
        check_rgb(image)
        if plate is None:
            raise MattingError("the clean-plate method needs a clean plate: take one from the panel")
        began = time.perf_counter()
        height, width = small_size(image.shape[0], image.shape[1], self._side)
        likely = difference(smaller(image, height, width), self._plates.get(plate, height, width))
        people = people_in(likely, image.shape[0], image.shape[1])
        self._timings = {"difference": time.perf_counter() - began}
        return people


class Views:
    """Remembers the newest plate at each size, as the same plate serves for thousands of frames."""

    def __init__(self) -> None:
        self._plate: Plate | None = None
        self._views: dict[tuple[int, int], View] = {}

    def get(self, plate: Plate, height: int, width: int) -> View:
        """The plate at a size.

        Raises
        ------
        MattingError
            If the plate has other proportions.
        """
        if plate is not self._plate:
            check_rgb(plate.image, "plate")
            self._plate, self._views = plate, {}
        if (height, width) not in self._views:
            _check_proportions(plate, height, width)
            self._views[height, width] = view_of(plate, height, width)
        return self._views[height, width]


def people_in(likely: Probability, height: int, width: int) -> People:
    """The blobs large enough for guests, as instances in a picture of `height` x `width` pixels."""
    found = sorted(_blobs(likely), key=lambda blob: -float(blob[1].sum()))[:MOST_BLOBS]
    if not found:
        return nobody()
    scale = np.array([width / likely.shape[1], height / likely.shape[0]] * 2, np.float32)
    boxes = np.array([box for box, _ in found], np.float32) * scale
    scores = np.array([_certainty(mask, likely.size) for _, mask in found], np.float32)
    masks = tuple(read_only(mask) for _, mask in found)
    return People(masks, read_only(boxes), read_only(scores), ("person",) * len(found))


def _blobs(likely: Probability) -> Iterator[tuple[tuple[int, int, int, int], Probability]]:
    """Boxes and masks of the blobs; parts that nearly touch, such as a head over a collar, are one."""
    solid = (likely > 0.5).astype(np.uint8)
    reach = max(3, round(0.02 * max(likely.shape))) | 1
    square = np.ones((reach, reach), np.uint8)
    count, parts = cv2.connectedComponents(cv2.dilate(solid, square))
    sizes = np.bincount(parts[solid > 0], minlength=count)
    # a bumped camera shows as thin lines, and no guest is thin everywhere
    sizes[np.bincount(parts[cv2.erode(solid, square) > 0], minlength=count) == 0] = 0
    least = max(SMALLEST * likely.size, 0.05 * sizes.max(initial=0))
    for number in range(1, count):
        if sizes[number] >= least:
            yield _cropped(np.where(parts == number, likely, 0).astype(np.float32))


def _cropped(mask: Probability) -> tuple[tuple[int, int, int, int], Probability]:
    left, top, width, height = cv2.boundingRect((mask > 0.02).astype(np.uint8))
    box = (left, top, left + width, top + height)
    return box, np.ascontiguousarray(mask[top : box[3], left : box[2]])


def _certainty(mask: Probability, pixels: int) -> float:
    """How sure the blob's own pixels are, and next to nothing where all of the picture differs."""
    sure = float(mask[mask > 0.5].mean())
    coverage = float((mask > 0.5).sum()) / pixels
    return sure * float(np.clip((0.97 - coverage) / 0.12, 0.05, 1.0))


def _check_proportions(plate: Plate, height: int, width: int) -> None:
    high, wide = plate.image.shape[:2]
    if abs(wide / high - width / height) > 0.02 * width / height:
        raise MattingError(
            f"the clean plate is {wide}x{high}, of other proportions than the picture: take a new one"
        )


def view_of(plate: Plate, height: int, width: int) -> View:
    """Prepare a plate for pictures of a size."""
    image = softened(smaller(plate.image, height, width))
    across, down = _steps(_grey(image))
    slope = np.maximum(np.abs(across), np.abs(down))
    return View(image, across, down, slope, view_sigma(plate, height))


def view_sigma(plate: Plate, height: int) -> float:
    """The noise of one frame at a size, in 8-bit steps."""
    shrinking = max(1.0, plate.image.shape[0] / height)
    return float(np.hypot(max(plate.sigma) / shrinking, _NOISE_FLOOR))


def small_size(height: int, width: int, side: int = SIDE) -> tuple[int, int]:
    """The size with the same proportions whose longer side is `side`, never larger than the picture."""
    scale = min(1.0, side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def difference(small: Rgb8, view: View) -> Probability:
    """How likely each pixel shows something that the plate does not.

    Parameters
    ----------
    small : uint8 of shape (h, w, 3), RGB, the size of `view`

    Returns
    -------
    float32 of shape (h, w), in [0, 1]
        Soft at outlines, where a pixel shows a bit of both.
    """
    image = softened(small)
    return changed(image, fitted(view, image), view)


def softened(small: Rgb8) -> Floats:
    """The picture as `fitted` and `changed` want it: float32, its finest noise blurred away."""
    return np.asarray(cv2.GaussianBlur(small, (3, 3), _BLUR), np.float32)


def fitted(view: View, image: Floats) -> Fit:
    """Give the plate the exposure and the place of a picture."""
    gain = _exposure(image[::8, ::8], view.image[::8, ::8])
    plate = view.image * gain
    shift = _whereabouts(_grey(image), _grey(plate), view)
    placed = moved(plate, shift)
    return Fit(placed, gain, shift, _bump(_grey(image), _grey(placed), view))


def moved(plate: NDArray[Any], shift: tuple[float, float]) -> NDArray[Any]:
    """The picture moved by (right, down) pixels; less than a twentieth is let be."""
    if max(abs(shift[0]), abs(shift[1])) < 0.05:
        return plate
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    size = (plate.shape[1], plate.shape[0])
    return np.asarray(cv2.warpAffine(plate, matrix, size, borderMode=cv2.BORDER_REPLICATE))


def lit(plate: Rgb8, gain: Floats) -> Rgb8:
    """A plate times one factor for each channel."""
    curves = np.rint(np.arange(256, dtype=np.float32)[:, None, None] * gain)
    return np.asarray(cv2.LUT(plate, np.clip(curves, 0, 255).astype(np.uint8)), np.uint8)


def changed(image: Floats, fit: Fit, view: View) -> Probability:
    """What `difference` gives, for a picture and a plate that are prepared already."""
    seen = _evidence(image, fit, view)
    return _soft_edged(_guests(seen), np.sqrt(seen.distance))


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What a plate says of each pixel of a picture, all (h, w): whether guests are there (`mask`, bool), how
    surely it is no shadow, by its colour or by being brighter (`certain`, float32 in [0, 1]), how well it is
    the plate itself without any shadow (`bare`, the same), how much the plate is patterned there, so that
    nobody looks like it by chance (`patterned`, the same), and the factor of light on it (`shading`)."""

    mask: Mask
    certain: Floats
    bare: Floats
    patterned: Floats
    shading: Floats


def compared(image: Floats, fit: Fit, view: View) -> Comparison:
    """Where the guests are by the plate alone, and how far it can be trusted; see `told_apart`."""
    seen = _evidence(image, fit, view)
    off = np.sqrt(cv2.blur(seen.colour, (5, 5)))
    brighter = (seen.shading - _SHADOW[1]) / 0.15
    certain = np.clip(np.maximum((off - _CHROMA) / _CERTAIN, brighter), 0, 1)
    patterned = np.clip(cv2.blur(view.slope, (9, 9)) / (3 * view.sigma), 0, 1)
    bare = np.clip((_BARE**2 - cv2.blur(seen.bare, (5, 5))) / (_BARE**2 - _MATCH), 0, 1)
    return Comparison(
        _guests(seen), certain, bare.astype(np.float32), np.asarray(patterned, np.float32), seen.shading
    )


def told_apart(image: Floats, fit: Fit, view: View) -> tuple[Mask, Floats]:
    """Where the guests are, bool (h, w), and by what factor the light on the plate differs, float32 (h, w)."""
    seen = _evidence(image, fit, view)
    return _guests(seen), seen.shading


def _weighed(image: Floats, weight: float) -> Floats:
    """The sum of the three channels times a weight."""
    return np.asarray(cv2.transform(image, np.full((1, 3), weight, np.float32)), np.float32)


def _grey(image: Floats) -> Floats:
    return _weighed(image, 1 / 3)


def _steps(grey: Floats) -> tuple[Floats, Floats]:
    """The change from pixel to pixel, to the right and down."""
    across, down = (
        np.asarray(cv2.Sobel(grey, cv2.CV_32F, 1 - way, way, scale=0.125), np.float32) for way in (0, 1)
    )
    return across, down


def _slope(grey: Floats) -> Floats:
    across, down = _steps(grey)
    return np.maximum(np.abs(across), np.abs(down))


def _distance(image: Floats, expected: Floats) -> Floats:
    """How far apart two pictures are: the root of the mean square over the channels."""
    off = image - expected
    return np.sqrt(_weighed(off * off, 1 / 3))


def _exposure(seen: Floats, plate: Floats) -> Floats:
    """The commonest factor of each channel: of the brightness first, then of each colour against it."""
    lit = (plate.min(2) > 12) & (seen.max(2) < 250)
    ratios = np.log(np.maximum(seen[lit], 1) / plate[lit])
    alike = np.abs(ratios - _commonest(ratios.mean(1))).max(1, initial=0) < 0.08 if len(ratios) else lit[lit]
    if alike.sum() < 50:
        return np.ones(3, np.float32)
    return np.asarray(np.exp(np.median(ratios[alike], axis=0)), np.float32)


def _commonest(values: Floats) -> float:
    """The commonest value between -0.25 and 0.25, even where people fill most of the picture."""
    counts, edges = np.histogram(values, bins=50, range=(-0.25, 0.25))
    best = int(np.convolve(counts, (0.25, 0.5, 0.25), "same").argmax())
    return float((edges[best] + edges[best + 1]) / 2)


def _whereabouts(seen: Floats, grey: Floats, view: View) -> tuple[float, float]:
    """How far right and down the plate must be moved, in pixels, at most 3 each way."""
    shift = (0.0, 0.0)
    for _ in range(4):
        step = _step(seen[::2, ::2], moved(grey, shift)[::2, ::2], view)
        x, y = np.clip(np.add(shift, step), -3, 3)
        shift = (float(x), float(y))
        if max(map(abs, step)) < 0.1:
            break
    return shift


def _bump(seen: Floats, grey: Floats, view: View) -> float:
    """By how many pixels edges of the plate are still off: the median over steep places that look like it."""
    slope = view.slope[::2, ::2]
    off = np.abs(np.subtract(seen[::2, ::2], grey[::2, ::2]))
    steep = (slope > 3 * view.sigma) & (off < 3 * view.sigma + 1.2 * slope)
    if steep.sum() < 50:
        return _BUMP[1]
    seen_off = float(np.median(off[steep] / slope[steep])) / 0.67
    return float(np.clip(seen_off, *_BUMP))


def _step(seen: Floats, grey: Floats, view: View) -> tuple[float, float]:
    """The next step towards where the plate is, of both pictures' every second pixel and row.

    Least squares over what looks like the plate (Lucas and Kanade 1981), drawn to no motion where the
    plate has no texture.
    """
    across, down = view.across[::2, ::2], view.down[::2, ::2]
    off = np.subtract(seen, grey)
    near = np.abs(off) < 3 * view.sigma + 1.2 * (np.abs(across) + np.abs(down))
    a, b, c = ((each * near).ravel() for each in (across, down, off))
    normal = np.array([[a @ a, a @ b], [a @ b, b @ b]], np.float64) + np.eye(2) * (1 + 0.5 * near.sum())
    x, y = -np.linalg.solve(normal, np.array([a @ c, b @ c], np.float64))
    return float(x), float(y)


def _evidence(image: Floats, fit: Fit, view: View) -> _Evidence:
    """Weigh each pixel against the plate, bare and under a factor of light."""
    light = _grey(fit.image)
    flat = np.float32(view.sigma**2)
    edges, uneven = np.square(np.float32(fit.bump) * view.slope), np.square(np.float32(_LIGHT) * light)
    here, both, there = (
        _weighed(np.asarray(cv2.multiply(one, other)), 1.0)
        for one, other in ((image, image), (image, fit.image), (fit.image, fit.image))
    )
    distance = np.maximum(here - 2 * both + there, 0) / 3
    shading = (both + 1) / (there + 1)
    tint = np.maximum(here - shading * (2 * both - shading * there), 0) / 2
    # less light makes the plate's edges and its colours weaker, but not the noise
    dimmed = flat + np.square(np.minimum(shading, 1)) * (edges + uneven)
    noise = np.sqrt(flat + edges) / (light + 1)
    return _Evidence(distance / (flat + edges + uneven), tint / dimmed, shading, noise, distance)


def _background(seen: _Evidence) -> tuple[Mask, Floats]:
    """What shows the plate, bare or in a soft shadow, and how far from it each pixel is, in variances."""
    bare = cv2.blur(seen.bare, (3, 3)) < _BARE**2
    colour = cv2.blur(seen.colour, (5, 5))
    within = (seen.shading > _SHADOW[0]) & (seen.shading < _SHADOW[1])
    shady = (colour < _CHROMA**2) & within & ~_outlined(seen.shading, seen.relative_noise)
    background = _grown(bare | _grounded(bare, shady), seen)
    misfit = np.where(bare, np.minimum(seen.bare, seen.colour + 1), seen.colour)
    return background, misfit


def _grown(background: Mask, seen: _Evidence) -> Mask:
    """Background carried on into gaps that are too narrow for the test of smoothness.

    They are lit as the background beside them is; and the guests around them must be of another colour
    than the plate, or the gap's colour would say nothing.
    """
    reach = (8 * _RIM + 1,) * 2
    telling = cv2.blur(np.minimum(seen.colour, _CERTAIN**2), reach) > _CHROMA**2
    spread = np.square(seen.relative_noise) + _ALIKE**2
    for _ in range(_ROUNDS):
        apart = seen.shading / light_around(seen.shading, background) - 1
        lit = cv2.blur(np.maximum(seen.colour, np.square(apart) / spread), (3, 3)) < _BARE**2
        background = background | (lit & telling)
    return background


def light_around(shading: Floats, background: Mask) -> Floats:
    """The factor of light on the plate, carried on from the background to what is beside it.

    Parameters
    ----------
    shading : float32 of shape (h, w), meaningful where `background` is True
    background : bool of shape (h, w)

    Returns
    -------
    float32 of shape (h, w); 1 far from any background. It is smooth, so every second pixel is looked at.
    """
    light = light_beside(shading[::2, ::2], background[::2, ::2])
    return np.asarray(cv2.resize(light, shading.shape[::-1]), np.float32)


def light_beside(shading: Floats, background: Mask) -> Floats:
    """What `light_around` gives, on half of its grid."""
    thin = np.ascontiguousarray(background).astype(np.uint8)
    weight, values = thin.astype(np.float32), cv2.copyTo(np.ascontiguousarray(shading), thin)
    light = np.ones_like(weight)
    for window in (4 * _RIM + 1, _RIM + 1):
        counted = cv2.blur(weight, (window, window))
        mean = cv2.blur(values, (window, window)) / np.maximum(counted, 1e-6)
        light = np.where(counted > _REACHED, mean, light)
    return np.asarray(light, np.float32)


def _outlined(shading: Floats, noise: Floats) -> Mask:
    """Where the shading changes as abruptly as only an outline does.

    An outline is as sharp as the lens, whatever its contrast; the edge of a shadow is wider. So blurring
    takes more of the slope from an outline, and unevenness counts against the slope of its surroundings.
    """
    wide = np.asarray(cv2.blur(shading, (5, 5)), np.float32)
    fine, coarse = _slope(shading), _slope(np.asarray(cv2.blur(wide, (3, 3)), np.float32))
    uneven = cv2.blur(cv2.absdiff(shading, wide), (5, 5))
    sharp = fine > np.maximum(_SHARP + noise, _SHARPER * coarse)
    return np.asarray(sharp | (uneven > _ROUGH + 0.5 * noise + 0.25 * coarse), np.bool_)


def _grounded(bare: Mask, shady: Mask) -> Mask:
    """Shadows that can be reached from bare plate without passing a gap of one pixel or two."""
    cross = np.ones((3, 3), np.uint8)
    ground = cv2.erode((bare | shady).astype(np.uint8), cross)
    count, parts = cv2.connectedComponents(ground, connectivity=4)
    sizes, bares = (np.bincount(each, minlength=count) for each in (parts.ravel(), parts[bare]))
    reached = bares > 0.02 * sizes
    reached[0] = False
    return (cv2.dilate(reached[parts].astype(np.uint8), cross) > 0) & shady


def _guests(seen: _Evidence) -> Mask:
    """What is not background, by the evidence of whole regions instead of their sizes.

    A gap between arm and body is open if its pixels match the plate as well as noise lets them. A stripe
    of skin that happens to have the floor's colour matches in passing only: on average it is further off.
    """
    background, misfit = _background(seen)
    cross = np.ones((3, 3), np.uint8)
    count, parts = cv2.connectedComponents(cv2.erode(background.astype(np.uint8), cross), connectivity=4)
    sizes = np.bincount(parts.ravel(), minlength=count)
    matches = np.bincount(parts.ravel(), misfit.ravel(), count) / np.maximum(sizes, 1) < _MATCH
    matches[0] = False
    opened = (cv2.dilate(matches[parts].astype(np.uint8), cross) > 0) & background
    return _certain_parts(~opened, seen)


def _certain_parts(mask: Mask, seen: _Evidence) -> Mask:
    """The parts that hold a place that noise cannot explain (hysteresis), and are no crumbs."""
    beyond = (cv2.blur(seen.bare, (3, 3)) > _CERTAIN**2) & mask
    solid = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    count, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    held = np.bincount(parts[beyond & solid], minlength=count) >= _CRUMB * mask.size
    held[0] = False
    return np.asarray(held[parts], np.bool_)


def _soft_edged(mask: Mask, distance: Floats) -> Probability:
    """Place the outline where the distance to the plate is half of what it is inside.

    A mask made with windows is a pixel or two too wide.
    """
    size = 2 * _RIM + 1
    inner = cv2.erode(mask.astype(np.uint8), np.ones((size, size), np.uint8)).astype(np.float32)
    weight = cv2.blur(inner, (3 * size, 3 * size))
    within = cv2.blur(distance * inner, (3 * size, 3 * size)) / np.maximum(weight, 1e-3)
    share = np.clip(distance / np.maximum(within, 4.0), 0, 1)
    known = (weight > 0.01) & (inner == 0)
    return np.where(known, share, 1.0).astype(np.float32) * mask
