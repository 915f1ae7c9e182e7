"""Exposure: the panel's steps, V4L2's controls through OpenCV, and the drawn studio's light."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.camera.exposure import LONGEST, SHORTEST, ExposureError, stepped
from booth.camera.opencv import OpenCvCamera
from booth.camera.simulated import exposed
from booth.config.settings import CameraSettings


class Device:
    """A capture with V4L2's two controls: words that it takes for automatic, and a shutter of whole steps."""

    def __init__(self, automatic=(3,), step: int = 1, has_exposure: bool = True) -> None:
        self.automatic = automatic
        self.step = step
        self.mode = automatic[0]
        self.tenths = 157 if has_exposure else -1

    def get(self, key: int) -> float:
        return float({cv2.CAP_PROP_EXPOSURE: self.tenths, cv2.CAP_PROP_AUTO_EXPOSURE: self.mode}[key])

    def set(self, key: int, value: float) -> bool:
        if key == cv2.CAP_PROP_AUTO_EXPOSURE:
            taken = value in (1, *self.automatic)
            self.mode = int(value) if taken else self.mode
            return taken
        if self.mode != 1 or self.tenths < 0:
            return False
        self.tenths = round(value / self.step) * self.step
        return True


def camera_on(device: Device, source: str = "0") -> OpenCvCamera:
    return OpenCvCamera(device, CameraSettings(source=source))


def test_two_steps_are_twice_the_light_and_end_at_what_is_sensible():
    assert stepped(10.0, 2) == 20.0
    assert stepped(10.0, -2) == 5.0
    assert stepped(90.0, 1) == LONGEST
    assert stepped(0.6, -1) == SHORTEST


@pytest.mark.parametrize("automatic", [(3,), (0,)], ids=["aperture priority", "fully automatic"])
def test_a_device_is_fixed_in_milliseconds_and_decides_itself_again(automatic):
    device = Device(automatic)
    camera = camera_on(device)
    assert camera.exposure == 0.0
    camera.expose(8.0)
    assert (device.mode, device.tenths) == (1, 80)
    assert camera.exposure == 8.0
    camera.expose(0.0)
    assert device.mode == automatic[0]
    assert camera.exposure == 0.0


def test_what_the_device_made_of_it_is_what_is_told():
    camera = camera_on(Device(step=50))
    camera.expose(8.0)
    assert camera.exposure == 10.0


def test_a_device_that_was_left_fixed_says_so():
    device = Device()
    device.mode, device.tenths = 1, 330
    assert camera_on(device).exposure == 33.0


@pytest.mark.parametrize(
    ("device", "source"),
    [(Device(has_exposure=False), "0"), (Device(), "rtsp://camera/1")],
    ids=["device", "address"],
)
def test_a_camera_without_the_control_has_none(device, source):
    camera = camera_on(device, source)
    assert camera.exposure is None
    with pytest.raises(ExposureError, match="offers no exposure"):
        camera.expose(5.0)


def test_a_device_that_refuses_says_so():
    device = Device()
    camera = camera_on(device)
    device.automatic = ()
    device.set = lambda key, value: False
    with pytest.raises(ExposureError, match="does not take"):
        camera.expose(5.0)


def test_light_adds_up_before_the_curve_and_burns_out():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    assert np.array_equal(exposed(ramp, 1.0), ramp)
    doubled, halved = exposed(ramp, 2.0)[0, :, 0], exposed(ramp, 0.5)[0, :, 0]
    assert doubled[255] == doubled[200] == 255
    assert doubled[100] == round(100 * 2 ** (1 / 2.2))
    assert halved[255] == round(255 * 0.5 ** (1 / 2.2))
    assert (np.diff(doubled.astype(int)) >= 0).all()
