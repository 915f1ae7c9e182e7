"""The referee: may this matte be shown to its guests, and what could they do better?

Each doubt multiplies the score. The ramps were set with `python -m booth.evaluation.referee`, which tells
how well they part good mattes from damaged ones: the score answers for the matte, the hints for the photo.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Mask, Probability, Rgb8
from booth.images import smaller
from booth.matting.people import at_size, union
from booth.shot import Cutout, People, Plate

HINTS = ("nobody", "cut_off", "too_far", "too_dark", "too_bright_behind", "blurred")
"""What can be told to guests, as kinds; the texts have a sentence for each under "hint."."""
KINDS = (*HINTS, "impossible", "coverage", "unsure", "soft", "disagrees", "outline", "wall", "missed")
"""All reasons of a verdict."""

Floats = NDArray[np.float32]

_LEAST, _MOST = 0.003, 0.95  # shares of the picture between which guests are plausible
_LOOK = 480  # pixels of the longer side at which the matte is judged
_GLANCE = 120  # pixels of the longer side that hints for the mirror are taken from
_SHARP = 960  # pixels of the longer side at which a blur is seen
_RING = (1.5, 5.0)  # pixels at _LOOK, least and most, from an outline to the colours on both of its sides
_RIM = 8  # pixels at _LOOK from the picture's rim within which an outline is the picture's own
_STEP = 12.0  # 8-bit steps between the two sides of an outline that can be seen
_SAME = 10.0  # 8-bit steps by which a pixel may be the plate's
_OFF = 25.0  # 8-bit steps by which a pixel is certainly neither the plate nor a shadow on it
_SHADOW = (0.55, 1.08)  # factors by which a shadow or a reflection changes the plate
_NEAR = 40  # pixels at _LOOK from the matte within which something is a guest's
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` in [0, 1], 1 being a matte without fault; `reasons` are kinds of `KINDS`, what took it down
    and what guests could do better; `sentences` say the same to the operator."""

    score: float
    reasons: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """`factor` in [0, 1] multiplies the score; below 0.95 its kind is among the reasons."""

    kind: str
    factor: float
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A cut-out as the referee looks at it, at _LOOK: `alpha` of the guests, `everyone` of all who were
    found, `inside` and `outside` how many pixels each pixel is away from the other side of the guests'
    outline, `mask` what the segmenter gave, the picture as float32 (h, w, 3), and where the plate was used,
    the plate in the picture's light."""

    alpha: Alpha
    everyone: Alpha
    inside: Floats
    outside: Floats
    mask: Probability
    picture: Floats
    plate: Floats | None


def judge(cutout: Cutout, image: Rgb8, plate: Plate | None) -> Verdict:
    """Score a matte by what can be seen from it, its instances, its picture and its plate.

    Parameters
    ----------
    cutout : Cutout
        Of the image's size; values of its alpha outside [0, 1] or not finite score 0.
    image : uint8 of shape (H, W, 3), RGB
    plate : the clean plate at the image's size, None where there is none or it did not fit
    """
    refusal = _refusal(cutout.alpha, cutout.people)
    if refusal:
        return Verdict(0.0, (refusal.kind,), (refusal.sentence,))
    doubts = [doubt for doubt in doubts_of(cutout, image, plate) if doubt.factor < 0.95]
    told = (*hints(cutout.alpha, image), *(("blurred",) if is_blurred(cutout.alpha, image) else ()))
    kinds = dict.fromkeys([*(doubt.kind for doubt in doubts), *told])
    score = float(np.prod([doubt.factor for doubt in doubts]))
    return Verdict(score, tuple(kinds), tuple(f"{doubt.sentence} ({doubt.factor:.2f})" for doubt in doubts))


def doubts_of(cutout: Cutout, image: Rgb8, plate: Plate | None) -> tuple[Doubt, ...]:
    """Give every doubt, also those that came to nothing."""
    people = _guests_of(cutout)
    look = _look_at(cutout, people, image, plate)
    return (
        Doubt("unsure", _certain(people), "the segmenter is not sure of these guests"),
        Doubt("soft", _crisp(look.alpha), "much of the outline is uncertain"),
        Doubt("disagrees", _agreed(look), "the matte and the guests' masks disagree"),
        Doubt("cut_off", _headroom(look.alpha), "the guests are cut off along the top of the picture"),
        Doubt("outline", _outlined(look), "the picture shows no edge where the matte has its outline"),
        Doubt("wall", _no_wall(look), "the matte shows much of the empty wall"),
        Doubt("missed", _complete(look), "something of the guests is left out"),
    )


