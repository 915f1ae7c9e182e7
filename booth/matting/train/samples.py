"""Training samples: a frame, perhaps the clean plate of its place, and the share of every pixel that people cover.

Three kinds. Photographs as they are, cropped from the whole figure down to the face, without a plate: the only
natural light and context. Composites of none to five people on drawn rooms and on streets whose person was
removed, with a plate that has drifted, shifted, lacks the cast shadow, or is of another place. And photographs
with more people laid over. Everything is a pure function of the random generator.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8
from booth.matting.train import lens
from booth.matting.train.furniture import Furniture
from booth.matting.train.interiors import Store, interior, stood_near
from booth.matting.train.limbs import with_arm
from booth.matting.train.pack import Pack, Photo
from booth.matting.train.rooms import clouds, colour, drawn_room

Random = np.random.Generator
Shares = NDArray[np.uint8]
Affine = NDArray[np.float64]

HEAD = 0.125
"""A standing person's head, as a share of the height."""
MARGIN = 12
"""Pixels drawn beyond a place's edges, so that a shifted plate has something to show."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How often each thing happens, as a probability."""

    photo: float = 0.36
    plate: float = 0.55
    added: float = 0.2
    nobody: float = 0.09
    wrong_plate: float = 0.05
    person_in_plate: float = 0.07
    hidden_face: float = 0.25
    held_thing: float = 0.15
    wild_hair: float = 0.2
    clutter: float = 0.3
    stage_light: float = 0.09
    interior: float = 0.45
    wall: float = 0.15
    in_front: float = 0.15
    arm: float = 0.15
    bent: float = 0.3
    guessed: float = 0.22


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """`frame`, `plate`: uint8 (h, w, 3); `alpha`, `weight`: uint8 (h, w), 255 is one; a `plate` of None is none."""

    frame: Rgb8
    plate: Rgb8 | None
    alpha: Shares
    weight: Shares


@dataclass(frozen=True, slots=True, eq=False)
class _Figure:
    """A person laid into the picture's coordinates. `head` is x, y and height in pixels."""

    colours: Rgb8
    alpha: Shares
    head: tuple[float, float, float]


