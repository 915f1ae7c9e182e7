"""The drawn studio: its truth is true."""

from __future__ import annotations

import numpy as np
import pytest

from booth.camera.studio_scene import EMPTY_SECONDS, NOISE, StudioPlayer, StudioScene

SIDE = 480


@pytest.mark.parametrize("t", [4.1, 5.2, 8.0, 11.5])
def test_the_picture_is_foreground_over_background_by_the_alpha(scene, t):
    drawn = scene.draw(t, SIDE)
    alpha = drawn.alpha[..., None].astype(float)
    composed = alpha * drawn.foreground + (1 - alpha) * drawn.background
    rest = drawn.image - composed
    sound = (composed > 8) & (composed < 247)
    assert abs(rest[sound].mean()) < 0.6
    assert rest[sound].std() < NOISE + 0.6
    assert np.percentile(np.abs(rest[sound]), 99.9) < 9


def test_hair_is_soft_and_arms_leave_gaps(scene):
    alpha = scene.draw(8.0, SIDE).alpha
    assert alpha.dtype == np.float32
    assert alpha.min() == 0
    assert alpha.max() == 1
    assert np.mean((alpha > 0.03) & (alpha < 0.97)) > 0.01
    # the triangle between Amara's waist and the arm on her hip
    assert (
        alpha[round(0.475 * SIDE) : round(0.505 * SIDE), round(0.29 * SIDE) : round(0.31 * SIDE)] < 0.01
    ).all()


def test_the_background_is_the_plate_but_for_shadows(scene):
    drawn, plate = scene.draw(8.0, SIDE), scene.plate(SIDE).astype(float)
    light = drawn.background.astype(float).mean(axis=2) / plate.mean(axis=2)
    assert light.max() < 1.02
    assert 0.15 < light.min() < 0.7
    assert np.median(light) > 0.9


def test_the_stage_is_empty_at_first_and_whenever_it_is_asked_for(scene):
    for drawn in (scene.draw(EMPTY_SECONDS - 0.1, SIDE), scene.draw(9.0, SIDE, empty=True)):
        assert drawn.alpha.max() == 0
        assert np.array_equal(drawn.background, scene.plate(SIDE))
        assert drawn.foreground.max() == 0


def test_guests_move_and_noise_is_fresh(scene):
    first, second = scene.draw(8.0, SIDE), scene.draw(8.0 + 1 / 30, SIDE)
    assert np.abs(first.alpha - second.alpha).max() > 0.2
    noise = scene.image(0.5, SIDE, empty=True).astype(int) - scene.image(0.6, SIDE, empty=True)
    assert noise.std() == pytest.approx(NOISE * 2**0.5, rel=0.15)


def test_the_same_seed_gives_the_same_picture_and_another_one_another(scene):
    again, other = StudioScene(), StudioScene(seed=8)
    assert np.array_equal(scene.image(8.0, 200), again.image(8.0, 200))
    assert not np.array_equal(scene.plate(200), other.plate(200))


def test_guests_come_back_some_time_after_the_stage_was_emptied(scene):
    player = StudioPlayer(200, scene)
    plate = scene.plate(200).astype(int)

    def guests_seen(seconds, empty):
        return np.abs(player.picture(seconds, empty) - plate).mean() > 4

    assert guests_seen(8.0, False)
    assert not guests_seen(9.0, True)
    assert not guests_seen(9.5, False)
    assert guests_seen(9.0 + EMPTY_SECONDS + 3, False)


def test_pictures_are_closed_for_writing(scene):
    drawn = scene.draw(8.0, SIDE)
    for array in (drawn.image, drawn.alpha, drawn.foreground, drawn.background, scene.plate(SIDE)):
        assert not array.flags.writeable
