import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from booth.evaluation.__main__ import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A manifest with two drawn composites of 160x160."""
    rng = np.random.default_rng(3)
    rows = []
    for name, level in (("one", "ideal"), ("two", "booth")):
        plate = cv2.GaussianBlur(rng.integers(90, 210, (160, 160, 3), np.uint8), (0, 0), 3)
        drawn = np.zeros((160, 160), np.uint8)
        cv2.ellipse(drawn, (80, 95), (32, 60), 0, 0, 360, 255, -1, cv2.LINE_AA)
        share = drawn[..., None] / 255
        person = np.full((160, 160, 3), (40, 40, 170), np.uint8)
        image = (share * person + (1 - share) * plate).astype(np.uint8)
        coarse = cv2.GaussianBlur(drawn, (0, 0), 5)
        pictures = {"image": image, "plate": plate, "alpha": drawn, "fg": person, "coarse": coarse}
        row = {"name": name, "source": "drawn", "level": level}
        for key, picture in pictures.items():
            cv2.imwrite(str(tmp_path / f"{name}_{key}.png"), picture)
            row[key] = f"{name}_{key}.png"
        rows.append(row)
    (tmp_path / "manifest.json").write_text(json.dumps({"composites": rows}))
    return tmp_path


def test_rows_for_every_level_plate_and_method_are_written(folder: Path) -> None:
    out, sheets = folder / "build" / "quality.json", folder / "sheets"
    assert main([str(folder), "--json", str(out), "--sheets", str(sheets), "--plate", "both"]) == 0
    rows = json.loads(out.read_text())["rows"]
    found = {(row["set"], row["level"], row["plate"], row["method"]) for row in rows}
    assert ("all", "any", True, "refine") in found
    assert ("drawn", "booth", False, "refine") in found
    assert ("drawn", "ideal", False, "coarse") in found
    refined = next(
        row for row in rows if (row["level"], row["plate"], row["method"]) == ("any", True, "refine")
    )
    assert refined["n"] == 2
    assert refined["sad"] < 0.5 * next(row for row in rows if row["method"] == "coarse")["sad"]
    assert {"mse", "grad", "conn", "band", "iou", "comp", "seconds", "worst_rel"} <= refined.keys()
    assert sorted(path.name for path in sheets.iterdir())[0] == "one__no_plate.png"


def test_a_missing_manifest_is_a_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "there is no manifest at" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["{", "[]", '{"pairs": []}'])
def test_what_is_no_manifest_is_named(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.json").write_text(content)
    assert main([str(tmp_path)]) == 2
    assert "is not a manifest" in capsys.readouterr().err


def test_a_missing_key_and_a_missing_picture_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "one_plate.png").unlink()
    assert main([str(folder)]) == 2
    assert "one_plate.png is missing" in capsys.readouterr().err
    (folder / "manifest.json").write_text('{"composites": [{"name": "x"}]}')
    assert main([str(folder)]) == 2
    assert "composite x lacks level" in capsys.readouterr().err
