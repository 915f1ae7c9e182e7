from __future__ import annotations

import json
import os
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from booth.arrays import Rgb8
from booth.errors import SpoolError
from booth.shot import Frame, Ticket
from booth.spool import rows
from booth.spool.pickup import Pickups
from booth.spool.rows import StepError
from booth.spool.spool import Spool
from booth.spool.tickets import new_photo_id, spaced

Keep = Callable[..., Ticket]


def test_a_captured_frame_is_on_disk_bit_for_bit(spool: Spool, frame: Frame) -> None:
    photo = spool.capture(new_photo_id(), frame).result()
    assert photo.state == "captured"
    again = spool.original(photo.id)
    np.testing.assert_array_equal(again.image, frame.image)
    assert (again.taken_at, again.number) == (frame.taken_at, frame.number)
    assert spool.folders.original(photo.id).stat().st_size == photo.original_size


def test_a_frame_that_cannot_be_written_is_not_captured(
    spool: Spool, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(SpoolError, match="the disk is full") as caught:
            spool.capture("a" * 32, frame).result()
    assert caught.value.guest == "sorry.storage"
    assert list(spool.folders.originals.iterdir()) == []
    with pytest.raises(StepError, match="knows no photo"):
        spool.photo("a" * 32)


def test_a_changed_original_is_refused(spool: Spool, frame: Frame) -> None:
    photo = spool.capture(new_photo_id(), frame).result()
    path = spool.folders.original(photo.id)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(SpoolError, match="not what was written"):
        spool.original(photo.id)


def test_a_kept_photo_has_its_ticket_sheets_and_side_car(spool: Spool, kept: Keep, picture: Rgb8) -> None:
    first, second = kept(spool, copies=2), kept(spool)
    assert (first.ahead, second.ahead) == (0, 2)
    assert (first.copies, second.copies) == (2, 1)
    assert first.code != second.code
    photo = spool.photo(first.photo_id)
    assert (photo.state, photo.backdrop_id, photo.placement) == ("queued", "beach", {"scale": 1.0})
    assert spaced(photo.code) == first.code
    assert np.abs(spool.composite(photo.id).astype(int) - picture).mean() < 3
    assert spool.waiting() == 3
    side_car = json.loads(spool.folders.side_car(photo.id).read_bytes())
    assert side_car["photo"]["state"] == "queued"
    assert len(side_car["jobs"]) == 2


def test_no_token_is_ever_written_down(spool: Spool, kept: Keep) -> None:
    token = kept(spool).token.encode()
    spool.close()
    assert all(token not in path.read_bytes() for path in spool.folders.root.rglob("*") if path.is_file())


def test_a_photo_is_kept_once_however_often_the_button_is_pressed(
    spool: Spool, frame: Frame, picture: Rgb8
) -> None:
    photo_id = new_photo_id()
    spool.capture(photo_id, frame)
    spool.developed(photo_id, "beach", "plate", {})
    pressed = [spool.keep(photo_id, picture, 2) for _ in range(10)]
    assert sum(future.exception() is None for future in pressed) == 1
    assert spool.waiting() == 2


def test_a_discarded_photo_leaves_no_picture(spool: Spool, frame: Frame) -> None:
    photo_id = new_photo_id()
    spool.capture(photo_id, frame)
    spool.discard(photo_id).result()
    assert not list(spool.folders.root.rglob(f"*{photo_id}*"))
    assert spool.photo(photo_id).state == "discarded"


def test_sheets_come_in_order_and_are_counted_once(spool: Spool, kept: Keep) -> None:
    first, second = kept(spool, copies=2), kept(spool)
    order = []
    while (job := spool.sheets.claim().result()) is not None:
        assert spool.sheets.claim().result() == job
        order.append((job.photo_id, job.sheet, job.sheets))
        spool.sheets.printed(job).result()
        spool.sheets.printed(job).result()
    assert order == [(first.photo_id, 1, 2), (first.photo_id, 2, 2), (second.photo_id, 1, 1)]
    assert spool.sheets_printed() == 3
    assert spool.photo(first.photo_id).state == "printed"
    assert spool.collected(first.photo_id).result().state == "collected"


def test_a_photo_of_which_a_sheet_failed_has_failed(spool: Spool, kept: Keep) -> None:
    ticket = kept(spool, copies=2)
    for end in (spool.sheets.failed, lambda job, why: spool.sheets.printed(job)):
        job = spool.sheets.claim().result()
        assert job is not None
        end(job, "torn").result()
    assert spool.photo(ticket.photo_id).state == "failed"


def test_an_offered_photo_that_nobody_wants_expires(spool: Spool, frame: Frame) -> None:
    photo = spool.capture(new_photo_id(), frame).result()
    assert spool.expire(photo.id).result().state == "expired"
    assert spool.folders.original(photo.id).exists()


def test_listeners_hear_of_new_sheets(spool: Spool, kept: Keep) -> None:
    heard: list[int] = []
    spool.on_queued(lambda: heard.append(1))
    kept(spool)
    assert heard == [1]


@trial(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.sampled_from(sorted(rows.STEPS)), max_size=8))
def test_no_wish_takes_a_photo_a_step_that_is_not_drawn(
    spool: Spool, frame: Frame, wishes: list[str]
) -> None:
    photo_id = new_photo_id()
    state = spool.capture(photo_id, frame).result().state
    for wish in wishes:
        future = spool.ledger.submit(lambda wish=wish: spool._step(photo_id, wish))
        if wish in rows.STEPS[state]:
            state = future.result().state
        else:
            assert isinstance(future.exception(), StepError)
        assert spool.photo(photo_id).state == state


def test_a_phone_finds_its_photo_by_token_until_it_expires(spool: Spool, kept: Keep) -> None:
    ticket = kept(spool)
    found = Pickups(spool, clock=lambda: ticket.expires_at - 1).find(ticket.token)
    assert found is not None
    assert (found.code, found.prints) == (ticket.code, "waiting")
    assert found.jpeg == spool.folders.composite(ticket.photo_id).read_bytes()
    assert Pickups(spool, clock=lambda: ticket.expires_at + 1).find(ticket.token) is None
    assert Pickups(spool).find(ticket.token + "x") is None
    assert Pickups(spool).find(ticket.photo_id) is None


def test_a_composite_that_cannot_be_written_leaves_the_photo_to_be_decided(
    spool: Spool, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id = new_photo_id()
    spool.capture(photo_id, frame).result()
    spool.developed(photo_id, "beach", "test", {}).result()

    def full(*_: object) -> None:
        raise SpoolError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("booth.spool.spool.publish", full)
        with pytest.raises(SpoolError, match="the disk is full"):
            spool.keep(photo_id, frame.image, 1).result()
    assert spool.photo(photo_id).state == "developed"
    assert spool.waiting() == 0
    assert spool.keep(photo_id, frame.image, 1).result().code
