"""What only the operator may ask of the booth: a report, the plate, the queue, the sign, a rehearsal.

Two threads of its own do the asking, so that the screen never waits: one for what is read every second, one
for what takes its time (plate, test print, rehearsal), of which only one can be under way.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from booth.arrays import Rgb8
from booth.camera.drift import Drift, drift
from booth.camera.opencv import is_address, is_device
from booth.camera.sight import Sight, sight
from booth.camera.simulated import CameraControl
from booth.config import Settings, load, packs
from booth.config.edit import edited
from booth.config.watch import KEY as EDIT
from booth.config.watch import ConfigWatch
from booth.errors import CameraError, ConfigError, SpoolError
from booth.files import publish
from booth.shot import Notice, Plate
from booth.spool.desk import JobView, PrintDesk
from booth.spool.files import DiskRoom
from booth.spool.health import PrinterState
from booth.spool.overview import Tally, tally
from booth.spool.spool import Spool
from booth.studio.event_packs import EventPacks, Examined, OfTexts, examined, packs_in
from booth.studio.notices import NoticeBoard
from booth.studio.pin import PinGuard, Verdict
from booth.studio.rehearsal import Finding, Rehearsal
from booth.studio.studio import Studio
from booth.studio.testprint import print_test

T = TypeVar("T")
log = logging.getLogger(__name__)

LOG_BYTES = 16_000
LOG_LINES = 60
JOBS = 40
PACK_SIDE = 420
"""Pixels of each picture of a pack's preview: a row of four fills the screen."""
DEVICES = Path("/dev/v4l/by-id")


