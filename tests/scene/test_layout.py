from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image, ImageDraw

from booth.config.settings import LayoutSettings
from booth.errors import PictureError
from booth.scene.layout import FONTS, Overlay, check_layout, lay_out, missing_signs

Frame = Literal["none", "line", "polaroid"]
FRAMES: tuple[Frame, ...] = ("none", "line", "polaroid")
CAPTIONS = (
    "Hi",
    "Emma & Noël — 14. Juni 2025",
    "Große Überraschungsfeier: 50 Jahre Chœur d’Église Sainte-Thérèse à Besançon 2025",
    "M" * 80,
)


@cache
def laid_out(**layout: object) -> Overlay:
    return lay_out(LayoutSettings(**layout), 720)


def changed(frame: Frame, caption: str, grey: int, **more: object) -> np.ndarray:
    """Where a caption changes the picture against the layout without it."""
    pictures = []
    for text in (caption, ""):
        canvas = np.full((720, 720, 3), grey, np.uint8)
        laid_out(frame=frame, caption=text, **more).lay_over(canvas)
        pictures.append(canvas.astype(int))
    return np.abs(pictures[0] - pictures[1]).max(axis=2)


@pytest.fixture(scope="module")
def logo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logo")
    image = Image.new("RGBA", (400, 300))
    ImageDraw.Draw(image).rectangle((100, 100, 299, 199), fill=(255, 0, 0, 255))
    image.save(folder / "logo.png")
    return folder / "logo.png"


@pytest.mark.parametrize("caption", CAPTIONS)
@pytest.mark.parametrize("frame", FRAMES)
def test_a_caption_stays_inside(frame: Frame, caption: str) -> None:
    # upon black the scrim is all but invisible, so that what is left are the letters
    letters = changed(frame, caption, 0) > 60
    columns, rows = np.flatnonzero(letters.any(axis=0)), np.flatnonzero(letters.any(axis=1))
    assert columns[0] >= 0.07 * 720
    assert columns[-1] <= 0.93 * 720
    assert rows[0] > 0.84 * 720
    assert rows[-1] < (0.99 if frame != "line" else 0.963) * 720
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(360, abs=4)


@pytest.mark.parametrize("grey", [0, 128, 255])
@pytest.mark.parametrize("frame", FRAMES)
def test_a_caption_can_be_read_on_anything(frame: Frame, grey: int) -> None:
    size = 720
    canvas = np.full((size, size, 3), grey, np.uint8)
    laid_out(frame=frame, caption="HHHHHH").lay_over(canvas)
    foot = canvas[int(0.88 * size) : int(0.97 * size), 250:470].mean(axis=2)
    light, dark = np.percentile(foot, 99) / 255, np.percentile(foot, 15) / 255
    contrast = (light**2.2 + 0.05) / (dark**2.2 + 0.05)
    assert contrast > 4.5


def test_a_long_caption_takes_two_lines_of_larger_letters() -> None:
    rows = (changed("none", CAPTIONS[2], 0) > 60).any(axis=1)
    runs = np.flatnonzero(np.diff(rows.astype(int)) == 1)
    assert len(runs) >= 2


