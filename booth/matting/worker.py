"""The resident worker: one thread that owns the models and the device.

A still goes before mirror frames, and both before what is asked over the network; of the mirror frames only
the newest waits. What a task raises goes into its Future, and the next task is served as if nothing had been.

A task that overruns its deadline cannot be stopped, as Python has no way to end a thread: its Future fails,
the stacks of all threads go into the log, the thread is left behind and a fresh one builds a fresh engine.
That costs the memory of another engine, so at most `MOST_ABANDONED` are left behind; then the worker has
failed, every further task fails at once, and the booth must be restarted, which its durable state allows.
"""

from __future__ import annotations

import faulthandler
import logging
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from booth.errors import LateError, MattingError, said_by
from booth.matting.engine import Engine, mended, warmed
from booth.matting.rung import Rung
from booth.matting.segmenter import Segmenter
from booth.sentences import Sentence, say
from booth.shot import Notice

log = logging.getLogger(__name__)

T = TypeVar("T")
Kind = Literal["still", "mirror", "request"]
"""What a task is for: a guest's photo, the mirror, or somebody on the network; served in this order."""

MOST_ABANDONED = 2


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """How the worker is. `state` is "loading", "ready" or "failed"; `seconds` of the last still and the last
    mirror frame are under "still" and "mirror", with the stages of each rung that ran under its name;
    `fault` is the newest one, "" if there was none; `restart` says why the process should be started anew
    as soon as nobody uses it, "" where it need not."""

    state: str
    methods: tuple[str, ...]
    device: str
    why: str
    load_seconds: float
    warm_up_seconds: float
    seconds: Mapping[str, float]
    stills: int
    mirrors: int
    faults: int
    fault: str
    waiting: int
    abandoned: int
    notices: tuple[Notice, ...]
    restart: str = ""
    requests: int = 0
    asked: int = 0


@dataclass(slots=True, eq=False)
class _Task(Generic[T]):
    work: Callable[[Engine], T]
    future: Future[T]
    kind: Kind
    seconds: float
    due: float
    longest: float
    settled: bool = False

    def fail(self, fault: Exception) -> None:
        if self.future.running() or self.future.set_running_or_notify_cancel():
            self.future.set_exception(fault)


class _Life(threading.Thread):
    """One life of the worker's thread, with the engine that it builds."""

    def __init__(self, live: Callable[[_Life], None]) -> None:
        super().__init__(name="matting", daemon=True)
        self._live = live
        self.task: _Task[Any] | None = None
        self.engine: Engine | None = None
        self.overrun_at = 0.0
        self.abandoned = False

    def run(self) -> None:
        self._live(self)


@dataclass(slots=True)
class _Counts:
    load_seconds: float = 0.0
    warm_up_seconds: float = 0.0
    stills: int = 0
    mirrors: int = 0
    requests: int = 0
    faults: int = 0
    fault: str = ""
    seconds: dict[str, float] = field(default_factory=dict)