def hints(alpha: Alpha, image: Rgb8) -> tuple[str, ...]:
    """Say what guests could do better, in kinds of `HINTS`. Cheap enough for every mirror picture.

    Parameters
    ----------
    alpha : float32 of shape (H, W), in [0, 1]
    image : uint8 of shape (H, W, 3), RGB, of the same view and of any size
    """
    size = _size(alpha.shape, _GLANCE)
    small = np.asarray(smaller(alpha, size[1], size[0]), np.float32)
    solid = small > _HALF
    if float(solid.mean()) < _LEAST:
        return ("nobody",)
    light = cv2.cvtColor(smaller(image, size[1], size[0]), cv2.COLOR_RGB2GRAY)
    lit, behind = light[solid], light[small < 0.1]
    is_backlit = behind.size > 0 and float((behind > 240).mean()) > 0.3 and float(np.median(lit)) < 85
    found = {
        "cut_off": _is_cut_off(solid),
        "too_far": float(np.ptp(np.flatnonzero(solid.any(axis=1)))) < 0.3 * solid.shape[0],
        "too_dark": not is_backlit and float(np.percentile(lit, 95)) < 75,
        "too_bright_behind": is_backlit,
    }
    return tuple(kind for kind, is_so in found.items() if is_so)


def _is_cut_off(solid: Mask) -> bool:
    """A head at the top or half a body at a side; an arm or a hand may leave the picture."""
    top, sides = float(solid[0].mean()), max(float(solid[:, 0].mean()), float(solid[:, -1].mean()))
    return top > 0.09 or sides > 0.3


def _refusal(alpha: Alpha, people: People) -> Doubt | None:
    low, high = float(alpha.min()), float(alpha.max())
    if not (low >= 0 and high <= 1):
        return Doubt("impossible", 0, f"the matte holds impossible values, from {low} to {high}")
    if len(people) == 0:
        return Doubt("nobody", 0, "nobody was found")
    if not np.isfinite(people.scores).all():
        return Doubt("impossible", 0, "the segmenter's scores are not numbers")
    coverage = np.count_nonzero(alpha > _HALF) / alpha.size
    if not _LEAST <= coverage <= _MOST:
        return Doubt("coverage", 0, f"the guests cover {coverage:.1%} of the picture")
    return None


