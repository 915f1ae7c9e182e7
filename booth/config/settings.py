"""Every setting of the booth: frozen, unknown keys refused, each with unit, range, default and a sentence.

The sentences are what `config/booth.yaml` shows; `python -m booth.config.document` writes it from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

_T = TypeVar("_T")
PIN_HASH = re.compile(r"scrypt-(1[0-7])-([0-9a-f]{32})-([0-9a-f]{64})")
"""How a PIN is kept: logarithm of the cost, salt, hash (RFC 7914, block size 8)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts; stands beside its range in the file and in messages."""

    name: str


def _wrong(problem: str, field: str = "") -> PydanticCustomError:
    # `field` names the key at fault where the whole section is what was examined.
    return PydanticCustomError("booth", "{problem}", {"problem": problem, "field": field})


def _one_line(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise _wrong(f"must be a single line of text without tabs; given {' '.join(text.split())}")
    return text


def _each_once(values: tuple[_T, ...]) -> tuple[_T, ...]:
    for place, value in enumerate(values):
        if value in values[:place]:
            raise _wrong(f"has {value} twice; delete one of the two")
    return values


def _sheet_size(size: tuple[float, float]) -> tuple[float, float]:
    if not all(2 <= length <= 24 for length in size):
        raise _wrong(f"must be 2 to 24 inches each way; given {size[0]:g} x {size[1]:g}")
    return size


def _sheet_names(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not re.fullmatch(r"\d{1,2}(\.\d)?x\d{1,2}(\.\d)?", name):
            raise _wrong(f"must be names of sheets in inches, such as 4x6; given {name}")
    return _each_once(names)


def _print_address(address: str) -> str:
    parts = urlsplit(address)
    if address and (parts.scheme not in ("ipp", "http") or not parts.hostname):
        raise _wrong(f"must be an address such as ipp://localhost/printers/dyesub; given {address}")
    return address


def _square_window(crop: tuple[float, float, float] | str) -> tuple[float, float, float] | str:
    if isinstance(crop, tuple) and not (0 <= crop[0] <= 1 and 0 <= crop[1] <= 1 and 0.1 <= crop[2] <= 1):
        given = ", ".join(f"{value:g}" for value in crop)
        raise _wrong(f"must be [x, y, side] with x and y 0 to 1 and side 0.1 to 1; given [{given}]")
    return crop


def _box_of_fractions(zone: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = zone
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        given = ", ".join(f"{value:g}" for value in zone)
        raise _wrong(f"must be [left, top, right, bottom], 0 to 1 and in that order; given [{given}]")
    return zone


def _pin_hash(pin: str) -> str:
    if pin and not PIN_HASH.fullmatch(pin):
        raise _wrong(
            "must be a hash, which `run_booth.py pin` prints, never the PIN itself; given another text"
        )
    return pin


KEYS = (
    *("space", "return", "enter", "escape", "tab", "b", "camera", "volume_up", "volume_down"),
    *("page_up", "page_down", "left", "right", "up", "down"),
    *(f"f{number}" for number in range(1, 13)),
)
"""What buttons send, by the names that the file uses."""


def _key(name: str) -> str:
    if name not in KEYS:
        raise _wrong(f"must be one of {', '.join(KEYS)}; given {name}")
    return name


def _bare_address(host: str) -> str:
    if "/" in host or " " in host or host.count(":") == 1:
        raise _wrong(f"must be an address alone, such as 127.0.0.1 or 0.0.0.0; given {host}")
    return host


def _server_address(address: str) -> str:
    parts = urlsplit(address)
    try:
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise _wrong(f"must be an address such as http://192.168.1.20:8090; given {address}")
    return address.rstrip("/")


def _host_name(name: str) -> str:
    # An IPv6 address goes without brackets, and a name without its port.
    if not re.fullmatch(r"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", name):
        raise _wrong(f"must be a name or address without port, such as booth.local or ::1; given {name}")
    return name.lower()


Language = Literal["en", "de", "fr", "es", "it", "nl"]
Key = Annotated[str, AfterValidator(_key)]
Seconds = Annotated[float, Unit("seconds"), Field(gt=0, le=3600)]
Pixels = Annotated[int, Unit("pixels")]
Megabytes = Annotated[int, Unit("MB")]
Inches = Annotated[float, Unit("inches")]
Line = Annotated[str, AfterValidator(_one_line)]


class Section(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, validate_default=True)


class EventSettings(Section):
    """The occasion."""

    name: Line = Field(
        default="Booth", max_length=60, description="Name of the event, shown on the first screen."
    )
    language: Language = Field(
        default="en", description="Language of the screens until a guest chooses another."
    )
    languages: Annotated[tuple[Language, ...], AfterValidator(_each_once)] = Field(
        default=("en", "de", "fr", "es", "it", "nl"), min_length=1, description="Languages offered to guests."
    )
    texts: Path | None = Field(
        default=None,
        description="Folder of your own words: en.yaml, de.yaml and so on, each with only the lines that "
        "shall differ from the house's; empty: none.",
    )
    pictures: Path | None = Field(
        default=None,
        description="Folder of pictures that may be shown on the first screen, one after the other; empty: "
        "only the mirror.",
    )

    @model_validator(mode="after")
    def _language_is_offered(self) -> Self:
        if self.language not in self.languages:
            offered = ", ".join(self.languages)
            raise _wrong(
                f"must be one of the languages offered ({offered}); given {self.language}; "
                "change it, or add it to languages",
                "language",
            )
        return self


class CleanPlateSettings(Section):
    """The picture of the empty scene, from which guests are told apart."""

    at_start: Literal["never", "when_missing", "always"] = Field(
        default="when_missing",
        description="When to take the clean plate by itself at start; the place must be empty then.",
    )
    frames: Annotated[int, Unit("frames")] = Field(
        default=24, ge=8, le=120, description="Number of frames whose median is the clean plate."
    )
    watch: bool = Field(
        default=True, description="Tell the operator when camera or light have changed since."
    )


class CameraSettings(Section):
    """Where pictures come from."""

    source: Line = Field(
        default="studio",
        min_length=1,
        description="'studio' (drawn guests, no camera needed), a device (number or /dev/v4l/by-id/…), "
        "an address (http:// MJPEG, rtsp://), or a picture, folder of pictures or video to play.",
    )
    width: Pixels = Field(default=1920, ge=320, le=7680, description="Width asked of the camera.")
    height: Pixels = Field(default=1080, ge=240, le=7680, description="Height asked of the camera.")
    rate: Annotated[float, Unit("frames a second")] = Field(
        default=30.0, ge=1, le=120, description="Frame rate asked of the camera."
    )
    rotate: Annotated[Literal[0, 90, 180, 270], Unit("degrees")] = Field(
        default=0, description="Turn clockwise that sets the picture upright."
    )
    flip: bool = Field(default=False, description="Undo a camera that delivers its picture mirrored.")
    crop: Annotated[
        tuple[float, float, float] | Literal["centre", "none"], AfterValidator(_square_window)
    ] = Field(
        default="centre",
        description="Square cut from the picture: 'centre', 'none', or [x, y, side] with the centre and "
        "the side as fractions (0 to 1) of width, height and the shorter side.",
    )
    exposure: Annotated[float, Unit("milliseconds")] = Field(
        default=0.0,
        ge=0,
        le=200,
        description="Time for which each picture lets light in; 0: the camera decides. The panel's camera page "
        "sets it by eye.",
    )
    timeout: Seconds = Field(default=3.0, description="Time without a frame until the camera counts as lost.")
    clean_plate: CleanPlateSettings = CleanPlateSettings()


class MaskRcnnSettings(Section):
    """The instance segmentation network."""

    model: Literal["maskrcnn_resnet50_fpn_v2", "maskrcnn_resnet50_fpn"] = Field(
        default="maskrcnn_resnet50_fpn_v2",
        description="torchvision model; its COCO weights must be in the store.",
    )
    input_size: Pixels = Field(
        default=800, ge=256, le=1920, description="Shorter side of the picture that the network sees."
    )
    score: float = Field(
        default=0.7, ge=0.05, le=0.99, description="Confidence from which an instance counts."
    )
    classes: Annotated[tuple[str, ...], AfterValidator(_each_once)] = Field(
        default=("person",), min_length=1, description="COCO classes that are kept, such as person, car, dog."
    )
    props: Annotated[tuple[str, ...], AfterValidator(_each_once)] = Field(
        default=("umbrella", "handbag", "bottle", "cup", "book", "dog", "teddy bear"),
        description="COCO classes that are kept only where they touch a guest.",
    )


class RemoteSettings(Section):
    """The server that finds the guests where matting.method is 'remote'."""

    addresses: tuple[Annotated[str, AfterValidator(_server_address)], ...] = Field(
        default=(),
        max_length=8,
        description="Servers in the order of asking, such as http://192.168.1.20:8090, each one a `run_booth.py "
        "serve`.",
    )
    token: Path | None = Field(
        default=None,
        description="File with the servers' token, for this user alone (chmod 600); empty: 'remote-token' beside the "
        "folder of weights.",
    )
    deadline: Seconds = Field(
        default=3.0,
        description="Time within which an answer must be there whole; then this machine finds the guests itself.",
    )
    side: Pixels = Field(
        default=1080, ge=256, le=1920, description="Longer side of the picture that is sent."
    )
    quality: Annotated[int, Unit("percent")] = Field(
        default=92, ge=60, le=100, description="JPEG quality of the picture that is sent; 100 sends PNG."
    )


class MattingSettings(Section):
    """How guests are cut out."""

    method: Literal["auto", "maskrcnn", "deeplab", "bundled", "plate", "remote"] = Field(
        default="auto",
        description="'auto' takes the best method that can run; a named one takes only that, but 'remote', which "
        "asks a server first and has all others to fall back on.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="Where the networks run.")
    threads: Annotated[int, Unit("threads")] = Field(
        default=0, ge=0, le=64, description="CPU threads of the networks; 0 takes every core."
    )
    weights: Path | None = Field(
        default=None, description="Folder of network weights; empty: 'weights' in the data folder."
    )
    fetch_from: Line = Field(
        default="",
        description="Address of the folder from which missing weights are downloaded at start, such as "
        "https://download.pytorch.org/models; empty: nothing is downloaded.",
    )
    deadline: Seconds = Field(
        default=20.0, description="Time after which a photo is framed instead of cut out."
    )
    accept: float = Field(
        default=0.5, ge=0, le=1, description="Referee's score below which a matte is not used."
    )
    zone: Annotated[tuple[float, float, float, float], AfterValidator(_box_of_fractions)] = Field(
        default=(0.0, 0.0, 1.0, 1.0),
        description="Where guests stand, [left, top, right, bottom] as fractions (0 to 1) of the picture: "
        "who is mostly outside of it is left out.",
    )
    keep: Literal["guests", "everybody"] = Field(
        default="guests",
        description="'guests' leaves out who stands far behind them or walks past; 'everybody' keeps all in "
        "the zone. Guests can change it for their photo.",
    )
    maskrcnn: MaskRcnnSettings = MaskRcnnSettings()
    remote: RemoteSettings = RemoteSettings()

    @model_validator(mode="after")
    def _remote_leaves_time(self) -> Self:
        if self.method == "remote" and not self.remote.addresses:
            raise _wrong("must name a server where matting.method is remote", "remote.addresses")
        if self.method == "remote" and self.remote.deadline >= self.deadline:
            problem = (
                f"must be less than matting.deadline ({self.deadline:g}), so that there is time to fall back"
            )
            raise _wrong(f"{problem}; given {self.remote.deadline:g}", "remote.deadline")
        return self


class LayoutSettings(Section):
    """What is laid over every picture, mirror and print alike."""

    frame: Literal["none", "line", "polaroid"] = Field(
        default="none", description="Border drawn round the picture."
    )
    picture: Path | None = Field(
        default=None,
        description="PNG with transparency that is laid over the whole picture, such as a frame of your own; "
        "empty: none.",
    )
    caption: Line = Field(
        default="", max_length=80, description="Line of text at the foot of the picture; empty: none."
    )
    font: Path | None = Field(
        default=None, description="Typeface of the caption (TTF or OTF); empty: that of the house."
    )
    logo: Path | None = Field(
        default=None, description="PNG with transparency, laid into the corner; empty: none."
    )
    logo_corner: Literal["top_left", "top_right", "bottom_left", "bottom_right"] = Field(
        default="bottom_right", description="Corner in which the logo stands."
    )


class BelongSettings(Section):
    """What makes guests belong to their scene; each of it is slight."""

    light: bool = Field(
        default=True, description="Turn the guests' brightness and colour a little towards the backdrop's."
    )
    wrap: bool = Field(
        default=True, description="Let a bright backdrop shine over the edges of the guests before it."
    )
    shadow: bool = Field(
        default=True, description="Draw shadows on the floor under feet that the camera sees."
    )
    grain: bool = Field(
        default=True, description="Bring the guests' grain and sharpness a little closer to the backdrop's."
    )


class SceneSettings(Section):
    """Backdrops and how guests stand in them."""

    folders: Annotated[tuple[Path, ...], AfterValidator(_each_once)] = Field(
        default=(),
        description="Folders of your own backdrops (JPEG, PNG); they come before those of the house.",
    )
    house_backdrops: bool = Field(default=True, description="Offer the backdrops that come with Booth.")
    offered: Annotated[tuple[str, ...], AfterValidator(_each_once)] = Field(
        default=(), description="Backdrops offered, by name and in this order; empty: all of them."
    )
    guest_scale: Annotated[float, Unit("times")] = Field(
        default=1.0, ge=0.3, le=2.0, description="Size of the guests against how the camera sees them."
    )
    belong: BelongSettings = BelongSettings()
    layout: LayoutSettings = LayoutSettings()


class ScreenSettings(Section):
    """The touchscreen."""

    fullscreen: bool = Field(
        default=True, description="Fill the screen; false lets the booth run in a window."
    )
    width: Pixels = Field(
        default=1080, ge=480, le=7680, description="Width of the window when not full screen."
    )
    height: Pixels = Field(
        default=1920, ge=480, le=7680, description="Height of the window when not full screen."
    )
    wall: bool = Field(
        default=False, description="Show on a second screen which prints are ready and where to look."
    )
    mirrored: bool = Field(
        default=True, description="Show the live picture the way a mirror would; prints are never mirrored."
    )
    diagonal: Inches = Field(
        default=21.5, ge=7, le=120, description="Size of the screen; whatever is touched is 15 mm at least."
    )
    lens: Literal["top", "bottom", "left", "right"] = Field(
        default="top",
        description="Side of the screen at which the camera's lens is: guests shall look there.",
    )
    large_text: bool = Field(default=False, description="Write everything a quarter larger.")
    reduced_motion: bool = Field(default=False, description="Do without movement that only pleases the eye.")
    sound: bool = Field(default=True, description="Beep while counting down, and click like a shutter.")
    shutter_keys: Annotated[tuple[Key, ...], AfterValidator(_each_once)] = Field(
        default=(),
        description="Keys that start a visit and take the photo, as remotes and foot switches send them: "
        "space, return, page_down, volume_up, f5 and the like; empty: every key.",
    )


class VisitSettings(Section):
    """How long each screen waits, and what a guest may do."""

    countdown: Annotated[int, Unit("seconds")] = Field(
        default=3, ge=1, le=10, description="Time counted down before the photo."
    )
    choose: Seconds = Field(default=45, description="Time without a touch before the backdrop screen leaves.")
    pose: Seconds = Field(default=60, description="Time without a touch before the mirror screen leaves.")
    developing: Seconds = Field(
        default=30, description="Time after which developing gives up and says sorry."
    )
    review: Seconds = Field(default=40, description="Time without a touch before the picture is decided on.")
    review_ends: Literal["keep", "discard"] = Field(
        default="keep", description="What happens to a picture when its guest has walked away."
    )
    ticket: Seconds = Field(default=20, description="Time that the ticket stays.")
    sorry: Seconds = Field(default=8, description="Time that an apology stays.")
    retakes: Annotated[int, Unit("times")] = Field(
        default=3, ge=0, le=20, description="How often a guest may take the photo again."
    )
    max_copies: Annotated[int, Unit("sheets")] = Field(
        default=2, ge=1, le=10, description="Most sheets that a guest may have of one photo."
    )
    shots: Annotated[int, Unit("photos")] = Field(
        default=1, ge=1, le=4, description="Photos of one visit; from 2 on they come as a strip on one sheet."
    )


class PrinterSettings(Section):
    """The printer."""

    folder: Path | None = Field(
        default=None,
        description="Folder where print files are laid for the printer; empty: 'prints' in the data folder.",
    )
    format: Literal["jpeg", "pdf"] = Field(default="jpeg", description="Format of the print file.")
    size: Annotated[tuple[Inches, Inches], AfterValidator(_sheet_size)] = Field(
        default=(6.0, 6.0), description="Width and height of a sheet, 2 to 24 inches each."
    )
    dpi: Annotated[Literal[300, 600], Unit("dots an inch")] = Field(
        default=300, description="Resolution of the printer."
    )
    name: Line = Field(
        default="printer", min_length=1, max_length=30, description="What the operator and the wall call it."
    )
    queue: Annotated[str, AfterValidator(_print_address)] = Field(
        default="",
        description="Address of its queue in CUPS, such as ipp://localhost/printers/dyesub, or its own where it "
        "takes JPEG; empty: it takes its sheets from the folder.",
    )
    device: Annotated[str, AfterValidator(_print_address)] = Field(
        default="",
        description="Address of the printer behind the queue, which is asked for paper, ribbon and cover; "
        "empty: as the queue says.",
    )
    system: Line = Field(
        default="",
        max_length=120,
        description="Its name in the computer's own print system, as Windows has it; on Linux and macOS name its "
        "queue instead, which tells more; empty: none.",
    )
    taken: bool = Field(
        default=False,
        description="A program takes the files out of the folder (hot folder): a sheet counts as printed when its "
        "file is gone, and no more than two lie there.",
    )
    sheets: Annotated[tuple[str, ...], AfterValidator(_sheet_names)] = Field(
        default=(), description="Other sheets that it can print without a change of paper, such as 4x6."
    )
    seconds: Seconds = Field(default=20.0, description="Time that it takes for one sheet.")
    roll: Annotated[int, Unit("sheets")] = Field(
        default=0,
        ge=0,
        le=5000,
        description="Sheets of a full load, from which the booth counts down after paper was loaded; 0: it does "
        "not count.",
    )
    border: bool = Field(default=False, description="Leave a white border round every picture.")
    sharpen: float = Field(
        default=0.35, ge=0, le=1, description="How much pictures are sharpened for print, 0 to 1."
    )
    profile: Path | None = Field(
        default=None,
        description="ICC profile of printer and paper, into which colours are converted; empty: sRGB, as drivers "
        "expect it.",
    )

    @model_validator(mode="after")
    def _has_one_way(self) -> Self:
        if self.queue and self.system:
            raise _wrong("names a printer that has a queue, too: delete one of the two", "system")
        return self


class SheetSettings(Section):
    """What a print says beside the picture: in its white where it has some, else on a small card."""

    caption: Line = Field(default="", max_length=60, description="Line of text on every print; empty: none.")
    logo: Path | None = Field(
        default=None, description="PNG with transparency for the white of the print; empty: none."
    )
    date: bool = Field(default=False, description="Print the date.")
    code: bool = Field(default=False, description="Print the ticket's code, such as KM 47.")
    qr: bool = Field(
        default=False, description="Print a QR code that opens the guest's page; needs service.enabled."
    )


class SpoolSettings(Section):
    """Photos on disk."""

    data: Path | None = Field(
        default=None,
        description="Folder for everything that must survive; empty: the system's place for data.",
    )
    stop_below_mb: Megabytes = Field(
        default=500, ge=50, le=1_000_000, description="Free space below which no photo is taken."
    )
    warn_below_mb: Megabytes = Field(
        default=5000, ge=50, le=1_000_000, description="Free space below which the operator is told."
    )
    second_copy: Path | None = Field(
        default=None,
        description="Folder on another disk or stick that gets a copy of every kept photo; empty: none.",
    )
    retention_days: Annotated[int, Unit("days")] = Field(
        default=30, ge=1, le=3650, description="Time after which photos are deleted."
    )
    event_sheets: Annotated[int, Unit("sheets")] = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Most sheets that guests may print at this event, by its name; 0: no limit.",
    )
    sheet: SheetSettings = SheetSettings()
    printer: PrinterSettings = PrinterSettings()
    printers: tuple[PrinterSettings, ...] = Field(
        default=(),
        max_length=4,
        description="Further printers, which share the work: a list whose items have the keys of printer, each "
        "with a name and a queue or folder of its own.",
    )

    @model_validator(mode="after")
    def _printers_are_told_apart(self) -> Self:
        every = (self.printer, *self.printers)
        for what in ("name", "queue", "system", "folder"):
            values = [
                getattr(printer, what) for printer in every if what == "name" or _has_place(printer, what)
            ]
            if len(set(values)) < len(values):
                raise _wrong(f"must differ from printer to printer: two have the same {what}", "printers")
        return self


def _has_place(printer: PrinterSettings, what: str) -> bool:
    return what == ("queue" if printer.queue else "system" if printer.system else "folder")


class ServiceSettings(Section):
    """The pickup page for phones, off unless switched on."""

    enabled: bool = Field(default=False, description="Serve the pickup pages.")
    host: Annotated[str, AfterValidator(_bare_address)] = Field(
        default="127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 for the whole network."
    )
    port: int = Field(default=8080, ge=1024, le=65535, description="Port to listen on.")
    address: Annotated[str, AfterValidator(_bare_address)] = Field(
        default="",
        description="Name or address by which phones reach the booth, for the QR codes; empty: this "
        "machine's own address.",
    )
    reprints: Annotated[int, Unit("sheets")] = Field(
        default=1, ge=0, le=20, description="Sheets that a guest may order again from the phone, per photo."
    )
    gallery: bool = Field(
        default=False, description="Offer a gallery of the pictures whose guests said yes to it."
    )
    wifi_name: Line = Field(
        default="", max_length=32, description="Guests' Wi-Fi, for a QR code that joins it; empty: none."
    )
    wifi_password: Line = Field(
        default="", max_length=63, description="Its password; empty: the Wi-Fi is open."
    )


class ApiModelSettings(Section):
    """A model that the HTTP API offers beside the booth's own."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")] = Field(
        default="other",
        max_length=40,
        description="Name by which a request asks for it: small letters, digits, dots, dashes.",
    )
    method: Literal["auto", "maskrcnn", "deeplab", "bundled", "plate"] = Field(
        default="auto", description="How it finds people; as matting.method."
    )
    weights: Path | None = Field(
        default=None, description="Folder of its network weights; empty: that of the booth's own."
    )
    threads: Annotated[int, Unit("threads")] = Field(
        default=0, ge=0, le=64, description="CPU threads of its networks; 0: as the booth's own."
    )
    classes: Annotated[tuple[str, ...], AfterValidator(_each_once)] = Field(
        default=(), description="COCO classes that it finds; empty: as the booth's own."
    )


