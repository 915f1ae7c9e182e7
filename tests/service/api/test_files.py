"""/segment: from a file into a file, published whole, within the folders that were named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from booth.service.api.places import Places, publish_at, read_at
from booth.service.api.problems import Problem

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


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """`in` and `out`, each with a folder `party`, and `secrets` beside them."""
    for name in ("in/party", "out/party", "secrets"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "in/party/photo.png").write_bytes(b"a photo")
    (tmp_path / "secrets/photo.png").write_bytes(b"a secret")
    return tmp_path


def exchanged_for_a_link(path: Path, goal: Path) -> None:
    path.rename(path.with_name("gone"))
    path.symlink_to(goal)


@pytest.mark.parametrize("part", ["party", "party/photo.png"])
def test_what_is_exchanged_for_a_link_after_it_was_looked_at_is_not_read(folders: Path, part: str) -> None:
    spot = Places((folders / "in",), ()).source("party/photo.png")
    assert read_at(spot) == b"a photo"
    exchanged_for_a_link(folders / "in" / part, folders / "secrets" / part.removeprefix("party").lstrip("/"))
    assert (folders / "in/party/photo.png").read_bytes() == b"a secret"
    with pytest.raises(Problem) as caught:
        read_at(spot)
    assert caught.value.status == 422


def test_a_folder_exchanged_for_a_link_is_not_written_into(folders: Path) -> None:
    target = Places((), (folders / "out",)).target("party/photo.png", overwrite=True)
    exchanged_for_a_link(folders / "out/party", folders / "secrets")
    with pytest.raises(Problem) as caught:
        publish_at(target, b"a result")
    assert caught.value.status == 507
    assert [path.name for path in (folders / "secrets").iterdir()] == ["photo.png"]
    assert (folders / "secrets/photo.png").read_bytes() == b"a secret"


def test_a_result_exchanged_for_a_link_takes_the_place_of_the_link(folders: Path) -> None:
    target = Places((), (folders / "out",)).target("party/new.png", overwrite=True)
    (folders / "out/party/new.png").symlink_to(folders / "secrets/photo.png")
    publish_at(target, b"a result")
    assert (folders / "out/party/new.png").read_bytes() == b"a result"
    assert (folders / "secrets/photo.png").read_bytes() == b"a secret"


def test_a_stick_whose_file_system_knows_no_links_will_do(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*names: object, **where: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", link)
    publish_at(Places((), (folders / "out",)).target("new.png", overwrite=False), b"a result")
    assert (folders / "out/new.png").read_bytes() == b"a result"
    assert sorted(os.listdir(folders / "out")) == ["new.png", "party"]


def test_of_two_results_for_one_name_the_second_is_refused(folders: Path) -> None:
    where = Places((), (folders / "out",))
    first, second = (where.target("new.png", overwrite=False) for _ in range(2))
    publish_at(first, b"first")
    with pytest.raises(Problem) as caught:
        publish_at(second, b"second")
    assert caught.value.status == 409
    assert (folders / "out/new.png").read_bytes() == b"first"
    assert sorted(os.listdir(folders / "out")) == ["new.png", "party"]


def test_a_pipe_that_takes_a_files_place_is_not_waited_for(folders: Path) -> None:
    spot = Places((folders / "in",), ()).source("party/photo.png")
    spot.path.unlink()
    os.mkfifo(spot.path)
    with pytest.raises(Problem, match="is not a plain file"):
        read_at(spot)
