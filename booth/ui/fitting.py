"""Whether every text fits its screen, in every language that guests are offered.

The first screen is measured as it stands. The words of the other screens are known to fit as they come with the
house; what an operator says otherwise is compared with the longest of the house's own languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem, QQuickView

from booth.sentences import say
from booth.session import Step
from booth.studio.rehearsal import Finding
from booth.ui.visit import VisitModel
from booth.ui.words import NAMES, load_words

TOLERANCE = 2.0
LONGER = 1.25
"""How much longer than the house's longest an own sentence may be: screens leave that much."""
SHOWN = 40
"""Letters of a text that is told."""


def texts_that_do_not_fit(view: QQuickView, visit: VisitModel) -> tuple[Finding, ...]:
    """Look in each language; only between two guests, as they would see it change."""
    if visit.session.step is not Step.ATTRACT:
        return ()
    before = visit.session.language
    found: dict[str, Finding] = {}
    for entry in cast(list[dict[str, Any]], visit.languages):
        visit.chooseLanguage(entry["code"])
        QGuiApplication.processEvents()
        for text in cut_off(view.rootObject()):
            words = say("fitting.cut", language=entry["name"], text=text[:SHOWN])
            found[words] = Finding("red", "texts", words, say("fitting.cut.help"))
        for key in _too_long(cast(Mapping[str, str], visit.texts), entry["code"]):
            words = say("fitting.long", language=entry["name"], key=key)
            found[words] = Finding("yellow", "texts", words, say("fitting.long.help"))
    visit.chooseLanguage(before)
    return tuple(found.values())


def cut_off(item: QQuickItem) -> Iterator[str]:
    """Give the texts on screen that end in dots or are wider than their place."""
    for child in item.childItems():
        if not child.isVisible() or child.objectName() == "panel":
            continue
        if child.inherits("QQuickText") and child.property("text") and child.width() > 0:
            too_wide = child.property("contentWidth") > child.width() + TOLERANCE
            if child.property("truncated") or too_wide:
                yield child.property("text")
        yield from cut_off(child)


def _too_long(words: Mapping[str, str], language: str) -> Iterator[str]:
    house = load_words(language)
    for key, text in words.items():
        if text != house.get(key) and len(text) > LONGER * max(len(load_words(code)[key]) for code in NAMES):
            yield key
