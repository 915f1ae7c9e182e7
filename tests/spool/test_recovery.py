from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from booth.arrays import Rgb8
from booth.config.settings import SpoolSettings
from booth.errors import SpoolError
from booth.images import png_bytes
from booth.shot import Frame, Ticket
from booth.spool.pickup import Pickups
from booth.spool.recovery import Recovery, recover
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id

Keep = Callable[..., Ticket]
SOON = 1_800_000_060.0
LATER = SOON + 3600


@contextmanager
def started(settings: SpoolSettings, now: float = SOON) -> Iterator[tuple[Spool, Recovery]]:
    """A booth that starts and recovers."""
    spool = Spool(settings, lambda: SOON)
    try:
        yield spool, recover(spool, now).result()
    finally:
        spool.close()


def captured(settings: SpoolSettings, frame: Frame, count: int = 1) -> list[str]:
    """Photos of a booth that was killed before anybody decided."""
    spool = Spool(settings, lambda: SOON)
    try:
        return [spool.capture(new_photo_id(), frame).result().id for _ in range(count)]
    finally:
        spool.close()


def test_a_first_start_finds_nothing(settings: SpoolSettings) -> None:
    with started(settings) as (_, found):
        assert found == Recovery(None, (), 0, 0, 0, 0, 0, (), ())


def test_the_newest_young_photo_is_offered_again_and_the_others_expire(
    settings: SpoolSettings, frame: Frame
) -> None:
    old, older, newest = captured(settings, frame, 3)
    with started(settings) as (spool, found):
        assert found.offered is not None
        assert found.offered.id == newest
        assert found.expired == 2
        assert {spool.photo(photo_id).state for photo_id in (old, older)} == {"expired"}
        assert spool.folders.original(old).exists()
        np.testing.assert_array_equal(spool.original(newest).image, frame.image)


@pytest.mark.parametrize("now", [LATER, SOON - 3600])
def test_a_photo_is_not_offered_when_its_guest_has_long_gone(
    settings: SpoolSettings, frame: Frame, now: float
) -> None:
    (photo_id,) = captured(settings, frame)
    with started(settings, now) as (spool, found):
        assert (found.offered, found.expired) == (None, 1)
        assert spool.photo(photo_id).state == "expired"


def test_an_undecided_photo_is_not_offered_after_a_later_one_was_kept(
    settings: SpoolSettings, frame: Frame, kept: Keep
) -> None:
    captured(settings, frame)
    with started(settings) as (spool, _):
        kept(spool)
    with started(settings) as (_, found):
        assert (found.offered, found.expired) == (None, 1)


