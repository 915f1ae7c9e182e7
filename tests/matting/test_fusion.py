"""Network and plate together: each sees where the other is blind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from booth.matting.fusion import fused
from booth.matting.plate_difference import Comparison

SIZE = 40
Floats = NDArray[np.float32]


def field(value: float = 0.0) -> Floats:
    return np.full((SIZE, SIZE), value, np.float32)


def compared(changed: Floats, certain: float = 0.0, bare: float = 1.0, patterned: float = 0.0) -> Comparison:
    mask = changed > 0.5
    return Comparison(
        mask,
        field(certain) * mask,
        field(bare) * ~mask,
        field(patterned),
        field(1.0),
    )


def person() -> Floats:
    likely = field(0.01)
    likely[10:, 5:20] = 0.97
    return likely


def test_a_face_that_looks_like_the_plate_in_shadow_stays() -> None:
    changed = person() > 0.5
    changed[12:18, 9:14] = False
    together = fused(person(), compared(changed.astype(np.float32), certain=1.0, bare=0.0))
    assert together[12:18, 9:14].min() > 0.5


def test_a_prop_that_the_network_never_learnt_is_kept_with_whoever_holds_it() -> None:
    changed = (person() > 0.5).astype(np.float32)
    changed[20:24, 20:30] = 1
    together = fused(person(), compared(changed, certain=1.0))
    assert together[20:24, 20:30].min() > 0.5


def test_what_has_changed_beside_nobody_is_no_guest() -> None:
    changed = (person() > 0.5).astype(np.float32)
    changed[2:8, 30:38] = 1
    together = fused(person(), compared(changed, certain=1.0))
    assert together[2:8, 30:38].max() < 0.1
    assert fused(field(), compared(field(1.0), certain=1.0)).max() < 0.1


def test_a_shadow_that_the_network_does_not_take_for_a_guest_is_dropped() -> None:
    changed = (person() > 0.5).astype(np.float32)
    changed[34:, 20:36] = 1
    together = fused(person(), compared(changed, certain=0.0))
    assert together[34:, 20:36].max() < 0.2


def test_a_gap_that_shows_the_plate_itself_is_open_where_the_network_blurs() -> None:
    likely = person()
    likely[25:30, 10:13] = 0.85
    changed = (person() > 0.5).astype(np.float32)
    changed[25:30, 10:13] = 0
    together = fused(likely, compared(changed, certain=1.0))
    assert together[25:30, 10:13].max() < 0.5
    patterned = fused(likely, compared(changed, certain=1.0, patterned=1.0))
    assert patterned[27, 11] < together[27, 11]


def test_soft_edges_stay_soft() -> None:
    likely, differs = person(), (person() > 0.5).astype(np.float32)
    likely[10:, 20] = differs[10:, 20] = 0.5
    together = fused(likely, compared((person() > 0.5).astype(np.float32), certain=1.0), differs)
    assert together[30, 18] > 0.95
    assert 0.3 < together[30, 20] < 0.7
    assert together[30, 22] < 0.05
