"""Drawn composites with a manifest."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A manifest with two drawn composites of 160x160."""
    rng = np.random.default_rng(3)
    rows = []
    for name, level in (("one", "ideal"), ("two", "booth")):
        plate = cv2.GaussianBlur(rng.integers(90, 210, (160, 160, 3), np.uint8), (0, 0), 3)
        drawn = np.zeros((160, 160), np.uint8)
        cv2.ellipse(drawn, (80, 95), (32, 60), 0, 0, 360, 255, -1, cv2.LINE_AA)
        share = drawn[..., None] / 255
        person = np.full((160, 160, 3), (40, 40, 170), np.uint8)
        image = (share * person + (1 - share) * plate).astype(np.uint8)
        coarse = cv2.GaussianBlur(drawn, (0, 0), 5)
        pictures = {"image": image, "plate": plate, "alpha": drawn, "fg": person, "coarse": coarse}
        row = {"name": name, "source": "drawn", "level": level}
        for key, picture in pictures.items():
            cv2.imwrite(str(tmp_path / f"{name}_{key}.png"), picture)
            row[key] = f"{name}_{key}.png"
        rows.append(row)
    (tmp_path / "manifest.json").write_text(json.dumps({"composites": rows}))
    return tmp_path
