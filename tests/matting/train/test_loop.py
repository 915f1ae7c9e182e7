import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from booth.errors import WeightsError
from booth.matting.network import PeopleNet, Widths, folded, load, save
from booth.matting.train.__main__ import main
from booth.matting.train.furniture import Furniture
from booth.matting.train.loop import Batches, Plan, Stage, Trainer, loss_of, unfolded
from booth.matting.train.pack import open_pack

TINY = Plan(
    steps=20,
    warm=0.2,
    rate=4e-3,
    average=0.8,
    stages=(Stage(0.5, 32, 6), Stage(1.0, 64, 4)),
    widths=Widths(8, 8, 8, 8, 8, (0, 0, 0, 1)),
)
CPU = torch.device("cpu")


def test_batches_follow_seed_and_step_alone(photos: Path, tmp_path: Path) -> None:
    pack = open_pack(photos, tmp_path)
    first, again = Batches(pack, TINY)[7], Batches(pack, TINY)[7]
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert first["frame"].shape[0] == 6
    assert Batches(pack, TINY)[12]["frame"].shape[0] == 4


def test_the_rate_rises_then_falls_to_almost_nothing() -> None:
    plan = Plan(steps=1000, warm=0.1, rate=1e-3)
    assert plan.rate_at(0) == pytest.approx(1e-5, rel=0.1)
    assert plan.rate_at(100) > 0.95e-3
    assert plan.rate_at(999) < 1e-5


def test_the_loss_is_least_at_the_truth_and_feels_the_weight() -> None:
    alpha = torch.zeros(2, 32, 32, dtype=torch.uint8)
    alpha[:, 8:24, 8:24] = 255
    even = {"alpha": alpha, "weight": torch.full_like(alpha, 32)}
    truth = (alpha.float() / 255 * 2 - 1)[:, None] * 10
    right, unsure, wrong = (float(loss_of(logits, even, 0.5)) for logits in (truth, truth * 0, -truth))
    assert right < 0.02 < unsure < wrong
    weighted = {"alpha": alpha, "weight": torch.full_like(alpha, 64)}
    assert float(loss_of(-truth, weighted, 0.0)) == pytest.approx(2 * float(loss_of(-truth, even, 0.0)))


def test_a_run_that_stopped_goes_on_as_if_it_had_not(photos: Path, tmp_path: Path) -> None:
    pack = open_pack(photos, tmp_path / "cache")
    whole = Trainer(pack, TINY, tmp_path / "whole", CPU)
    for step in range(6):
        whole._learn(Batches(pack, TINY)[step])
        whole.step += 1
    stopped = Trainer(pack, TINY, tmp_path / "parts", CPU)
    for step in range(3):
        stopped._learn(Batches(pack, TINY)[step])
        stopped.step += 1
    stopped.keep()
    resumed = Trainer(pack, TINY, tmp_path / "parts", CPU)
    assert resumed.step == 3
    for step in range(3, 6):
        resumed._learn(Batches(pack, TINY)[step])
        resumed.step += 1
    ours, theirs = (one._average.state_dict() for one in (whole, resumed))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_unfolded_weights_answer_as_before_and_can_be_trained_on(photos: Path, tmp_path: Path) -> None:
    torch.manual_seed(3)
    old = folded(PeopleNet(TINY.widths))
    pack = open_pack(photos, tmp_path)
    batch = Batches(pack, TINY)[12]
    network = unfolded(old, [batch])
    frame, plate = (batch[name].permute(0, 3, 1, 2).float() / 255 for name in ("frame", "plate"))
    before = old(frame, plate, batch["flag"])
    assert torch.allclose(network.eval()(frame, plate, batch["flag"]), before, atol=1e-4)
    trained = network.train()(frame, plate, batch["flag"])
    assert torch.allclose(trained, before, atol=1e-3)
    assert trained.requires_grad


def test_a_run_starts_from_weights_and_refuses_those_of_another_shape(photos: Path, tmp_path: Path) -> None:
    torch.manual_seed(4)
    start = tmp_path / "start.safetensors"
    save(PeopleNet(TINY.widths), start)
    pack = open_pack(photos, tmp_path / "cache")
    begun = Trainer(pack, TINY, tmp_path / "begun", CPU, start=start)
    assert begun.step == 0
    batch = Batches(pack, TINY)[0]
    ours = begun._logits(begun._average.eval(), batch)
    frame, plate = (batch[name].permute(0, 3, 1, 2).float() / 255 for name in ("frame", "plate"))
    assert (ours - load(start)(frame, plate, batch["flag"])).abs().mean() < 0.05
    other = replace(TINY, widths=Widths(8, 8, 8, 8, 8, (0, 0, 0, 0)))
    with pytest.raises(WeightsError, match="has widths"):
        Trainer(pack, other, tmp_path / "other", CPU, start=start)


def test_batches_with_furniture_follow_seed_and_step_alone(
    photos: Path, furniture: Furniture, tmp_path: Path
) -> None:
    pack = open_pack(photos, tmp_path)
    bare = Batches(pack, TINY)[3]
    first, again = (Batches(pack, TINY, furniture=furniture)[3] for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["frame"], bare["frame"])


def test_twenty_steps_learn_write_weights_and_a_curve(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    arguments = [
        str(photos),
        "--out",
        str(out),
        "--steps",
        "20",
        "--stages",
        "1:32:4",
        "--every",
        "10",
    ]
    arguments += ["--workers", "0", "--export", str(tmp_path / "export.safetensors")]
    assert main(arguments) == 0
    lines = [json.loads(line) for line in (out / "curve.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in lines] == [10, 20]
    assert lines[1]["loss"] < lines[0]["loss"]
    assert all(
        math.isnan(line[name]) or 0 <= line[name] <= 1
        for line in lines
        for name in ("iou_plate", "iou_alone")
    )
    assert load(out / "people.safetensors").widths == Widths()
    kept, exported = (
        load(path).state_dict() for path in (out / "people.safetensors", tmp_path / "export.safetensors")
    )
    assert all(torch.equal(kept[name], exported[name]) for name in kept)
    assert "from step 0 to 20 on" in capsys.readouterr().out
    assert main(arguments) == 0
    assert "from step 20 to 20 on" in capsys.readouterr().out


def test_a_folder_without_photographs_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--out", str(tmp_path / "run")]) == 2
    assert "holds no photos" in capsys.readouterr().err
