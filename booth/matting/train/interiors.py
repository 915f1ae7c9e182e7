"""Rooms with a floor and things in them at their true sizes: what people stand among, and what is nobody.

Doors, pillars, shelves, pictures, graffiti, plants, balloons and curtains are drawn; furniture comes from 3D models
where `furniture.py` has drawn some. Colours of skin and wood are common on purpose.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8
from booth.matting.train import lens
from booth.matting.train.furniture import Furniture, View
from booth.matting.train.rooms import clouds, colour, drawn_room, warm_colour

Random = np.random.Generator
Shares = NDArray[np.uint8]
Box = tuple[int, int, int, int]
Pictures = Callable[[Random, int, int], Rgb8]
Drawer = Callable[[Random, Rgb8], Rgb8]

LEAST_TALL = 0.25
"""Metres: smaller things are left on the shelf."""


class Store:
    """The furniture that training, or validation, may use."""

    def __init__(self, furniture: Furniture, held_back: bool = False) -> None:
        self._furniture = furniture
        views = [one for one in furniture.views if one.held_back == held_back and one.tall > LEAST_TALL]
        self._standing = [one for one in views if not one.hung] or views
        self._hung = [one for one in views if one.hung] or views

    def standing(self, random: Random) -> tuple[View, NDArray[np.uint8]]:
        return self._one(random, self._standing)

    def hung(self, random: Random) -> tuple[View, NDArray[np.uint8]]:
        return self._one(random, self._hung)

    def _one(self, random: Random, views: Sequence[View]) -> tuple[View, NDArray[np.uint8]]:
        view = views[int(random.integers(len(views)))]
        return view, _repainted(random, self._furniture.cutout(view))


def interior(random: Random, height: int, width: int, store: Store | None, pictures: Pictures) -> Rgb8:
    """Draw a room: a back wall with what hangs on it, a floor, and furniture from far to near."""
    eye, focal = random.uniform(0.9, 1.7), height * random.uniform(0.8, 2.2)
    horizon = height * random.uniform(0.25, 0.65)
    far = random.uniform(1.5, 7.0)
    ground = round(min(1.2 * height, horizon + eye * focal / far))
    room = drawn_room(random, height, width)
    for _ in range(int(random.choice((0, 1, 1, 2, 3, 4)))):
        room = _decorated(random, room, ground, focal / far, store, pictures)
    if ground < height:
        room = _floored(random, room, ground, horizon)
    if random.random() < 0.25:
        room = _cornered(random, room, ground)
    if store is not None:
        for away in np.sort(np.exp(random.uniform(np.log(0.7), np.log(far), int(random.integers(0, 7)))))[
            ::-1
        ]:
            room = _stood(random, room, store.standing(random), focal / away, horizon + eye * focal / away)
    for _ in range(int(random.choice((0, 0, 1, 2)))):
        room = FREE[int(random.integers(len(FREE)))](random, room)
    return _lamplit(random, room)


def stood_near(random: Random, place: Rgb8, store: Store) -> tuple[Rgb8, Shares]:
    """Stand one piece of furniture anywhere, of any size, and tell where it is."""
    height, width = place.shape[:2]
    _, cutout = store.standing(random)
    tall = height * np.exp(random.uniform(np.log(0.15), np.log(1.2)))
    scale = tall / cutout.shape[0]
    left = random.uniform(-0.15, 1.0) * width - 0.3 * cutout.shape[1] * scale
    return _laid(place, cutout, scale, left, height * random.uniform(0.6, 1.3) - tall)


def _repainted(random: Random, cutout: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give a thing another colour, often of skin or wood, and a cloth's pattern: models are smooth and grey."""
    colours = np.ascontiguousarray(cutout[..., :3])
    if random.random() < 0.5:
        tint = (warm_colour(random) if random.random() < 0.5 else colour(random)) / 255
        grey = lens.saturated(colours, random.uniform(0, 0.5))
        reach = max(0.35, float(np.percentile(grey, 90)) / 255)
        colours = np.clip(grey * (tint / reach).astype(np.float32), 0, 255).astype(np.uint8)
    colours = lens.toned(random, colours, 0.9)
    if random.random() < 0.4:
        height, width = colours.shape[:2]
        cloth = 1 + random.uniform(0.05, 0.25) * clouds(
            random, height, width, random.choice((0.01, 0.04, 0.15))
        )
        colours = np.clip(colours * cloth[..., None], 0, 255).astype(np.uint8)
    mirrored = slice(None, None, -1) if random.random() < 0.5 else slice(None)
    return np.ascontiguousarray(np.dstack((colours, cutout[..., 3]))[:, mirrored])


