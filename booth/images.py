"""Pictures as files: what others made is strictly decoded, or refused with a remedy; and back into bytes.

Header first: format by content, then the pixel count, and only then the pixels. Pillow alone notices a
truncated file (OpenCV and Qt fill it up with grey), so that everything is decoded with Pillow.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from booth.arrays import Rgb8, check_rgb, read_only
from booth.bombs import check_parts
from booth.errors import PictureError
from booth.sentences import Sentence, say

MAX_PIXELS = 64_000_000
MAX_BYTES = 100_000_000
SUFFIXES = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WebP"}

_DECODERS: dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
}
_MAGIC = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (8, b"WEBP", "WebP"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftyp", "HEIC"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"%PDF", "PDF"),
    (0, b"<?xml", "SVG"),
    (0, b"<svg", "SVG"),
)
_ORIENTATION = 0x0112
_SMOOTHED_FROM = 1.2
"""Shrinking by less than this leaves no steps worth smoothing."""
_PNG = [
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    cv2.IMWRITE_PNG_FILTER,
    cv2.IMWRITE_PNG_FILTER_AVG,
    cv2.IMWRITE_PNG_STRATEGY,
    cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY,
]
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a picture that can be used all the same, and what would mend it."""

    what: Sentence
    remedy: Sentence


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, upright: `colour` in mode L, RGB or CMYK, `alpha` in mode L where there is one.

    `width` and `height` are those of the file, which may be larger than what was decoded.
    """

    colour: Image.Image
    alpha: Image.Image | None
    profile: bytes | None
    width: int
    height: int
    remarks: tuple[Remark, ...]


def smaller(picture: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Scale a picture or an alpha down, in a fifth to an eighth of what averaging over fractions of pixels takes.

    It is halved as often as it can be, which OpenCV does quickest; what is left, less than a half, is smoothed and
    interpolated.

    Parameters
    ----------
    picture : uint8 or float32 of shape (H, W) or (H, W, C), not smaller than height x width

    Returns
    -------
    the same type, of shape (height, width) or (height, width, C); the picture itself if it has that size
    """
    if picture.shape[:2] == (height, width):
        return picture
    while picture.shape[0] >= 2 * height and picture.shape[1] >= 2 * width:
        high, wide = picture.shape[0] // 2, picture.shape[1] // 2
        picture = cv2.resize(picture[: 2 * high, : 2 * wide], (wide, high), interpolation=cv2.INTER_AREA)
    left = picture.shape[0] / height
    if left > _SMOOTHED_FROM:
        picture = cv2.GaussianBlur(picture, (3, 3), 0.4 * left)
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR))


def read_picture(path: Path) -> Rgb8:
    """Read a picture file upright, in sRGB, transparency laid onto white.

    Returns
    -------
    read-only uint8 of shape (H, W, 3), RGB

    Raises
    ------
    PictureError
        Naming the file: it is missing, no JPEG, PNG or WebP, damaged, or has more than `MAX_PIXELS`.
    """
    try:
        return pixels_of(read_bytes(path), path.suffix)
    except PictureError as fault:
        what = say("of_file", file=path, what=fault.what)
        raise PictureError(what, fault.remedy, fault.kind) from fault


def pixels_of(data: bytes, suffix: str = "", most_pixels: int = MAX_PIXELS) -> Rgb8:
    """Decode a picture's bytes strictly, upright, in sRGB, transparency laid onto white.

    Returns
    -------
    read-only uint8 of shape (H, W, 3), RGB

    Raises
    ------
    PictureError
        As `decode`, also where it has more than `most_pixels`.
    """
    picture = decode(data, suffix, most_pixels=most_pixels)
    colour, _ = to_srgb(picture.colour, picture.profile)
    return read_only(np.array(on_white(colour, picture.alpha)))


