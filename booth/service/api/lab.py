"""What the API can do with a picture: all of it by the booth's own pipeline, on the model that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8, read_only
from booth.camera.alignment import aligned
from booth.camera.plate import plate_from_picture
from booth.config.settings import SceneSettings
from booth.matting.coco import number_of
from booth.matting.grouping import rules_of
from booth.matting.people import at_size, draw_people
from booth.matting.segmenter import Segmenter
from booth.pipeline import (
    LARGEST,
    NoCutout,
    at_most,
    composed,
    cut_out,
    detected,
    plate_at,
    rgba,
)
from booth.scene.backdrops import FLOOR, SAFE
from booth.scene.layout import Overlay
from booth.service.api import masks
from booth.service.api.asking import Masks
from booth.service.api.models import Model
from booth.service.api.problems import Problem
from booth.service.api.turn import Turn
from booth.shot import Backdrop, Cutout, People, Plate

WIDEST = 2 * LARGEST
"""Width in pixels above which a picture is worked on smaller, as above `LARGEST` of height."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One request on its way: its turn, the model that it keeps to the end, picture and plate at the size at
    which they are worked on, and the `size` (height, width) of the picture that was sent."""

    turn: Turn
    model: Model
    image: Rgb8
    plate: Plate | None
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A picture: uint8 (H, W), (H, W, 3) or (H, W, 4), the method that gave it and the referee's score."""

    image: NDArray[np.uint8]
    method: str
    score: float | None = None


def job(turn: Turn, model: Model, image: Rgb8, empty: Rgb8 | None) -> Job:
    """Bring a picture, and one of the empty place, to the size at which they are worked on."""
    small = at_working_size(image)
    plate = None
    if empty is not None:
        whole = plate_from_picture(at_working_size(empty))
        plate = aligned(plate_at(whole, small.shape[0], small.shape[1]), small)
    return Job(turn, model, small, plate, (image.shape[0], image.shape[1]))


def at_working_size(image: Rgb8) -> Rgb8:
    """The picture, uint8 (H, W, 3), no higher than `LARGEST` and no wider than `WIDEST` pixels."""
    height, width = image.shape[:2]
    return at_most(image, min(LARGEST, max(1, round(height * min(1.0, WIDEST / width)))))


def people_of(job: Job) -> tuple[People, str]:
    """Who is in the picture, with boxes in pixels of what was sent, and the method that found them."""
    with job.turn.stage("people"):
        people, method = job.model.run(
            lambda engine: detected(job.image, job.plate, engine.ladder), job.turn.left()
        )
    return people, method


def detections(job: Job, least: float, how: Masks) -> dict[str, object]:
    """Boxes, labels, class numbers, scores and masks of everything found, the surest first."""
    found, method = people_of(job)
    with job.turn.by_hand("masks"):
        height, width = job.size
        people = at_size(found, (job.image.shape[0], job.image.shape[1]), job.size)
        order = [int(i) for i in np.argsort(-people.scores, kind="stable") if people.scores[i] >= least]
        told: dict[str, object] = {
            "width": width,
            "height": height,
            "boxes": np.clip(people.boxes[order], 0, [width, height, width, height]).round(2).tolist(),
            "labels": [people.labels[number] for number in order],
            "class_ids": [number_of(people.labels[number]) for number in order],
            "scores": people.scores[order].round(4).tolist(),
        }
        if how != "none":
            write = masks.run_lengths if how == "rle" else masks.polygons
            told["masks"] = [write(people, number, height, width) for number in order]
    return {**told, "model": job.model.name, "method": method, "seconds": _rounded(job.turn.seconds)}


def instances(job: Job) -> Result:
    """The picture with everybody found tinted, outlined and named."""
    people, method = people_of(job)
    with job.turn.by_hand("draw"):
        return Result(draw_people(job.image, people), method)


def semantic(job: Job) -> Result:
    """The map of classes, uint8 (H, W), at the size of the picture that was sent."""
    found, method = people_of(job)
    with job.turn.by_hand("draw"):
        people = at_size(found, (job.image.shape[0], job.image.shape[1]), job.size)
        return Result(masks.class_map(people, *job.size), method)


def matte(job: Job) -> Result:
    """The guests without their background, uint8 (H, W, 4)."""
    cutout = _cut_out(job)
    with job.turn.by_hand("draw"):
        return Result(rgba(cutout), cutout.method, cutout.score)


def replaced(job: Job, backdrop: Backdrop, overlay: Callable[[], Overlay], scene: SceneSettings) -> Result:
    """The guests before a backdrop, uint8 (H, W, 3) of the overlay's size."""
    cutout = _cut_out(job)
    with job.turn.by_hand("compose"):
        composite = composed(cutout, backdrop, overlay(), scene)
        return Result(composite.image, cutout.method, cutout.score)


@dataclass(frozen=True, slots=True)
class _Lent:
    """A rung that is asked in its model's own thread, while another photo is solved beside it."""

    rung: Segmenter
    job: Job

    @property
    def name(self) -> str:
        return self.rung.name

    @property
    def needs_plate(self) -> bool:
        return self.rung.needs_plate

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        model, turn = self.job.model, self.job.turn
        people = model.asked(lambda engine: self.rung.people(image, plate), turn.left())
        model.wait_calm(turn.left())
        return people


def _cut_out(job: Job) -> Cutout:
    settings = job.model.settings
    ladder = tuple(_Lent(rung, job) for rung in job.model.ladder)
    with job.turn.stage("matte"):
        result = job.turn.at_a_desk(
            lambda: cut_out(job.image, job.plate, ladder, settings.accept, rules=rules_of(settings))
        )
    if isinstance(result, NoCutout):
        job.model.check_ready()
        if result.nobody:
            raise Problem(422, "nobody", "Nobody was found in the picture: send one that shows people.")
        raise Problem(
            422,
            "no-cutout",
            f"No method gave a cut-out good enough to use: {result.why}. Send a picture with better light, or "
            "one of the empty place as 'plate'.",
        )
    return result


def backdrop_of_picture(image: Rgb8, name: str = "own") -> Backdrop:
    """A backdrop out of any picture, uint8 (H, W, 3): its middle square."""
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = np.ascontiguousarray(image[top : top + side, left : left + side])
    return Backdrop(name, {"en": name}, read_only(square), FLOOR, SAFE, 0.0)


def chosen(backdrops: Mapping[str, Backdrop], name: str) -> Backdrop:
    """The backdrop of that name; raises a Problem where there is none."""
    if name not in backdrops:
        raise Problem(
            404,
            "backdrop",
            f"There is no backdrop {name[:60]!r}: ask /api/v1/backdrops, or send a backdrop_image.",
        )
    return backdrops[name]


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {stage: round(took, 4) for stage, took in seconds.items()}
