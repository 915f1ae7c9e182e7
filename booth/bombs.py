"""Pictures made to cost time: few pixels to see, endless parts to read. Counted before a decoder sees them.

Pillow walks a file's parts in Python, byte by byte where they are junk, and holds everybody else up meanwhile;
libjpeg goes over the whole picture again for every scan. The limits are far above what any program writes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from booth.errors import PictureError
from booth.sentences import Sentence, say

MOST_STEPS = 3000
"""Parts before a JPEG's first scan, and bytes of junk between them."""
MOST_EXIF = 16
"""Parts of a JPEG's EXIF, each of which is copied together with all those before it."""
MOST_SCANS = 64
"""Times that a JPEG goes over its picture: ten are usual."""
MOST_SAYINGS = 500
"""Parts of a PNG beside its pixels."""
MOST_PIECES = 20_000
"""Parts of a PNG's pixels, of which each is 8 kB long as libpng writes them."""

_CHUNK = struct.Struct(">I4s")
_ALONE = {0x00, 0x01, *range(0xD0, 0xDA)}  # JPEG's markers that nothing belongs to
_SCAN, _END, _EXIF = 0xDA, 0xD9, 0xE1
_NEXT = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # the next marker that is neither stuffing nor a restart
_PIXELS = (b"IDAT", b"fdAT")


def check_parts(data: bytes, kind: str) -> None:
    """Raise a PictureError if a "JPEG" or "PNG" has more parts than a picture needs; no other kind is counted."""
    if kind == "JPEG":
        _check_jpeg(data)
    elif kind == "PNG":
        _check_png(data)


def _check_jpeg(data: bytes) -> None:
    steps = exif = 0
    for marker, place, cost in _parts_of_jpeg(data):
        steps += cost
        exif += marker == _EXIF and data.startswith(b"Exif\0", place)
        if steps > MOST_STEPS or exif > MOST_EXIF:
            raise _refused(say("picture.junk"))
    # what phones append, a film for one, may hold these bytes as well: only then it is worth a closer look
    if data.count(bytes((0xFF, _SCAN))) > MOST_SCANS and _scans_of_jpeg(data) > MOST_SCANS:
        raise _refused(say("picture.scans"))


def _scans_of_jpeg(data: bytes) -> int:
    """How many scans there are before the picture's end, or one more than may be."""
    place, scans = 2, 0
    while scans <= MOST_SCANS and (found := _NEXT.search(data, place)):
        marker, place = data[found.start() + 1], found.end()
        if marker == _END:
            break
        scans += marker == _SCAN
        if marker not in _ALONE:
            place += int.from_bytes(data[place : place + 2])
    return scans


def _parts_of_jpeg(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Each part before the first scan: its marker, where its content begins, and what finding it costs."""
    place = 2
    while (found := data.find(b"\xff", place)) >= 0 and found + 1 < len(data):
        cost, marker = 1 + found - place, data[found + 1]
        if marker == _SCAN:
            return
        if marker == 0xFF:
            place = found + 1
        elif marker in _ALONE:
            place = found + 2
        else:
            place = found + 2 + max(2, int.from_bytes(data[found + 2 : found + 4]))
        yield marker, found + 4, cost


def _check_png(data: bytes) -> None:
    place, pieces, sayings = 8, 0, 0
    while place + _CHUNK.size <= len(data):
        length, name = _CHUNK.unpack_from(data, place)
        place += length + 12
        pieces += name in _PIXELS
        sayings += name not in _PIXELS
        if pieces > MOST_PIECES or sayings > MOST_SAYINGS:
            raise _refused(say("picture.parts"))


def _refused(what: Sentence) -> PictureError:
    return PictureError(what, say("picture.bomb.help"))
