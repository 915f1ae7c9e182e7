from __future__ import annotations

import numpy as np
import torch
from torchvision.models.detection.roi_heads import paste_masks_in_image

from booth.matting.people import draw_people, union
from booth.shot import People, nobody


def people_of(masks: list[np.ndarray], boxes: list[list[float]]) -> People:
    count = len(masks)
    return People(tuple(masks), np.array(boxes, np.float32), np.ones(count, np.float32), ("person",) * count)


def test_grids_land_where_torchvision_pastes_them() -> None:
    rng = np.random.default_rng(1)
    masks = [rng.random((28, 28)).astype(np.float32) for _ in range(6)]
    boxes = [[10.3, 20.7, 150.2, 199.9], [0, 0, 200, 160], [0.2, 3.1, 5.4, 7.7], [150, 90, 200, 160]]
    boxes += [[-0.0, 50.5, 28.5, 78.5], [199, 159, 200, 160]]
    pasted = paste_masks_in_image(torch.tensor(np.array(masks))[:, None], torch.tensor(boxes), (160, 200))
    together = union(people_of(masks, boxes), 160, 200)
    np.testing.assert_allclose(together, pasted.numpy()[:, 0].max(0), atol=1e-5)


def test_a_mask_of_one_value_a_pixel_is_laid_unchanged() -> None:
    mask = np.random.default_rng(2).random((30, 40)).astype(np.float32)
    together = union(people_of([mask], [[5, 7, 45, 37]]), 60, 60)
    np.testing.assert_array_equal(together[7:37, 5:45], mask)
    assert together.sum() == mask.sum()


def test_a_box_that_leaves_the_picture_is_cut() -> None:
    together = union(people_of([np.ones((10, 10), np.float32)], [[-5, -5, 5, 5]]), 20, 20)
    assert together.sum() == 25


def test_nobody_is_nowhere() -> None:
    assert union(nobody(), 4, 5).tolist() == np.zeros((4, 5)).tolist()


def test_drawing_tints_the_person_and_leaves_the_input() -> None:
    image = np.full((480, 480, 3), 100, np.uint8)
    before = image.copy()
    drawn = draw_people(image, people_of([np.ones((200, 100), np.float32)], [[100, 100, 200, 300]]))
    np.testing.assert_array_equal(image, before)
    assert (drawn[150:250, 120:180] != 100).all()
    assert (drawn[350:, 350:] == 100).all()


def test_no_rounding_makes_a_probability_larger_than_one() -> None:
    mask = np.full((28, 28), np.nextafter(np.float32(1), np.float32(0)), np.float32)
    mask[::3] = 1
    people = People((mask,), np.array([[3, 5, 701, 803]], np.float32), np.ones(1, np.float32), ("person",))
    assert union(people, 900, 900).max() <= 1
