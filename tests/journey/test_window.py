"""A visit and an operator's walk in a real window, by a real pointer: X server, xdotool, the booth as its own process.

python -m pytest -s -m heavy tests/journey/test_window.py        (SCREENS=folder keeps the screenshots)
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from booth.arrays import Rgb8
from booth.studio.pin import hashed
from booth.ui.panel import PAGES

TOOLS = ("Xvfb", "xdotool", "xwd")
HERE = Path(__file__).parents[2]
WIDTH, HEIGHT = 540, 960
PATIENCE = 180.0
# Middles of what is touched, as fractions of the window.
START, FIRST_TILE, SHUTTER, KEEP = (0.5, 0.775), (0.26, 0.36), (0.5, 0.878), (0.5, 0.825)
GALLERY = (0.5, 0.835)
CORNER, SIGN, BRIGHTER, TEST_PRINT, FIRST_PACK = (
    (0.04, 0.03),
    (0.5, 0.445),
    (0.885, 0.755),
    (0.5, 0.325),
    (0.5, 0.158),
)
END = (0.74, 0.298)
PIN = "2468"
KEY_COLUMNS, KEY_ROWS = (0.302, 0.5, 0.698), (0.421, 0.533, 0.644)
ENTER = (0.698, 0.755)
SKY, AWAY = (0.92, 0.05), (0.45, 0.05)
GUEST, ASIDE = (0.52, 0.3), (0.66, 0.3)

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)} (Debian: xvfb xdotool x11-apps)"
    ),
]


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of its own, on a display that it chooses."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as answer:
        name = f":{answer.readline().strip()}"
    yield name
    server.terminate()
    server.wait(20)


class Hand:
    """A pointer on a display, and an eye on the booth's log."""

    def __init__(self, display: str, log: Path, screens: Path) -> None:
        self._environment = {**os.environ, "DISPLAY": display}
        self._log = log
        self._screens = screens

    def _said(self, words: str) -> int:
        return self._log.read_text(errors="replace").count(words) if self._log.exists() else 0

    def wait_for(self, words: str, times: int = 1) -> None:
        until = time.monotonic() + PATIENCE
        while self._said(words) < times:
            assert time.monotonic() < until, f"waited {PATIENCE:.0f} s for {words!r}"
            time.sleep(0.1)

    def move(self, place: tuple[float, float]) -> tuple[str, ...]:
        return ("mousemove", str(round(place[0] * WIDTH)), str(round(place[1] * HEIGHT)))

    def do(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self._environment, check=True, timeout=30)

    def tap(self, place: tuple[float, float]) -> None:
        self.do(*self.move(place), "sleep", "0.1", "mousedown", "1", "sleep", "0.08", "mouseup", "1")

    def tap_until(self, place: tuple[float, float], words: str, times: int = 1) -> None:
        """Tap again and again, as people do, until it was heard."""
        until = time.monotonic() + PATIENCE
        while self._said(words) < times:
            assert time.monotonic() < until, f"tapped {PATIENCE:.0f} s for {words!r}"
            self.tap(place)
            time.sleep(1.0)

    def hold_until(self, place: tuple[float, float], words: str) -> None:
        """Leave the button down for as long as the corner wants, again and again, until it was heard."""
        until = time.monotonic() + PATIENCE
        while not self._said(words):
            assert time.monotonic() < until, f"held {PATIENCE:.0f} s for {words!r}"
            self.do(*self.move(place), "sleep", "0.1", "mousedown", "1", "sleep", "4", "mouseup", "1")

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        steps = [(start[0] + (end[0] - start[0]) * n / 8, start[1]) for n in range(1, 9)]
        way = [word for place in steps for word in (*self.move(place), "sleep", "0.03")]
        self.do(*self.move(start), "mousedown", "1", "sleep", "0.05", *way, "mouseup", "1")

    def look(self, name: str) -> Path:
        """Keep what the X server shows, as a PNG."""
        dump = subprocess.run(
            ["xwd", "-root", "-silent"], env=self._environment, check=True, timeout=60, capture_output=True
        ).stdout
        path = self._screens / f"{name}.png"
        Image.fromarray(unpacked(dump)).save(path)
        return path


def unpacked(dump: bytes) -> Rgb8:
    """The picture in an XWD file of 32 bits a pixel: uint8 of shape (H, W, 3)."""
    header = np.frombuffer(dump, ">u4", 25)
    size, width, height, bits, line, colours = (int(header[n]) for n in (0, 4, 5, 11, 12, 19))
    assert bits == 32
    rows = np.frombuffer(dump, np.uint8, height * line, size + 12 * colours).reshape(height, line)
    return np.ascontiguousarray(rows[:, : 4 * width].reshape(height, width, 4)[..., 2::-1])


def tab(page: str) -> tuple[float, float]:
    return ((PAGES.index(page) + 0.5) / len(PAGES), 0.955)


