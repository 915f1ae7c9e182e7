"""The victim of test_kill: forks a booth for each line on stdin, and tells what it acknowledged.

In "step" mode each rename and each commit is announced before and after, and waits for a line; the
product knows nothing of it: this child replaces os.replace and the connection's class in itself.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import numpy as np

from booth.config.settings import PrinterSettings, SpoolSettings
from booth.shot import Frame
from booth.spool.dispatcher import Dispatcher
from booth.spool.printing import FolderPrinter
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def announce(name: str) -> None:
    say("STEP", name)
    while os.read(0, 1) != b"\n":
        pass


def announce_steps() -> None:
    rename, connect = os.replace, sqlite3.connect

    def replace(source: Any, target: Any) -> None:
        target = Path(target)
        announce(f"before-rename {target.parent.name}/*{target.suffix}")
        rename(source, target)
        announce(f"after-rename {target.parent.name}/*{target.suffix}")

    class Spying(sqlite3.Connection):
        def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
            if sql != "COMMIT":
                return super().execute(sql, *rest)
            announce("before-commit")
            cursor = super().execute(sql)
            announce("after-commit")
            return cursor

    os.replace = replace  # type: ignore[assignment]
    sqlite3.connect = lambda *args, **options: connect(*args, **{"factory": Spying, **options})  # type: ignore[assignment]


def visits(root: Path, seed: int, endless: bool) -> None:
    """Capture, keep and print one photo after the other; the visit itself waits for each step."""
    rng = np.random.default_rng(seed)
    spool = Spool(SpoolSettings(data=root, printer=PrinterSettings(size=(2, 2))))
    printer = FolderPrinter(spool.folders, spool.settings.printer)
    dispatcher = Dispatcher(spool, [printer], lambda notice: say("NOTICE", notice.text), lambda key: None)
    if endless:
        dispatcher.start()
    while True:
        picture = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
        photo_id = new_photo_id()
        spool.capture(photo_id, Frame(picture, 1_800_000_000.0, 1)).result()
        say("CAPTURED", photo_id)
        spool.developed(photo_id, "beach", "plate", {}).result()
        if not endless or rng.random() < 0.3:
            discarded = new_photo_id()
            spool.capture(discarded, Frame(picture, 1_800_000_000.0, 1)).result()
            spool.discard(discarded).result()
            say("DISCARDED", discarded)
        copies = int(rng.integers(1, 3)) if endless else 2
        spool.keep(photo_id, picture, copies).result()
        say("KEPT", photo_id, copies)
        if not endless:
            while (job := spool.sheets.claim().result()) is not None:
                printer.print(job, lambda: picture)  # noqa: B023
                spool.sheets.printed(job).result()
                say("PRINTED", photo_id)
            return


def main() -> None:
    for line in sys.stdin.buffer.raw:  # type: ignore[attr-defined]
        mode, root, seed = line.decode().split()
        if (child := os.fork()) == 0:
            if mode == "step":
                announce_steps()
            visits(Path(root), int(seed), endless=mode == "run")
            say("END")
            os._exit(0)
        say("CHILD", child)
        os.waitpid(child, 0)
        say("GONE")


main()
