"""Who may ask: the names by which the API is called, and the token that a request bears."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from booth.errors import ConfigError
from booth.files import publish
from booth.service.api.problems import Problem

OPEN = frozenset({"/", "/health", "/ready", "/openapi.json"})
"""What is answered without a token."""
_LEAST = 16
"""Characters of the shortest token that is taken from a file."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Turns away whoever does not belong here. `open_paths` are answered without the token."""

    token: str
    names: Collection[str]
    open_paths: Collection[str] = OPEN

    def refusal(self, host: str, authorization: str, path: str) -> Problem | None:
        """Give what is wrong with a request's headers; None where it may go on."""
        # A page from elsewhere whose name was turned to this address is told apart by the name it calls.
        if host_name(host) not in self.names:
            return Problem(
                421,
                "host",
                "This host name is not one of this API: call it by a name in api.names, or add the name there.",
            )
        if path in self.open_paths:
            return None
        kind, _, token = authorization.partition(" ")
        given = token.strip().encode("utf-8", "replace")
        if kind.lower() == "bearer" and hmac.compare_digest(given, self.token.encode()):
            return None
        return Problem(
            401,
            "token",
            "Send the header 'Authorization: Bearer TOKEN' with the token from the file that api.token names.",
            {"WWW-Authenticate": 'Bearer realm="booth"'},
        )


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def token_in(path: Path) -> str:
    """Read the token, or make one that only this user can read.

    Raises
    ------
    ConfigError
        If the file cannot be used: others may read it, or it holds no token.
    SpoolError
        If it cannot be written.
    """
    try:
        if os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError(f"{path}: other users can read the API's token. Run: chmod 600 {path}")
        token = path.read_text("ascii").strip()
    except FileNotFoundError:
        token = secrets.token_urlsafe(32)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        publish(path, f"{token}\n".encode())
        return token
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the API's token cannot be read ({error}). Delete the file.") from error
    if len(token) < _LEAST or not token.isprintable() or " " in token:
        raise ConfigError(
            f"{path}: this is no token, which is one word of {_LEAST} characters or more. Delete the file, "
            "and a new one is made."
        )
    return token