def test_a_keep_that_was_cut_off_leaves_the_photo_to_be_offered_again(
    settings: SpoolSettings, frame: Frame, picture: Rgb8, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id = new_photo_id()

    def cut(*_args: object) -> None:
        raise SpoolError("the lights went out")

    with started(settings) as (spool, _), monkeypatch.context() as patch:
        patch.setattr(spool, "_queued", cut)
        spool.capture(photo_id, frame)
        spool.developed(photo_id, "beach", "plate", {"shift": [0.1, 0]})
        with pytest.raises(SpoolError, match="the lights went out"):
            spool.keep(photo_id, picture, 2).result()
    with started(settings) as (spool, found):
        assert found.offered is not None
        assert (found.offered.id, found.offered.placement) == (photo_id, {"shift": [0.1, 0]})
        assert spool.keep(photo_id, picture, 2).result().copies == 2
        assert spool.waiting() == 2


def test_a_queued_photo_whose_composite_is_lost_is_composed_but_not_queued_twice(
    settings: SpoolSettings, kept: Keep, picture: Rgb8
) -> None:
    with started(settings) as (spool, _):
        ticket = kept(spool, copies=2)
        spool.folders.composite(ticket.photo_id).unlink()
    with started(settings) as (spool, found):
        assert [photo.id for photo in found.to_compose] == [ticket.photo_id]
        spool.queue(ticket.photo_id, picture).result()
        assert spool.waiting() == found.waiting == 2
        spool.composite(ticket.photo_id)


def test_an_original_without_a_row_is_taken_in(settings: SpoolSettings, picture: Rgb8) -> None:
    with started(settings) as (spool, _):
        spool.folders.original("c" * 32).write_bytes(png_bytes(picture))
        now = spool.folders.original("c" * 32).stat().st_mtime
    with started(settings, now + 5) as (spool, found):
        assert found.adopted == 1
        assert found.offered is not None
        assert found.offered.id == "c" * 32
        np.testing.assert_array_equal(spool.original("c" * 32).image, picture)


def test_files_that_belong_to_nothing_are_put_out_of_the_way(settings: SpoolSettings, picture: Rgb8) -> None:
    with started(settings) as (spool, _):
        spool.folders.original("d" * 32).write_bytes(png_bytes(picture)[:300])
        spool.folders.side_car("e" * 32).write_bytes(b"{}")
        spool.folders.composite("f" * 32).write_bytes(b"stray")
        (spool.folders.originals / ".x.png.1.tmp").write_bytes(b"half")
    with started(settings) as (spool, found):
        assert (found.adopted, found.quarantined, found.swept) == (0, 3, 1)
        assert len(list(spool.folders.quarantine.iterdir())) == 3
        assert [notice.key for notice in found.notices] == ["quarantine"]


@pytest.mark.parametrize("harm", ["gone", "short"])
def test_a_row_without_its_file_is_told(settings: SpoolSettings, frame: Frame, kept: Keep, harm: str) -> None:
    with started(settings) as (spool, _):
        ticket = kept(spool)
        undecided = spool.capture(new_photo_id(), frame).result().id
        for photo_id in (ticket.photo_id, undecided):
            path = spool.folders.original(photo_id)
            path.unlink() if harm == "gone" else path.write_bytes(path.read_bytes()[:100])
    with started(settings) as (spool, found):
        assert set(found.missing) == {ticket.photo_id, undecided}
        (notice,) = found.notices
        assert (notice.key, notice.level) == ("missing", "fault")
        assert spool.photo(undecided).state == "failed"
        assert spool.photo(ticket.photo_id).state == "queued"
        assert found.offered is None


def test_a_photo_of_which_nothing_is_left_is_failed(settings: SpoolSettings, kept: Keep) -> None:
    with started(settings) as (spool, _):
        ticket = kept(spool)
        spool.folders.original(ticket.photo_id).unlink()
        spool.folders.composite(ticket.photo_id).unlink()
    with started(settings) as (spool, found):
        assert found.missing == (ticket.photo_id,)
        assert found.to_compose == ()
        assert spool.photo(ticket.photo_id).state == "failed"
        assert spool.sheets.claim().result() is None


@pytest.mark.parametrize("harm", ["damaged", "deleted"])
def test_a_lost_ledger_is_made_again_from_the_side_cars(
    settings: SpoolSettings, kept: Keep, frame: Frame, harm: str
) -> None:
    with started(settings) as (spool, _):
        tickets = [kept(spool, copies=2) for _ in range(3)]
        for _ in range(3):
            job = spool.sheets.claim().result()
            assert job is not None
            spool.sheets.printed(job).result()
        undecided = spool.capture(new_photo_id(), frame).result().id
        gone = spool.capture(new_photo_id(), frame).result().id
        spool.discard(gone).result()
        before = [spool.photo(ticket.photo_id) for ticket in tickets]
        left = spool.waiting()
    if harm == "deleted":
        spool.folders.ledger.unlink()
    else:
        spool.folders.ledger.write_bytes(b"\0" * 8192)
    with started(settings) as (spool, found):
        assert found.adopted == 4
        assert [spool.photo(ticket.photo_id) for ticket in tickets] == before
        assert spool.waiting() == left == 3
        assert spool.sheets_printed() == 3
        assert found.offered is not None
        assert found.offered.id == undecided
        assert Pickups(spool, clock=lambda: SOON).find(tickets[0].token) is not None
        assert [notice.key for notice in found.notices] == ["ledger"]
        assert ("was damaged" in found.notices[0].text) == (harm == "damaged")
        assert kept(spool).code not in {ticket.code for ticket in tickets}
        assert spool.sheets.claim().result().sheet == 2  # type: ignore[union-attr]


def test_a_data_folder_can_be_moved_to_another_disk(settings: SpoolSettings, kept: Keep) -> None:
    with started(settings) as (spool, _):
        ticket = kept(spool)
        old = spool.folders.root
    new = old.with_name("new disk")
    shutil.move(old, new)
    with started(settings.model_copy(update={"data": new})) as (spool, found):
        assert found.notices == ()
        spool.composite(ticket.photo_id)
