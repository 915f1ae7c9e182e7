"""The page of the API in a real browser, over a real server with the bundled network."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from booth.commands.serve import page_address
from booth.service.api.webpage import WORDS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DESKTOP = {"width": 1280, "height": 900}
in_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (apt-get install chromium)")
# Playwright leaves its pipe to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page, what its console said, and where its requests went."""

    def __init__(self, context: Any) -> None:
        self.page = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def calls(self, path: str) -> int:
        return sum(path in url for url in self.asked)


@pytest.fixture
def watched(browser: Any, client: Any) -> Iterator[Watched]:
    """A page; any request to elsewhere, or with the token in its address, fails the test."""
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")
    watched = Watched(context)
    yield watched
    context.close()
    own = f"http://127.0.0.1:{client.port}/"
    # What a browser was told to open shows its fragment here, which is never sent.
    sent = [url.partition("#")[0] for url in watched.asked]
    assert all(url.startswith((own, f"blob:{own[:-1]}", "data:,")) for url in sent)
    assert not any(client.token in url for url in sent)


@pytest.fixture
def studio(drawn: tuple[bytes, bytes]) -> bytes:
    return drawn[0]


def address(client: Any) -> str:
    return page_address(client.settings, client.api.token_file)


def opened(page: Any, client: Any) -> Any:
    """The page with the token in its address, when its first backdrop is there."""
    page.goto(address(client))
    page.locator(".tile:not(.own) img[src]").first.wait_for()
    return page


def chosen(page: Any, data: bytes, name: str = "studio.png", kind: str = "image/png") -> None:
    page.locator("#file").set_input_files({"name": name, "mimeType": kind, "buffer": data})


def saved(page: Any) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.locator("#save").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def seen(page: Any, view: str) -> None:
    page.locator("#veil").wait_for(state="hidden")
    picture = page.locator(f"#view.{view} #after")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 320


@pytest.mark.heavy
@in_chromium
def test_a_photo_is_chosen_seen_compared_and_saved(watched: Watched, client: Any, studio: bytes) -> None:
    page = opened(watched.page, client)
    assert page.url == f"http://127.0.0.1:{client.port}/"
    chosen(page, studio)
    seen(page, "result")
    assert page.locator("#told").inner_text() == WORDS["en"]["done"]

    page.get_by_label("Before and after").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert page.locator("#bar").evaluate("bar => bar.style.left") == "70%"
    assert "30%" in page.locator("#before").evaluate("image => getComputedStyle(image).clipPath")

    answer = client.form("/api/v1/replace?format=jpeg", {"image": studio, "backdrop": "blue"})
    assert saved(page) == ("photo.jpg", answer.body)

    page.get_by_role("button", name="Cut-out", exact=True).click()
    seen(page, "matte")
    assert saved(page) == ("cut-out.png", client.form("/api/v1/matte", {"image": studio}).body)

    page.get_by_role("button", name="Found", exact=True).click()
    seen(page, "found")
    assert saved(page) == ("found.png", client.form("/api/v1/instance", {"image": studio}).body)

    page.get_by_role("button", name="Result", exact=True).click()
    page.get_by_role("radio", name="Green").check()
    seen(page, "result")
    green = client.form("/api/v1/replace?format=jpeg", {"image": studio, "backdrop": "green"})
    assert saved(page)[1] == green.body
    assert watched.calls("/matte") == 1
    assert watched.said == []


@in_chromium
def test_a_backdrop_of_ones_own_is_taken(watched: Watched, client: Any, studio: bytes) -> None:
    page = opened(watched.page, client)
    own = io.BytesIO()
    Image.new("RGB", (600, 400), (180, 60, 60)).save(own, "PNG")
    page.locator("#own").set_input_files(
        {"name": "own.png", "mimeType": "image/png", "buffer": own.getvalue()}
    )
    chosen(page, studio)
    seen(page, "result")
    parts = {"image": studio, "backdrop_image": own.getvalue()}
    assert saved(page)[1] == client.form("/api/v1/replace?format=jpeg", parts).body
    assert page.locator(".tile.own.chosen").count() == 1
    assert watched.said == []


