"""A segmenter that can be told to fail, in every way that one is known to: for tests and rehearsals."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from booth.arrays import Rgb8
from booth.matting.segmenter import Segmenter
from booth.shot import People, Plate, nobody


class Fault(enum.Enum):
    """What goes wrong."""

    OUT_OF_MEMORY = "the device's memory is full"
    NO_HOST_MEMORY = "the machine's memory is full"
    DEVICE_ASSERT = "the GPU's context is lost, for good"
    HANG = "no answer comes"
    NOT_A_NUMBER = "masks and scores are NaN"
    NOTHING = "nobody is found"
    EVERYTHING = "all of the picture is a person"
    WRONG_SHAPE = "masks and boxes do not fit together"


class OutOfMemoryError(RuntimeError):
    """By this name torch tells that a device's memory is full."""


class Faulty:
    """Another segmenter, until `next_fault` gives a fault: that one photo goes wrong.

    After DEVICE_ASSERT every call fails, as on a GPU: only a new one, in a new process, is well again.
    """

    needs_plate = False

    def __init__(self, well: Segmenter, next_fault: Callable[[], Fault | None]) -> None:
        self._well = well
        self._next_fault = next_fault
        self._is_lost = False
        self._go = threading.Event()
        self.name = f"faulty {well.name}"
        self.needs_plate = well.needs_plate

    @property
    def device(self) -> str:
        return self._well.device

    @property
    def timings(self) -> Mapping[str, float]:
        return self._well.timings

    def warm_up(self) -> None:
        """See `Segmenter.warm_up`; nothing goes wrong in it."""
        self._well.warm_up()

    def let_go(self) -> None:
        """End every hang, so that its thread can end."""
        self._go.set()

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        """Find people, or fail as told; see `Segmenter.people`."""
        fault = Fault.DEVICE_ASSERT if self._is_lost else self._next_fault()
        if fault is None:
            return self._well.people(image, plate)
        if fault is Fault.HANG:
            self._go.wait()
        return self._failed(fault, image, plate)

    def _failed(self, fault: Fault, image: Rgb8, plate: Plate | None) -> People:
        if fault is Fault.OUT_OF_MEMORY:
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        if fault is Fault.NO_HOST_MEMORY:
            raise MemoryError
        if fault is Fault.DEVICE_ASSERT:
            self._is_lost = True
            raise RuntimeError("CUDA error: device-side assert triggered")
        if fault is Fault.NOTHING:
            return nobody()
        if fault is Fault.EVERYTHING:
            return _everything(image)
        found = self._well.people(image, plate)
        if fault is Fault.NOT_A_NUMBER:
            masks = tuple(np.full_like(mask, np.nan) for mask in found.masks)
            return replace(found, masks=masks, scores=found.scores * np.float32(np.nan))
        return replace(found, boxes=found.boxes[:, :3], masks=tuple(mask[0] for mask in found.masks))


def _everything(image: Rgb8) -> People:
    height, width = image.shape[:2]
    box = np.array([[0, 0, width, height]], np.float32)
    return People((np.ones((28, 28), np.float32),), box, np.ones(1, np.float32), ("person",))
