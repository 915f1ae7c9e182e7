from __future__ import annotations

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.errors import SpoolError
from booth.images import jpeg_bytes, png_bytes
from booth.spool.images import decoded


def test_the_original_comes_back_bit_for_bit(picture: Rgb8) -> None:
    flat = np.full((33, 57, 3), 200, np.uint8)
    for image in (picture, flat, picture[::2, ::3]):
        np.testing.assert_array_equal(decoded(png_bytes(image)), image)


@pytest.mark.parametrize("half", [0.02, 0.5, 0.99])
def test_half_a_picture_is_refused(picture: Rgb8, half: float) -> None:
    for data in (png_bytes(picture), jpeg_bytes(picture)):
        with pytest.raises(SpoolError, match="damaged"):
            decoded(data[: int(len(data) * half)])


def test_what_is_no_picture_is_refused(picture: Rgb8) -> None:
    with pytest.raises(SpoolError):
        decoded(b"GIF89a no")
