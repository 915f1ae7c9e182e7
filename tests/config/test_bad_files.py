"""Bad configuration files: each with the exact message that the operator reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from booth.config.loading import LARGEST, load, settings_from
from booth.errors import ConfigError


def bad(name: str, text: str, *said: str) -> Any:
    return pytest.param(text, [f"booth.yaml:{line}" for line in said], id=name)


CORPUS = [
    bad(
        "misspelt key",
        "camera:\n  widht: 1280\n",
        "2: camera.widht: there is no such key; did you mean width?",
    ),
    bad(
        "key of another section",
        "camera:\n  countdown: 5\n",
        "2: camera.countdown: there is no such key; did you mean visit.countdown? Indent it below its"
        " section",
    ),
    bad(
        "key without its section",
        "camera:\nwidth: 1280\n",
        "2: width: there is no such key; did you mean camera.width or screen.width? Indent it below "
        "its section",
    ),
    bad(
        "misspelt section",
        "camra:\n  width: 1280\n",
        "1: camra: there is no such key; did you mean camera?",
    ),
    bad(
        "key that nothing resembles",
        "visit:\n  birthday: 3\n",
        "2: visit.birthday: there is no such key; the keys of visit are countdown, choose, pose, "
        "developing, review, review_ends, ticket, sorry, retakes, max_copies, shots",
    ),
    bad(
        "key twice",
        "visit:\n  countdown: 3\n  retakes: 2\n  countdown: 5\n",
        "4: visit.countdown: stands here a second time (first in line 2); delete one of the two",
    ),
    bad(
        "section twice",
        "event:\n  name: Party\ncamera:\n  rate: 25\nevent:\n  language: de\n",
        "5: event: stands here a second time (first in line 1); delete one of the two",
    ),
    bad(
        "alias",
        "event:\n  name: &title Party\nscene:\n  layout:\n    caption: *title\n",
        "2: event.name: &title is a YAML anchor, which is not used here; delete it, or quote the text",
        "5: scene.layout.caption: *title stands for another value, which is not done here; write it "
        "out, or quote the text",
    ),
    bad(
        "merge key",
        "camera:\n  <<: {width: 1280}\n",
        "2: camera.<<: merges other keys, which is not done here; write them out",
    ),
    bad(
        "python tag",
        "event:\n  name: !!python/object/apply:os.system [ls]\n",
        "2: event.name: !!python/object/apply:os.system is a YAML tag, which is not used here; delete it",
    ),
    bad(
        "text that begins with an exclamation mark",
        "event:\n  name: !Hurray\n",
        "2: event.name: !Hurray is a YAML tag, which is not used here; put quotes round the text",
    ),
    bad(
        "clock time for text",
        "event:\n  name: 12:00\n",
        '2: event.name: must be text, but YAML reads 12:00 as 720; write "12:00"',
    ),
    bad(
        "clock time for a number",
        "visit:\n  choose: 1:30\n",
        "2: visit.choose: must be a number, more than 0, up to 3600 seconds; given 1:30, which YAML "
        "reads as 90; write a plain number",
    ),
    bad(
        "NO for text",
        "event:\n  name: NO\n",
        '2: event.name: must be text, but YAML reads NO as false; write "NO"',
    ),
    bad(
        "octal",
        "visit:\n  choose: 0123\n",
        "2: visit.choose: must be a number, more than 0, up to 3600 seconds; given 0123, which YAML "
        "reads as 83; write 123",
    ),
    bad(
        "leading zero in text",
        "event:\n  name: 0815\n",
        '2: event.name: must be text, but YAML reads 0815 as a number; write "0815"',
    ),
    bad(
        "date for text",
        "event:\n  name: 2026-06-01\n",
        '2: event.name: must be text, but YAML reads 2026-06-01 as a date; write "2026-06-01"',
    ),
    bad(
        "tilde",
        "scene:\n  layout:\n    logo: ~\n",
        "3: scene.layout.logo: has ~, which YAML reads as nothing; leave it empty, or write ~/ for the home",
    ),
    bad(
        "underscore",
        "spool:\n  warn_below_mb: 5_000\n",
        "2: spool.warn_below_mb: must be a whole number, 50 to 1000000 MB; given 5_000; write 5000",
    ),
    bad(
        "exponent",
        "spool:\n  warn_below_mb: 1e3\n",
        "2: spool.warn_below_mb: must be a whole number, 50 to 1000000 MB; given 1e3; write 1000",
    ),
    bad(
        "decimal comma",
        "matting:\n  accept: 0,5\n",
        "2: matting.accept: must be a number, 0 to 1; given 0,5; write 0.5",
    ),
    bad(
        "unit",
        "camera:\n  timeout: 3s\n",
        "2: camera.timeout: must be a number, more than 0, up to 3600 seconds; given 3s; write the "
        "number alone, without s",
    ),
    bad(
        "remote without a server",
        "matting:\n  method: remote\n",
        "1: matting.remote.addresses: must name a server where matting.method is remote",
    ),
    bad(
        "remote leaves no time",
        "matting:\n  method: remote\n  deadline: 2\n  remote:\n    addresses: [http://box:8090]\n    deadline: 3\n",
        "6: matting.remote.deadline: must be less than matting.deadline (2), so that there is time to fall back; "
        "given 3",
    ),
    bad(
        "no address of a server",
        "matting:\n  remote:\n    addresses: [box:8090]\n",
        "3: matting.remote.addresses: must be an address such as http://192.168.1.20:8090; given box:8090",
    ),
    bad(
        "percent",
        "matting:\n  accept: 50%\n",
        "2: matting.accept: must be a number, 0 to 1; given 50%; write 0.5",
    ),
    bad(
        "quoted number",
        'camera:\n  width: "1280"\n',
        '2: camera.width: must be written without quotes: 1280; given "1280"',
    ),
    bad(
        "quoted truth",
        'screen:\n  mirrored: "false"\n',
        '2: screen.mirrored: must be written without quotes: false; given "false"',
    ),
    bad(
        "word for truth",
        "screen:\n  mirrored: nein\n",
        "2: screen.mirrored: must be true or false; given nein",
    ),
    bad(
        "truth for a number",
        "matting:\n  threads: yes\n",
        "2: matting.threads: must be a whole number, 0 to 64 threads; given yes",
    ),
    bad(
        "fraction for a whole number",
        "visit:\n  countdown: 3.5\n",
        "2: visit.countdown: must be a whole number, 1 to 10 seconds; given 3.5",
    ),
    bad(
        "nothing for a number",
        "camera:\n  width:\n",
        "2: camera.width: has no value; write one, or delete the line for the default (1920)",
    ),
    bad(
        "hashtag",
        "scene:\n  layout:\n    caption: Our day #AnnaAndBen\n",
        '3: scene.layout.caption: is cut to "Our day", as # begins a comment; put quotes round the '
        "whole text (or a space behind the # if it is a comment)",
    ),
    bad(
        "hashtag alone",
        "scene:\n  layout:\n    caption: #AnnaAndBen\n",
        "3: scene.layout.caption: is empty, as # begins a comment; put quotes round the whole text "
        "(or a space behind the # if it is a comment)",
    ),
    bad(
        "below the range",
        "visit:\n  max_copies: 0\n",
        "2: visit.max_copies: must be 1 to 10 sheets; given 0",
    ),
    bad(
        "above the range",
        "camera:\n  rate: 500\n",
        "2: camera.rate: must be 1 to 120 frames a second; given 500",
    ),
    bad(
        "zero seconds",
        "visit:\n  pose: 0\n",
        "2: visit.pose: must be more than 0, up to 3600 seconds; given 0",
    ),
    bad(
        "misspelt choice",
        "spool:\n  printer:\n    format: jpg\n",
        "3: spool.printer.format: must be jpeg or pdf; given jpg; did you mean jpeg?",
    ),
    bad(
        "unknown choice",
        "spool:\n  printer:\n    dpi: 301\n",
        "3: spool.printer.dpi: must be 300 or 600 dots an inch; given 301; did you mean 300?",
    ),
    bad(
        "unknown key of a further printer",
        "spool:\n  printers:\n    - name: right\n      que: ipp://localhost/printers/b\n",
        "4: spool.printers.0.que: there is no such key; did you mean queue?",
    ),
    bad(
        "further printer out of range",
        "spool:\n  printers:\n    - name: right\n      queue: ipp://localhost/printers/b\n      sharpen: 3\n",
        "5: spool.printers.0.sharpen: must be 0 to 1; given 3",
    ),
    bad(
        "a printer by two ways",
        "spool:\n  printer:\n    system: DNP\n    queue: ipp://localhost/printers/b\n",
        "3: spool.printer.system: names a printer that has a queue, too: delete one of the two",
    ),
    bad(
        "two printers of one name in the system",
        "spool:\n  printer:\n    system: DNP\n  printers:\n    - name: right\n      system: DNP\n",
        "4: spool.printers: must differ from printer to printer: two have the same system",
    ),
    bad(
        "two printers of one name",
        "spool:\n  printers:\n    - folder: /tmp\n",
        "2: spool.printers: must differ from printer to printer: two have the same name",
    ),
    bad(
        "a printer's address of another kind",
        "spool:\n  printer:\n    queue: dnssd://dyesub\n",
        "3: spool.printer.queue: must be an address such as ipp://localhost/printers/dyesub; given dnssd://dyesub",
    ),
    bad(
        "unknown language",
        "event:\n  languages: [en, dk]\n",
        "2: event.languages: must be en, de, fr, es, it or nl; given dk",
    ),
    bad(
        "language not offered",
        "event:\n  language: de\n  languages: [en, fr]\n",
        "2: event.language: must be one of the languages offered (en, fr); given de; change it, or "
        "add it to languages",
    ),
    bad(
        "language twice",
        "event:\n  languages: [en, de, en]\n",
        "2: event.languages: has en twice; delete one of the two",
    ),
    bad(
        "no language",
        "event:\n  languages: []\n",
        "2: event.languages: must name at least one; delete the line to have the default",
    ),
    bad(
        "one value for a list",
        "event:\n  languages: de\n",
        "2: event.languages: must be a list, such as [de]; given de",
    ),
    bad(
        "list for one value",
        "camera:\n  width: [1280, 720]\n",
        "2: camera.width: must be a whole number, 320 to 7680 pixels; given a list",
    ),
    bad(
        "sheet too small",
        "spool:\n  printer:\n    size: [1, 6]\n",
        "3: spool.printer.size: must be 2 to 24 inches each way; given 1 x 6",
    ),
    bad(
        "sheet with one length",
        "spool:\n  printer:\n    size: [6]\n",
        "3: spool.printer.size: must be a list of 2 numbers; given a list of 1",
    ),
    bad(
        "crop beyond the picture",
        "camera:\n  crop: [0.5, 0.5, 1.5]\n",
        "2: camera.crop: must be [x, y, side] with x and y 0 to 1 and side 0.1 to 1; given [0.5, 0.5, 1.5]",
    ),
    bad(
        "crop in another spelling",
        "camera:\n  crop: center\n",
        "2: camera.crop: must be centre, none or a list of 3 numbers; given center; did you mean centre?",
    ),
    bad(
        "caption too long",
        "scene:\n  layout:\n    caption: " + "long " * 20 + "\n",
        "3: scene.layout.caption: must have at most 80 characters; given 99",
    ),
    bad(
        "caption of two lines",
        "scene:\n  layout:\n    caption: |\n      Anna\n      and Ben\n",
        "3: scene.layout.caption: must be a single line of text without tabs; given Anna and Ben",
    ),
    bad(
        "address with a port",
        "service:\n  host: 127.0.0.1:8080\n",
        "2: service.host: must be an address alone, such as 127.0.0.1 or 0.0.0.0; given 127.0.0.1:8080",
    ),
    bad(
        "Windows path in double quotes",
        'spool:\n  data: "C:\\booth\\new"\n',
        "2: spool.data: has a backslash in double quotes; use apostrophes round it, or / in place of "
        "the backslash",
    ),
    bad(
        "bad escape",
        'spool:\n  data: "C:\\photos"\n',
        "2: spool.data: has a backslash in double quotes; use apostrophes round it, or / in place of "
        'the backslash; given data: "C:\\photos"',
    ),
    bad(
        "value for a section",
        "camera: studio\n",
        "1: camera: is a section; put its keys (source, width, height, rate, rotate, flip, crop, "
        "exposure, timeout, clean_plate) below it; given studio",
    ),
    bad(
        "list for a section",
        "camera:\n  - width: 1280\n",
        "1: camera: is a section; put its keys (source, width, height, rate, rotate, flip, crop, "
        "exposure, timeout, clean_plate) below it; given a list",
    ),
    bad(
        "no space after a colon",
        "camera:\n  width:1280\n  rate: 25\n",
        "2: camera.width: needs a space after the colon; given width:1280",
    ),
    bad(
        "no space after the only colon",
        "camera:\n  width:1280\n",
        "1: camera: needs a space after the colon; given width:1280",
    ),
    bad(
        "equals sign",
        "camera:\n  width = 1280\n  rate: 25\n",
        "2: camera.width: needs a colon and a space where the = stands; given width = 1280",
    ),
    bad(
        "no colon",
        "camera:\n  width\n  rate: 25\n",
        "2: camera: needs a colon after the key; given width",
    ),
    bad(
        "second colon",
        "event:\n  name: Anna: Ben\n",
        "2: event.name: has a second colon; put quotes round the text; given name: Anna: Ben",
    ),
    bad(
        "apostrophe between apostrophes",
        "event:\n  name: 'It's us'\n",
        "2: event.name: has an apostrophe between apostrophes; put double quotes round the text; "
        "given name: 'It's us'",
    ),
    bad(
        "quote left open",
        'event:\n  name: "Party\nscreen:\n  mirrored: maybe\n',
        '2: event.name: opens a quote that is never closed; given name: "Party',
        "4: screen.mirrored: must be true or false; given maybe",
    ),
    bad(
        "bracket left open",
        "event:\n  languages: [en, de\nscreen:\n  mirrored: maybe\n",
        "2: event.languages: opens a list with [ that is not closed with ]; given languages: [en, de",
        "4: screen.mirrored: must be true or false; given maybe",
    ),
    bad(
        "at sign",
        "event:\n  name: @home\n",
        "2: event.name: begins with a sign that means something in YAML; put quotes round the text; "
        "given name: @home",
    ),
    bad(
        "indented too deep",
        "camera:\n  width: 1280\n    height: 720\n",
        "3: camera.width.height: is indented deeper than the line above it; keys of one section stand"
        " exactly below each other; given height: 720",
    ),
    bad(
        "indented too little",
        "camera:\n    width: 1280\n  height: 720\n",
        "3: camera.height: does not stand exactly below the other keys of its section; indent them "
        "all alike; given height: 720",
    ),
    bad(
        "tab",
        "camera:\n\twidth: 1280\n\trate: 900\n",
        "2: camera.width: is indented with a tab (also line 3); use spaces, two for each level",
        "3: camera.rate: must be 1 to 120 frames a second; given 900",
    ),
    bad(
        "unprintable character",
        "event:\n  name: Pa\x07rty\n",
        "2: event.name: holds an unprintable character (U+0007); type the line again",
    ),
    bad(
        "two documents",
        "event:\n  name: Party\n---\ncamera:\n  rate: 25\n",
        "3: begins a second document; a configuration is one, so delete this line",
    ),
    bad(
        "a list on top",
        "- camera\n- event\n",
        "1: must consist of sections such as event: and camera:; given a list",
    ),
    bad(
        "text on top",
        "just some words\n",
        "1: must consist of sections such as event: and camera:; given just some words",
    ),
    bad(
        "nested without end",
        "event:\n  name: " + "[" * 500 + "\n",
        "2: event.name: is nested too deep; settings have at most three levels; given name: "
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…",
    ),
    bad(
        "nothing in a list",
        "event:\n  languages:\n    - en\n    -\nscene:\n  offered: [beach, ]\n  folders: [~, /x]\n",
        "4: event.languages: must be en, de, fr, es, it or nl; given nothing",
        '7: scene.folders: must be text, but YAML reads ~ as nothing; write "~"',
    ),
    bad(
        "alias in a list",
        "event:\n  languages: [*all]\n",
        "2: event.languages: *all stands for another value, which is not done here; write it out, or "
        "quote the text",
    ),
    bad(
        "class that is a truth",
        "matting:\n  maskrcnn:\n    classes: [person, no]\n",
        '3: matting.maskrcnn.classes: must be text, but YAML reads no as false; write "no"',
    ),
    bad(
        "key that is a list",
        "camera:\n  ? [width]\n  : 3\n",
        "2: camera: has a key that is no word; a line reads key: value",
    ),
]


def message(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        settings_from(text, Path("booth.yaml"))
    return str(caught.value)


def problems(text: str) -> list[str]:
    try:
        settings_from(text, Path("booth.yaml"))
    except ConfigError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize(("text", "said"), CORPUS)
def test_a_bad_file_is_refused_with_its_line_its_key_and_the_remedy(text: str, said: list[str]) -> None:
    assert message(text).splitlines() == said


def test_all_problems_of_a_file_come_at_once_in_the_order_of_its_lines() -> None:
    text = """\
