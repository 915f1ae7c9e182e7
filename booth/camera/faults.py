"""What can be wrong with a camera, in the operator's words; each reason has its remedy among the sentences."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from booth.errors import CameraError
from booth.sentences import Sentence, say
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


class CameraFaultError(CameraError):
    """A camera's fault with its reason; `text` says what is wrong, `remedy` what to do, the message both."""

    def __init__(self, reason: Reason, text: Sentence) -> None:
        self.reason = reason
        self.text = text
        self.remedy = say(f"camera.{reason}.help")
        super().__init__(say("told", what=text, remedy=self.remedy))

    def notice(self) -> Notice:
        """Give the fault as the operator's panel shows it."""
        level = "warning" if self.reason is Reason.SLOW else "fault"
        return Notice("camera", level, self.text, self.remedy)


def fault_of(reason: Reason) -> CameraFaultError:
    """The fault of a camera whose pictures are not sound, or do not come."""
    return CameraFaultError(reason, say(f"camera.{reason}"))
