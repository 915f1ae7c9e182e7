"""Picture files at the door: untrusted bytes become an upright sRGB array, or a clear error; and back."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from booth.arrays import Rgb8, check_rgb
from booth.errors import PictureError

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 64_000_000


def read_picture(path: Path) -> Rgb8:
    """Read a picture file upright, in sRGB.

    Decoding is strict: a truncated file is refused, not filled with grey, and the header is judged
    before anything is unpacked. Transparency is laid onto white.

    Returns
    -------
    uint8 of shape (H, W, 3), RGB

    Raises
    ------
    PictureError
        If the file is missing, no JPEG, PNG or WebP, damaged, or of more than `MAX_PIXELS` pixels.
    """
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        raise PictureError(f"{path}: is a folder, not a picture") from None
    except FileNotFoundError:
        raise PictureError(f"{path}: there is no such file") from None
    except OSError as error:
        raise PictureError(f"{path}: cannot be read: {error.strerror}") from error
    return decode_picture(data, str(path))


def decode_picture(data: bytes, name: str = "picture") -> Rgb8:
    """Decode a picture from memory; as `read_picture`, `name` stands in the errors."""
    if not data:
        raise PictureError(f"{name}: the file is empty; copy it again")
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a bomb up to twice its limit, and of broken EXIF: the pixels decide.
            warnings.simplefilter("ignore")
            opened = Image.open(io.BytesIO(data), formats=FORMATS)
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise PictureError(
                    f"{name}: {width} x {height} pixels are more than {MAX_PIXELS // 1_000_000} million; "
                    "save it smaller"
                )
            opened.load()
            return np.asarray(_in_srgb(ImageOps.exif_transpose(opened)))
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError(
            f"{name}: more than {MAX_PIXELS // 1_000_000} million pixels; save it smaller"
        ) from None
    except UnidentifiedImageError:
        raise PictureError(f"{name}: is not a JPEG, PNG or WebP picture") from None
    except Exception as error:
        # Decoders raise whatever they like on damaged bytes (OSError, SyntaxError, struct.error, ...).
        raise PictureError(f"{name}: is damaged ({error}); copy or export it again") from error


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    picture = _eight_bit(picture)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a profile that does not fit its picture: the numbers are taken as sRGB
        if converted is not None:
            return converted
    return picture.convert("RGB")


def _eight_bit(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode == "I":
        return Image.fromarray((np.asarray(picture).clip(0, 65535) / 257).astype(np.uint8))
    if "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA"):
        ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        ground.alpha_composite(picture.convert("RGBA"))
        return ground.convert("RGB")
    if picture.mode in ("RGB", "L", "CMYK"):
        return picture
    return picture.convert("RGB")


def jpeg_bytes(image: Rgb8, quality: int = 95) -> bytes:
    """Give a JPEG (4:4:4, sRGB profile embedded) of a uint8 (H, W, 3) picture; `quality` from 1 to 100."""
    check_rgb(image)
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality, subsampling=0, icc_profile=srgb_profile())
    return buffer.getvalue()


def srgb_profile() -> bytes:
    """Give the ICC profile of sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
