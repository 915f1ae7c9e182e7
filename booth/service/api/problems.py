"""Every error of the API as problem details (RFC 9457), whose `detail` says what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from booth.errors import GivenUpError

MEDIA_TYPE = "application/problem+json"


class Problem(GivenUpError):  # noqa: N818 (as RFC 9457 calls it)
    """A request that is not answered: `kind` names the problem for programs, `detail` is for people."""

    def __init__(self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store", **(headers or {})}

    def body(self) -> bytes:
        """The answer's bytes."""
        told = {
            "type": f"urn:booth:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        return json.dumps(told).encode()


def busy(detail: str, seconds: int) -> Problem:
    """The answer that now is not the time, and how many seconds later may be."""
    return Problem(503, "busy", detail, {"Retry-After": str(seconds)})