@in_chromium
def test_a_wrong_token_is_asked_for_again_and_the_right_one_lasts(watched: Watched, client: Any) -> None:
    page = watched.page
    page.goto(f"http://127.0.0.1:{client.port}/")
    page.get_by_label("Access key").fill("not the token")
    page.keyboard.press("Enter")
    page.get_by_text("That key does not fit").wait_for()
    page.get_by_label("Access key").fill(client.token)
    page.keyboard.press("Enter")
    page.locator("#drop").wait_for()
    page.reload()
    page.locator("#drop").wait_for()
    assert page.locator("#door").is_hidden()
    assert [line for line in watched.said if "401" not in line] == []


@pytest.mark.heavy
@in_chromium
def test_text_for_a_photo_and_a_photo_of_nobody_are_told_kindly(
    watched: Watched, client: Any, wall: bytes, studio: bytes
) -> None:
    page = opened(watched.page, client)
    chosen(page, b"only words", "notes.jpg", "image/jpeg")
    page.get_by_text("This file is no photo that can be used").wait_for()
    assert "JPEG, PNG or WebP" in page.locator("#trouble-detail").inner_text()
    page.locator("#other-photo").click()
    chosen(page, wall)
    page.get_by_text("Nobody found").wait_for()
    page.locator("#other-photo").click()
    chosen(page, studio)
    seen(page, "result")
    assert page.locator("#trouble").is_hidden()
    assert [line for line in watched.said if "415" not in line and "422" not in line] == []


@pytest.mark.heavy
@in_chromium
def test_a_service_out_of_reach_is_told_and_tried_again(watched: Watched, client: Any, studio: bytes) -> None:
    page = opened(watched.page, client)
    page.context.set_offline(True)
    chosen(page, studio)
    page.get_by_text("The service is out of reach").wait_for()
    page.context.set_offline(False)
    page.locator("#again").click()
    seen(page, "result")
    assert [line for line in watched.said if "ERR_INTERNET_DISCONNECTED" not in line] == []


@pytest.mark.heavy
@in_chromium
def test_a_busy_service_is_asked_again_when_it_said(watched: Watched, client: Any, studio: bytes) -> None:
    page = watched.page
    page.clock.install()
    opened(page, client)
    body = '{"type": "urn:booth:problem:busy", "detail": "Many requests wait.", "status": 503}'
    page.route(
        re.compile("/replace"),
        lambda route: route.fulfill(status=503, body=body, headers={"Retry-After": "3"}),
        times=1,
    )
    chosen(page, studio)
    page.get_by_text("Yours goes on by itself in 3 s").wait_for()
    assert watched.calls("/replace") == 1
    page.clock.run_for(3000)
    seen(page, "result")
    assert watched.calls("/replace") == 2


@pytest.mark.heavy
@in_chromium
def test_a_small_phone_reads_german_and_nothing_sticks_out(browser: Any, client: Any, studio: bytes) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, locale="de-DE", has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(address(client))
    page.get_by_text("Foto aufnehmen").wait_for()
    assert page.locator("#camera").get_attribute("capture") == "environment"
    chosen(page, studio)
    seen(page, "result")
    assert page.locator("#told").inner_text() == WORDS["de"]["done"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for button in page.locator("button:visible, a.button:visible").all():
        assert button.bounding_box()["height"] >= 44
    context.close()


@in_chromium
def test_an_address_is_asked_for_where_the_service_fetches(
    browser: Any, make: Callable[..., Any], studio: bytes
) -> None:
    fetching = make("plate", lambda url, seconds: studio, fetch_from=["pictures.example"], models=[])
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")
    page = opened(context.new_page(), fetching)
    page.get_by_label("Or the address of a picture").fill("https://pictures.example/studio.png")
    page.keyboard.press("Enter")
    # The plate method, without a plate, finds nobody: that the picture came so far is what counts.
    page.locator("#trouble").wait_for()
    told = fetching.json(
        "/api/v1/replace", {"url": "https://pictures.example/studio.png", "backdrop": "blue"}
    )
    assert page.locator("#trouble-detail").inner_text() == told.json["detail"]
    context.close()


def test_the_page_is_told_without_the_token_and_holds_nothing_of_it(client: Any) -> None:
    answer = client.call("GET", "/", headers={"Authorization": "", "Accept-Language": "de"})
    html = answer.body.decode()
    assert answer.status == 200
    assert WORDS["de"]["title"] in html
    assert client.token not in html
    assert 'id="url"' not in html
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"(?:src|href)=\"(?!data:,\")", html)


def test_both_languages_have_every_sentence() -> None:
    assert WORDS["en"].keys() == WORDS["de"].keys()
    assert all(text for words in WORDS.values() for text in words.values())
