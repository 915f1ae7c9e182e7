"""A hall of booths: replicas of the resident worker behind one address, by Ray Serve. Ray is known here alone.

A replica is what a booth has: an engine in a worker of its own, which heals and tests itself. What it cannot
heal it tells in `check_health`, and Ray puts a new one in its place while the others answer.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from booth.config import Settings
from booth.errors import BoothError, LateError, MattingError
from booth.matting.engine import Engine, build_engine
from booth.matting.rung import Rung
from booth.matting.weights import weights_folder
from booth.matting.wire import ANSWER_TYPE, MOST_ASKED, PATH
from booth.matting.worker import Worker
from booth.service.api.guard import Guard, token_in
from booth.service.api.models import late
from booth.service.api.problems import Problem, busy
from booth.service.people import answer_by, answer_in_bytes, question_in
from booth.spool.files import data_folder

log = logging.getLogger(__name__)

NAME = "booth"
HEALTH_SECONDS = 10.0
LOADING_SECONDS = 300.0
ONGOING = 2
"""Questions that a replica holds: one that is computed, and one that is unpacked meanwhile."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many replicas: `replicas` of them, or 0 for as many as are asked for, up to `most`; `per_gpu` share
    a GPU."""

    replicas: int = 0
    most: int = 8
    per_gpu: int = 1


class Replica:
    """Answers questions in a process of its own."""

    def __init__(self, settings: Settings, token: str, alone: bool) -> None:
        logging.basicConfig(level=settings.log.level.upper())
        if alone:
            _listen_on_loopback()
        matting = settings.matting
        weights = weights_folder(matting, data_folder(settings.spool))
        self._seconds = settings.api.deadline
        self._guard = Guard(token, frozenset({*settings.api.names, settings.api.host}))
        self._worker = Worker(lambda: build_engine(matting, weights), deadline=matting.deadline)
        self._worker.start()
        if not self._worker.wait_ready(LOADING_SECONDS):
            raise MattingError(self._worker.status.why)

    async def __call__(self, request: Any) -> Any:
        """Answer a request of Starlette's kind."""
        from starlette.responses import Response

        headers = {"Booth-Replica": str(os.getpid()), "Cache-Control": "no-store"}
        try:
            body = await self._answer(request)
        except Problem as problem:
            return Response(problem.body(), problem.status, {**headers, **problem.headers})
        return Response(body, 200, headers, media_type=ANSWER_TYPE)

    async def check_health(self) -> None:
        """Ask every rung for its known answer; what Ray is told by an exception is answered by a new replica."""
        trouble = self._worker.status.restart
        if not trouble:
            try:
                trouble = await asyncio.wrap_future(self._worker.submit_request(_tested, self._seconds))
            except LateError:
                log.info("no time for the self-test among so many questions")
        if trouble:
            raise RuntimeError(f"this replica is of no more use: {trouble}")

    async def _answer(self, request: Any) -> bytes:
        path, asked = request.url.path, request.headers
        refusal = self._guard.refusal(asked.get("host", ""), asked.get("authorization", ""), path)
        if refusal:
            raise refusal
        if path == "/health":
            return b""
        if path != PATH or request.method != "POST":
            raise Problem(404, "request", f"A hall of booths answers POST {PATH}, and nothing else.")
        question = await asyncio.to_thread(question_in, await _body(request.stream()))
        try:
            work = self._worker.submit_request(answer_by(question), self._seconds)
            answer = await asyncio.wrap_future(work)
        except LateError as fault:
            raise late() from fault
        except MattingError as fault:
            raise busy(f"This replica could not answer: {fault}.", 1) from fault
        return await asyncio.to_thread(answer_in_bytes, question, answer)


