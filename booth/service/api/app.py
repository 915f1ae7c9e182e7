"""The API's application: one view for each call."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from importlib import resources
from typing import Any
from urllib.parse import quote

import yaml
from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from booth.config import Settings
from booth.images import jpeg_bytes
from booth.matting.wire import ANSWER_TYPE, PATH
from booth.pipeline import PICTURE_SIDE
from booth.scene.backdrops import thumbnail
from booth.scene.layout import Overlay, lay_out
from booth.service.api import lab
from booth.service.api import metrics as figures
from booth.service.api.answering import encoded, picture_answer, wanted_format
from booth.service.api.asking import (
    DefaultModel,
    DetectByAddressQuery,
    DetectQuery,
    Masks,
    ModelQuery,
    Pictures,
    ReplacePictures,
    ReplaceQuery,
    SegmentFile,
    WholeRequest,
    as_bytes,
    decoded,
    json_of,
    pictures_of,
    query_of,
    wanted_image,
)
from booth.service.api.guard import Guard
from booth.service.api.metrics import Metrics
from booth.service.api.models import Models
from booth.service.api.places import Places, publish_at, read_at
from booth.service.api.problems import Problem
from booth.service.api.turn import Turn, Turns
from booth.service.api.webpage import FOLDER, page
from booth.service.people import answer_by, answer_in_bytes, question_in
from booth.shot import Backdrop

BASE = "/api/v1"
THUMBNAIL = 320
_FORM_TEXT = 256_000  # werkzeug reads in pieces of 64 kB, which count as well
_FORM_PARTS = 8
_OVERLAYS = 2  # sizes of the layout that are kept, as drawing it takes longer than finding people
log = logging.getLogger(__name__)

Answer = Any
"""What a Flask view gives."""


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What is answered. `fetch` gives the bytes behind an address, or raises a Problem; `overlay` is the layout
    at so many pixels; `thumbnails` fills up."""

    settings: Settings
    models: Models
    backdrops: Mapping[str, Backdrop]
    turns: Turns
    metrics: Metrics
    fetch: Callable[[str, float], bytes]
    overlay: Callable[[int], Overlay]
    thumbnails: dict[str, bytes] = field(default_factory=dict)

    # --- pictures --------------------------------------------------------------------------------------

    def detect(self) -> Answer:
        query = query_of(request, DetectQuery)
        with self.turns.turn() as turn:
            job = self._job(turn, query.model, pictures_of(request, Pictures))
            return jsonify(lab.detections(job, query.score, query.masks or _masks_accepted()))

    def detect_by_address(self) -> Answer:
        query = query_of(request, DetectByAddressQuery)
        with self.turns.turn() as turn:
            job = self._job(turn, query.model, Pictures(url=query.url))
            return jsonify(lab.detections(job, query.score, query.masks or _masks_accepted()))

    def instance(self) -> Answer:
        return self._picture(lab.instances)

    def semantic(self) -> Answer:
        return self._picture(lab.semantic)

    def matte(self) -> Answer:
        return self._picture(lab.matte)

    def replace(self) -> Answer:
        query = query_of(request, ReplaceQuery)
        kind = wanted_format(request, query.format)
        with self.turns.turn() as turn:
            asked = pictures_of(request, ReplacePictures)
            backdrop = self._backdrop(turn, asked)
            job = self._job(turn, query.model, asked)
            result = self._replaced(job, backdrop, query.side)
            return picture_answer(request, job, result, kind)

    def segment(self) -> Answer:
        query = query_of(request, ModelQuery)
        asked = json_of(request, SegmentFile)
        api = self.settings.api
        places = Places(api.inputs, api.outputs)
        with self.turns.turn() as turn:
            data = read_at(places.source(asked.input))
            target = places.target(asked.output, asked.overwrite)
            _check_can_hold(target.kind, asked)
            work = self._work(asked)
            job = self._job(turn, query.model, Pictures(image=data))
            result = work(job)
            with turn.by_hand("encode"):
                publish_at(target, encoded(result.image, target.kind))
            return jsonify(
                output=str(target.spot.path),
                model=job.model.name,
                method=result.method,
                score=result.score,
                seconds=turn.seconds,
            )

    def _work(self, asked: SegmentFile) -> Callable[[lab.Job], lab.Result]:
        if asked.result != "replace":
            return {"matte": lab.matte, "instance": lab.instances, "semantic": lab.semantic}[asked.result]
        if asked.backdrop is None:
            raise Problem(400, "backdrop", "Name a backdrop, see /api/v1/backdrops.")
        backdrop = lab.chosen(self.backdrops, asked.backdrop)
        return lambda job: self._replaced(job, backdrop, PICTURE_SIDE)

    def _replaced(self, job: lab.Job, backdrop: Backdrop, side: int) -> lab.Result:
        return lab.replaced(job, backdrop, lambda: self.overlay(side), self.settings.scene)

    def _picture(self, work: Callable[[lab.Job], lab.Result]) -> Answer:
        query = query_of(request, ModelQuery)
        with self.turns.turn() as turn:
            job = self._job(turn, query.model, pictures_of(request, Pictures))
            return picture_answer(request, job, work(job))

    def _job(self, turn: Turn, model: str | None, asked: Pictures) -> lab.Job:
        chosen = self.models.named(model)
        chosen.check_ready()
        data = wanted_image(asked, lambda url: self.fetch(url, turn.left()))
        with turn.by_hand("decode"):
            image = decoded(data, "image", self.settings.api.pixels)
            empty = None
            if asked.plate is not None:
                empty = decoded(as_bytes(asked.plate, "plate"), "plate", self.settings.api.pixels)
            return lab.job(turn, chosen, image, empty)

    def _backdrop(self, turn: Turn, asked: ReplacePictures) -> Backdrop:
        if (asked.backdrop is None) == (asked.backdrop_image is None):
            raise Problem(
                400, "backdrop", "Name a backdrop (see /api/v1/backdrops), or send one as backdrop_image."
            )
        if asked.backdrop is not None:
            return lab.chosen(self.backdrops, asked.backdrop)
        with turn.by_hand("decode"):
            data = as_bytes(asked.backdrop_image or b"", "backdrop_image")
            return lab.backdrop_of_picture(decoded(data, "backdrop_image", self.settings.api.pixels))

    def people(self) -> Answer:
        """What booths ask each other; see `booth.matting.wire`."""
        with self.turns.turn() as turn:
            model = self.models.default
            model.check_ready()
            with turn.by_hand("decode"):
                question = question_in(request.get_data())
            with turn.stage("people"):
                answer = model.run(answer_by(question), turn.left())
            with turn.by_hand("encode"):
                return Response(answer_in_bytes(question, answer), mimetype=ANSWER_TYPE)

    # --- what there is ---------------------------------------------------------------------------------

    def all_backdrops(self) -> Answer:
        return jsonify(
            backdrops=[
                {
                    "id": each.id,
                    "titles": dict(each.titles),
                    "thumbnail": f"{BASE}/backdrops/{quote(each.id, safe='')}/thumbnail",
                }
                for each in self.backdrops.values()
            ]
        )

    def backdrop_thumbnail(self, name: str) -> Answer:
        if name not in self.thumbnails:
            small = thumbnail(lab.chosen(self.backdrops, name), THUMBNAIL)
            self.thumbnails[name] = jpeg_bytes(small, 85)
        answer = Response(self.thumbnails[name], mimetype="image/jpeg")
        answer.headers["Cache-Control"] = "private, max-age=3600"
        return answer

    def all_models(self) -> Answer:
        return jsonify(self._models())

    def default_model(self) -> Answer:
        self.models.make_default(json_of(request, DefaultModel).model)
        return jsonify(self._models())

    def _models(self) -> dict[str, object]:
        told = []
        for model in self.models:
            status = model.status
            told.append(
                {
                    "name": model.name,
                    "state": status.state,
                    "methods": list(status.methods),
                    "device": status.device,
                    "why": status.why,
                    "requests": status.requests,
                    "waiting": status.asked,
                    "faults": status.faults,
                }
            )
        return {"default": self.models.default.name, "models": told}

    # --- how it is -------------------------------------------------------------------------------------

    def health(self) -> Answer:
        status = self.models.default.status
        if status.state == "failed":
            detail = f"The default model does not run: {status.why}. Restart the service."
            raise Problem(503, "model", detail, {"Retry-After": "60"})
        return jsonify(status="ok")

    def ready(self) -> Answer:
        self.models.default.check_ready()
        return jsonify(status="ready")

    def all_metrics(self) -> Answer:
        return Response(self.metrics.text(), content_type=figures.MEDIA_TYPE)

    def page(self) -> Answer:
        return page(self.settings)

    def description(self) -> Answer:
        return Response(_description(), mimetype="application/json")


