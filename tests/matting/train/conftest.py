"""Drawn photographs of people, with masks."""

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from booth.matting.train.furniture import Furniture
from booth.matting.train.furniture import main as draw_furniture


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


BOX = """mtllib box.mtl
v 0 0 0
v 1 0 0
v 1 2 0
v 0 2 0
v 0 0 1
v 1 0 1
v 1 2 1
v 0 2 1
vt 0 0
vt 1 0
vt 1 1
vt 0 1
usemtl red
f 1/1 2/2 3/3 4/4
f 5/1 6/2 7/3 8/4
f 1 2 6 5
f 4 3 7 8
usemtl checked
f 1/1 4/2 8/3 5/4
f -7/1 -6/2 -2/3 -3/4
usemtl glass
f 1 2 3
"""
MATERIALS = "newmtl red\nKd 0.9 0.1 0.1\nnewmtl checked\nmap_Kd checks.png\nnewmtl glass\nKd 0 1 0\nd 0.2\n"
CATALOGUE = """id=a library
id#1=box
name#1=Cupboard
category#1=Living room
model#1=/models/box.obj
width#1=60
height#1=180
depth#1=40
id#2=man
name#2=Standing man
tags#2=Human
category#2=Characters
model#2=/models/box.obj
width#2=60
height#2=180
depth#2=40
id#3=sofa
name#3=Sofa
category#3=Living room
model#3=/models/sofa.obj
width#3=200
height#3=80
depth#3=90
modelRotation#3=0 0 1 0 1 0 -1 0 0
id#4=lamp
name#4=Lamp on the wall
model#4=/models/lamp.obj
elevation#4=150
width#4=30
height#4=40
depth#4=30
id#5=lost
name#5=Lost model
model#5=/models/lost.obj
width#5=30
height#5=40
depth#5=30
"""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furniture library: a red box with checked sides and a pane of glass, three times under other names."""
    path = tmp_path_factory.mktemp("library") / "few.sh3f"
    checks = np.kron(np.indices((4, 4)).sum(0) % 2 * 255, np.ones((4, 4))).astype(np.uint8)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("PluginFurnitureCatalog.properties", CATALOGUE)
        for name in ("box", "sofa", "lamp"):
            archive.writestr(f"models/{name}.obj", BOX)
        archive.writestr("models/box.mtl", MATERIALS)
        archive.writestr("models/checks.png", cv2.imencode(".png", checks)[1].tobytes())
    return path


@pytest.fixture(scope="session")
def furniture(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Furniture:
    """What is drawn of that library."""
    folder = tmp_path_factory.mktemp("furniture")
    assert draw_furniture([str(library), "--out", str(folder)]) == 0
    return Furniture(folder)
