"""One photo's path as one function each way: a picture becomes a Cutout, a Cutout becomes a Composite."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8, check_rgb, read_only
from booth.errors import MattingError
from booth.matting.people import union
from booth.matting.referee import judge
from booth.matting.refine import refine
from booth.matting.segmenter import Segmenter
from booth.scene.framed import framed
from booth.scene.layout import Overlay
from booth.shot import Backdrop, Composite, Cutout, People, Plate

log = logging.getLogger(__name__)

PICTURE_SIDE = 1920
"""Side in pixels of the finished square picture."""

Seen = Callable[[str, NDArray[Any] | People], None]
"""Is shown every intermediate result by its name: "people", "probability", "trimap", "alpha", "foreground"."""


def _unseen(name: str, result: NDArray[Any] | People) -> None:
    pass


@dataclass(frozen=True, slots=True)
class NoCutout:
    """No rung of the ladder gave a cut-out that may be printed.

    `reasons` has one sentence a rung; `nobody` is true where every rung that ran saw nobody.
    """

    reasons: tuple[str, ...]
    nobody: bool

    @property
    def why(self) -> str:
        return "; ".join(self.reasons) or "no method can run"


def cut_out(
    image: Rgb8,
    plate: Plate | None,
    ladder: Sequence[Segmenter],
    accept: float,
    seen: Seen = _unseen,
) -> Cutout | NoCutout:
    """Cut the guests out by the first method whose matte the referee accepts.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    plate : the empty scene, of any size: it is scaled to `image`; None where there is none
    ladder : segmenters, the best first
    accept : the referee's score in [0, 1] below which the next rung is tried
    seen : is shown the intermediate results of each rung

    Raises
    ------
    ValueError
        If `image` is not uint8 (H, W, 3).
    """
    check_rgb(image)
    fitted = plate and plate_at(plate, image.shape[0], image.shape[1])
    reasons: list[str] = []
    saw_somebody = False
    for segmenter in ladder:
        if segmenter.needs_plate and fitted is None:
            reasons.append(f"{segmenter.name}: there is no clean plate")
            continue
        try:
            cutout = _by_one_rung(segmenter, image, fitted, seen)
        except Exception as error:
            # Whatever a rung dies of, the answer is the same: the next rung, and the operator's log.
            log.exception("%s failed on a photo", segmenter.name)
            reasons.append(f"{segmenter.name} failed: {error}")
            saw_somebody = True
            continue
        if cutout is None:
            reasons.append(f"{segmenter.name}: nobody is in the picture")
        elif cutout.score >= accept:
            return cutout
        else:
            reasons.append(
                f"{segmenter.name}: the referee gave {cutout.score:.2f}, {accept:.2f} is asked for"
            )
            saw_somebody = True
    return NoCutout(tuple(reasons), nobody=bool(reasons) and not saw_somebody)


def _by_one_rung(segmenter: Segmenter, image: Rgb8, plate: Plate | None, seen: Seen) -> Cutout | None:
    start = perf_counter()
    people = segmenter.people(image, plate)
    seen("people", people)
    if not len(people):
        return None
    probability = union(people, image.shape[0], image.shape[1])
    seen("probability", probability)
    segmented = perf_counter()
    matte = refine(image, probability, plate)
    if not np.isfinite(matte.alpha).all():
        raise MattingError("the matte holds values that are not numbers")
    refined = perf_counter()
    verdict = judge(matte.alpha, people)
    for name, result in (("trimap", matte.trimap), ("alpha", matte.alpha), ("foreground", matte.foreground)):
        seen(name, result)
    return Cutout(
        foreground=read_only(matte.foreground),
        alpha=read_only(matte.alpha),
        people=people,
        method=segmenter.name,
        score=verdict.score,
        timings={"segment": segmented - start, "matte": refined - segmented},
    )


def plate_at(plate: Plate, height: int, width: int) -> Plate:
    """Give the plate at another size in pixels; the same plate if it has that size already."""
    if plate.image.shape[:2] == (height, width):
        return plate
    shrinks = plate.image.shape[0] > height
    image = cv2.resize(
        plate.image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    return replace(plate, image=read_only(image))


def shrunk(image: Rgb8, height: int) -> Rgb8:
    """Give a picture, uint8 (H, W, 3), at a smaller height in pixels and its own proportions."""
    width = round(height * image.shape[1] / image.shape[0])
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def square_window(cutout: Cutout) -> Cutout:
    """Give the square of a cut-out's full height that shows its people best.

    A wide picture is cut left and right of its people; a tall one is filled up with emptiness.
    """
    height, width = cutout.alpha.shape
    if height == width:
        return cutout
    weight = cutout.alpha.sum(axis=0)
    centre = float((weight * np.arange(width)).sum() / max(float(weight.sum()), 1e-6))
    left = round(centre - height / 2)
    left = min(max(left, 0), width - height) if width > height else (width - height) // 2
    alpha = np.zeros((height, height), np.float32)
    foreground = np.zeros((height, height, 3), np.uint8)
    start, end = max(left, 0), min(left + height, width)
    alpha[:, start - left : end - left] = cutout.alpha[:, start:end]
    foreground[:, start - left : end - left] = cutout.foreground[:, start:end]
    return replace(cutout, alpha=read_only(alpha), foreground=read_only(foreground))


def framed_composite(image: Rgb8, backdrop: Backdrop, overlay: Overlay) -> Composite:
    """Give the last resort at full size: the real photograph, uint8 (H, W, 3), in a designed frame."""
    start = perf_counter()
    picture = framed(image, backdrop, overlay, PICTURE_SIDE)
    return Composite(read_only(picture), backdrop.id, {"frame": perf_counter() - start})
