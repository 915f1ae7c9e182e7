"""The API out of settings: its models, its guard, its application and server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from booth.config import Settings
from booth.matting.engine import build_engine
from booth.matting.weights import weights_folder
from booth.matting.worker import Worker
from booth.service.api.addresses import fetcher
from booth.service.api.app import create_api
from booth.service.api.guard import Guard, token_in
from booth.service.api.models import OWN, Model, Models, settings_of
from booth.service.api.server import ApiServer
from booth.shot import Backdrop, Notice

TOKEN_FILE = "api-token"


@dataclass(frozen=True, slots=True)
class Api:
    """The API, to be started and stopped. `workers` are those that it brings itself."""

    server: ApiServer
    workers: tuple[Worker, ...]
    models: Models
    token_file: Path

    def start(self) -> None:
        """Begin to load and to serve; returns at once."""
        for worker in self.workers:
            worker.start()
        self.server.start()

    def stop(self) -> None:
        """End the server, then the models, then what was made of their answers."""
        self.server.stop()
        for worker in self.workers:
            worker.stop()
        self.models.desks.shutdown(cancel_futures=True)


def build_api(
    settings: Settings,
    root: Path,
    backdrops: Sequence[Backdrop],
    own: Worker | None,
    on_notice: Callable[[Notice], None],
    on_clear: Callable[[str], None],
    fetch: Callable[[str, float], bytes] | None = None,
) -> Api:
    """Build what serves the API.

    Parameters
    ----------
    root : the data folder
    own : the worker of a kiosk, whose photos go first; without one the API brings its own
    fetch : gives the bytes behind an address within so many seconds, by default from the internet

    Raises
    ------
    ConfigError
        If the token cannot be used.
    """
    workers = []
    own_worker = own or _worker(settings, root)
    if own is None:
        workers.append(own_worker)
    models = [Model(OWN, settings.matting, own_worker)]
    for each in settings.api.models:
        mine = settings_of(each, settings.matting)
        worker = _worker(settings.model_copy(update={"matting": mine}), root)
        workers.append(worker)
        models.append(Model(each.name, mine, worker, own))
    offered = Models(models, settings.api.model, settings.api.hands + 1)  # one waits for its model
    token_file = settings.api.token or root / TOKEN_FILE
    guard = Guard(token_in(token_file), frozenset({*settings.api.names, settings.api.host}))
    fetch = fetch or fetcher(settings.api.fetch_from, settings.api.body * 1_000_000, settings.api.fetch)
    app = create_api(settings, offered, backdrops, guard, fetch)
    server = ApiServer(app, settings.api, guard, on_notice, on_clear, beside_kiosk=own is not None)
    return Api(server, tuple(workers), offered, token_file)


def _worker(settings: Settings, root: Path) -> Worker:
    matting = settings.matting
    weights = weights_folder(matting, root)
    return Worker(lambda: build_engine(matting, weights), deadline=matting.deadline)
