"""Which part of the frame shows the clean plate, and in what light.

The test is blind to shadows: a pixel shows the plate when some scalar shading of the plate explains it
(brightness and chromaticity distortion: Horprasert, T. et al.: A Statistical Approach for Real-time Robust
Background Subtraction and Shadow Detection. ICCV Frame-Rate Workshop 1999), and that shading is close to its
neighbours'. Background grows inwards from where nobody stands, so a shadow is followed to the person's
outline, where shading jumps. All of it happens on pictures scaled down to some 480 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask, Probability
from booth.matting.channels import dot
from booth.matting.gaps import dots_in, gaps_in
from booth.matting.grow import LIKELY, grown
from booth.matting.light import is_same_scene, light_field
from booth.matting.noise import noise_between, steepness
from booth.matting.pushpull import filled
from booth.matting.shading import BRIGHTEST, DARKEST, Fit, shading_around

Floats = NDArray[np.float32]

PLAIN = 9.0
"""Mean squared deviation, in variances, up to which a pixel shows the plate where nobody was expected."""
GAP_LIGHT = 0.12
"""How far the light in an enclosed gap may differ from the light around."""
GAP_DARKER = 0.4
"""How much darker it may be where the plate's pattern is seen for certain."""
GAP_TEXTURE = 9.0
GAP_STEP = 0.04
GAP_SIDE = 5
MARGIN = 12
DEEP = 1.5
"""Deeper than this many rims inside the coarse mask nothing is taken for background by its colour alone."""
USUAL_SHADOW = 0.25
VARIETY = 15.0
"""How far a person's colours stray from those deeper inside, at least."""
RESEMBLANCE = 6.0
"""Colours nearer than this, in 8-bit steps, may agree by chance over a whole region."""


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What the coarse mask says, scaled down: `far` from anybody, `likely` a person, `deep` inside one.

    `rim` is the width of the mask's soft edge, in pixels of the small picture: how far it may be wrong.
    """

    probability: Probability
    far: Mask
    likely: Mask
    deep: Mask
    rim: float

    def within(self, box: tuple[slice, slice]) -> Prior:
        """Give the same for a box of the picture."""
        parts = (self.probability[box], self.far[box], self.likely[box], self.deep[box])
        return Prior(*parts, self.rim)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """`shown` is where the frame shows the plate, `claimed` where it resembles the person more; `light`
    (h, w, 3) is what to multiply the plate by.
    `fits` tells whether this is the same scene at all."""

    shown: Mask
    claimed: Mask
    light: Floats
    fits: bool


def prior_from(probability: Probability, reach: float = 0.12) -> Prior:
    """Read a small coarse mask. `reach`, in person sizes, is how far hair and hands may leave it."""
    likely = probability > 0.5
    size = float(np.sqrt(max(int(likely.sum()), 1)))
    radius = int(reach * size) + 3
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    far = cv2.dilate((probability > 0.04).astype(np.uint8), disc) == 0
    rim = _rim(probability, likely)
    depth = cv2.distanceTransform(likely.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return Prior(probability, np.asarray(far), likely, np.asarray(depth > DEEP * rim), rim)


def prior_within(trimap: NDArray[np.uint8]) -> Prior:
    """Read a trimap, scaled down: uint8 (h, w), 0 nobody, 255 a person, unknown between."""
    far, deep = trimap == 0, trimap == 255
    out = cv2.distanceTransform((~far).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    within = np.zeros_like(out)
    if deep.any():
        within = cv2.distanceTransform((~deep).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    probability = np.asarray(out / np.maximum(out + within, 1), np.float32)
    likely = probability > 0.5
    return Prior(probability, far, likely, deep, _rim(probability, likely))


def _rim(probability: Probability, likely: Mask) -> float:
    soft = int(((probability > 0.1) & (probability < 0.9)).sum())
    inside = likely.astype(np.uint8)
    outline = int((cv2.dilate(inside, np.ones((3, 3))) - inside).sum())
    return max(1.0, soft / max(outline, 1))


def scene_behind(frame: Floats, plate: Floats, prior: Prior) -> Scene:
    """Find where the plate shows and the light that falls on it, shadows included.

    Parameters
    ----------
    frame, plate : float32 of shape (h, w, 3), RGB, registered and scaled down
    """
    gain = light_field(frame, plate, prior.far)
    lit = np.minimum(plate * gain, 255)
    still = lit.astype(np.uint8)
    slope = steepness(still)
    noise = noise_between(frame - lit, np.square(slope, dtype=np.float32), prior.far)
    box = _box_around(~prior.far)
    fit = Fit.of(frame[box], lit[box], noise.variance(still[box], slope[box]))
    claimed = _claimed(frame[box], lit[box], prior.within(box))
    claimed |= dots_in(frame[box], lit[box], fit, claimed, prior.likely[box])
    seen = prior.far[box] & (fit.deviation(np.ones_like(fit.plate), 0) < PLAIN)
    seen = grown(seen, fit, claimed)
    seen = grown(seen | _gaps(seen, fit, claimed), fit, claimed)
    gaps = gaps_in(frame[box], lit[box], fit, shading_around(seen, fit), seen, prior.likely[box])
    if gaps.any():
        claimed &= ~_widened(gaps)
        seen = grown(seen | gaps, fit, claimed)
    gain[box] *= shading_around(seen, fit)[..., None]
    shown, claims = np.ones(prior.far.shape, bool), np.zeros(prior.far.shape, bool)
    shown[box], claims[box] = seen, claimed
    return Scene(shown, claims, gain, is_same_scene(frame, lit, prior.far))


def _box_around(mask: Mask) -> tuple[slice, slice]:
    """Give the box of a mask with a rim of background to grow from."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    top, left = max(0, int(rows[0]) - MARGIN), max(0, int(columns[0]) - MARGIN)
    return slice(top, int(rows[-1]) + 1 + MARGIN), slice(left, int(columns[-1]) + 1 + MARGIN)


