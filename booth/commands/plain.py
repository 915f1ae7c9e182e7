"""Lines of a command that name files."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text


def print_plain(console: Console, line: str, style: str = "") -> None:
    """Print a line as it is: in one piece, so that a path in it can be copied, and brackets are no markup."""
    console.print(Text(line, style), soft_wrap=True)
