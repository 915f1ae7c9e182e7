"""How a printer is, in words: paper, ribbon, cover, jam, off; from what IPP calls reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Literal, get_args

from booth.sentences import Sentence, say

Reason = Literal[
    "off",
    "service",
    "unknown",
    "folder",
    "taken",
    "paper",
    "ribbon",
    "cover",
    "jam",
    "bin",
    "spool",
    "media",
    "given_up",
    "stopped",
    "other",
    "paper_low",
    "ribbon_low",
]
State = Literal["ready", "printing", "waiting", "off", "paused"]

REASONS: tuple[Reason, ...] = get_args(Reason)
"""The worst first."""
Silence = Literal["", "between", "outcome"]
SILENT: Mapping[Silence, tuple[str, str]] = {
    "between": (
        "cannot be asked: its paper and ribbon are known only while a sheet is with it",
        "Look at it before the event and now and then; or use its network address, if it has one.",
    ),
    "outcome": (
        "cannot be asked: of a sheet no more is known than that it was handed over",
        "Look at it now and then. On Linux and macOS name its queue in CUPS instead, which tells more.",
    ),
}
"""Of what a printer cannot tell: how it is between two sheets (USB), or what became of any (Windows)."""
WARNINGS: tuple[Reason, ...] = ("paper_low", "ribbon_low")

FROM_IPP: tuple[tuple[str, Reason | None], ...] = (
    ("none", None),
    ("media-empty", "paper"),
    ("media-needed", "paper"),
    ("input-tray-missing", "paper"),
    ("input-media-", "paper"),
    ("media-low", "paper_low"),
    ("media-jam", "jam"),
    ("media-path", "jam"),
    ("cover-open", "cover"),
    ("door-open", "cover"),
    ("interlock-open", "cover"),
    ("marker-supply-empty", "ribbon"),
    ("marker-supply-missing", "ribbon"),
    ("marker-ribbon-empty", "ribbon"),
    ("toner-empty", "ribbon"),
    ("marker-supply-low", "ribbon_low"),
    ("toner-low", "ribbon_low"),
    ("output-area-full", "bin"),
    ("output-tray-missing", "bin"),
    ("spool-area-full", "spool"),
    ("media-mismatch", "media"),
    ("offline", "off"),
    ("shutdown", "off"),
    ("timed-out", "off"),
    ("connecting-to-device", None),
    ("moving-to-paused", "stopped"),
    ("paused", "stopped"),
    ("stopped", "stopped"),
    ("stopping", None),
    ("deactivated", "stopped"),
    ("cups-", None),
    ("com.apple", None),
    ("job-", None),
    ("identify", None),
)
"""What reasons begin with (RFC 8011, 5.4.12; PWG 5100.9), and what they are to us."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a look at a printer gave: why it wants attention, worst first, and whether it takes sheets now. `level`
    is what is left of its ribbon or paper in percent, as its back end said last; None where it says nothing."""

    reasons: tuple[Reason, ...] = ()
    takes: bool = True
    detail: str = ""
    level: int | None = None

    @property
    def hindered(self) -> bool:
        """Whether nothing can come out until somebody does something."""
        return any(reason not in WARNINGS for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class PrinterState:
    """A printer for the panel. `words` is the operator's sentence, "" when it is well; `media` are formats that
    it takes; `sheets_left` is None where nobody said how many were loaded; `holding` counts sheets handed over
    and not out yet, `printed` sheets at this event; `silent` says what it cannot tell."""

    name: str
    state: State
    reasons: tuple[Reason, ...]
    words: str
    remedy: str
    media: tuple[str, ...]
    sheets_left: int | None
    holding: int
    printed: int
    level: int | None = None
    silent: Silence = ""


def reasons_of(keywords: Iterable[object]) -> tuple[Reason, ...]:
    """IPP's reasons in ours, the worst first; what is not known and is an error or a warning is "other"."""
    found = {reason for keyword in keywords if (reason := reason_of(str(keyword))) is not None}
    return tuple(reason for reason in REASONS if reason in found)


def reason_of(keyword: str) -> Reason | None:
    for beginning, reason in FROM_IPP:
        if keyword.startswith(beginning):
            return reason
    return "other" if keyword.endswith(("-error", "-warning")) else None


def words_for(name: str, reasons: tuple[Reason, ...], detail: str = "") -> tuple[Sentence, Sentence]:
    """What the operator should know of a printer that wants attention, and the remedy for its worst reason."""
    what = reduce(
        lambda first, second: say("both", first=first, second=second),
        [say(f"printer.{reason}") for reason in reasons],
    )
    if detail:
        what = say("printer.detail", what=what, detail=detail)
    said = say("printer", what=what) if name == "printer" else say("printer.named", name=name, what=what)
    return said, remedy_for(reasons[0])


def remedy_for(reason: Reason) -> Sentence:
    return say(f"printer.{reason}.help")
