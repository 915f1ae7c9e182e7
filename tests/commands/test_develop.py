"""`run_booth.py develop` on files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from booth.cli import main
from booth.commands.develop import output_names
from booth.images import read_picture

CONFIG = "matting: {method: plate}\nscene: {house_backdrops: false, folders: [backdrops]}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a photo, its empty place, a backdrop and a configuration."""
    rng = np.random.default_rng(1)
    wall = np.clip(130 + rng.normal(0, 2, (300, 420, 3)), 0, 255).astype(np.uint8)
    Image.fromarray(wall).save(tmp_path / "plate.png")
    wall[80:, 150:260] = (170, 30, 60)
    Image.fromarray(wall).save(tmp_path / "guest.png")
    (tmp_path / "backdrops").mkdir()
    Image.new("RGB", (800, 800), (20, 60, 160)).save(tmp_path / "backdrops" / "sea.png")
    (tmp_path / "booth.yaml").write_text(CONFIG + f"spool: {{data: {tmp_path / 'data'}}}\n")
    return tmp_path


def develop(folder: Path, *arguments: str) -> int:
    return main(["--config", str(folder / "booth.yaml"), "develop", *arguments, "--out", str(folder / "out")])


def test_a_photo_with_its_plate_stands_before_the_backdrop(folder: Path) -> None:
    photo, plate = str(folder / "guest.png"), str(folder / "plate.png")
    assert develop(folder, photo, "--backdrop", "sea", "--plate", plate, "--stages", "--cutout") == 0
    picture = read_picture(folder / "out" / "guest.jpg").astype(int)
    assert picture.shape == (1920, 1920, 3)
    assert np.abs(picture[40, 40] - (20, 60, 160)).max() < 12
    assert np.abs(picture[1400] - (170, 30, 60)).max(axis=1).min() < 30
    with Image.open(folder / "out" / "guest-cutout.png") as cutout:
        assert cutout.mode == "RGBA"
    with Image.open(folder / "out" / "guest-stages.jpg") as sheet:
        assert sheet.width > 2000


def test_without_any_method_the_photo_is_framed_and_it_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert develop(folder, str(folder / "guest.png"), "--backdrop", "sea") == 0
    assert "framed as it is: clean plate: there is no clean plate" in " ".join(
        capsys.readouterr().err.split()
    )
    assert (folder / "out" / "guest.jpg").exists()


def test_a_bad_photo_is_named_and_the_others_are_developed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no more")
    photos = [str(folder / "broken.jpg"), str(folder / "guest.png")]
    assert develop(folder, *photos, "--backdrop", str(folder / "backdrops" / "sea.png")) == 1
    said = capsys.readouterr().err
    assert "broken.jpg: is a damaged or truncated JPEG" in " ".join(said.split())
    assert "1 of 2 photos failed" in said
    assert (folder / "out" / "guest.jpg").exists()


def test_a_path_is_told_in_one_piece_however_long_it_is_and_whatever_stands_in_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = folder / f"[red]{'long ' * 30}.jpg"
    photo.write_bytes(b"\xff\xd8\xff no more")
    assert develop(folder, str(photo), "--backdrop", str(folder / "backdrops" / "sea.png")) == 1
    assert str(photo) in capsys.readouterr().err


def test_an_unknown_backdrop_gets_a_hint(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert develop(folder, str(folder / "guest.png"), "--backdrop", "see") == 1
    assert "There is no backdrop see. Did you mean sea?" in capsys.readouterr().err


def test_photos_of_one_name_do_not_overwrite_each_other() -> None:
    assert output_names([Path("a/x.jpg"), Path("b/x.png"), Path("y.jpg")]) == ["x", "x-2", "y"]


def test_a_rough_mask_stands_in_for_a_method(folder: Path) -> None:
    mask = Image.new("L", (210, 150))
    mask.paste(255, (70, 36, 134, 150))
    mask.save(folder / "mask.png")
    photo = str(folder / "guest.png")
    assert develop(folder, photo, "--backdrop", "sea", "--mask", str(folder / "mask.png")) == 0
    picture = read_picture(folder / "out" / "guest.jpg").astype(int)
    assert np.abs(picture[1400, 900:1000] - (170, 30, 60)).max() < 40
    assert np.abs(picture[40, 40] - (20, 60, 160)).max() < 12
