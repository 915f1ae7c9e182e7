"""Files that are played, and the one door to all cameras."""

from __future__ import annotations

import logging

import cv2
import numpy as np
import pytest
from PIL import Image

from booth.camera.camera import open_camera
from booth.camera.pictures import SECONDS_EACH, PictureShow, load_picture
from booth.errors import CameraError


@pytest.fixture
def photo(tmp_path, scene):
    """A JPEG of the drawn studio."""
    path = tmp_path / "a.jpg"
    Image.fromarray(scene.image(8.0, 240)).save(path, quality=92)
    return path


def test_a_picture_plays_for_ever_without_counting_as_frozen(photo, settings, watched):
    source = settings(source=str(photo))
    one = watched(lambda: open_camera(source), source)
    assert one.grabber.wait_newer(40, 30).image.shape == (240, 240, 3)
    assert one.said.notices == []


def test_the_studio_needs_no_camera(settings):
    camera = open_camera(settings())
    frames = [camera.read() for _ in range(3)]
    camera.close()
    assert [frame.number for frame in frames] == [1, 2, 3]
    assert frames[0].image.shape == (240, 240, 3)


def test_a_truncated_picture_is_refused_not_half_shown(photo):
    photo.write_bytes(photo.read_bytes()[:-2000])
    with pytest.raises(CameraError, match=r"a\.jpg"):
        load_picture(photo, 1920)


def test_a_huge_picture_is_refused_by_its_header(tmp_path):
    bomb = tmp_path / "bomb.png"
    Image.new("1", (9000, 9000)).save(bomb)
    with pytest.raises(CameraError, match=r"bomb\.png"):
        load_picture(bomb, 1920)


def test_a_picture_is_turned_as_its_exif_says_and_shrunk(tmp_path):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (800, 400), (200, 10, 10)).save(path, exif=exif)
    assert load_picture(path, 400).shape == (400, 200, 3)


def test_a_folder_shows_its_good_pictures_in_turn_and_names_the_bad(tmp_path, caplog):
    for name, colour in (("1.png", (250, 0, 0)), ("3.png", (0, 250, 0))):
        Image.new("RGB", (80, 80), colour).save(tmp_path / name)
    (tmp_path / "2.jpg").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("left alone")
    show = PictureShow(tmp_path, 100)
    with caplog.at_level(logging.WARNING):
        colours = [tuple(show.picture(SECONDS_EACH * (i + 0.5), False)[0, 0]) for i in range(4)]
    assert set(colours) == {(250, 0, 0), (0, 250, 0)}
    assert "2.jpg" in caplog.text
    assert len(show.left_out) == 1


def test_a_video_plays_in_a_loop(tmp_path, settings):
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (320, 240))
    for level in (40, 120, 200):
        writer.write(np.full((240, 320, 3), (0, 0, level), np.uint8))
    writer.release()
    camera = open_camera(settings(source=str(path), rate=120))
    reds = [round(camera.read().image[..., 0].mean() / 40) for _ in range(6)]
    camera.close()
    assert reds == [1, 3, 5, 1, 3, 5]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("/dev/v4l/by-id/usb-nobody-video-index0", "no camera at"),
        ("63", "no camera at /dev/video63"),
        ("{tmp}/absent.jpg", "no such file"),
        ("{tmp}", "holds no JPEG"),
        ("{tmp}/broken.mp4", "cannot be opened"),
        ("{tmp}/broken.jpg", "can be used"),
    ],
)
def test_a_source_that_cannot_be_opened_says_what_to_do(tmp_path, settings, source, words):
    tmp = tmp_path / "sources"
    tmp.mkdir()
    if "broken" in source:
        (tmp / source.rpartition("/")[2]).write_bytes(b"junk" * 100)
    with pytest.raises(CameraError, match=words) as told:
        open_camera(settings(source=source.format(tmp=tmp)))
    assert told.value.notice().remedy
