"""How long the booth takes from its process' first moment to a mirror, to being ready, and to a first photo.

Each start is a process of its own. A cold one begins with the packages and the weights dropped from the
system's memory, as after switching the machine on; what another process has open stays there.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copytree, rmtree

import psutil

from booth.bench.figures import Row, row
from booth.bench.scenery import Scenery
from booth.errors import BoothError

PACKAGES = ("torch", "torchvision", "cv2", "numpy", "PIL", "booth")
WARM = 3
_PATIENCE = 180.0
_FIGURES = ("first mirror picture", "ready for guests, network loaded", "first photo, shutter to print-ready")


def measure(method: str, scenery: Scenery) -> tuple[list[Row], dict[str, object]]:
    """Give the seconds of one cold start and several warm ones with a method.

    Raises
    ------
    BoothError
        If the booth cannot start with it on this machine.
    """
    section = f"start: {method}"
    _started(method, scenery)  # writes compiled modules
    dropped = sum(map(_drop, _files(scenery)))
    cold = _started(method, scenery)
    warm = [_started(method, scenery) for _ in range(WARM)]
    rows = [row(section, f"cold: {figure}", "s", [cold[figure]]) for figure in _FIGURES]
    rows += [row(section, f"warm: {figure}", "s", [each[figure] for each in warm]) for figure in _FIGURES]
    return rows, {"dropped_megabytes": dropped // 1_000_000}


def _started(method: str, scenery: Scenery) -> dict[str, float]:
    command = [sys.executable, "-m", "booth.bench.start", method, str(scenery.folder), str(scenery.weights)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
    if done.returncode:
        raise BoothError((done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


def _files(scenery: Scenery) -> Iterator[Path]:
    """What a start reads: the packages and the weights."""
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield from (path for path in Path(place).rglob("*") if path.is_file())
    yield from (path for path in scenery.weights.rglob("*") if path.is_file())


def _drop(path: Path) -> int:
    """Ask the system to forget a file's content; its bytes, 0 where that cannot be done."""
    with suppress(OSError, AttributeError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
        return path.stat().st_size
    return 0


def _start(method: str, scenery: Scenery) -> dict[str, float]:
    """Start the booth in this process, take one photo, and give the seconds."""
    from booth.app import running
    from booth.bench.house import settings_with, take

    data = scenery.folder / f"start-{os.getpid()}"
    copytree(scenery.folder / "plate", data / "plate")
    taken: dict[str, list[float]] = {}
    try:
        with running(settings_with(method, scenery, data)) as house:
            house.studio.mirror(house.studio.backdrops[0].id)
            seen = _waited(lambda: house.studio.newest_mirror() is not None)
            house.studio.wait_ready(_PATIENCE)
            ready = _waited(lambda: house.studio.ready() is None)
            take(house, 1, taken)
    finally:
        rmtree(data, ignore_errors=True)
    return dict(zip(_FIGURES, (seen, ready, taken["shutter to print-ready"][0]), strict=True))


def _waited(condition: Callable[[], bool]) -> float:
    """Wait for something; give the seconds since this process began."""
    while not condition():
        if _age() > _PATIENCE:
            raise BoothError(f"the booth did not start within {_PATIENCE:.0f} s")
        time.sleep(0.005)
    return _age()


def _age() -> float:
    return time.time() - psutil.Process().create_time()


if __name__ == "__main__":
    chosen, folder, weights = sys.argv[1:]
    print(json.dumps(_start(chosen, Scenery(Path(folder), Path(weights)))))
