"""Telling screens of a change in one go."""

from __future__ import annotations

from PySide6.QtCore import QObject, SignalInstance


class Herald(QObject):
    """Emits a signal without letting go of the interpreter.

    PySide lets go of it while a signal is emitted from Python, and each property that QML then reads must win it
    back from the threads that compute: two dozen reads take 0.1 ms alone, and whole frames beside two such
    threads. While a property of a QObject is set it is kept, and a native connection passes the news on.
    """

    def __init__(self, signal: SignalInstance, parent: QObject) -> None:
        super().__init__(parent)
        self._told = 0
        self.objectNameChanged.connect(signal)

    def tell(self, word: str = "") -> None:
        """Emit the signal, with a word where it takes one, which must not be the last one told."""
        self._told += 1
        self.setProperty("objectName", word or str(self._told))
