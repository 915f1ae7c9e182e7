from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.config.settings import PrinterSettings, SpoolSettings
from booth.shot import Frame, Ticket
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id


@pytest.fixture
def settings(tmp_path: Path) -> SpoolSettings:
    return SpoolSettings(data=tmp_path / "data", printer=PrinterSettings(size=(2, 2)))


@pytest.fixture
def spool(settings: SpoolSettings) -> Iterator[Spool]:
    spool = Spool(settings, lambda: 1_800_000_030.0)
    yield spool
    spool.close()


@pytest.fixture
def picture() -> Rgb8:
    return np.random.default_rng(7).integers(0, 256, (48, 48, 3), dtype=np.uint8)


@pytest.fixture
def frame(picture: Rgb8) -> Frame:
    return Frame(picture, 1_800_000_000.0, 12)


@pytest.fixture
def kept(picture: Rgb8, frame: Frame) -> Callable[..., Ticket]:
    """Take, develop and keep one photo."""

    def keep(spool: Spool, copies: int = 1) -> Ticket:
        photo_id = new_photo_id()
        spool.capture(photo_id, frame)
        spool.developed(photo_id, "beach", "plate", {"scale": 1.0})
        return spool.keep(photo_id, picture, copies).result()

    return keep
