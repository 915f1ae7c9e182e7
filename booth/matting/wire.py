"""How a picture travels to a server that finds people, and how its answer travels back.

Whatever comes over a network is untrusted: every length is bounded before anything is allocated for it,
every number is looked at, and nothing may stand behind the end. The numbers are little-endian.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from booth.arrays import Probability, Rgb8, check_rgb, read_only
from booth.errors import PictureError, WireError
from booth.images import jpeg_bytes, pixels_of, png_bytes
from booth.matting.people import check_people
from booth.shot import People, Plate

PATH = "/api/v1/people"
ASK_TYPE = "application/x-booth-picture"
ANSWER_TYPE = "application/x-booth-people"

LOSSLESS = 100
"""Quality from which pictures travel as PNG."""
MOST_PIXELS = 12_000_000
"""Pixels of the largest picture that is asked about."""
MOST_ASKED = 32_000_000
"""Bytes of the largest question, picture and plate together."""
MOST_ANSWERED = 8_000_000
"""Bytes of the largest answer."""
MOST_PEOPLE = 200
MOST_CELLS = 24_000_000
"""Values of all masks of an answer together."""
_MOST_SIDE = 8192
_LONGEST_NAME = 200

_ASK = struct.Struct(
    "<4sII4f"
)  # sign, bytes of picture and plate (0: none), the plate's sigma and brightness
_ASK_SIGN = b"BQ1\n"
_ANSWER = struct.Struct("<4sIIHf")  # sign, height and width of the picture, how many people, seconds
_ANSWER_SIGN = b"BP1\n"
_PERSON = struct.Struct("<5fHHI")  # box, score, height and width of the mask, bytes of the mask
_LEVEL = 3  # of zlib: soft masks are mostly 0 and 255, more effort saves next to nothing


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question: who is in the picture? The plate has the picture's size."""

    image: Rgb8
    plate: Plate | None


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """An answer: the people, by which method, and how many seconds finding them took."""

    people: People
    method: str
    seconds: float


def picture_bytes(image: Rgb8, quality: int) -> bytes:
    """A picture, uint8 (H, W, 3), as JPEG, or as PNG where the quality is `LOSSLESS`."""
    check_rgb(image)
    return png_bytes(image) if quality >= LOSSLESS else jpeg_bytes(image, quality)


def ask_bytes(picture: bytes, plate: Plate | None, empty: bytes) -> bytes:
    """A question's bytes.

    Parameters
    ----------
    picture : the picture as JPEG, PNG or WebP
    plate : noise and brightness of the empty scene, None where there is none
    empty : the empty scene's own picture, of the same height and width
    """
    numbers = (*plate.sigma, plate.brightness) if plate else (0.0, 0.0, 0.0, 0.0)
    shown = empty if plate else b""
    return _ASK.pack(_ASK_SIGN, len(picture), len(shown), *numbers) + picture + shown


def asked(data: bytes) -> Asked:
    """Read a question.

    Raises
    ------
    WireError
        Saying what is wrong with the bytes.
    """
    _check_size(data, _ASK.size, MOST_ASKED, "the question")
    sign, picture_size, plate_size, *numbers = _ASK.unpack_from(data)
    if sign != _ASK_SIGN:
        raise WireError("the question does not begin as one of this version does")
    if _ASK.size + picture_size + plate_size != len(data):
        raise WireError("the question is cut off, or something stands behind its end")
    if not all(math.isfinite(value) and 0 <= value <= 255 for value in numbers):
        raise WireError(f"the plate's noise and brightness are {numbers}, expected 0 to 255")
    start = _ASK.size + picture_size
    image = _pixels(data[_ASK.size : start], "picture")
    if not plate_size:
        return Asked(image, None)
    empty = _pixels(data[start:], "plate")
    if empty.shape != image.shape:
        raise WireError(
            f"the plate is {empty.shape[:2]} and the picture {image.shape[:2]}, expected the same"
        )
    return Asked(image, Plate(empty, 0.0, (numbers[0], numbers[1], numbers[2]), numbers[3]))


def answer_bytes(answer: Answered, height: int, width: int) -> bytes:
    """An answer's bytes; each mask travels as 8-bit steps inside its own box.

    Parameters
    ----------
    height, width : of the picture that was asked about
    """
    people = answer.people
    check_people(people)
    head = _ANSWER.pack(_ANSWER_SIGN, height, width, len(people), answer.seconds)
    return b"".join([head, _name_bytes(answer.method), *_persons(people)])


