"""OpenCV's pool is a share of the cores, as several threads call it at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import cv2
import pytest

from booth.cores import share_cores, use_torch_threads


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = cv2.getNumThreads()
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    yield
    cv2.setNumThreads(before)


@pytest.mark.parametrize(("cores", "pool"), [(1, 1), (2, 1), (4, 1), (16, 4)])
def test_a_quarter_of_the_cores(cores: int, pool: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert share_cores() == cores
    assert cv2.getNumThreads() == pool
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"


def test_fewer_where_the_operator_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert share_cores(8) == 8
    assert cv2.getNumThreads() == 2
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"


def test_each_thread_keeps_its_own_count_of_torch_threads() -> None:
    """Both ask before either computes, as mirror and still do when the booth starts."""
    import torch

    both_asked = threading.Barrier(2)
    counts: dict[int, int] = {}

    def compute(threads: int) -> None:
        use_torch_threads(threads)
        both_asked.wait()
        counts[threads] = torch.get_num_threads()

    callers = [threading.Thread(target=compute, args=(threads,)) for threads in (1, 2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert counts == {1: 1, 2: 2}
