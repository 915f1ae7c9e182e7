"""Pictures keep their colours on the way to the screen and own their pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage

from booth.ui.pictures import (
    ICONS,
    IconProvider,
    covering,
    shown_of,
    thumbnail,
    to_qimage,
)


def colour_at(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    return QColor(image.pixel(x, y)).getRgb()[:3]


@pytest.mark.parametrize("width", [1, 3, 4, 7])
def test_colours_and_rows_are_kept(width):
    array = np.random.default_rng(1).integers(0, 256, (5, width, 3), np.uint8)
    image = to_qimage(array)
    assert [[colour_at(image, x, y) for x in range(width)] for y in range(5)] == [
        [tuple(map(int, pixel)) for pixel in row] for row in array
    ]


def test_a_view_into_a_larger_picture_is_shown_right():
    array = np.zeros((8, 8, 3), np.uint8)
    array[2:4, 2:4] = (10, 200, 30)
    assert colour_at(to_qimage(array[2:4, 2:4]), 1, 1) == (10, 200, 30)


def test_the_picture_on_screen_does_not_change_with_the_array():
    array = np.full((4, 4, 3), 50, np.uint8)
    image = to_qimage(array)
    array[:] = 250
    assert colour_at(image, 0, 0) == (50, 50, 50)


def test_what_is_not_a_picture_is_refused():
    with pytest.raises(ValueError, match="expected uint8"):
        to_qimage(np.zeros((4, 4), np.uint8))


def test_a_thumbnail_keeps_the_shape():
    image = thumbnail(np.zeros((100, 200, 3), np.uint8), 50)
    assert (image.width(), image.height()) == (100, 50)


def tall() -> QImage:
    """Red above and blue below."""
    array = np.zeros((80, 40, 3), np.uint8)
    array[:40] = (255, 0, 0)
    array[40:] = (0, 0, 255)
    return to_qimage(array)


@pytest.mark.parametrize("radius", [0.0, 12.0])
@pytest.mark.parametrize(
    ("focus", "above", "below"), [(0.0, "red", "red"), (0.5, "red", "blue"), (1.0, "blue", "blue")]
)
def test_a_picture_covers_its_item_round_its_focus(radius, focus, above, below):
    made = covering(tall(), 40, 40, focus, radius)
    assert made.pixelColor(20, 4) == QColor(above)
    assert made.pixelColor(20, 35) == QColor(below)


@pytest.mark.parametrize(("focus", "top"), [(0.0, 0.0), (0.5, 20.0), (1.0, 40.0)])
def test_a_picture_of_another_size_is_cut_off_and_not_stretched(focus, top):
    assert shown_of(QSize(40, 80), QSizeF(20, 20), focus) == QRectF(0, top, 40, 40)


@pytest.mark.parametrize("size", [(30, 60), (200, 90), (80, 80), (1, 1), (55, 160)], ids=str)
def test_a_picture_has_every_size_that_it_must_cover(size):
    width, height = size
    array = np.random.default_rng(2).integers(0, 256, (61, 83, 3), np.uint8)
    made = covering(to_qimage(array), width, height, 0.3)
    assert (made.width(), made.height()) == size


def test_fine_detail_becomes_even_where_a_picture_becomes_smaller():
    array = np.zeros((400, 400, 3), np.uint8)
    array[::2] = 255
    small = covering(to_qimage(array), 100, 100, 0.5)
    assert {abs(small.pixelColor(x, y).red() - 127.5) < 3 for x in range(100) for y in range(100)} == {True}


def test_round_corners_stay_empty_and_all_else_is_there():
    square, round_ = (covering(tall(), 40, 40, 0.5, radius) for radius in (0.0, 12.0))
    corners = [(x, y) for x in (0, 39) for y in (0, 39)]
    assert {round_.pixelColor(*corner).alpha() for corner in corners} == {0}
    assert {square.pixelColor(*corner).alpha() for corner in corners} == {255}
    within = [(x, y) for x in range(40) for y in range(40) if 12 <= x < 28 or 12 <= y < 28]
    assert all(round_.pixelColor(*place) == square.pixelColor(*place) for place in within)


def test_a_picture_of_the_very_size_keeps_its_own_corners():
    picture = to_qimage(np.full((20, 20, 3), 90, np.uint8))
    assert covering(picture, 20, 20, 0.5, 6.0).pixelColor(0, 0).alpha() == 0
    assert picture.pixelColor(0, 0) == QColor(90, 90, 90)


def test_corners_lose_what_lies_beyond_their_arcs():
    made = covering(tall(), 40, 40, 0.5, 12.0)
    lost = sum(1 - made.pixelColor(x, y).alphaF() for x in range(40) for y in range(40))
    assert lost == pytest.approx((4 - math.pi) * 12**2, rel=0.01)


@pytest.mark.parametrize("name", sorted(path.stem for path in ICONS.glob("*.svg")))
def test_every_icon_draws_in_its_colour(name):
    image = IconProvider().requestImage(f"{name}/ff8a5b", QSize(), QSize(96, 96))
    solid = [
        image.pixelColor(x, y) for x in range(96) for y in range(96) if image.pixelColor(x, y).alpha() == 255
    ]
    assert 40 < len(solid) < 96 * 96 / 2
    assert {colour.name() for colour in solid} == {"#ff8a5b"}