def create_api(
    settings: Settings,
    models: Models,
    backdrops: Sequence[Backdrop],
    guard: Guard,
    fetch: Callable[[str, float], bytes],
) -> Flask:
    """Build the API over models and backdrops; `guard` says who may ask."""
    app = Flask(__name__, static_folder=None, template_folder=FOLDER)
    app.request_class = WholeRequest
    app.config["MAX_CONTENT_LENGTH"] = settings.api.body * 1_000_000
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_TEXT
    app.config["MAX_FORM_PARTS"] = _FORM_PARTS
    api = settings.api
    metrics = Metrics(models, lambda: turns.taken)
    turns = Turns(api.queue, api.deadline, api.hands, models.desks, metrics.staged)
    overlay = lru_cache(_OVERLAYS)(partial(lay_out, settings.scene.layout))
    views = Views(settings, models, {each.id: each for each in backdrops}, turns, metrics, fetch, overlay)
    for rule, view, method in (
        (f"{BASE}/segment", views.segment, "POST"),
        (f"{BASE}/detect", views.detect_by_address, "GET"),
        (f"{BASE}/detect", views.detect, "POST"),
        (f"{BASE}/instance", views.instance, "POST"),
        (f"{BASE}/semantic", views.semantic, "POST"),
        (f"{BASE}/replace", views.replace, "POST"),
        (f"{BASE}/matte", views.matte, "POST"),
        (PATH, views.people, "POST"),
        (f"{BASE}/backdrops", views.all_backdrops, "GET"),
        (f"{BASE}/backdrops/<name>/thumbnail", views.backdrop_thumbnail, "GET"),
        (f"{BASE}/models", views.all_models, "GET"),
        (f"{BASE}/models/default", views.default_model, "POST"),
        ("/", views.page, "GET"),
        ("/health", views.health, "GET"),
        ("/ready", views.ready, "GET"),
        ("/metrics", views.all_metrics, "GET"),
        ("/openapi.json", views.description, "GET"),
    ):
        app.add_url_rule(rule, f"{method} {rule}", view, methods=[method], provide_automatic_options=False)

    def guarded() -> Answer:
        g.began = time.perf_counter()
        refusal = guard.refusal(
            request.headers.get("Host", ""), request.headers.get("Authorization", ""), request.path
        )
        if refusal:
            raise refusal

    def secured(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        call = request.url_rule.rule if request.url_rule else "other"
        metrics.answered(call, response.status_code, time.perf_counter() - g.began)
        return response

    app.before_request(guarded)
    app.after_request(secured)
    app.register_error_handler(Problem, _told)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)
    return app