def _stood(
    random: Random, room: Rgb8, thing: tuple[View, NDArray[np.uint8]], metre: float, ground: float
) -> Rgb8:
    """Stand a thing on the floor where a metre has so many pixels, with the shadow it stands in."""
    height, width = room.shape[:2]
    view, cutout = thing
    scale = metre * view.tall / cutout.shape[0]
    if scale * max(cutout.shape[:2]) > 3 * max(height, width) or scale * cutout.shape[0] < 4:
        return room
    wide = scale * cutout.shape[1]
    left = random.uniform(-0.6 * wide, width - 0.4 * wide)
    raised = metre * random.uniform(0.3, 1.0) if view.tall < 0.7 and random.random() < 0.5 else 0.0
    if not raised:
        shade = np.zeros((height, width), np.uint8)
        middle, axes = (
            (round(left + wide / 2), round(ground)),
            (max(1, round(0.5 * wide)), max(1, round(0.1 * wide))),
        )
        cv2.ellipse(shade, middle, axes, 0, 0, 360, 255, -1)
        soft = lens.blurred(shade, max(0.5, 0.06 * wide))
        room = np.asarray(room * (1 - soft[..., None] * np.float32(random.uniform(0.1, 0.6) / 255)), np.uint8)
    return _laid(room, cutout, scale, left, ground - raised - scale * cutout.shape[0])[0]


def _laid(
    place: Rgb8, cutout: NDArray[np.uint8], scale: float, left: float, top: float
) -> tuple[Rgb8, Shares]:
    height, width = place.shape[:2]
    if scale < 0.7:
        size = tuple(max(1, round(side * scale)) for side in cutout.shape[1::-1])
        cutout, scale = np.asarray(cv2.resize(cutout, size, interpolation=cv2.INTER_AREA), np.uint8), 1.0
    matrix = np.asarray(((scale, 0, left), (0, scale, top)))
    seen = cv2.warpAffine(cutout, matrix, (width, height), flags=cv2.INTER_LINEAR)
    share = np.ascontiguousarray(seen[..., 3], np.uint8)
    return lens.blended(np.ascontiguousarray(seen[..., :3], np.uint8), place, share), share


def _decorated(
    random: Random, room: Rgb8, ground: int, metre: float, store: Store | None, pictures: Pictures
) -> Rgb8:
    """Hang a picture, a window, a door, a shelf or a curtain on the wall, or spray it."""
    height, width = room.shape[:2]
    way = int(random.integers(7))
    if way == 0 and store is not None:
        view, cutout = store.hung(random)
        scale = metre * view.tall / cutout.shape[0]
        if scale * max(cutout.shape[:2]) < 3 * max(height, width):
            left = random.uniform(-0.3, 0.9) * width
            return _laid(room, cutout, scale, left, ground - scale * cutout.shape[0])[0]
    if way == 1:
        return _sprayed(random, room)
    tall, wide = metre * random.uniform(0.4, 2.2), metre * random.uniform(0.3, 1.6)
    if way in (2, 3):
        tall, wide = metre * random.uniform(1.9, 2.4), metre * random.uniform(0.7, 1.1)
    left = round(random.uniform(-0.5 * wide, width - 0.5 * wide))
    bottom = ground if way in (2, 3, 4) else round(ground - metre * random.uniform(0.5, 1.4))
    box = (left, round(bottom - tall), left + max(3, round(wide)), bottom)
    painted = room.copy()
    if way in (2, 3):
        return _door(random, painted, box)
    if way == 4:
        return _shelves(random, painted, box)
    return _picture(random, painted, box, pictures)


