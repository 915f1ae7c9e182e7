"""The pickup pages in a real browser: what they look like is left in `build/browser`, what they do is tested."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from booth.config.settings import EventSettings, ServiceSettings
from booth.images import read_picture
from booth.scene.backdrops import HOUSE_BACKDROPS
from booth.service.app import create_app
from booth.service.server import PickupServer
from booth.shot import Frame, Ticket
from booth.spool.pickup import Pickups
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BUILD = Path(__file__).parents[2] / "build" / "browser"
PHONE = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.heavy,
    # Playwright leaves its pipe to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def ticket(spool: Spool) -> Ticket:
    picture = read_picture(HOUSE_BACKDROPS / "beach.jpg")
    photo_id = new_photo_id()
    spool.capture(photo_id, Frame(picture, 1_800_000_000.0, 1))
    spool.developed(photo_id, "beach", "plate", {})
    return spool.keep(photo_id, picture, 1).result()


@pytest.fixture
def address(spool: Spool) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    service = ServiceSettings(port=port, gallery=True, wifi_name="Anna & Ben", wifi_password="hochzeit26")
    up = Event()
    app = create_app(Pickups(spool, 1), EventSettings(name="Anna & Ben"), service)
    server = PickupServer(app, service, lambda _notice: None, lambda _key: up.set())
    server.start()
    assert up.wait(20)
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A phone's page; anything on its console, and any request to elsewhere, fails the test."""
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    page = context.new_page()
    said: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "//" in request.url else ""))
    yield page
    context.close()
    assert said == []
    assert {host.split(":")[0] for host in hosts} <= {"127.0.0.1", ""}


def picture_of(page: Any, name: str) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=BUILD / f"{name}.png", full_page=True)


def test_a_guest_saves_prints_again_and_shows(page: Any, address: str, ticket: Ticket, spool: Spool) -> None:
    page.goto(f"{address}/p/{ticket.token}")
    photo = page.locator("img.photo")
    assert photo.evaluate("image => image.complete && image.naturalWidth") == 1920
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with page.expect_download() as saved:
        page.get_by_text("Save photo").click()
    code = ticket.code.replace(" ", "")
    assert saved.value.suggested_filename == f"photo-{code}.jpg"
    page.get_by_text("Print it again").click()
    page.get_by_text("It is on its way").wait_for()
    assert [job.state for job in spool.sheets.jobs(9)] == ["queued", "queued"]
    page.get_by_text("Show it there").click()
    page.get_by_text("Your picture is in the event").wait_for()
    picture_of(page, "phone")
    page.goto(f"{address}/gallery")
    assert (
        page.locator(".tiles img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 480
    )
    picture_of(page, "gallery")


def test_the_page_tells_by_itself_when_the_print_is_ready(
    page: Any, address: str, ticket: Ticket, spool: Spool
) -> None:
    page.clock.install()
    page.goto(f"{address}/p/{ticket.token}")
    assert page.locator("#state").inner_text() == "Your print is waiting its turn"
    job = spool.sheets.claim().result()
    assert job is not None
    spool.sheets.printed(job).result()
    page.clock.fast_forward(9000)
    page.get_by_text("Your print is ready").wait_for()


def test_deleting_asks_and_then_the_page_is_gone(page: Any, address: str, ticket: Ticket) -> None:
    page.goto(f"{address}/p/{ticket.token}")
    page.get_by_text("Delete my photo").click()
    picture_of(page, "delete")
    page.get_by_role("button").click()
    page.get_by_text("Your photo is deleted").wait_for()
    assert page.request.get(f"{address}/p/{ticket.token}").status == 404


def test_the_wall_renews_itself(page: Any, address: str, ticket: Ticket, spool: Spool) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto(f"{address}/wall")
    assert page.get_by_text("The next print could be yours").count() == 1
    job = spool.sheets.claim().result()
    assert job is not None
    spool.sheets.printed(job).result()
    page.clock.fast_forward(4000)
    page.get_by_text(ticket.code).wait_for()
    picture_of(page, "wall")


def test_a_small_phone_without_scripts_can_do_everything_but_share(
    browser: Any, address: str, ticket: Ticket, spool: Spool
) -> None:
    """360 by 640, as in 2018, and scripts off: plain links and forms."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, locale="de-DE", java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{address}/p/{ticket.token}")
    picture_of(page, "phone-small")
    assert page.locator("noscript meta[http-equiv=refresh]").count() == 1
    assert page.locator("#share").is_hidden()
    for name in ("Foto sichern", "Noch einmal drucken", "Dort zeigen", "Mein Foto löschen"):
        box = page.get_by_text(name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["height"] >= 44
    page.get_by_text("Noch einmal drucken").click()
    page.get_by_text("Er kommt").wait_for()
    assert len(spool.sheets.jobs(9)) == 2
    page.get_by_text("Dort zeigen").click()
    page.get_by_text("Mein Foto löschen").click()
    page.get_by_text("Ja, löschen").click()
    assert page.goto(f"{address}/p/{ticket.token}").status == 404
    context.close()


def test_a_phone_with_web_share_is_offered_it(page: Any, address: str, ticket: Ticket) -> None:
    page.add_init_script(
        "navigator.canShare = () => true;"
        "navigator.share = (what) => { window.shared = what.files[0].name + ' ' + what.files[0].size; "
        "return Promise.resolve(); };"
    )
    page.goto(f"{address}/p/{ticket.token}")
    page.locator("#share").click()
    page.wait_for_function("window.shared")
    name, size = page.evaluate("window.shared").split(" ")
    assert name == f"photo-{ticket.code.replace(' ', '')}.jpg"
    assert int(size) > 10_000
