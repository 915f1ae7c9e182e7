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

from booth.arrays import Rgb8, check_alpha, check_rgb, read_only
from booth.config.settings import SceneSettings
from booth.errors import GivenUpError, MattingError, first_line
from booth.images import smaller
from booth.matting.grouping import ANYWHERE, Rules, guests
from booth.matting.instances import with_instances
from booth.matting.people import check_people, moved_left, union
from booth.matting.referee import HINTS, Verdict, judge
from booth.matting.refine import refine
from booth.matting.segmenter import PeopleFinder
from booth.scene.composite import compose
from booth.scene.framed import framed
from booth.scene.layout import Overlay
from booth.scene.placement import default_placement
from booth.shot import Backdrop, Composite, Cutout, Decision, People, Plate

log = logging.getLogger(__name__)

PICTURE_SIDE = 1920
"""Side in pixels of the finished square picture."""
LARGEST = PICTURE_SIDE
"""Height in pixels at which photographs from elsewhere are cut out."""

Seen = Callable[[str, NDArray[Any] | People], None]
"""Is shown every intermediate result by its name: "people", "probability", "trimap", "alpha", "foreground"."""


def _unseen(name: str, result: NDArray[Any] | People) -> None:
    pass


@dataclass(frozen=True, slots=True)
class NoCutout:
    """No rung of the ladder gave a cut-out that may be printed.

    `reasons` has one sentence a rung; `nobody` is true where every rung that ran saw nobody; `decisions`
    and `hints` are as a Cutout's.
    """

    reasons: tuple[str, ...]
    nobody: bool
    decisions: tuple[Decision, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        return "; ".join(self.reasons) or "no method can run"


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What every rung of one photo is asked."""

    image: Rgb8
    plate: Plate | None
    accept: float
    rules: Rules
    seen: Seen


def cut_out(
    image: Rgb8,
    plate: Plate | None,
    ladder: Sequence[PeopleFinder],
    accept: float,
    seen: Seen = _unseen,
    rules: Rules = ANYWHERE,
) -> Cutout | NoCutout:
    """Cut the guests out by the first method whose matte the referee accepts.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    plate : the empty scene, of any size: it is scaled to `image`; None where there is none
    ladder : segmenters, the best first
    accept : the referee's score in [0, 1] below which the next rung is tried
    seen : is shown the intermediate results of each rung
    rules : who of the people found is a guest

    Raises
    ------
    ValueError
        If `image` is not uint8 (H, W, 3).
    GivenUpError
        Whatever kind of it a rung raises; the next one is not asked.
    """
    check_rgb(image)
    asked = _Asked(image, plate and plate_at(plate, image.shape[0], image.shape[1]), accept, rules, seen)
    decisions: list[Decision] = []
    for segmenter in ladder:
        start = perf_counter()
        cutout, decision = _by_one_rung(segmenter, asked)
        decisions.append(replace(decision, seconds=perf_counter() - start))
        log.info("%s: %s, %.3f s", decision.method, decision.why, decisions[-1].seconds)
        if cutout is not None and decision.is_accepted:
            return replace(cutout, decisions=tuple(decisions))
    return _none_accepted(tuple(decisions))


def detected(image: Rgb8, plate: Plate | None, ladder: Sequence[PeopleFinder]) -> tuple[People, str]:
    """Say who is in a picture, by the first method that can answer, and give that method's name.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    plate : the empty scene, of the picture's size; None where there is none

    Raises
    ------
    MattingError
        If no method can answer.
    """
    check_rgb(image)
    said = []
    for segmenter in ladder:
        if segmenter.needs_plate and plate is None:
            said.append(f"{segmenter.name}: there is no clean plate")
            continue
        try:
            people = segmenter.people(image, plate)
            check_people(people)
        except Exception as error:
            # As with a cut-out: whatever a rung dies of, the next one is asked.
            log.exception("%s failed on a picture", segmenter.name)
            said.append(f"{segmenter.name}: it failed: {first_line(error)}")
        else:
            return people, segmenter.name
    raise MattingError("; ".join(said) or "no method can run")


def _none_accepted(decisions: tuple[Decision, ...]) -> NoCutout:
    ran = [decision for decision in decisions if decision.reasons != ("no_plate",)]
    is_empty = bool(ran) and all(decision.reasons == ("nobody",) for decision in ran)
    kinds = dict.fromkeys(kind for decision in ran for kind in decision.reasons if kind in HINTS)
    hints = tuple(kind for kind in kinds if is_empty or kind != "nobody")
    return NoCutout(tuple(f"{each.method}: {each.why}" for each in decisions), is_empty, decisions, hints)


def _by_one_rung(segmenter: PeopleFinder, asked: _Asked) -> tuple[Cutout | None, Decision]:
    """Give a rung's cut-out, None where there is none, and what is made of it."""
    if segmenter.needs_plate and asked.plate is None:
        return None, _refused(segmenter, "no_plate", "there is no clean plate")
    try:
        solved = _solved(segmenter, asked)
    except GivenUpError:
        raise
    except Exception as error:
        # Whatever a rung dies of, the answer is the same: the next rung, and the operator's log.
        log.exception("%s failed on a photo", segmenter.name)
        return None, _refused(segmenter, "failed", f"it failed: {first_line(error)}")
    if solved is None:
        return None, _refused(segmenter, "nobody", "nobody is in the picture")
    cutout, verdict = solved
    is_accepted = cutout.score >= asked.accept
    said = (
        "accepted" if is_accepted else f"the referee gave {cutout.score:.2f}, {asked.accept:.2f} is asked for"
    )
    why = f"{said} ({', '.join(verdict.sentences)})" if verdict.sentences else said
    return cutout, Decision(segmenter.name, is_accepted, cutout.score, verdict.reasons, why, 0.0)


def _refused(segmenter: PeopleFinder, kind: str, why: str) -> Decision:
    return Decision(segmenter.name, False, 0.0, (kind,), why, 0.0)


def _solved(segmenter: PeopleFinder, asked: _Asked) -> tuple[Cutout, Verdict] | None:
    """Find the people, solve for the matte of everybody, and leave out who is no guest."""
    start = perf_counter()
    height, width = asked.image.shape[:2]
    people = segmenter.people(asked.image, asked.plate)
    check_people(people)
    asked.seen("people", people)
    included = guests(people, height, width, asked.rules)
    if not included:
        return None
    probability = union(people, height, width)
    asked.seen("probability", probability)
    segmented = perf_counter()
    matte = refine(asked.image, probability, asked.plate)
    check_alpha(matte.alpha)
    refined = perf_counter()
    everybody = frozenset(range(len(people)))
    timings = {"segment": segmented - start, "matte": refined - segmented}
    foreground, alpha = read_only(matte.foreground), read_only(matte.alpha)
    found = Cutout(foreground, alpha, people, segmenter.name, 0.0, timings, everybody)
    cutout = with_instances(found, included)
    verdict = judge(cutout, asked.image, asked.plate if matte.used_plate else None)
    for name, result in (("trimap", matte.trimap), ("alpha", cutout.alpha), ("foreground", foreground)):
        asked.seen(name, result)
    hints = tuple(kind for kind in verdict.reasons if kind in HINTS)
    return replace(cutout, score=verdict.score, hints=hints), verdict


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
    return smaller(image, height, width)


def at_most(image: Rgb8, height: int) -> Rgb8:
    """Give a picture, uint8 (H, W, 3), no higher than so many pixels, at its own proportions."""
    return image if image.shape[0] <= height else shrunk(image, height)


def rgba(cutout: Cutout) -> NDArray[np.uint8]:
    """Give a cut-out as uint8 (H, W, 4), not premultiplied."""
    alpha = np.rint(cutout.alpha * 255).astype(np.uint8)
    return np.dstack([cutout.foreground, alpha])


def composed(cutout: Cutout, backdrop: Backdrop, overlay: Overlay, scene: SceneSettings) -> Composite:
    """Put a cut-out of any proportions where guests stand before a backdrop, at the overlay's size."""
    square = square_window(cutout)
    placement = default_placement(square, backdrop, scene.guest_scale)
    return compose(square, backdrop, overlay, placement, overlay.size, belong=scene.belong)


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
    return replace(
        cutout,
        alpha=_window(cutout.alpha, left),
        foreground=_window(cutout.foreground, left),
        people=moved_left(cutout.people, left),
        everyone=None if cutout.everyone is None else _window(cutout.everyone, left),
    )


def _window(picture: NDArray[Any], left: int) -> NDArray[Any]:
    """Give the square of full height that begins at a column, which may lie outside."""
    height, width = picture.shape[:2]
    square = np.zeros((height, height, *picture.shape[2:]), picture.dtype)
    start, end = max(left, 0), min(left + height, width)
    square[:, start - left : end - left] = picture[:, start:end]
    return read_only(square)


def framed_composite(image: Rgb8, backdrop: Backdrop, overlay: Overlay) -> Composite:
    """Give the last resort at full size: the real photograph, uint8 (H, W, 3), in a designed frame."""
    start = perf_counter()
    picture = framed(image, backdrop, overlay, PICTURE_SIDE)
    return Composite(read_only(picture), backdrop.id, {"frame": perf_counter() - start})
