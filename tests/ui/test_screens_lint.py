"""The screens use only what the view models offer."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_qmllint_finds_nothing(capfd):
    path = Path(__file__).parent / "lint_qml.py"
    spec = importlib.util.spec_from_file_location("lint_qml", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.lint() == 0, capfd.readouterr().err
