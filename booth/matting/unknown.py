"""Alpha and foreground without a plate: local colours of person and background, drawn to the edges.

Colours on either side of the mask's rim are spread into it (as in Chuang's Bayesian matting) and tell person
from background, as GrabCut's colour models do (Rother, C. et al., SIGGRAPH 2004), but locally and without a
graph cut: a guided filter keeps the labels together (He, K. et al.: Guided Image Filtering. TPAMI 2013). All
that happens on a small picture; its linear coefficients then carry alpha to full size (He, K. & Sun, J.: Fast
Guided Filter, 2015). The foreground is solved for with the two spread colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Mask, Probability, Rgb8
from booth.matting.channels import dot
from booth.matting.pushpull import filled
from booth.matting.spots import Spots
from booth.matting.tiles import Tile, each, enlarged, tiles_of

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

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
EMPTY = 0.01
"""Probability below which nobody is there, whatever the colours."""
SOLID = 0.99
"""Alpha from which a pixel's colour is the person's own."""


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
    guide = Guide.of(frame * np.float32(1 / 255), max(1, round(rim / 2)), SMOOTHNESS)
    values = np.dstack([frame, dot(frame, frame) / 3])
    believed = guide.drawn(probability)
    for _ in range(TURNS):
        person, background = each(partial(_colours, values), (_sure(believed), _sure(1 - believed)))
        evidence = _distance(frame, background) - _distance(frame, person)
        odds = prior + np.clip(COLOUR_WEIGHT * evidence, -MOST_EVIDENCE, MOST_EVIDENCE)
        believed = guide.drawn(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
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


def _colours(values: Floats, weight: Floats) -> Floats:
    """Spread mean (3) and variance (1) of the weighted pixels over the picture: `values` are R, G, B and the
    mean square."""
    spread = np.asarray(cv2.GaussianBlur(filled(values, weight), (0, 0), 2), np.float32)
    variance = spread[..., 3] - dot(spread[..., :3], spread[..., :3]) / 3
    spread[..., 3] = np.maximum(variance, LEAST_VARIANCE)
    return spread


def _distance(frame: Floats, colours: Floats) -> Floats:
    rest = frame - colours[..., :3]
    variance = colours[..., 3] + VARIETY**2
    return np.asarray(dot(rest, rest) / (3 * variance) + np.log(variance), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """A picture in [0, 1] to whose colours values are drawn, within windows of `radius`; with what follows from
    it alone, its local means and the six entries of its inverted local covariances."""

    picture: Floats
    radius: int
    mean: Floats
    inverse: Floats

    @classmethod
    def of(cls, picture: Floats, radius: int, smoothness: float) -> Guide:
        """`smoothness` is the variance below which a window counts as flat."""
        side = (2 * radius + 1, 2 * radius + 1)
        # a grey picture's matrices are all but singular: single precision would divide by its own rounding
        planes = [np.asarray(plane, np.float64) for plane in cv2.split(picture)]
        means = [np.asarray(cv2.blur(plane, side), np.float64) for plane in planes]
        covariance = [
            cv2.blur(planes[one] * planes[other], side) - means[one] * means[other]
            for one, other in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
        ]
        for diagonal in (0, 3, 5):
            covariance[diagonal] += smoothness
        return cls(picture, radius, np.asarray(cv2.merge(means), np.float32), _inverted(*covariance))

    def fitted(self, values: NDArray[Any]) -> Floats:
        """Fit `values` (h, w) locally as a linear function of the colours: the coefficients, (h, w, 4)."""
        side = (2 * self.radius + 1, 2 * self.radius + 1)
        of_values = cv2.blur(values, side)
        x, y, z = (
            cv2.blur(self.picture[..., channel] * values, side) - self.mean[..., channel] * of_values
            for channel in range(3)
        )
        a, b, c, d, e, f = (self.inverse[entry] for entry in range(6))
        slopes = (a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z)
        offset = of_values - sum(slope * self.mean[..., channel] for channel, slope in enumerate(slopes))
        return np.asarray(cv2.blur(np.dstack([*slopes, offset]), side), np.float32)

    def drawn(self, values: NDArray[Any]) -> Floats:
        """Draw values in [0, 1] to the picture's edges."""
        fit = self.fitted(values)
        return np.asarray(np.clip(dot(fit[..., :3], self.picture) + fit[..., 3], 0, 1), np.float32)


