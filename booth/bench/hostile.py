"""Requests that nobody who means well sends, each with the status by which it must be refused.

They are bytes on a socket, so that also what is no HTTP can be sent. The tests send each once; the bench
measures how long the refusals take.
"""

from __future__ import annotations

import base64
import io
import json
import os
import socket
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

BASE = "/api/v1"
CAP_SECONDS = 1.0
"""What `api.receive` and `api.fetch` must be set to."""
BODY_MB = 2
INSIDE: Mapping[str, Sequence[str]] = {
    "private.example": ["10.0.0.1"],
    "office.example": ["192.168.1.10"],
    "loopback.example": ["127.0.0.1"],
    "cloud.example": ["169.254.169.254"],
    "shared.example": ["100.64.0.1"],
    "nowhere.example": ["0.0.0.0"],
    "crowd.example": ["224.0.0.1"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "local-six.example": ["fe80::1%lo"],
    "unique-six.example": ["fd00::1"],
    "wrapped.example": ["64:ff9b::7f00:1"],
    "tunnel.example": ["2002:7f00:1::1"],
    "both.example": ["93.184.215.14", "127.0.0.1"],
}
"""Names that lead inside. Each of them must be named in `api.fetch_from`, and is refused all the same."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request as bytes. `waits` says that it is refused only when a cap of time is reached."""

    name: str
    status: int
    raw: bytes
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where the attempts go: a port of the loopback, the right token, and the folder made by `laid_out`."""

    port: int
    token: str
    root: Path

    def request(
        self,
        path: str,
        body: bytes = b"",
        kind: str = "",
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """A well-formed request; `headers` go before its own."""
        named = {
            "Host": f"127.0.0.1:{self.port}",
            "Authorization": f"Bearer {self.token}",
            "Content-Length": str(len(body)),
            **({"Content-Type": kind} if kind else {}),
            **(headers or {}),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
        return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body

    def form(self, path: str, *parts: tuple[str, bytes | str]) -> bytes:
        """A request with a form; bytes go as a file, text as text."""
        body = bytearray()
        for name, value in parts:
            file = '; filename="x.png"' if isinstance(value, bytes) else ""
            body += f'--limit\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
            body += (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
        return self.request(
            f"{BASE}/{path}", bytes(body) + b"--limit--\r\n", "multipart/form-data; boundary=limit"
        )

    def json(self, path: str, told: Any) -> bytes:
        """A request with JSON; text goes as it is."""
        text = told if isinstance(told, str) else json.dumps(told)
        return self.request(f"{BASE}/{path}", text.encode(), "application/json")


def laid_out(root: Path) -> None:
    """Lay out the folders for /segment: `in`, with things that are no pictures, and `out`."""
    for name in ("in/folder", "out"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "secret.png").write_bytes(picture())
    (root / "in" / "note.png").write_text("no picture at all")
    (root / "in" / "link.png").symlink_to(root / "secret.png")
    (root / "in" / "good.png").write_bytes(picture())
    (root / "out" / "there.png").write_bytes(b"")
    (root / "out" / "away").symlink_to(root)
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "in" / "pipe.png")


def picture(width: int = 96, height: int = 96, kind: str = "PNG", **options: bool) -> bytes:
    """A small picture of nothing in particular."""
    out = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(noise).save(out, kind, **options)
    return out.getvalue()


def png_of(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG whose header says any size; by default there is nearly nothing in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunks or ((b"IDAT", zlib.compress(b"\0" * 64)),)
    parts = ((b"IHDR", header), *body, (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def sent(port: int, raw: bytes, patience: float = 30.0) -> tuple[int, bytes]:
    """Send bytes and give the status and body of the answer; status 0 where there was none."""
    with socket.create_connection(("127.0.0.1", port), patience) as connection:
        answer = bytearray()
        with suppress(OSError):  # refused while it was still being sent: the answer is there all the same
            connection.sendall(raw)
        with suppress(OSError):
            while not _is_whole(answer) and (piece := connection.recv(65_536)):
                answer += piece
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    return (int(status[0]) if status else 0), body


def _is_whole(answer: bytearray) -> bool:
    head, border, body = bytes(answer).partition(b"\r\n\r\n")
    length = next(
        (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":-1"
    )
    return bool(border) and len(body) >= int(length.split(b":")[1]) >= 0


def attempts(target: Target) -> list[Attempt]:
    """Every attempt."""
    return [
        *_no_pictures(target),
        *_wrong_words(target),
        *_no_requests(target),
        *_files(target),
        *_addresses(target),
    ]


def _no_pictures(target: Target) -> Iterator[Attempt]:
    good, jpeg = picture(), picture(kind="JPEG")
    bomb = (b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 80_000_000, 9))
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 0xFF
    progressive = picture(kind="JPEG", progressive=True)
    last = progressive.rindex(b"\xff\xda")
    large_jpeg = jpeg.replace(struct.pack(">HH", 96, 96), struct.pack(">HH", 65_500, 65_500), 1)
    for name, status, data in (
        ("an empty file", 400, b""),
        ("text as image", 415, b"this is no picture\n" * 40),
        ("a page as image", 415, b"<html><body>hello</body></html>"),
        ("SVG", 415, b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("GIF", 415, picture(kind="GIF")),
        ("BMP", 415, picture(kind="BMP")),
        ("TIFF", 415, picture(kind="TIFF")),
        ("HEIC", 415, b"\0\0\0\x18ftypheic" + bytes(64)),
        ("PDF", 415, b"%PDF-1.7\n" + bytes(64)),
        ("an archive", 415, b"PK\x03\x04" + bytes(64)),
        ("a program", 415, b"\x7fELF" + bytes(64)),
        ("a truncated PNG", 422, good[: len(good) // 2]),
        ("a truncated JPEG", 422, jpeg[: len(jpeg) // 2]),
        ("a truncated WebP", 422, picture(kind="WEBP")[:200]),
        ("a damaged PNG", 422, bytes(flipped)),
        ("a PNG of nothing but its first bytes", 422, good[:16]),
        ("a PNG without pixels", 422, png_of(96, 96)),
        ("a PNG no pixel wide", 422, png_of(0, 96)),
        ("a PNG of 30 000 x 30 000", 413, png_of(30_000, 30_000)),
        ("a PNG of 2 000 000 000 x 2", 413, png_of(2_000_000_000, 2)),
        ("a JPEG of 65 500 x 65 500", 413, large_jpeg),
        ("a PNG with a bomb in its text", 422, png_of(96, 96, bomb)),
        ("a PNG of endless parts", 422, png_of(96, 96, *[(b"aaAa", b"")] * 100_000)),
        ("a JPEG of endless scans", 422, progressive[:last] + progressive[last:-2] * 200),
        ("a JPEG of endless comments", 422, jpeg[:20] + b"\xff\xfe\0\2" * 400_000 + jpeg[20:]),
        ("a JPEG of endless junk", 422, jpeg[:20] + bytes(1_500_000) + jpeg[20:]),
        ("one pixel", 422, picture(1, 1)),
        ("a stripe", 422, picture(64, 900)),
    ):
        yield Attempt(name, status, target.form("detect", ("image", data)))
    yield Attempt("text as plate", 415, target.form("matte", ("image", good), ("plate", b"nothing")))
    yield Attempt(
        "text as backdrop", 415, target.form("replace", ("image", good), ("backdrop_image", b"nothing"))
    )


def _wrong_words(target: Target) -> Iterator[Attempt]:
    good, form, told = picture(), target.form, target.json
    text = base64.b64encode(good).decode()
    yield Attempt("no image", 400, form("detect", ("other", "x")))
    yield Attempt("no body at all", 415, target.request(f"{BASE}/detect"))
    yield Attempt(
        "a form without a border", 400, target.request(f"{BASE}/detect", b"x", "multipart/form-data")
    )
    yield Attempt(
        "a form cut off",
        400,
        target.request(
            f"{BASE}/detect",
            b'--limit\r\nContent-Disposition: form-data; name="image"',
            "multipart/form-data; boundary=limit",
        ),
    )
    yield Attempt("the image twice", 400, form("detect", ("image", good), ("image", good)))
    yield Attempt("the image as text", 400, form("detect", ("image", "good")))
    yield Attempt("fifty parts", 400, form("detect", *((f"part{n}", "x") for n in range(50))))
    yield Attempt("much text", 400, form("detect", ("image", good), ("backdrop", "x" * 400_000)))
    yield Attempt("no JSON", 400, told("detect", "{not json"))
    yield Attempt("JSON that is a list", 400, told("detect", [text]))
    yield Attempt("JSON nested deeply", 400, told("detect", "[" * 100_000))
    yield Attempt("JSON with a number for the image", 400, told("detect", {"image": 7}))
    yield Attempt("JSON with null for the image", 400, told("detect", {"image": None}))
    yield Attempt("JSON with an unknown key", 400, told("detect", {"image": text, "path": "/etc/passwd"}))
    yield Attempt("no base64", 400, told("detect", {"image": "?" * 40}))
    yield Attempt("text in base64", 415, told("detect", {"image": base64.b64encode(b"x" * 99).decode()}))
    yield Attempt("image and address", 400, told("detect", {"image": text, "url": "https://x.example/"}))
    for name, status, query in (
        ("an unknown word in the query", 400, "paint=1"),
        ("a word twice in the query", 400, "score=0&score=1"),
        ("a score of 2", 400, "score=2"),
        ("a score that is no number", 400, "score=nan"),
        ("masks as wool", 400, "masks=wool"),
        ("an unknown model", 404, "model=../../secret"),
    ):
        yield Attempt(name, status, form(f"detect?{query}", ("image", good)))
    yield Attempt("no backdrop", 400, form("replace", ("image", good)))
    yield Attempt("an unknown backdrop", 404, form("replace", ("image", good), ("backdrop", "../../secret")))
    yield Attempt(
        "a side of 100 000", 400, form("replace?side=100000", ("image", good), ("backdrop", "blue"))
    )
    yield Attempt("an unknown default", 404, told("models/default", {"model": "nothing"}))


def _no_requests(target: Target) -> Iterator[Attempt]:
    good, ask = picture(), target.request
    models = f"{BASE}/models"
    yield Attempt("no token", 401, ask(models, method="GET", headers={"Authorization": ""}))
    yield Attempt("a wrong token", 401, ask(models, method="GET", headers={"Authorization": "Bearer x"}))
    yield Attempt(
        "the token in the query",
        401,
        ask(f"{models}?token={target.token}", method="GET", headers={"Authorization": ""}),
    )
    yield Attempt("another host", 421, ask(models, method="GET", headers={"Host": "evil.example"}))
    yield Attempt("no host", 421, ask(models, method="GET", headers={"Host": ""}))
    yield Attempt("DELETE", 405, ask(models, method="DELETE"))
    yield Attempt("OPTIONS", 405, ask(models, method="OPTIONS"))
    yield Attempt("TRACE", 405, ask(models, method="TRACE"))
    yield Attempt("an unknown path", 404, ask(f"{BASE}/secret", method="GET"))
    yield Attempt("a path upwards", 404, ask(f"{BASE}/../../../etc/passwd", method="GET"))
    yield Attempt(
        "an encoded path upwards", 404, ask(f"{BASE}/backdrops/%2e%2e%2fsecret/thumbnail", method="GET")
    )
    kind = "multipart/form-data; boundary=limit"
    gigabyte = {"Content-Length": "1000000000"}
    yield Attempt("a gigabyte announced", 413, ask(f"{BASE}/detect", b"", kind, headers=gigabyte))
    yield Attempt(
        "a gigabyte announced politely",
        413,
        ask(f"{BASE}/detect", b"", kind, headers={**gigabyte, "Expect": "100-continue"}),
    )
    yield Attempt(
        "a gigabyte without the token",
        401,
        ask(f"{BASE}/detect", b"", kind, headers={"Authorization": "", "Content-Length": "1000000"}),
    )
    chunk = b"10000\r\n" + bytes(65_536) + b"\r\n"
    yield Attempt(
        "chunks without end",
        413,
        ask(f"{BASE}/detect", b"", kind, headers={"Content-Length": "", "Transfer-Encoding": "chunked"})
        + chunk * (BODY_MB * 16),
    )
    yield Attempt(
        "a length below zero", 400, ask(f"{BASE}/detect", b"", kind, headers={"Content-Length": "-5"})
    )
    yield Attempt(
        "a length of words", 400, ask(f"{BASE}/detect", b"", kind, headers={"Content-Length": "ten"})
    )
    yield Attempt(
        "an unknown transfer", 501, ask(f"{BASE}/detect", b"", kind, headers={"Transfer-Encoding": "gzip"})
    )
    yield Attempt("a long header", 431, ask(models, method="GET", headers={"X-Long": "x" * 40_000}))
    yield Attempt("a header in two lines", 400, ask(models, method="GET", headers={"X": "a\r\nb c"}))
    yield Attempt("no HTTP", 400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n")
    whole = target.form("detect", ("image", good))
    yield Attempt("headers that never end", 408, whole[:60], waits=True)
    yield Attempt("a body that never ends", 408, whole[:-40], waits=True)


def _files(target: Target) -> Iterator[Attempt]:
    root = target.root
    for name, status, source in (
        ("a file outside", 403, "/etc/passwd"),
        ("a file upwards", 403, "../secret.png"),
        ("a file beside", 403, f"{root}/in/../secret.png"),
        ("a link to outside", 403, "link.png"),
        ("the folder itself", 403, "."),
        ("a folder", 422, "folder"),
        ("a pipe", 422, "pipe.png"),
        ("a file that is not there", 404, "missing.png"),
        ("a file that is no picture", 415, "note.png"),
        ("a null byte", 400, "good.png\0.txt"),
        ("a name too long", 400, "x" * 3000),
        ("an address as file", 404, "https://loopback.example/x.png"),
    ):
        yield Attempt(name, status, target.json("segment", {"input": source, "output": "new.png"}))
    for name, status, goal in (
        ("a result outside", 403, "/tmp/booth-hostile.png"),
        ("a result upwards", 403, "../in/good.png"),
        ("a result through a link", 403, "away/secret.png"),
        ("a result over another", 409, "there.png"),
        ("a result that is no picture", 400, "new.sh"),
        ("a result without a folder", 404, "missing/new.png"),
    ):
        yield Attempt(name, status, target.json("segment", {"input": "good.png", "output": goal}))


def _addresses(target: Target) -> Iterator[Attempt]:
    def by(name: str, status: int, url: str) -> Attempt:
        return Attempt(name, status, target.json("detect", {"url": url}))

    for host in INSIDE:
        yield by(f"an address inside, {host}", 403, f"https://{host}/photo.png")
    yield by("a host that was not named", 403, "https://other.example/photo.png")
    yield by("an address in numbers", 403, "https://127.0.0.1/photo.png")
    yield by("an address as one number", 403, "https://2130706433/photo.png")
    yield by("an address in brackets", 403, "https://[::1]/photo.png")
    yield by("another port", 403, "https://loopback.example:22/")
    yield by("plain http", 400, "http://loopback.example/photo.png")
    yield by("a file's address", 400, "file:///etc/passwd")
    yield by("a name and password", 400, "https://loopback.example@private.example/")
    yield by("a line end in the address", 400, "https://loopback.example/\r\nX: y")
    yield by("a broken address", 400, "https://[::1/")
    yield Attempt("no address", 400, target.request(f"{BASE}/detect", method="GET"))
    yield Attempt(
        "an address inside in the query",
        403,
        target.request(f"{BASE}/detect?url=https://loopback.example/photo.png", method="GET"),
    )
