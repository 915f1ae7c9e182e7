"""kill -9 at each step of a whole visit: nothing kept is lost, nothing is printed twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from booth.app import running
from booth.config import Settings
from booth.spool.rows import jobs_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

STEPS = (*("starting", "ready", "captured", "developed", "keeping", "kept", "printing", "laid", "printed"),)


class Victim:
    """The process that forks booths to be killed."""

    def __init__(self, config: Path) -> None:
        script = Path(__file__).with_name("visit_child.py")
        self._config = config
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._send, self._lines = self._process.stdin, self._process.stdout
        self.kept: dict[str, int] = {}

    def visit(self, kill_at: str | None = None, kill_after: float | None = None) -> list[str]:
        """Play a visit until it is killed at a step, or after some seconds, or ends; give its steps."""
        self._send.write(f"{'step' if kill_at else 'run'} {self._config}\n".encode())
        child = int(self._line()[1])
        killer = threading.Timer(kill_after, os.kill, (child, signal.SIGKILL)) if kill_after else None
        if killer:
            killer.start()
        steps = []
        while (line := self._line())[0] != "DEAD":
            if line[0] == "KEPT":
                self.kept[line[1]] = int(line[2])
            if line[0] == "STEP":
                steps.append(line[1])
                if line[1] == kill_at:
                    os.kill(child, signal.SIGKILL)
                    kill_at = ""
                elif kill_at:
                    self._send.write(b"\n")
        if killer:
            killer.cancel()
            killer.join()
        return steps

    def _line(self) -> list[str]:
        return self._lines.readline().decode().split() or ["DEAD"]

    def end(self) -> None:
        self._send.close()
        self._process.wait(20)
        self._lines.close()


@pytest.fixture
def victim(booth_settings: Settings, tmp_path: Path) -> Iterator[Victim]:
    config = tmp_path / "settings.json"
    config.write_text(booth_settings.model_dump_json())
    victim = Victim(config)
    yield victim
    victim.end()


def account(settings: Settings, kept: dict[str, int]) -> int:
    """Start once more, let everything print, and hold ledger and printer's folder against what was promised."""
    assert settings.spool.data is not None
    prints = settings.spool.data / "prints"
    with running(settings) as house:
        until = threading.Event()
        while house.studio.waiting():
            until.wait(0.02)
        sheets = Counter(path.name.split("-")[1] for path in prints.glob("*.jpg"))
        with house.spool.ledger.reading() as database:
            for photo_id, copies in kept.items():
                photo = house.spool.photo(photo_id)
                assert photo.state == "printed"
                assert sheets[photo.code] >= copies
                assert house.spool.composite(photo_id).shape == (1920, 1920, 3)
            printed = database.execute("SELECT count(*) FROM print_job WHERE state = 'printed'").fetchone()[0]
            other = database.execute("SELECT count(*) FROM print_job WHERE state != 'printed'").fetchone()[0]
            assert len(jobs_of(database, next(iter(kept)))) == 2
    assert other == 0
    assert printed % 2 == 0
    assert sum(sheets.values()) == printed
    assert not list(prints.glob(".*"))
    return printed


@pytest.mark.timeout(300)
def test_killed_once_at_each_step(victim: Victim, booth_settings: Settings) -> None:
    for step in STEPS:
        steps = victim.visit(kill_at=step)
        assert step in steps
    assert victim.visit()[-1] == "printed"
    # A kill may come between the ledger's sync and the guest's ticket: such a photo is printed all the same.
    assert account(booth_settings, victim.kept) >= 2 * len(victim.kept) >= 2


@pytest.mark.heavy
@pytest.mark.timeout(1200)
def test_killed_a_hundred_times(victim: Victim, booth_settings: Settings) -> None:
    rng = random.Random(5)
    for kill in range(100):
        if kill % 2:
            victim.visit(kill_at=STEPS[kill // 2 % len(STEPS)])
        else:
            victim.visit(kill_after=rng.uniform(0.05, 3.0))
    assert len(victim.kept) > 10
    printed = account(booth_settings, victim.kept)
    assert printed >= 2 * len(victim.kept)
    print(f"100 kills: {len(victim.kept)} photos acknowledged, {printed} sheets, 0 lost, 0 printed twice")
