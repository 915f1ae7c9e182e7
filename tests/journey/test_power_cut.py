"""The power fails at random moments of scripted visits: no photo that was acknowledged is lost.

The data folder lies on a disk of its own, an image mounted by loop. A cut copies the image as it is at that moment,
which is what a disk has when the system's memory is gone, and goes on with the copy: its journal is replayed as
after a real cut. Disks that lie about a flush cannot be shown so.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from booth.config.settings import PrinterSettings, SpoolSettings
from booth.spool.recovery import recover
from booth.spool.spool import Spool

IMAGE_MB = 96
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.timeout(3000),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts an image: needs root"),
    pytest.mark.skipif(shutil.which("mkfs.ext4", path="/usr/sbin:/sbin") is None, reason="needs mkfs.ext4"),
]


class Victim:
    """The process that forks booths to be cut off; what it acknowledged is kept here, off the disk."""

    def __init__(self) -> None:
        script = Path(__file__).parents[1] / "spool" / "kill_child.py"
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._send, self._lines = self._process.stdin, self._process.stdout
        self.captured: set[str] = set()
        self.kept: dict[str, int] = {}
        self.discarded: set[str] = set()

    def start(self, root: Path, seed: int) -> int:
        self._send.write(f"run {root} {seed}\n".encode())
        word, child = self._line()
        assert word == "CHILD"
        return int(child)

    def hear(self) -> None:
        match self._line():
            case ["CAPTURED", photo_id]:
                self.captured.add(photo_id)
            case ["KEPT", photo_id, copies]:
                self.kept[photo_id] = int(copies)
            case ["DISCARDED", photo_id]:
                self.discarded.add(photo_id)

    def hear_all(self) -> None:
        """Everything that was said before it was stopped."""
        while select.select([self._lines], [], [], 0)[0]:
            self.hear()

    def kill(self, child: int) -> None:
        os.kill(child, signal.SIGKILL)
        while self._line() != ["GONE"]:
            pass

    def end(self) -> None:
        self._send.close()
        self._process.wait(20)
        self._lines.close()

    def _line(self) -> list[str]:
        return self._lines.readline().decode().split()


@pytest.fixture
def victim() -> Iterator[Victim]:
    victim = Victim()
    yield victim
    victim.end()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """An image with a file system, and the folder where it is mounted; in shared memory where there is some, as
    what matters is what was flushed to it and not how long that takes."""
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path, prefix="booth-disk-"))
    image, mounted = place / "disk.img", tmp_path / "disk"
    mounted.mkdir()
    with image.open("wb") as file:
        file.truncate(IMAGE_MB << 20)
    subprocess.run(["/usr/sbin/mkfs.ext4", "-q", "-F", image], check=True)
    try:
        if subprocess.run(["mount", "-o", "loop", image, mounted], capture_output=True).returncode:
            pytest.skip("no image can be mounted here")
        yield image, mounted
        subprocess.run(["umount", "-l", mounted], check=False)
    finally:
        shutil.rmtree(place)


def cut(victim: Victim, child: int, image: Path, mounted: Path) -> None:
    """Take the power away, and start again from what the disk had."""
    os.kill(child, signal.SIGSTOP)
    victim.hear_all()
    left = image.with_name("left.img")
    subprocess.run(["cp", "--sparse=always", image, left], check=True)
    victim.kill(child)
    subprocess.run(["umount", mounted], check=True)
    left.replace(image)
    subprocess.run(["mount", "-o", "loop", image, mounted], check=True)


def account(victim: Victim, root: Path) -> int:
    """Start the spool and hold it against everything that was ever acknowledged."""
    spool = Spool(SpoolSettings(data=root, printer=PrinterSettings(size=(2, 2))))
    try:
        assert spool.ledger.moved_aside is None
        found = recover(spool, time.time()).result()
        assert not found.missing
        for photo_id in victim.captured:
            assert spool.original(photo_id).image.shape == (32, 32, 3)
        for photo_id, copies in victim.kept.items():
            assert spool.photo(photo_id).copies == copies
            assert spool.composite(photo_id).shape == (32, 32, 3)
        for photo_id in victim.discarded:
            assert not list(root.rglob(f"*{photo_id}*"))
        return spool.sheets_printed()
    finally:
        spool.close()


def test_two_hundred_power_cuts_lose_no_acknowledged_photo(victim: Victim, disk: tuple[Path, Path]) -> None:
    image, mounted = disk
    cuts, first = (
        int(os.environ.get(f"BOOTH_POWER_{what}", value)) for what, value in (("CUTS", 20), ("SEED", 0))
    )
    rng = random.Random(13 + first)
    printed = 0
    for seed in range(first, first + cuts):
        child = victim.start(mounted / "data", seed)
        for _ in range(rng.randint(1, 12)):
            victim.hear()
        time.sleep(rng.uniform(0, 0.02))
        cut(victim, child, image, mounted)
        printed = account(victim, mounted / "data")
    assert len(victim.kept) > cuts // 4
    print(
        f"{cuts} cuts: {len(victim.captured)} photos and {len(victim.kept)} tickets acknowledged, "
        f"{printed} sheets, 0 lost"
    )
