"""Questions and answers on the wire: they arrive as they were sent, and nothing else is read."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from booth.errors import WireError
from booth.matting.selftest import drawn_scene
from booth.matting.wire import (
    LOSSLESS,
    MOST_ANSWERED,
    MOST_PEOPLE,
    Answered,
    answer_bytes,
    answered,
    ask_bytes,
    asked,
    picture_bytes,
)
from booth.shot import People, nobody

HEIGHT, WIDTH = 90, 120
STEP = 0.5 / 255 + 1e-6


def names() -> st.SearchStrategy[str]:
    return st.text(st.characters(categories=["L", "N"]), max_size=20)


@st.composite
def groups(draw: Any) -> People:
    """Any people that a rung may find in a picture of HEIGHT x WIDTH."""
    count = draw(st.integers(0, 4))
    shapes = [(draw(st.integers(1, 30)), draw(st.integers(1, 30))) for _ in range(count)]
    values = st.floats(0, 1, width=32)
    masks = tuple(draw(arrays(np.float32, shape, elements=values)) for shape in shapes)
    boxes = []
    for _ in range(count):
        across = sorted(draw(st.tuples(st.floats(0, WIDTH, width=32), st.floats(0, WIDTH, width=32))))
        down = sorted(draw(st.tuples(st.floats(0, HEIGHT, width=32), st.floats(0, HEIGHT, width=32))))
        boxes.append((across[0], down[0], across[1], down[1]))
    scores = np.array([draw(values) for _ in range(count)], np.float32)
    labels = tuple(draw(names()) for _ in range(count))
    return People(masks, np.array(boxes, np.float32).reshape(count, 4), scores, labels)


@settings(max_examples=60, deadline=None)
@given(groups(), names(), st.floats(0, 1e4, width=32))
def test_an_answer_arrives_as_it_was_sent(people: People, method: str, seconds: float) -> None:
    got = answered(answer_bytes(Answered(people, method, seconds), HEIGHT, WIDTH), HEIGHT, WIDTH)
    assert (got.method, got.seconds, got.people.labels) == (method, seconds, people.labels)
    np.testing.assert_array_equal(got.people.boxes, people.boxes)
    np.testing.assert_array_equal(got.people.scores, people.scores)
    for mask, sent in zip(got.people.masks, people.masks, strict=True):
        assert mask.shape == sent.shape
        assert float(np.abs(mask - sent).max()) <= STEP


@settings(max_examples=150, deadline=None)
@given(groups(), st.data())
def test_a_damaged_answer_is_refused_or_still_an_answer_within_bounds(people: People, data: Any) -> None:
    sent = bytearray(answer_bytes(Answered(people, "network", 1.0), HEIGHT, WIDTH))
    for _ in range(data.draw(st.integers(1, 3))):
        sent[data.draw(st.integers(0, len(sent) - 1))] = data.draw(st.integers(0, 255))
    try:
        got = answered(bytes(sent[: data.draw(st.integers(0, len(sent)))]), HEIGHT, WIDTH).people
    except WireError:
        return
    for mask, box in zip(got.masks, got.boxes, strict=True):
        assert float(mask.min()) >= 0
        assert float(mask.max()) <= 1
        assert box.min() >= -1
        assert box.max() <= WIDTH + 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_rubbish_is_refused(data: bytes) -> None:
    for read in (lambda: asked(data), lambda: answered(data, HEIGHT, WIDTH)):
        with pytest.raises(WireError):
            read()


@pytest.mark.parametrize(("quality", "most"), [(LOSSLESS, 0), (92, 6)])
def test_a_question_brings_picture_and_plate(quality: int, most: float) -> None:
    scene = drawn_scene()
    pictures = [picture_bytes(image, quality) for image in (scene.image, scene.plate.image)]
    got = asked(ask_bytes(pictures[0], scene.plate, pictures[1]))
    assert got.plate is not None
    assert (got.plate.sigma, got.plate.brightness) == (
        scene.plate.sigma,
        pytest.approx(scene.plate.brightness),
    )
    for arrived, sent in ((got.image, scene.image), (got.plate.image, scene.plate.image)):
        assert float(np.abs(arrived.astype(int) - sent.astype(int)).mean()) <= most


def test_a_question_without_a_plate_has_none() -> None:
    assert asked(ask_bytes(picture_bytes(drawn_scene().image, 90), None, b"")).plate is None


def wrong_questions() -> dict[str, bytes]:
    scene = drawn_scene()
    picture, empty = picture_bytes(scene.image, 90), picture_bytes(scene.plate.image, 90)
    whole = ask_bytes(picture, scene.plate, empty)
    small = picture_bytes(np.ascontiguousarray(scene.plate.image[:100]), 90)
    bomb = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    header = b"IHDR" + bomb
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    png += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    return {
        "does not begin": b"PNG!" + whole[4:],
        "cut off": whole[:-1],
        "behind its end": whole + b"\0",
        "expected 0 to 255": whole[:12] + struct.pack("<f", float("nan")) + whole[16:],
        "expected the same": ask_bytes(picture, scene.plate, small),
        "no picture at all": ask_bytes(b"", None, b""),
        "is not a picture": ask_bytes(b"hello, this is text", None, b""),
        "damaged or truncated": ask_bytes(picture[: len(picture) // 2], None, b""),
        "900 megapixels": ask_bytes(png, None, b""),
    }


@pytest.mark.parametrize("said", [name for name in wrong_questions() if name != "no picture at all"])
def test_a_wrong_question_is_told_why(said: str) -> None:
    with pytest.raises(WireError, match=said):
        asked(wrong_questions()[said])


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(WireError):
        asked(wrong_questions()["no picture at all"])


def one(box: tuple[float, ...] = (10, 10, 50, 80), score: float = 0.9) -> People:
    mask = np.full((28, 28), 0.5, np.float32)
    return People((mask,), np.array([box], np.float32), np.array([score], np.float32), ("person",))


def packed(people: People) -> bytes:
    return answer_bytes(Answered(people, "network", 0.1), HEIGHT, WIDTH)


def with_mask(mask: bytes) -> bytes:
    """An answer whose one mask is these packed bytes, said to be 28 x 28."""
    whole = packed(one())
    head = whole[: 18 + 1 + len("network")]
    return head + struct.pack("<5fHHI", 10, 10, 50, 80, 0.9, 28, 28, len(mask)) + b"\x06person" + mask


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed(one((0, 0, 1e6, 1e6))), "not inside"),
        (packed(one((50, 10, 10, 80))), "not inside"),
        (packed(one(score=1.5)), "within 0 to 1"),
        (answer_bytes(Answered(nobody(), "network", 0.1), 10, 10), "asked was about"),
        (answer_bytes(Answered(nobody(), "a\nb", 0.1), HEIGHT, WIDTH), "printed"),
        (packed(one()) + b"\0", "behind"),
        (packed(one())[:-1], "cut off"),
        (with_mask(zlib.compress(bytes(28 * 28 - 1))), "784 values"),
        (with_mask(zlib.compress(bytes(50_000_000))), "784 values"),
        (with_mask(zlib.compress(bytes(28 * 28)) + b"more"), "784 values"),
        (with_mask(b"no zlib at all"), "unpacked"),
        (packed(one())[:12] + struct.pack("<H", MOST_PEOPLE + 1) + packed(one())[14:], "people"),
        (bytes(MOST_ANSWERED + 1), "bytes, expected"),
    ],
)
def test_a_wrong_answer_is_told_why(data: bytes, said: str) -> None:
    with pytest.raises(WireError, match=said):
        answered(data, HEIGHT, WIDTH)


def test_what_is_no_number_is_never_sent() -> None:
    from booth.errors import MattingError

    with pytest.raises(MattingError):
        packed(one(score=float("nan")))
