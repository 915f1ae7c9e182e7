"""The resident worker, with tasks that misbehave."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from typing import Any

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.errors import LateError, MattingError, WeightsError
from booth.matting.engine import Engine
from booth.matting.worker import MOST_ABANDONED, Worker
from booth.shot import People, Plate, nobody

LONG = 20.0


class Fake:
    """A segmenter that works at once, or cannot be warmed."""

    name = "fake"
    device = "cpu"
    needs_plate = False
    timings: Mapping[str, float] = {"stage": 0.25}

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault

    def warm_up(self) -> None:
        if self.fault:
            raise self.fault

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        return nobody()


def build() -> Engine:
    return Engine((Fake(),), "The fake runs.")


Make = Callable[..., Worker]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes started workers, and sees to it that none leaves a thread behind."""
    workers: list[Worker] = []
    before = set(threading.enumerate())

    def made(builder: Callable[[], Engine] = build, deadline: float = LONG) -> Worker:
        worker = Worker(builder, deadline)
        worker.start()
        workers.append(worker)
        return worker

    yield made
    for worker in workers:
        worker.stop()
    assert set(threading.enumerate()) <= before


class Gate:
    """A task that says when it has begun and waits to be let go."""

    def __init__(self, result: Any = "gate") -> None:
        self.begun, self.go, self.result = threading.Event(), threading.Event(), result

    def __call__(self, engine: Engine) -> Any:
        self.begun.set()
        assert self.go.wait(LONG)
        return self.result


def test_tasks_get_the_engine_in_the_worker_thread(make: Make) -> None:
    worker = make()
    name, why = worker.submit(lambda engine: (threading.current_thread().name, engine.why)).result(LONG)
    assert (name, why) == ("matting", "The fake runs.")


def test_loading_does_not_hold_up_the_caller(make: Make) -> None:
    gate = Gate(build())
    worker = make(lambda: gate(build()))
    assert gate.begun.wait(LONG)
    assert worker.status.state == "loading"
    future = worker.submit(lambda engine: engine.methods)
    gate.go.set()
    assert future.result(LONG) == ("fake",)
    assert worker.status.state == "ready"


def test_a_still_goes_before_a_mirror_frame(make: Make) -> None:
    worker, gate, order = make(), Gate(), []
    first = worker.submit(gate)
    assert gate.begun.wait(LONG)
    mirror = worker.submit(lambda engine: order.append("mirror"), urgent=False)
    stills = [worker.submit(lambda engine, n=n: order.append(n)) for n in (1, 2)]
    assert worker.status.waiting == 2
    gate.go.set()
    for future in (first, mirror, *stills):
        future.result(LONG)
    assert order == [1, 2, "mirror"]


def test_a_waiting_mirror_frame_gives_way_to_a_newer_one(make: Make) -> None:
    worker, gate = make(), Gate()
    worker.submit(gate)
    assert gate.begun.wait(LONG)
    old, new = (worker.submit(lambda engine, n=n: n, urgent=False) for n in (1, 2))
    assert old.cancelled()
    gate.go.set()
    assert new.result(LONG) == 2


