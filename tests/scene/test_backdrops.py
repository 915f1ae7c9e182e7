from __future__ import annotations

import hashlib
import io
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from booth.config.settings import SceneSettings
from booth.scene.backdrops import load_backdrop, load_backdrops, thumbnail
from booth.shot import Backdrop, Notice

SIZE = 96


def save(path: Path, width: int = 700, height: int = 700, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(width)
    coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8))
    coarse.resize((width, height), Image.Resampling.BICUBIC).save(path, **options)
    return path


def load(folder: Path, **settings: object) -> tuple[tuple[Backdrop, ...], tuple[Notice, ...]]:
    chosen = SceneSettings(folders=(folder,), house_backdrops=False, **settings)
    return load_backdrops(chosen, folder / "no house", SIZE)


# Bad backdrops ---------------------------------------------------------------------------------------


def truncated(folder: Path) -> Path:
    path = save(folder / "bad.jpg")
    path.write_bytes(path.read_bytes()[:-4000])
    return path


def truncated_png(folder: Path) -> Path:
    path = save(folder / "bad.png")
    path.write_bytes(path.read_bytes()[:-4000])
    return path


def empty(folder: Path) -> Path:
    path = folder / "bad.jpg"
    path.touch()
    return path


def text(folder: Path) -> Path:
    path = folder / "bad.jpg"
    path.write_text("Dear operator, here is the picture")
    return path


def heic(folder: Path) -> Path:
    path = folder / "bad.jpg"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(500))
    return path


def gif(folder: Path) -> Path:
    return save(folder / "bad.gif")


def bomb(folder: Path) -> Path:
    path = folder / "bad.png"
    Image.new("1", (20_000, 20_000)).save(path)
    return path


def speck(folder: Path) -> Path:
    return save(folder / "bad.png", 20, 20)


def rotten(folder: Path) -> Path:
    path = save(folder / "bad.jpg")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "bad.yaml").write_text(f"sha256: '{digest}'")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)
    return path


def misspelt(folder: Path) -> Path:
    (folder / "bad.yaml").write_text("flor: 0.9")
    return save(folder / "bad.jpg")


def out_of_range(folder: Path) -> Path:
    (folder / "bad.yml").write_text("floor: 93")
    return save(folder / "bad.jpg")


def no_yaml(folder: Path) -> Path:
    (folder / "bad.yaml").write_text("title: [")
    return save(folder / "bad.jpg")


def a_folder(folder: Path) -> Path:
    (folder / "bad.jpg").mkdir()
    return folder / "bad.jpg"


def loop(folder: Path) -> Path:
    (folder / "bad.jpg").symlink_to(folder / "round.jpg")
    (folder / "round.jpg").symlink_to(folder / "bad.jpg")
    return folder / "bad.jpg"


def dangling(folder: Path) -> Path:
    (folder / "bad.jpg").symlink_to(folder / "gone.jpg")
    return folder / "bad.jpg"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "bad.jpg")
    return folder / "bad.jpg"


def looping_yaml(folder: Path) -> Path:
    (folder / "bad.yaml").symlink_to(folder / "bad.yaml")
    return save(folder / "bad.jpg")


def orphan(folder: Path) -> Path:
    (folder / "bad.yaml").write_text("floor: 0.9")
    return folder / "bad.yaml"


BAD: list[tuple[Callable[[Path], Path], str, str]] = [
    (truncated, "is a damaged or truncated JPEG", "copy it again from its source"),
    (truncated_png, "is a damaged or truncated PNG", "copy it again from its source"),
    (empty, "is empty (0 bytes)", "copy the picture again"),
    (text, "is not a picture, whatever its name says", "put a JPEG, PNG or WebP picture here"),
    (heic, "is a HEIC file, which is not read here", "save it as JPEG or PNG"),
    (gif, "is a GIF file, which is not read here", "save it as JPEG or PNG"),
    (bomb, "has 20000 x 20000 pixels (400 megapixels; at most 64 are read)", "save it smaller"),
    (speck, "has only 20 x 20 pixels", "use a picture of 1920 x 1920 pixels or more"),
    (rotten, "is not the picture that its YAML describes: its sha256 differs", "copy it again"),
    (misspelt, "bad.yaml: 'flor': unknown key, did you mean floor?", "correct the file, or remove it"),
    (out_of_range, "bad.yml: floor: 93 given, expected a number from 0 to 1", "correct the file"),
    (no_yaml, "bad.yaml: is not YAML: line 1", "correct the file, or remove it"),
    (a_folder, "is a folder, not a picture", "rename the folder"),
    (loop, "cannot be read: Too many levels of symbolic links", "check the link"),
    (dangling, "is not there", "correct the path or the link"),
    (pipe, "is not a plain file", "put the picture itself here"),
    (looping_yaml, "bad.yaml: cannot be read: Too many levels of symbolic links", "correct the file"),
    (orphan, "has no picture beside it", "put bad.jpg beside it, or remove it"),
]