class ApiSettings(Section):
    """The HTTP API for other programs, off in the kiosk unless switched on."""

    enabled: bool = Field(
        default=False,
        description="Serve the API beside the kiosk; `run_booth.py serve` serves it alone and does not ask.",
    )
    host: Annotated[str, AfterValidator(_bare_address)] = Field(
        default="127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 for the whole network."
    )
    port: int = Field(default=8090, ge=1024, le=65535, description="Port on which the API listens.")
    names: Annotated[tuple[Annotated[str, AfterValidator(_host_name)], ...], AfterValidator(_each_once)] = (
        Field(
            default=("localhost", "127.0.0.1", "::1"),
            min_length=1,
            description="Names and addresses by which the API may be called; every other one is refused.",
        )
    )
    token: Path | None = Field(
        default=None,
        description="File with the token that every request must bear, made if it is not there; empty: "
        "'api-token' in the data folder.",
    )
    queue: Annotated[int, Unit("requests")] = Field(
        default=8, ge=1, le=64, description="Requests taken in at once; one more is told to come back later."
    )
    deadline: Seconds = Field(
        default=30.0, description="Time after which a request is given up, and dropped if it still waits."
    )
    receive: Seconds = Field(default=20.0, description="Time within which a request must have arrived whole.")
    body: Megabytes = Field(default=32, ge=1, le=500, description="Largest request.")
    pixels: Annotated[int, Unit("megapixels")] = Field(
        default=32, ge=1, le=64, description="Largest picture."
    )
    hands: Annotated[int, Unit("requests")] = Field(
        default=2,
        ge=1,
        le=32,
        description="Requests whose pictures are decoded, composed or encoded at the same time; as many and one more "
        "are cut out meanwhile.",
    )
    models: tuple[ApiModelSettings, ...] = Field(
        default=(),
        max_length=8,
        description="Further models beside the booth's own, which is called 'booth': a list of items with name, "
        "method, weights, threads and classes.",
    )
    model: Line = Field(
        default="booth", min_length=1, description="Model that answers where a request names none."
    )
    inputs: Annotated[tuple[Path, ...], AfterValidator(_each_once)] = Field(
        default=(), description="Folders from which /segment may read; empty: /segment is off."
    )
    outputs: Annotated[tuple[Path, ...], AfterValidator(_each_once)] = Field(
        default=(), description="Folders into which /segment may write; empty: /segment is off."
    )
    fetch_from: Annotated[
        tuple[Annotated[str, AfterValidator(_host_name)], ...], AfterValidator(_each_once)
    ] = Field(
        default=(),
        description="Hosts from which pictures may be fetched by their https address; empty: none are fetched.",
    )
    fetch: Seconds = Field(default=10.0, description="Time within which a picture must have been fetched.")

    @model_validator(mode="after")
    def _models_are_told_apart(self) -> Self:
        names = ["booth", *(model.name for model in self.models)]
        if len(set(names)) < len(names):
            raise _wrong("must differ in name from each other and from the booth's own, 'booth'", "models")
        if self.model not in names:
            raise _wrong(f"must be one of the models ({', '.join(names)}); given {self.model}", "model")
        return self


