"""What a guest does from the phone: print again, show in the gallery, delete; and what the wall says."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from booth.config.settings import EventSettings, ServiceSettings
from booth.service.app import THUMBNAIL, create_app
from booth.shot import Frame, Ticket
from booth.spool.pickup import ON_THE_WALL_SECONDS, Pickups
from booth.spool.recovery import recover
from booth.spool.second_copy import SecondCopy
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id

ENGLISH = {"Accept-Language": "en"}


def client_of(spool: Spool, event: EventSettings, **service: object) -> FlaskClient:
    settings = ServiceSettings.model_validate({"gallery": True, **service})
    return create_app(Pickups(spool, settings.reprints), event, settings).test_client()


@pytest.fixture
def client(spool: Spool, event: EventSettings) -> FlaskClient:
    return client_of(spool, event)


def print_all(spool: Spool) -> int:
    count = 0
    while (job := spool.sheets.claim().result()) is not None:
        spool.sheets.printed(job).result()
        count += 1
    return count


def states(spool: Spool, ticket: Ticket) -> list[str]:
    return [job.state for job in spool.sheets.jobs(20) if job.photo_id == ticket.photo_id]


def test_one_more_sheet_is_printed_and_then_no_more(
    client: FlaskClient, ticket: Ticket, spool: Spool
) -> None:
    assert print_all(spool) == 1
    page = client.get(f"/p/{ticket.token}", headers=ENGLISH)
    assert "Print it again" in page.text
    answer = client.post(f"/p/{ticket.token}/again")
    assert answer.status_code == 303
    assert "It is on its way" in client.get(answer.location, headers=ENGLISH).text
    assert "Print it again" not in client.get(answer.location, headers=ENGLISH).text
    assert client.post(f"/p/{ticket.token}/again").location.endswith("done=none")
    assert print_all(spool) == 1
    assert spool.photo(ticket.photo_id).state == "printed"


def test_ten_taps_at_once_order_one_sheet(client: FlaskClient, ticket: Ticket, spool: Spool) -> None:
    """Row 39, from the phone."""
    print_all(spool)
    pickups = Pickups(spool, 1)
    ordered = [pickups.print_again(ticket.token) for _ in range(10)]
    assert sum(future.result() for future in ordered) == 1
    assert print_all(spool) == 1


def test_without_a_quota_there_is_no_button(spool: Spool, event: EventSettings, ticket: Ticket) -> None:
    client = client_of(spool, event, reprints=0)
    assert "Print it again" not in client.get(f"/p/{ticket.token}", headers=ENGLISH).text
    assert client.post(f"/p/{ticket.token}/again").location.endswith("done=none")
    assert states(spool, ticket) == ["queued"]


def test_deleting_asks_first_and_then_leaves_nothing(
    client: FlaskClient, ticket: Ticket, spool: Spool, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    copies = SecondCopy(spool, stick, lambda _notice: None, lambda _key: None)
    copies.catch_up()
    assert "cannot be undone" in client.get(f"/p/{ticket.token}/delete", headers=ENGLISH).text
    assert spool.folders.composite(ticket.photo_id).exists()
    assert "Your photo is deleted" in client.post(f"/p/{ticket.token}/delete", headers=ENGLISH).text
    copies.catch_up()
    assert [path for path in tmp_path.rglob("*") if ticket.photo_id in path.name] == []
    assert client.get(f"/p/{ticket.token}").status_code == 404
    assert states(spool, ticket) == ["canceled"]
    assert spool.sheets.claim().result() is None


def test_a_photo_deleted_while_its_sheet_comes_out_stays_deleted(
    client: FlaskClient, ticket: Ticket, spool: Spool
) -> None:
    job = spool.sheets.claim().result()
    assert job is not None
    client.post(f"/p/{ticket.token}/delete")
    spool.sheets.printed(job).result()
    assert spool.photo(ticket.photo_id).state == "discarded"
    assert not spool.folders.side_car(ticket.photo_id).exists() or recover(spool, 1e9).result()
    assert not spool.folders.composite(ticket.photo_id).exists()


def test_what_a_crash_left_of_a_deleted_photo_goes_at_the_next_start(
    client: FlaskClient, ticket: Ticket, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booth.spool.pickup.forget", lambda _spool, _photo_id: 0)
    client.post(f"/p/{ticket.token}/delete")
    assert spool.folders.original(ticket.photo_id).exists()
    recover(spool, 1e9).result()
    assert not spool.folders.original(ticket.photo_id).exists()
    assert not spool.folders.side_car(ticket.photo_id).exists()


def test_the_gallery_holds_only_who_said_yes(
    client: FlaskClient, ticket: Ticket, spool: Spool, event: EventSettings
) -> None:
    print_all(spool)
    small = f"/gallery/{ticket.photo_id}/small.jpg"
    assert "Nobody has shown a picture yet" in client.get("/gallery", headers=ENGLISH).text
    assert client.get(small).status_code == 404
    client.post(f"/p/{ticket.token}/show", data={"shown": "yes"})
    assert small in client.get("/gallery").text
    with Image.open(io.BytesIO(client.get(small).data)) as picture:
        assert max(picture.size) <= THUMBNAIL
    assert client.get(f"/gallery/{ticket.photo_id}/large.jpg").mimetype == "image/jpeg"
    assert client.get(f"/gallery/{ticket.photo_id}/huge.jpg").status_code == 404
    assert ticket.token not in client.get("/gallery").text
    assert client_of(spool, event, gallery=False).get("/gallery").status_code == 404
    client.post(f"/p/{ticket.token}/show", data={"shown": "no"})
    assert client.get(small).status_code == 404


def test_a_photo_that_is_over_is_not_in_the_gallery(
    client: FlaskClient, ticket: Ticket, spool: Spool, event: EventSettings
) -> None:
    client.post(f"/p/{ticket.token}/show", data={"shown": "yes"})
    late = Pickups(spool, clock=lambda: ticket.expires_at + 1)
    assert late.gallery() == ()
    assert late.gallery_picture(ticket.photo_id) is None


@pytest.mark.parametrize("what", ["again", "show", "delete"])
def test_another_site_cannot_press_the_buttons(client: FlaskClient, ticket: Ticket, what: str) -> None:
    forged = client.post(f"/p/{ticket.token}/{what}", headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 404
    assert client.get(f"/p/{ticket.token}").status_code == 200


def test_the_wall_says_what_is_ready_what_comes_and_where_to_look(
    client: FlaskClient, ticket: Ticket, spool: Spool
) -> None:
    assert ticket.code not in client.get("/wall").text
    job = spool.sheets.claim().result()
    assert job is not None
    board = Pickups(spool).board()
    assert [item.code for item in board.printing] == [ticket.code]
    spool.sheets.uncertain(job, "the printer lost its power").result()
    assert [item.code for item in Pickups(spool).board().check] == [ticket.code]
    spool.sheets.came_out(job.uuid).result()
    assert [item.code for item in Pickups(spool).board().ready] == [ticket.code]
    assert ticket.code in client.get("/wall/board").text
    assert "Liegt bereit" in client.get("/wall").text
    late = spool.photo(ticket.photo_id).kept_at + ON_THE_WALL_SECONDS + 60
    assert Pickups(spool, clock=lambda: late).board().ready == ()


def test_the_wall_names_the_printer_where_there_are_several(spool: Spool, ticket: Ticket) -> None:
    picture = np.zeros((16, 16, 3), np.uint8)
    photo_id = new_photo_id()
    spool.capture(photo_id, Frame(picture, 1_800_000_000.0, 2))
    spool.developed(photo_id, "beach", "plate", {})
    spool.keep(photo_id, picture, 1).result()
    for name in ("left", "right"):
        job = spool.sheets.claim(name).result()
        assert job is not None
        spool.sheets.printed(job).result()
    assert {item.printer for item in Pickups(spool).board().ready} == {"left", "right"}


def test_the_wall_offers_the_wifi(spool: Spool, event: EventSettings) -> None:
    assert "data:image/svg" not in client_of(spool, event).get("/wall").text
    shown = client_of(spool, event, wifi_name="Feier; \\ 1", wifi_password="geheim123").get("/wall").text
    assert "data:image/svg" in shown
    assert "geheim123" not in shown
