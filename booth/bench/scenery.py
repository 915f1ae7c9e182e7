"""What every section looks at: one drawn picture of 1920x1920 with its plate, and the weights."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from booth.arrays import Alpha, Rgb8, read_only
from booth.camera.plate import load_plate, save_plate
from booth.camera.studio_scene import StudioScene
from booth.errors import PlateError, WeightsError
from booth.matting.weights import checkpoint_of, import_file, weights_for
from booth.shot import Plate

SIDE = 1920
GUESTS = 3
MOMENT = 9.0
"""Seconds after which the drawn guests stand and wave."""
SIGMA = (1.6, 1.6, 1.6)


@dataclass(frozen=True, slots=True, eq=False)
class Scenery:
    """A folder with the picture, the plate and the truth; `weights` is the store that the sections use."""

    folder: Path
    weights: Path

    @property
    def picture(self) -> Path:
        return self.folder / "picture.png"

    def image(self) -> Rgb8:
        with Image.open(self.picture) as picture:
            return read_only(np.asarray(picture.convert("RGB")))

    def alpha(self) -> Alpha:
        return np.load(self.folder / "alpha.npy").astype(np.float32)  # type: ignore[no-any-return]

    def plate(self) -> Plate:
        plate = load_plate(self.folder / "plate")
        if plate is None:
            raise PlateError(f"there is no plate in {self.folder}")
        return plate


def draw(folder: Path, weights: Path) -> Scenery:
    """Draw everything into a folder."""
    scene = StudioScene()
    drawn, empty = scene.draw(MOMENT, SIDE), scene.image(MOMENT + 1, SIDE, empty=True)
    scenery = Scenery(folder, weights)
    Image.fromarray(drawn.image).save(scenery.picture, compress_level=1)
    np.save(folder / "alpha.npy", drawn.alpha.astype(np.float16))
    save_plate(folder / "plate", Plate(empty, 1.0, SIGMA, float(empty.mean())))
    return scenery


def official(model: str, weights: Path) -> str:
    """Say why the official weights cannot be used; "" if they can."""
    try:
        weights_for(model, weights)
    except WeightsError as fault:
        return str(fault)
    return ""


def teach(model: str, scenery: Scenery) -> None:
    """Put weights into the store that know the picture and nothing else; see `taught.py`."""
    from safetensors.torch import save_file

    from booth.bench.taught import lesson, taught

    network = taught(model, lesson(scenery.image(), scenery.alpha(), GUESTS))
    file = scenery.folder / checkpoint_of(model).safe_file
    save_file(network.state_dict(), file)
    import_file(file, scenery.weights, hashlib.sha256(file.read_bytes()).hexdigest())
    file.unlink()
