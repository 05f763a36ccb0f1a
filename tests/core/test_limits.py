"""Limits: what a plan may take, and how a refusal reads."""

from datetime import timedelta

import pytest

from sagewarden.core.entities import Kind
from sagewarden.core.limits import DAY, Extent, Limit, Limits, Past, Room, measure

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
        ("hard limit: 60 of 100 trials match (60%), allowed are 50% (limits.hard.share)",),
    )


def test_every_limit_that_is_exceeded_is_told() -> None:
    found = measure(
        Extent({Kind.TRIAL: 2, Kind.COMPONENT: 16}, POPULATION),
        Limits(Limit(0.015, 10), OPEN),
        Past(),
    )
    assert found.exceeded == (
        (
            "automatic limit: 16 of 1000 trial-components match (1.6%), allowed are 1.5% "
            "(limits.automatic.share)"
        ),
        "automatic limit: 2 of 100 trials match (2%), allowed are 1.5% (limits.automatic.share)",
        "automatic limit: 16 trial-components match, allowed are 10 (limits.automatic.components)",
    )


def test_inside_all_limits_nothing_is_told() -> None:
    assert measure(Extent(POPULATION, POPULATION), Limits(OPEN, OPEN), Past()).exceeded == ()


def test_of_nothing_nothing_may_match() -> None:
    found = measure(Extent({Kind.TRIAL: 1}, {}), Limits(OPEN, OPEN), Past())
    assert found.exceeded == (
        "hard limit: 1 of 0 trials match (of nothing), allowed are 100% (limits.hard.share)",
    )


GONE = {Kind.COMPONENT: 60}
"""What was deleted within the last 24 hours."""


def test_what_was_deleted_within_a_day_counts_as_if_the_plan_took_it_too() -> None:
    """50 now and 60 before are 110 of the 1060 that there were."""
    found = measure(
        Extent({Kind.COMPONENT: 50}, POPULATION), Limits(Limit(0.1), OPEN), Past(deleted=GONE)
    )
    assert found.exceeded == (
        (
            "automatic limit: 110 of 1060 trial-components match or were deleted within 24 hours "
            "(60) (10.38%), allowed are 10% (limits.automatic.share)"
        ),
    )


def test_a_count_has_the_day_in_it_too() -> None:
    found = measure(
        Extent({Kind.COMPONENT: 50}, POPULATION), Limits(Limit(1.0, 109), OPEN), Past(deleted=GONE)
    )
    assert found.exceeded == (
        (
            "automatic limit: 110 trial-components match or were deleted within 24 hours (60), "
            "allowed are 109 (limits.automatic.components)"
        ),
    )


def test_a_plan_that_takes_nothing_of_a_kind_exceeds_nothing_by_what_went_before() -> None:
    past = Past(deleted={Kind.COMPONENT: 1000})
    limits = Limits(Limit(0.1, 10), Limit(0.5, 10))
    assert measure(Extent({Kind.TRIAL: 1}, POPULATION), limits, past).room is Room.INSIDE


@pytest.mark.parametrize(
    ("matched", "found"), [(200, Room.INSIDE), (201, Room.NEEDS_APPROVAL)], ids=str
)
def test_a_jump_beyond_the_growth_allowed_needs_approval(matched: int, found: Room) -> None:
    """A growth of 1.0 is as much again as matched at the last plan."""
    limits = Limits(Limit(1.0, None, 1.0), OPEN)
    past = Past(matched={Kind.COMPONENT: 100})
    assert measure(Extent({Kind.COMPONENT: matched}, POPULATION), limits, past).room is found


def test_a_jump_is_told_in_words() -> None:
    limits = Limits(Limit(1.0, None, 0.5), OPEN)
    past = Past(matched={Kind.COMPONENT: 100})
    assert measure(Extent({Kind.COMPONENT: 151}, POPULATION), limits, past).exceeded == (
        (
            "automatic limit: 151 trial-components match, 100 did at the last plan; allowed are "
            "50% more (limits.automatic.growth)"
        ),
    )


def test_before_the_first_plan_nothing_is_a_jump() -> None:
    limits = Limits(Limit(1.0, None, 0.0), OPEN)
    assert measure(Extent({Kind.TRIAL: 100}, POPULATION), limits, Past()).room is Room.INSIDE


def test_a_plan_that_was_made_smaller_is_no_measure_of_growth() -> None:
    past = Past(deleted=GONE, matched={Kind.TRIAL: 1})
    assert past.without_growth() == Past(deleted=GONE)


