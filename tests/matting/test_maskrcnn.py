"""Mask R-CNN against torchvision's own path, on seeded random weights: nothing here speaks of quality."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.detection import MaskRCNN, MaskRCNN_ResNet50_FPN_V2_Weights
from torchvision.ops import box_iou

from booth.arrays import Rgb8
from booth.config.settings import MaskRcnnSettings
from booth.errors import MattingError, WeightsError
from booth.matting.coco import label_numbers
from booth.matting.convolutions import half_precision
from booth.matting.maskrcnn import MaskRcnn, load_maskrcnn, network_size, untrained
from booth.matting.people import union
from booth.shot import People

SETTINGS = MaskRcnnSettings(input_size=256, score=0.3, classes=("person", "car"), props=())


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two busy processes with two threads each slow each other down tenfold."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def network() -> MaskRCNN:
    """A random network that finds many things: batch norms that do something, classes that stand out."""
    torch.manual_seed(7)
    network = untrained("maskrcnn_resnet50_fpn_v2", min_size=256, max_size=427)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2.0)
    heads = network.roi_heads
    with torch.no_grad():
        heads.box_predictor.cls_score.weight.mul_(30)
        heads.box_predictor.cls_score.bias[[1, 3]] += 25.0
        heads.mask_predictor.mask_fcn_logits.weight.mul_(20)
    heads.score_thresh = SETTINGS.score
    return network.eval()


@pytest.fixture(scope="module")
def picture() -> Rgb8:
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (16, 16, 3), np.uint8)
    return np.ascontiguousarray(np.kron(coarse, np.ones((16, 16, 1), np.uint8)))


def torchvisions(network: MaskRCNN, image: Rgb8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes, scores and full-size masks of the kept classes by torchvision's own forward, the ten best."""
    pixels = torch.from_numpy(image).permute(2, 0, 1).float() / 255
    with torch.inference_mode():
        found = network([pixels])[0]
    kept = torch.isin(found["labels"], torch.tensor([1, 3])).nonzero()[:10, 0]
    return tuple(found[key][kept].numpy() for key in ("boxes", "scores", "masks"))  # type: ignore[return-value]


def one(people: People, number: int) -> People:
    only = slice(number, number + 1)
    return People(people.masks[only], people.boxes[only], people.scores[only], people.labels[only])


def test_finds_what_torchvision_finds(network: MaskRCNN, picture: Rgb8) -> None:
    boxes, scores, masks = torchvisions(network, picture)
    people = MaskRcnn(copy.deepcopy(network), SETTINGS, precision=torch.float32).people(picture)
    assert len(boxes) >= 4
    assert len(people) == len(boxes)
    np.testing.assert_allclose(people.boxes, boxes, atol=0.01)
    np.testing.assert_allclose(people.scores, scores, atol=1e-3)
    for number, mask in enumerate(masks):
        np.testing.assert_allclose(union(one(people, number), 256, 256), mask[0], atol=2e-3)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_finds_what_the_processor_finds(network: MaskRCNN, picture: Rgb8) -> None:
    """In float32 to the rounding of another order of sums; in half precision the best ones are there."""
    exact = MaskRcnn(copy.deepcopy(network), SETTINGS, precision=torch.float32).people(picture)
    people = MaskRcnn(copy.deepcopy(network), SETTINGS, "cuda", torch.float32).people(picture)
    assert len(people) == len(exact) >= 4
    np.testing.assert_allclose(people.boxes, exact.boxes, atol=0.5)
    np.testing.assert_allclose(people.scores, exact.scores, atol=0.01)
    rounded = MaskRcnn(copy.deepcopy(network), SETTINGS, "cuda", torch.float16)
    rounded.warm_up()
    overlap = box_iou(torch.tensor(exact.boxes[:4]), torch.tensor(rounded.people(picture).boxes))
    assert overlap.numel()
    assert float(overlap.max(1)[0].min()) > 0.9


def test_finds_the_same_in_a_picture_of_another_size(network: MaskRCNN) -> None:
    ramp = np.linspace(0, 255, 512 * 640 * 3).reshape(512, 640, 3)
    wave = 60 * np.sin(np.arange(640) / 40)[None, :, None]
    image = np.clip(ramp + wave, 0, 255).astype(np.uint8)
    boxes, scores, _ = torchvisions(network, image)
    people = MaskRcnn(copy.deepcopy(network), SETTINGS, precision=torch.float32).people(image)
    assert len(people) == len(boxes) == 10
    # resized as bytes, near-equal scores may change places: of the best five each must be there
    overlap = box_iou(torch.tensor(boxes[:5]), torch.tensor(people.boxes)).numpy()
    assert overlap.max(1).min() > 0.97
    np.testing.assert_allclose(people.scores[overlap.argmax(1)], scores[:5], atol=0.02)


