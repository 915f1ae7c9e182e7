"""DeepLabV3, resident: which pixels show a person, without telling one guest from the next.

Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation", 2017. Connected parts stand in
for instances, so guests who touch each other are one.

This module imports torch: import it in the worker's thread only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.models.segmentation import DeepLabV3, deeplabv3_resnet50

from booth.arrays import Rgb8, check_rgb, read_only
from booth.errors import MattingError
from booth.matting.checkpoints import with_weights
from booth.matting.coco import voc_numbers
from booth.matting.convolutions import best_precision, fold_batch_norms, fuse, precision_trials
from booth.matting.onednn import can_fuse
from booth.shot import People, Plate, nobody

log = logging.getLogger(__name__)

MODEL = "deeplabv3_resnet50"
INPUT_SIDE = 520  # the shorter side that its official weights were trained and tested with
LEAST_PART = 0.002  # of the picture: smaller parts are specks
_CLASSES = 21
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet


class DeepLab:
    """A network that is loaded once and answers for every photo."""

    name = "DeepLabV3"
    needs_plate = False

    def __init__(
        self,
        network: DeepLabV3,
        classes: Sequence[str],
        device: str = "cpu",
        precision: torch.dtype | None = None,
    ) -> None:
        """Take over a network with its weights; it is changed in place.

        Without a `precision` the faster one of this machine is found by trial.

        Raises
        ------
        MattingError
            If the network knows none of the classes to keep.
        """
        self._names = voc_numbers(classes)
        self._torch_device = torch.device(device)
        network.eval().requires_grad_(False)
        network.aux_classifier = None  # for training only
        fold_batch_norms(network)
        network.to(self._torch_device, memory_format=torch.channels_last)
        self._network = network
        self._dtype = precision
        self._kept = sorted(self._names)
        self._mean, self._std = (
            torch.tensor(values, device=self._torch_device).view(1, 3, 1, 1) * 255 for values in (_MEAN, _STD)
        )
        self._timings: dict[str, float] = {}
        self._is_ready = False

    @property
    def device(self) -> str:
        kind = self._torch_device.type
        where = torch.cuda.get_device_name(self._torch_device) if kind == "cuda" else kind
        return f"{where}, {str(self._dtype or torch.float32).removeprefix('torch.')}"

    @property
    def timings(self) -> Mapping[str, float]:
        return self._timings

    def warm_up(self) -> None:
        """Choose the precision that is faster on this machine, and run once at the true shape."""
        image = np.random.default_rng(0).integers(0, 256, (INPUT_SIDE, INPUT_SIDE, 3), np.uint8)
        self.people(image)
        log.info("%s warmed up on %s", self.name, self.device)

    def people(self, image: Rgb8, plate: Plate | None = None) -> People:
        """Find the connected parts of the kept classes; see `Segmenter.people`. The plate is not used."""
        check_rgb(image)
        self._make_ready()
        began = time.perf_counter()
        with torch.inference_mode():
            likely = self._likely(image)
        self._timings = {"network": time.perf_counter() - began}
        if not np.isfinite(likely).all():
            raise MattingError(f"{self.name} on {self.device} gave probabilities that are not numbers")
        return self._parts(likely, image.shape)

    def _make_ready(self) -> None:
        if self._is_ready:
            return
        self._dtype = self._dtype or best_precision(precision_trials(self._torch_device))
        self._network.to(self._dtype)
        if can_fuse(self._torch_device):
            with torch.no_grad():
                fuse(self._network)
        self._is_ready = True

    def _likely(self, image: Rgb8) -> NDArray[np.float32]:
        """The probability of each kept class, (K, h, w) at the network's size."""
        height, width = (round(side * INPUT_SIDE / min(image.shape[:2])) for side in image.shape[:2])
        small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        pixels = torch.from_numpy(np.ascontiguousarray(small)).to(self._torch_device)
        planes = pixels.permute(2, 0, 1)[None].float().sub_(self._mean).div_(self._std)
        planes = planes.to(self._dtype).contiguous(memory_format=torch.channels_last)
        features: Tensor = self._network.backbone(planes)["out"]
        logits: Tensor = self._network.classifier(features).float()
        fine = torch.nn.functional.interpolate(logits, (height, width), mode="bilinear")
        return np.asarray(fine.softmax(1)[0, self._kept].cpu().numpy(), np.float32)

    def _parts(self, likely: NDArray[np.float32], shape: Sequence[int]) -> People:
        together = likely.sum(0)
        count, parts, facts, _ = cv2.connectedComponentsWithStats((together > 0.5).astype(np.uint8))
        found = [n for n in range(1, count) if facts[n, cv2.CC_STAT_AREA] >= LEAST_PART * together.size]
        if not found:
            return nobody()
        reach = max(1, round(0.02 * min(together.shape)))
        masks, boxes, scores, labels = [], [], [], []
        for number in found:
            left, top, right, bottom = _window(facts[number], reach, together.shape)
            here = parts[top:bottom, left:right]
            foreign = (here != number) & (here > 0)
            mask = np.where(foreign, np.float32(0), together[top:bottom, left:right])
            mine = parts == number
            masks.append(read_only(mask))
            boxes.append((left, top, right, bottom))
            scores.append(together[mine].mean())
            labels.append(self._names[self._kept[int(np.argmax(likely[:, mine].sum(1)))]])
        scale = np.array([shape[1] / together.shape[1], shape[0] / together.shape[0]] * 2)
        placed = (np.array(boxes) * scale).astype(np.float32)
        return People(tuple(masks), read_only(placed), read_only(np.array(scores, np.float32)), tuple(labels))


def _window(facts: NDArray[np.int32], reach: int, shape: Sequence[int]) -> tuple[int, int, int, int]:
    """A part's box with its soft edge: left, top, right, bottom."""
    left, top, width, height = (int(fact) for fact in facts[:4])
    right, bottom = min(left + width + reach, shape[1]), min(top + height + reach, shape[0])
    left, top = max(left - reach, 0), max(top - reach, 0)
    # grids of 28x28 mean cells of Mask R-CNN, not pixels
    return left, top, right - (right - left == bottom - top == 28), bottom


def load_deeplab(weights: Path, classes: Sequence[str], device: str = "cpu") -> DeepLab:
    """Build the network with the weights of a file; see `with_weights`."""
    return DeepLab(with_weights(untrained, weights, MODEL), classes, device)


def untrained() -> DeepLabV3:
    """torchvision's network without weights; the official ones have the auxiliary head too."""
    return deeplabv3_resnet50(weights=None, weights_backbone=None, num_classes=_CLASSES, aux_loss=True)
