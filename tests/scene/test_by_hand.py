"""Guests placed by fingers."""

from __future__ import annotations

import numpy as np
import pytest

from booth.scene.by_hand import LARGEST, SMALLEST, cutout_point, held, pinched, shows_guests
from booth.shot import Cutout, Placement, nobody


def guest_in(left: float, top: float, right: float, bottom: float) -> Cutout:
    alpha = np.zeros((192, 192), np.float32)
    rows, columns = slice(round(top * 192), round(bottom * 192)), slice(round(left * 192), round(right * 192))
    alpha[rows, columns] = 1
    return Cutout(np.zeros((192, 192, 3), np.uint8), alpha, nobody(), "drawn", 1.0)


FREE = guest_in(0.3, 0.3, 0.6, 0.8)
CUT_BELOW = guest_in(0.3, 0.3, 0.6, 1.0)


def test_what_was_under_the_fingers_stays_under_them():
    placement = Placement(0.8, 0.1, 0.2)
    before, after = (0.4, 0.5), (0.6, 0.45)
    moved = pinched(placement, before, after, 1.5)
    assert cutout_point(moved, *after) == pytest.approx(cutout_point(placement, *before))
    assert moved.scale == pytest.approx(1.2)


def test_a_placement_that_looks_right_is_left_alone():
    assert held(Placement(1.1, 0.05, -0.1), FREE) == Placement(1.1, pytest.approx(0.05), pytest.approx(-0.1))


@pytest.mark.parametrize("way", [(5.0, 0.0), (-5.0, 0.0), (0.0, 5.0), (0.0, -5.0)])
def test_guests_never_leave_the_picture_wholly(way):
    placed = held(Placement(1.0, *way), FREE)
    left, right = placed.x + 0.3, placed.x + 0.6
    top, bottom = placed.y + 0.3, placed.y + 0.8
    assert min(right, 1) - max(left, 0) >= 0.3 * 0.3 - 0.02
    assert min(bottom, 1) - max(top, 0) >= 0.3 * 0.5 - 0.02


def test_legs_that_the_camera_cut_off_stay_at_the_lower_edge():
    assert held(Placement(1.0, 0.0, -0.3), CUT_BELOW).y == pytest.approx(0)
    assert held(Placement(0.5, 0.25, 0.0), CUT_BELOW).y == pytest.approx(0.5)
    assert held(Placement(1.0, 0.0, 0.2), CUT_BELOW).y == pytest.approx(0.2)


def test_guests_are_neither_tiny_nor_huge():
    assert held(Placement(0.01), FREE).scale == SMALLEST
    assert held(Placement(100.0), FREE).scale == LARGEST


def test_guests_who_span_the_picture_cannot_shrink():
    placed = held(Placement(0.6, 0.2, 0.4), guest_in(0.0, 0.3, 1.0, 1.0))
    assert (placed.scale, placed.x) == (1.0, 0.0)


def test_a_finger_on_the_guests_is_told_from_one_beside_them():
    placement = Placement(0.5, 0.5, 0.5)
    assert shows_guests(FREE, placement, 0.5 + 0.5 * 0.45, 0.5 + 0.5 * 0.5)
    assert shows_guests(FREE, placement, 0.5 + 0.5 * 0.29, 0.5 + 0.5 * 0.5)
    assert not shows_guests(FREE, placement, 0.45, 0.5)
    assert not shows_guests(FREE, placement, 0.2, 0.2)
