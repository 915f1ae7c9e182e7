"""Pictures on screen: arrays to QImage, the items that paint them, the icons."""

from __future__ import annotations

import threading
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Property, QByteArray, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import (
    QQuickImageProvider,
    QQuickItem,
    QQuickPaintedItem,
    QQuickWindow,
    QSGImageNode,
    QSGTexture,
)
from PySide6.QtSvg import QSvgRenderer
from shiboken6 import isValid

from booth.arrays import Rgb8, check_rgb
from booth.images import smaller
from booth.ui.enlarger import PictureWindow

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

ICONS = Path(__file__).parent / "qml" / "icons"

_SAMPLES = 4
"""A pixel's side is looked at so often where an arc cuts it."""


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


def covering(picture: QImage, width: int, height: int, focus: float, radius: float = 0.0) -> QImage:
    """Scale a picture so that it covers a size, and cut off the rest around `focus` (0 top, 1 bottom).

    Every pixel counts where it becomes smaller; QPainter alone would leave steps in fine detail. With a radius in
    pixels its corners are cut round, without one it is opaque.
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
    side = min(round(radius), width // 2, height // 2)
    if side > 0:
        made = made if made.flags.writeable else made.copy()
        _cut_round(made, side)
    kind = QImage.Format.Format_ARGB32_Premultiplied if side > 0 else QImage.Format.Format_RGB32
    return QImage(made.data, width, height, 4 * width, kind).copy()


def shown_of(image: QSize, area: QSizeF, focus: float) -> QRectF:
    """What part of a picture covers an area without being stretched; the rest is cut off around `focus`."""
    scale = max(area.width() / image.width(), area.height() / image.height())
    width, height = area.width() / scale, area.height() / scale
    return QRectF((image.width() - width) / 2, (image.height() - height) * focus, width, height)


def _cut_round(pixels: NDArray[np.uint8], side: int) -> None:
    """Make the corners of a picture, uint8 (H, W, 4) with its alpha last, premultiplied, round."""
    cover = _corner(side)[..., None]
    for rows, down in ((slice(side), cover), (slice(-side, None), cover[::-1])):
        for columns, covered in ((slice(side), down), (slice(-side, None), down[:, ::-1])):
            pixels[rows, columns] = np.rint(pixels[rows, columns] * covered)


@cache
def _corner(side: int) -> NDArray[np.float32]:
    """How much of each pixel lies within the upper left corner's arc, float32 (side, side)."""
    from_centre = np.square(side - (np.arange(_SAMPLES * side) + 0.5) / _SAMPLES)
    within = from_centre[:, None] + from_centre <= side**2
    return np.asarray(within.reshape(side, _SAMPLES, side, _SAMPLES).mean((1, 3)), np.float32)


class _Wanted(NamedTuple):
    """A picture and how it is shown, in pixels; with the colour of a paper it lies on that."""

    picture: QImage
    width: int
    height: int
    focus: float
    radius: float
    paper: str = ""
    border: float = 0.0

    def is_same(self, other: _Wanted) -> bool:
        return self.picture.cacheKey() == other.picture.cacheKey() and self[1:] == other[1:]

    def made(self) -> QImage:
        if self.paper:
            return self._on_paper()
        return covering(self.picture, self.width, self.height, self.focus, self.radius)

    def _on_paper(self) -> QImage:
        """The paper leaves a pixel free all round, so that its edges stay smooth where it lies askew."""
        made = QImage(self.width, self.height, QImage.Format.Format_ARGB32_Premultiplied)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.paper))
        painter.drawRoundedRect(QRectF(1, 1, self.width - 2, self.height - 2), self.radius, self.radius)
        side = round(self.width - 2 * self.border)
        if not self.picture.isNull() and side > 0:
            high = max(1, round(side * self.picture.height() / self.picture.width()))
            painter.drawImage(
                round(self.border), round(self.border), covering(self.picture, side, high, self.focus)
            )
        painter.end()
        return made


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
        return mine is not None and mine.is_same(wanted)

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
        return None if wanted is None else wanted.made()


