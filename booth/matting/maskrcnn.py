"""Mask R-CNN, resident: only what a booth needs of it is computed.

He et al., "Mask R-CNN", ICCV 2017. Against torchvision's own `forward`: batch norms are folded into
their convolutions, the convolutions run in half precision where that is measurably faster, few proposals
are kept, only the kept classes are scored, at most ten boxes reach the mask head, and masks stay grids of
28x28 probabilities in their boxes instead of being pasted into full pictures.

This module imports torch: import it in the worker's thread only.
"""

from __future__ import annotations

import copy
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models.detection import (
    MaskRCNN,
    maskrcnn_resnet50_fpn,
    maskrcnn_resnet50_fpn_v2,
)
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import concat_box_prediction_layers
from torchvision.ops import batched_nms, clip_boxes_to_image, remove_small_boxes

from booth.arrays import Rgb8, check_rgb, read_only
from booth.config.settings import MaskRcnnSettings
from booth.errors import MattingError, WeightsError
from booth.matting.coco import label_numbers
from booth.shot import People, Plate, nobody

log = logging.getLogger(__name__)

MOST_PEOPLE = 10
PROPOSALS = 200
WORTH_SWITCHING = 0.95  # half precision must save at least 5 % to be worth its rounding

_BUILDERS: Mapping[str, Callable[..., MaskRCNN]] = {
    "maskrcnn_resnet50_fpn": maskrcnn_resnet50_fpn,
    "maskrcnn_resnet50_fpn_v2": maskrcnn_resnet50_fpn_v2,
}


