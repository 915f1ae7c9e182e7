"""The last resort: the real photograph as a print upon the backdrop, which looks as if it were wanted."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8, check_rgb
from booth.scene.layout import Overlay
from booth.shot import Backdrop

Layer = NDArray[np.float32]
"""float32 of shape (H, W, 4): premultiplied RGB from 0 to 255, alpha in [0, 1]."""

# Lengths are fractions of the picture's side, angles are degrees anticlockwise.
_LARGEST = 0.84
_BORDER = 0.030
_TILT = 2.2
_TAPE_SIZE = (0.19, 0.046)
_TAPE_TILT = -1.6
_PAPER = (253.0, 251.0, 247.0)
_TAPE = (246.0, 214.0, 150.0)


def framed(image: Rgb8, backdrop: Backdrop, overlay: Overlay, size: int) -> Rgb8:
    """The photograph as a white-bordered print, taped a little askew onto the softened backdrop.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
        The photograph; its middle square is shown.

    Returns
    -------
    uint8 of shape (size, size, 3)

    Raises
    ------
    ValueError
        If the overlay was laid out for another size.
    """
    check_rgb(image)
    if overlay.size != size:
        raise ValueError(f"overlay is laid out for {overlay.size} pixels, expected {size}")
    left, top, right, bottom = overlay.window
    side = min(_LARGEST, 0.90 * (right - left), 0.90 * (bottom - top))
    x, y = (left + right) / 2, (top + bottom) / 2 + 0.008
    paper = _turned(_print(image, round(side * size), round(_BORDER * size)), x, y, _TILT, size)
    tape = _turned(_strip(size), x, y - side / 2 + 0.002, _TAPE_TILT, size)
    canvas = _wall(backdrop.image, size)
    for layer, shadows in (
        (paper, ((0.004, 0.003, 0.40), (0.024, 0.016, 0.55))),
        (tape, ((0.002, 0.0015, 0.22),)),
    ):
        for softness, drop, strength in shadows:
            canvas *= 1 - strength * _shadow(layer, softness * size, drop * size)[..., None]
        canvas = canvas * (1 - layer[..., 3:]) + layer[..., :3]
    picture = np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
    overlay.lay_over(picture)
    return picture


def _wall(image: Rgb8, size: int) -> NDArray[np.float32]:
    """The backdrop out of focus, a little darker, most of all in its corners."""
    small = cv2.resize(image, (240, 240), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = np.asarray(cv2.GaussianBlur(small, (0, 0), 3.2), np.float32)
    axis = np.linspace(-1, 1, 240, dtype=np.float32)
    small *= (0.86 - 0.14 * (axis[:, None] ** 2 + axis**2))[..., None]
    return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _print(image: Rgb8, side: int, border: int) -> Layer:
    height, width = image.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    inner = max(1, side - 2 * border)
    how = cv2.INTER_AREA if inner < edge else cv2.INTER_CUBIC
    photo = cv2.resize(image[top : top + edge, left : left + edge], (inner, inner), interpolation=how)
    layer = np.empty((inner + 2 * border, inner + 2 * border, 4), np.float32)
    layer[:] = (*_PAPER, 1.0)
    layer[border : border + inner, border : border + inner, :3] = photo
    return layer


def _strip(size: int) -> Layer:
    """Paper tape: see-through, with pale slanting stripes."""
    width, height = (round(length * size) for length in _TAPE_SIZE)
    column, row = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    stripe = 0.5 + 0.5 * np.clip(6 * np.sin((column + row) * (2 * np.pi / (0.0165 * size))), -1, 1)
    colour = np.array(_TAPE, np.float32) + stripe[..., None] * np.array((6, 24, 62), np.float32)
    share = np.full((height, width, 1), 0.80, np.float32)
    return np.concatenate([colour * share, share], axis=2).astype(np.float32)


def _turned(patch: Layer, x: float, y: float, degrees: float, size: int) -> Layer:
    """A patch turned round its middle, which comes to (x, y), on an empty layer of the picture's size."""
    height, width = patch.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    matrix[:, 2] += (x * size - width / 2, y * size - height / 2)
    turned = cv2.warpAffine(patch, matrix, (size, size), flags=cv2.INTER_CUBIC)
    turned[..., 3] = np.clip(turned[..., 3], 0, 1)
    return np.asarray(turned, np.float32)


def _shadow(layer: Layer, softness: float, drop: float) -> NDArray[np.float32]:
    """How much light a layer takes from what lies behind it, in [0, 1]."""
    quarter = cv2.resize(layer[..., 3], None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    quarter = cv2.GaussianBlur(quarter, (0, 0), max(softness / 4, 0.3))
    matrix = np.array([[1, 0, 0], [0, 1, drop / 4]], np.float64)
    moved = cv2.warpAffine(quarter, matrix, (quarter.shape[1], quarter.shape[0]))
    size = layer.shape[1], layer.shape[0]
    return np.asarray(cv2.resize(moved, size, interpolation=cv2.INTER_LINEAR), np.float32)
