from __future__ import annotations

import numpy as np
import pytest

from booth.config.settings import LayoutSettings
from booth.scene.framed import framed
from booth.scene.layout import lay_out
from booth.shot import Backdrop

SIZE = 360


def shown(image: np.ndarray, backdrop: Backdrop, **layout: object) -> np.ndarray:
    return framed(image, backdrop, lay_out(LayoutSettings(**layout), SIZE), SIZE)


def test_the_real_photo_is_shown_upright_in_a_white_border(backdrop: Backdrop) -> None:
    photo = np.zeros((400, 400, 3), np.uint8)
    photo[:200, :, 0] = 255
    photo[200:, :, 2] = 255
    got = shown(photo, backdrop)
    assert got[SIZE // 3, SIZE // 2].tolist() == [255, 0, 0]
    assert got[2 * SIZE // 3, SIZE // 2].tolist() == [0, 0, 255]
    white = (got.min(axis=2) > 240).sum()
    assert 0.05 < white / SIZE**2 < 0.20


def test_an_oblong_photo_is_not_stretched(backdrop: Backdrop) -> None:
    y, x = np.mgrid[:400, :700]
    disc = ((x - 350) ** 2 + (y - 200) ** 2 < 100**2)[..., None]
    photo = np.where(disc, np.uint8([255, 0, 255]), np.uint8([0, 0, 0]))
    got = shown(photo, backdrop)
    inside = (got[..., 0] > 128) & (got[..., 1] < 60) & (got[..., 2] > 128)
    height, width = inside.any(axis=1).sum(), inside.any(axis=0).sum()
    assert height == pytest.approx(width, abs=2)


def test_the_backdrop_is_softened_and_dimmed(backdrop: Backdrop) -> None:
    got = shown(np.full((100, 100, 3), 128, np.uint8), backdrop).astype(int)
    corner = got[:12, :12]
    assert corner.mean() < backdrop.image[:64, :64].mean()
    assert np.abs(np.diff(corner, axis=1)).max() <= 2


@pytest.mark.parametrize("frame", ["none", "line", "polaroid"])
def test_the_print_leaves_the_caption_free(backdrop: Backdrop, frame: str) -> None:
    magenta = np.zeros((100, 100, 3), np.uint8)
    magenta[:] = (255, 0, 255)
    got = shown(magenta, backdrop, frame=frame, caption="Emma & Noël")
    inside = (got[..., 0] > 200) & (got[..., 1] < 40) & (got[..., 2] > 200)
    bottom = lay_out(LayoutSettings(frame=frame, caption="Emma & Noël"), SIZE).window[3]
    assert np.flatnonzero(inside.any(axis=1))[-1] < bottom * SIZE
    assert inside.mean() > 0.3


def test_another_size_is_refused(backdrop: Backdrop) -> None:
    with pytest.raises(ValueError, match="laid out for 360 pixels, expected 480"):
        framed(np.zeros((9, 9, 3), np.uint8), backdrop, lay_out(LayoutSettings(), SIZE), 480)
