"""The network at the mirror's pace: its size follows the time that it takes."""

from __future__ import annotations

import numpy as np

from booth.arrays import Probability, Rgb8
from booth.matting.live_network import SIDES, LiveNetwork, SizeChooser
from booth.matting.plate_difference import fitted, shrunk, softened, view_of
from booth.shot import Plate


class Records:
    """Says that nobody is there, and remembers what it was shown."""

    device = "nowhere"

    def __init__(self) -> None:
        self.shown: list[tuple[Rgb8, Rgb8 | None]] = []

    def likely(self, image: Rgb8, plate: Rgb8 | None) -> Probability:
        self.shown.append((image, plate))
        return np.zeros(image.shape[:2], np.float32)


def settled(chooser: SizeChooser, seconds_at_largest: float) -> int:
    """The side at which it stays where looks take their time in proportion to the pixels."""
    for _ in range(500):
        chooser.took(seconds_at_largest * (chooser.side / SIDES[-1]) ** 2)
    return chooser.side


def test_a_quick_machine_gets_the_largest_input() -> None:
    assert settled(SizeChooser(), 0.005) == SIDES[-1]


def test_a_slow_machine_gets_the_smallest_input() -> None:
    assert settled(SizeChooser(), 0.5) == SIDES[0]


def test_in_between_the_budget_is_kept_without_swinging() -> None:
    chooser = SizeChooser(budget=0.020)
    side = settled(chooser, 0.032)
    assert 0.032 * (side / SIDES[-1]) ** 2 <= 0.020
    seen = set()
    for _ in range(200):
        chooser.took(0.032 * (chooser.side / SIDES[-1]) ** 2)
        seen.add(chooser.side)
    assert seen == {side}


def test_one_slow_look_changes_nothing() -> None:
    chooser = SizeChooser(budget=0.020)
    before = chooser.side
    for number in range(60):
        chooser.took(0.3 if number % 10 == 0 else 0.016)
    assert chooser.side == before


def test_frame_and_plate_are_brought_to_the_networks_size_and_light() -> None:
    inference = Records()
    network = LiveNetwork(inference)  # type: ignore[arg-type]
    y, x = np.mgrid[0:360, 0:640].astype(np.float32)
    wall = np.repeat((120 + 30 * np.sin(x / 40) + 20 * np.cos(y / 30))[..., None], 3, 2)
    plate = Plate(wall.astype(np.uint8), 0.0, (1.5, 1.5, 1.5), 120.0)
    brighter = np.clip(1.12 * wall, 0, 255).astype(np.uint8)
    fit = fitted(view_of(plate, 180, 320), softened(shrunk(brighter, 180, 320)))
    found = network.likely(brighter, plate, fit)
    image, empty = inference.shown[0]
    assert empty is not None
    assert found.shape == image.shape[:2] == empty.shape[:2]
    assert image.shape[0] % 32 == image.shape[1] % 32 == 0
    assert np.abs(image.astype(float) - empty).mean() < 2
