"""The spool's own pictures from their bytes: whole, or a fault that says where another copy may be."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from booth.arrays import Rgb8, read_only
from booth.errors import SpoolError
from booth.sentences import say


def decoded(data: bytes) -> Rgb8:
    """Decode a whole picture; half of one is refused, which OpenCV would pass with a grey foot.

    Returns
    -------
    uint8 of shape (H, W, 3), RGB, read-only

    Raises
    ------
    SpoolError
        If the data is no picture or only part of one.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            return read_only(np.array(picture.convert("RGB")))
    except (OSError, SyntaxError, ValueError) as error:
        raise SpoolError(say("photo.damaged", why=str(error))) from error
