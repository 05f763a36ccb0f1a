"""What our own runs deleted of late: counted from confirmed outcomes, each bundle once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.core.test_journal import INTENT, SETTLED
from tests.core.worlds import NOW, through_json

from sagewarden.core.deletions import Deleted, deleted_by, joined, total, total_of
from sagewarden.core.entities import Kind
from sagewarden.core.journal import Outcome, Result
from sagewarden.core.plan import Effect

TREE = {Kind.COMPONENT: 2, Kind.TRIAL: 1, Kind.EXPERIMENT: 1}
"""What the journal's example deletes, by kind."""


def deleted(run: str = "r", sequence: int = 1, *, hours: float = 0, plan: str = "p") -> Deleted:
    """A bundle that deleted three components so many hours ago."""
    return Deleted(run, sequence, plan, NOW - timedelta(hours=hours), {Kind.COMPONENT: 3})


def test_a_bundle_counts_its_deletes_by_kind() -> None:
    found = deleted_by(INTENT, SETTLED)
    assert found is not None
    assert (found.run, found.sequence, found.plan, found.counts) == ("r", 1, "p", TREE)


@pytest.mark.parametrize("result", [each for each in Result if each is not Result.DONE], ids=str)
def test_only_what_is_done_counts(result: Result) -> None:
    outcomes = tuple(Outcome(step, result) for step in INTENT.steps)
    assert deleted_by(INTENT, replace(SETTLED, outcomes=outcomes)) is None


def test_an_edge_is_no_delete() -> None:
    cuts = [each for each in SETTLED.outcomes if each.step.effect is Effect.DISASSOCIATE]
    assert deleted_by(INTENT, replace(SETTLED, outcomes=tuple(cuts))) is None


def test_a_bundle_that_is_told_twice_counts_once() -> None:
    assert joined([deleted(), deleted("s")], [deleted()]) == (deleted(), deleted("s"))


def test_bundles_of_one_run_are_told_apart() -> None:
    assert joined([deleted(sequence=2)], [deleted(sequence=1)]) == (deleted(), deleted(sequence=2))


def test_what_is_older_than_asked_for_is_left_out() -> None:
    some = [deleted(hours=24), deleted(sequence=2, hours=24.01)]
    assert total(some, NOW - timedelta(hours=24))[Kind.COMPONENT] == 3


def test_one_plan_can_be_left_out() -> None:
    some = [deleted(plan="a"), deleted(plan="b")]
    assert total(some, NOW, but="a")[Kind.COMPONENT] == 3


def test_one_plan_can_be_counted_alone() -> None:
    some = [deleted(plan="a"), deleted(plan="a", hours=99), deleted(plan="b")]
    assert total_of(some, "a") == {Kind.COMPONENT: 6, Kind.TRIAL: 0, Kind.EXPERIMENT: 0}


def test_a_stored_record_reads_back_the_same() -> None:
    assert Deleted.read(through_json(deleted().spelled())) == deleted()


@pytest.mark.parametrize(
    "broken",
    [[], ["r", 1, "p", "2026-03-01T12:00:00.000Z"], ["r", 1, "p", "x", {}], ["r", 1, "p", 1, {}]],
    ids=str,
)
def test_a_broken_record_is_refused(broken: list[Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Deleted.read(broken)