def _inverted(a: Doubles, b: Doubles, c: Doubles, d: Doubles, e: Doubles, f: Doubles) -> Floats:
    """Invert one symmetric 3x3 matrix a pixel, by cofactors; matrices are given row by row without repeats."""
    rows = np.stack(
        [d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b]
    )
    rows /= a * rows[0] + b * rows[1] + c * rows[2]
    return np.asarray(rows, np.float32)


def resolved(image: Rgb8, frame: Floats, guess: Guess, radius: int) -> tuple[Alpha, Rgb8]:
    """Carry the guess to full size: alpha float32 (H, W) and foreground uint8 (H, W, 3).

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    frame : float32 of shape (h, w, 3): the same, scaled down as the guess is
    """
    height, width = image.shape[:2]
    fit = Guide.of(frame * np.float32(1 / 255), radius, FINE_SMOOTHNESS).fitted(guess.probability)
    settled = np.asarray(guess.probability > 0.5, np.uint8)
    alpha = cv2.resize(settled, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.float32)
    nearby = np.clip(guess.person[..., :3] + np.float32(0.5), 0, 255).astype(np.uint8)
    foreground = np.asarray(cv2.resize(nearby, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    foreground = np.asarray(cv2.copyTo(image, (alpha > 0).view(np.uint8), foreground), np.uint8)
    tiles = tiles_of(height, width, _undecided(guess.probability, radius))
    each(lambda tile: _resolve_tile(image, fit, guess, tile, alpha, foreground), tiles)
    return alpha, foreground


def _undecided(probability: Floats, radius: int) -> Mask:
    """Tell where not all that the fit looks at is certainly one side's."""
    reach = np.ones((4 * radius + 3, 4 * radius + 3), np.uint8)
    return np.asarray((cv2.dilate(probability, reach) > EMPTY) & (cv2.erode(probability, reach) < 1 - EMPTY))


def _resolve_tile(image: Rgb8, fit: Floats, guess: Guess, tile: Tile, alpha: Alpha, foreground: Rgb8) -> None:
    box, size = tile.inner, (image.shape[0], image.shape[1])
    large = enlarged(fit, box, size)
    soft = dot(large[..., :3], image[box] * np.float32(1 / 255)) + large[..., 3]
    share = np.clip((soft - np.float32(0.5)) * np.float32(CONTRAST) + np.float32(0.5), 0, 1)
    alpha[box] = share
    colours = cv2.copyTo(image[box], (share > 0).view(np.uint8), foreground[box])
    spots = Spots.within((share > 0) & (share < SOLID), box, size)
    foreground[box] = colours
    foreground.reshape(-1, 3)[spots.place] = _colours_of(image, alpha, guess, spots)


def _colours_of(image: Rgb8, alpha: Alpha, guess: Guess, spots: Spots) -> Floats:
    """Give the likeliest colours of the soft pixels, both sides' colours being given."""
    share, person, background = (
        spots.of(alpha),
        spots.enlarged(guess.person),
        spots.enlarged(guess.background),
    )
    rest = spots.of(image) - background[:, :3] - share[:, None] * (person[:, :3] - background[:, :3])
    own = share * person[:, 3]
    noise = np.square(1 - share) * background[:, 3] + np.float32(NOISE)
    colours = person[:, :3] + (own / (share * own + noise))[:, None] * rest
    return np.asarray(np.clip(colours + np.float32(0.5), 0, 255), np.float32)