@QmlElement
class PictureItem(QQuickItem):
    """A still picture, which the window's enlarger makes as it is shown: the screen only lays it down.

    Until it is made the one before stays; it is made as soon as it is known, also while it is not seen.
    """

    pictureChanged = Signal()
    shapeChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self.setFlag(QQuickItem.Flag.ItemHasContents)
        self._picture = QImage()
        self._made = QImage()
        self._texture: QSGTexture | None = None
        self._is_laid = False
        self._radius = 0.0
        self._focus = 0.5
        self._forgotten = 0
        self._order: _Order | None = None
        self.windowChanged.connect(self._move)
        self.widthChanged.connect(self._ask)
        self.heightChanged.connect(self._ask)
        self.shapeChanged.connect(self._ask)

    @Slot()
    def _move(self) -> None:
        """Outside of every window, drop the pixels: PySide keeps the shell of an item that QML has deleted."""
        if self.window() is None:
            self._picture, self._texture = QImage(), None  # its node is drawn no more
            self._forget()
        else:
            self._ask()

    def _forget(self) -> None:
        """Show nothing, nor what is being made just now."""
        if self._order is not None:
            self._order.take(None)
        self._order = None
        self._forgotten += 1
        self._hold(QImage())

    def _get_picture(self) -> QImage:
        return self._picture

    def _set_picture(self, picture: QImage) -> None:
        self._picture = picture
        self.pictureChanged.emit()
        if picture.isNull():
            self._forget()
        self._ask()

    def _get_radius(self) -> float:
        return self._radius

    def _set_radius(self, radius: float) -> None:
        if radius != self._radius:
            self._radius = radius
            self.shapeChanged.emit()

    def _get_focus(self) -> float:
        return self._focus

    def _set_focus(self, focus: float) -> None:
        if focus != self._focus:
            self._focus = focus
            self.shapeChanged.emit()

    picture = Property(QImage, _get_picture, _set_picture, notify=pictureChanged)
    radius = Property(float, _get_radius, _set_radius, notify=shapeChanged)
    upper = Property(float, _get_focus, _set_focus, notify=shapeChanged)

    def _wanted(self) -> _Wanted | None:
        """How the picture is shown now, None where there is nothing to show."""
        if self._picture.isNull():
            return None
        return _Wanted(self._picture, round(self.width()), round(self.height()), self._focus, self._radius)

    @Slot()
    def _ask(self) -> None:
        window, wanted = self.window(), self._wanted()
        if wanted is None or min(wanted.width, wanted.height) < 1 or not isinstance(window, PictureWindow):
            return
        if self._order is not None and (self._order.is_for(wanted) or self._order.take(wanted)):
            return
        self._order = _Order(wanted)
        window.enlarger.make(self._order.make, partial(self._take, self._forgotten))

    def _take(self, forgotten: int, made: QImage | None) -> None:
        if made is not None and isValid(self) and forgotten == self._forgotten:
            self._hold(made)

    def _hold(self, made: QImage) -> None:
        self._made, self._is_laid = made, False
        self.update()

    def updatePaintNode(  # type: ignore[override]
        self, node: QSGImageNode | None, data: QQuickItem.UpdatePaintNodeData
    ) -> QSGImageNode | None:
        """Lay down what is made: pixel by pixel where it was made for this size."""
        area, image = QSizeF(self.width(), self.height()), self._made
        if image.isNull():
            if node is None:
                return None
            image, area = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied), QSizeF(0, 0)
            image.fill(Qt.GlobalColor.transparent)
        if node is None:
            node = self.window().createImageNode()
            node.setFiltering(QSGTexture.Filtering.Linear)
            self._is_laid = False
        if not self._is_laid:
            has_alpha = image.hasAlphaChannel()
            kind = QQuickWindow.CreateTextureOption
            option = kind.TextureHasAlphaChannel if has_alpha else kind.TextureIsOpaque
            texture = self.window().createTextureFromImage(image, option)
            texture.setParent(None)  # or the window would keep a shell of each picture for ever
            node.setTexture(texture)
            self._texture, self._is_laid = texture, True
        if max(abs(area.width() - image.width()), abs(area.height() - image.height())) < 1:
            area = image.size().toSizeF()
        node.setRect(QRectF(QPointF(), area))
        node.setSourceRect(QRectF() if area.isEmpty() else shown_of(image.size(), area, self._focus))
        return node


@QmlElement
class PrintItem(PictureItem):
    """A picture on paper, made with it in one piece, so that it stays smooth when it lies askew."""

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

    def _get_border(self) -> float:
        return self._border

    def _set_border(self, border: float) -> None:
        self._border = border
        self.paperChanged.emit()

    paper = Property(QColor, _get_paper, _set_paper, notify=paperChanged)
    border = Property(float, _get_border, _set_border, notify=paperChanged)

    def _wanted(self) -> _Wanted | None:
        """The paper is there before its picture."""
        if not self._paper.isValid():
            return None
        size = round(self.width()), round(self.height())
        return _Wanted(self._picture, *size, self._focus, self._radius, self._paper.name(), self._border)


@QmlElement
class WarmItem(QQuickPaintedItem):
    """A rounded face in the house's warm colours; Qt's own gradients have rough round corners."""

    toneChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._radius = 0.0
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

    def _get_radius(self) -> float:
        return self._radius

    def _set_radius(self, radius: float) -> None:
        self._radius = radius
        self._repaint()

    def _repaint(self) -> None:
        self.toneChanged.emit()
        self.update()

    tone = Property(QColor, _get_from, _set_from, notify=toneChanged)
    toneEnd = Property(QColor, _get_to, _set_to, notify=toneChanged)
    upright = Property(bool, _get_upright, _set_upright, notify=toneChanged)
    radius = Property(float, _get_radius, _set_radius, notify=toneChanged)

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
