"""The operator's panel by touch: PIN, pages, and that every call is asked and answered."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from booth.arrays import read_only
from booth.camera.drift import Drift
from booth.camera.exposure import ExposureError
from booth.camera.faults import Reason as CameraReason
from booth.camera.faults import fault_of
from booth.camera.sight import Sight
from booth.config.settings import OperatorSettings
from booth.config.watch import ConfigWatch
from booth.errors import PlateError
from booth.sentences import in_language, say
from booth.session import Step
from booth.shot import Notice, Plate
from booth.spool.desk import JobView
from booth.spool.files import DiskRoom
from booth.spool.health import PrinterState, words_for
from booth.spool.overview import Tally
from booth.studio.event_packs import EventPacks, Examined, FoundPack
from booth.studio.operator import Report, View
from booth.studio.pin import PinGuard, hashed
from booth.studio.rehearsal import Finding
from booth.ui import panel
from booth.ui.guest import ScriptedGuest
from booth.ui.panel import EXIT_RELOAD, EXIT_RESTART, PAGES

PORTRAIT, LANDSCAPE = (540, 960), (960, 540)
PICTURE = read_only(np.full((120, 120, 3), (90, 140, 120), np.uint8))
CHEAP = 10
"""Logarithm of a cost that suits a test."""


def sheet(uuid: str, code: str, state: str, why: str = "") -> JobView:
    return JobView(uuid, f"photo-{uuid}", 1, code, 1, 1, "6x6", state, "printer", why, 1_790_000_000.0)


REPORT = Report(
    notices=(),
    closed=False,
    camera_state="live",
    camera_rate=29.7,
    camera_size=(1080, 1080),
    exposure=0.0,
    plate_taken_at=1_790_000_000.0,
    plate_noise=1.8,
    drift=Drift(0.3, 1.01, 0.0, None),
    method="plate, cpu",
    seconds=(1.0, 1.2, 1.1, 3.0),
    printers=(PrinterState("printer", "ready", (), "", "", ("6x6",), 180, 0, 44),),
    waiting=1,
    jobs=(
        sheet("u", "KM 47", "uncertain", why=say("sheet.unheard")),
        sheet("q", "LF 22", "queued"),
        sheet("p", "TR 31", "printed"),
    ),
    tally=Tally((("2026-11-20", 31, 44),), (("beach", 20), ("space", 11))),
    room=DiskRoom(120_000, 11_950, "ok"),
    log=("2026-11-20 INFO a line", "2026-11-20 ERROR another"),
    pending="",
)


WANTS_HELP = words_for("printer", ("paper", "cover"))
NOTES = (
    Notice(
        "printer",
        "fault",
        say("told", what=WANTS_HELP[0], remedy=say("printing.wait", count=3)),
        WANTS_HELP[1],
    ),
    fault_of(CameraReason.BLACK).notice(),
    Notice("plate", "warning", say("plate.drifted"), say("drift.moved", pixels=7.3)),
    Notice("room", "warning", say("room.low", count=31), say("room.help")),
    Notice("second-copy", "warning", say("copy.none", why=say("copy.no_folder", folder="/media/stick"))),
)


class MemoryOperator:
    """An operator's calls that work and are written down. `faults` tells a call to fail."""

    def __init__(self, settings, folder: Path) -> None:
        self.settings = settings
        self.guard = PinGuard(settings.operator.pin, folder / "pin.json")
        self.config = ConfigWatch(folder / "booth.yaml")
        self.current = REPORT
        self.calls: list[tuple[object, ...]] = []
        self.faults: dict[str, Exception] = {}
        self.pending = ""
        self.has_real_camera = True
        self.go_on = threading.Event()
        self.findings = (
            Finding(
                "green", "camera", say("rehearse.camera", source="auto", width=1920, height=1080, rate=30)
            ),
            Finding("red", "focus", say("rehearse.focus", sharpness=12), say("rehearse.focus.help")),
        )
        self.packs_found = EventPacks()
        self.examined: dict[str, Examined] = {}
        self._pool = ThreadPoolExecutor(2, "memory-operator")

    def __getattr__(self, name: str):
        """Any call of the print desk is answered and written down."""
        if name not in ("hold", "release", "cancel", "came_out", "service", "loaded"):
            raise AttributeError(name)
        return partial(self._answer, name)

    @property
    def prints(self):
        return self

    def close(self) -> None:
        self.go_on.set()
        self._pool.shutdown()

    def _answer(self, name: str, *arguments: object, gives: object = None) -> Future[object]:
        self.calls.append((name, *arguments))

        def work() -> object:
            if name in self.faults:
                raise self.faults[name]
            return gives() if callable(gives) else gives

        return self._pool.submit(work)

    def report(self):
        return self._pool.submit(lambda: self.current)

    def look_at_config(self):
        return self._pool.submit(lambda: self.pending)

    def view(self):
        return self._pool.submit(lambda: View(PICTURE, Sight(0.7, 120.0, 0.0)))

    def plate_picture(self):
        return self._answer("plate_picture", gives=PICTURE)

    def hear_pin(self, pin):
        return self._pool.submit(self.guard.hear, pin)

    def cameras(self):
        return self._pool.submit(lambda: ("studio", "/dev/v4l/by-id/usb-Cam"))

    def show_sign(self, closed):
        self.current = replace(self.current, closed=closed)
        return self._answer("show_sign", closed)

    def take_plate(self, on_progress):
        on_progress(0.5)
        return self._answer("take_plate", gives=Plate(PICTURE, 2.0, (1.0, 1.0, 1.0), 100.0))

    def again(self, job):
        return self._answer("again", job.uuid)

    def test_print(self):
        return self._answer("test_print", gives="AB 12")

    def expose(self, milliseconds):
        self.current = replace(self.current, exposure=milliseconds)
        return self._answer("expose", milliseconds, gives=milliseconds)

    def event_packs(self):
        return self._pool.submit(lambda: self.packs_found)

    def examine_pack(self, path, of_texts):
        return self._answer("examine_pack", path, gives=lambda: self.examined[path.stem])

    def use_pack(self, path):
        return self._answer("use_pack", path)

    def set_value(self, key, value):
        return self._answer("set_value", key, value)

    def rehearse(self, on_finding, on_step, texts=()):
        def work() -> Path:
            on_step("camera")
            for finding in self.findings:
                on_finding(finding)
            on_step("unplug")
            self.go_on.wait(20)
            return Path("rehearsal.html")

        self.calls.append(("rehearse", *texts))
        return self._pool.submit(work)

    def cut_short(self):
        self.calls.append(("cut_short",))
        self.go_on.set()


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Time that a test would only wait for."""
    monkeypatch.setattr(panel, "COUNTDOWN", 1)
    monkeypatch.setattr(panel, "CONFIG_MS", 100)


def with_operator(settings, **changes):
    return settings.model_copy(update={"operator": OperatorSettings(**changes)})


@pytest.fixture
def operators(studio):
    """Those behind the panels of a test; they answer until the kiosks are closed."""
    behind = []
    yield behind
    for operator in behind:
        operator.close()


@pytest.fixture
def open_panel(operators, open_kiosk, settings, tmp_path):
    """Gives a function that opens a kiosk with its panel open, a finger, and the operator behind it."""

    def open_one(size=PORTRAIT, knock=True, wanted=settings, **changes):
        wanted = with_operator(wanted, **changes)
        operator = MemoryOperator(wanted, tmp_path)
        operators.append(operator)
        kiosk = open_kiosk(wanted, size, operator=operator)
        finger = ScriptedGuest(kiosk, tmp_path / "screens", patience=10, calm=0.05)
        finger.wait_for("attract")
        if knock:
            kiosk.panel.knock()
            finger.wait_until(lambda: not kiosk.panel.admitted or bool(kiosk.panel.figures))
            finger.rest(0.05)
        return kiosk, finger, operator

    return open_one


def type_in(kiosk, digits):
    for digit in digits:
        QTest.keyClick(kiosk.view, getattr(Qt.Key, f"Key_{digit}"))


def turn_to(finger, page):
    finger.tap(f"tab-{page}")
    finger.rest(0.1)


def test_the_panel_opens_on_the_state_and_its_cross_closes_it(open_panel):
    kiosk, finger, _ = open_panel()
    assert finger.find("big-state").property("text") == "All well"
    finger.rest(0.1)
    finger.tap("close-notices")
    assert not kiosk.panel.is_open
    assert kiosk.visit.session.step is Step.ATTRACT


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_page_opens_and_shows_something(open_panel, size, language):
    kiosk, finger, _ = open_panel(size, language=language)
    for page in PAGES:
        turn_to(finger, page)
        assert finger.find("notices" if page == "state" else f"page-{page}").height() > 100
        assert kiosk.panel.page == page


def controls_of(item):
    for child in item.childItems():
        yield from controls_of(child)
    if item.property("pressable") is not None and item.isVisible():
        yield item


@pytest.mark.parametrize(
    ("size", "language", "large"),
    [
        ((1080, 1920), "fr", True),
        ((1920, 1080), "de", False),
        *(
            pytest.param(size, language, large, marks=pytest.mark.heavy)
            for size, language, large in (
                ((1080, 1920), "en", False),
                ((1920, 1080), "es", True),
                ((1080, 1920), "it", True),
                ((1920, 1080), "nl", True),
            )
        ),
    ],
    ids=str,
)
def test_no_page_has_a_fault_and_controls_are_large(
    open_panel, studio, settings, audit, size, language, large
):
    screen = settings.screen.model_copy(update={"large_text": large})
    packs = Path("/media/stick")
    kiosk, finger, operator = open_panel(
        size, wanted=settings.model_copy(update={"screen": screen}), language=language, packs=packs
    )
    operator.packs_found = EventPacks((FoundPack(packs / "gala.zip", True),), "gala")
    operator.examined = {"gala": Examined((Finding("yellow", "texts", "too long", "Shorten it."),), PICTURE)}
    operator.current, studio.notes = troubled(REPORT), NOTES
    finger.wait_until(
        lambda: len(kiosk.panel.notes) == len(NOTES) and kiosk.panel.printers[0]["trouble"] != ""
    )
    finger.rest(0.1)
    found = []
    for page in PAGES:
        turn_to(finger, page)
        if page == "event":
            finger.wait_until(lambda: kiosk.panel.packs.found != [])
            kiosk.panel.packs.look(kiosk.panel.packs.found[0]["path"])
            finger.wait_until(lambda: kiosk.panel.packs.good)
            finger.rest(0.1)
        found += [f"{page}: {fault}" for fault in audit.faults(kiosk.view)]
        found += [
            f"{page}: hard to read: {text}"
            for value, text in audit.contrasts(kiosk.view)
            if value < audit.ENOUGH
        ]
        for control in controls_of(finger.find("panel")):
            assert control.property("label"), control.objectName()
            assert min(control.width(), control.height()) >= 84, control.property("label")
    assert found == []


def test_only_the_right_pin_opens(open_panel):
    kiosk, finger, _ = open_panel(pin=hashed("2468", cost=CHEAP))
    with pytest.raises(LookupError):
        finger.find("big-state")
    for key in ("1", "2", "erase", "3", "4", "5", "enter"):
        finger.tap(f"pin-{key}")
    finger.wait_until(lambda: "not the PIN" in finger.find("pin-text").property("text"))
    for key in ("2", "4", "6", "8", "enter"):
        finger.tap(f"pin-{key}")
    finger.wait_until(lambda: kiosk.panel.admitted and bool(kiosk.panel.figures))
    assert finger.find("big-state") is not None


def test_wrong_pins_lock_for_a_while_and_the_keys_of_a_keyboard_are_heard(open_panel):
    kiosk, finger, operator = open_panel(pin=hashed("2468", cost=CHEAP))
    for _ in range(3):
        type_in(kiosk, "1111")
        QTest.keyClick(kiosk.view, Qt.Key.Key_Return)
        finger.wait_until(lambda: kiosk.panel.typed == 0)
    assert operator.guard.wait() > 5
    assert "Too many" in kiosk.panel.pinText
    type_in(kiosk, "2468")
    QTest.keyClick(kiosk.view, Qt.Key.Key_Return)
    finger.wait_until(lambda: kiosk.panel.typed == 0)
    assert not kiosk.panel.admitted
    QTest.keyClick(kiosk.view, Qt.Key.Key_Escape)
    assert not kiosk.panel.is_open


def test_a_closed_panel_asks_for_the_pin_again(open_panel):
    kiosk, finger, _ = open_panel(pin=hashed("2468", cost=CHEAP))
    type_in(kiosk, "2468")
    QTest.keyClick(kiosk.view, Qt.Key.Key_Return)
    finger.wait_until(lambda: kiosk.panel.admitted)
    kiosk.panel.close()
    kiosk.panel.knock()
    assert not kiosk.panel.admitted


def test_without_a_pin_the_panel_says_so(open_panel):
    kiosk, _, _ = open_panel()
    assert kiosk.panel.unset


def test_left_alone_the_panel_closes_and_a_touch_keeps_it_open(open_panel):
    kiosk, finger, _ = open_panel(leave=1.2)
    finger.rest(0.8)
    turn_to(finger, "system")
    finger.rest(0.8)
    assert kiosk.panel.is_open
    finger.wait_until(lambda: not kiosk.panel.is_open)


def test_keys_do_not_reach_the_guests_screen_below(open_panel):
    kiosk, _, _ = open_panel()
    QTest.keyClick(kiosk.view, Qt.Key.Key_Space)
    assert kiosk.visit.session.step is Step.ATTRACT
    kiosk.panel.close()
    QTest.keyClick(kiosk.view, Qt.Key.Key_Space)
    assert kiosk.visit.session.step is Step.CHOOSE


def test_a_fault_is_the_big_state_with_its_remedy(open_panel, studio):
    studio.notes = (
        Notice("printer", "fault", "No paper", "Put paper in"),
        Notice("x", "warning", "Light", ""),
    )
    kiosk, finger, _ = open_panel()
    finger.wait_until(lambda: kiosk.panel.state["level"] == "fault")
    assert kiosk.panel.state["text"] == "No paper"
    assert kiosk.panel.state["remedy"] == "Put paper in"
    assert kiosk.panel.state["more"] == "and 1 note more"


@pytest.mark.parametrize("language", ["de", "nl"])
def test_everything_that_is_told_is_read_in_the_language_of_the_panel(open_panel, studio, language):
    """Also what was told before the language was changed, which builds the panel anew."""
    studio.notes = NOTES
    look_into(open_panel, "en")
    kiosk = look_into(open_panel, language)
    assert "apier" in kiosk.panel.state["text"]
    assert "7,3" in kiosk.panel.plate["drift"]


def look_into(open_panel, language):
    """Open the panel and compare all that it tells with what is to be read."""
    kiosk, finger, operator = open_panel(language=language)
    operator.current = troubled(REPORT)
    operator.faults["take_plate"] = PlateError(say("plate.dark"))
    finger.wait_until(lambda: kiosk.panel.printers[0]["trouble"] != "" and len(kiosk.panel.notes) > 4)
    read = [in_language(notice.text, language) for notice in NOTES]
    assert sorted(note["text"] for note in kiosk.panel.notes) == sorted(read)
    assert kiosk.panel.state["text"] == kiosk.lamp.line == read[0]
    assert kiosk.panel.state["remedy"] == in_language(NOTES[0].remedy, language)
    assert kiosk.panel.printers[0]["trouble"] == in_language(WANTS_HELP[0], language)
    assert kiosk.panel.plate["drift"].startswith(in_language(NOTES[2].remedy, language))
    turn_to(finger, "camera")
    finger.tap("take-plate")
    finger.wait_until(lambda: in_language(say("plate.dark"), language) in kiosk.panel.said)
    return kiosk


def test_findings_are_read_in_the_language_of_the_panel(open_panel):
    kiosk, finger, operator = open_panel(language="fr", packs=Path("/media/stick"))
    wrong = Finding("red", "texts", say("texts.no_line"), say("texts.no_folder.help"))
    operator.findings = (wrong,)
    operator.packs_found = EventPacks((FoundPack(Path("/media/stick/gala.zip"), False),))
    operator.examined = {"gala": Examined((wrong,), None)}
    read = "cette ligne n’existe pas", "Corrigez event.texts."
    turn_to(finger, "rehearsal")
    finger.tap("rehearse")
    finger.wait_until(lambda: len(kiosk.panel.findings) == 1)
    assert (kiosk.panel.findings[0]["found"], kiosk.panel.findings[0]["remedy"]) == read
    turn_to(finger, "event")
    finger.wait_until(lambda: kiosk.panel.packs.found != [])
    kiosk.panel.packs.look(kiosk.panel.packs.found[0]["path"])
    finger.wait_until(lambda: kiosk.panel.packs.findings != [])
    assert [(each["found"], each["remedy"]) for each in kiosk.panel.packs.findings] == [read]


def troubled(report):
    """The same evening with a printer that wants paper and a camera that was moved."""
    words, remedy = WANTS_HELP
    printer = replace(
        report.printers[0], state="waiting", reasons=("paper", "cover"), words=words, remedy=remedy
    )
    return replace(report, printers=(printer,), drift=Drift(7.3, 1.01, 0.0, say("drift.moved", pixels=7.3)))


def test_figures_of_the_evening(open_panel):
    kiosk, _, _ = open_panel()
    values = [figure["value"] for figure in kiosk.panel.figures]
    assert values[1:] == ["1.1", "1", "11\u202f950"]
    assert kiosk.panel.figures[1]["note"] == "95 % within 3.0 s"


def test_the_sign_goes_out_and_in(open_panel):
    kiosk, finger, operator = open_panel()
    finger.tap("sign")
    finger.wait_until(lambda: kiosk.panel.state["closed"])
    assert finger.find("big-state").property("text") == "Closed"
    finger.tap("sign")
    finger.wait_until(lambda: not kiosk.panel.state["closed"])
    assert [call for call in operator.calls if call[0] == "show_sign"] == [
        ("show_sign", True),
        ("show_sign", False),
    ]


def test_the_plate_is_taken_after_a_countdown_and_shown(open_panel):
    kiosk, finger, operator = open_panel()
    turn_to(finger, "camera")
    finger.tap("take-plate")
    assert "1" in finger.find("plate-order").property("text")
    assert ("take_plate",) not in operator.calls
    kiosk.panel.close()
    assert kiosk.panel.is_open, "a plate under way is not left alone"
    finger.wait_until(lambda: kiosk.panel.plateShown)
    assert kiosk.panel.said == "The new plate is in use."
    finger.wait_until(lambda: not kiosk.panel.view.isNull())


def test_a_plate_that_could_not_be_taken_says_why(open_panel):
    kiosk, finger, operator = open_panel()
    operator.faults["take_plate"] = PlateError("Something moved.")
    turn_to(finger, "camera")
    finger.tap("take-plate")
    finger.wait_until(lambda: "Something moved." in kiosk.panel.said)
    assert kiosk.panel.task == ""


def test_the_camera_is_seen_and_can_be_chosen(open_panel):
    kiosk, finger, operator = open_panel()
    turn_to(finger, "camera")
    finger.wait_until(lambda: not kiosk.panel.view.isNull() and kiosk.panel.seen["sharpness"] == 70)
    kiosk.panel.chooseCamera("/dev/v4l/by-id/usb-Cam")
    finger.wait_until(lambda: "usb-Cam" in kiosk.panel.said)
    assert ("set_value", "camera.source", '"/dev/v4l/by-id/usb-Cam"') in operator.calls


def test_exposure_is_stepped_by_eye_and_kept(open_panel):
    kiosk, finger, operator = open_panel()
    turn_to(finger, "camera")
    assert finger.find("exposure").property("text") == "the camera decides"
    for name, milliseconds in (("brighter", 10.0), ("brighter", 14.1), ("darker", 10.0), ("darker", 7.1)):
        finger.tap(name)
        finger.wait_until(lambda wanted=milliseconds: ("expose", wanted) in operator.calls)
        finger.wait_until(lambda wanted=milliseconds: kiosk.panel.exposure["text"] == f"{wanted:g} ms")
    finger.tap("keep-exposure")
    finger.wait_until(lambda: kiosk.panel.said == "Exposure kept: 7.1 ms")
    assert ("set_value", "camera.exposure", "7.1") in operator.calls
    finger.tap("expose-itself")
    finger.wait_until(lambda: ("expose", 0.0) in operator.calls)
    finger.wait_until(lambda: kiosk.panel.exposure["auto"])


def test_a_camera_without_exposure_says_so(open_panel):
    _kiosk, finger, operator = open_panel()
    operator.current = replace(REPORT, exposure=None)
    turn_to(finger, "camera")
    finger.wait_until(lambda: "no exposure control" in finger.find("exposure").property("text"))
    with pytest.raises(LookupError):
        finger.find("brighter")


def test_an_exposure_that_is_not_taken_says_why_and_nothing_changes(open_panel):
    kiosk, finger, operator = open_panel()
    operator.faults["expose"] = ExposureError("It does not take it.")
    turn_to(finger, "camera")
    kiosk.panel.exposeBy(1)
    finger.wait_until(lambda: "does not take it" in kiosk.panel.said)
    assert kiosk.panel.exposure["auto"]


def test_a_pack_is_looked_at_then_used(open_panel):
    kiosk, finger, operator = open_panel(packs=Path("/media/stick"))
    operator.packs_found = EventPacks(
        (
            FoundPack(Path("/media/stick/gala.zip"), False),
            FoundPack(Path("/media/stick/wedding"), True),
        ),
        "wedding",
    )
    bad = Finding("red", "pack.yaml", "pack.yaml:3: camera: does not belong into a pack", "Mend the pack.")
    operator.examined = {
        "gala": Examined((Finding("green", "backdrops", "2"),), PICTURE),
        "wedding": Examined((bad,), None),
    }
    turn_to(finger, "event")
    finger.wait_until(lambda: len(kiosk.panel.packs.found) == 2)
    finger.rest(0.05)
    finger.tap("pack-wedding")
    finger.wait_until(lambda: kiosk.panel.packs.findings != [])
    assert kiosk.panel.packs.findings[0]["found"].startswith("pack.yaml:3")
    kiosk.panel.packs.use()
    assert not any(call[0] == "use_pack" for call in operator.calls), "a pack with a red row is not used"
    finger.tap("pack-gala")
    finger.wait_until(lambda: kiosk.panel.packs.good)
    assert finger.find("pack-sheet").height() > 50
    finger.tap("use-pack")
    finger.wait_until(lambda: "gala: taken up" in kiosk.panel.said)
    assert ("use_pack", Path("/media/stick/gala.zip")) in operator.calls
    kiosk.panel.packs.useNone()
    finger.wait_until(lambda: ("use_pack", None) in operator.calls)


def test_without_a_folder_of_packs_the_page_says_what_to_do(open_panel):
    kiosk, finger, _ = open_panel()
    turn_to(finger, "event")
    assert "operator.packs" in kiosk.panel.packs.hint


def test_a_pack_in_use_of_which_the_stick_is_out_is_named(open_panel):
    kiosk, finger, operator = open_panel(packs=Path("/media/stick"))
    operator.packs_found = EventPacks((), "wedding")
    turn_to(finger, "event")
    finger.wait_until(lambda: kiosk.panel.packs.elsewhere == "wedding")
    assert "/media/stick" in kiosk.panel.packs.hint


def test_sheets_are_held_cancelled_settled_and_printed_again(open_panel):
    kiosk, finger, operator = open_panel()
    turn_to(finger, "prints")
    for name, call in (
        ("came-KM 47", ("came_out", "u")),
        ("hold-LF 22", ("hold", "q")),
        ("rest-printer", ("service", "printer", False)),
    ):
        finger.tap(name)
        finger.wait_until(lambda call=call: call in operator.calls)
    finger.tap("cancel-LF 22")
    assert ("cancel", "q") not in operator.calls, "what cannot be taken back is asked twice"
    finger.tap("cancel-LF 22")
    finger.wait_until(lambda: ("cancel", "q") in operator.calls)
    for job in ("p", "u"):
        kiosk.panel.printAgain(job)
        finger.wait_until(lambda job=job: ("again", job) in operator.calls)
    finger.tap("test-print")
    finger.wait_until(lambda: "AB 12" in kiosk.panel.said)


def test_a_rehearsal_ends_in_one_page_and_can_be_stopped(open_panel):
    kiosk, finger, operator = open_panel()
    turn_to(finger, "rehearsal")
    finger.tap("rehearse")
    finger.wait_until(lambda: kiosk.panel.order == "Pull the camera's plug now")
    assert [finding["lamp"] for finding in kiosk.panel.findings] == ["green", "red"]
    finger.tap("rehearse")
    finger.wait_until(lambda: kiosk.panel.task == "")
    assert ("cut_short",) in operator.calls
    assert finger.find("verdict").property("text") == "1 thing to mend"


def test_restart_and_end_ask_twice(open_panel, application):
    kiosk, finger, _ = open_panel()
    asked = []
    kiosk.panel.leaveAsked.disconnect(kiosk.leave)
    kiosk.panel.leaveAsked.connect(asked.append)
    turn_to(finger, "system")
    for name in ("restart", "end-booth"):
        finger.tap(name)
        finger.rest(0.05)
        finger.tap(name)
    assert asked == [EXIT_RESTART, 0]


def test_an_edit_of_the_configuration_waits_for_the_guest_and_for_the_panel(open_panel):
    kiosk, finger, operator = open_panel()
    asked = []
    kiosk.panel.leaveAsked.disconnect(kiosk.leave)
    kiosk.panel.leaveAsked.connect(asked.append)
    operator.pending = "event.name"
    finger.rest(0.4)
    assert asked == []
    kiosk.panel.close()
    finger.tap("start")
    finger.wait_for("choose")
    finger.rest(0.4)
    assert asked == []
    kiosk.visit.goBack()
    finger.wait_for("attract")
    finger.wait_until(lambda: asked[:1] == [EXIT_RELOAD])


def test_with_a_pin_the_quitting_keys_only_knock(open_panel):
    kiosk, _, _ = open_panel(knock=False, pin=hashed("2468", cost=CHEAP))
    kiosk.ask_to_quit()
    assert kiosk.panel.is_open
    assert not kiosk.panel.admitted
