"""The event loop's heartbeat: told to the supervisor while it beats, with every stack in the log when it stops.

The protocol is systemd's `sd_notify`: datagrams of `NAME=value` lines to the socket that `NOTIFY_SOCKET` names.
Where there is none nobody is told, and stalls are still found.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer, Slot

log = logging.getLogger(__name__)

BEAT_MS = 250
STALL_SECONDS = 2.0
"""Without a beat for so long a guest has seen the screen stand still; the stacks say where."""


class Supervisor:
    """Whoever started the booth and wants to hear of it."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        meant = environment.get("WATCHDOG_PID", "")
        is_meant = not meant or meant == str(os.getpid())
        interval = environment.get("WATCHDOG_USEC", "")
        self.patience = int(interval) / 1e6 if is_meant and interval.isdecimal() else 0.0
        """Seconds without a word after which the booth is ended; 0 where nobody watches."""

    def tell(self, *lines: str) -> bool:
        """Send a datagram; whether somebody took it."""
        if not self._address.startswith(("/", "@")):
            return False
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.settimeout(1.0)
                sender.sendto("\n".join(lines).encode(), address)
        except OSError as error:
            log.warning("the supervisor could not be told %s: %s", lines[0], error)
            return False
        return True


class Heartbeat(QObject):
    """Beats with the event loop of its thread; a watcher listens from a thread of its own."""

    def __init__(
        self,
        supervisor: Supervisor,
        status: Callable[[], str] = lambda: "",
        stall: float = STALL_SECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._supervisor = supervisor
        self._status = status
        self._stall = stall
        self._beaten_at = time.monotonic()
        self._stopping = threading.Event()
        self._news_now = self._told = ""
        self._lasted = 0.0
        self.stalls = 0
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._watcher = threading.Thread(target=self._watch, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Say that the booth is ready, and beat from now on."""
        self._beat()
        self._timer.start()
        self._watcher.start()
        self._supervisor.tell("READY=1")

    def stop(self) -> None:
        """End the watcher; whoever supervises is given the time that stopping takes."""
        self._timer.stop()
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join()

    @Slot()
    def _beat(self) -> None:
        self._beaten_at = time.monotonic()
        self._news_now = self._status()

    def _watch(self) -> None:
        """Runs in the watcher's thread: a beat that is missed is a stall, and no word goes to the supervisor."""
        pause = min(self._stall / 4, self._supervisor.patience / 4 or self._stall)
        stalled = False
        while not self._stopping.wait(pause):
            late = time.monotonic() - self._beaten_at
            if late < self._stall:
                if stalled:
                    log.warning("the event loop goes on, after %.1f s", self._lasted)
                stalled = False
                self._supervisor.tell("WATCHDOG=1", *self._news())
                continue
            self._lasted = late
            if not stalled:
                stalled = True
                self.stalls += 1
                log.error("the event loop has stood still for %.1f s; all stacks:\n%s", late, stacks())

    def _news(self) -> tuple[str, ...]:
        if self._news_now == self._told:
            return ()
        self._told = self._news_now
        return (f"STATUS={self._told}",)


def stacks() -> str:
    """Give what every thread is doing just now."""
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        return file.read().decode(errors="replace")