class Studio:
    """Draws samples from packed photographs."""

    def __init__(
        self,
        pack: Pack,
        recipe: Recipe | None = None,
        held_back: bool = False,
        furniture: Furniture | None = None,
    ) -> None:
        self._pack = pack
        self._recipe = recipe or Recipe()
        self._store = None if furniture is None else Store(furniture, held_back)
        places = [place for place in pack.places if place.held_back == held_back]
        sure = [place for place in places if not place.guessed]
        self._good = [place for place in sure if place.good] or sure
        self._rest = [place for place in sure if not place.good] or self._good
        self._streets = [place for place in places if place.name not in pack.crowds] or places
        self._guessed = [] if held_back else [place for place in places if place.guessed]

    def sample(self, random: Random, height: int, width: int) -> Sample:
        """Draw one sample of any kind."""
        if random.random() < self._recipe.photo:
            return self._photograph(random, height, width)
        return self._composite(random, height, width)

    def _any(self, random: Random) -> Photo:
        if self._guessed and random.random() < self._recipe.guessed:
            places = self._guessed
        else:
            places = self._good if random.random() < 0.9 else self._rest
        return self._pack.photo(places[int(random.integers(len(places)))])

    def _good_one(self, random: Random) -> Photo:
        return self._pack.photo(self._good[int(random.integers(len(self._good)))])

    def _photograph(self, random: Random, height: int, width: int) -> Sample:
        photo = self._any(random)
        crop = _crop_of(random, photo, height, width)
        frame = _seen(photo.picture, crop, height, width, cv2.BORDER_REFLECT_101)
        alpha = _seen(photo.alpha, crop, height, width, cv2.BORDER_REFLECT_101)
        if random.random() < self._recipe.hidden_face:
            x, y = crop @ np.asarray((*photo.head, 1.0))
            tall = HEAD * (photo.box[3] - photo.box[1]) * _scale(crop)
            frame = _with_hidden_face(random, frame, (float(x), float(y), tall))
        if random.random() < self._recipe.clutter / 2:
            frame = lens.blended(frame, self._cluttered(random, frame), alpha)
        exact = False
        if random.random() < self._recipe.added:
            exact = True
            for _ in range(int(random.integers(1, 3))):
                figure = self._figure(random, height, width, random.uniform(0.12, 0.45))
                frame, alpha = _over(figure, frame, alpha)
        frame = _looked(random, lens.toned(random, frame, 0.8), self._recipe)
        return Sample(frame, None, alpha, _weight(alpha, 2.0 if exact else 1.2))

    def _composite(self, random: Random, height: int, width: int) -> Sample:
        recipe = self._recipe
        wide = self._place(random, height + 2 * MARGIN, width + 2 * MARGIN)
        inner = np.ascontiguousarray(wide[MARGIN:-MARGIN, MARGIN:-MARGIN])
        with_plate = random.random() < recipe.plate
        hides = np.zeros((height, width), np.uint8)
        if self._store is not None and random.random() < recipe.in_front:
            wide, front = stood_near(random, wide, self._store)
            inner, hides = (
                np.ascontiguousarray(one[MARGIN:-MARGIN, MARGIN:-MARGIN]) for one in (wide, front)
            )
        frame, alpha = inner, np.zeros((height, width), np.uint8)
        figures = self._figures(random, height, width)
        if with_plate and random.random() < 0.6:
            frame = _shadowed(random, frame, figures)
        if with_plate and random.random() < 0.12:
            frame = _flashed(random, frame)
        empty = frame
        for figure in figures:
            frame, alpha = _over(figure, frame, alpha)
            if random.random() < recipe.held_thing * (1.0 if with_plate else 0.3):
                frame, alpha = _with_thing(random, frame, alpha, figure)
        if hides.any():
            frame = lens.blended(empty, frame, hides)
            alpha = np.asarray(cv2.multiply(alpha, cv2.bitwise_not(hides), scale=1 / 255), np.uint8)
        if with_plate:
            plate = self._plate_of(random, wide, height, width)
            frame, plate = _taken_twice(random, frame, plate, recipe)
            return Sample(frame, plate, alpha, _weight(alpha, 3.0))
        return Sample(_looked(random, frame, recipe), None, alpha, _weight(alpha, 2.0))

    def _place(self, random: Random, height: int, width: int) -> Rgb8:
        place = self._bare_place(random, height, width)
        return self._cluttered(random, place) if random.random() < self._recipe.clutter else place

    def _cluttered(self, random: Random, place: Rgb8) -> Rgb8:
        """Stand things about, as sharp and as bright as people are: what stands out need not be somebody."""
        height, width = place.shape[:2]
        for _ in range(int(random.integers(1, 4))):
            if self._store is not None and random.random() < 0.5:
                place, _ = stood_near(random, place, self._store)
                continue
            skin = self._bare_place(random, height, width)
            place = lens.blended(skin, place, _thing(random, height, width))
        return place

    def _bare_place(self, random: Random, height: int, width: int) -> Rgb8:
        kind = random.random()
        if kind < self._recipe.wall:
            return drawn_room(random, height, width)
        if kind < self._recipe.wall + self._recipe.interior:
            return interior(random, height, width, self._store, self._street)
        return self._street(random, height, width)

    def _street(self, random: Random, height: int, width: int) -> Rgb8:
        photo = self._pack.photo(self._streets[int(random.integers(len(self._streets)))])
        zoom = max(height / photo.emptied.shape[0], width / photo.emptied.shape[1]) * random.uniform(1.0, 2.2)
        place = _seen(photo.emptied, _window(random, photo.emptied, zoom, height, width), height, width)
        place = lens.toned(random, place, 1.0)
        return lens.defocused(random, place, 0.03) if random.random() < 0.35 else place

    def _figures(self, random: Random, height: int, width: int) -> list[_Figure]:
        if random.random() < self._recipe.nobody:
            return []
        count = int(random.choice((1, 1, 1, 2, 2, 3, 4, 5)))
        largest = 0.6 if count == 1 else 0.4 if count < 4 else 0.25
        head = float(np.exp(random.uniform(np.log(0.09), np.log(largest))))
        return [self._figure(random, height, width, head * random.uniform(0.85, 1.15)) for _ in range(count)]

    def _figure(self, random: Random, height: int, width: int, head: float) -> _Figure:
        """Stand somebody in the picture; `head` is its share of the height."""
        photo = self._good_one(random)
        tall = HEAD * (photo.box[3] - photo.box[1])
        scale = head * height / tall
        x = width * float(np.clip(random.normal(0.5, 0.27), -0.05, 1.05))
        lowest = 0.5 if random.random() < 0.85 else 0.9
        y = height * random.uniform(0.3 * head, max(0.35 * head, lowest - 0.3 * head)) + 0.2 * head * height
        matrix = _affine(random, photo.head, (x, y), scale, 0.12)
        colours = _seen(photo.foreground, matrix, height, width, cv2.BORDER_REPLICATE)
        alpha = _seen(photo.alpha, matrix, height, width, cv2.BORDER_CONSTANT)
        where = (x, y, head * height)
        colours = lens.toned(random, colours, random.choice((0.3, 1.0)))
        if random.random() < self._recipe.hidden_face:
            colours = _with_hidden_face(random, colours, where)
        if random.random() < self._recipe.arm:
            colours, alpha = with_arm(random, colours, alpha, where)
        if random.random() < self._recipe.bent:
            colours, alpha = _bent(random, colours, alpha, where[2])
        alpha = _edged(random, alpha)
        if random.random() < self._recipe.wild_hair:
            colours, alpha = _with_hair(random, colours, alpha, where)
        if random.random() < 0.08:
            length, angle = int(random.integers(3, max(4, height // 16))), random.uniform(0, np.pi)
            colours, alpha = lens.moved(colours, length, angle), lens.moved(alpha, length, angle)
        return _Figure(colours, alpha, where)

    def _plate_of(self, random: Random, wide: Rgb8, height: int, width: int) -> Rgb8:
        if random.random() < self._recipe.wrong_plate:
            return self._place(random, height, width)
        shift = random.normal(0, float(random.choice((0.0, 0.3, 0.8, 2.0))), 2)
        turn, zoom = (
            (random.normal(0, 0.004), 1 + random.normal(0, 0.003)) if random.random() < 0.3 else (0.0, 1.0)
        )
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.degrees(turn)), zoom)
        matrix[:, 2] += shift - matrix[:, :2] @ np.asarray((MARGIN, MARGIN))
        plate = np.asarray(cv2.warpAffine(wide, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8)
        if random.random() < self._recipe.person_in_plate:
            figure = self._figure(random, height, width, random.uniform(0.1, 0.4))
            plate, _ = _over(figure, plate, np.zeros((height, width), np.uint8))
        return plate


def _crop_of(random: Random, photo: Photo, height: int, width: int) -> Affine:
    """Frame a photograph's person from the whole figure to the face."""
    tall = photo.box[3] - photo.box[1]
    if random.random() < 0.25:
        scale = height / (tall * random.uniform(1.0, 1.6))
        middle = (photo.box[0] + photo.box[2]) / 2, (photo.box[1] + photo.box[3]) / 2
        aim = (width * random.uniform(0.25, 0.75), height * random.uniform(0.4, 0.65))
        return _affine(random, middle, aim, scale, 0.1)
    head = float(np.exp(random.uniform(np.log(0.13), np.log(0.6))))
    scale = head * height / (HEAD * tall)
    if random.random() < 0.8:
        x = width * float(np.clip(random.normal(0.5, 0.2), 0, 1))
        y = height * random.uniform(0.4 * head, 0.55)
        return _affine(random, photo.head, _kept_within(photo, (x, y), scale, height, width), scale, 0.1)
    middle = (random.uniform(photo.box[0], photo.box[2]), random.uniform(photo.box[1], photo.box[3]))
    return _affine(random, middle, (width / 2, height / 2), scale, 0.1)


def _kept_within(
    photo: Photo, aim: tuple[float, float], scale: float, height: int, width: int
) -> tuple[float, float]:
    """Move the aim so that a photograph large enough leaves nothing empty; above the head it often ends."""
    columns = photo.alpha.shape[1]
    x, y = aim
    if columns * scale >= width:
        x = float(np.clip(x, width - (columns - photo.head[0]) * scale, photo.head[0] * scale))
    return x, min(y, photo.head[1] * scale)


def _affine(
    random: Random, point: tuple[float, float], aim: tuple[float, float], scale: float, turned: float
) -> Affine:
    """Bring `point` to `aim`, scaled, turned a little, stretched a little and perhaps mirrored."""
    angle = random.normal(0, turned) if random.random() < 0.6 else 0.0
    stretch, mirror = np.exp(random.normal(0, 0.06)), random.choice((-1, 1))
    linear = scale * np.asarray(
        (
            (np.cos(angle) * mirror * stretch, -np.sin(angle)),
            (np.sin(angle) * mirror * stretch, np.cos(angle)),
        )
    )
    return np.column_stack((linear, np.asarray(aim) - linear @ np.asarray(point)))


def _window(random: Random, place: Rgb8, zoom: float, height: int, width: int) -> Affine:
    """A random window of a place, shown `zoom` times as large."""
    rows, columns = place.shape[0] * zoom - height, place.shape[1] * zoom - width
    matrix = np.asarray(((zoom, 0, -columns * random.random()), (0, zoom, -rows * random.random())))
    if random.random() < 0.5:
        matrix[0] = (-zoom, 0, width - 1 - matrix[0, 2])
    return matrix


def _scale(matrix: Affine) -> float:
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def _seen(
    picture: NDArray[np.uint8], matrix: Affine, height: int, width: int, border: int = cv2.BORDER_REFLECT_101
) -> NDArray[np.uint8]:
    """Show a picture through a matrix, averaged where it shrinks."""
    scale = _scale(matrix)
    if scale < 0.7:
        rows, columns = picture.shape[:2]
        size = (max(2, round(columns * scale)), max(2, round(rows * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        back = np.diag((columns / size[0], rows / size[1]))
        middle = matrix[:, :2] @ np.diag(back) / 2 - matrix[:, :2].sum(1) / 2
        matrix = np.column_stack((matrix[:, :2] @ back, matrix[:, 2] + middle))
    shown = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(shown, np.uint8)


def _over(figure: _Figure, frame: Rgb8, alpha: Shares) -> tuple[Rgb8, Shares]:
    left = cv2.multiply(cv2.bitwise_not(alpha), cv2.bitwise_not(figure.alpha), scale=1 / 255)
    return lens.blended(figure.colours, frame, figure.alpha), np.asarray(cv2.bitwise_not(left), np.uint8)


def _edged(random: Random, alpha: Shares) -> Shares:
    """Pull the outline in or soften it, by less than the rough mask's own error."""
    low, high = random.uniform(0, 0.35), random.uniform(0.75, 1.0)
    table = np.clip((lens.LEVELS - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(alpha, table), np.uint8)


def _bent(random: Random, colours: Rgb8, alpha: Shares, head: float) -> tuple[Rgb8, Shares]:
    """Lean and bend somebody smoothly: other outlines than those of people who stand straight."""
    height, width = alpha.shape
    cells = (max(2, round(width / (1.5 * head)) + 1), max(2, round(height / (1.5 * head)) + 1))
    moves = random.normal(0, 0.13 * head, (2, *cells[::-1])).astype(np.float32)
    across, down = (cv2.resize(move, (width, height), interpolation=cv2.INTER_CUBIC) for move in moves)
    x = np.arange(width, dtype=np.float32)[None] + across
    y = np.arange(height, dtype=np.float32)[:, None] + down
    bent = (
        cv2.remap(one, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in (colours, alpha)
    )
    return tuple(np.asarray(one, np.uint8) for one in bent)  # type: ignore[return-value]


def _shadowed(random: Random, frame: Rgb8, figures: list[_Figure]) -> Rgb8:
    """Let people darken the place behind them."""
    height, width = frame.shape[:2]
    if not figures:
        blob = 1 / (1 + np.exp(-3 * clouds(random, height, width, 0.3)))
    else:
        matrix = np.asarray(((1, random.normal(0, 0.1), 0), (0, 1, 0)), np.float64)
        matrix[:, 2] = random.normal(0, 0.07 * height, 2)
        every = figures[0].alpha
        for figure in figures[1:]:
            every = np.maximum(every, figure.alpha)
        moved = cv2.warpAffine(every, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        blob = (
            lens.blurred(np.asarray(moved, np.uint8), height * random.uniform(0.01, 0.12)).astype(np.float32)
            / 255
        )
    gain = 1 - blob * random.uniform(0.05, 0.5)
    return np.asarray(frame * gain[..., None], np.uint8)


def _flashed(random: Random, frame: Rgb8) -> Rgb8:
    """Light the place as a flash does that the plate was taken without."""
    height, width = frame.shape[:2]
    gain = 1 + random.uniform(0.1, 0.6) * np.exp(-np.square(clouds(random, height, width, 0.5)))
    return np.clip(frame * gain[..., None].astype(np.float32), 0, 255).astype(np.uint8)


def _with_hidden_face(random: Random, picture: Rgb8, head: tuple[float, float, float]) -> Rgb8:
    """Blur or pixelate a face, turn it into a back of the head: people without one are people."""
    x, y, tall = head
    radius = max(2, round(0.42 * tall))
    left, top = max(0, round(x) - radius), max(0, round(y) - radius)
    part = picture[top : round(y) + radius, left : round(x) + radius]
    if min(part.shape[:2]) < 4 or y + radius < 0 or x + radius < 0:
        return picture
    coarse = int(random.integers(1, 6))
    small = cv2.resize(part, (coarse, coarse), interpolation=cv2.INTER_AREA)
    way = cv2.INTER_LINEAR if random.random() < 0.75 else cv2.INTER_NEAREST
    plain = np.asarray(cv2.resize(small, part.shape[1::-1], interpolation=way), np.uint8)
    mask = np.zeros(part.shape[:2], np.uint8)
    middle = (part.shape[1] // 2, part.shape[0] // 2)
    cv2.ellipse(mask, middle, (round(0.32 * tall), round(0.4 * tall)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    hidden = picture.copy()
    hidden[top : top + part.shape[0], left : left + part.shape[1]] = lens.blended(plain, part, mask)
    return hidden


def _with_hair(
    random: Random, colours: Rgb8, alpha: Shares, head: tuple[float, float, float]
) -> tuple[Rgb8, Shares]:
    """Grow loose strands about the head, with the alpha that a strand narrower than a pixel has."""
    height, width = alpha.shape
    x, y, tall = head
    count = int(random.integers(10, 70))
    angles = (
        random.uniform(-np.pi, 0, count) if random.random() < 0.7 else random.uniform(-np.pi, np.pi, count)
    )
    start, reach = (
        tall * random.uniform(0.3, 0.45, count),
        tall * random.exponential(random.uniform(0.08, 0.3), count),
    )
    bend = random.normal(0, 0.5, count)
    along = np.linspace(0, 1, 5)[:, None]
    radius, turn = start + along * reach, angles + along * bend
    points = np.stack((x + radius * np.cos(turn), y + radius * np.sin(turn)), -1)
    if not (0 <= x < width and 0 <= y - 0.35 * tall < height):
        return colours, alpha
    strands = np.zeros((height, width), np.uint8)
    lines = [np.rint(points[:, strand] * 16).astype(np.int32) for strand in range(count)]
    cv2.polylines(strands, lines, False, int(random.integers(60, 255)), 1, cv2.LINE_AA, 4)
    tone = colours[int(np.clip(y - 0.35 * tall, 0, height - 1)), int(x)].astype(np.float32)
    grown = np.broadcast_to(np.clip(tone * random.uniform(0.6, 1.3), 0, 255).astype(np.uint8), colours.shape)
    both = np.maximum(alpha, strands)
    beyond = np.asarray(cv2.bitwise_and(strands, cv2.bitwise_not(alpha)), np.uint8)
    return lens.blended(np.ascontiguousarray(grown), colours, beyond), both


def _with_thing(random: Random, frame: Rgb8, alpha: Shares, figure: _Figure) -> tuple[Rgb8, Shares]:
    """Let somebody hold a cup, a sign, a balloon: it belongs to the person."""
    rows, columns = np.nonzero(figure.alpha > 128)
    if rows.size < 50:
        return frame, alpha
    pick = int(random.integers(rows.size))
    centre = (int(columns[pick]), int(rows[pick]))
    size = figure.head[2]
    axes = (max(1, int(size * random.uniform(0.1, 0.6))), max(1, int(size * random.uniform(0.1, 0.6))))
    shape, angle = np.zeros(alpha.shape, np.uint8), random.uniform(0, 180)
    if random.random() < 0.5:
        cv2.ellipse(shape, centre, axes, angle, 0, 360, 255, -1, cv2.LINE_AA)
    else:
        corners = cv2.boxPoints((centre, (2 * axes[0], 2 * axes[1]), angle))
        cv2.fillPoly(shape, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    skin = drawn_room(random, *alpha.shape) if random.random() < 0.3 else _plain(random, alpha.shape)
    return _over(_Figure(skin, shape, figure.head), frame, alpha)


def _thing(random: Random, height: int, width: int) -> Shares:
    """The outline of a piece of furniture, a plant, a lamp: rounded, edged or ragged."""
    count = int(random.integers(3, 14))
    turns = (
        np.sort(random.uniform(0, 2 * np.pi, count))
        if random.random() < 0.5
        else np.linspace(0, 2 * np.pi, 33)
    )
    reach = 1 + random.uniform(0, 0.4) * np.sin(int(random.integers(1, 7)) * turns + random.uniform(0, 6))
    half = height * np.exp(random.uniform(np.log(0.05), np.log(0.45), 2))
    if random.random() < 0.4:
        reach = reach / np.maximum(np.abs(np.cos(turns)), np.abs(np.sin(turns)))
    middle = random.uniform(-0.1, 1.1, 2) * (width, height)
    points = middle + reach[:, None] * half * np.stack((np.cos(turns), np.sin(turns)), -1)
    outline = np.zeros((height, width), np.uint8)
    cv2.fillPoly(outline, [np.rint(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return lens.defocused(random, outline, 0.01)


def _plain(random: Random, shape: tuple[int, ...]) -> Rgb8:
    return np.broadcast_to(colour(random).astype(np.uint8), (*shape, 3)).copy()


def _taken_twice(random: Random, frame: Rgb8, plate: Rgb8, recipe: Recipe) -> tuple[Rgb8, Rgb8]:
    """Take frame and plate with one camera at two moments."""
    if random.random() < recipe.stage_light:
        lamp = int(random.integers(2**32))
        frame = lens.stage_lit(np.random.default_rng(lamp), frame)
        plate = lens.stage_lit(np.random.default_rng(lamp), plate)
    drift = float(random.choice((0.0, 0.1, 0.25, 0.5)))
    if drift:
        frame = lens.toned(random, frame, drift)
    if random.random() < 0.15:
        frame = lens.defocused(random, frame, 0.01)
    if random.random() < 0.15:
        plate = lens.defocused(random, plate, 0.01)
    noise = float(random.choice((0.0, 1.0, 3.0, 6.0)))
    quality = int(random.choice((100, 100, int(random.integers(50, 100)))))
    return lens.taken(random, frame, noise, quality), lens.taken(
        random, plate, noise * random.random(), quality
    )


def _looked(random: Random, frame: Rgb8, recipe: Recipe) -> Rgb8:
    """Take a frame alone: softer, noisier, greyer, as cameras and files differ."""
    if random.random() < recipe.stage_light:
        frame = lens.stage_lit(random, frame)
    if random.random() < 0.2:
        frame = lens.defocused(random, frame, 0.015)
    if random.random() < 0.3:
        frame = lens.toned(random, frame, 0.6)
    noise = float(random.choice((0.0, 0.0, 2.0, 6.0)))
    return lens.taken(random, frame, noise, int(random.choice((100, 100, int(random.integers(40, 100))))))


def _weight(alpha: Shares, at_edges: float) -> Shares:
    """How much each pixel counts, 32 being one: edges more, by the trust that their alpha deserves."""
    wide = cv2.blur(alpha, (7, 7))
    away = cv2.absdiff(alpha, wide)
    extra = cv2.convertScaleAbs(away, alpha=at_edges * 32 / 90).astype(np.uint16)
    return np.minimum(extra + 32, 255).astype(np.uint8)
