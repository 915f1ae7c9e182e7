"""`run_booth.py pin`."""

from __future__ import annotations

import pytest
import yaml

from booth.commands.pin import pin
from booth.config import Settings
from booth.errors import ConfigError
from booth.studio.pin import matches


def answers(*given):
    left = list(given)
    return lambda prompt: left.pop(0)


def test_the_lines_can_be_put_into_the_configuration(capsys):
    assert pin(answers("2468", "2468")) == 0
    settings = Settings.model_validate(yaml.safe_load(capsys.readouterr().out))
    assert matches("2468", settings.operator.pin)


@pytest.mark.parametrize(
    "given", [("123", "123"), ("12a4", "12a4"), ("", ""), ("1" * 13, "1" * 13), ("٣٤٥٦", "٣٤٥٦")]
)
def test_what_is_no_pin_is_refused(given):
    with pytest.raises(ConfigError, match="4 to 12 digits"):
        pin(answers(*given))


def test_two_different_ones_are_refused():
    with pytest.raises(ConfigError, match="not the same"):
        pin(answers("2468", "2467"))
