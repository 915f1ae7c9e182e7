"""Guests placed by their own fingers: drag, pinch, and what is never allowed."""

from __future__ import annotations

from booth.scene.placement import Extent, extent
from booth.shot import Cutout, Placement

SMALLEST, LARGEST = 0.4, 2.5
"""Scale of the guests against how the camera saw them."""
SEEN = 0.3
"""Share of the guests' box that stays in the picture, each way."""
_FINGER = 0.02
"""Share of the picture by which a finger may miss the guests."""


def pinched(
    placement: Placement, before: tuple[float, float], after: tuple[float, float], factor: float
) -> Placement:
    """Where guests are when what was under the fingers at `before` is at `after`, `factor` times as large.

    Parameters
    ----------
    before, after : (x, y) in fractions of the picture
    """
    x = after[0] - factor * (before[0] - placement.x)
    y = after[1] - factor * (before[1] - placement.y)
    return Placement(factor * placement.scale, x, y)


def held(placement: Placement, cutout: Cutout) -> Placement:
    """The nearest placement that looks right.

    An edge of the camera's picture that cuts guests off is never pulled into the picture, the guests are
    neither tiny nor huge, and enough of them stays to be seen.
    """
    guests = extent(cutout.alpha)
    if guests is None:
        return placement
    scale = min(max(placement.scale, _smallest(guests)), LARGEST)
    share = scale / placement.scale
    # the middle of the picture stays while the scale is put right
    x, y = 0.5 - share * (0.5 - placement.x), 0.5 - share * (0.5 - placement.y)
    x = _kept(x, scale, guests.left, guests.right, guests.cut_left, guests.cut_right)
    y = _kept(y, scale, guests.top, guests.bottom, guests.cut_top, guests.cut_bottom)
    return Placement(scale, x, y)


def shows_guests(cutout: Cutout, placement: Placement, x: float, y: float) -> bool:
    """Whether a finger at (x, y), in fractions of the picture, is on the guests."""
    height, width = cutout.alpha.shape
    u, v = cutout_point(placement, x, y)
    reach = _FINGER / placement.scale
    rows = slice(max(0, round((v - reach) * height)), max(0, round((v + reach) * height)))
    columns = slice(max(0, round((u - reach) * width)), max(0, round((u + reach) * width)))
    under = cutout.alpha[rows, columns]
    return under.size > 0 and float(under.max()) > 0.5


def cutout_point(placement: Placement, x: float, y: float) -> tuple[float, float]:
    """The point of the cut-out that stands at (x, y) of the picture; fractions both."""
    return (x - placement.x) / placement.scale, (y - placement.y) / placement.scale


def _smallest(guests: Extent) -> float:
    spans = (guests.cut_left and guests.cut_right) or (guests.cut_top and guests.cut_bottom)
    return 1.0 if spans else SMALLEST


def _kept(offset: float, scale: float, near: float, far: float, cut_near: bool, cut_far: bool) -> float:
    """One axis: guests reach from `near` to `far` of the cut-out, cut off by its edges or not."""
    seen = SEEN * scale * (far - near)
    offset = min(max(offset, seen - scale * far), 1 - seen - scale * near)
    if cut_near:
        offset = min(offset, 0.0)
    if cut_far:
        offset = max(offset, 1.0 - scale)
    return offset
