from __future__ import annotations

import pytest

from booth.config.settings import EventSettings
from booth.service.words import WORDS, deletion


def test_every_language_of_the_booth_has_every_sentence() -> None:
    assert set(WORDS) == set(EventSettings().languages)
    assert len({frozenset(words) for words in WORDS.values()}) == 1
    assert all(text for words in WORDS.values() for text in words.values())


@pytest.mark.parametrize(("days", "said"), [(30.9, "in 30 days"), (2.0, "in 2 days"), (1.9, "within a day")])
def test_the_time_left_is_never_promised_too_long(days: float, said: str) -> None:
    assert said in deletion("en", days * 86_400)
