"""Strips: every picture whole, as large as it fits, none over another."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from booth.scene.strip import PAPER, arrange, strip

COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30))


@pytest.mark.parametrize("aspect", [1 / 3, 2 / 3, 1.0, 1.5])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_pictures_are_whole_and_apart(count, aspect):
    plan = arrange(count, aspect, 1200)
    width, height = plan.size
    assert max(width, height) == 1200
    assert width / height == pytest.approx(aspect, rel=0.01)
    for left, top in plan.places:
        assert 0 <= left <= width - plan.side
        assert 0 <= top <= height - plan.side
    for (x0, y0), (x1, y1) in itertools.combinations(plan.places, 2):
        assert abs(x0 - x1) > plan.side or abs(y0 - y1) > plan.side


def test_a_long_sheet_stacks_and_a_square_one_makes_a_block():
    assert len({left for left, _ in arrange(3, 1 / 3, 1800).places}) == 1
    assert len({left for left, _ in arrange(4, 1.0, 1800).places}) == 2


@pytest.mark.parametrize("count", [2, 3, 4])
def test_every_picture_is_where_it_belongs_and_words_stand_on_paper(count):
    pictures = [np.full((50, 50, 3), colour, np.uint8) for colour in COLOURS[:count]]
    plain, sheet = strip(pictures, "", 1.0, 600), strip(pictures, "Mia & Tom", 1.0, 600)
    plan = arrange(count, 1.0, 600)
    for (left, top), colour in zip(plan.places, COLOURS, strict=False):
        here = sheet[top : top + plan.side, left : left + plan.side]
        assert (here == colour).all()
    assert (plain[0, 0] == PAPER).all()
    written = (sheet != plain).any(axis=2)
    left, top, right, bottom = plan.words
    assert written[top:bottom, left:right].any()
    written[top:bottom, left:right] = False
    assert not written.any()


def test_a_strip_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no pictures"):
        strip([], "", 1.0, 600)
