"""From a picture to a sheet: laid out at the printer's own size, as JPEG or as a PDF of one page."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from datetime import datetime

import cv2
import numpy as np
from PIL import Image, ImageCms

from booth.arrays import Rgb8, check_rgb
from booth.config.settings import PrinterSettings, SheetSettings
from booth.errors import SpoolError
from booth.files import told
from booth.images import jpeg_bytes, srgb_profile
from booth.sentences import say
from booth.spool.formats import STRIP, STRIP_SHEET, size_of, turned
from booth.spool.imprint import Imprint, imprint_of, printed_on
from booth.spool.rows import Job
from booth.spool.strip_foot import bare_below, foot_of, with_foot

SHEET_QUALITY = 95
SAME_ASPECT = 0.02
"""Up to this difference of the aspect ratios a picture fills the sheet: at most 1 % is cut on a side."""
MARGIN = 0.05
"""White at the sides of a picture whose aspect is not the sheet's, as a share of the shorter edge."""
FOOT = 0.19
"""White below a picture of the sheet's own shape that has a border and something to say."""
OPTICAL_CENTRE = 0.4
"""Share of the spare white that stands above: what sits in the exact middle looks as if it fell."""
POINTS = 72
SHARPEN_INCHES = 0.0035
"""Standard deviation of the mask: about one dot of 300 an inch, finer than an eye resolves at arm's length."""
MOST_SHARPENED = 1.2
CUT_MARK = 60
"""Share of the sheet's height that a cut mark has."""
Box = tuple[int, int, int, int]


def sheet_pixels(size: tuple[float, float], dpi: int) -> tuple[int, int]:
    """Width and height of a sheet in pixels, from inches."""
    return round(size[0] * dpi), round(size[1] * dpi)


def sheet_image(picture: Rgb8, size: tuple[float, float], dpi: int, border: bool = False) -> Rgb8:
    """Lay a picture onto a sheet: filling it where the shapes agree, else whole within a white border.

    Nothing but a sliver is ever cut off, since that might be somebody's head.

    Parameters
    ----------
    picture : uint8 of shape (H, W, 3), RGB
    size : width and height of the sheet in inches
    dpi : dots an inch
    border : leave white round a picture that would fill the sheet, too

    Returns
    -------
    uint8 of shape (height * dpi, width * dpi, 3), RGB
    """
    return laid(picture, size, dpi, border)[0]


def laid(
    picture: Rgb8, size: tuple[float, float], dpi: int, border: bool, words: bool = False
) -> tuple[Rgb8, Box]:
    """The same, with the box in pixels where the picture is: left, top, right, bottom.

    With `words`, the white is gathered below the picture, or to its right on a sheet that lies.
    """
    check_rgb(picture, "picture")
    width, height = sheet_pixels(size, dpi)
    aspect, wanted = picture.shape[1] / picture.shape[0], width / height
    if abs(aspect / wanted - 1) <= SAME_ASPECT and not border:
        return covering(picture, width, height), (0, 0, width, height)
    margin = round(MARGIN * min(width, height))
    foot = round(FOOT * height) if words and abs(aspect / wanted - 1) <= SAME_ASPECT else margin
    whole = fitting(picture, width - 2 * margin, height - margin - foot)
    spare_x, spare_y = width - whole.shape[1], height - whole.shape[0]
    left, top = spare_x // 2, max(margin, round(OPTICAL_CENTRE * spare_y))
    if words:
        left, top = margin if width > height else left, margin
    sheet = np.full((height, width, 3), 255, np.uint8)
    sheet[top : top + whole.shape[0], left : left + whole.shape[1]] = whole
    return sheet, (left, top, left + whole.shape[1], top + whole.shape[0])


def sharpened(image: Rgb8, dpi: int, strength: float) -> Rgb8:
    """Sharpen for paper, which drinks a little of every edge: an unsharp mask as wide as the eye does not see.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    strength : 0 leaves it as it is, 1 is the most that does not ring
    """
    if not strength:
        return image
    soft = cv2.GaussianBlur(image, (0, 0), SHARPEN_INCHES * dpi)
    return np.asarray(
        cv2.addWeighted(image, 1 + MOST_SHARPENED * strength, soft, -MOST_SHARPENED * strength, 0), np.uint8
    )


def strip_above(picture: Rgb8, foot: int, dpi: int) -> Rgb8:
    """A strip of a picture with so many rows of mere paper at its foot: moved up where it has room above, and else a
    little smaller.

    Parameters
    ----------
    picture : uint8 of shape (H, W, 3), RGB

    Returns
    -------
    uint8 of shape (6 * dpi, 2 * dpi, 3), RGB
    """
    width, height = size_of(STRIP)
    strip = sheet_image(picture, (width, height), dpi)
    inked = len(strip) - bare_below(strip)
    if inked + foot <= len(strip):
        return strip
    above = bare_below(strip[::-1]) - round(MARGIN * strip.shape[1])
    up = min(inked + foot - len(strip), max(0, above))
    share = (len(strip) - foot) / (inked - up)
    small = sheet_image(picture, (share * width, share * height), dpi)[round(share * up) :]
    left = (strip.shape[1] - small.shape[1]) // 2
    paper = np.full_like(strip, strip[-1, 0])
    paper[: len(small), left : left + small.shape[1]] = small
    return paper


