"""Alpha and foreground without a plate: local colours of person and background, drawn to the edges.

Colours on either side of the mask's rim are spread into it (as in Chuang's Bayesian matting) and tell person
from background, as GrabCut's colour models do (Rother, C. et al., SIGGRAPH 2004), but locally and without a
graph cut: a guided filter keeps the labels together (He, K. et al.: Guided Image Filtering. TPAMI 2013). All
that happens on a small picture; its linear coefficients then carry alpha to full size (He, K. & Sun, J.: Fast
Guided Filter, 2015). The foreground is solved for with the two spread colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Probability, Rgb8
from booth.matting.channels import dot
from booth.matting.pushpull import filled

Floats = NDArray[np.float32]

TURNS = 4
CERTAIN_RIMS = 8.0
VARIETY = 12.0
"""How far colours stray from those spread there, at least, in 8-bit steps."""
COLOUR_WEIGHT = 0.3
"""Neighbours are much alike: a pixel's colour counts for less than an independent witness."""
MOST_EVIDENCE = 3.0
ODDS = 4.0
"""Log odds gained with each rim that a pixel lies deeper inside or farther outside the mask."""
SMOOTHNESS = 1e-4
"""Variance, of a guide in [0, 1], below which a window counts as flat."""
FINE_SMOOTHNESS = 1e-5
SURE = 0.8
CONTRAST = 1.5
"""How much steeper alpha is drawn than the filter leaves it."""
LEAST_VARIANCE = 16.0
NOISE = 16.0


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """Person or not, float32 (h, w), and the colours' mean and variance on either side, float32 (h, w, 4)."""

    probability: Floats
    person: Floats
    background: Floats


def guessed(frame: Floats, probability: Probability, rim: float) -> Guess:
    """Tell person from background by their local colours.

    Parameters
    ----------
    frame : float32 of shape (h, w, 3), RGB, 0 to 255, scaled down
    probability : float32 of shape (h, w), in [0, 1]
    rim : how far the mask may be wrong, in pixels of this picture
    """
    prior = _prior(probability, rim)
    radius = max(1, round(rim / 2))
    believed = _drawn(probability, frame, radius)
    person = background = _colours(frame, np.ones_like(believed))
    for _ in range(TURNS):
        person = _colours(frame, _sure(believed))
        background = _colours(frame, _sure(1 - believed))
        evidence = _distance(frame, background) - _distance(frame, person)
        odds = prior + np.clip(COLOUR_WEIGHT * evidence, -MOST_EVIDENCE, MOST_EVIDENCE)
        believed = _drawn(1 / (1 + np.exp(-np.clip(odds, -30, 30))), frame, radius)
    return Guess(believed, person, background)


def _prior(probability: Floats, rim: float) -> Floats:
    """Give the log odds of a person: they grow with the distance from the mask's outline, in rims."""
    inside = (probability > 0.5).astype(np.uint8)
    depth, height = (
        cv2.distanceTransform(side, cv2.DIST_L2, cv2.DIST_MASK_5) for side in (inside, 1 - inside)
    )
    rims = np.clip((np.asarray(depth, np.float64) - height) / rim, -CERTAIN_RIMS, CERTAIN_RIMS)
    return np.asarray(ODDS * rims, np.float32)


def _sure(believed: Floats) -> Floats:
    return np.asarray(np.clip((believed - SURE) / (1 - SURE), 0, 1), np.float32)


def _colours(frame: Floats, weight: Floats) -> Floats:
    """Spread mean (3) and variance (1) of the weighted pixels over the picture."""
    values = np.dstack([frame, dot(frame, frame) / 3])
    spread = cv2.GaussianBlur(filled(values, weight), (0, 0), 2)
    variance = spread[..., 3] - dot(spread[..., :3], spread[..., :3]) / 3
    return np.dstack([spread[..., :3], np.maximum(variance, LEAST_VARIANCE)])


def _distance(frame: Floats, colours: Floats) -> Floats:
    rest = frame - colours[..., :3]
    variance = colours[..., 3] + VARIETY**2
    return np.asarray(dot(rest, rest) / (3 * variance) + np.log(variance), np.float32)