class LogSettings(Section):
    """The log."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is written."
    )


class OperatorSettings(Section):
    """The panel behind the corner that is held for three seconds."""

    pin: Annotated[str, AfterValidator(_pin_hash)] = Field(
        default="",
        max_length=200,
        description="Hash of the PIN, as `run_booth.py pin` prints it; empty: the panel opens to everybody.",
    )
    language: Language = Field(default="en", description="Language of the panel and its notices.")
    packs: Path | None = Field(
        default=None,
        description="Folder of event packs, folders or zips, that the panel offers; a stick may be one; empty: none.",
    )
    leave: Seconds = Field(default=120, description="Time without a touch before the panel closes.")
    pointer: bool = Field(default=False, description="Show the mouse pointer on a screen that is filled.")
    awake: bool = Field(default=True, description="Keep the screen from going dark while the booth runs.")


class Settings(Section):
    """All of `config/booth.yaml`."""

    event: EventSettings = EventSettings()
    camera: CameraSettings = CameraSettings()
    matting: MattingSettings = MattingSettings()
    scene: SceneSettings = SceneSettings()
    screen: ScreenSettings = ScreenSettings()
    visit: VisitSettings = VisitSettings()
    spool: SpoolSettings = SpoolSettings()
    service: ServiceSettings = ServiceSettings()
    api: ApiSettings = ApiSettings()
    log: LogSettings = LogSettings()
    operator: OperatorSettings = OperatorSettings()
