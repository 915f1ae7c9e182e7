"""What stands on the screen while the house behind it is built again: the last picture, dimmed, and a kind word."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter, QPaintEvent, QRasterWindow
from PySide6.QtQuick import QQuickView

NIGHT, PAPER = QColor(15, 11, 28, 200), QColor("#fff6ea")


class _Cloth(QRasterWindow):
    """The window of a curtain; nobody can close it."""

    def __init__(self, picture: QImage, words: str) -> None:
        super().__init__()
        self._picture = picture
        self._words = words
        self.setFlags(Qt.WindowType.FramelessWindowHint)
        self.setCursor(Qt.CursorShape.BlankCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(0, 0, self.width(), self.height())
        painter.drawImage(area, self._picture)
        painter.fillRect(area, NIGHT)
        font = QFont("Outfit")
        font.setPixelSize(max(1, min(self.width(), self.height()) // 18))
        painter.setFont(font)
        painter.setPen(PAPER)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._words)
        painter.end()


class Curtain:
    """Falls before one kiosk is taken down, and lifts when the next one stands."""

    def __init__(self) -> None:
        self._cloth: _Cloth | None = None

    def fall(self, view: QQuickView, words: str) -> None:
        """Hide a window behind its own picture."""
        self._cloth = _Cloth(view.grabWindow(), words)
        self._cloth.setGeometry(view.geometry())
        if view.windowState() == Qt.WindowState.WindowFullScreen:
            self._cloth.showFullScreen()
        else:
            self._cloth.show()
        QGuiApplication.processEvents()

    def lift(self) -> None:
        """Show what is behind it."""
        if self._cloth is not None:
            self._cloth.hide()
            self._cloth.deleteLater()
            self._cloth = None
