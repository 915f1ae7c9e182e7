"""Drawn photographs of people, with masks."""

from pathlib import Path

import cv2
import numpy as np
import pytest


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve street photographs of 96x144: a figure before a blurred wall, its mask coarse; the last is not good."""
    folder = tmp_path_factory.mktemp("photos")
    for room in ("photos", "masks"):
        (folder / room).mkdir()
    random = np.random.default_rng(5)
    names = [f"{number:04d}" for number in range(12)]
    for name in names:
        wall = cv2.GaussianBlur(random.integers(60, 220, (144, 96, 3), np.uint8), (0, 0), 4)
        mask = np.zeros((144, 96), np.uint8)
        cv2.ellipse(mask, (48, 34), (9, 12), 0, 0, 360, 255, -1)
        cv2.rectangle(mask, (34, 46), (62, 134), 255, -1)
        wall[mask > 0] = random.integers(0, 255, 3)
        cv2.imwrite(str(folder / "photos" / f"{name}.jpg"), wall)
        cv2.imwrite(str(folder / "masks" / f"{name}.png"), mask)
    (folder / "good.txt").write_text("\n".join(names[:-1]), "utf-8")
    return folder
