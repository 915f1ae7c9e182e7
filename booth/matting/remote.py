"""The rung that asks a server: a photo never waits for it longer than its deadline, nor twice for a dead one.

One deadline holds for the whole exchange, names looked up and last byte read, over all servers together. A
server that let a photo wait is not asked again by photos: a thread of its own asks it for a drawn scene, ever
less often, and photos go there again as soon as it answers. Meanwhile the next rungs of this machine do all.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import socket
import ssl
import stat
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import cv2
import numpy as np

from booth.arrays import Rgb8, check_rgb, read_only
from booth.config.settings import RemoteSettings
from booth.errors import MattingError, first_line, said_by
from booth.matting.people import at_size
from booth.matting.selftest import drawn_scene
from booth.matting.wire import (
    ANSWER_TYPE,
    ASK_TYPE,
    MOST_ANSWERED,
    PATH,
    Answered,
    answered,
    ask_bytes,
    picture_bytes,
)
from booth.sentences import Sentence, listed, say
from booth.shot import Notice, People, Plate

log = logging.getLogger(__name__)

TOKEN_FILE = "remote-token"
PAUSES = (2.0, 60.0)
"""Seconds between two tries at a server that is away: the first pause, doubled up to the longest."""
_LONGEST_TOKEN = 4096


class BusyError(MattingError):
    """A server is well, but has no time for one more picture."""


@dataclass(slots=True, eq=False)
class _Server:
    """A server as it was last seen: `fault` says why it is not asked, "" where it is."""

    address: str
    fault: Sentence | Literal[""] = field(default_factory=lambda: say("remote.unasked"))
    pause: float = 0.0
    due: float = 0.0

    def away(self, others_answer: bool) -> Notice:
        """What the operator must know of a server that is not asked."""
        key, to_know = f"matting.remote.{self.address}", {"address": self.address, "why": self.fault}
        if others_answer:
            return Notice(key, "warning", say("remote.away", **to_know), say("remote.away.help"))
        return Notice(key, "warning", say("remote.all_away", **to_know), say("remote.away.help"))


class Remote:
    """A rung that looks after itself: it is away and back, but never given up."""

    name = "remote server"
    needs_plate = False

    def __init__(
        self, settings: RemoteSettings, token_file: Path, pauses: tuple[float, float] = PAUSES
    ) -> None:
        """`token_file` is read at every exchange, so that one that is put right is taken without a restart."""
        self._settings = settings
        self._token_file = token_file
        self._pauses = pauses
        self._servers = [_Server(address) for address in settings.addresses]
        self._change = threading.Condition()
        self._is_closed = False
        self._looking: threading.Thread | None = None
        self._empty: tuple[Plate, int, int, bytes] | None = None
        self._timings: dict[str, float] = {}
        self._busy: Sentence | Literal[""] = ""

    @property
    def device(self) -> str:
        """The server that would be asked now."""
        with self._change:
            return next((server.address for server in self._servers if not server.fault), "away")

    @property
    def timings(self) -> Mapping[str, float]:
        return self._timings

    @property
    def why(self) -> str:
        """How the servers are, as sentences."""
        with self._change:
            return " ".join(
                f"{server.address} is away: {server.fault}." if server.fault else f"{server.address} answers."
                for server in self._servers
            )

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the operator must know just now; empty as soon as all is well again."""
        with self._change:
            away = [server for server in self._servers if server.fault]
            told = [server.away(others_answer=len(away) < len(self._servers)) for server in away]
            if self._busy and not away:
                said = say("remote.busy", why=self._busy)
                told.append(Notice("matting.remote.busy", "info", said, say("remote.busy.help")))
            return tuple(told)

    def warm_up(self) -> None:
        """Ask every server once; those that do not answer in time are away, which is no fault."""
        with self._change:
            self._look_after()
            self._change.wait_for(lambda: all(s.pause or not s.fault for s in self._servers), self._seconds)

    def wait_back(self, timeout: float) -> bool:
        """Wait until a server answers; False if the time is up."""
        with self._change:
            return self._change.wait_for(lambda: any(not server.fault for server in self._servers), timeout)

    def close(self) -> None:
        """Look after the servers no more."""
        with self._change:
            self._is_closed = True
            self._change.notify_all()

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        """Ask the servers in turn, all within the one deadline; see `Segmenter.people`."""
        check_rgb(image)
        ends = time.monotonic() + self._seconds
        with self._change:
            servers = [server for server in self._servers if not server.fault]
        if not servers:
            raise MattingError(self.why)
        began = time.perf_counter()
        height, width = _size_within(image, self._settings.side)
        body = self._question(_resized(image, height, width), plate)
        encoded = time.perf_counter()
        answer = self._asked_in_turn(servers, body, (height, width), ends)
        taken = time.perf_counter() - encoded
        self._timings = {"encode": encoded - began, "server": answer.seconds, "exchange": taken}
        return at_size(answer.people, (height, width), (image.shape[0], image.shape[1]))

    @property
    def _seconds(self) -> float:
        return self._settings.deadline

    def _question(self, small: Rgb8, plate: Plate | None) -> bytes:
        picture = picture_bytes(small, self._settings.quality)
        return ask_bytes(picture, plate, self._empty_bytes(plate, small) if plate else b"")

    def _empty_bytes(self, plate: Plate, small: Rgb8) -> bytes:
        """The plate's picture at the size of what is sent; packed once, as it stays for many photos."""
        height, width = small.shape[:2]
        kept = self._empty
        if kept is None or (kept[0], kept[1], kept[2]) != (plate, height, width):
            packed = picture_bytes(_resized(plate.image, height, width), self._settings.quality)
            self._empty = kept = plate, height, width, packed
        return kept[3]

    def _asked_in_turn(
        self, servers: Sequence[_Server], body: bytes, size: tuple[int, int], ends: float
    ) -> Answered:
        said: list[Sentence] = []
        for number, server in enumerate(servers):
            left = max(0.0, ends - time.monotonic())
            try:
                answer = self._asked(server, body, size, left / (len(servers) - number))
            except BusyError as fault:
                said.append(say("remote.is_busy", address=server.address, why=said_by(fault)))
            except MattingError as fault:
                said.append(say("of_file", file=server.address, what=said_by(fault)))
                self._went_away(server, said_by(fault))
            else:
                self._busy = ""
                return answer
        self._busy = listed(said)
        raise MattingError(self._busy)

    def _asked(self, server: _Server, body: bytes, size: tuple[int, int], seconds: float) -> Answered:
        return answered(exchanged(server.address, self._token(), body, seconds), *size)

    def _token(self) -> str:
        try:
            with self._token_file.open("rb") as file:
                if os.name != "nt" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                    path = self._token_file
                    raise MattingError(say("remote.token_open", file=path))
                token = file.read(_LONGEST_TOKEN).decode("ascii").strip()
        except (OSError, UnicodeDecodeError) as fault:
            said = say("remote.token_closed", file=self._token_file, why=str(fault))
            raise MattingError(said) from fault
        if not token.isprintable() or not token:
            raise MattingError(say("remote.no_token", file=self._token_file))
        return token

    def _went_away(self, server: _Server, fault: Sentence) -> None:
        log.warning("the server %s is away: %s", server.address, fault)
        with self._change:
            server.fault, server.pause = fault, self._pauses[0]
            server.due = time.monotonic() + server.pause
            self._look_after()

    def _look_after(self) -> None:
        """Have the thread run that brings servers back; the lock is held."""
        if self._looking is None and not self._is_closed:
            self._looking = threading.Thread(target=self._bring_back, name="remote", daemon=True)
            self._looking.start()
        self._change.notify_all()

    def _bring_back(self) -> None:
        while (server := self._next_due()) is not None:
            fault = self._tried(server)
            with self._change:
                first, most = self._pauses
                server.pause = min(most, 2 * server.pause) if server.pause else first
                server.due = time.monotonic() + server.pause
                if not fault:
                    log.info("the server %s answers", server.address)
                    server.pause = 0.0
                server.fault = fault
                self._change.notify_all()

    def _next_due(self) -> _Server | None:
        """Wait for the next server to try; None when there is nothing to look after any more."""
        with self._change:
            while not self._is_closed:
                away = [server for server in self._servers if server.fault]
                if not away:
                    break
                server = min(away, key=lambda each: each.due)
                wait = server.due - time.monotonic()
                if wait <= 0:
                    return server
                self._change.wait(wait)
            self._looking = None
            return None

    def _tried(self, server: _Server) -> Sentence | Literal[""]:
        """Ask a server for a drawn scene; "" if it answers as it should, else why it does not."""
        scene = drawn_scene()
        pictures = [
            picture_bytes(image, self._settings.quality) for image in (scene.image, scene.plate.image)
        ]
        body = ask_bytes(pictures[0], scene.plate, pictures[1])
        height, width = scene.image.shape[:2]
        try:
            self._asked(server, body, (height, width), self._seconds)
        except BusyError:
            return ""  # it lives; a photo that finds it busy does not wait
        except MattingError as fault:
            return said_by(fault)
        except Exception as fault:  # the top of a thread's loop: whatever it is, the server is not back
            return say("words", words=first_line(fault))
        return ""


