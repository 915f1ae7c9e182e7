"""QR codes as pictures."""

from __future__ import annotations

import numpy as np
import segno
from PySide6.QtGui import QImage

from booth.ui.pictures import to_qimage

MODULE = 12
"""Pixels of a module: whole ones, so that edges stay sharp."""


def qr_code(text: str) -> QImage:
    """Give a QR code with its quiet zone of four modules, black on white; a quarter of it may be hidden."""
    rows = np.array([*segno.make_qr(text, error="q").matrix_iter(border=4)], np.uint8)
    large = np.kron(1 - rows, np.full((MODULE, MODULE), 255, np.uint8))
    return to_qimage(np.repeat(large[..., None], 3, axis=2))
