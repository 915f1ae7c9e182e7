"""Pictures and videos that are played as if a camera saw them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from PIL import Image

from booth.arrays import Rgb8, read_only
from booth.camera.faults import CameraFaultError, Reason, Repeats
from booth.errors import PictureError
from booth.images import decode, on_white, read_bytes, to_srgb
from booth.sentences import Sentence, say

log = logging.getLogger(__name__)

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
VIDEOS = frozenset({".avi", ".mp4", ".mov", ".mkv", ".webm", ".mjpg", ".mjpeg"})
SECONDS_EACH = 4.0


class Player(Protocol):
    """Something that a simulated camera looks at."""

    name: str
    may_repeat: Repeats

    def picture(self, seconds: float, empty: bool) -> Rgb8:
        """Give the picture at a time since opening, of the empty place where that is known."""

    def close(self) -> None: ...


def load_picture(path: Path, longest: int) -> Rgb8:
    """Read a picture strictly, shrunk so that its longer side is at most `longest` pixels.

    Returns
    -------
    read-only uint8 of shape (H, W, 3), RGB, upright as its EXIF says

    Raises
    ------
    CameraFaultError
        Naming the file and what is wrong with it.
    """
    try:
        picture = decode(read_bytes(path), path.suffix, shorter_side=longest)
    except PictureError as error:
        said = say("camera.picture", file=path.name, what=error.what)
        raise CameraFaultError(Reason.UNREADABLE, said) from error
    colour = on_white(to_srgb(picture.colour, picture.profile)[0], picture.alpha)
    colour.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return read_only(np.array(colour))


class PictureShow:
    """One picture, or a folder of them shown one after the other; bad ones are named and left out."""

    may_repeat: Repeats = "everything"

    def __init__(self, path: Path, longest: int) -> None:
        self.name = str(path)
        self.left_out: list[Sentence] = []
        self._longest = longest
        self._files = _pictures_in(path)
        self._turn = -1
        self._shown = self._next_good(0)

    def picture(self, seconds: float, empty: bool) -> Rgb8:
        turn = int(seconds / SECONDS_EACH)
        if turn != self._turn and len(self._files) > 1:
            self._shown = self._next_good(turn)
        self._turn = turn
        return self._shown

    def close(self) -> None:
        self._files = self._files[:1]

    def _next_good(self, turn: int) -> Rgb8:
        """Decode the picture whose turn it is, dropping bad ones for good."""
        while self._files:
            path = self._files[turn % len(self._files)]
            try:
                return load_picture(path, self._longest)
            except CameraFaultError as trouble:
                log.warning("left out: %s", trouble.text)
                self.left_out.append(trouble.text)
                self._files.remove(path)
        said = say("camera.no_picture", folder=self.name, last=self.left_out[-1])
        raise CameraFaultError(Reason.UNREADABLE, said)


class VideoPlayer:
    """A video, played in a loop at the pace at which it is asked for."""

    may_repeat: Repeats = "everything"

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        if not self._video.isOpened():
            raise CameraFaultError(Reason.UNREADABLE, say("camera.video", file=path.name))

    def picture(self, seconds: float, empty: bool) -> Rgb8:
        got, bgr = self._video.read()
        if not got:
            self._video.set(cv2.CAP_PROP_POS_FRAMES, 0)
            got, bgr = self._video.read()
        if not got:
            raise CameraFaultError(Reason.UNREADABLE, say("camera.video_empty", file=self.name))
        return read_only(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False))

    def close(self) -> None:
        self._video.release()


def _pictures_in(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    try:
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURES and p.is_file())
    except OSError as e:
        said = say("camera.folder", folder=path, why=str(e))
        raise CameraFaultError(Reason.UNREADABLE, said) from e
    if not found:
        raise CameraFaultError(Reason.UNREADABLE, say("camera.folder_empty", folder=path))
    return found
