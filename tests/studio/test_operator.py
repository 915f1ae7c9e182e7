"""The operator's calls on a real booth of pictures: report, sign, plate, test print, rehearsal, packs."""

from __future__ import annotations

import threading
import time
from datetime import datetime

import pytest

from booth.app import running
from booth.camera.exposure import ExposureError
from booth.camera.simulated import Fault
from booth.config import packs
from booth.config.watch import ConfigWatch
from booth.errors import BoothError
from booth.sentences import Sentence
from booth.spool.pickup import Pickups
from booth.studio import rehearsal
from booth.studio.rehearsal import STEPS, Finding


def wait_until(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def house(booth_settings):
    before = set(threading.enumerate())
    with running(booth_settings) as house:
        house.studio.wait_ready(60)
        wait_until(lambda: house.studio.ready() is None)
        yield house
    assert set(threading.enumerate()) <= before


def test_a_report_tells_how_the_booth_is(house):
    shot = house.studio.take("blue").result(30)
    house.studio.keep(shot, 2).result(10)
    wait_until(lambda: house.studio.waiting() == 0)
    report = house.operator.report().result(10)
    assert (report.camera_state, report.camera_size) == ("live", (320, 320))
    assert report.plate_taken_at == 1.0
    assert len(report.seconds) == 1
    assert report.tally.backdrops == (("blue", 1),)
    assert report.tally.days[0][1:] == (1, 2)
    assert [job.state for job in report.jobs] == ["printed", "printed"]
    assert report.room is not None
    assert report.drift is not None


def test_the_sign_closes_the_booth_and_outlives_a_restart(booth_settings):
    with running(booth_settings) as house:
        wait_until(lambda: house.studio.ready() is None)
        house.operator.show_sign(True).result(10)
        assert house.studio.ready() == "sorry.closed"
    with running(booth_settings) as house:
        assert house.studio.ready() == "sorry.closed"
        house.operator.show_sign(False).result(10)
        wait_until(lambda: house.studio.ready() is None)


def test_what_the_camera_sees_and_the_plate_can_be_looked_at(house):
    view = house.operator.view().result(10)
    assert view.image.shape == (320, 320, 3)
    assert 0 <= view.sight.sharpness <= 1
    assert house.operator.plate_picture().result(10).shape == (320, 320, 3)
    house.camera.fault = Fault.UNPLUG
    wait_until(lambda: house.studio.grabber.state == "lost")
    assert house.operator.view().result(10) is None


def test_a_test_print_goes_the_way_of_every_photo_counts_for_no_day_and_comes_again(house):
    code = house.operator.test_print().result(30)
    wait_until(lambda: house.studio.waiting() == 0)
    report = house.operator.report().result(10)
    (job,) = report.jobs
    assert job.code == code
    assert report.tally.days == ()
    house.operator.again(job).result(10)
    wait_until(lambda: len(house.operator.report().result(10).jobs) == 2 and house.studio.waiting() == 0)


def test_a_rehearsal_tries_everything_and_keeps_a_page(house, monkeypatch):
    monkeypatch.setattr(rehearsal, "SHOTS", 2)
    found: list[Finding] = []
    steps: list[str] = []
    long = Finding("red", "texts", "too long", "Shorten it.")
    page = house.operator.rehearse(found.append, steps.append, [long]).result(100)
    lamps = {finding.thing: finding.lamp for finding in found}
    assert tuple(lamps) == STEPS
    assert lamps["camera"] == "yellow", "a picture is no camera for an event"
    assert lamps["texts"] == "red"
    assert {lamps[thing] for thing in ("shots", "backdrops", "printer", "network", "unplug")} == {"green"}
    assert all(finding.remedy for finding in found if finding.lamp == "red")
    text = page.read_text(encoding="utf-8")
    assert "To mend before the event: " in text
    assert text.count("<tr") == len(found)
    assert "replug" in steps
    assert house.studio.grabber.state == "live"


def test_what_a_rehearsal_finds_is_told_in_the_operators_language(house, monkeypatch):
    monkeypatch.setattr(rehearsal, "SHOTS", 1)
    found: list[Finding] = []
    house.operator.rehearse(found.append, lambda step: None).result(100)
    assert [finding.thing for finding in found if not isinstance(finding.found, Sentence)] == []
    page = rehearsal.as_page(found, "Mia & Tom", datetime(2026, 11, 29, 18), "de")
    assert '<html lang="de">' in page
    assert "Mia &amp; Tom: alles gut, anzusehen: " in page
    assert "bemerkt, freundlich geschlossen" in page


def test_a_rehearsal_can_be_cut_short(house):
    begun = threading.Event()
    future = house.operator.rehearse(lambda finding: begun.set(), lambda step: None)
    assert begun.wait(30)
    house.operator.cut_short()
    with pytest.raises(BoothError, match="cut short"):
        future.result(30)


def test_a_bad_edit_is_told_and_a_mended_one_is_well(booth_settings, tmp_path):
    file = tmp_path / "booth.yaml"
    file.write_text("")
    good = iter((False, True))

    def load():
        if not next(good):
            raise packs.ConfigError(f"{file}:1: event.name: is wrong")
        return booth_settings

    with running(booth_settings, config=ConfigWatch(file, booth_settings, load)) as house:
        for text, told in (("wrong", True), ("mended!", False)):
            file.write_text(text)
            for _ in range(2):
                house.operator.look_at_config().result(10)
            assert any("booth.yaml:1" in notice.text for notice in house.board.all()) is told


@pytest.mark.parametrize("fails", [False, True], ids=["comes out", "fails"])
def test_a_pack_stays_only_if_its_first_photo_comes_out(house, tmp_path, fails):
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "pack.yaml").write_text("event:\n  name: x\n")
    data = house.spool.folders.root / packs.FOLDER
    packs.use(data, folder)
    house.operator.look_at_config().result(10)
    assert not packs.in_use(data).is_proven
    if fails:
        house.studio.failures.append("no such frame")
    else:
        house.studio.take("blue").result(30)
    house.operator.look_at_config().result(10)
    assert bool(packs.in_use(data).folder) is not fails
    assert packs.in_use(data).is_proven


