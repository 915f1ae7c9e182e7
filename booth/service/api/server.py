"""The API's server: refuses by the headers alone, gives a request so much time to arrive, answers in problems."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask
from waitress.utilities import Error

from booth.config.settings import ApiSettings
from booth.service.api.guard import Guard
from booth.service.api.problems import Problem
from booth.service.server import Place, WebServer
from booth.shot import Notice
from booth.studio.priority import give_way

CONNECTIONS = 200
IDLE_SECONDS = 15
SPARE_THREADS = 6
"""Threads beside those of the requests taken in, so that health is told and refusals come at once."""
LARGEST_ANSWER = 256_000_000
"""Bytes of an answer that are taken from its thread at once: a slow reader holds no thread."""

_ADVICE = {
    400: "This is no HTTP request that can be read; send HTTP/1.1 with well-formed headers.",
    413: "The request is larger than api.body allows: send a smaller picture.",
    431: "The headers are too long: send fewer.",
    501: "Send the body with a Content-Length or as chunks.",
}


class _Refused(Error):  # type: ignore[misc]  # noqa: N818 (it is answered, never raised)
    """A problem in the shape of waitress's own errors."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.code = problem.status
        self.problem = problem


class _ProblemTask(ErrorTask):  # type: ignore[misc]
    """Answers a request that never reaches the application."""

    def execute(self) -> None:
        error = self.request.error
        problem = getattr(error, "problem", None) or Problem(
            error.code, "request", _ADVICE.get(error.code, f"{error.reason}: {error.body}")
        )
        body = problem.body()
        self.status = f"{problem.status} {HTTPStatus(problem.status).phrase}"
        self.response_headers.extend(problem.headers.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows since when its request is arriving."""

    error_task_class = _ProblemTask
    request: Any
    begun = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.begun = time.monotonic()
        return bool(super().received(data))

    def del_channel(self, map: Any = None) -> None:
        super().del_channel(map)
        if self.request is not None:
            self.request.close()  # what had arrived may lie in a temporary file

    def give_up(self) -> None:
        """Answer a request that takes too long to arrive."""
        problem = Problem(408, "slow", "The request did not arrive in time (api.receive): send it faster.")
        with self.requests_lock:
            request, self.request = self.request, None
            if request is None:
                return
            if not request.headers_finished:
                request.parse_header(b"GET / HTTP/1.0\r\n")
            request.error, request.completed = _Refused(problem), True
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)


def _channel(guard: Guard) -> type[_Channel]:
    """The connections of a server whose requests are looked at by a guard as soon as their headers are there."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        def received(self, data: bytes) -> int:
            consumed = super().received(data)
            if self.error:
                self.expect_continue = False  # no «100 Continue» for what is refused
            return int(consumed)

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            asked = self.headers
            refusal = guard.refusal(asked.get("HOST", ""), asked.get("AUTHORIZATION", ""), self.path)
            if refusal:
                self.error, self.completed = _Refused(refusal), True

    return type("Channel", (_Channel,), {"parser_class": Parser})


class ApiServer(WebServer):
    """Serves the API; the operator is told under the key "api".

    `beside_kiosk` has its threads wait behind the screen's and the camera's.
    """

    def __init__(
        self,
        app: Flask,
        settings: ApiSettings,
        guard: Guard,
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
        beside_kiosk: bool = False,
    ) -> None:
        limits = {
            "threads": settings.queue + SPARE_THREADS,
            "connection_limit": CONNECTIONS,
            "channel_timeout": IDLE_SECONDS,
            "cleanup_interval": 2,
            "max_request_header_size": 16_384,
            "max_request_body_size": settings.body * 1_000_000 + 1,
            "outbuf_high_watermark": LARGEST_ANSWER,
            "ident": None,
        }
        place = Place(settings.host, settings.port, "the API", "api", "api")
        super().__init__(app, place, limits, on_notice, on_clear)
        self._receive = settings.receive
        self._guard = guard
        self._beside_kiosk = beside_kiosk

    def _work(self) -> None:
        if self._beside_kiosk:
            give_way()
        super()._work()

    def _opened(self, server: Any) -> None:
        server.channel_class = _channel(self._guard)

    def _looked_after(self, server: Any) -> None:
        late = time.monotonic() - self._receive
        for channel in list(server.active_channels.values()):
            if channel.request is not None and channel.begun < late:
                channel.give_up()