def _size(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Width and height, the longer of them `side` pixels at the most."""
    scale = min(1.0, side / max(shape[:2]))
    return max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))


def _look_at(cutout: Cutout, people: People, image: Rgb8, plate: Plate | None) -> _Look:
    size = _size(image.shape, _LOOK)

    def small(picture: NDArray[np.uint8] | Floats) -> Floats:
        return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)

    alpha, picture = small(cutout.alpha), small(image)
    everyone = alpha if cutout.everyone is None else small(cutout.everyone)
    solid = (alpha > _HALF).astype(np.uint8)
    height, width = alpha.shape
    placed = at_size(people, (cutout.alpha.shape[0], cutout.alpha.shape[1]), (height, width))
    return _Look(
        alpha,
        everyone,
        np.asarray(cv2.distanceTransform(solid, cv2.DIST_L2, 3), np.float32),
        np.asarray(cv2.distanceTransform(1 - solid, cv2.DIST_L2, 3), np.float32),
        union(placed, height, width),
        picture,
        None if plate is None else _in_light(small(plate.image), picture, everyone < 0.05),
    )


def _in_light(plate: Floats, picture: Floats, behind: Mask) -> Floats:
    some = np.flatnonzero(behind)[::8]  # enough to tell one factor a channel
    seen, still = picture.reshape(-1, 3)[some], plate.reshape(-1, 3)[some]
    light = np.median((seen + 1) / (still + 1), axis=0) if len(seen) else np.ones(3)
    return plate * light.astype(np.float32)


def _guests_of(cutout: Cutout) -> People:
    kept = sorted(cutout.included)
    people = cutout.people
    labels = tuple(people.labels[number] for number in kept)
    return People(tuple(people.masks[n] for n in kept), people.boxes[kept], people.scores[kept], labels)


def _certain(people: People) -> float:
    """The mean score, each instance by the room that it takes; full marks from 0.8."""
    room = np.prod(np.maximum(people.boxes[:, 2:] - people.boxes[:, :2], 1), axis=1)
    return _ramp(float(np.average(people.scores, weights=room)), 0.0, 0.8)


def _crisp(alpha: Alpha) -> float:
    """How little of the guests is half transparent; hair makes a fifth of a head's picture soft."""
    soft = float(((alpha > 0.1) & (alpha < 0.9)).sum()) / max(1.0, float((alpha > 0.1).sum()))
    return 1 - _ramp(soft, 0.4, 0.9)


def _agreed(look: _Look) -> float:
    """How well the matte fits the masks that it was made from: their overlap (IoU), nothing of their hearts
    lost, and without a plate, which can prove a prop, nothing far outside of them."""
    mask, matte = look.mask > _HALF, look.alpha > _HALF
    area = max(1.0, float(matte.sum()))
    overlap = float((mask & matte).sum()) / max(1.0, float((mask | matte).sum()))
    heart = cv2.erode((look.mask > 0.9).astype(np.uint8), _square(9)).astype(bool)
    factor = _ramp(overlap, 0.4, 0.88) * (1 - _ramp(float((heart & ~matte).sum()) / area, 0.03, 0.15))
    if look.plate is not None:
        return factor
    far = ~cv2.dilate(mask.astype(np.uint8), _square(31)).astype(bool)
    return factor * (1 - _ramp(float((far & matte).sum()) / area, 0.05, 0.3))


def _headroom(alpha: Alpha) -> float:
    """A head or a raised hand may leave the picture, a row of shoulders may not."""
    return 1 - 0.6 * _ramp(float((alpha[0] > _HALF).mean()), 0.3, 0.7)


def _outlined(look: _Look) -> float:
    """How much of the outline can be seen in the picture: its colours differ on both of its sides."""
    outline = (look.inside > 0) & (look.inside < 1.5)
    outline[:_RIM] = outline[-_RIM:] = outline[:, :_RIM] = outline[:, -_RIM:] = False
    outline[::2] = False  # every second row of it is enough
    within = _mean_where(look.picture, _is_in_ring(look.inside), outline)
    without = _mean_where(look.picture, _is_in_ring(look.outside) & (look.everyone < _HALF), outline)
    step = np.abs(within - without).max(axis=1)
    known = step[np.isfinite(step)]
    return _ramp(float((known > _STEP).mean()), 0.4, 0.85) if known.size else 1.0


def _is_in_ring(away: Floats) -> Mask:
    return np.asarray((away > _RING[0]) & (away < _RING[1]))


def _mean_where(picture: Floats, here: Mask, at: Mask) -> Floats:
    """The mean colours (N, 3), round each pixel of `at`, of the pixels `here`; NaN where there is none."""
    window = (9, 9)
    weight = cv2.blur(here.astype(np.float32), window)[at][:, None]
    total = cv2.blur(picture * here[..., None], window)[at]
    return np.where(weight > 1e-3, total / np.maximum(weight, 1e-6), np.float32(np.nan))


def _no_wall(look: _Look) -> float:
    """How little of the matte, and of its rim, shows what the plate shows."""
    if look.plate is None:
        return 1.0
    same = cv2.blur(_apart(look.picture, look.plate), (3, 3)) < _SAME
    solid, rim = look.alpha > 0.95, _is_in_ring(look.inside)
    wall = cv2.morphologyEx((same & solid).astype(np.uint8), cv2.MORPH_OPEN, _square(7))
    in_body = float(wall.sum()) / max(1, int(solid.sum()))
    in_rim = float((same & rim).sum()) / max(1, int(rim.sum()))
    return (1 - _ramp(in_body, 0.1, 0.45)) * (1 - _ramp(in_rim, 0.15, 0.6))


def _complete(look: _Look) -> float:
    """How little beside the matte is neither plate nor shadow: a lost arm, a bag, half a guest."""
    if look.plate is None:
        return 1.0
    seen, still = _sum(look.picture * look.plate), _sum(look.plate * look.plate)
    brightness = seen / np.maximum(still, 1)
    shaded = look.plate * np.clip(brightness, *_SHADOW)[..., None].astype(np.float32)
    off = cv2.blur(_apart(look.picture, shaded), (3, 3)) > _OFF
    beside = off & (look.everyone < 0.05) & (look.outside < _NEAR)
    lost = cv2.morphologyEx(beside.astype(np.uint8), cv2.MORPH_OPEN, _square(5))
    return 1 - _ramp(float(lost.sum()) / max(1.0, float((look.alpha > _HALF).sum())), 0.03, 0.15)


def _apart(picture: Floats, other: Floats) -> Floats:
    """How far pixels are apart in the channel in which they are furthest."""
    red, green, blue = cv2.split(cv2.absdiff(picture, other))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.float32)


def _sum(picture: Floats) -> Floats:
    return np.asarray(cv2.transform(picture, np.ones((1, 3), np.float32)), np.float32)


def is_blurred(alpha: Alpha, image: Rgb8) -> bool:
    """Tell whether the guests moved or are out of focus; who wears nothing but flat colours is not."""
    return 2.5 < sharpness(alpha, image) < 7.0


def sharpness(alpha: Alpha, image: Rgb8) -> float:
    """How steep the guests' steepest edges are, in 8-bit steps a pixel at _SHARP."""
    size = _size(image.shape, _SHARP)
    light = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    solid = cv2.erode(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), _square(9)) > 0.95
    if not solid.any():
        return 255.0
    across, down = cv2.Sobel(light, cv2.CV_16S, 1, 0), cv2.Sobel(light, cv2.CV_16S, 0, 1)
    slope = np.maximum(np.abs(across[solid]), np.abs(down[solid]))
    return float(np.percentile(slope, 99)) / 4


def _square(side: int) -> NDArray[np.uint8]:
    return np.ones((side, side), np.uint8)


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))
