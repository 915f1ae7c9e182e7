"""Several models side by side, back-pressure and deadlines; engines that can be held by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from booth import pipeline
from booth.arrays import Rgb8
from booth.config import Settings
from booth.config.settings import ApiModelSettings, MattingSettings
from booth.errors import MattingError
from booth.matting.engine import Engine
from booth.matting.worker import Worker
from booth.service.api.app import create_api
from booth.service.api.guard import Guard
from booth.service.api.models import DESKS, Model, Models, settings_of
from booth.shot import People, Plate

LONG = 20.0


class Held:
    """A segmenter that finds one person, once it is let go; `sees` counts the pictures that it began with."""

    device = "cpu"
    needs_plate = False
    timings: Mapping[str, float] = {}

    def __init__(self, name: str) -> None:
        self.name, self.go, self.begun, self.sees = name, threading.Event(), threading.Event(), 0
        self.is_warm = False

    def warm_up(self) -> None:
        self.is_warm = True

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        if image.shape[0] != 256:  # that of the self-test is answered at once
            self.sees += 1
            self.begun.set()
            assert self.go.wait(LONG)
        box = np.array([[0, 0, image.shape[1], image.shape[0]]], np.float32)
        return People((np.ones((28, 28), np.float32),), box, np.ones(1, np.float32), ("person",))


class House:
    """Two models, "booth" and "new", behind the application."""

    def __init__(self, **api: Any) -> None:
        self.old, self.new = Held("old"), Held("new")
        self.workers = [
            Worker(lambda held=held: Engine((held,), "It runs."), LONG) for held in (self.old, self.new)
        ]
        self.settings = Settings.model_validate({"api": {"models": [{"name": "new"}], **api}})
        names = ("booth", "new")
        matting = MattingSettings()
        self.models = Models(
            [Model(name, matting, worker) for name, worker in zip(names, self.workers, strict=True)], "booth"
        )
        guard = Guard("t" * 20, {"localhost"})
        app = create_api(self.settings, self.models, (), guard, lambda url, seconds: b"")
        self._client = app.test_client
        self._pool = ThreadPoolExecutor(8)

    def start(self) -> None:
        for worker in self.workers:
            worker.start()
            assert worker.wait_ready(LONG)

    def stop(self) -> None:
        for held in (self.old, self.new):
            held.go.set()
        self._pool.shutdown()
        for worker in self.workers:
            worker.stop()

    def call(self, method: str, path: str, **how: Any) -> Any:
        return self._client().open(
            path, method=method, headers={"Authorization": "Bearer " + "t" * 20}, **how
        )

    def detect(self, query: str = "") -> Any:
        picture = BytesIO()
        Image.new("RGB", (80, 80)).save(picture, "PNG")
        return self.call(
            "POST", f"/api/v1/detect?masks=none{query}", data={"image": (BytesIO(picture.getvalue()), "x")}
        )

    def detect_meanwhile(self, query: str = "") -> Any:
        return self._pool.submit(self.detect, query)

    def matte_meanwhile(self) -> Any:
        """Cut somebody out; everything in the picture is one person, which the referee refuses."""
        picture = BytesIO()
        Image.new("RGB", (80, 80)).save(picture, "PNG")
        return self._pool.submit(
            self.call, "POST", "/api/v1/matte", data={"image": (BytesIO(picture.getvalue()), "x")}
        )


@pytest.fixture
def house() -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def made(start: bool = True, **api: Any) -> House:
        houses.append(House(**api))
        if start:
            houses[-1].start()
        return houses[-1]

    yield made
    for each in houses:
        each.stop()


def test_the_default_is_switched_without_dropping_a_request(house: Callable[..., House]) -> None:
    place = house()
    begun_before = place.detect_meanwhile()
    assert place.old.begun.wait(LONG)
    waits_before = place.detect_meanwhile()
    while place.workers[0].status.asked < 2:
        threading.Event().wait(0.005)
    place.new.go.set()
    switched = place.call("POST", "/api/v1/models/default", json={"model": "new"})
    assert (switched.status_code, switched.json["default"]) == (200, "new")
    assert place.detect().json["model"] == "new"
    assert place.detect("&model=new").json["model"] == "new"
    place.old.go.set()
    for answer in (begun_before.result(LONG), waits_before.result(LONG)):
        assert (answer.status_code, answer.json["model"], answer.json["method"]) == (200, "booth", "old")
    assert place.detect("&model=booth").json["model"] == "booth"


def test_a_model_takes_traffic_only_when_it_is_warm(house: Callable[..., House]) -> None:
    place = house(start=False)
    place.workers[0].start()
    assert place.workers[0].wait_ready(LONG)
    refused = place.call("POST", "/api/v1/models/default", json={"model": "new"})
    assert refused.status_code == place.detect("&model=new").status_code == 503
    assert refused.headers["Retry-After"] == "5"
    told = {model["name"]: model for model in place.call("GET", "/api/v1/models").json["models"]}
    assert (told["new"]["state"], told["booth"]["state"]) == ("loading", "ready")
    assert place.models.default.name == "booth"
    place.workers[1].start()
    assert place.workers[1].wait_ready(LONG)
    assert place.new.is_warm
    assert place.call("POST", "/api/v1/models/default", json={"model": "new"}).status_code == 200


def test_one_request_too_many_is_told_when_to_come_back(house: Callable[..., House]) -> None:
    place = house(queue=1)
    first = place.detect_meanwhile()
    assert place.old.begun.wait(LONG)
    second = place.detect()
    assert (second.status_code, second.json["type"]) == (503, "urn:booth:problem:busy")
    assert 1 <= int(second.headers["Retry-After"]) <= 60
    assert place.call("GET", "/health").status_code == 200
    assert "booth_requests_inside 1.0" in place.call("GET", "/metrics").text
    place.old.go.set()
    assert first.result(LONG).status_code == 200
    assert place.detect().status_code == 200


def test_a_request_that_outlives_its_deadline_is_dropped_unworked(house: Callable[..., House]) -> None:
    place = house(deadline=0.3)
    running = place.detect_meanwhile()
    assert place.old.begun.wait(LONG)
    late = place.detect()
    assert (late.status_code, late.json["type"]) == (504, "urn:booth:problem:deadline")
    assert running.result(LONG).status_code == 504
    place.old.go.set()
    assert place.workers[0].submit(lambda engine: "next").result(LONG) == "next"
    assert place.old.sees == 1
    assert place.detect().status_code == 200


def test_a_model_that_cannot_run_says_so_and_the_other_answers() -> None:
    def broken() -> Engine:
        raise MattingError("its weights are damaged")

    place = House()
    place.workers[0] = Worker(broken, LONG)
    place.models = Models(
        [
            Model("booth", MattingSettings(), place.workers[0]),
            Model("new", MattingSettings(), place.workers[1]),
        ],
        "booth",
    )
    app = create_api(
        place.settings, place.models, (), Guard("t" * 20, {"localhost"}), lambda url, seconds: b""
    )
    place._client = app.test_client
    place.new.go.set()
    for worker in place.workers:
        worker.start()
        worker.wait_ready(LONG)
    answer = place.detect()
    assert answer.status_code == place.call("GET", "/health").status_code == 503
    assert "its weights are damaged" in answer.json["detail"]
    assert place.call("GET", "/ready").status_code == 503
    assert place.detect("&model=new").json["model"] == "new"
    assert 'booth_model_ready{model="booth"} 0.0' in place.call("GET", "/metrics").text
    place.stop()


def test_another_model_begins_nothing_while_a_photo_of_the_kiosk_is_under_way(
    house: Callable[..., House],
) -> None:
    place = house()
    kiosk, other = place.workers
    place.new.go.set()
    beside = Model("beside", MattingSettings(), other, before=kiosk)
    photo, done = threading.Event(), threading.Event()
    still = kiosk.submit(lambda engine: (photo.set(), done.wait(LONG)))
    assert photo.wait(LONG)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(beside.run, lambda engine: done.is_set(), LONG)
        while other.status.asked == 0:
            threading.Event().wait(0.005)
        done.set()
        still.result(LONG)
        assert asked.result(LONG) is True


class Solver:
    """The matting stage, held by hand: `begun` counts the photos that it is at, `most` at the same time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go, self.begun, self.most, self._now = threading.Event(), threading.Semaphore(0), 0, 0
        self._real, self._lock = pipeline.refine, threading.Lock()
        monkeypatch.setattr(pipeline, "refine", self)

    def __call__(self, *asked: Any) -> Any:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self.begun.release()
        assert self.go.wait(LONG)
        with self._lock:
            self._now -= 1
        return self._real(*asked)