def _drawn(values: NDArray[Any], frame: Floats, radius: int) -> Floats:
    guide = frame / 255
    fit = fitted(values, guide, radius, SMOOTHNESS)
    return np.asarray(np.clip(dot(fit[..., :3], guide) + fit[..., 3], 0, 1), np.float32)


def fitted(values: NDArray[Any], guide: NDArray[Any], radius: int, smoothness: float) -> Floats:
    """Fit `values` locally as a linear function of a colour guide; give the coefficients, (h, w, 4)."""
    side = (2 * radius + 1, 2 * radius + 1)
    red, green, blue = (np.ascontiguousarray(guide[..., channel]) for channel in range(3))
    mean = cv2.blur(guide, side)
    mean_value = cv2.blur(values, side)
    cross = cv2.blur(guide * values[..., None], side) - mean * mean_value[..., None]
    products = cv2.blur(np.dstack([guide * red[..., None], guide * green[..., None]]), side)
    rr = products[..., 0] - mean[..., 0] ** 2 + smoothness
    rg = products[..., 1] - mean[..., 0] * mean[..., 1]
    rb = products[..., 2] - mean[..., 0] * mean[..., 2]
    gg = products[..., 4] - mean[..., 1] ** 2 + smoothness
    gb = products[..., 5] - mean[..., 1] * mean[..., 2]
    bb = cv2.blur(blue * blue, side) - mean[..., 2] ** 2 + smoothness
    slope = _solved_3x3((rr, rg, rb, gg, gb, bb), cross)
    offset = mean_value - dot(slope, mean)
    return np.asarray(cv2.blur(np.dstack([slope, offset]), side), np.float32)


def _solved_3x3(symmetric: tuple[Floats, ...], right: Floats) -> Floats:
    """Solve one symmetric 3x3 system a pixel, by cofactors."""
    a, b, c, d, e, f = symmetric
    inverse = (d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b)
    determinant = a * inverse[0] + b * inverse[1] + c * inverse[2]
    x, y, z = right[..., 0], right[..., 1], right[..., 2]
    first = inverse[0] * x + inverse[1] * y + inverse[2] * z
    second = inverse[1] * x + inverse[3] * y + inverse[4] * z
    third = inverse[2] * x + inverse[4] * y + inverse[5] * z
    return np.dstack([first, second, third]) / determinant[..., None]


def resolved(image: Rgb8, frame: Floats, guess: Guess, radius: int) -> tuple[Alpha, Rgb8]:
    """Carry the guess to full size: alpha float32 (H, W) and foreground uint8 (H, W, 3).

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    frame : float32 of shape (h, w, 3): the same, scaled down as the guess is
    """
    size = (image.shape[1], image.shape[0])
    fit = fitted(guess.probability, frame / 255, radius, FINE_SMOOTHNESS)
    large = np.asarray(cv2.resize(fit, size, interpolation=cv2.INTER_LINEAR), np.float32)
    soft = dot(large[..., :3], image * np.float32(1 / 255)) + large[..., 3]
    alpha = np.asarray(np.clip((soft - 0.5) * CONTRAST + 0.5, 0, 1), np.float32)
    return alpha, _foreground(image, alpha, guess)


def _foreground(image: Rgb8, alpha: Alpha, guess: Guess) -> Rgb8:
    """Give the likeliest colours of the soft pixels, both sides' colours being given."""
    size = (image.shape[1], image.shape[0])
    foreground = image.copy()
    soft = alpha < 0.99
    person = cv2.resize(guess.person, size, interpolation=cv2.INTER_LINEAR)[soft]
    background = cv2.resize(guess.background, size, interpolation=cv2.INTER_LINEAR)[soft]
    share = alpha[soft][:, None]
    rest = image[soft] - share * person[:, :3] - (1 - share) * background[:, :3]
    own = share * person[:, 3:]
    noise = np.square(1 - share) * background[:, 3:] + NOISE
    colours = person[:, :3] + own / (share * own + noise) * rest
    foreground[soft] = np.clip(colours + 0.5, 0, 255)
    return foreground
