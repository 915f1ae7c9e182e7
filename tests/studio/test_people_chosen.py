"""Whom a guest leaves out stays left out: on the screen, on the disk, and after a crash."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from booth.app import House, running
from booth.camera.plate import save_plate
from booth.config import Settings
from booth.shot import Plate, Shot


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise TimeoutError("waited in vain")


def paint_pair(folder: Path) -> None:
    """Two guests apart from one another before the camera of `booth_settings`."""
    wall = np.clip(140 + np.random.default_rng(3).normal(0, 2, (320, 320, 3)), 0, 255).astype(np.uint8)
    pair = wall.copy()
    pair[90:, 50:130], pair[90:, 190:270] = (170, 40, 60), (40, 60, 170)
    Image.fromarray(pair).save(folder / "guest.png")
    save_plate(folder / "data" / "plate", Plate(wall, 1.0, (2.0, 2.0, 2.0), float(wall.mean())))


def columns(shot: Shot) -> tuple[float, float]:
    """How much of the left and of the right guest is in."""
    assert shot.cutout is not None
    return float(shot.cutout.alpha[200, 60:120].mean()), float(shot.cutout.alpha[200, 200:260].mean())


def test_the_one_who_was_left_out_is_not_back_after_a_crash(booth_settings: Settings, tmp_path: Path) -> None:
    paint_pair(tmp_path)
    with running(booth_settings) as house:
        wait_until(lambda: house.studio.ready() is None)
        shot = house.studio.take("blue").result(60)
        assert shot.cutout is not None
        assert shot.cutout.included == {0, 1}
        assert min(columns(shot)) > 0.9
        one = house.studio.recompose(shot, "blue", included=frozenset({1})).result(60)
        assert sorted(round(share) for share in columns(one)) == [0, 1]
    with running(booth_settings) as house:
        offered = offered_by(house)
        assert offered.photo_id == shot.photo_id
        assert offered.cutout is not None
        assert offered.cutout.included == {1}
        assert np.abs(offered.composite.image.astype(int) - one.composite.image).mean() < 0.5


def offered_by(house: House) -> Shot:
    offered: list[Shot] = []

    def is_offered() -> bool:
        offered.extend(shot for shot in (house.studio.unfinished(),) if shot is not None)
        return bool(offered)

    wait_until(is_offered)
    return offered[0]
