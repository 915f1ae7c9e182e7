"""The booth's voice, with a loudspeaker that is a list and with none."""

from __future__ import annotations

import numpy as np
import pytest

from booth.ui import sound
from booth.ui.sound import RATE, SOUNDS, Loudspeaker, tone


class Device:
    """Takes samples as a sound card would."""

    def __init__(self, samples):
        self.samples = samples
        self.is_closed = False

    def close(self):
        self.is_closed = True


@pytest.fixture
def device(monkeypatch):
    devices = []

    def start(samples):
        next(samples)
        devices.append(Device(samples))
        return devices[0]

    monkeypatch.setattr(sound, "_started", start)
    return devices


def heard(device, count):
    return np.frombuffer(device.samples.send(count), np.int16)


def test_a_sound_is_played_once_in_pieces_with_silence_around_it(device):
    speaker = Loudspeaker(lambda notice: None)
    speaker._pool.submit(lambda: None).result()  # the device is open now
    assert not heard(device[0], 500).any()
    speaker.play("tick")
    pieces = np.concatenate([heard(device[0], 441) for _ in range(40)])
    tick = SOUNDS["tick"]()
    assert (pieces[: tick.size] == tick).all()
    assert not pieces[tick.size :].any()
    speaker.stop()
    assert device[0].is_closed


def test_without_a_device_the_booth_is_silent_and_says_so(monkeypatch):
    def no_device(samples):
        raise OSError("no such device")

    monkeypatch.setattr(sound, "_started", no_device)
    told = []
    speaker = Loudspeaker(told.append)
    speaker._pool.submit(lambda: None).result()
    speaker.play("shutter")
    speaker.stop()
    assert speaker.is_silent
    assert [(notice.key, notice.level) for notice in told] == [("sound", "info")]
    assert "no such device" in told[0].text


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_are_short_and_neither_clip_nor_crack(name):
    samples = SOUNDS[name]()
    assert samples.size <= 0.35 * RATE
    assert 2000 < np.abs(samples.astype(int)).max() < 20000


def test_a_tone_has_its_pitch_and_ends_softly():
    samples = tone(880, 0.5).astype(float)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * RATE / samples.size == pytest.approx(880, abs=3)
    assert abs(samples[0]) < 50
    assert np.abs(samples[-20:]).max() < 50
