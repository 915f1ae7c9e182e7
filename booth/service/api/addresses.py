"""Pictures by their address: https, from hosts that were named, and never out of this network's inside.

A name is resolved once, every address that it has must be a public one, and the connection goes to the very
address that was looked at: a name that answers otherwise the second time gains nothing. The certificate is
still checked against the name. Nothing of what was fetched is ever shown but as a picture.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from booth.service.api.problems import Problem

T = TypeVar("T")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
HTTPS_PORT = 443
_PIECE = 1 << 16
_WRAPPING = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
"""IPv6 networks that lead to IPv4 addresses, inner ones among them."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches the bytes behind an address.

    `hosts` are the names that may be asked, `bytes_at_most` and `seconds` the caps; `resolve` gives the
    addresses of a name, `is_outside` says which of them may be connected to, and `port` is the only one.
    """

    hosts: Collection[str]
    bytes_at_most: int
    seconds: float
    resolve: Resolve
    context: ssl.SSLContext
    is_outside: Callable[[str], bool]
    port: int = HTTPS_PORT

    def __call__(self, url: str, seconds: float) -> bytes:
        """Fetch; a Problem says why not. `seconds` are those that the request has left."""
        parts = self._allowed(url)
        host = parts.hostname or ""
        ends = time.monotonic() + min(self.seconds, seconds)
        try:
            address = self._address_of(host, ends)
            with self._connected(address, host, ends) as connection:
                return self._body(connection, parts, ends)
        except TimeoutError as error:
            raise _too_slow() from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() >= ends:
                raise _too_slow() from error
            raise Problem(
                502, "address", "The host of this url could not be reached safely: send the picture itself."
            ) from error

    def _allowed(self, url: str) -> SplitResult:
        if not self.hosts:
            raise Problem(
                403,
                "address",
                "Pictures are not fetched by address here: send the picture itself, or set api.fetch_from.",
            )
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Problem(
                400, "address", "This url cannot be read: send one like https://host/photo.jpg."
            ) from error
        is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
        if (
            not is_plain
            or parts.scheme != "https"
            or parts.username is not None
            or parts.password is not None
        ):
            raise Problem(
                400, "address", "Only plain https addresses are fetched, such as https://host/photo.jpg."
            )
        if (parts.hostname or "") not in self.hosts or port not in (None, self.port):
            raise Problem(
                403,
                "address",
                "Pictures are not fetched from this host: send the picture itself, or add the "
                "host to api.fetch_from.",
            )
        return parts

    def _address_of(self, host: str, ends: float) -> str:
        """The one address that is connected to; all of a host's must be outside."""
        try:
            found = _by(ends, lambda: self.resolve(host, self.port))
        except TimeoutError:
            raise
        except (OSError, UnicodeError) as error:
            raise Problem(
                502, "address", "The host of this url has no address: look at it, or send the picture itself."
            ) from error
        if not found or not all(self.is_outside(address) for address in found):
            raise Problem(
                403, "address", "The host of this url is not on the public internet: send the picture itself."
            )
        return found[0]

    @contextmanager
    def _connected(self, address: str, host: str, ends: float) -> Iterator[http.client.HTTPConnection]:
        """A connection to the address, under the name; cut when the time is up, whatever it is doing."""
        raw = socket.create_connection((address, self.port), max(0.01, ends - time.monotonic()))
        held = [raw]
        cut = threading.Timer(max(0.0, ends - time.monotonic()), _shut, [held])
        cut.daemon = True
        cut.start()
        try:
            raw.settimeout(max(0.01, ends - time.monotonic()))
            with self.context.wrap_socket(raw, server_hostname=host) as secure:
                held.append(secure)  # the raw socket has given its connection away
                connection = http.client.HTTPConnection(host, self.port)
                connection.sock = secure
                yield connection
        finally:
            cut.cancel()
            raw.close()

    def _body(self, connection: http.client.HTTPConnection, parts: SplitResult, ends: float) -> bytes:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        name = parts.hostname if self.port == HTTPS_PORT else f"{parts.hostname}:{self.port}"
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for header, value in (
            ("Host", name or ""),
            ("Accept", "image/jpeg, image/png, image/webp"),
            ("Accept-Encoding", "identity"),
            ("User-Agent", "booth"),
            ("Connection", "close"),
        ):
            connection.putheader(header, value)
        connection.endheaders()
        with connection.getresponse() as answer:
            return self._read(answer, ends)

    def _read(self, answer: http.client.HTTPResponse, ends: float) -> bytes:
        if 300 <= answer.status < 400:
            raise Problem(
                502, "address", "This url leads to another one, which is not followed: send that one."
            )
        if answer.status != 200:
            raise Problem(
                502, "address", "There is no picture at this url: look at it, or send the picture itself."
            )
        data = bytearray()
        while piece := answer.read1(_PIECE):
            data += piece
            if len(data) > self.bytes_at_most:
                raise Problem(502, "address", "The picture at this url is larger than api.body allows.")
        if time.monotonic() >= ends:  # what was cut reads as if it had ended
            raise _too_slow()
        if answer.length:
            raise Problem(
                502, "address", "The picture at this url came cut off: try again, or send it itself."
            )
        return bytes(data)


def _by(ends: float, work: Callable[[], T]) -> T:
    """What work gives, or a TimeoutError: looking a name up cannot be ended, only left to itself."""
    given: Future[T] = Future()

    def run() -> None:
        try:
            given.set_result(work())
        except Exception as error:
            given.set_exception(error)

    threading.Thread(target=run, name="resolve", daemon=True).start()
    return given.result(max(0.0, ends - time.monotonic()))


def _too_slow() -> Problem:
    return Problem(504, "address", "The picture did not come in time (api.fetch): send the picture itself.")


def _shut(held: Sequence[socket.socket]) -> None:
    for each in held:
        with suppress(OSError):
            socket.socket.shutdown(each, socket.SHUT_RDWR)  # below TLS, which another thread is reading


def fetcher(hosts: Collection[str], bytes_at_most: int, seconds: float) -> Fetcher:
    """What fetches from the public internet, by the system's own resolver and certificates."""
    return Fetcher(hosts, bytes_at_most, seconds, resolved, ssl.create_default_context(), is_public)


def resolved(host: str, port: int) -> Sequence[str]:
    """Every address of a name, as the system gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet; whatever leads to an inner one is none."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:  # with a zone, as fe80::1%eth0
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address.is_site_local or any(address in net for net in _WRAPPING):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
