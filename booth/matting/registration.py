"""Lay the clean plate onto the frame: the camera was bumped, or held by hand.

Gauss-Newton on intensities over the points with texture, coarse to fine (Lucas & Kanade 1981; Baker &
Matthews: Lucas-Kanade 20 Years On, IJCV 2004), robust against what moved.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Mask, Rgb8
from booth.matting.tiles import each

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Places = NDArray[np.intp]
Box = tuple[slice, slice]

COARSEST = 64
"""Shorter side, in pixels, of the coarsest level."""
FINEST = 1000
"""Longer side of the finest level: half a pixel there is a quarter of one at full size, and found to a tenth."""
POINTS = 16000
FEWEST = 64
"""Points with texture below which nothing is said."""
ROUNDS = 8
WORTH = 0.98
"""Motion that does not bring the residual below this share of the resting one is not believed."""
STILL = 0.01
"""A step that moves no corner by more than this many pixels ends a level."""
EXPECTED = np.array([0.02, 0.02, 4e-3, 4e-3, 4e-3, 4e-3, 2e-3, 2e-3])
"""How far each parameter strays, in half-sides: shifts, then linear terms, then perspective."""


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """`motion` from frame to plate, 8 numbers in half-sides of the picture: it holds at any scale."""

    motion: Doubles

    def applied(self, plate: Rgb8, box: Box | None = None) -> Rgb8:
        """Give the plate, or a box of it, as the frame's camera would have seen it; any scale will do."""
        height, width = plate.shape[:2]
        rows, columns = box or (slice(0, height), slice(0, width))
        if _moved(self.motion, width, height) < STILL:
            return plate[rows, columns]
        into_box = np.array([[1, 0, columns.start], [0, 1, rows.start], [0, 0, 1]], np.float64)
        return np.asarray(
            cv2.warpPerspective(
                plate,
                _matrix(self.motion, width, height) @ into_box,
                (columns.stop - columns.start, rows.stop - rows.start),
                flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.uint8,
        )


def registered(plate: Rgb8, image: Rgb8, background: Mask) -> Registration:
    """Find the motion between plate and frame from what is background for certain.

    Parameters
    ----------
    plate, image : uint8 of shape (H, W, 3), RGB
    background : bool of shape (h, w), any size: true where the frame surely shows the plate
    """
    frames, plates = each(_pyramid, (image, plate))
    levels = each(lambda pair: _Level.of(*pair, background), zip(frames, plates, strict=True))
    motion = np.zeros(8)
    for level in reversed(levels):
        motion = _refined(motion, level)
    if not _is_worth(motion, levels[0]):
        motion = np.zeros(8)
    return Registration(motion)


def _pyramid(picture: Rgb8) -> list[NDArray[np.uint8]]:
    levels = [np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)]
    while min(levels[-1].shape) >= 2 * COARSEST:
        height, width = levels[-1].shape
        levels.append(
            np.asarray(
                cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8
            )
        )
    fine_enough = [level for level in levels if max(level.shape) <= FINEST]
    return fine_enough or levels[-1:]


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """One size of the two pictures, with the points of the frame to look at: how bright and how steep they are
    there, where they lie, and how each parameter of the motion moves them."""

    plate: Floats
    half: float
    wanted: Doubles
    slopes: tuple[Doubles, Doubles]
    place: tuple[Places, Places]
    basis: tuple[Doubles, Doubles]

    @classmethod
    def of(cls, frame: NDArray[np.uint8], plate: NDArray[np.uint8], background: Mask) -> _Level:
        height, width = frame.shape
        half = max(height, width) / 2
        rows, columns, slope_x, slope_y = _textured_points(frame, background)
        basis = _basis((columns - (width - 1) / 2) / half, (rows - (height - 1) / 2) / half)
        wanted = frame[rows, columns].astype(np.float64)
        return cls(plate.astype(np.float32), half, wanted, (slope_x, slope_y), (rows, columns), basis)

    @property
    def tells(self) -> bool:
        return self.wanted.size >= FEWEST

    def seen(self, motion: Doubles) -> Doubles:
        """Give the plate where a motion takes the points."""
        (rows, columns), (along_x, along_y) = self.place, self.basis
        return _sampled(
            self.plate, columns + self.half * (along_x @ motion), rows + self.half * (along_y @ motion)
        )


def _refined(motion: Doubles, level: _Level) -> Doubles:
    if not level.tells:
        return motion
    moves = [slope[:, None] * basis for slope, basis in zip(level.slopes, level.basis, strict=True)]
    others = (level.wanted[:, None], np.ones((level.wanted.size, 1)))
    jacobian = np.hstack([level.half * (moves[0] + moves[1]), *others])
    for _ in range(ROUNDS):
        step = _step(jacobian, level.wanted - level.seen(motion), motion)
        motion = motion + step
        if level.half * np.abs(step).sum() < STILL:
            break
    return motion


