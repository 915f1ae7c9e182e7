"""Masks as COCO writes them, against the masks themselves."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booth.matting.people import union
from booth.service.api.masks import class_map, palette, polygons, run_lengths
from booth.shot import People

HEIGHT, WIDTH = 40, 50


def person(mask: Any, *box: float, score: float = 0.9, label: str = "person") -> People:
    boxes, scores = np.array([box], np.float32), np.array([score], np.float32)
    return People((np.asarray(mask, np.float32),), boxes, scores, (label,))


def together(*people: People) -> People:
    return People(
        tuple(each.masks[0] for each in people),
        np.concatenate([each.boxes for each in people]),
        np.concatenate([each.scores for each in people]),
        tuple(each.labels[0] for each in people),
    )


def mask_of(runs: dict[str, Any]) -> Any:
    """COCO's text as a mask: five bits a letter, each run but the first two told as a difference."""
    counts: list[int] = []
    value = shift = 0
    for letter in runs["counts"].encode():
        bits = letter - 48
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            continue
        if bits & 0x10:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = shift = 0
    height, width = runs["size"]
    return np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(width, height).T


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(-20, 45), st.integers(-20, 35), st.integers(1, 70), st.integers(1, 60)),
    st.sampled_from([(28, 28), (0, 0)]),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_run_lengths_say_what_the_mask_says(
    seed: int, box: tuple[int, int, int, int], grid: tuple[int, int]
) -> None:
    left, top, width, height = box
    shape = grid if grid[0] else (height, width)
    mask = cv2.blur(np.random.default_rng(seed).random(shape, np.float32), (3, 3))
    people = person(mask, left, top, left + width, top + height)
    runs = run_lengths(people, 0, HEIGHT, WIDTH)
    assert np.array_equal(mask_of(runs), union(people, HEIGHT, WIDTH) > 0.5)


def test_the_text_is_the_one_that_coco_writes() -> None:
    # Runs of 3, 2 and 1 in a picture of 3 x 2, as pycocotools writes them.
    people = person([[1.0], [1.0]], 1, 0, 2, 2)
    assert run_lengths(people, 0, 3, 2) == {"size": [3, 2], "counts": "321"}
    everything = person(np.ones((3, 2)), 0, 0, 2, 3)
    assert run_lengths(everything, 0, 3, 2)["counts"] == "06"
    nothing = person(np.zeros((3, 2)), 0, 0, 2, 3)
    assert run_lengths(nothing, 0, 3, 2)["counts"] == "6"


def test_each_outline_is_a_polygon() -> None:
    mask = np.zeros((30, 40))
    mask[5:15, 5:15] = mask[20:28, 25:38] = 1
    found = polygons(person(mask, 4, 6, 44, 36), 0, HEIGHT, WIDTH)
    boxes = sorted([min(each[::2]), min(each[1::2]), max(each[::2]), max(each[1::2])] for each in found)
    assert boxes == [[9, 11, 18, 20], [29, 26, 41, 33]]
    assert polygons(person(np.zeros((3, 3)), 0, 0, 3, 3), 0, HEIGHT, WIDTH) == []


def test_the_surer_of_two_has_the_pixel() -> None:
    dog = person(np.ones((20, 20)), 0, 0, 20, 20, score=0.6, label="dog")
    guest = person(np.ones((20, 20)), 10, 0, 30, 20, score=0.9)
    for people in (together(dog, guest), together(guest, dog)):
        classes = class_map(people, HEIGHT, WIDTH)
        assert (classes[5, 5], classes[5, 15], classes[5, 25], classes[30, 40]) == (18, 1, 1, 0)


@pytest.mark.parametrize(
    ("number", "colour"), [(0, (0, 0, 0)), (1, (128, 0, 0)), (2, (0, 128, 0)), (15, (192, 128, 128))]
)
def test_the_colours_are_those_of_pascal(number: int, colour: tuple[int, int, int]) -> None:
    assert tuple(palette()[3 * number : 3 * number + 3]) == colour
