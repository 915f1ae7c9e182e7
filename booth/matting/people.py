"""Instances laid into the picture: their union as one probability, and a drawing to look at."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Probability, Rgb8, check_rgb, read_only
from booth.errors import MattingError
from booth.shot import People

_GRID = (28, 28)
_COLOURS = (
    (255, 92, 92),
    (64, 180, 255),
    (255, 200, 40),
    (90, 220, 120),
    (200, 120, 255),
    (255, 140, 40),
    (60, 220, 220),
    (255, 120, 200),
)


def union(people: People, height: int, width: int) -> Probability:
    """How likely each pixel shows any of the people.

    Each mask is stretched inside its own box only. Grids of 28x28 land on the same pixels with the same
    values as torchvision's `paste_masks_in_image` gives them; other masks fill their boxes exactly.

    Returns
    -------
    float32 of shape (height, width), in [0, 1]
    """
    together = np.zeros((height, width), np.float32)
    for mask, box in zip(people.masks, people.boxes, strict=True):
        placed, left, top = stretched(mask, box)
        _lay(together, placed, left, top)
    return np.minimum(together, 1, out=together)  # interpolation may exceed what it is given by a rounding


def stretched(mask: Probability, box: NDArray[np.float32]) -> tuple[Probability, int, int]:
    """One person's mask in pixels, and its left and top, which may lie outside of the picture.

    Parameters
    ----------
    mask, box : one of `People.masks` and of `People.boxes`
    """
    if mask.shape == _GRID:
        mask, box = _widened(mask, box)
        left, top, right, bottom = (int(edge) for edge in box)
        size = max(right - left + 1, 1), max(bottom - top + 1, 1)
    else:
        left, top, right, bottom = (round(float(edge)) for edge in box)
        size = max(right - left, 1), max(bottom - top, 1)
    if size == (mask.shape[1], mask.shape[0]):
        return mask, left, top
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR), np.float32), left, top


def check_people(people: People) -> None:
    """Refuse what a segmenter in trouble may answer: values that are no numbers, shapes that do not fit.

    Raises
    ------
    MattingError
        Saying what is wrong.
    """
    count = len(people.masks)
    if people.boxes.shape != (count, 4) or people.scores.shape != (count,) or len(people.labels) != count:
        counts = f"{count} masks, boxes {people.boxes.shape}, scores {people.scores.shape}"
        raise MattingError(f"the answer's shapes do not fit: {counts}, {len(people.labels)} labels")
    if not (np.isfinite(people.boxes).all() and np.isfinite(people.scores).all()):
        raise MattingError("boxes or scores are not numbers")
    for mask in people.masks:
        if mask.ndim != 2 or mask.size == 0 or mask.dtype != np.float32:
            raise MattingError(f"a mask is {mask.dtype} {mask.shape}, expected float32 (h, w)")
        low, high = float(mask.min()), float(mask.max())
        if not (low >= 0 and high <= 1):
            raise MattingError(f"a mask's values range over [{low}, {high}], expected [0, 1]")


def alone(people: People, number: int) -> People:
    """One of the people."""
    one = slice(number, number + 1)
    return People(people.masks[one], people.boxes[one], people.scores[one], people.labels[one])


def at_size(people: People, before: tuple[int, int], after: tuple[int, int]) -> People:
    """The same people in the picture at another size, both (height, width) in pixels."""
    down, across = after[0] / before[0], after[1] / before[1]
    boxes = people.boxes * np.array([across, down, across, down], np.float32)
    return People(people.masks, read_only(boxes), people.scores, people.labels)


def moved_left(people: People, by: float) -> People:
    """The same people in a picture that begins `by` pixels further to the right."""
    boxes = people.boxes - np.array([by, 0, by, 0], np.float32)
    return People(people.masks, read_only(boxes), people.scores, people.labels)


def draw_people(image: Rgb8, people: People) -> Rgb8:
    """The picture with each person tinted, outlined and named.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB

    Returns
    -------
    uint8 of shape (H, W, 3), RGB
    """
    check_rgb(image)
    drawn = image.copy()
    for number in range(len(people)):
        _tint(drawn, people, number)
    for number in range(len(people)):
        _label(drawn, people, number)
    return drawn


def _widened(mask: Probability, box: NDArray[np.float32]) -> tuple[Probability, NDArray[np.float32]]:
    """One empty cell all round, as the grid's outermost values sit half a cell inside of the box."""
    scale = np.float32((_GRID[0] + 2) / _GRID[0])
    low, high = box[:2], box[2:]
    centre, half = (high + low) * np.float32(0.5), (high - low) * np.float32(0.5) * scale
    return np.pad(mask, 1), np.concatenate([centre - half, centre + half])


def _lay(together: Probability, mask: Probability, left: int, top: int) -> None:
    height, width = together.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + mask.shape[1], width), min(top + mask.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    here = together[y0:y1, x0:x1]
    np.maximum(here, mask[y0 - top : y1 - top, x0 - left : x1 - left], out=here)


def _tint(drawn: Rgb8, people: People, number: int) -> None:
    colour = np.array(_COLOURS[number % len(_COLOURS)], np.float32)
    mask = union(alone(people, number), drawn.shape[0], drawn.shape[1])
    share = (0.45 * mask)[..., None]
    drawn[:] = (drawn * (1 - share) + colour * share).astype(np.uint8)
    outline, _ = cv2.findContours((mask > 0.5).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(drawn, outline, -1, _COLOURS[number % len(_COLOURS)], _stroke(drawn), cv2.LINE_AA)


def _label(drawn: Rgb8, people: People, number: int) -> None:
    colour = _COLOURS[number % len(_COLOURS)]
    left, top, right, bottom = (round(float(edge)) for edge in people.boxes[number])
    stroke, height = _stroke(drawn), max(14, drawn.shape[0] // 45)
    cv2.rectangle(drawn, (left, top), (right - 1, bottom - 1), colour, stroke)
    text = f"{people.labels[number]} {people.scores[number]:.2f}"
    face = cv2.FontFace("sans")
    box = cv2.getTextSize((0, 0), text, (0, 0), face, height)
    base = max(top - height // 2, height + height // 3)
    cv2.rectangle(
        drawn, (left, base - height - height // 4), (left + box[2] + height, base + height // 2), colour, -1
    )
    cv2.putText(drawn, text, (left + height // 2, base), (20, 20, 20), face, height)


def _stroke(image: Rgb8) -> int:
    return max(1, int(image.shape[0]) // 480)
