"""An approval binds one plan, comes from a second person if so set, and ends with its plan."""

from pathlib import Path
from typing import Any

import pytest
from tests.runs.approving import PERSON, approvals, approved
from tests.runs.stage import POLICIES, SimulatedCrash, Stage, results
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.application.documents import create_document
from sagewarden.application.judging import Asked, judge_target
from sagewarden.application.plans import StoredPlan, store_plan
from sagewarden.core.baseline import Tolerance
from sagewarden.core.canonical import spell_time
from sagewarden.core.entities import Kind
from sagewarden.core.keys import Family, approval_key
from sagewarden.core.limits import Limit, Limits
from sagewarden.errors import UsageError


def crash_after(stage: Stage, count: int) -> None:
    """Let the next sweep die once so many effects were applied."""

    def at(when: str, _what: str) -> None:
        if when == "after" and len(stage.effects()) == count:
            raise SimulatedCrash

    stage.at = at
    with pytest.raises(SimulatedCrash):
        stage.sweep()
    stage.at = lambda _when, _what: None


def maker(stage: Stage) -> str:
    return stage.bench().surveys.caller().arn


def digest(stage: Stage) -> str:
    (key,) = stage.keys(Family.PLANS)
    return key.rpartition("/")[2]


def test_a_plan_whose_run_died_goes_on_under_the_same_approval(waiting: Stage) -> None:
    """It is spent once, when the plan has ended."""
    crash_after(approved(waiting), 2)
    assert approvals(waiting) == ["given"]
    assert waiting.sweep().exit_code == 0
    assert waiting.effects() == SMALL_EFFECTS
    assert approvals(waiting) == ["given", "spent"]


def test_a_spent_approval_lets_nothing_begin(waiting: Stage) -> None:
    """What the first run left alone needs another one."""
    waiting.tag(Kind.COMPONENT, "both")
    approved(waiting).sweep()
    waiting.make(
        "DeleteTags",
        ResourceArn=waiting.arn(Kind.COMPONENT, "both"),
        TagKeys=["sagewarden:hold"],
    )
    before = waiting.effects()
    report = waiting.apply(digest(waiting))
    assert (report.exit_code, waiting.effects()) == (6, before)


def test_a_plan_that_has_ended_is_told_from_one_that_nobody_approved(waiting: Stage) -> None:
    """Else who applies it again wonders where the approval went."""
    ended = approved(waiting).sweep().run
    (told,) = waiting.apply(digest(waiting)).advice
    assert f"ended in run {ended}, and what it left waits for approval" in told


def test_each_item_that_no_longer_matches_is_told_with_its_reason(waiting: Stage) -> None:
    waiting.tag(Kind.COMPONENT, "both")
    report = approved(waiting).sweep()
    left = [row for row in report.outcomes if row.result == "not attempted"]
    assert {row.name.lower() for row in left} >= {"alone", "both", "old-1", "old-2", "old-small"}
    assert all("sagewarden:hold" in row.detail for row in left)
    assert results(report)["delete trial-component stray-1"] == "done"


def test_who_made_a_plan_cannot_approve_it_when_two_persons_must(waiting: Stage) -> None:
    waiting.two_persons = True
    with pytest.raises(UsageError, match="may be the same person"):
        approved(waiting, maker(waiting))


def test_a_second_person_lets_a_plan_begin(waiting: Stage) -> None:
    waiting.two_persons = True
    approved(waiting).sweep()
    assert waiting.effects() == SMALL_EFFECTS


def test_an_approval_from_before_two_persons_were_asked_for_does_not_count(waiting: Stage) -> None:
    approved(waiting, maker(waiting))
    waiting.two_persons = True
    assert waiting.sweep().exit_code == 6
    assert waiting.effects() == []


def forge(stage: Stage, **changes: Any) -> None:
    """Write an approval into the vault by hand."""
    now = spell_time(stage.clockwork.wall())
    given = {"digest": digest(stage), "by": PERSON, "at": now, "expires": now} | changes
    key = approval_key(stage.session.target, digest(stage), 1, "given")
    create_document(stage.vault, key, given)


@pytest.mark.parametrize(
    "changes",
    [{"digest": "0" * 64}, {"by": None}, {"at": "soon"}, {"expires": None}],
    ids=["another plan's", "nobody's", "of no time", "without an end"],
)
def test_a_broken_approval_lets_nothing_begin(waiting: Stage, changes: dict[str, Any]) -> None:
    forge(waiting, **changes)
    assert waiting.sweep().exit_code == 5
    assert waiting.effects() == []


def test_no_approval_lasts_longer_than_three_days(waiting: Stage) -> None:
    """Whatever it says of itself."""
    forge(waiting, at="2020-01-01T00:00:00.000Z", expires="2999-01-01T00:00:00.000Z")
    assert waiting.sweep().exit_code == 6
    assert waiting.effects() == []


def smaller(stage: Stage) -> str:
    """Store the plan that takes the stray alone."""
    bench, words = stage.bench(), frozenset({"strays"})
    judged = judge_target(bench, stage.governance(), Asked(select=words))
    store_plan(bench, StoredPlan(judged.plan, judged.extent, tuple(words)))
    return judged.plan.digest


def test_another_plan_is_refused_while_intents_are_open(waiting: Stage) -> None:
    """A run died over the whole plan; a smaller one must wait until that is settled."""
    crash_after(approved(waiting), 1)
    other = smaller(waiting)
    before = waiting.effects()
    with pytest.raises(UsageError, match="its intents are open, so plan"):
        waiting.apply(other)
    assert waiting.effects() == before
    assert waiting.open_intents() != []


def test_the_interrupted_plan_itself_may_be_applied(waiting: Stage) -> None:
    crash_after(approved(waiting), 1)
    waiting.apply(digest(waiting))
    assert waiting.effects() == SMALL_EFFECTS


def test_an_approved_plan_of_other_policies_is_void(waiting: Stage, tmp_path: Path) -> None:
    """It was approved as what those policies meant."""
    (tmp_path / "all.yaml").write_text(POLICIES.replace("grace: 7d", "grace: 8d"), "utf-8")
    approved(waiting).policies = load_policies(tmp_path)
    waiting.limits = OPEN
    waiting.sweep()
    assert (waiting.effects(), approvals(waiting)) == ([], ["given", "spent"])


def test_an_approved_plan_does_not_begin_on_an_incomplete_inventory(waiting: Stage) -> None:
    approved(waiting).fault("deny", "ListTrials", times=None)
    report = waiting.sweep()
    assert (report.exit_code, waiting.effects(), approvals(waiting)) == (3, [], ["given"])


def test_an_approved_plan_does_not_begin_on_an_inventory_that_fell(waiting: Stage) -> None:
    approved(waiting).tolerance = Tolerance(fall=0.0, tag_fall=1.0)
    waiting.make("DeleteTrialComponent", TrialComponentName="stray-1")
    report = waiting.sweep()
    assert (report.exit_code, waiting.effects()) == (4, [])
    assert approvals(waiting) == ["given"]


OPEN = Limits(automatic=Limit(1.0), hard=Limit(1.0))
