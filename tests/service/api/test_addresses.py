"""Pictures by address: only https, only named hosts, only outside, resolved once, bounded, never followed."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import trustme

from booth.service.api.addresses import Fetcher, fetcher, is_public
from booth.service.api.app import create_api
from booth.service.api.guard import Guard
from booth.service.api.problems import Problem

OUTSIDE, INSIDE = "127.0.0.2", "127.0.0.1"
HOST = "pictures.example"
MOST = 100_000


class Site:
    """A host of the internet, played on the loopback: what it answers is in the path."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.asked: list[str] = []
        self._context = context
        self._listener = socket.create_server((OUTSIDE, 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                try:
                    with self._context.wrap_socket(connection, server_side=True) as secure:
                        self._answer(secure)
                except OSError:
                    if self.asked[-1:] == ["end"]:
                        return

    def _answer(self, connection: ssl.SSLSocket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(4096)
        self.asked.append(request.decode())
        path = request.split(b" ")[1].decode()
        if path == "/redirect":
            connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: https://{INSIDE}/\r\n\r\n".encode())
        elif path == "/large":
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(MOST + 70_000))
        elif path == "/cut":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf of it")
        elif path == "/drip":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n")
            while True:  # ends when the other side gives up
                connection.sendall(b"x")
                threading.Event().wait(0.02)
        elif path == "/headers":
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X")
                threading.Event().wait(0.02)
        elif path == "/secret":
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nthe secret of the house")
        elif path == "/nonsense":
            connection.sendall(b"nonsense\r\n\r\n")
        else:
            status = b"200 OK" if path == "/photo.png?large=1" else b"404 Not Found"
            connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 7\r\n\r\npicture")

    def stop(self) -> None:
        self.asked.append("end")
        with socket.create_connection((OUTSIDE, self.port)) as connection:
            connection.sendall(b"end")
        self._thread.join()
        self._listener.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def site(authority: trustme.CA) -> Iterator[Site]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(context)
    site = Site(context)
    yield site
    site.stop()


@pytest.fixture
def fetch(site: Site, authority: trustme.CA) -> Fetcher:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return Fetcher(
        (HOST, "other.example"), MOST, 20.0, lambda host, port: [OUTSIDE], context, OUTSIDE.__eq__, site.port
    )


def refused(fetch: Callable[[str, float], bytes], url: str) -> Problem:
    with pytest.raises(Problem) as caught:
        fetch(url, 20.0)
    return caught.value


def test_a_picture_is_fetched_under_its_name(fetch: Fetcher, site: Site) -> None:
    assert fetch(f"https://{HOST}/photo.png?large=1", 20.0) == b"picture"
    assert f"Host: {HOST}:{site.port}" in site.asked[-1]
    assert fetch(f"https://{HOST}:{site.port}/photo.png?large=1", 20.0) == b"picture"


def test_a_redirect_is_not_followed(fetch: Fetcher, site: Site) -> None:
    before = len(site.asked)
    problem = refused(fetch, f"https://{HOST}/redirect")
    assert (problem.status, len(site.asked)) == (502, before + 1)
    assert "leads to another" in problem.detail


def test_a_name_is_resolved_once_and_that_very_address_is_asked(fetch: Fetcher) -> None:
    answers = iter([[OUTSIDE], [INSIDE]])
    rebinding = replace(fetch, resolve=lambda host, port: next(answers))
    assert rebinding(f"https://{HOST}/photo.png?large=1", 20.0) == b"picture"
    assert next(answers) == [INSIDE]


def test_one_address_inside_is_enough_to_refuse(fetch: Fetcher) -> None:
    for found in ([INSIDE], [OUTSIDE, INSIDE], []):
        both = replace(fetch, resolve=lambda host, port, found=found: found)
        assert refused(both, f"https://{HOST}/photo.png?large=1").status == 403


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("large", 502, "larger"),
        ("cut", 502, "cut off"),
        ("missing", 502, "no picture"),
        ("nonsense", 502, "safely"),
    ],
)
def test_what_cannot_be_used_is_refused(fetch: Fetcher, path: str, status: int, said: str) -> None:
    problem = refused(fetch, f"https://{HOST}/{path}")
    assert problem.status == status
    assert said in problem.detail


@pytest.mark.parametrize("path", ["drip", "headers"])
def test_one_that_never_ends_is_cut_at_its_cap(fetch: Fetcher, path: str) -> None:
    problem = refused(replace(fetch, seconds=0.3), f"https://{HOST}/{path}")
    assert (problem.status, "in time" in problem.detail) == (504, True)


def test_a_certificate_for_another_name_is_refused(fetch: Fetcher) -> None:
    assert refused(fetch, "https://other.example/photo.png?large=1").status == 502


def test_a_name_that_does_not_resolve_is_told(fetch: Fetcher) -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    assert refused(replace(fetch, resolve=nowhere), f"https://{HOST}/x").status == 502


def test_a_resolver_that_never_answers_is_not_waited_for(fetch: Fetcher) -> None:
    answer = threading.Event()

    def silent(host: str, port: int) -> list[str]:
        answer.wait(20)
        return [OUTSIDE]

    began = time.monotonic()
    problem = refused(replace(fetch, resolve=silent, seconds=0.2), f"https://{HOST}/photo.png?large=1")
    assert (problem.status, time.monotonic() - began < 10) == (504, True)
    answer.set()


def test_proxies_of_the_environment_are_not_asked(fetch: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(f"https://{HOST}/photo.png?large=1", 20.0) == b"picture"


def test_without_named_hosts_nothing_is_fetched() -> None:
    assert refused(fetcher((), MOST, 1.0), "https://www.python.org/").status == 403


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        *((inner, False) for inner in ("10.1.2.3", "172.16.0.1", "192.168.0.1", "127.0.0.1", "127.9.9.9")),
        *((inner, False) for inner in ("0.0.0.0", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1")),
        *((inner, False) for inner in ("255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1")),
        *((inner, False) for inner in ("fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "::ffff:10.0.0.1")),
        *((inner, False) for inner in ("::7f00:1", "64:ff9b::a00:1", "2002:a00:1::", "2001::1", "nonsense")),
        ("::ffff:93.184.215.14", True),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.fixture
def web(client: Any, portrait: bytes) -> Any:
    """The API of the session without its socket, where one address has a picture."""

    def fetch(url: str, seconds: float) -> bytes:
        return portrait if url.endswith("photo.png") else b"the secret of the house"

    guard = Guard("x", {"localhost"}, {"/api/v1/detect", "/api/v1/matte"})
    return create_api(client.settings, client.api.models, (), guard, fetch).test_client()


def test_an_address_stands_for_a_picture(web: Any) -> None:
    asked = web.get("/api/v1/detect?url=https://pictures.example/photo.png&masks=none")
    assert asked.json["labels"][0] == "person"
    assert web.post("/api/v1/matte", json={"url": "https://pictures.example/photo.png"}).status_code == 200


def test_what_was_fetched_is_never_told(web: Any) -> None:
    answer = web.post("/api/v1/detect", json={"url": "https://pictures.example/secret"})
    assert answer.status_code == 415
    assert "secret of the house" not in json.dumps(answer.json)
