"""The booth without a face, on a small real house: camera, matting, ledger and printer's folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from booth.app import House, running
from booth.camera.plate import save_plate
from booth.camera.simulated import Fault
from booth.config import Settings
from booth.errors import CameraError, SpoolError
from booth.images import read_picture
from booth.shot import Frame, Plate, Shot
from booth.spool.files import DiskRoom
from booth.spool.rows import Photo
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id


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


def offered_by(house: House) -> Shot:
    offered: list[Shot] = []

    def is_offered() -> bool:
        offered.extend(shot for shot in (house.studio.unfinished(),) if shot is not None)
        return bool(offered)

    wait_until(is_offered)
    return offered[0]


def guest_frame(settings: Settings) -> Frame:
    """What the camera sees, taken just now."""
    return Frame(read_picture(Path(settings.camera.source)), time.time(), 1)


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


def test_a_photo_is_not_handed_over_before_its_raw_frame_is_on_disk(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saving takes longer than developing here, as on a slow stick."""
    originals = house.spool.folders.originals
    may_save = threading.Event()
    capture = house.spool.capture

    def slow(photo_id: str, frame: Frame) -> Future[Photo]:
        house.spool.ledger.submit(may_save.wait)
        return capture(photo_id, frame)

    monkeypatch.setattr(house.spool, "capture", slow)
    developing = threading.Event()
    composed = house.studio._composed

    def last_step(*arguments: Any) -> Shot:
        shot = composed(*arguments)
        developing.set()
        return shot

    monkeypatch.setattr(house.studio, "_composed", last_step)
    taking = house.studio.take("blue")
    assert developing.wait(20)
    assert not taking.done()
    assert not list(originals.glob("*.png"))
    may_save.set()
    shot = done(taking)
    assert [path.stem for path in originals.glob("*.png")] == [shot.photo_id]


def test_a_photo_that_cannot_be_saved_is_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    full = SpoolError("the disk is full")

    def refuse(photo_id: str, frame: Frame) -> Future[Photo]:
        refused: Future[Photo] = Future()
        refused.set_exception(full)
        return refused

    monkeypatch.setattr(house.spool, "capture", refuse)
    with pytest.raises(SpoolError, match="the disk is full"):
        house.studio.take("blue").result(20)
    assert house.studio.developing() is None


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


def test_a_photo_is_discarded_once_its_last_look_is_done(house: House) -> None:
    shot = done(house.studio.take("blue"))
    looks = [house.studio.recompose(shot, "blue", None, None) for _ in range(3)]
    house.studio.discard(shot).result(20)
    assert all(look.exception(20) is None for look in looks)
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
        offered = offered_by(house)
        assert offered.photo_id == shot.photo_id
        assert offered.composite.backdrop_id == "green"
        assert house.studio.unfinished() is None


@pytest.mark.parametrize(("choice", "state"), [("keep", "printed"), ("discard", "discarded")])
def test_a_photo_cut_off_before_it_was_developed_can_be_decided_on(
    booth_settings: Settings, choice: str, state: str
) -> None:
    photo_id = new_photo_id()
    spool = Spool(booth_settings.spool)
    spool.capture(photo_id, guest_frame(booth_settings)).result()
    spool.close()
    with running(booth_settings) as house:
        shot = offered_by(house)
        assert shot.photo_id == photo_id
        if choice == "keep":
            house.studio.keep(shot, 1).result(20)
        else:
            house.studio.discard(shot).result(20)
        wait_until(lambda: house.spool.photo(photo_id).state == state)


def test_nobody_else_is_shown_the_photo_that_a_stop_cut_off(booth_settings: Settings) -> None:
    with running(booth_settings) as house:
        wait_until(lambda: house.studio.ready() is None)
        shot = done(house.studio.take("green"))
    with running(booth_settings) as house:
        wait_until(lambda: house.studio.ready() is None)
        done(house.studio.take("blue"))
        assert house.studio.unfinished() is None
        assert house.spool.photo(shot.photo_id).state == "expired"


def test_a_queued_photo_whose_composite_was_lost_is_composed_and_printed(booth_settings: Settings) -> None:
    photo_id = new_photo_id()
    spool = Spool(booth_settings.spool)
    frame = guest_frame(booth_settings)
    spool.capture(photo_id, frame)
    spool.developed(photo_id, "green", "plate", {})
    spool.keep(photo_id, frame.image, 1).result()
    spool.folders.composite(photo_id).unlink()
    spool.close()
    with running(booth_settings) as house:
        wait_until(lambda: house.spool.photo(photo_id).state in ("printed", "failed"))
        assert house.spool.photo(photo_id).state == "printed"
        assert len(list(house.spool.folders.prints.glob("*.jpg"))) == 1


def test_one_photo_that_cannot_be_composed_again_holds_nothing_up(booth_settings: Settings) -> None:
    spool = Spool(booth_settings.spool)
    frame = guest_frame(booth_settings)
    tickets = []
    for photo_id in (new_photo_id(), new_photo_id()):
        spool.capture(photo_id, frame)
        spool.developed(photo_id, "green", "plate", {})
        tickets.append(spool.keep(photo_id, frame.image, 1).result())
        spool.folders.composite(photo_id).unlink()
    lost, good = tickets
    original = spool.folders.original(lost.photo_id)
    original.write_bytes(bytes(original.stat().st_size))
    spool.close()
    with running(booth_settings) as house:
        wait_until(lambda: house.spool.photo(good.photo_id).state == "printed")
        assert any(lost.code in notice.text for notice in house.studio.notices())


