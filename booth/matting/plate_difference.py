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
_BUMP = 0.3  # pixels at SIDE by which an edge of the plate may have moved after registration
_BARE = 2.4  # standard deviations by which bare plate may be off
_CHROMA = 2.6  # standard deviations of colour that a shadow may be off
_SHADOW = (0.42, 1.10)  # factors by which a shadow or a reflection changes the plate
_SHARP = 0.06  # step of the shading from pixel to pixel that no soft shadow has
_ROUGH = 0.02  # unevenness of the shading that no soft shadow has
_HOLE = 0.0006  # share of the picture below which a hole in a guest is chance
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
    `gain` (one factor a channel), moved by `shift` (right, down) pixels."""

    image: Floats
    gain: Floats
    shift: tuple[float, float]


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
        likely = difference(shrunk(image, height, width), self._plates.get(plate, height, width))
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
    image = softened(shrunk(plate.image, height, width))
    shrinking = max(1.0, plate.image.shape[0] / height)
    across, down = _steps(_grey(image))
    sigma = float(np.hypot(max(plate.sigma) / shrinking, _NOISE_FLOOR))
    return View(image, across, down, np.maximum(np.abs(across), np.abs(down)), sigma)


def small_size(height: int, width: int, side: int = SIDE) -> tuple[int, int]:
    """The size with the same proportions whose longer side is `side`, never larger than the picture."""
    scale = min(1.0, side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def shrunk(image: Rgb8, height: int, width: int) -> Rgb8:
    """The picture at a smaller size."""
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


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
    return Fit(moved(plate, shift), gain, shift)


def moved(plate: NDArray[Any], shift: tuple[float, float]) -> NDArray[Any]:
    """The picture moved by (right, down) pixels; less than a twentieth is let be."""
    if max(abs(shift[0]), abs(shift[1])) < 0.05:
        return plate
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    size = (plate.shape[1], plate.shape[0])
    return np.asarray(cv2.warpAffine(plate, matrix, size, borderMode=cv2.BORDER_REPLICATE))


def changed(image: Floats, fit: Fit, view: View) -> Probability:
    """What `difference` gives, for a picture and a plate that are prepared already."""
    bare, shady = _explained(image, fit.image, view)
    mask = _tidy(~(bare | _grounded(bare, shady)))
    return _soft_edged(mask, _distance(image, fit.image))


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


def _explained(image: Floats, expected: Floats, view: View) -> tuple[Mask, Mask]:
    """What is bare plate, and what may be a soft shadow on it."""
    light = _grey(expected)
    variance = view.sigma**2 + (_LIGHT * light) ** 2 + (_BUMP * view.slope) ** 2
    off = image - expected
    distance = cv2.blur(_weighed(off * off, 1 / 3) / variance, (3, 3))
    shading = (_weighed(image * expected, 1.0) + 1) / (_weighed(expected * expected, 1.0) + 1)
    tint = image - shading[..., None] * expected
    colour = cv2.blur(_weighed(tint * tint, 1 / 2) / variance, (5, 5))
    noise = np.sqrt(variance) / (light + 1)
    uneven = cv2.blur(np.abs(shading - cv2.blur(shading, (5, 5))), (5, 5)) > _ROUGH + 0.5 * noise
    within = (shading > _SHADOW[0]) & (shading < _SHADOW[1])
    smooth = (_slope(shading) < _SHARP + noise) & ~uneven
    return distance < _BARE**2, (colour < _CHROMA**2) & within & smooth


def _grounded(bare: Mask, shady: Mask) -> Mask:
    """Shadows that can be reached from bare plate without passing a gap of one pixel or two."""
    cross = np.ones((3, 3), np.uint8)
    ground = cv2.erode((bare | shady).astype(np.uint8), cross)
    count, parts = cv2.connectedComponents(ground, connectivity=4)
    sizes, bares = (np.bincount(each, minlength=count) for each in (parts.ravel(), parts[bare]))
    reached = bares > 0.02 * sizes
    reached[0] = False
    return (cv2.dilate(reached[parts].astype(np.uint8), cross) > 0) & shady


def _tidy(mask: Mask) -> Mask:
    """Without crumbs, cracks and small holes."""
    clean = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    clean = cv2.morphologyEx(clean, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(1 - clean, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < _HOLE * mask.size
    small[0] = False
    return np.asarray((clean > 0) | small[parts], np.bool_)


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
