from __future__ import annotations

import http.client
import queue
import socket
import threading
import time

import pytest
from flask import Flask

from booth.config.settings import EventSettings, ServiceSettings
from booth.service import server
from booth.service.app import create_app
from booth.service.server import PickupServer
from booth.shot import Notice, Ticket
from booth.spool.pickup import Pickups
from booth.spool.spool import Spool

WAIT = 20


class Desk:
    """A server on a free port of the loopback, and what it says."""

    def __init__(self, app: Flask) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.notices: queue.Queue[Notice] = queue.Queue()
        self.cleared: queue.Queue[str] = queue.Queue()
        settings = ServiceSettings(enabled=True, port=self.port)
        self.server = PickupServer(app, settings, self.notices.put, self.cleared.put)

    def get(self, path: str) -> tuple[int, bytes, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.getheader("Server") or ""
        finally:
            connection.close()


@pytest.fixture
def desk(spool: Spool, event: EventSettings) -> Desk:
    return Desk(create_app(Pickups(spool), event, ServiceSettings()))


def test_the_pages_are_served_over_http(desk: Desk, ticket: Ticket) -> None:
    desk.server.start()
    try:
        assert desk.cleared.get(timeout=WAIT) == "pickup"
        status, page, name = desk.get(f"/p/{ticket.token}")
        assert (status, name) == (200, "")
        assert ticket.code.encode() in page
        assert desk.get(f"/p/{ticket.token}/photo.jpg")[1].startswith(b"\xff\xd8")
        assert desk.get("/p/wrong")[0] == 404
    finally:
        desk.server.stop()
    with pytest.raises(ConnectionRefusedError):
        desk.get("/health")


def test_stopping_does_not_wait_for_a_phone_that_holds_the_line(desk: Desk) -> None:
    desk.server.start()
    assert desk.cleared.get(timeout=WAIT) == "pickup"
    with socket.create_connection(("127.0.0.1", desk.port)) as phone:
        phone.sendall(b"GET /p/")
        start = time.monotonic()
        desk.server.stop()
        assert time.monotonic() - start < 5
    desk.server.stop()


def test_two_hundred_slow_phones_keep_nobody_waiting(desk: Desk, ticket: Ticket) -> None:
    """Row 50."""
    desk.server.start()
    assert desk.cleared.get(timeout=WAIT) == "pickup"
    slow = [socket.create_connection(("127.0.0.1", desk.port)) for _ in range(200)]
    try:
        for phone in slow:
            phone.sendall(b"G")
        assert desk.get(f"/p/{ticket.token}")[0] == 200
        for phone in slow:
            phone.sendall(b"E")
        assert desk.get("/health")[0] == 200
    finally:
        for phone in slow:
            phone.close()
        desk.server.stop()


def test_a_taken_port_is_told_and_does_not_stop_the_booth(desk: Desk) -> None:
    """Row 45."""
    with socket.create_server(("127.0.0.1", desk.port)):
        desk.server.start()
        notice = desk.notices.get(timeout=WAIT)
        desk.server.stop()
    assert (notice.key, notice.level) == ("pickup", "warning")
    assert str(desk.port) in notice.text
    assert "service.port" in notice.remedy


def test_the_page_is_back_as_soon_as_its_port_is(
    desk: Desk, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 45: tokens that were given are good again."""
    monkeypatch.setattr(server, "BACK_OFF_SECONDS", (0.05, 0.1))
    with socket.create_server(("127.0.0.1", desk.port)):
        desk.server.start()
        assert desk.notices.get(timeout=WAIT).key == "pickup"
    assert desk.cleared.get(timeout=WAIT) == "pickup"
    assert desk.get(f"/p/{ticket.token}")[0] == 200
    desk.server.stop()


def test_a_server_that_dies_is_back_in_seconds_with_the_same_tokens(
    desk: Desk, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 45: in the middle of the evening, with its own pauses."""
    loop, deaths = server.wasyncore.loop, [OSError("bad file descriptor")]

    def dies_once(**named: object) -> None:
        if deaths and threading.current_thread() is desk.server._thread:
            raise deaths.pop()
        loop(**named)

    desk.server.start()
    assert desk.cleared.get(timeout=WAIT) == "pickup"
    assert desk.get(f"/p/{ticket.token}")[0] == 200
    start = time.monotonic()
    monkeypatch.setattr(server.wasyncore, "loop", dies_once)
    assert "bad file descriptor" in desk.notices.get(timeout=WAIT).text
    assert desk.cleared.get(timeout=WAIT) == "pickup"
    assert time.monotonic() - start < 5
    assert desk.get(f"/p/{ticket.token}")[0] == 200
    desk.server.stop()


def test_a_server_never_started_stops_at_once(desk: Desk) -> None:
    desk.server.stop()
