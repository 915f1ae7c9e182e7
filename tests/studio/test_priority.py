"""Threads that compute wait behind the screen's."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from booth.studio.priority import STEP, give_way


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
def test_a_thread_that_gives_way_does_so_alone_and_with_those_it_starts() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def gives_way(steps: int) -> tuple[int, int]:
        give_way(steps)
        with ThreadPoolExecutor(1) as started:
            return priority(), started.submit(priority).result()

    before = priority()
    for steps in (1, 3):
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(gives_way, steps).result() == (before + steps * STEP,) * 2
    assert priority() == before
