"""Event packs: what is taken, what is refused with file and line, and the way back."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from booth.config import Settings, packs
from booth.config.packs import in_use, opened, prove, read_pack, roll_back, use, with_pack
from booth.errors import ConfigError, SpoolError

YAML = 'event:\n  name: "Anna & Ben"\nspool:\n  printer:\n    size: [4, 6]\n'


@pytest.fixture
def folder(tmp_path):
    """A pack's folder with a little of everything."""
    pack = tmp_path / "wedding"
    for name in ("backdrops", "fonts", "texts"):
        (pack / name).mkdir(parents=True)
    (pack / "pack.yaml").write_text(YAML)
    (pack / "backdrops" / "a.png").write_bytes(b"picture")
    (pack / "fonts" / "script.ttf").write_bytes(b"letters")
    (pack / "texts" / "de.yaml").write_text("attract.accent: Hallo\n")
    (pack / "frame.png").write_bytes(b"frame")
    return pack


def zipped(folder: Path, below: str = "") -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, f"{below}{file.relative_to(folder)}")
    return path


def test_a_pack_is_laid_over_the_booths_own_settings(folder):
    own = Settings.model_validate({"camera": {"width": 1280}, "event": {"languages": ["de", "en"]}})
    merged = with_pack(own, read_pack(folder))
    assert merged.event.name == "Anna & Ben"
    assert merged.spool.printer.size == (4, 6)
    assert merged.camera.width == 1280
    assert merged.event.languages == ("de", "en")
    assert merged.scene.folders == (folder / "backdrops",)
    assert merged.scene.house_backdrops is False
    assert merged.scene.layout.picture == folder / "frame.png"
    assert merged.scene.layout.font == folder / "fonts" / "script.ttf"
    assert merged.event.texts == folder / "texts"


def test_what_the_file_says_goes_before_what_lies_beside_it(folder):
    (folder / "pack.yaml").write_text(YAML + "scene:\n  house_backdrops: true\n")
    assert with_pack(Settings(), read_pack(folder)).scene.house_backdrops is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("event:\n  nmae: x\n", r"pack\.yaml:2: event\.nmae: there is no such key"),
        ("camera:\n  source: studio\n", r"pack\.yaml:\d: camera.*does not belong into a pack"),
        ("spool:\n  data: here\n", r"pack\.yaml:2: spool\.data: does not belong"),
        ("operator:\n  language: de\n", "does not belong"),
        ("event:\n  name: [\n", r"pack\.yaml:\d"),
    ],
    ids=["typo", "camera", "data", "operator", "no yaml"],
)
def test_a_bad_file_is_refused_with_its_line(folder, text, said):
    (folder / "pack.yaml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_pack(folder)


def test_two_that_do_not_go_together_are_refused(folder):
    (folder / "pack.yaml").write_text("event:\n  language: nl\n")
    with pytest.raises(ConfigError, match=r"event\.language.*languages offered"):
        with_pack(Settings.model_validate({"event": {"languages": ["en", "de"]}}), read_pack(folder))


def test_without_its_file_it_is_no_pack(folder):
    (folder / "pack.yaml").unlink()
    with pytest.raises(ConfigError, match=r"pack\.yaml: is not there"):
        read_pack(folder)


@pytest.mark.parametrize("below", ["", "wedding/"], ids=["flat", "one folder in it"])
def test_a_zip_is_as_good_as_a_folder(folder, tmp_path, below):
    inside = opened(zipped(folder, below), tmp_path / "room")
    assert read_pack(inside).given["event"]["name"] == "Anna & Ben"
    assert (inside / "backdrops" / "a.png").read_bytes() == b"picture"


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["../out.txt"], "leads out of it"),
        (["/etc/booth"], "leads out of it"),
        (["a/../../b"], "leads out of it"),
        (["C:evil.txt"], "leads out of it"),
        (["a\\..\\b"], "leads out of it"),
        (["/".join("abcdefghij")], "leads out of it"),
        (["A.txt", "a.txt"], "twice"),
        ([link("frame.png")], "no plain file"),
    ],
    ids=str,
)
def test_a_zip_that_wants_out_is_refused_and_writes_nothing(tmp_path, names, said):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    with pytest.raises(ConfigError, match=said):
        opened(path, tmp_path / "room")
    assert {each.name for each in tmp_path.iterdir()} <= {"evil.zip", "room"}


def test_a_zip_that_would_fill_the_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(packs, "LARGEST_BYTES", 1000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big", bytes(2_000_000))
    with pytest.raises(ConfigError, match="big is larger"):
        opened(path, tmp_path / "room")
    monkeypatch.setattr(packs, "MOST_FILES", 0)
    with pytest.raises(ConfigError, match="files"):
        opened(path, tmp_path / "room")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"no zip at all"])
def test_what_is_no_zip_is_refused(tmp_path, data):
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match="no zip"):
        opened(path, tmp_path / "room")


def test_a_folder_with_a_link_is_refused(folder):
    (folder / "backdrops" / "b.png").symlink_to("/etc/passwd")
    with pytest.raises(ConfigError, match="is a link"):
        opened(folder, folder)


def test_a_pack_in_use_is_a_copy_and_can_be_given_up(folder, tmp_path):
    data = tmp_path / "packs"
    first = use(data, folder).folder
    prove(data)
    (folder / "pack.yaml").write_text(YAML.replace("Anna", "Eva"))
    second = use(data, zipped(folder)).folder
    assert first != second
    assert with_pack(Settings(), read_pack(data / first)).event.name == "Anna & Ben"
    assert not in_use(data).is_proven
    assert roll_back(data, "its first photo failed")
    assert in_use(data).folder == first
    assert "first photo failed" in in_use(data).why
    assert not roll_back(data, "again"), "what is proven stays"
    assert use(data, None).folder == ""
    assert not [each for each in data.iterdir() if each.name.endswith(".tmp")]


def test_a_proven_pack_stays(folder, tmp_path):
    use(tmp_path / "packs", folder)
    prove(tmp_path / "packs")
    assert not roll_back(tmp_path / "packs", "x")
    assert in_use(tmp_path / "packs").folder


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"folder": "x"}'])
def test_a_spoilt_pointer_means_no_pack(tmp_path, text):
    (tmp_path / packs.POINTER).write_text(text)
    assert in_use(tmp_path).folder == ""


def test_a_bad_pack_leaves_the_one_in_use(folder, tmp_path):
    data = tmp_path / "packs"
    good = use(data, folder).folder
    (folder / "pack.yaml").write_text("event:\n  nmae: x\n")
    with pytest.raises(ConfigError):
        use(data, folder)
    assert in_use(data).folder == good


def test_a_place_that_cannot_be_written_is_told(folder, tmp_path):
    (tmp_path / "packs").write_text("a file")
    with pytest.raises(SpoolError):
        use(tmp_path / "packs", folder)
