import json
from pathlib import Path

import numpy as np
import pytest

from booth.camera.studio_scene import StudioScene
from booth.evaluation.drawn import KINDS, drawn, main

SIDE = 360


@pytest.fixture(scope="module")
def scene() -> StudioScene:
    return StudioScene()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_picture_is_its_truth_over_a_lit_wall(kind: str, scene: StudioScene) -> None:
    sample = drawn(KINDS[kind], scene, SIDE, np.random.default_rng(4))
    assert sample.image.shape == sample.plate.shape == sample.foreground.shape == (SIDE, SIDE, 3)
    assert sample.alpha.shape == sample.coarse.shape == (SIDE, SIDE)
    solid = sample.alpha > 0.999
    assert 0.05 < solid.mean() < 0.8
    assert np.abs(sample.image[solid].astype(float) - sample.foreground[solid]).mean() < 8
    assert np.abs(sample.coarse - sample.alpha).mean() < 0.1
    far = sample.coarse < 0.001
    away = np.abs(sample.image[far].astype(float) - sample.plate[far]).mean()
    assert (away > 20) == KINDS[kind].other


def test_the_same_seed_gives_the_same_picture(scene: StudioScene) -> None:
    first, second = (drawn(KINDS["dots"], scene, SIDE, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.plate, second.plate)


def test_table_json_and_sheets_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wishes = ["--each", "1", "--side", str(SIDE), "--kinds", "plain", "other plate"]
    wishes += ["--json", str(tmp_path / "drawn.json"), "--sheets", str(tmp_path / "sheets")]
    assert main(wishes) == 0
    rows = json.loads((tmp_path / "drawn.json").read_text())["rows"]
    assert {(row["level"], row["plate"], row["method"]) for row in rows if row["set"] == "all"} >= {
        ("plain", True, "refine"),
        ("other plate", False, "coarse"),
    }
    assert (tmp_path / "sheets" / "other_plate_0__plate.png").exists()
    assert "plain" in capsys.readouterr().out
