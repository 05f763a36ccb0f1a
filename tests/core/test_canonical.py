"""One spelling for each value."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagewarden.core.canonical import (
    canonical,
    canonical_pieces,
    digest,
    digest_of,
    milliseconds,
    plain,
    read_time,
    sha256,
    spell_time,
)

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)


def test_the_order_of_keys_makes_no_difference() -> None:
    assert canonical({"b": 1, "a": [1, 2]}) == canonical({"a": [1, 2], "b": 1})


def test_the_order_of_a_list_does() -> None:
    assert digest([1, 2]) != digest([2, 1])


def test_the_spelling_is_ascii_without_blanks() -> None:
    assert canonical({"ä": ("\ud800", None, True)}) == b'{"\\u00e4":["\\ud800",null,true]}'


@pytest.mark.parametrize(
    ("number", "spelled"),
    [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")],
)
def test_numbers_that_json_lacks_have_a_spelling(number: float, spelled: str) -> None:
    assert plain([number]) == [{"$float": spelled}]


def test_minus_zero_is_not_zero() -> None:
    assert canonical(-0.0) != canonical(0.0)


def test_keys_become_text() -> None:
    assert plain({1: "one"}) == {"1": "one"}


def test_bytes_are_refused() -> None:
    with pytest.raises(TypeError):
        canonical(b"bytes")


def test_a_time_in_another_zone_is_the_same_time() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert canonical(elsewhere) == canonical(NOON) == b'"2026-03-01T12:00:00.123Z"'


def test_a_time_without_a_zone_is_not_spelled() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        spell_time(NOON.replace(tzinfo=None))


def test_a_time_without_a_zone_is_not_read() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        read_time("2026-03-01T12:00:00")


def test_years_have_four_digits() -> None:
    assert spell_time(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000Z"


def test_less_than_a_millisecond_is_dropped() -> None:
    assert spell_time(NOON + timedelta(microseconds=999)) == spell_time(NOON)


MOMENTS = st.datetimes(timezones=st.just(UTC)).map(
    lambda each: each.replace(microsecond=each.microsecond // 1000 * 1000)
)


@settings(deadline=None)
@given(MOMENTS)
def test_a_spelled_time_reads_back(moment: datetime) -> None:
    assert read_time(spell_time(moment)) == moment


@settings(deadline=None)
@given(MOMENTS)
def test_milliseconds_are_exact(moment: datetime) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert epoch + timedelta(milliseconds=milliseconds(moment)) == moment


LEAVES = st.none() | st.integers() | st.text(max_size=3)
MAPPINGS = st.dictionaries(st.text(max_size=3), LEAVES | st.lists(LEAVES, max_size=3), max_size=4)


@settings(deadline=None)
@given(MAPPINGS)
def test_the_pieces_of_a_mapping_are_its_spelling(mapping: dict[str, object]) -> None:
    """An iterator in the place of a list is spelled alike, and so is its digest."""
    passing = {key: iter(each) if isinstance(each, list) else each for key, each in mapping.items()}
    assert b"".join(canonical_pieces(passing)) == canonical(mapping)
    assert digest_of(canonical_pieces(mapping)) == digest(mapping)


def test_sha256_is_of_the_bytes() -> None:
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
