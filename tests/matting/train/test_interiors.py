import numpy as np
import pytest

from booth.matting.train import interiors
from booth.matting.train.furniture import Furniture
from booth.matting.train.interiors import Store, interior, stood_near
from booth.matting.train.rooms import drawn_room


def rooms(store: Store | None, count: int) -> list[np.ndarray]:
    return [
        interior(np.random.default_rng((4, number)), 96, 72, store, drawn_room) for number in range(count)
    ]


def test_a_room_is_a_function_of_its_seed_with_furniture_and_without(furniture: Furniture) -> None:
    for store in (None, Store(furniture)):
        first, second = rooms(store, 25), rooms(store, 25)
        assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
        assert {one.shape for one in first} == {(96, 72, 3)}
        assert {one.dtype for one in first} == {np.dtype(np.uint8)}
        assert np.mean([one.std() for one in first]) > 10


@pytest.mark.parametrize("draw", interiors.FREE)
def test_every_thing_changes_a_part_of_the_room_only(draw: interiors.Drawer) -> None:
    wall = np.full((120, 160, 3), 128, np.uint8)
    shares = [float((draw(np.random.default_rng(seed), wall) != 128).any(2).mean()) for seed in range(30)]
    assert 0 < np.median(shares) < 0.7
    assert (wall == 128).all()


def test_a_thing_near_by_is_told_where_it_is(furniture: Furniture) -> None:
    wall = np.full((120, 160, 3), 128, np.uint8)
    covered = []
    for seed in range(30):
        place, share = stood_near(np.random.default_rng(seed), wall, Store(furniture))
        assert (place[share == 0] == 128).all()
        covered.append(float(share.mean() / 255))
    assert 0.05 < np.mean(covered) < 0.8


def test_validation_never_shows_the_furniture_that_training_shows(furniture: Furniture) -> None:
    names = [{view.name for view in furniture.views if view.held_back == kept} for kept in (False, True)]
    assert not names[0] & names[1]
