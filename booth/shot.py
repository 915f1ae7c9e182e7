"""What travels between the rooms: frozen records with read-only arrays.

`Frame -> Cutout -> Composite` is one photo's path; no field is ever "not yet set".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from booth.arrays import Alpha, Probability, Rgb8
from booth.sentences import Sentence, in_language


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from the camera: square or not, upright, not mirrored.

    `taken_at` is in seconds since the epoch; `number` counts a camera's frames from 1, over reconnects.
    """

    image: Rgb8
    taken_at: float
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """The clean plate: the empty scene from the same camera.

    `sigma` is the sensor noise of one frame, one value a channel (R, G, B), in 8-bit steps (0 to 255).
    `brightness` is the mean of the plate, 0 to 255: what drift is measured against.
    """

    image: Rgb8
    taken_at: float
    sigma: tuple[float, float, float]
    brightness: float


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Who is in the picture: one soft mask, box, score and label for each instance.

    `masks[i]` is a grid of probabilities stretched over `boxes[i]`: 28x28 from Mask R-CNN, one value a
    pixel from a clean plate. `boxes` is float32 (N, 4), x0 y0 x1 y1 in pixels of the picture that they
    come with (a frame's, or a cut-out's), x1 and y1 exclusive. `scores` is float32 (N,), in [0, 1].
    """

    masks: tuple[Probability, ...]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.masks)


def nobody() -> People:
    """The answer that nobody is in the picture."""
    return People((), np.zeros((0, 4), np.float32), np.zeros(0, np.float32), ())


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rung of the ladder made of one photo, for the operator.

    `reasons` are kinds (`booth.matting.referee.KINDS`, or "failed", "no_plate"), `why` is the same as a
    sentence; `score` is the referee's, 0 where there was nothing to judge.
    """

    method: str
    is_accepted: bool
    score: float
    reasons: tuple[str, ...]
    why: str
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """The guests without their background: computed once, composed on any backdrop.

    `foreground` is not premultiplied and free of the old background's colour wherever alpha > 0.
    `people` are all who were found, their boxes in pixels of `alpha`; `included` numbers those whom `alpha`
    shows, and `everyone` is the alpha with all of them, None where that is `alpha` itself.
    `method` names the rung that gave the mask, `score` in [0, 1] is the referee's, `timings` holds
    the seconds of each stage, `decisions` what each rung that was tried made of it, and `hints` the kinds
    of what a guest could do better next time.
    """

    foreground: Rgb8
    alpha: Alpha
    people: People
    method: str
    score: float
    timings: Mapping[str, float] = field(default_factory=dict)
    included: frozenset[int] = frozenset()
    everyone: Alpha | None = None
    decisions: tuple[Decision, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """A scene to stand in. Lengths are fractions of the picture: (0, 0) top left, (1, 1) bottom right.

    `titles` has a title for each language code, "en" always. `floor` is the height of the line on which
    feet stand. `safe` is the box (left, top, right, bottom) in which guests look right. `light` is the
    direction from which light falls, in degrees clockwise from the top (0 above, 90 from the right).
    `writing` says that it can be read, and so must not be shown mirrored.
    """

    id: str
    titles: Mapping[str, str]
    image: Rgb8
    floor: float
    safe: tuple[float, float, float, float]
    light: float
    writing: bool = False

    def title(self, language: str) -> str:
        return self.titles.get(language, self.titles["en"])


@dataclass(frozen=True, slots=True)
class Placement:
    """A point (u, v) of the cutout stands at (x + scale u, y + scale v) of the picture, all fractions."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """The finished picture, `timings` in seconds for each stage."""

    image: Rgb8
    backdrop_id: str
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One photo of a visit. `cutout` and `placement` are None where no cut-out could stand: then the
    composite is the real photograph in a designed frame, and `why_framed` says to the operator why.
    `hints` are kinds (such as "too_dark") of what to tell the guest kindly. Of a strip, `parts` are its
    photos and the composite is all of them on one; its other fields are those of the first."""

    photo_id: str
    frame: Frame
    cutout: Cutout | None
    composite: Composite
    placement: Placement | None = None
    why_framed: str = ""
    hints: tuple[str, ...] = ()
    parts: tuple[Shot, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoDecisions:
    """How one photo came to its picture, for the operator: `method` is the rung's name or "framed",
    `taken_at` in seconds since the epoch, `decisions` one for each rung that was tried."""

    photo_id: str
    taken_at: float
    method: str
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a guest takes along. `code` is short and can be read aloud; `token` is the unguessable part
    of the pickup address. `ahead` counts the sheets before this one, `copies` the sheets of this one."""

    photo_id: str
    code: str
    token: str
    expires_at: float
    copies: int
    ahead: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the operator should know: `key` names its cause, so that a notice replaces the one
    before it and can be withdrawn. `level` is "info", "warning" or "fault"; `remedy` says what to do."""

    key: str
    level: str
    text: Sentence
    remedy: Sentence | Literal[""] = ""

    def in_language(self, language: str) -> tuple[str, str]:
        """Give text and remedy as the operator reads them."""
        return in_language(self.text, language), in_language(self.remedy, language)
