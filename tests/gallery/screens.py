"""Every screen to look at: python tests/gallery/screens.py [OUT] [LOOK...].

Each look is a language, normal or large text, or something special, and is shown in both orientations by real
touches on the real booth with its drawn guests: a whole visit, the apology, the closed booth, every page of the
panel, the wall. OUT (build/screens) gets a folder of PNGs and one sheet for each look and orientation, and what
is cut off, overlapping or hard to read is told; the exit status is 1 if anything is.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

sys.path.append(str(Path(__file__).parents[1] / "ui"))
import audit

from booth.app import House, log_to, running
from booth.camera.simulated import Fault
from booth.config import Settings
from booth.config.edit import edited
from booth.config.watch import ConfigWatch
from booth.studio.pin import hashed
from booth.ui.guest import LANDSCAPE, PORTRAIT, ScriptedGuest, set_up_offscreen
from booth.ui.kiosk import Kiosk, create_application
from booth.ui.panel import PAGES
from booth.ui.wall import Wall

HERE = Path(__file__).parent
ALBUM = HERE.parents[1] / "backgrounds"
GROUND = (24, 20, 36)
PIN = "2468"
UNHURRIED = {"1-attract": 2.5, "2-choose": 2.0, "9-closed": 0.5}
"""Seconds until live pictures have come to where they are shown."""
Look = dict[str, dict[str, object]]
SPECIAL: dict[str, Look] = {
    "strip": {"visit": {"shots": 3}},
    "close": {"camera": {"crop": [0.56, 0.4, 0.4]}},
}
LOOKS: dict[str, Look] = {
    **{code: {"event": {"language": code}} for code in ("en", "de", "fr", "es", "it", "nl")},
    **{
        f"large-{code}": {"event": {"language": code}, "screen": {"large_text": True}}
        for code in ("en", "de", "fr")
    },
    **SPECIAL,
}


class StrictGuest(ScriptedGuest):
    """Looks every screen over that is photographed."""

    def __init__(self, kiosk: Kiosk, out_dir: Path) -> None:
        super().__init__(kiosk, out_dir, patience=240)
        self.faults: list[str] = []

    def photograph(self, name: str) -> Path:
        self.rest(UNHURRIED.get(name, 0.0))
        view = self._kiosk.view
        hard = [
            f"contrast {value:.1f}: {words}" for value, words in audit.contrasts(view) if value < audit.ENOUGH
        ]
        self.faults += [f"{self._out_dir.name}/{name}: {fault}" for fault in (*audit.faults(view), *hard)]
        return super().photograph(name)


def settings_for(folder: Path, look: Look) -> Settings:
    """The settings of a look; everything that guests may be offered is on."""
    language = look.get("event", {}).get("language", "en")
    base: Look = {
        "event": {"name": "Mia & Tom", "pictures": str(ALBUM)},
        "camera": {"rate": 10, "timeout": 30},
        "screen": {"fullscreen": False, "sound": False},
        "visit": {"choose": 600, "pose": 600, "ticket": 60, "developing": 200},
        "scene": {},
        "matting": {"method": "bundled"},
        "service": {"enabled": True, "gallery": True, "address": "booth.local", "port": 18080},
        "spool": {"data": str(folder / "data")},
        "operator": {
            "language": language,
            "packs": packs_in(folder).name,
            "pin": hashed(PIN, cost=10),
            "leave": 3600,
        },
    }
    return Settings.model_validate({key: {**values, **look.get(key, {})} for key, values in base.items()})


def packs_in(folder: Path) -> Path:
    """A stick with one event pack that is good and one that is not."""
    stick = folder / "stick"
    if not stick.exists():
        for name, text in (
            ("golden-hour", "event: {name: Lena & Max}\nscene: {layout: {caption: Lena & Max}}\n"),
            ("gala", "camera: {width: 1280}\nevent: {name: Gala}\n"),
        ):
            (stick / name / "backdrops").mkdir(parents=True)
            (stick / name / "pack.yaml").write_text(text)
            for key in ("beach", "lake", "city", "fireworks"):
                picture = Image.open(ALBUM / f"{key}.jpg").resize((960, 960))
                picture.save(stick / name / "backdrops" / f"{key}.jpg")
    return stick


def visit(kiosk: Kiosk, guest: ScriptedGuest) -> None:
    """One visit with its detours."""
    guest.go_to_pose()
    if kiosk.visit.hint:
        guest.photograph("3-pose-hint")
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
    guest.tap("gallery")
    guest.rest(0.3)
    guest.photograph("8-ticket-shown")
    guest.tap("done")


def refused(house: House, guest: ScriptedGuest) -> None:
    """The apology for a camera that goes away, and the sign on the first screen."""
    guest.wait_for("attract")
    guest.tap("start")
    guest.wait_for("pose" if len(house.studio.backdrops) == 1 else "choose")
    house.camera.fault = Fault.UNPLUG
    guest.wait_for("sorry")
    guest.photograph("9-sorry")
    guest.tap("go-on")
    guest.wait_for("attract")
    guest.photograph("9-closed")
    house.camera.fault = None


def panel(kiosk: Kiosk, guest: ScriptedGuest) -> None:
    """The PIN, every page of the panel, a pack that is looked at."""
    guest.wait_for("attract")
    kiosk.panel.knock()
    guest.rest(0.3)
    guest.tap("pin-2")
    guest.photograph("p0-pin")
    for digit in PIN[1:]:
        guest.tap(f"pin-{digit}")
    guest.tap("pin-enter")
    guest.wait_until(lambda: kiosk.panel.admitted and bool(kiosk.panel.figures))
    for number, page in enumerate(PAGES, 1):
        guest.tap(f"tab-{page}")
        guest.rest(1.2)
        if page == "event":
            for pack in ("gala", "golden-hour"):
                guest.tap(f"pack-{pack}")
                guest.wait_until(lambda: not kiosk.panel.packs.drawing)
                guest.rest(0.3)
                guest.photograph(f"p{number}-{page}-{pack}")
        else:
            guest.photograph(f"p{number}-{page}")
    kiosk.panel.close()


def wall(house: House, settings: Settings, size: tuple[int, int], guest: ScriptedGuest, out: Path) -> Path:
    """The second screen, a while after a sheet was asked for."""
    second = Wall(house.studio.board, settings, lambda notice: None, lambda key: None)
    second.view.resize(*size)
    second.model.start()
    second.view.show()
    try:
        guest.wait_until(lambda: bool(second.model.groups))
        guest.rest(0.3)
        path = out / "w-wall.png"
        second.view.grabWindow().save(str(path))
        return path
    finally:
        second.stop()


def sheet(pictures: Sequence[Path], out: Path, height: int = 900, across: int = 6) -> None:
    """Screens side by side, some in a row."""
    images = [Image.open(path).convert("RGB") for path in pictures]
    fitted = [image.resize((round(image.width * height / image.height), height)) for image in images]
    width = max(image.width for image in fitted) + 12
    rows = -(-len(fitted) // across)
    whole = Image.new("RGB", (width * min(across, len(fitted)) + 12, rows * (height + 12) + 12), GROUND)
    for number, image in enumerate(fitted):
        whole.paste(image, (12 + number % across * width, 12 + number // across * (height + 12)))
    whole.save(out)


def shown(name: str, folder: Path, out: Path) -> list[str]:
    """Go through one look in both orientations; give what a strict eye finds."""
    settings = settings_for(folder, LOOKS[name])
    log_to(settings.spool.data, "info")
    found: list[str] = []
    file = folder / "booth.yaml"
    file.write_text("# as the booth was set up\n")
    edited(file, "operator.leave", "3600")
    with running(settings, config=ConfigWatch(file, settings)) as house:
        house.studio.wait_ready(120)
        for orientation, size in (("portrait", PORTRAIT), ("landscape", LANDSCAPE)):
            into = out / f"{name}-{orientation}"
            kiosk = Kiosk(house.studio, settings, operator=house.operator, size=size)
            guest = StrictGuest(kiosk, into)
            kiosk.start()
            try:
                visit(kiosk, guest)
                if name not in SPECIAL:
                    panel(kiosk, guest)
                    guest.pictures.append(wall(house, settings, size, guest, into))
                    refused(house, guest)
            finally:
                kiosk.stop()
                create_application()[0].processEvents()
            found += [*guest.faults, *kiosk.warnings]
            height, across = (900, 8) if orientation == "portrait" else (540, 5)
            sheet(guest.pictures, out / f"{name}-{orientation}.png", height, across)
    return found


def main(out: Path, wanted: Sequence[str]) -> int:
    out = out.absolute()
    set_up_offscreen()
    create_application()
    found: list[str] = []
    for name in wanted or [*LOOKS]:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            found += shown(name, Path(folder), out)
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens"), sys.argv[2:]))
