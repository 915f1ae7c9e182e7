"""Sheets by name: "6x6", "4x6", "5x7", and "2x6", of which two lie on one 4x6."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from booth.config.settings import PrinterSettings

STRIP, STRIP_SHEET = "2x6", "4x6"
STRIPS = 2
HUNDREDTHS_OF_MM = 2540
MEDIA_SIZE = re.compile(r"_(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(in|mm)$")
SAME_INCHES = 0.06
"""Within this, two names mean the same sheet: some give a borderless one with what is cut off."""
WELL_KNOWN = {
    "4x6": "na_index-4x6_4x6in",
    "5x7": "na_5x7_5x7in",
    "6x6": "oe_square-6x6_6x6in",
    "5x5": "oe_square-5x5_5x5in",
    "6x8": "na_6x8_6x8in",
    "8x10": "na_govt-letter_8x10in",
}
"""PWG 5101.1, self-describing names of media."""


@dataclass(frozen=True, slots=True)
class Media:
    """A sheet as a printer's queue knows it: a name, and width and height in hundredths of a millimetre."""

    keyword: str
    width: int
    height: int


def name_of(size: tuple[float, float]) -> str:
    """A sheet's name from its size in inches, however it is turned: "4x6"."""
    short, long = sorted(size)
    return f"{short:g}x{long:g}"


def size_of(name: str) -> tuple[float, float]:
    """Width and height in inches of an upright sheet."""
    short, long = map(float, name.split("x"))
    return short, long


def media_of(name: str) -> Media:
    """How IPP calls a sheet."""
    short, long = size_of(name)
    keyword = WELL_KNOWN.get(name, f"custom_{name}in_{name}in")
    return Media(keyword, round(short * HUNDREDTHS_OF_MM), round(long * HUNDREDTHS_OF_MM))


def formats_of(settings: PrinterSettings) -> tuple[str, ...]:
    """What a printer can print, its own sheet first; strips where it has the sheet for two of them."""
    own = tuple(
        dict.fromkeys((name_of(settings.size), *(name_of(size_of(name)) for name in settings.sheets)))
    )
    return (*own, STRIP) if STRIP_SHEET in own and STRIP not in own else own


def sheet_for(format_name: str, formats: Collection[str]) -> str:
    """The sheet that a format is printed on by a printer that can print these; its own where it has no such."""
    if format_name == STRIP and STRIP_SHEET in formats:
        return STRIP_SHEET
    return format_name if format_name in formats else next(iter(formats))


def turned(format_name: str, settings: PrinterSettings) -> tuple[float, float]:
    """Width and height in inches of a sheet the way the picture stands on it: as `size` has it for its own."""
    return settings.size if format_name == name_of(settings.size) else size_of(format_name)


def knows(supported: Iterable[str], sheet: str) -> bool:
    """Whether a sheet is among the media that a queue names, within its own least and largest size where it has
    such. A queue that names none is not asked."""
    sizes = {name: size for name in supported if (size := inches_of(name)) is not None}
    if not sizes:
        return True
    wanted = size_of(sheet)
    if any(
        max(abs(a - b) for a, b in zip(size, wanted, strict=True)) <= SAME_INCHES for size in sizes.values()
    ):
        return True
    least = [size for name, size in sizes.items() if name.startswith("custom_min")]
    largest = [size for name, size in sizes.items() if name.startswith("custom_max")]
    return any(
        low[0] <= wanted[0] <= high[0] and low[1] <= wanted[1] <= high[1] for low in least for high in largest
    )


def inches_of(media: str) -> tuple[float, float] | None:
    """Short and long edge of a medium from its name (PWG 5101.1), such as "na_index-4x6_4x6in"."""
    found = MEDIA_SIZE.search(media)
    if found is None:
        return None
    unit = 1.0 if found[3] == "in" else 25.4
    short, long = sorted((float(found[1]) / unit, float(found[2]) / unit))
    return short, long
