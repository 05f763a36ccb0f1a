"""What a stored report tells an auditor: plan, approver, policy, archive, holds, limits."""

import json

from tests.runs.approving import PERSON, approved
from tests.runs.stage import Stage

from sagewarden.application.plans import stored_plan
from sagewarden.application.report_plans import plan_rows
from sagewarden.application.reporting import FIGURES_NAME, read_history
from sagewarden.application.story import Story
from sagewarden.core.entities import Kind
from sagewarden.core.keys import report_key
from sagewarden.core.report import Report

HOLD_TAG = "sagewarden:hold"


def told_keeping(report: Report) -> dict[str, bool]:
    return {row.name: row.held for row in report.judged if row.verdict == "keep"}


def test_each_delete_names_its_plan_and_the_plan_its_approver(waiting: Stage) -> None:
    """Approved before the sweep, spent by it: the report says so all the same."""
    report = approved(waiting).sweep()
    (plan,) = report.plans
    assert {row.plan for row in report.outcomes} == {plan.digest}
    assert (plan.approval, plan.approved_by) == ("given", PERSON)
    assert plan.policies == report.policies


def test_an_approval_that_another_run_spent_is_not_this_runs(waiting: Stage) -> None:
    """The same plan, begun later by itself, was let begin by nobody."""
    digest = approved(waiting).sweep().plans[0].digest
    bench = waiting.bench()
    plan = stored_plan(bench, digest).plan
    later = Story(run="later", mode="sweep", began=bench.looks.now(), plans=[plan])
    (row,) = plan_rows(bench, later, ())
    assert (row.approval, row.approved_by) == ("not needed", "")


def test_a_plan_inside_the_limits_needed_nobody(due: Stage) -> None:
    (plan,) = due.sweep().plans
    assert (plan.approval, plan.approved_by, plan.entities) == ("not needed", "", 6)


def test_each_limit_in_force_is_told(due: Stage) -> None:
    told = {row.setting: row.allowed for row in due.sweep().limit_rows}
    assert told["limits.automatic.share"] == "100% of each kind"
    assert told["limits.min_grace"] == "7d"


def test_what_a_hold_keeps_is_told_apart(due: Stage) -> None:
    due.tag(Kind.EXPERIMENT, "old-small")
    report = due.sweep()
    assert told_keeping(report) == {"Old-Small": True}
    assert [(row.name, row.source) for row in report.holds] == [("Old-Small", "tag")]


def test_figures_lie_beside_the_report_and_make_the_history(due: Stage) -> None:
    report = due.sweep()
    bench = due.bench()
    stored = json.loads(due.vault.get(report_key(bench.target, report.run, FIGURES_NAME)).body)
    history = read_history(bench)
    assert stored["run"]["gone"] == sum(report.deleted.values())
    assert [each.run.run for each in history.runs][-1] == report.run
    assert history.runs[-1].run == report.figures