@pytest.mark.parametrize(("make", "said", "remedy"), BAD, ids=[make.__name__ for make, _, _ in BAD])
def test_a_bad_backdrop_is_named_and_left_out(
    tmp_path: Path, make: Callable[[Path], Path], said: str, remedy: str
) -> None:
    save(tmp_path / "good.jpg")
    path = make(tmp_path)
    backdrops, notices = load(tmp_path)
    assert [backdrop.id for backdrop in backdrops] == ["good"]
    notice = next(notice for notice in notices if notice.key == f"backdrop:{path}")
    assert notice.level == "fault"
    assert notice.text.startswith(f"{path}: {said}")
    assert remedy in notice.remedy


# Imperfect but shown ---------------------------------------------------------------------------------


def test_a_small_picture_is_shown_with_a_warning(tmp_path: Path) -> None:
    save(tmp_path / "small.jpg", 500, 500)
    backdrops, (notice,) = load(tmp_path)
    assert len(backdrops) == 1
    assert notice.level == "warning"
    assert "has only 500 x 500 pixels and will look soft" in notice.text


def test_a_png_named_jpg_is_shown_with_a_warning(tmp_path: Path) -> None:
    save(tmp_path / "odd.jpg", format="PNG")
    backdrops, (notice,) = load(tmp_path)
    assert len(backdrops) == 1
    assert "is a PNG although its name ends in .jpg" in notice.text
    assert notice.remedy == "let its name end in .png"


def test_several_remarks_make_one_notice(tmp_path: Path) -> None:
    save(tmp_path / "odd.jpg", 400, 400, format="PNG")
    _, notices = load(tmp_path)
    assert len(notices) == 1
    assert "although its name" in notices[0].text
    assert "will look soft" in notices[0].text


def test_white_shows_through_transparency(tmp_path: Path) -> None:
    Image.new("RGBA", (700, 700), (255, 0, 0, 0)).save(tmp_path / "glass.png")
    (backdrop,), (notice,) = load(tmp_path)
    assert (backdrop.image == 255).all()
    assert "see-through" in notice.text


# Folders and choice ----------------------------------------------------------------------------------


def test_the_operators_folder_comes_first_and_wins(tmp_path: Path) -> None:
    house, own = tmp_path / "house", tmp_path / "own"
    save(house / "beach.jpg")
    save(house / "alps.jpg")
    save(own / "beach.png", 800, 800)
    settings = SceneSettings(folders=(own,))
    backdrops, (notice,) = load_backdrops(settings, house, SIZE)
    assert [backdrop.id for backdrop in backdrops] == ["beach", "alps"]
    assert (
        notice.text
        == f"{house / 'beach.jpg'}: has the same name as {own / 'beach.png'}, which is shown instead"
    )
    assert notice.remedy == "rename one of the two"


def test_offered_picks_and_orders(tmp_path: Path) -> None:
    for name in ("alps", "beach", "city"):
        save(tmp_path / f"{name}.jpg")
    backdrops, notices = load(tmp_path, offered=("city", "alps"))
    assert [backdrop.id for backdrop in backdrops] == ["city", "alps"]
    assert notices == ()


@pytest.mark.parametrize(
    ("name", "remedy"), [("Beech", "did you mean beach?"), ("xyz", "known are: alps, beach")]
)
def test_an_unknown_name_is_reported(tmp_path: Path, name: str, remedy: str) -> None:
    save(tmp_path / "beach.jpg")
    save(tmp_path / "alps.jpg")
    backdrops, (notice,) = load(tmp_path, offered=("alps", name))
    assert [backdrop.id for backdrop in backdrops] == ["alps"]
    assert notice.text == f"scene.offered: there is no backdrop '{name}'"
    assert notice.remedy == remedy


def test_what_is_not_offered_is_not_decoded(tmp_path: Path) -> None:
    save(tmp_path / "beach.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    _, notices = load(tmp_path, offered=("beach",))
    assert notices == ()


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    backdrops, notices = load(tmp_path / "gone")
    assert backdrops == ()
    assert [(notice.key, notice.level) for notice in notices] == [
        (f"backdrop:{tmp_path / 'gone'}", "fault"),
        ("backdrops", "fault"),
    ]
    assert "this folder of backdrops is missing" in notices[0].text
    assert notices[1].text == "no backdrop can be offered"


def test_a_file_in_place_of_a_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "list.txt").touch()
    _, notices = load(tmp_path / "list.txt")
    assert "is a file, expected a folder of backdrops" in notices[0].text


def test_an_empty_folder_is_reported(tmp_path: Path) -> None:
    _, notices = load(tmp_path)
    assert "holds no pictures" in notices[0].text


