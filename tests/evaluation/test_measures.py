import cv2
import numpy as np
import pytest

from booth.evaluation.measures import connectivity_error, errors_of, gradient_error, overlap


def disc(side: int = 128, radius: int = 40, x: int = 64) -> np.ndarray:
    drawn = np.zeros((side, side), np.uint8)
    cv2.circle(drawn, (x, side // 2), radius, 255, -1, cv2.LINE_AA)
    return drawn.astype(np.float32) / 255


def colour(side: int = 128, value: int = 90) -> np.ndarray:
    return np.full((side, side, 3), value, np.uint8)


def test_the_truth_has_no_error() -> None:
    errors = errors_of(disc(), colour(), disc(), colour())
    assert (errors.sad, errors.mse, errors.grad, errors.conn, errors.band, errors.comp) == (0, 0, 0, 0, 0, 0)
    assert errors.iou == 1


def test_a_constant_offset_counts_every_pixel() -> None:
    truth = np.full((100, 100), 0.5, np.float32)
    errors = errors_of(truth + np.float32(0.25), colour(100), truth, colour(100))
    assert errors.sad == pytest.approx(2.5)
    assert errors.mse == pytest.approx(62.5)
    assert errors.band == pytest.approx(250)
    assert errors.grad == pytest.approx(0, abs=1e-6)


def test_overlap_is_the_share_that_both_hold() -> None:
    left, right = np.zeros((10, 30), np.float32), np.zeros((10, 30), np.float32)
    left[:, :20], right[:, 10:] = 1, 1
    assert overlap(left, right) == pytest.approx(1 / 3)
    assert overlap(left * 0, right * 0) == 1


def test_a_blurred_edge_has_a_gradient_error_and_a_shifted_one_a_larger_sad() -> None:
    blurred = cv2.GaussianBlur(disc(), (0, 0), 4)
    assert gradient_error(blurred, disc()) > 0.01
    assert gradient_error(np.ascontiguousarray(disc()[:, ::-1]), disc(x=63)) == pytest.approx(0, abs=1e-3)


def test_a_step_edge_has_the_gradient_of_its_gaussian() -> None:
    step = np.zeros((9, 64), np.float32)
    step[:, 32:] = 1
    flat = np.zeros_like(step)
    x = np.arange(-32, 32) + 0.5
    expected = 9 * np.square(np.exp(-(x**2) / (2 * 1.4**2)) / (1.4 * np.sqrt(2 * np.pi))).sum() / 1e3
    assert gradient_error(step, flat) == pytest.approx(expected, rel=0.03)


def test_a_loose_island_is_a_connectivity_error_and_a_soft_rim_hardly() -> None:
    island = disc()
    island[4:12, 4:12] = 1
    rim = np.maximum(disc(), 0.1 * disc(radius=44))
    assert connectivity_error(island, disc()) == pytest.approx(0.064, rel=0.05)
    assert connectivity_error(rim, disc()) < 0.01


def test_the_wrong_foreground_colour_shows_only_in_the_composite() -> None:
    errors = errors_of(disc(), colour(value=120), disc(), colour(value=90))
    assert errors.sad == 0
    assert 5 < errors.comp < 30


def test_sizes_and_ranges_are_checked() -> None:
    with pytest.raises(ValueError, match="sizes differ"):
        errors_of(disc(64, 20), colour(), disc(), colour())
    with pytest.raises(ValueError, match="ranges over"):
        errors_of(disc() * 2, colour(), disc(), colour())
