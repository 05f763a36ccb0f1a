"""What Search and List say of one name, in whatever order it comes."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from sagewarden.adapters.aws.search import Found
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.reconcile import Listing, reconcile

OLD = datetime(2026, 1, 1, tzinfo=UTC)
BEGAN = OLD + timedelta(days=60)
LATER = OLD + timedelta(days=3)


def record(created: datetime = OLD, status: str = "Completed") -> dict[str, Any]:
    """One of Search's hits."""
    return {
        "TrialComponentName": "C",
        "TrialComponentArn": "arn:aws:sagemaker:us-east-1:1:experiment-trial-component/c",
        "CreationTime": created,
        "LastModifiedTime": created,
        "Status": {"PrimaryStatus": status},
        "Tags": [],
        "Parents": [],
    }


def line(created: datetime = OLD, status: str = "Completed") -> Listing:
    """One of List's lines."""
    arn = "arn:aws:sagemaker:us-east-1:1:experiment-trial-component/c"
    return Listing("C", arn, created, created, status)


def settled(told: tuple[dict[str, Any] | Listing, ...]) -> Entity:
    """Take all in, in this order, and settle."""
    found = Found(Kind.COMPONENT)
    for each in told:
        found.list(each) if isinstance(each, Listing) else found.add(each)
    return reconcile(found.records, found.listed, BEGAN, timedelta()).entities["c"]


def test_what_both_say_alike_is_held_once() -> None:
    found = Found(Kind.COMPONENT)
    found.add(record())
    found.list(line())
    assert (found.listed, found.count) == ({"c": None}, 1)


@pytest.mark.parametrize(
    "told",
    [
        (record(), line()),
        (record(), record(), line()),
        (record(), record(LATER), line(LATER)),
        (record(), line(status="InProgress")),
        (record(), line(LATER)),
    ],
)
def test_the_order_in_which_they_come_makes_no_difference(
    told: tuple[dict[str, Any] | Listing, ...],
) -> None:
    first, *others = [settled(each) for each in permutations(told)]
    assert all(each == first for each in others)


def test_a_record_that_changed_after_its_line_is_compared_anew() -> None:
    """A hit that comes twice counts once: the later one, and List did not say that."""
    seen = settled((record(), line(), record(status="InProgress")))
    assert seen.doubt == "its status is InProgress by Search, Completed by List"