def test_others_are_answered_while_photos_are_solved_and_no_more_are_than_there_are_desks(
    house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, solver = house(), Solver(monkeypatch)
    place.old.go.set()
    mattes = [place.matte_meanwhile() for _ in range(DESKS + 2)]
    assert all(solver.begun.acquire(timeout=LONG) for _ in range(DESKS))
    assert place.detect().status_code == 200
    assert place.workers[0].submit(lambda engine: "a guest's photo").result(LONG) == "a guest's photo"
    solver.go.set()
    for matte in mattes:
        answer = matte.result(LONG)
        assert (answer.status_code, answer.json["type"]) == (422, "urn:booth:problem:no-cutout")
    assert solver.most == DESKS


def test_what_is_left_of_a_request_waits_as_well_while_a_photo_of_the_kiosk_is_under_way(
    house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, solver = house(), Solver(monkeypatch)
    solver.go.set()
    matte = place.matte_meanwhile()
    assert place.old.begun.wait(LONG)
    photo, done = threading.Event(), threading.Event()
    still = place.workers[0].submit(lambda engine: (photo.set(), done.wait(LONG)))
    place.old.go.set()
    assert photo.wait(LONG)
    assert not solver.begun.acquire(timeout=0.2)
    done.set()
    still.result(LONG)
    assert solver.begun.acquire(timeout=LONG)
    assert matte.result(LONG).status_code == 422


def test_a_photo_that_is_late_for_its_solving_is_told_so_and_one_that_waits_is_not_begun(
    house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, solver = house(deadline=0.5), Solver(monkeypatch)
    place.old.go.set()
    mattes = [place.matte_meanwhile() for _ in range(DESKS + 1)]
    for matte in mattes:
        answer = matte.result(LONG)
        assert (answer.status_code, answer.json["type"]) == (504, "urn:booth:problem:deadline")
    solver.go.set()
    place.models.desks.shutdown()
    assert place.old.sees == DESKS  # one found no desk, and was never begun


def test_a_rung_that_fails_hands_the_photo_on_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Held):
        def people(self, image: Rgb8, plate: Plate | None) -> People:
            if image.shape[0] == 80:
                raise MattingError("no memory")
            return super().people(image, plate)

    solver, whole = Solver(monkeypatch), Held("second")
    solver.go.set()
    whole.go.set()
    worker = Worker(lambda: Engine((Broken("first"), whole), "It runs."), LONG)
    place = House()
    place.workers[0] = worker
    place.models = Models([Model("booth", MattingSettings(), worker)], "booth")
    guard = Guard("t" * 20, {"localhost"})
    place._client = create_api(place.settings, place.models, (), guard, lambda *url: b"").test_client
    worker.start()
    assert worker.wait_ready(LONG)
    answer = place.matte_meanwhile().result(LONG)
    assert answer.status_code == 422
    assert "first: it failed: no memory; second: the referee gave" in answer.json["detail"]
    assert whole.sees == 1
    place.stop()


def test_figures_are_told_as_prometheus_reads_them(house: Callable[..., House]) -> None:
    place = house()
    place.old.go.set()
    place.detect()
    place.detect("&model=none")
    text = place.call("GET", "/metrics").text
    assert 'booth_requests_total{call="/api/v1/detect",status="200"} 1.0' in text
    assert 'booth_requests_total{call="/api/v1/detect",status="404"} 1.0' in text
    assert 'booth_model_info{device="cpu",model="booth",rung="old",state="ready"} 1.0' in text
    assert 'booth_stage_seconds_count{stage="people"} 1.0' in text
    assert 'booth_queue_length{model="booth"} 0.0' in text
    assert 'booth_matting_faults_total{model="booth"} 0.0' in text
    assert 'booth_model_requests_total{model="booth"} 1.0' in text


def test_a_model_has_the_booths_settings_but_for_its_own() -> None:
    own = MattingSettings.model_validate({"threads": 3, "accept": 0.7})
    model = ApiModelSettings.model_validate({"name": "cars", "method": "maskrcnn", "classes": ["car"]})
    mine = settings_of(model, own)
    assert (mine.method, mine.threads, mine.accept, mine.maskrcnn.classes) == ("maskrcnn", 3, 0.7, ("car",))
