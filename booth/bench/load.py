"""The API under load on the loopback, beside a tutorial's pipeline behind the same server.

The server is a process of its own, the clients are threads of this one: each sends a picture, reads the whole
answer and sends the next. `python -m booth.bench.load PORT WEIGHTS` is the tutorial's server.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import yaml
from PIL import Image

from booth.bench.figures import Row, row
from booth.bench.hostile import BODY_MB, CAP_SECONDS, INSIDE, Attempt, Target, attempts, laid_out, sent
from booth.bench.reference import MODEL
from booth.bench.scenery import Scenery
from booth.config import Settings
from booth.errors import BoothError
from booth.images import jpeg_bytes
from booth.matting.weights import weights_for

CLIENTS = (1, 4, 16)
SIDE = 960
"""Side in pixels of the pictures that are sent, as JPEG."""
TIMES = 5
"""How often each hostile request is sent."""
_PATIENCE = 90.0
_LEAST = 3  # answers at each number of clients, and one for each client


def measure(method: str, scenery: Scenery, seconds: float) -> tuple[list[Row], dict[str, object]]:
    """Give seconds, throughput and memory of /detect and /replace with a method, "reference" for the tutorial's."""
    section = f"api: {method}"
    rows: list[Row] = []
    with _served(method, scenery) as (target, process):
        picture = jpeg_bytes(_small(scenery), 90)
        detect = target.form("detect", ("image", picture))
        replaced = target.form(f"replace?side={SIDE}", ("image", picture), ("backdrop", "beach"))
        calls = {"/detect": detect, "/replace": replaced}
        if method != "reference":  # a tutorial knows no clean plate
            parts = (("image", picture), ("plate", jpeg_bytes(_plate(scenery), 90)), ("backdrop", "beach"))
            calls["/replace with a plate"] = target.form(f"replace?side={SIDE}", *parts)
        for raw in calls.values():  # the first answers are slower, and memory grows to what it needs
            _loaded(target.port, raw, 1 if method == "reference" else max(CLIENTS), seconds)
        before = process.memory_info().rss
        for call, raw in calls.items():
            for clients in CLIENTS:
                taken, whole = _loaded(target.port, raw, clients, seconds)
                rows.append(row(section, f"{call}, {clients} clients", "s", taken))
                rows.append(row(section, "  answers a second", "/s", [len(taken) / whole]))
        grown = (process.memory_info().rss - before) / 1e6
        rows.append(row(section, "memory of the process", "MB", [before / 1e6]))
        rows.append(row(section, "  grown under load", "MB", [grown]))
    return rows, {}


def measure_refusals(root: Path) -> tuple[list[Row], dict[str, object]]:
    """Give the seconds in which hostile requests are refused; each must be, by its status."""
    with _bait(root) as target:
        every = attempts(target)
        first = _refused(target, every[0])  # it pays for what the server imports when it is needed
        at_once = {
            each.name: [_refused(target, each) for _ in range(TIMES)] for each in every if not each.waits
        }
        at_cap = [_refused(target, each) - CAP_SECONDS for each in every if each.waits]
    slowest = max(at_once, key=lambda name: max(at_once[name]))
    section = "api: hostile requests"
    rows = [
        row(section, "refused", "s", [seconds for taken in at_once.values() for seconds in taken]),
        row(section, "  the slowest but the very first", "s", [max(at_once[slowest])]),
        row(section, "  the very first", "s", [first]),
        row(section, f"refused past the cap of {CAP_SECONDS:g} s", "s", at_cap),
    ]
    return rows, {"slowest": slowest}


@contextmanager
def _bait(root: Path) -> Iterator[Target]:
    """An API in this process with every door open that can be opened, and names that lead inside."""
    from booth.service.api.addresses import fetcher
    from booth.service.api.building import build_api

    told = _settings(root, "plate", _free_port())
    told["api"] |= {"body": BODY_MB, "receive": CAP_SECONDS, "fetch": CAP_SECONDS}
    told["api"] |= {"inputs": [str(root / "in")], "outputs": [str(root / "out")]}
    settings = Settings.model_validate(told)
    inside = replace(
        fetcher(tuple(INSIDE), BODY_MB * 1_000_000, CAP_SECONDS), resolve=lambda host, port: INSIDE[host]
    )
    laid_out(root)
    api = build_api(settings, root, (), None, lambda notice: None, lambda key: None, inside)
    api.start()
    try:
        _wait_until_ready(settings.api.port, time.monotonic() + _PATIENCE)
        yield Target(settings.api.port, api.token_file.read_text().strip(), root)
    finally:
        api.stop()


