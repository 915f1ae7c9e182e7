"""The grabber: one thread that keeps a camera alive and hands over its newest sound frame.

A read that never returns cannot be cancelled. So each opening of the camera lives in a reader thread of
its own, which alone touches the device and closes it, and the supervisor ("camera") watches from outside:

    supervisor "camera"                       reader "camera-reader-N" (daemon)
    take newest from the hand-off  <--------  open, read, read, ...
    sound? -> mailbox of one                  ends by itself on a fault or when retired
    silent for `timeout`? -> retire it, wait, open anew in the next reader

A retired reader that hangs is waited for before the device is opened again, for one more `timeout`; only
then is a second owner risked. At most `MAX_STUCK` hung readers are ever left; with so many the booth opens
no more until one of them ends, and the operator is told to restart.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Literal

from booth.arrays import Rgb8
from booth.camera.camera import Camera
from booth.camera.exposure import ExposureError
from booth.camera.faults import CameraFaultError, Reason, Repeats, fault_of
from booth.camera.soundness import repeats, unsound
from booth.config.settings import CameraSettings
from booth.errors import CameraError, said_by
from booth.sentences import say
from booth.shot import Frame, Notice

log = logging.getLogger(__name__)

State = Literal["starting", "live", "lost"]
MAX_STUCK = 3
STOP_PATIENCE = 3.0
"""Most seconds that the end of the booth waits for a camera that does not answer."""
RATE_WINDOW = 4.0
SLOW_SHARE = 0.25
"""Share of the asked rate below which a camera is slow."""

TELL_AFTER = {
    Reason.BLACK: 1 / 3,
    Reason.TRUNCATED: 1 / 3,
    Reason.GARBAGE: 1 / 3,
    Reason.WRONG_SIZE: 1 / 3,
    Reason.FROZEN: 2 / 3,  # a network camera repeats a picture now and then where nothing moves
}
"""Share of the time-out after which the operator hears of frames that are not sound."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A frame, with the moment at which reading it began."""

    frame: Frame
    began: float


