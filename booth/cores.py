"""Who has how many of the processor's cores.

Camera, mirror and still compute at the same time. On two cores helpers that spin while they wait for one of them
take the core from the others: a still beside the mirror was 25 times slower with torch's, and the mirror spent a
sixth of its processor time in waking OpenCV's.
"""

from __future__ import annotations

import os

import cv2

_CALLERS = 4
"""Threads of the booth that may be in OpenCV at once."""


def share_cores(threads: int = 0) -> int:
    """Set the pools of torch and OpenCV to their share, and give the cores there are.

    It must be called before torch is loaded.

    Parameters
    ----------
    threads : cores that may be used; 0: all
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    cores = threads or os.cpu_count() or 1
    cv2.setNumThreads(max(1, cores // _CALLERS))
    return cores


def use_torch_threads(threads: int) -> None:
    """Let torch compute with so many threads in the calling thread, whatever other threads ask for.

    A thread takes torch's count when it first asks for it, and until then the count that any thread set last: so the
    mirror's network could get the still's two threads, and the still the mirror's one.
    """
    import torch

    torch.get_num_threads()
    torch.set_num_threads(threads)