@cache
def _description() -> bytes:
    """The description of the API, kept beside this file."""
    text = resources.files(__package__).joinpath("openapi.yaml").read_text("utf-8")
    return json.dumps(yaml.safe_load(text)).encode()


def _check_can_hold(kind: str, asked: SegmentFile) -> None:
    holds = {"matte": ("png", "webp"), "semantic": ("png",)}.get(asked.result)
    if holds and kind not in holds:
        endings = " or ".join(f".{kind}" for kind in holds)
        raise Problem(
            400, "output", f"A result of the kind {asked.result!r} needs an output ending in {endings}."
        )


def _masks_accepted() -> Masks:
    """How masks are written where the query does not say: as a parameter of what is accepted, else run lengths."""
    for accepted, _quality in request.accept_mimetypes:
        for parameter in accepted.replace(" ", "").split(";")[1:]:
            if parameter == "masks=polygons":
                return "polygons"
    return "rle"


def _told(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, problem.headers)


_ADVICE = {
    404: "There is nothing at this address: GET /openapi.json says what there is.",
    405: "This address does not take this method: GET /openapi.json says which.",
    413: "The request is larger than api.body allows: send a smaller picture.",
}


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    advice = _ADVICE.get(status, error.description or "Look at /openapi.json.")
    answer = _told(Problem(status, "request", advice))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _broken(error: Exception) -> Response:
    log.error("the API met something unforeseen", exc_info=error)
    return _told(Problem(500, "fault", "Something unforeseen happened: the log of the service says what."))
