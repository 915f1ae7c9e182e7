"""One photo's path: the ladder goes down by itself and says why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.camera.plate import plate_from_picture
from booth.errors import MattingError
from booth.pipeline import NoCutout, cut_out, plate_at, square_window
from booth.shot import Cutout, People, Plate, nobody

SIZE = 240


class Rung:
    """A segmenter that answers as it is told, and works on arrays as any other."""

    device = "cpu"
    timings: Mapping[str, float] = {}

    def __init__(self, name: str, answer: People | Exception, needs_plate: bool = False) -> None:
        self.name = name
        self.needs_plate = needs_plate
        self._answer = answer
        self.calls = 0

    def warm_up(self) -> None:
        pass

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        self.calls += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.fixture
def wall() -> Rgb8:
    rng = np.random.default_rng(4)
    return np.clip(120 + rng.normal(0, 2, (SIZE, SIZE, 3)), 0, 255).astype(np.uint8)


@pytest.fixture
def photo(wall: Rgb8) -> Rgb8:
    photo = wall.copy()
    photo[60:, 80:160] = (180, 40, 50)
    return photo


@pytest.fixture
def guest() -> People:
    mask = np.ones((28, 28), np.float32)
    box = np.array([[80, 60, 160, SIZE]], np.float32)
    return People((mask,), box, np.ones(1, np.float32), ("person",))


def test_the_first_rung_that_is_good_enough_gives_the_cutout(photo: Rgb8, wall: Rgb8, guest: People) -> None:
    second = Rung("second", guest)
    cutout = cut_out(photo, plate_from_picture(wall), [Rung("first", guest), second], 0.5)
    assert isinstance(cutout, Cutout)
    assert cutout.method == "first"
    assert second.calls == 0
    assert cutout.alpha[150, 120] == pytest.approx(1.0, abs=0.02)
    assert cutout.alpha[20, 20] == pytest.approx(0.0, abs=0.02)
    assert set(cutout.timings) == {"segment", "matte"}
    with pytest.raises(ValueError, match="read-only"):
        cutout.alpha[0, 0] = 1


@pytest.mark.parametrize(
    "fault", [MattingError("out of memory"), RuntimeError("device-side assert"), nobody()]
)
def test_the_next_rung_is_taken_whatever_the_first_dies_of(
    photo: Rgb8, wall: Rgb8, guest: People, fault: People | Exception
) -> None:
    cutout = cut_out(photo, plate_from_picture(wall), [Rung("first", fault), Rung("second", guest)], 0.5)
    assert isinstance(cutout, Cutout)
    assert cutout.method == "second"


def test_where_no_rung_can_each_says_why(photo: Rgb8, guest: People) -> None:
    ladder = [
        Rung("network", MattingError("no memory")),
        Rung("plate", guest, needs_plate=True),
        Rung("picky", guest),
    ]
    none = cut_out(photo, None, ladder, accept=1.01)
    assert isinstance(none, NoCutout)
    assert not none.nobody
    assert "network: it failed: no memory" in none.why
    assert "plate: there is no clean plate" in none.why
    assert "picky: the referee gave" in none.why


def test_nobody_is_an_answer(photo: Rgb8) -> None:
    none = cut_out(photo, None, [Rung("network", nobody())], 0.5)
    assert isinstance(none, NoCutout)
    assert none.nobody
    assert none.why == "network: nobody is in the picture"


def test_no_rung_at_all_is_said_too(photo: Rgb8) -> None:
    none = cut_out(photo, None, [], 0.5)
    assert isinstance(none, NoCutout)
    assert none.why == "no method can run"


def test_every_step_is_shown(photo: Rgb8, guest: People) -> None:
    seen: dict[str, object] = {}
    cut_out(photo, None, [Rung("network", guest)], 0.0, seen.__setitem__)
    assert list(seen) == ["people", "probability", "trimap", "alpha", "foreground"]


def test_a_plate_is_scaled_to_its_picture(wall: Rgb8) -> None:
    plate = plate_from_picture(wall)
    assert plate_at(plate, SIZE, SIZE) is plate
    assert plate_at(plate, 120, 100).image.shape == (120, 100, 3)


@pytest.mark.parametrize(("width", "left"), [(400, 160), (100, None)])
def test_the_square_follows_the_people(width: int, left: int | None) -> None:
    alpha = np.zeros((200, width), np.float32)
    alpha[50:, width - 60 : width - 20] = 1
    foreground = np.full((200, width, 3), 90, np.uint8)
    square = square_window(Cutout(foreground, alpha, nobody(), "test", 1.0))
    assert square.alpha.shape == (200, 200)
    assert square.alpha.sum() == alpha.sum()
    columns = np.flatnonzero(square.alpha.any(axis=0))
    if left is None:
        assert columns[0] == 50 + width - 60
    else:
        assert 0 <= columns[0] <= 160
        assert columns[-1] < 200
