"""Devices and addresses through OpenCV: V4L2, MJPEG over http, RTSP. BGR ends here."""

from __future__ import annotations

import os
import time
from pathlib import Path

import cv2
import numpy as np

from booth.arrays import Rgb8
from booth.camera.exposure import ExposureError
from booth.camera.faults import CameraFaultError, Reason, Repeats
from booth.camera.upright import upright_square
from booth.config.settings import CameraSettings
from booth.sentences import Sentence, say
from booth.shot import Frame

PATIENCE = 0.8
"""Share of the time-out after which OpenCV shall give up: before the grabber does, which must leave a thread."""
DECIDES_ITSELF, BY_HAND = (3, 0), 1
"""V4L2's words for automatic exposure, of which a camera knows the first or the second, and for a fixed one."""
PER_MILLISECOND = 10
"""V4L2 counts exposure in tenths of a millisecond."""
ADDRESSES = ("http://", "https://", "rtsp://", "rtsps://")


class OpenCvCamera:
    """A device or an address, opened by OpenCV. One thread owns it."""

    def __init__(self, capture: cv2.VideoCapture, settings: CameraSettings) -> None:
        self.name = settings.source
        self.may_repeat: Repeats = "parts" if settings.source.lower().startswith("rtsp") else "nothing"
        self._capture = capture
        self._settings = settings
        self._number = 0
        self.exposure = self._read_exposure() if is_device(settings.source) else None

    def _read_exposure(self) -> float | None:
        """What the device says of itself; one without the control answers -1."""
        tenths = self._capture.get(cv2.CAP_PROP_EXPOSURE)
        if tenths <= 0:
            return None
        is_fixed = round(self._capture.get(cv2.CAP_PROP_AUTO_EXPOSURE)) == BY_HAND
        return tenths / PER_MILLISECOND if is_fixed else 0.0

    def expose(self, milliseconds: float) -> None:
        """Fix the exposure, 0: have the device decide; it takes the nearest that it can, and says which."""
        if self.exposure is None:
            raise ExposureError(say("camera.exposure.none", name=self.name))
        words = (BY_HAND,) if milliseconds else DECIDES_ITSELF
        taken = any(self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, word) for word in words)
        if milliseconds and taken:
            tenths = max(1, round(milliseconds * PER_MILLISECOND))
            taken = self._capture.set(cv2.CAP_PROP_EXPOSURE, tenths)
        if not taken:
            raise ExposureError(say("camera.exposure.refused", name=self.name))
        self.exposure = self._read_exposure()

    def read(self) -> Frame:
        """Wait for the next frame; OpenCV gives up by itself after `timeout`, where the driver lets it."""
        got, bgr = self._capture.read()
        if not got or bgr is None:
            raise CameraFaultError(Reason.UNPLUGGED, say("camera.no_more", name=self.name))
        taken_at = time.time()
        self._number += 1
        return Frame(_rgb(upright_square(_three_channels(bgr), self._settings)), taken_at, self._number)

    def close(self) -> None:
        self._capture.release()


def open_device(settings: CameraSettings) -> OpenCvCamera:
    """Open a V4L2 device by its number or its stable path below /dev/v4l/by-id.

    Raises
    ------
    CameraFaultError
        If there is no such device, or it is in use.
    """
    _hurry_opencv(settings)
    device = _device_path(settings.source)
    if not device.exists():
        raise CameraFaultError(Reason.ABSENT, _nothing_at(device))
    capture = cv2.VideoCapture()
    if not capture.open(os.path.realpath(device), cv2.CAP_V4L2, _wishes(settings)):
        raise CameraFaultError(Reason.ABSENT, say("camera.taken", device=device))
    return OpenCvCamera(capture, settings)


def open_address(settings: CameraSettings) -> OpenCvCamera:
    """Open an MJPEG or RTSP address.

    Raises
    ------
    CameraFaultError
        If nothing usable answers within `timeout`.
    """
    _hurry_opencv(settings)
    patience = round(PATIENCE * settings.timeout * 1000)
    capture = cv2.VideoCapture()
    # one thread: FFmpeg's frame threads each hold a frame back, and the mirror would lag behind
    asked = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, patience, cv2.CAP_PROP_READ_TIMEOUT_MSEC, patience]
    if not capture.open(settings.source, cv2.CAP_FFMPEG, [*asked, cv2.CAP_PROP_N_THREADS, 1]):
        raise CameraFaultError(Reason.ADDRESS, say("camera.no_answer", source=settings.source))
    return OpenCvCamera(capture, settings)


def is_device(source: str) -> bool:
    return source.isdecimal() or source.startswith("/dev/")


def is_address(source: str) -> bool:
    return source.lower().startswith(ADDRESSES)


def _hurry_opencv(settings: CameraSettings) -> None:
    """Shorten V4L's wait of 10 s and keep FFmpeg quiet; OpenCV reads both before the first capture."""
    patience = max(1, int(PATIENCE * settings.timeout))
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(patience))
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


def _device_path(source: str) -> Path:
    return Path(f"/dev/video{int(source)}") if source.isdecimal() else Path(source)


def _nothing_at(device: Path) -> Sentence:
    """Name the cameras that are there, so that the operator can copy a path into the file."""
    folder = Path("/dev/v4l/by-id")
    names = sorted(str(path) for path in folder.iterdir()) if folder.is_dir() else []
    if not names:
        return say("camera.nothing_at", device=device)
    return say("camera.others_at", device=device, names=", ".join(names))


def _wishes(settings: CameraSettings) -> list[int]:
    """Ask for MJPG first: raw pictures of this size do not fit through USB 2 at a live rate."""
    return [
        cv2.CAP_PROP_FOURCC,
        cv2.VideoWriter.fourcc(*"MJPG"),
        cv2.CAP_PROP_FRAME_WIDTH,
        settings.width,
        cv2.CAP_PROP_FRAME_HEIGHT,
        settings.height,
        cv2.CAP_PROP_FPS,
        round(settings.rate),
    ]


def _three_channels(bgr: object) -> Rgb8:
    """Refuse what is no colour picture (an infrared sensor of a laptop, a depth stream)."""
    image = np.asarray(bgr)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        said = say("camera.no_colour", kind=str(image.dtype), shape=str(image.shape))
        raise CameraFaultError(Reason.WRONG_SIZE, said)
    return image


def _rgb(bgr: Rgb8) -> Rgb8:
    rgb = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
    rgb.flags.writeable = False
    return rgb
