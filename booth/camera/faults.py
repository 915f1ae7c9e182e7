"""What can be wrong with a camera, in the operator's words, each with its remedy."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from booth.errors import CameraError
from booth.shot import Notice

Repeats = Literal["nothing", "parts", "everything"]
"""What two pictures in a row may share without a fault: nothing where a sensor's noise is in every picture,
parts where a video codec skips what rests (RTSP), everything where a file is played."""


class Reason(StrEnum):
    """Why no usable picture comes."""

    ABSENT = "absent"
    ADDRESS = "address"
    UNREADABLE = "unreadable"
    UNPLUGGED = "unplugged"
    SILENT = "silent"
    STUCK = "stuck"
    FROZEN = "frozen"
    BLACK = "black"
    TRUNCATED = "truncated"
    GARBAGE = "garbage"
    WRONG_SIZE = "wrong_size"
    SLOW = "slow"


REMEDIES = {
    Reason.ABSENT: "Plug the camera in, or set camera.source to its path below /dev/v4l/by-id.",
    Reason.ADDRESS: "Check camera.source, the network cable and that the camera is switched on.",
    Reason.UNREADABLE: "Put a readable JPEG, PNG, WebP or video there, or change camera.source.",
    Reason.UNPLUGGED: "Check the camera's cable and power; the booth goes on by itself.",
    Reason.SILENT: "Unplug the camera and plug it in again; the booth goes on by itself.",
    Reason.STUCK: "Unplug the camera, plug it in again and restart the booth.",
    Reason.FROZEN: "Unplug the camera and plug it in again; the booth goes on by itself.",
    Reason.BLACK: "Take the lens cap off, open the camera's shutter, switch the light on.",
    Reason.TRUNCATED: "Use a shorter cable or another USB port, or a smaller camera.width and height.",
    Reason.GARBAGE: "Use a shorter cable or another USB port; restart the camera.",
    Reason.WRONG_SIZE: "Stop other programs that use the camera; restart the camera.",
    Reason.SLOW: "Give more light, use a USB 3 port of its own, or a smaller camera.width and height.",
}


class CameraFaultError(CameraError):
    """A camera's fault with its reason; `text` says what is wrong, the message adds what to do."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(f"{text} {REMEDIES[reason]}")
        self.reason = reason
        self.text = text

    def notice(self) -> Notice:
        """Give the fault as the operator's panel shows it."""
        level = "warning" if self.reason is Reason.SLOW else "fault"
        return Notice("camera", level, self.text, REMEDIES[self.reason])
