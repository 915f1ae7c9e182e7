"""Python's garbage collector, run while nobody touches anything.

Left to itself it looks through all that the booth is made of, a quarter of a million objects, and stops every
thread for a tenth of a second in the middle of some visit.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from booth.session import Step
from booth.ui.visit import VisitModel

LOOK_MS = 5000
MANY = 20_000
"""So many objects that stay cost each collection some milliseconds."""


class Collector(QObject):
    """Collects whenever a visit is over, and every few seconds until the next one begins.

    Where much stays, as after the start and once a network is loaded, later collections leave it out, and take
    less than a millisecond.
    """

    def __init__(self, visit: VisitModel) -> None:
        super().__init__()
        self._visit = visit
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        visit.stepChanged.connect(self._look)
        self._look()

    @Slot()
    def _look(self) -> None:
        if self._visit.session.step is not Step.ATTRACT:
            return
        gc.collect()
        if len(gc.get_objects(generation=2)) > MANY:
            gc.freeze()

    def stop(self) -> None:
        """Leave it to itself again, as a house that comes after this one has other things to keep."""
        self._timer.stop()
        self._visit.stepChanged.disconnect(self._look)
        gc.unfreeze()
