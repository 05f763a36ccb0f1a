"""Durations: what is read, what is refused with which reason, how they are spelled."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewarden.core.durations import DurationRefused, parse_duration, spell_duration

READ = {
    "1s": timedelta(seconds=1),
    "30min": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "90d": timedelta(days=90),
    "2w": timedelta(days=14),
    "6mo": timedelta(days=180),
    "1y": timedelta(days=365),
    "100y": timedelta(days=36_500),
}

REFUSED = {
    "": ("``, which is not a number with a unit", ""),
    "90": ("`90`, which has no unit", "90d"),
    "90m": ("`90m`, which could be minutes or months", "90min or 90mo"),
    "90minutes": ("`90minutes`, whose unit `minutes` is unknown", "90min"),
    "90M": ("`90M`, whose unit `M` is unknown", ""),
    "-1d": ("`-1d`, which is negative", "1d"),
    "0d": ("`0d`, which is zero", ""),
    "36501d": ("`36501d`, which is more than 100 years", ""),
    "1.5h": ("`1.5h`, which is not a whole number", ""),
    "1d12h": ("`1d12h`, which is not a number with a unit", ""),
    "P90D": ("`P90D`, which is not a number with a unit", ""),
    "٣d": ("`٣d`, which is not a number with a unit", ""),
    "90d\n": ("`90d\n`, which is not a number with a unit", ""),
    "+1d": ("`+1d`, which is not spelled plainly", "1d"),
    "1 d": ("`1 d`, which is not spelled plainly", "1d"),
    "007d": ("`007d`, which is not spelled plainly", "7d"),
    "9" * 23 + "d": (f"`{'9' * 23}d`, which is more than 100 years", ""),
    "9" * 25: ("a duration of 25 characters", ""),
}


@pytest.mark.parametrize("text", READ)
def test_a_number_with_a_unit_is_read(text: str) -> None:
    assert READ[text] == parse_duration(text)


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused_with_its_reason_and_a_suggestion(text: str) -> None:
    with pytest.raises(DurationRefused) as refused:
        parse_duration(text)
    assert REFUSED[text] == (str(refused.value), refused.value.suggestion)


@pytest.mark.parametrize(
    ("duration", "spelled"),
    [
        (timedelta(days=90), "90d"),
        (timedelta(hours=36), "36h"),
        (timedelta(minutes=90), "90min"),
        (timedelta(seconds=61), "61s"),
        (timedelta(), "0s"),
        (timedelta(milliseconds=1500), "1s"),
        (timedelta(days=-2), "-2d"),
    ],
)
def test_a_duration_is_spelled_in_its_largest_unit(duration: timedelta, spelled: str) -> None:
    assert spelled == spell_duration(duration)


@given(st.integers(1, 36_500 * 86_400))
def test_what_is_spelled_is_read_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert duration == parse_duration(spell_duration(duration))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(DurationRefused):
        assert parse_duration(text) > timedelta()
