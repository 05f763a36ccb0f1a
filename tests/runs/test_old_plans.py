"""A stored plan may lie for long: it takes what is due still, and only under its own name."""

import pytest
from tests.runs.stage import DAY, EXPERIMENT, Stage
from tests.runs.test_holds import ONLY_STRAY, hold, release
from tests.runs.test_selections import selected, stored
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.application.documents import create_document, read_document
from sagewarden.core.keys import plan_key


@pytest.fixture
def plan(due: Stage) -> str:
    """The digest of a stored plan of all that is due."""
    return stored(due, selected(due, "old-trees", "strays"), ["old-trees", "strays"])


def test_what_is_due_still_goes_long_after(due: Stage, plan: str) -> None:
    due.pass_time(400 * DAY)
    assert due.apply(plan).exit_code == 0
    assert due.effects() == SMALL_EFFECTS


def test_what_lost_its_mark_since_is_kept(due: Stage, plan: str) -> None:
    """A sweep found it held; that it is released does not bring its mark back."""
    hold(due, EXPERIMENT, "old-small")
    due.sweep()
    release(due)
    due.pass_time(400 * DAY)
    assert due.apply(plan).exit_code == 3
    assert due.effects() == ONLY_STRAY


def test_what_is_marked_anew_since_waits_for_its_day(due: Stage, plan: str) -> None:
    hold(due, EXPERIMENT, "old-small")
    due.sweep()
    release(due)
    due.sweep()
    due.pass_time(DAY)
    assert due.apply(plan).exit_code == 3
    assert due.effects() == ONLY_STRAY


def test_a_plan_under_the_name_of_another_is_none(due: Stage, plan: str) -> None:
    """Else the approval of one plan would let another begin."""
    other, target = "0" * 64, due.session.target
    content = read_document(due.vault, plan_key(target, plan))
    create_document(due.vault, plan_key(target, other), content)
    assert (due.apply(other).exit_code, due.effects()) == (5, [])


def test_a_hold_that_no_run_saw_starts_the_grace_anew(due: Stage) -> None:
    """It came and went between two sweeps, after everything was due."""
    hold(due, EXPERIMENT, "Old-Small")
    due.pass_time(60)
    release(due)
    due.sweep()
    assert due.effects() == ONLY_STRAY