class _Reader(threading.Thread):
    """Owns one opened camera: opens, exposes, reads and closes it, and hands over the newest frame.

    `wishes` are exposures in milliseconds, each answered with what the camera made of it.
    """

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        number: int,
        wishes: SimpleQueue[tuple[float, Future[float]]],
    ) -> None:
        super().__init__(name=f"camera-reader-{number}", daemon=True)
        self._open = open_camera
        self._wishes = wishes
        self.exposure: float | None = None
        self._changed = threading.Condition()
        self._newest: _Arrival | None = None
        self._retired = False
        self.opened = False
        self.may_repeat: Repeats = "nothing"
        self.trouble: CameraFaultError | None = None

    def run(self) -> None:
        try:
            self._read_until_retired()
        except CameraFaultError as trouble:
            self._end(trouble)
        except Exception as error:
            log.exception("camera reader failed")
            self._end(CameraFaultError(Reason.UNPLUGGED, say("camera.failed", why=str(error))))

    def retire(self) -> None:
        """Ask the reader to close its camera after the read in progress."""
        self._retired = True

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def take(self, timeout: float, hurry: threading.Event) -> _Arrival | None:
        """Give the newest frame not yet taken, or None after `timeout`, at the reader's end or in a hurry."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest is not None or self.trouble is not None or hurry.is_set(), timeout
            )
            arrival, self._newest = self._newest, None
            return arrival

    def _read_until_retired(self) -> None:
        camera = self._open()
        try:
            self.may_repeat = camera.may_repeat
            self.exposure = camera.exposure
            self.opened = True
            while not self._retired:
                self._expose(camera)
                began = time.monotonic()
                self._hand_over(_Arrival(camera.read(), began))
        finally:
            camera.close()

    def _expose(self, camera: Camera) -> None:
        """Do as the wishes that came since the last picture say."""
        while True:
            try:
                milliseconds, answer = self._wishes.get_nowait()
            except Empty:
                return
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                camera.expose(milliseconds)
            except ExposureError as error:
                answer.set_exception(error)
            else:
                self.exposure = camera.exposure
                log.info("camera: exposure %g ms (0: its own choice)", camera.exposure or 0.0)
                answer.set_result(camera.exposure or 0.0)

    def _hand_over(self, arrival: _Arrival) -> None:
        with self._changed:
            self._newest = arrival
            self._changed.notify_all()

    def _end(self, trouble: CameraFaultError) -> None:
        with self._changed:
            self.trouble = trouble
            self._changed.notify_all()


class Grabber(threading.Thread):
    """Keeps a camera alive, judges its frames and offers the newest sound one.

    `on_notice` and `on_clear` are called from the grabber's thread, with notices of the key "camera".
    `backoff` is the first and the longest wait in seconds between two tries to open the camera, `opening`
    the seconds that an opening may take.
    """

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        settings: CameraSettings,
        on_notice: Callable[[Notice], None],
        on_clear: Callable[[str], None],
        backoff: tuple[float, float] = (2.0, 20.0),
        opening: float = 10.0,
    ) -> None:
        super().__init__(name="camera", daemon=True)
        self._open_camera = open_camera
        self._settings = settings
        self._on_notice = on_notice
        self._on_clear = on_clear
        self._backoff = backoff
        self._opening = opening
        self._stopping = threading.Event()
        self._mail = threading.Condition()
        self._newest: _Arrival | None = None
        self._state: State = "starting"
        self._reader: _Reader | None = None
        self._wishes: SimpleQueue[tuple[float, Future[float]]] = SimpleQueue()
        self._exposure = settings.exposure
        self._stuck: list[_Reader] = []
        self._openings = 0
        self._frames = 0
        self._told: Reason | None = None
        self._moments: deque[float] = deque()

    @property
    def state(self) -> State:
        """Whether sound frames come: "live" or "lost", "starting" before either is known."""
        return self._state

    @property
    def rate(self) -> float:
        """Sound frames a second over the last four seconds."""
        now = time.monotonic()
        moments = [moment for moment in tuple(self._moments) if now - moment <= RATE_WINDOW]
        return (len(moments) - 1) / (moments[-1] - moments[0]) if len(moments) > 2 else 0.0

    @property
    def exposure(self) -> float | None:
        """Milliseconds for which the camera lets light in, 0 while it decides itself, None if it cannot be told."""
        reader = self._reader
        return reader.exposure if reader else None

    def expose(self, milliseconds: float) -> Future[float]:
        """Have the camera let light in for so long, 0: as it decides; the Future has what it made of it.

        A camera that is opened anew is told so again. The Future fails with ExposureError.
        """
        answer: Future[float] = Future()
        answer.add_done_callback(partial(self._remember_exposure, milliseconds))
        self._wishes.put((milliseconds, answer))
        return answer

    def _remember_exposure(self, milliseconds: float, answer: Future[float]) -> None:
        if not answer.cancelled() and answer.exception() is None:
            self._exposure = milliseconds
            self._on_clear("exposure")

    def newest(self) -> Frame | None:
        """Give the newest sound frame, None while the camera is not live."""
        arrival = self._newest
        return arrival.frame if arrival and self._state == "live" else None

    def wait_newer(self, number: int, timeout: float) -> Frame | None:
        """Wait for a sound frame with a number above `number`; None if none came within `timeout` seconds."""
        return self._wait_for(lambda arrival: arrival.frame.number > number, timeout)

    def still(self, timeout: float) -> Frame:
        """Give a sound frame whose reading began after this call.

        Raises
        ------
        CameraError
            If no such frame came within `timeout` seconds.
        """
        asked = time.monotonic()
        frame = self._wait_for(lambda arrival: arrival.began >= asked, timeout)
        if frame is None:
            raise CameraError(say("camera.no_still", seconds=f"{timeout:g}"))
        return frame

    def stop(self) -> None:
        """End the thread and wait for it; a reader hung in its device is left to the end of the process."""
        self._stopping.set()
        reader = self._reader
        if reader is not None:
            reader.wake()
        with self._mail:
            self._mail.notify_all()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        wait, longest = self._backoff
        while not self._stopping.is_set():
            try:
                if self._serve_one_opening():
                    wait = self._backoff[0]
            except Exception:
                log.exception("camera grabber failed")
            self._stopping.wait(wait)
            wait = min(2 * wait, longest)
        self._retire(min(self._settings.timeout, STOP_PATIENCE))

    def _serve_one_opening(self) -> bool:
        """Open the camera and hand over its frames until it is lost; tell whether it ever was live."""
        self._stuck = [reader for reader in self._stuck if reader.is_alive()]
        if len(self._stuck) >= MAX_STUCK:
            self._lose(fault_of(Reason.STUCK))
            return False
        self._openings += 1
        self._reader = _Reader(self._open_camera, self._openings, self._wishes)
        if self._exposure:
            self.expose(self._exposure).add_done_callback(self._tell_exposure)
        self._reader.start()
        watch = _Watch(self._settings.timeout, self._opening)
        while not self._stopping.is_set():
            lost = self._step(self._reader, watch)
            if lost is not None:
                self._lose(lost)
                self._retire(self._settings.timeout)
                break
        return watch.was_live

    def _step(self, reader: _Reader, watch: _Watch) -> CameraFaultError | None:
        """Take one frame from the reader; give the trouble if the camera counts as lost."""
        arrival = reader.take(watch.patience(time.monotonic(), reader.opened), self._stopping)
        now = time.monotonic()
        if arrival is None:
            return reader.trouble or watch.silence(now, reader.opened)
        reason = watch.judge(arrival.frame, reader.may_repeat, now)
        if reason is None:
            self._publish(arrival, watch, now)
        return self._after_unsound(reason, watch, now) if reason else None

    def _tell_exposure(self, answer: Future[float]) -> None:
        """Tell of a camera that was opened and does not take the exposure that is wanted of it."""
        error = None if answer.cancelled() else answer.exception()
        if error is not None:
            log.warning("camera: %s", error)
            self._on_notice(Notice("exposure", "warning", said_by(error), say("camera.exposure.help")))

    def _publish(self, arrival: _Arrival, watch: _Watch, now: float) -> None:
        self._frames += 1
        self._moments.append(now)
        while now - self._moments[0] > RATE_WINDOW:
            self._moments.popleft()
        with self._mail:
            self._newest = replace(arrival, frame=replace(arrival.frame, number=self._frames))
            self._state = "live"
            self._mail.notify_all()
        self._tell_speed(watch, now)

    def _tell_speed(self, watch: _Watch, now: float) -> None:
        """All is well again, unless the camera is far slower than asked."""
        if now - watch.live_since < RATE_WINDOW:
            if self._told is not Reason.SLOW:
                self._all_clear()
            return
        rate = len(self._moments) / RATE_WINDOW
        if rate >= SLOW_SHARE * self._settings.rate:
            self._all_clear()
        elif self._told is not Reason.SLOW:
            said = say("camera.slow", rate=rate, wanted=f"{self._settings.rate:g}")
            self._tell(CameraFaultError(Reason.SLOW, said))

    def _after_unsound(self, reason: Reason, watch: _Watch, now: float) -> CameraFaultError | None:
        """Tell of frames that are not sound; give the trouble when only opening anew can help."""
        trouble = fault_of(reason)
        if watch.unsound_for(now) >= self._settings.timeout * TELL_AFTER[reason] and self._told is not reason:
            self._tell(trouble)
        if watch.unsound_for(now) < self._settings.timeout:
            return None
        if reason is Reason.BLACK:
            self._state = "lost"  # a lens cap: opening anew would only make the way back slower
            return None
        return trouble

    def _lose(self, trouble: CameraFaultError) -> None:
        self._state = "lost"
        if self._told is not trouble.reason:
            self._tell(trouble)

    def _retire(self, patience: float) -> None:
        """Let the reader close its camera; remember it if it hangs."""
        reader, self._reader = self._reader, None
        if reader is None:
            return
        reader.retire()
        reader.join(patience)
        if reader.is_alive():
            log.warning("%s hangs in its device and is left behind", reader.name)
            self._stuck.append(reader)

    def _tell(self, trouble: CameraFaultError) -> None:
        self._told = trouble.reason
        log.warning("camera: %s", trouble)
        self._on_notice(trouble.notice())

    def _all_clear(self) -> None:
        if self._told is not None:
            self._told = None
            log.info("camera: live again")
            self._on_clear("camera")

    def _wait_for(self, suits: Callable[[_Arrival], bool], timeout: float) -> Frame | None:
        def has_come() -> bool:
            return self._newest is not None and self._state == "live" and suits(self._newest)

        with self._mail:
            self._mail.wait_for(lambda: has_come() or self._stopping.is_set(), timeout)
            return self._newest.frame if self._newest is not None and has_come() else None


class _Watch:
    """Judges the frames of one opening: each by itself, and against those before it."""

    def __init__(self, timeout: float, opening: float) -> None:
        self._timeout = timeout
        self._opening = opening
        self._last_frame = time.monotonic()
        self._last_sound: float | None = None
        self._before: Rgb8 | None = None
        self._size: tuple[int, int] | None = None
        self.was_live = False
        self.live_since = 0.0

    def judge(self, frame: Frame, may_repeat: Repeats, now: float) -> Reason | None:
        """Say what is wrong with a frame, None if it is sound."""
        self._last_frame = now
        self._last_sound = self._last_sound or now
        reason = (
            unsound(frame.image, may_repeat) or self._wrong_size(frame) or self._repeated(frame, may_repeat)
        )
        if reason is None:
            self.live_since = self.live_since or now
            self.was_live = True
            self._last_sound = now
        return reason

    def patience(self, now: float, opened: bool) -> float:
        """Give the seconds that may still pass without a frame; opening may take longer than a frame."""
        allowed = self._timeout if opened else max(self._opening, self._timeout)
        return max(0.0, self._last_frame + allowed - now)

    def silence(self, now: float, opened: bool) -> CameraFaultError | None:
        """Give the trouble if nothing has come for too long."""
        return None if self.patience(now, opened) else fault_of(Reason.SILENT)

    def unsound_for(self, now: float) -> float:
        """Give the seconds since the last sound frame, or since the first frame."""
        return 0.0 if self._last_sound is None else now - self._last_sound

    def _wrong_size(self, frame: Frame) -> Reason | None:
        """The first frame of an opening sets its size; one that changes later is not trusted."""
        size = frame.image.shape[0], frame.image.shape[1]
        self._size = self._size or size
        return None if size == self._size else Reason.WRONG_SIZE

    def _repeated(self, frame: Frame, may_repeat: Repeats) -> Reason | None:
        """A repeated picture is no news, and never a still: it shows the guest of a moment ago."""
        before, self._before = self._before, frame.image
        if before is None or may_repeat == "everything":
            return None
        reason = repeats(frame.image, before)
        return None if reason is Reason.TRUNCATED and may_repeat == "parts" else reason