def _refused(target: Target, attempt: Attempt) -> float:
    """Seconds until an attempt was refused; a BoothError where it was not, or otherwise."""
    began = time.perf_counter()
    status, _body = sent(target.port, attempt.raw)
    if status != attempt.status:
        raise BoothError(f"{attempt.name} was answered with {status}, expected {attempt.status}")
    return time.perf_counter() - began


def _loaded(port: int, raw: bytes, clients: int, seconds: float) -> tuple[list[float], float]:
    """Seconds of each answer, and of all together; a BoothError where one is no answer."""
    taken: list[float] = []
    wrong: list[str] = []
    began = time.perf_counter()

    def ask() -> None:
        first = True
        while not wrong and (first or len(taken) < _LEAST or time.perf_counter() - began < seconds):
            first, at = False, time.perf_counter()
            status, body = sent(port, raw, _PATIENCE)
            taken.append(time.perf_counter() - at)
            if status != 200:
                wrong.append(f"a request was answered with {status}: {body[:200]!r}")

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise BoothError(wrong[0])
    return taken, time.perf_counter() - began


@contextmanager
def _served(method: str, scenery: Scenery) -> Iterator[tuple[Target, psutil.Process]]:
    port, root = _free_port(), scenery.folder / f"api-{method}"
    root.mkdir()
    if method == "reference":
        command = ["-m", "booth.bench.load", str(port), str(weights_for(MODEL, scenery.weights))]
        token = "none"
    else:
        told = _settings(root, method, port)
        told["matting"]["weights"] = str(scenery.weights)
        told["scene"] = {"offered": ["beach"]}
        told["api"] |= {"queue": 2 * max(CLIENTS), "deadline": _PATIENCE}
        config, token = root / "serve.yaml", ""
        config.write_text(yaml.safe_dump(told))
        command = [
            "-c",
            "import sys; from booth.cli import main; sys.exit(main())",
            "serve",
            "--config",
            str(config),
        ]
    log = (root / "log").open("wb")
    with log, subprocess.Popen([sys.executable, *command], stdout=log, stderr=log) as process:
        try:
            _wait_until_ready(port, time.monotonic() + _PATIENCE)
            yield (
                Target(port, token or (root / "api-token").read_text().strip(), root),
                psutil.Process(process.pid),
            )
        finally:
            process.terminate()


def _settings(root: Path, method: str, port: int) -> dict[str, dict[str, Any]]:
    return {
        "matting": {"method": method},
        "spool": {"data": str(root)},
        "log": {"level": "warning"},
        "api": {"port": port},
    }


def _wait_until_ready(port: int, until: float) -> None:
    pause = threading.Event()
    while True:
        try:
            if sent(port, f"GET /ready HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())[0] == 200:
                return
        except OSError:
            pass
        if time.monotonic() > until:
            raise BoothError("the server did not become ready")
        pause.wait(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _plate(scenery: Scenery) -> Any:
    return np.asarray(Image.fromarray(scenery.plate().image).resize((SIDE, SIDE)))


def _small(scenery: Scenery) -> Any:
    with Image.open(scenery.picture) as picture:
        return np.asarray(picture.convert("RGB").resize((SIDE, SIDE)))


def serve_tutorial(port: int, weights: Path) -> None:
    """Serve a tutorial's pipeline: the network resident, one picture at a time, boxes without masks."""
    import torch
    from flask import Flask, Response, jsonify, request
    from torchvision.transforms.functional import to_tensor
    from waitress import serve

    from booth.bench.reference import SCORE, loaded

    app, tutorial, one = Flask(__name__), loaded(weights), threading.Lock()
    backdrop = Image.new("RGB", (SIDE, SIDE), (30, 90, 160))

    def photo() -> Image.Image:
        return Image.open(request.files["image"].stream).convert("RGB")

    def detect() -> Any:
        with one, torch.no_grad():
            found = tutorial.network([to_tensor(photo())])[0]
        good = found["scores"] > SCORE
        told: Mapping[str, Any] = {name: found[name][good].tolist() for name in ("boxes", "labels", "scores")}
        return jsonify(told)

    def replaced() -> Any:
        with one:
            composite = tutorial.composite(photo(), backdrop)
        out = io.BytesIO()
        composite.save(out, "JPEG", quality=95)
        return Response(out.getvalue(), mimetype="image/jpeg")

    app.add_url_rule("/api/v1/detect", view_func=detect, methods=["POST"])
    app.add_url_rule("/api/v1/replace", view_func=replaced, methods=["POST"])
    app.add_url_rule("/ready", "ready", lambda: "ready")
    serve(app, host="127.0.0.1", port=port, threads=2 * max(CLIENTS))


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    serve_tutorial(int(sys.argv[1]), Path(sys.argv[2]))
