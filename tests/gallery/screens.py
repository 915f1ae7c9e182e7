"""Every screen to look at: python tests/gallery/screens.py [OUT].

Both orientations, three languages, large text, a strip; one visit each through the real booth on its drawn
guests. OUT (build/screens) gets the PNGs and a sheet of each visit.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from booth.app import House, running
from booth.config import Settings
from booth.ui.guest import LANDSCAPE, PORTRAIT, ScriptedGuest, set_up_offscreen
from booth.ui.kiosk import Kiosk, create_application

ALBUM = Path(__file__).parents[2] / "backgrounds"
GROUND = (24, 20, 36)
LOOKS: dict[str, dict[str, dict[str, object]]] = {
    "en": {"event": {"pictures": str(ALBUM)}},
    "de": {"event": {"language": "de"}},
    "fr": {"event": {"language": "fr"}},
    "large-de": {"event": {"language": "de"}, "screen": {"large_text": True}},
    "large-fr": {"event": {"language": "fr"}, "screen": {"large_text": True, "lens": "left"}},
    "strip": {"visit": {"shots": 3}},
}


def settings_for(data: Path, look: dict[str, dict[str, object]]) -> Settings:
    base: dict[str, dict[str, object]] = {
        "event": {"name": "Mia & Tom"},
        "screen": {"fullscreen": False, "sound": False},
        "visit": {},
        "service": {"enabled": True, "address": "booth.local", "port": 18080},
        "spool": {"data": str(data)},
    }
    return Settings.model_validate({key: {**values, **look.get(key, {})} for key, values in base.items()})


def visit(house: House, settings: Settings, size: tuple[int, int], out: Path) -> list[Path]:
    """One visit with its detours; give the pictures in their order."""
    kiosk = Kiosk(house.studio, settings, size=size)
    guest = ScriptedGuest(kiosk, out, patience=240)
    kiosk.start()
    try:
        guest.go_to_pose()
        guest.tap("shutter")
        guest.wait_for("countdown")
        guest.photograph("4-countdown")
        guest.wait_for("developing")
        guest.wait_until(lambda: kiosk.visit.hasCutOut or kiosk.visit.session.step.value == "review")
        guest.rest(0.3)
        guest.photograph("5-developing")
        guest.wait_for("review")
        guest.photograph("6-review")
        if kiosk.visit.review.movable:
            guest.tap("larger")
            guest.drag((guest.point_in("photo", 0.5, 0.6), guest.point_in("photo", 0.62, 0.66)))
            guest.wait_until(lambda: kiosk.visit.session.is_settled)
            guest.rest(0.3)
            guest.photograph("7-placed")
        guest.tap("keep")
        guest.wait_for("ticket")
        guest.photograph("8-ticket")
        guest.tap("done")
        guest.wait_for("attract")
    finally:
        kiosk.stop()
        create_application()[0].processEvents()
    return guest.pictures


def sheet(pictures: list[Path], out: Path) -> None:
    """A visit's screens in a row."""
    height = 900
    images = [Image.open(path).convert("RGB") for path in pictures]
    fitted = [image.resize((round(image.width * height / image.height), height)) for image in images]
    row = Image.new("RGB", (sum(image.width + 12 for image in fitted) + 12, height + 24), GROUND)
    x = 12
    for image in fitted:
        row.paste(image, (x, 12))
        x += image.width + 12
    row.save(out)


def main(out: Path, wanted: list[str]) -> None:
    set_up_offscreen()
    create_application()
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted or [*LOOKS]:
            data = Path(folder) / name
            settings = settings_for(data, LOOKS[name])
            with running(settings) as house:
                house.studio.wait_ready(120)
                for orientation, size in (("portrait", PORTRAIT), ("landscape", LANDSCAPE)):
                    pictures = visit(house, settings, size, out / f"{name}-{orientation}")
                    sheet(pictures, out / f"{name}-{orientation}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens"), sys.argv[2:])
