"""`plan --select` makes a smaller plan that is complete in itself."""

from collections.abc import Iterable

import pytest
from tests.runs.stage import COMPONENT, Stage
from tests.runs.test_holds import hold
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.application.baseline import read_baseline
from sagewarden.application.judging import Asked, Judged, judge_target
from sagewarden.application.plans import StoredPlan, approve_plan, store_plan
from sagewarden.core.entities import Kind
from sagewarden.core.limits import Limit, Limits, Room
from sagewarden.errors import LimitReached

NARROW = Limits(automatic=Limit(0.0, components=1), hard=Limit(0.3))
"""One stray of five components is inside; four components of a tree are not."""


def selected(stage: Stage, *words: str) -> Judged:
    """What `plan --select` does, word by word."""
    bench = stage.bench()
    bench.surveys.caller()
    return judge_target(bench, stage.governance(), Asked(select=frozenset(words)))


def stored(stage: Stage, judged: Judged, words: Iterable[str]) -> str:
    store_plan(stage.bench(), StoredPlan(judged.plan, judged.extent, tuple(words)))
    return judged.plan.digest


@pytest.mark.parametrize("words", [("strays",), ("stray-1",), ("strays", "stray-1")])
def test_a_selection_is_done_and_nothing_else(due: Stage, words: tuple[str, ...]) -> None:
    digest = stored(due, selected(due, *words), words)
    assert due.apply(digest).exit_code == 0
    assert due.effects() == ["trialcomponent stray-1"]


def test_what_was_left_out_is_still_due(due: Stage) -> None:
    due.apply(stored(due, selected(due, "strays"), ["strays"]))
    due.sweep()
    assert due.effects() == [SMALL_EFFECTS[-1], *SMALL_EFFECTS[:-1]]


def test_a_selection_of_everything_has_the_digest_of_the_whole(due: Stage) -> None:
    whole, part = due.judged(), selected(due, "strays")
    assert selected(due, "strays", "old-trees").plan.digest == whole.plan.digest
    assert part.plan.digest != whole.plan.digest


def test_the_words_are_no_part_of_the_digest(due: Stage) -> None:
    assert selected(due, "strays").plan.digest == selected(due, "stray-1").plan.digest


def test_limits_measure_what_is_selected(due: Stage) -> None:
    due.limits = NARROW
    whole, part = due.judged(), selected(due, "strays")
    assert (whole.measure.room, part.measure.room) == (Room.REFUSED, Room.NEEDS_APPROVAL)
    assert part.extent.matched == {Kind.COMPONENT: 1, Kind.TRIAL: 0, Kind.EXPERIMENT: 0}
    assert part.extent.population == whole.extent.population


def test_a_selection_begins_where_the_whole_is_refused(due: Stage) -> None:
    due.limits = NARROW
    digest = stored(due, selected(due, "strays"), ["strays"])
    approve_plan(due.bench(), digest, "arn:somebody", due.governance().approvals)
    report = due.sweep()
    assert due.effects() == ["trialcomponent stray-1"]
    assert report.exit_code == LimitReached.exit_code


def test_a_selection_is_no_plan_to_measure_growth_by(due: Stage) -> None:
    """After it the whole would seem to have grown."""
    due.limits = Limits(automatic=Limit(1.0, growth=0.1), hard=Limit(1.0))
    due.apply(stored(due, selected(due, "strays"), ["strays"]))
    found = read_baseline(due.bench()).baseline
    assert found is not None
    assert (found.plan, found.matched) == ("", None)
    assert due.sweep().exit_code == 0


def test_what_is_held_is_in_no_selection(due: Stage) -> None:
    hold(due, COMPONENT, "stray-1")
    assert selected(due, "stray-1").plan.units == ()


@pytest.mark.parametrize("word", ["nothing", "alone", "old-1"])
def test_a_word_that_selects_nothing_is_told(due: Stage, word: str) -> None:
    """A part of a tree is no selection: trees go whole, or not at all."""
    assert selected(due, word).judgements.unfound == [word]
