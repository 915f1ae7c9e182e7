"""Faults: one kind sentence for the guest, the raw error for the log.

`guest` is the key of a sentence in the texts (`booth/ui/texts`); the message of the exception is
for the operator and says what is wrong and what to do.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from booth.sentences import Sentence, say


class BoothError(Exception):
    """Something that the booth foresees can go wrong."""

    guest: ClassVar[str] = "sorry.general"


class ConfigError(BoothError):
    """The configuration cannot be used. The message holds one problem a line."""


class CameraError(BoothError):
    """No usable picture can be had from the camera just now; trying again later may help."""

    guest: ClassVar[str] = "sorry.camera"


class PlateError(BoothError):
    """No clean plate could be made, as the scene moved, was dark or overexposed."""


class MattingError(BoothError):
    """A segmenter or the matting stage failed on this picture."""

    guest: ClassVar[str] = "sorry.developing"


class LateError(MattingError):
    """The answer did not come within the time that was given for it."""


class GivenUpError(BoothError):
    """Whoever asked is told this instead of an answer: the work ends, and no other way to do it is tried."""


class WireError(MattingError):
    """Bytes from the network are not what they should be; the message says what is wrong with them."""


class WeightsError(BoothError):
    """Network weights are missing, damaged or could not be fetched."""


class PictureError(BoothError):
    """A picture or what describes it was refused: `what` is wrong with it, and the `remedy`.

    `kind` tells a file of another format and one that is too large from those that are otherwise wrong.
    """

    def __init__(
        self, what: Sentence, remedy: Sentence, kind: Literal["format", "size", "content"] = "content"
    ) -> None:
        super().__init__(say("picture.told", what=what, remedy=remedy))
        self.what = what
        self.remedy = remedy
        self.kind = kind


class BackdropError(BoothError):
    """A backdrop's picture or its YAML cannot be used."""


class SpoolError(BoothError):
    """A photo could not be put on disk or into the ledger; what was acknowledged before is safe."""

    guest: ClassVar[str] = "sorry.storage"


class PrintError(BoothError):
    """A printer did not take a sheet."""

    guest: ClassVar[str] = "sorry.printer"


def said_by(fault: BaseException) -> Sentence:
    """What a fault says, in every language where it was raised with a sentence, else in its own words."""
    said = fault.args[0] if len(fault.args) == 1 else None
    return said if isinstance(said, Sentence) else say("words", words=str(fault))


def first_line(fault: BaseException) -> str:
    """The first line of what a fault says, for a sentence; its kind where it says nothing."""
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0][:200]