class MaskRcnn:
    """A network that is loaded once and answers for every photo."""

    name = "Mask R-CNN"
    needs_plate = False

    def __init__(self, network: MaskRCNN, settings: MaskRcnnSettings, device: str = "cpu") -> None:
        """Take over a network with its weights; it is changed in place.

        Raises
        ------
        MattingError
            If a class to keep is none of the network's.
        """
        self._settings = settings
        self._names = label_numbers(settings.classes)
        self._torch_device = torch.device(device)
        _fold_batch_norms(network.eval().requires_grad_(False))
        self._network = network.to(self._torch_device, memory_format=torch.channels_last)
        self._dtype = torch.float32
        self._heavy = _heavy_parts(network)
        self._kept = torch.tensor(sorted(self._names), device=self._torch_device)
        self._mean, self._std = (
            torch.tensor(values, device=self._torch_device).view(1, 3, 1, 1) * 255
            for values in (network.transform.image_mean, network.transform.image_std)
        )
        self._timings: dict[str, float] = {}
        self.precision_trials: dict[str, float] = {}
        if self._torch_device.type == "cuda":
            torch.backends.cudnn.benchmark = True

    @property
    def device(self) -> str:
        kind = self._torch_device.type
        where = torch.cuda.get_device_name(self._torch_device) if kind == "cuda" else kind
        return f"{where}, {str(self._dtype).removeprefix('torch.')}"

    @property
    def timings(self) -> Mapping[str, float]:
        return self._timings

    def warm_up(self) -> None:
        """Run at the true shape, and choose the precision that is faster on this machine."""
        half = half_precision(self._torch_device)
        self.precision_trials = {str(self._dtype).removeprefix("torch."): self._trial()}
        if half is None or self._dtype == half:
            return
        whole, self._heavy = self._heavy, copy.deepcopy(self._heavy).to(half)
        before, self._dtype = self._dtype, half
        seconds = self._trial()
        self.precision_trials[str(half).removeprefix("torch.")] = seconds
        if seconds > WORTH_SWITCHING * next(iter(self.precision_trials.values())):
            self._heavy, self._dtype = whole, before
        log.info("%s warmed up on %s; seconds a picture: %s", self.name, self.device, self.precision_trials)

    def people(self, image: Rgb8, plate: Plate | None = None) -> People:
        """Find the instances of the kept classes; see `Segmenter.people`. The plate is not used."""
        check_rgb(image)
        self._timings = {}
        with torch.inference_mode():
            pixels, size = self._transformed(image)
            features = self._features(pixels)
            proposals = self._proposals(pixels, features, size)
            boxes, scores, labels = self._boxes(features, proposals, size)
            if len(boxes) == 0:
                return nobody()
            masks = self._masks(features, boxes, labels, size)
            return self._people(boxes, scores, labels, masks, size, image.shape)

    def _trial(self) -> float:
        """Seconds of the faster of two pictures, after one that pays for the first call.

        Noise finds next to nobody, so the mask head is run on boxes of its own.
        """
        side = self._settings.input_size
        image = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
        return min(self._trial_seconds(image) for _ in range(3))

    def _trial_seconds(self, image: Rgb8) -> float:
        began = time.perf_counter()
        with torch.inference_mode():
            pixels, size = self._transformed(image)
            features = self._features(pixels)
            self._boxes(features, self._proposals(pixels, features, size), size)
            box = torch.tensor([[0.0, 0.0, size[1], size[0]]], device=self._torch_device)
            self._masks(features, box.repeat(2, 1), self._kept[:1].repeat(2), size)
        return time.perf_counter() - began

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
        stride = 32
        padding = (0, -width % stride, 0, -height % stride)
        padded = nn.functional.pad(planes, padding).contiguous(memory_format=torch.channels_last)
        self._timed("transform", began)
        return padded, (height, width)

    def _features(self, pixels: Tensor) -> OrderedDict[str, Tensor]:
        began = time.perf_counter()
        features: OrderedDict[str, Tensor] = self._heavy["backbone"](pixels.to(self._dtype))
        self._timed("backbone", began)
        return features

    def _proposals(self, pixels: Tensor, features: Mapping[str, Tensor], size: tuple[int, int]) -> Tensor:
        """Where something may be: float32 (P, 4), best first."""
        began = time.perf_counter()
        rpn = self._network.rpn
        levels = list(features.values())
        scores, deltas = self._heavy["rpn_head"](levels)
        scores, deltas = [s.float() for s in scores], [d.float() for d in deltas]
        counts = [s.shape[1] * s.shape[2] * s.shape[3] for s in scores]
        anchors = rpn.anchor_generator(ImageList(pixels, [size]), levels)
        anchors = [a.float() for a in anchors]
        flat_scores, flat_deltas = concat_box_prediction_layers(scores, deltas)
        boxes = rpn.box_coder.decode(flat_deltas, anchors).view(1, -1, 4)
        kept, _ = rpn.filter_proposals(boxes, flat_scores, [size], counts)
        proposals: Tensor = kept[0][:PROPOSALS]
        self._timed("proposals", began)
        return proposals

    def _boxes(
        self, features: Mapping[str, Tensor], proposals: Tensor, size: tuple[int, int]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Boxes (N, 4) in the network's pixels, scores and labels of the kept classes, best first."""
        began = time.perf_counter()
        heads = self._network.roi_heads
        pooled = heads.box_roi_pool(_whole(features), [proposals], [size])
        vectors = self._heavy["box_head"](pooled.to(self._dtype)).float()
        logits, regression = heads.box_predictor(vectors)
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

    def _masks(
        self, features: Mapping[str, Tensor], boxes: Tensor, labels: Tensor, size: tuple[int, int]
    ) -> Tensor:
        """Probabilities (N, 28, 28), one grid for each box."""
        began = time.perf_counter()
        heads = self._network.roi_heads
        pooled = heads.mask_roi_pool(_whole(features), [boxes], [size])
        logits = self._heavy["mask_predictor"](self._heavy["mask_head"](pooled.to(self._dtype)))
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
    """Build the configured network with the weights of a file (.pth, or .safetensors without pickle).

    Raises
    ------
    WeightsError
        If the file cannot be read or holds the weights of another network.
    """
    with torch.device("meta"):
        network = untrained(settings.model)
    network.to_empty(device="cpu")
    _remake_anchors(network)
    try:
        network.load_state_dict(_state(weights))
    except (OSError, RuntimeError, ValueError, KeyError, EOFError, UnpicklingError) as fault:
        what = str(fault).splitlines()[0][:200]
        raise WeightsError(
            f"{weights.name} does not hold weights of {settings.model}: {what}. "
            "Fetch it again: run_booth.py weights fetch"
        ) from fault
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


def half_precision(device: torch.device) -> torch.dtype | None:
    """The 16-bit type that the device multiplies natively, or None."""
    if device.type == "cuda":
        return torch.float16
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if native else None


def _heavy_parts(network: MaskRCNN) -> nn.ModuleDict:
    """The parts made of convolutions, which are worth half precision; boxes are computed in float32."""
    heads = network.roi_heads
    return nn.ModuleDict(
        {
            "backbone": network.backbone,
            "rpn_head": network.rpn.head,
            "box_head": heads.box_head,
            "mask_head": heads.mask_head,
            "mask_predictor": heads.mask_predictor,
        }
    )


def _whole(features: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Features in float32, as the pooling of regions needs them."""
    return {name: level.float() for name, level in features.items()}


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


def _state(weights: Path) -> Mapping[str, Tensor]:
    if weights.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return dict(load_file(weights))
        except SafetensorError as fault:
            raise ValueError(str(fault)) from fault
    state: Mapping[str, Tensor] = torch.load(weights, map_location="cpu", weights_only=True, mmap=True)
    return state


def _remake_anchors(network: MaskRCNN) -> None:
    """The anchors are no weights: give values to those that were built without memory."""
    generator = network.rpn.anchor_generator
    generator.cell_anchors = [
        generator.generate_anchors(sizes, ratios)
        for sizes, ratios in zip(generator.sizes, generator.aspect_ratios, strict=True)
    ]


def _fold_batch_norms(network: nn.Module) -> None:
    """Multiply each batch norm into the convolution before it: the same function, half the memory traffic."""
    for parent, convolution, norm in list(_norms_after_convolutions(network)):
        fused = fuse_conv_bn_eval(getattr(parent, convolution), getattr(parent, norm))
        setattr(parent, convolution, fused)
        setattr(parent, norm, nn.Identity())


def _norms_after_convolutions(network: nn.Module) -> Iterator[tuple[nn.Module, str, str]]:
    """Where a batch norm is the child right after a convolution, as in every block of these networks."""
    for parent in network.modules():
        children = list(parent.named_children())
        named = dict(children)
        for name, child in children:
            if not isinstance(child, nn.Conv2d):
                continue
            norm = (
                name.replace("conv", "bn") if "conv" in name else str(int(name) + 1) if name.isdigit() else ""
            )
            if isinstance(named.get(norm), nn.BatchNorm2d):
                yield parent, name, norm
