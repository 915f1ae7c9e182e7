"""Makes the README's pictures again: python tests/gallery/make.py (or `make gallery`).

All of them come out of the product: the screens from `screens.py` beside this file, the astronaut and the drawn
studio from `run_booth.py develop`. The astronaut (NASA, public domain, from scikit-image) has no clean
plate and no network here, so that a rough mask, drawn below, says where she is.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import screens
from PIL import Image, ImageDraw
from skimage import data

from booth.camera.studio_scene import StudioScene
from booth.cli import main

HERE = Path(__file__).parent
GROUND = (24, 20, 36)
OUTLINE = (
    *(
        (152, 90),
        (158, 66),
        (180, 44),
        (202, 27),
        (230, 16),
        (258, 20),
        (282, 36),
        (298, 66),
        (301, 88),
        (292, 115),
    ),
    *(
        (274, 130),
        (256, 152),
        (254, 176),
        (280, 190),
        (302, 215),
        (306, 240),
        (355, 280),
        (362, 345),
        (395, 342),
    ),
    *((450, 350), (488, 400), (498, 440), (512, 512), (24, 512), (22, 400), (32, 300), (62, 258), (112, 208)),
    *((118, 182), (150, 156), (186, 154), (182, 128), (166, 118)),
)


def beside(pictures: list[Image.Image], height: int, gap: int = 24) -> Image.Image:
    """Pictures in a row, each of one height."""
    fitted = [
        picture.convert("RGB").resize(
            (round(picture.width * height / picture.height), height), Image.Resampling.LANCZOS
        )
        for picture in pictures
    ]
    row = Image.new("RGB", (sum(p.width for p in fitted) + gap * (len(fitted) + 1), height + 2 * gap), GROUND)
    x = gap
    for picture in fitted:
        row.paste(picture, (x, gap))
        x += picture.width + gap
    return row


def kiosk(shown: Path) -> None:
    """The visit on a portrait screen, three steps of it on a landscape one, and the operator's panel."""
    tall, wide = shown / "en-portrait", shown / "en-landscape"
    steps = ("1-attract", "2-choose", "3-pose", "4-countdown", "6-review", "8-ticket")
    beside([Image.open(tall / f"{step}.png") for step in steps], 720).save(HERE / "visit.jpg", quality=86)
    steps = ("1-attract", "3-pose", "7-placed")
    beside([Image.open(wide / f"{step}.png") for step in steps], 420).save(HERE / "landscape.jpg", quality=86)
    pages = ("p1-state", "p2-camera", "p3-prints", "p4-event-golden-hour", "p6-rehearsal")
    beside([Image.open(tall / f"{page}.png") for page in pages], 720).save(HERE / "panel.jpg", quality=86)


def astronaut(folder: Path) -> None:
    """Before, rough mask and after; and her hair at 1:1 over a bright and a dark backdrop."""
    photo = Image.fromarray(data.astronaut())
    photo.save(folder / "astronaut.png")
    mask = Image.new("L", photo.size)
    ImageDraw.Draw(mask).polygon(OUTLINE, fill=255)
    mask.resize((64, 64), Image.Resampling.BOX).save(folder / "mask.png")
    for backdrop in ("space", "blossom"):
        arguments = [
            "--backdrop",
            backdrop,
            "--mask",
            str(folder / "mask.png"),
            "--out",
            str(folder / backdrop),
        ]
        main(["develop", str(folder / "astronaut.png"), *arguments])
    after = [Image.open(folder / backdrop / "astronaut.jpg") for backdrop in ("space", "blossom")]
    beside([photo, Image.open(folder / "mask.png"), *after], 480).save(HERE / "astronaut.jpg", quality=88)
    crops = [picture.crop((520, 20, 1220, 620)) for picture in after]
    beside(crops, 600).save(HERE / "hair.jpg", quality=90)


def studio(folder: Path) -> None:
    """Every step of the drawn studio's photo with its clean plate."""
    scene = StudioScene()
    Image.fromarray(np.array(scene.image(7.0, 1080))).save(folder / "studio.png")
    Image.fromarray(np.array(scene.plate(1080))).save(folder / "plate.png")
    arguments = [
        "--backdrop",
        "beach",
        "--plate",
        str(folder / "plate.png"),
        "--stages",
        "--out",
        str(folder),
    ]
    main(["develop", str(folder / "studio.png"), *arguments])
    sheet = Image.open(folder / "studio-stages.jpg")
    sheet.resize((1400, round(1400 * sheet.height / sheet.width)), Image.Resampling.LANCZOS).save(
        HERE / "stages.jpg", quality=86
    )


def backdrops() -> None:
    """All house backdrops, small."""
    pictures = sorted((HERE.parents[1] / "backgrounds").glob("*.jpg"))
    side, gap, columns = 260, 12, 5
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (side + gap) + gap, rows * (side + gap) + gap), GROUND)
    for number, path in enumerate(pictures):
        place = (gap + number % columns * (side + gap), gap + number // columns * (side + gap))
        sheet.paste(Image.open(path).resize((side, side), Image.Resampling.LANCZOS), place)
    sheet.save(HERE / "backdrops.jpg", quality=86)


if __name__ == "__main__":
    shown = Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens")
    with tempfile.TemporaryDirectory() as scratch:
        astronaut(Path(scratch))
        studio(Path(scratch))
        backdrops()
    screens.main(shown, ["en"])
    kiosk(shown)
