"""Checks at the doors of the rooms."""

import numpy as np
import pytest

from booth.arrays import check_alpha, check_rgb, check_same_size, read_only


def test_read_only_closes_the_view_and_leaves_the_owner_open() -> None:
    owner = np.zeros(3)
    view = read_only(owner)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1
    owner[0] = 2
    assert view[0] == 2


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)]
)
def test_a_picture_that_is_not_rgb8_is_refused_with_what_it_is(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"photo is (uint8|float64) \(\d, 4, \d\), expected uint8"):
        check_rgb(image, "photo")


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan])
def test_an_alpha_outside_its_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        check_alpha(np.full((2, 2), value, np.float32))


def test_sizes_that_differ_are_named() -> None:
    with pytest.raises(ValueError, match=r"alpha \(2, 3\), image \(2, 2\)"):
        check_same_size(alpha=np.zeros((2, 3)), image=np.zeros((2, 2, 3)))
