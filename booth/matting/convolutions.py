"""Convolutional networks that only answer: the same functions, with far less traffic to memory.

Batch norms are multiplied into the convolutions before them; rectifiers and shortcuts are computed inside
of a convolution, while its result is still in the cache; weights lie in memory as the processor wants them.
All of it changes results by rounding only.

This module imports torch: import it in the worker's thread only.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models.resnet import Bottleneck
from torchvision.ops import FeaturePyramidNetwork

from booth.matting.onednn import Convolution

WORTH_SWITCHING = 0.8
"""Half precision must save a fifth of a convolution's time to be worth its rounding."""
_PROBE_CHANNELS, _PROBE_SIDE = 256, 96


class _Block(nn.Module):
    """A residual network's bottleneck. Writes onto its input where no convolution leads round it."""

    def __init__(self, block: Bottleneck) -> None:
        super().__init__()
        self._narrowing = Convolution(block.conv1, rectified=True)
        self._looking = Convolution(block.conv2, rectified=True)
        self._widening = Convolution(block.conv3, rectified=True)
        around = block.downsample
        self._around = None if around is None else Convolution(around[0], rectified=False)

    def forward(self, pixels: Tensor) -> Tensor:
        inner = self._looking(self._narrowing(pixels))
        return self._widening.onto(pixels if self._around is None else self._around(pixels), inner)


class _Pyramid(nn.Module):
    """Lin et al., "Feature Pyramid Networks", CVPR 2017: each level is exactly half of the one below it."""

    def __init__(self, pyramid: FeaturePyramidNetwork) -> None:
        super().__init__()
        self._inner = nn.ModuleList(Convolution(each[0], rectified=False) for each in pyramid.inner_blocks)
        self._outer = nn.ModuleList(Convolution(each[0], rectified=False) for each in pyramid.layer_blocks)

    def forward(self, features: dict[str, Tensor]) -> OrderedDict[str, Tensor]:
        names = list(features)
        levels: list[Tensor] = []
        above: Tensor | None = None
        for inner, outer, name in zip(
            reversed(self._inner), reversed(self._outer), reversed(names), strict=True
        ):
            here = inner(features.pop(name))  # the largest ones are not wanted twice in memory
            above = here if above is None else _twice_as_large_onto(here, above)
            levels.insert(0, outer(above))
        named: OrderedDict[str, Tensor] = OrderedDict(zip(names, levels, strict=True))
        named["pool"] = levels[-1][:, :, ::2, ::2]
        return named


def _twice_as_large_onto(here: Tensor, above: Tensor) -> Tensor:
    """Add `above`, each value to four, onto `here` in place; both lie channels last."""
    count, channels, height, width = above.shape
    fine = here.permute(0, 2, 3, 1).view(count, height, 2, width, 2, channels)
    fine += above.permute(0, 2, 3, 1).view(count, height, 1, width, 1, channels)
    return here


def fold_batch_norms(network: nn.Module) -> None:
    """Multiply each batch norm into the convolution before it, in place."""
    for parent, convolution, norm in list(_norms_after_convolutions(network)):
        fused = fuse_conv_bn_eval(getattr(parent, convolution), getattr(parent, norm))
        setattr(parent, convolution, fused)
        setattr(parent, norm, nn.Identity())


def fuse(network: nn.Module) -> None:
    """Put fused convolutions in the place of a network's own, whose batch norms are folded, in place.

    The network takes its pictures channels last from now on, and answers in inference mode only.
    """
    for name, child in list(network.named_children()):
        if isinstance(child, Bottleneck):
            setattr(network, name, _Block(child))
        elif isinstance(child, FeaturePyramidNetwork):
            setattr(network, name, _Pyramid(child))
        else:
            fuse(child)
    for name, layer, rectifier in list(_convolutions(network)):
        setattr(network, name, Convolution(layer, rectified=bool(rectifier)))
        if rectifier:
            setattr(network, rectifier, nn.Identity())


def _convolutions(network: nn.Module) -> Iterator[tuple[str, nn.Conv2d, str]]:
    """The convolutions among a module's own children, each with the name of the rectifier after it, or ""."""
    children = [(n, c) for n, c in network.named_children() if not isinstance(c, nn.Identity)]
    in_order = isinstance(network, nn.Sequential | nn.ModuleDict)
    following = {a: b for (a, _), (b, after) in pairwise(children) if in_order and isinstance(after, nn.ReLU)}
    for name, child in children:
        if isinstance(child, nn.Conv2d):
            yield name, child, following.get(name, "")


def half_precision(device: torch.device) -> torch.dtype | None:
    """The 16-bit type that the device multiplies natively, or None."""
    if device.type == "cuda":
        return torch.float16
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if native else None


def precision_trials(device: torch.device) -> dict[torch.dtype, float]:
    """Seconds of one typical convolution in each precision that the device has: measured, not assumed.

    On the CPU those of the thread itself: others are busy while the booth starts.
    """
    half = half_precision(device)
    kinds = [torch.float32] if half is None else [torch.float32, half]
    return {kind: _probe_seconds(device, kind) for kind in kinds}


def best_precision(trials: dict[torch.dtype, float]) -> torch.dtype:
    """The faster one, float32 unless another is clearly so."""
    fastest = min(trials, key=lambda kind: trials[kind])
    return fastest if trials[fastest] < WORTH_SWITCHING * trials[torch.float32] else torch.float32


def _probe_seconds(device: torch.device, kind: torch.dtype) -> float:
    with torch.inference_mode():
        layer = nn.Conv2d(_PROBE_CHANNELS, _PROBE_CHANNELS, 3, padding=1).to(device, kind)
        layer = layer.to(memory_format=torch.channels_last)
        pixels = torch.ones(1, _PROBE_CHANNELS, _PROBE_SIDE, _PROBE_SIDE, device=device, dtype=kind)
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        clock = time.perf_counter if device.type == "cuda" else time.thread_time
        seconds = []
        for _ in range(3):
            began = clock()
            layer(pixels)
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            seconds.append(clock() - began)
    return min(seconds)


def _norms_after_convolutions(network: nn.Module) -> Iterator[tuple[nn.Module, str, str]]:
    """Where a batch norm is the child right after a convolution, as in every block of these networks."""
    for parent in network.modules():
        named = dict(parent.named_children())
        for name, child in named.items():
            if not isinstance(child, nn.Conv2d):
                continue
            norm = (
                name.replace("conv", "bn") if "conv" in name else str(int(name) + 1) if name.isdigit() else ""
            )
            if isinstance(named.get(norm), nn.BatchNorm2d):
                yield parent, name, norm
