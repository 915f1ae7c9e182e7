"""/segment: from a file into a file, published whole, within the folders that were named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

PATH = "/api/v1/segment"


@pytest.fixture
def root(client: Any, portrait: bytes) -> Path:
    root = Path(client.settings.spool.data).parent
    (root / "in" / "photo.png").write_bytes(portrait)
    return root


@pytest.mark.parametrize(
    ("result", "name", "mode", "size"),
    [
        ({}, "matte.png", "RGBA", (256, 256)),
        ({"result": "semantic"}, "classes.png", "P", (256, 256)),
        ({"result": "instance"}, "people.jpg", "RGB", (256, 256)),
        ({"result": "replace", "backdrop": "green"}, "scene.webp", "RGB", (1920, 1920)),
    ],
)
def test_the_result_stands_in_its_place_when_the_answer_comes(
    client: Any, root: Path, result: dict[str, str], name: str, mode: str, size: tuple[int, int]
) -> None:
    answer = client.json(PATH, {"input": "photo.png", "output": name, **result})
    assert answer.status == 200, answer.body
    path = Path(answer.json["output"])
    assert path == (root / "out" / name).resolve()
    with Image.open(path) as picture:
        assert (picture.mode, picture.size) == (mode, size)
    assert path.stat().st_mode & 0o777 == 0o644
    assert answer.json["seconds"]["decode"] >= 0


def test_a_result_is_laid_over_another_only_if_that_is_said(client: Any, root: Path) -> None:
    told = {"input": str(root / "in" / "photo.png"), "output": "twice.png", "result": "semantic"}
    assert [client.json(PATH, told).status for _ in range(2)] == [200, 409]
    assert client.json(PATH, {**told, "overwrite": True}).status == 200


def test_a_matte_needs_a_format_with_transparency(client: Any, root: Path) -> None:
    answer = client.json(PATH, {"input": "photo.png", "output": "matte.jpg"})
    assert (answer.status, ".png or .webp" in answer.json["detail"]) == (400, True)
    assert client.json(PATH, {"input": "photo.png", "output": "x.png", "result": "replace"}).status == 400
