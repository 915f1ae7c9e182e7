"""How a printer is, in words: paper, ribbon, cover, jam, off; from what IPP calls reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

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

REASONS: Mapping[Reason, tuple[str, str]] = {
    "off": ("is off or unplugged", "Switch it on and look at its cable."),
    "service": ("cannot be reached: the print service does not answer", "Restart the print service (cups)."),
    "unknown": (
        "is not known to this computer",
        "Write its name in spool.printer.system as the system has it.",
    ),
    "folder": ("has no folder to take sheets from", "Plug its disk in, or look at spool.printer.folder."),
    "taken": ("leaves its sheets in the folder", "Start the program that empties the folder."),
    "paper": ("has no paper", "Load paper."),
    "ribbon": ("has no ribbon or ink", "Put in a new ribbon."),
    "cover": ("is open", "Close its cover and push the tray in."),
    "jam": ("has jammed", "Open it and take the jammed sheet out."),
    "bin": ("has a full tray", "Take the prints out of its tray."),
    "spool": (
        "has no room for more: the print service's disk is full",
        "Make room on the disk of the print service.",
    ),
    "media": (
        "has another paper than is asked for",
        "Load the paper that spool.printer.size names, or correct that.",
    ),
    "given_up": (
        "was stopped again and again, so nothing is tried any more",
        "Mend it; then take it out of service in the panel, and back.",
    ),
    "stopped": ("was stopped", "Wait for half a minute; then switch it off and on."),
    "other": ("wants attention", "Look at its display."),
    "paper_low": ("will soon be out of paper", "Lay paper ready."),
    "ribbon_low": ("will soon be out of ribbon", "Lay a ribbon ready."),
}
"""For the operator: what the printer is or does, and the remedy; the worst first."""
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


def words_for(name: str, reasons: tuple[Reason, ...], detail: str = "") -> tuple[str, str]:
    """The operator's sentence and the remedy for the worst reason; empty where there is none."""
    if not reasons:
        return "", ""
    what, remedy = REASONS[reasons[0]]
    more = [REASONS[reason][0] for reason in reasons[1:]]
    said = " and ".join((what, *more))
    subject = "The printer" if name == "printer" else f"The printer «{name}»"
    return f"{subject} {said}{f' ({detail})' if detail else ''}.", remedy