def _claimed(frame: Floats, plate: Floats, prior: Prior) -> Mask:
    """Tell where the person explains the frame better than the plate does: same colours, inside the mask.

    Neither model is trusted to less than RESEMBLANCE, as whole regions agree by chance, not single pixels.
    """
    inside = prior.deep.astype(np.float32)
    if not inside.any():
        return prior.deep
    values = np.dstack([frame, dot(frame, frame) / 3])
    moments = np.asarray(cv2.GaussianBlur(filled(values, inside), (0, 0), 2), np.float32)
    mean = moments[..., :3]
    spread = np.maximum(moments[..., 3] - dot(mean, mean) / 3, 0) + VARIETY**2
    as_person = dot(frame - mean, frame - mean) / (3 * spread) + np.log(spread / RESEMBLANCE**2)
    shading = np.clip(dot(frame, plate) / (dot(plate, plate) + 1), DARKEST, BRIGHTEST)
    rest = frame - shading[..., None] * plate
    as_plate = dot(rest, rest) / (3 * RESEMBLANCE**2) + np.square((shading - 1) / USUAL_SHADOW)
    share = np.clip(prior.probability, 0.03, 0.97)
    return np.asarray((as_plate - as_person + 2 * np.log(share / (1 - share)) > 0) | prior.deep)


def _gaps(shown: Mask, fit: Fit, claimed: Mask) -> Mask:
    """Find windows that growth cannot reach, explained by the plate in much the light found around them."""
    window = (GAP_SIDE, GAP_SIDE)
    around = shading_around(shown, fit)
    reach = np.where(_is_textured(fit), GAP_DARKER, GAP_LIGHT)
    shading = cv2.blur(fit.cross, window) / cv2.blur(fit.plate, window)
    deviation = fit.deviation(np.clip(shading, around - reach, around + GAP_LIGHT), GAP_STEP)
    good = ((deviation < LIKELY) & ~claimed).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(good, cv2.MORPH_OPEN, np.ones(window)) > 0)


def _is_textured(fit: Fit) -> Mask:
    """Tell where the plate has a pattern that nothing else would show by chance."""
    length = np.sqrt(fit.plate)
    window = (GAP_SIDE, GAP_SIDE)
    return np.asarray(cv2.blur(fit.plate, window) - np.square(cv2.blur(length, window)) > GAP_TEXTURE)


def _widened(mask: Mask) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
