"""The booth starts itself anew: the same process, the same arguments, and not for ever."""

from __future__ import annotations

import subprocess
import sys

from booth.commands.restart import MOST, Restarts

PROGRAM = """
import os, sys
from booth.commands.restart import Restarts, restart
restarts = Restarts()
print(os.getpid(), sys.argv[1:], [notice.text for notice in restarts.told()], flush=True)
if restarts.due("the context was lost"):
    restarts.note("the context was lost")
    restart()
"""


def test_a_restart_is_the_same_process_with_the_same_arguments_and_says_why() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--config", "my event.yaml"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    lives = run.stdout.splitlines()
    assert run.returncode == 0, run.stderr
    assert len(lives) == MOST + 1
    assert len({life.split()[0] for life in lives}) == 1
    assert all("['--config', 'my event.yaml']" in life for life in lives)
    assert "context was lost" not in lives[0]
    assert "context was lost" in lives[1]


def test_restarts_that_do_not_help_come_to_an_end_and_begin_again_after_an_hour() -> None:
    environment: dict[str, str] = {}
    now = [1000.7]  # a moment that would round into the future
    restarts = Restarts(environment, lambda: now[0])
    assert not restarts.due(None)
    for _ in range(MOST):
        assert restarts.due("a hang")
        restarts.note("a hang")
        now[0] += 60
    assert not restarts.due("a hang")
    now[0] += 3600
    assert restarts.due("a hang")