def test_a_fault_is_the_futures_and_the_next_photo_is_right(make: Make) -> None:
    worker = make()

    def out_of_memory(engine: Engine) -> None:
        raise RuntimeError("CUDA out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        worker.submit(out_of_memory).result(LONG)
    assert worker.submit(lambda engine: 7).result(LONG) == 7
    assert worker.status.faults == 1
    assert "out of memory" in worker.status.fault


def test_a_thousand_photos_with_random_faults(make: Make) -> None:
    worker, faulty = make(), np.random.default_rng(4).random(1000) < 0.3

    def photo(number: int, fails: bool) -> int:
        if fails:
            raise MattingError(f"photo {number}")
        return number

    futures = [
        worker.submit(lambda engine, n=n, fails=fails: photo(n, fails)) for n, fails in enumerate(faulty)
    ]
    for number, future in enumerate(futures):
        if faulty[number]:
            with pytest.raises(MattingError, match=f"photo {number}$"):
                future.result(LONG)
        else:
            assert future.result(LONG) == number
    assert worker.status.stills == int((~faulty).sum())


def test_status_tells_what_a_photo_took(make: Make) -> None:
    worker = make()
    worker.submit(lambda engine: None).result(LONG)
    worker.submit(lambda engine: None, urgent=False).result(LONG)
    status = worker.status
    assert (status.stills, status.mirrors, status.methods) == (1, 1, ("fake",))
    assert status.seconds["fake: stage"] == 0.25
    assert status.seconds["still"] >= 0


def test_a_hang_fails_its_photo_and_a_fresh_thread_goes_on(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    worker, gate = make(), Gate()
    assert worker.wait_ready(LONG)
    hung = worker.submit(gate, deadline=0.05)
    with pytest.raises(MattingError, match=r"took longer than 0\.05 s"):
        hung.result(LONG)
    assert worker.submit(lambda engine: "fine").result(LONG) == "fine"
    assert worker.status.abandoned == 1
    assert worker.status.notices[-1].key == "matting.worker"
    assert any(
        "stacks of all threads" in record.message and "test_worker" in record.message
        for record in caplog.records
    )
    gate.go.set()


def test_after_too_many_hangs_everything_fails_at_once(make: Make) -> None:
    worker = make()
    gates = [Gate() for _ in range(MOST_ABANDONED + 1)]
    for gate in gates:
        with pytest.raises(MattingError):
            worker.submit(gate, deadline=0.05).result(LONG)
        assert gate.begun.wait(LONG) or worker.status.state == "failed"
    with pytest.raises(MattingError, match="hung 3 times"):
        wait_failed(worker).result(LONG)
    assert worker.status.state == "failed"
    for gate in gates:
        gate.go.set()


def wait_failed(worker: Worker) -> Future[Any]:
    """A task that comes while the last thread still hangs: fails at once or with its deadline."""
    return worker.submit(lambda engine: None)


def test_a_photo_that_waits_too_long_fails_without_a_hang(make: Make) -> None:
    worker, gate = make(), Gate()
    first = worker.submit(gate)
    assert gate.begun.wait(LONG)
    with pytest.raises(MattingError, match="took longer"):
        worker.submit(lambda engine: None, deadline=0.05).result(LONG)
    gate.go.set()
    assert first.result(LONG) == "gate"
    assert worker.status.abandoned == 0


def test_an_engine_that_cannot_be_built_fails_every_photo_with_the_remedy(make: Make) -> None:
    def broken() -> Engine:
        raise WeightsError("no weights: run weights fetch")

    worker = make(broken)
    with pytest.raises(MattingError, match="weights fetch"):
        worker.submit(lambda engine: None).result(LONG)
    assert not worker.wait_ready(LONG)
    assert worker.status.state == "failed"
    assert worker.status.notices[-1].level == "fault"


def test_a_rung_that_cannot_run_is_left_out_with_a_notice(make: Make) -> None:
    worker = make(lambda: Engine((Fake(RuntimeError("CUDA error")), Fake()), "Two run."))
    assert worker.wait_ready(LONG)
    assert worker.status.methods == ("fake",)
    assert worker.status.notices[0].level == "fault"
    assert "CUDA error" in worker.status.why


def test_stopping_cancels_what_waits_and_ends_what_runs(make: Make) -> None:
    worker, gate = make(), Gate()
    running = worker.submit(gate)
    assert gate.begun.wait(LONG)
    waiting = worker.submit(lambda engine: None)
    threading.Timer(0.05, gate.go.set).start()
    worker.stop()
    assert running.result(LONG) == "gate"
    with pytest.raises(CancelledError):
        waiting.result(LONG)
    with pytest.raises(MattingError, match="stopped"):
        worker.submit(lambda engine: None).result(LONG)


def test_a_listener_may_submit_the_next_photo(make: Make) -> None:
    worker, done = make(), threading.Event()

    def then(future: Future[int]) -> None:
        worker.submit(lambda engine: done.set())

    worker.submit(lambda engine: 1).add_done_callback(then)
    assert done.wait(LONG)


def test_expected_faults_are_logged_with_their_stacks(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    def fails(engine: Engine) -> None:
        raise ValueError("wrong shape")

    with pytest.raises(ValueError, match="wrong shape"):
        make().submit(fails).result(LONG)
    assert next(record for record in caplog.records if record.levelno == logging.ERROR).exc_info


def test_requests_wait_for_stills_and_mirror_frames(make: Make) -> None:
    worker, gate, served = make(), Gate(), []
    running = worker.submit(gate)
    assert gate.begun.wait(LONG)
    last = [worker.submit_request(lambda e, n=n: served.append(f"request {n}"), LONG) for n in (1, 2)]
    worker.submit(lambda engine: served.append("mirror"), urgent=False)
    worker.submit(lambda engine: served.append("still"))
    assert worker.status.asked == 2
    gate.go.set()
    assert running.result(LONG) == "gate"
    for future in last:
        future.result(LONG)
    assert served == ["still", "mirror", "request 1", "request 2"]
    assert (worker.status.requests, worker.status.asked) == (2, 0)


def test_a_request_that_outlives_its_deadline_is_never_begun_and_is_no_fault(make: Make) -> None:
    worker, gate, served = make(), Gate(), []
    running = worker.submit(gate)
    assert gate.begun.wait(LONG)
    late = worker.submit_request(served.append, 0.01)
    with pytest.raises(LateError, match=r"longer than 0\.01 s"):
        late.result(LONG)
    assert worker.status.asked == 0
    gate.go.set()
    running.result(LONG)
    assert worker.submit_request(lambda engine: "next", LONG).result(LONG) == "next"
    assert served == []
    assert worker.status.faults == 0


def test_a_request_that_is_late_while_it_runs_leaves_no_thread_behind(make: Make) -> None:
    worker, gate = make(), Gate()
    late = worker.submit_request(gate, 0.01)
    assert gate.begun.wait(LONG)
    with pytest.raises(LateError):
        late.result(LONG)
    gate.go.set()
    assert worker.submit(lambda engine: "next").result(LONG) == "next"
    assert worker.status.abandoned == 0


def test_calm_is_when_no_still_waits_or_runs(make: Make) -> None:
    worker, gate = make(), Gate()
    assert worker.wait_calm(0)
    running = worker.submit(gate)
    assert gate.begun.wait(LONG)
    assert not worker.wait_calm(0)
    gate.go.set()
    running.result(LONG)
    assert worker.wait_calm(LONG)
    asked = Gate()
    request = worker.submit_request(asked, LONG)
    assert asked.begun.wait(LONG)
    assert worker.wait_calm(0)
    asked.go.set()
    request.result(LONG)


def test_what_waits_as_a_request_is_cancelled_at_the_end(make: Make) -> None:
    worker, gate = make(), Gate()
    worker.submit(gate)
    assert gate.begun.wait(LONG)
    waiting = worker.submit_request(lambda engine: None, LONG)
    gate.go.set()
    worker.stop()
    assert waiting.cancelled() or waiting.done()
