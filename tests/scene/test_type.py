"""Type fits its room with and without libraqm, which a bare system does not have."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ImageFont

import booth.scene
from booth.scene.type import fitting, width

FONT = Path(booth.scene.__file__).parent / "fonts" / "Outfit-SemiBold.ttf"


@pytest.fixture(params=["basic", "raqm"])
def layout(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "basic":
        plain = ImageFont.truetype
        monkeypatch.setattr(
            ImageFont, "truetype", lambda file, size: plain(file, size, layout_engine=ImageFont.Layout.BASIC)
        )


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("line", ["M" * 80, "Anna & Ben, 12. Juni", "i" * 80])
def test_a_line_fits_its_room(line: str) -> None:
    font = fitting(FONT, [line], 600.0, 40.0)
    assert width(font, line) <= 600.0
    assert font.size == 40.0 or width(font, line) > 440.0
