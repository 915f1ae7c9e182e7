import json
from pathlib import Path

import numpy as np
import pytest

from booth.evaluation import pymatting_bench
from booth.evaluation.pymatting_bench import WIDE, band_about, main, ring_about


@pytest.mark.heavy
@pytest.mark.filterwarnings("default")
def test_both_are_measured_on_every_trimap(folder: Path) -> None:
    pytest.importorskip("pymatting")
    out = folder / "build" / "pymatting.json"
    assert main([str(folder), "--json", str(out), "--threads", "1"]) == 0
    written = json.loads(out.read_text())
    assert [row["n"] for row in written["rows"] if row["level"] == "any"] == [2, 2, 2]
    assert {row["trimap"] for row in written["rows"]} == {"booth", "mask", "truth"}
    for row in written["rows"]:
        assert 0 < row["unknown"] < 1
        assert row["booth_sad"] > 0
        assert row["pymatting_sad"] > 0
        assert row["times_faster"] > 0
    assert written["run"]["numba_threads"] == 1


def test_without_pymatting_it_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pymatting_bench, "find_spec", lambda name: None)
    assert main([str(folder)]) == 2
    assert "[bench]" in capsys.readouterr().err


def test_the_ring_is_what_the_mask_is_not_sure_of() -> None:
    coarse = np.array([[0, 0.01, 0.02, 0.5, 0.98, 0.99, 1]], np.float32)
    assert ring_about(coarse).tolist() == [[0, 0, 128, 128, 128, 255, 255]]


def test_the_band_holds_all_that_is_soft_and_what_is_near() -> None:
    alpha = np.zeros((200, 200), np.float32)
    alpha[:, 100] = 0.5
    alpha[:, 101:] = 1
    trimap = band_about(alpha)
    assert (trimap[:, 100 - WIDE : 101 + WIDE] == 128).all()
    assert (trimap[:, : 100 - WIDE] == 0).all()
    assert (trimap[:, 101 + WIDE :] == 255).all()
