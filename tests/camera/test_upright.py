"""Turning, unmirroring and cropping."""

from __future__ import annotations

import numpy as np
import pytest

from booth.camera.upright import upright_square


@pytest.fixture
def picture():
    """A picture of 6 rows and 10 columns whose red counts columns and whose green counts rows."""
    rows, columns = np.mgrid[0:6, 0:10]
    return np.dstack((columns, rows, rows * 0)).astype(np.uint8)


def test_the_centre_is_cut_at_native_size(picture, settings):
    square = upright_square(picture, settings())
    assert square.shape == (6, 6, 3)
    assert square[0, :, 0].tolist() == [2, 3, 4, 5, 6, 7]
    assert not square.flags.writeable


@pytest.mark.parametrize(
    ("turn", "corner"), [(0, (0, 0)), (90, (0, 5)), (180, (9, 5)), (270, (9, 0))], ids=str
)
def test_turning_is_clockwise(picture, settings, turn, corner):
    turned = upright_square(picture, settings(rotate=turn, crop="none"))
    assert turned.shape == ((6, 10, 3) if turn in (0, 180) else (10, 6, 3))
    assert tuple(turned[0, 0, :2]) == corner


def test_a_mirrored_camera_is_unmirrored(picture, settings):
    assert upright_square(picture, settings(flip=True, crop="none"))[0, :, 0].tolist() == list(
        range(9, -1, -1)
    )


@pytest.mark.parametrize(
    ("crop", "columns", "rows"),
    [
        ((0.5, 0.5, 0.5), (4, 7), (2, 5)),
        ((0.0, 0.0, 0.5), (0, 3), (0, 3)),
        ((1.0, 1.0, 1.0), (4, 10), (0, 6)),
    ],
)
def test_a_crop_stays_inside_the_picture(picture, settings, crop, columns, rows):
    cut = upright_square(picture, settings(crop=crop))
    assert (cut[0, 0, 0], cut[0, -1, 0] + 1) == columns
    assert (cut[0, 0, 1], cut[-1, 0, 1] + 1) == rows


def test_a_grey_picture_is_refused(settings):
    with pytest.raises(ValueError, match="expected uint8"):
        upright_square(np.zeros((5, 5), np.uint8), settings())
