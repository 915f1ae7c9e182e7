"""The booth's voice: a beep for each second of a countdown, a click for the shutter.

The tones are computed here. They are played by miniaudio, in threads of its own; a thread here opens the
device, so that the screen never waits for it. A machine without a loudspeaker counts down silently, and the
operator is told.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from booth.sentences import say
from booth.shot import Notice

log = logging.getLogger(__name__)

RATE = 44_100
AHEAD_MS = 60
"""How much is handed to the device at once: less would stutter, more would lag behind the picture."""
Samples = NDArray[np.int16]


def tone(pitch: float, seconds: float, loud: float = 0.35) -> Samples:
    """A soft bell: a sine with its octave, swelling for 4 ms and dying away.

    Parameters
    ----------
    pitch : hertz
    loud : share of full scale, 0 to 1

    Returns
    -------
    int16 of shape (N,), RATE samples a second
    """
    at = np.arange(round(RATE * seconds)) / RATE
    wave = np.sin(2 * np.pi * pitch * at) + 0.3 * np.sin(4 * np.pi * pitch * at)
    shape = np.minimum(1, at / 0.004) * np.exp(-5 * at / seconds) * np.minimum(1, (seconds - at) / 0.01)
    return np.asarray(np.rint(wave / 1.3 * shape * loud * 32767), np.int16)


def click(loud: float = 0.3) -> Samples:
    """A shutter: two short bursts of noise. int16 of shape (N,)."""
    at = np.arange(round(RATE * 0.12)) / RATE
    noise = np.random.default_rng(7).uniform(-1, 1, at.size)
    shape = np.exp(-at / 0.006) + 0.8 * np.where(at > 0.055, np.exp(-(at - 0.055) / 0.01), 0)
    return np.asarray(np.rint(np.clip(noise * shape, -1, 1) * loud * 32767), np.int16)


SOUNDS: Mapping[str, Callable[[], Samples]] = MappingProxyType(
    {"tick": partial(tone, 880, 0.16), "last": partial(tone, 1320, 0.3), "shutter": click}
)


class Loudspeaker:
    """Plays what it is told to, one after the other. `on_notice` is called from its thread."""

    def __init__(self, on_notice: Callable[[Notice], None]) -> None:
        self._on_notice = on_notice
        self._sounds = {name: make() for name, make in SOUNDS.items()}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sound")
        self._lock = threading.Lock()
        self._waiting: deque[Samples] = deque()
        self._device: Any = None
        self._is_silent = False
        self._pool.submit(self._open)

    @property
    def is_silent(self) -> bool:
        """Whether nothing can be heard from this machine."""
        return self._is_silent

    def play(self, name: str) -> None:
        """Let a sound be heard now; what was still sounding gives way."""
        if not self._is_silent:
            with self._lock:
                self._waiting = deque([self._sounds[name]])

    def stop(self) -> None:
        """Close the device and end the thread."""
        self._pool.submit(self._close)
        self._pool.shutdown(wait=True)

    def _open(self) -> None:
        try:
            self._device = _started(self._samples())
        except Exception as error:
            # miniaudio, its library or the machine's sound system: whichever it is, the booth is silent.
            self._is_silent = True
            log.warning("no sound: %s", error)
            self._on_notice(
                Notice("sound", "info", say("sound.none", why=str(error)), say("sound.none.help"))
            )

    def _close(self) -> None:
        if self._device is not None:
            self._device.close()
            self._device = None

    def _samples(self) -> Generator[bytes, int, None]:
        """Whatever is to be heard next, silence in between; runs in the device's thread."""
        wanted = yield b""
        while True:
            wanted = yield self._next(wanted).tobytes()

    def _next(self, count: int) -> Samples:
        block = np.zeros(count, np.int16)
        with self._lock:
            if self._waiting:
                sound = self._waiting.popleft()
                block[: sound.size] = sound[:count]
                if sound.size > count:
                    self._waiting.appendleft(sound[count:])
        return block


def _started(samples: Generator[bytes, int, None]) -> Any:
    import miniaudio

    next(samples)
    device = miniaudio.PlaybackDevice(
        output_format=miniaudio.SampleFormat.SIGNED16,
        nchannels=1,
        sample_rate=RATE,
        buffersize_msec=AHEAD_MS,
        backends=[kind for kind in miniaudio.Backend if kind is not miniaudio.Backend.NULL],
        app_name="Booth",
    )
    device.start(samples)
    return device
