"""The clean plate against the drawn studio, whose true plate is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from booth.camera.plate import (
    PlateCapture,
    capture_plate,
    load_plate,
    median_of,
    plate_from_picture,
    save_plate,
)
from booth.camera.studio_scene import NOISE
from booth.errors import PlateError
from booth.shot import Frame, Plate

SIDE = 240


@pytest.fixture
def empty(scene):
    """Frames of the empty studio."""
    return [Frame(scene.image(i / 30, SIDE, empty=True), 1000.0 + i, i + 1) for i in range(24)]


def changed(frames, change):
    """Give the frames with `change(image as float, index)` put to each."""
    return [
        Frame(
            np.clip(np.rint(change(f.image.astype(float), i)), 0, 255).astype(np.uint8), f.taken_at, f.number
        )
        for i, f in enumerate(frames)
    ]


def test_the_plate_is_the_true_plate_to_within_its_noise(scene, empty):
    plate = capture_plate(empty)
    error = plate.image.astype(float) - scene.plate(SIDE)
    assert np.sqrt(np.mean(error**2)) < 0.6
    assert abs(error.mean()) < 0.15
    assert plate.taken_at == empty[-1].taken_at
    assert plate.brightness == pytest.approx(scene.plate(SIDE).mean(), abs=0.5)
    assert not plate.image.flags.writeable


def test_sigma_is_the_noise_of_one_frame(empty):
    assert capture_plate(empty).sigma == pytest.approx((NOISE,) * 3, rel=0.1)


def test_sigma_is_not_led_astray_by_flicker(empty):
    flickering = changed(empty, lambda image, i: image * (1 + 0.02 * np.sin(2.4 * i)))
    assert capture_plate(flickering).sigma == pytest.approx((NOISE,) * 3, rel=0.35)


@pytest.mark.parametrize("count", [5, 6, 7, 8, 24, 25])
def test_the_median_is_the_median(count):
    random = np.random.default_rng(count)
    images = [random.integers(0, 256, (61, 7, 3), np.uint8) for _ in range(count)]
    exact = np.median(np.stack(images), axis=0)
    assert np.abs(median_of(images) - exact).max() <= 0.5


def test_a_hand_waved_for_a_moment_is_refused(scene, empty):
    frames = list(empty)
    frames[11] = Frame(scene.image(9.0, SIDE), 1.0, 12)
    with pytest.raises(PlateError, match="step out of the picture"):
        capture_plate(frames)


def test_guests_who_stand_and_sway_are_refused(scene):
    with pytest.raises(PlateError, match="moved"):
        capture_plate([Frame(scene.image(8 + i / 10, SIDE), 1.0, i + 1) for i in range(24)])


def test_a_bumped_camera_is_refused(empty):
    with pytest.raises(PlateError, match="keep the camera still"):
        capture_plate(changed(empty, lambda image, i: np.roll(image, 3 if i > 12 else 0, axis=1)))


def test_noise_and_flicker_in_bands_are_not_movement(scene, empty):
    random = np.random.default_rng(3)
    rows = np.arange(SIDE)[:, None, None]

    def poor_light(image, i):
        bands = 1 + 0.03 * np.sin(rows / 25 + 1.7 * i)
        return image * bands + random.normal(0, 6, image.shape)

    plate = capture_plate(changed(empty, poor_light))
    assert np.sqrt(np.mean((plate.image.astype(float) - scene.plate(SIDE)) ** 2)) < 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda image, i: image * 0.08, "too dark"),
        (lambda image, i: image * 3, "burnt out"),
        (lambda image, i: image * (1 - 0.012 * i), "light changed"),
    ],
)
def test_light_that_is_of_no_use_is_refused_with_a_remedy(empty, change, words):
    with pytest.raises(PlateError, match=words):
        capture_plate(changed(empty, change))


def test_too_few_frames_or_two_sizes_are_refused(scene, empty):
    with pytest.raises(PlateError, match="too few"):
        capture_plate(empty[:4])
    with pytest.raises(PlateError, match="changed the size"):
        capture_plate([*empty, Frame(empty[0].image[:100], 1.0, 99)])


def test_a_plate_comes_back_from_disk_as_it_was(tmp_path, empty):
    plate = capture_plate(empty)
    save_plate(tmp_path / "plate", plate)
    again = load_plate(tmp_path / "plate")
    assert np.array_equal(again.image, plate.image)
    assert (again.taken_at, again.sigma, again.brightness) == (plate.taken_at, plate.sigma, plate.brightness)
    assert sorted(path.name for path in (tmp_path / "plate").iterdir()) == ["plate.json", "plate.png"]


def test_where_no_plate_was_stored_there_is_none(tmp_path):
    assert load_plate(tmp_path) is None


def _cut(folder):
    picture = folder / "plate.png"
    picture.write_bytes(picture.read_bytes()[:-900])


def _flip(folder):
    picture = folder / "plate.png"
    data = bytearray(picture.read_bytes())
    data[len(data) // 2] ^= 4
    picture.write_bytes(bytes(data))


def _alone(folder):
    (folder / "plate.json").unlink()


def _no_json(folder):
    (folder / "plate.json").write_text("{")


def _no_sigma(folder):
    facts = json.loads((folder / "plate.json").read_text())
    del facts["sigma"]
    (folder / "plate.json").write_text(json.dumps(facts))


@pytest.mark.parametrize("damage", [_cut, _flip, _alone, _no_json, _no_sigma])
def test_a_damaged_plate_is_refused(tmp_path, damage):
    image = np.random.default_rng(1).integers(0, 256, (80, 80, 3), np.uint8)
    save_plate(tmp_path, Plate(image, 5.0, (1.0, 1.0, 1.0), 128.0))
    damage(tmp_path)
    with pytest.raises(PlateError, match="damaged"):
        load_plate(tmp_path)


def test_the_guided_capture_empties_the_stage_and_tells_how_far_it_is(
    scene, watched, open_studio, settings, control
):
    one = watched(open_studio(settings()), settings(timeout=10))
    one.wait_live()
    progress: list[float] = []
    with control.stage_emptied():
        plate = PlateCapture(one.grabber, 12, progress.append).run(30)
    assert np.sqrt(np.mean((plate.image.astype(float) - scene.plate(SIDE)) ** 2)) < 0.8
    assert progress == sorted(progress)
    assert len(progress) == 12
    assert progress[-1] == 1.0


def test_a_guided_capture_without_frames_says_so(watched, open_studio, settings, control):
    one = watched(open_studio(settings()), settings(timeout=10))
    one.wait_live()
    with pytest.raises(PlateError, match="of 1000 frames came"):
        PlateCapture(one.grabber, 1000, lambda share: None).run(0.3)


@pytest.mark.parametrize("sigma", [1.5, 4.0])
def test_one_picture_makes_a_plate_that_knows_its_noise(sigma: float) -> None:
    rng = np.random.default_rng(2)
    wall = np.linspace(60, 190, 400)[None, :, None] + np.where(np.arange(300) % 40 < 20, 0, 15)[:, None, None]
    image = np.clip(wall + rng.normal(0, sigma, (300, 400, 3)), 0, 255).round().astype(np.uint8)
    plate = plate_from_picture(image)
    assert plate.sigma == pytest.approx((sigma,) * 3, rel=0.1)
    assert plate.brightness == pytest.approx(image.mean())
