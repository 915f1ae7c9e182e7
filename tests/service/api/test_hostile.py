"""Everybody who means no good: each request is refused by its status, and the service lives on."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from booth.bench.hostile import BODY_MB, CAP_SECONDS, INSIDE, Attempt, Target, attempts, laid_out, sent
from booth.service.api.addresses import fetcher

NAMES = [attempt.name for attempt in attempts(Target(1, "t", Path("/tmp")))]


class Inside:
    """A server of this network's inside, which must never hear of anything."""

    def __init__(self) -> None:
        self.hits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            with self._listener.accept()[0] as connection:
                if connection.recv(100) == b"end":
                    return
                self.hits += 1

    def stop(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"end")
        self._thread.join()
        self._listener.close()


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    inside = Inside()
    yield inside
    inside.stop()


@pytest.fixture(scope="module")
def target(make: Callable[..., Any], inside: Inside) -> Target:
    """An API with every door open that can be opened, and a resolver that leads inside."""
    fetch = replace(
        fetcher(tuple(INSIDE), BODY_MB * 1_000_000, CAP_SECONDS),
        resolve=lambda host, port: INSIDE[host],
        port=inside.port,  # were an address inside ever connected to, it would be here
    )
    client = make("plate", fetch, body=BODY_MB, receive=CAP_SECONDS, fetch=CAP_SECONDS, models=[])
    root = Path(client.settings.spool.data).parent
    laid_out(root)
    return Target(client.port, client.token, root)


@pytest.fixture(scope="module")
def every(target: Target) -> dict[str, Attempt]:
    return {attempt.name: attempt for attempt in attempts(target)}


def test_there_are_many_attempts_and_none_twice() -> None:
    assert len(set(NAMES)) == len(NAMES) > 60


@pytest.mark.parametrize("name", NAMES)
def test_it_is_refused_with_what_to_do(every: dict[str, Attempt], target: Target, name: str) -> None:
    attempt = every[name]
    status, body = sent(target.port, attempt.raw)
    assert status == attempt.status, body
    told = json.loads(body)
    assert told["status"] == status
    assert len(told["detail"]) > 20
    assert str(target.root) not in told["detail"]
    assert sent(target.port, target.request("/ready", method="GET"))[0] == 200


def test_nothing_inside_was_touched_and_nothing_is_left_behind(
    every: dict[str, Attempt], target: Target, inside: Inside
) -> None:
    secret = (target.root / "secret.png").read_bytes()
    for attempt in every.values():
        if not attempt.waits:
            sent(target.port, attempt.raw)
    assert inside.hits == 0
    assert sorted(path.name for path in (target.root / "out").iterdir()) == ["away", "there.png"]
    assert (target.root / "secret.png").read_bytes() == secret
    assert (target.root / "out" / "there.png").read_bytes() == b""
    parts = [(name, (target.root / "in" / "good.png").read_bytes()) for name in ("image", "plate")]
    assert sent(target.port, target.form("detect", *parts))[0] == 200


def test_the_clients_that_leave_are_forgotten(target: Target, every: dict[str, Attempt]) -> None:
    for attempt in every.values():
        with socket.create_connection(("127.0.0.1", target.port)) as connection:
            connection.sendall(attempt.raw[: len(attempt.raw) // 2])
    assert sent(target.port, target.request("/ready", method="GET"))[0] == 200
