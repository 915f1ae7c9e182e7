"""The mirror on a small drawn studio: the newest frame, the wanted backdrop, and nothing stale."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from booth.arrays import Probability, Rgb8
from booth.camera.grabber import Grabber
from booth.camera.simulated import CameraControl, Fault, SimulatedCamera
from booth.camera.studio_scene import StudioPlayer, StudioScene
from booth.config.settings import CameraSettings, CleanPlateSettings, LayoutSettings, SceneSettings
from booth.errors import BoothError, WeightsError
from booth.matting.plate_difference import Fit
from booth.pipeline import shrunk
from booth.scene.layout import lay_out
from booth.shot import Backdrop, Plate
from booth.studio.mirror import DEVELOPING_RATE, Mirror, MirrorPicture
from booth.studio.notices import NoticeBoard
from booth.studio.plates import PlateKeeper
from booth.studio.sight import PATIENCE as LOOKS_THAT_MAY_FAIL
from booth.studio.sight import Network

SIZE = 180
PATIENCE = 20.0
SCENE = StudioScene()

Load = Callable[[], Network] | None


def backdrop(name: str, colour: tuple[int, int, int]) -> Backdrop:
    image = np.full((SIZE, SIZE, 3), colour, np.uint8)
    return Backdrop(name, {"en": name}, image, 0.9, (0.05, 0.05, 0.95, 0.95), 0.0)


RED, BLUE = backdrop("red", (200, 0, 0)), backdrop("blue", (0, 0, 200))


def plate_of(size: int = SIZE) -> Plate:
    image = SCENE.plate(size)
    return Plate(image, 0.0, (1.6, 1.6, 1.6), float(image.mean()))


class Says:
    """A network that gives the same answer to each frame, or raises it."""

    side = 20
    is_late = False
    device = "nowhere"

    def __init__(self, answer: Probability | Exception) -> None:
        self.answer = answer
        self.plates: list[Plate | None] = []

    def likely(self, image: Rgb8, plate: Plate | None, fit: Fit | None) -> Probability:
        self.plates.append(plate)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Booth:
    """A mirror before a simulated camera, with what a test may want to change."""

    def __init__(self, folder: Path, plate: Plate | None, load: Load, mirrored: bool) -> None:
        settings = CameraSettings(width=320, height=240, rate=60, timeout=0.5)
        self.control = CameraControl()
        player = StudioPlayer(SIZE, SCENE)
        self.board = NoticeBoard()
        self.grabber = Grabber(
            lambda: SimulatedCamera(player, settings, self.control),
            settings,
            self.board.post,
            self.board.clear,
            backoff=(0.02, 0.1),
        )
        self.plates = PlateKeeper(CleanPlateSettings(at_start="never"), folder, self.grabber, self.board)
        self.plates.plate = plate
        overlay = lay_out(LayoutSettings(), SIZE)
        self.mirror = Mirror(self.grabber, self.plates, (RED, BLUE), overlay, SceneSettings(), mirrored, load)

    def wait_for(self, suits: Callable[[MirrorPicture | None], bool]) -> MirrorPicture | None:
        """Look at the mirror once a frame, until what it shows suits."""
        until, number = time.monotonic() + PATIENCE, 0
        while not suits(picture := self.mirror.newest()):
            assert time.monotonic() < until, f"the mirror never showed it, only {picture}"
            frame = self.grabber.wait_newer(number, 0.02)
            number = frame.number if frame else number
        return picture

    def picture(self, after: int = 0) -> MirrorPicture:
        """Wait for a picture of a frame after `after`."""
        picture = self.wait_for(lambda shown: shown is not None and shown.number > after)
        assert picture is not None
        return picture


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., object]:
    @contextmanager
    def running(
        plate: Plate | None = None, load: Load = None, empty: bool = False, mirrored: bool = False
    ) -> Iterator[Booth]:
        booth = Booth(tmp_path, plate, load, mirrored)
        booth.control.empty = empty
        booth.grabber.start()
        booth.mirror.start()
        try:
            yield booth
        finally:
            booth.control.fault = None
            booth.mirror.stop()
            booth.grabber.stop()
            assert not booth.mirror.is_alive()

    return running


def is_made_of(picture: MirrorPicture, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(picture.image[: SIZE // 8].astype(int) - colour).max() < 12)


def test_an_empty_place_shows_the_backdrop_alone(opened) -> None:
    with opened(plate_of(), empty=True) as booth:
        booth.mirror.show("red")
        picture = booth.picture()
        assert picture.image.shape == (SIZE, SIZE, 3)
        assert picture.placement is not None
        assert is_made_of(picture, (200, 0, 0))


def test_nothing_of_the_old_backdrop_is_shown_after_a_switch(opened) -> None:
    with opened(plate_of(), empty=True) as booth:
        for name, colour in (("red", (200, 0, 0)), ("blue", (0, 0, 200))) * 3:
            booth.mirror.show(name)
            shown = booth.mirror.newest()
            assert shown is None or shown.backdrop_id == name
            picture = booth.picture()
            assert picture.backdrop_id == name
            assert is_made_of(picture, colour)


def test_it_rests_when_nothing_is_wanted(opened) -> None:
    with opened(plate_of()) as booth:
        booth.mirror.show("red")
        number = booth.picture().number
        booth.mirror.show(None)
        assert booth.mirror.newest() is None
        assert booth.grabber.wait_newer(number + 5, PATIENCE) is not None
        assert booth.mirror.newest() is None
        booth.mirror.show("red")
        assert booth.picture().number > number + 5


def test_it_shows_the_newest_frame_and_goes_on(opened) -> None:
    with opened(plate_of()) as booth:
        booth.mirror.show("red")
        first = booth.picture()
        second = booth.picture(first.number)
        assert second.taken_at > first.taken_at


def test_a_backdrop_that_is_not_there_is_refused_at_once(opened) -> None:
    with opened(plate_of()) as booth, pytest.raises(ValueError, match="no backdrop 'green'"):
        booth.mirror.show("green")


def test_no_stale_picture_when_the_camera_is_lost(opened) -> None:
    with opened(plate_of(), empty=True) as booth:
        booth.mirror.show("red")
        number = booth.picture().number
        booth.control.fault = Fault.UNPLUG
        booth.wait_for(lambda shown: shown is None)
        assert booth.grabber.state == "lost"
        booth.control.fault = None
        assert booth.picture().number > number


def test_without_plate_and_network_the_frame_is_shown_framed(opened) -> None:
    with opened() as booth:
        booth.mirror.show("red")
        picture = booth.picture()
        assert picture.placement is None
        middle = picture.image[SIZE // 3 : -SIZE // 3, SIZE // 3 : -SIZE // 3]
        assert np.abs(middle.astype(int) - (200, 0, 0)).mean() > 40
        booth.picture(picture.number)


def test_a_plate_of_another_size_is_not_used(opened) -> None:
    with opened(plate_of(120)) as booth:
        booth.mirror.show("red")
        assert booth.picture().placement is None


def test_a_plate_taken_meanwhile_is_used(opened) -> None:
    with opened(empty=True) as booth:
        booth.mirror.show("red")
        assert booth.picture().placement is None
        booth.plates.plate = plate_of()
        picture = booth.wait_for(lambda shown: shown is not None and shown.placement is not None)
        assert is_made_of(picture, (200, 0, 0))


@pytest.mark.parametrize("plate", [None, plate_of(120)])
def test_a_network_stands_in_for_a_plate(opened, plate: Plate | None) -> None:
    nobody = np.zeros((20, 20), np.float32)
    with opened(plate, lambda: Says(nobody)) as booth:
        booth.mirror.show("blue")
        picture = booth.wait_for(lambda shown: shown is not None and shown.placement is not None)
        assert is_made_of(picture, (0, 0, 200))


@pytest.mark.parametrize("error", [WeightsError("no weights"), RuntimeError("device lost")])
def test_a_network_that_cannot_be_loaded_does_not_stop_the_mirror(opened, error: Exception) -> None:
    def fails() -> Network:
        raise error

    with opened(load=fails) as booth:
        booth.mirror.show("red")
        picture = booth.picture()
        assert booth.picture(picture.number).placement is None
        assert booth.mirror.method == "nothing: frames are shown framed"


def test_a_network_that_fails_is_given_up_and_the_plate_goes_on(opened) -> None:
    network = Says(BoothError("device lost"))
    with opened(plate_of(), lambda: network) as booth:
        booth.mirror.show("red")
        picture = booth.picture()
        assert booth.picture(picture.number).placement is not None
        assert len(network.plates) == LOOKS_THAT_MAY_FAIL
        assert booth.mirror.method == "clean plate"


def test_the_network_is_shown_the_plate_that_fits(opened) -> None:
    network, plate = Says(np.zeros((20, 20), np.float32)), plate_of()
    with opened(plate, lambda: network) as booth:
        booth.mirror.show("red")
        booth.picture(booth.picture().number)
        assert network.plates[-1] is plate
        assert "bundled network, nowhere, 20 pixels" in booth.mirror.method
        assert booth.mirror.method.endswith("and clean plate")


def test_a_network_rests_with_the_mirror(opened) -> None:
    network = Says(np.zeros((20, 20), np.float32))
    with opened(None, lambda: network) as booth:
        booth.mirror.show("red")
        booth.wait_for(lambda shown: shown is not None and shown.placement is not None)
        booth.mirror.show(None)
        newest = booth.grabber.wait_newer(0, PATIENCE)
        assert newest is not None
        assert booth.grabber.wait_newer(newest.number + 30, PATIENCE) is not None
        looks = len(network.plates)
        assert booth.grabber.wait_newer(newest.number + 40, PATIENCE) is not None
        assert len(network.plates) == looks


def test_the_mirror_is_mirrored(opened) -> None:
    left = np.zeros((20, 20), np.float32)
    left[4:, 2:8] = 1
    shown = {}
    for mirrored in (False, True):
        with opened(load=lambda: Says(left), mirrored=mirrored) as booth:
            booth.mirror.show("blue")
            picture = booth.wait_for(lambda picture: picture is not None and picture.placement is not None)
            away = np.abs(picture.image.astype(int) - (0, 0, 200)).sum(2) > 100
            shown[mirrored] = float(np.flatnonzero(away.any(axis=0)).mean())
    assert shown[False] < SIZE / 2 < shown[True]


@pytest.mark.parametrize(
    ("took", "gives_way"),
    [
        ([], False),
        ([0.8], False),
        ([3.0], True),
        ([3.0, 1.0], True),
        ([3.0, None], True),
        ([3.0, 0.8], False),
        ([1.0], False),
    ],
)
def test_a_slow_still_goes_first_while_one_is_developed(
    opened, took: list[float | None], gives_way: bool
) -> None:
    with opened(plate_of(), empty=True) as booth:
        booth.mirror.show("red")
        for seconds in took:
            booth.mirror.still_begins()
            booth.mirror.still_ends(seconds)
        booth.picture(booth.picture().number)
        booth.mirror.still_begins()
        shown = [booth.picture(booth.picture().number)]
        for _ in range(5):
            shown.append(booth.picture(shown[-1].number))
        least = min(later.taken_at - earlier.taken_at for earlier, later in itertools.pairwise(shown))
        # a frame may have waited for its look
        assert (least >= 0.5 / DEVELOPING_RATE) == gives_way


def test_stopping_ends_the_thread_in_any_state(opened) -> None:
    with opened(plate_of()) as booth:
        booth.control.fault = Fault.HANG
        booth.mirror.stop()
        assert not booth.mirror.is_alive()
        assert not {"mirror", "sight"} & {thread.name for thread in threading.enumerate()}


def test_a_wide_frame_keeps_its_proportions() -> None:
    wide = np.zeros((300, 400, 3), np.uint8)
    cv2.circle(wide, (200, 150), 100, (255, 255, 255), -1)
    small = shrunk(wide, 150)
    assert small.shape == (150, 200, 3)