def test_what_the_start_found_is_told_to_the_operator(booth_settings: Settings) -> None:
    spool = Spool(booth_settings.spool)
    spool.close()
    (spool.folders.composites / "stray.jpg").write_bytes(b"stray")
    with running(booth_settings) as house:
        assert any(notice.key == "quarantine" for notice in house.studio.notices())


def test_a_wrong_clock_deletes_nothing_and_stops_nobody(booth_settings: Settings) -> None:
    spool = Spool(booth_settings.spool)
    frame = guest_frame(booth_settings)
    tomorrow = Frame(frame.image, time.time() + 86_400, 1)
    spool.capture(new_photo_id(), tomorrow).result()
    spool.close()
    with running(booth_settings) as house:
        wait_until(lambda: any(notice.key == "purge" for notice in house.studio.notices()))
        wait_until(lambda: house.studio.ready() is None)
        assert len(list(house.spool.folders.originals.glob("*.png"))) == 1


def test_photos_are_purged_again_while_the_booth_goes_on(
    house: House, booth_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISK_WATCH_EVERY", "PURGE_EVERY", "PURGE_WHEN_IDLE"):
        monkeypatch.setattr(f"booth.studio.studio.{name}", 0.0)
    frame = guest_frame(booth_settings)
    old = Frame(frame.image, time.time() - 31 * 86_400, 1)
    house.spool.capture(new_photo_id(), old).result()
    wait_until(lambda: house.studio.ready() is None and not any(house.spool.folders.originals.iterdir()))


def test_no_photo_is_purged_while_guests_come(
    house: House, booth_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(house.studio.take("blue"))
    for name in ("DISK_WATCH_EVERY", "PURGE_EVERY"):
        monkeypatch.setattr(f"booth.studio.studio.{name}", 0.0)
    asked: list[float] = []
    monkeypatch.setattr("booth.studio.studio.purge", lambda spool, now: asked.append(now))
    assert house.studio.ready() is None
    done(house.studio.take("blue"))  # the desk has done by then whatever was put onto it before
    assert asked == []


def test_a_data_folder_that_is_gone_closes_the_booth_kindly(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> DiskRoom:
        raise SpoolError("/media/stick: the folder is not there; plug the disk in again")

    monkeypatch.setattr("booth.studio.studio.DISK_WATCH_EVERY", 0.0)
    with monkeypatch.context() as unplugged:
        unplugged.setattr(house.spool, "room", gone)
        assert house.studio.ready() == "sorry.storage"
        assert any("plug the disk in" in notice.text for notice in house.studio.notices())
    assert house.studio.ready() is None


def test_a_plate_that_cannot_be_saved_does_not_keep_the_booth_closed(
    booth_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, plate: Plate) -> None:
        raise SpoolError("the disk is full; free some space")

    monkeypatch.setattr("booth.studio.plates.save_plate", full)
    clean_plate = booth_settings.camera.clean_plate.model_copy(update={"at_start": "always"})
    camera = booth_settings.camera.model_copy(update={"clean_plate": clean_plate})
    with running(booth_settings.model_copy(update={"camera": camera})) as house:
        wait_until(lambda: house.studio.ready() is None)
        assert any("disk is full" in notice.text for notice in house.studio.notices())


def test_a_booth_that_waits_for_frames_of_the_plate_can_be_stopped(
    booth_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    capturing = threading.Event()
    monkeypatch.setattr("booth.studio.plates.CAPTURE_TIMEOUT", 60.0)
    clean_plate = booth_settings.camera.clean_plate.model_copy(update={"at_start": "always"})
    camera = booth_settings.camera.model_copy(update={"clean_plate": clean_plate, "timeout": 60.0})
    with running(booth_settings.model_copy(update={"camera": camera})) as house:
        capture = house.studio.plates.capture

        def hung() -> Plate:
            house.camera.fault = Fault.UNPLUG
            capturing.set()
            return capture()

        monkeypatch.setattr(house.studio.plates, "capture", hung)
        assert capturing.wait(20)
        began = time.monotonic()
    assert time.monotonic() - began < 30


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


def test_a_wide_frame_becomes_a_square_picture(booth_settings: Settings, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    wall = np.clip(140 + rng.normal(0, 2, (320, 560, 3)), 0, 255).astype(np.uint8)
    guest = wall.copy()
    guest[90:, 330:430] = (170, 40, 60)
    Image.fromarray(guest).save(tmp_path / "wide.png")
    save_plate(tmp_path / "data" / "plate", Plate(wall, 1.0, (2.0, 2.0, 2.0), float(wall.mean())))
    wide = {"source": str(tmp_path / "wide.png"), "width": 560, "height": 320, "crop": "none"}
    camera = booth_settings.camera.model_copy(update=wide)
    with running(booth_settings.model_copy(update={"camera": camera})) as house:
        wait_until(lambda: house.studio.ready() is None)
        shot = done(house.studio.take("blue"))
        assert shot.cutout is not None
        assert shot.composite.image.shape == (1920, 1920, 3)
