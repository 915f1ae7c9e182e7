"""The Internet Printing Protocol, as much of it as a booth needs: a few operations over HTTP, never without an end.

RFC 8010 is the encoding, RFC 8011 the operations; Resume-Printer is theirs too. Of the libraries looked at,
pycups cannot give up waiting and is GPL, pyipp brings an event loop for these few calls.
"""

from __future__ import annotations

import http.client
import io
import itertools
import socket
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from booth.errors import PrintError
from booth.sentences import say

GET_JOBS, GET_PRINTER, GET_JOB = 0x000A, 0x000B, 0x0009
CREATE_JOB, SEND_DOCUMENT, CANCEL_JOB, RESUME_PRINTER = 0x0005, 0x0006, 0x0008, 0x0011

OPERATION, JOB, END, PRINTER = 0x01, 0x02, 0x03, 0x04
INTEGER, BOOLEAN, ENUM, RANGE = 0x21, 0x22, 0x23, 0x33
RESOLUTION, BEGIN_COLLECTION, END_COLLECTION, MEMBER = 0x32, 0x34, 0x37, 0x4A
WITH_LANGUAGE = (0x35, 0x36)
NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
TEXTS = range(0x40, 0x60)

LONGEST_ANSWER = 4_000_000
NOT_FOUND = 0x0406
FIRST_FAULT = 0x0400
PORT = 631

Attribute = tuple[int, str, Any]
"""Tag, name and value; a tuple is a set of values, except in a collection, where it holds its members."""
Attributes = Mapping[str, tuple[Any, ...]]


class IppError(PrintError):
    """The other side answered, and said no: `status` is IPP's, or HTTP's below 1000."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{words or 'no reason given'} (status {status:#06x})")
        self.status = status


class NoAnswerError(PrintError):
    """No whole answer came in time; whether the request was heard is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `groups` holds each group's tag and its attributes, every value in a tuple."""

    status: int
    groups: tuple[tuple[int, Attributes], ...]

    def of(self, tag: int) -> list[Attributes]:
        return [attributes for group, attributes in self.groups if group == tag]


def message(
    operation: int, number: int, attributes: Sequence[Attribute], job: Sequence[Attribute] = ()
) -> bytes:
    """Encode a request; `attributes` are the operation's, after character set and language."""
    head = ((CHARSET, "attributes-charset", "utf-8"), (LANGUAGE, "attributes-natural-language", "en"))
    out = bytearray(struct.pack(">BBHIB", 2, 0, operation, number, OPERATION))
    for attribute in (*head, *attributes):
        out += encoded(*attribute)
    if job:
        out.append(JOB)
        for attribute in job:
            out += encoded(*attribute)
    out.append(END)
    return bytes(out)


def encoded(tag: int, name: str, value: Any) -> bytes:
    """One attribute, or one more value of the same where the name is empty."""
    if isinstance(value, tuple) and tag != BEGIN_COLLECTION:
        first, *rest = value
        return encoded(tag, name, first) + b"".join(encoded(tag, "", item) for item in rest)
    if tag == BEGIN_COLLECTION:
        members = b"".join(
            field(MEMBER, "", key.encode()) + encoded(kind, "", item) for kind, key, item in value
        )
        return field(tag, name, b"") + members + field(END_COLLECTION, "", b"")
    return field(tag, name, value_bytes(tag, value))


def field(tag: int, name: str, data: bytes) -> bytes:
    key = name.encode()
    return struct.pack(">BH", tag, len(key)) + key + struct.pack(">H", len(data)) + data


def value_bytes(tag: int, value: Any) -> bytes:
    if tag in (INTEGER, ENUM):
        return struct.pack(">i", value)
    if tag == BOOLEAN:
        return bytes([bool(value)])
    return str(value).encode()


def parsed(data: bytes) -> Answer:
    """Decode an answer.

    Raises
    ------
    NoAnswerError
        If it is cut short or no IPP.
    """
    try:
        _, _, status, _ = struct.unpack_from(">BBHI", data)
        return Answer(status, tuple(groups(Fields(data, 8))))
    except (struct.error, IndexError, UnicodeDecodeError, ValueError) as error:
        raise NoAnswerError(f"the answer cannot be read ({error})") from error


