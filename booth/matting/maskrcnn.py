"""Mask R-CNN, resident: only what a booth needs of it is computed.

He et al., "Mask R-CNN", ICCV 2017. Against torchvision's own `forward`: convolutions are fused with what
follows them and run in half precision where that is measurably faster (`convolutions.py`), only the likely
anchors are moved and regions are read off the pyramid without copying it (`regions.py`), few proposals are
kept, only the kept classes are scored, at most ten boxes reach the mask head, and masks stay grids of 28x28
probabilities in their boxes instead of being pasted into full pictures.

This module imports torch: import it in the worker's thread only.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models.detection import (
    MaskRCNN,
    maskrcnn_resnet50_fpn,
    maskrcnn_resnet50_fpn_v2,
)
from torchvision.ops import batched_nms, clip_boxes_to_image, remove_small_boxes

from booth.arrays import Rgb8, check_rgb, read_only
from booth.config.settings import MaskRcnnSettings
from booth.errors import MattingError
from booth.matting.checkpoints import with_weights
from booth.matting.coco import label_numbers
from booth.matting.convolutions import best_precision, fold_batch_norms, fuse, precision_trials
from booth.matting.onednn import can_fuse
from booth.matting.regions import Anchors, pooled, proposals
from booth.shot import People, Plate, nobody

log = logging.getLogger(__name__)

MOST_PEOPLE = 10
PROPOSALS = 200
STRIDE = 32

_BUILDERS: Mapping[str, Callable[..., MaskRCNN]] = {
    "maskrcnn_resnet50_fpn": maskrcnn_resnet50_fpn,
    "maskrcnn_resnet50_fpn_v2": maskrcnn_resnet50_fpn_v2,
}


class MaskRcnn:
    """A network that is loaded once and answers for every photo."""

    name = "Mask R-CNN"
    needs_plate = False

    def __init__(
        self,
        network: MaskRCNN,
        settings: MaskRcnnSettings,
        device: str = "cpu",
        precision: torch.dtype | None = None,
    ) -> None:
        """Take over a network with its weights; it is changed in place.

        Without a `precision` the faster one of this machine is found by trial.

        Raises
        ------
        MattingError
            If a class to keep is none of the network's.
        """
        self._settings = settings
        self._names = label_numbers(list(dict.fromkeys((*settings.classes, *settings.props))))
        self._torch_device = torch.device(device)
        self._precision = precision
        self._dtype = torch.float32
        self._network: MaskRCNN = network.eval().requires_grad_(False)
        fold_batch_norms(network)
        network.to(self._torch_device, memory_format=torch.channels_last)
        self._kept = torch.tensor(sorted(self._names), device=self._torch_device)
        self._mean, self._std = (
            torch.tensor(values, device=self._torch_device).view(1, 3, 1, 1) * 255
            for values in (network.transform.image_mean, network.transform.image_std)
        )
        self._anchors = Anchors(network.rpn.anchor_generator)
        self._timings: dict[str, float] = {}
        self._is_ready = False
        self.precision_trials: dict[str, float] = {}
        if self._torch_device.type == "cuda":
            torch.backends.cudnn.benchmark = True

    @property
    def device(self) -> str:
        kind = self._torch_device.type
        where = torch.cuda.get_device_name(self._torch_device) if kind == "cuda" else kind
        return f"{where}, {_named(self._dtype)}"

    @property
    def timings(self) -> Mapping[str, float]:
        return self._timings

    def warm_up(self) -> None:
        """Choose the precision that is faster on this machine, and run once at the true shape.

        Noise finds next to nobody, so the mask head is run on boxes of its own.
        """
        self._make_ready()
        side = self._settings.input_size
        image = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
        with torch.inference_mode():
            pixels, size = self._transformed(image)
            features = self._features(pixels)
            self._boxes(pixels, features, self._proposals(pixels, features, size), size)
            box = torch.tensor([[0.0, 0.0, size[1], size[0]]], device=self._torch_device)
            self._masks(pixels, features, box.repeat(2, 1), self._kept[:1].repeat(2))
        log.info("%s warmed up on %s; trials: %s", self.name, self.device, self.precision_trials)

    def people(self, image: Rgb8, plate: Plate | None = None) -> People:
        """Find the instances of the kept classes; see `Segmenter.people`. The plate is not used."""
        check_rgb(image)
        self._make_ready()
        self._timings = {}
        with torch.inference_mode():
            pixels, size = self._transformed(image)
            features = self._features(pixels)
            proposals = self._proposals(pixels, features, size)
            boxes, scores, labels = self._boxes(pixels, features, proposals, size)
            if len(boxes) == 0:
                return nobody()
            masks = self._masks(pixels, features, boxes, labels)
            return self._people(boxes, scores, labels, masks, size, image.shape)

    def _make_ready(self) -> None:
        """Bring the heavy parts into their final precision and form, once; boxes stay in float32."""
        if self._is_ready:
            return
        kind = self._precision
        if kind is None:
            trials = precision_trials(self._torch_device)
            self.precision_trials = {_named(tried): seconds for tried, seconds in trials.items()}
            kind = best_precision(trials)
        self._dtype = kind
        for part in _heavy_parts(self._network):
            part.to(self._dtype)
            if can_fuse(self._torch_device):
                with torch.no_grad():
                    fuse(part)
        self._is_ready = True

    def _timed(self, stage: str, began: float) -> None:
        if self._torch_device.type == "cuda":
            torch.cuda.synchronize(self._torch_device)
        self._timings[stage] = time.perf_counter() - began

    def _transformed(self, image: Rgb8) -> tuple[Tensor, tuple[int, int]]:
        """The network's input (1, 3, H', W'), padded to its stride, and its size without the padding."""
        began = time.perf_counter()
        height, width = network_size(image.shape[0], image.shape[1], self._settings.input_size)
        small = image
        if (height, width) != image.shape[:2]:
            # as the network was trained: bilinear, without a low-pass
            small = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
        # torch warns about arrays that are closed for writing
        pixels = torch.from_numpy(small if small.flags.writeable else small.copy())
        if self._torch_device.type == "cuda":
            pixels = pixels.pin_memory().to(self._torch_device, non_blocking=True)
        planes = pixels.permute(2, 0, 1)[None].float().sub_(self._mean).div_(self._std)
        planes = planes.to(self._dtype)
        right, below = -width % STRIDE, -height % STRIDE
        if right or below:
            planes = nn.functional.pad(planes, (0, right, 0, below))
        self._timed("transform", began)
        return planes.contiguous(memory_format=torch.channels_last), (height, width)

    def _features(self, pixels: Tensor) -> list[Tensor]:
        """The levels of the pyramid, the finest first; the last one is for proposals only."""
        began = time.perf_counter()
        features: Mapping[str, Tensor] = self._network.backbone(pixels)
        self._timed("backbone", began)
        return list(features.values())

    def _proposals(self, pixels: Tensor, features: list[Tensor], size: tuple[int, int]) -> Tensor:
        began = time.perf_counter()
        rpn = self._network.rpn
        scores, deltas = rpn.head(features)
        found = proposals(rpn, scores, deltas, self._anchors(pixels, features), size, PROPOSALS)
        self._timed("proposals", began)
        return found

    def _boxes(
        self, pixels: Tensor, features: list[Tensor], proposals: Tensor, size: tuple[int, int]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Boxes (N, 4) in the network's pixels, scores and labels of the kept classes, best first."""
        began = time.perf_counter()
        heads = self._network.roi_heads
        inside = pooled(features[:-1], proposals, _sides(pixels), heads.box_roi_pool.output_size[0])
        logits, regression = heads.box_predictor(heads.box_head(inside).float())
        scores = logits.softmax(-1)[:, self._kept]
        if not torch.isfinite(scores).all():
            raise MattingError(f"{self.name} on {self.device} gave scores that are not numbers")
        deltas = regression.view(len(proposals), -1, 4)[:, self._kept].flatten(1)
        boxes = heads.box_coder.decode(deltas, [proposals])
        found = _best(
            clip_boxes_to_image(boxes, size), scores, self._kept, self._settings.score, heads.nms_thresh
        )
        self._timed("boxes", began)
        return found

    def _masks(self, pixels: Tensor, features: list[Tensor], boxes: Tensor, labels: Tensor) -> Tensor:
        """Probabilities (N, 28, 28), one grid for each box."""
        began = time.perf_counter()
        heads = self._network.roi_heads
        inside = pooled(features[:-1], boxes, _sides(pixels), heads.mask_roi_pool.output_size[0])
        logits = heads.mask_predictor(heads.mask_head(inside))
        one_each = torch.arange(len(labels), device=logits.device)
        masks: Tensor = logits[one_each, labels].float().sigmoid()
        self._timed("masks", began)
        return masks

    def _people(
        self,
        boxes: Tensor,
        scores: Tensor,
        labels: Tensor,
        masks: Tensor,
        size: tuple[int, int],
        shape: Sequence[int],
    ) -> People:
        found = scores.cpu().numpy()
        grids = masks.cpu().numpy()
        if not np.isfinite(grids).all():
            raise MattingError(f"{self.name} on {self.device} gave masks that are not numbers")
        scale = np.array([shape[1] / size[1], shape[0] / size[0]] * 2, np.float32)
        names = tuple(self._names[int(label)] for label in labels.cpu())
        placed = (boxes.cpu().numpy() * scale).astype(np.float32)
        return People(tuple(read_only(grid) for grid in grids), read_only(placed), read_only(found), names)


def load_maskrcnn(weights: Path, settings: MaskRcnnSettings, device: str = "cpu") -> MaskRcnn:
    """Build the configured network with the weights of a file; see `with_weights`."""
    network = with_weights(lambda: untrained(settings.model), weights, settings.model)
    _remake_anchors(network)
    return MaskRcnn(network, settings, device)


def untrained(model: str, **sizes: Any) -> MaskRCNN:
    """torchvision's network without weights, made for few proposals.

    The first model's official weights were trained with frozen batch norms of epsilon 0; folded into
    convolutions, ordinary ones of epsilon 0 are the same.
    """
    network = _BUILDERS[model](
        weights=None, weights_backbone=None, rpn_post_nms_top_n_test=PROPOSALS, **sizes
    )
    if model == "maskrcnn_resnet50_fpn":
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps = 0.0
    return network


def network_size(height: int, width: int, shorter: int) -> tuple[int, int]:
    """The size that torchvision's transform gives a picture whose shorter side becomes `shorter`."""
    longest = shorter * 1333 / 800
    scale = min(shorter / min(height, width), longest / max(height, width))
    # float noise must not cost a row: 1920 * (800 / 1920) is 800
    return tuple(max(1, math.floor(side * scale + 1e-6)) for side in (height, width))  # type: ignore[return-value]


def _heavy_parts(network: MaskRCNN) -> tuple[nn.Module, ...]:
    """The parts made of convolutions, which are worth half precision; boxes are computed in float32."""
    heads = network.roi_heads
    return network.backbone, network.rpn.head, heads.box_head, heads.mask_head, heads.mask_predictor


def _named(kind: torch.dtype) -> str:
    return str(kind).removeprefix("torch.")


def _sides(pixels: Tensor) -> tuple[int, int]:
    return pixels.shape[-2], pixels.shape[-1]


def _best(
    boxes: Tensor, scores: Tensor, kept: Tensor, least: float, overlap: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The best boxes of each class that do not repeat one another, best first."""
    labels = kept.expand_as(scores).flatten()
    boxes, scores = boxes.reshape(-1, 4), scores.flatten()
    likely = torch.where(scores > least)[0]
    boxes, scores, labels = boxes[likely], scores[likely], labels[likely]
    solid = remove_small_boxes(boxes, 1e-2)
    boxes, scores, labels = boxes[solid], scores[solid], labels[solid]
    best = batched_nms(boxes, scores, labels, overlap)[:MOST_PEOPLE]
    return boxes[best], scores[best], labels[best]


def _remake_anchors(network: MaskRCNN) -> None:
    """The anchors are no weights: give values to those that were built without memory."""
    generator = network.rpn.anchor_generator
    generator.cell_anchors = [
        generator.generate_anchors(sizes, ratios)
        for sizes, ratios in zip(generator.sizes, generator.aspect_ratios, strict=True)
    ]
