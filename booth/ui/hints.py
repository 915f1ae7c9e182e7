"""Hints to guests, calm enough to be read: one at a time, and only when it has been so for a while."""

from __future__ import annotations

from collections.abc import Sequence

APPEARS_AFTER = 1.0
STAYS = 1.5
"""Seconds for which something must be so until it is said, and for which it is said at least."""
ORDER = ("nobody", "cut_off", "too_far", "too_dark", "too_bright_behind", "blurred")
"""What is said first where several are so."""


class SteadyHint:
    """Turns what each mirror picture says into the one hint that is shown."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._shown = ""
        self._shown_at = 0.0

    def look(self, kinds: Sequence[str], now: float) -> str:
        """Give the kind of hint to show after a picture, "" for none. `now` is in seconds."""
        self._since = {kind: self._since.get(kind, now) for kind in kinds}
        steady = [kind for kind in ORDER if kind in kinds and now >= self._since[kind] + APPEARS_AFTER]
        if self._shown in steady:
            return self._shown
        if self._shown and now < self._shown_at + STAYS:
            return self._shown
        self._shown = steady[0] if steady else ""
        self._shown_at = now
        return self._shown

    def forget(self) -> None:
        """Other guests stand there."""
        self._since = {}
        self._shown = ""
