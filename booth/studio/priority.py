"""Who goes first where all want a core: the screen."""

from __future__ import annotations

import logging
import os
import sys
import threading

log = logging.getLogger(__name__)

STEP = 5
"""How much less of a core a thread gets that gives way, in steps of `nice`."""


def give_way(steps: int = 1) -> None:
    """Let the calling thread, and those that it starts, wait behind the screen's and the camera's.

    Fingers and animations need little of a core but need it at once; whoever computes needs much. Threads
    that give way by as many steps share as before, also where the whole booth gives way to others. Only Linux has a
    priority for each thread; elsewhere nothing changes.
    """
    if sys.platform != "linux":
        return
    try:
        of_the_screen = os.getpriority(os.PRIO_PROCESS, os.getpid())
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), of_the_screen + steps * STEP)
    except OSError as error:
        log.warning("thread %s cannot give way to the screen: %s", threading.current_thread().name, error)
