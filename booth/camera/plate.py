"""The clean plate: the median of many frames of the empty place, refused where it would mislead."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from booth.arrays import Rgb8, check_rgb, read_only
from booth.camera.grabber import Grabber
from booth.errors import PlateError
from booth.files import publish, told
from booth.images import png_bytes
from booth.sentences import say
from booth.shot import Frame, Plate

FEWEST = 5
GRID = 96
"""Blocks along the shorter side in which movement is looked for."""
MOVED_LEVELS = 5.0
"""Grey levels (of 255) by which a block must leave its own median to have moved."""
MOVED_SHARE = 0.003
"""Share of the blocks that may move: a leaf in the draught may, a hand may not."""
LIGHT_CHANGED = 0.05
"""Relative change of brightness during the capture that is no longer flicker."""
DARK_BELOW = 28.0
BURNT_FROM = 252
BURNT_SHARE = 0.25
LEAST_SIGMA = 0.5
STRIP = 24
MAX_PIXELS = 40_000_000


def capture_plate(frames: Sequence[Frame]) -> Plate:
    """Make the clean plate from frames of the empty place.

    Parameters
    ----------
    frames : at least 5 frames of one size, uint8 (H, W, 3), RGB; 24 or more give a plate of low noise

    Returns
    -------
    Plate with the per-pixel median, and the noise of one frame in 8-bit steps

    Raises
    ------
    PlateError
        If there are too few frames, somebody moved, the light changed, or it is too dark or too bright.
    """
    images = [frame.image for frame in frames]
    _check_frames(images)
    blocks = np.stack([_blocks(image) for image in images])
    _check_light(blocks)
    _check_burnt(images[0])
    _check_stillness(blocks)
    median = read_only(median_of(images))
    return Plate(median, frames[-1].taken_at, temporal_sigma(images), float(median.mean()))


def plate_from_picture(image: Rgb8, taken_at: float = 0.0) -> Plate:
    """Make a clean plate of one picture of the empty place, where no more than that is at hand.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB

    Notes
    -----
    Noise is estimated from the picture itself (J. Immerkaer, Fast Noise Variance Estimation, CVIU 1996),
    by the median instead of the mean, so that edges do not count.
    """
    check_rgb(image)
    red, green, blue = (_spatial_sigma(image[..., channel]) for channel in range(3))
    return Plate(read_only(image), taken_at, (red, green, blue), float(image.mean()))


def median_of(images: Sequence[Rgb8]) -> Rgb8:
    """Give the per-pixel median of pictures, strip by strip so that the working set stays in the cache.

    Parameters
    ----------
    images : uint8 of shape (H, W, 3), all of one size; even counts give the rounded mean of the middle two

    Notes
    -----
    The values of each pixel are sorted by Batcher's odd-even merge network (K. E. Batcher, Sorting networks
    and their applications, AFIPS 1968): minima and maxima of whole strips, many times faster than a sort
    along an axis.
    """
    median = np.empty_like(images[0])
    network = _comparators(len(images))
    low, high = (len(images) - 1) // 2, len(images) // 2
    for top in range(0, median.shape[0], STRIP):
        lanes = [image[top : top + STRIP].copy() for image in images]
        spare = np.empty_like(lanes[0])
        for a, b in network:
            np.minimum(lanes[a], lanes[b], out=spare)
            np.maximum(lanes[a], lanes[b], out=lanes[b])
            lanes[a], spare = spare, lanes[a]
        median[top : top + STRIP] = (lanes[low].astype(np.uint16) + lanes[high] + 1) // 2
    return median


def temporal_sigma(images: Sequence[Rgb8]) -> tuple[float, float, float]:
    """Estimate the noise of one frame, in 8-bit steps for R, G and B, from how neighbours in time differ.

    Each difference is freed of its median (flicker) and cut at eight steps of its own spread (a leaf), and
    saturated pixels, which have no noise, are left out.
    """
    step = max(1, min(images[0].shape[:2]) // 200)
    samples = [image[::step, ::step].astype(np.float32) for image in images]
    pairs = list(pairwise(samples))
    red, green, blue = (_channel_sigma([(a[..., c], b[..., c]) for a, b in pairs]) for c in range(3))
    return red, green, blue


class PlateCapture:
    """Collects frames of the empty place from a grabber and makes the plate, telling how far it is."""

    def __init__(self, grabber: Grabber, frames: int, on_progress: Callable[[float], None]) -> None:
        self._grabber = grabber
        self._count = frames
        self._on_progress = on_progress

    def run(self, timeout: float) -> Plate:
        """Take the frames that come from now on and give their plate.

        Raises
        ------
        PlateError
            If the frames did not come within `timeout` seconds, or are of no use.
        CameraError
            If the camera gives no sound frame at all.
        """
        until = time.monotonic() + timeout
        frames = [self._grabber.still(timeout)]
        while len(frames) < self._count:
            self._on_progress(len(frames) / self._count)
            frame = self._grabber.wait_newer(frames[-1].number, max(0.0, until - time.monotonic()))
            if frame is None:
                said = say("plate.frames", count=len(frames), wanted=self._count, seconds=f"{timeout:g}")
                raise PlateError(said)
            frames.append(frame)
        plate = capture_plate(frames)
        self._on_progress(1.0)
        return plate


def save_plate(folder: Path, plate: Plate) -> None:
    """Put a plate on disk, as plate.png beside plate.json with its date and exposure.

    Each file is written aside, synced and renamed; the JSON names the picture's sha256, so that a power cut
    between the two is seen when loading.

    Raises
    ------
    SpoolError
        If it cannot be written, with the remedy.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise told(error, folder) from error
    png = png_bytes(plate.image)
    publish(folder / "plate.png", png)
    publish(folder / "plate.json", json.dumps(_facts(plate, png), indent=1).encode())


