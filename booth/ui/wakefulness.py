"""Keeps the screen from going dark while the booth runs, by the means that the desktop documents.

`systemd-inhibit` holds a lock of logind for as long as its child lives, `xdg-screensaver` speaks to the screen
savers of X11 desktops. Under `cage` nothing blanks the screen, and neither is missed.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys

from PySide6.QtGui import QGuiApplication, QWindow

from booth.sentences import say
from booth.shot import Notice

log = logging.getLogger(__name__)

LOCK = ("--what=idle:sleep", "--who=Booth", "--why=Guests look at this screen", "--mode=block")
PATIENCE = 5.0


class Wakefulness:
    """Holds the locks from `start` to `stop`; the end of the program, however it comes, frees them too."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._window = ""

    def start(self, window: QWindow) -> Notice | None:
        """Ask for a screen that stays awake; what could not be had is told."""
        if not sys.platform.startswith("linux"):
            return None
        self._child = _held_lock()
        if QGuiApplication.platformName() == "xcb":
            self._window = f"{int(window.winId()):#x}"
            if not _speak("suspend", self._window):
                self._window = ""
        if self._child is not None or self._window or QGuiApplication.platformName() == "offscreen":
            return None
        return Notice("ui.awake", "info", say("screen.sleeps"), say("screen.sleeps.help"))

    def stop(self) -> None:
        """Let the screen sleep again."""
        if self._window:
            _speak("resume", self._window)
            self._window = ""
        if self._child is not None:
            if self._child.stdin is not None:
                self._child.stdin.close()
            self._child.wait(PATIENCE)
            self._child = None


def _held_lock() -> subprocess.Popen[bytes] | None:
    """Start a child that holds the lock until its standard input closes, which the system does when we die."""
    tool, cat = shutil.which("systemd-inhibit"), shutil.which("cat")
    if tool is None or cat is None:
        return None
    try:
        child = subprocess.Popen(
            [tool, *LOCK, cat], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        log.info("systemd-inhibit: %s", error)
        return None
    try:
        child.wait(0.3)
    except subprocess.TimeoutExpired:
        return child
    if child.stdin is not None:
        child.stdin.close()
    return None


def _speak(word: str, window: str) -> bool:
    tool = shutil.which("xdg-screensaver")
    if tool is None:
        return False
    try:
        return subprocess.run([tool, word, window], timeout=PATIENCE, capture_output=True).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as error:
        log.info("xdg-screensaver: %s", error)
        return False
