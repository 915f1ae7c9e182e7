from pathlib import Path

import cv2
import numpy as np
import pytest

from booth.matting import bundled, network
from booth.matting.bundled import WEIGHTS
from booth.matting.train.crowds import without_crowds
from booth.matting.train.guesses import is_clear, main
from booth.matting.train.pack import GUESSED, open_pack


def test_only_people_without_doubt_are_clear() -> None:
    sure = np.zeros((100, 100), np.float32)
    assert not is_clear(sure)
    sure[20:80, 30:70] = 1
    assert is_clear(sure)
    doubtful = sure.copy()
    doubtful[20:45, 30:70] = 0.5
    assert not is_clear(doubtful)


@pytest.fixture
def two_pictures(tmp_path: Path) -> Path:
    """A plain wall, and a dark figure before it."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    wall = np.full((320, 240, 3), 190, np.uint8)
    cv2.imwrite(str(folder / "wall.jpg"), wall)
    wall[60:320, 70:170] = 20
    cv2.imwrite(str(folder / "figure.jpg"), wall)
    return folder


def test_what_the_network_is_sure_of_becomes_photographs_with_masks(
    two_pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen(_self: object, image: np.ndarray, _plate: None) -> np.ndarray:
        return (np.abs(image.mean(2) - 190) > 60).astype(np.float32)

    monkeypatch.setattr(bundled.Inference, "likely", seen)
    out = tmp_path / "guessed"
    assert main([str(two_pictures), "--out", str(out)]) == 0
    assert (out / GUESSED).read_text("utf-8") == "figure"
    assert [one.name for one in (out / "masks").iterdir()] == ["figure.png"]
    mask = cv2.imread(str(out / "masks" / "figure.png"), cv2.IMREAD_GRAYSCALE)
    assert mask is not None
    assert (mask[66:, 76:164] == 255).all()
    assert not mask[:54].any()
    assert (out / "photos" / "figure.jpg").read_bytes() == (two_pictures / "figure.jpg").read_bytes()
    (two_pictures / "figure.jpg").unlink()
    assert main([str(two_pictures), "--out", str(tmp_path / "none")]) == 2


def test_guessed_photographs_are_learned_from_but_not_validated_on(photos: Path, tmp_path: Path) -> None:
    guessed = tmp_path / "guessed"
    for room in ("photos", "masks"):
        (guessed / room).mkdir(parents=True)
    for number in range(40):
        for room, end in (("photos", "jpg"), ("masks", "png")):
            (guessed / room / f"g{number}.{end}").write_bytes((photos / room / f"0003.{end}").read_bytes())
    (guessed / GUESSED).write_text("\n".join(f"g{number}" for number in range(40)), "utf-8")
    pack = open_pack([photos, guessed], tmp_path / "cache")
    theirs = [place for place in pack.places if place.guessed]
    assert len(theirs) == 40
    assert not any(place.held_back for place in theirs)


def test_places_that_look_like_people_are_no_empty_places(photos: Path, tmp_path: Path) -> None:
    pack = open_pack(photos, tmp_path)
    marked = without_crowds(pack, tmp_path, WEIGHTS)
    look = bundled.Inference(network.load(WEIGHTS), "cpu", next(network.load(WEIGHTS).parameters()).dtype)
    for place in pack.places:
        emptied = bundled.resized(pack.photo(place).emptied, 320, 224)
        found = float((look.likely(emptied, None) > 0.5).mean())
        assert (place.name in marked.crowds) == (found > 0.02) or 0.01 < found < 0.04
    kept = (tmp_path / "crowds.json").stat().st_mtime_ns
    assert without_crowds(pack, tmp_path, WEIGHTS).crowds == marked.crowds
    assert (tmp_path / "crowds.json").stat().st_mtime_ns == kept
