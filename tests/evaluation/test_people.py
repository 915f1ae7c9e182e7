import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from booth.evaluation.__main__ import main as measure
from booth.evaluation.manifest import ManifestError
from booth.evaluation.measures import boundary_f
from booth.evaluation.people import main
from booth.evaluation.photographs import photographs_in, read_case
from booth.matting.train.pack import is_held_back


@pytest.fixture
def photographs(folder: Path, tmp_path: Path) -> Path:
    """The drawn composites once more, as photographs with masks and plates side by side."""
    beside = tmp_path / "beside"
    beside.mkdir()
    for name in ("one", "two"):
        for key, ending in (("image", ""), ("plate", "_plate"), ("alpha", "_mask")):
            (beside / f"{name}{ending}.png").write_bytes((folder / f"{name}_{key}.png").read_bytes())
    return beside


def test_masks_and_plates_are_found_beside_their_photographs(photographs: Path) -> None:
    (photographs / "two_plate.png").unlink()
    (photographs / "lonely.png").write_bytes((photographs / "one.png").read_bytes())
    lonely, first, second = photographs_in(photographs)
    assert (lonely.name, first.name, second.name) == ("lonely", "one", "two")
    assert lonely.mask is None
    assert first.plate == photographs / "one_plate.png"
    assert second.plate is None
    case = read_case(first)
    assert case.image.shape == (160, 160, 3)
    assert case.alpha.max() == 1
    assert case.plate is not None


def test_photographs_and_masks_may_lie_in_two_rooms(photographs: Path, tmp_path: Path) -> None:
    rooms = tmp_path / "rooms"
    for room, name in (("photos", "one.png"), ("masks", "one_mask.png")):
        (rooms / room).mkdir(parents=True)
        (rooms / room / "one.png").write_bytes((photographs / name).read_bytes())
    (only,) = photographs_in(rooms)
    assert (only.name, only.group, only.plate) == ("one", "rooms", None)


def test_a_manifest_gives_composites_by_level(folder: Path) -> None:
    assert [one.group for one in photographs_in(folder)] == ["composites, ideal", "composites, booth"]


def test_a_folder_without_masks_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ManifestError, match="no photographs with masks"):
        photographs_in(tmp_path)
    assert main([str(tmp_path)]) == 2
    assert "holds no photographs" in capsys.readouterr().err


def test_every_way_is_measured_with_and_without_plate(photographs: Path, tmp_path: Path) -> None:
    out = tmp_path / "build" / "people.json"
    assert main([str(photographs), "--json", str(out)]) == 0
    rows = {(row["plate"], row["method"]): row for row in json.loads(out.read_text())["rows"]}
    assert {(True, "clean plate"), (True, "clean plate, refined"), (False, "bundled network")} <= set(rows)
    refined = rows[True, "clean plate, refined"]
    assert refined["n"] == 2
    assert refined["iou"] > 0.95
    assert refined["boundary"] > 0.9
    assert refined["alpha_error"] < 20


def test_the_evaluation_takes_a_folder_of_photographs_too(photographs: Path, tmp_path: Path) -> None:
    out = tmp_path / "quality.json"
    assert measure([str(photographs), "--json", str(out), "--sheets", str(tmp_path / "sheets")]) == 0
    assert {row["method"] for row in json.loads(out.read_text())["rows"]} >= {"bundled network"}
    assert cv2.imread(str(tmp_path / "sheets" / "people.png")).shape == (260, 260 * 3 * 4, 3)


def test_of_the_folder_trained_on_only_the_held_back_are_measured(photographs: Path, tmp_path: Path) -> None:
    names = [f"{number:04d}" for number in range(60)]
    held_back = [name for name in names if is_held_back(name)]
    ccp, out = tmp_path / "ccp", tmp_path / "people.json"
    for name in names:
        for room, ending in (("photos", ""), ("masks", "_mask"), ("plates", "_plate")):
            (ccp / room).mkdir(parents=True, exist_ok=True)
            (ccp / room / f"{name}.png").write_bytes((photographs / f"one{ending}.png").read_bytes())
    assert main([str(ccp), "--held-back", "--most", "2", "--json", str(out)]) == 0
    measured = {row["name"] for row in json.loads(out.read_text())["pictures"]}
    assert measured < set(held_back)
    assert len(measured) == 2


def test_outlines_agree_within_a_reach_and_not_beyond() -> None:
    truth = np.zeros((200, 200), np.float32)
    truth[60:140, 60:140] = 1
    assert boundary_f(truth, truth) == 1
    assert boundary_f(np.roll(truth, 2, 1), truth) == 1
    assert boundary_f(np.roll(truth, 10, 1), truth) == pytest.approx(0.5, abs=0.1)
    assert boundary_f(truth * 0, truth) == 0
    assert boundary_f(truth * 0, truth * 0) == 1
