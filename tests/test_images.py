"""Picture files at the door, and on their way out."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFile, ImageOps

from booth.errors import PictureError
from booth.images import decode, jpeg_bytes, png_bytes, read_picture, smaller, srgb_profile, to_srgb


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def corners() -> Image.Image:
    """A picture whose four quarters differ, 200 x 100."""
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:50, :100], pixels[:50, 100:] = (255, 0, 0), (0, 255, 0)
    pixels[50:, :100], pixels[50:, 100:] = (0, 0, 255), (255, 255, 255)
    return Image.fromarray(pixels)


def rgb(data: bytes, suffix: str) -> np.ndarray:
    picture = decode(data, suffix)
    return np.asarray(to_srgb(picture.colour, picture.profile)[0])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_a_picture_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(corners(), "PNG", exif=exif)
    truth = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    picture = decode(data, ".png")
    assert np.array_equal(np.asarray(picture.colour), truth)
    assert (picture.height, picture.width) == truth.shape[:2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP"])
def test_a_plain_picture_comes_without_remarks(kind: str) -> None:
    suffix = {"JPEG": ".JPG", "PNG": ".png", "WebP": ".webp"}[kind]
    picture = decode(saved(corners(), kind), suffix)
    assert picture.remarks == ()
    assert picture.alpha is None


def test_sixteen_bits_are_scaled_and_not_cut_off() -> None:
    values = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))
    got = rgb(saved(Image.fromarray(values), "PNG"), ".png")
    assert np.abs(got[..., 0].astype(float) - values / 257).max() <= 0.5


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    image = corners().convert(mode)
    got = rgb(saved(image, "PNG"), ".png")
    assert np.array_equal(got, np.asarray(image.convert("RGB")))


def test_a_transparent_colour_of_a_palette_becomes_alpha() -> None:
    image = corners().convert("P")
    index = image.getpixel((0, 0))
    picture = decode(saved(image, "PNG", transparency=index), ".png")
    assert picture.alpha is not None
    assert picture.alpha.getpixel((0, 0)) == 0
    assert picture.alpha.getpixel((199, 99)) == 255


def test_cmyk_is_read_and_remarked_on() -> None:
    picture = decode(saved(corners().convert("CMYK"), "JPEG", quality=95), ".jpg")
    assert [remark.what for remark in picture.remarks] == ["is CMYK without a profile; colours may be off"]
    got = np.asarray(to_srgb(picture.colour, picture.profile)[0]).astype(int)
    assert np.abs(got - np.asarray(corners()))[10:40, 10:80].max() < 12


def test_another_colour_profile_is_converted_to_srgb() -> None:
    grey = Image.new("RGB", (80, 80), (128, 128, 128))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert to_srgb(grey, lab)[1], "a profile of another colour space must be remarked on"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = swap_red_and_blue(srgb)
    got, remarks = to_srgb(Image.new("RGB", (4, 4), (250, 10, 10)), swapped)
    assert remarks == ()
    red, _, blue = got.getpixel((0, 0))
    assert blue > 200
    assert red < 60


def swap_red_and_blue(profile: bytes) -> bytes:
    """A matrix profile under another name, whose red is blue."""
    return (
        profile.replace(b"rXYZ", b"tmp0")
        .replace(b"bXYZ", b"rXYZ")
        .replace(b"tmp0", b"bXYZ")
        .replace("sRGB built-in".encode("utf-16-be"), "odd colours!!".encode("utf-16-be"))
    )


def test_a_broken_profile_is_remarked_on_and_colours_stay() -> None:
    got, remarks = to_srgb(corners(), b"not a profile")
    assert "colour profile that cannot be used" in remarks[0].what
    assert np.array_equal(np.asarray(got), np.asarray(corners()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_a_truncated_file_is_refused(kind: str, kept: float) -> None:
    rng = np.random.default_rng(5)
    data = saved(Image.fromarray(rng.integers(0, 256, (300, 300, 3), np.uint8)), kind)
    with pytest.raises(PictureError, match="truncated"):
        decode(data[: int(len(data) * kept)], ".jpg")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_damaged_files_never_raise_anything_else() -> None:
    rng = np.random.default_rng(3)
    sources = [
        (saved(corners(), kind), suffix)
        for kind, suffix in (("JPEG", ".jpg"), ("PNG", ".png"), ("WebP", ".webp"))
    ]
    for round_ in range(150):
        data, suffix = sources[round_ % 3]
        damaged = bytearray(data)
        for at in rng.integers(0, len(damaged), 6):
            damaged[at] = rng.integers(0, 256)
        with suppress(PictureError):
            decode(bytes(damaged), suffix)


def test_pixels_are_counted_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("decoded")

    data = saved(Image.new("1", (9000, 8000)), "PNG")
    monkeypatch.setattr(ImageFile.ImageFile, "load", never)
    with pytest.raises(PictureError, match=r"9000 x 8000 pixels \(72 megapixels; at most 64 are read\)"):
        decode(data, ".png")


def test_a_large_jpeg_is_decoded_no_smaller_than_asked() -> None:
    picture = decode(saved(Image.new("RGB", (4000, 3000)), "JPEG"), ".jpg", shorter_side=700)
    assert (picture.width, picture.height) == (4000, 3000)
    assert 700 <= picture.colour.height < 1600


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"GIF89a", "GIF"),
        (b"BM", "BMP"),
        (b"II*\0", "TIFF"),
        (b"%PDF-1.7", "PDF"),
        (b"<svg ", "SVG"),
    ],
)
def test_other_formats_are_called_by_their_name(start: bytes, name: str) -> None:
    with pytest.raises(PictureError, match=f"is a {name} file, which is not read here"):
        decode(start + bytes(100), ".jpg")


def test_a_moving_picture_shows_its_first_frame() -> None:
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("red", "blue")]
    picture = decode(
        saved(frames[0], "WebP", save_all=True, append_images=frames[1:], lossless=True), ".webp"
    )
    assert "moves" in picture.remarks[0].what
    assert np.asarray(picture.colour)[40, 40, 0] > 200


def test_a_file_is_read_with_its_transparency_on_white(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(path)
    assert (read_picture(path) == 255).all()


def test_a_file_that_cannot_be_read_is_named_with_its_remedy(tmp_path: Path) -> None:
    half = tmp_path / "half.jpg"
    whole = saved(corners().resize((640, 480)), "JPEG")
    half.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PictureError, match=r"half\.jpg: is a damaged or truncated JPEG.*copy it again"):
        read_picture(half)
    with pytest.raises(PictureError, match=r"none\.jpg: is not there"):
        read_picture(tmp_path / "none.jpg")


@pytest.mark.parametrize("channels", [3, 4])
def test_our_png_comes_back_exactly(channels: int) -> None:
    image = np.random.default_rng(1).integers(0, 256, (70, 90, channels), np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png_bytes(image)))), image)


def test_our_jpeg_has_full_colour_its_profile_and_no_exif() -> None:
    image = np.asarray(corners())
    opened = Image.open(io.BytesIO(jpeg_bytes(image, 98, dpi=300)))
    assert opened.info["icc_profile"] == srgb_profile()
    assert opened.info["dpi"] == (300, 300)
    assert not opened.getexif()
    assert np.abs(np.asarray(opened).astype(int) - image).max() < 12


@pytest.mark.parametrize(("before", "after"), [(960, 480), (1000, 480), (1080, 720), (720, 650)])
def test_shrinking_quickly_is_close_to_averaging(before: int, after: int) -> None:
    rows, columns = np.mgrid[0:before, 0:before].astype(np.float32) / before
    scene = 120 + 60 * np.sin(40 * columns) + 40 * np.cos(30 * rows)
    picture = np.repeat(scene[..., None], 3, 2).astype(np.uint8)
    expected = cv2.resize(picture, (after, after), interpolation=cv2.INTER_AREA)
    found = smaller(picture, after, after)
    assert found.shape == (after, after, 3)
    assert found.dtype == np.uint8
    assert np.abs(found.astype(float) - expected).mean() < 1.0


def test_an_alpha_shrinks_too_and_stays_in_its_range() -> None:
    alpha = np.zeros((1000, 1000), np.float32)
    alpha[300:, 200:700] = 1
    found = smaller(alpha, 320, 320)
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1.00001
    assert abs(float(found.mean()) - float(alpha.mean())) < 0.005


def test_a_picture_of_the_size_wanted_is_left_alone() -> None:
    picture = np.zeros((30, 40, 3), np.uint8)
    assert smaller(picture, 30, 40) is picture
