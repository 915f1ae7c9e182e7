"""The bundled network: a rung that every machine has, with or without a clean plate, and the mirror's eye."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Probability, Rgb8, check_rgb
from booth.cores import use_torch_threads
from booth.errors import WeightsError, said_by
from booth.images import smaller
from booth.matting.fusion import fused
from booth.matting.plate_difference import (
    Floats,
    Views,
    changed,
    compared,
    fitted,
    lit,
    moved,
    people_in,
    small_size,
    softened,
)
from booth.matting.segmenter import Segmenter
from booth.sentences import say
from booth.shot import People, Plate

if TYPE_CHECKING:
    import torch

    from booth.config.settings import MattingSettings
    from booth.matting.network import PeopleNet

log = logging.getLogger(__name__)

WEIGHTS = Path(__file__).with_name("bundled.safetensors")
NAME = "bundled network"
MULTIPLE = 32
"""The network's heights and widths are multiples of this."""
SIDE = 320
"""Longer side at which the network looks at a still."""

_CLOSER = 0.62  # share of the picture below which a person is looked at again from nearer
_MARGIN = 0.2  # of a person's box, all round, when looking from nearer
_MOST_CLOSER = 4
_TRIAL = 192  # side at which number formats are compared
_CLEARLY = 0.85  # share of float32's time that bfloat16 must need at most to be worth its rounding


class Inference:
    """The network where it computes. Used by one thread, whose count of torch threads it is run with."""

    def __init__(self, network: PeopleNet, device: str, dtype: torch.dtype) -> None:
        import torch

        from booth.matting.network import inputs_of, quickened

        self._torch = torch
        self._inputs_of = inputs_of
        self._dtype = dtype
        self._where = device
        placed = network.to(device=device, dtype=dtype).to(memory_format=torch.channels_last)
        self._network = quickened(placed)

    @property
    def device(self) -> str:
        """Where it computes and how, such as "cpu, bfloat16"."""
        return f"{self._where}, {str(self._dtype).removeprefix('torch.')}"

    def likely(self, image: Rgb8, plate: Rgb8 | None) -> Probability:
        """How likely each pixel shows a person.

        Parameters
        ----------
        image, plate : uint8 of shape (h, w, 3), RGB, both multiples of `MULTIPLE`; the plate may be None

        Returns
        -------
        float32 of shape (h, w), in [0, 1]
        """
        likely: Probability = self.likely_of((image,), plate)[0]
        return likely

    def likely_of(self, images: Sequence[Rgb8], plate: Rgb8 | None = None) -> NDArray[np.float32]:
        """The same of several pictures of one size at once: float32 of shape (n, h, w)."""
        inputs = np.stack([self._inputs_of(image, plate) for image in images])
        with self._torch.inference_mode():
            # in memory the channels lie last, as the network wants them
            tensor = self._torch.from_numpy(inputs).permute(0, 3, 1, 2)
            logits = self._network.answer(tensor.to(self._where, self._dtype))
            return np.asarray(logits.float().sigmoid()[:, 0].cpu().numpy(), np.float32)


