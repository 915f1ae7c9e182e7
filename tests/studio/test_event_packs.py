"""Event packs before they are used: which there are, what is wrong in one, and its pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from booth.config import Settings
from booth.config.packs import InUse
from booth.errors import SpoolError
from booth.shot import Notice
from booth.studio.event_packs import examined, packs_in

SIDE = 60


def silent(settings: Settings) -> tuple[Notice, ...]:
    return ()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    (folder / "gala" / "backdrops").mkdir(parents=True)
    (folder / "gala" / "pack.yaml").write_text("event:\n  name: Gala\n")
    Image.new("RGB", (1920, 1920), (90, 20, 60)).save(folder / "gala" / "backdrops" / "red.png")
    (folder / "spring.zip").write_bytes(b"whatever")
    (folder / "holiday pictures").mkdir()
    return folder


def test_folders_with_a_sheet_and_zips_are_offered_and_the_one_in_use_is_known(stick):
    packs = packs_in(stick, InUse("gala-0123456789ab", "", True))
    assert [(pack.path.name, pack.is_used) for pack in packs.found] == [("gala", True), ("spring.zip", False)]
    assert packs.used == "gala"


def test_a_stick_that_was_pulled_out_is_told(tmp_path):
    with pytest.raises(SpoolError, match="nowhere"):
        packs_in(tmp_path / "nowhere", InUse("", "", True))


def test_a_good_pack_is_green_and_drawn(stick):
    looked = examined(stick / "gala", Settings(), silent, SIDE)
    assert looked.is_good
    assert {finding.lamp for finding in looked.findings} == {"green"}
    assert looked.sheet is not None
    assert looked.sheet.std() > 10


def test_what_is_wrong_is_told_with_its_line_and_nothing_is_drawn(stick):
    (stick / "gala" / "pack.yaml").write_text("event:\n  name: Gala\ncamera:\n  width: 1280\n")
    looked = examined(stick / "gala", Settings(), silent, SIDE)
    assert not looked.is_good
    assert looked.sheet is None
    assert "pack.yaml:4" in looked.findings[0].found or "pack.yaml:3" in looked.findings[0].found


def test_a_broken_zip_names_itself_and_not_the_place_where_it_was_unpacked(stick):
    looked = examined(stick / "spring.zip", Settings(), silent, SIDE)
    assert [finding.lamp for finding in looked.findings] == ["red"]
    assert "spring.zip" in looked.findings[0].found


def test_a_backdrop_that_cannot_be_used_and_words_that_do_not_fit_are_told(stick):
    (stick / "gala" / "backdrops" / "rotten.jpg").write_bytes(b"no picture")
    wrong = Notice("texts-en", "warning", "attract.start: too long", "Shorten it.")
    looked = examined(stick / "gala", Settings(), lambda settings: (wrong,), SIDE)
    told = {finding.thing for finding in looked.findings if finding.lamp == "yellow"}
    assert told >= {"texts"}
    assert any("rotten.jpg" in finding.found for finding in looked.findings)
