"""The units for systemd, with this machine's paths in them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from booth.commands.units import NAMES, units
from booth.errors import ConfigError


def test_every_blank_is_filled_in(tmp_path):
    assert units(tmp_path / "units", Path("/etc/booth.yaml"), "kiosk") == 0
    for name in NAMES:
        assert "@" not in (tmp_path / "units" / name).read_text(), name
    text = (tmp_path / "units" / "booth.service").read_text()
    assert "User=kiosk\n" in text
    assert "--config /etc/booth.yaml" in text
    assert sys.executable in text


def test_a_path_that_systemd_would_read_otherwise_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="blank"):
        units(tmp_path, Path("/my folder/booth.yaml"), "kiosk")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to ask")
def test_systemd_understands_them(tmp_path):
    units(tmp_path, Path("/etc/booth.yaml"), "root")
    for name in NAMES[:2]:
        # A command that is not installed here is no fault of the unit.
        said = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True
        ).stderr
        wrong = [line for line in said.splitlines() if name in line and "not executable" not in line]
        assert wrong == []
