"""The store of weights, against a server on loopback that can be told to misbehave."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from booth.errors import WeightsError
from booth.matting import weights
from booth.matting.weights import Checkpoint, fetch, import_file, stored, weights_for

DATA = np.random.default_rng(5).bytes(3_000_000)
DIGEST = hashlib.sha256(DATA).hexdigest()
FILE = f"tiny_coco-{DIGEST[:8]}.pth"


class Server(ThreadingHTTPServer):
    """Serves DATA. `cuts` are the bytes after which each connection breaks, one after the other."""

    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = DATA
        self.cuts: list[int] = []
        self.ranged = True
        self.status = 200
        self.asked: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/models"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        if self.server.status != 200 or self.path != f"/models/{FILE}":
            self.send_error(self.server.status if self.server.status != 200 else 404)
            return
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.ranged else 0
        if begin >= len(self.server.data):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(self.server.data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = self.server.data[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.cuts.pop(0)] if self.server.cuts else body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "CHECKPOINTS", (Checkpoint("tiny", FILE, 3),))


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def no_pause(seconds: float) -> None:
    pass


def test_fetches_checks_and_reports(server: Server, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    path = fetch("tiny", tmp_path / "store", server.address, lambda done, total: told.append((done, total)))
    assert path.read_bytes() == DATA
    assert told[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert (path.parent / f"{FILE}.sha256").read_text() == f"{DIGEST}  {FILE}\n"
    assert sorted(each.name for each in path.parent.iterdir()) == [FILE, f"{FILE}.sha256"]
    assert weights_for("tiny", path.parent) == path


def test_what_is_installed_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    fetch("tiny", tmp_path, server.address)
    fetch("tiny", tmp_path, server.address)
    assert len(server.asked) == 1


def test_goes_on_after_broken_connections(server: Server, tmp_path: Path) -> None:
    server.cuts = [1_000_000, 500_000]
    pauses: list[float] = []
    path = fetch("tiny", tmp_path, server.address, pause=pauses.append)
    assert path.read_bytes() == DATA
    assert server.asked == [None, "bytes=1000000-", "bytes=1500000-"]
    assert pauses == [2.0, 4.0]


def test_a_later_run_goes_on_where_an_earlier_one_gave_up(server: Server, tmp_path: Path) -> None:
    server.cuts = [700_000, 0, 0, 0]
    with pytest.raises(WeightsError, match="is kept, and the next try goes on"):
        fetch("tiny", tmp_path, server.address, pause=no_pause)
    assert stored(tmp_path)[0].state == "missing"
    fetch("tiny", tmp_path, server.address, pause=no_pause)
    assert server.asked[-1] == "bytes=700000-"
    assert stored(tmp_path)[0].state == "installed"


def test_a_server_that_cannot_go_on_starts_anew(server: Server, tmp_path: Path) -> None:
    server.cuts, server.ranged = [1_000_000], False
    assert fetch("tiny", tmp_path, server.address, pause=no_pause).read_bytes() == DATA


def test_a_download_that_was_complete_but_not_yet_named_is_taken(server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(DATA)
    assert fetch("tiny", tmp_path, server.address, pause=no_pause).read_bytes() == DATA
    assert server.asked == [f"bytes={len(DATA)}-"]


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * (len(DATA) + 5)])
def test_what_an_earlier_try_left_damaged_is_fetched_anew(
    server: Server, tmp_path: Path, left: bytes
) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(left)
    assert fetch("tiny", tmp_path, server.address, pause=no_pause).read_bytes() == DATA


def test_a_corrupted_download_is_refused_and_deleted(server: Server, tmp_path: Path) -> None:
    server.data = DATA[:-1] + bytes([DATA[-1] ^ 1])
    with pytest.raises(WeightsError, match=f"{DIGEST[:8]}… was published"):
        fetch("tiny", tmp_path, server.address)
    assert list(tmp_path.iterdir()) == []


def test_no_room_is_said_before_anything_is_written(server: Server, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="has 10 MB free, and 66 MB are needed"):
        fetch("tiny", tmp_path, server.address, free=lambda folder: 10 << 20)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_not_asked_for_twice(server: Server, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="answers 404 Not Found"):
        fetch("tiny", tmp_path, f"{server.address}/elsewhere", pause=no_pause)
    assert len(server.asked) == 1


def test_a_server_in_trouble_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.status = 503

    def recover(seconds: float) -> None:
        server.status = 200

    assert fetch("tiny", tmp_path, server.address, pause=recover).read_bytes() == DATA


def test_no_server_is_a_sentence_with_the_remedy(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(WeightsError, match=r"refused.*Is there a network\?.*weights import"):
        fetch("tiny", tmp_path, f"http://127.0.0.1:{port}", pause=no_pause)


def test_imports_a_local_file(tmp_path: Path) -> None:
    source = tmp_path / FILE
    source.write_bytes(DATA)
    path = import_file(source, tmp_path / "store")
    assert path.read_bytes() == DATA
    assert stored(tmp_path / "store")[0].state == "installed"


def test_an_import_with_a_wrong_sum_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / FILE
    source.write_bytes(DATA[:-1])
    with pytest.raises(WeightsError, match=f"expected {DIGEST[:8]}"):
        import_file(source, tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_an_import_of_safetensors_notes_its_sum(tmp_path: Path) -> None:
    source = tmp_path / "tiny.safetensors"
    source.write_bytes(DATA)
    path = import_file(source, tmp_path / "store", DIGEST)
    assert weights_for("tiny", tmp_path / "store") == path
    path.write_bytes(b"y" + DATA[1:])
    with pytest.raises(WeightsError, match="is damaged"):
        weights_for("tiny", tmp_path / "store")


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    source = tmp_path / "model.pth"
    source.write_bytes(DATA)
    with pytest.raises(WeightsError, match=f"known are {FILE} or tiny.safetensors"):
        import_file(source, tmp_path / "store")


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(DATA[:10] + bytes([DATA[10] ^ 4]) + DATA[11:])
    found = stored(tmp_path)[0]
    assert found.state == "damaged"
    assert "weights fetch" in found.trouble


def test_a_file_that_does_not_match_its_note_is_damaged(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(DATA)
    (tmp_path / f"{FILE}.sha256").write_text("0" * 64)
    assert stored(tmp_path)[0].state == "damaged"


def test_official_names_carry_their_sums() -> None:
    known = Checkpoint("maskrcnn_resnet50_fpn_v2", "maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth", 178)
    assert known.prefix == "73cbd019"
