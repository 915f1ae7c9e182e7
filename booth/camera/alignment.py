"""Laying a clean plate onto a photograph where the camera stood a little elsewhere: hand-held, or bumped."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8, check_rgb, read_only
from booth.shot import Plate

FEATURES = 4000
FEWEST = 40
"""Matches that must agree on one movement before it is believed."""
AGREEING = 0.3
"""Share of all matches that must agree."""
REACH = 0.12
"""Farthest movement of a corner, as a share of the longer side."""
TOLERANCE = 2.0
"""Pixels by which a match may miss the common movement."""


def aligned(plate: Plate, image: Rgb8) -> Plate:
    """Move the plate onto a photograph of the same place, or give it as it is where no movement is found.

    ORB features (Rublee et al., ICCV 2011), matched both ways, agree on a homography by RANSAC (Fischler and
    Bolles, 1981). People in the photograph are features that find no match.

    Parameters
    ----------
    plate : the empty place, of the photograph's size
    image : uint8 of shape (H, W, 3), RGB

    Raises
    ------
    ValueError
        If `image` is not uint8 (H, W, 3), or the plate is of another size.
    """
    check_rgb(image)
    if plate.image.shape != image.shape:
        raise ValueError(f"plate is {plate.image.shape}, image {image.shape}: expected the same size")
    movement = _movement(plate.image, image)
    if movement is None:
        return plate
    height, width = image.shape[:2]
    moved = cv2.warpPerspective(
        plate.image, movement, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    laid = np.asarray(moved, np.uint8)
    fits_better = _difference(laid, image) < _difference(plate.image, image)
    return replace(plate, image=read_only(laid)) if fits_better else plate


def _movement(plate: Rgb8, image: Rgb8) -> NDArray[np.float64] | None:
    orb = cv2.ORB.create(FEATURES)
    from_points, from_signs = orb.detectAndCompute(cv2.cvtColor(plate, cv2.COLOR_RGB2GRAY), None)
    to_points, to_signs = orb.detectAndCompute(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), None)
    if min(len(from_points), len(to_points)) < FEWEST:
        return None
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(from_signs, to_signs)
    if len(matches) < FEWEST:
        return None
    source = np.array([from_points[match.queryIdx].pt for match in matches], np.float32)
    target = np.array([to_points[match.trainIdx].pt for match in matches], np.float32)
    movement, agree = cv2.findHomography(source, target, cv2.RANSAC, TOLERANCE)
    if movement is None or agree.sum() < max(FEWEST, AGREEING * len(matches)):
        return None
    found = np.asarray(movement, np.float64)
    return found if _farthest(found, image.shape) <= REACH * max(image.shape) else None


def _farthest(movement: NDArray[np.float64], shape: tuple[int, ...]) -> float:
    height, width = shape[:2]
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    return float(np.linalg.norm(cv2.perspectiveTransform(corners, movement) - corners, axis=2).max())


def _difference(plate: Rgb8, image: Rgb8) -> float:
    return float(np.median(cv2.absdiff(plate, image)))
