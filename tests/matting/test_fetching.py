"""Weights that come while the booth runs, from a server on loopback that can hold its breath."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from booth.app import running
from booth.config import Settings
from booth.config.settings import MattingSettings
from booth.errors import MattingError
from booth.matting import weights
from booth.matting.engine import Engine
from booth.matting.fetching import KEY, WeightsFetch
from booth.matting.live_network import LiveNetwork
from booth.matting.plate_difference import PlateDifference
from booth.matting.weights import Checkpoint, fetch
from booth.shot import Notice
from booth.ui.panel_shown import notes

DATA = np.random.default_rng(5).bytes(2_000_000)
FILE = f"tiny_coco-{hashlib.sha256(DATA).hexdigest()[:8]}.pth"
PATIENCE = 30.0

FETCHING = """
import sys
from pathlib import Path
from booth.matting import weights
weights.CHECKPOINTS = (weights.Checkpoint("tiny", sys.argv[1], 2),)
weights.fetch("tiny", Path(sys.argv[2]), sys.argv[3],
              lambda done, total: print(done, flush=True) if done >= 1_000_000 else None)
"""


class Server(ThreadingHTTPServer):
    """Serves DATA; after `hold_at` bytes of an answer it waits for `go_on`."""

    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = DATA
        self.hold_at: int | None = None
        self.go_on = threading.Event()
        self.asked: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        body = self.server.data[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        held = self.server.hold_at
        try:
            self.wfile.write(body[:held])
            self.wfile.flush()
            if held is not None:
                self.server.go_on.wait(PATIENCE)
                self.wfile.write(body[held:])
        except OSError:
            self.close_connection = True  # whoever asked was killed

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "CHECKPOINTS", (Checkpoint("tiny", FILE, 2),))


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


class Board:
    """Keeps what is posted, and lets a test wait for a word."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self._change = threading.Condition()

    def post(self, notice: Notice) -> None:
        with self._change:
            self.notices.append(notice)
            self._change.notify_all()

    def wait_for(self, word: str) -> Notice:
        with self._change:
            assert self._change.wait_for(lambda: any(word in n.text for n in self.notices), PATIENCE)
            return next(notice for notice in self.notices if word in notice.text)


def test_progress_is_shown_and_the_end_is_told(server: Server, tmp_path: Path) -> None:
    board = Board()
    server.hold_at = 1_000_000
    fetching = WeightsFetch("tiny", tmp_path, server.address, board.post)
    fetching.start()
    held = board.wait_for(" 50 %")
    assert (held.key, held.level) == (KEY, "info")
    assert held.text == "Fetching the weights of tiny: 50 %."
    server.go_on.set()
    assert "Restart the booth" in board.wait_for("have come and are sound").remedy
    fetching.stop()
    assert not fetching.is_alive()
    assert {notice.key for notice in board.notices} == {KEY}
    assert (tmp_path / FILE).read_bytes() == DATA


def test_the_panel_shows_how_far_it_is_while_the_booth_runs(
    server: Server, booth_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = booth_settings.matting.maskrcnn.model
    monkeypatch.setattr(weights, "CHECKPOINTS", (Checkpoint(model, FILE, 2),))
    monkeypatch.setattr("booth.app.build_engine", lambda *_: Engine((PlateDifference(),), "No network."))
    monkeypatch.setattr("booth.studio.studio.load_live_network", _no_network)
    matting = booth_settings.matting.model_copy(update={"method": "auto", "fetch_from": server.address})
    server.hold_at = 1_000_000
    with running(booth_settings.model_copy(update={"matting": matting})) as house:

        def wait_for(text: str) -> dict[str, Any]:
            pause = threading.Event()
            for _ in range(int(PATIENCE / 0.01)):
                for note in notes("en", house.studio.notices()):
                    if text in note["text"]:
                        return note
                pause.wait(0.01)
            raise TimeoutError(f"the panel never said {text!r}")

        assert wait_for(f"Fetching the weights of {model}: 50 %.")["level"] == "info"
        server.go_on.set()
        assert "Restart the booth" in wait_for("have come and are sound")["remedy"]


def _no_network(settings: MattingSettings) -> LiveNetwork:
    raise MattingError("none is wanted here")


def test_stopping_the_booth_stops_it_and_the_next_start_goes_on(server: Server, tmp_path: Path) -> None:
    board = Board()
    server.hold_at = 1_000_000
    fetching = WeightsFetch("tiny", tmp_path, server.address, board.post)
    fetching.start()
    board.wait_for(" 50 %")
    stopping = threading.Thread(target=fetching.stop, args=(PATIENCE,))
    stopping.start()
    fetching._stopping.wait(PATIENCE)
    server.go_on.set()
    stopping.join()
    assert not fetching.is_alive()
    assert not (tmp_path / FILE).exists()
    server.hold_at = None
    again = WeightsFetch("tiny", tmp_path, server.address, board.post)
    again.start()
    board.wait_for("have come and are sound")
    again.stop()
    assert server.asked[0] is None
    assert server.asked[1] is not None


def test_what_was_published_wrong_is_told_with_the_remedy(server: Server, tmp_path: Path) -> None:
    server.data = DATA[:-1] + b"x" if DATA[-1:] != b"x" else DATA[:-1] + b"y"
    board = Board()
    fetching = WeightsFetch("tiny", tmp_path, server.address, board.post)
    fetching.start()
    told = board.wait_for("were not fetched")
    fetching.stop()
    assert told.level == "warning"
    assert "was published" in told.text
    assert list(tmp_path.iterdir()) == []


def test_no_room_is_told_with_the_megabytes(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_SPARE", 1 << 60)
    board = Board()
    fetching = WeightsFetch("tiny", tmp_path, server.address, board.post)
    fetching.start()
    assert "make room" in board.wait_for("were not fetched").text
    fetching.stop()


def test_nothing_is_asked_for_where_weights_are_installed_or_damaged(server: Server, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"damaged")
    board = Board()
    fetching = WeightsFetch("tiny", tmp_path, server.address, board.post)
    fetching.start()
    fetching.join(PATIENCE)
    assert (board.notices, server.asked) == ([], [])


def test_a_process_killed_in_the_middle_loses_nothing_that_came(server: Server, tmp_path: Path) -> None:
    server.hold_at = 1_200_000
    process = subprocess.Popen(
        [sys.executable, "-c", FETCHING, FILE, str(tmp_path), server.address],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) >= 1_000_000
        process.kill()
    server.go_on.set()
    server.hold_at = None
    part = tmp_path / f"{FILE}.part"
    kept = part.stat().st_size
    assert 0 < kept <= 1_200_000
    assert not (tmp_path / FILE).exists()
    assert fetch("tiny", tmp_path, server.address).read_bytes() == DATA
    assert server.asked == [None, f"bytes={kept}-"]
