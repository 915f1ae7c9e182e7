"""The clean plate's life: loaded, taken by itself at start where that is wanted, watched for drift."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from booth.arrays import Alpha
from booth.camera.drift import drift
from booth.camera.grabber import Grabber
from booth.camera.plate import PlateCapture, load_plate, save_plate
from booth.config.settings import CleanPlateSettings
from booth.errors import BoothError, PlateError, said_by
from booth.sentences import say
from booth.shot import Frame, Notice, Plate
from booth.studio.notices import NoticeBoard

log = logging.getLogger(__name__)

CAPTURE_TIMEOUT = 10.0
WATCH_EVERY = 5.0
DRIFTS_UNTIL_TOLD = 2
"""A guest who covers half the picture may look like a drift once; a bumped camera goes on doing so."""


class PlateKeeper:
    """Holds the plate in use. `plate` may be read from any thread; the rest belongs to the mirror's."""

    def __init__(
        self,
        settings: CleanPlateSettings,
        folder: Path,
        grabber: Grabber,
        board: NoticeBoard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._grabber = grabber
        self._board = board
        self._clock = clock
        self._next_watch = clock() + WATCH_EVERY
        self._drifts = 0
        self.plate: Plate | None = None
        self._load()

    @property
    def is_wanted(self) -> bool:
        """Whether a plate is to be taken now, at start."""
        when = self._settings.at_start
        return when == "always" or (when == "when_missing" and self.plate is None)

    def _load(self) -> None:
        try:
            self.plate = load_plate(self._folder)
        except PlateError as error:
            self._board.post(Notice("plate", "warning", said_by(error)))
        if self.plate is not None:
            taken = datetime.fromtimestamp(self.plate.taken_at).strftime("%d %b %H:%M")
            log.info("Clean plate of %s, brightness %.0f", taken, self.plate.brightness)

    def capture(self, on_progress: Callable[[float], None] = lambda share: None) -> Plate:
        """Take and store a new plate; the place must be empty.

        Raises
        ------
        PlateError, CameraError, SpoolError
            With what to do; the old plate stays in use.
        """
        plate = PlateCapture(self._grabber, self._settings.frames, on_progress).run(CAPTURE_TIMEOUT)
        save_plate(self._folder, plate)
        self.plate = plate
        self._drifts = 0
        self._board.clear("plate")
        log.info("Clean plate taken, noise %.1f %.1f %.1f", *plate.sigma)
        return plate

    def capture_at_start(self) -> None:
        """Take the plate where the settings want one now; tell the operator when that failed."""
        if not self.is_wanted:
            return
        try:
            self.capture()
        except BoothError as error:
            self._board.post(
                Notice(
                    "plate",
                    "warning",
                    say("plate.not_taken", why=said_by(error)),
                    say("plate.not_taken.help"),
                )
            )

    def watch(self, frame: Frame, alpha: Alpha | None) -> None:
        """Look now and then whether the plate still fits, and tell the operator when it does not.

        Parameters
        ----------
        alpha : float32 (h, w) over the whole frame, where people are; None if that is not known
        """
        plate = self.plate
        if plate is None or not self._settings.watch or self._clock() < self._next_watch:
            return
        self._next_watch = self._clock() + WATCH_EVERY
        people = None if alpha is None else _at_size_of(frame, alpha)
        found = drift(frame, plate, people)
        self._drifts = self._drifts + 1 if found.message else 0
        if found.message and self._drifts >= DRIFTS_UNTIL_TOLD:
            self._board.post(Notice("plate", "warning", say("plate.drifted"), found.message))
        elif not found.message:
            self._board.clear("plate")


def _at_size_of(frame: Frame, alpha: Alpha) -> Alpha:
    height, width = frame.image.shape[:2]
    return np.asarray(cv2.resize(alpha, (width, height)), np.float32)
