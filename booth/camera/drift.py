"""Does the clean plate still fit? Whether the camera was bumped or the light has changed since."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Rgb8, check_alpha, check_rgb, check_same_size
from booth.sentences import Sentence, say
from booth.shot import Frame, Plate

SIDE = 240
"""Pixels of the shorter side at which drift is looked for."""
SHIFT_SHARE = 0.0015
"""Shift as a share of the shorter side from which the camera counts as bumped (1.6 of 1080 pixels)."""
LIGHT_CHANGE = 0.07
"""Relative change of brightness from which the light counts as changed."""
COLOUR_CHANGE = 0.06
"""Relative change of one channel against the mean of all from which the colour counts as changed."""
BIN = 0.01
STEPS = 3
FURTHEST = 0.25
"""Share of the side beyond which no shift is looked for: a camera that far off shows another place."""
BETTER = 0.97
"""Share to which a large shift must lessen what differs to be believed: on a bare wall any shift fits."""
LEAST_BACKGROUND = 0.05
"""Share of the picture that must be free of people for a judgement."""

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Drift:
    """How a frame differs from the plate outside the people.

    `shift_pixels` is in pixels of the frame, `brightness_ratio` is frame / plate, `colour_shift` the largest
    change of a channel's ratio against their mean (0.05: five per cent). `message` is for the operator.
    """

    shift_pixels: float
    brightness_ratio: float
    colour_shift: float
    message: Sentence | None


def drift(frame: Frame, plate: Plate, alpha: Alpha | None) -> Drift:
    """Compare a frame with the clean plate outside the people.

    Parameters
    ----------
    frame : picture of shape (H, W, 3), RGB
    plate : the clean plate, of the same size
    alpha : float32 (H, W), in [0, 1], where people are; None if not known: guests may stand there all the same

    Raises
    ------
    ValueError
        If dtype or shape is off. A plate of another size is no error, but drift with a message.
    """
    check_rgb(frame.image)
    if frame.image.shape != plate.image.shape:
        return Drift(0.0, 1.0, 0.0, say("drift.size"))
    if alpha is not None:
        check_alpha(alpha)
        check_same_size(frame=frame.image, alpha=alpha)
    now, then = _small(frame.image), _small(plate.image)
    free = _free_of_people(now.shape[:2], alpha)
    if free.mean() < LEAST_BACKGROUND:
        return Drift(0.0, 1.0, 0.0, None)
    brightness, colour = _light(now, then, free)
    scale = min(frame.image.shape[:2]) / min(now.shape[:2])
    shift = scale * _shift(_grey(now) / brightness, _grey(then), free)
    return Drift(shift, brightness, colour, _message(shift, min(frame.image.shape[:2]), brightness, colour))


def _message(shift: float, side: int, brightness: float, colour: float) -> Sentence | None:
    if shift > SHIFT_SHARE * side:
        return say("drift.moved", pixels=shift)
    if abs(brightness - 1) > LIGHT_CHANGE:
        return say("drift.light", change=f"{brightness - 1:+.0%}")
    if colour > COLOUR_CHANGE:
        return say("drift.colour", change=f"{colour:.0%}")
    return None


def _small(image: Rgb8) -> NDArray[np.float32]:
    """Shrink by a whole factor: averaging whole blocks is several times faster than a fraction of them."""
    factor = max(1, min(image.shape[:2]) // SIDE)
    size = image.shape[1] // factor, image.shape[0] // factor
    whole = image[: size[1] * factor, : size[0] * factor]
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _grey(picture: NDArray[np.float32]) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def _free_of_people(shape: tuple[int, ...], alpha: Alpha | None) -> NDArray[np.bool_]:
    """Give where nobody is, with a margin for soft edges and contact shadows."""
    if alpha is None:
        return np.ones(shape, np.bool_)
    small = cv2.resize(alpha, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    margin = 2 * (min(shape) // 40) + 1
    taken = np.asarray(small > 0.02, dtype=np.uint8)
    return np.asarray(cv2.dilate(taken, np.ones((margin, margin), np.uint8)) == 0)


def _light(now: Grey, then: Grey, free: NDArray[np.bool_]) -> tuple[float, float]:
    """Give the ratio of brightness and the largest change of a channel against it."""
    now, then, free = now[::2, ::2], then[::2, ::2], free[::2, ::2]
    usable = free & (then.min(axis=2) > 16) & (np.maximum(now, then).max(axis=2) < 246)
    if usable.mean() < LEAST_BACKGROUND:
        return 1.0, 0.0
    before, after = then[usable] + 1, now[usable] + 1
    change = np.log(after.mean(axis=1) / before.mean(axis=1))
    level = _commonest(change)
    same = np.abs(change - level) < 3 * BIN
    ratios = np.median(after[same] / before[same], axis=0)
    return float(np.exp(level)), float(np.abs(ratios / ratios.mean() - 1).max())


def _commonest(values: Grey) -> float:
    """Give the middle of where the values crowd: guests in the picture are many values, not one."""
    bins = np.clip((values + 1.5) / BIN, 0, 299).astype(np.intp)
    crowd = np.convolve(np.bincount(bins, minlength=300), np.ones(5), "same")
    peak = (int(np.argmax(crowd)) + 0.5) * BIN - 1.5
    near = values[np.abs(values - peak) < 4 * BIN]
    return float(np.median(near)) if near.size else 0.0


def _shift(now: Grey, then: Grey, free: NDArray[np.bool_]) -> float:
    """Give the length of the shift in pixels of these pictures: coarse by phase, fine by gradients."""
    weight = free.astype(np.float32)
    still, guess = (0.0, 0.0), _phase_shift(now, then, weight)
    fits = _rest(now, then, weight, guess) < BETTER * _rest(now, then, weight, still)
    return _refined(now, then, weight, guess if fits else still)


def _phase_shift(now: Grey, then: Grey, weight: Grey) -> tuple[float, float]:
    """Give the shift in whole pixels by phase correlation (Kuglin and Hines, 1975) of the detail outside people.

    Whole ones, as interpolation smooths noise and so would make any fraction look like a better fit.
    """
    first, second = (_detail(picture) * weight for picture in (then, now))
    window = cv2.createHanningWindow((now.shape[1], now.shape[0]), cv2.CV_32F)
    (x, y), _ = cv2.phaseCorrelate(first, second, window)
    furthest = FURTHEST * min(now.shape)
    return (float(round(x)), float(round(y))) if np.hypot(x, y) < furthest else (0.0, 0.0)


def _refined(now: Grey, then: Grey, weight: Grey, start: tuple[float, float]) -> float:
    """Refine a shift by robust least squares on gradients (Lucas and Kanade, 1981) and give its length.

    What no edge shows (along the only edge of a bare wall) stays as it was.
    """
    dx, dy = (cv2.Sobel(then, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1)))
    cut = 6 + 2 * cv2.magnitude(dx, dy)
    x, y = start
    for _ in range(STEPS):
        rest = _moved_back(now, (x, y)) - then
        trust = weight * np.maximum(1 - (rest / cut) ** 2, 0)
        tx, ty = trust * dx, trust * dy
        across = float(np.vdot(tx, dy))
        holds = 50 + 1e-3 * float(trust.sum())
        a = np.array([[float(np.vdot(tx, dx)) + holds, across], [across, float(np.vdot(ty, dy)) + holds]])
        step = np.linalg.solve(a, (float(np.vdot(tx, rest)), float(np.vdot(ty, rest))))
        x, y = x - float(step[0]), y - float(step[1])
        if np.hypot(*step) < 0.02:
            break
    return float(np.hypot(x, y))


def _rest(now: Grey, then: Grey, weight: Grey, shift: tuple[float, float]) -> float:
    """Give what still differs after a shift; a guest, who differs anyway, counts little."""
    return float(np.mean(np.minimum(cv2.absdiff(_moved_back(now, shift), then), 12) * weight))


def _moved_back(picture: Grey, shift: tuple[float, float]) -> Grey:
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(
        picture, matrix, picture.shape[1::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, dtype=np.float32)


def _detail(picture: Grey) -> Grey:
    return np.asarray(picture - cv2.boxFilter(picture, -1, (15, 15)), dtype=np.float32)
