"""Pictures on screen: arrays to QImage, the items that paint them, the icons."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Property, QByteArray, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter, QTransform
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickImageProvider, QQuickItem, QQuickPaintedItem
from PySide6.QtSvg import QSvgRenderer
from shiboken6 import isValid

from booth.arrays import Rgb8, check_rgb
from booth.images import smaller
from booth.ui.enlarger import PictureWindow

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

ICONS = Path(__file__).parent / "qml" / "icons"


def to_qimage(image: Rgb8) -> QImage:
    """Copy a picture, uint8 RGB of shape (H, W, 3), into a QImage that owns its pixels."""
    check_rgb(image)
    height, width = image.shape[:2]
    rows = image if image.strides == (3 * width, 3, 1) else image.copy()
    return QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def thumbnail(image: Rgb8, side: int) -> QImage:
    """Give a square-fitted small picture with its shorter side `side` pixels long."""
    scale = side / min(image.shape[:2])
    height, width = (round(length * scale) for length in image.shape[:2])
    if scale < 1:
        return to_qimage(smaller(image, height, width))
    return to_qimage(np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8))


def covering(picture: QImage, width: int, height: int, focus: float) -> QImage:
    """Scale a picture so that it covers a size, and cut off the rest around `focus` (0 top, 1 bottom).

    Every pixel counts where it becomes smaller; QPainter alone would leave steps in fine detail.
    """
    scale = max(width / picture.width(), height / picture.height())
    wide = min(picture.width(), max(1, round(width / scale)))
    high = min(picture.height(), max(1, round(height / scale)))
    left, top = (picture.width() - wide) // 2, round((picture.height() - high) * focus)
    opaque = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(opaque.constBits(), np.uint8).reshape(picture.height(), -1, 4)
    cut = pixels[top : top + high, left : left + wide]
    if scale <= 1:
        made = np.ascontiguousarray(smaller(cut, height, width))
    else:
        made = np.asarray(cv2.resize(cut, (width, height), interpolation=cv2.INTER_LINEAR))
    return QImage(made.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def paint_cover(painter: QPainter, image: QImage, area: QRectF, radius: float, focus: float) -> None:
    """Fill an area with a picture, corners rounded: pixel by pixel where it was made for this size."""
    if max(abs(area.width() - image.width()), abs(area.height() - image.height())) < 1:
        area = QRectF(area.topLeft(), image.size().toSizeF())
    scale = max(area.width() / image.width(), area.height() / image.height())
    left = (area.width() - image.width() * scale) / 2
    top = (area.height() - image.height() * scale) * focus
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale != 1)
    if radius <= 0:
        source = QRectF(-left / scale, -top / scale, area.width() / scale, area.height() / scale)
        painter.drawImage(area, image, source)
        return
    brush = QBrush(image)
    brush.setTransform(QTransform(scale, 0, 0, scale, area.left() + left, area.top() + top))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(area, radius, radius)


class CoverItem(QQuickPaintedItem):
    """An item with round corners, filled by painting; the base of the still and the live picture."""

    shapeChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._radius = 0.0
        self._focus = 0.5

    def _get_radius(self) -> float:
        return self._radius

    def _set_radius(self, radius: float) -> None:
        if radius != self._radius:
            self._radius = radius
            self.shapeChanged.emit()
            self.update()

    def _get_focus(self) -> float:
        return self._focus

    def _set_focus(self, focus: float) -> None:
        if focus != self._focus:
            self._focus = focus
            self.shapeChanged.emit()
            self.update()

    radius = Property(float, _get_radius, _set_radius, notify=shapeChanged)
    upper = Property(float, _get_focus, _set_focus, notify=shapeChanged)


_Wanted = tuple[QImage, int, int, float]
"""A picture, and the width, height and focus at which it is shown."""


class _Order:
    """What an item wants made. The enlarger holds the order alone, and never the item.

    Until it is begun a newer picture takes the place of the one before, in its turn: one that was ordered anew each
    time would never have its turn where pictures come faster than they are made.
    """

    def __init__(self, wanted: _Wanted) -> None:
        self._lock = threading.Lock()
        self._wanted: _Wanted | None = wanted
        self._is_begun = False

    def is_for(self, wanted: _Wanted) -> bool:
        mine = self._wanted
        return mine is not None and mine[0].cacheKey() == wanted[0].cacheKey() and mine[1:] == wanted[1:]

    def take(self, wanted: _Wanted | None) -> bool:
        """Want this instead, or nothing; whether it is not too late for that."""
        with self._lock:
            if not self._is_begun:
                self._wanted = wanted
            return not self._is_begun

    def make(self) -> QImage | None:
        """Runs in the enlarger's thread; what nobody wants any more is not made."""
        with self._lock:
            self._is_begun, wanted = True, self._wanted
        return None if wanted is None else covering(*wanted)


