"""A tap brings a person in or sends one out, without touching the others."""

from __future__ import annotations

import numpy as np
import pytest

from booth.matting.instances import instance_at, instances, with_instances
from booth.pipeline import square_window
from booth.shot import Cutout, People

HEIGHT, WIDTH = 240, 320
RED, BLUE = (180, 40, 50), (40, 60, 170)


def pair(gap: int = 40) -> Cutout:
    """A red person left and a blue one right of a gap in pixels, masks two pixels off the truth."""
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    foreground = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    middle = WIDTH // 2
    left, right = (slice(middle - 80, middle - gap // 2), slice(middle + gap // 2, middle + 80))
    for columns, colour in ((left, RED), (right, BLUE)):
        alpha[60:, columns], foreground[60:, columns] = 1, colour
    boxes = [[left.start, 60, left.stop - 2, HEIGHT], [right.start - 2, 60, right.stop, HEIGHT]]
    people = People(
        (np.ones((28, 28), np.float32),) * 2,
        np.array(boxes, np.float32),
        np.ones(2, np.float32),
        ("person",) * 2,
    )
    return Cutout(foreground, alpha, people, "drawn", 1.0, included=frozenset({0, 1}))


@pytest.mark.parametrize("gap", [40, 0])
def test_one_goes_and_the_other_stays_whole(gap: int) -> None:
    cutout = pair(gap)
    red = with_instances(cutout, {0})
    assert red.included == {0}
    colours = cutout.foreground[..., 0] > 100
    body = cutout.alpha > 0
    assert red.alpha[body & colours].mean() > 0.97
    assert red.alpha[body & ~colours].mean() < 0.03
    assert red.alpha[~body].max() == 0


def test_whom_a_tap_sent_out_another_brings_back_unchanged() -> None:
    cutout = pair()
    back = with_instances(with_instances(with_instances(cutout, {0}), {1}), {0, 1})
    assert np.array_equal(back.alpha, cutout.alpha)
    assert back.everyone is None


@pytest.mark.parametrize("included", [set(), {2}, {0, 7}])
def test_nobody_or_a_stranger_is_refused(included: set[int]) -> None:
    with pytest.raises(ValueError, match="expected one or more of"):
        with_instances(pair(), included)


@pytest.mark.parametrize(
    ("u", "v", "who"), [(0.35, 0.6, 0), (0.65, 0.6, 1), (0.74, 0.24, 1), (0.5, 0.1, None), (0.0, 0.0, None)]
)
def test_a_finger_means_whom_it_touches_or_nearly_touches(u: float, v: float, who: int | None) -> None:
    cutout = pair()
    assert instance_at(cutout, u, v) == who
    assert instance_at(with_instances(cutout, {0}), u, v) == who


def test_screens_are_told_where_everybody_is_and_who_is_in() -> None:
    one, other = instances(with_instances(pair(), {1}))
    assert (one.is_in, other.is_in) == (False, True)
    assert one.box == pytest.approx((80 / 320, 0.25, 138 / 320, 1.0))


def test_people_stay_where_they_are_in_the_square() -> None:
    wide = pair()
    square = square_window(wide)
    for instance in instances(square):
        left, top, right, bottom = instance.box
        assert instance_at(square, (left + right) / 2, (top + bottom) / 2) == instance.number
    alone = with_instances(square, {0})
    assert np.array_equal(square_window(with_instances(wide, {0, 1})).alpha, square.alpha)
    assert alone.alpha.shape == (HEIGHT, HEIGHT)
