"""`run_booth.py pack`: a pack is looked over, refused where a row is red, and taken into use."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from booth.cli import main
from booth.config.packs import FOLDER, in_use


@pytest.fixture
def venue(tmp_path: Path) -> Path:
    """A configuration, and a pack beside it."""
    backdrops = tmp_path / "gala" / "backdrops"
    backdrops.mkdir(parents=True)
    (tmp_path / "gala" / "pack.yaml").write_text("event:\n  name: Gala\n")
    Image.new("RGB", (1920, 1920), (90, 20, 60)).save(backdrops / "red.png")
    (tmp_path / "booth.yaml").write_text(f"spool:\n  data: {tmp_path / 'data'}\n")
    return tmp_path


def ran(venue: Path, *words: str) -> int:
    return main(["--config", str(venue / "booth.yaml"), "pack", *words])


def test_a_good_pack_is_checked_used_and_given_up(venue, capsys):
    assert ran(venue, "check", str(venue / "gala")) == 0
    assert "1: red" in capsys.readouterr().out
    assert ran(venue, "use", str(venue / "gala")) == 0
    packs = venue / "data" / FOLDER
    assert in_use(packs).folder.startswith("gala-")
    assert ran(venue, "none") == 0
    assert in_use(packs).folder == ""


def test_a_pack_without_a_usable_backdrop_is_red_and_not_used(venue, capsys):
    (venue / "gala" / "backdrops" / "red.png").write_bytes(b"no picture")
    assert ran(venue, "check", str(venue / "gala")) == 1
    assert ran(venue, "use", str(venue / "gala")) != 0
    assert in_use(venue / "data" / FOLDER).folder == ""


def test_a_preview_shows_guests_before_each_backdrop(venue):
    out = venue / "preview.png"
    assert ran(venue, "preview", str(venue / "gala"), "--out", str(out)) == 0
    with Image.open(out) as sheet:
        assert min(sheet.size) > 900