class Fields:
    """Walks through an answer's fields."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data = data
        self._place = place

    def peek(self) -> int:
        return self._data[self._place]

    def delimiter(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def next(self) -> tuple[int, str, bytes]:
        tag = self.delimiter()
        name, value = self._part(), self._part()
        return tag, name.decode(), value

    def _part(self) -> bytes:
        (length,) = struct.unpack_from(">H", self._data, self._place)
        start = self._place + 2
        if start + length > len(self._data):
            raise ValueError("it ends too early")
        self._place = start + length
        return self._data[start : self._place]


def groups(fields: Fields) -> Iterator[tuple[int, Attributes]]:
    while (group := fields.delimiter()) != END:
        found: dict[str, tuple[Any, ...]] = {}
        last = ""
        while fields.peek() > 0x0F:
            tag, name, data = fields.next()
            last = name or last
            found[last] = (*found.get(last, ()), decoded(tag, data, fields))
        yield group, found


def decoded(tag: int, data: bytes, fields: Fields) -> Any:
    """One value; what says that there is none (out-of-band tags) is None."""
    if tag == BEGIN_COLLECTION:
        return collection(fields)
    if tag in (INTEGER, ENUM):
        return struct.unpack(">i", data)[0]
    if tag == BOOLEAN:
        return data != b"\x00"
    if tag == RANGE:
        return struct.unpack(">ii", data)
    if tag == RESOLUTION:
        return struct.unpack(">iiB", data)
    if tag in WITH_LANGUAGE:
        return (
            Fields(data[2 + struct.unpack_from(">H", data)[0] :] + b"\0\0", 0)
            ._part()
            .decode(errors="replace")
        )
    if tag in TEXTS:
        return data.decode(errors="replace")
    return data if tag >= 0x20 else None


def collection(fields: Fields) -> Attributes:
    found: dict[str, tuple[Any, ...]] = {}
    member = ""
    while True:
        tag, _, data = fields.next()
        if tag == END_COLLECTION:
            return found
        if tag == MEMBER:
            member = data.decode()
        else:
            found[member] = (*found.get(member, ()), decoded(tag, data, fields))


class Ipp:
    """One printer or queue at an address. Each request has a connection of its own, as old ones die unseen."""

    def __init__(self, uri: str, timeout: float) -> None:
        """`timeout` in seconds bounds a request as a whole, from the connection to the last byte."""
        parts = urlsplit(uri)
        if parts.scheme not in ("ipp", "http") or not parts.hostname:
            raise ValueError(f"the address is {uri}, expected ipp://host/path")
        self.uri = uri
        self._host = parts.hostname
        self._port = parts.port or (PORT if parts.scheme == "ipp" else 80)
        self._path = parts.path or "/"
        self._timeout = timeout
        self._numbers = itertools.count(1)

    def ask(
        self,
        operation: int,
        attributes: Sequence[Attribute] = (),
        job: Sequence[Attribute] = (),
        document: bytes = b"",
    ) -> Answer:
        """Do one operation on this address.

        Raises
        ------
        IppError
            If the answer is no.
        NoAnswerError
            If none came in time.
        """
        target: Attribute = (URI, "printer-uri", self.uri)
        who: Attribute = (NAME, "requesting-user-name", "booth")
        body = message(operation, next(self._numbers), (target, *attributes[:1], who, *attributes[1:]), job)
        answer = parsed(self._exchange(body + document))
        if answer.status >= FIRST_FAULT:
            said = next(iter(answer.of(OPERATION)), {}).get("status-message", ("",))[0]
            raise IppError(answer.status, str(said or ""))
        return answer

    def _exchange(self, body: bytes) -> bytes:
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Type: application/ipp\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        ends = time.monotonic() + self._timeout
        try:
            with socket.create_connection((self._host, self._port), self._timeout) as connection:
                send_all(connection, head.encode() + body, ends)
                return content(Incoming(connection, ends))
        except (OSError, http.client.HTTPException) as error:
            why = str(error) or type(error).__name__
            raise NoAnswerError(
                say("printing.no_answer", host=self._host, port=self._port, why=why)
            ) from error


def send_all(connection: socket.socket, data: bytes, ends: float) -> None:
    """Send everything before that time; one who does not listen to the end may still have answered."""
    connection.settimeout(remaining(ends))
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        return


def remaining(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


class Incoming(io.RawIOBase):
    """What a connection brings, until a time is up: a server that dribbles cannot hold the booth."""

    def __init__(self, connection: socket.socket, ends: float) -> None:
        self._connection = connection
        self._ends = ends
        self._size = 0

    def makefile(self, *_: object) -> io.BufferedReader:
        """What http.client asks a socket for."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(remaining(self._ends))
        count = self._connection.recv_into(buffer)
        self._size += count
        if self._size > LONGEST_ANSWER:
            raise OSError(f"the answer is longer than {LONGEST_ANSWER} bytes")
        return count


def content(incoming: Incoming) -> bytes:
    """The body of an HTTP answer."""
    response = http.client.HTTPResponse(cast(socket.socket, incoming), method="POST")
    response.begin()
    if response.status != http.HTTPStatus.OK:
        raise IppError(response.status, f"the server says {response.status} {response.reason}")
    return response.read()
