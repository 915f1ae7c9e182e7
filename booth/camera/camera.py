"""What a camera is, and opening the one that the settings name."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Protocol

from booth.camera.faults import CameraFaultError, Reason, Repeats
from booth.camera.opencv import is_address, is_device, open_address, open_device
from booth.camera.pictures import VIDEOS, PictureShow, Player, VideoPlayer
from booth.camera.simulated import CameraControl, SimulatedCamera
from booth.camera.studio_scene import StudioPlayer, StudioScene
from booth.config.settings import CameraSettings
from booth.sentences import say
from booth.shot import Frame


class Camera(Protocol):
    """A source of frames that one thread owns. `may_repeat` says what two frames in a row may share.

    `exposure` is for how many milliseconds each picture lets light in, 0 while the camera decides itself, and
    None for a camera of which that cannot be changed.
    """

    name: str
    may_repeat: Repeats
    exposure: float | None

    def read(self) -> Frame:
        """Wait for the next frame, numbered from 1; raises CameraError when none will come."""

    def expose(self, milliseconds: float) -> None:
        """Let light in for so long from now on, 0: as the camera decides; raises ExposureError if it will not."""

    def close(self) -> None:
        """Give the device back. Closing twice is harmless."""


def open_camera(settings: CameraSettings, control: CameraControl | None = None) -> Camera:
    """Open the camera that `settings.source` names; `control` reaches it if it is a simulated one.

    Raises
    ------
    CameraError
        With what is wrong and what to do about it.
    """
    source = settings.source
    if is_address(source):
        return open_address(settings)
    if is_device(source):
        return open_device(settings)
    return SimulatedCamera(_player(settings), settings, control, is_lit=settings.source == "studio")


@cache
def _studio() -> StudioScene:
    """The studio takes seconds to paint; a camera that is opened anew finds it painted."""
    return StudioScene()


def _player(settings: CameraSettings) -> Player:
    if settings.source == "studio":
        return StudioPlayer(min(settings.width, settings.height), _studio())
    path = Path(settings.source).expanduser()
    if not path.exists():
        raise CameraFaultError(Reason.UNREADABLE, say("camera.no_file", source=settings.source))
    if path.suffix.lower() in VIDEOS:
        return VideoPlayer(path)
    return PictureShow(path, max(settings.width, settings.height))
