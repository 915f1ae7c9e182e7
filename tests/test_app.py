"""The house, where it cannot stand."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from booth.app import log_to, running
from booth.config import Settings
from booth.errors import SpoolError


def test_a_log_that_cannot_be_written_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    before = list(logging.getLogger().handlers)
    with pytest.raises(SpoolError, match="data"):
        log_to(tmp_path / "data", "info")
    assert logging.getLogger().handlers == before


def test_a_data_folder_of_no_use_is_told_plainly_and_leaves_no_thread(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    before = set(threading.enumerate())
    settings = Settings.model_validate({"spool": {"data": str(tmp_path / "data")}})
    with pytest.raises(SpoolError, match="data"), running(settings):
        pass
    assert set(threading.enumerate()) <= before