def load_plate(folder: Path) -> Plate | None:
    """Give the stored plate, None if there is none.

    Raises
    ------
    PlateError
        If there is one, but damaged.
    """
    picture, facts = folder / "plate.png", folder / "plate.json"
    if not picture.exists() and not facts.exists():
        return None
    try:
        png = picture.read_bytes()
        return _plate_from(png, json.loads(facts.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
        raise PlateError(say("plate.damaged", folder=folder, why=str(error))) from error


def _check_frames(images: Sequence[Rgb8]) -> None:
    if len(images) < FEWEST:
        raise PlateError(say("plate.few", count=len(images), fewest=FEWEST))
    for image in images:
        check_rgb(image)
    if len({image.shape for image in images}) > 1:
        raise PlateError(say("plate.sizes"))


def _blocks(image: Rgb8) -> NDArray[np.float32]:
    """Give the picture as a grid of mean grey levels, in which noise has averaged out."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, GRID / min(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)


def _check_light(blocks: NDArray[np.float32]) -> None:
    """Refuse darkness, and a light that changed between the beginning and the end."""
    if np.median(blocks) < DARK_BELOW and np.percentile(blocks, 75) < 1.5 * DARK_BELOW:
        raise PlateError(say("plate.dark"))
    third = max(1, len(blocks) // 3)
    before, after = np.median(blocks[:third], axis=0), np.median(blocks[-third:], axis=0)
    change = float(np.median((after + 1) / (before + 1))) - 1
    if abs(change) > LIGHT_CHANGED:
        raise PlateError(say("plate.flickered", change=f"{change:+.0%}"))


def _check_burnt(image: Rgb8) -> None:
    burnt = float(np.mean(image[::4, ::4].min(axis=2) >= BURNT_FROM))
    if burnt > BURNT_SHARE:
        raise PlateError(say("plate.burnt", share=f"{burnt:.0%}"))


def _check_stillness(blocks: NDArray[np.float32]) -> None:
    """Refuse a scene in which something moved; flicker, even in bands, is taken out line by line first."""
    rest = np.median(blocks, axis=0)
    ratio = (blocks + 4) / (rest + 4)
    steady = np.median(ratio, axis=2, keepdims=True)
    away = np.abs(ratio / steady - 1) * (rest + 4)
    noise = 1.48 * float(np.median(away))
    moved = (away > max(MOVED_LEVELS, 6 * noise)).mean(axis=(1, 2))
    if float(moved.max()) > MOVED_SHARE:
        raise PlateError(say("plate.moved"))


def _spatial_sigma(channel: NDArray[np.uint8]) -> float:
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    response = cv2.filter2D(channel.astype(np.float32), cv2.CV_32F, kernel)
    # The kernel sums 36 squared weights; a median of |x| of a normal distribution is 0.6745 sigma.
    return max(LEAST_SIGMA, float(np.median(np.abs(response))) / (6 * 0.6745))


def _comparators(count: int) -> list[tuple[int, int]]:
    """Give Batcher's odd-even merge sorting network for `count` values."""
    pairs: list[tuple[int, int]] = []
    size = 1 << (count - 1).bit_length()
    run = 1
    while run < size:
        step = run
        while step >= 1:
            for first in range(step % run, size - step, 2 * step):
                for a in range(first, min(first + step, size - step)):
                    if a // (2 * run) == (a + step) // (2 * run) and a + step < count:
                        pairs.append((a, a + step))
            step //= 2
        run *= 2
    return pairs


def _channel_sigma(pairs: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> float:
    variances = []
    for before, after in pairs:
        usable = (before > 4) & (before < 250)
        difference = (after - before)[usable]
        if difference.size:
            difference = difference - np.mean(np.clip(difference, -20, 20))
            bound = 8 * max(1.0, float(np.median(np.abs(difference))))
            variances.append(float(np.mean(difference[np.abs(difference) <= bound] ** 2)))
    sigma = math.sqrt(float(np.median(variances)) / 2) if variances else 0.0
    return max(LEAST_SIGMA, sigma)


def _facts(plate: Plate, png: bytes) -> dict[str, Any]:
    return {
        "taken_at": plate.taken_at,
        "taken": datetime.fromtimestamp(plate.taken_at, UTC).isoformat(timespec="seconds"),
        "brightness": plate.brightness,
        "sigma": list(plate.sigma),
        "sha256": hashlib.sha256(png).hexdigest(),
    }


def _plate_from(png: bytes, facts: dict[str, Any]) -> Plate:
    if hashlib.sha256(png).hexdigest() != facts["sha256"]:
        raise ValueError("plate.png and plate.json do not belong together")
    red, green, blue = (float(value) for value in facts["sigma"])
    with Image.open(BytesIO(png), formats=("PNG",)) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError(f"{opened.width}x{opened.height} pixels")
        image = read_only(np.array(opened.convert("RGB")))
    return Plate(image, float(facts["taken_at"]), (red, green, blue), float(facts["brightness"]))
