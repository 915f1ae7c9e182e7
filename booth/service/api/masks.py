"""Masks as a tool wants them: COCO's run lengths, outlines as polygons, and a map of classes."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask
from booth.matting.coco import number_of
from booth.matting.people import stretched
from booth.shot import People

SURE = 0.5
"""Probability above which a pixel counts as the instance's."""
_SMOOTH = 0.75  # pixels by which an outline may leave the mask's own
Classes = NDArray[np.uint8]


def run_lengths(people: People, number: int, height: int, width: int) -> dict[str, object]:
    """One instance's mask in a picture of this size as COCO writes it: `size`, and `counts` as its short text.

    Only the instance's own box is ever looked at, however large the picture.
    """
    mask, left, top = _inside(people, number, height, width)
    rim = np.zeros((1, mask.shape[1]), np.int8)
    steps = np.diff(np.concatenate([rim, mask.astype(np.int8), rim]), axis=0).T  # a row for each column
    from_column, from_row = np.nonzero(steps == 1)
    to_column, to_row = np.nonzero(steps == -1)
    starts = (left + from_column) * height + top + from_row
    ends = (left + to_column) * height + top + to_row
    if starts.size:
        # a run that fills its column down to the foot goes on at the head of the next
        apart = starts[1:] != ends[:-1]
        starts, ends = starts[np.r_[True, apart]], ends[np.r_[apart, True]]
    borders = np.empty(2 * starts.size, np.int64)
    borders[::2], borders[1::2] = starts, ends
    counts = np.diff(np.concatenate([[0], borders, [height * width]])).tolist()
    if not counts[-1]:  # the last pixel is the instance's, and COCO writes no run of nothing after it
        counts.pop()
    return {"size": [height, width], "counts": _as_text(counts)}


def polygons(people: People, number: int, height: int, width: int) -> list[list[float]]:
    """One instance's outlines as COCO writes polygons: x0, y0, x1, y1 and so on, holes left out."""
    mask, left, top = _inside(people, number, height, width)
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    smooth = (cv2.approxPolyDP(outline, _SMOOTH, True)[:, 0] for outline in outlines)
    return [
        (points + np.array([left, top])).astype(float).ravel().tolist()
        for points in smooth
        if len(points) > 2
    ]


def class_map(people: People, height: int, width: int) -> Classes:
    """The COCO number of each pixel's class, 0 for none; the surer instance counts where two meet.

    Returns
    -------
    uint8 of shape (height, width)
    """
    classes = np.zeros((height, width), np.uint8)
    for number in np.argsort(people.scores, kind="stable"):
        mask, left, top = _inside(people, int(number), height, width)
        here = classes[top : top + mask.shape[0], left : left + mask.shape[1]]
        here[mask] = number_of(people.labels[number])
    return classes


def palette() -> list[int]:
    """The colours of the classes, 256 times red, green and blue, as Pascal VOC paints them."""
    return [part for number in range(256) for part in _colour(number)]


def _colour(number: int) -> Iterator[int]:
    """The bits of the number, three by three, go to the high bits of red, green and blue."""
    for channel in range(3):
        yield sum(((number >> (3 * place + channel)) & 1) << (7 - place) for place in range(3))


def _inside(people: People, number: int, height: int, width: int) -> tuple[Mask, int, int]:
    """The instance's mask as far as it lies in the picture, and its left and top there."""
    mask, left, top = stretched(people.masks[number], people.boxes[number])
    x0, y0 = min(max(left, 0), width), min(max(top, 0), height)
    x1, y1 = (
        min(max(left + mask.shape[1], x0), width),
        min(max(top + mask.shape[0], y0), height),
    )
    return mask[y0 - top : y1 - top, x0 - left : x1 - left] > SURE, x0, y0


def _as_text(counts: list[int]) -> str:
    """Run lengths as COCO's text: differences to the run before last, five bits a letter from «0» on."""
    text = bytearray()
    for place, count in enumerate(counts):
        value = count - counts[place - 2] if place > 2 else count
        more = True
        while more:
            bits, value = value & 0x1F, value >> 5
            more = value != (-1 if bits & 0x10 else 0)
            text.append(48 + bits + (0x20 if more else 0))
    return text.decode()
