from pathlib import Path

import cv2
import numpy as np
import pytest

from booth.matting.train.pack import (
    PhotosError,
    cleaned,
    emptied,
    find_photos,
    is_held_back,
    open_pack,
    own_colours,
    snapped,
)


def test_specks_go_and_pinholes_close_while_an_arm_akimbo_stays_open() -> None:
    mask = np.zeros((200, 100), bool)
    mask[20:180, 30:70] = True
    expected = mask.copy()
    expected[80:110, 40:60] = mask[80:110, 40:60] = False
    mask[5:8, 5:8] = True
    mask[50:52, 50:52] = False
    assert np.array_equal(cleaned(mask), expected)


def test_a_rough_outline_moves_to_the_edge_in_the_picture() -> None:
    truth = np.zeros((240, 240), np.float32)
    cv2.circle(truth, (120, 120), 70, 1.0, -1)
    guide = np.stack([0.2 + 0.6 * truth, 0.5 - 0.3 * truth, np.full_like(truth, 0.4)], -1).astype(np.float32)
    rough = np.roll(truth, 2, 1)
    before, after = (float(np.abs(one - truth).mean()) for one in (rough, snapped(guide, rough)))
    assert after < 0.5 * before


def test_own_colours_are_free_of_the_old_place() -> None:
    alpha = np.zeros((400, 400), np.float32)
    alpha[:, 200:] = 1
    alpha = cv2.blur(alpha, (5, 5))
    red, green = np.array((200, 30, 30)), np.array((20, 180, 40))
    picture = (alpha[..., None] * red + (1 - alpha[..., None]) * green).astype(np.uint8)
    edge = (alpha > 0.3) & (alpha < 0.9)
    assert np.abs(own_colours(picture, alpha)[edge].astype(int) - red).mean() < 20
    assert np.abs(picture[edge].astype(int) - red).mean() > 40


def test_the_emptied_place_shows_nothing_of_the_person() -> None:
    picture = np.full((60, 100, 3), 90, np.uint8)
    picture[10:, 40:60] = (255, 0, 0)
    assert (emptied(picture, (40, 10, 60, 60)) == 90).all()
    at_the_edge = np.full((60, 100, 3), 90, np.uint8)
    at_the_edge[:, :70] = (255, 0, 0)
    assert (emptied(at_the_edge, (0, 0, 70, 60)) == 90).all()


def test_photographs_are_packed_once_and_read_back(photos: Path, tmp_path: Path) -> None:
    pack = open_pack(photos, tmp_path)
    written = (tmp_path / "pack.bin").stat().st_mtime_ns
    again = open_pack(photos, tmp_path)
    assert (tmp_path / "pack.bin").stat().st_mtime_ns == written
    assert len(again.places) == len(find_photos(photos)) == 12
    assert [place.good for place in again.places] == [True] * 11 + [False]
    photo = again.photo(pack.places[3])
    assert photo.picture.shape == photo.foreground.shape == photo.emptied.shape == (144, 96, 3)
    left, top, right, bottom = photo.box
    assert (left, top, right, bottom) == pytest.approx((34, 22, 63, 135), abs=3)
    assert photo.head == pytest.approx((48, 30), abs=4)


def test_what_is_held_back_depends_on_the_name_alone(photos: Path, tmp_path: Path) -> None:
    pack = open_pack(photos, tmp_path)
    for place in pack.places:
        assert place.held_back == (place.good and is_held_back(place.name))
    share = np.mean([is_held_back(f"{number:04d}") for number in range(2000)])
    assert 0.05 < share < 0.1


def test_a_folder_without_masks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    cv2.imwrite(str(tmp_path / "photos" / "one.jpg"), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(PhotosError, match="holds no photos"):
        find_photos(tmp_path)
