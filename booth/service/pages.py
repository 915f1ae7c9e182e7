"""The pages as a phone and the wall show them, each in the reader's language."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import segno
from flask import render_template, request, url_for

from booth.config.settings import EventSettings, ServiceSettings
from booth.service.words import WORDS, deletion
from booth.spool.pickup import Board, Pickup

STYLE = resources.files(__package__).joinpath("templates/pickup.css").read_text("utf-8")
PICKUP_SCRIPT = resources.files(__package__).joinpath("templates/pickup.js").read_text("utf-8")
WALL_SCRIPT = resources.files(__package__).joinpath("templates/wall.js").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Pages:
    """Every page of the service as HTML."""

    event: EventSettings
    service: ServiceSettings

    def pickup(self, token: str, found: Pickup, done: str) -> str:
        """A guest's own page; `done` says what the last button did: "again", "none" or ""."""
        language = self.language()
        return self._page(
            "pickup.html",
            language,
            PICKUP_SCRIPT,
            pickup=found,
            done=done,
            side=found.size,
            file=file_name(found),
            gallery=self.service.gallery,
            deletion=deletion(language, found.expires_at - time.time()),
            photo=url_for("photo", token=token),
            **{view: url_for(view, token=token) for view in ("state", "again", "show", "delete")},
        )

    def state(self, found: Pickup) -> dict[str, object]:
        """How far the print is, for the page to renew itself."""
        words = WORDS[self.language()]
        ends = found.prints in ("ready", "collected")
        return {"prints": found.prints, "words": words[found.prints], "ends": ends}

    def delete(self, token: str) -> str:
        """The question before a photo is deleted."""
        addresses = {"delete": url_for("delete", token=token), "back": url_for("page", token=token)}
        return self._page("delete.html", self.language(), "", **addresses)

    def note(self, what: str) -> str:
        """A page with one kind sentence: "missing", "slow", "broken" or "deleted"."""
        return self._page("note.html", self.language(), "", what=what)

    def gallery(self, photo_ids: Sequence[str]) -> str:
        """The pictures of everybody who said yes, the newest first."""
        pictures = [
            {
                "small": url_for("gallery_picture", photo_id=photo_id, size="small"),
                "large": url_for("gallery_picture", photo_id=photo_id, size="large"),
            }
            for photo_id in photo_ids
        ]
        return self._page("gallery.html", self.language(), "", pictures=pictures)

    def wall(self, board: Board) -> str:
        """The second screen: what is being printed, what is ready, where to look."""
        language = self.event.language
        return self._page(
            "wall.html",
            language,
            WALL_SCRIPT,
            groups=groups(board, language),
            wifi=self._wifi(),
            wifi_name=self.service.wifi_name,
        )

    def board(self, board: Board) -> str:
        """The part of the wall that changes."""
        language = self.event.language
        return render_template("board.html", words=WORDS[language], groups=groups(board, language))

    def language(self) -> str:
        """What the phone speaks, else the event's own language."""
        return request.accept_languages.best_match(self.event.languages) or self.event.language

    def _page(self, template: str, language: str, script: str, **values: object) -> str:
        return render_template(
            template,
            language=language,
            words=WORDS[language],
            event=self.event.name,
            style=STYLE,
            script=script,
            **values,
        )

    def _wifi(self) -> str:
        """The QR code by which a phone joins the Wi-Fi, as a data address; "" where no network is named."""
        if not self.service.wifi_name:
            return ""
        return str(wifi_code(self.service).svg_data_uri(border=0, dark="#111"))


def wifi_code(service: ServiceSettings) -> segno.QRCode:
    """What a phone's camera reads to join the guests' Wi-Fi."""
    from segno import helpers

    security = "WPA" if service.wifi_password else None
    return helpers.make_wifi(service.wifi_name, service.wifi_password or None, security)


def groups(board: Board, language: str) -> list[tuple[str, str, Sequence[object]]]:
    """The wall's three columns: title, kind, tickets."""
    words = WORDS[language]
    return [
        (words["wall_ready"], "ready", board.ready),
        (words["wall_printing"], "printing", board.printing),
        (words["wall_check"], "check", board.check),
    ]


def file_name(found: Pickup) -> str:
    return f"photo-{found.code.replace(' ', '')}.jpg"
