"""An event's own frame and typeface in the layout."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from booth.config.settings import LayoutSettings
from booth.scene.layout import FONTS, check_layout, lay_out


@pytest.fixture
def frame(tmp_path):
    """A frame of another size than the picture's, with a hole for the guests."""
    image = Image.new("RGBA", (600, 500), (200, 30, 40, 255))
    ImageDraw.Draw(image).rectangle((100, 50, 500, 450), fill=(0, 0, 0, 0))
    path = tmp_path / "frame.png"
    image.save(path)
    return path


def test_a_frame_covers_the_whole_picture_and_leaves_its_hole(frame):
    canvas = np.full((400, 400, 3), 90, np.uint8)
    lay_out(LayoutSettings(picture=frame), 400).lay_over(canvas)
    assert np.abs(canvas[4, 4].astype(int) - (200, 30, 40)).max() <= 2
    assert np.abs(canvas[396, 200].astype(int) - (200, 30, 40)).max() <= 2
    assert (canvas[200, 200] == 90).all()


def test_a_caption_is_written_in_the_events_typeface():
    written = []
    for font in (None, FONTS / "Pacifico-Regular.ttf"):
        canvas = np.full((400, 400, 3), 90, np.uint8)
        lay_out(LayoutSettings(caption="Anna & Ben", font=font), 400).lay_over(canvas)
        written.append(canvas)
    assert (written[0] != written[1]).any()


def test_what_cannot_be_drawn_is_told_and_left_out(tmp_path):
    solid, font = tmp_path / "solid.png", tmp_path / "font.ttf"
    Image.new("RGB", (500, 500), (9, 9, 9)).save(solid)
    font.write_bytes(b"no typeface")
    left, notices = check_layout(LayoutSettings(picture=solid, font=font))
    assert (left.picture, left.font) == (None, None)
    assert {notice.key for notice in notices} == {"layout.picture", "layout.font"}
    assert "not transparent anywhere" in notices[0].text
    assert all(notice.remedy for notice in notices)
