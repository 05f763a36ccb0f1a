"""Marks: what starts them, what restarts them, when they are due."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.worlds import (
    NOW,
    RULES,
    ago,
    component,
    days,
    experiment,
    seen,
    through_json,
    trial,
)

from sagewarden.core.entities import Entity
from sagewarden.core.forest import Forest
from sagewarden.core.marks import (
    Candidate,
    Mark,
    MarkRules,
    advance,
    in_order,
    read_mark,
    waits_for,
)

TREE = (experiment("e"), trial("t", "e"), component("a", "t"), component("b", "t"))


def candidate(*entities: Entity, rule: str = "r1", grace: float = 14) -> Candidate:
    return Candidate(Forest(seen(*entities), {}).tree(entities[0]), "stale", rule, days(grace))


SOME = candidate(*TREE)


def run(mark: Mark | None, found: Candidate, now: datetime, rules: MarkRules = RULES) -> Mark:
    """The mark after one run in which its candidate was found."""
    before = {} if mark is None else {mark.place: mark}
    return advance(before, [found], now, rules)[found.place]


FIRST = run(None, SOME, NOW)


def test_a_first_match_starts_a_mark() -> None:
    assert run(None, SOME, NOW) == Mark(
        identity=TREE[0].identity,
        policy="stale",
        rule="r1",
        since=NOW,
        due=NOW + days(14),
        matches=1,
        counted=NOW,
        parts=SOME.parts,
    )


def test_a_mark_has_a_digest_of_each_part() -> None:
    assert len(FIRST.parts) == 4


def test_what_no_longer_matches_has_lost_its_mark() -> None:
    assert advance({FIRST.place: FIRST}, [], NOW, RULES) == {}


def test_each_policy_has_marks_of_its_own() -> None:
    other = SOME._replace(policy="other")
    marks = advance({FIRST.place: FIRST}, [SOME, other], NOW + days(2), RULES)
    assert [marks[each.place].matches for each in (SOME, other)] == [2, 1]


@pytest.mark.parametrize(
    ("later", "matches"),
    [(days(0), 1), (days(1) - timedelta(seconds=1), 1), (days(1), 2), (days(-2), 1)],
)
def test_matches_count_an_interval_apart(later: timedelta, matches: int) -> None:
    assert run(FIRST, SOME, NOW + later).matches == matches


def test_many_runs_in_one_interval_count_once() -> None:
    mark = FIRST
    for hour in range(1, 31):
        mark = run(mark, SOME, NOW + timedelta(hours=hour))
    assert (mark.matches, mark.counted) == (2, NOW + days(1))


CHANGES = {
    "another rule": candidate(*TREE, rule="r2"),
    "another content": candidate(*TREE[:3], replace(TREE[3], content="new")),
    "a new part": candidate(*TREE, component("c", "t")),
    "a part created anew": candidate(*TREE[:3], replace(TREE[3], created=ago(50))),
}


@pytest.mark.parametrize("found", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_starts_the_mark_anew(found: Candidate) -> None:
    announced = replace(FIRST, announced=NOW)
    later = NOW + days(20)
    assert run(announced, found, later) == run(None, found, later)


NO_CHANGES = {
    "a part that is gone": candidate(*TREE[:3]),
    "a later sign of life that the match allows": candidate(
        replace(TREE[0], modified=ago(95)), *TREE[1:]
    ),
    "tags of ours": candidate(replace(TREE[0], tags={"sagewarden:marked": "x"}), *TREE[1:]),
}


@pytest.mark.parametrize("found", NO_CHANGES.values(), ids=NO_CHANGES.keys())
def test_what_is_no_change_lets_the_mark_run_on(found: Candidate) -> None:
    later = NOW + days(20)
    assert run(FIRST, found, later) == replace(FIRST, matches=2, counted=later)


def test_a_shorter_grace_never_moves_a_due_date_forward() -> None:
    assert run(FIRST, candidate(*TREE, grace=8), NOW + days(2)).due == FIRST.due


def test_a_longer_grace_moves_it_back() -> None:
    later = run(FIRST, candidate(*TREE, grace=30), NOW + timedelta(hours=1))
    assert (later.due, later.matches) == (NOW + days(30), 1)


def test_the_shortest_grace_is_a_floor() -> None:
    assert run(None, candidate(*TREE, grace=1), NOW).due == NOW + RULES.min_grace


def test_a_higher_floor_moves_due_dates_back() -> None:
    strict = replace(RULES, min_grace=days(40))
    assert run(FIRST, SOME, NOW + days(2), strict).due == NOW + days(40)


DUE = replace(FIRST, matches=2, announced=NOW)


@pytest.mark.parametrize(
    ("mark", "later", "waits"),
    [
        (None, 20, "not marked yet"),
        (replace(DUE, matches=1), 20, "matched 1 of 2 times"),
        (DUE, 13.999, "marked, due 2026-03-15 12:00 UTC"),
        (replace(DUE, announced=None), 20, "due, but its notice was not accepted by any channel "),
        (DUE, 14, None),
    ],
)
def test_what_a_mark_waits_for(mark: Mark | None, later: float, waits: str | None) -> None:
    told = waits_for(mark, NOW + days(later), RULES)
    assert (told or "")[: len(waits or "")] == (waits or "")
    assert (told is None) == (waits is None)


def test_marks_are_spelled_in_one_order() -> None:
    other = replace(FIRST, policy="a")
    one, two = {FIRST.place: FIRST, other.place: other}, {other.place: other, FIRST.place: FIRST}
    assert in_order(one) == in_order(two) == [other, FIRST]


def test_the_parts_of_a_mark_are_in_one_order() -> None:
    """So that equal trees have equal marks, and equal marks equal snapshots."""
    parts = candidate(*TREE, *(component(f"c{number}", "t") for number in range(30))).parts
    assert list(parts) == sorted(parts)


@pytest.mark.parametrize("announced", [None, NOW])
def test_a_stored_mark_reads_back_the_same(announced: datetime | None) -> None:
    mark = replace(FIRST, announced=announced)
    assert read_mark(through_json(mark.spelled())) == mark


@pytest.mark.parametrize(
    "broken",
    [{"due": "soon"}, {"since": "2026-03-01T12:00:00"}, {"identity": ["x"]}, {"parts": None}],
    ids=str,
)
def test_a_broken_mark_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_mark(FIRST.spelled() | broken)


GRACES = st.integers(1, 60)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(GRACES, st.integers(0, 72)), min_size=1, max_size=8))
def test_a_due_date_never_comes_nearer(runs: list[tuple[int, int]]) -> None:
    """Whatever the graces of later runs, unless the mark starts anew."""
    mark, now = FIRST, NOW
    for grace, hours in runs:
        now += timedelta(hours=hours)
        later = run(mark, candidate(*TREE, grace=grace), now)
        assert later.due >= mark.due
        assert later.since == mark.since
        mark = later


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 72), min_size=1, max_size=12))
def test_matches_never_outrun_the_intervals(hours: list[int]) -> None:
    mark, now = FIRST, NOW
    for each in hours:
        now += timedelta(hours=each)
        mark = run(mark, SOME, now)
    assert mark.matches <= 1 + (now - NOW) // RULES.interval


def test_unless_a_rest_is_set_there_is_none() -> None:
    assert RULES.restored_rest == timedelta(0)
