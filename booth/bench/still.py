"""One photo by the booth's own functions, without camera, disk and mirror: stages, memory, start."""

from __future__ import annotations

import time

import numpy as np

from booth.bench.figures import Row, megabytes_above, row, seconds_of
from booth.bench.scenery import SIDE, Scenery
from booth.config.settings import LayoutSettings, MattingSettings, SceneSettings
from booth.errors import MattingError
from booth.matting.engine import build_engine, warmed
from booth.matting.people import union
from booth.pipeline import cut_out
from booth.scene.backdrops import HOUSE_BACKDROPS, load_backdrops
from booth.scene.composite import compose
from booth.scene.layout import lay_out
from booth.scene.placement import default_placement
from booth.shot import Composite, Cutout, People


def measure(method: str, scenery: Scenery, times: int) -> tuple[list[Row], dict[str, object]]:
    """Give the figures of one method, and what it detected.

    Raises
    ------
    BoothError
        If the method cannot run on this machine.
    """
    section = f"still: {method}"
    image, plate = scenery.image(), scenery.plate()
    began = time.perf_counter()
    settings = MattingSettings.model_validate({"method": method, "weights": scenery.weights})
    engine = build_engine(settings, scenery.weights)
    built = time.perf_counter()
    engine = warmed(engine)
    warm = time.perf_counter()
    segmenter = engine.ladder[0]
    stages: dict[str, list[float]] = {}
    whole: list[float] = []
    backdrop = load_backdrops(SceneSettings(), HOUSE_BACKDROPS)[0][0]
    overlay = lay_out(LayoutSettings(), SIDE)

    def photo() -> Composite:
        result = cut_out(image, plate, engine.ladder, 0.0)
        if not isinstance(result, Cutout):
            raise MattingError(f"{method} gave no cut-out: {result.why}")
        inner = {f"  {stage}": seconds for stage, seconds in segmenter.timings.items()}
        composing = time.perf_counter()
        composite = compose(result, backdrop, overlay, default_placement(result, backdrop), SIDE)
        taken = {"segment": 0.0, **inner, **result.timings, "compose": time.perf_counter() - composing}
        for stage, seconds in taken.items():
            stages.setdefault(stage, []).append(seconds)
        return composite

    first = seconds_of(photo, 1)
    stages.clear()
    whole = seconds_of(photo, times)
    found: list[People] = []
    finding = megabytes_above(lambda: found.append(segmenter.people(image, plate)))
    peak = megabytes_above(photo)
    rows = [
        row(section, "start: load", "s", [built - began]),
        row(section, "start: warm up and self-test", "s", [warm - built]),
        row(section, "first photo", "s", first),
        row(section, "picture to composite", "s", whole),
        *(row(section, f"  {stage}", "s", seconds) for stage, seconds in stages.items()),
    ]
    if finding is not None and peak is not None:
        rows.append(row(section, "peak memory above the model, finding people", "MB", [finding]))
        rows.append(row(section, "peak memory above the model, whole photo", "MB", [peak]))
    people = found[0]
    facts: dict[str, object] = {"boxes": people.boxes.tolist(), "device": segmenter.device}
    reference = scenery.folder / "reference.npy"
    if reference.exists():
        theirs, ours = np.load(reference) > 0, union(people, SIDE, SIDE) > 0.5
        facts["mask_iou"] = float((theirs & ours).sum() / max(1, (theirs | ours).sum()))
    return rows, facts
