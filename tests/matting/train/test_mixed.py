from pathlib import Path

import pytest
import torch

from booth.matting.network import PeopleNet, Widths, load, save
from booth.matting.train.mixed import main

NARROW = Widths(8, 8, 8, 8, 8, (0, 0, 0, 0))


def test_every_weight_is_the_weighted_mean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / name for name in ("old.safetensors", "new.safetensors", "other.safetensors")]
    for number, path in enumerate(paths):
        torch.manual_seed(number)
        save(PeopleNet(NARROW if number < 2 else Widths(8, 8, 8, 8, 8, (0, 0, 0, 1))), path)
    out = tmp_path / "mixed.safetensors"
    assert main([str(out), f"{paths[0]}:0.75", f"{paths[1]}:0.25"]) == 0
    old, new, mean = (load(path).state_dict() for path in (*paths[:2], out))
    assert all(torch.allclose(mean[name], 0.75 * old[name] + 0.25 * new[name], atol=2e-3) for name in mean)
    assert main([str(out), f"{paths[0]}:0.5", f"{paths[1]}:0.4"]) == 2
    assert main([str(out), f"{paths[0]}:0.5", f"{paths[2]}:0.5"]) == 2
    told = capsys.readouterr().err
    assert "add up to 1" in told
    assert "different widths" in told
