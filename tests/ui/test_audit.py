"""Every screen of a visit, looked over by a strict eye: nothing cut off, nothing on top of anything, all readable."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from booth.config.settings import Language
from booth.ui.guest import LANDSCAPE, PORTRAIT, ScriptedGuest

QUICK = (("fr", PORTRAIT, True), ("de", LANDSCAPE, True))
LOOKS = itertools.cycle(itertools.product((LANDSCAPE, PORTRAIT), (False, True)))
REST = [(language, *look) for language, look in zip(get_args(Language), LOOKS, strict=False)]
"""One look of each language; `tests/gallery/screens.py` goes through all twenty-four."""


def wanted(settings, language, large):
    changes = {
        "event": {"language": language, "name": "Maximiliane & Bartholomäus"},
        "screen": {"large_text": large},
        "service": {"enabled": True, "gallery": True},
        "visit": {"choose": 600, "pose": 600, "review": 600, "ticket": 600, "sorry": 600, "countdown": 10},
    }
    parts = {key: getattr(settings, key).model_copy(update=values) for key, values in changes.items()}
    return settings.model_copy(update=parts)


class Eye:
    """Notes what is wrong with each screen that it is shown."""

    def __init__(self, audit, kiosk) -> None:
        self._audit = audit
        self._view = kiosk.view
        self.found: list[str] = []

    def look(self, screen: str) -> None:
        hard = [text for value, text in self._audit.contrasts(self._view) if value < self._audit.ENOUGH]
        self.found += [f"{screen}: {fault}" for fault in self._audit.faults(self._view)]
        self.found += [f"{screen}: hard to read: {text}" for text in hard]


@pytest.mark.parametrize(
    ("language", "size", "large"),
    [*QUICK, *(pytest.param(*look, marks=pytest.mark.heavy) for look in REST)],
    ids=str,
)
def test_no_screen_of_a_visit_has_a_fault(
    open_kiosk, studio, settings, audit, tmp_path, language, size, large
):
    studio.address, studio.wait = "http://booth.local:8080/p/abcdefghijklmnopqrstuvwxyz", 200.0
    kiosk = open_kiosk(wanted(settings, language, large), size)
    guest, eye = ScriptedGuest(kiosk, tmp_path, patience=25, calm=0.45), Eye(audit, kiosk)
    guest.wait_for("attract")
    guest.wait_until(lambda: kiosk.visit.has_mirror)
    eye.look("attract")
    guest.tap("start")
    guest.wait_for("choose")
    eye.look("choose")
    guest.tap("tile-beach")
    guest.wait_for("pose")
    studio.hints = ("cut_off",)
    guest.wait_until(lambda: kiosk.visit.hint != "")
    guest.rest(0.45)
    eye.look("pose")
    guest.tap("shutter")
    guest.wait_for("countdown")
    eye.look("countdown")
    guest.wait_for("review")
    eye.look("review")
    kiosk.visit.review.tap(0.25, 0.8)
    guest.wait_until(lambda: kiosk.visit.session.is_settled and kiosk.visit.leftOutText != "")
    guest.rest(0.45)
    eye.look("review, somebody left out")
    guest.tap("keep")
    guest.wait_for("ticket")
    guest.wait_until(lambda: kiosk.visit.waitText != "")
    guest.rest(0.45)
    eye.look("ticket")
    guest.tap("gallery")
    guest.rest(0.45)
    eye.look("ticket, in the gallery")
    guest.tap("done")
    guest.wait_for("attract")
    guest.tap("start")
    guest.wait_for("choose")
    studio.reason = "sorry.camera"
    guest.wait_for("sorry")
    eye.look("sorry")
    guest.tap("go-on")
    guest.wait_for("attract")
    eye.look("closed")
    assert eye.found == []


def test_the_eye_sees_what_is_wrong(open_kiosk, settings, audit, tmp_path):
    kiosk = open_kiosk(settings, (540, 960))
    guest = ScriptedGuest(kiosk, tmp_path, patience=10, calm=0.3)
    guest.wait_for("attract")
    assert audit.faults(kiosk.view) == []
    guest.find("start").setProperty("label", "Much too long a sentence for any button " * 4)
    guest.find("language-de").setProperty("x", -200)
    guest.find("language-fr").setProperty("x", guest.find("language-en").x())
    guest.rest(0.05)
    told = "\n".join(audit.faults(kiosk.view))
    assert "off the screen: language-de" in told
    assert "language-fr lies on language-en" in told
    guest.find("start").setProperty("label", "Start")
    texts = [item for item in _texts(kiosk.view.rootObject()) if item.property("text") == "Nederlands"]
    texts[0].setProperty("color", "#2a2148")
    worst, words = audit.contrasts(kiosk.view)[0]
    assert words == "'Nederlands'"
    assert worst < 2


def _texts(item):
    for child in item.childItems():
        yield from _texts(child)
    if item.inherits("QQuickText"):
        yield item
