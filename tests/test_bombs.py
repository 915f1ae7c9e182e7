"""Pictures made to cost time are refused before anything reads them; what programs and phones write is not."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from booth.bombs import MOST_SCANS, check_parts
from booth.errors import PictureError
from booth.images import decode


def picture(kind: str, side: int = 96, **options: object) -> bytes:
    out = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8)
    Image.fromarray(noise).save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def of_scans(times: int) -> bytes:
    """A progressive JPEG whose last scan comes so many times."""
    data = picture("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * times + data[-2:]


def with_head(parts: bytes) -> bytes:
    """A JPEG with something behind its first part, which is 18 bytes long."""
    data = picture("JPEG")
    return data[:20] + parts + data[20:]


def with_chunks(*chunks: bytes) -> bytes:
    """A PNG with chunks behind its first one."""
    data = picture("PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def in_pieces(size: int) -> bytes:
    """A PNG whose pixels come in pieces of so many bytes."""
    data = picture("PNG", 256)
    at = data.index(b"IDAT") - 4
    (length,) = struct.unpack_from(">I", data, at)
    pixels = data[at + 8 : at + 8 + length]
    pieces = b"".join(chunk(b"IDAT", pixels[i : i + size]) for i in range(0, length, size))
    return data[:at] + pieces + data[at + 12 + length :]


@pytest.mark.parametrize(
    "data",
    [
        of_scans(MOST_SCANS + 1),
        with_head(b"\xff\xfe\0\2" * 5000),
        with_head(b"\xff" * 5000),
        with_head(b"\0" * 5000),
        with_head(b"\xff\xe1\0\x08Exif\0\0" * 20),
        with_chunks(*[chunk(b"aaAa", b"")] * 600),
        with_chunks(*[chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(900_000)))] * 600),
        in_pieces(2),
    ],
    ids=["scans", "comments", "fill", "junk", "EXIF", "chunks", "profiles", "pieces"],
)
def test_endless_parts_are_refused_by_counting_them(data: bytes) -> None:
    with pytest.raises(PictureError, match="than any picture needs"):
        decode(data, "")


@pytest.mark.parametrize(
    "data",
    [
        picture("JPEG"),
        picture("JPEG", progressive=True),
        of_scans(20),
        with_head(b"\xff\xfe\0\2" * 100),
        in_pieces(64),
        picture("PNG") + b"\xff\xda" * 500,
        picture("JPEG") + b"a film \xff\xda" * 500,
        picture("JPEG", progressive=True) + b"a film \xff\xda" * 500,
        picture("WEBP"),
    ],
)
def test_what_is_usual_is_read(data: bytes) -> None:
    assert decode(data, "").width in (96, 256)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_any_bytes_can_be_counted(kind: str) -> None:
    whole = picture(kind)
    for end in range(len(whole)):
        check_parts(whole[:end], kind)
    for seed in range(200):
        check_parts(np.random.default_rng(seed).bytes(500), kind)
