"""Picture files at the door."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from booth.errors import PictureError
from booth.images import decode_picture, jpeg_bytes, read_picture


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def gradient(width: int = 64, height: int = 48) -> Image.Image:
    return Image.merge("RGB", [Image.linear_gradient("L").resize((width, height))] * 3)


def test_a_png_is_read_exactly() -> None:
    picture = gradient()
    assert np.array_equal(decode_picture(encoded(picture)), np.asarray(picture))


def test_a_photo_taken_upright_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decode_picture(encoded(gradient(64, 48), "JPEG", exif=exif)).shape == (64, 48, 3)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1"])
def test_every_common_mode_becomes_rgb(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = (
        Image.fromarray(np.full((8, 8), 65535, np.uint16))
        if mode == "I;16"
        else Image.new("RGB", (8, 8), "white").convert(mode)
    )
    decoded = decode_picture(encoded(picture, kind))
    assert decoded.dtype == np.uint8
    assert decoded.shape == (8, 8, 3)
    assert decoded.min() >= 250


def test_transparency_is_laid_onto_white() -> None:
    assert (decode_picture(encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 0)))) == 255).all()


def test_a_half_jpeg_is_refused_and_named(tmp_path: Path) -> None:
    whole = encoded(gradient(640, 480), "JPEG")
    path = tmp_path / "half.jpg"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PictureError, match=r"half\.jpg: is damaged"):
        read_picture(path)


def test_a_bomb_is_refused_by_its_header() -> None:
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    with pytest.raises(PictureError, match="more than 64 million pixels"):
        decode_picture(b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IDAT" + b"\x00" * 64)


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "is empty"), (b"GIF89a" + b"\0" * 40, "not a JPEG"), (b"hello", "not a JPEG")]
)
def test_what_is_no_picture_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(PictureError, match=said):
        decode_picture(data)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such file"):
        read_picture(tmp_path / "none.jpg")
    with pytest.raises(PictureError, match="is a folder"):
        read_picture(tmp_path)


def test_a_profile_is_converted_to_srgb() -> None:
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    grey = Image.new("RGB", (4, 4), (128, 128, 128))
    assert decode_picture(encoded(grey, icc_profile=linear)).shape == (4, 4, 3)


def test_our_jpeg_carries_its_profile_and_comes_back_close() -> None:
    image = np.asarray(gradient(256, 256))
    data = jpeg_bytes(image)
    assert Image.open(io.BytesIO(data)).info["icc_profile"]
    assert np.abs(decode_picture(data).astype(int) - image).mean() < 1


def test_a_picture_over_our_limit_and_below_pillows_is_refused() -> None:
    with pytest.raises(PictureError, match="9000 x 9000 pixels are more than 64 million"):
        decode_picture(encoded(Image.new("1", (9000, 9000))))
