"""Convolutions by oneDNN, with what comes after them computed while their result is still in the cache.

This module imports torch, but not torchvision.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

_KEPT = 8_000_000
"""Bytes of one convolution's weights that are kept, laid out for the sizes of the last pictures; two sizes at least."""


class Convolution(nn.Module):
    """A convolution with its rectifier, and with a shortcut added before it where there is one; by oneDNN.

    How the weights must lie in memory depends on the size of the picture and the count of threads. Where they lie
    otherwise each call reorders them first, which takes up to thirty times as long as the convolution itself.
    """

    def __init__(self, layer: nn.Conv2d, rectified: bool) -> None:
        super().__init__()
        padding = list(layer.padding)
        self._geometry = padding, list(layer.stride), list(layer.dilation), layer.groups
        self._rectified = rectified
        self._weights: OrderedDict[tuple[int, ...], Tensor] = OrderedDict({(): layer.weight.detach()})
        self._bias = None if layer.bias is None else layer.bias.detach()

    def forward(self, pixels: Tensor) -> Tensor:
        after = "relu" if self._rectified else "none"
        result: Tensor = torch.ops.mkldnn._convolution_pointwise(
            pixels, self._weight(pixels), self._bias, *self._geometry, after, [], ""
        )
        return result

    def onto(self, shortcut: Tensor, pixels: Tensor) -> Tensor:
        """Add the result to the shortcut, in place, and rectify."""
        result: Tensor = torch.ops.mkldnn._convolution_pointwise_.binary(
            shortcut, pixels, self._weight(pixels), self._bias, *self._geometry, "add", None, "relu", [], ""
        )
        return result

    def _weight(self, pixels: Tensor) -> Tensor:
        """The weights as they must lie for pictures of this size; before the first they lie as the layer had them."""
        size = tuple(pixels.shape[2:])
        if size in self._weights:
            self._weights.move_to_end(size)
            return self._weights[size]
        plain = next(iter(self._weights.values())).to_dense()
        self._weights.pop((), None)
        self._weights[size] = torch.ops.mkldnn._reorder_convolution_weight(
            plain, *self._geometry, list(pixels.shape)
        )
        if len(self._weights) > max(2, _KEPT // (plain.numel() * plain.element_size())):
            self._weights.popitem(last=False)
        return self._weights[size]


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
