"""The models that answer: several side by side, one of them the default, each in a worker of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import TypeVar

from booth.config.settings import ApiModelSettings, MattingSettings
from booth.errors import LateError, MattingError
from booth.matting.engine import Engine
from booth.matting.segmenter import Segmenter
from booth.matting.worker import Worker, WorkerStatus
from booth.service.api.problems import Problem, busy

T = TypeVar("T")
OWN = "booth"
"""Name of the booth's own model, as `matting` sets it up."""
DESKS = 3
_LOADING_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Model:
    """A version that can be asked by its name. It is warm and has given a known answer before it is asked.

    `before` is the worker whose photos go first where that is another one.
    """

    name: str
    settings: MattingSettings
    worker: Worker
    before: Worker | None = None

    @property
    def status(self) -> WorkerStatus:
        return self.worker.status

    @property
    def ladder(self) -> tuple[Segmenter, ...]:
        """The ways of finding people, to be asked by what is `asked` and nowhere else; raises a Problem where
        there are none just now."""
        ladder = self.worker.ladder
        if not ladder:
            self.check_ready()
            raise self._loading()
        return ladder

    def wait_calm(self, seconds: float) -> None:
        """Let the kiosk's own photos go first; raises a Problem where that takes longer."""
        if not (self.before or self.worker).wait_calm(seconds):
            raise late()

    def run(self, work: Callable[[Engine], T], seconds: float) -> T:
        """Have work done when it is its turn.

        Raises
        ------
        Problem
            If the model is not ready, fails, or does not answer within so many seconds.
        """
        try:
            return self.asked(work, seconds)
        except MattingError as error:
            raise Problem(
                503,
                "model",
                f"The model {self.name} could not answer: {error}. Ask another one (model=), or look at "
                "/api/v1/models.",
                {"Retry-After": "30"},
            ) from error

    def asked(self, work: Callable[[Engine], T], seconds: float) -> T:
        """The same, where what the work itself raises is raised as it is."""
        self.check_ready()
        ends = time.monotonic() + seconds

        def in_turn(engine: Engine) -> T:
            if self.before is not None and not self.before.wait_calm(ends - time.monotonic()):
                raise LateError("the booth's own photos came first")
            return work(engine)

        try:
            return self.worker.submit_request(in_turn, seconds).result(seconds + 1.0)
        except (LateError, FutureTimeout) as error:
            raise late() from error
        except CancelledError as error:
            raise ending() from error

    def check_ready(self) -> None:
        """Raise a Problem unless the model is loaded and warm."""
        status = self.status
        if status.state == "loading":
            raise self._loading()
        if status.state == "failed":
            raise Problem(
                503,
                "model",
                f"The model {self.name} does not run: {status.why}. Ask another one (model=), or restart.",
                {"Retry-After": "60"},
            )

    def _loading(self) -> Problem:
        return busy(f"The model {self.name} is loading: ask again in a moment.", _LOADING_SECONDS)


class Models:
    """All that can be asked. A request keeps the model that it began with, whatever becomes the default.

    `desks` are threads of their own for what is made of an answer, so that the models are free meanwhile; always
    the same ones, as each keeps the memory that it once needed.
    """

    def __init__(self, models: Sequence[Model], default: str, desks: int = DESKS) -> None:
        self.desks = ThreadPoolExecutor(desks, "api-desk")
        self._models = {model.name: model for model in models}
        self._lock = threading.Lock()
        self._default = self._models[default]

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    @property
    def default(self) -> Model:
        with self._lock:
            return self._default

    def named(self, name: str | None) -> Model:
        """Give a model, the default where none is named; raises a Problem where there is none of that name."""
        if name is None:
            return self.default
        if name not in self._models:
            names = ", ".join(self._models)
            raise Problem(404, "model", f"There is no model {name[:60]!r}. There are: {names}.")
        return self._models[name]

    def make_default(self, name: str) -> Model:
        """Send what names no model to this one from now on; raises a Problem unless it is ready."""
        model = self.named(name)
        model.check_ready()
        with self._lock:
            self._default = model
        return model


def ending() -> Problem:
    """The answer that nothing is begun any more."""
    return busy("The service is ending: ask again in a moment.", _LOADING_SECONDS)


def late() -> Problem:
    """The answer that the request took too long."""
    return Problem(
        504,
        "deadline",
        "There was no answer within api.deadline: send a smaller picture, or ask again later.",
    )


def settings_of(model: ApiModelSettings, own: MattingSettings) -> MattingSettings:
    """The booth's own settings with what one model has of its own."""
    network = own.maskrcnn.model_copy(update={"classes": model.classes or own.maskrcnn.classes})
    return own.model_copy(
        update={
            "method": model.method,
            "weights": model.weights or own.weights,
            "threads": model.threads or own.threads,
            "maskrcnn": network,
        }
    )
