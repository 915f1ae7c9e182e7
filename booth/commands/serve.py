"""`run_booth.py serve`: the HTTP API by itself, without kiosk, camera or screen."""

from __future__ import annotations

import signal
import threading
from types import FrameType

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
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with serving(settings) as api:
        print(f"The API: http://{settings.api.host}:{settings.api.port}  token: {api.token_file}", flush=True)
        ended.wait()
    return 0