def _part(room: Rgb8, box: Box) -> Rgb8:
    """The part of a room inside of a box, as a view."""
    height, width = room.shape[:2]
    left, top, right, bottom = box
    return room[max(0, top) : max(0, min(height, bottom)), max(0, left) : max(0, min(width, right))]


def _door(random: Random, room: Rgb8, box: Box) -> Rgb8:
    left, top, right, bottom = box
    tone, edge = _some_tone(random), _some_tone(random)
    rim = max(1, (right - left) // 14)
    cv2.rectangle(room, (left - rim, top - rim), (right + rim, bottom), edge.tolist(), -1)
    cv2.rectangle(room, (left, top), (right, bottom), tone.tolist(), -1)
    rows, columns = int(random.integers(1, 4)), int(random.integers(1, 3))
    tall, wide = (bottom - top) / rows, (right - left) / columns
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * wide, top + row * tall
            corners = (
                (round(x + 0.15 * wide), round(y + 0.12 * tall)),
                (round(x + 0.85 * wide), round(y + 0.88 * tall)),
            )
            cv2.rectangle(
                room,
                *corners,
                (tone * random.uniform(0.6, 1.2)).clip(0, 255).tolist(),
                int(random.choice((-1, 1, 2))),
            )
    knob = (round(left + (right - left) * random.choice((0.1, 0.9))), round((top + bottom) / 2))
    cv2.circle(room, knob, max(1, (right - left) // 20), colour(random).tolist(), -1)
    return room


def _shelves(random: Random, room: Rgb8, box: Box) -> Rgb8:
    left, top, right, bottom = box
    wood = _some_tone(random)
    cv2.rectangle(room, (left, top), (right, bottom), (wood * random.uniform(0.3, 0.9)).tolist(), -1)
    boards = np.linspace(top, bottom, int(random.integers(3, 7))).round().astype(int)
    for upper, lower in itertools.pairwise(boards):
        x = left
        while x < right:
            wide = max(1, round((right - left) * random.uniform(0.02, 0.12)))
            if random.random() < 0.8:
                y = round(lower - (lower - upper) * random.uniform(0.4, 0.95))
                cv2.rectangle(room, (x, y), (min(right, x + wide), lower), _some_tone(random).tolist(), -1)
            x += wide + 1
        cv2.rectangle(
            room, (left, lower - 1), (right, lower + max(1, (bottom - top) // 60)), wood.tolist(), -1
        )
    return room


def _picture(random: Random, room: Rgb8, box: Box, pictures: Pictures) -> Rgb8:
    """A window, a poster, a screen: another place inside of a frame."""
    left, top, right, bottom = box
    rim = max(1, round((right - left) * random.uniform(0.01, 0.1)))
    cv2.rectangle(room, (left - rim, top - rim), (right + rim, bottom + rim), _some_tone(random).tolist(), -1)
    inner = _part(room, box)
    if min(inner.shape[:2]) > 2:
        inner[:] = pictures(random, *inner.shape[:2])
        if random.random() < 0.4:
            middle = (left + right) // 2
            cv2.line(room, (middle, top), (middle, bottom), colour(random).tolist(), rim)
    return room


def _sprayed(random: Random, room: Rgb8) -> Rgb8:
    """Graffiti: thick strokes in loud colours with an outline."""
    height, width = room.shape[:2]
    painted = room.copy()
    for _ in range(int(random.integers(2, 12))):
        middle = random.uniform(0, 1, 2) * (width, height)
        steps = random.normal(0, height * random.uniform(0.03, 0.15), (int(random.integers(4, 9)), 2))
        knots = middle + np.cumsum(steps - steps.mean(0), 0)
        at = np.linspace(0, len(knots) - 1, 40)
        line = np.stack([np.interp(at, np.arange(len(knots)), knots[:, side]) for side in (0, 1)], 1)
        line = np.asarray(cv2.blur(line, (1, 5)), np.float64)
        points = [np.rint(line * 16).astype(np.int32)]
        thick = max(2, round(height * random.uniform(0.01, 0.07)))
        if random.random() < 0.6:
            cv2.polylines(
                painted, points, False, colour(random).tolist(), thick + 2 + thick // 3, cv2.LINE_AA, 4
            )
        tone = random.uniform(0, 255, 3) if random.random() < 0.7 else warm_colour(random)
        cv2.polylines(painted, points, False, tone.tolist(), thick, cv2.LINE_AA, 4)
    return painted


def _floored(random: Random, room: Rgb8, ground: int, horizon: float) -> Rgb8:
    """Lay a floor below the wall, its pattern closing up towards the horizon."""
    height, width = room.shape[:2]
    if height - ground < 2:
        return room
    side = max(height, width)
    pattern = _grain(random, side) if random.random() < 0.4 else drawn_room(random, side, side)
    aside = width * (min(6.0, (height - horizon + 1) / max(2.0, ground - horizon)) - 1) / 2
    top = max(0, ground)
    source = np.asarray([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    target = np.asarray(
        [(0, ground - top), (width, ground - top), (width + aside, height - top), (-aside, height - top)],
        np.float32,
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    floor = cv2.warpPerspective(pattern, matrix, (width, height - top), borderMode=cv2.BORDER_REFLECT)
    room = room.copy()
    room[top:] = floor
    board = max(1, round(height * random.uniform(0.005, 0.03)))
    if random.random() < 0.5:
        cv2.rectangle(room, (0, ground - board), (width, ground), colour(random).tolist(), -1)
    return room


def _grain(random: Random, side: int) -> Rgb8:
    """Boards of wood."""
    along = cv2.resize(clouds(random, side, max(4, side // 12), 0.02), (side, side))
    boards = int(random.integers(4, 14))
    tint = np.repeat(random.normal(0, 1, boards), -(-side // boards))[:side].astype(np.float32)
    strength = 14 * along + random.uniform(2, 20) * tint[None]
    joint = (np.arange(side) % (side // boards) < max(1, side // 200))[None, :, None]
    wood = np.clip(warm_colour(random) + strength[..., None], 0, 255)
    return np.where(joint, wood * 0.6, wood).astype(np.uint8)


def _cornered(random: Random, room: Rgb8, ground: int) -> Rgb8:
    """Let a side wall come forward: its foot runs down, its light differs."""
    height, width = room.shape[:2]
    x = round(width * random.uniform(0.1, 0.4))
    drop = round(x * random.uniform(0.2, 1.2))
    right = random.random() < 0.5
    points = np.asarray([(0, 0), (x, 0), (x, ground), (0, ground + drop)], np.int32)
    if right:
        points[:, 0] = width - 1 - points[:, 0]
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA)
    side = room if random.random() < 0.5 else drawn_room(random, height, width)
    darker = np.asarray(np.clip(side * random.uniform(0.5, 1.15), 0, 255), np.uint8)
    return lens.blended(darker, room, mask)


def _pillars(random: Random, room: Rgb8) -> Rgb8:
    """Columns from top to bottom, round or flat, dark as often as bright."""
    height, width = room.shape[:2]
    room = room.copy()
    skin = drawn_room(random, height, width) if random.random() < 0.5 else None
    tone = _some_tone(random) * random.uniform(0.15, 1.0)
    for _ in range(int(random.integers(1, 4))):
        wide = max(3, round(width * random.uniform(0.02, 0.25)))
        left = int(random.integers(-wide // 2, width))
        top = 0 if random.random() < 0.7 else round(height * random.uniform(0.1, 0.6))
        bottom = height if random.random() < 0.7 else round(height * random.uniform(0.6, 1.0))
        part = _part(room, (left, top, left + wide, bottom))
        across = np.linspace(-1, 1, wide, dtype=np.float32)[max(0, -left) :][: part.shape[1]]
        shade = np.sqrt(
            np.maximum(0.05, 1 - (across - random.uniform(-0.6, 0.6)) ** 2 * random.choice((0.0, 0.8)))
        )
        base = tone if skin is None else _part(skin, (left, top, left + wide, bottom))
        part[:] = np.clip(base * shade[None, :, None], 0, 255).astype(np.uint8)
    return room


def _plants(random: Random, room: Rgb8) -> Rgb8:
    """Leaves about a middle, or hanging down."""
    height, width = room.shape[:2]
    room = room.copy()
    middle = random.uniform(0, 1, 2) * (width, height)
    green = np.asarray((random.uniform(10, 140), random.uniform(50, 170), random.uniform(5, 110)))
    for _ in range(int(random.integers(15, 80))):
        away, angle = height * abs(random.normal(0, 0.12)), random.uniform(0, 2 * np.pi)
        at = middle + away * np.asarray((np.cos(angle), np.sin(angle)))
        axes = (
            max(1, round(height * random.uniform(0.01, 0.08))),
            max(1, round(height * random.uniform(0.003, 0.025))),
        )
        tone = (green * random.uniform(0.4, 1.6)).clip(0, 255).tolist()
        turn = float(np.degrees(angle) + random.normal(0, 30))
        cv2.ellipse(room, (round(at[0]), round(at[1])), axes, turn, 0, 360, tone, -1, cv2.LINE_AA)
    return room


def _balloons(random: Random, room: Rgb8) -> Rgb8:
    """Balls and balloons as large as heads, some of the colour of skin."""
    height, width = room.shape[:2]
    room = room.copy()
    for _ in range(int(random.integers(1, 9))):
        at = random.uniform(-0.05, 1.05, 2) * (width, height)
        size = height * random.uniform(0.03, 0.16)
        tone = _some_tone(random)
        axes = (round(size), round(size * random.uniform(0.9, 1.3)))
        cv2.ellipse(room, (round(at[0]), round(at[1])), axes, 0, 0, 360, tone.tolist(), -1, cv2.LINE_AA)
        light = (round(at[0] - 0.35 * size), round(at[1] - 0.4 * size))
        cv2.circle(
            room, light, max(1, round(0.2 * size)), np.minimum(255, tone + 60).tolist(), -1, cv2.LINE_AA
        )
    return room


def _hangings(random: Random, room: Rgb8) -> Rgb8:
    """Curtains and coats at a side: vertical folds from the top down to somewhere."""
    height, width = room.shape[:2]
    wide = max(4, round(width * random.uniform(0.05, 0.4)))
    left = int(random.integers(-wide // 3, max(1, width - 2 * wide // 3)))
    bottom = round(height * random.uniform(0.4, 1.1))
    part = _part(room := room.copy(), (left, 0, left + wide, bottom))
    if part.size == 0:
        return room
    x = np.linspace(0, 1, part.shape[1], dtype=np.float32)[None]
    bend = 0.4 * clouds(random, part.shape[0], part.shape[1], 0.3)
    folds = 0.7 + 0.3 * np.sin(2 * np.pi * random.uniform(1, 8) * x + 2 * bend)
    part[:] = np.clip(_some_tone(random) * folds[..., None] * 1.2, 0, 255).astype(np.uint8)
    return room


def _lamplit(random: Random, room: Rgb8) -> Rgb8:
    """Light the room as a whole, unevenly, and often warmly."""
    height, width = room.shape[:2]
    gain = 1 + random.uniform(0, 0.35) * clouds(random, height, width, 0.4)
    warm = np.asarray((1, 1 - random.uniform(0, 0.12), 1 - random.uniform(0, 0.3)), np.float32)
    lit = room * (gain * random.uniform(0.5, 1.15))[..., None] * (warm if random.random() < 0.5 else 1)
    seen = np.asarray(np.clip(lit, 0, 255), np.uint8)
    return lens.defocused(random, seen, 0.02) if random.random() < 0.6 else seen


def _some_tone(random: Random) -> NDArray[np.float32]:
    return warm_colour(random) if random.random() < 0.4 else colour(random)


FREE: tuple[Drawer, ...] = (_pillars, _pillars, _plants, _balloons, _hangings, _sprayed)
