"""The API inside the running kiosk: the kiosk's own engine answers, and its photos go first."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from booth.app import running
from booth.config import Settings
from booth.studio.priority import STEP

LONG = 30.0


def test_the_kiosk_serves_the_api_from_its_own_engine(booth_settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings.model_validate(
        {**booth_settings.model_dump(), "api": {"enabled": True, "port": port, "token": tmp_path / "token"}}
    )
    before = set(threading.enumerate())
    with running(settings) as house:
        house.studio.wait_ready(LONG)
        token = (tmp_path / "token").read_text().strip()

        def get(path: str) -> Any:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            told = json.loads(answer.read())
            connection.close()
            return told

        assert get("/api/v1/models")["models"][0]["methods"] == ["clean plate"]
        assert [scene["id"] for scene in get("/api/v1/backdrops")["backdrops"]] == ["blue", "green"]
        mine = set(threading.enumerate()) - before
        answering = [thread for thread in mine if thread.name.startswith("waitress-")]
        assert answering
        for thread in answering if sys.platform == "linux" else ():
            assert os.getpriority(os.PRIO_PROCESS, thread.native_id) == STEP
        shot = house.studio.take("blue").result(LONG)
        assert shot.cutout is not None
        assert house.studio.worker.status.stills == 1
    assert set(threading.enumerate()) <= before


def test_without_being_switched_on_nothing_listens(booth_settings: Settings) -> None:
    with running(booth_settings) as house:
        house.studio.wait_ready(LONG)
        assert not (house.spool.folders.root / "api-token").exists()
