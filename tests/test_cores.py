"""OpenCV's pool is a share of the cores, as several threads call it at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import cv2
import pytest

from booth.cores import share_cores


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
