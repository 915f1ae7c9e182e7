"""A real API on the loopback: the real bundled network, small pictures, and a client that keeps nothing back."""

from __future__ import annotations

import http.client
import io
import json
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

from booth.camera.studio_scene import StudioScene
from booth.config import Settings
from booth.scene.backdrops import load_backdrops
from booth.service.api.building import Api, build_api

WAIT = 60
Parts = Mapping[str, bytes | str]


def png(image: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def picture(self) -> Image.Image:
        picture = Image.open(io.BytesIO(self.body))
        picture.load()
        return picture


@dataclass(frozen=True)
class Client:
    """Calls an API over its socket; `token` None sends none."""

    port: int
    token: str | None
    settings: Settings
    api: Api

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            connection.request(method, path, body, {**sent, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, headers=headers)

    def form(self, path: str, parts: Parts, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form; bytes go as a file, text as text."""
        body, kind = form(parts)
        return self.call("POST", path, body, {"Content-Type": kind, **(headers or {})})

    def json(self, path: str, told: Any) -> Answer:
        return self.call("POST", path, json.dumps(told).encode(), {"Content-Type": "application/json"})


def form(parts: Parts) -> tuple[bytes, str]:
    """A form's body and its content type."""
    border = uuid.uuid4().hex
    out = bytearray()
    for name, value in parts.items():
        is_file = isinstance(value, bytes)
        file = f'; filename="{name}.bin"\r\nContent-Type: application/octet-stream' if is_file else ""
        out += f'--{border}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        out += (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return bytes(out) + f"--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Client]]:
    """Builds and starts an API with settings of its own, and waits until its models are loaded."""
    running: list[Api] = []

    def made(method: str = "bundled", fetcher: Any = None, **api: Any) -> Client:
        client = built(api_settings(tmp_path_factory.mktemp("api"), method, **api), fetcher)
        client.api.start()
        running.append(client.api)
        for worker in client.api.workers:
            assert worker.wait_ready(WAIT)
        return client

    yield made
    for api in running:
        api.stop()


@pytest.fixture(scope="session")
def client(make: Callable[..., Client]) -> Client:
    """An API that runs through all the tests."""
    return make()


@pytest.fixture(scope="session")
def portrait() -> bytes:
    """A photograph of one person, 256 x 256 (NASA, public domain)."""
    return png(np.asarray(Image.fromarray(data.astronaut()).resize((256, 256))))


@pytest.fixture(scope="session")
def drawn() -> tuple[bytes, bytes]:
    """Drawn guests, 320 x 320, and the same place without them."""
    scene = StudioScene()
    return png(scene.image(9.0, 320)), png(scene.image(10.0, 320, empty=True))


def api_settings(root: Path, method: str, **api: Any) -> Settings:
    """Settings of an API that lives in a folder, with two backdrops of its own."""
    backdrops = root / "backdrops"
    backdrops.mkdir(exist_ok=True)
    for name, colour in (("blue", (30, 60, 160)), ("green", (30, 140, 60))):
        Image.new("RGB", (800, 800), colour).save(backdrops / f"{name}.png")
    for name in ("in", "out"):
        (root / name).mkdir(exist_ok=True)
    return Settings.model_validate(
        {
            "matting": {"method": method},
            "scene": {"folders": [str(backdrops)], "house_backdrops": False},
            "spool": {"data": str(root / "data")},
            "api": {
                "port": free_port(),
                "models": [{"name": "plate", "method": "plate"}],
                "inputs": [str(root / "in")],
                "outputs": [str(root / "out")],
                **api,
            },
        }
    )


def built(settings: Settings, fetcher: Any = None) -> Client:
    """An API that is built and not started, with a client for it."""
    assert settings.spool.data is not None
    backdrops, _ = load_backdrops(settings.scene, Path("none"), 512)
    told: list[str] = []
    api = build_api(
        settings,
        settings.spool.data,
        backdrops,
        None,
        lambda notice: told.append(notice.text),
        told.append,
        fetcher,
    )
    token = api.token_file.read_text().strip()
    return Client(settings.api.port, token, settings, api)


@pytest.fixture(scope="session")
def wall() -> bytes:
    """Nobody: an even wall, 320 x 320."""
    return png(np.full((320, 320, 3), 128, np.uint8))
