"""Doubles of the camera room: a loopback MJPEG server with faults, and a grabber that is listened to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.camera.camera import Camera
from booth.camera.grabber import Grabber
from booth.camera.simulated import CameraControl, SimulatedCamera
from booth.camera.studio_scene import StudioPlayer, StudioScene
from booth.config.settings import CameraSettings
from booth.shot import Notice

PATIENCE = 30.0
"""Seconds after which a test gives up; never slept through."""


def small_settings(**changes: object) -> CameraSettings:
    """Settings of a small, fast camera that counts as lost after half a second."""
    values = {"width": 320, "height": 240, "rate": 50, "timeout": 0.5} | changes
    return CameraSettings.model_validate(values)


class Listener:
    """Keeps what a grabber tells the operator, and lets a test wait for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.notices: list[Notice] = []
        self.cleared = 0

    def on_notice(self, notice: Notice) -> None:
        with self._changed:
            self.notices.append(notice)
            self._changed.notify_all()

    def on_clear(self, key: str) -> None:
        with self._changed:
            self.cleared += key == "camera"
            self._changed.notify_all()

    def wait_for_notice(self, words: str) -> Notice:
        """Wait until a notice says these words, and give it."""

        def said() -> Notice | None:
            return next((notice for notice in self.notices if words in notice.text), None)

        with self._changed:
            found = self._changed.wait_for(said, PATIENCE)
        assert found, f"nobody said {words!r}, only {[notice.text for notice in self.notices]}"
        return found

    def wait_for_clear(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.cleared > 0, PATIENCE), (
                "the notice was never withdrawn"
            )


class Watched:
    """A running grabber with what it says."""

    def __init__(self, open_camera: Callable[[], Camera], settings: CameraSettings, **how: object) -> None:
        self.said = Listener()
        how = {"backoff": (0.02, 0.1)} | how
        self.grabber = Grabber(open_camera, settings, self.said.on_notice, self.said.on_clear, **how)
        self.grabber.start()

    def wait_live(self) -> None:
        frame = self.grabber.wait_newer(0, PATIENCE)
        assert frame is not None, f"never live: {self.said.notices}"


@pytest.fixture(name="settings")
def small() -> Callable[..., CameraSettings]:
    return small_settings


@pytest.fixture
def watched() -> Iterator[Callable[..., Watched]]:
    """Start grabbers that are stopped at the end; no thread may be left."""
    started: list[Watched] = []

    def start(open_camera: Callable[[], Camera], settings: CameraSettings, **how: object) -> Watched:
        started.append(Watched(open_camera, settings, **how))
        return started[-1]

    yield start
    for one in started:
        one.grabber.stop()
    until = time.monotonic() + PATIENCE
    for thread in threading.enumerate():
        if thread.name.startswith("camera"):
            thread.join(until - time.monotonic())
            assert not thread.is_alive(), f"{thread.name} is left behind"


@pytest.fixture(scope="session")
def scene() -> StudioScene:
    """The drawn studio, painted once for all tests."""
    return StudioScene()


@pytest.fixture
def control() -> Iterator[CameraControl]:
    """A control whose fault is taken back at the end, so that a hung reader can end."""
    one = CameraControl()
    yield one
    one.fault = None


@pytest.fixture
def open_studio(
    scene: StudioScene, control: CameraControl
) -> Callable[[CameraSettings], Callable[[], Camera]]:
    """Give an opener of the simulated camera that looks into the drawn studio."""

    def opener(settings: CameraSettings, *, is_lit: bool = True) -> Callable[[], Camera]:
        return lambda: SimulatedCamera(StudioPlayer(240, scene), settings, control, is_lit=is_lit)

    return opener


class MjpegDouble:
    """An MJPEG camera on loopback. `mode` is ok, or one of its faults, and may change at any time."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._mode = "ok"
        self.pictures = [_jpeg(_picture(i)) for i in range(24)]
        self.black = [
            _jpeg(np.random.default_rng(i).integers(0, 4, (240, 320, 3), np.uint8)) for i in range(24)
        ]
        self.other = [_jpeg(_picture(i)[:160, :200]) for i in range(24)]
        self.noise = [
            _jpeg(np.random.default_rng(i).integers(0, 256, (240, 320, 3), np.uint8)) for i in range(24)
        ]
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                double.serve(self)

            def log_message(self, format: str, *args: object) -> None:
                """Tests are quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="mjpeg-double")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/video"

    @property
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        with self.changed:
            self._mode = mode
            self.changed.notify_all()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        if self.mode == "not_found":
            request.send_error(404)
            return
        if self.mode == "unplug":
            return
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        request.end_headers()
        try:
            self._stream(request)
        except OSError:
            return

    def stop(self) -> None:
        self.mode = "stop"
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _stream(self, request: BaseHTTPRequestHandler) -> None:
        number = 0
        while self.mode not in ("stop", "unplug", "not_found"):
            number += 1
            pause = 1.0 if self.mode == "slow" else 0.02
            with self.changed:
                self.changed.wait_for(lambda: self.mode in ("stop", "unplug", "not_found"), pause)
                self.changed.wait_for(lambda: self.mode != "hang", PATIENCE)
            data = self._data(number)
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            request.wfile.write(head.encode() + data + b"\r\n")

    def _data(self, number: int) -> bytes:
        picture = self.pictures[number % 24]
        return {
            "freeze": self.pictures[0],
            "black": self.black[number % 24],
            "wrong_size": self.other[number % 24],
            "truncated": picture[: len(picture) // 2],
            "noise": self.noise[number % 24],
            "garbage": np.random.default_rng(number).bytes(5000),
        }.get(self.mode, picture)


@pytest.fixture
def mjpeg() -> Iterator[MjpegDouble]:
    double = MjpegDouble()
    yield double
    double.stop()


def _picture(number: int) -> Rgb8:
    """A soft picture with sensor noise, so that no two are equal."""
    rows, columns = np.mgrid[0:240, 0:320]
    soft = np.dstack((rows / 2 + 40, columns / 2 + 30, (rows + columns) / 4 + 60))
    noise = np.random.default_rng(number).normal(0, 3, (240, 320, 3))
    return np.clip(soft + noise, 0, 255).astype(np.uint8)


def _jpeg(image: Rgb8) -> bytes:
    return cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
