"""Answers: pictures in the format that was asked for, as they are or as base64 in JSON."""

from __future__ import annotations

import base64
import io

import numpy as np
from flask import Request, Response, jsonify
from numpy.typing import NDArray
from PIL import Image

from booth.images import jpeg_bytes, png_bytes
from booth.service.api.lab import Job, Result
from booth.service.api.masks import palette
from booth.service.api.problems import Problem

TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_WEBP_QUALITY = 90


def wanted_format(request: Request, named: str | None) -> str:
    """The format of a composite: by name, else by the Accept header, JPEG where it does not matter.

    Raises
    ------
    Problem
        406 if the Accept header takes none of them.
    """
    if named:
        return named
    if request.is_json or not request.accept_mimetypes:
        return "jpeg"
    best = request.accept_mimetypes.best_match(TYPES.values())
    if best is None:
        raise Problem(406, "format", f"Accept one of {', '.join(TYPES.values())}, or ask with format=.")
    return best.removeprefix("image/")


def encoded(image: NDArray[np.uint8], kind: str) -> bytes:
    """A picture's bytes; uint8 (H, W) is a map of classes, which is coloured by its palette."""
    if image.ndim == 2:
        mapped = Image.fromarray(image).convert("P")
        mapped.putpalette(palette())
        return _saved(mapped, "PNG", optimize=False, compress_level=1)
    if kind == "jpeg":
        return jpeg_bytes(image)
    if kind == "webp":
        return _saved(Image.fromarray(image), "WEBP", quality=_WEBP_QUALITY, method=2)
    return png_bytes(image)


def _saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def picture_answer(request: Request, job: Job, result: Result, kind: str = "png") -> Response:
    """JSON to who sent JSON, else the picture itself with what is known of it in the headers."""
    with job.turn.by_hand("encode"):
        data = encoded(result.image, kind)
    seconds = job.turn.seconds
    if request.is_json:
        told = {
            "image": base64.b64encode(data).decode(),
            "media_type": TYPES[kind],
            "width": result.image.shape[1],
            "height": result.image.shape[0],
            "model": job.model.name,
            "method": result.method,
            "score": None if result.score is None else round(result.score, 4),
            "seconds": {stage: round(took, 4) for stage, took in seconds.items()},
        }
        return jsonify(told)
    answer = Response(data, mimetype=TYPES[kind])
    answer.headers["Booth-Model"] = job.model.name
    answer.headers["Booth-Method"] = result.method
    if result.score is not None:
        answer.headers["Booth-Score"] = f"{result.score:.4f}"
    answer.headers["Server-Timing"] = ", ".join(f"{s};dur={1000 * took:.1f}" for s, took in seconds.items())
    return answer
