"""The PIN: kept as a hash, tried with growing pauses that outlive a restart."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from booth.config import Settings
from booth.studio.pin import FREE_TRIES, LONGEST_PAUSE, PinGuard, hashed, matches, pause_after

CHEAP = 10


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def guard(tmp_path, clock):
    return PinGuard(hashed("2468", cost=CHEAP), tmp_path / "pin.json", clock)


def test_a_hash_fits_its_pin_only_and_is_salted():
    kept = hashed("2468", cost=CHEAP)
    assert matches("2468", kept)
    assert not matches("2469", kept)
    assert not matches("", kept)
    assert kept != hashed("2468", cost=CHEAP)
    assert "2468" not in kept


def test_what_the_configuration_holds_is_a_hash_or_nothing():
    Settings.model_validate({"operator": {"pin": hashed("2468", cost=CHEAP)}})
    for wrong in ("2468", "scrypt-99-" + "0" * 32 + "-" + "0" * 64):
        with pytest.raises(ValidationError, match=r"run_booth\.py pin"):
            Settings.model_validate({"operator": {"pin": wrong}})


def test_three_wrong_pins_lock_and_each_more_locks_longer(guard, clock):
    for _ in range(FREE_TRIES - 1):
        assert guard.hear("1").answer == "wrong"
        assert guard.wait() == 0
    first = guard.hear("1")
    assert (first.answer, first.wait) == ("wrong", 10)
    assert guard.hear("2468").answer == "locked", "while it is locked not even the right one is heard"
    clock.now += 11
    assert guard.hear("1").wait == 20
    clock.now += 21
    assert guard.hear("2468").answer == "open"
    assert guard.hear("1").wait == 0, "the right one wipes the slate clean"


def test_a_restart_forgets_nothing(guard, clock, tmp_path):
    for _ in range(FREE_TRIES):
        guard.hear("1")
    again = PinGuard(hashed("2468", cost=CHEAP), tmp_path / "pin.json", clock)
    assert again.wait() == 10
    assert again.hear("2468").answer == "locked"


def test_a_clock_set_back_locks_no_longer_than_the_pause(guard, clock):
    for _ in range(FREE_TRIES):
        guard.hear("1")
    clock.now -= 1_000_000
    assert guard.wait() == 10


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"wrong": "x", "until": 1}', "\x00"])
def test_a_spoilt_file_gains_nobody_a_try(tmp_path, clock, text):
    (tmp_path / "pin.json").write_text(text)
    guard = PinGuard(hashed("2468", cost=CHEAP), tmp_path / "pin.json", clock)
    assert guard.hear("1").answer == "locked"
    clock.now += 11
    assert guard.hear("2468").answer == "open"


def test_a_disk_that_takes_nothing_still_counts(clock, tmp_path):
    guard = PinGuard(hashed("2468", cost=CHEAP), tmp_path / "gone" / "pin.json", clock)
    for _ in range(FREE_TRIES):
        guard.hear("1")
    assert guard.wait() == 10


def test_pauses_end_somewhere():
    assert pause_after(10_000) == LONGEST_PAUSE


def test_without_a_pin_everybody_may(tmp_path):
    guard = PinGuard("", tmp_path / "pin.json")
    assert not guard.is_set
    assert guard.hear("").answer == "open"
