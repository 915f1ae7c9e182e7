"""`run_booth.py serve`: it listens, answers, and ends when it is told to."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from booth.commands.serve import page_address
from booth.config import Settings

ROOT = Path(__file__).parents[2]
WAIT = 60


def test_it_serves_without_a_screen_until_it_is_told_to_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "serve.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "matting": {"method": "plate"},
                "spool": {"data": str(tmp_path / "data")},
                "scene": {"offered": ["beach"]},
                "api": {"port": port},
            }
        )
    )
    command = [sys.executable, "run_booth.py", "serve", "--config", str(config)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert f":{port}" in process.stdout.readline()
        while "matting ready" not in process.stderr.readline():
            assert process.poll() is None
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
        token = (tmp_path / "data" / "api-token").read_text().strip()
        connection.request("GET", "/api/v1/backdrops", headers={"Authorization": f"Bearer {token}"})
        assert json.loads(connection.getresponse().read())["backdrops"][0]["id"] == "beach"
        connection.close()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("host", "told"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "localhost"), ("::1", "[::1]")],
)
def test_the_pages_address_bears_the_token_where_no_server_sees_it(
    tmp_path: Path, host: str, told: str
) -> None:
    file = tmp_path / "api-token"
    file.write_text("a/b#c-0123456789\n")
    settings = Settings.model_validate({"api": {"host": host, "port": 8091}})
    assert page_address(settings, file) == f"http://{told}:8091/#token=a%2Fb%23c-0123456789"
