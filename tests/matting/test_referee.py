"""The referee parts good mattes from damaged ones, and says what guests could do better."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from booth.arrays import Alpha, Rgb8
from booth.camera.plate import plate_from_picture
from booth.matting.instances import with_instances
from booth.matting.referee import HINTS, KINDS, Verdict, hints, is_blurred, judge
from booth.shot import Cutout, People, nobody

SIDE = 400
WALL, SHIRT = 150, (170, 50, 60)


def guest(top: int = 150, left: int = 120, right: int = 280) -> Alpha:
    alpha = np.zeros((SIDE, SIDE), np.float32)
    alpha[top:, left:right] = 1
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.5), np.float32)


def wall() -> Rgb8:
    noise = np.random.default_rng(2).normal(0, 2, (SIDE, SIDE, 3))
    return np.clip(WALL + noise, 0, 255).astype(np.uint8)


def picture(alpha: Alpha) -> Rgb8:
    return np.rint(alpha[..., None] * np.array(SHIRT) + (1 - alpha[..., None]) * wall()).astype(np.uint8)


def cutout_of(alpha: Alpha, truth: Alpha, score: float = 0.95) -> Cutout:
    x, y, width, height = cv2.boundingRect((truth > 0.5).astype(np.uint8))
    mask = np.ascontiguousarray(truth[y : y + height, x : x + width])
    box = np.array([[x, y, x + width, y + height]], np.float32)
    people = People((mask,), box, np.array([score], np.float32), ("person",))
    return Cutout(picture(truth), alpha, people, "drawn", 0.0, included=frozenset({0}))


def judged(alpha: Alpha, truth: Alpha | None = None, score: float = 0.95, plate: bool = True) -> Verdict:
    """The verdict on a matte of a picture whose truth is another, or the same."""
    truth = alpha if truth is None else truth
    clean = plate_from_picture(wall()) if plate else None
    return judge(cutout_of(alpha, truth, score), picture(truth), clean)


def moved(alpha: Alpha, by: int) -> Alpha:
    return np.asarray(np.roll(alpha, by, axis=1), np.float32)


def grown(alpha: Alpha, by: int) -> Alpha:
    kernel = np.ones((2 * by + 1,) * 2, np.uint8)
    return np.asarray(cv2.dilate(alpha, kernel), np.float32)


def with_hole(alpha: Alpha) -> Alpha:
    torn = alpha.copy()
    torn[220:300, 150:250] = 0
    return torn


@pytest.mark.parametrize("plate", [True, False])
def test_a_good_matte_passes(plate: bool) -> None:
    verdict = judged(guest(), plate=plate)
    assert verdict.score > 0.95
    assert verdict.reasons == ()


@pytest.mark.parametrize("plate", [True, False])
@pytest.mark.parametrize(
    "damaged",
    [
        moved(guest(), 16),
        grown(guest(), 10),
        1 - grown(1 - guest(), 10),
        with_hole(guest()),
        guest() * np.float32(0.6),
    ],
    ids=["moved", "too wide", "too narrow", "torn", "foggy"],
)
def test_a_damaged_matte_fails(damaged: Alpha, plate: bool) -> None:
    verdict = judged(np.asarray(damaged, np.float32), guest(), plate=plate)
    assert verdict.score < 0.5
    assert set(verdict.reasons) <= set(KINDS)
    assert verdict.sentences


def test_nobody_scores_nothing() -> None:
    empty = replace(cutout_of(guest(), guest()), people=nobody(), included=frozenset())
    assert judge(empty, picture(guest()), None).reasons == ("nobody",)


@pytest.mark.parametrize("value", [np.nan, -0.1, 1.5])
def test_impossible_values_score_nothing(value: float) -> None:
    alpha = guest()
    alpha[3, 3] = value
    verdict = judged(alpha, guest())
    assert (verdict.score, verdict.reasons) == (0, ("impossible",))


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_absurd_coverage_scores_nothing(level: float) -> None:
    verdict = judged(np.full((SIDE, SIDE), level, np.float32), guest())
    assert (verdict.score, verdict.reasons) == (0, ("coverage",))


def test_unsure_instances_fail() -> None:
    assert judged(guest(), score=0.2).score < 0.5


def test_shoulders_without_heads_fail() -> None:
    assert judged(guest(top=0, left=40, right=360)).score < 0.5


def test_a_raised_hand_may_leave_the_picture() -> None:
    alpha = guest()
    alpha[:160, 240:260] = 1
    assert judged(alpha).score > 0.9


def test_a_shadow_on_the_wall_is_nobodys_lost_arm() -> None:
    alpha, clean = guest(), wall()
    shaded = picture(alpha).astype(np.float32)
    shaded[200:, 290:360] *= 0.7
    verdict = judge(cutout_of(alpha, alpha), shaded.astype(np.uint8), plate_from_picture(clean))
    assert verdict.score > 0.9


def test_who_was_left_out_is_nothing_that_is_missed() -> None:
    alpha = np.maximum(guest(right=200, left=60), guest(left=240, right=360))
    both = cutout_of(alpha, alpha)
    halves = (both.people.masks[0][:, :155], both.people.masks[0][:, 155:])
    x0, y0, x1, y1 = (float(edge) for edge in both.people.boxes[0])
    boxes = np.array([[x0, y0, x0 + 155, y1], [x0 + 155, y0, x1, y1]], np.float32)
    masks = tuple(np.ascontiguousarray(half) for half in halves)
    people = People(masks, boxes, np.full(2, 0.9, np.float32), ("person",) * 2)
    one = with_instances(replace(both, people=people, included=frozenset({0, 1})), {0})
    assert judge(one, picture(alpha), plate_from_picture(wall())).score > 0.9


@pytest.mark.parametrize(
    ("alpha", "brightness", "kind"),
    [
        (guest(), 1.0, None),
        (np.zeros((SIDE, SIDE), np.float32), 1.0, "nobody"),
        (guest(top=0), 1.0, "cut_off"),
        (guest(left=-0, right=160), 1.0, "cut_off"),
        (guest(top=330, left=180, right=210), 1.0, "too_far"),
        (guest(), 0.3, "too_dark"),
    ],
)
def test_hints_say_what_guests_could_do_better(alpha: Alpha, brightness: float, kind: str | None) -> None:
    image = (picture(alpha) * brightness).astype(np.uint8)
    assert hints(alpha, image) == ((kind,) if kind else ())


def test_a_bright_window_behind_dark_guests_is_told() -> None:
    alpha = guest()
    image = np.where(alpha[..., None] > 0.5, 60, 250).astype(np.uint8).repeat(3, axis=2)
    assert hints(alpha, image) == ("too_bright_behind",)


def test_a_blur_is_told_from_flat_colours() -> None:
    alpha = guest()
    rng = np.random.default_rng(3)
    cloth = cv2.resize(
        rng.integers(0, 255, (60, 60, 3), np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR
    )
    assert not is_blurred(alpha, np.asarray(cloth, np.uint8))
    assert is_blurred(alpha, np.asarray(cv2.GaussianBlur(cloth, (0, 0), 9), np.uint8))
    assert not is_blurred(alpha, picture(alpha))


def test_every_hint_is_a_kind() -> None:
    assert set(HINTS) <= set(KINDS)
