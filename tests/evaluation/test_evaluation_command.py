import json
from pathlib import Path

import pytest

from booth.evaluation.__main__ import main


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
