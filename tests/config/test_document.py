"""`config/booth.yaml` and the settings are one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pydantic.fields import FieldInfo

from booth.config import Settings, load
from booth.config.document import document
from booth.config.fields import fields_below, measure_of, written

FILE = Path(__file__).parents[2] / "config" / "booth.yaml"
TEXT = FILE.read_text("utf-8")
FIELDS = dict(fields_below())


def value_at(tree: object, key: str) -> object:
    for part in key.split("."):
        assert isinstance(tree, dict)
        tree = tree[part]
    return tree


def prose(text: str) -> str:
    return " ".join(re.sub(r"^ *# ?", " ", text, flags=re.MULTILINE).split())


def test_the_file_is_what_the_settings_write() -> None:
    assert document() == TEXT, "run: python -m booth.config.document > config/booth.yaml"


def test_the_command_writes_the_file() -> None:
    ran = subprocess.run([sys.executable, "-m", "booth.config.document"], capture_output=True, check=True)
    assert ran.stdout == FILE.read_bytes()


def test_the_file_holds_the_defaults() -> None:
    assert load(FILE) == Settings()


@pytest.mark.parametrize("key", FIELDS)
def test_every_setting_stands_in_the_file_with_default_sentence_and_range(key: str) -> None:
    field: FieldInfo = FIELDS[key]
    assert field.description
    assert field.description.endswith(".")
    default = list(field.default) if isinstance(field.default, tuple) else field.default
    assert value_at(yaml.safe_load(TEXT), key) == default
    name = key.rpartition(".")[2]
    sentence, line, remark = next(
        found
        for found in re.findall(rf"((?:^ *# .*\n)+)^( *{name}:.*)\n((?:^ +# .*\n)?)", TEXT, re.MULTILINE)
        if prose(found[0]) == prose(field.description)
    )
    assert sentence
    assert f"default {written(field.default) or 'empty'}" in line + remark
    assert measure_of(field) in line


def test_the_file_has_no_key_that_the_settings_do_not_have() -> None:
    def keys(tree: object, path: str = "") -> set[str]:
        if not isinstance(tree, dict):
            return {path.rstrip(".")}
        return set().union(*(keys(value, f"{path}{name}.") for name, value in tree.items()))

    assert keys(yaml.safe_load(TEXT)) == set(FIELDS)


def test_the_head_says_how_to_look_the_file_over() -> None:
    assert "python run_booth.py --check" in TEXT.split("event:")[0]


def test_no_line_is_too_long_to_read() -> None:
    assert max(map(len, TEXT.splitlines())) <= 110
