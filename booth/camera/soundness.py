"""Is a frame a picture? Cheap checks of one frame, and of one against the frame before it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8, check_rgb
from booth.camera.faults import Reason, Repeats

BLACK_BELOW = 12.0
"""Grey level (0 to 255) below which nearly everything lies in a black picture."""
FLAT_BAND = 1 / 30
"""Share of the picture's side that must be one repeated line for it to count as cut off."""
OLD_BAND = 1 / 12
"""Share of the side that must be equal to the frame before for a picture to count as cut off."""
NOISE_BELOW = 0.3
"""Correlation of neighbouring pixels below which a picture is no picture."""


def unsound(image: Rgb8, may_repeat: Repeats) -> Reason | None:
    """Name what is wrong with a frame: black, truncated, or garbage; None if it is sound.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    may_repeat : "everything" for played files, which were decoded strictly and may well have a flat edge

    Raises
    ------
    ValueError
        If `image` is not uint8 of shape (H, W, 3).
    """
    check_rgb(image)
    sample = _grey_sample(image)
    if np.percentile(sample, 98) < BLACK_BELOW:
        return Reason.BLACK
    if may_repeat != "everything" and is_cut_off(image):
        return Reason.TRUNCATED
    if _neighbours_agree(image) < NOISE_BELOW:
        return Reason.GARBAGE
    return None


def is_cut_off(image: Rgb8) -> bool:
    """Tell whether one edge of the picture only repeats a line, as half a JPEG decodes.

    Sensors have noise, so equal lines do not come from a lens. Black bars (letterbox) and burnt-out
    floors are equal too, but no fault; they are told by their level. All four edges are looked at, as
    the camera may stand on its side.
    """
    return any(_repeats_a_line(band) for band in _edges(image, FLAT_BAND))


def repeats(image: Rgb8, before: Rgb8) -> Reason | None:
    """Name it if a frame, or one edge of it, is the frame before it over again.

    A whole picture that comes again is frozen. Where half a JPEG follows a good one, FFmpeg leaves the lower
    part as it was: a guest with the legs of a moment ago.
    """
    if image.shape != before.shape:
        return None
    step = max(1, min(image.shape[:2]) // 96)
    if np.array_equal(image[::step, ::step], before[::step, ::step]):
        return Reason.FROZEN
    pairs = zip(_edges(image, OLD_BAND), _edges(before, OLD_BAND), strict=True)
    return Reason.TRUNCATED if any(_is_old(band, old) for band, old in pairs) else None


def _grey_sample(image: Rgb8) -> NDArray[np.uint8]:
    step = max(1, min(image.shape[:2]) // 128)
    return np.asarray(image[::step, ::step].max(axis=2), dtype=np.uint8)


def _edges(image: Rgb8, share: float) -> tuple[Rgb8, ...]:
    """Give the bands along the four edges, lines first."""
    lying = image.transpose(1, 0, 2)
    rows, columns = (max(4, round(side * share)) for side in image.shape[:2])
    return image[-rows:], image[:rows], lying[-columns:], lying[:columns]


def _is_old(band: Rgb8, old: Rgb8) -> bool:
    return (
        np.array_equal(band[::5, ::5], old[::5, ::5])
        and not _is_without_detail(band[len(band) // 2])
        and np.array_equal(band, old)
    )


def _is_without_detail(line: Rgb8) -> bool:
    """Tell black and burnt-out lines, which have no noise that could differ."""
    return bool(np.median(line.max(axis=1)) < 20 or np.median(line.min(axis=1)) > 250)


def _repeats_a_line(band: Rgb8) -> bool:
    """Tell whether all lines of a band are one line that is neither black nor burnt out."""
    if not np.array_equal(band[0], band[-1]):
        return False
    return not _is_without_detail(band[0]) and bool(np.all(band == band[0]))


def _neighbours_agree(image: Rgb8) -> float:
    """Give the correlation of horizontal neighbours over a few lines: near 1 for pictures, 0 for noise."""
    lines = image[:: max(1, image.shape[0] // 64)]
    grey = cv2.cvtColor(np.ascontiguousarray(lines), cv2.COLOR_RGB2GRAY).astype(np.float32)
    spread = float(grey.var())
    if spread < 400:
        return 1.0
    return 1.0 - float(np.mean((grey[:, 1:] - grey[:, :-1]) ** 2)) / (2 * spread)
