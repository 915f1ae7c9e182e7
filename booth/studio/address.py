"""Where a phone finds a ticket's page."""

from __future__ import annotations

import socket

from booth.config.settings import ServiceSettings

EVERYWHERE = ("0.0.0.0", "::")
ELSEWHERE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): asking for the way there tells this machine's own address; nothing is sent."""


def pickup_address(service: ServiceSettings, token: str) -> str | None:
    """The address of a ticket's page; None where no phone could reach it."""
    if not service.enabled:
        return None
    host = service.address or reachable_host(service.host)
    return f"http://{_bracketed(host)}:{service.port}/p/{token}" if host else None


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