@pytest.mark.parametrize("corner", ["top_left", "top_right", "bottom_left", "bottom_right"])
@pytest.mark.parametrize("frame", FRAMES)
def test_the_logo_stands_in_its_corner_without_its_empty_border(
    frame: Frame, corner: str, logo: Path
) -> None:
    size = 720
    canvas = np.full((size, size, 3), 255, np.uint8)
    laid_out(frame=frame, logo=logo, logo_corner=corner).lay_over(canvas)
    red = (canvas[..., 0] > 200) & (canvas[..., 1] < 80)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    assert red[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean() > 0.99
    assert (columns.size / rows.size) == pytest.approx(2.0, rel=0.05)
    assert (rows.mean() < size / 4) == corner.startswith("top")
    assert (columns.mean() < size / 4) == corner.endswith("left")


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("corner", ["bottom_left", "bottom_right"])
def test_a_caption_makes_room_for_the_logo(frame: Frame, corner: str, logo: Path) -> None:
    size = 720
    letters = changed(frame, CAPTIONS[2], 0, logo=logo, logo_corner=corner) > 90
    canvas = np.zeros((size, size, 3), np.uint8)
    laid_out(frame=frame, logo=logo, logo_corner=corner).lay_over(canvas)
    red = (canvas[..., 0] > 200) & (canvas[..., 1] < 80)
    assert letters.any()
    assert not (letters.any(axis=0) & red.any(axis=0)).any()


def test_no_layout_touches_nothing() -> None:
    overlay = lay_out(LayoutSettings(), 480)
    assert overlay.patches == ()
    assert overlay.window == (0, 0, 1, 1)


@pytest.mark.parametrize("frame", FRAMES)
def test_the_window_is_left_free(frame: Frame) -> None:
    size = 480
    overlay = lay_out(LayoutSettings(frame=frame, caption="Hello"), size)
    left, top, right, bottom = (round(edge * size) for edge in overlay.window)
    canvas = np.full((size, size, 3), 180, np.uint8)
    overlay.lay_over(canvas)
    inside = canvas[top + 8 : bottom - 8, left + 8 : right - 8].astype(int)
    assert np.abs(inside - 180).max() < 45
    assert overlay.window[3] < 0.9


def test_every_size_looks_the_same() -> None:
    layout = LayoutSettings(frame="line", caption=CAPTIONS[1])
    canvases = []
    for size in (720, 1920, 2400):
        canvas = np.full((size, size, 3), 140, np.uint8)
        lay_out(layout, size).lay_over(canvas)
        small = Image.fromarray(canvas).resize((240, 240), Image.Resampling.BOX)
        canvases.append(np.asarray(small).astype(float))
    assert np.abs(canvases[0] - canvases[1]).mean() < 1
    assert np.abs(canvases[2] - canvases[1]).mean() < 1


def test_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="the layout is for 240 x 240"):
        lay_out(LayoutSettings(caption="x"), 240).lay_over(np.zeros((241, 240, 3), np.uint8))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not there"),
        (b"", "is empty"),
        (b"hello", "is not a picture"),
        (b"\x89PNG\r\n\x1a\nxx", "damaged"),
    ],
)
def test_a_bad_logo_is_refused_and_the_booth_can_go_on_without_it(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "logo.png"
    if content is not None:
        path.write_bytes(content)
    layout = LayoutSettings(logo=path, caption="Hi")
    with pytest.raises(PictureError, match=said):
        lay_out(layout, 240)
    usable, (notice,) = check_layout(layout)
    assert usable == LayoutSettings(caption="Hi")
    assert notice.level == "fault"
    assert notice.text.startswith(f"scene.layout.logo: {path}: is")
    assert said in notice.text
    assert notice.remedy


def test_a_transparent_logo_is_refused(tmp_path: Path) -> None:
    Image.new("RGBA", (100, 100)).save(tmp_path / "logo.png")
    with pytest.raises(PictureError, match="wholly transparent"):
        lay_out(LayoutSettings(logo=tmp_path / "logo.png"), 240)


def test_signs_without_a_shape_are_named() -> None:
    _, (notice,) = check_layout(LayoutSettings(caption="Emma ❤ 結 Noël"))
    assert notice.level == "warning"
    assert "no letter shapes for ❤ 結;" in notice.text
    assert missing_signs("ÄÖÜß éèêç ñ ìò ijë & — ’", FONTS / "Pacifico-Regular.ttf") == ()


def test_a_sound_layout_has_nothing_to_say(logo: Path) -> None:
    layout = LayoutSettings(caption="Emma & Noël", logo=logo, frame="polaroid")
    assert check_layout(layout) == (layout, ())
