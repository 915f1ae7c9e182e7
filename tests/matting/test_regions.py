"""Regions read off a pyramid, against torchvision's own operators."""

from __future__ import annotations

from collections import OrderedDict

import pytest
import torch
from torch import Tensor
from torchvision.models.resnet import Bottleneck
from torchvision.ops import FeaturePyramidNetwork, MultiScaleRoIAlign

from booth.matting.convolutions import (
    best_precision,
    fold_batch_norms,
    fuse,
    half_precision,
    precision_trials,
)
from booth.matting.onednn import can_fuse
from booth.matting.regions import pooled

CPU = torch.device("cpu")
fusing = pytest.mark.skipif(not can_fuse(CPU), reason="this build of torch has no oneDNN")


def pyramid(kind: torch.dtype) -> list[Tensor]:
    """Four levels for a picture padded to 256x320."""
    torch.manual_seed(1)
    shapes = [(64, 80), (32, 40), (16, 20), (8, 10)]
    levels = [torch.randn(1, 24, *shape) for shape in shapes]
    return [level.to(kind).contiguous(memory_format=torch.channels_last) for level in levels]


BOXES = torch.tensor(
    [
        [3.2, 4.1, 40.7, 33.3],  # small: off the finest level
        [10.0, 20.0, 150.0, 130.0],
        [0.0, 0.0, 300.0, 250.0],  # large: off a coarse one
        [290.0, 200.0, 320.0, 256.0],  # in the corner
        [100.0, 100.0, 100.4, 100.2],  # smaller than a cell
    ]
)


@pytest.mark.parametrize("cells", [7, 14])
def test_regions_are_those_of_torchvision(cells: int) -> None:
    levels = pyramid(torch.float32)
    align = MultiScaleRoIAlign(["0", "1", "2", "3"], cells, 2)
    named = OrderedDict((str(number), level) for number, level in enumerate(levels))
    theirs = align(named, [BOXES], [(256, 320)])
    torch.testing.assert_close(pooled(levels, BOXES, (256, 320), cells), theirs, atol=1e-4, rtol=0)


def test_regions_in_half_precision_differ_by_rounding_only() -> None:
    whole = pooled(pyramid(torch.float32), BOXES, (256, 320), 7)
    half = pooled(pyramid(torch.bfloat16), BOXES, (256, 320), 7)
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float(), whole, atol=0.04, rtol=0)


def test_no_boxes_give_no_regions() -> None:
    assert pooled(pyramid(torch.float32), torch.zeros(0, 4), (256, 320), 7).shape == (0, 24, 7, 7)


@fusing
def test_a_fused_block_gives_what_the_block_gave() -> None:
    torch.manual_seed(2)
    around = torch.nn.Sequential(torch.nn.Conv2d(16, 32, 1, 2, bias=False), torch.nn.BatchNorm2d(32))
    network = torch.nn.Sequential(Bottleneck(16, 8, 2, around), Bottleneck(32, 8)).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    pixels = torch.randn(1, 16, 20, 28).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        expected = network(pixels)
        fold_batch_norms(network)
        fuse(network)
        given = pixels.clone()
        torch.testing.assert_close(network(given), expected, atol=1e-5, rtol=1e-5)
    assert torch.equal(given, pixels), "the picture itself was written on"


@fusing
def test_a_fused_pyramid_gives_what_the_pyramid_gave() -> None:
    from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

    torch.manual_seed(3)
    network = torch.nn.Sequential(FeaturePyramidNetwork([8, 16], 12, LastLevelMaxPool())).eval()
    features = {"0": torch.randn(1, 8, 16, 24), "1": torch.randn(1, 16, 8, 12)}
    features = {k: v.contiguous(memory_format=torch.channels_last) for k, v in features.items()}
    with torch.inference_mode():
        expected = network(dict(features))
        fuse(network)
        found = network(dict(features))
    assert list(found) == list(expected) == ["0", "1", "pool"]
    for name in expected:
        torch.testing.assert_close(found[name], expected[name], atol=1e-5, rtol=1e-5)


def test_half_precision_must_be_clearly_faster() -> None:
    assert best_precision({torch.float32: 1.0, torch.bfloat16: 0.9}) == torch.float32
    assert best_precision({torch.float32: 1.0, torch.bfloat16: 0.2}) == torch.bfloat16
    assert best_precision({torch.float32: 1.0}) == torch.float32


def test_precisions_are_tried_where_the_processor_has_them() -> None:
    half = half_precision(CPU)
    assert set(precision_trials(CPU)) == {torch.float32} | ({half} if half else set())