def test_no_limit_of_growth_means_none_is_measured() -> None:
    past = Past(matched={Kind.TRIAL: 1})
    limits = Limits(OPEN, OPEN)
    assert measure(Extent({Kind.TRIAL: 100}, POPULATION), limits, past).room is Room.INSIDE


def test_a_growth_of_zero_means_none() -> None:
    """Not even the few that are no jump otherwise."""
    limits = Limits(Limit(1.0, None, 0.0), OPEN, smallest=5)
    past = Past(matched={Kind.COMPONENT: 100})
    found = measure(Extent({Kind.COMPONENT: 101}, POPULATION), limits, past)
    assert found.room is Room.NEEDS_APPROVAL


@pytest.mark.parametrize(("more", "found"), [(10, Room.INSIDE), (11, Room.NEEDS_APPROVAL)], ids=str)
def test_a_hundredth_of_all_is_no_jump(more: int, found: Room) -> None:
    limits = Limits(Limit(1.0, None, 0.5), OPEN)
    past = Past(matched={Kind.COMPONENT: 2})
    assert measure(Extent({Kind.COMPONENT: 2 + more}, POPULATION), limits, past).room is found


@pytest.mark.parametrize(("more", "found"), [(20, Room.INSIDE), (21, Room.NEEDS_APPROVAL)], ids=str)
def test_fewer_than_the_smallest_population_are_no_jump(more: int, found: Room) -> None:
    limits = Limits(Limit(1.0, None, 0.5), OPEN, smallest=20)
    past = Past(matched={Kind.TRIAL: 2})
    assert measure(Extent({Kind.TRIAL: 2 + more}, POPULATION), limits, past).room is found


def test_without_a_smallest_population_one_more_may_be_a_jump() -> None:
    """Of ten a hundredth is none, and half of one is less than one."""
    past = Past(matched={Kind.EXPERIMENT: 1})
    limits = Limits(Limit(1.0, None, 0.5), OPEN)
    found = measure(Extent({Kind.EXPERIMENT: 2}, POPULATION), limits, past)
    assert found.room is Room.NEEDS_APPROVAL


def test_of_fewer_than_the_smallest_population_nothing_goes_without_approval() -> None:
    limits = Limits(OPEN, OPEN, smallest=20)
    found = measure(Extent({Kind.EXPERIMENT: 1}, POPULATION), limits, Past())
    assert (found.room, found.exceeded) == (
        Room.NEEDS_APPROVAL,
        (
            (
                "automatic limit: 1 of only 10 experiments match, of fewer than 20 nothing goes "
                "without approval (limits.smallest_population)"
            ),
        ),
    )


def test_the_smallest_population_itself_is_large_enough() -> None:
    limits = Limits(OPEN, OPEN, smallest=10)
    found = measure(Extent({Kind.EXPERIMENT: 1}, POPULATION), limits, Past())
    assert found.room is Room.INSIDE


def test_a_small_population_of_which_nothing_goes_is_nobodys_concern() -> None:
    limits = Limits(OPEN, OPEN, smallest=20)
    assert measure(Extent({Kind.TRIAL: 1}, POPULATION), limits, Past()).room is Room.INSIDE


def test_a_day_has_24_hours() -> None:
    assert timedelta(days=1) == DAY


def test_a_count_that_is_reached_exactly_is_inside() -> None:
    limits = Limits(Limit(1.0, components=10), OPEN)
    assert [room(limits, component=count) for count in (9, 10, 11)] == [
        Room.INSIDE,
        Room.INSIDE,
        Room.NEEDS_APPROVAL,
    ]


def test_the_first_of_a_kind_since_the_last_plan_is_a_jump() -> None:
    """No count of it then means none."""
    limits = Limits(Limit(1.0, growth=1.0), OPEN)
    extent = Extent({Kind.EXPERIMENT: 1}, POPULATION)
    assert measure(extent, limits, Past(matched={})).room is Room.NEEDS_APPROVAL


def test_a_kind_of_which_nothing_matches_is_no_jump() -> None:
    limits = Limits(Limit(1.0, growth=0.0), OPEN, smallest=5)
    assert measure(Extent({}, {}), limits, Past(matched={})).room is Room.INSIDE


def test_without_growth_one_more_is_a_jump() -> None:
    limits = Limits(Limit(1.0, growth=0.0), OPEN)
    extent = Extent({Kind.COMPONENT: 1}, POPULATION)
    assert measure(extent, limits, Past(matched={})).room is Room.NEEDS_APPROVAL
