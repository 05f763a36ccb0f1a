"""Somebody who approves plans, as the command does it."""

from tests.runs.stage import Stage

from sagewarden.application.plans import approve_plan
from sagewarden.core.keys import Family
from sagewarden.core.limits import Limit, Limits

PERSON = "arn:aws:iam::123456789012:role/person"
STRICT = Limits(automatic=Limit(0.1), hard=Limit(1.0))


def approve(stage: Stage, digest: str, by: str = PERSON) -> None:
    """Approve a stored plan."""
    bench = stage.bench()
    bench.surveys.caller()
    approve_plan(bench, digest, by, stage.governance().approvals)


def approved(stage: Stage, by: str = PERSON) -> Stage:
    """Approve the one plan that is stored."""
    (key,) = stage.keys(Family.PLANS)
    approve(stage, key.rpartition("/")[2], by)
    return stage


def approvals(stage: Stage) -> list[str]:
    """What happened to approvals, in order."""
    return [key.rpartition("-")[2] for key in stage.keys(Family.APPROVALS)]
