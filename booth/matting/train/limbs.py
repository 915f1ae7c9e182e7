"""Arms that the photographed people do not have: raised, stretched out, bent, with a hand at the end."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8
from booth.matting.train import lens
from booth.matting.train.rooms import clouds, warm_colour

Random = np.random.Generator
Shares = NDArray[np.uint8]
Points = NDArray[np.float64]


def with_arm(
    random: Random, colours: Rgb8, alpha: Shares, head: tuple[float, float, float]
) -> tuple[Rgb8, Shares]:
    """Give somebody another arm, sleeved with their own clothes or bare; `head` is x, y and height in pixels."""
    height, width = alpha.shape
    x, y, tall = head
    side = random.choice((-1.0, 1.0))
    shoulder = np.asarray((x + side * random.uniform(0.45, 0.75) * tall, y + random.uniform(0.9, 1.2) * tall))
    joints = _joints(random, shoulder, side, tall)
    thick = tall * random.uniform(0.16, 0.26)
    sleeve, skin = _sleeve(random, colours, alpha, head), warm_colour(random)
    bare = random.choice((0.0, 0.5, 1.0, 1.0))  # up to where the sleeve reaches: shoulder, elbow, wrist
    outline, lengthwise, across = _limb(joints, thick, height, width)
    shade = np.sqrt(np.maximum(0.15, 1 - (0.85 * across + random.uniform(-0.4, 0.4)) ** 2))
    cloth = np.where((lengthwise > bare)[..., None], skin, sleeve)
    folds = 1 + 0.1 * clouds(random, height, width, 0.03)
    painted = np.clip(cloth * (shade * folds)[..., None], 0, 255).astype(np.uint8)
    painted, outline = _handed(random, painted, outline, joints, skin, thick)
    whole = cv2.bitwise_not(cv2.multiply(cv2.bitwise_not(alpha), cv2.bitwise_not(outline), scale=1 / 255))
    return lens.blended(painted, colours, outline), np.asarray(whole, np.uint8)


def _joints(random: Random, shoulder: Points, side: float, tall: float) -> Points:
    """Shoulder, elbow and wrist: the upper arm anywhere from down to up, the forearm bent from it."""
    first = random.uniform(-0.45 * np.pi, 0.5 * np.pi)
    second = first - random.uniform(-0.3, 0.75) * np.pi
    angles = np.asarray((first, second))
    steps = np.stack((side * np.cos(angles), np.sin(angles)), 1) * tall
    lengths = np.asarray(((random.uniform(1.0, 1.4),), (random.uniform(0.9, 1.3),)))
    return np.vstack((shoulder, shoulder + np.cumsum(steps * lengths, 0)))


def _sleeve(
    random: Random, colours: Rgb8, alpha: Shares, head: tuple[float, float, float]
) -> NDArray[np.float32]:
    """The colour of the clothes below the head; black where the chest is out of the picture."""
    height, width = alpha.shape
    rows, columns = (
        np.clip(random.normal(at, 0.15 * head[2], 30), 0, most - 1).astype(int)
        for at, most in ((head[1] + 1.5 * head[2], height), (head[0], width))
    )
    there = alpha[rows, columns] > 200
    seen = colours[rows, columns][there]
    return np.asarray(np.median(seen, 0) if len(seen) else np.full(3, 20), np.float32)


def _limb(
    joints: Points, thick: float, height: int, width: int
) -> tuple[Shares, NDArray[np.float32], NDArray[np.float32]]:
    """Outline; how far along each pixel is (0 to 1); how far from the middle (-1 to 1)."""
    left, top = np.clip(np.floor(joints.min(0) - thick - 1).astype(int), 0, (width - 1, height - 1))
    right, bottom = np.clip(
        np.ceil(joints.max(0) + thick + 2).astype(int), (left + 1, top + 1), (width, height)
    )
    grid = np.stack(np.meshgrid(np.arange(left, right), np.arange(top, bottom)), -1).astype(np.float32)
    nearest = np.full(grid.shape[:2], np.inf, np.float32)
    lengthwise, across = np.zeros_like(nearest), np.zeros_like(nearest)
    for number, (start, end) in enumerate(itertools.pairwise(joints)):
        way = (end - start).astype(np.float32)
        long = max(1e-3, float(np.hypot(*way)))
        apart = grid - start.astype(np.float32)
        share = np.clip(apart @ way / long**2, 0, 1)
        aside = (apart[..., 0] * way[1] - apart[..., 1] * way[0]) / long
        away = np.hypot(*np.moveaxis(apart - share[..., None] * way, -1, 0))
        narrow = thick * (1 - 0.22 * (number + share))
        closer = away - narrow < nearest
        nearest = np.where(closer, away - narrow, nearest)
        lengthwise = np.where(closer, (number + share) / 2, lengthwise)
        across = np.where(closer, np.clip(aside / narrow, -1, 1), across)
    whole = np.zeros((3, height, width), np.float32)
    whole[:, top:bottom, left:right] = 255 * np.clip(0.5 - nearest, 0, 1), lengthwise, across
    return np.rint(whole[0]).astype(np.uint8), whole[1], whole[2]


def _handed(
    random: Random, painted: Rgb8, outline: Shares, joints: Points, skin: NDArray[np.float32], thick: float
) -> tuple[Rgb8, Shares]:
    """A palm with a few fingers, spread or not."""
    way = joints[-1] - joints[-2]
    way = way / max(1e-3, float(np.hypot(*way)))
    angle = float(np.arctan2(way[1], way[0]))
    palm = joints[-1] + way * thick * 0.7
    hand = np.zeros_like(outline)
    axes = (max(1, round(0.75 * thick)), max(1, round(0.55 * thick)))
    cv2.ellipse(
        hand, np.rint(palm).astype(int).tolist(), axes, float(np.degrees(angle)), 0, 360, 255, -1, cv2.LINE_AA
    )
    for turn in np.linspace(-0.5, 0.5, int(random.integers(1, 6))) * random.uniform(0.3, 1.5):
        tip = palm + thick * random.uniform(1.0, 1.7) * np.asarray(
            (np.cos(angle + turn), np.sin(angle + turn))
        )
        start, end = (np.rint(point * 16).astype(int).tolist() for point in (palm, tip))
        cv2.line(hand, start, end, 255, max(1, round(0.3 * thick)), cv2.LINE_AA, 4)
    tone = np.broadcast_to((skin * random.uniform(0.85, 1.1)).clip(0, 255).astype(np.uint8), painted.shape)
    return lens.blended(np.ascontiguousarray(tone), painted, hand), np.maximum(outline, hand)
