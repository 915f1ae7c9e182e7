"""The pickup pages: one private page for one token, and nothing else to be found."""

from __future__ import annotations

import base64
import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

from flask import Flask, Response, jsonify, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from booth.config.settings import EventSettings
from booth.errors import SpoolError
from booth.service.misses import Misses
from booth.service.words import WORDS, deletion
from booth.spool.pickup import Pickup, Pickups

MISSES_A_MINUTE = 30
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages in the guest's language."""

    event: EventSettings
    style: str

    def pickup(self, token: str, found: Pickup) -> str:
        language = self.language()
        return render_template(
            "pickup.html",
            **self._common(language),
            pickup=found,
            photo=url_for("photo", token=token),
            file=file_name(found),
            deletion=deletion(language, found.expires_at - time.time()),
        )

    def note(self, what: str) -> str:
        """A page with one kind sentence: "missing", "slow" or "broken"."""
        return render_template("note.html", **self._common(self.language()), what=what)

    def language(self) -> str:
        """What the phone speaks, else the event's own language."""
        return request.accept_languages.best_match(self.event.languages) or self.event.language

    def _common(self, language: str) -> dict[str, object]:
        return {"language": language, "words": WORDS[language], "event": self.event.name, "style": self.style}


def create_app(pickups: Pickups, event: EventSettings, misses: Misses | None = None) -> Flask:
    """Build the pages over a reader; it answers to GET alone and lists nothing."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 1024
    style = resources.files(__package__).joinpath("templates/pickup.css").read_text("utf-8")
    pages = Pages(event, style)
    counter = misses or Misses(MISSES_A_MINUTE)
    headers = security_headers(style)

    def page(token: str) -> Response:
        return looked_up(token, lambda found: Response(pages.pickup(token, found)))

    def photo(token: str) -> Response:
        return looked_up(token, photo_response)

    def health() -> Response:
        pickups.check()
        return jsonify(status="ok")

    def looked_up(token: str, answer: Callable[[Pickup], Response | None]) -> Response:
        address = request.remote_addr or ""
        if counter.are_too_many(address):
            return Response(pages.note("slow"), 429, {"Retry-After": "60"})
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

    for rule, view in (("/p/<token>", page), ("/p/<token>/photo.jpg", photo), ("/health", health)):
        app.add_url_rule(rule, view.__name__, view, methods=["GET"], provide_automatic_options=False)
    app.register_error_handler(HTTPException, missing)
    app.register_error_handler(SpoolError, broken)
    app.register_error_handler(Exception, broken)
    app.after_request(secured)
    return app


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


def file_name(found: Pickup) -> str:
    return f"photo-{found.code.replace(' ', '')}.jpg"


def security_headers(style: str) -> dict[str, str]:
    """What every answer carries: no script, nothing from elsewhere, no frame, no trace, no cache."""
    style_hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "Content-Security-Policy": "default-src 'none'; img-src 'self'; "
        f"style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
