"""The server of the pickup pages: a thread that the booth never waits for."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from booth.config.settings import ServiceSettings
from booth.shot import Notice

TICK_SECONDS = 0.5
BACK_OFF_SECONDS = (2.0, 20.0)
LIMITS: dict[str, Any] = {
    "threads": 4,
    "connection_limit": 500,
    "channel_timeout": 20,
    "cleanup_interval": 5,
    "max_request_header_size": 16_384,
    "max_request_body_size": 1024,
    "ident": None,
}
log = logging.getLogger(__name__)


class PickupServer:
    """Serves the pages while it runs. An address that cannot be had is tried again for as long as it takes;
    the operator is told under the key "pickup"."""

    def __init__(
        self,
        app: Flask,
        settings: ServiceSettings,
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
    ) -> None:
        self._app = app
        self._settings = settings
        self._on_notice = on_notice
        self._on_clear = on_clear
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="web")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; answers under way are cut off."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                self._serve()
            except Exception as error:
                pause = min(BACK_OFF_SECONDS[1], max(BACK_OFF_SECONDS[0], 2 * pause))
                log.warning("the pickup page: %s; next try in %.0f s", error, pause)
                self._on_notice(self._trouble(error))

    def _serve(self) -> None:
        sockets: dict[int, Any] = {}
        with listening(self._settings.host, self._settings.port) as listener:
            server = create_server(self._app, map=sockets, sockets=[listener], **LIMITS)
            try:
                log.info("the pickup page is at http://%s:%d/", self._settings.host, self._settings.port)
                self._on_clear("pickup")
                while not self._stopping.is_set():
                    wasyncore.loop(timeout=TICK_SECONDS, map=sockets, count=1, use_poll=True)
            finally:
                server.task_dispatcher.shutdown(timeout=1)
                wasyncore.close_all(sockets, ignore_all=True)

    def _trouble(self, error: Exception) -> Notice:
        host, port = self._settings.host, self._settings.port
        return Notice(
            "pickup",
            "warning",
            f"The pickup page cannot be served at {host}:{port}: {error}",
            "Look at service.host and service.port, and whether another program uses them.",
        )


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises OSError if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)
