from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from booth.spool import ipp
from booth.spool.ipp import Ipp, IppError, NoAnswerError, message, parsed

Serve = Callable[..., str]


def test_a_request_is_encoded_as_the_standard_says() -> None:
    """RFC 8010, appendix A, has the shape; the bytes are written out by hand."""
    wanted = (
        b"\x02\x00\x00\x0b\x00\x00\x00\x07\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x45\x00\x0bprinter-uri\x00\x07ipp://x"
        b"\x44\x00\x14requested-attributes\x00\x01a\x44\x00\x00\x00\x01b"
        b"\x02\x21\x00\x06copies\x00\x04\x00\x00\x00\x02"
        b"\x34\x00\x09media-col\x00\x00\x4a\x00\x00\x00\x01x\x21\x00\x00\x00\x04\x00\x00\x00\x05\x37\x00\x00\x00\x00"
        b"\x03"
    )
    attributes = ((ipp.URI, "printer-uri", "ipp://x"), (ipp.KEYWORD, "requested-attributes", ("a", "b")))
    job = (
        (ipp.INTEGER, "copies", 2),
        (ipp.BEGIN_COLLECTION, "media-col", ((ipp.INTEGER, "x", 5),)),
    )
    assert message(ipp.GET_PRINTER, 7, attributes, job) == wanted


def test_what_is_encoded_can_be_read_again() -> None:
    column = (
        (ipp.BEGIN_COLLECTION, "media-size", ((ipp.INTEGER, "x-dimension", -15240),)),
        (ipp.KEYWORD, "media-type", "glossy"),
    )
    data = message(
        0x0000,
        1,
        ((ipp.BOOLEAN, "yes", True), (ipp.KEYWORD, "some", ("a", "b")), (ipp.NAME, "who", "Zoë")),
        ((ipp.BEGIN_COLLECTION, "media-col", column),),
    )
    answer = parsed(data)
    (first,), (job,) = answer.of(ipp.OPERATION), answer.of(ipp.JOB)
    assert first["yes"] == (True,)
    assert first["some"] == ("a", "b")
    assert first["who"] == ("Zoë",)
    assert job["media-col"] == ({"media-size": ({"x-dimension": (-15240,)},), "media-type": ("glossy",)},)


@pytest.mark.parametrize("cut", range(9, 120, 5))
def test_an_answer_cut_short_is_no_answer(cut: int) -> None:
    data = message(0x0000, 1, ((ipp.KEYWORD, "requested-attributes", ("a" * 40, "b" * 30)),))
    with pytest.raises(NoAnswerError):
        parsed(data[: min(cut, len(data) - 1)])


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answer one connection with these parts, a pause between them until the other side gives up."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(*parts: bytes, dribble: float | None = None) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        thread = threading.Thread(target=answer, args=(listener, parts, dribble))
        threads.append(thread)
        thread.start()
        return f"ipp://127.0.0.1:{listener.getsockname()[1]}/printers/x"

    def answer(listener: socket.socket, parts: tuple[bytes, ...], dribble: float | None) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10)
            try:
                connection.recv(65536)
                for part in parts:
                    connection.sendall(part)
                while dribble is not None:
                    connection.sendall(b"x")
                    threading.Event().wait(dribble)
                while connection.recv(65536):
                    pass
            except OSError:
                return

    yield start
    for listener, thread in zip(listeners, threads, strict=True):
        listener.close()
        thread.join(15)


def http(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_an_answer_in_pieces_is_put_together_without_waiting_for_the_end_of_the_connection(
    serve: Serve,
) -> None:
    whole = http("200 OK", message(0x0000, 1, ((ipp.NAME, "who", "it"),)))
    answer = Ipp(serve(whole[:30], whole[30:90], whole[90:]), 5).ask(ipp.GET_PRINTER)
    assert answer.of(ipp.OPERATION)[0]["who"] == ("it",)


def test_a_refusal_has_its_status_and_its_words(serve: Serve) -> None:
    body = struct.pack(">BBHI", 2, 0, 0x0408, 1) + message(0, 1, ((0x41, "status-message", "too large"),))[8:]
    with pytest.raises(IppError, match="too large") as refused:
        Ipp(serve(http("200 OK", body)), 5).ask(ipp.SEND_DOCUMENT, document=b"picture")
    assert refused.value.status == 0x0408
    with pytest.raises(IppError, match="403") as refused:
        Ipp(serve(http("403 Forbidden", b"")), 5).ask(ipp.GET_PRINTER)


def test_a_server_that_dribbles_or_says_nothing_is_given_up_in_time(serve: Serve) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    with pytest.raises(NoAnswerError, match="timed out"):
        Ipp(serve(head, dribble=0.05), 0.4).ask(ipp.GET_PRINTER)
    with pytest.raises(NoAnswerError, match="timed out"):
        Ipp(serve(), 0.2).ask(ipp.GET_PRINTER)


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NoAnswerError, match="does not answer"):
        Ipp(f"ipp://127.0.0.1:{port}/x", 2).ask(ipp.GET_PRINTER)
    with pytest.raises(ValueError, match="expected ipp://"):
        Ipp("dnssd://printer", 2)
