"""Each limit fires in a whole run, says its name and what to do, and survives the process."""

from dataclasses import replace

import pytest
from tests.runs.stage import COMPONENT, DAY, EXPERIMENT, GRACE, Stage
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.core.baseline import Tolerance
from sagewarden.core.limits import Limit, Limits

OPEN = Limit(1.0)
WITHIN = Limits(automatic=OPEN, hard=OPEN)


def told(stage: Stage) -> tuple[int, str]:
    """How a sweep that deleted nothing ended, and what it said first."""
    before = stage.effects()
    report = stage.sweep()
    assert stage.effects() == before
    return report.exit_code, report.advice[0]


ABOVE = [
    (Limits(Limit(0.5), OPEN), 6, "automatic", "share"),
    (Limits(OPEN, Limit(0.5)), 4, "hard", "share"),
    (Limits(Limit(1.0, 2), OPEN), 6, "automatic", "components"),
    (Limits(OPEN, Limit(1.0, 2)), 4, "hard", "components"),
    (Limits(Limit(0.0), OPEN), 6, "automatic", "share"),
    (Limits(OPEN, Limit(0.0)), 4, "hard", "share"),
    (Limits(Limit(1.0, 0), OPEN), 6, "automatic", "components"),
    (Limits(OPEN, Limit(1.0, 0)), 4, "hard", "components"),
]


@pytest.mark.parametrize(("limits", "code", "kind", "name"), ABOVE)
def test_what_is_above_a_limit_does_not_begin(
    due: Stage, limits: Limits, code: int, kind: str, name: str
) -> None:
    due.limits = limits
    ended, advice = told(due)
    assert ended == code
    assert f"(limits.{kind}.{name})" in advice
    assert "sagewarden plan --select" in advice


def test_a_held_tree_counts_all_the_same(due: Stage) -> None:
    """Limits measure what matches, not what is left of it: here only a stray would go."""
    due.tag(EXPERIMENT, "old-small")
    due.limits = Limits(Limit(0.4), OPEN)
    code, advice = told(due)
    assert code == 6
    assert "of 2 experiments match (50%)" in advice


def test_of_a_small_population_nothing_goes_without_approval(due: Stage) -> None:
    due.limits = replace(WITHIN, smallest=3)
    code, advice = told(due)
    assert code == 6
    assert "of fewer than 3 nothing goes without approval (limits.smallest_population)" in advice


def again(stage: Stage, *names: str) -> None:
    """Make strays, and let them become due."""
    for name in names:
        stage.component(name)
    stage.pass_time(31 * DAY)
    stage.sweep()
    stage.pass_time(GRACE)


@pytest.mark.parametrize(
    ("limits", "code"),
    [(Limits(Limit(1.0, 3), OPEN), 6), (Limits(OPEN, Limit(1.0, 3)), 4)],
    ids=["automatic", "hard"],
)
def test_what_went_within_a_day_counts_too(small: Stage, limits: Limits, code: int) -> None:
    """Three components went; half a day later a fourth is one too many, a day later it is not."""
    small.component("stray-2")
    small.tag(COMPONENT, "stray-2")
    small.pass_time(60 * DAY)
    small.sweep()
    small.pass_time(DAY / 2)
    arn = small.arn(COMPONENT, "stray-2")
    small.make("DeleteTags", ResourceArn=arn, TagKeys=["sagewarden:hold"])
    small.sweep()
    small.pass_time(GRACE - DAY / 2)
    small.box.admin.clear_calls()
    small.sweep()
    assert small.effects() == SMALL_EFFECTS
    small.pass_time(DAY / 2)
    small.limits = limits
    ended, advice = told(small)
    assert ended == code
    assert "match or were deleted within 24 hours (3)" in advice
    small.pass_time(DAY / 2)
    small.sweep()
    assert small.effects() == [*SMALL_EFFECTS, "trialcomponent stray-2"]


def test_a_jump_since_the_last_plan_waits(due: Stage) -> None:
    """Four components matched at the last plan; now nine do."""
    due.sweep()
    again(due, *(f"stray-more-{each}" for each in range(9)))
    due.limits = Limits(Limit(1.0, None, 1.0), OPEN)
    code, advice = told(due)
    assert code == 6
    assert "(limits.automatic.growth)" in advice


def test_a_jump_beyond_the_hard_growth_is_refused(due: Stage) -> None:
    due.sweep()
    again(due, *(f"stray-more-{each}" for each in range(9)))
    due.limits = Limits(OPEN, Limit(1.0, None, 1.0))
    assert told(due)[0] == 4


def test_an_inventory_that_fell_is_not_believed(due: Stage) -> None:
    """Somebody else deleted most of the account, or a permission hides it: nobody can tell."""
    due.tolerance = Tolerance(0.1, 1.0)
    due.erase("active")
    due.erase("stray-1")
    code, advice = told(due)
    assert code == 4
    assert "(limits.fall)" in advice
    assert "sagewarden baseline accept" in advice


def test_tags_that_vanished_are_not_believed(stage: Stage) -> None:
    """A tag that holds may be among those that nobody sees any more."""
    for name in ("stray-1", "stray-2"):
        stage.component(name)
        stage.tag(COMPONENT, name, "owner")
    stage.pass_time(60 * DAY)
    stage.mark()
    for name in ("stray-1", "stray-2"):
        stage.make("DeleteTags", ResourceArn=stage.arn(COMPONENT, name), TagKeys=["owner"])
    stage.tolerance = Tolerance(1.0, 0.2)
    code, advice = told(stage)
    assert code == 4
    assert "(limits.tag_fall)" in advice


def test_inside_all_limits_a_plan_begins(due: Stage) -> None:
    due.limits = Limits(Limit(0.8, 4, 1.0), OPEN)
    due.sweep()
    assert due.effects() == SMALL_EFFECTS
