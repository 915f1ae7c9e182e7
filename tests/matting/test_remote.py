"""The rung that asks a server, against real servers on the loopback that fail in every way."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from booth.config.settings import MattingSettings, RemoteSettings
from booth.errors import MattingError
from booth.matting.engine import Engine, build_engine, mended, warmed
from booth.matting.people import union
from booth.matting.plate_difference import PlateDifference
from booth.matting.remote import BusyError, Remote, exchanged
from booth.matting.selftest import drawn_scene
from booth.matting.wire import Answered, answer_bytes, asked
from booth.matting.worker import Worker
from booth.pipeline import cut_out
from booth.shot import Cutout, nobody

TOKEN = "a-token-of-sixteen-letters"
QUICK = (0.01, 0.04)
WAIT = 30.0


@dataclass
class Server:
    """Answers as it should, until `manner` is told otherwise."""

    port: int = 0
    manner: str = "well"
    asked: list[str] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    seen: threading.Condition = field(default_factory=threading.Condition)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def note(self, manner: str) -> None:
        with self.seen:
            self.asked.append(manner)
            self.seen.notify_all()

    def answer_to(self, body: bytes) -> bytes:
        question = asked(body)
        height, width = question.image.shape[:2]
        people = PlateDifference().people(question.image, question.plate)
        if self.manner == "other size":
            height += 1
        if self.manner == "nobody":
            people = nobody()
        data = answer_bytes(Answered(people, "clean plate", 0.01), height, width)
        return data[:-3] if self.manner == "short" else data


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            manner = server.manner
            server.note(manner)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self._send(401, json.dumps({"detail": "Send the token."}).encode())
            elif manner == "hang":
                server.go.wait()
            elif manner == "cut":
                self.connection.shutdown(socket.SHUT_RDWR)
            elif manner == "drip":
                self._drip(server.answer_to(body))
            elif manner == "late":
                server.go.wait(1.0)
                self._send(200, server.answer_to(body))
            elif manner == "busy":
                self._send(503, json.dumps({"detail": "8 are waiting."}).encode(), {"Retry-After": "1"})
            elif manner == "broken":
                self._send(500, b"<html>")
            elif manner == "moved":
                self._send(302, b"", {"Location": server.address})
            elif manner == "rubbish":
                self._send(200, b"<html>" * 20)
            elif manner == "endless":
                self._endless()
            else:
                self._send(200, server.answer_to(body))

        def _send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def _drip(self, data: bytes) -> None:
            """Each byte comes in time; the whole answer does not."""
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            for byte in data:
                if server.go.wait(0.05):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()

        def _endless(self) -> None:
            self.send_response(200)
            self.end_headers()
            while not server.go.is_set():
                self.wfile.write(bytes(1_000_000))

        def handle(self) -> None:
            with suppress(OSError):  # the client has had enough
                super().handle()

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.go.set()
        http.shutdown()
        thread.join()
        http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(0o600)
    return path


Connect = Callable[..., Remote]


@pytest.fixture
def connect(token: Path) -> Iterator[Connect]:
    remotes: list[Remote] = []

    def build(*servers: Server, deadline: float = 10.0, **values: object) -> Remote:
        addresses = tuple(each.address for each in servers)
        told = {"addresses": addresses, "deadline": deadline, "quality": 100, **values}
        remotes.append(Remote(RemoteSettings.model_validate(told), token, QUICK))
        return remotes[-1]

    yield build
    for remote in remotes:
        remote.close()


def overlap(people: object) -> float:
    scene = drawn_scene()
    found = union(people, *scene.truth.shape) > 0.5  # type: ignore[arg-type]
    return float((found & scene.truth).sum() / (found | scene.truth).sum())


def test_a_server_finds_whom_this_machine_would_find(server: Server, connect: Connect) -> None:
    remote = connect(server)
    remote.warm_up()
    scene = drawn_scene()
    people = remote.people(scene.image, scene.plate)
    own = PlateDifference().people(scene.image, scene.plate)
    np.testing.assert_allclose(people.boxes, own.boxes, atol=1e-3)
    assert (remote.device, remote.notices) == (server.address, ())
    assert {"encode", "server", "exchange"} <= set(remote.timings)


def test_boxes_are_those_of_the_picture_that_is_kept(server: Server, connect: Connect) -> None:
    remote = connect(server, side=256)
    remote.warm_up()
    scene = drawn_scene()
    large = cv2.resize(scene.image, (600, 600), interpolation=cv2.INTER_CUBIC)
    plate = cv2.resize(scene.plate.image, (600, 600), interpolation=cv2.INTER_CUBIC)
    people = remote.people(large, replace(scene.plate, image=plate))
    found = union(people, 600, 600) > 0.5
    truth = cv2.resize(scene.truth.astype(np.uint8), (600, 600)) > 0
    assert (found & truth).sum() / (found | truth).sum() > 0.9


MANNERS = {
    "hang": "no answer within",
    "cut": "",
    "drip": "no answer within",
    "late": "no answer within",
    "broken": "500",
    "moved": "302",
    "rubbish": "does not begin",
    "endless": "",
    "short": "cut off",
    "other size": "asked was about",
}


@pytest.mark.parametrize("manner", MANNERS)
def test_the_same_photo_is_made_by_the_next_rung_and_a_dead_server_costs_nothing_twice(
    server: Server, connect: Connect, manner: str
) -> None:
    remote = connect(server, deadline=0.3)
    remote.warm_up()
    assert remote.wait_back(WAIT)
    remote._pauses = (3600.0, 3600.0)  # it shall not come back by itself here
    scene = drawn_scene()
    ladder = (remote, PlateDifference())
    server.manner = manner
    began = time.monotonic()
    first = cut_out(scene.image, scene.plate, ladder, accept=0.3)
    assert isinstance(first, Cutout)
    assert time.monotonic() - began < WAIT
    assert [decision.method for decision in first.decisions] == ["remote server", "clean plate"]
    assert MANNERS[manner] in first.decisions[0].why
    photos = server.asked.count(manner)
    second = cut_out(scene.image, scene.plate, ladder, accept=0.3)
    assert isinstance(second, Cutout)
    assert server.asked.count(manner) == photos == 1
    assert "is away" in second.decisions[0].why
    assert [notice.level for notice in remote.notices] == ["warning"]
    assert remote.device == "away"


def test_it_comes_back_by_itself(server: Server, connect: Connect) -> None:
    remote = connect(server, deadline=5.0)
    server.manner = "broken"
    remote.warm_up()
    assert "500" in remote.notices[0].text
    with server.seen:  # it is tried again and again
        assert server.seen.wait_for(lambda: len(server.asked) > 3, WAIT)
    server.manner = "well"
    assert remote.wait_back(WAIT)
    assert remote.notices == ()
    scene = drawn_scene()
    assert overlap(remote.people(scene.image, scene.plate)) > 0.9


def test_a_busy_server_is_not_away(server: Server, connect: Connect) -> None:
    remote = connect(server)
    remote.warm_up()
    scene = drawn_scene()
    server.manner = "busy"
    with pytest.raises(MattingError, match="8 are waiting"):
        remote.people(scene.image, scene.plate)
    assert [notice.key for notice in remote.notices] == ["matting.remote.busy"]
    server.manner = "well"
    assert overlap(remote.people(scene.image, scene.plate)) > 0.9
    assert remote.notices == ()


@pytest.mark.parametrize("manner", ["hang", "cut", "busy", "rubbish"])
def test_the_next_server_is_asked_within_the_same_deadline(
    server: Server, connect: Connect, manner: str
) -> None:
    with serving() as second:
        remote = connect(server, second, deadline=4.0)
        remote.warm_up()
        server.manner = manner
        scene = drawn_scene()
        assert overlap(remote.people(scene.image, scene.plate)) > 0.9
        assert second.asked == ["well", "well"]


def test_a_port_where_nobody_listens_is_told_at_once(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    remote = connect(Server(port))
    remote.warm_up()
    assert "refused" in remote.notices[0].text.lower()
    with pytest.raises(MattingError, match="is away"):
        remote.people(drawn_scene().image, None)


def test_a_wrong_token_is_told_and_the_right_one_taken_without_a_restart(
    server: Server, connect: Connect, token: Path
) -> None:
    token.write_text("not-the-token-at-all")
    remote = connect(server)
    remote.warm_up()
    assert "401 Send the token." in remote.notices[0].text
    token.write_text(TOKEN)
    assert remote.wait_back(WAIT)


@pytest.mark.parametrize("state", ["missing", "empty", "open to all"])
def test_a_token_that_cannot_be_used_is_told(
    server: Server, connect: Connect, token: Path, state: str
) -> None:
    if state == "missing":
        token.unlink()
    elif state == "empty":
        token.write_text("")
    else:
        token.chmod(0o644)
    remote = connect(server)
    remote.warm_up()
    assert "token" in remote.notices[0].text
    assert server.asked == []


def test_an_exchange_ends_its_thread_at_the_deadline(server: Server) -> None:
    server.manner = "hang"
    before = set(threading.enumerate())
    with pytest.raises(MattingError, match="no answer within"):
        exchanged(server.address, TOKEN, b"question", 0.2)
    for thread in set(threading.enumerate()) - before:
        if thread.name == "remote-exchange":
            thread.join(WAIT)
            assert not thread.is_alive()


def test_busy_is_told_apart(server: Server) -> None:
    server.manner = "busy"
    with pytest.raises(BusyError):
        exchanged(server.address, TOKEN, b"question", 10)


def test_an_engine_stands_without_its_server_and_takes_it_up_later(
    server: Server, token: Path, tmp_path: Path
) -> None:
    server.manner = "broken"
    settings = MattingSettings(
        method="remote", threads=1, remote=RemoteSettings(addresses=(server.address,), token=token)
    )
    built = build_engine(settings, tmp_path)
    remote = built.ladder[0]
    assert isinstance(remote, Remote)
    remote._pauses = QUICK
    worker = Worker(lambda: built)
    worker.start()
    try:
        assert worker.wait_ready(WAIT)
        status = worker.status
        assert status.methods[0] == "remote server"
        assert "clean plate" in status.methods
        assert "is away: it answered 500" in status.why
        assert any(notice.key.startswith("matting.remote") for notice in status.notices)
        server.manner = "well"
        assert remote.wait_back(WAIT)
        assert not any(notice.key.startswith("matting.remote") for notice in worker.status.notices)
        assert (worker.status.restart, worker.status.device) == ("", server.address)
    finally:
        worker.stop()
    assert remote._is_closed


def test_a_server_that_fails_is_never_given_up(server: Server, connect: Connect) -> None:
    server.manner = "cut"
    engine = warmed(Engine((connect(server), PlateDifference()), "Two rungs."))
    after = mended(engine)
    assert (after.methods, after.restart) == (("remote server", "clean plate"), "")
    assert [rung.name for rung in after.local] == ["clean plate"]
