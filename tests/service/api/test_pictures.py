"""What the calls with pictures give, over a real socket and by the real bundled network."""

from __future__ import annotations

import base64
import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

BASE = "/api/v1"


def decoded(rle: dict[str, Any]) -> Any:
    """COCO's text, read as its makers describe it: bool (H, W)."""
    height, width = rle["size"]
    counts: list[int] = []
    letters = iter(rle["counts"])
    for letter in letters:
        value, shift = 0, 0
        while True:
            bits = ord(letter) - 48
            value |= (bits & 0x1F) << shift
            shift += 5
            if not bits & 0x20:
                break
            letter = next(letters)
        if bits & 0x10:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    assert flat.size == height * width
    return flat.reshape(width, height).T


def test_a_portrait_has_one_person_with_box_and_mask(client: Any, portrait: bytes) -> None:
    answer = client.form(f"{BASE}/detect", {"image": portrait})
    assert answer.status == 200
    told = answer.json
    assert (told["width"], told["height"]) == (256, 256)
    assert (told["model"], told["method"]) == ("booth", "bundled network")
    assert (told["labels"][0], told["class_ids"][0]) == ("person", 1)
    assert len(told["boxes"]) == len(told["labels"]) == len(told["scores"]) == len(told["masks"])
    assert told["scores"] == sorted(told["scores"], reverse=True)
    mask = decoded(told["masks"][0])
    rows, columns = np.nonzero(mask)
    left, top, right, bottom = told["boxes"][0]
    assert left - 2 <= columns.min() <= columns.max() <= right + 1
    assert top - 2 <= rows.min() <= rows.max() <= bottom + 1
    assert mask.mean() > 0.1
    assert len(answer.body) < 20_000


def test_polygons_say_the_same_as_run_lengths(client: Any, portrait: bytes) -> None:
    runs = client.form(f"{BASE}/detect", {"image": portrait}).json
    outlines = client.form(f"{BASE}/detect?masks=polygons", {"image": portrait}).json
    accepted = client.form(
        f"{BASE}/detect", {"image": portrait}, {"Accept": "application/json; masks=polygons"}
    ).json
    assert accepted["masks"] == outlines["masks"]
    drawn = np.zeros((256, 256), np.uint8)
    points = [np.rint(np.reshape(polygon, (-1, 2))).astype(np.int32) for polygon in outlines["masks"][0]]
    cv2.fillPoly(drawn, points, 1)
    mask = decoded(runs["masks"][0])
    inside = drawn.astype(bool)
    assert (inside & mask).sum() / mask.sum() > 0.98
    assert (inside & mask).sum() / (inside | mask).sum() > 0.9  # holes are left out
    assert "masks" not in client.form(f"{BASE}/detect?masks=none", {"image": portrait}).json
    assert client.form(f"{BASE}/detect?score=1", {"image": portrait}).json["boxes"] == []


def test_boxes_and_masks_are_those_of_the_picture_that_was_sent(client: Any, portrait: bytes) -> None:
    with Image.open(io.BytesIO(portrait)) as picture:
        large = picture.resize((1280, 1280))
    out = io.BytesIO()
    large.save(out, "JPEG")
    small = client.form(f"{BASE}/detect", {"image": portrait}).json
    told = client.form(f"{BASE}/detect", {"image": out.getvalue()}).json
    assert told["masks"][0]["size"] == [1280, 1280]
    np.testing.assert_allclose(np.divide(told["boxes"][0], 5), small["boxes"][0], atol=12)
    grown = cv2.resize(
        decoded(small["masks"][0]).astype(np.uint8), (1280, 1280), interpolation=cv2.INTER_NEAREST
    ).astype(bool)
    mask = decoded(told["masks"][0])
    assert (grown & mask).sum() / (grown | mask).sum() > 0.9


def test_nobody_is_an_answer_of_detect_and_a_problem_of_replace(client: Any, wall: bytes) -> None:
    told = client.form(f"{BASE}/detect", {"image": wall})
    assert told.status == 200
    assert told.json["boxes"] == told.json["masks"] == []
    answer = client.form(f"{BASE}/replace", {"image": wall, "backdrop": "blue"})
    assert (answer.status, answer.json["type"]) == (422, "urn:booth:problem:nobody")


