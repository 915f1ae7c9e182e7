"""`run_booth.py plate`: a guided capture from the camera of the settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from booth.camera.plate import load_plate
from booth.cli import main
from booth.images import read_picture


@pytest.fixture
def config(tmp_path: Path) -> Path:
    wall = np.tile(np.linspace(80, 170, 320).astype(np.uint8)[None, :, None], (320, 1, 3))
    Image.fromarray(wall).save(tmp_path / "wall.png")
    path = tmp_path / "booth.yaml"
    path.write_text(
        f"camera: {{source: {tmp_path / 'wall.png'}, width: 320, height: 320, clean_plate: {{frames: 8}}}}\n"
        f"spool: {{data: {tmp_path / 'data'}}}\n"
    )
    return path


def test_the_plate_is_taken_and_stored(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("rich.console.Console.input", lambda *_: "")
    assert main(["--config", str(config), "plate"]) == 0
    plate = load_plate(tmp_path / "data" / "plate")
    assert plate is not None
    assert np.abs(plate.image.astype(int) - read_picture(tmp_path / "wall.png")).max() <= 1
    assert "Taken:" in capsys.readouterr().out


def test_a_camera_that_is_not_there_is_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text().replace("wall.png", "none.png"))
    assert main(["--config", str(config), "plate"]) == 1
    said = capsys.readouterr().err
    assert "no such file exists" in said
    assert "change camera.source" in said
