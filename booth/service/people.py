"""What one booth asks another: who is in this picture? The same answer from a single service and from a hall."""

from __future__ import annotations

import time
from collections.abc import Callable

from booth.errors import WireError
from booth.matting.engine import Engine
from booth.matting.wire import Answered, Asked, answer_bytes, asked
from booth.pipeline import detected
from booth.service.api.problems import Problem


def question_in(body: bytes) -> Asked:
    """Read a question; raises a Problem where the bytes are none."""
    try:
        return asked(body)
    except WireError as fault:
        raise Problem(
            400, "body", f"This is no question of a booth: {fault}. Use the same version."
        ) from fault


def answer_by(question: Asked) -> Callable[[Engine], Answered]:
    """Give the work that answers a question, for the thread that owns the engine."""

    def work(engine: Engine) -> Answered:
        began = time.perf_counter()
        people, method = detected(question.image, question.plate, engine.local)
        return Answered(people, method, time.perf_counter() - began)

    return work


def answer_in_bytes(question: Asked, answer: Answered) -> bytes:
    """The answer as it travels."""
    return answer_bytes(answer, question.image.shape[0], question.image.shape[1])
