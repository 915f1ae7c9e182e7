from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from booth.errors import WeightsError
from booth.matting.network import PeopleNet, Widths, _inputs, folded, inputs_of, load, quickened, save

SMALL = Widths(8, 8, 8, 8, 8, (0, 1, 1, 1))


@pytest.fixture
def network() -> PeopleNet:
    """A small network that has seen a few pictures, so that its normalisation is not the identity."""
    torch.manual_seed(1)
    network = PeopleNet(SMALL)
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(4, 3, 64, 96), torch.rand(4, 3, 64, 96), torch.ones(4))
    return network.eval()


@pytest.fixture
def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(2)
    return torch.rand(2, 3, 64, 96), torch.rand(2, 3, 64, 96)


def test_every_pixel_gets_a_logit_whatever_the_size(network: PeopleNet) -> None:
    with torch.inference_mode():
        for height, width in ((32, 32), (64, 160), (192, 96)):
            frame = torch.rand(1, 3, height, width)
            assert network(frame, frame, torch.zeros(1)).shape == (1, 1, height, width)


def test_folding_changes_no_answer(network: PeopleNet, pictures: tuple[torch.Tensor, torch.Tensor]) -> None:
    with torch.inference_mode():
        before = network(*pictures, torch.tensor([1.0, 0.0]))
        after = folded(network)(*pictures, torch.tensor([1.0, 0.0]))
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4)
    assert any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in folded(network).modules())


def test_a_withheld_plate_has_no_influence(
    network: PeopleNet, pictures: tuple[torch.Tensor, torch.Tensor]
) -> None:
    frame, plate = pictures
    without = torch.zeros(2)
    with torch.inference_mode():
        blank = network(frame, torch.zeros_like(plate), without)
        torch.testing.assert_close(network(frame, plate, without), blank)
        assert not torch.allclose(network(frame, plate, torch.ones(2)), blank)


def test_flags_may_have_any_shape_that_holds_one_a_picture(
    network: PeopleNet, pictures: tuple[torch.Tensor, torch.Tensor]
) -> None:
    flag = torch.tensor([1.0, 0.0])
    with torch.inference_mode():
        flat, deep = network(*pictures, flag), network(*pictures, flag.reshape(2, 1, 1, 1))
    torch.testing.assert_close(flat, deep)


def test_saved_weights_answer_as_before(
    network: PeopleNet, pictures: tuple[torch.Tensor, torch.Tensor], tmp_path: Path
) -> None:
    path = tmp_path / "people.safetensors"
    save(network, path, {"steps": "3"})
    read = load(path)
    assert read.widths == SMALL
    assert not read.training
    assert not any(value.requires_grad for value in read.parameters())
    with torch.inference_mode():
        expected = network(*pictures, torch.ones(2))
        torch.testing.assert_close(read(*pictures, torch.ones(2)), expected, rtol=0.02, atol=0.02)
    assert [found.name for found in tmp_path.iterdir()] == ["people.safetensors"]


def test_what_are_no_weights_of_this_network_is_refused(network: PeopleNet, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        load(tmp_path / "missing.safetensors")
    foreign = tmp_path / "foreign.safetensors"
    save_file({"weight": torch.zeros(3)}, foreign)
    with pytest.raises(WeightsError, match="no known format"):
        load(foreign)
    cut = tmp_path / "cut.safetensors"
    save(network, cut)
    cut.write_bytes(cut.read_bytes()[:-100])
    with pytest.raises(WeightsError, match="cannot be read"):
        load(cut)


@pytest.mark.parametrize("has_plate", [True, False])
def test_inputs_of_bytes_are_those_of_tensors(has_plate: bool) -> None:
    random = np.random.default_rng(3)
    frame, plate = (
        cv2.GaussianBlur(random.integers(0, 256, (64, 96, 3), np.uint8), (5, 5), 0) for _ in range(2)
    )
    tensors = (torch.from_numpy(each[None]).permute(0, 3, 1, 2).float() / 255 for each in (frame, plate))
    expected = _inputs(*tensors, torch.tensor([float(has_plate)]))[0].permute(1, 2, 0).numpy()
    np.testing.assert_allclose(inputs_of(frame, plate if has_plate else None), expected, atol=1e-5)


def test_quickening_changes_answers_by_rounding_only(network: PeopleNet) -> None:
    inputs = torch.rand(1, 32, 32, 48).to(torch.bfloat16).to(memory_format=torch.channels_last)
    plain = folded(network).to(torch.bfloat16).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        expected = plain.answer(inputs.clone()).float()
        found = quickened(plain).answer(inputs).float()
    assert float((found.sigmoid() - expected.sigmoid()).abs().max()) < 0.02
