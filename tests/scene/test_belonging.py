from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from booth.config.settings import BelongSettings, LayoutSettings
from booth.scene.belonging import ALONE
from booth.scene.composite import compose, over, set_stage
from booth.scene.layout import Overlay, lay_out
from booth.shot import Backdrop, Cutout, Placement, nobody

Draw = Callable[..., Cutout]
FULL_LENGTH = 0.93


def plain(size: int) -> Overlay:
    return lay_out(LayoutSettings(), size)


def only(name: str) -> BelongSettings:
    return ALONE.model_copy(update={name: True})


def test_switched_off_it_is_exactly_foreground_over_backdrop(draw_cutout: Draw, backdrop: Backdrop) -> None:
    cutout = draw_cutout(480, bottom=FULL_LENGTH)
    stage = set_stage(backdrop, plain(480), ALONE)
    got = stage.compose(cutout, Placement()).image
    assert np.array_equal(got, over(cutout.foreground, cutout.alpha, stage.image))


@pytest.mark.parametrize("name", ["light", "wrap", "shadow"])
def test_each_effect_shows_and_is_slight(draw_cutout: Draw, backdrop: Backdrop, name: str) -> None:
    cutout = draw_cutout(480, bottom=FULL_LENGTH)
    without = compose(cutout, backdrop, plain(480), Placement(), 480, belong=ALONE).image
    with_it = compose(cutout, backdrop, plain(480), Placement(), 480, belong=only(name)).image
    difference = np.abs(with_it.astype(int) - without)
    assert difference.max() > 3
    assert difference.mean() < 4


def test_grain_and_all_else_leave_the_backdrop_alone_but_for_the_floor(
    draw_cutout: Draw, backdrop: Backdrop
) -> None:
    cutout = draw_cutout(480, bottom=FULL_LENGTH)
    grainy = np.clip(backdrop.image + np.random.default_rng(1).normal(0, 12, backdrop.image.shape), 0, 255)
    scene = Backdrop("grainy", {"en": "Grainy"}, grainy.astype(np.uint8), 0.93, backdrop.safe, 315)
    stage = set_stage(scene, plain(480))
    got = stage.compose(cutout, Placement()).image
    nobody_there = cutout.alpha == 0
    nobody_there[int(0.85 * 480) :] = False
    assert np.array_equal(got[nobody_there], stage.image[nobody_there])
    body = np.s_[220:400, 200:280]
    alone = set_stage(scene, plain(480), ALONE).compose(cutout, Placement()).image
    assert got[body].std(axis=1).mean() > alone[body].std(axis=1).mean()


def test_guests_cut_off_by_the_frame_leave_the_floor_as_it_is(draw_cutout: Draw, backdrop: Backdrop) -> None:
    for placement in (Placement(), Placement(0.8, 0.1, 0.15), Placement(0.8, 0.1, 0.2)):
        with_it, without = (
            compose(draw_cutout(480), backdrop, plain(480), placement, 480, belong=belong).image
            for belong in (only("shadow"), ALONE)
        )
        assert np.array_equal(with_it, without)


@pytest.mark.parametrize("placement", [Placement(), Placement(0.8, 0.1, 0.186), Placement(1.2, -0.1, -0.186)])
@pytest.mark.parametrize("name", ["light", "wrap", "shadow"])
def test_mirror_and_print_get_the_same(
    draw_cutout: Draw, backdrop: Backdrop, placement: Placement, name: str
) -> None:
    belong = only(name)
    changes = []
    for size in (720, 1920):
        cutout = draw_cutout(size, bottom=FULL_LENGTH)
        pair = [
            compose(cutout, backdrop, plain(size), placement, size, belong=b).image.astype(np.float32)
            for b in (belong, ALONE)
        ]
        changes.append(cv2.resize(pair[0] - pair[1], (240, 240), interpolation=cv2.INTER_AREA))
    assert np.abs(changes[0]).max() > 3
    assert np.abs(changes[0] - changes[1]).mean() < 0.15
    assert np.quantile(np.abs(changes[0] - changes[1]), 0.99) < 4


def test_the_same_photo_gives_the_same_picture(draw_cutout: Draw, backdrop: Backdrop) -> None:
    first, second = (
        compose(draw_cutout(480, bottom=0.9), backdrop, plain(480), Placement(), 480).image for _ in range(2)
    )
    assert np.array_equal(first, second)


def test_noise_in_the_mirror_does_not_make_it_flicker(draw_cutout: Draw, backdrop: Backdrop) -> None:
    stage = set_stage(backdrop, plain(720))
    rng = np.random.default_rng(8)
    calm = draw_cutout(720, bottom=FULL_LENGTH)
    pictures = []
    for _ in range(4):
        noisy = np.clip(calm.foreground + rng.normal(0, 2, calm.foreground.shape), 0, 255).astype(np.uint8)
        shaken = np.clip(calm.alpha + rng.normal(0, 0.02, calm.alpha.shape) * (calm.alpha > 0), 0, 1)
        cutout = Cutout(noisy, shaken.astype(np.float32), nobody(), "drawn", 1.0)
        pictures.append(stage.compose(cutout, Placement()).image)
    coarse = [cv2.resize(p, (90, 90), interpolation=cv2.INTER_AREA).astype(int) for p in pictures]
    assert np.ptp(coarse, axis=0).max() <= 6
    assert np.ptp(coarse, axis=0).mean() < 0.5


def test_guests_who_stand_outside_are_no_trouble(draw_cutout: Draw, backdrop: Backdrop) -> None:
    stage = set_stage(backdrop, plain(120))
    for placement in (Placement(1, 2, 0), Placement(0.01, 0.5, 0.5), Placement(3, -1, -1)):
        assert stage.compose(draw_cutout(60, bottom=0.8), placement).image.shape == (120, 120, 3)
    empty = Cutout(np.zeros((60, 60, 3), np.uint8), np.zeros((60, 60), np.float32), nobody(), "drawn", 1.0)
    assert np.array_equal(stage.compose(empty, Placement()).image, stage.image)