def exchanged(address: str, token: str, body: bytes, seconds: float) -> bytes:
    """Send a question and give the answer's bytes, in no more than so many seconds all in all.

    Raises
    ------
    BusyError
        If the server says that it has no time.
    MattingError
        If there is no whole answer in time, or it is a refusal.
    """
    exchange = _Exchange(address, token, body, max(seconds, 0.001))
    exchange.start()
    return exchange.wait()


class _Exchange(threading.Thread):
    """One question in a thread of its own: looking up a name, for one, cannot be given a time."""

    def __init__(self, address: str, token: str, body: bytes, seconds: float) -> None:
        super().__init__(name="remote-exchange", daemon=True)
        self._address = urlsplit(address)
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": ASK_TYPE,
            "Accept": ANSWER_TYPE,
            "Connection": "close",
        }
        self._body = body
        self._seconds = seconds
        self._lock = threading.Lock()
        self._is_cut = False
        self._socket: socket.socket | None = None
        self._ended = threading.Event()
        self._result: bytes | Exception = MattingError(say("remote.no_answer"))

    def wait(self) -> bytes:
        """Give the answer or raise why there is none, at the deadline at the latest."""
        if not self._ended.wait(self._seconds):
            self._cut()
            raise self._late()
        if isinstance(self._result, Exception):
            raise self._result
        return self._result

    def run(self) -> None:
        try:
            self._result = self._exchanged()
        except MattingError as fault:
            self._result = fault
        except TimeoutError:
            self._result = self._late()  # the socket's own time, which is the same, was up a moment before
        except (OSError, http.client.HTTPException, ValueError) as fault:
            self._result = MattingError(first_line(fault))
        finally:
            self._ended.set()

    def _late(self) -> MattingError:
        return MattingError(say("remote.late", seconds=f"{self._seconds:.2g}"))

    def _cut(self) -> None:
        """Let the thread end: whatever it waits for at the socket comes to nothing."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def _exchanged(self) -> bytes:
        connection = self._connection()
        try:
            connection.connect()
            with self._lock:
                if self._is_cut:
                    raise MattingError("there was no connection in time")
                self._socket = connection.sock
            connection.request("POST", PATH, self._body, self._headers)
            answer = connection.getresponse()
            data = answer.read(MOST_ANSWERED + 1)
        finally:
            with self._lock:
                self._socket = None
            connection.close()
        return _accepted(answer, data)

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._address.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._seconds, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._seconds)


def _accepted(answer: http.client.HTTPResponse, data: bytes) -> bytes:
    """The body of a good answer; what any other says is raised."""
    if answer.status == 200:
        return data
    code, detail = answer.status, _detail(data)
    said = say("remote.refused_as", code=code, why=detail) if detail else say("remote.refused", code=code)
    if answer.status in (429, 503):
        raise BusyError(said)
    raise MattingError(said)


def _detail(data: bytes) -> str:
    """What a refusal says in problem details, as far as it can be printed; "" where it says nothing."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    detail = told.get("detail") if isinstance(told, dict) else None
    return "".join(sign for sign in detail[:200] if sign.isprintable()) if isinstance(detail, str) else ""


def _size_within(image: Rgb8, side: int) -> tuple[int, int]:
    """Height and width of a picture whose longer side is `side` at most."""
    scale = min(1.0, side / max(image.shape[:2]))
    return max(1, round(image.shape[0] * scale)), max(1, round(image.shape[1] * scale))


def _resized(image: Rgb8, height: int, width: int) -> Rgb8:
    if image.shape[:2] == (height, width):
        return image
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return read_only(np.asarray(small, np.uint8))
