"""The matting stage on the drawn studio, whose alpha is known: gaps, dots, string, floor."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from booth.camera.studio_scene import StudioScene
from booth.matting.people import union
from booth.matting.plate_difference import PlateDifference
from booth.matting.refine import refine
from booth.shot import Plate

SIDE = 1080
ARM_AND_JACKET = (slice(455, 560), slice(395, 445))
BETWEEN_TROUSERS = (slice(640, 930), slice(525, 548))
BETWEEN_FLARES = (slice(760, 940), slice(840, 856))
STRING = (slice(240, 350), slice(690, 725))
DRESS = (slice(480, 845), slice(85, 370))


@dataclass(frozen=True)
class Solved:
    alpha: np.ndarray
    truth: np.ndarray

    def of(self, box: tuple[slice, slice], low: float, high: float) -> np.ndarray:
        """Alpha where the truth lies within bounds, in a box."""
        truth = self.truth[box]
        return self.alpha[box][(truth >= low) & (truth <= high)]


@pytest.fixture(scope="module", params=[6.0, 8.5])
def solved(request: pytest.FixtureRequest) -> Solved:
    scene = StudioScene()
    drawn = scene.draw(request.param, SIDE)
    plate = Plate(scene.plate(SIDE), 0.0, (1.6, 1.6, 1.6), float(scene.plate(SIDE).mean()))
    mask = union(PlateDifference().people(drawn.image, plate), SIDE, SIDE)
    matte = refine(drawn.image, mask, plate)
    assert matte.used_plate
    return Solved(matte.alpha, drawn.alpha)


def test_the_whole_group_is_cut_well(solved: Solved) -> None:
    assert np.abs(solved.alpha - solved.truth).sum() / 1e3 < 6.5


@pytest.mark.parametrize("gap", [ARM_AND_JACKET, BETWEEN_TROUSERS])
def test_gaps_that_show_the_plain_wall_are_open(solved: Solved, gap: tuple[slice, slice]) -> None:
    empty = solved.of(gap, 0, 0.01)
    assert empty.size > 500
    assert empty.mean() < 0.06


def test_a_gap_as_narrow_as_a_finger_is_open(solved: Solved) -> None:
    assert solved.of(BETWEEN_FLARES, 0, 0.01).mean() < 0.1


def test_white_dots_before_the_white_skirting_stay(solved: Solved) -> None:
    inside = cv2.erode((solved.truth[DRESS] > 0.99).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    assert solved.alpha[DRESS][inside].min() > 0.5


def test_the_balloons_string_stays(solved: Solved) -> None:
    assert solved.of(STRING, 0.7, 1).mean() > 0.6


def test_the_shadows_on_the_floor_go(solved: Solved) -> None:
    floor = slice(int(0.8 * SIDE), SIDE)
    bare = cv2.erode((solved.truth[floor] < 0.005).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert solved.alpha[floor][bare].sum() < 60
    assert solved.alpha[floor][bare].max() < 0.6
