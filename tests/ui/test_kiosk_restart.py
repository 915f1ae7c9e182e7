"""A booth that wants to be started anew ends when nobody uses it, and not before."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from booth.ui.kiosk import EXIT_RESTART, run_kiosk


def test_a_restart_that_is_due_ends_an_idle_kiosk(application, studio, settings, monkeypatch):
    monkeypatch.setattr("booth.ui.kiosk.RESTART_LOOK_MS", 30)
    assert run_kiosk(studio, settings, restart_due=lambda: True) == EXIT_RESTART


def test_a_guest_is_never_cut_short(application, studio, settings, monkeypatch):
    from booth.ui import kiosk

    seen = []

    class Visited(kiosk.RestartWatch):
        """A guest comes, and only then a restart falls due."""

        def __init__(self, visit, *_):
            self.has_come, self.visited = False, visit
            super().__init__(visit, lambda: self.has_come)
            QTimer.singleShot(50, self, self.come)

        def come(self):
            self.visited.touch()
            if self.visited.property("step") == "attract":  # not open yet
                QTimer.singleShot(20, self, self.come)
                return
            self.has_come = True
            seen.append(self.visited.property("step"))
            QTimer.singleShot(200, application, QGuiApplication.quit)

    monkeypatch.setattr(kiosk, "RESTART_LOOK_MS", 20)
    monkeypatch.setattr(kiosk, "RestartWatch", Visited)
    assert run_kiosk(studio, settings) == 0
    assert seen == ["choose"]