def test_what_a_mac_leaves_on_a_stick_is_passed_over(tmp_path: Path) -> None:
    save(tmp_path / "beach.jpg")
    (tmp_path / "._beach.jpg").write_bytes(b"\0\5\x16\7")
    (tmp_path / "README.md").touch()
    backdrops, notices = load(tmp_path)
    assert len(backdrops) == 1
    assert notices == ()


def test_umlauts_in_two_characters_are_found_by_one(tmp_path: Path) -> None:
    save(tmp_path / (unicodedata.normalize("NFD", "Bär") + ".jpg"))
    backdrops, notices = load(tmp_path, offered=("Bär",))
    assert [backdrop.id for backdrop in backdrops] == ["Bär"]
    assert notices == ()


# What a backdrop is ----------------------------------------------------------------------------------


def test_without_yaml_the_title_is_the_files_name(tmp_path: Path) -> None:
    backdrop, remarks = load_backdrop(save(tmp_path / "summer_party-2024.jpg"), SIZE)
    assert backdrop.title("de") == "Summer party 2024"
    assert (backdrop.floor, backdrop.safe, backdrop.light) == (0.93, (0.08, 0.10, 0.92, 1.0), 0.0)
    assert remarks == ()
    assert not backdrop.image.flags.writeable


def rings(width: int, height: int, centre: tuple[float, float]) -> Image.Image:
    """A white picture with one black disc, a fifth of the shorter side wide."""
    y, x = np.mgrid[:height, :width]
    radius = min(width, height) / 10
    inside = (x - centre[0] * width) ** 2 + (y - centre[1] * height) ** 2 < radius**2
    return Image.fromarray(np.where(inside, 0, 255).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize(("width", "height"), [(1600, 800), (800, 1600), (900, 900), (1000, 701)])
def test_the_cover_crop_keeps_circles_round(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "disc.png"
    rings(width, height, (0.5, 0.5)).save(path)
    backdrop, _ = load_backdrop(path, 400)
    disc = backdrop.image[..., 0] < 128
    rows, columns = np.flatnonzero(disc.any(axis=1)), np.flatnonzero(disc.any(axis=0))
    assert backdrop.image.shape == (400, 400, 3)
    assert np.ptp(rows) == pytest.approx(80, abs=2)
    assert np.ptp(columns) == pytest.approx(80, abs=2)


def test_the_crop_is_laid_round_the_safe_area(tmp_path: Path) -> None:
    rings(1600, 800, (0.2, 0.5)).save(tmp_path / "wide.png")
    (tmp_path / "wide.yaml").write_text("safe: [0.0, 0.0, 0.4, 1.0]\nfloor: 0.8")
    backdrop, _ = load_backdrop(tmp_path / "wide.png", 400)
    disc = backdrop.image[..., 0] < 128
    assert np.flatnonzero(disc.any(axis=0)).mean() == pytest.approx(400 * 0.4, abs=2)
    assert backdrop.safe == pytest.approx((0.0, 0.0, 0.8, 1.0))
    assert backdrop.floor == 0.8


def test_floor_and_safe_area_follow_the_crop_of_a_tall_picture(tmp_path: Path) -> None:
    save(tmp_path / "tall.jpg", 800, 1600)
    (tmp_path / "tall.yaml").write_text("safe: [0.1, 0.5, 0.9, 1.0]\nfloor: 0.9")
    backdrop, _ = load_backdrop(tmp_path / "tall.jpg", SIZE)
    assert backdrop.safe == pytest.approx((0.1, 0.0, 0.9, 1.0))
    assert backdrop.floor == pytest.approx(0.8)


def test_a_picture_of_the_right_size_is_taken_as_it_is(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "as_is.png")
    backdrop, _ = load_backdrop(tmp_path / "as_is.png", 128)
    assert np.array_equal(backdrop.image, pixels)


def test_exif_orientation_is_obeyed_before_the_crop(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (800, 1600), "white")
    image.paste((0, 0, 0), (0, 0, 800, 800))
    image.rotate(90, expand=True).save(tmp_path / "phone.jpg", exif=exif, quality=95)
    backdrop, _ = load_backdrop(tmp_path / "phone.jpg", SIZE)
    assert backdrop.image[: SIZE // 2 - 4].max() < 20
    assert backdrop.image[SIZE // 2 + 4 :].min() > 235


def test_a_thumbnail_is_the_picture_made_small(tmp_path: Path) -> None:
    backdrop, _ = load_backdrop(save(tmp_path / "beach.jpg"), SIZE)
    small = thumbnail(backdrop, 24)
    assert small.shape == (24, 24, 3)
    assert abs(small.astype(float).mean() - backdrop.image.astype(float).mean()) < 1


def test_the_sha256_of_an_intact_picture_is_accepted(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (700, 700)).save(stream, "JPEG")
    (tmp_path / "ok.jpg").write_bytes(stream.getvalue())
    (tmp_path / "ok.yaml").write_text(f"sha256: {hashlib.sha256(stream.getvalue()).hexdigest()}")
    _, notices = load(tmp_path)
    assert notices == ()
