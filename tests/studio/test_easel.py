"""Previews, tiles, strips and what comes up in the darkroom: the print's picture, smaller and sooner."""

from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest

from booth.config.settings import SceneSettings, ServiceSettings
from booth.scene.composite import compose
from booth.scene.layout import lay_out
from booth.shot import Backdrop, Composite, Cutout, Frame, Placement, Shot, nobody
from booth.studio.address import pickup_address, reachable_host
from booth.studio.darkroom import PAPER, Darkroom
from booth.studio.easel import SIDE, Easel, Sheet, at_side
from booth.studio.tiles import A_FRAME, Tiles
from booth.studio.tiles import SIDE as TILE

SCENE = SceneSettings()


def backdrop(key: str, colour: tuple[int, int, int], **changes) -> Backdrop:
    rows = np.linspace(0.8, 1.2, 1920)[:, None, None]
    image = np.clip(np.array(colour) * rows * np.ones((1, 1920, 1)), 0, 255).astype(np.uint8)
    return replace(Backdrop(key, {"en": key}, image, 0.93, (0.1, 0.1, 0.9, 1.0), 0.0), **changes)


BACKDROPS = (
    backdrop("blue", (40, 80, 170)),
    backdrop("sand", (190, 160, 110)),
    backdrop("moss", (60, 120, 60)),
)


@pytest.fixture
def shot():
    rows, columns = np.mgrid[0:1920, 0:1920].astype(np.float32) / 1920
    alpha = np.clip(20 * (0.2 - np.hypot(columns - 0.4, (rows - 1.0) / 2.4)), 0, 1).astype(np.float32)
    foreground = np.full((1920, 1920, 3), (150, 90, 80), np.uint8)
    cutout = Cutout(foreground, alpha, nobody(), "drawn", 1.0)
    composite = Composite(BACKDROPS[0].image, "blue")
    return Shot("p1", Frame(foreground, 0.0, 1), cutout, composite, Placement())


@pytest.fixture
def easel():
    easel = Easel(BACKDROPS, SCENE, Sheet(1.0, "Mia & Tom"))
    yield easel
    easel.stop()


@pytest.mark.parametrize("placement", [None, Placement(1.2, -0.1, -0.2)])
def test_a_preview_is_the_print_in_fewer_pixels(easel, shot, placement):
    preview = easel.preview(shot, "sand", placement).result()
    overlay = lay_out(SCENE.layout, 1920)
    printed = compose(shot.cutout, BACKDROPS[1], overlay, preview.placement, 1920, belong=SCENE.belong)
    small = cv2.resize(printed.image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    assert np.abs(preview.image.astype(int) - small).mean() < 1.5


def test_a_photo_without_a_cutout_is_previewed_in_its_frame(easel, shot):
    preview = easel.preview(replace(shot, cutout=None, placement=None), "moss", None).result()
    assert preview.placement is None
    assert preview.image.shape == (SIDE, SIDE, 3)


@pytest.mark.parametrize("side", [320, 859, 860])
def test_a_smaller_cutout_has_no_impossible_alpha(shot, side):
    full = replace(
        shot.cutout, alpha=np.ones((1080, 1080), np.float32), foreground=shot.frame.image[:1080, :1080]
    )
    alpha = at_side(full, side).alpha
    assert alpha.shape == (side, side)
    assert (alpha.min(), alpha.max()) == (pytest.approx(1), 1)


def test_a_strip_is_previewed_as_a_strip(easel, shot):
    preview = easel.preview(
        replace(shot, parts=(shot, shot, replace(shot, cutout=None))), "moss", None
    ).result()
    assert preview.image.shape == (SIDE, SIDE, 3)


def test_tiles_take_turns_and_are_forgotten_with_their_guests(shot):
    tiles = Tiles(BACKDROPS, SCENE, mirrored=False, clock=lambda: 0.0)
    tiles.compose(shot.cutout)
    assert tiles.newest() == {}
    wanted = ("sand", "moss")
    tiles.want((*wanted, "nowhere"))
    tiles.compose(shot.cutout)
    assert set(tiles.newest()) == set(wanted)
    assert min(len(wanted), A_FRAME) == 2
    assert tiles.newest()["moss"].image.shape == (TILE, TILE, 3)
    numbers = {key: tile.number for key, tile in tiles.newest().items()}
    tiles.compose(shot.cutout)
    assert all(tile.number > numbers[key] for key, tile in tiles.newest().items())
    tiles.want(("moss",))
    assert set(tiles.newest()) == {"moss"}
    tiles.forget()
    assert tiles.newest() == {}


def test_a_slow_machine_composes_one_tile_a_frame(shot):
    seconds = itertools.count()
    tiles = Tiles(BACKDROPS, SCENE, mirrored=False, clock=lambda: float(next(seconds)))
    tiles.want(("sand", "moss"))
    tiles.compose(shot.cutout)
    assert len(tiles.newest()) == 1
    tiles.compose(shot.cutout)
    assert set(tiles.newest()) == {"sand", "moss"}


def test_a_tile_is_mirrored_as_the_mirror_is_unless_it_can_be_read(shot):
    scenes = (BACKDROPS[0], backdrop("sign", (40, 80, 170), writing=True))
    tiles = Tiles(scenes, SCENE, mirrored=True, clock=lambda: 0.0)
    tiles.want(("blue", "sign"))
    tiles.compose(shot.cutout)
    mirrored, plain = (tiles.newest()[key].image for key in ("blue", "sign"))
    assert np.abs(mirrored[:, ::-1].astype(int) - plain).mean() < 1


def test_the_darkroom_shows_what_is_there(shot):
    darkroom = Darkroom()
    assert darkroom.newest() is None
    darkroom.show_raw(shot.frame)
    raw = darkroom.newest()
    darkroom.show_cutout(shot.cutout)
    cutout = darkroom.newest()
    assert (raw.kind, cutout.kind) == ("raw", "cutout")
    assert cutout.number > raw.number
    assert (cutout.image[0, 0] == PAPER).all()
    darkroom.clear()
    assert darkroom.newest() is None


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, None),
        ({"enabled": True}, None),
        ({"enabled": True, "address": "booth.local"}, "http://booth.local:8080/p/secret"),
        ({"enabled": True, "host": "192.168.7.2"}, "http://192.168.7.2:8080/p/secret"),
        ({"enabled": True, "address": "fd00::7", "port": 9000}, "http://[fd00::7]:9000/p/secret"),
    ],
)
def test_a_phone_is_given_an_address_that_it_can_reach(changes, address):
    assert pickup_address(ServiceSettings(**changes), "secret") == address


def test_every_address_but_this_machines_own_can_be_reached():
    assert reachable_host("127.0.0.1") is None
    assert reachable_host("0.0.0.0") != "0.0.0.0"
