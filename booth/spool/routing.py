"""Which printer takes the next sheet: whoever is free, and never a second one before an idle neighbour's first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """How much a printer has to do, and whether it takes sheets at all."""

    holding: int
    most: int
    takes: bool
    formats: tuple[str, ...]


def may_take(mine: Load, others: Iterable[Load]) -> bool:
    """Whether a printer may take one more sheet now.

    Sheets are not given to printers but taken by them, so that one which is slow, empty or switched off simply
    takes none, and what waits is never bound to it.
    """
    if not mine.takes or mine.holding >= mine.most:
        return False
    return not any(
        other.takes and other.holding < mine.holding and set(mine.formats) <= set(other.formats)
        for other in others
    )
