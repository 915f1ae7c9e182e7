"""From a picture to a sheet: laid out at the printer's own size, as JPEG or as a PDF of one page."""

from __future__ import annotations

import zlib

import cv2
import numpy as np

from booth.arrays import Rgb8, check_rgb
from booth.config.settings import PrinterSettings
from booth.images import jpeg_bytes, srgb_profile

SHEET_QUALITY = 95
SAME_ASPECT = 0.02
"""Up to this difference of the aspect ratios a picture fills the sheet: at most 1 % is cut on a side."""
MARGIN = 0.05
"""White at the sides of a picture whose aspect is not the sheet's, as a share of the shorter edge."""
OPTICAL_CENTRE = 0.4
"""Share of the spare white that stands above: what sits in the exact middle looks as if it fell."""
POINTS = 72


def sheet_pixels(size: tuple[float, float], dpi: int) -> tuple[int, int]:
    """Width and height of a sheet in pixels, from inches."""
    return round(size[0] * dpi), round(size[1] * dpi)


def sheet_image(picture: Rgb8, size: tuple[float, float], dpi: int) -> Rgb8:
    """Lay a picture onto a sheet: filling it where the shapes agree, else whole within a white border.

    Nothing but a sliver is ever cut off, since that might be somebody's head.

    Parameters
    ----------
    picture : uint8 of shape (H, W, 3), RGB
    size : width and height of the sheet in inches
    dpi : dots an inch

    Returns
    -------
    uint8 of shape (height * dpi, width * dpi, 3), RGB
    """
    check_rgb(picture, "picture")
    width, height = sheet_pixels(size, dpi)
    aspect, wanted = picture.shape[1] / picture.shape[0], width / height
    if abs(aspect / wanted - 1) <= SAME_ASPECT:
        return covering(picture, width, height)
    margin = round(MARGIN * min(width, height))
    whole = fitting(picture, width - 2 * margin, height - 2 * margin)
    spare_x, spare_y = width - whole.shape[1], height - whole.shape[0]
    left, top = spare_x // 2, max(margin, round(OPTICAL_CENTRE * spare_y))
    sheet = np.full((height, width, 3), 255, np.uint8)
    sheet[top : top + whole.shape[0], left : left + whole.shape[1]] = whole
    return sheet


def covering(picture: Rgb8, width: int, height: int) -> Rgb8:
    """The picture's middle, filling width by height pixels."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    across, down = round(width / scale), round(height / scale)
    left, top = (picture.shape[1] - across) // 2, (picture.shape[0] - down) // 2
    return scaled(picture[top : top + down, left : left + across], width, height)


def fitting(picture: Rgb8, width: int, height: int) -> Rgb8:
    """The whole picture, as large as fits into width by height pixels."""
    scale = min(width / picture.shape[1], height / picture.shape[0])
    return scaled(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))


def scaled(picture: Rgb8, width: int, height: int) -> Rgb8:
    """Resize with area means when smaller, Lanczos when larger."""
    if picture.shape[:2] == (height, width):
        return picture
    how = cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def sheet_file(picture: Rgb8, settings: PrinterSettings) -> bytes:
    """The print file: a JPEG with its resolution and sRGB profile, or a PDF page of the exact size."""
    data = jpeg_bytes(sheet_image(picture, settings.size, settings.dpi), SHEET_QUALITY, settings.dpi)
    if settings.format == "jpeg":
        return data
    return pdf_page(data, sheet_pixels(settings.size, settings.dpi), settings.size)


def pdf_page(picture: bytes, pixels: tuple[int, int], size: tuple[float, float]) -> bytes:
    """A PDF of one page that is wholly covered by a JPEG, in the sRGB colours of its profile.

    After ISO 32000-1: 7.5.4 (cross-references), 8.6.5.5 (ICC based colours), 8.9.5 (image dictionaries).
    """
    width, height = (f"{edge * POINTS:.6g}" for edge in size)
    profile = zlib.compress(srgb_profile())
    drawing = f"q {width} 0 0 {height} 0 0 cm /Photo Do Q".encode()
    image = (
        f"/Type /XObject /Subtype /Image /Width {pixels[0]} /Height {pixels[1]} /BitsPerComponent 8 "
        "/ColorSpace [/ICCBased 6 0 R] /Filter /DCTDecode"
    )
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R "
        "/Resources << /XObject << /Photo 5 0 R >> >> >>"
    )
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page.encode(),
        pdf_stream("", drawing),
        pdf_stream(image, picture),
        pdf_stream("/N 3 /Alternate /DeviceRGB /Filter /FlateDecode", profile),
    )


def pdf_stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def pdf(*objects: bytes) -> bytes:
    """Number the objects from 1, the catalogue, and close the file with their places."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start, count = len(out), len(objects) + 1
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {count}\n0000000000 65535 f \n{table}".encode()
    out += f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
