"""The computer's own printing, for the spool: asked of a helper process, where Qt and the driver are.

Nothing of Qt is loaded here. A helper that does not answer in time, or that its driver takes along, is ended and
started again; the sheet that it had then is one of which nobody knows.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from booth.errors import PrintError
from booth.sentences import say
from booth.spool.system_printer import SystemSheet, SystemState, UnknownError

ANSWER_SECONDS = 15.0
"""For a look; the first one also starts the helper."""
PRINT_SECONDS = 90.0
"""For a sheet: some drivers render all of it before they return."""
log = logging.getLogger(__name__)


class QtPrintSystem:
    """One helper process, started with the first question; several printers' threads take turns."""

    def __init__(
        self,
        command: Sequence[str] = (sys.executable, "-m", "booth.ui.print_helper"),
        look_seconds: float = ANSWER_SECONDS,
        print_seconds: float = PRINT_SECONDS,
    ) -> None:
        self._command = command
        self._look_seconds = look_seconds
        self._print_seconds = print_seconds
        self._lock = threading.Lock()
        self._helper: subprocess.Popen[bytes] | None = None

    def look(self, printer: str) -> tuple[SystemState, tuple[str, ...]]:
        """How a printer is, and the names of all printers."""
        answer = self._ask({"do": "look", "printer": printer}, b"", self._look_seconds)
        return answer["state"], tuple(answer["printers"])

    def print(self, sheet: SystemSheet) -> None:
        """Hand a sheet over."""
        request = {
            "do": "print",
            "printer": sheet.printer,
            "name": sheet.name,
            "width": sheet.width,
            "height": sheet.height,
            "dpi": sheet.dpi,
        }
        answer = self._ask(request, sheet.jpeg, self._print_seconds)
        if "refused" in answer:
            raise PrintError(answer["refused"])
        if "taken" not in answer:
            raise UnknownError(answer["unknown"])

    def close(self) -> None:
        """End the helper."""
        with self._lock:
            self._end()

    def _ask(self, request: dict[str, Any], body: bytes, seconds: float) -> dict[str, Any]:
        with self._lock:
            if self._helper is None:
                self._helper = _started(self._command)
            helper, late = self._helper, threading.Event()
            alarm = threading.Timer(seconds, _stop, (helper, late))
            alarm.start()
            try:
                return _asked(helper, request, body)
            except (OSError, ValueError) as error:
                self._end()
                words = "did not answer in time" if late.is_set() else "ended"
                raise UnknownError(f"the print helper {words}; it is started again") from error
            finally:
                alarm.cancel()
                alarm.join()

    def _end(self) -> None:
        helper, self._helper = self._helper, None
        if helper is None:
            return
        helper.kill()
        try:
            helper.communicate()
        except OSError as error:  # what was still to be written has no reader
            log.debug("the print helper's pipe: %s", error)


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise PrintError(say("printing.no_helper", why=str(error))) from error


def _stop(helper: subprocess.Popen[bytes], late: threading.Event) -> None:
    """End a helper that neither listens nor answers, so that nobody waits for it."""
    late.set()
    helper.kill()


def _asked(helper: subprocess.Popen[bytes], request: dict[str, Any], body: bytes) -> dict[str, Any]:
    if helper.stdin is None or helper.stdout is None:
        raise OSError("no way to the helper")
    helper.stdin.write(json.dumps({**request, "bytes": len(body)}).encode() + b"\n" + body)
    helper.stdin.flush()
    answer: dict[str, Any] = json.loads(helper.stdout.readline())
    return answer