def on_white(colour: Image.Image, alpha: Image.Image | None) -> Image.Image:
    """Lay a picture in mode RGB onto white, by its alpha in mode L; None is opaque."""
    return colour if alpha is None else Image.composite(colour, Image.new("RGB", colour.size, "white"), alpha)


def read_bytes(path: Path) -> bytes:
    """Everything in a file, or a PictureError that says why it cannot be a picture."""
    with readable():
        check_file(path.stat())
        return path.read_bytes()


def check_file(about: os.stat_result) -> None:
    """Raise a PictureError if a file is none that a picture can be in."""
    if stat.S_ISDIR(about.st_mode):
        raise PictureError(say("picture.folder"), say("picture.folder.help"))
    if not stat.S_ISREG(about.st_mode):
        raise PictureError(say("picture.no_file"), say("picture.no_file.help"))
    if about.st_size == 0:
        raise PictureError(say("picture.empty"), say("picture.empty.help"))
    if about.st_size > MAX_BYTES:
        size, most = round(about.st_size / 1e6), round(MAX_BYTES / 1e6)
        raise PictureError(say("picture.big", size=size, most=most), say("picture.big.help"))


@contextmanager
def readable() -> Iterator[None]:
    """Turn what the system says while a picture's file is read into a PictureError."""
    try:
        yield
    except FileNotFoundError:
        raise PictureError(say("picture.gone"), say("picture.gone.help")) from None
    except OSError as fault:
        what = say("picture.closed", why=str(fault.strerror or fault))
        raise PictureError(what, say("picture.closed.help")) from fault


def decode(
    data: bytes, suffix: str, shorter_side: int | None = None, most_pixels: int = MAX_PIXELS
) -> Picture:
    """Decode a picture strictly.

    `suffix` is that of the file's name. With `shorter_side`, a JPEG may be decoded at a fraction of its
    size, with its shorter side no less than this many pixels.

    Raises
    ------
    PictureError
        If it is no JPEG, PNG or WebP, has more than `most_pixels`, is truncated or damaged, or made to cost time.
    """
    kind = _kind(data)
    check_parts(data, kind)
    try:
        file = _DECODERS[kind](io.BytesIO(data))
        width, height = file.size
        _check_size(width, height, most_pixels)
        if shorter_side is not None:
            file.draft(file.mode, (shorter_side, shorter_side))
        file.load()
    except PictureError:
        raise
    except Exception as fault:  # decoders raise nearly anything on a damaged file
        what = say("picture.damaged", kind=kind, why=str(fault))
        raise PictureError(what, say("picture.damaged.help")) from fault
    orientation, remarks = _orientation(file)
    remarks += _looks(file, kind, suffix)
    colour, alpha = _planes(file)
    if orientation in _UPRIGHT:
        colour = colour.transpose(_UPRIGHT[orientation])
        alpha = alpha and alpha.transpose(_UPRIGHT[orientation])
    if orientation >= 5:
        width, height = height, width
    return Picture(colour, alpha, file.info.get("icc_profile"), width, height, remarks)


def to_srgb(colour: Image.Image, profile: bytes | None) -> tuple[Image.Image, tuple[Remark, ...]]:
    """A picture in mode L, RGB or CMYK as RGB in sRGB, by its ICC profile where it has one."""
    if not profile:
        return colour.convert("RGB"), ()
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return colour.convert("RGB"), ()
        if source.profile.xcolor_space.strip() == "RGB":
            colour = colour.convert("RGB")
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(colour, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError) as fault:
        remark = Remark(say("picture.profile", why=str(fault)), say("picture.profile.help"))
        return colour.convert("RGB"), (remark,)
    if converted is None:  # only where Pillow converts in place
        raise ValueError("the colour conversion gave no picture")
    return converted, ()


def _kind(data: bytes) -> str:
    if data[4:8] == b"ftyp" and b"avif" in data[8:32]:
        found: str | None = "AVIF"
    else:
        found = next((kind for at, magic, kind in _MAGIC if data.startswith(magic, at)), None)
    if found is None:
        raise PictureError(say("picture.none"), say("picture.none.help"), "format")
    if found not in _DECODERS:
        raise PictureError(say("picture.format", kind=found), say("picture.format.help"), "format")
    return found


