"""The known-answer self-test: a drawn scene that every rung must see as it is.

A rung that uses the plate must find the drawn guest. A network that knows people from photographs may see
nobody in a drawing; of it the test can tell that it runs, that its numbers are numbers, and, after a fault,
that it still answers as it did when its weights had just been verified. It cannot tell whether the network
is good: that is measured (`make quality`) and judged photo by photo (the referee).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask, Rgb8, read_only
from booth.errors import MattingError
from booth.matting.people import check_people, union
from booth.matting.segmenter import Segmenter
from booth.shot import Plate

SIDE = 256
LEAST_OVERLAP = 0.8
"""Overlap (IoU) with the drawn guest from which the plate's rung has found it."""
_DRIFT = 0.02  # by which masks, scores and fingerprints may change from run to run


@runtime_checkable
class Fingerprinted(Protocol):
    """A network that can show more of itself than whom it finds."""

    def fingerprint(self, image: Rgb8) -> NDArray[np.float32]:
        """Numbers to which all weights contribute, for an image uint8 (H, W, 3), RGB."""


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A rung's first answer: what it found, float32 (h, w), and its fingerprint."""

    found: NDArray[np.float32]
    fingerprint: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The drawing: a guest before a wall, the wall alone, and where the guest is."""

    image: Rgb8
    plate: Plate
    truth: Mask


def trouble_of(segmenter: Segmenter, before: Baseline | None) -> tuple[Baseline, str]:
    """Give a rung's answer to keep, and what is wrong with it; "" where nothing is.

    Parameters
    ----------
    before : its first answer, None at the first time

    Raises
    ------
    MattingError
        If the answer is none: wrong shapes, values that are not numbers.
    """
    scene = drawn_scene()
    people = segmenter.people(scene.image, scene.plate)
    check_people(people)
    answer = Baseline(union(people, SIDE, SIDE), _fingerprint(segmenter, scene.image))
    if segmenter.needs_plate:
        return answer, _missed(answer.found, scene.truth)
    return before or answer, "" if before is None else _changed(before, answer)


def _fingerprint(segmenter: Segmenter, image: Rgb8) -> NDArray[np.float32]:
    if not isinstance(segmenter, Fingerprinted):
        return np.zeros(0, np.float32)
    numbers = segmenter.fingerprint(image)
    if not np.isfinite(numbers).all():
        raise MattingError("its numbers are not numbers")
    return numbers


def _missed(found: NDArray[np.float32], truth: Mask) -> str:
    likely = found > 0.5
    overlap = float((likely & truth).sum()) / max(1, int((likely | truth).sum()))
    if overlap >= LEAST_OVERLAP:
        return ""
    return f"of a drawn guest it found {overlap:.0%}, {LEAST_OVERLAP:.0%} is asked for"


def _changed(before: Baseline, now: Baseline) -> str:
    if float(np.abs(before.found - now.found).mean()) > _DRIFT:
        return "it sees other people in the same drawing than at first"
    size = max(float(np.abs(before.fingerprint).max(initial=0)), 1e-6)
    if float(np.abs(before.fingerprint - now.fingerprint).max(initial=0)) > _DRIFT * size:
        return "its numbers for the same drawing are not those of at first"
    return ""


@cache
def drawn_scene() -> Scene:
    """Draw the scene, always the same."""
    rng = np.random.default_rng(5)
    across, down = np.meshgrid(np.linspace(0, 1, SIDE), np.linspace(0, 1, SIDE))
    light = (170 - 40 * across + 15 * down)[..., None] * np.array([1.0, 0.97, 0.92])
    wall = np.clip(light + rng.normal(0, 1.5, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
    image, truth = wall.copy(), np.zeros((SIDE, SIDE), np.uint8)
    for shape, colour in (
        (((128, 250), (62, 110)), (150, 40, 60)),  # body: centre and half axes
        (((128, 100), (34, 44)), (214, 168, 140)),  # head
        (((128, 74), (38, 26)), (60, 40, 30)),  # hair
    ):
        centre, axes = shape
        cv2.ellipse(image, centre, axes, 0, 0, 360, colour, -1)
        cv2.ellipse(truth, centre, axes, 0, 0, 360, 1, -1)
    noisy = np.clip(image + rng.normal(0, 1.5, image.shape), 0, 255).astype(np.uint8)
    plate = Plate(read_only(wall), 0.0, (1.5, 1.5, 1.5), float(wall.mean()))
    return Scene(read_only(noisy), plate, truth.astype(bool))
