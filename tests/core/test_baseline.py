"""Drift: an inventory that fell behind the last good one minus what we deleted is not believed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from tests.core.worlds import NOW, component, experiment, seen, through_json, trial

from sagewarden.core.baseline import Baseline, Census, Tolerance, census_of, drift
from sagewarden.core.entities import Kind
from sagewarden.errors import IntegrityError

HALF = Tolerance(fall=0.5, tag_fall=0.2)
NONE: Mapping[Kind, int] = {}


def counts(experiments: int = 0, trials: int = 0, components: int = 0) -> dict[Kind, int]:
    return {Kind.EXPERIMENT: experiments, Kind.TRIAL: trials, Kind.COMPONENT: components}


def census(components: int, *, tagged: int = 0, unread: int = 0) -> Census:
    """So many components, nothing else."""
    return Census(
        counts(components=components), counts(components=tagged), counts(components=unread)
    )


def before(found: Census) -> Baseline:
    return Baseline(at=NOW, run="r", census=found)


def test_an_inventory_like_the_last_one_has_not_drifted() -> None:
    found = census(10, tagged=5)
    assert drift(before(found), found, NONE, HALF) == ()


def test_more_than_there_was_is_no_drift() -> None:
    assert drift(before(census(10)), census(1000), NONE, HALF) == ()


def test_half_is_still_believed() -> None:
    assert drift(before(census(10)), census(5), NONE, HALF) == ()


def test_less_than_half_is_not_believed() -> None:
    assert drift(before(census(10)), census(4), NONE, HALF) == (
        "4 trial-components are there, at the last good run 10 were left (limits.fall)",
        "4 entities are there in all, at the last good run 10 were (limits.fall)",
    )


def test_an_empty_inventory_is_not_believed() -> None:
    assert drift(before(census(1)), census(0), NONE, HALF) == (
        "0 trial-components are there, at the last good run 1 were left (limits.fall)",
        "0 entities are there in all, at the last good run 1 were (limits.fall)",
    )


def test_what_we_deleted_ourselves_is_no_fall() -> None:
    assert drift(before(census(10)), census(4), counts(components=2), HALF) == ()


def test_less_than_half_of_what_we_left_is_not_believed() -> None:
    assert drift(before(census(10)), census(3), counts(components=2), HALF) == (
        "3 trial-components are there, at the last good run 8 were left (limits.fall)",
        "3 entities are there in all, at the last good run 8 were (limits.fall)",
    )


def test_more_deleted_than_there_was_leaves_nothing_to_miss() -> None:
    assert drift(before(census(2)), census(0), counts(components=3), HALF) == ()


def test_each_kind_is_compared_by_itself() -> None:
    there = Census(counts(10, 10, 100), NONE, NONE)
    now = Census(counts(10, 4, 100), NONE, NONE)
    assert drift(before(there), now, NONE, HALF) == (
        "4 trials are there, at the last good run 10 were left (limits.fall)",
    )


SMALL = Tolerance(fall=0.5, tag_fall=0.2, smallest=10)


@pytest.mark.parametrize(("were", "told"), [(9, 1), (10, 2)])
def test_a_small_kind_is_compared_with_all_others_together_only(were: int, told: int) -> None:
    assert len(drift(before(census(were)), census(0), NONE, SMALL)) == told


def test_a_small_kind_that_is_gone_beside_a_large_one_that_is_not_is_believed() -> None:
    there = Census(counts(9, 0, 100), NONE, NONE)
    assert drift(before(there), Census(counts(0, 0, 100), NONE, NONE), NONE, SMALL) == ()


def test_a_tolerance_is_exact() -> None:
    """0.71 of a hundred is 29 left; in floating point a little more."""
    tolerance = Tolerance(fall=0.71, tag_fall=1.0)
    assert drift(before(census(100)), census(29), NONE, tolerance) == ()


def test_twenty_points_fewer_with_tags_are_still_believed() -> None:
    assert drift(before(census(10, tagged=7)), census(10, tagged=5), NONE, HALF) == ()


def test_more_than_twenty_points_fewer_with_tags_are_not() -> None:
    assert drift(before(census(10, tagged=7)), census(10, tagged=4), NONE, HALF) == (
        "40% of the trial-components are tagged, at the last good run 70% were (limits.tag_fall)",
    )


def test_tags_that_could_not_be_read_are_no_part_of_the_coverage() -> None:
    now = census(10, tagged=3, unread=5)
    assert drift(before(census(10, tagged=7)), now, NONE, HALF) == ()


def test_what_we_deleted_was_tagged_for_all_we_know() -> None:
    """Of ten five were tagged and went: nobody misses their tags."""
    now = census(5, tagged=0)
    assert drift(before(census(10, tagged=5)), now, counts(components=5), HALF) == ()


def test_tags_of_what_we_left_are_missed() -> None:
    now = census(5, tagged=0)
    assert drift(before(census(10, tagged=7)), now, counts(components=5), HALF) == (
        "0% of the trial-components are tagged, at the last good run 40% were (limits.tag_fall)",
    )


def test_when_we_deleted_all_there_was_no_tags_are_missed() -> None:
    now = census(3, tagged=0)
    assert drift(before(census(3, tagged=3)), now, counts(components=3), HALF) == ()


@pytest.mark.parametrize(("there", "told"), [(9, 0), (10, 1)])
def test_tags_of_a_small_kind_are_not_compared(there: int, told: int) -> None:
    now = census(there, tagged=0)
    assert len(drift(before(census(there, tagged=there)), now, NONE, SMALL)) == told


def test_without_any_of_a_kind_its_tags_are_not_compared() -> None:
    lenient = Tolerance(fall=1.0, tag_fall=0.2)
    assert drift(before(census(10, tagged=10)), census(0), NONE, lenient) == ()


def test_tags_of_the_last_one_that_we_left_are_missed() -> None:
    now = census(1, tagged=0)
    assert drift(before(census(2, tagged=2)), now, counts(components=1), HALF) == (
        "0% of the trial-components are tagged, at the last good run 100% were (limits.tag_fall)",
    )


UNTOLD = Census({}, {}, {})
"""A census that leaves out every kind of which there is nothing."""


@pytest.mark.parametrize("found", [UNTOLD, Census({Kind.TRIAL: 3}, {}, {})], ids=["none", "trials"])
def test_kinds_that_a_census_leaves_out_have_not_fallen(found: Census) -> None:
    assert drift(before(found), found, NONE, HALF) == ()


def test_a_kind_that_is_left_out_now_has_fallen() -> None:
    assert drift(before(Census({Kind.TRIAL: 1}, {}, {})), UNTOLD, NONE, HALF) == (
        "0 trials are there, at the last good run 1 were left (limits.fall)",
        "0 entities are there in all, at the last good run 1 were (limits.fall)",
    )


@pytest.mark.parametrize(
    ("found", "covered"),
    [
        (UNTOLD, Fraction(1)),
        (Census({Kind.TRIAL: 2}, {}, {}), Fraction(0)),
        (Census({Kind.TRIAL: 2}, {Kind.TRIAL: 1}, {}), Fraction(1, 2)),
    ],
    ids=["no trials", "no tags", "all was read"],
)
def test_what_a_census_leaves_out_is_none(found: Census, covered: Fraction) -> None:
    assert found.coverage(Kind.TRIAL) == covered


def test_where_there_was_nothing_no_tags_are_missed() -> None:
    assert drift(before(census(0)), census(10), NONE, HALF) == ()


@pytest.mark.parametrize(
    ("tags", "is_tagged"),
    [({}, 0), ({"team": "a"}, 1), ({"sagewarden:hold": ""}, 0), ({"aws:created": "x"}, 0)],
    ids=str,
)
def test_only_tags_of_the_users_count(tags: dict[str, str], is_tagged: int) -> None:
    assert census_of(seen(experiment("e", tags=tags))).tagged == counts(experiments=is_tagged)


def test_a_census_counts_each_kind_and_what_was_not_read() -> None:
    found = census_of(seen(experiment("e"), trial("t", "e", tags=None), component("c", "t")))
    assert (found.counts, found.unread) == (counts(1, 1, 1), counts(trials=1))


def test_of_nothing_everything_is_tagged() -> None:
    assert census(3, unread=3).coverage(Kind.COMPONENT) == 1


STORED = Baseline(
    at=NOW,
    run="r",
    census=Census(counts(1, 2, 3), counts(1, 1, 1), counts(0, 0, 1)),
    by="ada",
    reason="moved",
)


@pytest.mark.parametrize("baseline", [STORED, STORED.planned("digest", counts(1, 2, 3))], ids=str)
def test_a_stored_baseline_reads_back_the_same(baseline: Baseline) -> None:
    assert Baseline.read(through_json(baseline.spelled())) == baseline


SPOILT: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda stored: stored.update(format=2),
    "no format": lambda stored: stored.pop("format"),
    "no counts": lambda stored: stored.pop("counts"),
    "counts that are none": lambda stored: stored.update(counts=3),
    "a kind unheard of": lambda stored: stored.update(tagged={"model": 1}),
    "a time that is none": lambda stored: stored.update(at="yesterday"),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_broken_baseline_is_refused(spoil: Callable[[dict[str, Any]], object]) -> None:
    stored = through_json(STORED.spelled())
    spoil(stored)
    with pytest.raises(IntegrityError, match="the baseline lacks or garbles a field"):
        Baseline.read(stored)


def test_a_baseline_says_whose_it_is() -> None:
    mine = before(census(1))
    accepted = replace(mine, by="ada", reason="moved")
    assert mine.told == f"the inventory of run r, {NOW:%Y-%m-%d %H:%M} UTC"
    assert accepted.told == f"what ada accepted at {NOW:%Y-%m-%d %H:%M} UTC: moved"
