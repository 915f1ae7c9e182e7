"""`run_booth.py pin`: the hash of a PIN, for the configuration."""

from __future__ import annotations

import getpass
from collections.abc import Callable

from booth.errors import ConfigError
from booth.studio.pin import LONGEST, SHORTEST, hashed


def pin(ask: Callable[[str], str] = getpass.getpass) -> int:
    """Ask for a PIN, twice, and print the lines that belong into the configuration.

    Raises
    ------
    ConfigError
        If it is no PIN, or the second was another.
    """
    first = ask("New PIN: ")
    if not (first.isascii() and first.isdecimal() and SHORTEST <= len(first) <= LONGEST):
        raise ConfigError(f"A PIN has {SHORTEST} to {LONGEST} digits, as it is typed on ten large keys.")
    if ask("Once more: ") != first:
        raise ConfigError("The two were not the same; nothing has changed.")
    print(f"operator:\n  pin: {hashed(first)}")
    return 0
