"""What is measured, how it travels between processes, and memory's high-water mark."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_PEAK_AND_NOW = "5"  # what resets the high-water mark


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one section: p50 and p95 over n, in `unit`."""

    section: str
    figure: str
    unit: str
    n: int
    p50: float
    p95: float


def row(section: str, figure: str, unit: str, values: Sequence[float]) -> Row:
    """Give a figure of several measurements."""
    return Row(section, figure, unit, len(values), median(values), percentile(values, 0.95))


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which a share of the others lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def seconds_of(work: Callable[[], object], times: int) -> list[float]:
    """Give the seconds of each of several calls."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def megabytes_above(work: Callable[[], object]) -> float | None:
    """Give how far memory rises above where it stands while `work` runs, in MB; None where none can tell.

    What earlier calls have left in the allocator is given back before, and the kernel's own high-water mark
    is read, so that no peak between two samples is missed.
    """
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    try:
        _CLEAR.write_text(_PEAK_AND_NOW)
    except OSError:
        return None
    before = psutil.Process().memory_info().rss
    work()
    peak = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return (int(peak.split()[1]) * 1024 - before) / 1e6


def machine() -> dict[str, object]:
    """Say what the figures were measured on, and how busy it was before."""
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "busy_percent": psutil.cpu_percent(1.0),
        "load": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
