"""The bundled network's rung: with a fake that sees red for its logic, with random weights for torch."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from booth.arrays import Probability, Rgb8
from booth.config.settings import MattingSettings
from booth.errors import WeightsError
from booth.matting import bundled
from booth.matting.bundled import BundledNetwork, Inference, input_size, load_bundled, load_inference
from booth.matting.people import union
from booth.shot import Plate


class SeesRed:
    """Takes what is red for people, and remembers what it was shown."""

    device = "nowhere"

    def __init__(self) -> None:
        self.shown: list[tuple[Rgb8, Rgb8 | None]] = []

    def likely(self, image: Rgb8, plate: Rgb8 | None) -> Probability:
        self.shown.append((image, plate))
        return np.asarray(np.clip((image[..., 0] - image[..., 1].astype(np.float32)) / 120, 0, 1), np.float32)


@pytest.fixture
def network() -> BundledNetwork:
    return BundledNetwork(SeesRed())  # type: ignore[arg-type]


def shown(network: BundledNetwork) -> list[tuple[Rgb8, Rgb8 | None]]:
    return network._inference.shown  # type: ignore[attr-defined, no-any-return]


def wall(height: int = 600, width: int = 800) -> Rgb8:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    grey = 120 + 30 * np.sin(x / 40) + 20 * np.cos(y / 30)
    return np.repeat(grey[..., None], 3, 2).astype(np.uint8)


def with_people(*boxes: tuple[int, int, int, int]) -> Rgb8:
    image = wall()
    for left, top, right, bottom in boxes:
        image[top:bottom, left:right] = (200, 60, 50)
    return image


def plate() -> Plate:
    return Plate(wall(), 0.0, (1.5, 1.5, 1.5), 120.0)


@pytest.mark.parametrize("known", [None, plate()])
def test_each_blob_is_one_of_the_people(network: BundledNetwork, known: Plate | None) -> None:
    boxes = ((80, 100, 280, 600), (500, 60, 700, 600))
    people = network.people(with_people(*boxes), known)
    assert len(people) == 2
    found = people.boxes[np.argsort(people.boxes[:, 0])]
    assert np.abs(found - np.array(boxes, np.float32)).max() < 8
    truth = np.zeros((600, 800), bool)
    for left, top, right, bottom in boxes:
        truth[top:bottom, left:right] = True
    mask = union(people, 600, 800) > 0.5
    assert (mask & truth).sum() / (mask | truth).sum() > 0.96
    assert people.scores.min() > 0.8


@pytest.mark.parametrize("known", [None, plate()])
def test_an_empty_place_has_nobody(network: BundledNetwork, known: Plate | None) -> None:
    assert len(network.people(wall(), known)) == 0


def test_small_people_are_looked_at_again_from_nearer(network: BundledNetwork) -> None:
    network.people(with_people((60, 100, 400, 600)), None)
    assert len(shown(network)) == 1
    people = network.people(with_people((300, 300, 400, 480)), None)
    assert len(shown(network)) == 3
    far, near = (SeesRed().likely(*each).mean() for each in shown(network)[1:])
    assert near > 4 * far
    assert np.abs(people.boxes[0] - (300, 300, 400, 480)).max() < 5


def test_the_network_is_shown_the_plate_in_the_pictures_light(network: BundledNetwork) -> None:
    bright = np.clip(with_people((300, 60, 600, 600)) * 1.15, 0, 255).astype(np.uint8)
    network.people(bright, plate())
    image, empty = shown(network)[0]
    assert empty is not None
    corner = np.s_[:40, :40]
    assert np.abs(image[corner].astype(float) - empty[corner]).mean() < 3


def test_a_prop_that_the_network_does_not_know_is_kept_with_a_plate(network: BundledNetwork) -> None:
    image = with_people((100, 100, 400, 600))
    image[300:360, 400:560] = (30, 90, 220)
    mask = union(network.people(image, plate()), 600, 800)
    assert mask[320:340, 420:540].mean() > 0.5
    assert union(network.people(image, None), 600, 800)[320:340, 420:540].max() < 0.1


def test_a_picture_of_just_the_inputs_size_may_be_read_only() -> None:
    image = np.full((64, 64, 3), 128, np.uint8)
    image.setflags(write=False)
    load_inference("cpu", 1).likely(image, None)  # torch's warning would be an error here


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(1080, 1920, (192, 320)), (1920, 1920, (320, 320)), (3000, 100, (320, 32))],
)
def test_the_input_keeps_proportions(height: int, width: int, expected: tuple[int, int]) -> None:
    assert input_size(height, width, 320) == expected


@pytest.fixture
def random_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import torch

    from booth.matting.network import PeopleNet, Widths, save

    torch.manual_seed(3)
    path = tmp_path / "random.safetensors"
    save(PeopleNet(Widths(8, 8, 16, 16, 16, (0, 0, 1, 0))), path)
    monkeypatch.setattr(bundled, "WEIGHTS", path)
    return path


def test_half_precision_says_nearly_the_same(random_weights: Path) -> None:
    import torch

    from booth.matting.network import load

    image = cv2.resize(with_people((100, 100, 400, 600)), (128, 96))
    empty = cv2.resize(wall(), (128, 96))
    exact, rounded = (
        Inference(load(random_weights), "cpu", kind) for kind in (torch.float32, torch.bfloat16)
    )
    for plate_shown in (None, empty):
        one, other = exact.likely(image, plate_shown), rounded.likely(image, plate_shown)  # type: ignore[arg-type]
        assert one.shape == (96, 128)
        assert one.dtype == np.float32
        assert 0 <= one.min() <= one.max() <= 1
        assert np.abs(one - other).mean() < 0.02
    assert not np.array_equal(exact.likely(image, None), exact.likely(image, empty))  # type: ignore[arg-type]


@pytest.mark.usefixtures("random_weights")
def test_the_rung_runs_warm_on_the_processor() -> None:
    rung = load_bundled(MattingSettings(device="cpu"), 1)
    rung.warm_up()
    rung.people(wall(), None)
    assert rung.device.startswith("cpu, ")
    assert rung.timings["all"] > 0


def test_lost_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "WEIGHTS", tmp_path / "lost.safetensors")
    with pytest.raises(WeightsError, match=r"lost\.safetensors"):
        load_inference("cpu", 1)


class Waits(SeesRed):
    """Gets the processor late, as others are busy."""

    def likely(self, image: Rgb8, plate: Rgb8 | None) -> Probability:
        time.sleep(0.05)
        return super().likely(image, plate)


def test_number_formats_are_compared_by_what_they_compute_and_not_by_who_else_is_busy() -> None:
    assert bundled._timed(Waits()) < 0.03  # type: ignore[arg-type]
