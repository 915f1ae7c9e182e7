"""Fused convolutions: torch's own results, whatever sizes of pictures come one after the other."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from booth.matting import onednn
from booth.matting.onednn import Convolution, can_fuse

pytestmark = pytest.mark.skipif(not can_fuse(torch.device("cpu")), reason="this build of torch has no oneDNN")

SIZES = [(6, 6), (24, 20), (7, 31), (6, 6), (64, 64), (24, 20), (6, 6)]


@pytest.fixture
def layer() -> nn.Conv2d:
    torch.manual_seed(5)
    return nn.Conv2d(96, 96, 3, padding=1).to(memory_format=torch.channels_last).requires_grad_(False)


def pixels(height: int, width: int, kind: torch.dtype = torch.float32) -> Tensor:
    torch.manual_seed(height * width)
    return torch.randn(1, 96, height, width).to(kind).contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("kept", [0, onednn._KEPT])
def test_each_size_gives_what_torch_gives(
    layer: nn.Conv2d, kind: torch.dtype, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onednn, "_KEPT", kept)
    layer = layer.to(kind)
    fused = Convolution(layer, rectified=True)
    with torch.inference_mode():
        for height, width in SIZES:
            seen, shortcut = pixels(height, width, kind), pixels(height, width, kind).clone()
            expected = layer(seen)
            torch.testing.assert_close(fused(seen), expected.relu(), rtol=0.02, atol=0.02)
            added = (expected.float() + shortcut.float()).relu().to(kind)
            torch.testing.assert_close(fused.onto(shortcut, seen), added, rtol=0.02, atol=0.05)


def test_no_more_sizes_are_kept_than_there_is_room_for(
    layer: nn.Conv2d, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onednn, "_KEPT", 3 * layer.weight.numel() * 4)
    fused = Convolution(layer, rectified=False)
    with torch.inference_mode():
        for side in range(4, 12):
            fused(pixels(side, side))
    assert list(fused._weights) == [(9, 9), (10, 10), (11, 11)]


def test_weights_lie_as_each_size_wants_them(layer: nn.Conv2d) -> None:
    """Where they do not, oneDNN reorders them before every call."""
    fused = Convolution(layer.bfloat16(), rectified=False)
    with torch.inference_mode():
        for height, width in SIZES:
            seen = pixels(height, width, torch.bfloat16)
            fused(seen)
            wanted = torch.ops.mkldnn._reorder_convolution_weight(
                layer.weight.detach(), *fused._geometry, list(seen.shape)
            )
            described = torch.ops.mkldnn._get_mkldnn_serialized_md
            assert torch.equal(described(fused._weight(seen)), described(wanted))
