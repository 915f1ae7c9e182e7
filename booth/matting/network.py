"""The small network that says where people are, with or without a clean plate.

A U-Net of plain 3x3 convolutions (Ronneberger, O. et al.: U-Net. MICCAI 2015) with residual blocks. Nothing
runs above half the input's resolution: the picture enters folded, four pixels to one, and the logits leave
unfolded the same way. Most weights sit at 1/16 and 1/32, where a person is a few cells wide and context is cheap.

How to use it
-------------
`load(path)` gives a network ready to infer (evaluation mode, normalisation folded into the convolutions, no
gradients). Then, once: `.to(dtype=torch.bfloat16, memory_format=torch.channels_last)` where the processor has
AMX or AVX-512 bf16, or `.half()` on a GPU; give it tensors of the same type and format. Heights and widths are
multiples of `MULTIPLE`; resize the frame with area averaging, keep its aspect roughly (trained from 3:4 to 16:9).
It answers best where the square root of height times width is 224 to 320, as it was last trained at about 256.
The logit's sigmoid is the share of the pixel that people and what they hold cover.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from booth.arrays import Rgb8
from booth.errors import WeightsError
from booth.matting.onednn import Convolution, can_fuse

MULTIPLE = 32
"""Heights and widths must be multiples of this."""
INPUTS = 32
FORMAT = "booth-people-1"
_SCALE = np.repeat(np.array([4 / 255, 1 / 255, 6 / 255, 1], np.float32), [24, 3, 4, 1])
_OFFSET = np.repeat(np.array([-0.45 * 4, 0], np.float32), [24, 8])


@dataclass(frozen=True, slots=True)
class Widths:
    """Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input, and the residual blocks of the last four."""

    half: int = 32
    quarter: int = 64
    eighth: int = 128
    sixteenth: int = 160
    thirtysecond: int = 192
    blocks: tuple[int, int, int, int] = (0, 1, 2, 3)


class _Step(nn.Sequential):
    """A 3x3 convolution, normalised while training, then ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, rectify: bool = True) -> None:
        layers: list[nn.Module] = [
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        super().__init__(*layers, *([nn.ReLU(inplace=True)] if rectify else []))


class _Residual(nn.Module):
    """Two steps beside a shortcut (He, K. et al.: Deep Residual Learning. CVPR 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _Step(width, width)
        self.second = _Step(width, width, rectify=False)

    def forward(self, features: Tensor) -> Tensor:
        summed: Tensor = features + self.second(self.first(features))
        return functional.relu(summed, inplace=True)


class _Context(nn.Module):
    """What the whole picture says, added to every cell (Liu, W. et al.: ParseNet. 2015)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, width // 2)
        self.outer = nn.Linear(width // 2, width)

    def forward(self, features: Tensor) -> Tensor:
        whole = features.mean((2, 3))
        said: Tensor = self.outer(functional.relu(self.inner(whole)))
        return features + said[:, :, None, None]


class _Rise(nn.Module):
    """Bring coarse features up to those of twice the resolution and join them."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.narrow = nn.Sequential(nn.Conv2d(coarse, fine, 1, bias=False), nn.BatchNorm2d(fine))
        self.join = _Step(fine, fine)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        raised = functional.interpolate(self.narrow(coarse), scale_factor=2.0, mode="bilinear")
        joined: Tensor = self.join(raised + fine)
        return joined


class PeopleNet(nn.Module):
    """Where people are in a frame."""

    def __init__(self, widths: Widths | None = None) -> None:
        super().__init__()
        self.widths = w = widths or Widths()
        first, second, third, fourth = w.blocks
        self.stem = _Step(INPUTS, w.half)
        self.down4 = _stage(w.half, w.quarter, first)
        self.down8 = _stage(w.quarter, w.eighth, second)
        self.down16 = _stage(w.eighth, w.sixteenth, third)
        self.down32 = nn.Sequential(_stage(w.sixteenth, w.thirtysecond, fourth), _Context(w.thirtysecond))
        self.up16 = _Rise(w.thirtysecond, w.sixteenth)
        self.up8 = _Rise(w.sixteenth, w.eighth)
        self.up4 = _Rise(w.eighth, w.quarter)
        self.up2 = _Rise(w.quarter, w.half)
        self.head = nn.Conv2d(w.half, 4, 3, padding=1)

    def forward(self, frame: Tensor, plate: Tensor, flag: Tensor) -> Tensor:
        """Give a logit for every pixel.

        Parameters
        ----------
        frame, plate : floating tensors of shape (N, 3, h, w), RGB in [0, 1]; h and w multiples of 32
            Where the flag is 0 the plate may hold anything finite, such as zeros.
        flag : tensor of shape (N,) or (N, 1, 1, 1), 1 where the plate is one of this place, else 0

        Returns
        -------
        Tensor of shape (N, 1, h, w); its sigmoid is the share that people cover
        """
        return self.answer(_inputs(frame, plate, flag))

    def answer(self, inputs: Tensor) -> Tensor:
        """Give the logits of `forward` for what `_inputs` or `inputs_of` gives."""
        half = self.stem(inputs)
        quarter = self.down4(half)
        eighth = self.down8(quarter)
        sixteenth = self.down16(eighth)
        deepest = self.down32(sixteenth)
        raised = self.up8(self.up16(deepest, sixteenth), eighth)
        logits: Tensor = self.head(self.up2(self.up4(raised, quarter), half))
        return functional.pixel_shuffle(logits, 2)


def _stage(inputs: int, outputs: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(_Step(inputs, outputs, stride=2), *(_Residual(outputs) for _ in range(blocks)))


def _inputs(frame: Tensor, plate: Tensor, flag: Tensor) -> Tensor:
    """Give 32 channels at half resolution: frame, plate, how they differ, how far beyond a shift, and the flag.

    The colours of a shifted plate lie between the darkest and the brightest nearby; what lies outside them is new.
    """
    known = flag.to(frame.dtype).reshape(-1, 1, 1, 1)
    frames, plates = _quarters(frame), _quarters(plate)
    brightest = _widest(torch.maximum(torch.maximum(*plates[:2]), torch.maximum(*plates[2:])))
    darkest = -_widest(-torch.minimum(torch.minimum(*plates[:2]), torch.minimum(*plates[2:])))
    outside = [torch.maximum(one - brightest, darkest - one).amax(1, keepdim=True) for one in frames]
    new = torch.cat(outside, 1).clamp_min(0) * known
    here, there = torch.cat(frames, 1), torch.cat(plates, 1)
    differs = (torch.stack(frames).sum(0) - torch.stack(plates).sum(0)).abs() * known
    flags = known.expand(-1, 1, *new.shape[2:])
    return torch.cat([(here - 0.45) * 4, (there - 0.45) * (4 * known), differs, new * 6, flags], 1)


def inputs_of(frame: Rgb8, plate: Rgb8 | None) -> NDArray[np.float32]:
    """Give the input channels of one picture: what `_inputs` gives, found on bytes, which is several times faster.

    Parameters
    ----------
    frame, plate : uint8 of shape (h, w, 3), RGB; the plate may be None

    Returns
    -------
    float32 of shape (h / 2, w / 2, 32)
    """
    here, none = _quarter_bytes(frame), np.zeros((frame.shape[0] // 2, frame.shape[1] // 2), np.uint8)
    there = [np.dstack([none] * 3)] * 4 if plate is None else _quarter_bytes(plate)
    new, differs = [none] * 4, [none.astype(np.uint16)] * 3
    if plate is not None:
        near = np.ones((3, 3), np.uint8)
        brightest = cv2.dilate(np.maximum.reduce(there), near)
        darkest = cv2.erode(np.minimum.reduce(there), near)
        # bytes saturate: what is within is 0
        beyond = (cv2.max(cv2.subtract(one, brightest), cv2.subtract(darkest, one)) for one in here)
        new = [np.maximum.reduce(cv2.split(one)) for one in beyond]
        sums = (np.add.reduce(quarters, dtype=np.uint16) for quarters in (here, there))
        differs = list(cv2.split(cv2.absdiff(*sums)))
    planes = [plane for quarter in (*here, *there) for plane in cv2.split(quarter)]
    flag = none if plate is None else none + np.uint8(1)
    together = cv2.merge([each.astype(np.uint16) for each in (*planes, *differs, *new, flag)])
    offset = _OFFSET if plate is not None else np.where(np.arange(INPUTS) < 12, _OFFSET, 0)
    return np.asarray(np.multiply(together, _SCALE, dtype=np.float32) + offset, np.float32)


def _quarter_bytes(picture: Rgb8) -> list[Rgb8]:
    return [np.ascontiguousarray(picture[row::2, column::2]) for row in (0, 1) for column in (0, 1)]


def _quarters(picture: Tensor) -> list[Tensor]:
    """The four pictures of half the resolution that every second pixel makes."""
    return [picture[:, :, row::2, column::2] for row in (0, 1) for column in (0, 1)]


def _widest(values: Tensor) -> Tensor:
    """The maximum over the 3x3 neighbourhood; pooling layers take ten times as long in bf16."""
    tall = values.clone()
    tall[:, :, 1:] = torch.maximum(values[:, :, 1:], values[:, :, :-1])
    tall[:, :, :-1] = torch.maximum(tall[:, :, :-1], values[:, :, 1:])
    wide = tall.clone()
    wide[:, :, :, 1:] = torch.maximum(tall[:, :, :, 1:], tall[:, :, :, :-1])
    wide[:, :, :, :-1] = torch.maximum(wide[:, :, :, :-1], tall[:, :, :, 1:])
    return wide


class _QuickResidual(nn.Module):
    """What `_Residual` gives, written onto its input."""

    def __init__(self, block: _Residual) -> None:
        super().__init__()
        self._first, self._second = _quick(block.first), _quick(block.second)

    def forward(self, features: Tensor) -> Tensor:
        return self._second.onto(features, self._first(features))


def quickened(network: PeopleNet) -> PeopleNet:
    """Put fused convolutions in the place of a folded network's own, in place.

    It must be where it computes, in its number format, and channels last; from then on it answers in
    inference mode only. Where oneDNN has no such convolutions it is left as it is.
    """
    if not can_fuse(network.head.weight.device):
        return network
    for parent in [each for each in network.modules() if not isinstance(each, _Residual)]:
        for name, child in list(parent.named_children()):
            if isinstance(child, _Residual):
                setattr(parent, name, _QuickResidual(child))
            elif isinstance(child, nn.Sequential) and isinstance(child[0], nn.Conv2d):
                setattr(parent, name, _quick(child))
    network.head = Convolution(network.head, rectified=False)  # type: ignore[assignment]
    return network


def _quick(step: nn.Sequential) -> Convolution:
    convolution = step[0]
    if not isinstance(convolution, nn.Conv2d):
        raise TypeError(f"a step begins with {type(convolution).__name__}, expected a convolution")
    return Convolution(convolution, rectified=isinstance(step[-1], nn.ReLU))


def folded(network: PeopleNet) -> PeopleNet:
    """Give a copy for inference: every normalisation folded into the convolution before it; a folded one as it is."""
    if isinstance(network.stem[1], nn.Identity):
        return network
    copy = PeopleNet(network.widths)
    copy.load_state_dict(network.state_dict())
    return _fold(copy.eval()).requires_grad_(False)


def _fold(network: PeopleNet) -> PeopleNet:
    for module in list(network.modules()):
        if isinstance(module, nn.Sequential) and len(module) > 1 and isinstance(module[1], nn.BatchNorm2d):
            convolution, normalisation = module[0], module[1]
            if isinstance(convolution, nn.Conv2d):
                module[0] = fuse_conv_bn_eval(convolution, normalisation)
                module[1] = nn.Identity()
    return network


def save(network: PeopleNet, path: Path, notes: Mapping[str, str] | None = None) -> None:
    """Write the folded weights as half-precision safetensors, replacing the file in one go."""
    tensors = {name: value.half().contiguous() for name, value in folded(network).state_dict().items()}
    metadata = {"format": FORMAT, "widths": json.dumps(asdict(network.widths)), **(notes or {})}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".partial")
    save_file(tensors, unfinished, metadata)
    unfinished.chmod(0o644)
    unfinished.replace(path)


def load(path: Path) -> PeopleNet:
    """Read a network ready to infer (float32, on the CPU, contiguous).

    Raises
    ------
    WeightsError
        If the file is missing or is not one of this network's.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise WeightsError(f"{path} is {metadata.get('format', 'of no known format')}, not {FORMAT}")
            network = _fold(PeopleNet(_widths(json.loads(metadata["widths"]))).eval())
            network.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118
    except WeightsError:
        raise
    except Exception as error:  # safetensors, json and torch each raise their own
        raise WeightsError(f"{path} cannot be read: {error}") from error
    return network.requires_grad_(False)


def _widths(kept: Mapping[str, int | Sequence[int]]) -> Widths:
    channels = {name: value for name, value in kept.items() if isinstance(value, int)}
    blocks = kept["blocks"]
    if isinstance(blocks, int) or len(blocks) != 4:
        raise ValueError(f"blocks are {blocks}, expected four numbers")
    return Widths(**channels, blocks=(blocks[0], blocks[1], blocks[2], blocks[3]))
