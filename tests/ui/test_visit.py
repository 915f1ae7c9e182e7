"""What the view model makes of the studio's answers."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from booth.errors import CameraError
from booth.ui.visit import _apology


@pytest.mark.parametrize(
    ("fault", "key"),
    [(None, ""), (CameraError("gone"), "sorry.camera"), (ZeroDivisionError(), "sorry.general")],
)
def test_a_fault_has_its_apology(fault: Exception | None, key: str) -> None:
    future: Future[int] = Future()
    if fault:
        future.set_exception(fault)
    else:
        future.set_result(1)
    assert _apology(future) == key


def test_what_a_stop_cancelled_has_an_apology_too() -> None:
    future: Future[int] = Future()
    future.cancel()
    assert _apology(future) == "sorry.general"
