"""The victim of test_kill_visit: forks a whole booth for each line on stdin, which plays one visit.

Every step is announced; in "step" mode the child then waits for a line, so that it can be killed just there.
The product knows nothing of it: this child wraps the calls of its own instances.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from booth.app import House, running
from booth.config import Settings


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Announcer:
    def __init__(self, waits: bool) -> None:
        self._waits = waits

    def __call__(self, step: str) -> None:
        say("STEP", step)
        if self._waits and os.read(0, 1) != b"\n":
            os._exit(1)


def after(call: Callable[..., Future[Any]], announce: Announcer, step: str) -> Callable[..., Future[Any]]:
    def wrapped(*arguments: Any) -> Future[Any]:
        future = call(*arguments)
        future.result()
        announce(step)
        return future

    return wrapped


def spy_on(house: House, announce: Announcer) -> None:
    spool: Any = house.spool
    spool.capture = after(spool.capture, announce, "captured")
    spool.developed = after(spool.developed, announce, "developed")
    printer: Any = house.printers[0]
    lay = printer.print

    def print_and_tell(*arguments: Any) -> None:
        announce("printing")
        lay(*arguments)
        announce("laid")

    printer.print = print_and_tell


def wait_until(condition: Callable[[], bool]) -> None:
    from threading import Event

    pause = Event()
    while not condition():
        pause.wait(0.005)


def visit(settings: Settings, announce: Announcer) -> None:
    announce("starting")
    with running(settings) as house:
        spy_on(house, announce)
        studio = house.studio
        wait_until(lambda: studio.ready() is None)
        announce("ready")
        first, second = (backdrop.id for backdrop in studio.backdrops)
        studio.mirror(first)
        shot = studio.unfinished() or studio.take(first).result()
        shot = studio.recompose(shot, second).result()
        announce("keeping")
        ticket = studio.keep(shot, 2).result()
        say("KEPT", ticket.photo_id, ticket.copies)
        announce("kept")
        wait_until(lambda: studio.waiting() == 0)
        announce("printed")
    say("END")


def main() -> None:
    while line := sys.stdin.readline():
        mode, config = line.split()
        child = os.fork()
        if child == 0:
            say("CHILD", os.getpid())
            settings = Settings.model_validate_json(Path(config).read_text())
            visit(settings, Announcer(mode == "step"))
            os._exit(0)
        os.waitpid(child, 0)
        say("DEAD")


if __name__ == "__main__":
    main()
