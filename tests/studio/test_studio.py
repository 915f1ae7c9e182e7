"""The booth without a face, on a small real house: camera, matting, ledger and printer's folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from booth.app import House, running
from booth.camera.simulated import Fault
from booth.config import Settings
from booth.errors import CameraError
from booth.shot import Shot
from booth.spool.files import DiskRoom


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise TimeoutError("waited in vain")


@pytest.fixture
def house(booth_settings: Settings) -> Iterator[House]:
    before = set(threading.enumerate())
    with running(booth_settings) as house:
        wait_until(lambda: house.studio.ready() is None)
        yield house
    left = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    assert not [thread.name for thread in left if not thread.name.startswith("camera-reader")]


def done(future: Future[Shot]) -> Shot:
    return future.result(20)


def test_a_guest_is_taken_kept_and_printed(house: House) -> None:
    shot = done(house.studio.take("blue"))
    assert shot.cutout is not None
    assert shot.composite.image.shape == (1920, 1920, 3)
    assert np.abs(shot.composite.image[100, 100].astype(int) - (30, 60, 160)).max() <= 3
    assert np.abs(shot.composite.image[1500, 960].astype(int) - (170, 40, 60)).max() <= 25
    ticket = house.studio.keep(shot, 2).result(20)
    wait_until(lambda: house.studio.waiting() == 0)
    sheets = sorted(path.name for path in house.spool.folders.prints.glob("*.jpg"))
    code = ticket.code.replace(" ", "")
    assert sheets == [f"0001-{code}-1of2.jpg", f"0002-{code}-2of2.jpg"]


def test_the_raw_frame_is_on_disk_before_it_is_developed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = house.spool.folders.originals
    found: list[int] = []
    cut_out = house.studio._cut_out

    def look(frame: object) -> object:
        found.append(len(list(originals.glob("*.png"))))
        return cut_out(frame)  # type: ignore[arg-type]

    monkeypatch.setattr(house.studio, "_cut_out", look)
    done(house.studio.take("blue"))
    assert found == [1]


def test_another_backdrop_keeps_the_cutout(house: House) -> None:
    shot = done(house.studio.take("blue"))
    other = done(house.studio.recompose(shot, "green"))
    assert other.cutout is shot.cutout
    assert other.composite.backdrop_id == "green"
    assert house.spool.photo(shot.photo_id).backdrop_id == "green"


def test_a_discarded_photo_leaves_the_disk(house: House) -> None:
    shot = done(house.studio.take("blue"))
    house.studio.discard(shot).result(20)
    assert not list(house.spool.folders.originals.iterdir())


def test_a_camera_that_goes_closes_the_booth_and_comes_back(house: House) -> None:
    house.camera.fault = Fault.UNPLUG
    wait_until(lambda: house.studio.ready() == "sorry.camera")
    assert any(notice.key == "camera" and notice.remedy for notice in house.studio.notices())
    with pytest.raises(CameraError):
        done(house.studio.take("blue"))
    house.camera.fault = None
    wait_until(lambda: house.studio.ready() is None)
    assert not any(notice.key == "camera" for notice in house.studio.notices())
    assert done(house.studio.take("blue")).cutout is not None


def test_nobody_in_the_picture_is_framed_and_says_so(booth_settings: Settings, tmp_path: Path) -> None:
    camera = booth_settings.camera.model_copy(update={"source": str(tmp_path / "wall.png")})
    with running(booth_settings.model_copy(update={"camera": camera})) as house:
        wait_until(lambda: house.studio.ready() is None)
        shot = done(house.studio.take("blue"))
        assert shot.cutout is None
        assert "nobody is in the picture" in shot.why_framed
        assert house.studio.keep(shot, 1).result(20).code


def test_a_full_disk_takes_no_photo(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.spool, "room", lambda: DiskRoom(400, 0, "full"))
    monkeypatch.setattr("booth.studio.studio.DISK_WATCH_EVERY", 0.0)
    assert house.studio.ready() == "sorry.storage"
    assert any(notice.key == "disk" and "full" in notice.text for notice in house.studio.notices())


def test_what_a_stop_cut_off_is_offered_again(booth_settings: Settings) -> None:
    with running(booth_settings) as house:
        wait_until(lambda: house.studio.ready() is None)
        shot = done(house.studio.take("green"))
    with running(booth_settings) as house:
        offered: list[Shot] = []

        def is_offered() -> bool:
            again = house.studio.unfinished()
            if again is not None:
                offered.append(again)
            return bool(offered)

        wait_until(is_offered)
        assert offered[0].photo_id == shot.photo_id
        assert offered[0].composite.backdrop_id == "green"
        assert house.studio.unfinished() is None


def test_the_mirror_shows_the_backdrop_that_is_wanted(house: House) -> None:
    house.studio.mirror("green")
    wait_until(lambda: house.studio.newest_mirror() is not None)
    picture = house.studio.newest_mirror()
    assert picture is not None
    assert np.abs(picture.image[30, 30].astype(int) - (30, 140, 60)).max() <= 6
    house.studio.mirror("blue")
    assert house.studio.newest_mirror() is None
    wait_until(lambda: house.studio.newest_mirror() is not None)
    house.studio.mirror(None)
