"""What keeps a run from deleting at all: limits, approvals, pause, gaps, the wrong account."""

from datetime import datetime, timedelta

import pytest
from tests.runs.approving import PERSON, STRICT, approvals, approve, approved
from tests.runs.stage import COMPONENT, DAY, GRACE, Clockwork, Stage, open_session, results
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.application.documents import create_document
from sagewarden.application.pause import set_pause
from sagewarden.core.baseline import Tolerance
from sagewarden.core.canonical import spell_time
from sagewarden.core.keys import Family, approval_key
from sagewarden.core.limits import Limit, Limits
from sagewarden.errors import LimitReached, WrongIdentity

HARD = Limits(automatic=Limit(0.1), hard=Limit(0.2))


def test_above_the_automatic_limit_a_plan_is_stored_and_waits(due: Stage) -> None:
    due.limits = STRICT
    report = due.sweep()
    assert (report.exit_code, due.effects(), due.open_intents()) == (6, [], [])
    assert len(due.keys(Family.PLANS)) == 1


def test_an_approved_plan_is_applied_as_stored_by_the_next_sweep(waiting: Stage) -> None:
    report = approved(waiting).sweep()
    assert (report.exit_code, waiting.effects()) == (0, SMALL_EFFECTS)


def test_an_approval_is_spent_when_its_plan_ends(waiting: Stage) -> None:
    approved(waiting).sweep()
    assert approvals(waiting) == ["given", "spent"]


def test_an_approval_that_is_older_than_three_days_lets_nothing_begin(waiting: Stage) -> None:
    approved(waiting).pass_time(3 * DAY + 60)
    assert waiting.sweep().exit_code == 6
    assert waiting.effects() == []


def test_an_approved_plan_leaves_out_what_no_longer_matches(waiting: Stage) -> None:
    """The held tree is kept, one by one the rest goes, and the report says so."""
    waiting.tag(COMPONENT, "both")
    report = approved(waiting).sweep()
    assert waiting.effects() == [SMALL_EFFECTS[-1]]
    assert (report.exit_code, results(report)["delete trial old-1"]) == (3, "not attempted")


def test_what_became_due_since_is_planned_after_the_approved_plan(waiting: Stage) -> None:
    """Two plans in one run: both are journalled, archived and done."""
    waiting.component("stray-late")
    waiting.pass_time(31 * DAY)
    waiting.sweep()
    waiting.pass_time(GRACE)
    waiting.box.admin.clear_calls()
    stored = [key.rpartition("/")[2] for key in waiting.keys(Family.PLANS)]
    approve(waiting, stored[0])
    waiting.limits = Limits(automatic=Limit(1.0), hard=Limit(1.0))
    report = waiting.sweep()
    assert waiting.effects() == [*SMALL_EFFECTS, "trialcomponent stray-late"]
    assert (report.exit_code, len(report.outcomes), waiting.open_intents()) == (0, 11, [])


def test_above_the_hard_limit_nothing_goes(due: Stage) -> None:
    due.limits = HARD
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (4, [])


def test_a_plan_above_the_hard_limit_cannot_be_approved(due: Stage) -> None:
    due.limits = HARD
    due.sweep()
    with pytest.raises(LimitReached):
        approved(due)


def test_above_the_hard_limit_nothing_goes_even_when_approved(due: Stage) -> None:
    """Somebody wrote the approval into the vault by hand."""
    due.limits = HARD
    due.sweep()
    digest = due.keys(Family.PLANS)[0].rpartition("/")[2]
    key = approval_key(due.session.target, digest, 1, "given")
    given = {"digest": digest, "by": PERSON, "at": spell_time(due.clockwork.wall())}
    create_document(due.vault, key, given | {"expires": "2999-01-01T00:00:00.000Z"})
    assert due.sweep().exit_code == 4
    assert due.effects() == []


def test_a_paused_target_is_left_alone(due: Stage) -> None:
    set_pause(due.vault, due.session.target, {"paused": True, "by": "ada"})
    report = due.sweep()
    assert (report.exit_code, due.effects(), due.entries()) == (3, [], [])


def test_a_run_on_a_paused_target_does_not_even_read_it(due: Stage) -> None:
    """It asks for the switch first: no mark moves, and nothing that a dead run left is touched."""
    set_pause(due.vault, due.session.target, {"paused": True, "by": "ada"})
    due.sweep()
    assert due.calls() == []


def test_a_pause_in_the_middle_stops_before_the_next_bundle(due: Stage) -> None:
    """The bundle under way comes to its end; the rest is told as not attempted."""

    def press(when: str, _what: str) -> None:
        if when == "after" and len(due.effects()) == 1:
            set_pause(due.vault, None, {"paused": True, "by": "ada"})

    due.at = press
    report = due.sweep()
    assert due.effects() == SMALL_EFFECTS[:5]
    assert (report.exit_code, results(report)["delete trial old-1"]) == (3, "not attempted")


def test_a_pause_in_the_middle_does_not_spend_the_approval(waiting: Stage) -> None:
    """Its plan has not ended: it goes on when the switch is off again."""

    def press(when: str, _what: str) -> None:
        if when == "after" and len(waiting.effects()) == 1:
            set_pause(waiting.vault, None, {"paused": True, "by": "ada"})

    approved(waiting).at = press
    waiting.sweep()
    waiting.at = lambda _when, _what: None
    set_pause(waiting.vault, None, {"paused": False})
    assert waiting.sweep().exit_code == 0
    assert waiting.effects() == SMALL_EFFECTS


def test_an_incomplete_inventory_deletes_nothing_and_moves_no_mark(due: Stage) -> None:
    marks = due.keys(Family.MARKS)
    due.fault("deny", "ListTrials", times=None)
    report = due.sweep()
    assert (report.exit_code, report.complete, due.effects()) == (3, False, [])
    assert due.keys(Family.MARKS) == marks


def test_after_an_incomplete_inventory_what_was_due_is_still_due(due: Stage) -> None:
    due.fault("deny", "ListTrials", times=None)
    due.sweep()
    due.box.admin.clear_rules()
    due.sweep()
    assert due.effects() == SMALL_EFFECTS


def test_another_account_is_refused_before_anything_is_read_or_written(due: Stage) -> None:
    before = due.keys(Family.MARKS), due.keys(Family.REPORTS)
    due.session = open_session(due.box, due.clockwork, "210987654321")
    with pytest.raises(WrongIdentity):
        due.sweep()
    assert due.calls() == []
    due.session = open_session(due.box, due.clockwork)
    assert (due.keys(Family.MARKS), due.keys(Family.REPORTS)) == before


def test_a_clock_that_is_off_by_more_than_a_minute_stops_effects(due: Stage) -> None:
    due.session = open_session(due.box, Fast(due.box))
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (3, [])


class Fast(Clockwork):
    """A machine whose clock is two minutes ahead of AWS."""

    def wall(self) -> datetime:
        return super().wall() + timedelta(minutes=2)


class Slow(Clockwork):
    """A machine whose clock is two minutes behind AWS."""

    def wall(self) -> datetime:
        return super().wall() - timedelta(minutes=2)


def test_a_clock_that_is_behind_by_more_than_a_minute_stops_effects(due: Stage) -> None:
    due.session = open_session(due.box, Slow(due.box))
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (3, [])


def test_an_inventory_that_fell_deletes_nothing(due: Stage) -> None:
    """Whoever deleted it, a person says first that the account is as it should be."""
    due.tolerance = Tolerance(fall=0.0, tag_fall=1.0)
    due.erase("active")
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (4, [])
