"""Convolutions by oneDNN, with what comes after them computed while their result is still in the cache.

This module imports torch, but not torchvision.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Convolution(nn.Module):
    """A convolution with its rectifier, and with a shortcut added before it where there is one; by oneDNN."""

    def __init__(self, layer: nn.Conv2d, rectified: bool) -> None:
        super().__init__()
        padding = list(layer.padding)
        self._geometry = padding, list(layer.stride), list(layer.dilation), layer.groups
        self._rectified = rectified
        self._weight = torch.ops.mkldnn._reorder_convolution_weight(layer.weight.detach(), *self._geometry)
        self._bias = None if layer.bias is None else layer.bias.detach()

    def forward(self, pixels: Tensor) -> Tensor:
        after = "relu" if self._rectified else "none"
        result: Tensor = torch.ops.mkldnn._convolution_pointwise(
            pixels, self._weight, self._bias, *self._geometry, after, [], ""
        )
        return result

    def onto(self, shortcut: Tensor, pixels: Tensor) -> Tensor:
        """Add the result to the shortcut, in place, and rectify."""
        result: Tensor = torch.ops.mkldnn._convolution_pointwise_.binary(
            shortcut, pixels, self._weight, self._bias, *self._geometry, "add", None, "relu", [], ""
        )
        return result


def can_fuse(device: torch.device) -> bool:
    """Whether this build of torch has oneDNN's convolutions with something after them, for this device."""
    return (
        device.type == "cpu"
        and torch._C._has_mkldnn
        and all(
            hasattr(torch.ops.mkldnn, name)
            for name in ("_reorder_convolution_weight", "_convolution_pointwise", "_convolution_pointwise_")
        )
    )
