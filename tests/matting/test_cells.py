"""Colours on the grid of cells: gathered exactly, spread smoothly."""

import numpy as np

from booth.matting.cells import CELL, Gathered, cell_colours, moments_of
from booth.matting.pushpull import filled


def picture() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    frame = rng.integers(0, 256, (90, 121, 3), np.uint8)
    solid = np.zeros((90, 121), np.uint8)
    solid[10:70, 7:101] = 255
    return frame, solid


def test_a_cell_that_is_partly_solid_holds_its_solid_pixels_only() -> None:
    frame, solid = picture()
    gathered = Gathered.whole(solid, cell_colours(frame)).exact(solid, frame)
    row, column = 10 // CELL, 7 // CELL
    rows, columns = (
        slice(row * CELL, (row + 1) * CELL),
        slice(column * CELL, (column + 1) * CELL),
    )
    inside = frame[rows, columns][solid[rows, columns] > 0].astype(np.float64)
    assert gathered.weight[row, column] == len(inside) / CELL**2
    mean = gathered.sums[row, column] / gathered.weight[row, column]
    np.testing.assert_allclose(mean[:3], inside.mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(mean[3], np.square(inside).mean(), rtol=1e-5)


def test_moments_are_those_of_the_solid_pixels_everywhere() -> None:
    frame, solid = picture()
    frame[:] = (40, 90, 160)
    frame[solid == 0] = 255
    moments = moments_of(Gathered.whole(solid, cell_colours(frame)).exact(solid, frame))
    np.testing.assert_allclose(
        moments[..., :3], np.broadcast_to((40, 90, 160), moments[..., :3].shape), atol=0.5
    )
    assert moments[..., 3].max() < 30


def test_filling_leaves_what_is_known_and_is_exact_for_a_constant() -> None:
    rng = np.random.default_rng(1)
    values = rng.uniform(0, 255, (37, 50, 3)).astype(np.float32)
    weight = (rng.uniform(0, 1, (37, 50)) > 0.7).astype(np.float32)
    np.testing.assert_allclose(filled(values, weight)[weight == 1], values[weight == 1], atol=1e-3)
    np.testing.assert_allclose(filled(np.full((37, 50), 8, np.float32), weight * 0.4), 8, atol=1e-3)
