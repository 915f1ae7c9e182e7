"""Water seen level: mirrored scenery, ripples, glitter."""

from __future__ import annotations

import numpy as np
from brushes import Picture, Plane, axes, blurred_along, smoothstep
from ground import View
from noise import Rng, moved, sampled, seamless


def ripples(rng: Rng, view: View, side: int, size: float = 6.0, stretch: float = 2.5) -> Plane:
    """Waves of about `size` metres on the floor plane, -1 to 1, calmer where they become too fine to see."""
    sideways, ahead = view.floor(side)
    tile = seamless(rng, 512, 8, 6, 0.6)
    fine = seamless(rng, 512, 8, 5, 0.65)
    big = sampled(tile, sideways / (size * 8 * stretch), ahead / (size * 8))
    small = sampled(fine, sideways / (size * 2.3 * stretch), ahead / (size * 2.3))
    distance = np.clip(ahead / (size * 60), 0, 1)
    return ((big - 0.5) * (1.2 - 0.4 * distance) + (small - 0.5) * (0.8 - 0.7 * distance)) * 1.2


def mirrored_below(
    image: Picture, horizon: float, waves: Plane, strength: float, smear: float = 0.004
) -> Picture:
    """The scenery above the horizon, upside down below it, torn by waves; above it, the image unchanged."""
    side = image.shape[0]
    _, y = axes(side)
    below = np.maximum(y - horizon, 0)
    down = 2 * (horizon - y) * (y > horizon) - waves * strength * np.sqrt(below) * (y > horizon)
    across = waves * strength * 0.12 * np.sqrt(below)
    reflection = moved(image, across, np.where(y > horizon, np.minimum(down, -2 * below * 0.02), 0))
    soft = blurred_along(reflection, smear * 0.3, smear)
    return np.where((y > horizon)[..., None], soft, image)


def glitter(rng: Rng, view: View, side: int, sun_x: float, width: float, size: float = 0.5) -> Plane:
    """Sparks of a low sun on waves: a road of light under it, broken up by the waves."""
    x, y = axes(side)
    sideways, ahead = view.floor(side)
    coarse = sampled(seamless(rng, 512, 8, 6, 0.7), sideways / (size * 40), ahead / (size * 90))
    fine = sampled(seamless(rng, 512, 32, 5, 0.85), sideways / (size * 20), ahead / (size * 36))
    below = np.maximum(y - view.horizon, 0)
    road = np.exp(-(((x - sun_x) / (width * (0.35 + below * 4))) ** 2))
    wave = coarse * 0.55 + fine * 0.45
    threshold = 0.74 - 0.34 * road
    return smoothstep(0, 0.10, wave - threshold) * road * (y > view.horizon)
