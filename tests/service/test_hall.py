"""A hall of booths: a real Ray on the loopback, two replicas, one of them killed under load."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from booth.config import Settings
from booth.config.settings import RemoteSettings
from booth.errors import BoothError
from booth.matting.plate_difference import PlateDifference
from booth.matting.remote import Remote
from booth.matting.selftest import drawn_scene
from booth.pipeline import cut_out
from booth.service.hall import Size, deployment_options, hall, replica_settings
from booth.shot import Cutout

WAIT = 240.0
BOOTHS = 4
PHOTOS = 60


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    settings = Settings.model_validate({"spool": {"data": str(tmp_path)}})
    with pytest.raises(BoothError, match=r"pip install 'booth\[ray\]'"), hall(settings, Size()):
        pass


@pytest.mark.parametrize(
    ("machine", "device", "size", "gpus"),
    [
        ({"CPU": 8.0}, "auto", Size(2), None),
        ({"CPU": 8.0, "GPU": 2.0}, "auto", Size(2), 1.0),
        ({"CPU": 8.0, "GPU": 2.0}, "auto", Size(8, per_gpu=4), 0.25),
        ({"CPU": 8.0, "GPU": 2.0}, "cpu", Size(2), None),
    ],
)
def test_replicas_take_a_share_of_a_gpu_where_there_is_one(
    machine: dict[str, float], device: str, size: Size, gpus: float | None
) -> None:
    settings = Settings.model_validate({"matting": {"device": device}})
    options = deployment_options(settings, size, machine)
    assert options["ray_actor_options"].get("num_gpus") == gpus
    assert options["num_replicas"] == size.replicas
    assert options["max_queued_requests"] == settings.api.queue


@pytest.mark.parametrize(
    ("machine", "matting", "threads"),
    [
        ({"CPU": 8.0}, {}, 1),
        ({"CPU": 8.0}, {"threads": 3}, 3),
        ({"CPU": 8.0, "GPU": 2.0}, {}, 0),
        ({"CPU": 8.0, "GPU": 2.0}, {"device": "cpu"}, 1),
    ],
)
def test_a_replica_keeps_to_one_core_where_there_is_no_gpu(
    machine: dict[str, float], matting: dict[str, Any], threads: int
) -> None:
    settings = Settings.model_validate({"matting": matting})
    assert replica_settings(settings, machine).matting.threads == threads


def test_without_a_number_there_are_as_many_as_are_asked_for() -> None:
    scaling = deployment_options(Settings(), Size(most=5), {"CPU": 2.0})["autoscaling_config"]
    assert (scaling["min_replicas"], scaling["max_replicas"]) == (1, 5)


@dataclass(frozen=True)
class Hall:
    """A hall that runs in a process of its own, and the file of its token."""

    port: int
    token: Path
    process: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def replica(self) -> int:
        """The process that answers just now."""
        with urllib.request.urlopen(f"{self.address}/health", timeout=WAIT) as answer:
            return int(answer.headers["Booth-Replica"])

    def listening(self) -> set[str]:
        """The addresses on which any process of the hall listens."""
        addresses = set()
        for process in _children(self.process):
            with suppress(psutil.NoSuchProcess):
                open_sockets = process.net_connections("inet")
                addresses |= {each.laddr.ip for each in open_sockets if each.status == psutil.CONN_LISTEN}
        return addresses


@pytest.fixture
def sockets() -> Iterator[str]:
    """A folder with a short name: those of Ray's sockets may have 107 bytes in all."""
    folder = tempfile.mkdtemp(prefix="hall-")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def running(tmp_path: Path, sockets: str) -> Iterator[Hall]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "hall.yaml"
    told: dict[str, Any] = {
        "api": {"port": port, "queue": 64},
        "matting": {"method": "bundled", "threads": 1},
        "spool": {"data": str(tmp_path / "data")},
    }
    config.write_text(yaml.safe_dump(told), "utf-8")
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "run_booth.py", "--config", str(config), "serve", "--ray", "--replicas", "2"]
    environment = {**os.environ, "RAY_ADDRESS": "local", "RAY_TMPDIR": sockets}
    process = subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    guard = threading.Timer(WAIT, process.kill)  # whatever happens, it does not outlive the test
    guard.start()
    try:
        line = process.stdout.readline()
        found = re.search(r"token: (\S+)", line)
        assert found, f"the hall did not start: {line!r}"
        yield Hall(port, Path(found[1]), process.pid)
        before = _children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
        assert not psutil.wait_procs(before, timeout=20)[1]
    finally:
        guard.cancel()
        started = _children(process.pid)
        process.kill()
        process.wait()
        process.stdout.close()
        for each in psutil.wait_procs(started, timeout=20)[1]:
            each.kill()


def _children(process: int) -> list[psutil.Process]:
    try:
        return psutil.Process(process).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@pytest.mark.heavy
@pytest.mark.timeout(480)
def test_a_replica_killed_under_load_loses_no_photo(running: Hall) -> None:
    scene = drawn_scene()
    settings = RemoteSettings(addresses=(running.address,), deadline=10.0)
    remotes = [Remote(settings, running.token, (0.2, 1.0)) for _ in range(BOOTHS)]
    victim, killed = running.replica(), threading.Event()
    taken = threading.Semaphore(0)

    def photo(number: int) -> Cutout:
        result = cut_out(scene.image, scene.plate, (remotes[number % BOOTHS], PlateDifference()), accept=0.3)
        taken.release()
        assert isinstance(result, Cutout)
        return result

    assert running.listening() <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    try:
        for remote in remotes:
            remote.warm_up()
            assert remote.wait_back(WAIT)
        with ThreadPoolExecutor(BOOTHS) as booths:
            photos = [booths.submit(photo, number) for number in range(PHOTOS)]
            for _ in range(PHOTOS // 4):
                taken.acquire()
            os.kill(victim, signal.SIGKILL)
            killed.set()
            results = [each.result(WAIT) for each in photos]
        assert len(results) == PHOTOS
        by_server = [each.method == "remote server" for each in results]
        assert sum(by_server) >= PHOTOS // 2
        for remote in remotes:  # it is served again, and by whoever lives
            assert remote.wait_back(WAIT)
            assert len(remote.people(scene.image, scene.plate)) == 1
        assert running.replica() != victim
    finally:
        for remote in remotes:
            remote.close()
