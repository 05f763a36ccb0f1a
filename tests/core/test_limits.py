"""Limits: what a plan may take, and how a refusal reads."""

import pytest

from sagewarden.core.entities import Kind
from sagewarden.core.limits import Extent, Limit, Limits, Past, Room, measure

OPEN = Limit(1.0)
POPULATION = {Kind.EXPERIMENT: 10, Kind.TRIAL: 100, Kind.COMPONENT: 1000}


def room(limits: Limits, **matched: int) -> Room:
    counts = {Kind[name.upper()]: count for name, count in matched.items()}
    return measure(Extent(counts, POPULATION), limits, Past()).room


@pytest.mark.parametrize("kind", ["experiment", "trial", "component"])
def test_a_share_of_zero_means_none(kind: str) -> None:
    limits = Limits(Limit(0.0), OPEN)
    assert [room(limits, **{kind: count}) for count in (0, 1)] == [
        Room.INSIDE,
        Room.NEEDS_APPROVAL,
    ]


def test_a_count_of_zero_means_none() -> None:
    limits = Limits(OPEN, Limit(1.0, 0))
    assert [room(limits, component=count) for count in (0, 1)] == [Room.INSIDE, Room.REFUSED]


def test_a_count_is_of_components() -> None:
    assert room(Limits(Limit(1.0, 0), OPEN), trial=100) is Room.INSIDE


@pytest.mark.parametrize(
    ("matched", "found"),
    [(29, Room.INSIDE), (30, Room.NEEDS_APPROVAL), (57, Room.NEEDS_APPROVAL), (58, Room.REFUSED)],
)
def test_a_share_is_exact(matched: int, found: Room) -> None:
    """0.29 * 100 and 0.57 * 100 are a little less than whole in floating point."""
    assert room(Limits(Limit(0.29), Limit(0.57)), trial=matched) is found


def test_a_share_is_of_each_kind() -> None:
    assert room(Limits(Limit(0.5), OPEN), experiment=6) is Room.NEEDS_APPROVAL


def test_the_hard_limit_is_told_before_the_automatic_one() -> None:
    found = measure(Extent({Kind.TRIAL: 60}, POPULATION), Limits(Limit(0.1), Limit(0.5)), Past())
    assert (found.room, found.exceeded) == (
        Room.REFUSED,
        ("hard limit: 60 of 100 trials match (60%), allowed are 50%",),
    )


def test_every_limit_that_is_exceeded_is_told() -> None:
    found = measure(
        Extent({Kind.TRIAL: 2, Kind.COMPONENT: 16}, POPULATION),
        Limits(Limit(0.015, 10), OPEN),
        Past(),
    )
    assert found.exceeded == (
        "automatic limit: 16 of 1000 trial-components match (1.6%), allowed are 1.5%",
        "automatic limit: 2 of 100 trials match (2%), allowed are 1.5%",
        "automatic limit: 16 trial-components match, allowed are 10",
    )


def test_inside_all_limits_nothing_is_told() -> None:
    assert measure(Extent(POPULATION, POPULATION), Limits(OPEN, OPEN), Past()).exceeded == ()


def test_of_nothing_nothing_may_match() -> None:
    found = measure(Extent({Kind.TRIAL: 1}, {}), Limits(OPEN, OPEN), Past())
    assert found.exceeded == ("hard limit: 1 of 0 trials match (of nothing), allowed are 100%",)
