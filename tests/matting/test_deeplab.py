"""DeepLabV3 against torchvision's own path, on seeded random weights: nothing here speaks of quality."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.segmentation import DeepLabV3, DeepLabV3_ResNet50_Weights

from booth.arrays import Rgb8
from booth.errors import MattingError, WeightsError
from booth.matting import deeplab
from booth.matting.coco import voc_numbers
from booth.matting.deeplab import DeepLab, load_deeplab, untrained
from booth.matting.people import union
from booth.matting.weights import CHECKPOINTS, DEEPLAB


@pytest.fixture(autouse=True)
def small_and_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(deeplab, "INPUT_SIDE", 96)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def network() -> DeepLabV3:
    """A random network whose persons stand out in places."""
    torch.manual_seed(5)
    network = untrained().eval()
    with torch.no_grad():
        network.classifier[4].weight.mul_(8)
        network.classifier[4].bias[15] += 3.0
    return network


@pytest.fixture(scope="module")
def picture() -> Rgb8:
    """As large as the network's input, so that no resizing comes between."""
    coarse = np.random.default_rng(2).integers(0, 256, (6, 6, 3), np.uint8)
    return np.ascontiguousarray(np.kron(coarse, np.ones((16, 16, 1), np.uint8)))


def torchvisions(network: DeepLabV3, image: Rgb8, number: int) -> np.ndarray:
    """The probability of one class by torchvision's own forward."""
    pixels = torch.from_numpy(image).permute(2, 0, 1).float() / 255
    mean, std = (
        torch.tensor(values).view(3, 1, 1) for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    )
    with torch.inference_mode():
        logits = network(((pixels - mean) / std)[None])["out"]
    return logits.softmax(1)[0, number].numpy()


def test_finds_where_torchvision_finds(network: DeepLabV3, picture: Rgb8) -> None:
    theirs = torchvisions(network, picture, 15)
    assert 0.02 < (theirs > 0.5).mean() < 0.98
    people = DeepLab(copy.deepcopy(network), ("person",), precision=torch.float32).people(picture)
    assert len(people) >= 1
    assert set(people.labels) == {"person"}
    ours = union(people, 96, 96)
    sure = theirs > 0.5
    # specks below the least part are left out of ours
    assert (ours[sure] > 0.5).mean() > 0.98
    np.testing.assert_allclose(ours[ours > 0.5], theirs[ours > 0.5], atol=2e-3)


def test_parts_that_do_not_touch_are_told_apart_and_hold_nothing_of_each_other(
    network: DeepLabV3,
) -> None:
    likely = np.zeros((1, 96, 128), np.float32)
    likely[0, 10:80, 10:40] = 0.9
    likely[0, 10:80, 43:90] = 0.8
    likely[0, 90:92, 120:122] = 1.0  # a speck
    people = DeepLab(copy.deepcopy(network), ("person",))._parts(likely, (192, 256, 3))
    assert len(people) == 2
    np.testing.assert_allclose(people.scores, [0.9, 0.8], atol=1e-6)
    np.testing.assert_allclose(people.boxes, [[16, 16, 84, 164], [82, 16, 184, 164]], atol=4.1)
    np.testing.assert_allclose(union(people, 192, 256)[40, [40, 120, 230]], [0.9, 0.8, 0], atol=0.01)


def test_a_part_of_28_pixels_is_not_taken_for_cells(network: DeepLabV3) -> None:
    likely = np.zeros((1, 96, 96), np.float32)
    likely[0, 30:54, 30:54] = 1.0
    people = DeepLab(copy.deepcopy(network), ("person",))._parts(likely, (96, 96, 3))
    np.testing.assert_array_equal(union(people, 96, 96), likely[0])


def test_nobody_is_an_answer(network: DeepLabV3, picture: Rgb8) -> None:
    quiet = copy.deepcopy(network)
    with torch.no_grad():
        quiet.classifier[4].bias[15] -= 1000.0
    assert len(DeepLab(quiet, ("person",)).people(picture)) == 0


def test_weights_that_are_no_numbers_are_told_from_nobody(network: DeepLabV3, picture: Rgb8) -> None:
    broken = copy.deepcopy(network)
    with torch.no_grad():
        broken.classifier[4].bias[0] = float("nan")
    with pytest.raises(MattingError, match="not numbers"):
        DeepLab(broken, ("person",)).people(picture)


def test_loads_the_weights_of_a_file(network: DeepLabV3, picture: Rgb8, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(network.state_dict(), path)
    found = load_deeplab(path, ("person",)).people(picture)
    expected = DeepLab(copy.deepcopy(network), ("person",)).people(picture)
    assert len(found) == len(expected)
    torch.save({"layer": torch.zeros(3)}, path)
    with pytest.raises(WeightsError, match="does not hold weights"):
        load_deeplab(path, ("person",))


def test_class_numbers_and_file_are_those_of_the_official_weights() -> None:
    official = DeepLabV3_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1
    names = official.meta["categories"]
    assert voc_numbers(("person", "car", "dog")) == {names.index(n): n for n in ("person", "car", "dog")}
    file = next(each.file for each in CHECKPOINTS if each.model == DEEPLAB)
    assert official.url.endswith(f"/{file}")


def test_classes_that_it_does_not_know_are_left_out_or_refused() -> None:
    assert voc_numbers(("person", "teddy bear")) == {15: "person"}
    with pytest.raises(MattingError, match=r"DeepLabV3 knows none of .*teddy bear"):
        voc_numbers(("teddy bear",))