def two_strips(strip: Rgb8) -> Rgb8:
    """Two strips side by side on one sheet, with marks where it is cut.

    Parameters
    ----------
    strip : uint8 of shape (H, W, 3), RGB: a 2x6 at the printer's resolution

    Returns
    -------
    uint8 of shape (H, 2 W, 3), RGB
    """
    sheet = np.concatenate([strip, strip], axis=1)
    middle, long = strip.shape[1], strip.shape[0] // CUT_MARK
    for rows in (slice(0, long), slice(-long, None)):
        sheet[rows, middle - 2 : middle + 2] = 255
        sheet[rows, middle - 1 : middle + 1] = 60
    return sheet


def in_profile(image: Rgb8, profile: bytes) -> Rgb8:
    """Convert from sRGB to the colours of a printer and its paper.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB in sRGB
    profile : an ICC profile for RGB

    Raises
    ------
    SpoolError
        If that is no such profile.
    """
    try:
        target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(
            Image.fromarray(image),
            ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())),
            target,
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError) as error:
        raise SpoolError(say("sheet.profile", why=str(error))) from error
    return np.array(found)


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


class SheetMaker:
    """Makes a printer's sheets: the picture at the sheet's own size, with what the print says, as a file."""

    def __init__(
        self,
        settings: PrinterSettings,
        look: SheetSettings | None = None,
        address_of: Callable[[str], str | None] = lambda photo_id: None,
    ) -> None:
        """`address_of` gives the address of a photo's page for its QR code, None where it has none."""
        self._settings = settings
        self._look = look or SheetSettings()
        self._address_of = address_of

    def jpeg(self, job: Job, picture: Rgb8, sheet: str) -> bytes:
        """An upright JPEG of a sheet, for a queue; a sheet that is laid out lying is turned."""
        image = self.image(job, picture, sheet)
        if image.shape[1] > image.shape[0]:
            image = np.ascontiguousarray(np.rot90(image))
        return self._encoded(image)[0]

    def file(self, job: Job, picture: Rgb8, sheet: str) -> bytes:
        """The print file for a folder: a JPEG with its resolution and profile, or a PDF of the exact size."""
        data, profile = self._encoded(self.image(job, picture, sheet))
        if self._settings.format == "jpeg":
            return data
        size = self._size(job, sheet)
        return pdf_page(data, sheet_pixels(size, self._settings.dpi), size, profile)

    def image(self, job: Job, picture: Rgb8, sheet: str) -> Rgb8:
        """A sheet's pixels, in sRGB."""
        dpi, imprint = self._settings.dpi, self._imprint(job)
        if job.format == STRIP and sheet == STRIP_SHEET:
            strip = sharpened(
                strip_above(picture, round(foot_of(imprint) * dpi), dpi), dpi, self._settings.sharpen
            )
            return two_strips(with_foot(strip, imprint, dpi))
        image, box = laid(
            picture, self._size(job, sheet), dpi, self._settings.border, words=not imprint.is_empty
        )
        return printed_on(sharpened(image, dpi, self._settings.sharpen), box, imprint, dpi)

    def _imprint(self, job: Job) -> Imprint:
        date = datetime.fromtimestamp(job.kept_at).strftime("%d.%m.%Y") if job.kept_at else ""
        address = self._address_of(job.photo_id) if self._look.qr else None
        return imprint_of(self._look, f"{job.code[:2]} {job.code[2:]}", date, address or "")

    def _size(self, job: Job, sheet: str) -> tuple[float, float]:
        return size_of(sheet) if job.format == STRIP else turned(sheet, self._settings)

    def _encoded(self, image: Rgb8) -> tuple[bytes, bytes]:
        """A JPEG and the profile that says what its colours mean."""
        profile = self._profile()
        colours = in_profile(image, profile) if self._settings.profile else image
        return jpeg_bytes(colours, SHEET_QUALITY, self._settings.dpi, profile), profile

    def _profile(self) -> bytes:
        path = self._settings.profile
        if path is None:
            return srgb_profile()
        try:
            return path.read_bytes()
        except OSError as error:
            raise told(error, path) from error


def pdf_page(picture: bytes, pixels: tuple[int, int], size: tuple[float, float], icc: bytes) -> bytes:
    """A PDF of one page that is wholly covered by a JPEG, in the colours of its ICC profile.

    After ISO 32000-1: 7.5.4 (cross-references), 8.6.5.5 (ICC based colours), 8.9.5 (image dictionaries).
    """
    width, height = (f"{edge * POINTS:.6g}" for edge in size)
    profile = zlib.compress(icc)
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