class BundledNetwork:
    """The rung that needs nothing but the program itself."""

    name = NAME
    needs_plate = False

    def __init__(self, inference: Inference, side: int = SIDE) -> None:
        self._inference = inference
        self._side = side
        self._plates = Views()
        self._timings: dict[str, float] = {}

    @property
    def device(self) -> str:
        return self._inference.device

    @property
    def timings(self) -> Mapping[str, float]:
        return self._timings

    def warm_up(self) -> None:
        """Pay for the first calls of torch and OpenCV, at the shapes of a square picture."""
        grey = np.full((480, 480, 3), 128, np.uint8)
        self.people(grey, None)
        self.people(grey, Plate(grey, 0.0, (1.0, 1.0, 1.0), 128.0))

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        """One instance for each connected blob of people; see `Segmenter.people`."""
        check_rgb(image)
        height, width = small_size(image.shape[0], image.shape[1])
        began = time.perf_counter()
        if plate is None:
            likely = self._looked_at(image, None, height, width)
        else:
            likely = self._with_plate(image, plate, height, width)
        people = people_in(likely, image.shape[0], image.shape[1])
        self._timings["all"] = time.perf_counter() - began
        return people

    def _with_plate(self, image: Rgb8, plate: Plate, height: int, width: int) -> Probability:
        """Both sources together; the network too is shown the plate in the picture's light and place."""
        view = self._plates.get(plate, height, width)
        small = softened(smaller(image, height, width))
        fit = fitted(view, small)
        empty = np.asarray(moved(smaller(plate.image, height, width), fit.shift), np.uint8)
        likely = self._looked_at(image, lit(empty, fit.gain), height, width)
        began = time.perf_counter()
        together = fused(likely, compared(small, fit, view), changed(small, fit, view))
        self._timings["plate"] = time.perf_counter() - began
        return together

    def _looked_at(self, image: Rgb8, plate: Rgb8 | None, height: int, width: int) -> Probability:
        """What the network says at a size, small people looked at again from nearer."""
        began = time.perf_counter()
        likely = self._at(image, plate, self._side, height, width)
        first = time.perf_counter()
        for window in _windows(likely, self._side):
            _closer(likely, window, image, plate, self._at)
        self._timings = {"network": first - began, "closer": time.perf_counter() - first}
        return likely

    def _at(self, image: Rgb8, plate: Rgb8 | None, side: int, height: int, width: int) -> Probability:
        size = input_size(image.shape[0], image.shape[1], side)
        empty = None if plate is None else resized(plate, *size)
        likely = self._inference.likely(resized(image, *size), empty)
        return np.asarray(cv2.resize(likely, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def load_bundled(settings: MattingSettings, threads: int) -> Segmenter:
    """The rung, ready to run in the calling thread, with so many threads of torch.

    Raises
    ------
    WeightsError
        If the file of weights is missing or damaged, which is a fault of the installation.
    """
    return BundledNetwork(load_inference(settings.device, threads))


def load_inference(device: str, threads: int) -> Inference:
    """The network on "cpu", "cuda", or where it is fastest ("auto"); see `load_bundled`.

    Call it in the thread that will use it.
    """
    import torch

    from booth.matting import network

    use_torch_threads(threads)
    try:
        loaded = network.load(WEIGHTS)
    except WeightsError as fault:
        raise WeightsError(say("weights.bundled", why=said_by(fault))) from fault
    if device != "cpu" and torch.cuda.is_available():
        return Inference(loaded, "cuda", torch.float16)
    return _fastest_on_cpu(network.load)


def _fastest_on_cpu(load: Callable[[Path], PeopleNet]) -> Inference:
    """The network in the number format that this processor is quick with: found out, not looked up.

    What counts is the thread's own processor time: others are busy while the booth starts.
    """
    import torch

    exact, rounded = (Inference(load(WEIGHTS), "cpu", dtype) for dtype in (torch.float32, torch.bfloat16))
    seconds = {each: min(_timed(each) for _ in range(3)) for each in (exact, rounded)}
    return rounded if seconds[rounded] < _CLEARLY * seconds[exact] else exact


def _timed(inference: Inference) -> float:
    grey = np.full((_TRIAL, _TRIAL, 3), 128, np.uint8)
    began = time.thread_time()
    inference.likely(grey, None)
    return time.thread_time() - began


def input_size(height: int, width: int, side: int) -> tuple[int, int]:
    """The network's input for a picture: the longer side is `side`, both are multiples of `MULTIPLE`."""
    scale = side / max(height, width)
    high, wide = (max(1, round(scale * length / MULTIPLE)) * MULTIPLE for length in (height, width))
    return high, wide


def resized(image: Rgb8, height: int, width: int) -> Rgb8:
    """The picture at another size, every pixel counted where it gets smaller."""
    if image.shape[:2] == (height, width):
        return image
    shrinks = height * width < image.shape[0] * image.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8)


Window = tuple[int, int, int, int]
"""left, top, right, bottom in pixels."""


def _windows(likely: Probability, side: int) -> list[Window]:
    """Where to look from nearer: round each blob of people that is small in the picture, the largest first."""
    height, width = likely.shape
    found = []
    for left, top, right, bottom in people_in(likely, height, width).boxes.tolist():
        reach = _MARGIN * max(right - left, bottom - top)
        x0, y0 = max(0, int(left - reach)), max(0, int(top - reach))
        x1, y1 = min(width, round(right + reach)), min(height, round(bottom + reach))
        if max(x1 - x0, y1 - y0) < _CLOSER * max(height, width) and min(x1 - x0, y1 - y0) > side // 10:
            found.append((x0, y0, x1, y1))
    return found[:_MOST_CLOSER]


def _closer(
    likely: Probability,
    window: Window,
    image: Rgb8,
    plate: Rgb8 | None,
    look: Callable[[Rgb8, Rgb8 | None, int, int, int], Probability],
) -> None:
    """Replace a window of a probability by what is seen from nearer, in place, without a seam."""
    left, top, right, bottom = window
    height, width = bottom - top, right - left
    empty = None if plate is None else _cut(plate, window, likely.shape)
    near = look(_cut(image, window, likely.shape), empty, SIDE, height, width)
    here = likely[top:bottom, left:right]
    here += _feather(height, width) * (near - here)


def _cut(image: Rgb8, window: Window, size: tuple[int, ...]) -> Rgb8:
    """A window, given in pixels of `size`, out of a picture of any size."""
    down, across = image.shape[0] / size[0], image.shape[1] / size[1]
    left, top, right, bottom = window
    return image[round(top * down) : round(bottom * down), round(left * across) : round(right * across)]


def _feather(height: int, width: int) -> Floats:
    """1 well inside of a window, falling to 0 at its border."""

    def ramp(length: int) -> NDArray[np.float32]:
        away = np.minimum(np.arange(length), np.arange(length)[::-1]).astype(np.float32)
        return np.asarray(np.minimum(away / max(1.0, 0.08 * length), 1), np.float32)

    return np.asarray(np.minimum.outer(ramp(height), ramp(width)), np.float32)