def _is_worth(motion: Doubles, level: _Level) -> bool:
    """Tell whether the motion explains the frame better than none: plain walls fit any."""
    if not level.tells:
        return False
    resting = np.asarray(level.plate[level.place], np.float64)
    return _spread(level.wanted, level.seen(motion)) < WORTH * _spread(level.wanted, resting)


def _spread(wanted: Doubles, seen: Doubles) -> float:
    gain = float(np.median(wanted)) / max(float(np.median(seen)), 1.0)
    residual = wanted - gain * seen
    return float(np.median(np.abs(residual - np.median(residual))))


def _textured_points(frame: NDArray[np.uint8], background: Mask) -> tuple[Places, Places, Doubles, Doubles]:
    """Give rows, columns and slopes of the points with most texture, spread over the background."""
    height, width = frame.shape
    slope_x = cv2.Sobel(frame, cv2.CV_16S, 1, 0, ksize=3)
    slope_y = cv2.Sobel(frame, cv2.CV_16S, 0, 1, ksize=3)
    strongest = cv2.addWeighted(cv2.convertScaleAbs(slope_x), 0.5, cv2.convertScaleAbs(slope_y), 0.5, 0)
    strength = np.array(strongest, np.uint8)
    usable = cv2.resize(background.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    strength[usable == 0] = 0
    strength[[0, -1], :] = 0
    strength[:, [0, -1]] = 0
    rows, columns = _strongest(strength)
    along = [np.asarray(slope[rows, columns], np.float64) / 8 for slope in (slope_x, slope_y)]
    return rows, columns, along[0], along[1]


def _strongest(strength: NDArray[np.uint8]) -> tuple[Places, Places]:
    """Give the strongest point of each small tile: as many tiles as points are wanted."""
    height, width = strength.shape
    side = max(1, int(np.sqrt(height * width / POINTS)))
    high, wide = height // side, width // side
    tiles = strength[: high * side, : wide * side].reshape(high, side, wide, side).swapaxes(1, 2)
    flat = tiles.reshape(high, wide, side * side)
    best = flat.argmax(axis=2)
    value = np.take_along_axis(flat, best[..., None], axis=2)[..., 0]
    row, column = np.nonzero(value >= 4)
    inside = best[row, column]
    return row * side + inside // side, column * side + inside % side


def _basis(u: Doubles, v: Doubles) -> tuple[Doubles, Doubles]:
    """Give the first-order motion of a homography at normalised points, along x and along y."""
    one, nil = np.ones_like(u), np.zeros_like(u)
    along_x = np.stack([one, nil, u, v, nil, nil, u * u, u * v], axis=1)
    along_y = np.stack([nil, one, nil, nil, u, v, u * v, v * v], axis=1)
    return along_x, along_y


def _sampled(plate: Floats, x: Doubles, y: Doubles) -> Doubles:
    # remap takes at most 32767 columns a row: fold the list into rows
    pad = -x.size % 128
    at = [np.pad(axis, (0, pad)).astype(np.float32).reshape(-1, 128) for axis in (x, y)]
    seen = cv2.remap(plate, at[0], at[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen.reshape(-1)[: x.size], np.float64)


def _step(jacobian: Doubles, residual: Doubles, motion: Doubles) -> Doubles:
    """One robust least-squares step; gain and offset are solved along and thrown away."""
    centred = residual - np.median(residual)
    scale = 1.4826 * float(np.median(np.abs(centred))) + 1.0
    weight = 1 / (1 + np.square(centred / (2 * scale)))
    weighted = jacobian * weight[:, None]
    normal = weighted.T @ jacobian / scale**2
    right = weighted.T @ residual / scale**2
    prior = np.concatenate([EXPECTED**-2.0, [1e-2, 1e-6]])
    pull = np.concatenate([-motion * EXPECTED**-2.0, [0, 0]])
    return np.asarray(np.linalg.solve(normal + np.diag(prior), right + pull)[:8])


def _corners(motion: Doubles, width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give a picture's corners, and where the motion takes them."""
    half = max(width, height) / 2
    corners = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float64)
    u, v = ((corners - np.array([(width - 1) / 2, (height - 1) / 2])) / half).T
    basis_x, basis_y = _basis(u, v)
    moved = corners + half * np.stack([basis_x @ motion, basis_y @ motion], axis=1)
    return corners.astype(np.float32), moved.astype(np.float32)


def _matrix(motion: Doubles, width: int, height: int) -> Doubles:
    return np.asarray(cv2.getPerspectiveTransform(*_corners(motion, width, height)), np.float64)


def _moved(motion: Doubles, width: int, height: int) -> float:
    corners, moved = _corners(motion, width, height)
    return float(np.abs(moved - corners).max())
