"""The API's web page for the README: python tests/gallery/webpage.py [OUT].

A real server with the bundled network and the house backdrops, the drawn studio and the astronaut (NASA, public
domain), seen in Chromium at a desktop's and a phone's size.
OUT (build/page) gets every state as a PNG, and tests/gallery/api.jpg is made of two of them.
"""

from __future__ import annotations

import io
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright
from skimage import data

from booth.app import serving
from booth.camera.studio_scene import StudioScene
from booth.commands.serve import page_address
from booth.config import Settings

HERE = Path(__file__).parent
GROUND = (24, 20, 36)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
WAIT = 120_000


def settings_in(folder: Path) -> Settings:
    """An API of its own on a free port, with the backdrops of the house."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return Settings.model_validate(
        {
            "event": {"name": "Mia & Tom"},
            "matting": {"method": "bundled"},
            "spool": {"data": str(folder)},
            "api": {"port": port, "fetch_from": ["pictures.example"]},
        }
    )


def jpeg(image: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=95)
    return out.getvalue()


def walk(page: Any, address: str, photo: bytes, out: Path, name: str) -> None:
    """One visit; each state is photographed as it is seen without scrolling."""

    def photograph(state: str) -> None:
        page.screenshot(path=out / f"{name}-{state}.png")

    def settled(view: str) -> None:
        page.locator("#veil").wait_for(state="hidden", timeout=WAIT)
        page.locator(f"#view.{view} #after").wait_for(timeout=WAIT)

    page.goto(address.partition("#")[0])
    page.locator("#door").wait_for()
    photograph("1-door")
    page.goto(address)
    page.locator(".tile:not(.own) img[src]").first.wait_for(timeout=WAIT)
    page.locator(".tile:not(.own) img:not([src])").first.wait_for(state="detached", timeout=WAIT)
    photograph("2-start")
    page.locator("#file").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo})
    photograph("3-working")
    settled("result")
    photograph("4-result")
    page.screenshot(path=out / f"{name}-4-whole.png", full_page=True)
    for number, (button, view) in enumerate((("Cut-out", "matte"), ("Found", "found")), 5):
        page.get_by_role("button", name=button, exact=True).click()
        settled(view)
        photograph(f"{number}-{view}")
    page.locator("#another").click()
    page.locator("#file").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"words"})
    page.locator("#trouble").wait_for(timeout=WAIT)
    photograph("7-trouble")


def pair(out: Path) -> None:
    """Desktop and phone beside each other, as the README shows them."""
    height, gap = 760, 24
    shots = [Image.open(out / f"{name}-4-result.png").convert("RGB") for name in ("desktop", "phone")]
    fitted = [
        shot.resize((round(shot.width * height / shot.height), height), Image.Resampling.LANCZOS)
        for shot in shots
    ]
    sheet = Image.new("RGB", (sum(shot.width for shot in fitted) + 3 * gap, height + 2 * gap), GROUND)
    x = gap
    for shot in fitted:
        sheet.paste(shot, (x, gap))
        x += shot.width + gap
    sheet.save(HERE / "api.jpg", quality=84)


def main(out: Path) -> None:
    """Make every picture."""
    out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as play:
        settings = settings_in(Path(scratch))
        with serving(settings) as api:
            for worker in api.workers:
                worker.wait_ready(60)
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            photos = {"desktop": jpeg(StudioScene().image(9.0, 1080)), "phone": jpeg(data.astronaut())}
            looks: dict[str, dict[str, Any]] = {
                "desktop": {"viewport": DESKTOP},
                "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
            }
            for name, look in looks.items():
                context = browser.new_context(locale="en-GB", **look)
                walk(context.new_page(), page_address(settings, api.token_file), photos[name], out, name)
                context.close()
            browser.close()
    pair(out)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/page"))
