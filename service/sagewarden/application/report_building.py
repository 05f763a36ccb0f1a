"""Builds a run's report from confirmed outcomes and from what was judged."""

from collections.abc import Iterable

from sagewarden import __version__
from sagewarden.application.journal import Journal
from sagewarden.application.judging import Governance
from sagewarden.application.ports import Bench
from sagewarden.application.report_advice import FINE, blind, partly, persons, stopped
from sagewarden.application.report_judged import (
    gap_told,
    hold_rows,
    idle,
    judged_rows,
    origins,
    policy_rows,
    spelled_counts,
    statuses,
)
from sagewarden.application.report_limits import limit_rows
from sagewarden.application.report_outcomes import (
    deleted_counts,
    outcome_rows,
    tallied,
    with_owners,
)
from sagewarden.application.report_plans import plan_rows
from sagewarden.application.reporting import past_runs
from sagewarden.application.storing import storage
from sagewarden.application.story import PLAN, Story
from sagewarden.application.tag_plan import plan_tags
from sagewarden.application.tag_report import (
    PLANNED,
    compliance,
    planned_rows,
    tag_gaps,
    tag_rows,
)
from sagewarden.core.canonical import spell_time
from sagewarden.core.report import Report
from sagewarden.core.report_rows import OutcomeRow, TagRow


def build_report(bench: Bench, governance: Governance, story: Story) -> Report:
    """Compute the report; outcomes come from the journal, and from nowhere else if it has them."""
    judged = story.judged
    rows = with_owners(outcome_rows(bench, story), judged)
    tags = _tag_rows(bench, governance, story)
    return Report(
        run=story.run,
        mode=story.mode,
        account=bench.target.account,
        region=bench.target.region,
        target_name=bench.target.name,
        identity=story.identity,
        endpoint=governance.endpoint,
        vault=bench.vault.address,
        began=spell_time(story.began),
        ended=spell_time(bench.looks.now()),
        tool=f"sagewarden {__version__}",
        policies=governance.policies.digest,
        policy_files=tuple(each.spelled() for each in governance.policies.files),
        plan=story.plans[-1].digest if story.plans else "",
        complete=judged is None or judged.inventory.complete,
        gaps=() if judged is None else tuple(map(gap_told, judged.inventory.gaps)),
        inventory={} if judged is None else spelled_counts(judged.inventory.counts),
        calls={} if judged is None else dict(judged.inventory.calls),
        matched={} if judged is None else spelled_counts(judged.judgements.matched),
        unknown=0 if judged is None else judged.judgements.unknown,
        limits="" if judged is None else str(judged.measure.room),
        exceeded=() if judged is None else judged.measure.exceeded,
        policy_rows=tuple(policy_rows(governance, judged)),
        judged=() if judged is None else tuple(judged_rows(judged)),
        outcomes=rows,
        tally=tallied(rows),
        deleted=deleted_counts(rows),
        adopted=tuple(story.adopted),
        notes=(*governance.notes, *story.notes, *stopped(bench), *blind(governance, judged)),
        advice=(*persons(rows), *story.advice, *partly(story.run, rows)),
        history=tuple(past_runs(bench, story.run)),
        exit_code=_exit_code(story, (*rows, *(each for each in tags if each.result != PLANNED))),
        statuses={} if judged is None else statuses(judged),
        origins={} if judged is None else origins(judged),
        idle_histogram=() if judged is None else idle(judged),
        tags=tags,
        compliance=() if judged is None else compliance(judged),
        tag_gaps=() if judged is None else tag_gaps(judged),
        plans=plan_rows(bench, story, rows),
        limit_rows=limit_rows(governance),
        holds=() if judged is None else tuple(hold_rows(judged)),
        storage=None if story.mode == PLAN else storage(bench, governance.price),
    )


def _tag_rows(bench: Bench, governance: Governance, story: Story) -> tuple[TagRow, ...]:
    if story.mode == PLAN and story.judged is not None:
        return planned_rows(plan_tags(story.judged, governance).steps)
    journal = Journal(bench.vault, bench.target)
    return tag_rows(journal, story.run, story.adopted, story.tags_left)


def _exit_code(story: Story, rows: Iterable[OutcomeRow | TagRow]) -> int:
    """Return how the run ended; whatever was not done as planned is at least a 3."""
    return max(story.exit_code, 0 if all(row.result in FINE for row in rows) else 3)
