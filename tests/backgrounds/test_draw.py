"""The backdrops are what the drawing code makes of them, and each says all that the booth must know."""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image, features

FOLDER = Path(__file__).resolve().parents[2] / "backgrounds"
NAMES = sorted(card.stem for card in FOLDER.glob("*.yaml"))
QUICK = ("retro", "studio")
LANGUAGES = {"en", "de", "fr", "es", "it", "nl"}


def _card(name: str) -> dict[str, Any]:
    card: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return card


def _draw(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The script, run as a person runs it; from a folder of its own, to show that it finds its modules."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(FOLDER / "draw.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=Path("/"), env=environment, check=False
    )


def _other_tools() -> str:
    """Why bytes cannot be the same here; "" if they must be."""
    drawn_with = ast.literal_eval(
        re.search(r"^DRAWN_WITH = (.*)$", (FOLDER / "draw.py").read_text(), re.MULTILINE)[1]  # type: ignore[index]
    )
    others = [f"{name} {version(name)}" for name, kept in drawn_with.items() if version(name) != kept]
    others += [platform.machine()] if platform.machine() != "x86_64" else []
    others += [] if features.check("raqm") else ["no libfribidi, which Pillow sets type with"]
    return ", ".join(others)


def test_at_least_twelve_pictures_are_shipped_each_with_its_card() -> None:
    assert len(NAMES) >= 12
    assert sorted(picture.stem for picture in FOLDER.glob("*.jpg")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_square_and_small_enough_to_ship(name: str) -> None:
    with Image.open(FOLDER / f"{name}.jpg") as picture:
        assert picture.size == (1920, 1920)
        assert picture.mode == "RGB"
        assert not picture.info.get("progressive")
    assert (FOLDER / f"{name}.jpg").stat().st_size < 900_000


def test_all_pictures_together_stay_under_nine_megabytes() -> None:
    assert sum(picture.stat().st_size for picture in FOLDER.glob("*.jpg")) < 9_000_000


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_complete_and_its_lines_lie_in_the_picture(name: str) -> None:
    card = _card(name)
    assert set(card) - {"writing"} == {"title", "floor", "safe", "light", "sha256"}
    assert set(card["title"]) == LANGUAGES
    assert all(title and len(title) <= 26 for title in card["title"].values())
    assert 0.5 < card["floor"] <= 1
    left, top, right, bottom = card["safe"]
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    assert 0 <= card["light"] < 360


@pytest.mark.parametrize("name", NAMES)
def test_a_card_holds_the_checksum_of_its_picture(name: str) -> None:
    assert hashlib.sha256((FOLDER / f"{name}.jpg").read_bytes()).hexdigest() == _card(name)["sha256"]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in QUICK else (pytest.mark.heavy,)) for n in NAMES]
)
@pytest.mark.skipif(bool(_other_tools()), reason=f"drawn with other tools than {_other_tools()}")
def test_a_picture_drawn_again_is_the_same_byte_for_byte(name: str) -> None:
    run = _draw("--only", name, "--check")
    assert (run.returncode, run.stdout.strip()) == (0, "1 the same"), run.stderr


def test_an_unknown_name_is_refused() -> None:
    assert _draw("--only", "nowhere").returncode == 2
