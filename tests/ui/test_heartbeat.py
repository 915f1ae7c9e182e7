"""The event loop's heartbeat, and what is told while it beats."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time

import pytest

from booth.ui.guest import Patience
from booth.ui.heartbeat import Heartbeat, Supervisor


@pytest.fixture
def ear(tmp_path):
    """A supervisor's socket."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(path))
        listening.settimeout(10)
        yield (
            listening,
            {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "400000", "WATCHDOG_PID": str(os.getpid())},
        )


def test_the_supervisor_hears_that_the_booth_is_ready_and_alive(application, ear):
    listening, environment = ear
    heart = Heartbeat(Supervisor(environment), lambda: "attract")
    heart.start()
    heard = []
    try:
        assert listening.recv(200) == b"READY=1"
        Patience(lambda: False, 0.5).wait()
        heard = [listening.recv(200) for _ in range(3)]
    finally:
        heart.stop()
    assert heard[0] == b"WATCHDOG=1\nSTATUS=attract"
    assert heard[1:] == [b"WATCHDOG=1"] * 2
    assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


def test_a_loop_that_stands_still_is_told_with_all_stacks_and_nobody_says_it_is_alive(
    application, ear, caplog
):
    listening, environment = ear
    heart = Heartbeat(Supervisor(environment), stall=0.4)
    with caplog.at_level(logging.WARNING):
        heart.start()
        try:
            Patience(lambda: False, 0.3).wait()
            stand_still(1.2)
            assert heart.stalls == 1
            Patience(lambda: "goes on" in caplog.text, 10).wait()
        finally:
            heart.stop()
    assert "stand_still" in caplog.text
    assert "goes on" in caplog.text
    assert listening.recv(200) == b"READY=1"


def stand_still(seconds: float) -> None:
    time.sleep(seconds)


def test_without_a_supervisor_nobody_is_told():
    silent = Supervisor({})
    assert silent.patience == 0
    assert silent.tell("READY=1") is False


def test_a_watchdog_meant_for_another_process_is_not_ours():
    assert Supervisor({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}).patience == 0


def test_an_abstract_socket_is_reached():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        name = f"booth-test-{os.getpid()}"
        listening.bind(f"\0{name}")
        listening.settimeout(10)
        assert Supervisor({"NOTIFY_SOCKET": f"@{name}"}).tell("READY=1", "STATUS=x")
        assert listening.recv(200) == b"READY=1\nSTATUS=x"
