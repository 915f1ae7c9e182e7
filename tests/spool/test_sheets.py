from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings, SheetSettings
from booth.errors import SpoolError
from booth.images import srgb_profile
from booth.scene.strip import strip as scene_strip
from booth.spool.formats import name_of, size_of
from booth.spool.imprint import Imprint
from booth.spool.rows import Job
from booth.spool.sheets import SheetMaker, sheet_image, strip_above
from booth.spool.strip_foot import bare_below, foot_of, with_foot

JOB = Job(1, "5f" * 16, "ab" * 16, "KM47", 1, 2, "submitting", 0)


def sheet_file(picture: Rgb8, settings: PrinterSettings) -> bytes:
    return SheetMaker(settings).file(JOB, picture, name_of(settings.size))


@pytest.fixture
def smooth() -> Rgb8:
    """A soft picture without white, with a marked corner."""
    rows, columns = np.mgrid[0:960, 0:960]
    image = np.stack([rows // 6, columns // 6, np.full_like(rows, 90)], axis=2).astype(np.uint8)
    image[:80, :80] = (250, 0, 0)
    return image


def test_a_square_picture_fills_a_square_sheet(smooth: Rgb8) -> None:
    sheet = sheet_image(smooth, (6.0, 6.0), 300)
    assert sheet.shape == (1800, 1800, 3)
    again = np.asarray(Image.fromarray(sheet).resize((960, 960), Image.Resampling.BOX), np.int16)
    assert np.abs(again - smooth).mean() < 1


@pytest.mark.parametrize("size", [(4.0, 6.0), (6.0, 4.0), (5.0, 7.0), (2.0, 6.0)])
def test_another_shape_shows_the_whole_picture_in_white(smooth: Rgb8, size: tuple[float, float]) -> None:
    sheet = sheet_image(smooth, size, 300)
    assert sheet.shape == (size[1] * 300, size[0] * 300, 3)
    inked = (sheet < 252).any(axis=2)
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    top, left = rows[0], columns[0]
    bottom, right = sheet.shape[0] - 1 - rows[-1], sheet.shape[1] - 1 - columns[-1]
    assert len(rows) == len(columns) == min(sheet.shape[:2]) * 0.9
    assert abs(int(left) - int(right)) <= 1
    assert min(top, bottom, left, right) >= 0.05 * min(sheet.shape[:2]) - 1
    if size[1] > size[0]:
        assert top < bottom
    assert sheet[top + 20, left + 20, 0] > 240
    assert sheet[top + 20, left + 20, 1] < 20


def test_a_sliver_of_difference_fills_the_sheet(smooth: Rgb8) -> None:
    assert (sheet_image(smooth[:950], (2.0, 2.0), 300) < 252).any(axis=2).all()


def test_the_print_file_has_the_printers_resolution(smooth: Rgb8) -> None:
    with Image.open(io.BytesIO(sheet_file(smooth, PrinterSettings(size=(6, 6), dpi=300)))) as sheet:
        assert sheet.size == (1800, 1800)
        assert sheet.info["dpi"] == (300, 300)
        assert sheet.info["icc_profile"] == srgb_profile()


def test_the_pdf_is_one_page_of_the_exact_size(smooth: Rgb8) -> None:
    data = sheet_file(smooth, PrinterSettings(size=(4, 6), format="pdf"))
    assert re.search(rb"/MediaBox \[0 0 288 432\]", data)
    assert data.count(b"/Type /Page ") == 1
    start = data.index(b"\xff\xd8")
    with Image.open(io.BytesIO(data[start:])) as sheet:
        assert sheet.size == (1200, 1800)
    profile = re.search(rb"/N 3 [^>]*>>\nstream\n(.*?)\nendstream", data, re.DOTALL)
    assert profile is not None
    assert zlib.decompress(profile[1]) == srgb_profile()


def test_every_place_in_the_pdf_is_where_it_says(smooth: Rgb8) -> None:
    data = sheet_file(smooth, PrinterSettings(size=(2, 2), format="pdf"))
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    places = re.findall(rb"(\d{10}) 00000 n ", data[start:])
    assert len(places) == 6
    for number, place in enumerate(places, start=1):
        assert data[int(place) :].startswith(b"%d 0 obj\n" % number)


def made(picture: Rgb8, sheet: str = "6x6", look: SheetSettings | None = None, **settings: object) -> Rgb8:
    printer = PrinterSettings.model_validate({"size": size_of(sheet), "sharpen": 0, **settings})
    job = replace(JOB, format=sheet, kept_at=1_800_000_000.0)
    maker = SheetMaker(printer, look or SheetSettings(), lambda photo_id: f"http://booth:8080/p/{photo_id}")
    return maker.image(job, picture, "4x6" if sheet == "2x6" else sheet)


@pytest.mark.parametrize(
    ("sheet", "border", "dpi"),
    [("6x6", False, 300), ("6x6", True, 300), ("5x7", False, 300), ("4x6", True, 600)],
)
def test_sheets_have_their_own_size_at_each_resolution(
    smooth: Rgb8, sheet: str, border: bool, dpi: int
) -> None:
    image = made(smooth, sheet, dpi=dpi, border=border)
    width, height = size_of(sheet)
    assert image.shape == (height * dpi, width * dpi, 3)
    assert (image[0] == 255).all() == (border or width != height)


def test_two_strips_lie_on_one_sheet_with_marks_where_it_is_cut() -> None:
    strip = np.zeros((900, 300, 3), np.uint8)
    strip[..., 0] = np.linspace(20, 240, 900, dtype=np.uint8)[:, None]
    image = made(strip, "2x6")
    assert image.shape == (1800, 1200, 3)
    assert (image[40:-40, :600] == image[40:-40, 600:]).all()
    assert np.ptp(image[[0, -1], 598:602]) > 150
    assert (np.abs(image[900, 598:602].astype(int) - image[900, 300]) <= 1).all()


def test_sharpening_steepens_an_edge_and_leaves_flat_colour() -> None:
    edge = np.full((1800, 1800, 3), 90, np.uint8)
    edge[:, 900:] = 160
    plain, sharp = made(edge), made(edge, sharpen=1.0)
    assert (sharp[900, :880] == plain[900, :880]).all()
    assert int(sharp[900, 899, 0]) < int(plain[900, 899, 0])
    assert int(sharp[900, 900, 0]) > int(plain[900, 900, 0])


@pytest.mark.parametrize("sheet", ["4x6", "5x7"])
def test_what_a_print_says_stands_in_its_white_and_leaves_the_picture_alone(smooth: Rgb8, sheet: str) -> None:
    look = SheetSettings(caption="Anna & Ben", date=True, code=True, qr=True)
    bare, said = made(smooth, sheet), made(smooth, sheet, look)
    inked = (said < 200).any(axis=2)
    rows = np.flatnonzero((bare < 252).any(axis=2).any(axis=1))
    assert inked[rows[-1] - rows[0] + 120 :].any()
    assert (said[0] == 255).all()
    assert decoded_code(said) == "http://booth:8080/p/" + "ab" * 16


def test_what_a_borderless_print_says_stands_on_a_card(smooth: Rgb8) -> None:
    look = SheetSettings(code=True, qr=True)
    bare, said = made(smooth), made(smooth, look=look)
    changed = (bare != said).any(axis=2)
    assert 0 < changed.mean() < 0.08
    assert not changed[:1200].any()
    assert decoded_code(said) == "http://booth:8080/p/" + "ab" * 16


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize(("sheet", "border"), [("6x6", False), ("6x6", True), ("4x6", False), ("5x7", False)])
def test_a_code_on_a_print_is_large_enough_for_an_old_phone_and_has_its_quiet_zone(
    smooth: Rgb8, sheet: str, border: bool, dpi: int
) -> None:
    """Modules of 0.4 mm at least, and four of them white all round, as the standard asks."""
    look = SheetSettings(caption="Anna & Ben", date=True, code=True, qr=True)
    image = made(smooth, sheet, look, dpi=dpi, border=border)
    assert decoded_code(image) == "http://booth:8080/p/" + "ab" * 16
    found, corners = cv2.QRCodeDetector().detect(image)
    assert found
    (left, top), (right, bottom) = corners[0].min(axis=0), corners[0].max(axis=0)
    module = (right - left) / 37  # version 5, for such an address
    assert module / dpi * 25.4 > 0.39
    quiet = round(3.9 * module)
    around = image[
        round(top) - quiet : round(bottom) + quiet, round(left) - quiet : round(right) + quiet
    ].copy()
    around[quiet - 2 : -quiet + 2, quiet - 2 : -quiet + 2] = 255
    assert around.min() > 200


def drawn_strip(photos: int) -> Rgb8:
    """A strip as the studio makes it, of square pictures, with its words."""
    colours = ((210, 60, 60), (60, 160, 80), (70, 90, 200), (200, 160, 50))
    pictures = [np.full((480, 480, 3), colour, np.uint8) for colour in colours[:photos]]
    return scene_strip(pictures, "Anna & Ben", 2 / 6, 1920)


def test_a_strip_carries_its_tickets_code_in_the_corner_of_its_foot() -> None:
    strip = np.full((1800, 600, 3), (251, 248, 242), np.uint8)
    bare, said = made(strip, "2x6"), made(strip, "2x6", SheetSettings(code=True))
    changed = np.argwhere((bare != said).any(axis=2))
    assert len(changed) > 100
    assert changed[:, 0].min() > 1730
    assert set(np.unique(changed[:, 1] // 150)) == {0, 4}


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize("photos", [2, 3, 4])
def test_each_of_two_strips_carries_the_code_for_the_phone_and_its_pictures_whole(
    photos: int, dpi: int
) -> None:
    look = SheetSettings(date=True, code=True, qr=True, caption="12 June, Castle Hill")
    strip = drawn_strip(photos)
    bare, said = made(strip, "2x6", dpi=dpi), made(strip, "2x6", look, dpi=dpi)
    assert said.shape == bare.shape == (6 * dpi, 4 * dpi, 3)
    for half in (said[:, : 2 * dpi], said[:, 2 * dpi :]):
        assert decoded_code(half) == "http://booth:8080/p/" + "ab" * 16
        found, corners = cv2.QRCodeDetector().detect(np.ascontiguousarray(half))
        assert found
        assert np.ptp(corners[0][:, 0]) / 37 / dpi * 25.4 > 0.39
        foot = half[-round(foot_of(Imprint(address="x")) * dpi) :, : round(1.0 * dpi)]
        assert (foot < 120).all(axis=2).mean() > 0.01  # words beside the code
    for colour in np.unique(strip[100:, 300], axis=0):
        share = [np.abs(image.astype(int) - colour).max(axis=2).__lt__(4).mean() for image in (bare, said)]
        if share[0] > 0.05 and colour.min() < 200:
            least = 0.98 if photos == 2 else 0.7  # two are only moved up
            assert least < share[1] / share[0] <= 1.02


def test_a_strip_with_room_at_its_foot_keeps_its_size() -> None:
    strip = np.full((1800, 600, 3), (251, 248, 242), np.uint8)
    strip[30:1400, 30:570] = (60, 90, 160)
    said = made(strip, "2x6", SheetSettings(qr=True, code=True))
    assert (said[:1400] == made(strip, "2x6")[:1400]).all()


def test_code_and_date_stand_in_the_corners_of_a_strip_below_its_words() -> None:
    strip = drawn_strip(3)
    plain = strip_above(strip, round(foot_of(Imprint(date="x")) * 300), 300)
    said = with_foot(plain, Imprint(code="KM 47", date="28.11.2026"), 300)
    changed = np.argwhere((plain != said).any(axis=2))
    assert changed[:, 0].min() >= 1800 - foot_of(Imprint(date="x")) * 300
    assert bare_below(plain) >= foot_of(Imprint(date="x")) * 300 - 1
    assert {0, 3} <= set(np.unique(changed[:, 1] // 150))


def test_a_print_says_nothing_that_was_not_asked_for(smooth: Rgb8) -> None:
    assert (made(smooth) == sheet_image(smooth, (6, 6), 300)).all()


def test_colours_are_converted_into_the_printers_profile(smooth: Rgb8, tmp_path: Path) -> None:
    path = tmp_path / "swapped.icc"
    path.write_bytes(profile_with_red_and_green_exchanged())
    settings = PrinterSettings(size=(2, 2), profile=path, sharpen=0)
    with Image.open(io.BytesIO(SheetMaker(settings).file(JOB, smooth, "2x2"))) as sheet:
        assert sheet.info["icc_profile"] == path.read_bytes()
        red, green, _ = np.asarray(sheet)[20, 20]
    assert green > 200 > 60 > red
    path.write_bytes(b"no profile")
    with pytest.raises(SpoolError, match="colour profile"):
        SheetMaker(settings).file(JOB, smooth, "2x2")


def decoded_code(sheet: Rgb8) -> str:
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(sheet))
    return str(text)


def profile_with_red_and_green_exchanged() -> bytes:
    """sRGB's profile with the two tags' names swapped."""
    data = bytearray(srgb_profile())
    red, green = data.index(b"rXYZ"), data.index(b"gXYZ")
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)
