from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from booth.config.settings import EventSettings, PrinterSettings, SpoolSettings
from booth.shot import Frame, Ticket
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(SpoolSettings(data=tmp_path, printer=PrinterSettings(size=(2, 2))))
    yield spool
    spool.close()


@pytest.fixture
def ticket(spool: Spool) -> Ticket:
    """Somebody's photo."""
    picture = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    photo_id = new_photo_id()
    spool.capture(photo_id, Frame(picture, 1_800_000_000.0, 1))
    spool.developed(photo_id, "beach", "plate", {})
    return spool.keep(photo_id, picture, 1).result()


@pytest.fixture
def event() -> EventSettings:
    return EventSettings(name="Léa & Tom <3", language="de")
