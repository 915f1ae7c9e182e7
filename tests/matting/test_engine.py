"""Which rungs run, and that each missing one is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from booth.config.settings import MaskRcnnSettings, MattingSettings
from booth.errors import MattingError, WeightsError
from booth.matting import weights
from booth.matting.engine import Engine, build_engine, warmed
from booth.matting.plate_difference import PlateDifference
from booth.matting.weights import Checkpoint

SMALL = MaskRcnnSettings(input_size=256)


def settings(**values: object) -> MattingSettings:
    return MattingSettings(threads=1, maskrcnn=SMALL, **values)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with random weights that pass for the official ones."""
    import torch

    from booth.matting.maskrcnn import untrained

    torch.manual_seed(0)
    source = tmp_path / "source.pth"
    torch.save(untrained(SMALL.model).state_dict(), source)
    file = f"random-{weights.sha256_of(source)[:8]}.pth"
    monkeypatch.setattr(weights, "CHECKPOINTS", (Checkpoint(SMALL.model, file, 178),))
    (tmp_path / "store").mkdir()
    source.rename(tmp_path / "store" / file)
    return tmp_path / "store"


@pytest.fixture
def no_bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that has lost the weights of its own network."""
    monkeypatch.setattr("booth.matting.bundled.WEIGHTS", tmp_path / "lost.safetensors")


@pytest.fixture
def random_bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights in the place of the bundled ones."""
    from booth.matting.network import PeopleNet, Widths, save

    path = tmp_path / "random.safetensors"
    save(PeopleNet(Widths(8, 8, 16, 16, 16, (0, 0, 0, 0))), path)
    monkeypatch.setattr("booth.matting.bundled.WEIGHTS", path)


@pytest.mark.usefixtures("random_bundled")
def test_without_weights_the_bundled_network_runs_and_says_why(tmp_path: Path) -> None:
    engine = warmed(build_engine(settings(), tmp_path))
    assert engine.methods == ("bundled network", "clean plate")
    assert "not installed" in engine.why
    assert [(notice.key, notice.level) for notice in engine.notices] == [("matting.weights", "info")]


@pytest.mark.usefixtures("random_bundled")
def test_the_bundled_network_can_be_asked_for_alone(tmp_path: Path) -> None:
    engine = build_engine(settings(method="bundled", device="cpu"), tmp_path)
    assert (engine.methods, engine.notices) == (("bundled network",), ())
    assert engine.device.startswith("cpu, ")


@pytest.mark.usefixtures("no_bundled")
def test_a_bundled_network_that_was_lost_is_a_fault_when_asked_for(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="bundled network"):
        build_engine(settings(method="bundled"), tmp_path)


@pytest.mark.usefixtures("no_bundled")
def test_without_any_network_the_clean_plate_runs_and_says_why(tmp_path: Path) -> None:
    engine = build_engine(settings(), tmp_path)
    assert engine.methods == ("clean plate",)
    assert "not installed" in engine.why
    assert engine.notices[1].level == "fault"
    assert engine.notices[0].key == "matting.weights"
    assert "weights fetch" in engine.notices[0].remedy


def test_the_clean_plate_alone_is_no_cause_for_a_notice_when_asked_for(tmp_path: Path) -> None:
    engine = build_engine(settings(method="plate"), tmp_path)
    assert (engine.methods, engine.notices) == (("clean plate",), ())


def test_mask_rcnn_asked_for_without_weights_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="weights fetch"):
        build_engine(settings(method="maskrcnn"), tmp_path)


def test_unknown_classes_are_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    odd = MattingSettings(maskrcnn=MaskRcnnSettings(classes=("preson",)))
    with pytest.raises(MattingError, match="did you mean person"):
        build_engine(odd, tmp_path)


@pytest.mark.usefixtures("random_bundled")
def test_with_weights_mask_rcnn_comes_first(store: Path) -> None:
    engine = warmed(build_engine(settings(device="cpu"), store))
    assert engine.methods == ("Mask R-CNN", "bundled network", "clean plate")
    assert engine.device.startswith("cpu, ")
    assert "on the CPU, as matting.device says so" in engine.why
    assert engine.notices == ()
    assert engine.load_seconds["Mask R-CNN"] > 0


@pytest.mark.usefixtures("no_bundled")
def test_damaged_weights_are_told_and_not_used(store: Path) -> None:
    path = next(store.iterdir())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    engine = build_engine(settings(), store)
    assert engine.methods == ("clean plate",)
    assert "damaged" in engine.notices[0].text


def test_cuda_that_is_not_there_is_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    engine = build_engine(settings(device="cuda"), store)
    assert engine.notices[0].key == "matting.device"
    assert "CPU" in engine.why


def test_no_rung_left_is_a_fault() -> None:
    class Broken(PlateDifference):
        def warm_up(self) -> None:
            raise RuntimeError("illegal instruction")

    with pytest.raises(MattingError, match="illegal instruction"):
        warmed(Engine((Broken(),), "It runs."))


def test_the_engine_does_not_bring_torch_along() -> None:
    program = (
        "import sys, pathlib; from booth.matting import engine, worker, live, live_network, weights;"
        "from booth.config.settings import MattingSettings;"
        "engine.warmed(engine.build_engine(MattingSettings(method='plate'), pathlib.Path('nowhere')));"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0