event:
  name: Anna: Ben
camera:
  widht: 1280
  rate: 500
  crop: [0.5, 0.5, 3]
visit:
  countdown: 0
  countdown: 3
screen:
  mirrored: nein
  fullscreen: *yes
log: loud
"""
    lines = [int(line.split(":")[1]) for line in message(text).splitlines()]
    assert lines == [2, 4, 5, 6, 8, 9, 11, 12, 13]


def test_a_language_that_was_refused_is_not_blamed_a_second_time() -> None:
    assert len(message("event:\n  language: xx\n  languages: [de]\n").splitlines()) == 1


def test_windows_line_ends_do_not_shift_the_line_numbers() -> None:
    assert message("# one\r\ncamera:\r\n  rate: 500\r\n").startswith("booth.yaml:3: camera.rate: ")


def test_any_cut_of_the_house_file_is_read_or_refused_and_never_crashes() -> None:
    text = (Path(__file__).parents[2] / "config" / "booth.yaml").read_text("utf-8")
    spoilt = [
        text.replace(sign, other, 1) for sign in ': \n-[]"#' for other in ("", "\t", "'", "{", ":", "&")
    ]
    for broken in spoilt + [text[:end] for end in range(1200, len(text), 997)]:
        assert all(line.startswith("booth.yaml:") for line in problems(broken))


def test_a_file_that_is_not_there_is_told_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    (tmp_path / "booth.yaml").write_text("")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "boooth.yaml")
    assert str(caught.value) == f"{tmp_path / 'boooth.yaml'}: is not there; did you mean booth.yaml?"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder; name the file in it"):
        load(tmp_path)


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "booth.yaml"
    file.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(ConfigError, match="larger than 256 kB"):
        load(file)
    file.write_bytes(b"#" * LARGEST)
    load(file)


@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        ("event:\n  name: Müller\n".encode("latin-1"), 2, "0xfc"),
        ("event:\n  name: Müller\n".encode("utf-16"), 1, "0xff"),
    ],
)
def test_another_encoding_than_utf_8_is_refused(tmp_path: Path, data: bytes, line: int, byte: str) -> None:
    file = tmp_path / "booth.yaml"
    file.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load(file)
    said = f"{file}:{line}: is not written in UTF-8 (byte {byte}); save the file again as UTF-8"
    assert str(caught.value) == said


def test_a_file_of_zero_bytes_as_a_failing_disk_leaves_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "booth.yaml"
    file.write_bytes(bytes(100))
    with pytest.raises(ConfigError, match="unprintable character"):
        load(file)


def test_a_file_of_something_else_does_not_flood_the_screen() -> None:
    said = problems("".join(f"key{number}: 3\n" for number in range(1000)))
    assert len(said) == 51
    assert said[-1] == "booth.yaml: has 950 more problems; is it a configuration of Booth?"
