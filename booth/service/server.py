"""A web server as a thread that the booth never waits for, and that of the pickup pages."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from booth.config.settings import ServiceSettings
from booth.sentences import say
from booth.shot import Notice

TICK_SECONDS = 0.5
BACK_OFF_SECONDS = (2.0, 20.0)
LIMITS: Mapping[str, Any] = {
    "threads": 4,
    "connection_limit": 500,
    "channel_timeout": 20,
    "cleanup_interval": 5,
    "max_request_header_size": 16_384,
    "max_request_body_size": 1024,
    "ident": None,
}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is served, and how the operator knows it: what it is called, the key of its notice, and
    the section of its settings."""

    host: str
    port: int
    what: str
    key: str
    section: str


class WebServer:
    """Serves an application while it runs. An address that cannot be had is tried again for as long as it
    takes; the operator is told under the place's key."""

    def __init__(
        self,
        app: Flask,
        place: Place,
        limits: Mapping[str, Any],
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
    ) -> None:
        self._app = app
        self._place = place
        self._limits = limits
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
                log.warning("%s: %s; next try in %.0f s", self._place.what, error, pause)
                self._on_notice(self._trouble(error))

    def _serve(self) -> None:
        sockets: dict[int, Any] = {}
        place = self._place
        with listening(place.host, place.port) as listener:
            server = create_server(self._app, map=sockets, sockets=[listener], **self._limits)
            self._opened(server)
            try:
                log.info("%s is at http://%s:%d/", place.what, place.host, place.port)
                self._on_clear(place.key)
                while not self._stopping.is_set():
                    wasyncore.loop(timeout=TICK_SECONDS, map=sockets, count=1, use_poll=True)
                    self._looked_after(server)
            finally:
                server.task_dispatcher.shutdown(timeout=1)
                wasyncore.close_all(sockets, ignore_all=True)

    def _opened(self, server: Any) -> None:
        """Is called with waitress's server before the first connection."""

    def _looked_after(self, server: Any) -> None:
        """Is called after whatever happened, and every `TICK_SECONDS` at least."""

    def _trouble(self, error: Exception) -> Notice:
        place = self._place
        return Notice(
            place.key,
            "warning",
            say(f"{place.key}.unserved", host=place.host, port=place.port, why=str(error)),
            say("web.unserved.help", section=place.section),
        )


class PickupServer(WebServer):
    """Serves the pickup pages; the operator is told under the key "pickup"."""

    def __init__(
        self,
        app: Flask,
        settings: ServiceSettings,
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
    ) -> None:
        place = Place(settings.host, settings.port, "the pickup page", "pickup", "service")
        super().__init__(app, place, LIMITS, on_notice, on_clear)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises OSError if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)
