"""What decides in a policy has one spelling, whatever the order in which it was written."""

from dataclasses import replace

import pytest
from tests.core.test_tagging import tagging
from tests.core.worlds import HERE

from sagewarden.core.comparisons import Bound
from sagewarden.core.entities import Origin
from sagewarden.core.policy import (
    AllOf,
    AnyOf,
    Condition,
    CreatedBy,
    Displayed,
    Everything,
    InStatus,
    ModelsInUse,
    Named,
    OfOrigin,
    Parameter,
    Protection,
    Required,
    Tagged,
)
from sagewarden.core.rules import spelled, spelled_protection, spelled_rule

WORDS = tuple(f"w{number}" for number in range(9))
MIXED = (*WORDS[::-1], *WORDS)
"""In another order, and each twice."""


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        (Named(MIXED), "name"),
        (Tagged("t", "values", MIXED), "values"),
        (InStatus(MIXED), "status"),
        (Displayed("values", MIXED), "values"),
        (CreatedBy("values", MIXED), "values"),
        (Parameter("p", "values", MIXED), "values"),
    ],
)
def test_words_stand_once_and_sorted(condition: Condition, key: str) -> None:
    assert spelled(condition)[key] == list(WORDS)


def test_origins_stand_once_and_sorted() -> None:
    assert spelled(OfOrigin((*Origin, *Origin))) == {"origin": sorted(map(str, Origin))}


def test_bounds_and_ranges_stand_once_and_sorted() -> None:
    bounds = tuple(Bound("!=", number) for number in range(9))
    condition = Parameter("p", "values", (), (bounds[::-1], bounds, (Bound("!=", 0),)))
    told = [["!= 0"], [f"!= {number}" for number in range(9)]]
    assert spelled(condition)["ranges"] == told


def test_one_of_one_is_that_one() -> None:
    name = Named(("a",))
    assert spelled(AllOf((name, AnyOf((name, name))))) == spelled(name)


def test_everything_is_spelled_out() -> None:
    assert spelled(Everything()) == {"everything": True}


def test_what_a_required_tag_does_not_say_is_left_out() -> None:
    required = Required(key="owner", allowed=MIXED, rename=MIXED)
    assert spelled_rule(tagging(required))["require"] == {
        "owner": {"allowed": list(WORDS), "rename": list(WORDS)}
    }
    whole = replace(required, pattern="a", default="b", inherit=True, normalise=(("x", "y"),))
    assert spelled_rule(tagging(whole))["require"]["owner"].keys() == {
        "allowed",
        "rename",
        "pattern",
        "default",
        "inherit",
        "normalise",
    }


def test_a_protection_of_models_is_spelled_as_it_is_written() -> None:
    assert spelled_protection(Protection(ModelsInUse(), HERE)) == {"registered_models": True}