@QmlElement
class PictureItem(CoverItem):
    """A still picture, which the window's enlarger makes at the size at which it is shown.

    Until it is made the one before stays; it is made as soon as it is known, also while it is not seen.
    """

    pictureChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self._made = QImage()
        self._order: _Order | None = None
        self.windowChanged.connect(self._move)
        self.widthChanged.connect(self._ask)
        self.heightChanged.connect(self._ask)
        self.shapeChanged.connect(self._ask)

    @Slot()
    def _move(self) -> None:
        """Outside of every window, drop the pixels: PySide keeps the shell of an item that QML has deleted."""
        if self.window() is None:
            self._picture = QImage()
            self._forget()
        else:
            self._ask()

    def _forget(self) -> None:
        if self._order is not None:
            self._order.take(None)
        self._order, self._made = None, QImage()

    def _get_picture(self) -> QImage:
        return self._picture

    def _set_picture(self, picture: QImage) -> None:
        self._picture = picture
        self.pictureChanged.emit()
        if picture.isNull():
            self._forget()
            self.update()
        else:
            self._ask()

    picture = Property(QImage, _get_picture, _set_picture, notify=pictureChanged)

    def _place(self) -> tuple[int, int]:
        """Width and height in pixels at which the picture is shown."""
        return round(self.width()), round(self.height())

    @Slot()
    def _ask(self) -> None:
        window = self.window()
        if self._picture.isNull() or not isinstance(window, PictureWindow):
            return
        width, height = self._place()
        wanted = (self._picture, width, height, self._focus)
        if min(width, height) < 1:
            return
        if self._order is not None and (self._order.is_for(wanted) or self._order.take(wanted)):
            return
        self._order = _Order(wanted)
        window.enlarger.make(self._order.make, self._take)

    def _take(self, made: QImage | None) -> None:
        if made is not None and isValid(self) and not self._picture.isNull():
            self._made = made
            self.update()

    def paint(self, painter: QPainter) -> None:
        if not self._made.isNull():
            area = QRectF(0, 0, self.width(), self.height())
            paint_cover(painter, self._made, area, self._radius, self._focus)


@QmlElement
class PrintItem(PictureItem):
    """A picture on paper, painted with it in one piece, so that it stays smooth when it lies askew."""

    paperChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._paper = QColor()
        self._border = 0.0
        self.paperChanged.connect(self._ask)

    def _get_paper(self) -> QColor:
        return self._paper

    def _set_paper(self, colour: QColor) -> None:
        self._paper = colour
        self.paperChanged.emit()
        self.update()

    def _get_border(self) -> float:
        return self._border

    def _set_border(self, border: float) -> None:
        self._border = border
        self.paperChanged.emit()
        self.update()

    paper = Property(QColor, _get_paper, _set_paper, notify=paperChanged)
    border = Property(float, _get_border, _set_border, notify=paperChanged)

    def _place(self) -> tuple[int, int]:
        side = self.width() - 2 * self._border
        return round(side), round(side * self._picture.height() / self._picture.width())

    def paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._paper)
        painter.drawRoundedRect(QRectF(1, 1, self.width() - 2, self.height() - 2), self._radius, self._radius)
        if not self._made.isNull() and not self._picture.isNull():
            edge = round(self._border)
            paint_cover(painter, self._made, QRectF(edge, edge, *self._place()), 0, self._focus)


@QmlElement
class WarmItem(CoverItem):
    """A rounded face in the house's warm colours; Qt's own gradients have rough round corners."""

    toneChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._from = QColor()
        self._to = QColor()
        self._upright = False

    def _get_from(self) -> QColor:
        return self._from

    def _set_from(self, colour: QColor) -> None:
        self._from = colour
        self._repaint()

    def _get_to(self) -> QColor:
        return self._to

    def _set_to(self, colour: QColor) -> None:
        self._to = colour
        self._repaint()

    def _get_upright(self) -> bool:
        return self._upright

    def _set_upright(self, upright: bool) -> None:
        self._upright = upright
        self._repaint()

    def _repaint(self) -> None:
        self.toneChanged.emit()
        self.update()

    tone = Property(QColor, _get_from, _set_from, notify=toneChanged)
    toneEnd = Property(QColor, _get_to, _set_to, notify=toneChanged)
    upright = Property(bool, _get_upright, _set_upright, notify=toneChanged)

    def paint(self, painter: QPainter) -> None:
        area = QRectF(0, 0, self.width(), self.height())
        end = area.bottomLeft() if self._upright else area.topRight()
        gradient = QLinearGradient(area.topLeft(), end)
        gradient.setColorAt(0, self._from)
        gradient.setColorAt(1, self._to)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(area, self._radius, self._radius)


class IconProvider(QQuickImageProvider):
    """Draws the house's icons in any colour: `image://icon/back/ffffff`."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, id: str, size: QSize, requested_size: QSize) -> QImage:
        name, colour = id.split("/")
        drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", f"#{colour}")
        side = max(requested_size.width(), requested_size.height(), 24)
        image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(drawing.encode())).render(painter)
        painter.end()
        return image
