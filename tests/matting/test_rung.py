"""A rung that is looked after: memory, a lost context, a wrong known answer."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.errors import MattingError, WeightsError
from booth.matting.engine import Engine, mended, warmed
from booth.matting.faulty import Fault, Faulty, OutOfMemoryError
from booth.matting.plate_difference import PlateDifference
from booth.matting.rung import Rung, Spare, kind_of, loaded
from booth.matting.selftest import drawn_scene
from booth.shot import People, Plate

Find = Callable[[Rgb8, Plate | None], People]


class Network:
    """A segmenter that finds people as told, and whose weights can be told to change."""

    needs_plate = False
    timings: Mapping[str, float] = {}

    def __init__(self, name: str = "network", device: str = "cuda", find: Find | None = None) -> None:
        self.name, self.device = name, device
        self.find = find or PlateDifference().people
        self.weights = 1.0

    def warm_up(self) -> None:
        pass

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        return self.find(image, plate)

    def fingerprint(self, image: Rgb8) -> np.ndarray:
        return np.full(4, self.weights, np.float32)


def full(image: Rgb8, plate: Plate | None) -> People:
    raise OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


def seen_in(rung: Rung) -> People:
    scene = drawn_scene()
    return rung.people(scene.image, scene.plate)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (OutOfMemoryError("CUDA out of memory"), "memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "memory"),
        (RuntimeError("CUDA error: out of memory"), "memory"),
        (MemoryError(), "memory"),
        (RuntimeError("CUDA error: device-side assert triggered"), "context"),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), "context"),
        (ValueError("a shape does not fit"), "other"),
    ],
)
def test_faults_are_told_apart(fault: Exception, kind: str) -> None:
    assert kind_of(fault) == kind


def test_torchs_own_faults_are_told_apart() -> None:
    import torch

    assert kind_of(torch.OutOfMemoryError("full")) == "memory"
    assert kind_of(torch.AcceleratorError("unspecified")) == "context"


def test_out_of_memory_goes_to_the_next_spare_with_everything_freed() -> None:
    held: list[weakref.ref[Network]] = []
    alive: list[bool] = []

    def small() -> Network:
        gc.collect()
        alive.append(held[0]() is not None)
        return Network("network", "cuda, small", full)

    def first() -> Network:
        network = Network(find=full)
        held.append(weakref.ref(network))
        return network

    rung = Rung(
        first(),
        [Spare("at 400 pixels", small, True), Spare("on the CPU", lambda: Network(device="cpu"), False)],
    )
    assert len(seen_in(rung)) == 1
    assert alive == [False]
    assert rung.device == "cpu"
    assert rung.is_suspect
    assert "runs on the CPU, as memory ran out" in rung.notices["spare"].text


def test_without_a_spare_only_that_photo_is_lost() -> None:
    answers = iter([full, PlateDifference().people])
    rung = Rung(Network(find=lambda image, plate: next(answers)(image, plate)))
    with pytest.raises(MattingError, match="out of memory"):
        seen_in(rung)
    assert len(seen_in(rung)) == 1
    assert not rung.out


def test_a_lost_context_without_a_spare_ends_the_rung_and_asks_for_a_restart() -> None:
    fault: list[Fault] = []
    faulty = Faulty(PlateDifference(), lambda: fault.pop() if fault else None)
    engine = warmed(Engine((faulty, PlateDifference()), "It runs."))
    fault.append(Fault.DEVICE_ASSERT)
    rung = engine.ladder[0]
    assert isinstance(rung, Rung)
    with pytest.raises(MattingError, match="device-side assert"):
        seen_in(rung)
    after = mended(engine)
    assert after.methods == ("clean plate",)
    assert "device-side assert" in after.restart


def test_a_lost_context_is_followed_by_the_spare_on_the_cpu() -> None:
    fault: list[Fault] = []
    faulty = Faulty(PlateDifference(), lambda: fault.pop() if fault else None)
    spares = [Spare("at 400 pixels", lambda: faulty, True), Spare("on the CPU", PlateDifference, False)]
    engine = warmed(Engine((Rung(faulty, spares), PlateDifference()), "It runs."))
    rung = engine.ladder[0]
    assert isinstance(rung, Rung)
    fault.append(Fault.DEVICE_ASSERT)
    with pytest.raises(MattingError, match="device-side assert"):
        seen_in(rung)
    after = mended(engine)
    assert len(after.ladder) == 2
    assert len(seen_in(rung)) == 1
    assert "device-side assert" in after.restart
    assert any("on the CPU" in notice.text for notice in after.notices)


def test_a_plate_rung_that_does_not_find_the_drawn_guest_is_left_out() -> None:
    class Blind(PlateDifference):
        name = "blind"

        def people(self, image: Rgb8, plate: Plate | None) -> People:
            return super().people(image, Plate(image, 0.0, (1.0, 1.0, 1.0), 128.0))

    engine = warmed(Engine((Blind(), PlateDifference()), "It runs."))
    assert engine.methods == ("clean plate",)
    assert "failed its self-test" in engine.notices[0].text


def test_a_network_whose_numbers_changed_is_left_out_after_its_next_fault() -> None:
    network = Network()
    engine = warmed(Engine((network, PlateDifference()), "It runs."))
    rung = engine.ladder[0]
    assert isinstance(rung, Rung)
    well, network.find = network.find, full
    network.weights = 1.2
    with pytest.raises(MattingError):
        seen_in(rung)
    network.find = well
    after = mended(engine)
    assert after.methods == ("clean plate",)
    assert "not those of at first" in after.why
    assert after.restart


def test_a_fault_that_passes_leaves_the_rung_where_it_is() -> None:
    fault: list[Fault] = []
    faulty = Faulty(PlateDifference(), lambda: fault.pop() if fault else None)
    engine = warmed(Engine((faulty,), "It runs."))
    rung = engine.ladder[0]
    assert isinstance(rung, Rung)
    fault.append(Fault.NOT_A_NUMBER)
    with pytest.raises(MattingError, match="not numbers"):
        seen_in(rung)
    assert rung.is_suspect
    assert mended(engine).methods == engine.methods
    assert not rung.is_suspect


def test_a_rung_that_hung_is_left_out_where_another_can_run() -> None:
    pair = Engine((Network("slow"), PlateDifference()), "It runs.")
    assert warmed(pair, {"slow"}).methods == ("clean plate",)
    assert warmed(Engine((Network("slow"),), "It runs."), {"slow"}).methods == ("slow",)


def test_a_network_that_does_not_fit_is_loaded_smaller() -> None:
    def too_large() -> Network:
        raise OutOfMemoryError("CUDA out of memory")

    rung = loaded(
        [Spare("on the GPU", too_large, True), Spare("on the CPU", lambda: Network(device="cpu"), False)]
    )
    assert rung.device == "cpu"
    assert "could not be loaded otherwise" in rung.notices["spare"].text
    with pytest.raises(MattingError, match="in no way: CUDA out of memory"):
        loaded([Spare("on the GPU", too_large, True)])


def test_bad_weights_are_no_matter_of_memory() -> None:
    def damaged() -> Network:
        raise WeightsError("the file is damaged")

    with pytest.raises(WeightsError):
        loaded([Spare("on the GPU", damaged, True), Spare("on the CPU", Network, False)])
