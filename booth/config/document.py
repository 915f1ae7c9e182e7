"""`config/booth.yaml`, written from the settings, so that nothing is ever said twice.

`python -m booth.config.document > config/booth.yaml` writes it again after a setting has changed.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

from pydantic.fields import FieldInfo

from booth.config.fields import accepts, section_of, written
from booth.config.settings import Section, Settings

WIDTH = 100
LONGEST = 106
REMARKS_AT = 38
"""Column in which the range and the default of each value stand."""

_HEAD = """\
# The configuration of Booth: every setting, with the value that it has when its line is left out.
#
#   To change something   Edit the value, keep the indentation, start the booth again.
#   To look it over       python run_booth.py --check
#                         It names file, line and key of whatever is wrong, and what to write instead.
#   To keep your own      Copy this file, delete what you do not need, and start the booth with
#                         python run_booth.py --config my-event.yaml
#
# Put "quotes" round text. Write true or false, whole numbers without quotes, lists as [one, two].
# A file or folder that does not begin with / is looked for beside this file; ~/ is the home folder.
# Behind each value: what it may be, and what it is by default.
"""


def document() -> str:
    """Give the text of `config/booth.yaml`."""
    return _HEAD + "".join(f"\n\n{line}" if line.startswith("# ──") else line for line in _lines(Settings, 0))


def _lines(section: type[Section], depth: int) -> Iterator[str]:
    for name, field in section.model_fields.items():
        below = section_of(field)
        if below is None:
            yield "\n"
            yield from _setting(name, field, depth)
        else:
            yield from _heading(name, below, depth)
            yield from _lines(below, depth + 1)


def _heading(name: str, section: type[Section], depth: int) -> Iterator[str]:
    indent = "  " * depth
    title = (section.__doc__ or "").rstrip(".")
    if depth:
        yield f"\n{indent}# ─ {title}\n"
    else:
        yield f"# ── {title} ".ljust(WIDTH, "─") + "\n"
    yield f"{indent}{name}:\n"


def _setting(name: str, field: FieldInfo, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for line in textwrap.wrap(field.description or "", WIDTH - len(indent) - 2, break_on_hyphens=False):
        yield f"{indent}# {line}\n"
    pair = f"{indent}{name}: {written(field.default)}".rstrip().ljust(REMARKS_AT)
    takes, default = accepts(field), f"default {written(field.default) or 'empty'}"
    fits = REMARKS_AT + len(f"  # {takes} · {default}") <= LONGEST
    yield f"{pair}  # {takes} · {default}\n" if fits else f"{pair}  # {takes}\n"
    if not fits:
        yield f"{'':{REMARKS_AT}}  # {default}\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(document())
