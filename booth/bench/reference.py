"""What the reader of a tutorial writes: torchvision's defaults, every mask at full size, PIL's composite.

Thresholds as the tutorials have them: scores above 0.8, masks above 0.5.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torchvision.models.detection import MaskRCNN, maskrcnn_resnet50_fpn_v2
from torchvision.transforms.functional import to_tensor

from booth.bench.figures import Row, megabytes_above, row, seconds_of
from booth.bench.scenery import Scenery
from booth.matting.weights import weights_for

SECTION = "reference"
MODEL = "maskrcnn_resnet50_fpn_v2"
SCORE, MASK = 0.8, 0.5
_PERSON = 1


@dataclass(slots=True)
class Tutorial:
    """A network, and the seconds of the last picture's stages."""

    network: MaskRCNN
    seconds: dict[str, float] = field(default_factory=dict)
    found: int = 0

    def composite(self, photo: Image.Image, backdrop: Image.Image) -> Image.Image:
        """Put the people of a photo before a backdrop."""
        began = time.perf_counter()
        with torch.no_grad():
            detected = self.network([to_tensor(photo)])[0]
        networked = time.perf_counter()
        mask = _people(detected)
        result = Image.composite(photo, backdrop, Image.fromarray(mask))
        self.seconds = {"network": networked - began, "composite": time.perf_counter() - networked}
        self.found = len(detected["scores"])
        return result


def _people(detected: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    good = (detected["labels"] == _PERSON) & (detected["scores"] > SCORE)
    together = (detected["masks"][good, 0] > MASK).any(0)
    return np.where(together.numpy(), np.uint8(255), np.uint8(0))


def loaded(weights: Path) -> Tutorial:
    """Build torchvision's network as it comes, and read its weights."""
    network = maskrcnn_resnet50_fpn_v2(weights=None, weights_backbone=None)
    if weights.suffix == ".safetensors":
        from safetensors.torch import load_file

        network.load_state_dict(load_file(weights))
    else:
        network.load_state_dict(torch.load(weights, weights_only=True))
    return Tutorial(network.eval())


def measure(scenery: Scenery, times: int) -> tuple[list[Row], dict[str, object]]:
    """Give the figures, and what was detected: boxes (N, 4) of the people, and their mask's file."""
    photo = Image.fromarray(scenery.image())
    backdrop = Image.new("RGB", photo.size, (30, 90, 160))
    weights = weights_for(MODEL, scenery.weights)
    anew = seconds_of(lambda: loaded(weights).composite(photo, backdrop), 2)
    tutorial = loaded(weights)
    tutorial.composite(photo, backdrop)  # the first call of a network is slower
    stages: dict[str, list[float]] = {"network": [], "composite": []}
    whole = []
    for _ in range(times):
        whole += seconds_of(lambda: tutorial.composite(photo, backdrop), 1)
        for stage, seconds in tutorial.seconds.items():
            stages[stage].append(seconds)
    peak = megabytes_above(lambda: tutorial.composite(photo, backdrop))
    rows = [
        row(SECTION, "picture to composite, weights loaded for it", "s", anew),
        row(SECTION, "picture to composite, resident", "s", whole),
        row(SECTION, "  network with full-size masks", "s", stages["network"]),
        row(SECTION, "  thresholds and PIL composite", "s", stages["composite"]),
    ]
    if peak is not None:
        rows.append(row(SECTION, "peak memory above the model", "MB", [peak]))
    return rows, _detected(tutorial, photo, scenery.folder)


def _detected(tutorial: Tutorial, photo: Image.Image, folder: Path) -> dict[str, object]:
    with torch.no_grad():
        detected = tutorial.network([to_tensor(photo)])[0]
    good = (detected["labels"] == _PERSON) & (detected["scores"] > SCORE)
    np.save(folder / "reference.npy", _people(detected))
    return {"detections": tutorial.found, "boxes": detected["boxes"][good].tolist()}
