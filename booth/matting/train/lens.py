"""What light, lens, sensor and file do to a picture: all on 8-bit pictures of a training sample's size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8

Random = np.random.Generator
LUMA = np.asarray((0.299, 0.587, 0.114), np.float32)
LEVELS = np.arange(256, dtype=np.float32) / 255


def blended(over: Rgb8, under: Rgb8, alpha: NDArray[np.uint8]) -> Rgb8:
    """Lay 8-bit pictures over each other."""
    share = cv2.merge((alpha, alpha, alpha))
    upper = cv2.multiply(over, share, scale=1 / 255)
    lower = cv2.multiply(under, cv2.bitwise_not(share), scale=1 / 255)
    return np.asarray(cv2.add(upper, lower), np.uint8)


def toned(random: Random, picture: Rgb8, strength: float) -> Rgb8:
    """Change exposure, contrast, white balance and saturation; at strength 1 as much as between two photographs."""
    contrast = np.exp(random.normal(0, 0.22 * strength))
    gamma = np.exp(random.normal(0, 0.28 * strength))
    gains = np.exp(random.normal(0, 0.16 * strength) + random.normal(0, 0.09 * strength, 3))
    curve = (LEVELS[:, None] ** gamma - 0.5) * contrast + 0.5
    table = np.clip(curve * gains * 255, 0, 255).astype(np.uint8)
    graded = np.asarray(cv2.LUT(picture, table[None]), np.uint8)
    if random.random() < 0.5:
        graded = saturated(graded, float(np.clip(1 + random.normal(0, 0.4 * strength), 0, 2)))
    return graded


def saturated(picture: Rgb8, share: float) -> Rgb8:
    """Keep a share of the saturation: 0 is black and white."""
    mix = share * np.eye(3, dtype=np.float32) + (1 - share) * LUMA[None]
    return np.asarray(cv2.transform(picture, mix.astype(np.float32)), np.uint8)


def stage_lit(random: Random, picture: Rgb8) -> Rgb8:
    """Black and white, or everything in one lamp's colour."""
    grey = saturated(picture, 0.0 if random.random() < 0.6 else 0.3)
    if random.random() < 0.5:
        return grey
    lamp = 0.25 + 0.9 * random.random(3)
    lift = random.uniform(0, 50) * random.random(3)
    table = np.clip(LEVELS[:, None] * 255 * lamp + lift, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(grey, table[None]), np.uint8)


def defocused(random: Random, picture: NDArray[np.uint8], most: float) -> NDArray[np.uint8]:
    """Blur by up to `most`, a share of the height."""
    return blurred(picture, 0.2 + picture.shape[0] * most * random.random() ** 2)


def blurred(picture: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Blur as a Gaussian does; wide ones on a smaller picture, which takes a tenth of the time."""
    height, width = picture.shape[:2]
    smaller = min(int(sigma / 2), height // 4, width // 4)
    if smaller < 2:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)
    small = cv2.resize(picture, (width // smaller, height // smaller), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / smaller)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def moved(picture: NDArray[np.uint8], length: int, angle: float) -> NDArray[np.uint8]:
    """Smear along a line of `length` pixels, as a moving hand or camera does."""
    kernel = np.zeros((length, length), np.float32)
    middle, reach = (length - 1) / 2, length / 2
    ends = [
        (round(middle + sign * reach * np.cos(angle)), round(middle + sign * reach * np.sin(angle)))
        for sign in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def taken(random: Random, picture: Rgb8, noise: float, quality: int) -> Rgb8:
    """Add a sensor's noise (standard deviation in 8-bit steps) and a JPEG's blocks (100: none)."""
    shot = picture
    if noise > 0:
        grain = _noise(random, picture.shape, noise)
        shot = np.asarray(cv2.add(shot, grain, dtype=cv2.CV_8U), np.uint8)
    if quality < 100:
        _, coded = cv2.imencode(".jpg", shot, (cv2.IMWRITE_JPEG_QUALITY, quality))
        shot = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return shot


def _noise(random: Random, shape: tuple[int, ...], strength: float) -> NDArray[np.int16]:
    """Bell-shaped noise from the sum of four bytes: five times as fast as a true normal distribution."""
    count = int(np.prod(shape))
    bytes_ = np.frombuffer(random.bytes(4 * count), np.uint8).reshape(4, count)
    summed = bytes_.sum(0, dtype=np.int16).astype(np.float32) - 510
    return np.asarray(np.rint(summed * (strength / 147.8)), np.int16).reshape(shape)
