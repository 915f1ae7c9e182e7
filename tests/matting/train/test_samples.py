from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from booth.matting.train.pack import Pack, open_pack
from booth.matting.train.samples import Recipe, Sample, Studio

COMPOSITES = Recipe(photo=0.0, plate=1.0, nobody=0.0, wrong_plate=0.0, person_in_plate=0.0)


@pytest.fixture(scope="module")
def pack(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return open_pack(photos, tmp_path_factory.mktemp("cache"))


def drawn(pack: Pack, recipe: Recipe, count: int) -> list[Sample]:
    studio = Studio(pack, recipe)
    return [studio.sample(np.random.default_rng((9, number)), 64, 96) for number in range(count)]


def test_a_sample_is_a_function_of_its_seed(pack: Pack) -> None:
    first, second = drawn(pack, Recipe(), 12), drawn(pack, Recipe(), 12)
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.frame, other.frame)
        assert np.array_equal(one.alpha, other.alpha)
        assert (one.plate is None) == (other.plate is None)
    assert not np.array_equal(first[0].frame, first[1].frame)


def test_shapes_and_types_are_what_a_batch_needs(pack: Pack) -> None:
    for one in drawn(pack, Recipe(), 40):
        assert one.frame.shape == (64, 96, 3)
        assert one.alpha.shape == one.weight.shape == (64, 96)
        assert {one.frame.dtype, one.alpha.dtype, one.weight.dtype} == {np.dtype(np.uint8)}
        assert one.weight.min() >= 32
        assert one.plate is None or one.plate.shape == one.frame.shape


def test_photographs_have_no_plate_and_show_somebody(pack: Pack) -> None:
    photographs = drawn(pack, Recipe(photo=1.0), 30)
    assert all(one.plate is None for one in photographs)
    assert sum(bool((one.alpha > 127).any()) for one in photographs) >= 28


def test_frame_and_plate_differ_where_people_are_and_little_elsewhere(pack: Pack) -> None:
    inside, outside = [], []
    for one in drawn(pack, COMPOSITES, 60):
        assert one.plate is not None
        apart = np.abs(one.frame.astype(int) - one.plate).mean(2)
        inside.append(float(apart[one.alpha > 250].mean()) if (one.alpha > 250).any() else np.nan)
        outside.append(float(apart[one.alpha < 5].mean()) if (one.alpha < 5).any() else np.nan)
    assert np.nanmedian(inside) > 2.5 * np.nanmedian(outside)


def test_an_empty_scene_has_an_empty_alpha(pack: Pack) -> None:
    empty = replace(COMPOSITES, nobody=1.0, plate=0.5)
    assert all(not one.alpha.any() for one in drawn(pack, empty, 20))


def test_a_wrong_plate_shows_another_place(pack: Pack) -> None:
    calm = replace(COMPOSITES, nobody=1.0, stage_light=0.0)
    apart = {
        wrong: np.median(
            [
                np.abs(one.frame.astype(int) - one.plate).mean()
                for one in drawn(pack, replace(calm, wrong_plate=wrong), 30)
                if one.plate is not None
            ]
        )
        for wrong in (0.0, 1.0)
    }
    assert apart[1.0] > 2 * apart[0.0]


def test_validation_never_shows_whom_training_shows(pack: Pack) -> None:
    training, validation = Studio(pack), Studio(pack, held_back=True)
    names = [{place.name for place in [*one._good, *one._rest]} for one in (training, validation)]
    assert not names[0] & names[1] or not any(place.held_back for place in pack.places)