@pytest.mark.parametrize(("call", "mode"), [("instance", "RGB"), ("matte", "RGBA"), ("semantic", "P")])
def test_a_form_gets_a_picture_and_json_gets_base64(
    client: Any, portrait: bytes, call: str, mode: str
) -> None:
    plain = client.form(f"{BASE}/{call}", {"image": portrait})
    assert (plain.status, plain.headers["Content-Type"]) == (200, "image/png")
    assert plain.headers["Booth-Model"] == "booth"
    assert "people;dur=" in plain.headers["Server-Timing"] or "matte;dur=" in plain.headers["Server-Timing"]
    picture = plain.picture()
    assert (picture.mode, picture.size) == (mode, (256, 256))
    told = client.json(f"{BASE}/{call}", {"image": base64.b64encode(portrait).decode()})
    assert told.status == 200
    assert (told.json["media_type"], told.json["width"], told.json["height"]) == ("image/png", 256, 256)
    with Image.open(io.BytesIO(base64.b64decode(told.json["image"]))) as same:
        assert np.array_equal(np.asarray(same), np.asarray(picture))


def test_a_data_address_is_base64_as_well(client: Any, portrait: bytes) -> None:
    text = "data:image/png;base64," + base64.b64encode(portrait).decode()
    assert client.json(f"{BASE}/detect", {"image": text}).json["labels"][0] == "person"


def test_the_map_of_classes_agrees_with_the_masks(client: Any, portrait: bytes) -> None:
    classes = np.asarray(client.form(f"{BASE}/semantic", {"image": portrait}).picture())
    masks = client.form(f"{BASE}/detect", {"image": portrait}).json["masks"]
    assert np.array_equal(classes == 1, np.any([decoded(mask) for mask in masks], axis=0))
    assert set(np.unique(classes)) <= {0, 1}


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "JPEG"),
        ("", "image/webp", "WEBP"),
        ("", "image/png;q=0.9, image/webp;q=0.2", "PNG"),
        ("&format=png", "image/jpeg", "PNG"),
    ],
)
def test_a_composite_comes_in_the_format_that_is_asked_for(
    client: Any, portrait: bytes, query: str, accept: str, kind: str
) -> None:
    answer = client.form(
        f"{BASE}/replace?side=256{query}", {"image": portrait, "backdrop": "blue"}, {"Accept": accept}
    )
    assert answer.status == 200, answer.body
    picture = answer.picture()
    assert (picture.format, picture.size) == (kind, (256, 256))
    corner = np.asarray(picture.convert("RGB"))[4, 4].astype(int)
    assert abs(corner - (30, 60, 160)).max() < 25
    assert float(answer.headers["Booth-Score"]) >= 0.5


def test_a_backdrop_of_ones_own_takes_the_place_of_a_named_one(client: Any, portrait: bytes) -> None:
    red = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 20, 20)).save(red, "JPEG")
    answer = client.form(f"{BASE}/replace?side=256", {"image": portrait, "backdrop_image": red.getvalue()})
    assert answer.status == 200
    assert np.asarray(answer.picture())[4, 4, 0] > 150
    same = client.json(
        f"{BASE}/replace?side=256",
        {
            "image": base64.b64encode(portrait).decode(),
            "backdrop_image": base64.b64encode(red.getvalue()).decode(),
        },
    )
    assert base64.b64decode(same.json["image"]) == answer.body


def test_a_plate_makes_the_clean_plate_model_answer(client: Any, drawn: tuple[bytes, bytes]) -> None:
    picture, empty = drawn
    with_plate = client.form(f"{BASE}/matte?model=plate", {"image": picture, "plate": empty})
    assert with_plate.status == 200, with_plate.body
    assert with_plate.headers["Booth-Method"] == "clean plate"
    assert 0.05 < (np.asarray(with_plate.picture())[..., 3] > 128).mean() < 0.7
    without = client.form(f"{BASE}/matte?model=plate", {"image": picture})
    assert (without.status, without.json["type"]) == (422, "urn:booth:problem:no-cutout")
    assert "plate" in without.json["detail"]
