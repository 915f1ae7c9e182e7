"""A small whole booth: one painted guest before a wall, the plate stored, two backdrops, no network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from booth.camera.plate import save_plate
from booth.config import Settings
from booth.shot import Plate


@pytest.fixture
def booth_settings(tmp_path: Path) -> Settings:
    """Settings of a booth that lives in `tmp_path`; its camera plays `guest.png`, 320 x 320."""
    rng = np.random.default_rng(3)
    wall = np.clip(np.linspace(90, 190, 320)[None, :, None] + rng.normal(0, 2, (320, 320, 3)), 0, 255)
    wall = wall.astype(np.uint8)
    guest = wall.copy()
    guest[90:, 110:210] = (170, 40, 60)
    Image.fromarray(guest).save(tmp_path / "guest.png")
    Image.fromarray(wall).save(tmp_path / "wall.png")
    save_plate(tmp_path / "data" / "plate", Plate(wall, 1.0, (2.0, 2.0, 2.0), float(wall.mean())))
    backdrops = tmp_path / "backdrops"
    backdrops.mkdir()
    for name, colour in (("blue", (30, 60, 160)), ("green", (30, 140, 60))):
        Image.new("RGB", (800, 800), colour).save(backdrops / f"{name}.png")
    return Settings.model_validate(
        {
            "camera": {"source": str(tmp_path / "guest.png"), "width": 320, "height": 320},
            "matting": {"method": "plate"},
            "scene": {"folders": [str(backdrops)], "house_backdrops": False},
            "spool": {"data": str(tmp_path / "data"), "stop_below_mb": 50, "warn_below_mb": 60},
        }
    )
