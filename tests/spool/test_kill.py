"""kill -9 at every named step and at random moments: nothing acknowledged is lost, nothing printed twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from booth.config.settings import PrinterSettings, SpoolSettings
from booth.spool import schema
from booth.spool.dispatcher import Dispatcher
from booth.spool.printing import FolderPrinter
from booth.spool.recovery import recover
from booth.spool.spool import Spool

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


class Victim:
    """The process that runs booths to be killed."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("kill_child.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        assert self.process.stdout is not None
        self.lines = self.process.stdout

    def send(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode())

    def line(self) -> list[str]:
        return self.lines.readline().decode().split()

    def run(self, mode: str, root: Path, seed: int) -> int:
        self.send(f"{mode} {root} {seed}\n")
        word, child = self.line()
        assert word == "CHILD"
        return int(child)

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.lines.close()


class Witness:
    """What was acknowledged in a data folder, and what came out of its printer, over all kills."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = SpoolSettings(data=root, printer=PrinterSettings(size=(2, 2)))
        self.captured: set[str] = set()
        self.kept: dict[str, int] = {}
        self.discarded: set[str] = set()
        self.eaten: list[str] = []

    def hear(self, line: list[str]) -> None:
        match line:
            case ["CAPTURED", photo_id]:
                self.captured.add(photo_id)
            case ["KEPT", photo_id, copies]:
                self.kept[photo_id] = int(copies)
            case ["DISCARDED", photo_id]:
                self.discarded.add(photo_id)
            case ["NOTICE", *_]:
                raise AssertionError(" ".join(line))

    def eat_sheets(self) -> None:
        """Do as a hot folder's program does: print what lies there and delete it."""
        for sheet in (self.root / "prints").glob("*.jpg"):
            self.eaten.append(sheet.name)
            sheet.unlink()

    def recover_and_check(self) -> None:
        spool = Spool(self.settings)
        try:
            assert spool.ledger.moved_aside is None
            found = recover(spool, time.time()).result()
            assert not found.missing
            assert not found.quarantined
            for photo in found.to_compose:
                spool.queue(photo.id, spool.original(photo.id).image).result()
            self.print_all(spool)
            self.eat_sheets()
            self.check(spool)
        finally:
            spool.close()

    def print_all(self, spool: Spool) -> None:
        empty = threading.Event()
        claim = spool.sheets.claim

        def claim_and_see(*printer):  # type: ignore[no-untyped-def]
            job = claim(*printer)
            if job.result() is None:
                empty.set()
            return job

        spool.sheets.claim = claim_and_see  # type: ignore[method-assign]
        dispatcher = Dispatcher(
            spool, [FolderPrinter(spool.folders, self.settings.printer)], pytest.fail, lambda key: None
        )
        dispatcher.start()
        try:
            assert empty.wait(30)
        finally:
            dispatcher.stop()

    def check(self, spool: Spool) -> None:
        for photo_id in self.captured:
            assert spool.original(photo_id).image.shape == (32, 32, 3)
        for photo_id, copies in self.kept.items():
            photo = spool.photo(photo_id)
            assert (photo.state, photo.copies) == ("printed", copies)
        for photo_id in self.discarded:
            assert not list(self.root.rglob(f"*{photo_id}*"))
        with spool.ledger.reading() as database:
            schema.check(database)
            sheets = {
                f"{number:04d}-{code}-{sheet}of{sheets}.jpg"
                for number, code, sheet, sheets in database.execute(
                    "SELECT print_job.number, code, sheet, sheets FROM print_job "
                    "JOIN photo ON photo.id = photo_id WHERE print_job.state = 'printed'"
                )
            }
        assert Counter(self.eaten) == Counter(sheets)
        assert spool.sheets_printed() == len(sheets) >= sum(self.kept.values())


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    victim = Victim()
    yield victim
    victim.end()


def kill_at_step(victim: Victim, witness: Witness, target: int) -> str | None:
    """Kill the booth at its target-th step; the step's name, or None if it ended before."""
    child = victim.run("step", witness.root, target)
    seen = 0
    name = None
    while (line := victim.line()) != ["GONE"]:
        witness.hear(line)
        if line[0] != "STEP":
            continue
        if seen == target:
            name = " ".join(line[1:])
            os.kill(child, signal.SIGKILL)
        else:
            victim.send("\n")
        seen += 1
    return name


def kill_at_random(victim: Victim, witness: Witness, rng: random.Random, seed: int) -> None:
    """Kill the booth in full swing: some acknowledgements after its start, and a moment more."""
    child = victim.run("run", witness.root, seed)
    for _ in range(rng.randint(1, 8)):
        witness.hear(victim.line())
    timer = threading.Timer(rng.uniform(0, 0.02), os.kill, (child, signal.SIGKILL))
    timer.start()
    while (line := victim.line()) != ["GONE"]:
        witness.hear(line)
    timer.join()


def test_a_kill_at_each_step_loses_nothing_and_doubles_nothing(victim: Victim, tmp_path: Path) -> None:
    names = []
    witness = Witness(tmp_path / "data")
    while (name := kill_at_step(victim, witness, len(names))) is not None:
        names.append(name)
        if len(names) % 2:
            witness.eat_sheets()
        witness.recover_and_check()
    witness.recover_and_check()
    places = {"originals/*.png", "originals/*.json", "composites/*.jpg", "records/*.json", "prints/*.jpg"}
    assert {f"{when}-rename {place}" for when in ("before", "after") for place in places} <= set(names)
    assert {"before-commit", "after-commit"} <= set(names)
    print(f"{len(names)} steps, each killed once: {', '.join(dict.fromkeys(names))}")


@pytest.mark.parametrize(
    "kills", [10, pytest.param(200, marks=[pytest.mark.heavy, pytest.mark.timeout(900)])]
)
def test_kills_at_random_lose_nothing_and_double_nothing(victim: Victim, tmp_path: Path, kills: int) -> None:
    rng = random.Random(kills)
    witness = Witness(tmp_path / "data")
    for seed in range(kills):
        kill_at_random(victim, witness, rng, seed)
        if rng.random() < 0.5:
            witness.eat_sheets()
        witness.recover_and_check()
    assert len(witness.kept) >= kills // 2
    print(f"{kills} kills, {len(witness.captured)} photos and {len(witness.eaten)} sheets acknowledged")
