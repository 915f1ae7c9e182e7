"""The mirror's alpha on a drawn scene: sharp, calm, without ghosts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from booth.arrays import Alpha, Probability, Rgb8
from booth.errors import MattingError
from booth.matting.live import Finder, LiveMatte, sharpened
from booth.matting.plate_difference import Fit
from booth.shot import Plate

SIZE = 720


def wall() -> Rgb8:
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE
    image = np.stack([150 + 40 * np.sin(9 * x), 140 + 30 * y, 120 + 30 * np.cos(7 * y)], -1)
    return np.asarray(image, np.uint8)


def figure(left: int = 0) -> Alpha:
    alpha = np.zeros((SIZE, SIZE), np.float32)
    cv2.ellipse(alpha, (360 + left, 300), (70, 90), 0, 0, 360, 1.0, -1)
    cv2.ellipse(alpha, (360 + left, 640), (170, 270), 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.0), np.float32)


def seen(alpha: Alpha, grain: int = 0) -> Rgb8:
    scene = np.array([60, 50, 120], np.float32) * alpha[..., None] + wall() * (1 - alpha[..., None])
    noise = np.random.default_rng(grain).normal(0, 2, scene.shape)
    return np.clip(scene + noise, 0, 255).astype(np.uint8)


class Live:
    """Finder and matte in a row, as the mirror has them; `says` is what a network finds in every frame."""

    def __init__(self, says: Probability | None = None) -> None:
        self.finder, self.matte = Finder(), LiveMatte()
        self.look = None if says is None else lambda image, plate, fit: says

    def both(self, image: Rgb8, plate: Plate | None) -> tuple[Alpha, Rgb8]:
        return self.matte.alpha_and_foreground(image, plate, self.finder.find(image, plate, self.look))

    def alpha(self, image: Rgb8, plate: Plate | None) -> Alpha:
        return self.both(image, plate)[0]


@pytest.fixture
def plate() -> Plate:
    return Plate(wall(), 0.0, (2.0, 2.0, 2.0), 140.0)


def test_alpha_is_the_figures_at_the_mirrors_size(plate: Plate) -> None:
    truth = figure()
    alpha = Live().alpha(seen(truth), plate)
    assert alpha.shape == (SIZE, SIZE)
    assert alpha.dtype == np.float32
    assert 0 <= alpha.min() <= alpha.max() <= 1
    assert np.abs(alpha - truth).mean() < 0.006


def test_an_empty_mirror_stays_empty(plate: Plate) -> None:
    empty = np.zeros((SIZE, SIZE), np.float32)
    assert Live().alpha(seen(empty), plate).max() < 0.05


def test_a_still_guest_does_not_flicker(plate: Plate) -> None:
    truth, live = figure(), Live()
    band = cv2.dilate(((truth > 0.01) & (truth < 0.99)).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    frames = [live.alpha(seen(truth, grain), plate)[band] for grain in range(10)]
    changes = [np.abs(after - before).mean() for before, after in pairwise(frames[4:])]
    assert max(changes) < 0.01


def test_a_guest_who_moves_leaves_no_ghost(plate: Plate) -> None:
    live = Live()
    for left in (-150, -90, -30, 30):
        live.alpha(seen(figure(left)), plate)
    truth = figure(90)
    alpha = live.alpha(seen(truth), plate)
    assert np.abs(alpha - truth).mean() < 0.01
    assert alpha[cv2.dilate((truth > 0.01).astype(np.uint8), np.ones((25, 25))) == 0].max() < 0.15


def test_a_networks_probability_takes_the_plates_place() -> None:
    truth = figure()
    coarse = np.asarray(cv2.resize(truth, (72, 72), interpolation=cv2.INTER_AREA), np.float32)
    alpha = Live(coarse).alpha(seen(truth), None)
    upsampled = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    assert np.abs(alpha - truth).mean() < 0.75 * np.abs(upsampled - truth).mean()


def test_a_probability_goes_before_the_difference(plate: Plate) -> None:
    nobody = np.zeros((30, 30), np.float32)
    assert Live(nobody).alpha(seen(figure()), plate).max() == 0


def test_a_gap_that_shows_the_plate_is_open_even_in_a_shadow(plate: Plate) -> None:
    truth = figure()
    truth[560:640, 350:372] = 0
    image = seen(truth).astype(np.float32)
    image[(truth == 0)] *= 0.9
    alpha = Live().alpha(image.astype(np.uint8), plate)
    assert alpha[570:630, 356:366].max() < 0.1
    assert alpha[570:630, 300:340].min() > 0.9


def test_the_foreground_has_nothing_of_the_wall(plate: Plate) -> None:
    truth = np.asarray(cv2.GaussianBlur(figure(), (0, 0), 3.0), np.float32)
    image = seen(truth)
    alpha, foreground = Live().both(image, plate)
    band = (truth > 0.2) & (truth < 0.8)
    guest = np.array([60, 50, 120], np.float32)
    assert np.abs(foreground[band] - guest).mean() < 0.3 * np.abs(image[band] - guest).mean()
    assert np.abs(alpha - truth)[band].mean() < 0.1
    inside = cv2.erode((truth > 0.99).astype(np.uint8), np.ones((25, 25))) > 0
    np.testing.assert_array_equal(foreground[inside], image[inside])


def test_neither_plate_nor_network_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a clean plate or a network"):
        Finder().find(wall(), None)


def test_a_plate_of_other_proportions_is_refused() -> None:
    square = Plate(wall(), 0.0, (1.0, 1.0, 1.0), 90.0)
    with pytest.raises(MattingError, match="proportions"):
        Finder().find(np.full((300, 500, 3), 90, np.uint8), square)


def test_the_network_sees_a_small_picture_and_how_the_plate_fits(plate: Plate) -> None:
    shown: list[tuple[Rgb8, Plate | None, Fit | None]] = []

    def look(image: Rgb8, known: Plate | None, fit: Fit | None) -> Probability:
        shown.append((image, known, fit))
        return np.zeros((20, 20), np.float32)

    Finder().find(np.clip(1.1 * wall(), 0, 255).astype(np.uint8), plate, look)
    image, known, fit = shown[0]
    assert known is plate
    assert max(image.shape) < SIZE
    assert fit is not None
    np.testing.assert_allclose(fit.gain, 1.1, atol=0.01)


def test_forgetting_starts_afresh(plate: Plate) -> None:
    live, image = Live(), seen(figure())
    first = live.alpha(image, plate)
    live.alpha(seen(np.zeros((SIZE, SIZE), np.float32)), plate)
    live.matte.forget()
    np.testing.assert_array_equal(live.alpha(image, plate), first)


def test_a_blocky_mask_follows_the_guides_outline() -> None:
    truth = figure()
    guide = (200 * truth).astype(np.uint8)
    coarse = np.asarray(cv2.resize(truth, (90, 90), interpolation=cv2.INTER_AREA), np.float32)
    blurred = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    fine = sharpened(np.asarray(cv2.resize(coarse, (320, 320)), np.float32), guide)
    assert np.abs(fine - truth).mean() < 0.5 * np.abs(blurred - truth).mean()


def test_a_mask_that_is_too_wide_for_thin_things_leaves_no_wall_between_them(plate: Plate) -> None:
    """Such as the points of a star: too thin for the colour beside them to be known."""
    truth = np.zeros((SIZE, SIZE), np.float32)
    truth[300:340, 300:304] = truth[300:340, 308:312] = 1
    finder, image = Finder(), seen(truth)
    wide = cv2.resize(cv2.morphologyEx(truth, cv2.MORPH_CLOSE, np.ones((9, 9))), (360, 360))
    found = replace(
        finder.find(image, plate),
        likely=np.asarray(wide, np.float32),
        shading=np.ones((360, 360), np.float32),
    )
    alpha = LiveMatte().alpha_and_foreground(image, plate, found)[0]
    assert alpha[305:335, 305:307].mean() < 0.15
    assert alpha[305:335, 301:303].mean() > 0.8
