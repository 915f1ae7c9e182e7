"""The mirror is the print: the same frame gives the same picture, as far as eyes can tell."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from booth.app import running
from booth.arrays import Rgb8
from booth.camera.plate import save_plate
from booth.camera.studio_scene import StudioScene
from booth.config import Settings
from booth.shot import Plate, Shot
from booth.studio.mirror import MirrorPicture

PATIENCE = 90.0
SETTLED = 12
"""Pictures until the mirror has come to rest on a scene that does not move."""
MOST = 2.0
"""Mean difference in 8-bit steps, over the whole picture."""


def settings_for(folder: Path, method: str, mirrored: bool) -> Settings:
    """A booth whose camera plays one picture of the drawn studio for ever."""
    scene = StudioScene()
    Image.fromarray(np.array(scene.image(7.0, 1080))).save(folder / "guests.png")
    plate = np.array(scene.plate(1080))
    save_plate(folder / "data" / "plate", Plate(plate, 1.0, (1.6, 1.6, 1.6), float(plate.mean())))
    return Settings.model_validate(
        {
            "camera": {"source": str(folder / "guests.png"), "width": 1080, "height": 1080},
            "matting": {"method": method},
            "scene": {"offered": ["beach", "space"]},
            "screen": {"mirrored": mirrored},
            "spool": {"data": str(folder / "data"), "stop_below_mb": 50, "warn_below_mb": 60},
        }
    )


def both(settings: Settings, backdrop_id: str) -> tuple[MirrorPicture, Shot]:
    """The mirror's picture at rest, and the shot that is taken of it."""
    with running(settings) as house:
        house.studio.wait_ready(PATIENCE)
        house.studio.mirror(backdrop_id)
        seen: set[int] = set()
        until = time.monotonic() + PATIENCE
        while len(seen) < SETTLED:
            assert time.monotonic() < until, "the mirror shows nothing"
            newest = house.studio.newest_mirror()
            if newest is not None and newest.placement is not None:
                seen.add(newest.number)
            house.studio.grabber.wait_newer(max(seen, default=0), 0.1)
        picture = house.studio.newest_mirror()
        assert picture is not None
        return picture, house.studio.take(backdrop_id).result(PATIENCE)


def at_mirror_size(print_image: Rgb8, side: int) -> Rgb8:
    return np.asarray(cv2.resize(print_image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize(
    ("method", "backdrop_id", "mirrored"),
    [
        ("plate", "beach", False),
        pytest.param("plate", "space", True, marks=pytest.mark.heavy),
        pytest.param("auto", "beach", True, marks=pytest.mark.heavy),
    ],
)
def test_the_mirrors_picture_is_the_prints(tmp_path, method, backdrop_id, mirrored):
    picture, shot = both(settings_for(tmp_path, method, mirrored), backdrop_id)
    assert shot.cutout is not None
    printed = at_mirror_size(shot.composite.image, picture.image.shape[0])
    shown = picture.image[:, ::-1] if mirrored else picture.image
    difference = np.abs(shown.astype(np.float32) - printed)
    print(f"{method} before {backdrop_id}: mean difference {difference.mean():.2f} of 255")
    assert shot.placement == picture.placement
    assert difference.mean() < MOST
