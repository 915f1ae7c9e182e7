"""The kiosk's command: a good edit begins a new run, a pack that cannot stand is given up."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PIL import Image

from booth.commands import kiosk as command
from booth.config import packs
from booth.ui.panel import EXIT_RELOAD


@pytest.fixture
def config(booth_settings, tmp_path) -> Path:
    """A file that says what `booth_settings` does."""
    file = tmp_path / "booth.yaml"
    file.write_text(
        f"event:\n  name: A\ncamera:\n  source: {booth_settings.camera.source}\n  width: 320\n  height: 320\n"
        "matting:\n  method: plate\nscene:\n  folders: [backdrops]\n  house_backdrops: false\n"
        "spool:\n  data: data\n  stop_below_mb: 50\n  warn_below_mb: 60\n"
    )
    return file


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """Runs of the kiosk, in place of its screen; each gives the next of `statuses`."""
    runs = []
    statuses = []
    monkeypatch.setattr(command, "user_keep", lambda: tmp_path / "keep")

    def show(house, settings, restarts, curtain):
        runs.append((settings, house.board.all()))
        act, status = statuses.pop(0)
        act()
        return status, ""

    monkeypatch.setattr(command, "_shown", show)
    before = list(logging.getLogger().handlers)
    yield runs, statuses
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
        handler.close()


def nothing() -> None:
    """What the operator does in a run in which he does nothing."""


def test_an_edit_begins_a_new_run_on_the_new_settings(config, shown):
    runs, statuses = shown
    statuses += [
        (lambda: config.write_text(config.read_text().replace("name: A", "name: B")), EXIT_RELOAD),
        (nothing, 0),
    ]
    assert command.kiosk(config, window=True) == 0
    assert [settings.event.name for settings, _ in runs] == ["A", "B"]


def test_a_pack_whose_house_cannot_stand_is_given_up_and_told(config, shown, tmp_path):
    runs, statuses = shown
    data = tmp_path / "data" / packs.FOLDER
    pack = tmp_path / "pack"
    (pack / "backdrops").mkdir(parents=True)
    (pack / "pack.yaml").write_text("event:\n  name: P\n")
    statuses += [(lambda: packs.use(data, pack), EXIT_RELOAD), (nothing, 0)]
    assert command.kiosk(config, window=True) == 0
    assert [settings.event.name for settings, _ in runs] == ["A", "A"]
    assert any("was given up" in notice.text for notice in runs[1][1])


def test_a_good_pack_is_laid_over_the_settings(config, shown, tmp_path):
    runs, statuses = shown
    pack = tmp_path / "pack"
    (pack / "backdrops").mkdir(parents=True)
    Image.new("RGB", (800, 800), (120, 30, 60)).save(pack / "backdrops" / "rose.png")
    (pack / "pack.yaml").write_text("event:\n  name: P\n")
    statuses += [(lambda: packs.use(tmp_path / "data" / packs.FOLDER, pack), EXIT_RELOAD), (nothing, 0)]
    assert command.kiosk(config, window=True) == 0
    assert [settings.event.name for settings, _ in runs] == ["A", "P"]
    assert runs[1][0].scene.folders[0].name == "backdrops"
    assert runs[1][0].camera.width == 320
