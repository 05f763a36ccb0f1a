"""Which plans a run applied, or made, and who let them begin."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sagewarden.application.documents import read_document
from sagewarden.application.plans import stored_plan
from sagewarden.application.ports import Bench
from sagewarden.application.story import Story
from sagewarden.core.canonical import read_time
from sagewarden.core.keys import Family, encoded, prefix
from sagewarden.core.plan import Plan
from sagewarden.core.report_rows import OutcomeRow, PlanRow
from sagewarden.errors import SageWardenError

NOT_NEEDED, GIVEN, NOT_KNOWN = "not needed", "given", "not known"


def plan_rows(bench: Bench, story: Story, rows: Iterable[OutcomeRow]) -> tuple[PlanRow, ...]:
    """Return one row for each plan that a step belongs to, or that was made."""
    known = {plan.digest: plan for plan in story.plans}
    digests = {**dict.fromkeys(known), **dict.fromkeys(row.plan for row in rows if row.plan)}
    return tuple(_approved(bench, story, _row(bench, each, known)) for each in digests)


def _row(bench: Bench, digest: str, known: Mapping[str, Plan]) -> PlanRow:
    try:
        plan = known.get(digest) or stored_plan(bench, digest).plan
    except SageWardenError:  # the steps are told all the same
        return PlanRow(
            digest=digest, made="", maker="", policies="", units=0, entities=0, approval=NOT_KNOWN
        )
    return PlanRow(
        digest=digest,
        made=plan.made,
        maker=plan.maker,
        policies=plan.policies,
        units=len(plan.units),
        entities=sum(plan.counts.values()),
        approval=NOT_NEEDED,
    )


def _approved(bench: Bench, story: Story, row: PlanRow) -> PlanRow:
    """Add the approval that this run went by: the last one given, unless another run spent it."""
    try:
        given = _given(bench, row.digest, story.run)
        if given is None or read_time(given["expires"]) <= story.began:
            return row
        by, at, until = (str(given[name]) for name in ("by", "at", "expires"))
    except (KeyError, TypeError, ValueError, SageWardenError):
        return replace(row, approval=NOT_KNOWN)
    return replace(row, approval=GIVEN, approved_by=by, approved_at=at, approval_expires=until)


def _given(bench: Bench, digest: str, run: str) -> Mapping[str, Any] | None:
    last: Mapping[str, Any] | None = None
    for key in bench.vault.list(prefix(bench.target, Family.APPROVALS, digest)):
        event = read_document(bench.vault, key)
        if key.endswith("-given"):
            last = event
        elif event.get("run") not in {run, encoded(run)}:
            last = None
        else:
            return last
    return last