def answered(data: bytes, height: int, width: int) -> Answered:
    """Read an answer about a picture of that size.

    Raises
    ------
    WireError
        Saying what is wrong with the bytes.
    """
    _check_size(data, _ANSWER.size, MOST_ANSWERED, "the answer")
    sign, high, wide, count, seconds = _ANSWER.unpack_from(data)
    if sign != _ANSWER_SIGN:
        raise WireError("the answer does not begin as one of this version does")
    if (high, wide) != (height, width):
        raise WireError(
            f"the answer is about a picture of {wide} x {high}, asked was about {width} x {height}"
        )
    if count > MOST_PEOPLE:
        raise WireError(f"the answer has {count} people, at most {MOST_PEOPLE} are read")
    if not (math.isfinite(seconds) and seconds >= 0):
        raise WireError(f"the answer took {seconds} s")
    reader = _Reader(data, _ANSWER.size)
    method = reader.name()
    boxes = np.zeros((count, 4), np.float32)
    scores = np.zeros(count, np.float32)
    masks: list[Probability] = []
    labels: list[str] = []
    cells = 0
    for number in range(count):
        *box, score, mask_height, mask_width, size = _PERSON.unpack(reader.take(_PERSON.size))
        cells += mask_height * mask_width
        if not (0 < mask_height <= _MOST_SIDE and 0 < mask_width <= _MOST_SIDE and cells <= MOST_CELLS):
            raise WireError(f"a mask of {mask_width} x {mask_height} is not read")
        boxes[number], scores[number] = box, score
        labels.append(reader.name())
        masks.append(_mask(reader.take(size), mask_height, mask_width))
    reader.check_end()
    _check_numbers(boxes, scores, height, width)
    return Answered(
        People(tuple(masks), read_only(boxes), read_only(scores), tuple(labels)), method, float(seconds)
    )


class _Reader:
    """A place in bytes that moves on, and never past their end."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data, self._place = data, start

    def take(self, size: int) -> bytes:
        end = self._place + size
        if end > len(self._data):
            raise WireError("the answer is cut off")
        taken, self._place = self._data[self._place : end], end
        return taken

    def name(self) -> str:
        size = self.take(1)[0]
        try:
            name = self.take(size).decode("utf-8")
        except UnicodeDecodeError as fault:
            raise WireError("a name in the answer is no text") from fault
        if not name.isprintable():
            raise WireError("a name in the answer has signs that cannot be printed")
        return name

    def check_end(self) -> None:
        if self._place != len(self._data):
            raise WireError("something stands behind the answer's end")


def _persons(people: People) -> Iterator[bytes]:
    for mask, box, score, label in zip(people.masks, people.boxes, people.scores, people.labels, strict=True):
        packed = zlib.compress(np.rint(mask * 255).astype(np.uint8).tobytes(), _LEVEL)
        yield _PERSON.pack(*box.tolist(), float(score), mask.shape[0], mask.shape[1], len(packed))
        yield _name_bytes(label)
        yield packed


def _mask(packed: bytes, height: int, width: int) -> Probability:
    unpacker = zlib.decompressobj()
    try:
        values = unpacker.decompress(packed, height * width + 1)  # one more, to see that there is no more
    except zlib.error as fault:
        raise WireError(f"a mask cannot be unpacked: {fault}") from fault
    if len(values) != height * width or not unpacker.eof or unpacker.unused_data:
        raise WireError(f"a mask has not the {height * width} values that it should have")
    steps = np.frombuffer(values, np.uint8).reshape(height, width)
    return read_only(steps.astype(np.float32) / np.float32(255))


def _check_numbers(boxes: NDArray[np.float32], scores: NDArray[np.float32], height: int, width: int) -> None:
    """Refuse boxes outside of the picture, for which masks would be stretched without bound."""
    if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
        raise WireError("boxes or scores are not numbers")
    if not ((scores >= 0) & (scores <= 1)).all():
        raise WireError("a score is not within 0 to 1")
    low, high = boxes[:, :2], boxes[:, 2:]
    edge = np.array([width, height], np.float32) + 1
    if not ((low >= -1) & (low <= high) & (high <= edge)).all():
        raise WireError("a box is not inside of the picture")


def _check_size(data: bytes, least: int, most: int, what: str) -> None:
    if not least <= len(data) <= most:
        raise WireError(f"{what} has {len(data)} bytes, expected {least} to {most}")


def _pixels(data: bytes, what: str) -> Rgb8:
    try:
        return pixels_of(data, most_pixels=MOST_PIXELS)
    except PictureError as fault:
        raise WireError(f"the {what} {fault.what}") from fault


def _name_bytes(name: str) -> bytes:
    text = name.encode()[:_LONGEST_NAME].decode(errors="ignore").encode()
    return bytes([len(text)]) + text
