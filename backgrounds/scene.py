"""What a scene is: how it is painted, and what the booth must know to stand guests in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from brushes import Rgb8


@dataclass(frozen=True, slots=True)
class Scene:
    """One backdrop; `paint(side)` gives the finished picture of any size."""

    name: str
    titles: tuple[str, str, str, str, str, str]  # en, de, fr, es, it, nl
    floor: float
    light: int
    paint: Callable[[int], Rgb8]
    safe: tuple[float, float, float, float] = (0.08, 0.10, 0.92, 1.0)
    writing: bool = False  # it can be read, and must not be shown mirrored
