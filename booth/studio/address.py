"""Where a phone finds a ticket's page, and whether it still finds it there: codes that were given lie in pockets."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from booth.config.settings import ServiceSettings
from booth.errors import SpoolError
from booth.files import publish
from booth.sentences import Sentence, say
from booth.shot import Notice

EVERYWHERE = ("0.0.0.0", "::")
ELSEWHERE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): asking for the way there tells this machine's own address; nothing is sent."""
LOOK_AGAIN_SECONDS = 30.0
STOP_SECONDS = 1.0
KEY = "address"
log = logging.getLogger(__name__)


def pickup_address(service: ServiceSettings, token: str) -> str | None:
    """The address of a ticket's page; None where no phone could reach it."""
    if not service.enabled:
        return None
    host = given_host(service)
    return f"http://{_bracketed(host)}:{service.port}/p/{token}" if host else None


def given_host(service: ServiceSettings) -> str | None:
    """What the codes call this machine: the name or address that the operator chose, else what it has just now."""
    return service.address or reachable_host(service.host)


def reachable_host(host: str) -> str | None:
    """What phones may call the address that the pages are served at; None for this machine alone."""
    if host in EVERYWHERE:
        return own_address()
    return None if host.startswith("127.") or host in ("::1", "localhost") else host


def own_address() -> str | None:
    """This machine's address in its network; None where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_mine(host: str) -> bool | None:
    """Whether a name or address leads to this machine; None where it is not known here, which may take seconds."""
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)
    except OSError:
        return None
    return any(_can_be_bound(family, place) for family, _, _, _, place in found)


def _can_be_bound(family: int, place: tuple[object, ...]) -> bool:
    """Whether the system gives an address away, which it does with its own alone; nothing is sent."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as trial:
            trial.bind(place)
    except OSError:
        return False
    return True


def trouble(service: ServiceSettings, before: str) -> tuple[Sentence, Sentence] | None:
    """What is wrong with the address in the codes, and what helps; `before` is the one in those given so far, ""
    where there are none."""
    host = given_host(service)
    if host is None:
        return say("address.none"), say("address.none.help")
    if service.address and (mine := is_mine(service.address)) is not True:
        if mine is None:
            return say("address.unknown", address=service.address), say("address.wrong.help")
        return say("address.elsewhere", address=service.address), say("address.wrong.help")
    if before and before != host:
        return say("address.changed", before=before, now=host), say("address.changed.help", before=before)
    return None


class AddressWatch:
    """Looks now and then whether the address in the codes still leads here; told under the key "address".

    The address of the codes given so far is remembered in a file, as routers like to give another one overnight.
    """

    def __init__(
        self,
        service: ServiceSettings,
        file: Path,
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
    ) -> None:
        self._service = service
        self._file = file
        self._on_notice = on_notice
        self._on_clear = on_clear
        self._before = remembered(file)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="address", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; one that waits for an answer about a name is left behind."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def look(self) -> None:
        """Compare, tell, and remember the address of the first codes of this event's evening."""
        host = given_host(self._service)
        if (found := trouble(self._service, self._before)) is None:
            self._on_clear(KEY)
        else:
            self._on_notice(Notice(KEY, "warning", *found))
        if host and host != remembered(self._file):
            try:
                publish(self._file, host.encode())
            except SpoolError as error:
                log.warning("the address of the codes is not remembered: %s", error)
        self._before = self._before or host or ""

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception:
                log.exception("the address could not be looked at")
            self._stopping.wait(LOOK_AGAIN_SECONDS)


def remembered(file: Path) -> str:
    """The address in the codes given so far; empty where none were given, or nobody knows."""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
