"""A small mapping is equal to what it was made of, and weighs less."""

from collections.abc import Mapping
from sys import getsizeof

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagewarden.core.packed import packed, packed_ones


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=2), st.integers(), max_size=4), st.text(max_size=2))
def test_it_is_equal_to_what_it_was_made_of(mapping: Mapping[str, int], key: str) -> None:
    held = packed(mapping)
    assert held == mapping
    assert mapping == held
    assert [*held.items()] == [*mapping.items()]
    assert held.get(key, None) == mapping.get(key, None)
    assert (key in held, len(held), repr(held)) == (key in mapping, len(mapping), repr(mapping))


TUPLES = st.lists(st.floats(), max_size=2).map(tuple)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=2), TUPLES, max_size=3))
def test_tuples_come_back_as_they_were(mapping: Mapping[str, tuple[float, ...]]) -> None:
    held = packed_ones(mapping)
    assert repr(held) == repr(mapping)
    assert [repr(held[key]) for key in mapping] == [repr(each) for each in mapping.values()]


def test_a_key_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="b"):
        packed({"a": 1})["b"]


def test_it_weighs_less_than_half_of_a_dictionary() -> None:
    held = packed({"a": 1.0, "b": 2.0})
    assert getsizeof(held) + 56 < getsizeof({"a": 1.0, "b": 2.0})
