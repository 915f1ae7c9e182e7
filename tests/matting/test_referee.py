from __future__ import annotations

import cv2
import numpy as np
import pytest

from booth.arrays import Alpha
from booth.matting.referee import judge
from booth.shot import People, nobody


def guest(height: int = 400, top: int = 150, left: int = 120, right: int = 280) -> Alpha:
    alpha = np.zeros((height, height), np.float32)
    alpha[top:, left:right] = 1
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 2), np.float32)


def found(alpha: Alpha, score: float = 0.95) -> People:
    x, y, w, h = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    mask = alpha[y : y + h, x : x + w]
    return People(
        (mask,), np.array([[x, y, x + w, y + h]], np.float32), np.array([score], np.float32), ("person",)
    )


def test_a_good_matte_passes() -> None:
    alpha = guest()
    verdict = judge(alpha, found(alpha))
    assert verdict.score > 0.95
    assert verdict.reasons == ()


def test_nobody_scores_nothing() -> None:
    assert judge(guest(), nobody()).reasons == ("nobody was found",)


@pytest.mark.parametrize("value", [np.nan, -0.1, 1.5])
def test_impossible_values_score_nothing(value: float) -> None:
    alpha = guest()
    people = found(alpha)
    alpha[3, 3] = value
    assert judge(alpha, people).score == 0


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_absurd_coverage_scores_nothing(level: float) -> None:
    alpha = np.full((400, 400), level, np.float32)
    verdict = judge(alpha, found(guest()))
    assert verdict.score == 0
    assert "cover" in verdict.reasons[0]


def test_unsure_instances_fail() -> None:
    alpha = guest()
    assert judge(alpha, found(alpha, 0.2)).score < 0.5


def test_a_foggy_matte_fails() -> None:
    alpha = guest() * np.float32(0.6)
    verdict = judge(alpha, found(guest()))
    assert verdict.score < 0.5
    assert "uncertain" in verdict.reasons[0]


def test_a_matte_that_left_its_mask_fails() -> None:
    verdict = judge(guest(left=10, right=390, top=20), found(guest(left=180, right=230, top=250)))
    assert verdict.score < 0.5
    assert any("disagree" in reason for reason in verdict.reasons)


def test_shoulders_without_heads_fail() -> None:
    alpha = guest(top=0, left=40, right=360)
    assert judge(alpha, found(alpha)).score < 0.5


def test_a_raised_hand_may_leave_the_picture() -> None:
    alpha = guest()
    alpha[:160, 240:270] = 1
    assert judge(alpha, found(alpha)).score > 0.9
