"""The pickup pages: one private page for one token, the wall, and the gallery of those who said yes."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from flask import Flask, Response, jsonify, redirect, request, url_for
from PIL import Image
from werkzeug.exceptions import HTTPException

from booth.config.settings import EventSettings, ServiceSettings
from booth.errors import SpoolError
from booth.service.headers import security_headers
from booth.service.misses import Misses
from booth.service.pages import PICKUP_SCRIPT, STYLE, WALL_SCRIPT, Pages, file_name
from booth.spool.pickup import Pickup, Pickups

MISSES_A_MINUTE = 30
ACTION_SECONDS = 10.0
"""Longest wait for the ledger; a guest's phone is told to try again then."""
THUMBNAIL = 480
log = logging.getLogger(__name__)

Answer = Any
"""What a Flask view gives."""


def create_app(
    pickups: Pickups, event: EventSettings, service: ServiceSettings, misses: Misses | None = None
) -> Flask:
    """Build the pages over the spool's pickups. Whatever is not there, wrong or over has the same answer."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 1024
    pages = Pages(event, service)
    counter = misses or Misses(MISSES_A_MINUTE)
    headers = security_headers([STYLE], [PICKUP_SCRIPT, WALL_SCRIPT])

    def page(token: str) -> Answer:
        return looked_up(token, lambda found: pages.pickup(token, found, request.args.get("done", "")))

    def photo(token: str) -> Answer:
        return looked_up(token, photo_response)

    def state(token: str) -> Answer:
        return looked_up(token, lambda found: jsonify(pages.state(found)))

    def again(token: str) -> Answer:
        def order(_found: Pickup) -> Answer:
            done = "again" if waited(pickups.print_again(token)) else "none"
            return redirect(url_for("page", token=token, done=done), 303)

        return looked_up(token, order)

    def show(token: str) -> Answer:
        def change(_found: Pickup) -> Answer:
            waited(pickups.show(token, request.form.get("shown") == "yes"))
            return redirect(url_for("page", token=token), 303)

        return looked_up(token, change) if service.gallery else missing()

    def delete(token: str) -> Answer:
        def ask_or_do(_found: Pickup) -> Answer:
            if request.method == "GET":
                return pages.delete(token)
            waited(pickups.delete(token))
            return pages.note("deleted")

        return looked_up(token, ask_or_do)

    def gallery() -> Answer:
        return pages.gallery(pickups.gallery()) if service.gallery else missing()

    def gallery_picture(photo_id: str, size: str) -> Answer:
        jpeg = pickups.gallery_picture(photo_id) if service.gallery else None
        if jpeg is None or size not in ("small", "large"):
            return missing()
        return Response(thumbnail(jpeg) if size == "small" else jpeg, mimetype="image/jpeg")

    def wall() -> Answer:
        return pages.wall(pickups.board())

    def board() -> Answer:
        return pages.board(pickups.board())

    def health() -> Answer:
        pickups.check()
        return jsonify(status="ok")

    def looked_up(token: str, answer: Callable[[Pickup], Answer]) -> Answer:
        address = request.remote_addr or ""
        if counter.are_too_many(address):
            return Response(pages.note("slow"), 429, {"Retry-After": "60"})
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method == "POST":
            return missing()
        found = pickups.find(token)
        if found is None:
            counter.add(address)
            return missing()
        return answer(found) or missing()

    def missing(_error: HTTPException | None = None) -> Response:
        return Response(pages.note("missing"), 404)

    def broken(error: Exception) -> Response:
        log.error("the pickup page cannot answer: %s", error)
        return Response(pages.note("broken"), 503, {"Retry-After": "60"})

    def secured(response: Response) -> Response:
        response.headers.update(headers)
        return response

    for rule, view, methods in (
        ("/p/<token>", page, ["GET"]),
        ("/p/<token>/photo.jpg", photo, ["GET"]),
        ("/p/<token>/state", state, ["GET"]),
        ("/p/<token>/again", again, ["POST"]),
        ("/p/<token>/show", show, ["POST"]),
        ("/p/<token>/delete", delete, ["GET", "POST"]),
        ("/gallery", gallery, ["GET"]),
        ("/gallery/<photo_id>/<size>.jpg", gallery_picture, ["GET"]),
        ("/wall", wall, ["GET"]),
        ("/wall/board", board, ["GET"]),
        ("/health", health, ["GET"]),
    ):
        app.add_url_rule(rule, view.__name__, view, methods=methods, provide_automatic_options=False)
    app.register_error_handler(HTTPException, missing)
    app.register_error_handler(SpoolError, broken)
    app.register_error_handler(Exception, broken)
    app.after_request(secured)
    return app


def waited(future: Future[Any]) -> Any:
    """What the ledger's thread answers; a SpoolError or TimeoutError where it does not."""
    return future.result(ACTION_SECONDS)


def photo_response(found: Pickup) -> Response | None:
    """The photo, shown or saved; None while there is none."""
    if found.jpeg is None:
        return None
    how = "attachment" if "save" in request.args else "inline"
    return Response(
        found.jpeg,
        mimetype="image/jpeg",
        headers={"Content-Disposition": f'{how}; filename="{file_name(found)}"'},
    )


def thumbnail(jpeg: bytes) -> bytes:
    """The same picture, small: JPEG bytes, `THUMBNAIL` pixels on its longer side."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        picture.draft("RGB", (THUMBNAIL, THUMBNAIL))
        picture.thumbnail((THUMBNAIL, THUMBNAIL))
        picture.save(out, "JPEG", quality=85)
    return out.getvalue()
