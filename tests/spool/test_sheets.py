from __future__ import annotations

import io
import re
import zlib

import numpy as np
import pytest
from PIL import Image

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings
from booth.images import srgb_profile
from booth.spool.sheets import sheet_file, sheet_image


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
