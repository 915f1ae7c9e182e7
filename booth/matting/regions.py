"""Regions of feature maps: the boxes that may hold something, and the features inside of them.

This module imports torch: import it in the worker's thread only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.ops import batched_nms, clip_boxes_to_image, remove_small_boxes

_SAMPLES = 2  # a side of each cell of a region, as these networks were trained
_LEAST_SIDE = 1e-3  # of a proposal, as torchvision's
_FINEST, _USUAL, _CANONICAL = 2, 4, 224.0  # Lin et al.: a region of 224 pixels is read off level 4


class Anchors:
    """The boxes round every cell of every level, (N, 4) a level; made once for each size of picture."""

    def __init__(self, generator: AnchorGenerator) -> None:
        self._generator = generator
        self._made: tuple[tuple[int, ...], list[Tensor]] = ((), [])

    def __call__(self, pixels: Tensor, levels: Sequence[Tensor]) -> list[Tensor]:
        key = tuple(side for level in (pixels, *levels) for side in level.shape[-2:])
        if self._made[0] != key:
            # in float32, as half precision cannot tell large boxes apart
            shapes = [level[:, :1].float() for level in levels]
            together = self._generator(ImageList(pixels, [key[:2]]), shapes)[0]
            each = zip(shapes, self._generator.num_anchors_per_location(), strict=True)
            self._made = key, list(together.split([shape.numel() * count for shape, count in each]))
        return self._made[1]


def proposals(
    rpn: RegionProposalNetwork,
    scores: Sequence[Tensor],
    deltas: Sequence[Tensor],
    anchors: Sequence[Tensor],
    size: tuple[int, int],
    most: int,
) -> Tensor:
    """Where something may be.

    Against torchvision, which moves every anchor and then drops nearly all of them, only the likely ones of
    each level are moved.

    Parameters
    ----------
    scores, deltas : a level each, (1, A, H, W) and (1, 4 A, H, W)
    anchors : float32 (H W A, 4) a level
    size : height and width of the picture without its padding

    Returns
    -------
    float32 (P, 4), P at most `most`, best first
    """
    boxes, logits, levels = [], [], []
    for number, (score, delta, cells) in enumerate(zip(scores, deltas, anchors, strict=True)):
        flat = score.permute(0, 2, 3, 1).reshape(-1).float()
        count = min(rpn.pre_nms_top_n(), len(flat))
        best, where = flat.topk(count)
        moves = delta.permute(0, 2, 3, 1).reshape(-1, 4)[where].float()
        boxes.append(rpn.box_coder.decode_single(moves, cells[where]))
        logits.append(best)
        levels.append(torch.full_like(where, number))
    placed = clip_boxes_to_image(torch.cat(boxes), size)
    solid = remove_small_boxes(placed, _LEAST_SIDE)
    kept = batched_nms(
        placed[solid], torch.cat(logits)[solid].sigmoid(), torch.cat(levels)[solid], rpn.nms_thresh
    )
    found: Tensor = placed[solid][kept[:most]]
    return found


def pooled(features: Sequence[Tensor], boxes: Tensor, padded: tuple[int, int], cells: int) -> Tensor:
    """The features inside of boxes: RoIAlign of He et al., read off a pyramid.

    The same numbers as torchvision's `MultiScaleRoIAlign`. That one first copies every level into float32
    and another order; this one reads only what it needs, as a weighted sum of rows of a table.

    Parameters
    ----------
    features : (1, C, H, W) a level, the finest (a quarter of the picture) first, channels last
    boxes : float32 (N, 4), x0 y0 x1 y1 in pixels of the picture
    padded : height and width of the picture with its padding
    cells : cells a side of each region

    Returns
    -------
    (N, C, cells, cells) of the features' type, channels last
    """
    channels = features[0].shape[1]
    out = boxes.new_empty((len(boxes), cells, cells, channels), dtype=features[0].dtype)
    levels = _levels(boxes, len(features))
    for number, level in enumerate(features):
        mine = torch.where(levels == number)[0]
        if len(mine) == 0:
            continue
        height, width = level.shape[-2:]
        table = level.permute(0, 2, 3, 1).reshape(height * width, channels)
        scale = 2.0 ** round(math.log2(height / padded[0]))
        rows, weights = _taps(boxes[mine] * scale, height, width, cells)
        read = torch.nn.functional.embedding_bag(
            rows, table, mode="sum", per_sample_weights=weights.to(table.dtype)
        )
        out[mine] = read.view(len(mine), cells, cells, channels)
    return out.permute(0, 3, 1, 2)


def _levels(boxes: Tensor, count: int) -> Tensor:
    """Which level each box is read off: larger ones off coarser levels."""
    sides = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sqrt()
    level = torch.floor(_USUAL + torch.log2(sides / _CANONICAL) + 1e-6)
    return level.clamp(_FINEST, _FINEST + count - 1).long() - _FINEST


def _taps(boxes: Tensor, height: int, width: int, cells: int) -> tuple[Tensor, Tensor]:
    """The rows of the table of features that each cell is made of, and their weights: (N cells², 16)."""
    across, across_weights = _along(boxes[:, 0], boxes[:, 2], width, cells)
    down, down_weights = _along(boxes[:, 1], boxes[:, 3], height, cells)
    taps = 2 * _SAMPLES
    shape = (len(boxes) * cells * cells, taps * taps)
    rows = down[:, :, None, :, None] * width + across[:, None, :, None, :]
    weights = down_weights[:, :, None, :, None] * across_weights[:, None, :, None, :]
    return rows.reshape(shape), weights.reshape(shape)


def _along(low: Tensor, high: Tensor, length: int, cells: int) -> tuple[Tensor, Tensor]:
    """Positions (N, cells, taps) along one side and their weights, which sum to 1 inside of the map."""
    cell = (high - low).clamp(min=1.0) / cells
    steps = (torch.arange(cells * _SAMPLES, device=low.device) + 0.5) / _SAMPLES
    at = low[:, None] + steps * cell[:, None]
    inside = (at >= -1.0) & (at <= length)
    at = at.clamp(0.0, length - 1.0)
    first = at.floor().long()
    share = at - first
    positions = torch.stack([first, (first + 1).clamp(max=length - 1)], -1)
    weights = torch.stack([1 - share, share], -1) * inside[..., None] / _SAMPLES
    shape = (len(low), cells, 2 * _SAMPLES)
    return positions.reshape(shape), weights.reshape(shape)
