"""`run_booth.py serve`: the HTTP API by itself, without kiosk, camera or screen."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from booth.app import log_to, serving
from booth.config import Settings
from booth.spool.files import data_folder


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl+C.

    Raises
    ------
    BoothError
        If it cannot start.
    """
    log_to(data_folder(settings.spool), settings.log.level)
    with serving(settings) as api:
        if sys.stdout.isatty():  # elsewhere the token would stay in a journal
            print(f"Its page: {page_address(settings, api.token_file)}", flush=True)
        return _until_ended(settings, "API", api.token_file)


def serve_hall(settings: Settings, replicas: int, most: int, per_gpu: int) -> int:
    """Serve what booths ask each other, with replicas, until SIGTERM or Ctrl+C.

    Raises
    ------
    BoothError
        If Ray is not installed, or it cannot start.
    """
    from booth.service.hall import Size, hall

    log_to(data_folder(settings.spool), settings.log.level)
    with hall(settings, Size(replicas, most, per_gpu)) as token_file:
        return _until_ended(settings, "hall", token_file)


def page_address(settings: Settings, token_file: Path) -> str:
    """Where the page opens without asking for the token; what is behind the # never leaves the browser."""
    api = settings.api
    host = "localhost" if api.host in ("0.0.0.0", "::") else api.host
    name = f"[{host}]" if ":" in host else host
    token = token_file.read_text("ascii").strip()
    return f"http://{name}:{api.port}/#token={quote(token, safe='')}"


def _until_ended(settings: Settings, what: str, token_file: Path) -> int:
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    api = settings.api
    print(f"The {what}: http://{api.host}:{api.port}  token: {token_file}", flush=True)
    ended.wait()
    return 0
