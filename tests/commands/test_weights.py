"""`run_booth.py weights`, with a server on loopback for the download."""

from __future__ import annotations

import argparse
import hashlib
import io
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rich.console import Console

from booth.commands.weights import add_arguments, run
from booth.config.settings import Settings
from booth.matting import weights
from booth.matting.weights import Checkpoint

DATA = b"weights" * 1000
FILE = f"tiny-{hashlib.sha256(DATA).hexdigest()[:8]}.pth"
MODEL = Settings().matting.maskrcnn.model


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    known = (Checkpoint(MODEL, FILE, 1),)
    monkeypatch.setattr(weights, "CHECKPOINTS", known)
    monkeypatch.setattr("booth.commands.weights.CHECKPOINTS", known)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A plain file server over a folder with the weights."""
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / FILE).write_bytes(DATA)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "served")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def said(folder: Path, *words: str, settings: Settings | None = None) -> tuple[int, str]:
    """Exit status and text of one command."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    text = io.StringIO()
    console = Console(file=text, width=200)
    status = run(parser.parse_args(words), settings or Settings(), folder, console)
    return status, text.getvalue()


def test_fetch_installs_the_configured_model(tmp_path: Path, address: str) -> None:
    status, text = said(tmp_path / "store", "fetch", "--from", address)
    assert status == 0
    assert "Installed and checked" in text
    assert (tmp_path / "store" / FILE).read_bytes() == DATA


def test_fetch_says_what_is_wrong_and_fails(tmp_path: Path, address: str) -> None:
    status, text = said(tmp_path / "store", "fetch", "--from", f"{address}/elsewhere")
    assert status == 1
    assert "404" in text


def test_import_takes_a_local_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(DATA)
    status, text = said(tmp_path / "store", "import", str(tmp_path / FILE))
    assert (status, FILE in text) == (0, True)


def test_import_of_a_damaged_file_fails(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(DATA[1:])
    status, text = said(tmp_path / "store", "import", str(tmp_path / FILE))
    assert status == 1
    assert "damaged" in text


def test_import_notes_the_sum_of_safetensors(tmp_path: Path) -> None:
    (tmp_path / f"{MODEL}.safetensors").write_bytes(DATA)
    status, text = said(tmp_path / "store", "import", str(tmp_path / f"{MODEL}.safetensors"))
    assert status == 0
    assert "Nobody publishes" in text


def test_list_shows_states_with_remedies(tmp_path: Path) -> None:
    status, text = said(tmp_path, "list")
    assert status == 0
    assert "missing" in text
    assert "weights fetch" in text.replace("\n", " ")


def test_list_fails_when_the_method_asked_for_cannot_run(tmp_path: Path) -> None:
    asked = Settings.model_validate({"matting": {"method": "maskrcnn"}})
    assert said(tmp_path, "list", settings=asked)[0] == 1


def test_list_fails_on_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(DATA[1:])
    status, text = said(tmp_path, "list")
    assert status == 1
    assert "damaged" in text
