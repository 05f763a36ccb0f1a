"""Where a Search may go on, and what of a record is known when AWS left a part of it out."""

from typing import Any

import pytest

from sagewarden.adapters.aws.search import _goes_on, _parents_of, tags_of
from sagewarden.core.entities import Parent

EXACT, LEAST = "EqualTo", "GreaterThanOrEqualTo"


@pytest.mark.parametrize(
    ("hits", "total", "more"),
    [
        (9_999, None, False),
        (10_000, None, True),
        (10_000, {"Value": 10_000, "Relation": EXACT}, True),
        (5, {"Value": 6, "Relation": EXACT}, True),
        (6, {"Value": 6, "Relation": EXACT}, False),
        (6, {"Value": 6, "Relation": LEAST}, True),
        (6, {"Relation": EXACT}, False),
    ],
)
def test_a_slice_is_the_last_only_if_nothing_says_otherwise(
    hits: int, total: dict[str, Any] | None, *, more: bool
) -> None:
    assert _goes_on(hits, total) is more


def test_tags_of_which_one_is_cut_off_are_unknown() -> None:
    whole = {"Key": "team", "Value": "vision"}
    assert tags_of([whole]) == {"team": "vision"}
    assert tags_of([whole, {"Key": "sagewarden:hold"}]) is None


def test_parents_of_which_one_is_cut_off_are_unknown() -> None:
    assert _parents_of([{"TrialName": "t"}]) == (Parent("t", None),)
    assert _parents_of([{"TrialName": "t"}, {"ExperimentName": "e"}]) is None
