"""Every setting of the booth: frozen, unknown keys refused, each with unit, range, default and a sentence.

The sentences are what `config/booth.yaml` shows; a test holds the two together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["en", "de", "fr", "es", "it", "nl"]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class Section(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, validate_default=True)


class EventSettings(Section):
    """The occasion."""

    name: str = Field("Booth", max_length=60, description="Name of the event, shown on the first screen.")
    language: Language = Field("en", description="Language of the screens until a guest chooses another.")
    languages: tuple[Language, ...] = Field(
        ("en", "de", "fr", "es", "it", "nl"), min_length=1, description="Languages offered to guests."
    )


class CleanPlateSettings(Section):
    """The picture of the empty scene, from which guests are told apart."""

    at_start: Literal["never", "when_missing", "always"] = Field(
        "when_missing",
        description="When to take the clean plate by itself at start; the place must be empty then.",
    )
    frames: int = Field(24, ge=8, le=120, description="Frames (count) whose median is the clean plate.")
    watch: bool = Field(True, description="Tell the operator when camera or light have changed since.")


class CameraSettings(Section):
    """Where pictures come from."""

    source: str = Field(
        "studio",
        min_length=1,
        description="'studio' (drawn guests, no camera needed), a device (number or /dev/v4l/by-id/…), "
        "an address (http:// MJPEG, rtsp://), or a picture, folder of pictures or video to play.",
    )
    width: int = Field(1920, ge=320, le=7680, description="Width in pixels asked of the camera.")
    height: int = Field(1080, ge=240, le=7680, description="Height in pixels asked of the camera.")
    rate: float = Field(30.0, ge=1, le=120, description="Frames a second asked of the camera.")
    rotate: Literal[0, 90, 180, 270] = Field(0, description="Degrees clockwise that turn the picture upright.")
    flip: bool = Field(False, description="Undo a camera that delivers its picture mirrored.")
    crop: tuple[float, float, float] | Literal["centre", "none"] = Field(
        "centre",
        description="Square cut from the picture: 'centre', 'none', or [x, y, side] with the centre and the "
        "side as fractions (0 to 1) of width, height and the shorter side.",
    )
    timeout: Seconds = Field(3.0, description="Seconds without a frame until the camera counts as lost.")
    clean_plate: CleanPlateSettings = CleanPlateSettings()


class MaskRcnnSettings(Section):
    """The instance segmentation network."""

    model: Literal["maskrcnn_resnet50_fpn_v2", "maskrcnn_resnet50_fpn"] = Field(
        "maskrcnn_resnet50_fpn_v2", description="torchvision model; its COCO weights must be in the store."
    )
    input_size: int = Field(800, ge=256, le=1920, description="Shorter side in pixels that the network sees.")
    score: float = Field(0.7, ge=0.05, le=0.99, description="Confidence (0 to 1) from which an instance counts.")
    classes: tuple[str, ...] = Field(
        ("person",), min_length=1, description="COCO classes that are kept, such as person, car, dog."
    )


class MattingSettings(Section):
    """How guests are cut out."""

    method: Literal["auto", "maskrcnn", "plate"] = Field(
        "auto", description="'auto' takes the best method that can run; a named one takes only that."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where the networks run.")
    threads: int = Field(0, ge=0, le=64, description="CPU threads (count) of networks; 0 takes every core.")
    weights: Path | None = Field(
        None, description="Folder of network weights; empty: 'weights' in the data folder."
    )
    deadline: Seconds = Field(20.0, description="Seconds after which a photo is framed instead of cut out.")
    accept: float = Field(0.5, ge=0, le=1, description="Referee's score (0 to 1) below which a matte is not used.")
    maskrcnn: MaskRcnnSettings = MaskRcnnSettings()


class LayoutSettings(Section):
    """What is laid over every picture, mirror and print alike."""

    frame: Literal["none", "line", "polaroid"] = Field("none", description="Border drawn round the picture.")
    caption: str = Field("", max_length=80, description="Line of text at the foot of the picture; empty: none.")
    logo: Path | None = Field(None, description="PNG with transparency, laid into the corner; empty: none.")
    logo_corner: Literal["top_left", "top_right", "bottom_left", "bottom_right"] = Field(
        "bottom_right", description="Corner in which the logo stands."
    )


class SceneSettings(Section):
    """Backdrops and how guests stand in them."""

    folders: tuple[Path, ...] = Field(
        (), description="Folders of your own backdrops (JPEG, PNG); they come before those of the house."
    )
    house_backdrops: bool = Field(True, description="Offer the backdrops that come with Booth.")
    offered: tuple[str, ...] = Field(
        (), description="Backdrops offered, by name and in this order; empty: all of them."
    )
    guest_scale: float = Field(
        1.0, ge=0.3, le=2.0, description="Size of the guests (factor) against how the camera sees them."
    )
    layout: LayoutSettings = LayoutSettings()


class ScreenSettings(Section):
    """The touchscreen."""

    fullscreen: bool = Field(True, description="Fill the screen; no lets the booth run in a window.")
    width: int = Field(1080, ge=480, le=7680, description="Width in pixels of the window when not full screen.")
    height: int = Field(1920, ge=480, le=7680, description="Height in pixels of the window when not full screen.")
    mirrored: bool = Field(
        True, description="Show the live picture the way a mirror would; prints are never mirrored."
    )
    sound: bool = Field(True, description="Tick during the countdown and click with the shutter.")


class VisitSettings(Section):
    """How long each screen waits, in seconds."""

    countdown: int = Field(3, ge=1, le=10, description="Seconds counted down before the photo.")
    choose: Seconds = Field(45, description="Seconds without a touch before the backdrop screen leaves.")
    pose: Seconds = Field(60, description="Seconds without a touch before the mirror screen leaves.")
    developing: Seconds = Field(30, description="Seconds after which developing gives up and says sorry.")
    review: Seconds = Field(40, description="Seconds without a touch before the picture is decided on.")
    review_ends: Literal["keep", "discard"] = Field(
        "keep", description="What happens to a picture when its guest has walked away."
    )
    ticket: Seconds = Field(20, description="Seconds that the ticket stays.")
    sorry: Seconds = Field(8, description="Seconds that an apology stays.")
    retakes: int = Field(3, ge=0, le=20, description="Times (count) that a guest may take the photo again.")
    max_copies: int = Field(2, ge=1, le=10, description="Sheets (count) that a guest may have of one photo.")


class PrinterSettings(Section):
    """The printer."""

    folder: Path | None = Field(
        None, description="Folder where print files are laid for the printer; empty: 'prints' in the data folder."
    )
    format: Literal["jpeg", "pdf"] = Field("jpeg", description="Format of the print file.")
    size: tuple[float, float] = Field(
        (6.0, 6.0), description="Width and height of a sheet in inches (2 to 24 each)."
    )
    dpi: Literal[300, 600] = Field(300, description="Resolution of the printer in dots an inch.")


class SpoolSettings(Section):
    """Photos on disk."""

    data: Path | None = Field(
        None, description="Folder for everything that must survive; empty: the system's place for data."
    )
    stop_below_mb: int = Field(500, ge=50, le=1_000_000, description="Free MB below which no photo is taken.")
    warn_below_mb: int = Field(5000, ge=50, le=1_000_000, description="Free MB below which the operator is told.")
    retention_days: int = Field(30, ge=1, le=3650, description="Days after which photos are deleted.")
    printer: PrinterSettings = PrinterSettings()


class ServiceSettings(Section):
    """The pickup page for phones, off unless switched on."""

    enabled: bool = Field(False, description="Serve the pickup pages.")
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for the whole network.")
    port: int = Field(8080, ge=1024, le=65535, description="Port to listen on.")


class LogSettings(Section):
    """The log."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is written.")


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
    log: LogSettings = LogSettings()
