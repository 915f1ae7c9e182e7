from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from booth.scene.placement import Extent, default_placement, extent, settled
from booth.shot import Backdrop, Cutout, Placement, nobody

Draw = Callable[..., Cutout]


def block(left: float, top: float, right: float, bottom: float, size: int = 480) -> Cutout:
    alpha = np.zeros((size, size), np.float32)
    alpha[round(top * size) : round(bottom * size), round(left * size) : round(right * size)] = 1
    return Cutout(np.zeros((size, size, 3), np.uint8), alpha, nobody(), "drawn", 1.0)


def test_guests_cut_off_by_the_frame_keep_the_cameras_framing(draw_cutout: Draw, backdrop: Backdrop) -> None:
    assert default_placement(draw_cutout(bottom=1.0), backdrop) == Placement()


def test_feet_stand_on_the_floor_line(draw_cutout: Draw, backdrop: Backdrop) -> None:
    placement = default_placement(draw_cutout(bottom=0.8), backdrop)
    assert placement.y + placement.scale * 0.8 == pytest.approx(backdrop.floor, abs=1 / 96)
    assert (placement.scale, placement.x) == (1.0, 0.0)


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.5])
def test_scaled_guests_stay_glued_to_the_lower_edge(
    draw_cutout: Draw, backdrop: Backdrop, scale: float
) -> None:
    placement = default_placement(draw_cutout(bottom=1.0), backdrop, scale)
    assert placement.y + scale == pytest.approx(1.0)
    assert placement.x + scale * 0.5 == pytest.approx(0.5)


def test_guests_beside_the_safe_area_are_nudged_into_it(backdrop: Backdrop) -> None:
    left, _, right, _ = backdrop.safe
    placement = default_placement(block(0.02, 0.3, 0.3, 0.9), backdrop)
    assert placement.x + 0.02 == pytest.approx(left, abs=1 / 96)
    placement = default_placement(block(0.7, 0.3, 0.98, 0.9), backdrop)
    assert placement.x + 0.98 == pytest.approx(right, abs=1 / 96)


def test_guests_wider_than_the_safe_area_are_left_alone(backdrop: Backdrop) -> None:
    assert default_placement(block(0.02, 0.3, 0.98, 1.0), backdrop) == Placement()


@pytest.mark.parametrize("scale", [0.6, 1.0, 1.4])
@pytest.mark.parametrize(
    "box",
    [(0, 0.3, 0.3, 1), (0.7, 0.3, 1, 1), (0, 0.3, 1, 1), (0.3, 0, 0.7, 1), (0.3, 0, 0.7, 0.8), (0, 0, 1, 1)],
)
def test_an_edge_that_cuts_guests_off_never_shows(
    backdrop: Backdrop, box: tuple[float, float, float, float], scale: float
) -> None:
    placement = default_placement(block(*box), backdrop, scale)
    left, top, right, bottom = box
    assert left > 0 or placement.x <= 1e-9
    assert right < 1 or placement.x + placement.scale >= 1 - 1e-9
    assert top > 0 or placement.y <= 1e-9
    assert bottom < 1 or placement.y + placement.scale >= 1 - 1e-9


def test_nobody_is_placed_where_the_camera_looks(backdrop: Backdrop) -> None:
    empty = Cutout(np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), np.float32), nobody(), "drawn", 1.0)
    assert default_placement(empty, backdrop, 0.5) == Placement()


def test_mirror_and_print_find_the_same_placement(draw_cutout: Draw, backdrop: Backdrop) -> None:
    for bottom in (0.7, 0.83, 1.0):
        small, large = (default_placement(draw_cutout(size, bottom), backdrop, 0.9) for size in (720, 1920))
        assert abs(small.y - large.y) <= 1 / 96
        assert abs(small.x - large.x) <= 1 / 96


def test_noise_and_crumbs_do_not_move_guests(draw_cutout: Draw, backdrop: Backdrop) -> None:
    cutout = draw_cutout(bottom=0.8)
    rng = np.random.default_rng(1)
    noisy = np.clip(cutout.alpha + rng.normal(0, 0.05, cutout.alpha.shape), 0, 1).astype(np.float32)
    noisy[700:702, 30:33] = 1
    other = Cutout(cutout.foreground, noisy, nobody(), "drawn", 1.0)
    assert default_placement(other, backdrop) == default_placement(cutout, backdrop)


def test_the_extent_tells_which_edges_cut() -> None:
    found = extent(block(0.25, 0.5, 1.0, 1.0).alpha)
    assert found == Extent(0.25, 0.5, 1.0, 1.0, False, False, True, True)
    assert extent(np.zeros((50, 50), np.float32)) is None


def test_small_differences_are_left_alone() -> None:
    here = Placement(1.0, 0.0, 0.10)
    assert settled(here, Placement(1.0, 0.01, 0.12), 0.03) is here


def test_the_first_placement_is_taken_as_it_is() -> None:
    assert settled(None, Placement(0.7, 0.1, 0.2), 0.03) == Placement(0.7, 0.1, 0.2)


def test_a_long_way_is_glided_and_arrives() -> None:
    shown, wanted = Placement(), Placement(1.0, 0.0, 0.3)
    ways = []
    for _ in range(150):
        shown = settled(shown, wanted, 1 / 30)
        ways.append(shown.y)
    assert ways[0] < 0.02
    assert np.all(np.diff(ways) >= 0)
    assert abs(ways[-1] - 0.3) < 0.03


def test_gliding_does_not_depend_on_the_frame_rate() -> None:
    slow = settled(Placement(), Placement(1.0, 0.0, 0.5), 0.2)
    fast = Placement()
    for _ in range(10):
        fast = settled(fast, Placement(1.0, 0.0, 0.5), 0.02)
    assert fast.y == pytest.approx(slow.y)