@dataclass(frozen=True, slots=True)
class Report:
    """How the booth is, in one piece. `seconds` are of the newest photos, shutter to review; `drift` is None
    where there is nothing to compare; `exposure` is in milliseconds, 0 while the camera decides, None for a camera
    without; `closed` says that the operator's sign is out; `pending` names what an
    edit of the configuration changed that is not taken up yet."""

    notices: tuple[Notice, ...]
    closed: bool
    camera_state: str
    camera_rate: float
    camera_size: tuple[int, int]
    exposure: float | None
    plate_taken_at: float | None
    plate_noise: float
    drift: Drift | None
    method: str
    seconds: tuple[float, ...]
    printers: tuple[PrinterState, ...]
    waiting: int
    jobs: tuple[JobView, ...]
    tally: Tally
    room: DiskRoom | None
    log: tuple[str, ...]
    pending: str


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the camera sees just now: `image` is uint8 (H, W, 3), not mirrored."""

    image: Rgb8
    sight: Sight


class Operator:
    """Answers the panel; every call returns at once."""

    def __init__(
        self,
        studio: Studio,
        spool: Spool,
        settings: Settings,
        board: NoticeBoard,
        control: CameraControl,
        config: ConfigWatch,
    ) -> None:
        self.settings = settings
        self.config = config
        self._studio = studio
        self._spool = spool
        self._board = board
        self._control = control
        folder = spool.folders.root / "operator"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.guard = PinGuard(settings.operator.pin, folder / "pin.json")
        self._sign = folder / "sign.json"
        self._packs = spool.folders.root / packs.FOLDER
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="operator")
        self._doing = ThreadPoolExecutor(1, thread_name_prefix="operator-task")
        self._cut_short = threading.Event()
        if sign_was_out(self._sign):
            studio.closed_sign.set()

    def stop(self) -> None:
        """End both threads; what takes its time is cut short."""
        self._cut_short.set()
        self._doing.shutdown(wait=True, cancel_futures=True)
        self._asking.shutdown(wait=True, cancel_futures=True)

    @property
    def prints(self) -> PrintDesk:
        """Printers and their queue."""
        return self._studio.prints

    @property
    def has_real_camera(self) -> bool:
        """Whether the camera has a plug that a hand can pull."""
        source = self.settings.camera.source
        return is_device(source) or is_address(source)

    # --- what is read ----------------------------------------------------------------------------------

    def report(self) -> Future[Report]:
        """Look at everything."""
        return self._asking.submit(self._report)

    def look_at_config(self) -> Future[str]:
        """Look whether the configuration was edited; the Future names what a good edit changed, if one waits."""
        return self._asking.submit(self._look_at_config)

    def view(self) -> Future[View | None]:
        """What the camera sees, None while it is not live."""
        return self._asking.submit(self._view)

    def plate_picture(self) -> Future[Rgb8 | None]:
        """The clean plate in use: uint8 (H, W, 3)."""
        return self._asking.submit(self._plate_image)

    def hear_pin(self, pin: str) -> Future[Verdict]:
        """Judge a PIN."""
        return self._asking.submit(self.guard.hear, pin)

    def cameras(self) -> Future[tuple[str, ...]]:
        """The cameras at hand, as `camera.source` names them; the one in use first."""
        return self._asking.submit(self._cameras)

    def event_packs(self) -> Future[EventPacks]:
        """The packs in the operator's folder, and which is in use."""
        return self._asking.submit(lambda: packs_in(self.settings.operator.packs, packs.in_use(self._packs)))

    # --- what is done ----------------------------------------------------------------------------------

    def show_sign(self, closed: bool) -> Future[None]:
        """Put the closed sign out, or take it in; a restart leaves it as it is."""
        if closed:
            self._studio.closed_sign.set()
        else:
            self._studio.closed_sign.clear()
        log.info("operator: the booth is %s", "closed" if closed else "open")
        return self._asking.submit(publish, self._sign, json.dumps({"closed": closed}).encode())

    def expose(self, milliseconds: float) -> Future[float]:
        """Have the camera let light in for so long, 0: as it decides; the Future has what it made of it."""
        return self._studio.grabber.expose(milliseconds)

    def examine_pack(self, path: Path, of_texts: OfTexts) -> Future[Examined]:
        """Look a pack over and draw its pictures. `of_texts` is called from another thread."""
        return self._doing.submit(lambda: examined(path, self._own_settings(), of_texts, PACK_SIDE))

    def use_pack(self, path: Path | None) -> Future[None]:
        """Take a pack into use, None: go without; the booth does so between two guests.

        The Future fails with ConfigError where it is no good.
        """
        return self._doing.submit(self._use_pack, path)

    def take_plate(self, on_progress: Callable[[float], None]) -> Future[Plate]:
        """Take a clean plate; the place must be empty. `on_progress` is called from another thread."""
        return self._doing.submit(self._take_plate, on_progress)

    def again(self, job: JobView) -> Future[None]:
        """Print a sheet once more, whatever became of it."""
        desk = self._studio.prints
        return desk.reprint(job.photo_id) if job.state == "printed" else desk.again(job.uuid)

    def test_print(self) -> Future[str]:
        """Send a test sheet the way of every photo; gives its code."""
        return self._doing.submit(print_test, self._spool, self.settings)

    def rehearse(
        self,
        on_finding: Callable[[Finding], None],
        on_step: Callable[[str], None],
        texts: Sequence[Finding] = (),
    ) -> Future[Path]:
        """Try everything that an event needs; the Future has the page with the result.

        Both functions are called from another thread; `texts` is what does not fit on the screens.
        """
        self._cut_short.clear()
        rehearsal = Rehearsal(
            self._studio, self._spool, self.settings, self._control, self._cut_short, texts, on_step
        )
        return self._doing.submit(rehearsal.run, on_finding)

    def cut_short(self) -> None:
        """End the rehearsal before its end."""
        self._cut_short.set()

    def set_value(self, key: str, value: str) -> Future[None]:
        """Change one line of the configuration; the booth takes it up between two guests.

        The Future fails with ConfigError where the file cannot take it, and is not changed then.
        """
        return self._asking.submit(edited, self.config.file, key, value)

    # --- on the operator's threads ---------------------------------------------------------------------

    def _report(self) -> Report:
        studio, spool = self._studio, self._spool
        frame = studio.grabber.newest()
        plate = studio.plates.plate
        with spool.ledger.reading() as database:
            counted = tally(database)
        return Report(
            notices=studio.notices(),
            closed=studio.closed_sign.is_set(),
            camera_state=studio.grabber.state,
            camera_rate=studio.grabber.rate,
            camera_size=(frame.image.shape[1], frame.image.shape[0]) if frame else (0, 0),
            exposure=studio.grabber.exposure,
            plate_taken_at=plate.taken_at if plate else None,
            plate_noise=max(plate.sigma) if plate else 0.0,
            drift=drift(frame, plate, None) if frame and plate else None,
            method=studio.method,
            seconds=tuple(studio.tempo),
            printers=studio.prints.printers(),
            waiting=studio.waiting(),
            jobs=studio.prints.jobs(JOBS),
            tally=counted,
            room=self._room(),
            log=log_tail(spool.folders.root / "booth.log"),
            pending=self.config.pending,
        )

    def _room(self) -> DiskRoom | None:
        try:
            return self._spool.room()
        except SpoolError:
            return None  # a notice says so

    def _own_settings(self) -> Settings:
        """The booth's settings without the pack that is in use."""
        return load(self.config.file) if self.config.file else self.settings

    def _use_pack(self, path: Path | None) -> None:
        if self.config.file is None:
            raise ConfigError("This booth runs without a configuration file: no pack can be taken into use.")
        log.info("operator: the event pack is %s", path or "given up")
        packs.use(self._packs, path)

    def _judge_pack(self) -> None:
        """An event pack stays when its first photo came out; it is given up when that failed."""
        if packs.in_use(self._packs).is_proven:
            return
        if self._studio.tempo:
            packs.prove(self._packs)
        elif self._studio.failures:
            log.error("operator: the event pack is given up, as its first photo failed")
            packs.roll_back(self._packs, f"its first photo failed ({self._studio.failures[0]})")

    def _look_at_config(self) -> str:
        self._judge_pack()
        self.config.look()
        if self.config.refusal is not None:
            self._board.post(self.config.refusal)
        else:
            self._board.clear(EDIT)
        return self.config.pending

    def _view(self) -> View | None:
        frame = self._studio.grabber.newest()
        return View(frame.image, sight(frame.image)) if frame else None

    def _plate_image(self) -> Rgb8 | None:
        plate = self._studio.plates.plate
        return plate.image if plate else None

    def _cameras(self) -> tuple[str, ...]:
        used = self.settings.camera.source
        found = sorted(str(path) for path in DEVICES.iterdir()) if DEVICES.is_dir() else []
        return tuple(dict.fromkeys((used, *found, "studio")))

    def _take_plate(self, on_progress: Callable[[float], None]) -> Plate:
        if self._studio.grabber.state != "live":
            raise CameraError("The camera sends no pictures just now.")
        with self._control.stage_emptied():
            return self._studio.plates.capture(on_progress)


def sign_was_out(file: Path) -> bool:
    """Whether the closed sign was out when the booth ended."""
    try:
        return bool(json.loads(file.read_bytes())["closed"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def log_tail(file: Path, most: int = LOG_LINES) -> tuple[str, ...]:
    """Give the last lines of the log, oldest first; none where there is no log."""
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, opened.seek(0, 2) - LOG_BYTES))
            lines = opened.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return tuple(lines[1:][-most:] if len(lines) > most else lines)
