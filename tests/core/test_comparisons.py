"""Comparisons: how they are read, what they say of a number, how they are spelled."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewarden.core.comparisons import (
    Bound,
    ComparisonRefused,
    every_count_meets,
    in_ranges,
    looks_compared,
    no_count_meets,
    parse_range,
    read_number,
    spell_number,
    spell_range,
)
from sagewarden.core.truth import Truth


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("> 0.1", (Bound(">", 0.1),)),
        (">0.1", (Bound(">", 0.1),)),
        ("<= -3", (Bound("<=", -3),)),
        ("== 1e-5", (Bound("==", 1e-5),)),
        ("!= 0", (Bound("!=", 0),)),
        (">= 10, < 20", (Bound(">=", 10), Bound("<", 20))),
        (">= 5, <= 5", (Bound(">=", 5), Bound("<=", 5))),
    ],
)
def test_a_comparison_is_read(text: str, bounds: tuple[Bound, ...]) -> None:
    assert parse_range(text) == bounds


@pytest.mark.parametrize(
    ("text", "reason", "suggestion"),
    [
        ("= 5", "`= 5`, whose sign is unknown", "== 5"),
        ("=> 5", "`=> 5`, whose sign is unknown", ">= 5"),
        ("=< 5", "`=< 5`, whose sign is unknown", "<= 5"),
        ("5", "`5`, which does not compare", "== 5"),
        ("abc", "`abc`, which does not compare", ""),
        ("> 010", "`> 010`, which compares with no number", ""),
        ("> 1_000", "`> 1_000`, which compares with no number", ""),
        ("> inf", "`> inf`, which compares with no number", ""),
        ("> 1e999", "`> 1e999`, which compares with no number", ""),
        ("> 5, > ", "`> 5, > `, which compares with no number", ""),
        ("> 5, < 3", "`> 5, < 3`, which no number meets", ""),
        ("> 5, < 5", "`> 5, < 5`, which no number meets", ""),
        ("== 5, != 5", "`== 5, != 5`, which no number meets", ""),
    ],
)
def test_what_is_no_comparison_is_refused(text: str, reason: str, suggestion: str) -> None:
    with pytest.raises(ComparisonRefused) as refused:
        parse_range(text)
    assert (str(refused.value), refused.value.suggestion) == (reason, suggestion)


def test_a_comparison_of_more_than_100_characters_is_refused() -> None:
    assert parse_range(">" + " " * 98 + "5") == (Bound(">", 5),)
    with pytest.raises(ComparisonRefused, match="a comparison of 101 characters"):
        parse_range(">" + " " * 99 + "5")


@pytest.mark.parametrize(
    ("text", "below", "at", "above"),
    [
        ("< 5", True, False, False),
        ("<= 5", True, True, False),
        ("== 5", False, True, False),
        ("!= 5", True, False, True),
        (">= 5", False, True, True),
        ("> 5", False, False, True),
    ],
)
def test_a_number_is_in_or_out(text: str, below: bool, at: bool, above: bool) -> None:  # noqa: FBT001
    ranges = (parse_range(text),)
    found = [in_ranges(number, ranges) for number in (4.999, 5, 5.001)]
    assert found == [Truth.of(below), Truth.of(at), Truth.of(above)]


def test_one_of_several_ranges_is_enough() -> None:
    ranges = (parse_range("< 1"), parse_range("> 2, < 3"))
    assert [in_ranges(number, ranges) for number in (0, 1, 2.5, 3)] == [
        Truth.TRUE,
        Truth.FALSE,
        Truth.TRUE,
        Truth.FALSE,
    ]


@pytest.mark.parametrize("text", ["> 0", "!= 0", "<= 0"])
def test_what_is_no_number_compares_with_nothing(text: str) -> None:
    assert in_ranges(math.nan, (parse_range(text),)) is Truth.UNKNOWN


def test_infinity_is_above_all_numbers() -> None:
    assert in_ranges(math.inf, (parse_range("> 1e300"),)) is Truth.TRUE


@pytest.mark.parametrize(
    ("text", "none", "every"),
    [
        (">= 0", False, True),
        ("< 0", True, False),
        ("> 5, < 6", True, False),
        ("!= 3", False, False),
        ("== 0", False, False),
        ("> 0", False, False),
        ("<= 9", False, False),
    ],
)
def test_which_counts_meet_a_comparison(text: str, none: bool, every: bool) -> None:  # noqa: FBT001
    bounds = parse_range(text)
    assert (no_count_meets(bounds), every_count_meets(bounds)) == (none, every)


@pytest.mark.parametrize(
    ("text", "number"),
    [("10", 10), ("-0.5", -0.5), ("1e3", 1000), ("1_0", None), (" 1", None), ("0x1", None)],
)
def test_only_what_plainly_spells_a_number_is_one(text: str, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "compared"), [("> 1", True), ("!= x", True), ("!x", False), ("a > b", False)]
)
def test_a_text_that_begins_with_a_sign_looks_compared(text: str, compared: bool) -> None:  # noqa: FBT001
    assert looks_compared(text) is compared


@pytest.mark.parametrize(
    ("number", "spelled"), [(10.0, "10"), (0.1, "0.1"), (1e-5, "1e-05"), (-2.0, "-2")]
)
def test_a_number_is_spelled_shortly(number: float, spelled: str) -> None:
    assert spell_number(number) == spelled


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_bound_reads_back_as_it_was_spelled(number: float) -> None:
    bounds = (Bound(">=", number),)
    assert parse_range(spell_range(bounds)) == bounds
