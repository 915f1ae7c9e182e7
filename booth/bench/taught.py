"""Weights that stand in where the official ones are not installed: a network that knows one picture.

A random network finds nobody, so that nothing could be compared. Here the last layers of a random network
(objectness, classes, boxes) are solved for by least squares on the one picture that is measured, and its
mask head is trained on it for a few steps: it then finds that picture's guests and some other things, as a
trained network does, at the same cost. It knows nothing else, and nothing here speaks of quality.

This module imports torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import box_iou

from booth.arrays import Alpha, Rgb8
from booth.matting.maskrcnn import untrained

PERSON = 1
OTHERS = 28
"""Things that are no guests and stay below the tutorials' threshold, as a trained network finds them too."""
_SURE, _UNSURE = 5.0, -2.2  # logits against the background: scores of about 0.99 and 0.1
_RIDGE = 3e-3
_STEPS = 50


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A picture, uint8 (H, W, 3) RGB, and each guest's mask (H, W) in it."""

    image: Rgb8
    masks: tuple[Alpha, ...]


def lesson(image: Rgb8, alpha: Alpha, guests: int) -> Lesson:
    """The picture with its guests, who stand side by side, told apart where the true alpha is thinnest."""
    columns = cv2.GaussianBlur(alpha.mean(0, keepdims=True), (0, 0), 0.01 * alpha.shape[1])[0]
    inked = np.flatnonzero(columns > 0.01)
    rough = np.linspace(inked[0], inked[-1] + 1, guests + 1)
    reach = round(0.25 * (rough[1] - rough[0]))
    cuts = [
        round(x) - reach + int(np.argmin(columns[round(x) - reach : round(x) + reach])) for x in rough[1:-1]
    ]
    edges = [0, *cuts, alpha.shape[1]]
    strips = np.arange(alpha.shape[1])
    return Lesson(
        image,
        tuple(
            np.where((strips >= low) & (strips < high), alpha, np.float32(0)) for low, high in pairwise(edges)
        ),
    )


def taught(model: str, about: Lesson, seed: int = 11) -> MaskRCNN:
    """torchvision's network that finds the guests of one picture; see the module.

    Raises
    ------
    ValueError
        If the picture has no guests.
    """
    if not about.masks:
        raise ValueError("the picture shows nobody, so that there is nothing to teach")
    torch.manual_seed(seed)
    network = untrained(model).eval().requires_grad_(False)
    with torch.no_grad():
        images, boxes = _prepared(network, about)
        features = network.backbone(images.tensors)
        _teach_proposals(network, images, list(features.values()), boxes)
        network.rpn._post_nms_top_n["testing"] = 1000  # torchvision's own
        proposals, _ = network.rpn(images, features)
        _teach_boxes(network, features, images, proposals[0], boxes)
        _teach_masks(network, features, images, boxes, about.masks)
    return network


def _prepared(network: MaskRCNN, about: Lesson) -> tuple[ImageList, Tensor]:
    """The network's input, and the guests' boxes (G, 4) in it."""
    pixels = torch.from_numpy(about.image.copy()).permute(2, 0, 1).float() / 255
    images, _ = network.transform([pixels])
    scale = images.image_sizes[0][0] / about.image.shape[0]
    boxes = torch.tensor([_box(mask) for mask in about.masks]) * scale
    return images, boxes


def _box(mask: Alpha) -> list[float]:
    x, y, width, height = cv2.boundingRect((mask > 0.5).astype(np.uint8))
    return [float(x), float(y), float(x + width), float(y + height)]


def _teach_proposals(network: MaskRCNN, images: ImageList, features: list[Tensor], guests: Tensor) -> None:
    """Anchors that overlap a guest are likely; none is moved."""
    head = network.rpn.head
    head.bbox_pred.weight.zero_()
    head.bbox_pred.bias.zero_()
    anchors = network.rpn.anchor_generator(images, features)[0]
    kinds = head.cls_logits.out_channels
    hidden = torch.cat([head.conv(level).permute(0, 2, 3, 1).flatten(0, 2) for level in features])
    overlap = box_iou(anchors, guests).view(-1, kinds, len(guests))
    for kind in range(kinds):
        best = overlap[:, kind].max(1)[0]
        good = best > 0.5
        wanted = torch.where(good, 4.0, -4.0)
        head.cls_logits.weight[kind, :, 0, 0], head.cls_logits.bias[kind] = _row(
            *_solved(hidden, wanted[:, None], _balanced(good))
        )


