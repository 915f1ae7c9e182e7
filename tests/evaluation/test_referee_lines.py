"""The referee's line, chosen without those that are judged by it."""

from __future__ import annotations

import pytest

from booth.evaluation.referee import Judged, best_line, held_out_by


def mattes(person: str, good: tuple[float, ...], damaged: tuple[float, ...]) -> list[Judged]:
    return [
        *(Judged((person, "wall"), True, score) for score in good),
        *(Judged((person, "wall"), False, score) for score in damaged),
    ]


def test_the_line_parts_good_from_damaged_in_the_middle_between_them() -> None:
    assert best_line(mattes("anna", (0.9, 0.8), (0.2, 0.4))) == pytest.approx(0.6)


def test_one_of_many_good_ones_is_given_up_for_all_damaged_ones() -> None:
    good = (*[0.9] * 9, 0.1)
    assert best_line(mattes("anna", good, (0.5, 0.6))) == pytest.approx(0.75)


def test_nothing_can_be_chosen_from_good_ones_alone() -> None:
    with pytest.raises(ValueError, match="2 good and 0 damaged"):
        best_line(mattes("anna", (0.9, 0.8), ()))


def test_whoever_is_left_out_is_judged_by_the_others_line() -> None:
    """Anna's damaged matte would have raised her own line; by Ben's it passes."""
    judged = [*mattes("anna", (0.95,), (0.7,)), *mattes("ben", (0.9,), (0.1,))]
    found = held_out_by(judged, 0)
    assert found.lines == pytest.approx({"anna": 0.5, "ben": 0.825})
    assert (found.refused, found.good, found.passed, found.damaged) == (0, 2, 1, 2)


def test_backgrounds_are_another_way_to_leave_out() -> None:
    judged = [Judged(("anna", "wall"), True, 0.9), Judged(("anna", "wall"), False, 0.6)]
    judged += [Judged(("anna", "sofa"), True, 0.5), Judged(("anna", "sofa"), False, 0.3)]
    found = held_out_by(judged, 1)
    assert found.lines == pytest.approx({"sofa": 0.75, "wall": 0.4})
    assert (found.refused, found.passed) == (1, 1)
