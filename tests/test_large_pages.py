"""The booth starts afresh once with large pages, and only once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from booth.large_pages import NAME, TUNABLES, with_large_pages

PROGRAM = """
import os
from booth.large_pages import with_large_pages
with_large_pages()
print(os.getpid(), os.environ["GLIBC_TUNABLES"])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's tunables")
@pytest.mark.parametrize("given", [None, "glibc.malloc.check=0"])
def test_the_same_process_goes_on_with_the_tunables_or_those_it_was_given(given: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != NAME}
    if given is not None:
        environment[NAME] = given
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        said, _ = process.communicate(timeout=60)
    assert said.split() == [str(process.pid), given or TUNABLES]


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delenv(NAME, raising=False)
    with_large_pages()
    assert NAME not in os.environ
