from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings, SpoolSettings
from booth.shot import Frame, Ticket
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id


@pytest.fixture
def settings(tmp_path: Path) -> SpoolSettings:
    return SpoolSettings(data=tmp_path / "data", printer=PrinterSettings(size=(2, 2)))


@pytest.fixture
def spool(settings: SpoolSettings) -> Iterator[Spool]:
    spool = Spool(settings, lambda: 1_800_000_030.0)
    yield spool
    spool.close()


@pytest.fixture
def picture() -> Rgb8:
    return np.random.default_rng(7).integers(0, 256, (48, 48, 3), dtype=np.uint8)


@pytest.fixture
def frame(picture: Rgb8) -> Frame:
    return Frame(picture, 1_800_000_000.0, 12)


@pytest.fixture
def kept(picture: Rgb8, frame: Frame) -> Callable[..., Ticket]:
    """Take, develop and keep one photo."""

    def keep(spool: Spool, copies: int = 1) -> Ticket:
        photo_id = new_photo_id()
        spool.capture(photo_id, frame)
        spool.developed(photo_id, "beach", "plate", {"scale": 1.0})
        return spool.keep(photo_id, picture, copies).result()

    return keep


PROGRAMS = ("ippeveprinter", "cupsd", "dbus-daemon", "lpadmin")
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin"


class VirtualPrinter:
    """ippeveprinter and a private cupsd as their own processes, which can be killed, stopped and started."""

    def __init__(self, dirty_clean: int = 0) -> None:
        # Not in tmp_path: the print service's own user must get there.
        self.root = Path(tempfile.mkdtemp(prefix="booth-printer-"))
        self.port, self.printer_port = free_port(), free_port()
        self.queue = f"ipp://127.0.0.1:{self.port}/printers/dyesub"
        self.device = f"ipp://localhost:{self.printer_port}/ipp/print"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        assert self._run("setup", DIRTY=str(dirty_clean)) == 0

    def set_up(self, uri: str = "") -> None:
        self.start("cupsd")
        if not uri:
            self.start("printer")
        # Whoever listens need not answer yet.
        wait_for(lambda: self._run("queue", uri or self.device) == 0, 20)

    def start(self, what: str) -> None:
        """Start "cupsd" or "printer" and wait until it listens."""
        with (self.root / f"{what}.log").open("ab") as log:
            self._processes[what] = subprocess.Popen(
                self._command(what),
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "PATH": PATH},
            )
        port = self.port if what == "cupsd" else self.printer_port
        wait_for(lambda: listens(port), 20)

    def kill(self, what: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End it with everything that it started, as a power cut does, or with another signal."""
        process = self._processes.pop(what)
        if how is signal.SIGKILL and what == "printer":
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        process.wait(20)

    def signal(self, what: str, how: signal.Signals) -> None:
        self._processes[what].send_signal(how)

    def paper(self, sheets: int) -> None:
        """Load so many sheets; 0 takes all paper out."""
        query = f"size0=oe_square-6x6_6x6in&type0=photographic-glossy&level0={sheets}"
        with urllib.request.urlopen(f"http://localhost:{self.printer_port}/media?{query}", timeout=5) as page:
            page.read()

    def control(self, name: str, text: str) -> None:
        """Write one of the engine's controls: "state", "secs", "fail", "usb"."""
        (self.root / "ctl" / name).write_text(text)

    def lpadmin(self, *words: str) -> None:
        """Change the queue."""
        address = {"CUPS_SERVER": f"127.0.0.1:{self.port}", "PATH": PATH}
        subprocess.run(
            ["lpadmin", "-p", "dyesub", *words], check=True, timeout=20, env={**os.environ, **address}
        )

    def sheets(self) -> list[tuple[str, Path]]:
        """What came out, in order: each sheet's job name and file."""
        found = sorted((self.root / "out").glob("*.name"))
        return [(name.read_text().strip(), name.with_suffix("")) for name in found]

    def end(self) -> None:
        for process in self._processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.kill(int((self.root / "bus.pid").read_text()), signal.SIGTERM)
        shutil.rmtree(self.root, ignore_errors=True)

    def _command(self, *words: str) -> list[str]:
        script = Path(__file__).with_name("virtual_printer.sh")
        first, *rest = words
        return ["bash", str(script), str(self.root), str(self.port), str(self.printer_port), first, *rest]

    def _run(self, *words: str, **environment: str) -> int:
        done = subprocess.run(
            self._command(*words),
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PATH": PATH, **environment},
        )
        if done.returncode:
            print(done.stderr)  # which a test that fails shows
        return done.returncode


def free_port() -> int:
    """A port below those that the system gives to whoever connects, so that nobody takes it meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as trial:
            trial.bind(("127.0.0.1", port))
            return port


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def wait_for(condition: Callable[[], object], seconds: float = 40) -> None:
    """Wait until it is so; what is waited for happens in other processes, which tell nobody."""
    until = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        pause.wait(0.05)


@pytest.fixture
def until() -> Callable[..., None]:
    return wait_for


@pytest.fixture
def virtual() -> Iterator[Callable[..., VirtualPrinter]]:
    """Make a virtual printer, set up with its queue; with a URI, a queue for something else."""
    if any(shutil.which(program, path=PATH) is None for program in PROGRAMS):
        pytest.skip("needs cups, cups-client, cups-ipp-utils, cups-filters and dbus-daemon")
    made: list[VirtualPrinter] = []

    def make(uri: str = "", dirty_clean: int = 0) -> VirtualPrinter:
        made.append(VirtualPrinter(dirty_clean))
        made[-1].set_up(uri)
        return made[-1]

    yield make
    for printer in made:
        printer.end()


@pytest.fixture
def raster() -> Callable[[Path], Rgb8]:
    """Decode what the printer got: Apple raster, one page of 24 bits."""

    def decode(path: Path) -> Rgb8:
        data = path.read_bytes()
        assert data[:8] == b"UNIRAST\0"
        assert data[12] == 24
        width, height = struct.unpack_from(">II", data, 24)
        out = np.full((height, width * 3), 255, np.uint8)
        place, row = 44, 0
        while row < height:
            repeat, place, line = data[place] + 1, place + 1, bytearray()
            while len(line) < width * 3:
                count, place = data[place], place + 1
                if count == 128:
                    line += b"\xff" * (width * 3 - len(line))
                elif count < 128:
                    line += data[place : place + 3] * (count + 1)
                    place += 3
                else:
                    line += data[place : place + 3 * (257 - count)]
                    place += 3 * (257 - count)
            out[row : row + repeat] = np.frombuffer(bytes(line), np.uint8)
            row += repeat
        return out.reshape(height, width, 3)

    return decode
