"""The web page of the API: a photo is chosen, seen with a new background, and saved."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

import yaml
from flask import Response, render_template, request

from booth.config import Settings
from booth.service.headers import security_headers
from booth.service.pages import STYLE as PICKUP_STYLE

FOLDER = "page"
LANGUAGES = ("en", "de")


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(f"{FOLDER}/{name}").read_text("utf-8")


STYLE = PICKUP_STYLE + _text("page.css")
SCRIPT = _text("page.js")
WORDS: Mapping[str, Mapping[str, str]] = {
    language: yaml.safe_load(_text(f"{language}.yaml")) for language in LANGUAGES
}
# The pictures are fetched with the token, so that the page shows them from its own memory.
HEADERS = security_headers([STYLE], [SCRIPT], "'self' data: blob:")


def page(settings: Settings) -> Response:
    """The page in the reader's language; it holds nothing that needs the token."""
    event = settings.event
    ours = event.language if event.language in LANGUAGES else LANGUAGES[0]
    language = request.accept_languages.best_match(LANGUAGES) or ours
    html = render_template(
        "page.html",
        language=language,
        words=WORDS[language],
        event=event.name or "Booth",
        addresses=bool(settings.api.fetch_from),
        style=STYLE,
        script=SCRIPT,
    )
    return Response(html, headers=HEADERS, content_type="text/html; charset=utf-8")