def test_a_guests_yes_puts_the_picture_into_the_gallery_and_his_no_takes_it_out(house):
    shot = house.studio.take("blue").result(30)
    ticket = house.studio.keep(shot, 1).result(10)
    pickups = Pickups(house.spool)
    wait_until(lambda: house.studio.waiting() == 0)
    assert pickups.gallery() == ()
    house.studio.show(ticket, True).result(10)
    assert pickups.gallery() == (shot.photo_id,)
    house.studio.show(ticket, False).result(10)
    assert pickups.gallery() == ()


def test_a_played_picture_has_no_exposure_to_set(house):
    assert house.operator.report().result(10).exposure is None
    with pytest.raises(ExposureError):
        house.operator.expose(5.0).result(10)


def test_packs_are_found_examined_and_used_where_there_is_a_file(booth_settings, tmp_path):
    stick, file = tmp_path / "stick", tmp_path / "booth.yaml"
    (stick / "gala").mkdir(parents=True)
    (stick / "gala" / "pack.yaml").write_text("event:\n  name: Gala\n")
    (stick / "notes.txt").write_text("no pack")
    file.write_text(f"event:\n  name: Own\nspool:\n  data: {booth_settings.spool.data}\n")
    operator = booth_settings.operator.model_copy(update={"packs": stick})
    with running(booth_settings.model_copy(update={"operator": operator}), config=ConfigWatch(file)) as house:
        (found,) = house.operator.event_packs().result(10).found
        assert (found.path.name, found.is_used) == ("gala", False)
        looked = house.operator.examine_pack(found.path, lambda settings: ()).result(60)
        assert looked.is_good
        assert looked.sheet is not None
        house.operator.use_pack(found.path).result(10)
        after = house.operator.event_packs().result(10)
        assert (after.used, after.found[0].is_used) == ("gala", True)
        house.operator.use_pack(None).result(10)
        assert house.operator.event_packs().result(10).used == ""


def test_without_a_file_no_pack_is_taken_into_use(house, tmp_path):
    assert house.operator.event_packs().result(10).found == ()
    with pytest.raises(packs.ConfigError, match="without a configuration file"):
        house.operator.use_pack(tmp_path).result(10)
