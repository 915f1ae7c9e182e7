"""The OpenCV path against a loopback MJPEG camera that fails in every way it can."""

from __future__ import annotations

import pytest

from booth.camera.camera import open_camera
from booth.errors import CameraError

PATIENCE = 30.0

WORDS = {
    "hang": "sends no",
    "unplug": "sends no more pictures",
    "not_found": "sends no more pictures",
    "freeze": "repeats one picture",
    "black": "picture is black",
    "truncated": "arrive cut off",
    "noise": "arrive as noise",
}


@pytest.fixture
def network(mjpeg, settings):
    return settings(source=mjpeg.url, timeout=1.0, crop="none")


@pytest.fixture
def live(mjpeg, network, watched):
    one = watched(lambda: open_camera(network), network)
    one.wait_live()
    return one


@pytest.mark.parametrize("mode", WORDS)
def test_each_fault_is_told_and_the_booth_is_live_again_after_it(mode, mjpeg, live):
    mjpeg.mode = mode
    notice = live.said.wait_for_notice(WORDS[mode])
    assert notice.level == "fault"
    assert notice.remedy
    mjpeg.mode = "ok"
    live.said.wait_for_clear()
    assert live.grabber.still(PATIENCE).image.shape == (240, 320, 3)


def test_bytes_that_are_no_pictures_are_never_handed_over(mjpeg, live):
    mjpeg.mode = "garbage"
    live.said.wait_for_notice("pictures")
    with pytest.raises(CameraError):
        live.grabber.still(0.1)
    mjpeg.mode = "ok"
    live.said.wait_for_clear()


def test_an_address_that_changes_its_size_still_gives_frames_of_one_size(mjpeg, live):
    mjpeg.mode = "wrong_size"
    number = live.grabber.still(PATIENCE).number
    assert live.grabber.wait_newer(number + 10, PATIENCE).image.shape == (240, 320, 3)


def test_an_address_that_is_back_with_another_size_is_used_with_that_size(mjpeg, live):
    mjpeg.mode = "unplug"
    live.said.wait_for_notice("sends no more pictures")
    mjpeg.mode = "wrong_size"
    live.said.wait_for_clear()
    assert live.grabber.still(PATIENCE).image.shape == (160, 200, 3)


def test_an_address_with_nothing_behind_it_is_told(mjpeg, network, watched):
    mjpeg.mode = "not_found"
    one = watched(lambda: open_camera(network), network)
    notice = one.said.wait_for_notice(f"No pictures come from {mjpeg.url}")
    assert "camera.source" in notice.remedy


def test_a_slow_camera_is_told(mjpeg, settings, watched):
    patient = settings(source=mjpeg.url, timeout=6)
    one = watched(lambda: open_camera(patient), patient)
    one.wait_live()
    mjpeg.mode = "slow"
    assert one.said.wait_for_notice("pictures a second").level == "warning"


def test_colours_come_as_rgb(mjpeg, network, live):
    image = live.grabber.still(PATIENCE).image.astype(float)
    red_falls = image[-40:, :, 0].mean() - image[:40, :, 0].mean()
    green_right = image[:, -40:, 1].mean() - image[:, :40, 1].mean()
    assert red_falls > 60
    assert green_right > 60