def _check_size(width: int, height: int, most_pixels: int) -> None:
    if width * height > most_pixels:
        mega, most = round(width * height / 1e6), round(most_pixels / 1e6)
        what = say("picture.many_pixels", width=width, height=height, mega=mega, most=most)
        raise PictureError(what, say("picture.many_pixels.help"), "size")
    if min(width, height) < 64:
        raise PictureError(say("picture.few_pixels", width=width, height=height), say("picture.larger"))


def _orientation(file: ImageFile.ImageFile) -> tuple[int, tuple[Remark, ...]]:
    try:
        orientation = file.getexif().get(_ORIENTATION, 1)
    except Exception as fault:  # EXIF is parsed by the same code as TIFF, which raises nearly anything
        return 1, (Remark(say("picture.exif", why=str(fault)), say("picture.exif.help")),)
    return (orientation if orientation in range(1, 9) else 1), ()


def _looks(file: ImageFile.ImageFile, kind: str, suffix: str) -> tuple[Remark, ...]:
    remarks = []
    if SUFFIXES.get(suffix.lower()) != kind:
        ending = {"JPEG": ".jpg", "PNG": ".png", "WebP": ".webp"}[kind]
        what = say("picture.misnamed", kind=kind, ending=suffix)
        remarks.append(Remark(what, say("picture.misnamed.help", ending=ending)))
    if getattr(file, "n_frames", 1) > 1:
        remarks.append(Remark(say("picture.moves"), say("picture.moves.help")))
    if file.mode == "CMYK" and not file.info.get("icc_profile"):
        remarks.append(Remark(say("picture.cmyk"), say("picture.cmyk.help")))
    return tuple(remarks)


def _planes(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colour (L, RGB or CMYK) and alpha (L, or None) of a picture in any mode that a decoder gives."""
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.uint32)
        return Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8)), None
    if image.mode in ("P", "PA", "LA", "RGBA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        grey = image.mode == "LA"
        return (image.getchannel("L") if grey else rgba.convert("RGB")), rgba.getchannel("A")
    if image.mode in ("L", "RGB", "CMYK"):
        return image, None
    return image.convert("L" if image.mode == "1" else "RGB"), None


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """Encode without loss.

    The average filter with Huffman codes alone is both the fastest and the smallest for a picture with
    sensor noise: 88 ms and 5.2 MB for 1920x1920, against 190 ms and 6.1 MB of level 1 as it comes, and
    308 ms with Pillow; the search for repetitions finds none in noise.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB, or (H, W, 4), RGBA not premultiplied
    """
    code = cv2.COLOR_RGBA2BGRA if image.shape[2] == 4 else cv2.COLOR_RGB2BGR
    _, data = cv2.imencode(".png", cv2.cvtColor(image, code), _PNG)
    return data.tobytes()


def jpeg_bytes(image: Rgb8, quality: int = 95, dpi: int = 0, profile: bytes | None = None) -> bytes:
    """Encode as JPEG with full colour resolution, its profile (sRGB if none is named) and nothing else: no EXIF.

    Parameters
    ----------
    image : uint8 of shape (H, W, 3), RGB
    quality : 1 to 100
    dpi : dots an inch told to the printer; 0 says nothing
    """
    check_rgb(image)
    buffer = io.BytesIO()
    tag = {"dpi": (dpi, dpi)} if dpi else {}
    Image.fromarray(image).save(
        buffer, "JPEG", quality=quality, subsampling=0, icc_profile=profile or srgb_profile(), **tag
    )
    return buffer.getvalue()


@cache
def srgb_profile() -> bytes:
    """The ICC profile that says what the numbers mean, without the time of day in it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes.fromhex("07d000010001000000000000")
    return bytes(profile)
