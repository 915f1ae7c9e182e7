"""What guests meet on their way: live tiles, hints, strips, developing, tickets, buttons that send keys."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from booth.config.settings import KEYS
from booth.session import Step
from booth.studio.darkroom import Developing
from booth.ui.guest import ScriptedGuest
from booth.ui.hints import APPEARS_AFTER, STAYS, SteadyHint
from booth.ui.keys import key_codes
from booth.ui.kiosk import QML


@pytest.fixture
def open_guest(open_kiosk, settings, tmp_path):
    def open_one(wanted=settings, size=(540, 960)):
        kiosk = open_kiosk(wanted, size)
        return kiosk, ScriptedGuest(kiosk, tmp_path, patience=25, calm=0.2)

    return open_one


def with_settings(settings, section, **changes):
    part = getattr(settings, section).model_copy(update=changes)
    return settings.model_copy(update={section: part})


def test_only_tiles_on_screen_are_composed_and_none_when_nobody_chooses(open_guest, studio):
    kiosk, guest = open_guest()
    guest.wait_for("attract")
    assert studio.tiled == ()
    guest.tap("start")
    guest.wait_for("choose")
    assert studio.tiled == ("beach", "city", "space", "moon")
    guest.wait_until(lambda: not kiosk.visit.tiles.image("moon").isNull())
    guest.tap("tile-moon")
    guest.wait_for("pose")
    assert studio.tiled == ()
    assert kiosk.visit.tiles.image("moon").isNull()


def test_a_hint_is_said_when_it_stays_and_not_after_the_pose(open_guest, studio):
    kiosk, guest = open_guest()
    guest.go_to_pose()
    studio.hints = ("too_far", "too_dark")
    guest.wait_until(lambda: kiosk.visit.hint == "Step a little closer")
    guest.rest(0.3)
    assert guest.find("hint").property("text") == "Step a little closer"
    guest.tap("shutter")
    guest.wait_until(lambda: kiosk.visit.hint == "")


def edges(item):
    """Left, top, right and bottom of an item in the window."""
    near, far = item.mapToScene(QPointF(0, 0)), item.mapToScene(QPointF(item.width(), item.height()))
    return near.x(), near.y(), far.x(), far.y()


@pytest.mark.parametrize("size", [(540, 960), (960, 540)], ids=["portrait", "landscape"])
def test_a_long_hint_in_large_letters_stays_on_the_mirror_in_every_language(
    open_guest, settings, studio, size
):
    studio.hints = ("too_bright_behind",)
    kiosk, guest = open_guest(with_settings(settings, "screen", large_text=True), size)
    guest.wait_for("attract")
    for language in settings.event.languages:
        kiosk.visit.chooseLanguage(language)
        kiosk.visit.touch()
        guest.wait_for("choose")
        kiosk.visit.chooseBackdrop("moon")
        guest.wait_for("pose")
        guest.wait_until(lambda: kiosk.visit.hint != "")
        guest.rest(0.1)  # it fades in
        left, _, right, bottom = edges(guest.find("hint").parentItem())
        of_mirror = edges(guest.find("mirror"))
        assert of_mirror[0] <= left < right <= of_mirror[2], language
        assert bottom <= of_mirror[3], language
        kiosk.visit.goBack()
        guest.wait_for("choose")
        kiosk.visit.goBack()
        guest.wait_for("attract")


def test_a_long_apology_in_large_letters_leaves_the_bar_free(open_guest, settings, studio):
    wanted = with_settings(with_settings(settings, "screen", large_text=True), "event", language="fr")
    kiosk, guest = open_guest(wanted, (960, 540))
    guest.wait_for("attract")
    kiosk.visit.touch()
    guest.wait_for("choose")
    studio.reason = "sorry.storage"
    guest.wait_for("sorry")
    assert edges(guest.find("go-on"))[3] < 540 * (1 - 52 / 1080)


def test_another_language_changes_the_words_and_leaves_the_tiles_where_they_are(open_guest):
    kiosk, guest = open_guest()
    guest.wait_for("attract")
    guest.tap("start")
    guest.wait_for("choose")
    tile = guest.find("tile-moon")
    kiosk.visit.chooseLanguage("de")
    assert tile.property("label") == "Mond"
    assert guest.find("tile-moon") is tile


def test_a_steady_hint_neither_flickers_nor_jumps():
    hint = SteadyHint()
    assert hint.look(["too_dark"], 0.0) == ""
    assert hint.look([], APPEARS_AFTER / 2) == ""
    assert hint.look(["too_dark"], APPEARS_AFTER) == ""
    assert hint.look(["too_dark"], 2 * APPEARS_AFTER) == "too_dark"
    assert hint.look(["too_dark", "cut_off"], 2.5 * APPEARS_AFTER) == "too_dark"
    assert hint.look([], 2 * APPEARS_AFTER + STAYS / 2) == "too_dark"
    assert hint.look([], 3 * APPEARS_AFTER + STAYS) == ""


def test_a_strip_is_taken_bound_and_kept_as_one(open_guest, settings, studio):
    kiosk, guest = open_guest(with_settings(settings, "visit", shots=3))
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_until(lambda: kiosk.visit.shotText == "Photo 2 of 3")
    guest.wait_for("review")
    assert studio.taken == 3
    assert [part.photo_id for part in kiosk.visit.session.shot.parts] == ["photo-1", "photo-2", "photo-3"]
    guest.tap("keep")
    guest.wait_for("ticket")
    assert studio.kept == [("photo-1", "beach", 1)]


def test_a_photo_comes_up_from_what_is_there(open_guest, studio):
    kiosk, guest = open_guest()
    guest.go_to_pose()
    studio.hold.clear()
    guest.tap("shutter")
    guest.wait_for("developing")
    assert not kiosk.visit.hasRaw
    picture = np.full((8, 8, 3), 90, np.uint8)
    studio.under_way = Developing("raw", picture, 1)
    guest.wait_until(lambda: kiosk.visit.hasRaw)
    studio.under_way = Developing("cutout", picture, 2)
    guest.wait_until(lambda: kiosk.visit.hasCutOut)
    studio.hold.set()
    guest.wait_for("review")


def test_the_countdown_is_heard(open_guest, settings):
    kiosk, guest = open_guest(with_settings(settings, "visit", countdown=3))
    heard = []
    kiosk.visit.sound_with(heard.append)
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    assert heard == ["tick", "tick", "last", "shutter"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (20, "Ready in less than a minute"),
        (70, "Ready in about a minute"),
        (260, "Ready in about 5 minutes"),
    ],
)
def test_the_ticket_says_how_long_it_takes_and_where_the_phone_finds_it(open_guest, studio, seconds, said):
    studio.wait, studio.address = seconds, "http://192.168.7.2:8080/p/token" if seconds else None
    kiosk, guest = open_guest()
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    guest.tap("keep")
    guest.wait_for("ticket")
    guest.wait_until(lambda: kiosk.visit.waitText == said)
    assert kiosk.visit.hasQr == bool(seconds)


def test_only_the_buttons_that_are_named_act(open_guest, settings):
    kiosk, guest = open_guest(with_settings(settings, "screen", shutter_keys=("volume_up", "enter")))
    guest.wait_for("attract")
    QTest.keyClick(kiosk.view, Qt.Key.Key_Space)
    assert kiosk.visit.session.step is Step.ATTRACT
    QTest.keyClick(kiosk.view, Qt.Key.Key_VolumeUp)
    assert kiosk.visit.session.step is Step.CHOOSE


def test_every_key_that_the_file_may_name_is_one():
    assert len(key_codes(KEYS)) >= len(KEYS)
    assert key_codes(["page_down", "f5"]) == {int(Qt.Key.Key_PageDown), int(Qt.Key.Key_F5)}


def test_pictures_that_may_be_shown_take_turns_and_what_is_none_is_left_out(
    open_guest, settings, tmp_path, caplog
):
    folder = tmp_path / "album"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"no picture")
    Image.new("RGB", (900, 600), (200, 30, 30)).save(folder / "b.png")
    kiosk, guest = open_guest(with_settings(settings, "event", pictures=folder))
    kiosk.visit.album.turn()
    guest.wait_until(lambda: kiosk.visit.album.isThere)
    assert kiosk.visit.album.aspect == pytest.approx(1.5)
    assert "a.jpg is not shown" in caplog.text


SCREENS = ("attract", "choose", "pose", "review", "ticket", "sorry")


def colours() -> dict[str, tuple[int, int, int]]:
    """The palette of the theme."""
    text = (QML / "Theme.qml").read_text(encoding="utf-8")
    found = re.findall(r'color (\w+): "#([0-9a-f]{6})"', text)
    return {name: (int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)) for name, code in found}


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance as in WCAG 2.1."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.array(colour) / 255]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *[(ink, ground) for ink in ("paper", "mist", "sun") for ground in ("night", "ink", "inkRaised")],
        *[("alarm", "night"), ("paper", "inkLine"), ("dusk", "sun"), ("dusk", "ember")],
        *[("dusk", "paper"), ("pen", "paper"), ("leaf", "night")],
    ],
)
def test_whatever_is_written_has_contrast(ink, ground):
    light, dark = sorted((luminance(colours()[ink]), luminance(colours()[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def items(item):
    yield item
    for child in item.childItems():
        yield from items(child)


def test_text_has_a_colour_of_the_palette(open_guest):
    kiosk, guest = open_guest()
    guest.wait_for("attract")
    written = {"paper", "mist", "sun", "alarm", "dusk", "pen", "leaf"}
    allowed = {colours()[name] for name in written}
    texts = [item for item in items(kiosk.view.rootObject()) if item.inherits("QQuickText")]
    assert len(texts) > 25
    for text in texts:
        colour = text.property("color")
        assert (colour.red(), colour.green(), colour.blue()) in allowed, text.property("text")


@pytest.mark.parametrize("diagonal", [10.1, 21.5])
def test_whatever_is_touched_is_fifteen_millimetres(open_guest, settings, diagonal):
    size = (1080, 1920)
    kiosk, guest = open_guest(with_settings(settings, "screen", diagonal=diagonal), size)
    guest.wait_for("attract")
    pixel = 25.4 * diagonal / np.hypot(*size)
    screens = [item for item in items(kiosk.view.rootObject()) if item.objectName() in SCREENS]
    controls = [
        item for screen in screens for item in items(screen) if item.property("pressable") is not None
    ]
    assert len(controls) > 20
    for control in controls:
        if control.isVisible() or control.width():
            assert min(control.width(), control.height()) * pixel >= 14.9, control.objectName()


@pytest.mark.parametrize("size", [(540, 960), (960, 540)], ids=["portrait", "landscape"])
@pytest.mark.parametrize("language", ["de", "fr"])
def test_large_text_stays_on_the_screen(open_guest, settings, size, language):
    large = with_settings(settings, "screen", large_text=True)
    kiosk, guest = open_guest(with_settings(large, "event", language=language), size)
    guest.go_to_pose()
    guest.tap("shutter")
    guest.wait_for("review")
    for item in items(kiosk.view.rootObject()):
        if item.inherits("QQuickText") and item.isVisible() and item.property("text"):
            assert not item.property("truncated")
            assert item.property("paintedWidth") <= max(item.width(), 1) + 2, item.property("text")


def test_nothing_moves_to_please_where_motion_is_reduced(open_guest, settings):
    _kiosk, guest = open_guest(with_settings(settings, "screen", reduced_motion=True))
    guest.wait_for("attract")
    button = guest.find("start")
    scales = set()
    for _ in range(6):
        guest.rest(0.05)
        scales.add(button.property("scale"))
    assert scales == {1.0}
