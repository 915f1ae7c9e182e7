from __future__ import annotations

import pytest

from booth.config.settings import PrinterSettings
from booth.spool.formats import formats_of, knows, media_of, name_of, sheet_for, turned
from booth.spool.health import SILENT, Health, reasons_of, words_for
from booth.spool.routing import Load, may_take


@pytest.mark.parametrize(
    ("keywords", "ours"),
    [
        (("none",), ()),
        (("media-empty-report",), ("paper",)),
        (("media-needed-warning", "media-empty-warning"), ("paper",)),
        (("marker-supply-empty-error", "cover-open"), ("ribbon", "cover")),
        (("media-jam-error",), ("jam",)),
        (("media-low-report",), ("paper_low",)),
        (("offline-report",), ("off",)),
        (("cups-waiting-for-job-completed", "job-printing"), ()),
        (("cups-ipp-missing-job-history",), ()),
        (("fuser-over-temp-error",), ("other",)),
        (("something-new-report",), ()),
    ],
)
def test_reasons_become_our_own(keywords: tuple[str, ...], ours: tuple[str, ...]) -> None:
    assert reasons_of(keywords) == ours


def test_each_reason_has_words_and_a_remedy() -> None:
    words, remedy = words_for("printer", ("paper", "cover"))
    assert words == "The printer has no paper and is open."
    assert remedy == "Load paper."
    assert words_for("left", ("jam",), "E-03")[0] == "The printer «left» has jammed (E-03)."


def test_a_low_supply_hinders_nothing() -> None:
    assert not Health(("paper_low",)).hindered
    assert Health(("paper_low", "jam")).hindered


def test_sheets_have_names_and_media() -> None:
    assert name_of((6.0, 4.0)) == name_of((4, 6)) == "4x6"
    assert name_of((4, 6.5)) == "4x6.5"
    assert media_of("6x6").keyword == "oe_square-6x6_6x6in"
    assert (media_of("4x6").width, media_of("4x6").height) == (10160, 15240)
    assert media_of("4x6.5").keyword == "custom_4x6.5in_4x6.5in"


def test_a_printer_takes_its_own_sheet_others_and_strips() -> None:
    assert formats_of(PrinterSettings(size=(6, 6))) == ("6x6",)
    both = formats_of(PrinterSettings(size=(6, 6), sheets=("6x4", "6x6")))
    assert both == ("6x6", "4x6", "2x6")
    assert sheet_for("2x6", both) == "4x6"
    assert sheet_for("", both) == sheet_for("5x7", both) == "6x6"
    assert turned("4x6", PrinterSettings(size=(6, 4))) == (6, 4)
    assert turned("4x6", PrinterSettings(size=(6, 6))) == (4, 6)


def load(holding: int, takes: bool = True, formats: tuple[str, ...] = ("6x6",)) -> Load:
    return Load(holding, 2, takes, formats)


def test_whoever_has_least_takes_the_next_sheet() -> None:
    assert may_take(load(0), [load(0)])
    assert may_take(load(1), [load(1)])
    assert not may_take(load(1), [load(0)])
    assert not may_take(load(2), [])
    assert not may_take(load(0, takes=False), [])


def test_a_neighbour_that_cannot_take_it_is_not_waited_for() -> None:
    assert may_take(load(1), [load(0, takes=False)])
    assert may_take(load(1), [load(0, formats=("4x6",))])


@pytest.mark.parametrize(
    ("supported", "sheet", "has"),
    [
        (("na_index-4x6_4x6in", "custom_6x6in_6x6in"), "6x6", True),
        (("na_index-4x6_4x6in", "custom_6x6in_6x6in"), "5x7", False),
        (("om_small-photo_100x150mm",), "4x6", False),
        (("oe_4x6-borderless_102.62x153.42mm",), "4x6", True),
        (("na_letter_8.5x11in",), "4x6", False),
        (("custom_min_3x5in", "custom_max_8.5x14in"), "6x8", True),
        (("custom_min_3x5in", "custom_max_8.5x14in"), "10x12", False),
        (("some-roll",), "6x6", True),
        ((), "6x6", True),
    ],
)
def test_a_queue_knows_a_sheet_by_its_size(supported: tuple[str, ...], sheet: str, has: bool) -> None:
    """Row 38: what it does not know it would print on another paper."""
    assert knows(supported, sheet) == has


def test_what_a_printer_cannot_tell_has_words_and_a_remedy() -> None:
    for words, remedy in SILENT.values():
        assert words
        assert remedy.endswith(".")
