from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from booth.arrays import Alpha, Rgb8
from booth.shot import Backdrop, Cutout, nobody


def _scene(size: int) -> Rgb8:
    """A drawn landscape with edges, gradients and colour."""
    y = np.linspace(0, 1, size, dtype=np.float32)[:, None, None]
    image = (1 - y) * np.float32([90, 150, 230]) + y * np.float32([240, 200, 120])
    image = np.repeat(image, size, axis=1)
    centre = (size * 3 // 4, size // 4)
    cv2.circle(image, centre, size // 9, (255, 245, 200), -1, cv2.LINE_AA)
    cv2.rectangle(image, (size // 10, size // 2), (size // 3, size), (60, 90, 70), -1)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _guest(size: int, bottom: float, middle: float = 0.5) -> Alpha:
    """A head on a body with a soft edge, whose lower end is at `bottom` (fraction of the picture)."""
    alpha = np.zeros((size, size), np.float32)
    at = int(middle * size)
    cv2.circle(alpha, (at, int(0.35 * size)), int(0.09 * size), 1.0, -1, cv2.LINE_AA)
    left, right = at - int(0.14 * size), at + int(0.14 * size)
    alpha[int(0.42 * size) : int(bottom * size), left:right] = 1.0
    soft = cv2.GaussianBlur(alpha, (0, 0), size / 300, borderType=cv2.BORDER_REPLICATE)
    return np.clip(soft, 0, 1, dtype=np.float32)


@pytest.fixture(scope="session")
def backdrop() -> Backdrop:
    return Backdrop("hills", {"en": "Hills"}, _scene(1920), 0.93, (0.08, 0.10, 0.92, 1.0), 315.0)


@pytest.fixture(scope="session")
def draw_cutout() -> Callable[..., Cutout]:
    def draw(size: int = 720, bottom: float = 1.0, middle: float = 0.5) -> Cutout:
        alpha = _guest(size, bottom, middle)
        foreground = np.zeros((size, size, 3), np.uint8)
        foreground[:] = (200, 60, 90)
        foreground[::16, :, 1] = 160
        foreground[alpha == 0] = (0, 255, 0)  # what a cutout holds where nobody is, is nobody's business
        return Cutout(foreground, alpha, nobody(), "drawn", 1.0)

    return draw
