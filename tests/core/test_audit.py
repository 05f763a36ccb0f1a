"""What proves a step: its plan, who approved it, the file of its rule."""

from dataclasses import replace

from tests.reports.readers import APPROVER, governed
from tests.reports.sample import hexed

from sagewarden.core.audit import ChainPlace, EvidenceRow, evidence, kept_by_hold
from sagewarden.core.report import Report
from sagewarden.core.report_rows import PlanRow

REPORT = governed(judged=24, outcomes=2, history=1)
(PLAN,) = REPORT.plans
STEP = replace(REPORT.outcomes[0], plan=PLAN.digest, created_ms=1_760_000_000_123)


def told(report: Report = REPORT, plan: PlanRow | None = PLAN) -> EvidenceRow:
    """The evidence of one step of this plan."""
    plans = () if plan is None else (plan,)
    (row,) = evidence(replace(report, outcomes=(STEP,), plans=plans))
    return row


def test_each_step_stands_in_the_order_of_the_report() -> None:
    assert [row.name for row in evidence(REPORT)] == [row.name for row in REPORT.outcomes]


def test_a_step_is_told_with_its_plan_and_who_approved_it() -> None:
    row = told()
    assert (row.plan, row.approval, row.approved_by) == (PLAN.digest, "given", APPROVER)
    assert row.approved_at == PLAN.approved_at


def test_a_step_tells_when_its_entity_was_created() -> None:
    assert told().created == "2025-10-09T08:53:20.123Z"


def test_of_a_plan_that_is_not_there_no_approval_is_known() -> None:
    row = told(plan=None)
    assert (row.approval, row.approved_by, row.approved_at) == ("not known", "", "")


def file_of(report: Report, plan: PlanRow | None = PLAN) -> tuple[str, str]:
    row = told(report, plan)
    return row.policy_file, row.policy_file_sha256


HERE = replace(
    REPORT,
    policy_files=({"path": "policies/a:b.yaml", "sha256": hexed("file")},),
    policy_rows=(replace(REPORT.policy_rows[0], name=STEP.policy, place="policies/a:b.yaml:3:5"),),
)
FOUND = ("policies/a:b.yaml", hexed("file"))


def test_the_file_of_the_rule_is_told_if_the_plan_was_made_by_these_policies() -> None:
    other = replace(PLAN, policies="another digest")
    assert (file_of(HERE), file_of(HERE, other)) == (FOUND, ("", ""))


def test_without_its_plan_the_file_is_told_for_the_runs_own_steps_only() -> None:
    """A step that was adopted from a dead run may be of other policies."""
    own = replace(HERE, run=STEP.run)
    assert file_of(own, None) == FOUND
    assert file_of(replace(HERE, run="another"), None) == ("", "")


def test_a_file_that_is_not_listed_has_no_hash() -> None:
    assert file_of(replace(HERE, policy_files=())) == ("policies/a:b.yaml", "")


def test_what_a_hold_keeps_is_told_alone() -> None:
    kept = kept_by_hold(REPORT)
    assert kept
    assert kept == tuple(row for row in REPORT.judged if row.against and row.held)
    assert len(kept) < len(REPORT.judged)


def test_a_chain_without_signatures_is_signed_nowhere() -> None:
    assert ChainPlace(number=1, sha256="", head_number=1, head_sha256="").signed == 0
