"""What counts as a picture."""

from __future__ import annotations

import numpy as np
import pytest

from booth.camera.faults import Reason
from booth.camera.soundness import repeats, unsound


@pytest.fixture
def sound(scene):
    return scene.image(8.0, 240)


def test_a_picture_is_sound_on_every_side(sound):
    for turns in range(4):
        assert unsound(np.rot90(sound, turns), "nothing") is None


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_cut_off_picture_is_seen_whichever_way_the_camera_hangs(sound, turns, share):
    cut = sound.copy()
    cut[round(240 * (1 - share)) :] = (0, 135, 0)
    assert unsound(np.rot90(cut, turns), "nothing") is Reason.TRUNCATED


def test_the_last_line_drawn_down_to_the_foot_is_cut_off(sound):
    cut = sound.copy()
    cut[150:] = cut[150]
    assert unsound(cut, "nothing") is Reason.TRUNCATED


def test_a_played_file_may_have_a_flat_edge(sound):
    flat = sound.copy()
    flat[150:] = 200
    assert unsound(flat, "everything") is None


@pytest.mark.parametrize("level", [0, 255])
def test_black_bars_and_burnt_out_floors_are_not_cut_off(sound, level):
    barred = sound.copy()
    barred[:30] = level
    barred[-30:] = level
    assert unsound(barred, "nothing") is None


def test_black_is_told_from_a_dark_party(sound):
    assert unsound(np.zeros_like(sound), "nothing") is Reason.BLACK
    assert unsound((sound * 0.15).astype(np.uint8), "nothing") is None


def test_noise_is_no_picture(sound):
    random = np.random.default_rng(0)
    assert unsound(random.integers(0, 256, sound.shape, np.uint8), "nothing") is Reason.GARBAGE
    grainy = np.clip(sound + random.normal(0, 20, sound.shape), 0, 255).astype(np.uint8)
    assert unsound(grainy, "nothing") is None


def test_the_same_picture_again_is_frozen_and_its_foot_again_is_cut_off(scene, sound):
    after = scene.image(8.1, 240)
    assert repeats(sound.copy(), sound) is Reason.FROZEN
    assert repeats(after, sound) is None
    torn = after.copy()
    torn[120:] = sound[120:]
    assert repeats(torn, sound) is Reason.TRUNCATED
