"""Looks a screen over as a strict eye would: what is cut off, off the screen, on top of something, or hard to read.

Rectangles are in pixels of the window.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem, QQuickView

ENOUGH = 4.5
"""Contrast that WCAG 2.1 asks of text (AA)."""
SLACK = 3.0
ACROSS = {
    Qt.AlignmentFlag.AlignLeft.value: 0.0,
    Qt.AlignmentFlag.AlignHCenter.value: 0.5,
    Qt.AlignmentFlag.AlignRight.value: 1.0,
}
DOWN = {
    Qt.AlignmentFlag.AlignTop.value: 0.0,
    Qt.AlignmentFlag.AlignVCenter.value: 0.5,
    Qt.AlignmentFlag.AlignBottom.value: 1.0,
}
FAINT = 0.6
"""Below this opacity something is coming or going."""


def faults(view: QQuickView) -> list[str]:
    """Everything on screen just now that is cut off, off the screen, too crowded or overlapping."""
    root = _top(view)
    window = QRectF(0, 0, view.width(), view.height())
    texts = [(item, painted(item)) for item in _seen(root) if _is_text(item)]
    buttons = [(item, _place(item)) for item in _seen(root) if _is_button(item)]
    return [
        *(f"cut off: {_words(item)}" for item, _ in texts if _is_cut(item)),
        *(f"off the screen: {_words(item)}" for item, place in texts if _is_outside(item, place, window)),
        *(
            f"off the screen: {item.objectName()}"
            for item, place in buttons
            if _is_outside(item, place, window)
        ),
        *(
            f"{_words(one)} lies on {_words(other)}"
            for number, (one, place) in enumerate(texts)
            for other, beside in texts[:number]
            if _share(place, beside)
        ),
        *(
            f"{one.objectName()} lies on {other.objectName()}"
            for number, (one, place) in enumerate(buttons)
            for other, beside in buttons[:number]
            if _share(place, beside)
        ),
        *(
            f"{_words(text)} lies on {button.objectName()}"
            for text, place in texts
            for button, beside in buttons
            if not button.isAncestorOf(text) and _share(place, beside)
        ),
        *(
            f"wider than its button: {_words(text)}"
            for text, place in texts
            for button, around in buttons
            if button.isAncestorOf(text) and not around.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(place)
        ),
    ]


def contrasts(view: QQuickView) -> list[tuple[float, str]]:
    """Contrast of each text with what is really behind it (its 5 worst of 100 pixels), the worst first."""
    texts = [(item, painted(item)) for item in _seen(_top(view)) if _is_text(item) and _alpha(item) > 0.95]
    inks = [QColor(item.property("color")) for item, _ in texts]
    for item, _ in texts:
        item.setProperty("color", QColor(0, 0, 0, 0))
    behind = _pixels(view.grabWindow())
    for (item, _), ink in zip(texts, inks, strict=True):
        item.setProperty("color", ink)
    found = []
    for (item, place), colour in zip(texts, inks, strict=True):
        box = place.toAlignedRect()
        ground = behind[max(0, box.top()) : box.bottom() + 1, max(0, box.left()) : box.right() + 1]
        if ground.size:
            ink = _luminance(np.array(colour.getRgb()[:3], np.float64)[None])
            found.append((_contrast(float(ink[0]), _luminance(ground.reshape(-1, 3))), _words(item)))
    return sorted(found)


def painted(item: QQuickItem) -> QRectF:
    """Where a text's letters are."""
    width, height = item.property("contentWidth"), item.property("contentHeight")
    if _number(item, "fontSizeMode"):  # what shrinks to its place says how wide it was before
        width, height = min(width, item.width()), min(height, item.height())
    x = (item.width() - width) * ACROSS[_number(item, "horizontalAlignment")]
    y = (item.height() - height) * DOWN[_number(item, "verticalAlignment")]
    return item.mapRectToScene(QRectF(x, y, width, height))


def _number(item: QQuickItem, name: str) -> int:
    """An enumeration of QML's, which PySide cannot read by itself."""
    return int(QQmlExpression(qmlContext(item), item, name).evaluate()[0])


def _top(view: QQuickView) -> QQuickItem:
    """What covers everything: the panel where it is open, or else the guests' screens."""
    root = view.rootObject()
    panel = root.findChild(QQuickItem, "panel")
    return panel if panel is not None and panel.isVisible() else root


def _seen(item: QQuickItem) -> Iterator[QQuickItem]:
    """What can be seen: neither hidden nor fading, nor scrolled away."""
    if not item.isVisible() or item.opacity() < FAINT or item.width() < 1 or item.height() < 1:
        return
    yield item
    for child in item.childItems():
        if not _is_scrolled_away(child):
            yield from _seen(child)


def _is_scrolled_away(item: QQuickItem) -> bool:
    """Whether a list that clips shows only a part of it, or nothing: a finger brings it on."""
    around = item.parentItem()
    place = _place(item)
    while around is not None:
        if around.clip() and (around.inherits("QQuickFlickable") or around.inherits("QQuickItemView")):
            view = _place(around).adjusted(-SLACK, -SLACK, SLACK, SLACK)
            is_leaf = _is_text(item) or _is_button(item)
            return not view.contains(place) if is_leaf else not view.intersects(place)
        around = around.parentItem()
    return False


def _place(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def _is_text(item: QQuickItem) -> bool:
    return item.inherits("QQuickText") and bool(item.property("text"))


def _is_button(item: QQuickItem) -> bool:
    return item.property("pressable") is not None


def _is_cut(item: QQuickItem) -> bool:
    if _number(item, "elide") == Qt.TextElideMode.ElideMiddle.value:
        return False  # a path, of which both ends are there
    too_wide = item.property("contentWidth") > item.width() + SLACK
    return bool(item.property("truncated")) or (too_wide and _number(item, "wrapMode") != 0)


def _is_outside(item: QQuickItem, place: QRectF, window: QRectF) -> bool:
    ancestor: QQuickItem | None = item
    while ancestor is not None:
        if ancestor.inherits("QQuickFlickable") or ancestor.inherits("QQuickItemView"):
            return False
        ancestor = ancestor.parentItem()
    return not window.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(place)


def _share(one: QRectF, other: QRectF) -> bool:
    both = one.intersected(other)
    return both.width() > SLACK and both.height() > SLACK


def _alpha(item: QQuickItem | None) -> float:
    whole = 1.0
    while item is not None:
        whole *= item.opacity()
        item = item.parentItem()
    return whole


def _words(item: QQuickItem) -> str:
    return repr(str(item.property("text"))[:40])


def _pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(np.float64)


def _luminance(colours: np.ndarray) -> np.ndarray:
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _contrast(ink: float, ground: np.ndarray) -> float:
    light, dark = np.maximum(ink, ground), np.minimum(ink, ground)
    return float(np.percentile((light + 0.05) / (dark + 0.05), 5))