class Worker:
    """Runs tasks on an engine in a thread of its own, from `start` to `stop`."""

    def __init__(self, build: Callable[[], Engine], deadline: float = 20.0) -> None:
        """`build` is called in the worker's thread; `deadline` is in seconds from `submit`."""
        self._build = build
        self.deadline = deadline
        self._change = threading.Condition()
        self._stills: deque[_Task[Any]] = deque()
        self._mirror: _Task[Any] | None = None
        self._requests: deque[_Task[Any]] = deque()
        self._life: _Life | None = None
        self._abandoned: list[_Life] = []
        self._engine: Engine | None = None
        self._failed: Sentence | Literal[""] = ""
        self._has_run = False
        self._hangs = 0
        self._hung: set[str] = set()
        self._counts = _Counts()
        self._stopping = False
        self._watch = threading.Thread(target=self._watch_deadlines, name="matting-watch", daemon=True)

    def start(self) -> None:
        """Begin to load; returns at once."""
        with self._change:
            self._begin()
        self._watch.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Cancel what waits, let the running task end, and join the threads.

        A thread that hangs is left to the end of the process, after `timeout` seconds.
        """
        with self._change:
            self._stopping = True
            waiting = self._emptied()
            self._change.notify_all()
            threads = [life for life in (self._life, *self._abandoned) if life]
        for task in waiting:
            task.future.cancel()
        ends = time.monotonic() + timeout
        for thread in (*threads, self._watch):
            if thread.ident is not None:
                thread.join(max(0.0, ends - time.monotonic()))
            if thread.is_alive():
                log.error("%s did not end within %.1f s", thread.name, timeout)

    def submit(
        self, work: Callable[[Engine], T], urgent: bool = True, deadline: float | None = None
    ) -> Future[T]:
        """Have `work` called with the engine, in the worker's thread.

        Parameters
        ----------
        work : callable
            What it returns or raises is the Future's.
        urgent : bool
            True for a still. A mirror frame (False) that still waits when the next one comes is cancelled.
        deadline : float, optional
            Seconds from now until the Future fails with a MattingError; by default the worker's.
        """
        seconds = self.deadline if deadline is None else deadline
        return self._queued(work, "still" if urgent else "mirror", seconds, seconds)

    def submit_request(self, work: Callable[[Engine], T], deadline: float) -> Future[T]:
        """Have `work` called when no still and no mirror frame waits.

        After `deadline` seconds the Future fails with a LateError. Work that still waits then is never begun;
        work that has begun counts as hanging only when the worker's own deadline has passed as well.
        """
        return self._queued(work, "request", deadline, deadline + self.deadline)

    def _queued(self, work: Callable[[Engine], T], kind: Kind, seconds: float, longest: float) -> Future[T]:
        task = _Task(work, Future[T](), kind, seconds, time.monotonic() + seconds, longest)
        replaced = None
        with self._change:
            refusal = "the matting worker has stopped" if self._stopping else self._failed
            if refusal:
                pass
            elif kind == "mirror":
                replaced, self._mirror = self._mirror, task
            else:
                (self._stills if kind == "still" else self._requests).append(task)
            self._change.notify_all()
        if replaced:
            replaced.future.cancel()
        if refusal:
            task.future.set_exception(MattingError(refusal))
        return task.future

    def wait_calm(self, timeout: float) -> bool:
        """Wait until no still waits or is worked on; False if the time is up."""
        with self._change:
            return self._change.wait_for(lambda: not self._has_stills(), timeout)

    def _has_stills(self) -> bool:
        running = self._life.task if self._life else None
        return bool(self._stills) or (running is not None and running.kind == "still")

    def wait_ready(self, timeout: float) -> bool:
        """Wait until the engine is loaded and warm; False if it failed or the time is up."""
        with self._change:
            self._change.wait_for(lambda: self._engine is not None or bool(self._failed), timeout)
            return self._engine is not None

    @property
    def ladder(self) -> tuple[Segmenter, ...]:
        """The rungs, to be asked by what is submitted and nowhere else; empty while there is no engine."""
        with self._change:
            return self._engine.ladder if self._engine else ()

    @property
    def status(self) -> WorkerStatus:
        with self._change:
            engine, counts = self._engine, self._counts
            state = "failed" if self._failed else "ready" if engine else "loading"
            return WorkerStatus(
                state=state,
                methods=engine.methods if engine else (),
                device=engine.device if engine else "",
                why=self._failed or (engine.why_now if engine else "The matting engine is loading."),
                load_seconds=counts.load_seconds,
                warm_up_seconds=counts.warm_up_seconds,
                seconds=dict(counts.seconds),
                stills=counts.stills,
                mirrors=counts.mirrors,
                faults=counts.faults,
                fault=counts.fault,
                waiting=len(self._stills),
                abandoned=len(self._abandoned),
                notices=self._notices(),
                restart=self._restart(),
                requests=counts.requests,
                asked=sum(task.kind == "request" for task in self._pending()),
            )

    def _restart(self) -> str:
        if self._hangs:
            return say("worker.hung_photo")
        if self._failed and self._has_run:
            return self._failed
        return self._engine.restart if self._engine else ""

    def _notices(self) -> tuple[Notice, ...]:
        notices = list(self._engine.told_now) if self._engine else []
        if self._failed:
            notices.append(Notice("matting.worker", "fault", self._failed, say("worker.failed.help")))
        elif self._abandoned:
            said = say("worker.hung", count=len(self._abandoned))
            notices.append(Notice("matting.worker", "warning", said, say("worker.hung.help")))
        return tuple(notices)

    def _begin(self) -> None:
        """Start a life of the thread; the lock is held."""
        self._engine = None
        self._life = _Life(self._live)
        self._life.start()

    def _live(self, life: _Life) -> None:
        try:
            engine = self._loaded(life)
            while engine and (task := self._next(life)):
                self._serve(task, engine)
                with self._change:
                    life.task = None
                    self._change.notify_all()
                engine = self._looked_after(life, engine)
        except Exception as fault:
            log.exception("the matting worker failed")
            self._fail(life, said_by(fault) or say("words", words=type(fault).__name__))
        finally:
            if life.engine:
                life.engine.close()
            with self._change:
                self._abandoned = [other for other in self._abandoned if other is not life]
                self._change.notify_all()

    def _loaded(self, life: _Life) -> Engine | None:
        began = time.perf_counter()
        built = self._build()
        loaded = time.perf_counter()
        with self._change:
            hung = frozenset(self._hung)
        engine = warmed(built, hung)
        warm = time.perf_counter()
        log.info(
            "matting ready in %.2f s and warm in %.2f s: %s", loaded - began, warm - loaded, engine.why_now
        )
        with self._change:
            if life.abandoned:
                return None
            self._engine = life.engine = engine
            self._has_run = True
            self._counts.load_seconds = loaded - began
            self._counts.warm_up_seconds = warm - loaded
            self._change.notify_all()
        return engine

    def _looked_after(self, life: _Life, engine: Engine) -> Engine:
        """Test what met a fault, after the photo, so that its guest does not wait for it."""
        after = mended(engine)
        if after is not engine:
            with self._change:
                if not life.abandoned:
                    self._engine = life.engine = after
        return after

    def _next(self, life: _Life) -> _Task[Any] | None:
        """Wait for the next task that is still wanted; None ends this life."""
        with self._change:
            while True:
                self._change.wait_for(
                    lambda: (
                        self._stopping
                        or life.abandoned
                        or self._stills
                        or self._requests
                        or self._mirror is not None
                    )
                )
                if self._stopping or life.abandoned:
                    return None
                task = self._taken()
                if task.future.set_running_or_notify_cancel():
                    life.task, life.overrun_at = task, time.monotonic() + task.longest
                    self._change.notify_all()
                    return task

    def _taken(self) -> _Task[Any]:
        if self._stills:
            return self._stills.popleft()
        if self._mirror:
            task, self._mirror = self._mirror, None
            return task
        return self._requests.popleft()

    def _serve(self, task: _Task[Any], engine: Engine) -> None:
        began = time.perf_counter()
        try:
            result = task.work(engine)
        except Exception as fault:
            log.exception("a %s failed", _NAMES[task.kind])
            self._count_fault(f"{type(fault).__name__}: {fault}")
            self._settle(task, fault=fault)
        else:
            self._count(task, engine, time.perf_counter() - began)
            self._settle(task, result=result)

    def _settle(self, task: _Task[Any], result: Any = None, fault: Exception | None = None) -> None:
        """Give the Future its end, unless its deadline did so already.

        Outside of the lock, as whoever listens to the Future may want this worker's lock or others.
        """
        with self._change:
            late, task.settled = task.settled, True
        if late:
            return
        if fault is None:
            task.future.set_result(result)
        else:
            task.future.set_exception(fault)

    def _count(self, task: _Task[Any], engine: Engine, seconds: float) -> None:
        with self._change:
            counts = self._counts
            counts.stills += task.kind == "still"
            counts.mirrors += task.kind == "mirror"
            counts.requests += task.kind == "request"
            counts.seconds[task.kind] = seconds
            for rung in engine.ladder if task.kind != "mirror" else ():
                counts.seconds |= {f"{rung.name}: {stage}": took for stage, took in rung.timings.items()}

    def _count_fault(self, fault: str) -> None:
        with self._change:
            self._counts.faults += 1
            self._counts.fault = fault

    def _fail(self, life: _Life, fault: Sentence) -> None:
        with self._change:
            if life is not self._life:
                return
            failing = self._given_up(fault)
        for task in failing:
            task.fail(MattingError(fault))

    def _given_up(self, fault: Sentence) -> list[_Task[Any]]:
        """No engine will come again: gives the tasks that waited for one; the lock is held."""
        self._failed, self._engine = fault, None
        failing = self._emptied()
        for task in failing:
            task.settled = True
        self._change.notify_all()
        return failing

    def _emptied(self) -> list[_Task[Any]]:
        waiting = [task for task in (*self._stills, self._mirror, *self._requests) if task]
        self._stills.clear()
        self._requests.clear()
        self._mirror = None
        return waiting

    def _watch_deadlines(self) -> None:
        while True:
            with self._change:
                if self._stopping:
                    return
                now = time.monotonic()
                failing = self._expired(now)
                life = self._life
                if life and life.task and now >= life.overrun_at:
                    failing += [(task, MattingError(self._failed)) for task in self._abandon(life)]
                if failing:
                    self._change.notify_all()
                else:
                    self._change.wait(self._until_next(now))
            for task, fault in failing:
                task.fail(fault)

    def _until_next(self, now: float) -> float | None:
        """Seconds until the next deadline; None: nothing is due."""
        dues = [task.due for task in self._pending() if not task.settled]
        if self._life and self._life.task:
            dues.append(self._life.overrun_at)
        return max(0.0, min(dues) - now) if dues else None

    def _pending(self) -> list[_Task[Any]]:
        running = self._life.task if self._life else None
        return [task for task in (*self._stills, self._mirror, *self._requests, running) if task]

    def _expired(self, now: float) -> list[tuple[_Task[Any], MattingError]]:
        """The tasks whose deadline has passed and why they fail, out of the queue; the lock is held."""
        late = [task for task in self._pending() if now >= task.due and not task.settled]
        for task in late:
            task.settled = True
            for queue in (self._stills, self._requests):
                if task in queue:
                    queue.remove(task)
            if task is self._mirror:
                self._mirror = None
            if task.kind != "request":  # one that nobody waits for any more is no fault
                self._count_fault(_late(task))
        return [(task, LateError(_late(task))) for task in late]

    def _abandon(self, life: _Life) -> list[_Task[Any]]:
        """Leave a thread that hangs behind; gives the tasks that fail with it; the lock is held."""
        log.error("a task overran its deadline; stacks of all threads:\n%s", _stacks())
        life.abandoned = True
        self._hangs += 1
        if life.engine:
            life.engine.close()
            self._hung |= {
                rung.name for rung in life.engine.ladder if isinstance(rung, Rung) and rung.is_busy
            }
        self._abandoned.append(life)
        if len(self._abandoned) <= MOST_ABANDONED:
            self._begin()
            return []
        self._life = None
        return self._given_up(say("worker.stopped", count=len(self._abandoned)))


_NAMES: Mapping[Kind, str] = {"still": "photo", "mirror": "mirror frame", "request": "request"}


def _late(task: _Task[Any]) -> str:
    return f"the matting took longer than {task.seconds:g} s"


def _stacks() -> str:
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        return file.read().decode(errors="replace")