def _teach_boxes(
    network: MaskRCNN, features: dict[str, Tensor], images: ImageList, proposals: Tensor, guests: Tensor
) -> None:
    """Proposals that overlap a guest are people, some of the others are unsure things."""
    heads = network.roi_heads
    vectors = heads.box_head(heads.box_roi_pool(features, [proposals], images.image_sizes))
    best, whose = box_iou(proposals, guests).max(1)
    score, move = heads.box_predictor.cls_score, heads.box_predictor.bbox_pred
    score.weight.zero_()
    score.bias.fill_(-15.0)
    score.bias[0] = 0.0
    move.weight.zero_()
    move.bias.zero_()
    good = best > 0.5
    wanted = torch.where(good, _SURE, -_SURE)
    score.weight[PERSON], score.bias[PERSON] = _row(*_solved(vectors, wanted[:, None], _balanced(good)))
    near = best > 0.4
    moves = heads.box_coder.encode_single(guests[whose[near]], proposals[near])
    these = slice(4 * PERSON, 4 * PERSON + 4)
    move.weight[these], move.bias[these] = _solved(vectors[near], moves)
    for number, thing in enumerate(_apart(proposals, best < 0.2)):
        label = PERSON + 1 + number
        mine = torch.arange(len(proposals)) == thing
        wanted = torch.where(mine, _UNSURE, 3 * _UNSURE)
        score.weight[label], score.bias[label] = _row(*_solved(vectors, wanted[:, None], _balanced(mine)))


def _apart(proposals: Tensor, free: Tensor) -> list[int]:
    """Some proposals that overlap neither a guest nor each other."""
    chosen: list[int] = []
    for number in torch.where(free)[0].tolist():
        if len(chosen) < OTHERS and (
            not chosen or box_iou(proposals[number, None], proposals[chosen]).max() < 0.1
        ):
            chosen.append(number)
    return chosen


def _teach_masks(
    network: MaskRCNN,
    features: dict[str, Tensor],
    images: ImageList,
    guests: Tensor,
    masks: tuple[Alpha, ...],
) -> None:
    """Inside of a guest's box the guest's own mask."""
    heads = network.roi_heads
    inside = heads.mask_roi_pool(features, [guests], images.image_sizes)
    next(heads.mask_head.parameters()).div_(inside.std())
    grids = torch.from_numpy(np.stack([_grid(mask, 2 * inside.shape[-1]) for mask in masks]))
    learning = [*heads.mask_head.parameters(), *heads.mask_predictor.parameters()]
    for parameter in learning:
        parameter.requires_grad_(True)
    adam = torch.optim.Adam(learning, lr=1e-3)
    with torch.enable_grad():
        for _ in range(_STEPS):
            logits = heads.mask_predictor(heads.mask_head(inside))[:, PERSON]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, grids)
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
    for parameter in learning:
        parameter.requires_grad_(False)


def _grid(mask: Alpha, cells: int) -> NDArray[np.float32]:
    """A mask inside of its own box, at `cells` a side."""
    left, top, right, bottom = (int(edge) for edge in _box(mask))
    return np.asarray(
        cv2.resize(mask[top:bottom, left:right], (cells, cells), interpolation=cv2.INTER_AREA), np.float32
    )


def _row(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    return weight[0], bias[0]


def _solved(inputs: Tensor, targets: Tensor, weights: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """A linear layer's weight and bias by ridge regression: inputs (N, D), targets (N, T)."""
    shares = (inputs.new_ones(len(inputs)) if weights is None else weights).double()[:, None]
    shares = shares / shares.sum()
    rows, wanted = inputs.double(), targets.double()
    middle, aim = (shares * rows).sum(0), (shares * wanted).sum(0)
    spread = (shares * (rows - middle) ** 2).sum(0).sqrt().clamp(min=1e-6)
    even = (rows - middle) / spread
    gram = even.T @ (shares * even)
    gram.diagonal().add_(_RIDGE)
    slope = torch.linalg.solve(gram, even.T @ (shares * (wanted - aim))) / spread[:, None]
    return slope.T.contiguous().float(), (aim - middle @ slope).float()


def _balanced(good: Tensor) -> Tensor:
    """Weights that make the few good samples count as much as all the others."""
    share = good.float().mean().clamp(1e-6, 1 - 1e-6)
    return torch.where(good, 0.5 / share, 0.5 / (1 - share))
