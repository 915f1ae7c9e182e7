from __future__ import annotations

import numpy as np
import pytest

from booth.scene.sheet import contact_sheet

RED = np.zeros((300, 600, 3), np.uint8) + np.uint8([255, 0, 0])


def test_every_panel_is_on_the_sheet() -> None:
    alpha = np.linspace(0, 1, 90_000, dtype=np.float32).reshape(300, 300)
    trimap = np.full((300, 300), 128, np.uint8)
    sheet = contact_sheet([("a", RED), ("b", alpha), ("c", trimap)], 2, "Title")
    assert sheet.shape[1] == 2 * 900 + 3 * 36
    red = (sheet == (255, 0, 0)).all(axis=2)
    assert red.sum() == 900 * 450
    assert (sheet == 128).all(axis=2).sum() >= 900 * 900


def test_a_long_title_is_made_to_fit() -> None:
    sheet = contact_sheet([("x" * 300, RED)], 1, "Photograph " * 40)
    ground = sheet[0, 0]
    assert (sheet[:, -20:] == ground).all()


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="expected RGB, alpha or trimap"):
        contact_sheet([("a", np.zeros((4, 4), np.float64))], 1, "t")
    with pytest.raises(ValueError, match="0 panels"):
        contact_sheet([], 1, "t")
