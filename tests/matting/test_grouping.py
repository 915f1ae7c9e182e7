"""Who is a guest: the near ones, their children and what they hold; nobody who walks past."""

from __future__ import annotations

import numpy as np
import pytest

from booth.matting.grouping import ANYWHERE, Rules, guests
from booth.shot import People, nobody

SIDE = 400
Box = tuple[int, int, int, int]


def crowd(*boxes: Box, labels: tuple[str, ...] = ()) -> People:
    """Figures that fill their boxes but for the corners beside the head."""
    masks = tuple(figure() for _ in boxes)
    scores = np.full(len(boxes), 0.9, np.float32)
    return People(masks, np.array(boxes, np.float32), scores, labels or ("person",) * len(boxes))


def figure() -> np.ndarray:
    mask = np.zeros((28, 28), np.float32)
    mask[:7, 9:19] = mask[7:, 1:27] = 1
    return mask


def among(people: People, rules: Rules = ANYWHERE) -> set[int]:
    return set(guests(people, SIDE, SIDE, rules))


GUEST: Box = (140, 60, 260, 400)


@pytest.mark.parametrize(
    ("other", "stays"),
    [
        ((270, 70, 380, 400), True),  # beside
        ((275, 220, 340, 400), True),  # a child, its feet as low
        ((300, 100, 350, 240), False),  # far behind: smaller, and the feet higher
        ((0, 150, 22, 400), False),  # cut in half by the picture's rim, and small
        ((30, 350, 45, 400), False),  # tiny
        ((160, 240, 230, 330), True),  # a baby in the arms
        ((180, 20, 290, 250), True),  # the row behind, hidden from the waist down
    ],
)
def test_size_feet_and_touch_decide(other: Box, stays: bool) -> None:
    assert among(crowd(GUEST, other)) == ({0, 1} if stays else {0})


def test_everybody_stays_where_the_operator_says_so() -> None:
    far = crowd(GUEST, (300, 100, 350, 240))
    assert among(far, Rules(everybody=True)) == {0, 1}


def test_who_is_outside_of_the_zone_is_no_guest() -> None:
    pair = crowd((20, 60, 140, 400), (250, 70, 370, 400))
    assert among(pair, Rules(zone=(0.5, 0.0, 1.0, 1.0))) == {1}
    assert among(pair, Rules(zone=(0.4, 0.0, 0.5, 0.1))) == set()


@pytest.mark.parametrize(("prop", "stays"), [((255, 150, 300, 200), True), ((330, 150, 380, 200), False)])
def test_a_prop_stays_where_it_touches_a_guest(prop: Box, stays: bool) -> None:
    people = crowd(GUEST, prop, labels=("person", "umbrella"))
    assert (1 in among(people, Rules(props=frozenset({"umbrella"})))) is stays


def test_what_a_passer_by_holds_goes_with_them() -> None:
    people = crowd(GUEST, (320, 100, 360, 240), (350, 150, 380, 180), labels=("person", "person", "handbag"))
    assert among(people, Rules(props=frozenset({"handbag"}))) == {0}


def test_guests_in_a_car_stay_with_it() -> None:
    people = crowd(
        (20, 120, 390, 390), (100, 150, 180, 260), (220, 150, 300, 260), labels=("car", "person", "person")
    )
    assert among(people) == {0, 1, 2}


def test_a_car_alone_is_what_was_asked_for() -> None:
    assert among(crowd((20, 120, 390, 390), labels=("car",))) == {0}


def test_nobody_is_nobody() -> None:
    assert among(nobody()) == set()