async def _body(pieces: AsyncIterable[bytes]) -> bytes:
    """A body that is no longer than a question may be."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > MOST_ASKED:
            raise Problem(
                413, "request", f"A question has at most {MOST_ASKED} bytes: send a smaller picture."
            )
    return bytes(body)


def _tested(engine: Engine) -> str:
    """What is wrong with the rungs after each was asked for its known answer; "" where nothing is."""
    rungs = [rung for rung in engine.local if isinstance(rung, Rung)]
    for rung in rungs:
        rung.test()
    return "; ".join(f"{rung.name}: {rung.out}" for rung in rungs if rung.out)


@contextmanager
def hall(settings: Settings, size: Size) -> Iterator[Path]:
    """Serve with replicas; leaving the block lets them end what they have begun. Gives the file of the token.

    Raises
    ------
    BoothError
        If Ray is not installed, or it cannot be served there.
    """
    alone = os.environ.setdefault("RAY_ADDRESS", "local") == "local"
    if alone:  # Ray's own processes too listen on the loopback only
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    ray, serve = _ray()
    token_file = settings.api.token or data_folder(settings.spool) / "api-token"
    token = token_in(token_file)
    try:
        ray.init(include_dashboard=False, configure_logging=False, log_to_driver=False)
    except (RuntimeError, ConnectionError, ValueError) as fault:
        raise BoothError(f"Ray does not start: {fault}. See whether RAY_ADDRESS is right.") from fault
    try:
        serve.start(
            http_options={
                "host": settings.api.host,
                "port": settings.api.port,
                "request_timeout_s": settings.api.deadline + 1,
            },
            proxy_location="EveryNode",
        )
        machine = ray.cluster_resources()
        deployment = serve.deployment(Replica, **deployment_options(settings, size, machine))
        own = replica_settings(settings, machine)
        serve.run(deployment.bind(own, token, alone), name=NAME, route_prefix="/")
        yield token_file
    except RuntimeError as fault:
        raise BoothError(f"the hall cannot be served: {fault}") from fault
    finally:
        serve.shutdown()
        ray.shutdown()


def deployment_options(settings: Settings, size: Size, machine: dict[str, float]) -> dict[str, Any]:
    """How Ray is to keep the replicas, on machines with so much of "CPU" and "GPU" together."""
    actor: dict[str, float] = {"num_cpus": 1}
    if _has_gpu(settings, machine):
        actor["num_gpus"] = 1 / size.per_gpu
    options: dict[str, Any] = {
        "name": "people",
        "ray_actor_options": actor,
        "max_ongoing_requests": ONGOING,
        "max_queued_requests": settings.api.queue,
        "health_check_period_s": HEALTH_SECONDS,
        "health_check_timeout_s": settings.api.deadline + HEALTH_SECONDS,
        "graceful_shutdown_timeout_s": settings.api.deadline,
    }
    if size.replicas:
        return {**options, "num_replicas": size.replicas}
    scaling = {"min_replicas": 1, "max_replicas": size.most, "target_ongoing_requests": 1}
    return {**options, "autoscaling_config": scaling}


def replica_settings(settings: Settings, machine: dict[str, float]) -> Settings:
    """The settings of a replica: without a GPU it keeps to the one core that Ray gives it, unless a number of
    threads is set. Two replicas of a thread each answer twice as much as one of two (`python -m booth.bench.hall`).
    """
    if settings.matting.threads or _has_gpu(settings, machine):
        return settings
    return settings.model_copy(update={"matting": settings.matting.model_copy(update={"threads": 1})})


def _has_gpu(settings: Settings, machine: dict[str, float]) -> bool:
    return machine.get("GPU", 0) > 0 and settings.matting.device != "cpu"


def _listen_on_loopback() -> None:
    """Keep the port that Ray Serve opens for each replica off the network: it unpickles whatever reaches it.

    Ray has no setting for its address, only TLS. A Ray that has changed there raises an AttributeError: better
    no hall than one that is open to everybody.
    """
    replica: Any = importlib.import_module("ray.serve._private.replica")
    add_port = replica.add_port_to_grpc_server
    replica.add_port_to_grpc_server = lambda server, _everywhere: add_port(server, "127.0.0.1:0")


def _ray() -> tuple[Any, Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_SERVE_LOG_TO_STDERR", "0")
    try:
        return importlib.import_module("ray"), importlib.import_module("ray.serve")
    except ImportError as fault:
        raise BoothError(
            f"serve --ray needs Ray, which is not installed ({fault}). Run: pip install 'booth[ray]'"
        ) from fault
