"""The address in the QR codes, while the router gives another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from booth.config.settings import ServiceSettings
from booth.shot import Notice
from booth.studio import address
from booth.studio.address import AddressWatch, is_mine, remembered

EVERYWHERE = ServiceSettings(enabled=True, host="0.0.0.0")


class Told:
    """What the operator reads just now."""

    def __init__(self) -> None:
        self.notices: dict[str, Notice] = {}

    def watch(self, service: ServiceSettings, file: Path) -> AddressWatch:
        return AddressWatch(service, file, self.post, self.clear)

    def post(self, notice: Notice) -> None:
        self.notices[notice.key] = notice

    def clear(self, key: str) -> None:
        self.notices.pop(key, None)

    @property
    def text(self) -> str:
        notice = self.notices.get("address")
        return f"{notice.text} {notice.remedy}" if notice else ""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "address.txt"


def test_an_address_that_changes_after_codes_were_given_is_told_until_it_is_back(
    told: Told, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 46: the router gives another address in the middle of the evening."""
    mine = ["192.168.1.20"]
    monkeypatch.setattr(address, "own_address", lambda: mine[-1])
    watch = told.watch(EVERYWHERE, file)
    watch.look()
    assert told.text == ""
    mine.append("192.168.1.77")
    watch.look()
    assert "from 192.168.1.20 to 192.168.1.77: codes given before lead nowhere" in told.text
    assert "fixed address" in told.text
    mine.append("192.168.1.20")
    watch.look()
    assert told.text == ""


def test_another_address_after_a_night_is_told_at_the_start(
    told: Told, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 46, over a restart."""
    monkeypatch.setattr(address, "own_address", lambda: "10.0.0.5")
    told.watch(EVERYWHERE, file).look()
    assert remembered(file) == "10.0.0.5"
    monkeypatch.setattr(address, "own_address", lambda: "10.0.0.9")
    told.watch(EVERYWHERE, file).look()
    assert "from 10.0.0.5 to 10.0.0.9" in told.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("localhost", ""),
        ("127.0.0.1", ""),
        ("192.0.2.7", "The QR codes say 192.0.2.7, which leads to another machine."),
        ("booth.invalid", "The QR codes say booth.invalid, which is not known here."),
    ],
)
def test_a_name_or_fixed_address_is_tried_at_the_start(told: Told, file: Path, name: str, said: str) -> None:
    """Row 46: what the operator named must lead here."""
    told.watch(EVERYWHERE.model_copy(update={"address": name}), file).look()
    assert told.text.startswith(said)
    assert bool(told.text) == bool(said)


def test_a_name_that_leads_elsewhere_in_the_middle_of_the_evening_is_told(
    told: Told, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = told.watch(EVERYWHERE.model_copy(update={"address": "localhost"}), file)
    watch.look()
    assert told.text == ""
    monkeypatch.setattr(address, "is_mine", lambda host: False)
    watch.look()
    assert "leads to another machine" in told.text


def test_a_page_for_this_machine_alone_is_told(told: Told, file: Path) -> None:
    told.watch(ServiceSettings(enabled=True), file).look()
    assert "Phones cannot reach this machine" in told.text


def test_a_file_that_cannot_be_written_or_read_is_no_fault_of_the_evening(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "own_address", lambda: "10.0.0.5")
    told.watch(EVERYWHERE, tmp_path / "none" / "address.txt").look()
    assert told.text == ""
    (tmp_path / "rotten").write_bytes(b"\xff\xfe")
    assert remembered(tmp_path / "rotten") == ""


def test_only_this_machines_own_addresses_are_mine() -> None:
    assert is_mine("127.0.0.1") is True
    assert is_mine("192.0.2.1") is False
    assert is_mine("nobody.invalid") is None