def test_keeps_only_the_classes_asked_for(network: MaskRCNN, picture: Rgb8) -> None:
    settings = SETTINGS.model_copy(update={"classes": ("car",)})
    people = MaskRcnn(copy.deepcopy(network), settings, precision=torch.float32).people(picture)
    assert set(people.labels) == {"car"}


def test_answers_after_warming_up_in_the_precision_that_was_faster(network: MaskRCNN, picture: Rgb8) -> None:
    segmenter = MaskRcnn(copy.deepcopy(network), SETTINGS)
    segmenter.warm_up()
    whole = MaskRcnn(copy.deepcopy(network), SETTINGS, precision=torch.float32).people(picture)
    people = segmenter.people(picture)
    trials = segmenter.precision_trials
    assert trials["float32"] > 0
    assert ("bfloat16" in trials) == (half_precision(torch.device("cpu")) is not None)
    assert segmenter.device.split(", ")[1] in trials
    assert abs(len(people) - len(whole)) <= 3
    assert set(segmenter.timings) == {"transform", "backbone", "proposals", "boxes", "masks"}


def test_nobody_is_an_answer(network: MaskRCNN, picture: Rgb8) -> None:
    settings = SETTINGS.model_copy(update={"classes": ("toothbrush",), "score": 0.9})
    assert len(MaskRcnn(copy.deepcopy(network), settings, precision=torch.float32).people(picture)) == 0


def test_weights_that_are_no_numbers_are_told_from_nobody(network: MaskRCNN, picture: Rgb8) -> None:
    broken = copy.deepcopy(network)
    with torch.no_grad():
        broken.roi_heads.box_predictor.cls_score.weight.fill_(float("nan"))
    with pytest.raises(MattingError, match="not numbers"):
        MaskRcnn(broken, SETTINGS).people(picture)


def test_takes_a_picture_that_is_closed_for_writing(network: MaskRCNN, picture: Rgb8) -> None:
    closed = picture.view()
    closed.flags.writeable = False
    assert len(MaskRcnn(copy.deepcopy(network), SETTINGS, precision=torch.float32).people(closed)) > 0


@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_loads_the_weights_of_a_file(network: MaskRCNN, picture: Rgb8, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"weights.{kind}"
    if kind == "pth":
        torch.save(network.state_dict(), path)
    else:
        from safetensors.torch import save_file

        save_file(network.state_dict(), path)
    people = load_maskrcnn(path, SETTINGS).people(picture)
    expected = MaskRcnn(copy.deepcopy(network), SETTINGS).people(picture)
    np.testing.assert_allclose(people.boxes, expected.boxes, atol=1e-3)
    path.unlink()


def test_a_file_of_another_network_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"layer": torch.zeros(3)}, path)
    with pytest.raises(WeightsError, match=r"weights\.pth does not hold weights of .*weights fetch"):
        load_maskrcnn(path, SETTINGS)


def test_a_file_that_would_run_a_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"layer": Path("anything")}, path)
    with pytest.raises(WeightsError, match="does not hold weights"):
        load_maskrcnn(path, SETTINGS)


@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_a_truncated_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"weights.{kind}"
    torch.save({"layer": torch.zeros(3000)}, path)
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(WeightsError, match="does not hold weights"):
        load_maskrcnn(path, SETTINGS)


def test_unknown_classes_are_refused_with_what_comes_near() -> None:
    with pytest.raises(MattingError, match="'persn' is no class of the network; did you mean person"):
        label_numbers(("car", "persn"))


def test_class_numbers_are_those_of_the_official_weights() -> None:
    names = MaskRCNN_ResNet50_FPN_V2_Weights.COCO_V1.meta["categories"]
    known = [name for name in names if name not in ("__background__", "N/A")]
    assert label_numbers(known) == {names.index(name): name for name in known}


@pytest.mark.parametrize(
    ("height", "width", "shorter", "expected"),
    [(1920, 1920, 800, (800, 800)), (1080, 1920, 800, (749, 1333)), (512, 640, 256, (256, 320))],
)
def test_network_size_is_torchvisions(
    height: int, width: int, shorter: int, expected: tuple[int, int]
) -> None:
    assert network_size(height, width, shorter) == expected
