"""From how a camera delivers its picture to how the booth wants it: upright, unmirrored, square."""

from __future__ import annotations

import math

import numpy as np

from booth.arrays import Rgb8, check_rgb, read_only
from booth.config.settings import CameraSettings


def upright_square(image: Rgb8, settings: CameraSettings) -> Rgb8:
    """Turn, unmirror and crop a camera's picture, at its native resolution.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3); the order of the channels does not matter
    settings : `rotate` in degrees clockwise, `flip`, `crop`

    Returns
    -------
    read-only uint8 of shape (S, S, 3), or (H, W, 3) where `crop` is "none"

    Raises
    ------
    ValueError
        If `image` is not uint8 of shape (H, W, 3).
    """
    check_rgb(image)
    turned = np.rot90(image, k=-settings.rotate // 90)
    unmirrored = turned[:, ::-1] if settings.flip else turned
    left, top, right, bottom = _crop_box(unmirrored.shape[1], unmirrored.shape[0], settings)
    return read_only(np.ascontiguousarray(unmirrored[top:bottom, left:right]))


def _crop_box(width: int, height: int, settings: CameraSettings) -> tuple[int, int, int, int]:
    """Give the crop as left, top, right, bottom in pixels, pushed inside the picture."""
    if settings.crop == "none":
        return 0, 0, width, height
    x, y, share = (0.5, 0.5, 1.0) if settings.crop == "centre" else settings.crop
    side = max(1, min(width, height, round(share * min(width, height))))
    left = min(max(math.floor(x * width - side / 2 + 0.5), 0), width - side)
    top = min(max(math.floor(y * height - side / 2 + 0.5), 0), height - side)
    return left, top, left + side, top + side
