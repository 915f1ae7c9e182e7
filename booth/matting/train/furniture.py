"""python -m booth.matting.train.furniture LIBRARY.sh3f ... --out FOLDER: pictures of furniture from 3D models.

Takes furniture libraries of Sweet Home 3D (zip files of OBJ models with a catalogue that tells their true sizes)
and packs a few views of each as cut-outs, for the training to furnish rooms with. Models of people are left out.
Needs nothing but numpy and OpenCV: each triangle is strewn with points, dense enough to close, the nearest wins.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray

from booth.arrays import Rgb8
from booth.matting.train.pack import PhotosError, is_held_back

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]
Rgba = NDArray[np.uint8]

CATALOGUE = "PluginFurnitureCatalog.properties"
LONGER = 224
"""Longer side of a packed view."""
VIEWS = 3
PEOPLE = ("human", "people", "person", "mannequin", "doll", "statue", "bust", "skeleton")
"""Words in a model's name or tags that tell of somebody: to the network that would be a person."""
MOST_FACES = 400_000

_FINER = 2  # points are strewn on a raster so many times finer
_DENSITY = 2.5  # points per pixel of that raster
_MOST_POINTS = 4_000_000
_GREY = np.asarray((0.7, 0.7, 0.7), np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """Where one cut-out begins in the packed file, and how tall what it shows is, in metres."""

    name: str
    category: str
    hung: bool
    tall: float
    held_back: bool
    offset: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A model as the catalogue tells of it: `size` is width, height and depth in metres."""

    name: str
    category: str
    path: str
    size: tuple[float, float, float]
    turned: tuple[float, ...]
    hung: bool


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles: corners (N, 3, 3), places in their textures (N, 3, 2), colours (N, 3), texture numbers (N,) or -1."""

    corners: Floats
    places: Floats
    colours: Floats
    textures: Whole
    pictures: tuple[Rgb8, ...]


class Furniture:
    """The packed views, mapped and not read."""

    def __init__(self, folder: Path) -> None:
        listed = folder / "furniture.json"
        if not listed.exists():
            raise PhotosError(f"{folder} holds no furniture.json: draw it with booth.matting.train.furniture")
        rows = json.loads(listed.read_text("utf-8"))
        self.views = tuple(View(**row) for row in rows)
        self._bytes = np.memmap(folder / "furniture.bin", np.uint8, "r")

    def cutout(self, view: View) -> Rgba:
        """Give one view, (h, w, 4): colours and the share that the thing covers."""
        end = view.offset + 4 * view.height * view.width
        return self._bytes[view.offset : end].reshape(view.height, view.width, 4)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw every model of every library; 2 where one cannot be used."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        rows = _packed(options.libraries, options.views, options.out / "furniture.bin")
    except PhotosError as error:
        print(f"booth.matting.train.furniture: {error}", file=sys.stderr)
        return 2
    (options.out / "furniture.json").write_text(json.dumps([asdict(row) for row in rows]), "utf-8")
    return 0


def _packed(libraries: Sequence[Path], views: int, path: Path) -> list[View]:
    rows: list[View] = []
    with path.open("wb") as file:
        for library in libraries:
            before = len(rows)
            for view, cutout in drawn_library(library, views):
                rows.append(replace(view, offset=file.tell()))
                file.write(np.ascontiguousarray(cutout).tobytes())
            if len(rows) == before:
                raise PhotosError(f"{library} holds no model of furniture")
            print(f"{library.name}: {len(rows) - before} views", flush=True)
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booth.matting.train.furniture", description=__doc__)
    parser.add_argument(
        "libraries", type=Path, nargs="+", help="furniture libraries of Sweet Home 3D (.sh3f)"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for furniture.bin and furniture.json")
    parser.add_argument("--views", type=int, default=VIEWS, help="views of each model")
    return parser


def drawn_library(library: Path, views: int) -> Iterator[tuple[View, Rgba]]:
    """Draw the models of a library from different sides; the same file gives the same pictures.

    Raises
    ------
    PhotosError
        If the file is no furniture library.
    """
    with _opened(library) as archive:
        for number, entry in enumerate(entries(archive)):
            mesh = read_mesh(archive, entry)
            if mesh is None:
                continue
            random = np.random.default_rng((len(entry.name), number))
            for _ in range(views):
                cutout, share = drawn(random, mesh)
                if cutout is not None:
                    height, width = cutout.shape[:2]
                    tall = share * entry.size[1]
                    kept = is_held_back(entry.name)
                    yield View(entry.name, entry.category, entry.hung, tall, kept, 0, height, width), cutout


def _opened(library: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(library)
    except (OSError, zipfile.BadZipFile) as error:
        raise PhotosError(f"{library} is no furniture library of Sweet Home 3D: {error}") from error
    if CATALOGUE not in archive.NameToInfo:
        archive.close()
        raise PhotosError(f"{library} is no furniture library of Sweet Home 3D: it has no {CATALOGUE}")
    return archive


def entries(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """Read the catalogue; people, and what is no OBJ model, are left out."""
    rows: dict[str, dict[str, str]] = {}
    text = archive.read(CATALOGUE).decode("latin-1")
    for line in text.splitlines():
        key, _, value = line.partition("=")
        field, _, number = key.strip().partition("#")
        rows.setdefault(number, {})[field] = value.strip()
    for row in rows.values():
        said = f"{row.get('name', '')} {row.get('tags', '')} {row.get('category', '')}".lower()
        path = row.get("model", "").removeprefix("/")
        if path.endswith(".obj") and "characters" not in said and not any(word in said for word in PEOPLE):
            width, height, depth = (float(row[side]) / 100 for side in ("width", "height", "depth"))
            turned = tuple(float(one) for one in row.get("modelRotation", "1 0 0 0 1 0 0 0 1").split())
            hung = row.get("doorOrWindow") == "true" or float(row.get("elevation", 0)) > 0
            size = (width, height, depth)
            yield Entry(PurePosixPath(path).stem, row.get("category", ""), path, size, turned, hung)


def read_mesh(archive: zipfile.ZipFile, entry: Entry) -> Mesh | None:
    """Read an OBJ model with its colours, at its true size, standing on height 0; None where it is empty or huge."""
    try:
        lines = archive.read(entry.path).decode("latin-1").splitlines()
    except KeyError:
        return None
    folder = PurePosixPath(entry.path).parent
    points: list[list[float]] = []
    places: list[list[float]] = [[0.0, 0.0]]
    faces: list[tuple[int, int, int, int, int, int, int]] = []
    materials: dict[str, tuple[Floats, str, float]] = {}
    names: dict[str, int] = {"": 0}
    material = 0
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        match word:
            case "v":
                points.append([float(one) for one in rest.split()[:3]])
            case "vt":
                places.append([float(one) for one in rest.split()[:2]])
            case "f":
                ring = [_corner(part, len(points), len(places)) for part in rest.split()]
                for second, third in itertools.pairwise(ring[1:]):
                    faces.append((*ring[0], *second, *third, material))
            case "usemtl":
                material = names.setdefault(rest.strip(), len(names))
            case "mtllib":
                materials |= _materials(archive, folder / rest.strip())
    if not faces or len(faces) > MOST_FACES:
        return None
    table = np.asarray(faces, np.int64)
    looks = [materials.get(name, (_GREY, "", 1.0)) for name in names]
    table = table[np.asarray([look[2] for look in looks])[table[:, 6]] > 0.5]  # glass is left out
    if not len(table):
        return None
    pictures, numbers = _pictures(archive, folder, [look[1] for look in looks])
    corners = _standing(np.asarray(points, np.float32), table[:, [0, 2, 4]], entry)
    colours = np.stack([look[0] for look in looks])[table[:, 6]]
    where = np.asarray(places, np.float32)[table[:, [1, 3, 5]]]
    return Mesh(corners, where, colours, numbers[table[:, 6]], pictures)


def _corner(part: str, points: int, places: int) -> tuple[int, int]:
    """Numbers of a corner's point and of its place in the texture; negative ones count from the end."""
    point, _, rest = part.partition("/")
    place = rest.partition("/")[0]
    at, on = int(point), int(place or 0)
    return (at - 1 if at > 0 else points + at), (on if on >= 0 else places + on)


def _materials(archive: zipfile.ZipFile, path: PurePosixPath) -> dict[str, tuple[Floats, str, float]]:
    """Colour, texture and opacity of each material."""
    try:
        lines = archive.read(str(path)).decode("latin-1").splitlines()
    except KeyError:
        return {}
    found: dict[str, tuple[Floats, str, float]] = {}
    name = ""
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        colour, texture, opacity = found.get(name, (_GREY, "", 1.0))
        match word:
            case "newmtl":
                name = rest
                found[name] = (_GREY, "", 1.0)
            case "Kd":
                found[name] = (
                    np.asarray([float(one) for one in rest.split()[:3]], np.float32),
                    texture,
                    opacity,
                )
            case "map_Kd":
                found[name] = (colour, rest, opacity)
            case "d":
                found[name] = (colour, texture, float(rest.split()[-1]))
    return found


def _pictures(
    archive: zipfile.ZipFile, folder: PurePosixPath, names: Sequence[str]
) -> tuple[tuple[Rgb8, ...], Whole]:
    """Read the textures, and tell each material's."""
    pictures: list[Rgb8] = []
    numbers = np.full(len(names), -1, np.int64)
    for number, name in enumerate(names):
        if name and str(folder / name) in archive.NameToInfo:
            coded = np.frombuffer(archive.read(str(folder / name)), np.uint8)
            picture = cv2.imdecode(coded, cv2.IMREAD_COLOR)
            if picture is not None:
                numbers[number] = len(pictures)
                pictures.append(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
    return tuple(pictures), numbers


def _standing(points: Floats, corners: Whole, entry: Entry) -> Floats:
    """Turn as the catalogue says, bring to the true size, stand on the floor."""
    turned = points @ np.asarray(entry.turned, np.float32).reshape(3, 3).T
    used = turned[np.unique(corners)]
    low, high = used.min(0), used.max(0)
    scaled = (turned - (low + high) / 2) * (np.asarray(entry.size, np.float32) / np.maximum(high - low, 1e-6))
    scaled[:, 1] += np.float32(entry.size[1] / 2)
    return np.asarray(scaled[corners], np.float32)


def drawn(random: np.random.Generator, mesh: Mesh) -> tuple[Rgba | None, float]:
    """Draw one view; also how many times the model's own height it is tall, as depth adds to it from above."""
    yaw, pitch = (
        random.choice((random.normal(0, 0.5), random.uniform(-np.pi, np.pi))),
        random.uniform(0, 0.35),
    )
    seen, normals = _seen_from(mesh.corners, float(yaw), float(pitch), random.uniform(2.0, 5.0))
    flat = seen[..., :2].reshape(-1, 2)
    low, high = flat.min(0), flat.max(0)
    scale = _FINER * LONGER / float((high - low).max())
    raster = (seen[..., :2] - low) * scale
    size = np.maximum(np.ceil((high - low) * scale).astype(int) // _FINER * _FINER, 2 * _FINER)
    light = random.standard_normal(3)
    light[2] = abs(light[2])
    ambient = random.uniform(0.35, 0.7)
    shade = ambient + (1 - ambient) * np.abs(normals @ (light / np.linalg.norm(light)).astype(np.float32))
    picture = _strewn(mesh, raster.astype(np.float32), seen[..., 2], shade.astype(np.float32), size)
    if picture is None:
        return None, 0.0
    return picture, float((high - low)[1] / max(np.ptp(mesh.corners[..., 1]), 1e-6))


def _seen_from(corners: Floats, yaw: float, pitch: float, away: float) -> tuple[Floats, Floats]:
    """Corners as a camera sees them: right, down and depth; and the triangles' normals, towards the camera."""
    about, over = np.cos([yaw, pitch]), np.sin([yaw, pitch])
    turn = np.asarray(((about[0], 0, over[0]), (0, 1, 0), (-over[0], 0, about[0])))
    tilt = np.asarray(((1, 0, 0), (0, about[1], -over[1]), (0, over[1], about[1])))
    middle = (corners.reshape(-1, 3).min(0) + corners.reshape(-1, 3).max(0)) / 2
    turned = (corners - middle) @ (tilt @ turn).T.astype(np.float32)
    normals = np.cross(turned[:, 1] - turned[:, 0], turned[:, 2] - turned[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    reach = float(np.abs(turned).max())
    depth = away * reach - turned[..., 2]
    closer = (away * reach / np.maximum(depth, 0.2 * reach))[..., None]
    seen = np.concatenate((turned[..., :2] * closer * (1, -1), depth[..., None]), -1)
    return seen.astype(np.float32), normals.astype(np.float32)


def _strewn(mesh: Mesh, raster: Floats, depth: Floats, shade: Floats, size: Whole) -> Rgba | None:
    """Strew points over the triangles, the nearest wins; shrunk to the packed size."""
    sides = raster[:, 1:] - raster[:, :1]
    areas = np.abs(sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]) / 2
    counts = np.ceil(areas * _DENSITY).astype(np.int64) + 1
    total = int(counts.sum())
    if total > _MOST_POINTS:
        return None
    which = np.repeat(np.arange(len(counts)), counts)
    order = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    along, across = (0.5 + order * 0.7548776662) % 1, (0.5 + order * 0.5698402910) % 1
    beyond = along + across > 1
    along, across = np.where(beyond, 1 - along, along), np.where(beyond, 1 - across, across)
    shares = np.stack((1 - along - across, along, across), 1).astype(np.float32)
    columns, rows = np.einsum("nkc,nk->cn", raster[which], shares).astype(np.int64)
    nearest = np.argsort(-np.einsum("nk,nk->n", depth[which], shares), kind="stable")
    inside = (columns >= 0) & (rows >= 0) & (columns < size[0]) & (rows < size[1])
    nearest = nearest[inside[nearest]]
    colours = _coloured(mesh, which, shares) * shade[which, None]
    drawing = np.zeros((int(size[1]), int(size[0]), 4), np.float32)
    drawing[rows[nearest], columns[nearest]] = np.concatenate(
        (np.clip(colours[nearest], 0, 255), np.full((nearest.size, 1), 255, np.float32)), 1
    )
    return _shrunk(_closed(drawing))


def _coloured(mesh: Mesh, which: Whole, shares: Floats) -> Floats:
    """Every point's own colour, 0 to 255."""
    colours = mesh.colours[which] * 255
    textures = mesh.textures[which]
    for number, picture in enumerate(mesh.pictures):
        here = np.nonzero(textures == number)[0]
        at = np.einsum("nkc,nk->nc", mesh.places[which[here]], shares[here])
        height, width = picture.shape[:2]
        columns = ((at[:, 0] % 1) * (width - 1)).astype(np.int64)
        rows = ((1 - at[:, 1] % 1) * (height - 1)).astype(np.int64)
        colours[here] = picture[rows, columns]
    return np.asarray(colours, np.float32)


def _closed(drawing: Floats) -> Floats:
    """Fill the pixels that no point fell into, where most of their neighbours have one."""
    covered = (drawing[..., 3] > 0).astype(np.float32)
    about = cv2.blur(covered, (3, 3))
    filled = cv2.blur(drawing, (3, 3)) / np.maximum(about, 1e-6)[..., None]
    return np.where(((covered == 0) & (about > 0.5))[..., None], filled, drawing).astype(np.float32)


def _shrunk(drawing: Floats) -> Rgba | None:
    """Bring a drawing to the packed size, colours weighted by what they cover; None where next to nothing is seen."""
    size = (max(1, drawing.shape[1] // _FINER), max(1, drawing.shape[0] // _FINER))
    share = drawing[..., 3:] / 255
    small = cv2.resize(
        np.concatenate((drawing[..., :3] * share, drawing[..., 3:]), 2), size, interpolation=cv2.INTER_AREA
    )
    if min(size) < 8 or small[..., 3].mean() < 12:
        return None
    colours = small[..., :3] / np.maximum(small[..., 3:] / 255, 1e-3)
    return np.rint(np.clip(np.concatenate((colours, small[..., 3:]), 2), 0, 255)).astype(np.uint8)


if __name__ == "__main__":
    sys.exit(main())
