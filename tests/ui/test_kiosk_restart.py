"""A booth that wants to be started anew ends when nobody uses it, and not before."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from booth.ui.kiosk import EXIT_RESTART, run_kiosk


def test_a_restart_that_is_due_ends_an_idle_kiosk(application, studio, settings, monkeypatch):
    monkeypatch.setattr("booth.ui.kiosk.RESTART_LOOK_MS", 30)
    assert run_kiosk(studio, settings, restart_due=lambda: True) == EXIT_RESTART


def test_a_guest_is_never_cut_short(application, studio, settings, monkeypatch):
    asked = []

    class Visited:
        def __init__(self, visit, *_):
            self.watch = watched(visit, lambda: asked.append(visit.property("step")) or True)
            visit.touch()

        def stop(self):
            self.watch.stop()

    from booth.ui import kiosk

    watched = kiosk.RestartWatch
    monkeypatch.setattr(kiosk, "RESTART_LOOK_MS", 30)
    monkeypatch.setattr(kiosk, "RestartWatch", Visited)
    QTimer.singleShot(400, application, QGuiApplication.quit)
    assert run_kiosk(studio, settings) == 0
    assert asked == []