@contextmanager
def booth_on(display: str, folder: Path, more: str) -> Iterator[tuple[subprocess.Popen[bytes], Hand, Path]]:
    """The booth in a window, a hand on it, and its data folder."""
    config, data = folder / "booth.yaml", folder / "data"
    config.write_text(
        f"event: {{name: 'Mia & Tom'}}\nscreen: {{fullscreen: false, width: {WIDTH}, height: {HEIGHT}, "
        f"sound: false}}\nvisit: {{pose: 600, choose: 600, review: 600, ticket: 600, developing: 200}}\n"
        f"matting: {{method: plate, deadline: 120}}\n{more}"
        f"spool: {{data: '{data}', stop_below_mb: 50, warn_below_mb: 60}}\n"
    )
    screens = Path(os.environ.get("SCREENS", str(folder)))
    screens.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_QUICK_BACKEND": "software"}
    booth = subprocess.Popen(
        [sys.executable, "run_booth.py", "--config", str(config)], cwd=HERE, env=environment
    )
    try:
        yield booth, Hand(display, data / "booth.log", screens), data
    finally:
        if booth.poll() is None:
            booth.kill()
            booth.wait()


def test_a_visit_with_a_pointer_in_a_window(tmp_path: Path, display: str) -> None:
    served = "service: {enabled: true, gallery: true, port: 18731}\n"
    with booth_on(display, tmp_path, served) as (booth, hand, data):
        hand.tap_until(START, "attract -> choose")
        time.sleep(2)
        choose = hand.look("2-choose")
        hand.tap_until(FIRST_TILE, "choose -> pose")
        time.sleep(1)
        hand.look("3-pose")
        hand.tap_until(SHUTTER, "pose -> countdown")
        hand.wait_for("developing -> review")
        time.sleep(1)
        review = hand.look("6-review")
        hand.drag(SKY, AWAY)
        time.sleep(2)
        swiped = hand.look("7-swiped")
        hand.drag(GUEST, ASIDE)
        time.sleep(2)
        moved = hand.look("7-moved")
        hand.tap_until(KEEP, "keeping -> ticket")
        time.sleep(2.5)  # a ticket hears nothing at first
        ticket = hand.look("8-ticket")
        hand.tap(GALLERY)
        until = time.monotonic() + PATIENCE
        while in_the_gallery(data) != 1:
            assert time.monotonic() < until, "the box on the ticket was not heard"
            time.sleep(0.2)
        shown = hand.look("8-shown")
        hand.wait_for("printed")
        booth.send_signal(signal.SIGTERM)
        assert booth.wait(60) == 0
    assert len({path.read_bytes() for path in (choose, review, swiped, moved, ticket, shown)}) == 6
    assert len([*(data / "prints").glob("*.jpg")]) == 1


def in_the_gallery(data: Path) -> int:
    with closing(sqlite3.connect(f"file:{data / 'ledger.sqlite'}?mode=ro", uri=True)) as database:
        (count,) = database.execute("SELECT count(*) FROM photo WHERE shown = 1").fetchone()
    return int(count)


def test_an_operators_walk_with_a_pointer(tmp_path: Path, display: str) -> None:
    pack = tmp_path / "stick" / "gala"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text("event: {name: Gala}\n")
    operator = f"operator: {{pin: '{hashed(PIN, cost=10)}', packs: '{pack.parent}', leave: 600}}\n"
    with booth_on(display, tmp_path, operator) as (booth, hand, data):
        hand.hold_until(CORNER, "asking for the PIN")
        for digit in PIN:
            hand.tap((KEY_COLUMNS[(int(digit) - 1) % 3], KEY_ROWS[(int(digit) - 1) // 3]))
        hand.look("o0-pin")
        hand.tap(ENTER)
        time.sleep(2)
        pages = [hand.look("o1-state")]
        hand.tap_until(SIGN, "the booth is closed")
        hand.tap_until(SIGN, "the booth is open")
        for page in PAGES[1:]:
            hand.tap(tab(page))
            time.sleep(1.5)
            pages.append(hand.look(f"o{len(pages) + 1}-{page}"))
            if page == "camera":
                hand.tap_until(BRIGHTER, "exposure 10 ms")
                hand.look("o2-camera-brighter")
            elif page == "prints":
                hand.tap_until(TEST_PRINT, "printed")
            elif page == "event":
                hand.tap(FIRST_PACK)
                time.sleep(6)
                assert hand.look("o4-event-gala").read_bytes() != pages[-1].read_bytes(), (
                    "the pack was not looked at"
                )
        hand.tap(END)
        time.sleep(0.5)
        hand.tap(END)
        assert booth.wait(60) == 0
    assert len({path.read_bytes() for path in pages}) == len(PAGES)
    assert len([*(data / "prints").glob("*.jpg")]) >= 1
